/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-today-sheet"

#include "desk-today-private.h"

/* A sheet is a title, words and a column of buttons. It knows ids and what was true when it was opened: what has
 * changed under it since, the engine says when a button is pressed. */

#define ASKED_KEY "sl-today-asked"

/* One button, and what it answers. */
typedef struct {
  SlTodayAsked *asked; /* of the sheet, which outlives its buttons */
  SlTodayAnswered answered;
  SlId other;
  char *answer;
} Answer;

static void
asked_free (gpointer data)
{
  SlTodayAsked *asked = data;

  g_free (asked->name);
  g_free (asked);
}

static void
answer_free (gpointer data, GClosure *closure)
{
  Answer *answer = data;

  g_free (answer->answer);
  g_free (answer);
}

static GtkWidget *
wrapped_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 48);
  gtk_widget_add_css_class (label, css_class);
  return label;
}

/**
 * sl_today_ask:
 * @self: the presenter
 * @title: what is asked
 * @detail: (nullable): what will happen
 * @id: a booking or a session
 * @name: (nullable): whose
 *
 * Returns: (transfer none): a sheet in the making, which owns itself: sl_today_asked_show() it
 */
SlTodayAsked *
sl_today_ask (SlDeskToday *self, const char *title, const char *detail, const SlId *id, const char *name)
{
  SlTodayAsked *asked = g_new0 (SlTodayAsked, 1);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  asked->today = self;
  asked->sheet = sl_sheet_new (title);
  asked->id = *id;
  asked->name = g_strdup (name);
  gtk_widget_add_css_class (box, "today-asked");
  if (detail != NULL)
    gtk_box_append (GTK_BOX (box), wrapped_label (detail, "body"));
  g_object_set_data_full (G_OBJECT (asked->sheet), ASKED_KEY, asked, asked_free);
  g_object_set_data (G_OBJECT (asked->sheet), ASKED_KEY "-box", box);
  sl_sheet_set_child (asked->sheet, box);
  return asked;
}

/**
 * sl_today_asked_box:
 * @asked: a sheet in the making
 *
 * Returns: (transfer none): its column, for widgets of other kinds
 */
GtkWidget *
sl_today_asked_box (SlTodayAsked *asked)
{
  return g_object_get_data (G_OBJECT (asked->sheet), ASKED_KEY "-box");
}

/* The sheet goes first: what follows may open another one, or the focus may go back to the search. */
static void
on_answered (GtkButton *button, Answer *answer)
{
  SlTodayAsked *asked = answer->asked;
  SlTodayAnswered answered = answer->answered;
  g_autoptr (SlSheet) keep = g_object_ref (asked->sheet);
  g_autofree char *text = g_strdup (answer->answer);

  asked->other = answer->other;
  sl_sheet_close (asked->sheet);
  answered (asked, text);
}

static void
connect_answer (SlTodayAsked *asked, GtkWidget *button, const char *label, const SlId *other, SlTodayAnswered answered)
{
  Answer *answer = g_new0 (Answer, 1);

  answer->asked = asked;
  answer->answered = answered;
  answer->answer = g_strdup (label);
  answer->other = other != NULL ? *other : sl_id_none;
  g_signal_connect_data (button, "clicked", G_CALLBACK (on_answered), answer, answer_free, 0);
  gtk_box_append (GTK_BOX (sl_today_asked_box (asked)), button);
}

/**
 * sl_today_asked_add:
 * @asked: a sheet in the making
 * @label: what the button does
 * @style: "main", "danger" or ""
 * @other: (nullable): goes into @asked when it is pressed
 * @answered: called with @label, after the sheet has closed
 *
 * Returns: (transfer none): the button
 */
GtkWidget *
sl_today_asked_add (SlTodayAsked *asked, const char *label, const char *style, const SlId *other,
                    SlTodayAnswered answered)
{
  GtkWidget *button = gtk_button_new ();
  GtkWidget *words = wrapped_label (label, "action-words");

  gtk_label_set_xalign (GTK_LABEL (words), 0.5);
  gtk_label_set_justify (GTK_LABEL (words), GTK_JUSTIFY_CENTER);
  gtk_button_set_child (GTK_BUTTON (button), words);
  gtk_widget_add_css_class (button, "action");
  if (*style != '\0')
    gtk_widget_add_css_class (button, style);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  connect_answer (asked, button, label, other, answered);
  return button;
}

/**
 * sl_today_asked_add_row:
 * @asked: a sheet in the making
 * @label: what is chosen
 * @detail: (nullable): a line under it
 * @other: (nullable): goes into @asked when it is pressed
 * @answered: called with @label, after the sheet has closed
 *
 * As sl_today_asked_add(), for one of many.
 *
 * Returns: (transfer none): the button
 */
GtkWidget *
sl_today_asked_add_row (SlTodayAsked *asked, const char *label, const char *detail, const SlId *other,
                        SlTodayAnswered answered)
{
  GtkWidget *button = gtk_button_new (), *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  g_autofree char *spoken = detail != NULL ? g_strdup_printf ("%s, %s", label, detail) : g_strdup (label);

  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (words), wrapped_label (label, "roster-name"));
  if (detail != NULL)
    gtk_box_append (GTK_BOX (words), wrapped_label (detail, "quiet"));
  gtk_button_set_child (GTK_BUTTON (button), words);
  gtk_widget_add_css_class (button, "row");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  connect_answer (asked, button, label, other, answered);
  return button;
}

/**
 * sl_today_asked_show:
 * @asked: a sheet
 * @close_label: what its quiet button says
 */
void
sl_today_asked_show (SlTodayAsked *asked, const char *close_label)
{
  sl_sheet_add_action (asked->sheet, close_label, "", NULL, NULL);
  sl_sheet_present (asked->sheet, GTK_WIDGET (asked->today->page));
}
