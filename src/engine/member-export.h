/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

/* All that is held about a member, to be handed to them: src/engine/README.md "Handing out". A tree of parts, items and
 * facts, so that a file and a page of paper are made from one value. */

typedef enum {
  SL_FACT_TEXT,
  SL_FACT_COUNT,
  SL_FACT_CENTS,
  SL_FACT_CREDITS, /* hundredths */
  SL_FACT_TIME,    /* UTC ms */
  SL_FACT_ID,
  SL_FACT_YES_NO,
  SL_FACT_ITEMS
} SlFactKind;

typedef struct {
  char *name;       /* stable: "phone", "amount" */
  SlFactKind kind;
  gboolean is_none; /* there is nothing to tell */
  char *text;       /* SL_FACT_TEXT */
  gint64 number;    /* counts, cents, credits, times, yes or no */
  SlId id;          /* SL_FACT_ID */
  GPtrArray *items; /* SL_FACT_ITEMS: (element-type GPtrArray (element-type SlFact)) */
} SlFact;

/* One kind of thing: a member's payments. */
typedef struct {
  char *name;       /* stable: "payments" */
  GPtrArray *items; /* (element-type GPtrArray (element-type SlFact)) */
  gboolean is_one;  /* there is always just one item */
} SlExportPart;

typedef struct {
  SlId member_id;   /* the record that they go by */
  gint64 made_ms;
  GPtrArray *parts; /* (element-type SlExportPart) */
} SlMemberExport;
void sl_member_export_free (SlMemberExport *data);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlMemberExport, sl_member_export_free)
const SlExportPart *sl_member_export_part (const SlMemberExport *data, const char *name); /* (nullable) */
const SlFact *sl_export_fact (const GPtrArray *item, const char *name);                   /* (nullable) */

/* Managers and owners of anybody, members of themselves; that it was done stands in the log. Refusals: not_allowed,
 * member_erased. Failure NOT_FOUND. */
gboolean sl_member_export (SlEngine *engine, const SlActor *actor, const SlId *id, SlMemberExport **out,
                           SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
