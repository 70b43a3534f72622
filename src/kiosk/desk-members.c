/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-members"

#include "desk-members.h"

#include "desk-member.h"
#include "desk-scan.h"

#include "members-page.h"

#define MEMBERS_KEY "sl-desk-members"

typedef struct {
  SlDesk *desk;
  GtkStack *stack;       /* holds this */
  SlMembersPage *list;
  GtkWidget *member;
  GSimpleActionGroup *actions;
  gboolean loads, again; /* one search at a time; the last letters count */
} Members;

static void search (Members *self);

static void
members_free (gpointer data)
{
  Members *self = data;

  g_signal_handlers_disconnect_by_data (self->desk, self);
  g_object_unref (self->actions);
  g_object_unref (self->desk);
  g_free (self);
}

/* --- on the engine's thread --- */

static gboolean
find (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result, SlRefusal *out_refusal,
      GError **error)
{
  const char *text = request;
  GPtrArray *found = NULL;

  /* One more than is shown says whether there are more. */
  if (!sl_member_list (engine, actor, *text != '\0' ? text : NULL, SL_DESK_MEMBERS_SHOWN + 1, &found, out_refusal,
                       error))
    return FALSE;
  *out_result = found;
  return TRUE;
}

/* --- on the desk's thread --- */

static void
on_found (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Members *self = g_object_get_data (owner, MEMBERS_KEY);
  GPtrArray *found = result;
  gboolean more;

  self->loads = FALSE;
  if (self->again)
    {
      search (self);
      return;
    }
  if (found == NULL)
    {
      sl_desk_say_outcome (self->desk, refusal, error);
      return;
    }
  more = found->len > SL_DESK_MEMBERS_SHOWN;
  if (more)
    g_ptr_array_set_size (found, SL_DESK_MEMBERS_SHOWN);
  sl_members_page_set_results (self->list, found, more);
}

static void
search (Members *self)
{
  self->again = self->loads;
  if (self->loads)
    return;
  self->loads = TRUE;
  sl_desk_run (self->desk, G_OBJECT (self->stack), &(SlDeskJob) { .work = find,
               .request = g_strdup (sl_members_page_get_search (self->list)), .free_request = g_free,
               .free_result = sl_desk_unref_array, .done = on_found });
}

static void
search_if_shown (Members *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self->list)))
    search (self);
}

static void
on_search_changed (SlMembersPage *list, Members *self)
{
  search (self);
}

static void
on_mapped (GtkWidget *list, Members *self)
{
  search (self);
}

static void
on_changed (SlDesk *desk, Members *self)
{
  search_if_shown (self);
}

/* What somebody typed is not for whoever comes next. */
static void
on_staff_changed (SlDesk *desk, Members *self)
{
  if (sl_desk_get_staff (desk) != NULL)
    search_if_shown (self);
}

static void
on_opened (SlDesk *desk, int place, const SlId *id, Members *self)
{
  if (place != SL_DESK_MEMBERS)
    return;
  if (sl_id_is_none (id))
    {
      gtk_stack_set_visible_child (self->stack, GTK_WIDGET (self->list));
      return;
    }
  gtk_stack_set_visible_child (self->stack, self->member);
  sl_desk_member_show (self->member, id);
}

static void
on_scanned (GObject *stack, const SlMember *member)
{
  Members *self = g_object_get_data (stack, MEMBERS_KEY);

  sl_desk_open (self->desk, SL_DESK_MEMBERS, &member->id);
}

static void
on_open (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  Members *self = user_data;
  SlId id;

  if (sl_id_parse (g_variant_get_string (target, NULL), &id))
    sl_desk_open (self->desk, SL_DESK_MEMBERS, &id);
}

static void
on_new (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  Members *self = user_data;

  sl_desk_member_ask_details (self->desk, GTK_WIDGET (self->stack), NULL);
}

static void
add_actions (Members *self)
{
  const GActionEntry entries[] = {
    { "open", on_open, "s", NULL, NULL, { 0 } },
    { "new", on_new, NULL, NULL, NULL, { 0 } },
  };

  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self->stack), "members", G_ACTION_GROUP (self->actions));
}

/**
 * sl_desk_members_new:
 * @desk: reception
 *
 * Returns: (transfer floating): the section, which keeps itself up to date while it is shown
 */
GtkWidget *
sl_desk_members_new (SlDesk *desk)
{
  Members *self = g_new0 (Members, 1);

  g_return_val_if_fail (SL_IS_DESK (desk), NULL);
  self->desk = g_object_ref (desk);
  self->stack = GTK_STACK (gtk_stack_new ());
  self->list = SL_MEMBERS_PAGE (sl_members_page_new ());
  self->member = sl_desk_member_new (desk);
  g_object_set_data_full (G_OBJECT (self->stack), MEMBERS_KEY, self, members_free);
  gtk_stack_set_hhomogeneous (self->stack, FALSE);
  gtk_stack_set_vhomogeneous (self->stack, FALSE);
  gtk_stack_add_child (self->stack, GTK_WIDGET (self->list));
  gtk_stack_add_child (self->stack, self->member);
  add_actions (self);
  g_signal_connect (self->list, "search-changed", G_CALLBACK (on_search_changed), self);
  g_signal_connect (self->list, "map", G_CALLBACK (on_mapped), self);
  g_signal_connect (desk, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect (desk, "staff-changed", G_CALLBACK (on_staff_changed), self);
  g_signal_connect (desk, "opened", G_CALLBACK (on_opened), self);
  sl_desk_scan_watch (desk, GTK_WIDGET (self->stack), on_scanned);
  return GTK_WIDGET (self->stack);
}
