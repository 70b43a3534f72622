/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-schedule-page"

#include "schedule-page.h"

#include "date-words.h"
#include "parts.h"
#include "text-fill.h"
#include "text-size.h"

#include "core/datetime.h"

#include <glib/gi18n-lib.h>

#define DAYS 7
#define FIRST_HOUR 6 /* the hours that are there without a class in them */
#define LAST_HOUR 20
#define USUAL_HOUR 9
#define SLOT_KEY "sl-schedule-slot"
#define ID_KEY "sl-schedule-id"
#define COLUMNS_PERCENT_MAX 125 /* larger text has no room in seven columns */
#define REVEAL_FRAMES 3         /* until all has found its place */

typedef struct { gint64 day; int hour; } Slot;

struct _SlSchedulePage {
  SlShapeBin parent_instance;

  GtkLabel *title, *own_label;
  GtkWidget *now_button, *new_button, *heads, *body;
  GtkSizeGroup *hours; /* so that days stand below their names */

  SlScheduleWeek *week; /* (nullable) */
  GTimeZone *zone;      /* (nullable) */
  GtkWidget *today;     /* (nullable), weak: its name in the list */
  guint reveal_id;      /* of the tick that scrolls to it */
  int reveal_frames;
};

enum { SIGNAL_WEEK, SIGNAL_NEW, SIGNAL_PICKED, SIGNAL_MOVED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SlSchedulePage, sl_schedule_page, SL_TYPE_SHAPE_BIN)

/**
 * sl_schedule_day_words:
 * @day: a local date, since 1970
 *
 * Returns: (transfer full): "Tue 3 March"
 */
char *
sl_schedule_day_words (gint64 day)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();

  return sl_date_words_day (day * SL_DAY_MS, utc);
}

/* --- what is tapped, and what is let go over it --- */

static void
on_slot (GtkWidget *button, SlSchedulePage *self)
{
  const Slot *slot = g_object_get_data (G_OBJECT (button), SLOT_KEY);

  g_signal_emit (self, signals[SIGNAL_NEW], 0, slot->day, slot->hour * 60);
}

static void
on_card (GtkWidget *button, SlSchedulePage *self)
{
  SlId id = *(SlId *) g_object_get_data (G_OBJECT (button), ID_KEY);

  g_signal_emit (self, signals[SIGNAL_PICKED], 0, &id);
}

static void
on_new (SlSchedulePage *self)
{
  gint64 day;

  if (self->week == NULL)
    return;
  day = MAX (self->week->first_day, MIN (self->week->today, self->week->first_day + DAYS - 1));
  if (day == self->week->today && self->week->minute / 60 >= USUAL_HOUR)
    g_signal_emit (self, signals[SIGNAL_NEW], 0, day, MIN (self->week->minute / 60 + 1, 23) * 60);
  else
    g_signal_emit (self, signals[SIGNAL_NEW], 0, day, USUAL_HOUR * 60);
}

static void
on_earlier (SlSchedulePage *self)
{
  g_signal_emit (self, signals[SIGNAL_WEEK], 0, -1);
}

static void
on_later (SlSchedulePage *self)
{
  g_signal_emit (self, signals[SIGNAL_WEEK], 0, 1);
}

static void
on_now (SlSchedulePage *self)
{
  g_signal_emit (self, signals[SIGNAL_WEEK], 0, 0);
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, SlSchedulePage *self)
{
  const Slot *slot =
    g_object_get_data (G_OBJECT (gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (target))), SLOT_KEY);
  SlId id;

  if (!sl_id_parse (g_value_get_string (value), &id))
    return FALSE;
  g_signal_emit (self, signals[SIGNAL_MOVED], 0, &id, slot->day, slot->hour);
  return TRUE;
}

static void
on_drag_begin (GtkDragSource *source, GdkDrag *drag, GtkWidget *card)
{
  g_autoptr (GdkPaintable) picture = gtk_widget_paintable_new (card);

  gtk_drag_source_set_icon (source, picture, 0, 0);
}

static void
set_slot (GtkWidget *widget, gint64 day, int hour)
{
  const Slot slot = { day, hour };

  g_object_set_data_full (G_OBJECT (widget), SLOT_KEY, g_memdup2 (&slot, sizeof slot), g_free);
}

static void
let_drag (GtkWidget *card, const SlScheduleSession *session)
{
  GtkDragSource *source = gtk_drag_source_new ();
  g_autofree char *id = sl_id_to_string (&session->id);
  g_autoptr (GdkContentProvider) content = gdk_content_provider_new_typed (G_TYPE_STRING, id);

  gtk_drag_source_set_content (source, content);
  gtk_drag_source_set_actions (source, GDK_ACTION_MOVE);
  g_signal_connect (source, "drag-begin", G_CALLBACK (on_drag_begin), card);
  gtk_widget_add_controller (card, GTK_EVENT_CONTROLLER (source));
}

