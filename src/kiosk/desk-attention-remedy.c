/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-attention-remedy"

#include "desk-attention-remedy.h"

#include "desk-ask.h"

#include "list-row.h"
#include "record-words.h"
#include "text-fill.h"

#include "engine/print-queue.h"

#include <glib/gi18n-lib.h>

#define ACTIONS "remedy"

/* Of a row's button: what it is about, as its target tells. */
typedef struct {
  SlDesk *desk;
  GtkWidget *page;
  SlId item, id, other; /* other: of two of the same; none: there is one */
  gint64 count;
} Tapped;

typedef void (*Remedy) (const Tapped *tapped);

/* --- what is done --- */

static gboolean
may (SlDesk *desk, SlAction action)
{
  const SlDeskStaff *staff = sl_desk_get_staff (desk);
  const SlActor actor = { .role = staff != NULL ? staff->role : SL_ROLE_MEMBER };

  return sl_actor_scope (&actor, action) != SL_SCOPE_NONE;
}

/* What does not go by itself goes with what is done about it, where whoever does it may say so. */
static SlId
settled_by (const Tapped *tapped)
{
  return may (tapped->desk, SL_ACTION_SETTLE_CONFLICTS) ? tapped->item : sl_id_none;
}

static void
say_print (const Tapped *tapped, SlPrintWord word)
{
  SlDeskDeed *deed = sl_desk_deed_new (SL_DESK_SAY_PRINT, &tapped->id);

  deed->number = word;
  sl_desk_ask_do (tapped->desk, tapped->page, deed);
}

static void
came_out (const Tapped *tapped)
{
  say_print (tapped, SL_PRINT_CAME_OUT);
}

static void
print_again (const Tapped *tapped)
{
  say_print (tapped, SL_PRINT_AGAIN);
}

static void
drop_print (const Tapped *tapped)
{
  say_print (tapped, SL_PRINT_DROP);
}

static void
settle (const Tapped *tapped, const char *reason)
{
  SlDeskDeed *deed = sl_desk_deed_new (SL_DESK_SETTLE_ITEM, &tapped->item);

  deed->text = g_strdup (reason);
  sl_desk_ask_do (tapped->desk, tapped->page, deed);
}

static void
leave_it (const Tapped *tapped)
{
  settle (tapped, _("Left as it is"));
}

static void
there_is_room (const Tapped *tapped)
{
  settle (tapped, _("There is room"));
}

static void
open_class (const Tapped *tapped)
{
  sl_desk_open (tapped->desk, SL_DESK_TODAY, &tapped->id);
}

static void
sell_credits (const Tapped *tapped)
{
  sl_desk_open (tapped->desk, SL_DESK_SELL, &tapped->id);
}

static void
book_again (const Tapped *tapped)
{
  sl_desk_open (tapped->desk, SL_DESK_WALK_IN, &tapped->id);
}

static void
record_visit (const Tapped *tapped)
{
  SlDeskDeed *deed = sl_desk_deed_new (SL_DESK_RECORD_VISIT, &tapped->id);

  deed->text = g_strdup (_("Let in before the booking was known here"));
  sl_desk_ask_do (tapped->desk, tapped->page, deed);
}

/* With everything back: nobody meant to book twice. */
static void
cancel_second (const Tapped *tapped)
{
  SlDeskDeed *deed = sl_desk_deed_new (SL_DESK_CANCEL_BOOKING, &tapped->id);

  deed->flag = TRUE;
  deed->item = settled_by (tapped);
  deed->text = g_strdup (_("Booked twice"));
  sl_desk_ask_do (tapped->desk, tapped->page, deed);
}

/* What a sale is told from, and the item that goes with it. */
typedef struct { SlId other, item; } Pair;

static SlDeskDeed *
make_refund (SlForm *form, const SlId *id, gpointer data, char **out_missing)
{
  g_autofree char *reason = sl_form_get (form, "reason");
  const Pair *pair = data;
  SlDeskDeed *deed;

  if (*reason == '\0')
    {
      *out_missing = g_strdup (_("A reason is needed; it is kept with who did it."));
      return NULL;
    }
  deed = sl_desk_deed_new (SL_DESK_REFUND_SALE, id);
  deed->other = pair->other;
  deed->item = pair->item;
  deed->text = g_steal_pointer (&reason);
  return deed;
}

