/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-attention"

#include "desk-attention.h"

#include "desk-ask.h"
#include "desk-attention-remedy.h"
#include "desk-member.h"
#include "desk-merge.h"

#include "attention-page.h"
#include "list-row.h"
#include "record-words.h"
#include "text-fill.h"

#include "engine/attention.h"
#include "print/problem.h"

#include <glib/gi18n-lib.h>

#define ATTENTION_KEY "sl-desk-attention"

typedef struct {
  SlDesk *desk;
  SlAttentionPage *page; /* holds this */
  GSimpleActionGroup *actions;
  gboolean loads, again;
  GPtrArray *items; /* (nullable) (element-type SlAttentionItem): what is listed */
  gboolean may_settle, may_merge, may_take;
} Attention;

/* --- on the engine's thread --- */

typedef struct {
  GPtrArray *items; /* (element-type SlAttentionItem) */
  gboolean may_settle, may_merge, may_take;
} Items;

static void
items_free (gpointer data)
{
  Items *items = data;

  g_clear_pointer (&items->items, g_ptr_array_unref);
  g_free (items);
}

static gboolean
list (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result, SlRefusal *out_refusal,
      GError **error)
{
  Items *items = g_new0 (Items, 1);

  if (!sl_attention_list (engine, actor, &items->items, out_refusal, error) || items->items == NULL)
    {
      gboolean refused = out_refusal->code != SL_REFUSAL_NONE;

      items_free (items);
      return refused;
    }
  items->may_settle = sl_actor_scope (actor, SL_ACTION_SETTLE_CONFLICTS) == SL_SCOPE_ALL;
  items->may_merge = sl_actor_scope (actor, SL_ACTION_EDIT_MEMBER_FINANCE) == SL_SCOPE_ALL;
  items->may_take = sl_actor_scope (actor, SL_ACTION_TAKE_PAYMENT) == SL_SCOPE_ALL;
  *out_result = items;
  return TRUE;
}

/* --- what is listed --- */

static void
add_button_for (GtkWidget *row, const SlId *id, const char *label, const char *style, const char *action)
{
  g_autofree char *text = id != NULL ? sl_id_to_string (id) : NULL;

  if (text != NULL)
    sl_list_row_add_button (row, label, style, action, text);
}

static void
add_buttons (GtkWidget *row, const SlAttentionItem *item, const Attention *self)
{
  const SlId *session = sl_desk_remedy_subject (item, "session", 0);
  const SlId *payment = sl_desk_remedy_subject (item, "payment", 0);
  const SlId *membership = sl_desk_remedy_subject (item, "membership", 0);
  const SlId *one = sl_desk_remedy_subject (item, "member", 0), *other = sl_desk_remedy_subject (item, "member", 1);
  gboolean is_whole = sl_desk_remedy_add_buttons (self->desk, row, item);

  if (item->kind == SL_ATTENTION_PAYMENT_PENDING && self->may_take)
    {
      add_button_for (row, payment, _("It came in"), "main", "attention.paid");
      add_button_for (row, payment, _("It did not come"), "", "attention.failed");
    }
  if ((item->kind == SL_ATTENTION_PAYMENT_FAILED || item->kind == SL_ATTENTION_MEMBERSHIP_UNPAID) && self->may_take)
    add_button_for (row, membership, _("Take the payment"), "main", "attention.pay");
  if ((item->kind == SL_ATTENTION_SAME_PHONE || item->kind == SL_ATTENTION_KEY_USED_TWICE) && one != NULL
      && other != NULL && self->may_merge)
    {
      g_autofree char *a = sl_id_to_string (one);
      g_autofree char *b = sl_id_to_string (other);
      g_autofree char *both = g_strdup_printf ("%s %s", a, b);

      sl_list_row_add_button (row, _("Compare"), "main", "attention.compare", both);
    }
  if (!sl_id_is_none (&item->member_id))
    add_button_for (row, &item->member_id, _("Open member"), "", "attention.member");
  else if (session != NULL)
    add_button_for (row, session, _("Open class"), "", "attention.session");
  if (self->may_settle && !is_whole)
    add_button_for (row, &item->id, _("Settled"), "", "attention.settle");
}

