/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-schedule-page"

#include "schedule-page.h"

#include "date-words.h"
#include "list-fill.h"
#include "parts.h"
#include "text-fill.h"
#include "text-size.h"

#include "core/datetime.h"

#include <glib/gi18n-lib.h>

#define DAYS 7
#define FIRST_HOUR 6 /* the hours that are there without a class in them */
#define LAST_HOUR 20
#define HOURS 24
#define USUAL_HOUR 9
#define SLOT_KEY "sl-schedule-slot"
#define DROP_KEY "sl-schedule-drop"
#define ID_KEY "sl-schedule-id"
#define COLUMNS_PERCENT_MAX 125 /* larger text has no room in seven columns */
#define CARD_CHARS_MIN 4        /* for less, each letter on a line would be tried */
#define HOUR_CHARS 5            /* "09:00" */
#define EACH_FRAME 4            /* cards and free places, or about; with their place found and drawn */

typedef struct { gint64 day; int hour; } Slot;

/* What is a widget of its own: a class; a place to make one; in the list a day's name, and that it is empty. */
typedef enum { ITEM_CLASS, ITEM_FREE, ITEM_DAY, ITEM_NOTHING } ItemKind;

typedef struct {
  ItemKind kind;
  SlScheduleWeek *week;
  const SlScheduleSession *session; /* the week's; a class alone */
  Slot slot;                        /* of a day: where its button makes a class; hour −1: it has none */
} Item;

struct _SlSchedulePage {
  SlShapeBin parent_instance;

  GtkLabel *title, *own_label;
  GtkWidget *now_button, *new_button, *heads, *columns, *list;
  GtkAdjustment *scrolled;

  SlScheduleWeek *week; /* (nullable) */
  GTimeZone *zone;      /* (nullable) */
  gboolean is_list;     /* by day; or columns */

  GtkWidget *lines[HOURS], *cells[HOURS][DAYS]; /* (nullable): of the columns */
  int first_hour, last_hour;
  int next_cell;        /* which is looked at next, counted line by line */
  gboolean is_partly;   /* some are still to be looked at */
  guint fill_id;        /* of the tick that does, while somebody looks */

  GtkWidget *today;     /* (nullable), weak: its name in the list */
  float today_y;        /* where it was placed */
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

  if (slot == NULL || !sl_id_parse (g_value_get_string (value), &id))
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
  GtkWidget *label;

