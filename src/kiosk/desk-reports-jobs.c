/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-reports-jobs"

#include "desk-reports-jobs.h"

#include "engine/location.h"
#include "engine/member.h"
#include "engine/print-report.h"

/* --- answers --- */

/* sl_card_asked_free: (transfer full) */
void
sl_card_asked_free (gpointer data)
{
  SlCardAsked *asked = data;

  g_free (asked->from);
  g_free (asked->to);
  g_free (asked->from_before);
  g_free (asked->to_before);
  g_free (asked);
}

/* sl_card_found_free: (transfer full) */
void
sl_card_found_free (gpointer data)
{
  SlCardFound *found = data;

  g_clear_pointer (&found->here, sl_occupancy_free);
  g_clear_pointer (&found->report, sl_report_free);
  g_free (found);
}

/* sl_card_get_report: what is behind an answer. */
gboolean
sl_card_get_report (SlCard card, SlReportName *out_name)
{
  static const SlReportName names[] = {
    [SL_CARD_HERE] = SL_REPORT_TODAY,       [SL_CARD_USUAL] = SL_REPORT_USUAL, [SL_CARD_MONEY] = SL_REPORT_REVENUE,
    [SL_CARD_CLASSES] = SL_REPORT_POPULAR,  [SL_CARD_LOSING] = SL_REPORT_AT_RISK,
  };

  if (card >= G_N_ELEMENTS (names))
    return FALSE;
  *out_name = names[card];
  return TRUE;
}

/* sl_card_is_for: whether they may see it and what is behind it; the engine decides once more. Any thread. */
gboolean
sl_card_is_for (SlCard card, const SlActor *actor)
{
  SlReportName name;

  if (!sl_card_get_report (card, &name))
    return sl_actor_scope (actor, SL_ACTION_CANCEL_ANY) != SL_SCOPE_NONE;
  return sl_report_is_for (name, actor);
}

/* A report of this device's location. */
static gboolean
run_here (SlEngine *engine, const SlActor *actor, SlReportName name, const char *from, const char *to, SlReport **out,
          SlRefusal *refusal, GError **error)
{
  SlId here;
  SlReportParams params = { .name = name, .from = from, .to = to, .location = &here };

  sl_engine_get_location (engine, &here);
  return sl_report_run (engine, actor, &params, out, refusal, error);
}

static gint64
sum_of (const SlReport *report, const char *column)
{
  for (guint i = 0; report->total != NULL && i < report->n_columns; i++)
    if (g_str_equal (report->columns[i].name, column))
      return report->total->cells[i].number;
  return 0;
}

static gboolean
load_money (SlEngine *engine, const SlActor *actor, const SlCardAsked *asked, SlCardFound *found, SlRefusal *refusal,
            GError **error)
{
  g_autoptr (SlReport) before = NULL;

  if (!run_here (engine, actor, SL_REPORT_REVENUE, asked->from, asked->to, &found->report, refusal, error))
    return FALSE;
  if (found->report == NULL)
    return TRUE;
  if (!run_here (engine, actor, SL_REPORT_REVENUE, asked->from_before, asked->to_before, &before, refusal, error))
    return FALSE;
  found->cents = sum_of (found->report, "revenue_cents");
  found->before_cents = before != NULL ? sum_of (before, "revenue_cents") : 0;
  return TRUE;
}

static gboolean
load_attention (SlEngine *engine, const SlActor *actor, SlCardFound *found, SlRefusal *refusal, GError **error)
{
  g_autoptr (GPtrArray) items = NULL;

  if (!sl_attention_list (engine, actor, &items, refusal, error))
    return FALSE;
  found->count = items != NULL ? items->len : 0;
  if (found->count > 0)
    found->first = ((const SlAttentionItem *) items->pdata[0])->kind;
  return TRUE;
}

/* sl_card_load: a #SlDeskWork. */
gboolean
sl_card_load (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result, SlRefusal *out_refusal,
              GError **error)
{
  const SlCardAsked *asked = request;
  SlCardFound *found = g_new0 (SlCardFound, 1);
  SlReportName name;

  *out_result = found;
  found->card = asked->card;
  found->round = asked->round;
  if (asked->card == SL_CARD_HERE)
    return sl_occupancy_count (engine, actor, &sl_id_none, &found->here, out_refusal, error);
  if (asked->card == SL_CARD_MONEY)
    return load_money (engine, actor, asked, found, out_refusal, error);
  if (!sl_card_get_report (asked->card, &name))
    return load_attention (engine, actor, found, out_refusal, error);
  return run_here (engine, actor, name, NULL, NULL, &found->report, out_refusal, error);
}

/* --- reports --- */

