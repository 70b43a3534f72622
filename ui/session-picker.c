/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-session-picker"

#include "session-picker.h"

#include "class-type.h"
#include "core/text.h"
#include "date-words.h"
#include "text-fill.h"

#include <glib/gi18n-lib.h>

/* A flow box that may be as narrow as one chip is measured as high as all of them. */
#define CHIPS_MIN 2
#define CHIPS_MAX 12

struct _SlSessionPicker {
  GtkBox parent_instance;

  GPtrArray *offers; /* (element-type SlSessionOffer): soonest first */
  gint64 now_ms;
  GTimeZone *zone;
  GtkBox *rows;
  GtkToggleButton *any_type, *any_instructor, *only_free_chip; /* (nullable) */
  /* what is wanted; NULL: any */
  gint64 day_ms;     /* a moment of it */
  char *type, *instructor;
  gboolean only_free;
};

enum { SIGNAL_CHOSEN, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SlSessionPicker, sl_session_picker, GTK_TYPE_BOX)

/**
 * sl_session_offer_free:
 * @offer: (nullable) (transfer full): to be freed
 */
void
sl_session_offer_free (SlSessionOffer *offer)
{
  if (offer == NULL)
    return;
  g_free (offer->class_name);
  g_free (offer->room_name);
  g_free (offer->instructor_name);
  g_free (offer->type);
  g_free (offer);
}

/**
 * sl_session_offer_free_words:
 * @offer: a session
 *
 * Returns: (transfer full): how many places it has, or how long its queue is
 */
char *
sl_session_offer_free_words (const SlSessionOffer *offer)
{
  gint64 n = offer->free > 0 ? offer->free : offer->waitlisted;
  g_autofree char *count = g_strdup_printf ("%" G_GINT64_FORMAT, n);

  if (offer->free > 0)
    return sl_text_fill (g_dngettext (GETTEXT_PACKAGE, "{n} spot free", "{n} spots free", (gulong) n), "n", count,
                         NULL);
  if (n == 0)
    return g_strdup (_("Full"));
  return sl_text_fill (g_dngettext (GETTEXT_PACKAGE, "Full · {n} waits", "Full · {n} wait", (gulong) n), "n", count,
                       NULL);
}

/**
 * sl_session_offer_cost_words:
 * @credits_hundredths: credits that it takes
 *
 * Returns: (transfer full): so many credits, in words; empty where it takes none
 */
char *
sl_session_offer_cost_words (gint64 credits_hundredths)
{
  g_autofree char *credits = sl_credits_format (credits_hundredths);

  if (credits_hundredths == 0)
    return g_strdup ("");
  return sl_text_fill (g_dngettext (GETTEXT_PACKAGE, "{n} credit", "{n} credits", credits_hundredths == 100 ? 1 : 2),
                       "n", credits, NULL);
}

static void
on_row_clicked (GtkButton *button, SlSessionPicker *self)
{
  SlId chosen = *(const SlId *) g_object_get_data (G_OBJECT (button), "session-id");

  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, &chosen);
}

static GtkLabel *
add_label (GtkWidget *box, const char *text, const char *css_class)
{
  GtkLabel *label = GTK_LABEL (gtk_label_new (text));

  gtk_label_set_xalign (label, 0);
  gtk_label_set_wrap (label, TRUE);
  gtk_label_set_natural_wrap_mode (label, GTK_NATURAL_WRAP_NONE);
  gtk_label_set_wrap_mode (label, PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (GTK_WIDGET (label), css_class);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (label));
  return label;
}

static GtkWidget *
new_row (SlSessionPicker *self, const SlSessionOffer *offer)
{
  GtkWidget *button = gtk_button_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 24);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  g_autofree char *time = sl_date_words_time (offer->start_ms, self->zone);
  g_autofree char *cost = sl_session_offer_cost_words (offer->credits_hundredths);
  g_autofree char *where = sl_text_join (" · ", offer->instructor_name != NULL ? offer->instructor_name : "",
                                         offer->room_name != NULL ? offer->room_name : "", cost, NULL);
  g_autofree char *spots = sl_session_offer_free_words (offer);
  g_autofree char *spoken = sl_text_join (", ", time, offer->class_name, where, spots, NULL);
  GtkLabel *spots_label;

  /* Both are short; in a row, words that wrap are measured wrongly by GTK 4.8 beside others that do. */
  gtk_label_set_wrap (add_label (box, time, "board-time"), FALSE);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), words);
  add_label (words, offer->class_name, "board-class");
  if (*where != '\0')
    add_label (words, where, "board-where");
  spots_label = add_label (box, spots, "board-free");
  gtk_label_set_wrap (spots_label, FALSE);
  gtk_label_set_xalign (spots_label, 1);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "row");
  if (offer->free == 0)
    gtk_widget_add_css_class (button, "closed");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  g_object_set_data_full (G_OBJECT (button), "session-id", sl_id_copy (&offer->session_id), g_free);
  g_signal_connect (button, "clicked", G_CALLBACK (on_row_clicked), self);
  return button;
}