  if (*text == '\0')
    return;
  label = sl_parts_label (text, classes);
  gtk_label_set_width_chars (GTK_LABEL (label), CARD_CHARS_MIN);
  gtk_box_append (GTK_BOX (box), label);
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

static GtkWidget *
free_new (SlSchedulePage *self, const Slot *slot)
{
  GtkWidget *button = gtk_button_new_with_label ("+");

  gtk_widget_add_css_class (button, "schedule-free");
  gtk_widget_set_vexpand (button, TRUE);
  set_slot (button, slot->day, slot->hour);
  name_slot (button, slot->day, slot->hour);
  g_signal_connect (button, "clicked", G_CALLBACK (on_slot), self);
  return button;
}

/* --- what is shown, and how it is told apart --- */

static void
item_free (gpointer data)
{
  Item *item = data;

  sl_schedule_week_unref (item->week);
  g_free (item);
}

static void
add_item (SlSchedulePage *self, GPtrArray *items, ItemKind kind, const SlScheduleSession *session, gint64 day, int hour)
{
  Item *item = g_new0 (Item, 1);

  *item = (Item) { kind, sl_schedule_week_ref (self->week), session, { day, hour } };
  g_ptr_array_add (items, item);
}

static char *
item_name (gpointer data, gpointer user_data)
{
  const Item *item = data;

  if (item->kind == ITEM_CLASS)
    return sl_id_to_string (&item->session->id);
  return g_strdup_printf ("%d %" G_GINT64_FORMAT, item->kind, item->slot.day);
}

static char *
item_shows (gpointer data, gpointer user_data)
{
  const Item *item = data;
  const SlScheduleSession *session = item->session;

  if (item->kind != ITEM_CLASS)
    return g_strdup_printf ("%d %d", item->slot.day == item->week->today, item->slot.hour);
  return g_strdup_printf ("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %d %d "
                          "%s\n%s\n%s", session->start_ms, session->booked, session->capacity, session->waiting,
                          session->state, session->may_change, or_empty (session->name), or_empty (session->room),
                          or_empty (session->instructor));
}

/* --- the columns --- */

/* Where a class can be dropped. */
static void
let_drop (SlSchedulePage *self, GtkWidget *cell, gint64 day, int hour, gboolean wanted)
{
  GtkEventController *target = g_object_get_data (G_OBJECT (cell), DROP_KEY);

  if (wanted == (target != NULL))
    return;
  if (wanted)
    {
      target = GTK_EVENT_CONTROLLER (gtk_drop_target_new (G_TYPE_STRING, GDK_ACTION_MOVE));
      g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
      gtk_widget_add_controller (cell, target);
      set_slot (cell, day, hour);
    }
  else
    gtk_widget_remove_controller (cell, target);
  g_object_set_data (G_OBJECT (cell), DROP_KEY, wanted ? target : NULL);
}

static GtkWidget *
make_in_cell (gpointer data, gpointer user_data)
{
  const Item *item = data;

  return item->kind == ITEM_CLASS ? card_new (user_data, item->session) : free_new (user_data, &item->slot);
}

/* What begins in that hour of that day; nothing: a place to tap. Returns how much was made for it. */
static guint
fill_cell (SlSchedulePage *self, int hour, int column)
{
  static const SlListRows rows = { item_name, item_shows, make_in_cell };
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (item_free);
  gint64 day = self->week->first_day + column;
  gboolean may_add = self->week->may_add && !is_past (self, day, hour);

  for (guint i = 0; i < self->week->sessions->len; i++)
    {
      const SlScheduleSession *session = self->week->sessions->pdata[i];

      if (session->day == day && session->minute / 60 == hour)
        add_item (self, items, ITEM_CLASS, session, day, hour);
    }
  if (may_add && items->len == 0)
    add_item (self, items, ITEM_FREE, NULL, day, hour);
  let_drop (self, self->cells[hour][column], day, hour, may_add);
  return sl_list_fill (GTK_BOX (self->cells[hour][column]), items, &rows, self);
}

/* A line of the table: something narrow, and seven things of one width. Grids: a box would ask each label how wide it
 * is at each height of the line, which takes a label a hundred tries. */
static GtkWidget *
line_new (const char *hour, GtkGrid **out_days)
{
  GtkWidget *line = gtk_grid_new (), *days = gtk_grid_new ();
  GtkWidget *label = gtk_label_new (hour);

  gtk_widget_add_css_class (label, "schedule-hour");
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_valign (label, GTK_ALIGN_START);
  gtk_label_set_width_chars (GTK_LABEL (label), HOUR_CHARS); /* all alike, so that days stand below their names */
  gtk_grid_set_column_spacing (GTK_GRID (line), 8);
  gtk_grid_set_column_spacing (GTK_GRID (days), 6);
  gtk_grid_set_column_homogeneous (GTK_GRID (days), TRUE);
  gtk_widget_set_hexpand (days, TRUE);
  gtk_grid_attach (GTK_GRID (line), label, 0, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (line), days, 1, 0, 1, 1);
  *out_days = GTK_GRID (days);
  return line;
}

static GtkWidget *
head_new (SlSchedulePage *self, gint64 day, const char *classes)
{
  g_autofree char *words = sl_schedule_day_words (day);
  GtkWidget *label = sl_parts_label (words, classes);

  gtk_label_set_width_chars (GTK_LABEL (label), CARD_CHARS_MIN);
  if (day == self->week->today)
    gtk_widget_add_css_class (label, "today");
  return label;
}

static void
add_hour (SlSchedulePage *self, int hour)
{
  g_autofree char *words = g_strdup_printf ("%02d:00", hour);
  GtkWidget *before = NULL;
  GtkGrid *days;

  self->lines[hour] = line_new (words, &days);
  for (int i = 0; i < DAYS; i++)
    {
      self->cells[hour][i] = sl_parts_box (GTK_ORIENTATION_VERTICAL, "schedule-cell", 4);
      gtk_grid_attach (days, self->cells[hour][i], i, 0, 1, 1);
    }
  for (int i = 0; i < hour; i++)
    before = self->lines[i] != NULL ? self->lines[i] : before;
  gtk_box_insert_child_after (GTK_BOX (self->columns), self->lines[hour], before);
}

static void
take_hour (SlSchedulePage *self, int hour)
{
  if (self->lines[hour] != NULL)
    gtk_box_remove (GTK_BOX (self->columns), self->lines[hour]);
  self->lines[hour] = NULL;
}

/* A few of those that are not there or read otherwise, from the top on: a whole week at once would keep somebody
 * waiting. */
static void
fill_some (SlSchedulePage *self)
{
  for (guint made = 0; made < EACH_FRAME && self->is_partly; self->next_cell++)
    {
      int hour = self->next_cell / DAYS;

      self->is_partly = hour <= self->last_hour;
      if (!self->is_partly)
        return;
      if (self->lines[hour] == NULL)
        {
          add_hour (self, hour);
          made++;
        }
      made += fill_cell (self, hour, self->next_cell % DAYS);
    }
}

static gboolean
on_fill_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  SlSchedulePage *self = SL_SCHEDULE_PAGE (widget);

