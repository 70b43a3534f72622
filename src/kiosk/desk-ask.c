/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-ask"

#include "desk-ask.h"

#include "date-words.h"
#include "list-row.h"
#include "text-fill.h"

#include <glib/gi18n-lib.h>

#define ASK_KEY "sl-desk-ask"

/* One sheet that is open over a page; the page's, until it is closed. */
typedef struct {
  SlDesk *desk;
  GtkWidget *page;
  SlSheet *sheet;
  SlForm *form;      /* (nullable) */
  GtkWidget *said;   /* (nullable): why it was not done */
  GtkWidget *button; /* (nullable): that does it */
  SlDeskQuestion question;
} Ask;

static void on_deed_done (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error);

static void
ask_free (gpointer data)
{
  Ask *ask = data;

  if (ask->question.free_data != NULL && ask->question.data != NULL)
    ask->question.free_data (ask->question.data);
  g_object_unref (ask->desk);
  g_object_unref (ask->sheet);
  g_free (ask);
}

static Ask *
ask_of (GtkWidget *page)
{
  return g_object_get_data (G_OBJECT (page), ASK_KEY);
}

/**
 * sl_desk_ask_is_open:
 * @page: a page
 *
 * Returns: whether something is asked over it
 */
gboolean
sl_desk_ask_is_open (GtkWidget *page)
{
  return ask_of (page) != NULL;
}

/**
 * sl_desk_ask_read_id:
 * @target: (nullable): of an action
 * @out: (out): what it is about
 *
 * Returns: whether it names anything
 */
gboolean
sl_desk_ask_read_id (GVariant *target, SlId *out)
{
  return target != NULL && sl_id_parse (g_variant_get_string (target, NULL), out);
}

static void
on_sheet_closed (SlSheet *sheet, GtkWidget *page)
{
  Ask *ask = ask_of (page);

  if (ask != NULL && ask->sheet == sheet)
    g_object_set_data (G_OBJECT (page), ASK_KEY, NULL);
}

/**
 * sl_desk_ask_close:
 * @page: a page
 *
 * Closes what is asked over it, if anything is.
 */
void
sl_desk_ask_close (GtkWidget *page)
{
  Ask *ask = ask_of (page);

  if (ask != NULL)
    {
      g_autoptr (SlSheet) sheet = g_object_ref (ask->sheet);

      sl_sheet_close (sheet);
    }
}

static Ask *
open_sheet (SlDesk *desk, GtkWidget *page, const char *title, GtkWidget *child)
{
  Ask *ask = g_new0 (Ask, 1);

  sl_desk_ask_close (page);
  g_object_set_data_full (G_OBJECT (page), "sl-desk", g_object_ref (desk), g_object_unref);
  ask->desk = g_object_ref (desk);
  ask->page = page;
  ask->sheet = g_object_ref_sink (sl_sheet_new (title));
  sl_sheet_set_child (ask->sheet, child);
  g_object_set_data_full (G_OBJECT (page), ASK_KEY, ask, ask_free);
  g_signal_connect_object (ask->sheet, "closed", G_CALLBACK (on_sheet_closed), page, 0);
  return ask;
}

/**
 * sl_desk_ask_open:
 * @desk: reception
 * @page: what it is asked over
 * @title: the question
 * @child: (transfer floating): what there is to choose from
 *
 * Opens a sheet with a way out; the actions of @page work in it.
 *
 * Returns: (transfer none): the sheet, shown
 */
SlSheet *
sl_desk_ask_open (SlDesk *desk, GtkWidget *page, const char *title, GtkWidget *child)
{
  Ask *ask = open_sheet (desk, page, title, child);

  sl_sheet_add_action (ask->sheet, _("Not now"), "", NULL, NULL);
  sl_sheet_present (ask->sheet, page);
  return ask->sheet;
}

/**
 * sl_desk_ask_show:
 * @desk: reception
 * @page: what it is shown over
 * @title: what it is
 * @child: (transfer floating): what there is to look at
 *
 * As sl_desk_ask_open(), where nothing is asked: the sheet's actions and its way out are the caller's.
 *
 * Returns: (transfer none): the sheet, for sl_sheet_present()
 */
SlSheet *
sl_desk_ask_show (SlDesk *desk, GtkWidget *page, const char *title, GtkWidget *child)
{
  return open_sheet (desk, page, title, child)->sheet;
}