static gboolean
is_wanted (SlSessionPicker *self, const SlSessionOffer *offer)
{
  return sl_date_words_same_day (offer->start_ms, self->day_ms, self->zone) && (!self->only_free || offer->free > 0)
         && (self->type == NULL || g_strcmp0 (self->type, offer->type) == 0)
         && (self->instructor == NULL || g_strcmp0 (self->instructor, offer->instructor_name) == 0);
}

static void
on_show_all (GtkButton *button, SlSessionPicker *self)
{
  g_object_ref (self); /* the button goes with the first chip that changes */
  if (self->any_type != NULL)
    gtk_toggle_button_set_active (self->any_type, TRUE);
  if (self->any_instructor != NULL)
    gtk_toggle_button_set_active (self->any_instructor, TRUE);
  gtk_toggle_button_set_active (self->only_free_chip, FALSE);
  g_object_unref (self);
}

/* Never a dead end: the day itself has classes, or it would not be there to choose. */
static void
add_nothing (SlSessionPicker *self)
{
  GtkWidget *button;

  add_label (GTK_WIDGET (self->rows), self->offers->len == 0 ? _("No more classes are planned.")
             : _("No class like that on this day."), "body");
  if (self->offers->len == 0)
    return;
  button = gtk_button_new_with_label (_("Show all of this day"));
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  gtk_widget_add_css_class (button, "action");
  g_signal_connect (button, "clicked", G_CALLBACK (on_show_all), self);
  gtk_box_append (self->rows, button);
}

static void
refresh (SlSessionPicker *self)
{
  GtkWidget *child;
  guint n = 0;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->rows))) != NULL)
    gtk_box_remove (self->rows, child);
  for (guint i = 0; i < self->offers->len; i++)
    {
      const SlSessionOffer *offer = self->offers->pdata[i];

      if (!is_wanted (self, offer))
        continue;
      gtk_box_append (self->rows, new_row (self, offer));
      n++;
    }
  if (n == 0)
    add_nothing (self);
}

/* Filters */

static void
on_day (GtkToggleButton *button, SlSessionPicker *self)
{
  if (!gtk_toggle_button_get_active (button))
    return;
  self->day_ms = *(const gint64 *) g_object_get_data (G_OBJECT (button), "day");
  refresh (self);
}

static void
on_type (GtkToggleButton *button, SlSessionPicker *self)
{
  if (!gtk_toggle_button_get_active (button))
    return;
  g_free (self->type);
  self->type = g_strdup (g_object_get_data (G_OBJECT (button), "word"));
  refresh (self);
}

static void
on_instructor (GtkToggleButton *button, SlSessionPicker *self)
{
  if (!gtk_toggle_button_get_active (button))
    return;
  g_free (self->instructor);
  self->instructor = g_strdup (g_object_get_data (G_OBJECT (button), "word"));
  refresh (self);
}

static void
on_only_free (GtkToggleButton *button, SlSessionPicker *self)
{
  self->only_free = gtk_toggle_button_get_active (button);
  refresh (self);
}

/* Chips that wrap; which word they stand for is with them. */
static GtkWidget *
add_filter (SlSessionPicker *self, const char *spoken)
{
  GtkWidget *flow = gtk_flow_box_new ();

  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (flow), GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (flow), CHIPS_MAX);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (flow), 8);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (flow), 8);
  gtk_flow_box_set_min_children_per_line (GTK_FLOW_BOX (flow), CHIPS_MIN);
  gtk_widget_add_css_class (flow, "filters");
  gtk_accessible_update_property (GTK_ACCESSIBLE (flow), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  gtk_box_append (GTK_BOX (self), flow);
  return flow;
}

static GtkToggleButton *
add_chip (GtkWidget *flow, GtkToggleButton *group, const char *label, const char *word)
{
  GtkWidget *chip = gtk_toggle_button_new_with_label (label), *place;

  gtk_widget_add_css_class (chip, "filter");
  g_object_set_data_full (G_OBJECT (chip), "word", g_strdup (word), g_free);
  if (group != NULL)
    gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (chip), group);
  gtk_widget_set_halign (chip, GTK_ALIGN_START);
  gtk_flow_box_append (GTK_FLOW_BOX (flow), chip);
  place = gtk_widget_get_parent (chip);
  gtk_widget_set_focusable (place, FALSE); /* the chip is what is focused, not its place */
  return GTK_TOGGLE_BUTTON (chip);
}