  if (gtk_widget_get_mapped (widget))
    fill_some (self);
  if (self->is_partly && gtk_widget_get_mapped (widget))
    return G_SOURCE_CONTINUE;
  self->fill_id = 0;
  return G_SOURCE_REMOVE;
}

/* Only while somebody looks: what is made out of sight is measured all at once when it comes into sight. */
static void
go_on (SlSchedulePage *self)
{
  if (self->is_partly && self->fill_id == 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->fill_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_fill_tick, NULL, NULL);
}

static void
clear_columns (SlSchedulePage *self)
{
  self->is_partly = FALSE;
  for (int hour = 0; hour < HOURS; hour++)
    take_hour (self, hour);
}

static void
show_columns (SlSchedulePage *self)
{
  GtkGrid *days;
  GtkWidget *line = line_new ("", &days);

  for (int i = 0; i < DAYS; i++)
    gtk_grid_attach (days, head_new (self, self->week->first_day + i, "schedule-day"), i, 0, 1, 1);
  gtk_box_append (GTK_BOX (self->heads), line);
  self->first_hour = FIRST_HOUR;
  self->last_hour = LAST_HOUR;
  for (guint i = 0; i < self->week->sessions->len; i++)
    {
      int hour = ((const SlScheduleSession *) self->week->sessions->pdata[i])->minute / 60;

      self->first_hour = MIN (self->first_hour, hour);
      self->last_hour = MAX (self->last_hour, hour);
    }
  for (int hour = 0; hour < HOURS; hour++)
    if (hour < self->first_hour || hour > self->last_hour)
      take_hour (self, hour);
  self->next_cell = self->first_hour * DAYS;
  self->is_partly = TRUE;
  go_on (self);
}

/* --- the list --- */