static void
ask_refund (const Tapped *tapped, const SlId *item)
{
  const Pair pair = { tapped->other, *item };
  SlForm *form = sl_form_new ();

  sl_form_add_words (form, _("What is left of this payment is given back, and what it bought is taken away."));
  sl_form_add_entry (form, "reason", _("Reason"), GTK_INPUT_PURPOSE_FREE_FORM, NULL);
  sl_desk_ask (tapped->desk, tapped->page, &(SlDeskQuestion) { .title = _("Give the money back?"), .form = form,
               .label = _("Give back"), .style = "danger", .make = make_refund, .id = tapped->id,
               .data = g_memdup2 (&pair, sizeof pair), .free_data = g_free });
}

/* It goes by itself once one of them is given back. */
static void
refund_sale (const Tapped *tapped)
{
  ask_refund (tapped, &sl_id_none);
}

static void
refund_settled (const Tapped *tapped)
{
  const SlId item = settled_by (tapped);

  ask_refund (tapped, &item);
}

static void
adjust (const Tapped *tapped, gint64 hundredths, const char *reason)
{
  SlDeskDeed *deed = sl_desk_deed_new (SL_DESK_ADJUST_CREDITS, &tapped->id);

  deed->number = hundredths;
  deed->item = tapped->item;
  deed->text = g_strdup (reason);
  sl_desk_ask_do (tapped->desk, tapped->page, deed);
}

static void
give_again (const Tapped *tapped)
{
  adjust (tapped, tapped->count, _("Came back too late to be used"));
}

static void
take_difference (const Tapped *tapped)
{
  adjust (tapped, -tapped->count, _("Granted twice"));
}

static void
stop_renewal (const Tapped *tapped)
{
  sl_desk_ask_do (tapped->desk, tapped->page, sl_desk_deed_new (SL_DESK_STOP_RENEWAL, &tapped->id));
}

static void
revoke_device (const Tapped *tapped)
{
  sl_desk_ask_reason (tapped->desk, tapped->page, _("Revoke this device?"),
                      _("It belongs to the studio no more, and what it does from now on does not count. There is no "
                        "way back; it can be set up anew."), _("Revoke"), SL_DESK_REVOKE_DEVICE, &tapped->id);
}

/* --- which there are --- */