/* --- a class --- */

static const char *
state_words (const SlScheduleSession *session)
{
  if (session->state == SL_SESSION_CANCELLED)
    return _("Cancelled");
  return session->state == SL_SESSION_DRAFT ? _("Draft") : "";
}

static char *
booked_words (const SlScheduleSession *session)
{
  g_autofree char *booked = g_strdup_printf ("%" G_GINT64_FORMAT, session->booked);
  g_autofree char *capacity = g_strdup_printf ("%" G_GINT64_FORMAT, session->capacity);

  /* Translators: places of a class: "8 of 12 booked" */
  return sl_text_fill (_("{booked} of {places} booked"), "booked", booked, "places", capacity, NULL);
}

static char *
waiting_words (const SlScheduleSession *session)
{
  g_autofree char *n = g_strdup_printf ("%" G_GINT64_FORMAT, session->waiting);

  if (session->waiting == 0)
    return g_strdup ("");
  return sl_text_fill (g_dngettext (GETTEXT_PACKAGE, "{n} waiting", "{n} waiting", (gulong) session->waiting), "n", n,
                       NULL);
}

static const char *
or_empty (const char *text)
{
  return text != NULL ? text : "";
}

static void
prepare_card (SlSchedulePage *self, GtkWidget *card, const SlScheduleSession *session)
{
  g_object_set_data_full (G_OBJECT (card), ID_KEY, sl_id_copy (&session->id), g_free);
  if (session->state == SL_SESSION_CANCELLED || session->state == SL_SESSION_COMPLETED)
    gtk_widget_add_css_class (card, "over");
  if (session->state == SL_SESSION_DRAFT)
    gtk_widget_add_css_class (card, "draft");
  g_signal_connect (card, "clicked", G_CALLBACK (on_card), self);
}

static void
add_line (GtkWidget *box, const char *text, const char *classes)
{
  if (*text != '\0')
    gtk_box_append (GTK_BOX (box), sl_parts_label (text, classes));
}

/* In a column: below one another. Few labels: each has to be measured for the whole week's sake. */
static GtkWidget *
card_new (SlSchedulePage *self, const SlScheduleSession *session)
{
  GtkWidget *card = gtk_button_new (), *box = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 0);
  g_autofree char *time = sl_date_words_time (session->start_ms, self->zone);
  g_autofree char *top = g_strdup_printf ("%s · %" G_GINT64_FORMAT "/%" G_GINT64_FORMAT, time, session->booked,
                                          session->capacity);
  g_autofree char *booked = booked_words (session), *waiting = waiting_words (session);
  g_autofree char *who = sl_text_join ("\n", or_empty (session->instructor), or_empty (session->room), waiting, NULL);
  g_autofree char *spoken = sl_text_join (", ", time, or_empty (session->name), or_empty (session->instructor),
                                          or_empty (session->room), booked, waiting, state_words (session), NULL);

  add_line (box, top, "schedule-time num");
  add_line (box, or_empty (session->name), "schedule-name");
  add_line (box, who, "schedule-detail");
  add_line (box, state_words (session), "schedule-state");
  gtk_button_set_child (GTK_BUTTON (card), box);
  gtk_widget_add_css_class (card, "schedule-card");
  gtk_accessible_update_property (GTK_ACCESSIBLE (card), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  prepare_card (self, card, session);
  if (session->may_change && (session->state == SL_SESSION_DRAFT || session->state == SL_SESSION_PUBLISHED))
    let_drag (card, session);
  return card;
}

/* In a list: over the whole width. */
static GtkWidget *
row_new (SlSchedulePage *self, const SlScheduleSession *session)
{
  g_autofree char *time = sl_date_words_time (session->start_ms, self->zone);
  g_autofree char *title = sl_text_join (" ", time, or_empty (session->name), NULL);
  g_autofree char *booked = booked_words (session), *waiting = waiting_words (session);
  g_autofree char *detail = sl_text_join (" · ", or_empty (session->instructor), or_empty (session->room), booked,
                                          waiting, NULL);
  GtkWidget *row = sl_parts_row (title, detail, state_words (session));

  gtk_widget_add_css_class (row, "schedule-row");
  prepare_card (self, row, session);
  return row;
}

/* --- the week --- */

static gboolean
is_past (SlSchedulePage *self, gint64 day, int hour)
{
  return day < self->week->today || (day == self->week->today && hour <= self->week->minute / 60);
}

