/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-answer-view"

#include "answer-view.h"

#include "date-words.h"
#include "parts.h"
#include "text-fill.h"
#include "text-size.h"

#include <adwaita.h>

/* Of more characters than these an answer takes the smaller of the two sizes: it stays on a small screen. */
#define HEADLINE_LONG_CHARS 32
#define ANSWER_LONG_CHARS 110
/* Steps of the bar that runs down: enough to look smooth, few enough to cost nothing. */
#define COUNTDOWN_STEP_MS 50

struct _SlAnswerView {
  SlShapeBin parent_instance;

  GtkBox *columns;
  GtkImage *icon;
  GtkLabel *headline_label;
  GtkLabel *detail_label;
  GtkLabel *next_label;
  GtkGrid *choices;
  GtkBox *actions;
  GtkButton *none_button;
  GtkProgressBar *countdown_bar;

  const char *tone_class; /* (nullable) */
  guint countdown_id;
  gint64 shown_at_us;     /* monotonic */
  gint64 shown_for_ms;
  gboolean is_question;   /* left by a button or in time, not by a tap anywhere */
};

enum { SIGNAL_DONE, SIGNAL_SESSION_CHOSEN, SIGNAL_ACTION_CHOSEN, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SlAnswerView, sl_answer_view, SL_TYPE_SHAPE_BIN)

static void
finish (SlAnswerView *self)
{
  sl_answer_view_clear (self);
  g_signal_emit (self, signals[SIGNAL_DONE], 0);
}

static gboolean
on_countdown (gpointer user_data)
{
  SlAnswerView *self = user_data;
  gint64 left_ms = self->shown_for_ms - (g_get_monotonic_time () - self->shown_at_us) / 1000;

  if (left_ms > 0)
    {
      gtk_progress_bar_set_fraction (self->countdown_bar, (double) left_ms / self->shown_for_ms);
      return G_SOURCE_CONTINUE;
    }
  self->countdown_id = 0;
  finish (self);
  return G_SOURCE_REMOVE;
}

static void
start_countdown (SlAnswerView *self, gint64 shown_for_ms)
{
  g_clear_handle_id (&self->countdown_id, g_source_remove);
  self->shown_at_us = g_get_monotonic_time ();
  self->shown_for_ms = shown_for_ms;
  gtk_progress_bar_set_fraction (self->countdown_bar, 1.0);
  self->countdown_id = g_timeout_add (COUNTDOWN_STEP_MS, on_countdown, self);
}

static void
on_released (GtkGestureClick *gesture, int n_press, double x, double y, SlAnswerView *self)
{
  /* A question is left by its own button: a tap beside one would throw the answer away. */
  if (!self->is_question && self->countdown_id != 0)
    finish (self);
}

static void
on_none_clicked (GtkButton *button, SlAnswerView *self)
{
  finish (self);
}

static void
on_choice_clicked (GtkButton *button, SlAnswerView *self)
{
  const SlId *session_id = g_object_get_data (G_OBJECT (button), "session-id");
  SlId chosen = *session_id;

  /* Two taps are one choice; the buttons stay in sight until the answer replaces them. */
  gtk_widget_set_sensitive (GTK_WIDGET (self->choices), FALSE);
  g_signal_emit (self, signals[SIGNAL_SESSION_CHOSEN], 0, &chosen);
}

static void
let_wrap (GtkLabel *label)
{
  gtk_label_set_xalign (label, 0);
  gtk_label_set_wrap (label, TRUE);
  gtk_label_set_wrap_mode (label, PANGO_WRAP_WORD_CHAR);
}

static GtkWidget *
new_choice_button (SlAnswerView *self, const SlCheckinChoice *choice, GTimeZone *zone)
{
  GtkWidget *button = gtk_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  g_autofree char *time = sl_date_words_time (choice->start_ms, zone);
  g_autofree char *when = sl_text_join (" · ", time, choice->room_name != NULL ? choice->room_name : "", NULL);
  g_autofree char *spoken = sl_text_join (", ", time, choice->class_name != NULL ? choice->class_name : "",
                                          choice->room_name != NULL ? choice->room_name : "", NULL);
  GtkWidget *class_label = gtk_label_new (choice->class_name);
  GtkWidget *when_label = gtk_label_new (when);

  let_wrap (GTK_LABEL (class_label));
  let_wrap (GTK_LABEL (when_label));
  gtk_widget_add_css_class (class_label, "choice-class");
  gtk_widget_add_css_class (when_label, "choice-when");
  gtk_box_append (GTK_BOX (box), class_label);
  gtk_box_append (GTK_BOX (box), when_label);
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_set_hexpand (button, TRUE);
  gtk_widget_add_css_class (button, "choice");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  g_object_set_data_full (G_OBJECT (button), "session-id", sl_id_copy (&choice->session_id), g_free);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_choice_clicked), self, 0);
  return button;
}

