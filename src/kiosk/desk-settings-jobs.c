/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-settings-jobs"

#include "desk-settings-jobs.h"

#include "core/error.h"
#include "engine/invoice.h"
#include "print/printer.h"

#define PRINTER_NAME "desk" /* of the first one */

static gboolean
may (SlEngine *engine, const SlActor *actor, SlRefusal *refusal)
{
  SlId here;

  sl_engine_get_location (engine, &here);
  return sl_actor_may (actor, SL_ACTION_MANAGE_DEVICES, &here, refusal);
}

/* --- the file --- */

/* sl_settings_save_new: what was chosen before goes along, should it not have been written down. */
SlSettingsSave *
sl_settings_save_new (SlDesk *desk, const char *group, const char *key, const char *value)
{
  SlSettingsSave *save = g_new0 (SlSettingsSave, 1);

  *save = (SlSettingsSave) { .data_dir = g_strdup (sl_door_get_data_dir (sl_desk_get_door (desk))),
                             .group = g_strdup (group), .key = g_strdup (key), .value = g_strdup (value),
                             .file = sl_device_dup_choices (sl_desk_get_device (desk)) };
  g_key_file_set_string (save->file, group, key, value);
  return save;
}

static void
save_clear (SlSettingsSave *save)
{
  g_free (save->data_dir);
  g_free (save->group);
  g_free (save->key);
  g_free (save->value);
  g_clear_pointer (&save->file, g_key_file_unref);
}

/* sl_settings_save_free: (transfer full) */
void
sl_settings_save_free (gpointer save)
{
  save_clear (save);
  g_free (save);
}

/* sl_settings_saved_free: (transfer full) */
void
sl_settings_saved_free (gpointer data)
{
  SlSettingsSaved *saved = data;

  save_clear (&saved->save);
  g_free (saved->problem);
  g_free (saved);
}

/* sl_settings_save_work: a #SlDeskWork. A file that cannot be written is no failure: the choice holds without it. */
gboolean
sl_settings_save_work (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                       SlRefusal *out_refusal, GError **error)
{
  const SlSettingsSave *save = request;
  g_autoptr (GError) failure = NULL;
  SlSettingsSaved *saved;

  if (!may (engine, actor, out_refusal))
    return TRUE;
  saved = g_new0 (SlSettingsSaved, 1);
  saved->save = (SlSettingsSave) { .group = g_strdup (save->group), .key = g_strdup (save->key),
                                   .value = g_strdup (save->value) };
  if (!sl_settings_save (save->data_dir, save->file, &failure))
    saved->problem = g_strdup (failure->message);
  *out_result = saved;
  return TRUE;
}

/* --- the printer --- */

/* sl_printer_state_free: (transfer full) */
void
sl_printer_state_free (gpointer data)
{
  SlPrinterState *state = data;

  g_clear_pointer (&state->printer, sl_printer_free);
  g_free (state->problem);
  g_free (state);
}

/* (nullable): there is none, which is no failure */
static gboolean
find_printer (SlEngine *engine, SlPrinter **out_printer, GError **error)
{
  g_autoptr (GError) failure = NULL;

  *out_printer = sl_printer_get (engine, NULL, &failure);
  if (*out_printer != NULL || g_error_matches (failure, SL_ERROR, SL_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/* sl_settings_load_printer: a #SlDeskWork. */
gboolean
sl_settings_load_printer (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                          SlRefusal *out_refusal, GError **error)
{
  g_autoptr (GPtrArray) jobs = NULL;
  SlPrinterState *state;

  if (!may (engine, actor, out_refusal))
    return TRUE;
  *out_result = state = g_new0 (SlPrinterState, 1);
  if (!find_printer (engine, &state->printer, error) || (jobs = sl_print_queue_list (engine, FALSE, error)) == NULL)
    return FALSE;
  for (guint i = 0; i < jobs->len; i++)
    {
      const SlPrintJob *job = jobs->pdata[i];

      if (job->state != SL_PRINT_WAITING && job->state != SL_PRINT_SENDING)
        continue;
      state->waiting++;
      if (state->problem == NULL)
        state->problem = g_strdup (job->problem);
    }
  return TRUE;
}

/* sl_settings_set_printer: a #SlDeskWork. The one that is there is changed; without one it is the first. */
gboolean
sl_settings_set_printer (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                         SlRefusal *out_refusal, GError **error)
{
  const SlPrinter *wanted = request;
  g_autoptr (SlPrinter) old = NULL;
  g_autoptr (SlPrinter) printer = sl_printer_copy (wanted);

  if (!sl_printer_target_check (printer->target, error) || !find_printer (engine, &old, error))
    return FALSE;
  g_free (printer->name);
  printer->name = g_strdup (old != NULL ? old->name : PRINTER_NAME);
  printer->shared = old != NULL && old->shared;
  printer->receipts = TRUE;
  return sl_printer_set (engine, actor, printer, out_refusal, error);
}

/* sl_settings_remove_printer: a #SlDeskWork. */
gboolean
sl_settings_remove_printer (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                            SlRefusal *out_refusal, GError **error)
{
  g_autoptr (SlPrinter) printer = NULL;

  return find_printer (engine, &printer, error)
         && (printer == NULL || sl_printer_remove (engine, actor, printer->name, out_refusal, error));
}

/* sl_settings_test_printer: a #SlDeskWork. */
gboolean
sl_settings_test_printer (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                          SlRefusal *out_refusal, GError **error)
{
  SlPrintRequest print = { .kind = SL_PRINT_TEST };
  SlId job;

  return !may (engine, actor, out_refusal) || sl_print_queue_add (engine, &print, &job, error);
}

/* --- the link to pay by --- */

/* sl_settings_load_pay_link: a #SlDeskWork. */
gboolean
sl_settings_load_pay_link (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                           SlRefusal *out_refusal, GError **error)
{
  g_auto (SlInvoiceDetails) details = { NULL };

  if (!may (engine, actor, out_refusal))
    return TRUE;
  if (!sl_invoice_details_get (engine, &details, error))
    return FALSE;
  *out_result = g_steal_pointer (&details.pay_link);
  return TRUE;
}

/* sl_settings_set_pay_link: a #SlDeskWork. */
gboolean
sl_settings_set_pay_link (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                          SlRefusal *out_refusal, GError **error)
{
  SlInvoiceDetails details = { .pay_link = request };

  *out_result = GINT_TO_POINTER (*(const char *) request != '\0');
  return sl_invoice_details_edit (engine, actor, &details, out_refusal, error);
}

/* --- leaving --- */

/* sl_settings_leave: a #SlDeskWork. A PIN is typed for it, also by a manager who is there already: a desk that somebody
 * has left open is not a way out. */
gboolean
sl_settings_leave (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                   SlRefusal *out_refusal, GError **error)
{
  SlId here;

  sl_engine_get_location (engine, &here);
  if (actor->approver == NULL || !sl_actor_may (actor->approver, SL_ACTION_MANAGE_DEVICES, &here, out_refusal))
    sl_refuse (out_refusal, SL_REFUSAL_APPROVAL_REQUIRED);
  return TRUE;
}
