/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-checkin-page"

#include "checkin-page.h"

#include "board-row.h"
#include "date-words.h"
#include "language.h"
#include "text-fill.h"
#include "widgets/camera-card.h"
#include "widgets/fit-box.h"

#include <glib/gi18n-lib.h>

struct _SlCheckinPage {
  SlShapeBin parent_instance;

  GtkLabel *studio_label;
  GtkLabel *day_label;
  GtkLabel *clock_label;
  GtkLabel *network_label;
  GtkBox *columns;
  SlCameraCard *camera_card;
  GtkLabel *aim_label;
  GtkBox *board_column;
  GtkStack *board_stack;
  SlFitBox *board;
  GtkBox *language_box;

  GPtrArray *sessions; /* (nullable): not known yet */
  gint64 now_ms;
  GTimeZone *zone;     /* (nullable): not known yet */
  gboolean knows_network;
};

enum {
  SIGNAL_LANGUAGE_CHOSEN,
  SIGNAL_RECEPTION_WANTED,
  SIGNAL_NO_CODE_WANTED,
  SIGNAL_BOOKING_WANTED,
  SIGNAL_BOOKINGS_WANTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SlCheckinPage, sl_checkin_page, SL_TYPE_SHAPE_BIN)

/* Shows the sessions as of now; days get a heading where they change, today none. */
static void
refresh_board (SlCheckinPage *self)
{
  gint64 last_start_ms = self->now_ms;

  sl_fit_box_clear (self->board);
  if (self->sessions == NULL || self->zone == NULL)
    {
      gtk_stack_set_visible_child_name (self->board_stack, "unknown");
      return;
    }
  for (guint i = 0; i < self->sessions->len; i++)
    {
      const SlBoardSession *session = g_ptr_array_index (self->sessions, i);
      g_autofree char *day = NULL;

      if (!sl_date_words_same_day (session->start_ms, last_start_ms, self->zone))
        day = sl_date_words_day_from (session->start_ms, self->now_ms, self->zone);
      last_start_ms = session->start_ms;
      sl_fit_box_append (self->board, sl_board_row_new (session, day, self->now_ms, self->zone));
    }
  gtk_stack_set_visible_child_name (self->board_stack, self->sessions->len > 0 ? "sessions" : "empty");
}

static void
on_language_toggled (GtkToggleButton *button, SlCheckinPage *self)
{
  const char *code = g_object_get_data (G_OBJECT (button), "language");

  if (gtk_toggle_button_get_active (button) && g_strcmp0 (code, sl_language_current ()) != 0)
    g_signal_emit (self, signals[SIGNAL_LANGUAGE_CHOSEN], 0, code);
}

static void
on_reception (GtkButton *button, SlCheckinPage *self)
{
  g_signal_emit (self, signals[SIGNAL_RECEPTION_WANTED], 0);
}

static void
on_no_code (GtkButton *button, SlCheckinPage *self)
{
  g_signal_emit (self, signals[SIGNAL_NO_CODE_WANTED], 0);
}

static void
on_book (GtkButton *button, SlCheckinPage *self)
{
  g_signal_emit (self, signals[SIGNAL_BOOKING_WANTED], 0);
}

static void
on_bookings (GtkButton *button, SlCheckinPage *self)
{
  g_signal_emit (self, signals[SIGNAL_BOOKINGS_WANTED], 0);
}

static void
add_language_buttons (SlCheckinPage *self)
{
  GtkToggleButton *first = NULL;
  guint n;
  const SlLanguage *languages = sl_language_list (&n);

  for (guint i = 0; i < n; i++)
    {
      GtkWidget *button = gtk_toggle_button_new_with_label (languages[i].name);

      g_object_set_data (G_OBJECT (button), "language", (gpointer) languages[i].code);
      gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (button), first);
      if (first == NULL)
        first = GTK_TOGGLE_BUTTON (button);
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button),
                                    g_str_equal (languages[i].code, sl_language_current ()));
      g_signal_connect_object (button, "toggled", G_CALLBACK (on_language_toggled), self, 0);
      gtk_box_append (self->language_box, button);
    }
}

