/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-today-page"

#include "today-page.h"

#include "date-words.h"
#include "list-row.h"
#include "record-words.h"
#include "roster-view.h"
#include "session-card.h"
#include "text-fill.h"

#include <glib/gi18n-lib.h>

#define REVEAL_FRAMES 4 /* a page that is shown for the first time has its shape by then */

struct _SlTodayPage {
  SlShapeBin parent_instance;

  GtkBox *columns;
  GtkWidget *day_column;
  GtkWidget *people_column;
  GtkLabel *day_label;
  GtkWidget *own_label;
  GtkWidget *back_button;
  GtkScrolledWindow *cards_scroller;
  GtkBox *cards;
  GtkWidget *empty_label;
  GtkBox *calls;
  GtkEditable *search_entry;
  GtkWidget *session_box;
  GtkLabel *session_label;
  GtkLabel *counts_label;
  GtkWidget *note_button;
  GtkWidget *change_button;
  GtkBox *notes;
  GtkScrolledWindow *people_scroller;
  SlRosterView *roster;
  GtkWidget *undo_box;
  GtkLabel *undo_label;
  GtkWidget *batch_button;
  GtkLabel *batch_label;
  GtkWidget *walk_in_button;

  SlToday *today;  /* (nullable): not known yet */
  GTimeZone *zone; /* (nullable): as today */
  SlId selected;   /* none: nothing is picked */
  guint reveal_id; /* of the tick that scrolls to it */
  int reveal_frames;
};

enum {
  SIGNAL_DAY_WANTED, SIGNAL_PERSON_TICKED, SIGNAL_PERSON_PICKED, SIGNAL_MEMBER_PICKED, SIGNAL_MEMBER_COMES,
  SIGNAL_BATCH_WANTED, SIGNAL_SESSION_WANTED, SIGNAL_NOTE_WANTED, SIGNAL_WALK_IN_WANTED, SIGNAL_UNDO_WANTED,
  SIGNAL_SEARCH, SIGNAL_ENTERED, N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SlTodayPage, sl_today_page, SL_TYPE_SHAPE_BIN)

/* --- what is shown --- */

static void
refresh_batch (SlTodayPage *self, const SlTodaySession *session)
{
  gboolean wanted = session != NULL && session->may_check_in && session->expected > 0 && !session->over;
  g_autofree char *count = g_strdup_printf ("%d", wanted ? session->expected : 0);
  g_autofree char *words = NULL;

  gtk_widget_set_visible (self->batch_button, wanted);
  if (!wanted)
    return;
  /* Translators: a button: everybody who is booked into this class and has not come yet; {n} is how many */
  words = sl_text_fill (g_dngettext (GETTEXT_PACKAGE, "Check in the one expected", "Check in all {n} expected",
                                     session->expected), "n", count, NULL);
  gtk_label_set_label (self->batch_label, words);
}

static void
add_note (SlTodayPage *self, const SlTodayNote *note)
{
  g_autofree char *when = sl_record_words_when (note->at_ms, self->today->now_ms, self->zone);
  g_autofree char *detail = sl_text_join (" · ", note->about != NULL ? note->about : "",
                                          note->who != NULL ? note->who : "", when, NULL);

  gtk_box_append (self->notes, sl_list_row_new (&(SlListRowWords) {
    note->text != NULL ? note->text : _("Cannot be read on this device"), detail, NULL, NULL }));
}

/* Not while somebody is searched for: who is found has the place. */
static void
refresh_notes (SlTodayPage *self, const SlTodaySession *session)
{
  gboolean wanted = session != NULL && *sl_today_page_get_search (self) == '\0';

  sl_list_clear (self->notes);
  gtk_widget_set_visible (GTK_WIDGET (self->notes), wanted && session->notes->len > 0);
  gtk_widget_set_visible (self->note_button, wanted && session->may_note);
  for (guint i = 0; wanted && i < session->notes->len; i++)
    add_note (self, session->notes->pdata[i]);
}