static void
say (Ask *ask, const char *text)
{
  gtk_label_set_label (GTK_LABEL (ask->said), text);
  gtk_widget_set_visible (ask->said, TRUE);
}

/* Once at a time: a second tap before the answer does nothing. */
static void
set_busy (Ask *ask, gboolean busy)
{
  if (ask->button != NULL)
    gtk_widget_set_sensitive (ask->button, !busy);
}

static void
run (Ask *ask, gboolean anyway)
{
  g_autofree char *missing = NULL;
  SlDeskDeed *deed = ask->question.make (ask->form, &ask->question.id, ask->question.data, &missing);

  if (deed == NULL)
    {
      say (ask, missing);
      return;
    }
  deed->anyway = anyway;
  gtk_widget_set_visible (ask->said, FALSE);
  set_busy (ask, TRUE);
  sl_desk_deed_run (ask->desk, G_OBJECT (ask->page), deed, on_deed_done);
}

static void
on_confirmed (GtkButton *button, Ask *ask)
{
  run (ask, FALSE);
}

static void
on_anyway (GtkButton *button, Ask *ask)
{
  run (ask, TRUE);
}

static void
on_open_other (GtkButton *button, Ask *ask)
{
  g_autoptr (SlDesk) desk = g_object_ref (ask->desk);
  SlId id = *(SlId *) g_object_get_data (G_OBJECT (button), "member");

  sl_desk_ask_close (ask->page);
  sl_desk_open (desk, SL_DESK_MEMBERS, &id);
}

/**
 * sl_desk_ask:
 * @desk: reception
 * @page: what it is asked over
 * @question: what is asked; copied, its data becomes the sheet's
 *
 * Asks, and does it when the answer is given.
 */
void
sl_desk_ask (SlDesk *desk, GtkWidget *page, const SlDeskQuestion *question)
{
  GtkWidget *said = sl_list_note_new ("");
  Ask *ask;

  g_return_if_fail (SL_IS_DESK (desk) && GTK_IS_WIDGET (page) && question->make != NULL);
  ask = open_sheet (desk, page, question->title, GTK_WIDGET (question->form));
  ask->question = *question;
  ask->form = question->form;
  ask->said = said;
  gtk_widget_remove_css_class (said, "quiet");
  gtk_widget_add_css_class (said, "wrong");
  sl_form_add_wide (question->form, said);
  gtk_widget_set_visible (said, FALSE);
  sl_sheet_add_action (ask->sheet, _("Not now"), "", NULL, NULL);
  ask->button = sl_sheet_add_action (ask->sheet, question->label, question->style, G_CALLBACK (on_confirmed), ask);
  sl_sheet_present (ask->sheet, page);
}

/* Somebody has that number: it may be the same person. */
static void
offer_other (Ask *ask, const SlRefusal *refusal)
{
  const char *member = sl_refusal_get_text (refusal, "member");
  SlId id;
  GtkWidget *open, *anyway;

  say (ask, _("Another member has this phone number. Is it the same person?"));
  if (g_object_get_data (G_OBJECT (ask->sheet), "offered") != NULL || member == NULL || !sl_id_parse (member, &id))
    return;
  g_object_set_data (G_OBJECT (ask->sheet), "offered", ask->sheet);
  open = gtk_button_new_with_label (_("Open that member"));
  gtk_widget_add_css_class (open, "action");
  g_object_set_data_full (G_OBJECT (open), "member", sl_id_copy (&id), g_free);
  g_signal_connect (open, "clicked", G_CALLBACK (on_open_other), ask);
  sl_form_add_wide (ask->form, open);
  anyway = gtk_button_new_with_label (_("Somebody else: save anyway"));
  gtk_widget_add_css_class (anyway, "action");
  g_signal_connect (anyway, "clicked", G_CALLBACK (on_anyway), ask);
  sl_form_add_wide (ask->form, anyway);
}

/**
 * sl_desk_ask_words:
 * @refusal: of a job
 * @error: (nullable): of a job
 *
 * Returns: (transfer full): why it was not done, and what to do, for where it was asked
 */
