/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Negative controls, as src/oplog/rules-off.h has them and in the same word of bits: what a hub may not leave out. No
 * program sets any of them. */
typedef enum {
  SL_HUB_RULE_APPEND_DURABLE = 48, /* an append is on the disk before anybody is told that it is held */
  SL_HUB_RULE_APPEND_EXPECTED,     /* nothing is appended where the log ends elsewhere than its writer believes */
  SL_HUB_RULE_EPOCH,               /* a hub that has lost entries goes on as a new device */
  SL_HUB_RULE_LAST
} SlHubRule;

typedef struct _SlLogStore SlLogStore;
void sl_log_store_set_rules_off (SlLogStore *store, guint64 bits);
gboolean sl_log_store_rule_is_off (SlLogStore *store, SlHubRule rule);