/* sl_reports_asked_new: with the next number of its turn: what was asked before is of no interest any more. */
SlReportsAsked *
sl_reports_asked_new (SlReportsTurn *turn, SlReportName name)
{
  SlReportsAsked *asked = g_new0 (SlReportsAsked, 1);

  asked->turn = g_atomic_rc_box_acquire (turn);
  asked->number = g_atomic_int_add (&turn->wanted, 1) + 1;
  asked->name = name;
  return asked;
}

/* sl_reports_asked_free: (transfer full) */
void
sl_reports_asked_free (gpointer data)
{
  SlReportsAsked *asked = data;

  g_atomic_rc_box_release (asked->turn);
  g_free (asked->from);
  g_free (asked->to);
  g_free (asked);
}

static void
place_free (gpointer data)
{
  g_free (((SlReportsPlace *) data)->name);
  g_free (data);
}

static void
found_clear (gpointer data)
{
  SlReportsFound *found = data;

  g_clear_pointer (&found->report, sl_report_free);
  g_clear_pointer (&found->places, g_ptr_array_unref);
}

/* sl_reports_found_unref: any thread. */
void
sl_reports_found_unref (gpointer found)
{
  g_atomic_rc_box_release_full (found, found_clear);
}

static void
init_params (const SlReportsAsked *asked, const SlId *location, SlReportParams *out)
{
  *out = (SlReportParams) {
    .name = asked->name,
    .by = asked->by,
    .from = asked->from,
    .to = asked->to,
    .location = !sl_id_is_none (location) ? location : NULL,
    .member = !sl_id_is_none (&asked->member) ? &asked->member : NULL,
  };
}

/* Where they could see it, too. Without a note of where not: nobody asked. */
static gboolean
load_places (SlEngine *engine, const SlActor *actor, SlReportsFound *found, GError **error)
{
  g_autoptr (GPtrArray) locations = sl_location_list (engine, error);

  for (guint i = 0; locations != NULL && i < locations->len; i++)
    {
      const SlLocation *location = locations->pdata[i];
      SlReportsPlace *place;

      if (!sl_report_may_be_of (found->report->name, actor, &location->id))
        continue;
      place = g_new0 (SlReportsPlace, 1);
      place->id = location->id;
      place->name = g_strdup (location->name);
      g_ptr_array_add (found->places, place);
    }
  return locations != NULL;
}

static gboolean
load_printers (SlEngine *engine, SlReportsFound *found, GError **error)
{
  g_autoptr (GPtrArray) printers = sl_printer_list (engine, error);

  found->can_print = printers != NULL && printers->len > 0;
  return printers != NULL;
}

/* A manager of another place sees that one: all that they may. */
static void
find_here (SlEngine *engine, const SlActor *actor, SlReportName name, SlId *out)
{
  sl_engine_get_location (engine, out);
  if (!sl_report_may_be_of (name, actor, out))
    *out = sl_id_none;
}

/* sl_reports_load: a #SlDeskWork. */
gboolean
sl_reports_load (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                 SlRefusal *out_refusal, GError **error)
{
  const SlReportsAsked *asked = request;
  SlReportsFound *found = g_atomic_rc_box_new0 (SlReportsFound);
  SlReportParams params;

  *out_result = found;
  found->number = asked->number;
  found->location = asked->location;
  found->member = asked->member;
  found->places = g_ptr_array_new_with_free_func (place_free);
  if (g_atomic_int_get (&asked->turn->wanted) != asked->number)
    return TRUE;
  if (asked->is_here)
    find_here (engine, actor, asked->name, &found->location);
  init_params (asked, &found->location, &params);
  if (!sl_report_run (engine, actor, &params, &found->report, out_refusal, error))
    return FALSE;
  return found->report == NULL
         || (load_places (engine, actor, found, error) && load_printers (engine, found, error));
}

/* sl_reports_print: a #SlDeskWork. */
gboolean
sl_reports_print (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                  SlRefusal *out_refusal, GError **error)
{
  const SlReportsFound *found = request;
  SlReportParams params = {
    .name = found->report->name,
    .location = !sl_id_is_none (&found->location) ? &found->location : NULL,
    .member = !sl_id_is_none (&found->member) ? &found->member : NULL,
  };
  SlId job;

  *out_result = GINT_TO_POINTER (TRUE);
  return sl_print_report_add (engine, actor, found->report, &params, NULL, &job, error);
}

/* sl_reports_find_members: a #SlDeskWork. */
gboolean
sl_reports_find_members (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                         SlRefusal *out_refusal, GError **error)
{
  const char *text = request;
  GPtrArray *members = NULL;

  if (!sl_member_list (engine, actor, *text != '\0' ? text : NULL, SL_REPORTS_MEMBERS_SHOWN, &members, out_refusal,
                       error))
    return FALSE;
  *out_result = members;
  return TRUE;
}
