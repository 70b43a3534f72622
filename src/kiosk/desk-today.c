/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-today"

#include "desk-today.h"

#include "desk-today-private.h"

#include "core/datetime.h"

#define TODAY_KEY "sl-desk-today"
#define SEARCH_CHARS_MIN 2 /* one letter finds half of the studio */

static void reload (SlDeskToday *self);

/* sl_desk_today_of: the presenter of a page. */
SlDeskToday *
sl_desk_today_of (GObject *page)
{
  return g_object_get_data (page, TODAY_KEY);
}

/* Somebody was sent here for one session: its day stays, and it is the one that is picked. */
static void
go_to_wanted (SlDeskToday *self, const SlToday *today)
{
  GTimeZone *zone = sl_desk_get_zone (self->desk);
  gint64 here_ms = sl_time_to_local (sl_time_day_start (today->now_ms, zone), zone);

  if (sl_id_is_none (&self->wanted))
    return;
  self->day = (int) ((sl_time_to_local (today->day_ms, zone) - here_ms) / SL_DAY_MS);
  sl_today_page_select (self->page, &self->wanted);
  self->wanted = sl_id_none;
}

static void
on_loaded (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  SlDeskToday *self = sl_desk_today_of (owner);

  if (sl_desk_load_end (&self->load))
    reload (self);
  else if (result == NULL)
    sl_desk_say_outcome (self->desk, refusal, error);
  else
    {
      go_to_wanted (self, result);
      sl_today_page_set_today (self->page, result, sl_desk_get_zone (self->desk));
    }
}

static void
reload (SlDeskToday *self)
{
  const SlTodayWanted wanted = { self->day, self->wanted };

  if (sl_desk_load_begin (&self->load, self->desk, GTK_WIDGET (self->page)))
    sl_desk_run (self->desk, G_OBJECT (self->page),
                 &(SlDeskJob) { .work = sl_desk_today_read, .request = g_memdup2 (&wanted, sizeof wanted),
                                .free_request = g_free, .free_result = (GDestroyNotify) sl_today_unref,
                                .done = on_loaded });
}

static gboolean
on_tick (gpointer user_data)
{
  sl_desk_today_show_calls (user_data);
  reload (user_data);
  return G_SOURCE_CONTINUE;
}

static void
on_map (SlDeskToday *self)
{
  if (self->tick_id == 0)
    self->tick_id = g_timeout_add_seconds (SL_TODAY_TICK_S, on_tick, self);
  sl_desk_today_show_calls (self);
  reload (self);
}

static void
on_unmap (SlDeskToday *self)
{
  g_clear_handle_id (&self->tick_id, g_source_remove);
  sl_desk_today_forget_undo (self);
  sl_today_page_clear_search (self->page);
}

static void
on_changed (SlDeskToday *self)
{
  sl_desk_today_show_calls (self);
  reload (self);
}

/* Whoever comes next may see less. */
static void
on_staff_changed (SlDeskToday *self)
{
  const SlDeskStaff *staff = sl_desk_get_staff (self->desk);
  g_autoptr (SlToday) nothing = sl_today_new ();

  sl_desk_today_show_calls (self);
  sl_desk_today_forget_undo (self);
  if (staff != NULL && staff->role == SL_ROLE_INSTRUCTOR && sl_today_page_get_today (self->page) != NULL)
    {
      nothing->day_ms = nothing->now_ms = sl_desk_get_now_ms (self->desk);
      nothing->own = TRUE;
      sl_today_page_set_today (self->page, nothing, sl_desk_get_zone (self->desk));
    }
  reload (self);
}

static void
on_opened (SlDesk *desk, SlDeskPlace place, const SlId *id, SlDeskToday *self)
{
  if (place != SL_DESK_TODAY || sl_id_is_none (id))
    return;
  self->wanted = *id;
  reload (self);
}

static void
on_day_wanted (SlDeskToday *self, int step)
{
  self->wanted = sl_id_none;
  self->day = step == 0 ? 0 : self->day + step;
  reload (self);
}

/* --- search and scan --- */

static gboolean
looks_like_code (const char *text)
{
  return g_ascii_strncasecmp (text, "SL", 2) == 0 && g_ascii_isdigit (text[2]);
}

static void
on_found (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  SlDeskToday *self = sl_desk_today_of (owner);
  const char *typed = sl_today_page_get_search (self->page);

  /* Who may not see members sees none; what was found for fewer letters is found for more soon. */
  if (error != NULL)
    sl_desk_say_outcome (self->desk, refusal, error);
  if (g_utf8_strlen (typed, -1) >= SEARCH_CHARS_MIN && !looks_like_code (typed))
    sl_today_page_set_members (self->page, result);
}