char *
sl_desk_ask_words (const SlRefusal *refusal, const GError *error)
{
  const SlCodeInfo *info;

  if (error != NULL && error->domain == SL_ERROR && error->code == SL_ERROR_BAD_INPUT)
    return g_strdup (error->message);
  info = error != NULL ? sl_error_info (error->domain == SL_ERROR ? error->code : SL_ERROR_STORAGE)
                       : sl_refusal_info (refusal->code);
  return *info->hint == '\0' ? g_strdup (dgettext (GETTEXT_PACKAGE, info->message))
                             : g_strdup_printf ("%s %s", dgettext (GETTEXT_PACKAGE, info->message),
                                                dgettext (GETTEXT_PACKAGE, info->hint));
}

/* --- what the door says to the desk --- */

static SlDeskDeed *
make_late_check_in (SlForm *form, const SlId *id, gpointer data, char **out_missing)
{
  SlDeskDeed *deed = sl_desk_deed_new (SL_DESK_CHECK_IN, id);

  deed->text = sl_form_get (form, "reason");
  if (data != NULL)
    deed->other = *(SlId *) data;
  return deed;
}

static void
on_choice (GtkButton *button, GtkWidget *page)
{
  Ask *ask = ask_of (page);
  SlDeskDeed *deed;

  if (ask == NULL)
    return;
  deed = sl_desk_deed_new (SL_DESK_CHECK_IN, g_object_get_data (G_OBJECT (button), "member"));
  deed->other = *(SlId *) g_object_get_data (G_OBJECT (button), "session");
  deed->flag = g_object_get_data (G_OBJECT (button), "book") != NULL;
  sl_desk_ask_do (ask->desk, page, deed);
}

static void
add_choice (SlDesk *desk, GtkWidget *page, GtkBox *list, const SlDeskDeedResult *result, const SlCheckinChoice *choice)
{
  g_autofree char *when = sl_date_words_time (choice->start_ms, sl_desk_get_zone (desk));
  g_autofree char *text = sl_text_join (" · ", choice->class_name != NULL ? choice->class_name : "", when,
                                        choice->room_name != NULL ? choice->room_name : "", NULL);
  GtkWidget *button = gtk_button_new_with_label (text);

  gtk_label_set_wrap (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button))), TRUE);
  gtk_widget_add_css_class (button, "action");
  g_object_set_data_full (G_OBJECT (button), "member", sl_id_copy (&result->id), g_free);
  g_object_set_data_full (G_OBJECT (button), "session", sl_id_copy (&choice->session_id), g_free);
  if (result->answer->result != SL_REFUSAL_CHOOSE_SESSION)
    g_object_set_data (G_OBJECT (button), "book", button);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_choice), page, 0);
  gtk_box_append (list, button);
}

/* Not in yet: asks for what is missing. */
static void
show_answer (SlDesk *desk, GtkWidget *page, const SlDeskDeedResult *result)
{
  const SlCheckinAnswer *answer = result->answer;
  const SlRefusal refusal = { .code = answer->result };

  if (answer->choices != NULL && answer->choices->len > 0)
    {
      GtkWidget *list = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

      for (guint i = 0; i < answer->choices->len; i++)
        add_choice (desk, page, GTK_BOX (list), result, g_ptr_array_index (answer->choices, i));
      sl_desk_ask_open (desk, page, answer->result == SL_REFUSAL_CHOOSE_SESSION ? _("Which class?")
                                    : _("No booking now. Book them into a class?"), list);
      return;
    }
  if (answer->result == SL_REFUSAL_TOO_LATE)
    {
      SlForm *form = sl_form_new ();

      sl_form_add_words (form, _("Check-in has closed. They can still be let in; the reason is kept."));
      sl_form_add_entry (form, "reason", _("Reason"), GTK_INPUT_PURPOSE_FREE_FORM, NULL);
      sl_desk_ask (desk, page, &(SlDeskQuestion) { .title = _("Let them in late?"), .form = form,
                   .label = _("Let in"), .style = "main", .make = make_late_check_in, .id = result->id,
                   .data = sl_id_copy (&answer->session_id), .free_data = g_free });
      return;
    }
  sl_desk_ask_close (page);
  sl_desk_say_outcome (desk, &refusal, NULL);
}

/* --- what came of it --- */