static void
refresh_session (SlTodayPage *self)
{
  const SlTodaySession *session = sl_today_page_get_selected (self);

  gtk_widget_set_visible (self->session_box, session != NULL);
  refresh_batch (self, session);
  refresh_notes (self, session);
  gtk_widget_set_sensitive (self->walk_in_button, session == NULL || session->may_book);
  if (self->today != NULL)
    sl_roster_view_set (self->roster, self->today, &self->selected, gtk_editable_get_text (self->search_entry),
                        self->zone);
  gtk_widget_set_visible (GTK_WIDGET (self->roster), session != NULL || *sl_today_page_get_search (self) != '\0');
  if (session == NULL)
    return;
  g_autofree char *time = sl_date_words_time (session->start_ms, self->zone);
  g_autofree char *end = sl_date_words_time (session->end_ms, self->zone);
  g_autofree char *when = g_strdup_printf ("%s–%s", time, end);
  g_autofree char *title = sl_text_join (" · ", session->name != NULL ? session->name : "", when, NULL);
  g_autofree char *counts = sl_session_card_counts (session);
  g_autofree char *detail = sl_text_join (" · ", session->room != NULL ? session->room : "",
                                          session->instructor != NULL ? session->instructor : "", counts, NULL);

  gtk_label_set_label (self->session_label, title);
  gtk_label_set_label (self->counts_label, detail);
  gtk_widget_set_visible (self->change_button, session->may_change && !session->over && !session->cancelled);
}

static void
on_card_picked (SlSessionCard *card, SlTodayPage *self)
{
  sl_today_page_select (self, sl_session_card_get_id (card));
}

static SlSessionCard *
find_card (SlTodayPage *self, const SlId *session)
{
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->cards)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (sl_id_equal (sl_session_card_get_id (SL_SESSION_CARD (child)), session))
      return SL_SESSION_CARD (child);
  return NULL;
}

/* Whose session is still there keeps its card, so that no tap lands on another one. */
static void
refresh_cards (SlTodayPage *self)
{
  GtkWidget *before = NULL, *next;

  for (guint i = 0; i < self->today->sessions->len; i++)
    {
      const SlTodaySession *session = self->today->sessions->pdata[i];
      SlSessionCard *card = find_card (self, &session->id);

      if (card == NULL)
        {
          card = SL_SESSION_CARD (sl_session_card_new ());
          g_signal_connect_object (card, "picked", G_CALLBACK (on_card_picked), self, 0);
          gtk_box_append (self->cards, GTK_WIDGET (card));
        }
      sl_session_card_set (card, session, self->zone);
      sl_session_card_set_selected (card, sl_id_equal (&session->id, &self->selected));
      gtk_box_reorder_child_after (self->cards, GTK_WIDGET (card), before);
      before = GTK_WIDGET (card);
    }
  while ((next = before != NULL ? gtk_widget_get_next_sibling (before)
                                : gtk_widget_get_first_child (GTK_WIDGET (self->cards))) != NULL)
    gtk_box_remove (self->cards, next);
  gtk_widget_set_visible (self->empty_label, self->today->sessions->len == 0);
}

/* What has been over for hours is left above. Frame by frame, as the cards find their places. */
static gboolean
on_reveal_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  SlTodayPage *self = SL_TODAY_PAGE (widget);
  SlSessionCard *card = find_card (self, &self->selected);
  GtkAdjustment *scrolled = gtk_scrolled_window_get_vadjustment (self->cards_scroller);
  graphene_rect_t bounds;

  if (card != NULL && gtk_widget_get_height (GTK_WIDGET (card)) == 0)
    return G_SOURCE_CONTINUE;
  if (card != NULL && gtk_widget_compute_bounds (GTK_WIDGET (card), GTK_WIDGET (self->cards), &bounds))
    gtk_adjustment_set_value (scrolled, bounds.origin.y);
  if (card != NULL && self->reveal_frames-- > 0)
    return G_SOURCE_CONTINUE;
  self->reveal_id = 0;
  return G_SOURCE_REMOVE;
}