/* In the order in which they stand; the first of an item is the obvious one. */
static const struct {
  SlAttentionKind kind;
  const char *role;     /* of what it is done to */
  guint nth;
  const char *label;    /* {credits}: of the item's count */
  const char *style;
  SlAction needs;
  Remedy remedy;
} remedies[] = {
  /* Translators: a button: something was cut off while it was printed, and it is on the paper */
  { SL_ATTENTION_PRINT_UNCERTAIN, "print", 0, N_("It came out"), "main", SL_ACTION_TAKE_PAYMENT, came_out },
  { SL_ATTENTION_PRINT_UNCERTAIN, "print", 0, N_("Print again"), "", SL_ACTION_TAKE_PAYMENT, print_again },
  /* Translators: a button: what was to be printed is not wanted any more */
  { SL_ATTENTION_PRINT_UNCERTAIN, "print", 0, N_("Do not print"), "", SL_ACTION_TAKE_PAYMENT, drop_print },
  { SL_ATTENTION_PRINT_FAILED, "print", 0, N_("Print again"), "main", SL_ACTION_TAKE_PAYMENT, print_again },
  { SL_ATTENTION_PRINT_FAILED, "print", 0, N_("Do not print"), "", SL_ACTION_TAKE_PAYMENT, drop_print },
  /* Translators: a button: one more than the class has places for is no problem */
  { SL_ATTENTION_OVERRIDE, "booking", 0, N_("There is room"), "main", SL_ACTION_SETTLE_CONFLICTS, there_is_room },
  { SL_ATTENTION_OVERRIDE, "session", 0, N_("Open class"), "", SL_ACTION_CHECK_IN, open_class },
  { SL_ATTENTION_SPOTS_OWED, "session", 0, N_("See who to move"), "main", SL_ACTION_CHECK_IN, open_class },
  { SL_ATTENTION_INSTRUCTOR_TWICE, "session", 1, N_("Open the other class"), "", SL_ACTION_CHECK_IN, open_class },
  { SL_ATTENTION_ROOM_TWICE, "session", 1, N_("Open the other class"), "", SL_ACTION_CHECK_IN, open_class },
  /* Translators: a button: nothing is taken from the member, and nothing given */
  { SL_ATTENTION_ATTENDED_AFTER_CANCELLING, "booking", 0, N_("Leave it"), "main", SL_ACTION_SETTLE_CONFLICTS,
    leave_it },
  { SL_ATTENTION_ATTENDED_AND_NO_SHOW, "booking", 0, N_("Leave it"), "main", SL_ACTION_SETTLE_CONFLICTS, leave_it },
  { SL_ATTENTION_DROPPED_DUPLICATE, "member", 0, N_("Book again"), "main", SL_ACTION_BOOK_FOR_MEMBER, book_again },
  { SL_ATTENTION_CREDITS_OWED, "member", 0, N_("Sell credits"), "main", SL_ACTION_TAKE_PAYMENT, sell_credits },
  { SL_ATTENTION_UNKNOWN_MEMBER, "booking", 0, N_("Record the visit"), "main", SL_ACTION_OVERRIDE_LATE, record_visit },
  { SL_ATTENTION_KEY_USED_TWICE, "booking", 1, N_("Cancel the second one"), "main", SL_ACTION_WAIVE_FEE,
    cancel_second },
  { SL_ATTENTION_KEY_USED_TWICE, "payment", 1, N_("Give one of them back"), "main", SL_ACTION_REFUND_MONEY,
    refund_settled },
  { SL_ATTENTION_PAID_TWICE, "sale", 0, N_("Give back"), "main", SL_ACTION_REFUND_MONEY, refund_settled },
  { SL_ATTENTION_CHARGED_TWICE, "sale", 1, N_("Give one of them back"), "main", SL_ACTION_REFUND_MONEY,
    refund_sale },
  { SL_ATTENTION_GRANTED_TWICE, "member", 0, N_("Take {credits} back"), "main", SL_ACTION_SETTLE_CONFLICTS,
    take_difference },
  { SL_ATTENTION_GRANTED_TWICE, "lot", 0, N_("Leave it"), "", SL_ACTION_SETTLE_CONFLICTS, leave_it },
  { SL_ATTENTION_REFUND_EXPIRED, "member", 0, N_("Give {credits} again"), "main", SL_ACTION_SETTLE_CONFLICTS,
    give_again },
  { SL_ATTENTION_REFUND_EXPIRED, "lot", 0, N_("Leave it"), "", SL_ACTION_SETTLE_CONFLICTS, leave_it },
  { SL_ATTENTION_PACKAGE_UNPAID, "renewal", 0, N_("Stop the renewal"), "main", SL_ACTION_TAKE_PAYMENT, stop_renewal },
  { SL_ATTENTION_DEVICE_COPIED, "replica", 0, N_("Revoke the copy"), "danger", SL_ACTION_MANAGE_DEVICES,
    revoke_device },
  { SL_ATTENTION_DEVICE_COPIED, "original", 0, N_("Revoke the original"), "", SL_ACTION_MANAGE_DEVICES, revoke_device },
  { SL_ATTENTION_CHAIN_STOPPED, "replica", 0, N_("Revoke"), "danger", SL_ACTION_MANAGE_DEVICES, revoke_device },
  { SL_ATTENTION_DEVICE_SILENT, "replica", 0, N_("Revoke"), "", SL_ACTION_MANAGE_DEVICES, revoke_device },
};

/**
 * sl_desk_remedy_subject:
 * @item: what needs attention
 * @role: of what is looked for
 * @nth: 0: the first of that role
 *
 * Returns: (transfer none) (nullable): its id
 */
