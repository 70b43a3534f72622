/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-reports-file"

#include "desk-reports-file.h"

#include "out-folder.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

/* Written on a thread of its own: a slow stick holds up nobody at the door. */
typedef struct {
  SlReportsFound *found;
  char *root, *data_dir, *stem;
  SlOutFolder folder;
  char *file;
} Saving;

static void
saving_free (gpointer data)
{
  Saving *saving = data;

  sl_reports_found_unref (saving->found);
  sl_out_folder_clear (&saving->folder);
  g_free (saving->root);
  g_free (saving->data_dir);
  g_free (saving->stem);
  g_free (saving->file);
  g_free (saving);
}

static const char *
translate (const char *text)
{
  return dgettext (GETTEXT_PACKAGE, text);
}

/* "revenue-day-2026-04-01-2026-04-30", "today-2026-04-06" */
static char *
name_of (const SlReport *report, gint64 now_ms, GTimeZone *zone)
{
  g_autoptr (GString) name = g_string_new (sl_report_word (report->name));

  if (report->by != NULL)
    g_string_append_printf (name, "-%s", report->by);
  if (report->from_day != SL_NUMBER_NONE)
    {
      g_autofree char *from = sl_report_day_text (report->from_day), *to = sl_report_day_text (report->to_day);

      g_string_append_printf (name, "-%s-%s", from, to);
    }
  else
    {
      g_autofree char *time = sl_report_number_text (SL_REPORT_TIME, now_ms, zone);

      g_string_append_printf (name, "-%.10s", time);
    }
  return g_string_free (g_steal_pointer (&name), FALSE);
}

static void
save (GTask *task, gpointer desk, gpointer data, GCancellable *cancellable)
{
  Saving *saving = data;
  GError *error = NULL;

  sl_out_folder_find (saving->root, saving->data_dir, &saving->folder);
  saving->file = sl_out_folder_new_file (&saving->folder, saving->stem, "csv", &error);
  if (saving->file != NULL && sl_report_write_csv (saving->found->report, saving->file, translate, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_saved (GObject *desk, GAsyncResult *result, gpointer user_data)
{
  const Saving *saving = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    words = sl_out_folder_saved_words (&saving->folder, saving->file);
  else
    {
      g_message ("A report was not saved: %s", error->message);
      words = sl_out_folder_problem_words (&saving->folder, error);
    }
  sl_desk_say (SL_DESK (desk), error == NULL ? SL_DESK_TONE_DONE : SL_DESK_TONE_REFUSED, words);
}

/**
 * sl_desk_reports_save:
 * @desk: reception
 * @found: the report that is shown
 *
 * Writes it as CSV to where files for people go, and says where, or why not.
 */
void
sl_desk_reports_save (SlDesk *desk, SlReportsFound *found)
{
  g_autoptr (GTask) task = NULL;
  SlDevice *device;
  Saving *saving;

  g_return_if_fail (SL_IS_DESK (desk) && found != NULL && found->report != NULL);
  device = sl_desk_get_device (desk);
  saving = g_new0 (Saving, 1);
  saving->found = g_atomic_rc_box_acquire (found);
  saving->root = device != NULL ? g_strdup (sl_device_get_root (device)) : NULL;
  saving->data_dir = g_strdup (sl_door_get_data_dir (sl_desk_get_door (desk)));
  saving->stem = name_of (found->report, sl_desk_get_now_ms (desk), sl_desk_get_zone (desk));
  task = g_task_new (desk, NULL, on_saved, NULL);
  g_task_set_task_data (task, saving, saving_free);
  g_task_run_in_thread (task, save);
}
