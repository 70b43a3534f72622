/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-today-calls"

#include "desk-today-private.h"

#include "date-words.h"
#include "desk-calls.h"
#include "list-row.h"
#include "text-fill.h"

#include <glib/gi18n-lib.h>

/* Over the people of the day: who at the members' side waits for somebody of reception. */

static const SlCall *
find_call (const GPtrArray *calls, GVariant *target)
{
  for (guint i = 0; i < calls->len; i++)
    {
      const SlCall *call = calls->pdata[i];
      char id[SL_ID_TEXT_BYTES];

      if (g_str_equal (sl_id_format (&call->id, id), g_variant_get_string (target, NULL)))
        return call;
    }
  return NULL;
}

static void
on_take (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  SlDeskToday *self = user_data;
  g_autoptr (GPtrArray) calls = sl_desk_list_calls (self->desk);
  const SlCall *call = find_call (calls, target);

  if (call != NULL)
    sl_desk_take_call (self->desk, &call->id);
}

/* Who opens their page sees to them. */
static void
on_open (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  SlDeskToday *self = user_data;
  g_autoptr (GPtrArray) calls = sl_desk_list_calls (self->desk);
  const SlCall *call = find_call (calls, target);
  SlId member;

  if (call == NULL)
    return;
  member = call->member_id;
  sl_desk_take_call (self->desk, &call->id);
  sl_desk_open (self->desk, SL_DESK_MEMBERS, &member);
}

/* Why is for who may know it: an instructor sees that somebody waits. */
static GtkWidget *
row_of (SlDeskToday *self, const SlCall *call, gboolean may_know)
{
  g_autofree char *time = sl_date_words_time (call->at_ms, sl_desk_get_zone (self->desk));
  /* Translators: at the members' side, {name} has asked for reception, or was told to go there */
  g_autofree char *title = call->who != NULL ? sl_text_fill (_("{name} waits for reception"), "name", call->who, NULL)
                                             : g_strdup (_("Somebody waits for reception"));
  const char *why = may_know ? dgettext (GETTEXT_PACKAGE, sl_refusal_info (call->why)->message) : "";
  g_autofree char *detail = sl_text_join (" · ", time, why, NULL);
  char id[SL_ID_TEXT_BYTES];
  GtkWidget *row = sl_list_row_new (&(SlListRowWords) { title, detail, NULL, NULL });

  sl_id_format (&call->id, id);
  gtk_widget_add_css_class (row, "called");
  if (may_know && !sl_id_is_none (&call->member_id))
    sl_list_row_add_button (row, _("Open member"), "main", "calls.open", id);
  /* Translators: a button: somebody of reception sees to whoever waits */
  sl_list_row_add_button (row, _("Seen to"), "", "calls.take", id);
  return row;
}

/**
 * sl_desk_today_show_calls:
 * @self: the presenter
 *
 * Shows who waits, to whoever is at the desk.
 */
void
sl_desk_today_show_calls (SlDeskToday *self)
{
  const SlDeskStaff *staff = sl_desk_get_staff (self->desk);
  const SlActor actor = { .role = staff != NULL ? staff->role : SL_ROLE_MEMBER };
  gboolean may_know = sl_actor_scope (&actor, SL_ACTION_VIEW_MEMBERS) == SL_SCOPE_ALL;
  g_autoptr (GPtrArray) calls = sl_desk_list_calls (self->desk);

  sl_today_page_clear_calls (self->page);
  for (guint i = 0; staff != NULL && i < calls->len; i++)
    sl_today_page_add_call (self->page, row_of (self, calls->pdata[i], may_know));
}

/**
 * sl_desk_today_add_call_actions:
 * @self: the presenter
 *
 * What can be done about who waits; and listens for others.
 */
void
sl_desk_today_add_call_actions (SlDeskToday *self)
{
  const GActionEntry entries[] = {
    { "open", on_open, "s", NULL, NULL, { 0 } },
    { "take", on_take, "s", NULL, NULL, { 0 } },
  };
  g_autoptr (GSimpleActionGroup) actions = g_simple_action_group_new ();

  g_action_map_add_action_entries (G_ACTION_MAP (actions), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self->page), "calls", G_ACTION_GROUP (actions));
  g_signal_connect_swapped (self->desk, "calls-changed", G_CALLBACK (sl_desk_today_show_calls), self);
}