/* The one that is on, or the next: that is where people come to. */
static void
pick_first (SlTodayPage *self)
{
  self->selected = sl_id_none;
  for (guint i = 0; i < self->today->sessions->len; i++)
    {
      const SlTodaySession *session = self->today->sessions->pdata[i];

      if (session->cancelled || session->draft)
        continue;
      self->selected = session->id;
      if (!session->over)
        return;
    }
}

static void
refresh_day (SlTodayPage *self)
{
  gboolean is_today = sl_date_words_same_day (self->today->day_ms, self->today->now_ms, self->zone);
  g_autofree char *near = sl_date_words_day_from (self->today->day_ms, self->today->now_ms, self->zone);

  gtk_label_set_label (self->day_label, near);
  gtk_widget_set_visible (self->back_button, !is_today);
  gtk_widget_set_visible (self->own_label, self->today->own);
}

/* --- what is tapped --- */

static void
on_earlier_clicked (SlTodayPage *self)
{
  g_signal_emit (self, signals[SIGNAL_DAY_WANTED], 0, -1);
}

static void
on_later_clicked (SlTodayPage *self)
{
  g_signal_emit (self, signals[SIGNAL_DAY_WANTED], 0, 1);
}

static void
on_back_clicked (SlTodayPage *self)
{
  g_signal_emit (self, signals[SIGNAL_DAY_WANTED], 0, 0);
}

static void
on_search_changed (SlTodayPage *self)
{
  refresh_session (self);
  g_signal_emit (self, signals[SIGNAL_SEARCH], 0, sl_today_page_get_search (self));
}

static void
on_search_activate (SlTodayPage *self)
{
  refresh_session (self);
  g_signal_emit (self, signals[SIGNAL_ENTERED], 0, sl_today_page_get_search (self));
}

static void
on_person_ticked (SlTodayPage *self, const SlId *booking)
{
  g_signal_emit (self, signals[SIGNAL_PERSON_TICKED], 0, booking);
}

static void
on_person_picked (SlTodayPage *self, const SlId *booking)
{
  g_signal_emit (self, signals[SIGNAL_PERSON_PICKED], 0, booking);
}

static void
on_member_picked (SlTodayPage *self, const SlId *member)
{
  g_signal_emit (self, signals[SIGNAL_MEMBER_PICKED], 0, member);
}

static void
on_member_comes (SlTodayPage *self, const SlId *member)
{
  g_signal_emit (self, signals[SIGNAL_MEMBER_COMES], 0, member);
}

static void
on_change_clicked (SlTodayPage *self)
{
  g_signal_emit (self, signals[SIGNAL_SESSION_WANTED], 0);
}

static void
on_note_clicked (SlTodayPage *self)
{
  g_signal_emit (self, signals[SIGNAL_NOTE_WANTED], 0);
}

static void
on_batch_clicked (SlTodayPage *self)
{
  g_signal_emit (self, signals[SIGNAL_BATCH_WANTED], 0);
}

static void
on_walk_in_clicked (SlTodayPage *self)
{
  g_signal_emit (self, signals[SIGNAL_WALK_IN_WANTED], 0);
}

static void
on_undo_clicked (SlTodayPage *self)
{
  g_signal_emit (self, signals[SIGNAL_UNDO_WANTED], 0);
}

/* --- the widget --- */

static void
sl_today_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sl_today_page_parent_class)->map (widget);
  /* A scanner types: what it types has to arrive somewhere. */
  gtk_widget_grab_focus (GTK_WIDGET (SL_TODAY_PAGE (widget)->search_entry));
}

