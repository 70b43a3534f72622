/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-member"

#include "desk-member.h"

#include "desk-member-private.h"

#define MEMBER_KEY "sl-desk-member"

static void load (SlDeskMemberPage *self);

static SlDeskMemberPage *
self_of (gpointer page)
{
  return g_object_get_data (G_OBJECT (page), MEMBER_KEY);
}

static void
member_free (gpointer data)
{
  SlDeskMemberPage *self = data;

  g_signal_handlers_disconnect_by_data (self->desk, self);
  g_clear_pointer (&self->data, sl_desk_member_data_unref);
  g_object_unref (self->actions);
  g_object_unref (self->desk);
  g_free (self);
}

static void
on_loaded (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  SlDeskMemberPage *self = self_of (owner);
  SlDeskMemberData *data = result;

  self->loads = FALSE;
  if (self->again)
    load (self);
  if (data == NULL)
    {
      sl_desk_say_outcome (self->desk, refusal, error);
      return;
    }
  if (self->again)
    return; /* what comes is newer, or of somebody else */
  g_clear_pointer (&self->data, sl_desk_member_data_unref);
  self->data = sl_desk_member_data_ref (data);
  self->id = data->member->id;
  sl_desk_member_fill (self);
  sl_desk_member_enable_actions (self);
}

/* One at a time: what is asked for meanwhile is read once after it. */
static void
load (SlDeskMemberPage *self)
{
  if (sl_id_is_none (&self->id) || !gtk_widget_get_mapped (GTK_WIDGET (self->page)))
    return;
  self->again = self->loads;
  if (self->loads)
    return;
  self->loads = TRUE;
  sl_desk_member_load (self->desk, G_OBJECT (self->page), &self->id, on_loaded);
}

static void
on_changed (SlDesk *desk, SlDeskMemberPage *self)
{
  load (self);
}

static void
on_mapped (GtkWidget *page, SlDeskMemberPage *self)
{
  load (self);
}

/* Nothing of a member stays for whoever comes next. */
static void
on_staff_changed (SlDesk *desk, SlDeskMemberPage *self)
{
  if (sl_desk_get_staff (desk) != NULL)
    load (self);
}

/**
 * sl_desk_member_new:
 * @desk: reception
 *
 * Returns: (transfer floating): a page that shows nobody yet
 */
GtkWidget *
sl_desk_member_new (SlDesk *desk)
{
  SlDeskMemberPage *self = g_new0 (SlDeskMemberPage, 1);

  g_return_val_if_fail (SL_IS_DESK (desk), NULL);
  self->desk = g_object_ref (desk);
  self->page = SL_MEMBER_FILE (sl_member_file_new ());
  self->actions = g_simple_action_group_new ();
  g_object_set_data_full (G_OBJECT (self->page), MEMBER_KEY, self, member_free);
  sl_desk_member_add_actions (self);
  sl_desk_member_enable_actions (self);
  gtk_widget_insert_action_group (GTK_WIDGET (self->page), "member", G_ACTION_GROUP (self->actions));
  g_signal_connect (self->page, "map", G_CALLBACK (on_mapped), self);
  g_signal_connect (desk, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect (desk, "staff-changed", G_CALLBACK (on_staff_changed), self);
  return GTK_WIDGET (self->page);
}

/**
 * sl_desk_member_show:
 * @page: of sl_desk_member_new()
 * @member: whom it is to show
 */
void
sl_desk_member_show (GtkWidget *page, const SlId *member)
{
  SlDeskMemberPage *self = self_of (page);

  g_return_if_fail (self != NULL && member != NULL);
  if (!sl_id_equal (&self->id, member))
    {
      sl_desk_ask_close (page);
      g_clear_pointer (&self->data, sl_desk_member_data_unref);
      for (SlMemberTab tab = 0; tab < SL_MEMBER_TAB_LAST; tab++)
        sl_member_file_clear_tab (self->page, tab);
      sl_member_file_set_head (self->page, &(SlMemberHead) { .name = "", .credits = "", .next = "" });
      sl_member_file_show_tab (self->page, SL_MEMBER_TAB_BOOKINGS);
    }
  self->id = *member;
  sl_desk_member_enable_actions (self);
  load (self);
}
