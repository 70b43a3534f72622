/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-member-money"

#include "desk-member.h"

#include "desk-member-private.h"

#include "list-row.h"
#include "record-words.h"
#include "text-fill.h"

#include "core/datetime.h"
#include "core/text.h"

#include <glib/gi18n-lib.h>

/* Plans and payments on a member's page. */

/* --- plans --- */

static SlDeskDeed *
make_freeze (SlForm *form, const SlId *id, gpointer data, char **out_missing)
{
  SlDeskMemberPage *self = data;
  g_autofree char *days = sl_form_get (form, "days");
  gint64 n = g_ascii_strtoll (days, NULL, 10);
  SlDeskDeed *deed = sl_desk_deed_new (SL_DESK_FREEZE_PLAN, id);

  deed->number = n > 0 ? sl_desk_get_now_ms (self->desk) + n * SL_DAY_MS : 0;
  return deed;
}

static void
on_freeze_plan (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  SlDeskMemberPage *self = user_data;
  SlForm *form;
  SlId id;
  const SlFormChoice choices[] = { { "14", _("Two weeks") }, { "30", _("30 days") }, { "90", _("90 days") },
                                   { "0", _("Until further notice") } };

  if (!sl_desk_ask_read_id (target, &id))
    return;
  form = sl_form_new ();
  sl_form_add_words (form, _("From now on nothing is asked for and nobody gets in by it; what is paid is moved "
                             "along."));
  sl_form_add_choice (form, "days", _("How long"), choices, G_N_ELEMENTS (choices), "30");
  sl_desk_ask (self->desk, GTK_WIDGET (self->page), &(SlDeskQuestion) { .title = _("Freeze the plan?"), .form = form,
               .label = C_ ("plan", "Freeze"), .style = "main", .make = make_freeze, .id = id, .data = self });
}

static void
on_unfreeze_plan (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  SlDeskMemberPage *self = user_data;
  SlId id;

  if (sl_desk_ask_read_id (target, &id))
    sl_desk_ask_do (self->desk, GTK_WIDGET (self->page), sl_desk_deed_new (SL_DESK_UNFREEZE_PLAN, &id));
}

static SlDeskDeed *
make_end (SlForm *form, const SlId *id, gpointer data, char **out_missing)
{
  return sl_desk_deed_new (SL_DESK_END_PLAN, id);
}

static void
on_end_plan (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  SlDeskMemberPage *self = user_data;
  SlForm *form;
  SlId id;

  if (!sl_desk_ask_read_id (target, &id))
    return;
  form = sl_form_new ();
  sl_form_add_words (form, _("It goes on until the end of what is paid, and nothing more is asked for."));
  sl_desk_ask (self->desk, GTK_WIDGET (self->page), &(SlDeskQuestion) { .title = _("End the plan?"), .form = form,
               .label = C_ ("plan", "End it"), .style = "danger", .make = make_end, .id = id });
}

static void
on_pay_plan (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  SlDeskMemberPage *self = user_data;
  SlId id;

  if (sl_desk_ask_read_id (target, &id))
    sl_desk_ask_payment (self->desk, GTK_WIDGET (self->page), &id);
}

/**
 * sl_desk_ask_payment:
 * @desk: reception
 * @page: whose button it was
 * @membership: what is paid for
 *
 * Goes to where money is taken, with what is due of a membership, or else its next period.
 */
void
sl_desk_ask_payment (SlDesk *desk, GtkWidget *page, const SlId *membership)
{
  sl_desk_ask_close (page);
  sl_desk_open (desk, SL_DESK_SELL, membership);
}

/* --- payments --- */

static void
on_payment_paid (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  SlDeskMemberPage *self = user_data;
  SlDeskDeed *deed;
  SlId id;

  if (!sl_desk_ask_read_id (target, &id))
    return;
  deed = sl_desk_deed_new (SL_DESK_SETTLE_PAYMENT, &id);
  deed->number = SL_OUTCOME_PAID;
  sl_desk_ask_do (self->desk, GTK_WIDGET (self->page), deed);
}

static SlDeskDeed *
make_refund (SlForm *form, const SlId *id, gpointer data, char **out_missing)
{
  g_autofree char *reason = sl_form_get (form, "reason");
  g_autofree char *keep = sl_form_get (form, "keep");
  SlDeskDeed *deed;

  if (*reason == '\0')
    {
      *out_missing = g_strdup (_("A reason is needed; it is kept with who did it."));
      return NULL;
    }
  deed = sl_desk_deed_new (SL_DESK_REFUND, id);
  deed->number = SL_NUMBER_NONE;
  deed->text = g_steal_pointer (&reason);
  deed->flag = g_str_equal (keep, "keep");
  return deed;
}

static const SlPayment *
find_payment (SlDeskMemberPage *self, const SlId *id)
{
  for (guint i = 0; self->data != NULL && self->data->payments != NULL && i < self->data->payments->len; i++)
    {
      const SlPayment *payment = g_ptr_array_index (self->data->payments, i);

      if (sl_id_equal (&payment->id, id))
        return payment;
    }
  return NULL;
}

static void
on_refund (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  SlDeskMemberPage *self = user_data;
  const SlFormChoice choices[] = { { "take", _("Take it back") }, { "keep", _("They keep it") } };
  const SlPayment *payment;
  SlForm *form;
  SlId id;
  g_autofree char *money = NULL, *title = NULL, *words = NULL;

  if (!sl_desk_ask_read_id (target, &id) || (payment = find_payment (self, &id)) == NULL)
    return;
  money = sl_money_format (payment->refundable_cents, sl_desk_get_currency (self->desk));
  title = sl_text_fill (_("Give {money} back?"), "money", money, NULL);
  words = sl_text_fill (_("By {method}, as it was paid."), "method", sl_record_words_method (payment->method), NULL);
  form = sl_form_new ();
  sl_form_add_words (form, words);
  sl_form_add_choice (form, "keep", _("Credits that it bought"), choices, G_N_ELEMENTS (choices), "take");
  sl_form_add_entry (form, "reason", _("Reason"), GTK_INPUT_PURPOSE_FREE_FORM, NULL);
  sl_desk_ask (self->desk, GTK_WIDGET (self->page), &(SlDeskQuestion) { .title = title, .form = form,
               .label = _("Give back"), .style = "danger", .make = make_refund, .id = id });
}

/* sl_desk_member_add_money_actions: those of the tab with credits and payments. */
void
sl_desk_member_add_money_actions (SlDeskMemberPage *self)
{
  const GActionEntry entries[] = {
    { "freeze-plan", on_freeze_plan, "s", NULL, NULL, { 0 } },
    { "unfreeze-plan", on_unfreeze_plan, "s", NULL, NULL, { 0 } },
    { "end-plan", on_end_plan, "s", NULL, NULL, { 0 } },
    { "pay-plan", on_pay_plan, "s", NULL, NULL, { 0 } },
    { "payment-paid", on_payment_paid, "s", NULL, NULL, { 0 } },
    { "refund", on_refund, "s", NULL, NULL, { 0 } },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
}