static GtkWidget *
day_new (SlSchedulePage *self, const Item *item)
{
  GtkWidget *top = gtk_grid_new ();
  GtkWidget *head = head_new (self, item->slot.day, "list-heading");

  if (item->slot.day == item->week->today)
    g_set_weak_pointer (&self->today, top);
  gtk_widget_set_hexpand (head, TRUE);
  gtk_widget_add_css_class (top, "schedule-top");
  gtk_widget_set_valign (head, GTK_ALIGN_CENTER);
  gtk_grid_set_column_spacing (GTK_GRID (top), 16);
  gtk_grid_attach (GTK_GRID (top), head, 0, 0, 1, 1);
  if (item->slot.hour >= 0)
    {
      GtkWidget *button = sl_parts_button (_("New class"), "small");

      set_slot (button, item->slot.day, item->slot.hour);
      name_slot (button, item->slot.day, item->slot.hour);
      g_signal_connect (button, "clicked", G_CALLBACK (on_slot), self);
      gtk_grid_attach (GTK_GRID (top), button, 1, 0, 1, 1);
    }
  return top;
}

static GtkWidget *
make_in_list (gpointer data, gpointer user_data)
{
  const Item *item = data;

  if (item->kind == ITEM_CLASS)
    return row_new (user_data, item->session);
  return item->kind == ITEM_DAY ? day_new (user_data, item) : sl_parts_label (_("No classes"), "row-detail");
}

static void
add_day (SlSchedulePage *self, GPtrArray *items, gint64 day)
{
  gboolean may_add = self->week->may_add && day >= self->week->today;
  int hour = is_past (self, day, USUAL_HOUR) ? MIN (self->week->minute / 60 + 1, 23) : USUAL_HOUR;
  guint before;

  add_item (self, items, ITEM_DAY, NULL, day, may_add ? hour : -1);
  before = items->len;
  for (guint i = 0; i < self->week->sessions->len; i++)
    {
      const SlScheduleSession *session = self->week->sessions->pdata[i];

      if (session->day == day)
        add_item (self, items, ITEM_CLASS, session, day, 0);
    }
  if (items->len == before)
    add_item (self, items, ITEM_NOTHING, NULL, day, 0);
}

/* What is seen comes first: today, where it is of this week. */
static void
show_list (SlSchedulePage *self)
{
  static const SlListRows rows = { item_name, item_shows, make_in_list };
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (item_free);
  guint from = 0;

  for (gint64 day = self->week->first_day; day < self->week->first_day + DAYS; day++)
    {
      if (day == self->week->today)
        from = items->len;
      add_day (self, items, day);
    }
  sl_list_fill_from (GTK_BOX (self->list), items, from, &rows, self);
}

/* In a list the days that are over are left above. What comes above today moves nothing that is seen: called when all
 * is laid out, and before it is drawn. */
static void
on_placed (SlSchedulePage *self)
{
  graphene_rect_t bounds;
  float moved;

  if (self->today == NULL || !gtk_widget_compute_bounds (self->today, self->list, &bounds))
    return;
  moved = bounds.origin.y - self->today_y;
  self->today_y = bounds.origin.y;
  if (moved != 0)
    gtk_adjustment_set_value (self->scrolled, gtk_adjustment_get_value (self->scrolled) + moved);
}

/* --- the week --- */

static void
clear_all (SlSchedulePage *self)
{
  static const SlListRows rows = { item_name, item_shows, make_in_list };
  g_autoptr (GPtrArray) nothing = g_ptr_array_new ();

  clear_columns (self);
  sl_list_fill (GTK_BOX (self->list), nothing, &rows, self);
  self->today_y = 0;
  gtk_adjustment_set_value (self->scrolled, 0);
}

