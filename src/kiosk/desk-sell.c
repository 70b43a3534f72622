/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-sell"

#include "desk-sell.h"

#include "date-words.h"
#include "desk-pass.h"
#include "desk-pay.h"
#include "desk-scan.h"
#include "desk-sell-jobs.h"
#include "desk-studio.h"
#include "desk-walk-in-jobs.h"
#include "sell-page.h"
#include "studio-page.h"
#include "text-fill.h"

#include "core/error.h"
#include "core/text.h"

#include <glib/gi18n-lib.h>

/* Presents what is sold; lives as long as its page. */
typedef struct {
  SlSellPage *page;
  SlDesk *desk;
  SlPayView *pay;
  SlDoneView *done_view;
  guint searches;      /* only the last one's answer counts */
  SlId buyer;          /* none: at the counter */
  char *buyer_name;    /* (nullable) */
  SlSellKind kind;
  GPtrArray *things;   /* (nullable) (element-type SlSellThing) */
  SlId chosen;         /* none: nothing yet */
  gboolean is_chosen_membership;
  SlId wanted;         /* the membership that somebody is here to pay; none: they choose */
  char *chosen_name;   /* (nullable) */
  gboolean is_busy, is_done;
  SlDeskPaid paid;
} Sell;

#define KEY "sl-desk-sell"

static Sell *
sell_of (gpointer owner)
{
  return g_object_get_data (G_OBJECT (owner), KEY);
}

static void
sell_free (gpointer data)
{
  Sell *self = data;

  g_clear_pointer (&self->things, g_ptr_array_unref);
  sl_desk_paid_clear (&self->paid);
  g_free (self->buyer_name);
  g_free (self->chosen_name);
  g_object_unref (self->desk);
  g_free (self);
}

static char *
money (Sell *self, gint64 cents)
{
  return sl_money_format (cents, sl_desk_get_currency (self->desk));
}

/* --- what --- */

static void
choose_nothing (Sell *self)
{
  self->chosen = sl_id_none;
  self->is_chosen_membership = FALSE;
  g_clear_pointer (&self->chosen_name, g_free);
  sl_pay_view_set_free (self->pay, _("Choose what they buy."), _("Take the money"));
  sl_pay_view_set_total (self->pay, 0, sl_desk_get_currency (self->desk));
  sl_pay_view_set_busy (self->pay, TRUE);
}

static void
choose (Sell *self, const SlId *thing, const char *name, gint64 total_cents)
{
  self->chosen = *thing;
  g_free (self->chosen_name);
  self->chosen_name = g_strdup (name);
  sl_pay_view_set_free (self->pay, _("It costs nothing."), _("Give it to them"));
  sl_pay_view_set_total (self->pay, total_cents, sl_desk_get_currency (self->desk));
  sl_pay_view_set_busy (self->pay, FALSE);
}

static SlPageItem *
thing_item (Sell *self, const SlSellThing *thing)
{
  g_autofree char *price = money (self, thing->price_cents);
  g_autofree char *credits = sl_credits_format (thing->credits_hundredths);
  g_autofree char *days = g_strdup_printf ("%" G_GINT64_FORMAT, thing->valid_days);
  g_autofree char *joining = money (self, thing->joining_cents);
  g_autofree char *detail = NULL;

  if (self->kind == SL_SELL_PACKAGE && thing->valid_days > 0)
    detail = sl_text_fill (_("{n} credits for {days} days"), "n", credits, "days", days, NULL);
  else if (self->kind == SL_SELL_PACKAGE)
    detail = sl_text_fill (_("{n} credits"), "n", credits, NULL);
  else if (self->kind == SL_SELL_PLAN && thing->joining_cents > 0)
    detail = sl_text_fill (thing->annual ? _("The first year, with {amount} for joining")
                                         : _("The first month, with {amount} for joining"),
                           "amount", joining, NULL);
  else if (self->kind == SL_SELL_PLAN)
    detail = g_strdup (thing->annual ? _("The first year") : _("The first month"));
  else
    {
      g_autofree char *day = sl_date_words_day (thing->at_ms, sl_desk_get_zone (self->desk));

      detail = thing->is_membership ? sl_text_fill (_("paid until {day}"), "day", day, NULL)
                                    : g_steal_pointer (&day);
    }
  return sl_page_item_new (&thing->id, thing->name, detail, price);
}

