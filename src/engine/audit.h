/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

/* Who did what, when and on which device, with what stood there before: read from the log itself, page by page. */

typedef struct {
  char *field;
  char *before, *after;   /* (nullable): nothing. "(erased)", "(sealed)", "(secret)": there is something untold */
  gboolean before_known;  /* FALSE: it is folded into a snapshot, or was not written as a field */
} SlAuditChange;

typedef struct {
  gint64 at_ms;
  SlId replica;           /* the device … */
  guint64 seq;            /* … and the number of the operation in its chain */
  SlId actor, approver;   /* approver none: nobody was needed */
  char *kind;             /* "member.edit" */
  SlId entity;            /* what it is about, or has made */
  GPtrArray *changes;     /* (element-type SlAuditChange) */
} SlAuditItem;

typedef struct {
  gint64 since_ms, until_ms;           /* 0: without bounds */
  const SlId *member, *staff, *entity; /* (nullable): about this member; by this staff member; about this thing */
  const char *kind;                    /* (nullable): "member.edit", or "member" for all that begin so */
  const char *place;                   /* (nullable): where the page before ended */
  guint limit;                         /* 0: SL_AUDIT_PAGE; at most SL_AUDIT_PAGE_MAX */
} SlAuditFilter;
#define SL_AUDIT_PAGE 100
#define SL_AUDIT_PAGE_MAX 1000
#define SL_AUDIT_READ_MAX 100000 /* operations that one page looks at: well under a second */

typedef struct {
  GPtrArray *items;       /* (element-type SlAuditItem): the latest first; may be fewer than asked for, with a place */
  char *place;            /* (nullable): NULL: there is nothing before */
  gboolean pruned;        /* what is folded into a snapshot is not told */
} SlAuditPage;
void sl_audit_page_free (SlAuditPage *page);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlAuditPage, sl_audit_page_free)

/* Refusals: not_allowed. */
gboolean sl_audit_read (SlEngine *engine, const SlActor *actor, const SlAuditFilter *filter, SlAuditPage **out,
                        SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What was refused on this device: kept for 90 days, on it alone. */
typedef struct {
  gint64 id, at_ms;
  SlId actor;
  char *command, *code, *details; /* details (nullable) */
} SlRefusedCommand;
/* (element-type SlRefusedCommand): the latest first. before_id: 0: from the end. Refusals: not_allowed. */
gboolean sl_audit_refused (SlEngine *engine, const SlActor *actor, const SlAuditFilter *filter, gint64 before_id,
                           GPtrArray **out, SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