static char *
row_detail (Attention *self, const SlAttentionItem *item)
{
  GTimeZone *zone = sl_desk_get_zone (self->desk);
  g_autofree char *when = sl_record_words_when (item->at_ms, sl_desk_get_now_ms (self->desk), zone);
  gboolean is_paper = item->kind == SL_ATTENTION_PRINT_UNCERTAIN || item->kind == SL_ATTENTION_PRINT_FAILED;
  g_autofree char *why = item->reason == NULL ? g_strdup ("")
                         : is_paper           ? sl_print_problem_words (item->reason)
                                              : g_strdup (item->reason);
  g_autofree char *who = sl_text_join (" · ", item->member != NULL ? item->member : "",
                                       item->device != NULL ? item->device : "", when,
                                       why, NULL);

  return g_strdup_printf ("%s\n%s", who, dgettext (GETTEXT_PACKAGE, sl_attention_hint (item->kind)));
}

static char *
row_name (gpointer item, gpointer user_data)
{
  return sl_id_to_string (&((const SlAttentionItem *) item)->id);
}

/* What a row is about decides which buttons it has, and for whom. */
static char *
row_shows (gpointer item, gpointer user_data)
{
  Attention *self = user_data;
  const SlDeskStaff *staff = sl_desk_get_staff (self->desk);
  g_autofree char *detail = row_detail (self, item);

  return g_strdup_printf ("%d %d %d%d%d %s", ((const SlAttentionItem *) item)->kind,
                          staff != NULL ? (int) staff->role : -1, self->may_settle, self->may_merge, self->may_take,
                          detail);
}

static GtkWidget *
row_new (gpointer data, gpointer user_data)
{
  Attention *self = user_data;
  const SlAttentionItem *item = data;
  g_autofree char *detail = row_detail (self, item);
  GtkWidget *row = sl_list_row_new (&(SlListRowWords) { dgettext (GETTEXT_PACKAGE, sl_attention_message (item->kind)),
                                    detail, NULL, NULL });

  add_buttons (row, item, self);
  return row;
}

static void
show (Attention *self, const Items *items)
{
  static const SlListRows rows = { row_name, row_shows, row_new };
  g_autoptr (GPtrArray) shown = g_ptr_array_new ();

  for (guint i = 0; i < items->items->len && i < SL_DESK_ATTENTION_MAX; i++)
    g_ptr_array_add (shown, items->items->pdata[i]);
  self->may_settle = items->may_settle;
  self->may_merge = items->may_merge;
  self->may_take = items->may_take;
  sl_attention_page_set_count (self->page, items->items->len);
  sl_attention_page_set_items (self->page, shown, &rows, self);
  g_ptr_array_ref (items->items); /* after the page has let go of those before */
  g_clear_pointer (&self->items, g_ptr_array_unref);
  self->items = items->items;
}

static void load (Attention *self);

static void
on_listed (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Attention *self = g_object_get_data (owner, ATTENTION_KEY);
  const Items *items = result;

  self->loads = FALSE;
  if (self->again)
    {
      load (self);
      return;
    }
  if (items == NULL)
    {
      sl_desk_say_outcome (self->desk, refusal, error);
      return;
    }
  show (self, items);
}

static void
load (Attention *self)
{
  if (!gtk_widget_get_mapped (GTK_WIDGET (self->page)))
    return;
  self->again = self->loads;
  if (self->loads)
    return;
  self->loads = TRUE;
  sl_desk_run (self->desk, G_OBJECT (self->page), &(SlDeskJob) { .work = list, .free_result = items_free,
               .done = on_listed });
}

/* --- what can be done --- */

static void
on_member (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  Attention *self = user_data;
  SlId id;

  if (sl_desk_ask_read_id (target, &id))
    sl_desk_open (self->desk, SL_DESK_MEMBERS, &id);
}

static void
on_session (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  Attention *self = user_data;
  SlId id;

  if (sl_desk_ask_read_id (target, &id))
    sl_desk_open (self->desk, SL_DESK_TODAY, &id);
}

static void
settle_payment (Attention *self, GVariant *target, SlOutcome outcome)
{
  SlDeskDeed *deed;
  SlId id;

  if (!sl_desk_ask_read_id (target, &id))
    return;
  deed = sl_desk_deed_new (SL_DESK_SETTLE_PAYMENT, &id);
  deed->number = outcome;
  sl_desk_ask_do (self->desk, GTK_WIDGET (self->page), deed);
}

static void
on_paid (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  settle_payment (user_data, target, SL_OUTCOME_PAID);
}

static void
on_failed (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  settle_payment (user_data, target, SL_OUTCOME_FAILED);
}

