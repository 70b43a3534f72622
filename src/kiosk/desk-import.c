/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-import"

#include "desk-import.h"

#include "desk-ask.h"
#include "out-folder.h"

#include "list-row.h"
#include "text-fill.h"

#include "core/error.h"
#include "engine/import.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define IMPORT_KEY "sl-desk-import"
#define LINES_SHOWN 8 /* of those that are not right: whoever has more begins with these */

/* Of a page over which it is asked. */
typedef struct {
  SlDesk *desk;
  GtkWidget *page; /* holds this */
  GSimpleActionGroup *actions;
  gboolean is_busy;
} Import;

static void
import_free (gpointer data)
{
  Import *self = data;

  g_object_unref (self->actions);
  g_object_unref (self->desk);
  g_free (self);
}

static void
show_sheet (Import *self, const char *title, GtkWidget *column)
{
  gtk_widget_insert_action_group (column, "import", G_ACTION_GROUP (self->actions));
  sl_desk_ask_open (self->desk, self->page, title, column);
}

/* --- a file, on the engine's thread --- */

typedef struct {
  char *file;
  gboolean for_real;
} Wanted;

static Wanted *
wanted_new (const char *file, gboolean for_real)
{
  Wanted *wanted = g_new0 (Wanted, 1);

  *wanted = (Wanted) { g_strdup (file), for_real };
  return wanted;
}

static void
wanted_free (gpointer wanted)
{
  g_free (((Wanted *) wanted)->file);
  g_free (wanted);
}

typedef struct {
  char *file;
  gboolean for_real;
  char *problem;         /* (nullable): why it is no file of members */
  SlImportAnswer answer;
} Looked;

static void
looked_free (gpointer data)
{
  Looked *looked = data;

  sl_import_answer_clear (&looked->answer);
  g_free (looked->problem);
  g_free (looked->file);
  g_free (looked);
}

