/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-member-parq"

#include "desk-member-private.h"

#include "date-words.h"
#include "list-row.h"
#include "parq-form.h"
#include "text-fill.h"

#include <glib/gi18n-lib.h>
#include <jansson.h>

/* The answers to the health questions are kept as one JSON object: each question with a word, or with true or false
 * where `studioloop parq answer` was given that. */

/* --- filling in --- */

static SlDeskDeed *
make_answers (SlForm *form, const SlId *id, gpointer data, char **out_missing)
{
  SlParqForm *questions = data;
  SlDeskDeed *deed;

  if (!sl_parq_form_is_complete (questions))
    {
      *out_missing = g_strdup (_("Please answer every question."));
      return NULL;
    }
  deed = sl_desk_deed_new (SL_DESK_ANSWER_PARQ, id);
  deed->text = sl_parq_form_get_answers (questions);
  return deed;
}

/* sl_desk_parq_ask: the questions, with the member at the desk. */
void
sl_desk_parq_ask (SlDeskMemberPage *self)
{
  SlForm *form = sl_form_new ();
  GtkWidget *questions = sl_parq_form_new ();

  sl_form_add_wide (form, questions);
  sl_desk_ask (self->desk, GTK_WIDGET (self->page), &(SlDeskQuestion) { .title = _("Health questions"), .form = form,
               .label = _("Save"), .style = "main", .make = make_answers, .id = self->id, .data = questions });
}

/* --- showing --- */

static void
add_answer (SlDeskMemberPage *self, const char *key, json_t *value)
{
  const char *question = sl_parq_form_get_question (key);
  const char *text = json_string_value (value);
  gboolean yes = json_is_true (value) || g_strcmp0 (text, "yes") == 0;
  gboolean no = json_is_false (value) || g_strcmp0 (text, "no") == 0;

  sl_member_file_add (self->page, SL_MEMBER_TAB_HEALTH, sl_list_row_new (&(SlListRowWords) {
    question != NULL ? question : key, yes || no ? NULL : text,
    yes ? C_ ("answer", "Yes") : no ? C_ ("answer", "No") : NULL, NULL }));
}

static void
add_answers (SlDeskMemberPage *self, const char *text)
{
  json_t *answers = json_loads (text, 0, NULL), *value;
  const char *key;

  if (!json_is_object (answers))
    sl_member_file_add (self->page, SL_MEMBER_TAB_HEALTH, sl_list_note_new (text));
  else
    json_object_foreach (answers, key, value)
      add_answer (self, key, value);
  json_decref (answers);
}

/* sl_desk_parq_fill: shows the answers, until when they count, and the way to give them anew. */
void
sl_desk_parq_fill (SlDeskMemberPage *self)
{
  const SlParq *parq = self->data->parq;
  GTimeZone *zone = sl_desk_get_zone (self->desk);
  g_autofree char *day = NULL, *text = NULL;

  sl_member_file_clear_tab (self->page, SL_MEMBER_TAB_HEALTH);
  sl_member_file_set_tab_visible (self->page, SL_MEMBER_TAB_HEALTH, parq != NULL);
  if (parq == NULL)
    return;
  if (parq->answered_ms == 0)
    text = g_strdup (_("The health questions have not been answered."));
  else
    {
      g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (parq->valid_until_ms / 1000);
      g_autoptr (GDateTime) local = g_date_time_to_timezone (utc, zone);

      g_autofree char *date = sl_date_words_day (parq->valid_until_ms, zone);
      day = g_strdup_printf ("%s %d", date, g_date_time_get_year (local));
      text = sl_text_fill (parq->valid ? _("The answers count until {day}.") : _("The answers ran out on {day}."),
                           "day", day, NULL);
    }
  sl_member_file_add (self->page, SL_MEMBER_TAB_HEALTH, sl_list_note_new (text));
  if (self->data->may_edit)
    {
      GtkWidget *button = sl_action_button_new (_("Fill in the health form"), parq->valid ? "" : "main",
                                                "member.answer-parq", NULL);

      gtk_widget_set_halign (button, GTK_ALIGN_START);
      sl_member_file_add (self->page, SL_MEMBER_TAB_HEALTH, button);
    }
  if (parq->answers != NULL)
    add_answers (self, parq->answers);
}