static const char *
none_words (Sell *self)
{
  switch (self->kind)
    {
    case SL_SELL_PACKAGE:
      return sl_desk_studio_is_for_staff (self->desk) ? sl_studio_none_words (SL_STUDIO_PACKAGES)
                                                      : _("No packages are sold here yet. A manager makes them.");
    case SL_SELL_PLAN:
      return sl_desk_studio_is_for_staff (self->desk) ? sl_studio_none_words (SL_STUDIO_PLANS)
                                                      : _("No plans are sold here yet. A manager makes them.");
    case SL_SELL_DUE:
      return sl_id_is_none (&self->buyer) ? _("Choose a member to see what they still owe.")
                                          : _("They owe nothing.");
    default:
      return NULL;
    }
}

static void
choose_thing (Sell *self, const SlSellThing *thing)
{
  choose (self, &thing->id, thing->name, thing->price_cents);
  self->is_chosen_membership = thing->is_membership;
}

/* Whoever came to pay for something finds it chosen. */
static void
choose_wanted (Sell *self)
{
  for (guint i = 0; !sl_id_is_none (&self->wanted) && i < self->things->len; i++)
    {
      const SlSellThing *thing = self->things->pdata[i];

      if (!sl_id_equal (&thing->id, &self->wanted))
        continue;
      sl_sell_page_select_thing (self->page, i);
      choose_thing (self, thing);
    }
}

/* (nullable) */
static const char *
make_words (Sell *self)
{
  if ((self->kind != SL_SELL_PACKAGE && self->kind != SL_SELL_PLAN) || !sl_desk_studio_is_for_staff (self->desk))
    return NULL;
  return sl_studio_new_words (self->kind == SL_SELL_PACKAGE ? SL_STUDIO_PACKAGES : SL_STUDIO_PLANS);
}

static void
on_make (SlSellPage *page, Sell *self)
{
  sl_desk_open (self->desk, self->kind == SL_SELL_PLAN ? SL_DESK_STUDIO_PLANS : SL_DESK_STUDIO_PACKAGES, &sl_id_none);
}

static void
on_things (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Sell *self = sell_of (owner);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_page_item_free);

  if (error != NULL || refusal->code != SL_REFUSAL_NONE)
    {
      sl_desk_say_outcome (self->desk, refusal, error);
      return;
    }
  g_clear_pointer (&self->things, g_ptr_array_unref);
  self->things = g_ptr_array_ref (result);
  for (guint i = 0; i < self->things->len; i++)
    g_ptr_array_add (items, thing_item (self, self->things->pdata[i]));
  sl_sell_page_set_things (self->page, self->kind, items, none_words (self));
  sl_sell_page_offer_make (self->page, make_words (self));
  choose_wanted (self);
}

static void
load_things (Sell *self)
{
  SlSellWanted *wanted = g_new0 (SlSellWanted, 1);

  *wanted = (SlSellWanted) { .kind = self->kind, .member = self->buyer, .membership = self->wanted };
  sl_desk_run (self->desk, G_OBJECT (self->page),
               &(SlDeskJob) { .work = sl_sell_load_things, .request = wanted, .free_request = g_free,
                              .free_result = sl_sell_free_things, .done = on_things });
}

static void
set_ways (Sell *self)
{
  gboolean known = !sl_id_is_none (&self->buyer);

  sl_pay_view_set_ways (self->pay, known && self->kind != SL_SELL_DUE, self->kind == SL_SELL_VOUCHER);
  sl_pay_view_set_may_owe (self->pay, known && self->kind != SL_SELL_VOUCHER);
}

static void
on_kind (SlSellPage *page, guint kind, Sell *self)
{
  self->kind = kind;
  self->wanted = sl_id_none;
  choose_nothing (self);
  set_ways (self);
  load_things (self);
  if (kind == SL_SELL_VOUCHER || kind == SL_SELL_OTHER)
    g_signal_emit_by_name (page, "typed");
}