static gboolean
look (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result, SlRefusal *out_refusal,
      GError **error)
{
  const Wanted *wanted = request;
  g_autoptr (GError) failure = NULL;
  g_autoptr (SlImport) import = sl_import_open (engine, SL_IMPORT_MEMBERS, wanted->file, &failure);
  Looked *looked = g_new0 (Looked, 1);

  *out_result = looked;
  looked->file = g_strdup (wanted->file);
  looked->for_real = wanted->for_real;
  if (import == NULL && g_error_matches (failure, SL_ERROR, SL_ERROR_BAD_INPUT))
    {
      looked->problem = g_strdup (failure->message);
      return TRUE;
    }
  if (import == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  return sl_import_run (engine, actor, import, wanted->for_real ? SL_IMPORT_FOR_REAL : SL_IMPORT_DRY_RUN,
                        &looked->answer, out_refusal, error);
}

/* --- what came of it --- */

/* In the language of the moment where it is one of the refusals; what is wrong with a cell is said as it is. */
static char *
reason_words (const SlImportRefusal *refusal)
{
  const char *said = strstr (refusal->reason, ": ");

  for (guint i = SL_REFUSAL_NONE + 1; i < SL_REFUSAL_LAST; i++)
    if (g_str_equal (sl_refusal_info (i)->code, refusal->code))
      return g_strdup (dgettext (GETTEXT_PACKAGE, sl_refusal_info (i)->message));
  return g_strdup (said != NULL ? said + 2 : refusal->reason);
}

static void
add_refused (GtkWidget *column, const GPtrArray *refused)
{
  g_autofree char *n = g_strdup_printf ("%u", refused->len);
  g_autofree char *words = sl_text_fill (
    g_dngettext (GETTEXT_PACKAGE, "{n} line is not right, so nobody would be taken in. Put it right in the file first.",
                 "{n} lines are not right, so nobody would be taken in. Put them right in the file first.",
                 refused->len), "n", n, NULL);

  gtk_box_append (GTK_BOX (column), sl_list_note_new (words));
  for (guint i = 0; i < MIN (refused->len, LINES_SHOWN); i++)
    {
      const SlImportRefusal *one = refused->pdata[i];
      g_autofree char *line = g_strdup_printf ("%" G_GUINT64_FORMAT, one->line);
      g_autofree char *title = sl_text_fill (_("Line {n}"), "n", line, NULL), *why = reason_words (one);

      gtk_box_append (GTK_BOX (column), sl_list_row_new (&(SlListRowWords) { title, why, NULL, NULL }));
    }
}

static char *
count_words (const Looked *looked)
{
  guint64 accepted = looked->answer.accepted;
  g_autofree char *n = g_strdup_printf ("%" G_GUINT64_FORMAT, accepted);

  return sl_text_fill (looked->for_real
                         ? g_dngettext (GETTEXT_PACKAGE, "{n} member was taken in.", "{n} members were taken in.",
                                        accepted)
                         : g_dngettext (GETTEXT_PACKAGE, "{n} member would be taken in.",
                                        "{n} members would be taken in.", accepted),
                       "n", n, NULL);
}

static void
on_looked (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Import *self = g_object_get_data (owner, IMPORT_KEY);
  const Looked *looked = result;
  GtkWidget *column;
  g_autofree char *name = NULL, *words = NULL;

  self->is_busy = FALSE;
  if (error != NULL || refusal->code != SL_REFUSAL_NONE)
    {
      sl_desk_say_outcome (self->desk, refusal, error);
      return;
    }
  name = g_path_get_basename (looked->file);
  words = looked->problem == NULL ? count_words (looked)
          : sl_text_fill (_("This is no file of members: {reason}"), "reason", looked->problem, NULL);
  if (looked->for_real && looked->answer.written)
    {
      sl_desk_ask_close (self->page);
      sl_desk_say (self->desk, SL_DESK_TONE_DONE, words);
      return;
    }
  column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  if (looked->problem == NULL && looked->answer.refused->len > 0)
    add_refused (column, looked->answer.refused);
  else
    gtk_box_append (GTK_BOX (column), sl_list_note_new (words));
  if (looked->answer.accepted > 0 && looked->answer.refused->len == 0)
    gtk_box_append (GTK_BOX (column), sl_action_button_new (_("Take them in"), "main", "import.take", looked->file));
  show_sheet (self, name, column);
}

static void
start (Import *self, const char *file, gboolean for_real)
{
  if (self->is_busy)
    return;
  self->is_busy = TRUE;
  sl_desk_run (self->desk, G_OBJECT (self->page),
               &(SlDeskJob) { .work = look, .request = wanted_new (file, for_real), .free_request = wanted_free,
                              .free_result = looked_free, .writes = for_real, .apart = TRUE,
                              .done = on_looked });
}

static void
on_file (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  start (user_data, g_variant_get_string (target, NULL), FALSE);
}

static void
on_take (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  start (user_data, g_variant_get_string (target, NULL), TRUE);
}

/* --- which file --- */

typedef struct {
  char *root, *data_dir;
} Places;

static void
places_free (gpointer data)
{
  Places *places = data;

  g_free (places->root);
  g_free (places->data_dir);
  g_free (places);
}

static void
list (GTask *task, gpointer page, gpointer data, GCancellable *cancellable)
{
  const Places *places = data;

  g_task_return_pointer (task, sl_out_folder_list (places->root, places->data_dir, "csv"), sl_desk_unref_array);
}

static void
on_listed (GObject *page, GAsyncResult *result, gpointer user_data)
{
  Import *self = g_object_get_data (page, IMPORT_KEY);
  g_autoptr (GPtrArray) files = g_task_propagate_pointer (G_TASK (result), NULL);
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  for (guint i = 0; i < files->len; i++)
    {
      g_autofree char *name = g_path_get_basename (files->pdata[i]), *folder = g_path_get_dirname (files->pdata[i]);

      gtk_box_append (GTK_BOX (column), sl_list_row_new_tapped (&(SlListRowWords) { name, folder, NULL, NULL },
                                                                "import.file", files->pdata[i]));
    }
  if (files->len == 0)
    {
      const Places *places = g_task_get_task_data (G_TASK (result));
      g_autofree char *folder = g_build_filename (places->data_dir, SL_IN_FOLDER, NULL);
      g_autofree char *words = sl_text_fill (_("There is no .csv file on a USB stick, and none in {folder}. A "
                                               "spreadsheet saves one: a line of names such as first, last, phone, "
                                               "and one line for each member."), "folder", folder, NULL);

      gtk_box_append (GTK_BOX (column), sl_list_note_new (words));
    }
  show_sheet (self, _("Members from a file"), column);
}

static void
on_ask (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  Import *self = user_data;
  SlDevice *device = sl_desk_get_device (self->desk);
  g_autoptr (GTask) task = g_task_new (self->page, NULL, on_listed, NULL);
  Places *places = g_new0 (Places, 1);

  *places = (Places) { device != NULL ? g_strdup (sl_device_get_root (device)) : NULL,
                       g_strdup (sl_door_get_data_dir (sl_desk_get_door (self->desk))) };
  g_task_set_task_data (task, places, places_free);
  g_task_run_in_thread (task, list);
}

static Import *
import_of (SlDesk *desk, GtkWidget *page)
{
  const GActionEntry entries[] = {
    { "ask", on_ask, NULL, NULL, NULL, { 0 } },
    { "file", on_file, "s", NULL, NULL, { 0 } },
    { "take", on_take, "s", NULL, NULL, { 0 } },
  };
  Import *self = g_object_get_data (G_OBJECT (page), IMPORT_KEY);

  if (self != NULL)
    return self;
  self = g_new0 (Import, 1);
  *self = (Import) { .desk = g_object_ref (desk), .page = page, .actions = g_simple_action_group_new () };
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
  g_object_set_data_full (G_OBJECT (page), IMPORT_KEY, self, import_free);
  return self;
}

/**
 * sl_desk_import_button_new:
 * @desk: reception
 * @page: over which it is asked
 *
 * Lists the files there are, says what would come of one, and takes its members in if that is wanted.
 *
 * Returns: (transfer floating): the button that begins it
 */
GtkWidget *
sl_desk_import_button_new (SlDesk *desk, GtkWidget *page)
{
  GtkWidget *button;

  g_return_val_if_fail (SL_IS_DESK (desk) && GTK_IS_WIDGET (page), NULL);
  /* Translators: a button where a new member is written down: takes in many from a file of a spreadsheet */
  button = sl_action_button_new (_("Several, from a file"), "", "import.ask", NULL);
  gtk_widget_insert_action_group (button, "import", G_ACTION_GROUP (import_of (desk, page)->actions));
  return button;
}