static void
name_slot (GtkWidget *button, gint64 day, int hour)
{
  g_autofree char *words = sl_schedule_day_words (day);
  g_autofree char *spoken = g_strdup_printf ("%s, %s %02d:00", _("New class"), words, hour);

  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

/* What begins in that hour of that day; nothing: a place to tap. */
static GtkWidget *
cell_new (SlSchedulePage *self, gint64 day, int hour)
{
  GtkWidget *cell = sl_parts_box (GTK_ORIENTATION_VERTICAL, "schedule-cell", 4);
  gboolean is_empty = TRUE;

  for (guint i = 0; i < self->week->sessions->len; i++)
    {
      const SlScheduleSession *session = self->week->sessions->pdata[i];

      if (session->day != day || session->minute / 60 != hour)
        continue;
      is_empty = FALSE;
      gtk_box_append (GTK_BOX (cell), card_new (self, session));
    }
  if (is_past (self, day, hour) || !self->week->may_add)
    return cell;
  if (is_empty)
    {
      GtkWidget *button = gtk_button_new_with_label ("+");

      gtk_widget_add_css_class (button, "schedule-free");
      gtk_widget_set_vexpand (button, TRUE);
      set_slot (button, day, hour);
      name_slot (button, day, hour);
      g_signal_connect (button, "clicked", G_CALLBACK (on_slot), self);
      gtk_box_append (GTK_BOX (cell), button);
    }
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_STRING, GDK_ACTION_MOVE);
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (cell, GTK_EVENT_CONTROLLER (target));
  set_slot (cell, day, hour);
  return cell;
}

/* A line of the table: something narrow, and seven things of one width. */
static GtkWidget *
line_new (SlSchedulePage *self, const char *hour, GtkWidget **out_days)
{
  GtkWidget *line = sl_parts_box (GTK_ORIENTATION_HORIZONTAL, "schedule-line", 8);
  GtkWidget *label = gtk_label_new (hour);

  gtk_widget_add_css_class (label, "schedule-hour");
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_valign (label, GTK_ALIGN_START);
  gtk_size_group_add_widget (self->hours, label);
  *out_days = sl_parts_box (GTK_ORIENTATION_HORIZONTAL, "", 6);
  gtk_box_set_homogeneous (GTK_BOX (*out_days), TRUE);
  gtk_widget_set_hexpand (*out_days, TRUE);
  gtk_box_append (GTK_BOX (line), label);
  gtk_box_append (GTK_BOX (line), *out_days);
  return line;
}

static GtkWidget *
head_new (SlSchedulePage *self, gint64 day, const char *classes)
{
  g_autofree char *words = sl_schedule_day_words (day);
  GtkWidget *label = sl_parts_label (words, classes);

  if (day == self->week->today)
    gtk_widget_add_css_class (label, "today");
  return label;
}

static void
show_columns (SlSchedulePage *self)
{
  int first = FIRST_HOUR, last = LAST_HOUR;
  GtkWidget *days, *line = line_new (self, "", &days);

  for (int i = 0; i < DAYS; i++)
    gtk_box_append (GTK_BOX (days), head_new (self, self->week->first_day + i, "schedule-day"));
  gtk_box_append (GTK_BOX (self->heads), line);
  for (guint i = 0; i < self->week->sessions->len; i++)
    {
      int hour = ((const SlScheduleSession *) self->week->sessions->pdata[i])->minute / 60;

      first = MIN (first, hour);
      last = MAX (last, hour);
    }
  for (int hour = first; hour <= last; hour++)
    {
      g_autofree char *words = g_strdup_printf ("%02d:00", hour);

      line = line_new (self, words, &days);
      for (int i = 0; i < DAYS; i++)
        gtk_box_append (GTK_BOX (days), cell_new (self, self->week->first_day + i, hour));
      gtk_box_append (GTK_BOX (self->body), line);
    }
}