/* A package or a plan is somebody's. */
static void
on_thing (SlSellPage *page, guint index, Sell *self)
{
  const SlSellThing *thing = self->things != NULL && index < self->things->len ? self->things->pdata[index] : NULL;

  if (thing == NULL)
    return;
  self->wanted = sl_id_none;
  choose_thing (self, thing);
  if (!sl_id_is_none (&self->buyer))
    return;
  sl_sell_page_ask_buyer (page);
  sl_pay_view_set_busy (self->pay, TRUE);
  sl_desk_say (self->desk, SL_DESK_TONE_ATTENTION, _("Whose is it? Find the member first."));
}

static void
on_typed (SlSellPage *page, Sell *self)
{
  g_autofree char *name = NULL;
  gint64 cents, quantity;

  if (!sl_sell_page_get_typed (page, &name, &cents, &quantity))
    choose_nothing (self);
  else
    choose (self, &sl_id_none, self->kind == SL_SELL_VOUCHER ? _("Voucher") : name, cents * quantity);
}

/* --- to whom --- */

static void
set_buyer (Sell *self, const SlId *id, const char *name)
{
  self->buyer = *id;
  g_free (self->buyer_name);
  self->buyer_name = g_strdup (name);
  sl_sell_page_set_buyer (self->page, name);
  set_ways (self);
  if (self->kind == SL_SELL_DUE)
    {
      choose_nothing (self);
      load_things (self);
    }
  else if (self->chosen_name != NULL)
    sl_pay_view_set_busy (self->pay, name == NULL && !sl_id_is_none (&self->chosen));
}

static void
on_buyer_loaded (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Sell *self = sell_of (owner);
  const SlMember *member = result;

  if (error != NULL || refusal->code != SL_REFUSAL_NONE)
    {
      sl_desk_say_outcome (self->desk, refusal, error);
      return;
    }
  g_autofree char *name = sl_walk_in_member_name (member);
  set_buyer (self, &member->id, name);
}

static void
on_buyer (SlSellPage *page, const SlId *id, Sell *self)
{
  if (sl_id_is_none (id))
    set_buyer (self, id, NULL);
  else
    sl_desk_run (self->desk, G_OBJECT (page),
                 &(SlDeskJob) { .work = sl_walk_in_load_member, .request = sl_id_copy (id), .free_request = g_free,
                                .free_result = (GDestroyNotify) sl_member_free, .done = on_buyer_loaded });
}

static void
on_people (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Sell *self = sell_of (owner);
  const SlWalkInPeople *people = result;
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_page_item_free);

  if (error != NULL || refusal->code != SL_REFUSAL_NONE)
    {
      sl_desk_scan_say_outcome (self->desk, refusal, error);
      return;
    }
  if (people->search != self->searches)
    return;
  for (guint i = 0; i < people->members->len; i++)
    {
      const SlMember *member = people->members->pdata[i];
      g_autofree char *name = sl_walk_in_member_name (member);

      if (people->by_code)
        {
          set_buyer (self, &member->id, name);
          return;
        }
      g_ptr_array_add (items, sl_page_item_new (&member->id, name, member->phone, NULL));
    }
  sl_sell_page_set_people (self->page, items);
  if (items->len == 0 && people->by_code)
    sl_desk_say (self->desk, SL_DESK_TONE_ATTENTION, _("Nobody here has this code."));
  else if (items->len == 0)
    sl_desk_say (self->desk, SL_DESK_TONE_ATTENTION, _("Nobody was found. New people come in under Walk-in."));
}

static void
on_search (SlSellPage *page, const char *text, Sell *self)
{
  g_autofree char *clean = g_strstrip (g_strdup (text));
  g_autoptr (GPtrArray) none = g_ptr_array_new ();

  self->searches++;
  if (*clean == '\0')
    sl_sell_page_set_people (page, none);
  else
    sl_desk_run (self->desk, G_OBJECT (page),
                 &(SlDeskJob) { .work = sl_walk_in_search, .request = sl_walk_in_search_new (clean, self->searches),
                                .free_request = sl_walk_in_search_free, .free_result = sl_walk_in_people_free,
                                .done = on_people });
}

static void on_start_again (SlSellPage *page, Sell *self);