static void
sl_today_page_shape_changed (SlShapeBin *bin, SlShape shape)
{
  SlTodayPage *self = SL_TODAY_PAGE (bin);
  gboolean upright = shape == SL_SHAPE_PORTRAIT;

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->columns),
                                  upright ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
  gtk_box_set_homogeneous (self->columns, upright);
  /* In a low window the people have the place: the same stands on the class's card. */
  gtk_widget_set_visible (GTK_WIDGET (self->counts_label), shape != SL_SHAPE_COMPACT);
  gtk_widget_set_size_request (self->day_column, upright ? -1 : shape == SL_SHAPE_ROOMY ? 560 : 400, -1);
}

static void
sl_today_page_dispose (GObject *object)
{
  SlTodayPage *self = SL_TODAY_PAGE (object);

  if (self->search_entry != NULL)
    gtk_search_entry_set_key_capture_widget (GTK_SEARCH_ENTRY (self->search_entry), NULL);
  g_clear_pointer (&self->today, sl_today_unref);
  g_clear_pointer (&self->zone, g_time_zone_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), SL_TYPE_TODAY_PAGE);
  G_OBJECT_CLASS (sl_today_page_parent_class)->dispose (object);
}

static void
add_signals (GType type)
{
  static const struct {
    int id;
    const char *name;
    GType argument; /* G_TYPE_NONE: it has none */
  } made[] = {
    { SIGNAL_DAY_WANTED, "day-wanted", G_TYPE_INT },
    { SIGNAL_PERSON_TICKED, "person-ticked", G_TYPE_POINTER },
    { SIGNAL_PERSON_PICKED, "person-picked", G_TYPE_POINTER },
    { SIGNAL_MEMBER_PICKED, "member-picked", G_TYPE_POINTER },
    { SIGNAL_MEMBER_COMES, "member-comes", G_TYPE_POINTER },
    { SIGNAL_BATCH_WANTED, "batch-wanted", G_TYPE_NONE },
    { SIGNAL_SESSION_WANTED, "session-wanted", G_TYPE_NONE },
    { SIGNAL_NOTE_WANTED, "note-wanted", G_TYPE_NONE },
    { SIGNAL_WALK_IN_WANTED, "walk-in-wanted", G_TYPE_NONE },
    { SIGNAL_UNDO_WANTED, "undo-wanted", G_TYPE_NONE },
    { SIGNAL_SEARCH, "search", G_TYPE_STRING },
    { SIGNAL_ENTERED, "entered", G_TYPE_STRING },
  };
  G_STATIC_ASSERT (G_N_ELEMENTS (made) == N_SIGNALS);

  for (guint i = 0; i < G_N_ELEMENTS (made); i++)
    signals[made[i].id] = g_signal_new (made[i].name, type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                        made[i].argument != G_TYPE_NONE, made[i].argument);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, SlTodayPage, columns);
  gtk_widget_class_bind_template_child (widget_class, SlTodayPage, day_column);
  gtk_widget_class_bind_template_child (widget_class, SlTodayPage, people_column);
  gtk_widget_class_bind_template_child (widget_class, SlTodayPage, day_label);
  gtk_widget_class_bind_template_child (widget_class, SlTodayPage, own_label);
  gtk_widget_class_bind_template_child (widget_class, SlTodayPage, back_button);
  gtk_widget_class_bind_template_child (widget_class, SlTodayPage, cards);
  gtk_widget_class_bind_template_child (widget_class, SlTodayPage, empty_label);
  gtk_widget_class_bind_template_child (widget_class, SlTodayPage, calls);
  gtk_widget_class_bind_template_child (widget_class, SlTodayPage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, SlTodayPage, session_box);
  gtk_widget_class_bind_template_child (widget_class, SlTodayPage, session_label);
  gtk_widget_class_bind_template_child (widget_class, SlTodayPage, counts_label);
  gtk_widget_class_bind_template_child (widget_class, SlTodayPage, change_button);
  gtk_widget_class_bind_template_child (widget_class, SlTodayPage, note_button);
  gtk_widget_class_bind_template_child (widget_class, SlTodayPage, notes);
  gtk_widget_class_bind_template_child (widget_class, SlTodayPage, cards_scroller);
  gtk_widget_class_bind_template_child (widget_class, SlTodayPage, people_scroller);
  gtk_widget_class_bind_template_child (widget_class, SlTodayPage, roster);
  gtk_widget_class_bind_template_child (widget_class, SlTodayPage, undo_box);
  gtk_widget_class_bind_template_child (widget_class, SlTodayPage, undo_label);
  gtk_widget_class_bind_template_child (widget_class, SlTodayPage, batch_button);
  gtk_widget_class_bind_template_child (widget_class, SlTodayPage, batch_label);
  gtk_widget_class_bind_template_child (widget_class, SlTodayPage, walk_in_button);
  gtk_widget_class_bind_template_callback (widget_class, on_earlier_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_later_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_back_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_search_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_person_ticked);
  gtk_widget_class_bind_template_callback (widget_class, on_person_picked);
  gtk_widget_class_bind_template_callback (widget_class, on_member_picked);
  gtk_widget_class_bind_template_callback (widget_class, on_member_comes);
  gtk_widget_class_bind_template_callback (widget_class, on_note_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_change_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_batch_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_walk_in_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_undo_clicked);
}