static void
show_list (SlSchedulePage *self)
{
  for (gint64 day = self->week->first_day; day < self->week->first_day + DAYS; day++)
    {
      GtkWidget *top = gtk_grid_new ();
      GtkWidget *head = head_new (self, day, "list-heading");
      guint n = 0;

      if (day == self->week->today)
        g_set_weak_pointer (&self->today, top);
      gtk_widget_set_hexpand (head, TRUE);
      gtk_widget_add_css_class (top, "schedule-top");
      gtk_widget_set_valign (head, GTK_ALIGN_CENTER);
      gtk_grid_set_column_spacing (GTK_GRID (top), 16);
      gtk_grid_attach (GTK_GRID (top), head, 0, 0, 1, 1);
      if (self->week->may_add && day >= self->week->today)
        {
          GtkWidget *button = sl_parts_button (_("New class"), "small");
          int hour = is_past (self, day, USUAL_HOUR) ? MIN (self->week->minute / 60 + 1, 23) : USUAL_HOUR;

          set_slot (button, day, hour);
          name_slot (button, day, hour);
          g_signal_connect (button, "clicked", G_CALLBACK (on_slot), self);
          gtk_grid_attach (GTK_GRID (top), button, 1, 0, 1, 1);
        }
      gtk_box_append (GTK_BOX (self->body), top);
      for (guint i = 0; i < self->week->sessions->len; i++)
        {
          const SlScheduleSession *session = self->week->sessions->pdata[i];

          if (session->day != day)
            continue;
          n++;
          gtk_box_append (GTK_BOX (self->body), row_new (self, session));
        }
      if (n == 0)
        gtk_box_append (GTK_BOX (self->body), sl_parts_label (_("No classes"), "row-detail"));
    }
}

static void
show_week (SlSchedulePage *self)
{
  SlShape shape = sl_shape_bin_get_shape (SL_SHAPE_BIN (self));
  gboolean is_narrow = shape == SL_SHAPE_PORTRAIT || sl_text_size_get () > COLUMNS_PERCENT_MAX;
  g_autofree char *from = NULL, *to = NULL, *title = NULL;

  sl_parts_clear (self->heads);
  sl_parts_clear (self->body);
  if (self->week == NULL)
    return;
  from = sl_schedule_day_words (self->week->first_day);
  to = sl_schedule_day_words (self->week->first_day + DAYS - 1);
  title = g_strdup_printf ("%s – %s", from, to);
  gtk_label_set_label (self->title, title);
  gtk_widget_set_visible (GTK_WIDGET (self->own_label), self->week->own);
  gtk_widget_set_visible (self->new_button, !is_narrow && self->week->may_add
                                              && self->week->first_day + DAYS > self->week->today);
  gtk_widget_set_visible (self->now_button, self->week->today < self->week->first_day
                                              || self->week->today >= self->week->first_day + DAYS);
  gtk_widget_set_visible (self->heads, !is_narrow);
  if (is_narrow)
    show_list (self);
  else
    show_columns (self);
}

/* In a list the days that are over are left above. Frame by frame, as the rows find their places. */
static gboolean
on_reveal_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  SlSchedulePage *self = SL_SCHEDULE_PAGE (widget);
  GtkWidget *scroller = gtk_widget_get_ancestor (self->body, GTK_TYPE_SCROLLED_WINDOW);
  graphene_rect_t bounds;

  if (self->today != NULL && gtk_widget_get_height (self->today) == 0)
    return G_SOURCE_CONTINUE;
  if (self->today != NULL && gtk_widget_compute_bounds (self->today, self->body, &bounds))
    gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller)), bounds.origin.y);
  if (self->today != NULL && self->reveal_frames-- > 0)
    return G_SOURCE_CONTINUE;
  self->reveal_id = 0;
  return G_SOURCE_REMOVE;
}

static void
reveal_today (SlSchedulePage *self)
{
  self->reveal_frames = REVEAL_FRAMES;
  if (self->reveal_id == 0)
    self->reveal_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_reveal_tick, NULL, NULL);
}

/* --- the page --- */

static void
sl_schedule_page_shape_changed (SlShapeBin *bin, SlShape shape)
{
  show_week (SL_SCHEDULE_PAGE (bin));
  reveal_today (SL_SCHEDULE_PAGE (bin));
}

static void
sl_schedule_page_finalize (GObject *object)
{
  SlSchedulePage *self = SL_SCHEDULE_PAGE (object);

  g_clear_weak_pointer (&self->today);
  g_clear_pointer (&self->week, sl_schedule_week_unref);
  g_clear_pointer (&self->zone, g_time_zone_unref);
  g_clear_object (&self->hours);
  G_OBJECT_CLASS (sl_schedule_page_parent_class)->finalize (object);
}

static void
sl_schedule_page_class_init (SlSchedulePageClass *class)
{
  GType type = G_TYPE_FROM_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sl_schedule_page_finalize;
  SL_SHAPE_BIN_CLASS (class)->shape_changed = sl_schedule_page_shape_changed;
  signals[SIGNAL_WEEK] = g_signal_new ("week-wanted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                       G_TYPE_INT);
  signals[SIGNAL_NEW] = g_signal_new ("new-wanted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                      G_TYPE_INT64, G_TYPE_INT);
  signals[SIGNAL_PICKED] = g_signal_new ("picked", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                         G_TYPE_POINTER);
  signals[SIGNAL_MOVED] = g_signal_new ("moved", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                                        G_TYPE_POINTER, G_TYPE_INT64, G_TYPE_INT);
}

static GtkWidget *
arrow_new (const char *icon, const char *name)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "action");
  gtk_widget_add_css_class (button, "square");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return button;
}