static void
on_search (SlDeskToday *self, const char *text)
{
  if (g_utf8_strlen (text, -1) < SEARCH_CHARS_MIN || looks_like_code (text))
    {
      sl_today_page_set_members (self->page, NULL);
      return;
    }
  sl_desk_run (self->desk, G_OBJECT (self->page),
               &(SlDeskJob) { .work = sl_desk_today_search, .request = g_strdup (text), .free_request = g_free,
                              .free_result = (GDestroyNotify) g_ptr_array_unref, .done = on_found });
}

/* A scanner ends what it types with Enter; a person who sees one name left does so too. */
static void
on_entered (SlDeskToday *self, const char *text)
{
  g_autofree char *clean = g_strstrip (g_strdup (text));
  const SlTodayPerson *only;

  if (looks_like_code (clean))
    {
      sl_today_page_clear_search (self->page);
      sl_desk_today_check_in_code (self, clean, NULL, NULL);
      return;
    }
  only = sl_today_page_get_only_expected (self->page);
  if (only != NULL)
    sl_desk_today_check_in (self, &only->booking_id, NULL);
}

static void
on_scanned (SlDeskToday *self, const char *code)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self->page)) && sl_desk_get_staff (self->desk) != NULL)
    sl_desk_today_check_in_code (self, code, NULL, NULL);
}

static void
on_member_picked (SlDeskToday *self, const SlId *member)
{
  sl_desk_open (self->desk, SL_DESK_MEMBERS, member);
}

static void
on_member_comes (SlDeskToday *self, const SlId *member)
{
  sl_desk_open (self->desk, SL_DESK_WALK_IN, member);
}

static void
on_walk_in_wanted (SlDeskToday *self)
{
  const SlTodaySession *session = sl_today_page_get_selected (self->page);

  if (session != NULL && session->may_book && !session->over && !session->cancelled && !session->draft)
    sl_desk_open (self->desk, SL_DESK_WALK_IN_CLASS, &session->id);
  else
    sl_desk_open (self->desk, SL_DESK_WALK_IN, NULL);
}

/* --- its life --- */

static void
today_free (gpointer data)
{
  SlDeskToday *self = data;

  g_clear_handle_id (&self->tick_id, g_source_remove);
  g_clear_handle_id (&self->undo_id, g_source_remove);
  g_clear_pointer (&self->undo, g_array_unref);
  g_signal_handlers_disconnect_by_data (self->desk, self);
  g_object_unref (self->desk);
  g_free (self);
}

static void
listen (SlDeskToday *self)
{
  g_signal_connect_swapped (self->page, "map", G_CALLBACK (on_map), self);
  g_signal_connect_swapped (self->page, "unmap", G_CALLBACK (on_unmap), self);
  g_signal_connect_swapped (self->page, "day-wanted", G_CALLBACK (on_day_wanted), self);
  g_signal_connect_swapped (self->page, "person-ticked", G_CALLBACK (sl_desk_today_tick), self);
  g_signal_connect_swapped (self->page, "person-picked", G_CALLBACK (sl_desk_today_pick), self);
  g_signal_connect_swapped (self->page, "member-picked", G_CALLBACK (on_member_picked), self);
  g_signal_connect_swapped (self->page, "member-comes", G_CALLBACK (on_member_comes), self);
  g_signal_connect_swapped (self->page, "batch-wanted", G_CALLBACK (sl_desk_today_check_in_all), self);
  g_signal_connect_swapped (self->page, "session-wanted", G_CALLBACK (sl_desk_today_change_session), self);
  g_signal_connect_swapped (self->page, "note-wanted", G_CALLBACK (sl_desk_today_write_note), self);
  g_signal_connect_swapped (self->page, "walk-in-wanted", G_CALLBACK (on_walk_in_wanted), self);
  g_signal_connect_swapped (self->page, "undo-wanted", G_CALLBACK (sl_desk_today_undo), self);
  g_signal_connect_swapped (self->page, "search", G_CALLBACK (on_search), self);
  g_signal_connect_swapped (self->page, "entered", G_CALLBACK (on_entered), self);
  g_signal_connect_swapped (self->desk, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (self->desk, "staff-changed", G_CALLBACK (on_staff_changed), self);
  g_signal_connect_swapped (self->desk, "scanned", G_CALLBACK (on_scanned), self);
  g_signal_connect (self->desk, "opened", G_CALLBACK (on_opened), self);
}

/**
 * sl_desk_today_new:
 * @desk: the desk
 *
 * Returns: (transfer floating): the page of the day, which keeps itself up to date while it is seen
 */
GtkWidget *
sl_desk_today_new (SlDesk *desk)
{
  SlDeskToday *self;

  g_return_val_if_fail (SL_IS_DESK (desk), NULL);
  self = g_new0 (SlDeskToday, 1);
  self->desk = g_object_ref (desk);
  self->page = SL_TODAY_PAGE (sl_today_page_new ());
  g_object_set_data_full (G_OBJECT (self->page), TODAY_KEY, self, today_free);
  sl_desk_today_add_call_actions (self);
  listen (self);
  return GTK_WIDGET (self->page);
}