static void
clear_choices (SlAnswerView *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->choices))) != NULL)
    gtk_grid_remove (self->choices, child);
  gtk_widget_set_sensitive (GTK_WIDGET (self->choices), TRUE);
}

/* One below the other where there is height for it, else in two columns. */
static void
place_choices (SlAnswerView *self, SlShape shape)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self->choices));
  GtkWidget *child;
  int n = 0, columns;

  for (child = gtk_widget_get_first_child (GTK_WIDGET (self->choices)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n++;
  columns = shape == SL_SHAPE_PORTRAIT || n <= (shape == SL_SHAPE_ROOMY ? 3 : 2) ? 1 : 2;
  n = 0;
  for (child = gtk_widget_get_first_child (GTK_WIDGET (self->choices)); child != NULL;
       child = gtk_widget_get_next_sibling (child), n++)
    {
      GtkGridLayoutChild *place = GTK_GRID_LAYOUT_CHILD (gtk_layout_manager_get_layout_child (layout, child));

      gtk_grid_layout_child_set_column (place, n % columns);
      gtk_grid_layout_child_set_row (place, n / columns);
    }
}

static void
set_choices (SlAnswerView *self, GPtrArray *choices, GTimeZone *zone)
{
  guint n = MIN (choices != NULL ? choices->len : 0, SL_ANSWER_CHOICES_MAX);

  clear_choices (self);
  for (guint i = 0; i < n; i++)
    gtk_grid_attach (self->choices, new_choice_button (self, g_ptr_array_index (choices, i), zone), 0, i, 1, 1);
  place_choices (self, sl_shape_bin_get_shape (SL_SHAPE_BIN (self)));
  gtk_widget_set_visible (GTK_WIDGET (self->choices), n > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->none_button), n > 0);
}

static void
on_action_clicked (GtkButton *button, SlAnswerView *self)
{
  int action = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), "action"));

  /* Two taps are one. */
  gtk_widget_set_sensitive (GTK_WIDGET (self->actions), FALSE);
  g_signal_emit (self, signals[SIGNAL_ACTION_CHOSEN], 0, action);
}

/* actions (nullable): none */
static void
set_actions (SlAnswerView *self, const SlDoorAction *actions)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->actions))) != NULL)
    gtk_box_remove (self->actions, child);
  for (guint i = 0; actions != NULL && i < SL_DOOR_ACTIONS_MAX && actions[i] != SL_DOOR_ACTION_NONE; i++)
    {
      GtkWidget *button = gtk_button_new_with_label (sl_door_action_label (actions[i]));
      GtkLabel *label = GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button)));

      gtk_label_set_wrap (label, TRUE);
      gtk_label_set_natural_wrap_mode (label, GTK_NATURAL_WRAP_NONE);
      gtk_label_set_justify (label, GTK_JUSTIFY_CENTER);
      gtk_widget_add_css_class (button, "answer-action");
      g_object_set_data (G_OBJECT (button), "action", GINT_TO_POINTER (actions[i]));
      g_signal_connect_object (button, "clicked", G_CALLBACK (on_action_clicked), self, 0);
      gtk_box_append (self->actions, button);
    }
  gtk_widget_set_sensitive (GTK_WIDGET (self->actions), TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self->actions),
                          gtk_widget_get_first_child (GTK_WIDGET (self->actions)) != NULL);
}

static void
set_tone (SlAnswerView *self, const char *tone_class)
{
  if (self->tone_class != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (self), self->tone_class);
  self->tone_class = tone_class;
  if (tone_class != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self), tone_class);
}

static void
sl_answer_view_shape_changed (SlShapeBin *bin, SlShape shape)
{
  SlAnswerView *self = SL_ANSWER_VIEW (bin);

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->columns), shape == SL_SHAPE_PORTRAIT
                                  ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->actions), shape == SL_SHAPE_PORTRAIT
                                  ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
  place_choices (self, shape);
}

static void
sl_answer_view_dispose (GObject *object)
{
  SlAnswerView *self = SL_ANSWER_VIEW (object);

  g_clear_handle_id (&self->countdown_id, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (self), SL_TYPE_ANSWER_VIEW);
  G_OBJECT_CLASS (sl_answer_view_parent_class)->dispose (object);
}

