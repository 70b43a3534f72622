/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-member-programs"

#include "desk-member-private.h"

#include "list-row.h"
#include "record-words.h"
#include "text-fill.h"

#include "core/text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What has been worked out for a member, each exercise with what was done of it last, and writing down what was done
 * today: from what the program says, which is what it was on most days. */

static void
add (SlDeskMemberPage *self, GtkWidget *row)
{
  sl_member_file_add (self->page, SL_MEMBER_TAB_PROGRAMS, row);
}

/* "3 × 10 · 60 kg", as far as it is said. */
static char *
work_words (const SlExercise *exercise)
{
  g_autofree char *sets = exercise->sets > 0 ? g_strdup_printf ("%" G_GINT64_FORMAT " ", exercise->sets)
                                             : g_strdup ("");
  g_autofree char *counts = exercise->reps > 0 ? g_strdup_printf ("%s× %" G_GINT64_FORMAT, sets, exercise->reps)
                                               : g_strdup ("");

  return sl_text_join (" · ", counts, exercise->load != NULL ? exercise->load : "",
                       exercise->note != NULL ? exercise->note : "", NULL);
}

static const SlProgress *
last_of (const SlProgram *program, const char *exercise)
{
  for (guint i = 0; program->progress != NULL && i < program->progress->len; i++)
    {
      const SlProgress *progress = program->progress->pdata[i];

      if (progress->done != NULL && g_str_equal (progress->done->name, exercise))
        return progress;
    }
  return NULL;
}

/* --- writing it down --- */

/* "": not said. */
static gboolean
read_count (SlForm *form, const char *field, gint64 *out)
{
  g_autofree char *text = sl_form_get (form, field);

  *out = 0;
  return *text == '\0' || g_ascii_string_to_signed (text, 10, 1, SL_EXERCISE_COUNT_MAX, out, NULL);
}

static char *
read_text (SlForm *form, const char *field)
{
  g_autofree char *text = sl_form_get (form, field);

  return *text != '\0' ? g_steal_pointer (&text) : NULL;
}

static gboolean
is_too_long (const char *text, gsize max_bytes)
{
  return text != NULL && strlen (text) > max_bytes;
}

static SlDeskDeed *
make_progress (SlForm *form, const SlId *id, gpointer data, char **out_missing)
{
  const char *name = data;
  g_autoptr (SlExercise) done = g_new0 (SlExercise, 1);
  SlDeskDeed *deed;

  done->name = g_strdup (name);
  done->load = read_text (form, "load");
  done->note = read_text (form, "note");
  if (!read_count (form, "sets", &done->sets) || !read_count (form, "reps", &done->reps))
    *out_missing = g_strdup (_("Sets and repetitions are whole numbers, from 1 to 1000."));
  else if (is_too_long (done->load, SL_EXERCISE_LOAD_MAX_BYTES) || is_too_long (done->note, SL_EXERCISE_NOTE_MAX_BYTES))
    *out_missing = g_strdup (_("That is too long. Say it in fewer words."));
  if (*out_missing != NULL)
    return NULL;
  deed = sl_desk_deed_new (SL_DESK_ADD_PROGRESS, id);
  deed->exercise = g_steal_pointer (&done);
  return deed;
}

static void
add_count (SlForm *form, const char *name, const char *label, gint64 count)
{
  g_autofree char *text = count > 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, count) : NULL;

  sl_form_add_entry (form, name, label, GTK_INPUT_PURPOSE_DIGITS, text);
}

static void
ask (SlDeskMemberPage *self, const SlProgram *program, const SlExercise *exercise)
{
  const SlProgress *last = last_of (program, exercise->name);
  const SlExercise *from = last != NULL ? last->done : exercise;
  g_autofree char *planned = work_words (exercise);
  SlForm *form = sl_form_new ();

  if (*planned != '\0')
    sl_form_add_words (form, planned);
  add_count (form, "sets", _("Sets"), from->sets);
  add_count (form, "reps", _("Repetitions"), from->reps);
  sl_form_add_entry (form, "load", _("Load"), GTK_INPUT_PURPOSE_FREE_FORM, from->load);
  sl_form_add_entry (form, "note", _("Note"), GTK_INPUT_PURPOSE_FREE_FORM, NULL);
  sl_desk_ask (self->desk, GTK_WIDGET (self->page), &(SlDeskQuestion) { .title = exercise->name, .form = form,
               .label = _("Save"), .style = "main", .make = make_progress, .id = program->id,
               .data = g_strdup (exercise->name), .free_data = g_free });
}