static GtkWidget *
make_head (SlSchedulePage *self)
{
  GtkWidget *head = gtk_grid_new (); /* a box would line up what is said with what the buttons say */
  GtkWidget *earlier = arrow_new ("go-previous-symbolic", _("Earlier week"));
  GtkWidget *later = arrow_new ("go-next-symbolic", _("Later week"));
  GtkWidget *words = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 0);

  self->title = g_object_new (GTK_TYPE_LABEL, "accessible-role", GTK_ACCESSIBLE_ROLE_HEADING, "wrap", TRUE, "xalign",
                              0.0, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (self->title), "today-title");
  self->own_label = GTK_LABEL (sl_parts_label (_("Your classes"), "quiet"));
  gtk_widget_set_visible (GTK_WIDGET (self->own_label), FALSE);
  gtk_box_append (GTK_BOX (words), GTK_WIDGET (self->title));
  gtk_box_append (GTK_BOX (words), GTK_WIDGET (self->own_label));
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  self->now_button = sl_parts_button (_("This week"), "");
  self->new_button = sl_parts_button (_("New class"), "main");
  gtk_grid_set_column_spacing (GTK_GRID (head), 12);
  gtk_grid_attach (GTK_GRID (head), earlier, 0, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (head), later, 1, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (head), words, 2, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (head), self->now_button, 3, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (head), self->new_button, 4, 0, 1, 1);
  g_signal_connect_swapped (earlier, "clicked", G_CALLBACK (on_earlier), self);
  g_signal_connect_swapped (later, "clicked", G_CALLBACK (on_later), self);
  g_signal_connect_swapped (self->now_button, "clicked", G_CALLBACK (on_now), self);
  g_signal_connect_swapped (self->new_button, "clicked", G_CALLBACK (on_new), self);
  return head;
}

static void
sl_schedule_page_init (SlSchedulePage *self)
{
  GtkWidget *all = sl_parts_box (GTK_ORIENTATION_VERTICAL, "section-body", 12);

  gtk_widget_add_css_class (GTK_WIDGET (self), "schedule");
  self->hours = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);
  self->heads = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 0);
  self->body = sl_parts_box (GTK_ORIENTATION_VERTICAL, "schedule-body", 4);
  gtk_box_append (GTK_BOX (all), make_head (self));
  gtk_box_append (GTK_BOX (all), self->heads);
  gtk_box_append (GTK_BOX (all), sl_parts_scroll (self->body));
  gtk_widget_set_visible (self->now_button, FALSE);
  gtk_widget_set_visible (self->new_button, FALSE);
  sl_shape_bin_set_child (SL_SHAPE_BIN (self), all);
}

/**
 * sl_schedule_page_new:
 *
 * Returns: (transfer floating): a page without a week
 */
GtkWidget *
sl_schedule_page_new (void)
{
  return g_object_new (SL_TYPE_SCHEDULE_PAGE, NULL);
}

/**
 * sl_schedule_page_set_week:
 * @self: a page
 * @week: what to show
 * @zone: of its times
 *
 * What looks as it does already is left alone: a finger may be on it. Of the same week, what is scrolled to stays.
 */
void
sl_schedule_page_set_week (SlSchedulePage *self, SlScheduleWeek *week, GTimeZone *zone)
{
  gboolean is_same, is_another;

  g_return_if_fail (SL_IS_SCHEDULE_PAGE (self) && week != NULL && zone != NULL);
  is_another = self->week == NULL || self->week->first_day != week->first_day;
  is_same = self->week != NULL && self->zone == zone && sl_schedule_week_equal (self->week, week);
  g_clear_pointer (&self->week, sl_schedule_week_unref);
  g_clear_pointer (&self->zone, g_time_zone_unref);
  self->week = sl_schedule_week_ref (week);
  self->zone = g_time_zone_ref (zone);
  if (!is_same)
    show_week (self);
  if (is_another)
    reveal_today (self);
}

/**
 * sl_schedule_page_get_week:
 * @self: a page
 *
 * Returns: (transfer none) (nullable): what it shows
 */
SlScheduleWeek *
sl_schedule_page_get_week (SlSchedulePage *self)
{
  g_return_val_if_fail (SL_IS_SCHEDULE_PAGE (self), NULL);
  return self->week;
}