static void
sl_answer_view_class_init (SlAnswerViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sl_answer_view_dispose;
  SL_SHAPE_BIN_CLASS (class)->shape_changed = sl_answer_view_shape_changed;
  signals[SIGNAL_DONE] = g_signal_new ("done", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 0);
  signals[SIGNAL_SESSION_CHOSEN] = g_signal_new ("session-chosen", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                                 NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_ACTION_CHOSEN] = g_signal_new ("action-chosen", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                                NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);

  gtk_widget_class_set_template_from_resource (widget_class, "/za/studioloop/kiosk/ui/answer-view.ui");
  gtk_widget_class_bind_template_child (widget_class, SlAnswerView, columns);
  gtk_widget_class_bind_template_child (widget_class, SlAnswerView, icon);
  gtk_widget_class_bind_template_child (widget_class, SlAnswerView, headline_label);
  gtk_widget_class_bind_template_child (widget_class, SlAnswerView, detail_label);
  gtk_widget_class_bind_template_child (widget_class, SlAnswerView, next_label);
  gtk_widget_class_bind_template_child (widget_class, SlAnswerView, choices);
  gtk_widget_class_bind_template_child (widget_class, SlAnswerView, actions);
  gtk_widget_class_bind_template_child (widget_class, SlAnswerView, none_button);
  gtk_widget_class_bind_template_child (widget_class, SlAnswerView, countdown_bar);
  gtk_widget_class_bind_template_callback (widget_class, on_none_clicked);
}

static void
sl_answer_view_init (SlAnswerView *self)
{
  GtkGesture *tap = gtk_gesture_click_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  sl_answer_view_shape_changed (SL_SHAPE_BIN (self), SL_SHAPE_ROOMY);
  g_signal_connect (tap, "released", G_CALLBACK (on_released), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (tap));
}

/**
 * sl_answer_view_new:
 *
 * Returns: (transfer floating): a view that shows nothing yet
 */
GtkWidget *
sl_answer_view_new (void)
{
  return g_object_new (SL_TYPE_ANSWER_VIEW, NULL);
}

static gboolean
is_long (const SlDoorWords *words)
{
  glong headline = g_utf8_strlen (words->headline, -1);

  return headline > HEADLINE_LONG_CHARS
         || headline + g_utf8_strlen (words->detail, -1) + g_utf8_strlen (words->next_step, -1) > ANSWER_LONG_CHARS;
}

/**
 * sl_answer_view_show:
 * @self: a view
 * @words: what to say; only read
 * @choices: (nullable) (element-type SlCheckinChoice): what to choose from, for a question; only read
 * @zone: the studio's zone
 *
 * Shows an answer for %SL_ANSWER_SHOWN_MS, one with ways on for %SL_OFFER_SHOWN_MS, a question for
 * %SL_QUESTION_SHOWN_MS, and then emits "done". Another answer replaces it at once.
 */
void
sl_answer_view_show (SlAnswerView *self, const SlDoorWords *words, GPtrArray *choices, GTimeZone *zone)
{
  g_return_if_fail (SL_IS_ANSWER_VIEW (self));
  g_return_if_fail (words != NULL && zone != NULL);
  gboolean is_choice = words->tone == SL_TONE_QUESTION && choices != NULL && choices->len > 0;
  gboolean has_ways = words->actions[0] != SL_DOOR_ACTION_NONE;
  self->is_question = is_choice || has_ways;
  set_tone (self, sl_tone_get_look (words->tone)->style_class);
  gtk_image_set_from_icon_name (self->icon, words->icon_name);
  sl_parts_set_class (GTK_WIDGET (self), "long", is_long (words));
  sl_parts_set_class (GTK_WIDGET (self), "ways", has_ways);
  sl_parts_set_class (GTK_WIDGET (self), "larger", sl_text_size_get () > SL_TEXT_SIZE_MIN_PERCENT);
  sl_parts_set_class (GTK_WIDGET (self), "largest", sl_text_size_get () >= SL_TEXT_SIZE_MAX_PERCENT);
  gtk_label_set_label (self->headline_label, words->headline);
  gtk_label_set_label (self->detail_label, words->detail);
  gtk_widget_set_visible (GTK_WIDGET (self->detail_label), *words->detail != '\0');
  gtk_label_set_label (self->next_label, words->next_step);
  gtk_widget_set_visible (GTK_WIDGET (self->next_label), *words->next_step != '\0');
  set_choices (self, is_choice ? choices : NULL, zone);
  set_actions (self, words->actions);
  start_countdown (self, is_choice ? SL_QUESTION_SHOWN_MS : has_ways ? SL_OFFER_SHOWN_MS : SL_ANSWER_SHOWN_MS);
}

/**
 * sl_answer_view_clear:
 * @self: a view
 *
 * Forgets the answer: nothing about a member stays behind, not for a screen reader either.
 */
void
sl_answer_view_clear (SlAnswerView *self)
{
  g_return_if_fail (SL_IS_ANSWER_VIEW (self));
  g_clear_handle_id (&self->countdown_id, g_source_remove);
  self->is_question = FALSE;
  gtk_label_set_label (self->headline_label, "");
  gtk_label_set_label (self->detail_label, "");
  gtk_label_set_label (self->next_label, "");
  set_choices (self, NULL, NULL);
  set_actions (self, NULL);
}
