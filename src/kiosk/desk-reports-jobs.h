/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk.h"

#include "engine/attention.h"
#include "engine/occupancy.h"
#include "engine/report.h"

/* What the engine does for the manager's page: the work of the section's jobs. */

/* --- answers --- */

typedef enum {
  SL_CARD_HERE,      /* who is here now */
  SL_CARD_USUAL,     /* today against a usual such weekday */
  SL_CARD_MONEY,     /* money this week */
  SL_CARD_CLASSES,   /* classes that run empty or overflow */
  SL_CARD_LOSING,    /* members that are being lost */
  SL_CARD_ATTENTION, /* what needs somebody */
  SL_CARD_LAST
} SlCard;

typedef struct {
  SlCard card;
  guint round;   /* of questions: those of one person are a round */
  char *from, *to, *from_before, *to_before; /* MONEY: this week up to today, and the last one up to its weekday */
} SlCardAsked;
void sl_card_asked_free (gpointer asked);

typedef struct {
  SlCard card;
  guint round;
  SlOccupancy *here;
  SlReport *report;
  gint64 cents, before_cents;
  guint count;                 /* ATTENTION: how many; first: of the newest */
  SlAttentionKind first;
} SlCardFound;
void sl_card_found_free (gpointer found);
gboolean sl_card_load (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                       SlRefusal *out_refusal, GError **error);
gboolean sl_card_is_for (SlCard card, const SlActor *actor);
gboolean sl_card_get_report (SlCard card, SlReportName *out_name); /* FALSE: it opens a section of its own */

/* --- reports --- */

/* Which question is still of interest; shared with the engine's thread, so that a year that nobody waits for any more
 * is not read. */
typedef struct {
  gint wanted; /* atomic */
} SlReportsTurn;

typedef struct {
  SlReportsTurn *turn;  /* a reference: g_atomic_rc_box */
  gint number;          /* of the question */
  SlReportName name;
  const char *by;       /* (nullable): one of sl_report_ways() */
  char *from, *to;      /* (nullable): as is usual */
  SlId location;        /* none: all that they may see */
  gboolean is_here;     /* this device's location */
  SlId member;          /* none: of none */
} SlReportsAsked;
SlReportsAsked *sl_reports_asked_new (SlReportsTurn *turn, SlReportName name);
void sl_reports_asked_free (gpointer asked);

typedef struct { SlId id; char *name; } SlReportsPlace;

/* A g_atomic_rc_box: whoever shows it keeps it, and printing it needs it again. */
typedef struct {
  gint number;       /* of the question */
  SlReport *report;  /* (nullable): nobody waited for it any more */
  SlId location, member; /* as it was read */
  GPtrArray *places; /* (element-type SlReportsPlace): of which locations they may see it, by name */
  gboolean can_print;
} SlReportsFound;
void sl_reports_found_unref (gpointer found);
gboolean sl_reports_load (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                          SlRefusal *out_refusal, GError **error);
/* request: SlReportsFound; result: not NULL */
gboolean sl_reports_print (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                           SlRefusal *out_refusal, GError **error);
/* request: what is searched for; result: GPtrArray of SlMember */
#define SL_REPORTS_MEMBERS_SHOWN 8
gboolean sl_reports_find_members (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                                  SlRefusal *out_refusal, GError **error);