static void
on_scanned (GObject *page, const SlMember *member)
{
  Sell *self = sell_of (page);
  g_autofree char *name = sl_walk_in_member_name (member);

  if (self->is_busy)
    return; /* something is being sold: that comes first */
  if (self->is_done)
    on_start_again (self->page, self);
  set_buyer (self, &member->id, name);
}

/* --- sold --- */

static void
show_done (Sell *self, SlSold *sold)
{
  const char *given = sold->voucher_code != NULL ? sold->voucher_code : sold->pass;
  g_autoptr (GdkTexture) code = given != NULL ? sl_desk_code_texture (given) : NULL;
  g_autofree char *total = money (self, sold->paid.total_cents), *due = NULL, *note = NULL, *detail = NULL;
  gint64 left = sold->paid.due_cents - sold->paid.pending_cents;
  SlDone done = { .headline = _("Sold"), .next = _("Next sale") };

  due = left > 0 ? money (self, left) : NULL;
  if (due != NULL)
    {
      /* Translators: {amount} of a sale are paid on another day */
      g_autofree char *owed = sl_text_fill (_("{amount} is still to be paid"), "amount", due, NULL);

      detail = sl_text_join (" · ", self->chosen_name, self->buyer_name != NULL ? self->buyer_name : "", owed, NULL);
    }
  else
    detail = sl_text_join (" · ", self->chosen_name, self->buyer_name != NULL ? self->buyer_name : "", total, NULL);
  done.detail = detail;
  done.code = code;
  if (sold->voucher_code != NULL)
    /* Translators: {code} is a voucher's, to be written down */
    done.code_note = note = sl_text_fill (_("The voucher: {code}. It is shown only now: write it down, or let them "
                                            "take a picture."), "code", sold->voucher_code, NULL);
  else if (sold->pass != NULL)
    done.code_note = sl_desk_pass_note ();
  sl_desk_paid_clear (&self->paid);
  self->paid = sold->paid;
  sold->paid = (SlDeskPaid) { 0 };
  self->is_done = TRUE;
  sl_desk_paid_show (&self->paid, sl_desk_get_currency (self->desk), self->done_view, &done);
  sl_sell_page_show_done (self->page, TRUE);
}

static void pay_again (gpointer page, gboolean anyway);

static void
on_sold (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Sell *self = sell_of (owner);

  self->is_busy = FALSE;
  sl_pay_view_set_busy (self->pay, FALSE);
  if (error == NULL && refusal->code == SL_REFUSAL_NONE)
    show_done (self, result);
  else if (error != NULL || !sl_desk_pay_refused (self->desk, self->pay, refusal, pay_again, self))
    sl_desk_say_outcome (self->desk, refusal, error);
  if (error == NULL && (refusal->code == SL_REFUSAL_WRONG_STATE || refusal->code == SL_REFUSAL_AMOUNT_MISMATCH))
    load_things (self); /* what it costs, or whether it is sold, has become another */
}

static void
pay_again (gpointer page, gboolean anyway)
{
  Sell *self = page;
  SlSellOrder *order;

  if (self->is_busy || self->is_done || self->chosen_name == NULL)
    return;
  order = g_new0 (SlSellOrder, 1);
  *order = (SlSellOrder) { .kind = self->kind, .member = self->buyer, .thing = self->chosen,
                           .is_membership = self->is_chosen_membership, .pay = sl_desk_pay_new (self->pay, anyway) };
  if ((self->kind == SL_SELL_VOUCHER || self->kind == SL_SELL_OTHER)
      && !sl_sell_page_get_typed (self->page, &order->name, &order->price_cents, &order->quantity))
    {
      sl_sell_order_free (order);
      return;
    }
  self->is_busy = TRUE;
  sl_pay_view_set_busy (self->pay, TRUE);
  sl_desk_run (self->desk, G_OBJECT (self->page),
               &(SlDeskJob) { .work = sl_sell_do, .request = order, .free_request = sl_sell_order_free,
                              .free_result = sl_sold_free, .writes = TRUE, .done = on_sold });
}

static void
on_pay (SlPayView *view, Sell *self)
{
  pay_again (self, FALSE);
}

static void
on_print (SlDoneView *view, Sell *self)
{
  sl_desk_pay_print (self->desk, G_OBJECT (self->page), &self->paid.sale_id, FALSE);
}