static void
on_pay (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  Attention *self = user_data;
  SlId id;

  if (sl_desk_ask_read_id (target, &id))
    sl_desk_ask_payment (self->desk, GTK_WIDGET (self->page), &id);
}

/* The usual reasons are one tap; another can be typed. */
static SlDeskDeed *
make_settled (SlForm *form, const SlId *id, gpointer data, char **out_missing)
{
  g_autofree char *usual = sl_form_get (form, "usual");
  g_autofree char *typed = sl_form_get (form, "reason");
  SlDeskDeed *deed;

  if (*usual == '\0' && *typed == '\0')
    {
      *out_missing = g_strdup (_("Say how it was settled: it is kept."));
      return NULL;
    }
  deed = sl_desk_deed_new (SL_DESK_SETTLE_ITEM, id);
  deed->text = *typed != '\0' ? g_steal_pointer (&typed) : g_steal_pointer (&usual);
  return deed;
}

static void
on_settle (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  Attention *self = user_data;
  SlForm *form;
  SlId id;
  const char *agreed = _("Agreed with the member"), *corrected = _("Put right by hand"), *nothing = _("Nothing to do");
  const SlFormChoice choices[] = { { agreed, agreed }, { corrected, corrected }, { nothing, nothing } };

  if (!sl_desk_ask_read_id (target, &id))
    return;
  form = sl_form_new ();
  sl_form_add_words (form, _("It is no longer listed, here and at all other desks. How it was settled is kept."));
  sl_form_add_choice (form, "usual", NULL, choices, G_N_ELEMENTS (choices), agreed);
  sl_form_add_entry (form, "reason", _("Or in other words"), GTK_INPUT_PURPOSE_FREE_FORM, NULL);
  sl_desk_ask (self->desk, GTK_WIDGET (self->page), &(SlDeskQuestion) { .title = _("Is this settled?"), .form = form,
               .label = _("Settled"), .style = "main", .make = make_settled, .id = id });
}

static void
on_compare (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  Attention *self = user_data;
  g_auto (GStrv) ids = g_strsplit (g_variant_get_string (target, NULL), " ", 2);
  SlId one, other;

  if (g_strv_length (ids) == 2 && sl_id_parse (ids[0], &one) && sl_id_parse (ids[1], &other))
    sl_desk_merge_compare (self->desk, GTK_WIDGET (self->page), &one, &other);
}

/* --- the section --- */

static void
attention_free (gpointer data)
{
  Attention *self = data;

  g_signal_handlers_disconnect_by_data (self->desk, self);
  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_object_unref (self->actions);
  g_object_unref (self->desk);
  g_free (self);
}

static void
on_mapped (GtkWidget *page, Attention *self)
{
  load (self);
}

static void
on_changed (SlDesk *desk, Attention *self)
{
  load (self);
}

static void
on_staff_changed (SlDesk *desk, Attention *self)
{
  if (sl_desk_get_staff (desk) != NULL)
    load (self);
}

static void
add_actions (Attention *self)
{
  const GActionEntry entries[] = {
    { "member", on_member, "s", NULL, NULL, { 0 } },   { "session", on_session, "s", NULL, NULL, { 0 } },
    { "paid", on_paid, "s", NULL, NULL, { 0 } },       { "failed", on_failed, "s", NULL, NULL, { 0 } },
    { "pay", on_pay, "s", NULL, NULL, { 0 } },         { "settle", on_settle, "s", NULL, NULL, { 0 } },
    { "compare", on_compare, "s", NULL, NULL, { 0 } },
  };

  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self->page), "attention", G_ACTION_GROUP (self->actions));
  sl_desk_remedy_add_actions (self->desk, GTK_WIDGET (self->page));
}

/**
 * sl_desk_attention_new:
 * @desk: reception
 *
 * Returns: (transfer floating): the section, which keeps itself up to date while it is shown
 */
GtkWidget *
sl_desk_attention_new (SlDesk *desk)
{
  Attention *self = g_new0 (Attention, 1);

  g_return_val_if_fail (SL_IS_DESK (desk), NULL);
  self->desk = g_object_ref (desk);
  self->page = SL_ATTENTION_PAGE (sl_attention_page_new ());
  g_object_set_data_full (G_OBJECT (self->page), ATTENTION_KEY, self, attention_free);
  add_actions (self);
  g_signal_connect (self->page, "map", G_CALLBACK (on_mapped), self);
  g_signal_connect (desk, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect (desk, "staff-changed", G_CALLBACK (on_staff_changed), self);
  return GTK_WIDGET (self->page);
}