static void
sl_today_page_class_init (SlTodayPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sl_today_page_dispose;
  widget_class->map = sl_today_page_map;
  SL_SHAPE_BIN_CLASS (class)->shape_changed = sl_today_page_shape_changed;
  add_signals (G_TYPE_FROM_CLASS (class));
  g_type_ensure (SL_TYPE_ROSTER_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/za/studioloop/kiosk/ui/today-page.ui");
  bind_children (widget_class);
}

static void
sl_today_page_init (SlTodayPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  sl_today_page_shape_changed (SL_SHAPE_BIN (self), SL_SHAPE_ROOMY);
  gtk_search_entry_set_key_capture_widget (GTK_SEARCH_ENTRY (self->search_entry), GTK_WIDGET (self));
  refresh_session (self);
}

/**
 * sl_today_page_new:
 *
 * Returns: (transfer floating): a page in the language of the moment, that knows of no day yet
 */
GtkWidget *
sl_today_page_new (void)
{
  return g_object_new (SL_TYPE_TODAY_PAGE, NULL);
}

/**
 * sl_today_page_set_today:
 * @self: a page
 * @today: a day; a reference is kept
 * @zone: the studio's zone
 *
 * Shows it. Of the same day, what is picked, typed and scrolled to stays.
 */
void
sl_today_page_set_today (SlTodayPage *self, SlToday *today, GTimeZone *zone)
{
  gboolean other_day;

  g_return_if_fail (SL_IS_TODAY_PAGE (self) && today != NULL && zone != NULL);
  other_day = self->today == NULL || self->today->day_ms != today->day_ms;
  sl_today_ref (today);
  g_clear_pointer (&self->today, sl_today_unref);
  self->today = today;
  g_time_zone_ref (zone);
  g_clear_pointer (&self->zone, g_time_zone_unref);
  self->zone = zone;
  if (sl_today_find (today, &self->selected) == NULL)
    {
      pick_first (self);
      other_day = TRUE;
    }
  if (other_day)
    {
      self->reveal_frames = REVEAL_FRAMES;
      if (self->reveal_id == 0)
        self->reveal_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_reveal_tick, NULL, NULL);
    }
  refresh_day (self);
  refresh_cards (self);
  refresh_session (self);
}

/**
 * sl_today_page_get_today:
 * @self: a page
 *
 * Returns: (transfer none) (nullable): the day that it shows
 */
SlToday *
sl_today_page_get_today (SlTodayPage *self)
{
  g_return_val_if_fail (SL_IS_TODAY_PAGE (self), NULL);
  return self->today;
}

/**
 * sl_today_page_select:
 * @self: a page
 * @session: one of the day; another one is remembered until the day that has it is shown
 *
 * Shows that session's people.
 */