/* anew: nothing of what is there is right any more */
static void
show_week (SlSchedulePage *self, gboolean anew)
{
  SlShape shape = sl_shape_bin_get_shape (SL_SHAPE_BIN (self));
  gboolean is_list = shape == SL_SHAPE_PORTRAIT || sl_text_size_get () > COLUMNS_PERCENT_MAX;
  g_autofree char *from = NULL, *to = NULL, *title = NULL;

  sl_parts_clear (self->heads);
  if (anew || is_list != self->is_list)
    clear_all (self);
  self->is_list = is_list;
  gtk_widget_set_visible (self->heads, !is_list);
  gtk_widget_set_visible (self->columns, !is_list);
  gtk_widget_set_visible (self->list, is_list);
  if (self->week == NULL)
    return;
  from = sl_schedule_day_words (self->week->first_day);
  to = sl_schedule_day_words (self->week->first_day + DAYS - 1);
  title = g_strdup_printf ("%s – %s", from, to);
  gtk_label_set_label (self->title, title);
  gtk_widget_set_visible (GTK_WIDGET (self->own_label), self->week->own);
  gtk_widget_set_visible (self->new_button, !is_list && self->week->may_add
                                              && self->week->first_day + DAYS > self->week->today);
  gtk_widget_set_visible (self->now_button, self->week->today < self->week->first_day
                                              || self->week->today >= self->week->first_day + DAYS);
  if (is_list)
    show_list (self);
  else
    show_columns (self);
}

/* --- the page --- */

static void
sl_schedule_page_shape_changed (SlShapeBin *bin, SlShape shape)
{
  show_week (SL_SCHEDULE_PAGE (bin), FALSE);
}

static void
sl_schedule_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sl_schedule_page_parent_class)->map (widget);
  go_on (SL_SCHEDULE_PAGE (widget));
}

static void
sl_schedule_page_realize (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sl_schedule_page_parent_class)->realize (widget);
  g_signal_connect_object (gtk_widget_get_frame_clock (widget), "layout", G_CALLBACK (on_placed), widget,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}

static void
sl_schedule_page_unrealize (GtkWidget *widget)
{
  g_signal_handlers_disconnect_by_func (gtk_widget_get_frame_clock (widget), on_placed, widget);
  GTK_WIDGET_CLASS (sl_schedule_page_parent_class)->unrealize (widget);
}

static void
sl_schedule_page_finalize (GObject *object)
{
  SlSchedulePage *self = SL_SCHEDULE_PAGE (object);

  g_clear_weak_pointer (&self->today);
  g_clear_pointer (&self->week, sl_schedule_week_unref);
  g_clear_pointer (&self->zone, g_time_zone_unref);
  G_OBJECT_CLASS (sl_schedule_page_parent_class)->finalize (object);
}

static void
sl_schedule_page_class_init (SlSchedulePageClass *class)
{
  GType type = G_TYPE_FROM_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sl_schedule_page_finalize;
  GTK_WIDGET_CLASS (class)->map = sl_schedule_page_map;
  GTK_WIDGET_CLASS (class)->realize = sl_schedule_page_realize;
  GTK_WIDGET_CLASS (class)->unrealize = sl_schedule_page_unrealize;
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
  GtkWidget *body = sl_parts_box (GTK_ORIENTATION_VERTICAL, "schedule-body", 0), *scroller = sl_parts_scroll (body);

  gtk_widget_add_css_class (GTK_WIDGET (self), "schedule");
  self->heads = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 0);
  self->columns = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 4);
  self->list = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 4);
  self->scrolled = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller));
  gtk_box_append (GTK_BOX (body), self->columns);
  gtk_box_append (GTK_BOX (body), self->list);
  gtk_box_append (GTK_BOX (all), make_head (self));
  gtk_box_append (GTK_BOX (all), self->heads);
  gtk_box_append (GTK_BOX (all), scroller);
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
  is_another = self->week == NULL || self->week->first_day != week->first_day || self->zone != zone;
  is_same = self->week != NULL && self->zone == zone && sl_schedule_week_equal (self->week, week);
  g_clear_pointer (&self->week, sl_schedule_week_unref);
  g_clear_pointer (&self->zone, g_time_zone_unref);
  self->week = sl_schedule_week_ref (week);
  self->zone = g_time_zone_ref (zone);
  if (!is_same)
    show_week (self, is_another);
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