static void
on_seen (SlDoneView *view, Sell *self)
{
  sl_desk_pay_settle (self->desk, view, &self->paid.pending_id, TRUE);
}

static void
on_not_seen (SlDoneView *view, Sell *self)
{
  sl_desk_pay_settle (self->desk, view, &self->paid.pending_id, FALSE);
}

static void
on_start_again (SlSellPage *page, Sell *self)
{
  self->is_done = FALSE;
  self->buyer = sl_id_none;
  g_clear_pointer (&self->buyer_name, g_free);
  sl_sell_page_clear (page);
}

/* Meanwhile another package may have been made. What is chosen already stays. */
static void
on_map (SlSellPage *page, Sell *self)
{
  if (self->is_done)
    return;
  if (self->things == NULL)
    sl_sell_page_show_kind (page, self->kind);
  else if (sl_id_is_none (&self->chosen) && (self->kind == SL_SELL_PACKAGE || self->kind == SL_SELL_PLAN))
    load_things (self);
}

/* A membership is paid: what is still to pay comes up with it chosen. */
static void
on_opened_loaded (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Sell *self = sell_of (owner);
  const SlSellBuyer *buyer = result;

  if (error != NULL || refusal->code != SL_REFUSAL_NONE)
    {
      sl_desk_say_outcome (self->desk, refusal, error);
      return;
    }
  g_autofree char *name = sl_walk_in_member_name (buyer->member);
  set_buyer (self, &buyer->member->id, name);
  if (sl_id_is_none (&buyer->membership))
    return;
  sl_sell_page_show_kind (self->page, SL_SELL_DUE);
  self->wanted = buyer->membership;
  load_things (self);
}

static void
on_opened (SlDesk *desk, int place, const SlId *id, GObject *page)
{
  Sell *self = sell_of (page);

  if (place != SL_DESK_SELL || sl_id_is_none (id) || sl_id_equal (id, &self->buyer))
    return;
  if (self->is_done)
    on_start_again (self->page, self);
  sl_desk_run (self->desk, G_OBJECT (page),
               &(SlDeskJob) { .work = sl_sell_load_buyer, .request = sl_id_copy (id), .free_request = g_free,
                              .free_result = sl_sell_buyer_free, .done = on_opened_loaded });
}

/**
 * sl_desk_sell_new:
 * @desk: the desk
 *
 * Returns: (transfer floating): the section that sells
 */
GtkWidget *
sl_desk_sell_new (SlDesk *desk)
{
  Sell *self = g_new0 (Sell, 1);

  g_return_val_if_fail (SL_IS_DESK (desk), NULL);
  self->desk = g_object_ref (desk);
  self->page = SL_SELL_PAGE (sl_sell_page_new ());
  self->pay = sl_sell_page_get_pay (self->page);
  self->done_view = sl_sell_page_get_done (self->page);
  g_object_set_data_full (G_OBJECT (self->page), KEY, self, sell_free);
  g_signal_connect (self->page, "search", G_CALLBACK (on_search), self);
  g_signal_connect (self->page, "buyer", G_CALLBACK (on_buyer), self);
  g_signal_connect (self->page, "kind", G_CALLBACK (on_kind), self);
  g_signal_connect (self->page, "thing", G_CALLBACK (on_thing), self);
  g_signal_connect (self->page, "typed", G_CALLBACK (on_typed), self);
  g_signal_connect (self->page, "make", G_CALLBACK (on_make), self);
  g_signal_connect (self->page, "start-again", G_CALLBACK (on_start_again), self);
  g_signal_connect (self->page, "map", G_CALLBACK (on_map), self);
  g_signal_connect (self->pay, "pay", G_CALLBACK (on_pay), self);
  sl_desk_pay_watch (desk, self->pay);
  g_signal_connect (self->done_view, "print", G_CALLBACK (on_print), self);
  g_signal_connect (self->done_view, "seen", G_CALLBACK (on_seen), self);
  g_signal_connect (self->done_view, "not-seen", G_CALLBACK (on_not_seen), self);
  g_signal_connect_object (desk, "opened", G_CALLBACK (on_opened), self->page, 0);
  sl_desk_scan_watch (desk, GTK_WIDGET (self->page), on_scanned);
  return GTK_WIDGET (self->page);
}
