/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-print-report"

#include "engine/print-report.h"

#include "core/error.h"
#include "engine/engine-private.h"
#include "engine/staff.h"

/* What a job says: the report's word, by, from, to, location, staff member; empty: as is usual, everywhere, the command
 * line's owner. None of it has the sign between them in it. */
#define SIGN "|"
enum { NAME, BY, FROM, TO, LOCATION, STAFF, PARTS };

static const char *
text_or_empty (const char *text)
{
  return text != NULL ? text : "";
}

static char *
make_words (const SlActor *actor, const SlReport *report, const SlReportParams *params)
{
  char location[SL_ID_TEXT_BYTES] = "", staff[SL_ID_TEXT_BYTES] = "";
  g_autofree char *from = report->from_day != SL_NUMBER_NONE ? sl_report_day_text (report->from_day) : NULL;
  g_autofree char *to = report->from_day != SL_NUMBER_NONE ? sl_report_day_text (report->to_day) : NULL;
  if (params->location != NULL)
    (void) sl_id_format (params->location, location);
  if (!sl_id_equal (&actor->id, &sl_actor_owner))
    (void) sl_id_format (&actor->id, staff);
  return g_strjoin (SIGN, sl_report_word (report->name), text_or_empty (report->by), text_or_empty (from),
                    text_or_empty (to), location, staff, NULL);
}

/**
 * sl_print_report_add:
 * @engine: the engine
 * @actor: who wants it; they have just been shown it
 * @report: it: of the days that it is of, also where they were the usual ones
 * @params: as it was asked for
 * @printer: (nullable): which; the one for receipts
 * @out_id: (out): its job
 * @error: %SL_ERROR_NOT_FOUND: no such printer; or of the store
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_print_report_add (SlEngine *engine, const SlActor *actor, const SlReport *report, const SlReportParams *params,
                     const char *printer, SlId *out_id, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && report != NULL && params != NULL && out_id != NULL, FALSE);

  g_autofree char *words = make_words (actor, report, params);
  g_autoptr (SlPrinter) found = sl_printer_get (engine, printer, error);
  SlPrintRequest request = { .kind = SL_PRINT_REPORT,
                             .member_id = params->member != NULL ? *params->member : sl_id_none,
                             .printer = printer,
                             .words = words };
  return found != NULL && sl_print_queue_add (engine, &request, out_id, error);
}

/* Whoever wanted it, with what they may do now. */
static gboolean
find_actor (SlEngine *engine, const char *text, SlActor *out, GError **error)
{
  SlId id;
  sl_actor_init_owner (out);
  if (*text == '\0')
    return TRUE;
  g_autoptr (SlStaff) staff = sl_id_parse (text, &id) ? sl_staff_get (engine, &id, error) : NULL;
  if (staff == NULL)
    return FALSE;
  if (!staff->active)
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "whoever wanted this report is no longer of the staff");
      return FALSE;
    }
  sl_actor_clear (out);
  *out = (SlActor){ .id = id, .role = staff->role, .locations = g_steal_pointer (&staff->locations) };
  return TRUE;
}

static const char *
text_or_null (const char *text)
{
  return *text != '\0' ? text : NULL;
}

static gboolean
read_words (const SlPrintJob *job, char **parts, SlReportParams *out, SlId *location)
{
  if (g_strv_length (parts) != PARTS || !sl_report_parse (parts[NAME], &out->name)
      || (*parts[LOCATION] != '\0' && !sl_id_parse (parts[LOCATION], location))
      || (out->name == SL_REPORT_MEMBER && sl_id_is_none (&job->member_id)))
    return FALSE;
  out->by = text_or_null (parts[BY]);
  out->from = text_or_null (parts[FROM]);
  out->to = text_or_null (parts[TO]);
  out->location = *parts[LOCATION] != '\0' ? location : NULL;
  out->member = out->name == SL_REPORT_MEMBER ? &job->member_id : NULL;
  return TRUE;
}

/**
 * sl_print_report_document:
 * @engine: the engine
 * @job: of %SL_PRINT_REPORT
 * @translate: for words
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the report as of now; %NULL with %SL_ERROR_BAD_INPUT where whoever wanted it may
 * not see it any more
 */
SlDocument *
sl_print_report_document (SlEngine *engine, const SlPrintJob *job, SlReportTranslate translate, GError **error)
{
  g_return_val_if_fail (engine != NULL && job != NULL && job->kind == SL_PRINT_REPORT && translate != NULL, NULL);

  g_auto (GStrv) parts = g_strsplit (job->words != NULL ? job->words : "", SIGN, PARTS);
  g_auto (SlActor) actor = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (SlReport) report = NULL;
  SlReportParams params = { 0 };
  SlId location = sl_id_none;
  if (!read_words (job, parts, &params, &location))
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "this release knows no such report");
      return NULL;
    }
  if (!find_actor (engine, parts[STAFF], &actor, error)
      || !sl_report_run (engine, &actor, &params, &report, &refusal, error))
    return NULL;
  if (report == NULL)
    g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "whoever wanted this report may not see it any more");
  return report != NULL ? sl_report_to_document (engine, report, translate) : NULL;
}