static void
add_days (SlSessionPicker *self)
{
  GtkWidget *flow = add_filter (self, _("Day"));
  GtkToggleButton *first = NULL;
  gint64 last_ms = G_MININT64;

  for (guint i = 0; i < self->offers->len; i++)
    {
      const SlSessionOffer *offer = self->offers->pdata[i];
      g_autofree char *day = NULL;
      GtkToggleButton *chip;

      if (first != NULL && sl_date_words_same_day (offer->start_ms, last_ms, self->zone))
        continue;
      last_ms = offer->start_ms;
      day = sl_date_words_day_from (offer->start_ms, self->now_ms, self->zone);
      chip = add_chip (flow, first, day, NULL);
      g_object_set_data_full (G_OBJECT (chip), "day", g_memdup2 (&offer->start_ms, sizeof offer->start_ms), g_free);
      if (first == NULL)
        {
          first = chip;
          self->day_ms = offer->start_ms;
          gtk_toggle_button_set_active (chip, TRUE);
        }
      g_signal_connect (chip, "toggled", G_CALLBACK (on_day), self);
    }
}

/* The words of all offers, each once. */
static GPtrArray *
collect (SlSessionPicker *self, gboolean instructors)
{
  GPtrArray *words = g_ptr_array_new ();

  for (guint i = 0; i < self->offers->len; i++)
    {
      const SlSessionOffer *offer = self->offers->pdata[i];
      char *word = instructors ? offer->instructor_name : offer->type;

      if (word != NULL && *word != '\0' && !g_ptr_array_find_with_equal_func (words, word, g_str_equal, NULL))
        g_ptr_array_add (words, word);
    }
  return words;
}

static void
add_words (SlSessionPicker *self, gboolean instructors)
{
  g_autoptr (GPtrArray) words = collect (self, instructors);
  GCallback callback = instructors ? G_CALLBACK (on_instructor) : G_CALLBACK (on_type);
  GtkToggleButton *first;
  GtkWidget *flow;

  if (words->len < 2)
    return; /* nothing to choose from */
  flow = add_filter (self, instructors ? _("Instructor") : _("Type"));
  first = add_chip (flow, NULL, instructors ? C_("filter", "Any instructor") : C_("filter", "All types"), NULL);
  gtk_toggle_button_set_active (first, TRUE);
  *(instructors ? &self->any_instructor : &self->any_type) = first;
  g_signal_connect (first, "toggled", callback, self);
  for (guint i = 0; i < words->len; i++)
    {
      const char *word = words->pdata[i];
      const char *label = instructors ? word : sl_class_type_words (word);

      g_signal_connect (add_chip (flow, first, label, word), "toggled", callback, self);
    }
}

static void
sl_session_picker_dispose (GObject *object)
{
  SlSessionPicker *self = SL_SESSION_PICKER (object);

  g_clear_pointer (&self->offers, g_ptr_array_unref);
  g_clear_pointer (&self->zone, g_time_zone_unref);
  g_clear_pointer (&self->type, g_free);
  g_clear_pointer (&self->instructor, g_free);
  G_OBJECT_CLASS (sl_session_picker_parent_class)->dispose (object);
}

static void
sl_session_picker_class_init (SlSessionPickerClass *class)
{
  G_OBJECT_CLASS (class)->dispose = sl_session_picker_dispose;
  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
sl_session_picker_init (SlSessionPicker *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_widget_add_css_class (GTK_WIDGET (self), "member-list");
}

/**
 * sl_session_picker_new:
 * @offers: (element-type SlSessionOffer): soonest first; kept, not changed
 * @now_ms: UTC milliseconds
 * @zone: the studio's zone
 *
 * Returns: (transfer floating): a list that shows the first day that has any
 */
GtkWidget *
sl_session_picker_new (GPtrArray *offers, gint64 now_ms, GTimeZone *zone)
{
  SlSessionPicker *self = g_object_new (SL_TYPE_SESSION_PICKER, NULL);

  self->offers = g_ptr_array_ref (offers);
  self->now_ms = now_ms;
  self->zone = g_time_zone_ref (zone);
  add_days (self);
  add_words (self, FALSE);
  add_words (self, TRUE);
  if (offers->len > 0)
    {
      self->only_free_chip = add_chip (add_filter (self, _("Places")), NULL, _("Only with free spots"), NULL);
      g_signal_connect (self->only_free_chip, "toggled", G_CALLBACK (on_only_free), self);
    }
  self->rows = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 8));
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->rows));
  refresh (self);
  return GTK_WIDGET (self);
}
