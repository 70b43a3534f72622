/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "oplog/oplog.h"

/* Mixed versions, for tests and the simulation: this log behaves as an older program's would. No program calls these.
 */
typedef struct {
  guint64 bits[2];
} SlKindSet;
static inline void
sl_kind_set_add (SlKindSet *set, guint64 kind)
{
  set->bits[kind / 64 % G_N_ELEMENTS (set->bits)] |= G_GUINT64_CONSTANT (1) << kind % 64;
}
static inline gboolean
sl_kind_set_has (const SlKindSet *set, guint64 kind)
{
  return kind / 64 < G_N_ELEMENTS (set->bits) && (set->bits[kind / 64] >> kind % 64 & 1) != 0;
}
void sl_oplog_set_known_kinds (SlOplog *log, guint last_kind); /* kinds after it are a later program's */
void sl_oplog_set_unknown_kinds (SlOplog *log, const SlKindSet *kinds); /* (nullable): the program as it is */
void sl_oplog_set_known_fields (SlOplog *log, SlEntity entity, guint last_field); /* 0: all */