void
sl_today_page_select (SlTodayPage *self, const SlId *session)
{
  g_return_if_fail (SL_IS_TODAY_PAGE (self) && session != NULL);
  gboolean other = !sl_id_equal (&self->selected, session);

  self->selected = *session;
  if (self->today == NULL)
    return;
  for (GtkWidget *card = gtk_widget_get_first_child (GTK_WIDGET (self->cards)); card != NULL;
       card = gtk_widget_get_next_sibling (card))
    sl_session_card_set_selected (SL_SESSION_CARD (card),
                                  sl_id_equal (sl_session_card_get_id (SL_SESSION_CARD (card)), session));
  if (other)
    gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->people_scroller), 0);
  refresh_session (self);
}

/**
 * sl_today_page_get_selected:
 * @self: a page
 *
 * Returns: (transfer none) (nullable): the session that is picked
 */
SlTodaySession *
sl_today_page_get_selected (SlTodayPage *self)
{
  g_return_val_if_fail (SL_IS_TODAY_PAGE (self), NULL);
  return sl_today_find (self->today, &self->selected);
}

/**
 * sl_today_page_set_members:
 * @self: a page
 * @members: (nullable) (element-type SlTodayMember): whom a search has found besides
 */
void
sl_today_page_set_members (SlTodayPage *self, GPtrArray *members)
{
  g_return_if_fail (SL_IS_TODAY_PAGE (self));
  sl_roster_view_set_members (self->roster, members);
}

/**
 * sl_today_page_clear_calls:
 * @self: a page
 *
 * Nobody waits for reception.
 */
void
sl_today_page_clear_calls (SlTodayPage *self)
{
  g_return_if_fail (SL_IS_TODAY_PAGE (self));
  sl_list_clear (self->calls);
  gtk_widget_set_visible (GTK_WIDGET (self->calls), FALSE);
}

/**
 * sl_today_page_add_call:
 * @self: a page
 * @row: (transfer floating): of list-row.h: somebody who waits for reception
 */
void
sl_today_page_add_call (SlTodayPage *self, GtkWidget *row)
{
  g_return_if_fail (SL_IS_TODAY_PAGE (self) && GTK_IS_WIDGET (row));
  gtk_box_append (self->calls, row);
  gtk_widget_set_visible (GTK_WIDGET (self->calls), TRUE);
}

/**
 * sl_today_page_show_undo:
 * @self: a page
 * @text: (nullable): what was done; %NULL: it can no longer be taken back
 */
void
sl_today_page_show_undo (SlTodayPage *self, const char *text)
{
  g_return_if_fail (SL_IS_TODAY_PAGE (self));
  gtk_widget_set_visible (self->undo_box, text != NULL);
  gtk_label_set_label (self->undo_label, text != NULL ? text : "");
}

/**
 * sl_today_page_get_search:
 * @self: a page
 *
 * Returns: (transfer none): what is typed; "" where nothing is
 */
const char *
sl_today_page_get_search (SlTodayPage *self)
{
  g_return_val_if_fail (SL_IS_TODAY_PAGE (self), "");
  return gtk_editable_get_text (self->search_entry);
}

/**
 * sl_today_page_clear_search:
 * @self: a page
 *
 * Empties the search: the session's people are shown again.
 */
void
sl_today_page_clear_search (SlTodayPage *self)
{
  g_return_if_fail (SL_IS_TODAY_PAGE (self));
  gtk_editable_set_text (self->search_entry, "");
  sl_roster_view_set_members (self->roster, NULL);
  refresh_session (self);
}

/**
 * sl_today_page_get_only_expected:
 * @self: a page
 *
 * Returns: (transfer none) (nullable): the only one found by a search who is still to come
 */
const SlTodayPerson *
sl_today_page_get_only_expected (SlTodayPage *self)
{
  g_return_val_if_fail (SL_IS_TODAY_PAGE (self), NULL);
  return sl_roster_view_get_only_expected (self->roster);
}