static const SlProgram *
find_program (SlDeskMemberPage *self, const char *id)
{
  SlId wanted;

  if (self->data == NULL || self->data->programs == NULL || !sl_id_parse (id, &wanted))
    return NULL;
  for (guint i = 0; i < self->data->programs->len; i++)
    {
      const SlProgram *program = self->data->programs->pdata[i];

      if (sl_id_equal (&program->id, &wanted))
        return program;
    }
  return NULL;
}

/* sl_desk_programs_ask: what was done of an exercise; target: the program's id, a blank, the exercise's name. */
void
sl_desk_programs_ask (SlDeskMemberPage *self, const char *target)
{
  g_auto (GStrv) words = g_strsplit (target, " ", 2);
  const SlProgram *program = words[0] != NULL ? find_program (self, words[0]) : NULL;

  for (guint i = 0; program != NULL && i < program->exercises->len; i++)
    {
      const SlExercise *exercise = program->exercises->pdata[i];

      if (g_str_equal (exercise->name, words[1] != NULL ? words[1] : ""))
        {
          ask (self, program, exercise);
          return;
        }
    }
}

/* --- what there is --- */

static char *
signed_words (SlDeskMemberPage *self, const SlProgress *progress)
{
  const char *who = g_hash_table_lookup (self->data->names, &progress->actor);
  g_autofree char *when = sl_record_words_when (progress->at_ms, sl_desk_get_now_ms (self->desk),
                                                sl_desk_get_zone (self->desk));

  return sl_text_join (" · ", who != NULL ? who : "", when, NULL);
}

static void
add_exercise (SlDeskMemberPage *self, const SlProgram *program, const SlExercise *exercise)
{
  g_autofree char *id = sl_id_to_string (&program->id);
  g_autofree char *target = g_strdup_printf ("%s %s", id, exercise->name);
  g_autofree char *planned = work_words (exercise);
  GtkWidget *row = sl_list_row_new (&(SlListRowWords) { exercise->name, planned, NULL, NULL });

  if (program->active && self->data->may_train)
    {
      /* Translators: a button beside an exercise: writes down what was done of it */
      GtkWidget *button = sl_list_row_add_button (row, _("Write down"), "", "member.add-progress", target);
      g_autofree char *name = g_strdup_printf ("%s: %s", exercise->name, _("Write down"));

      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
    }
  add (self, row);
}

static void
add_progress (SlDeskMemberPage *self, const SlProgress *progress)
{
  g_autofree char *work = progress->done != NULL ? work_words (progress->done) : g_strdup ("");
  g_autofree char *title = progress->done != NULL ? sl_text_join (" · ", progress->done->name, work, NULL)
                                                  : g_strdup (_("Cannot be read on this device"));
  g_autofree char *detail = signed_words (self, progress);

  add (self, sl_list_row_new (&(SlListRowWords) { title, detail, NULL, NULL }));
}

static void
add_program (SlDeskMemberPage *self, const SlProgram *program)
{
  add (self, sl_list_heading_new (program->name != NULL ? program->name : _("Cannot be read on this device")));
  if (!program->active)
    add (self, sl_list_note_new (C_ ("program", "Over")));
  if (program->notes != NULL)
    add (self, sl_list_note_new (program->notes));
  for (guint i = 0; i < program->exercises->len; i++)
    add_exercise (self, program, program->exercises->pdata[i]);
  if (program->progress != NULL && program->progress->len > 0)
    add (self, sl_list_note_new (_("Progress")));
  for (guint i = 0; program->progress != NULL && i < MIN (program->progress->len, SL_DESK_ENTRIES_MAX); i++)
    add_progress (self, program->progress->pdata[i]);
}

/* sl_desk_programs_fill: shows them, the latest first. */
void
sl_desk_programs_fill (SlDeskMemberPage *self)
{
  GPtrArray *programs = self->data->programs;

  sl_member_file_clear_tab (self->page, SL_MEMBER_TAB_PROGRAMS);
  sl_member_file_set_tab_visible (self->page, SL_MEMBER_TAB_PROGRAMS, programs != NULL);
  for (guint i = 0; programs != NULL && i < programs->len; i++)
    add_program (self, programs->pdata[i]);
  if (programs != NULL && programs->len == 0)
    add (self, sl_list_note_new (_("No programs yet.")));
}
