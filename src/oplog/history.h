/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "oplog/oplog.h"
#include "oplog/operation.h"

/* What the log says about somebody, operation by operation, for people: src/oplog/README.md "Telling". */
typedef struct {
  char *name;  /* of the field or item, as in an export of the log */
  char *value; /* (nullable): none; sealed text is opened where its key is here */
} SlHistoryValue;

typedef struct {
  SlId replica; /* the device that wrote it … */
  guint64 seq;  /* … as its operation number … */
  gint64 at_ms; /* … then, as its clock is read now */
  char *kind;   /* "member.edit"; a number where a later program made it */
  SlId entity;  /* what it is about, or has made */
  SlId actor;   /* staff, member, sl_actor_owner or sl_actor_device */
  SlId approver; /* none: nobody was needed */
  GPtrArray *values; /* (element-type SlHistoryValue) */
} SlHistoryEntry;
void sl_history_entry_free (SlHistoryEntry *entry);

/* What an operation says, item by item. members (nullable): whose keys open what is sealed. (element-type
 * SlHistoryValue) (transfer full) */
GPtrArray *sl_history_values (SlOplog *log, const GArray *members, const SlOperation *operation);

/* about: (element-type SlId), a set; members: (element-type SlId), whose keys open what is sealed. (element-type
 * SlHistoryEntry), the earliest first; out_whole: FALSE: what was before the last fold is not told. */
GPtrArray *sl_oplog_history (SlOplog *log, GHashTable *about, const GArray *members, gboolean *out_whole,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Notes in the log that all that is known about a member was handed out. Inside a transaction. */
gboolean sl_op_member_export (SlOplog *log, const SlId *member, GError **error) G_GNUC_WARN_UNUSED_RESULT;
