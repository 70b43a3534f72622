/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "oplog/oplog.h"
#include "oplog/operation.h"

/* The log read backwards, for people: who did what. src/oplog/README.md "Trail". A history belongs to the thread of its
 * log, and to one read snapshot: sl_store_begin_read() around it. */
typedef struct _SlTrail SlTrail;

typedef struct {
  SlOperation operation;   /* points into bytes; hlc is as it is read */
  GBytes *bytes;
  SlId entity;             /* what it is about, or has made */
  const char *kind;        /* what people call it; NULL: a later program's */
} SlTrailItem;
void sl_trail_item_clear (SlTrailItem *item);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlTrailItem, sl_trail_item_clear)

/* place (nullable): of sl_trail_dup_place(), to go on there; NULL: from until_ms (0: the end) back. since_ms: 0: to the
 * beginning. BAD_INPUT: a place that is none of this log. */
SlTrail *sl_trail_open (SlOplog *log, const char *place, gint64 since_ms, gint64 until_ms,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_trail_close (SlTrail *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlTrail, sl_trail_close)
/* *out_found: FALSE: there is nothing before. The item's memory is the caller's. */
gboolean sl_trail_previous (SlTrail *history, SlTrailItem *out, gboolean *out_found,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *sl_trail_dup_place (SlTrail *history);  /* (transfer full) */
gint64 sl_trail_read (SlTrail *history);      /* operations looked at so far */
/* Whether a chain's beginning is folded into a snapshot, so that what came before cannot be told. */
gboolean sl_trail_is_pruned (SlTrail *history);

/* One field of a thing, as an operation wrote it. */
typedef struct {
  const char *column;      /* (nullable): a later program's */
  gint64 number;
  gboolean sealed;         /* under the key of the member that the thing is */
  gboolean note;           /* … or is about */
  SlCborItem value;        /* points into the operation's bytes */
} SlTrailField;
/* (element-type SlTrailField) (transfer full): what it wrote of a thing's fields; empty for other kinds */
GArray *sl_trail_fields (const SlTrailItem *item);

/* What stood in a field before an operation, by the order in which the last writer counts. */
typedef struct {
  gboolean known;          /* FALSE: folded into a snapshot, or written in another way */
  GBytes *bytes;           /* (nullable): holds value; NULL where nothing was there */
  SlCborItem value;
} SlTrailValue;
void sl_trail_value_clear (SlTrailValue *value);
/* out: as many as fields; each to be cleared. */
gboolean sl_trail_before (SlOplog *log, const SlTrailItem *item, const GArray *fields, SlTrailValue *out,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