static void
on_deed_done (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  GtkWidget *page = GTK_WIDGET (owner);
  g_autoptr (SlDesk) desk = g_object_ref (g_object_get_data (owner, "sl-desk"));
  const SlDeskDeedResult *done = result;
  Ask *ask = ask_of (page);
  g_autofree char *text = NULL;

  if (done != NULL && done->answer != NULL && done->answer->result != SL_REFUSAL_NONE)
    show_answer (desk, page, done);
  else if (done != NULL)
    {
      sl_desk_ask_close (page);
      text = sl_desk_deed_words (desk, done);
      sl_desk_say (desk, SL_DESK_TONE_DONE, text);
      if (done->kind == SL_DESK_ADD_MEMBER)
        sl_desk_open (desk, SL_DESK_MEMBERS, &done->id);
    }
  else if (ask == NULL || ask->said == NULL)
    {
      sl_desk_ask_close (page);
      sl_desk_say_outcome (desk, refusal, error);
    }
  else
    {
      set_busy (ask, FALSE);
      text = sl_desk_ask_words (refusal, error);
      if (error == NULL && refusal->code == SL_REFUSAL_POSSIBLE_DUPLICATE)
        offer_other (ask, refusal);
      else
        say (ask, text);
    }
}

/**
 * sl_desk_ask_do:
 * @desk: reception
 * @page: whose doing it is
 * @deed: (transfer full): what to do
 *
 * Does it without a question; what comes of it is said, and what the door wants to know is asked over @page.
 */
void
sl_desk_ask_do (SlDesk *desk, GtkWidget *page, SlDeskDeed *deed)
{
  g_object_set_data_full (G_OBJECT (page), "sl-desk", g_object_ref (desk), g_object_unref);
  sl_desk_deed_run (desk, G_OBJECT (page), deed, on_deed_done);
}

/* --- a reason --- */

static SlDeskDeed *
make_with_reason (SlForm *form, const SlId *id, gpointer data, char **out_missing)
{
  g_autofree char *reason = sl_form_get (form, "reason");
  SlDeskDeed *deed;

  if (*reason == '\0')
    {
      *out_missing = g_strdup (_("A reason is needed; it is kept with who did it."));
      return NULL;
    }
  deed = sl_desk_deed_new (GPOINTER_TO_INT (data), id);
  deed->text = g_steal_pointer (&reason);
  return deed;
}

/**
 * sl_desk_ask_reason:
 * @desk: reception
 * @page: what it is asked over
 * @title: the question
 * @words: what will happen
 * @label: the button's verb
 * @kind: what is done
 * @id: to whom or what
 *
 * Asks for a reason, and does it.
 */
void
sl_desk_ask_reason (SlDesk *desk, GtkWidget *page, const char *title, const char *words, const char *label,
                    SlDeskDeedKind kind, const SlId *id)
{
  SlForm *form = sl_form_new ();

  sl_form_add_words (form, words);
  sl_form_add_entry (form, "reason", _("Reason"), GTK_INPUT_PURPOSE_FREE_FORM, NULL);
  sl_desk_ask (desk, page, &(SlDeskQuestion) { .title = title, .form = form, .label = label, .style = "danger",
               .make = make_with_reason, .id = *id, .data = GINT_TO_POINTER (kind) });
}

/* --- a note --- */

static SlDeskDeed *
make_note (SlForm *form, const SlId *id, gpointer data, char **out_missing)
{
  g_autofree char *text = sl_form_get (form, "text");
  SlDeskDeed *deed;

  if (*text == '\0')
    {
      *out_missing = g_strdup (_("Write something first."));
      return NULL;
    }
  deed = sl_desk_deed_new (SL_DESK_ADD_NOTE, id);
  if (data != NULL)
    deed->other = *(SlId *) data;
  deed->text = g_steal_pointer (&text);
  return deed;
}

/**
 * sl_desk_ask_note:
 * @desk: reception
 * @page: what it is asked over
 * @words: (nullable): what the note is to
 * @member: (nullable): on whom …
 * @session: (nullable): … or to which session
 *
 * Asks for a note, and writes it down.
 */
void
sl_desk_ask_note (SlDesk *desk, GtkWidget *page, const char *words, const SlId *member, const SlId *session)
{
  SlForm *form = sl_form_new ();

  if (words != NULL)
    sl_form_add_words (form, words);
  sl_form_add_entry (form, "text", _("Note"), GTK_INPUT_PURPOSE_FREE_FORM, NULL);
  sl_desk_ask (desk, page, &(SlDeskQuestion) { .title = _("Write a note"), .form = form, .label = _("Save"),
               .style = "main", .make = make_note, .id = member != NULL ? *member : sl_id_none,
               .data = session != NULL ? sl_id_copy (session) : NULL, .free_data = g_free });
}