const SlId *
sl_desk_remedy_subject (const SlAttentionItem *item, const char *role, guint nth)
{
  g_return_val_if_fail (item != NULL && role != NULL, NULL);
  for (guint i = 0; i < item->subjects->len; i++)
    {
      const SlAttentionSubject *subject = &g_array_index (item->subjects, SlAttentionSubject, i);

      if (g_str_equal (subject->role, role) && nth-- == 0)
        return &subject->id;
    }
  return NULL;
}

static void
add_button (GtkWidget *row, const SlAttentionItem *item, guint n, const SlId *id)
{
  const SlId *other = sl_desk_remedy_subject (item, remedies[n].role, 1 - remedies[n].nth);
  char item_text[SL_ID_TEXT_BYTES], id_text[SL_ID_TEXT_BYTES], other_text[SL_ID_TEXT_BYTES];
  g_autofree char *target = g_strdup_printf ("%u %s %s %s %" G_GINT64_FORMAT, n, sl_id_format (&item->id, item_text),
                                             sl_id_format (id, id_text),
                                             sl_id_format (other != NULL ? other : &sl_id_none, other_text),
                                             item->count);
  g_autofree char *credits = sl_record_words_credits (item->count == SL_NUMBER_NONE ? 0 : item->count);
  g_autofree char *label = sl_text_fill (_(remedies[n].label), "credits", credits, NULL);

  sl_list_row_add_button (row, label, remedies[n].style, ACTIONS ".do", target);
}

/**
 * sl_desk_remedy_add_buttons:
 * @desk: reception
 * @row: of the item, in a page with sl_desk_remedy_add_actions()
 * @item: what needs attention
 *
 * Adds what who is there may do about it.
 *
 * Returns: whether it goes by these alone
 */
gboolean
sl_desk_remedy_add_buttons (SlDesk *desk, GtkWidget *row, const SlAttentionItem *item)
{
  g_return_val_if_fail (SL_IS_DESK (desk) && row != NULL && item != NULL, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (remedies); i++)
    {
      const SlId *id = remedies[i].kind == item->kind
        ? sl_desk_remedy_subject (item, remedies[i].role, remedies[i].nth) : NULL;

      if (id != NULL && may (desk, remedies[i].needs))
        add_button (row, item, i, id);
    }
  return item->kind == SL_ATTENTION_PRINT_UNCERTAIN || item->kind == SL_ATTENTION_PRINT_FAILED;
}

static void
on_do (GSimpleAction *action, GVariant *target, gpointer page)
{
  g_auto (GStrv) words = g_strsplit (g_variant_get_string (target, NULL), " ", 5);
  Tapped tapped = { .desk = g_object_get_data (G_OBJECT (action), "desk"), .page = page };
  guint64 n;

  if (g_strv_length (words) != 5 || !g_ascii_string_to_unsigned (words[0], 10, 0, G_N_ELEMENTS (remedies) - 1, &n, NULL)
      || !sl_id_parse (words[1], &tapped.item) || !sl_id_parse (words[2], &tapped.id))
    return;
  (void) sl_id_parse (words[3], &tapped.other);
  tapped.count = g_ascii_strtoll (words[4], NULL, 10);
  remedies[n].remedy (&tapped);
}

/**
 * sl_desk_remedy_add_actions:
 * @desk: reception
 * @page: the section in whose rows the buttons will be
 */
void
sl_desk_remedy_add_actions (SlDesk *desk, GtkWidget *page)
{
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  g_autoptr (GSimpleAction) action = g_simple_action_new ("do", G_VARIANT_TYPE_STRING);

  g_return_if_fail (SL_IS_DESK (desk) && GTK_IS_WIDGET (page));
  g_object_set_data_full (G_OBJECT (action), "desk", g_object_ref (desk), g_object_unref);
  g_signal_connect_object (action, "activate", G_CALLBACK (on_do), page, 0);
  g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
  gtk_widget_insert_action_group (page, ACTIONS, G_ACTION_GROUP (group));
}