static void
sl_checkin_page_shape_changed (SlShapeBin *bin, SlShape shape)
{
  SlCheckinPage *self = SL_CHECKIN_PAGE (bin);

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->columns), shape == SL_SHAPE_PORTRAIT
                                  ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
  gtk_box_set_homogeneous (self->columns, shape != SL_SHAPE_PORTRAIT);
  /* Upright, the board takes the height of its sessions, and the camera all that is left. */
  gtk_widget_set_vexpand (GTK_WIDGET (self->board_column), shape != SL_SHAPE_PORTRAIT);
}

static void
sl_checkin_page_dispose (GObject *object)
{
  SlCheckinPage *self = SL_CHECKIN_PAGE (object);

  g_clear_pointer (&self->sessions, g_ptr_array_unref);
  g_clear_pointer (&self->zone, g_time_zone_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), SL_TYPE_CHECKIN_PAGE);
  G_OBJECT_CLASS (sl_checkin_page_parent_class)->dispose (object);
}

static void
sl_checkin_page_class_init (SlCheckinPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sl_checkin_page_dispose;
  SL_SHAPE_BIN_CLASS (class)->shape_changed = sl_checkin_page_shape_changed;
  signals[SIGNAL_LANGUAGE_CHOSEN] = g_signal_new ("language-chosen", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                                  NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_RECEPTION_WANTED] = g_signal_new ("reception-wanted", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                                   NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (SL_TYPE_CAMERA_CARD);
  g_type_ensure (SL_TYPE_FIT_BOX);
  gtk_widget_class_set_template_from_resource (widget_class, "/za/studioloop/kiosk/ui/checkin-page.ui");
  gtk_widget_class_bind_template_callback (widget_class, on_reception);
  signals[SIGNAL_NO_CODE_WANTED] = g_signal_new ("no-code-wanted", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                                 NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_BOOKING_WANTED] = g_signal_new ("booking-wanted", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                                 NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_BOOKINGS_WANTED] = g_signal_new ("bookings-wanted", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                                  NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_bind_template_callback (widget_class, on_no_code);
  gtk_widget_class_bind_template_callback (widget_class, on_book);
  gtk_widget_class_bind_template_callback (widget_class, on_bookings);
  gtk_widget_class_bind_template_child (widget_class, SlCheckinPage, studio_label);
  gtk_widget_class_bind_template_child (widget_class, SlCheckinPage, day_label);
  gtk_widget_class_bind_template_child (widget_class, SlCheckinPage, clock_label);
  gtk_widget_class_bind_template_child (widget_class, SlCheckinPage, network_label);
  gtk_widget_class_bind_template_child (widget_class, SlCheckinPage, columns);
  gtk_widget_class_bind_template_child (widget_class, SlCheckinPage, camera_card);
  gtk_widget_class_bind_template_child (widget_class, SlCheckinPage, aim_label);
  gtk_widget_class_bind_template_child (widget_class, SlCheckinPage, board_column);
  gtk_widget_class_bind_template_child (widget_class, SlCheckinPage, board_stack);
  gtk_widget_class_bind_template_child (widget_class, SlCheckinPage, board);
  gtk_widget_class_bind_template_child (widget_class, SlCheckinPage, language_box);
}

static void
sl_checkin_page_init (SlCheckinPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  sl_checkin_page_shape_changed (SL_SHAPE_BIN (self), SL_SHAPE_ROOMY);
  gtk_stack_set_visible_child_name (self->board_stack, "unknown");
  add_language_buttons (self);
  sl_checkin_page_set_camera (self, SL_CAMERA_SHOWN_STARTING);
}

/**
 * sl_checkin_page_new:
 *
 * Returns: (transfer floating): a page in the language of the moment
 */
GtkWidget *
sl_checkin_page_new (void)
{
  return g_object_new (SL_TYPE_CHECKIN_PAGE, NULL);
}

/**
 * sl_checkin_page_set_place:
 * @self: a page
 * @studio: the studio's name
 * @location: (nullable): the location's, shown where it says more than the studio's
 * @has_hub: whether the studio is paired with a hub
 *
 * Says whose door this is.
 */
void
sl_checkin_page_set_place (SlCheckinPage *self, const char *studio, const char *location, gboolean has_hub)
{
  g_return_if_fail (SL_IS_CHECKIN_PAGE (self));
  g_return_if_fail (studio != NULL);
  g_autofree char *name = sl_text_join (" · ", studio,
                                        g_strcmp0 (studio, location) != 0 && location != NULL ? location : "", NULL);

  gtk_label_set_label (self->studio_label, name);
  if (self->knows_network)
    return;
  /* A door that nothing has synchronised is not online, whatever its network card says. */
  gtk_label_set_label (self->network_label, has_hub
                       /* Translators: the network mark: this device belongs to a hub that it does not reach */
                       ? _("Offline")
                       /* Translators: the network mark: this device works by itself, on purpose */
                       : _("Stand-alone"));
}

/**
 * sl_checkin_page_set_network:
 * @self: a page
 * @words: how the hub is reached, in the language of the moment
 * @is_wrong: whether it is not as it should be: said louder, and no more than that
 *
 * Says so in the corner; the door works the same.
 */
void
sl_checkin_page_set_network (SlCheckinPage *self, const char *words, gboolean is_wrong)
{
  GtkWidget *mark;

  g_return_if_fail (SL_IS_CHECKIN_PAGE (self));
  g_return_if_fail (words != NULL);
  mark = gtk_widget_get_parent (GTK_WIDGET (self->network_label));
  self->knows_network = TRUE;
  gtk_label_set_label (self->network_label, words);
  if (is_wrong)
    gtk_widget_add_css_class (mark, "wrong");
  else
    gtk_widget_remove_css_class (mark, "wrong");
}

/**
 * sl_checkin_page_set_now:
 * @self: a page
 * @now_ms: UTC milliseconds
 * @zone: the studio's zone
 *
 * Sets the clock, and what the board says about sessions that have begun. To be called at each minute.
 */
void
sl_checkin_page_set_now (SlCheckinPage *self, gint64 now_ms, GTimeZone *zone)
{
  g_return_if_fail (SL_IS_CHECKIN_PAGE (self));
  g_return_if_fail (zone != NULL);
  self->now_ms = now_ms;
  if (self->zone != zone)
    {
      g_clear_pointer (&self->zone, g_time_zone_unref);
      self->zone = g_time_zone_ref (zone);
    }
  g_autofree char *day = sl_date_words_day (now_ms, zone);
  g_autofree char *time = sl_date_words_time (now_ms, zone);
  gtk_label_set_label (self->day_label, day);
  gtk_label_set_label (self->clock_label, time);
  refresh_board (self);
}

/**
 * sl_checkin_page_set_board:
 * @self: a page
 * @sessions: (nullable) (element-type SlBoardSession): soonest first; %NULL: not known. Kept, not changed
 *
 * Shows the next sessions, as many as there is room for.
 */
void
sl_checkin_page_set_board (SlCheckinPage *self, GPtrArray *sessions)
{
  g_return_if_fail (SL_IS_CHECKIN_PAGE (self));
  if (sessions != NULL)
    g_ptr_array_ref (sessions);
  g_clear_pointer (&self->sessions, g_ptr_array_unref);
  self->sessions = sessions;
  refresh_board (self);
}

/**
 * sl_checkin_page_set_camera:
 * @self: a page
 * @shown: how the camera is
 *
 * Shows the camera's picture, or says in its place why there is none. The rest of the page goes on.
 */
void
sl_checkin_page_set_camera (SlCheckinPage *self, SlCameraShown shown)
{
  const SlCameraWords words = { _("Please ask reception to check you in. We keep trying."),
                                _("Hold your pass to the scanner"), "" };

  g_return_if_fail (SL_IS_CHECKIN_PAGE (self));
  sl_camera_card_set_shown (self->camera_card, shown, &words);
  /* The line asks for a pass before the camera: not where no camera would see it. */
  gtk_widget_set_visible (GTK_WIDGET (self->aim_label), shown == SL_CAMERA_SHOWN_LIVE);
}

/**
 * sl_checkin_page_set_picture:
 * @self: a page
 * @texture: the newest picture
 * @mirrored: whether to show it like a mirror
 *
 * Shows a picture of the camera. Its state is told apart, with sl_checkin_page_set_camera().
 */
void
sl_checkin_page_set_picture (SlCheckinPage *self, GdkTexture *texture, gboolean mirrored)
{
  g_return_if_fail (SL_IS_CHECKIN_PAGE (self));
  sl_camera_card_set_picture (self->camera_card, texture, mirrored);
}
