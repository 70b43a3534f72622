/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-pay-view"

#include "pay-view.h"

#include "parts.h"
#include "text-fill.h"

#include "core/text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define WAYS_IN_A_ROW 3
#define WAYS_AT_ONCE_MAX 4 /* one sale's payments: oplog/money.h has the limit, no desk needs more */

static const struct {
  const char *method, *words;
} ways[] = {
  /* Translators: a way of paying */
  [SL_PAY_CASH] = { "cash", N_("Cash") },
  /* Translators: a way of paying: a bank card, at the terminal */
  [SL_PAY_CARD] = { "card", N_("Card") },
  /* Translators: a way of paying: a bank transfer */
  [SL_PAY_EFT] = { "eft", N_("EFT") },
  /* Translators: a way of paying: SnapScan, Zapper and the like, short */
  [SL_PAY_QR] = { "qr", N_("QR code") },
  /* Translators: a way of paying */
  [SL_PAY_VOUCHER] = { "voucher", N_("Voucher") },
  /* Translators: a way of paying: it is written down and paid later */
  [SL_PAY_ACCOUNT] = { "account", N_("On account") },
};
G_STATIC_ASSERT (G_N_ELEMENTS (ways) == SL_PAY_WAY_LAST);

/* What people in South Africa hand over; other currencies have the like. */
static const gint64 notes[] = { 1000, 2000, 5000, 10000, 20000 };

struct _SlPayView {
  GtkBox parent_instance;

  char *currency, *free_text, *free_verb;
  gint64 total_cents, code_max_cents;
  gboolean may_owe, is_busy;
  SlPayWay way;
  GArray *parts;   /* of SlPayPart: what was put together before the last way */
  GArray *handed;  /* (nullable) the same with the last one, for whoever listens to "pay" */
  gboolean is_part;

  GtkLabel *what_label, *total_label, *hint_label, *change_label;
  GtkWidget *paying, *ways_flow, *way_buttons[SL_PAY_WAY_LAST], *panel, *notes_box, *clear_button, *parts_box;
  GtkWidget *amount_field, *reference_field, *reference_label, *seen_button, *owe_button, *pay_button;
  GtkEntry *amount_entry, *reference_entry;
};

enum { SIGNAL_PAY, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SlPayView, sl_pay_view, GTK_TYPE_BOX)

static void
clear_part (gpointer data)
{
  g_free (((SlPayPart *) data)->reference);
}

static GArray *
parts_new (void)
{
  GArray *parts = g_array_new (FALSE, TRUE, sizeof (SlPayPart));

  g_array_set_clear_func (parts, clear_part);
  return parts;
}

static void
add_part (GArray *parts, const SlPayPart *part)
{
  SlPayPart copy = *part;

  copy.reference = g_strdup (part->reference);
  g_array_append_val (parts, copy);
}

static gint64
sum_of (const GArray *parts)
{
  gint64 sum = 0;

  for (guint i = 0; i < parts->len; i++)
    sum += g_array_index (parts, SlPayPart, i).amount_cents;
  return sum;
}

static gint64
left_to_pay (SlPayView *self)
{
  return self->total_cents - sum_of (self->parts);
}

static char *
trimmed (GtkEntry *entry)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry))));
}

/* What is typed for the way of the moment. FALSE: no amount, or a voucher without a code. */
static gboolean
read_part (SlPayView *self, SlPayPart *out)
{
  g_autofree char *amount = trimmed (self->amount_entry);
  g_autofree char *reference = trimmed (self->reference_entry);
  gint64 left = left_to_pay (self), typed = left;

  *out = (SlPayPart) { .way = self->way };
  if (*amount != '\0' && !sl_parts_parse_money (amount, &typed))
    return FALSE;
  out->amount_cents = MIN (typed, left);
  if (self->way == SL_PAY_CASH)
    out->tendered_cents = *amount != '\0' ? typed : 0;
  else if (typed > left)
    return FALSE;
  if (self->way == SL_PAY_VOUCHER && *reference == '\0')
    return FALSE;
  if (*reference != '\0' && gtk_widget_get_visible (self->reference_field))
    out->reference = g_steal_pointer (&reference);
  out->pending = self->way == SL_PAY_EFT && !gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->seen_button));
  return out->amount_cents > 0;
}

static void
set_button (GtkWidget *button, const char *label)
{
  gtk_label_set_label (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button))), label);
}

/* (nullable) (transfer full): what there is to say of a way of paying; cents: what is paid so */
static char *
hint_for (SlPayView *self, gint64 cents)
{
  if (self->way == SL_PAY_ACCOUNT)
    return g_strdup (_("It is owed until they pay it here."));
  if (self->way != SL_PAY_QR)
    return NULL;
  if (self->code_max_cents == 0)
    return g_strdup (_("No link to pay by is set, so this desk has no code to show: a manager sets it under Settings, "
                       "Payments. The money can be taken all the same: they read the studio's own code on the "
                       "counter."));
  if (cents <= self->code_max_cents)
    return g_strdup (_("The code comes next. They read it with SnapScan or Zapper."));
  g_autofree char *max = sl_money_format (self->code_max_cents, self->currency);
  return sl_text_fill (_("This desk shows a code for {amount} at most. Take a part by it and the rest another way, or "
                         "they read the studio's own code on the counter."),
                       "amount", max, NULL);
}

static void
show_hint (SlPayView *self, gint64 cents)
{
  g_autofree char *hint = hint_for (self, cents);

  gtk_widget_set_visible (GTK_WIDGET (self->hint_label), hint != NULL);
  gtk_label_set_label (self->hint_label, hint != NULL ? hint : "");
}

static void on_part_removed (GtkButton *button, SlPayView *self);

static void
fill_parts (SlPayView *self)
{
  sl_parts_clear (self->parts_box);
  for (guint i = 0; i < self->parts->len; i++)
    {
      const SlPayPart *part = &g_array_index (self->parts, SlPayPart, i);
      g_autofree char *amount = sl_money_format (part->amount_cents, self->currency);
      GtkWidget *row = sl_parts_row (_(ways[part->way].words), _("Tap to take this away"), amount);

      g_object_set_data (G_OBJECT (row), "part", GUINT_TO_POINTER (i));
      g_signal_connect (row, "clicked", G_CALLBACK (on_part_removed), self);
      gtk_box_append (GTK_BOX (self->parts_box), row);
    }
  gtk_widget_set_visible (self->parts_box, self->parts->len > 0);
}

static void
show_change (SlPayView *self, gint64 tendered_cents, gint64 left)
{
  g_autofree char *change = NULL;
  g_autofree char *text = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->change_label), self->way == SL_PAY_CASH && tendered_cents > left);
  if (tendered_cents <= left)
    return;
  change = sl_money_format (tendered_cents - left, self->currency);
  /* Translators: what is given back of the cash that was handed over */
  text = sl_text_fill (_("Change {amount}"), "amount", change, NULL);
  gtk_label_set_label (self->change_label, text);
}

/* The button says what it does: take all of it, or a part. */
static void
update_button (SlPayView *self)
{
  SlPayPart part = { .way = self->way };
  gint64 left = left_to_pay (self);
  gboolean is_good = self->total_cents == 0 || left == 0 || read_part (self, &part);
  g_autofree char *reference = self->total_cents > 0 && left > 0 ? part.reference : NULL;
  g_autofree char *label = NULL;

  gtk_widget_set_sensitive (self->pay_button, is_good && !self->is_busy);
  gtk_widget_set_visible (self->owe_button, self->may_owe && self->parts->len > 0 && left > 0);
  show_hint (self, is_good ? part.amount_cents : left);
  if (self->total_cents == 0 || left == 0)
    {
      gtk_widget_set_visible (GTK_WIDGET (self->change_label), FALSE);
      set_button (self->pay_button, self->total_cents == 0 ? self->free_verb : _("Done"));
      return;
    }
  show_change (self, part.tendered_cents, left);
  g_autofree char *amount = sl_money_format (is_good ? part.amount_cents : left, self->currency);
  g_autofree char *rest = sl_money_format (is_good ? left - part.amount_cents : 0, self->currency);
  if (is_good && part.amount_cents < left)
    /* Translators: a button: takes a part of what is to be paid; {rest} is paid in another way after it */
    label = sl_text_fill (_("Take {amount}, {rest} another way"), "amount", amount, "rest", rest, NULL);
  else if (self->way == SL_PAY_QR && left <= self->code_max_cents)
    /* Translators: a button: goes on and shows a code to pay {amount} with a telephone */
    label = sl_text_fill (_("Show the code for {amount}"), "amount", amount, NULL);
  else if (self->way == SL_PAY_ACCOUNT)
    label = sl_text_fill (_("Put {amount} on account"), "amount", amount, NULL);
  else if (self->way == SL_PAY_QR || (is_good && part.pending))
    /* Translators: a button: a bank transfer of {amount} was promised and not seen yet */
    label = sl_text_fill (_("Wait for {amount}"), "amount", amount, NULL);
  else
    /* Translators: a button: the money is taken */
    label = sl_text_fill (_("Take {amount}"), "amount", amount, NULL);
  set_button (self->pay_button, label);
}

static void
show_total (SlPayView *self)
{
  gboolean is_free = self->total_cents == 0;
  gint64 left = left_to_pay (self);
  g_autofree char *amount = sl_money_format (left, self->currency);

  gtk_label_set_label (self->what_label, is_free                  ? _("Nothing to pay")
                                         : self->parts->len > 0 ? _("Still to pay")
                                                                  : _("To pay"));
  gtk_label_set_label (self->total_label, is_free ? self->free_text : amount);
  gtk_label_set_wrap (self->total_label, is_free); /* an amount in two lines is no amount */
  sl_parts_set_class (GTK_WIDGET (self->total_label), "big", !is_free);
  gtk_widget_set_visible (self->paying, !is_free && left > 0);
}

static void
update (SlPayView *self)
{
  show_total (self);
  fill_parts (self);
  update_button (self);
}

static void
set_field_label (GtkEntry *entry, GtkWidget *label, const char *text)
{
  gtk_label_set_label (GTK_LABEL (label), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

/* The fields of a way of paying. */
static void
show_way (SlPayView *self)
{
  gboolean cash = self->way == SL_PAY_CASH;
  gboolean refers = self->way == SL_PAY_CARD || self->way == SL_PAY_EFT || self->way == SL_PAY_VOUCHER;

  for (int i = 0; i < SL_PAY_WAY_LAST; i++)
    sl_parts_set_class (self->way_buttons[i], "selected", i == (int) self->way);
  gtk_widget_set_visible (self->notes_box, cash);
  gtk_widget_set_visible (self->clear_button, cash);
  gtk_widget_set_visible (self->reference_field, refers);
  gtk_widget_set_visible (self->seen_button, self->way == SL_PAY_EFT);
  set_field_label (self->reference_entry, self->reference_label,
                   self->way == SL_PAY_CARD  ? _("Slip number")
                   : self->way == SL_PAY_EFT ? _("Reference of the transfer")
                                             : _("Code of the voucher"));
  set_field_label (self->amount_entry, gtk_widget_get_first_child (self->amount_field),
                   /* Translators: cash that was handed over */
                   cash ? _("Received") : _("Amount, if only a part"));
  update (self);
}

static void
clear_fields (SlPayView *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->amount_entry), "");
  gtk_editable_set_text (GTK_EDITABLE (self->reference_entry), "");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->seen_button), TRUE);
}

static void
on_way (GtkButton *button, SlPayView *self)
{
  SlPayWay way = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "way"));

  if (way == self->way)
    return;
  self->way = way;
  clear_fields (self);
  show_way (self);
}

static void
on_note (GtkButton *button, SlPayView *self)
{
  gint64 note = notes[GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "note"))], before = 0;
  g_autofree char *typed = trimmed (self->amount_entry);

  if (*typed != '\0' && !sl_parts_parse_money (typed, &before))
    before = 0;
  g_autofree char *text = sl_parts_format_plain (before + note);
  gtk_editable_set_text (GTK_EDITABLE (self->amount_entry), text);
}

static void
on_none_yet (GtkButton *button, SlPayView *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->amount_entry), "");
}

static void
on_typed (GtkEditable *editable, SlPayView *self)
{
  update_button (self);
}

static void
on_eft_seen (GtkToggleButton *button, SlPayView *self)
{
  set_button (GTK_WIDGET (button), gtk_toggle_button_get_active (button) ? _("✓ Seen in the bank") : _("Not seen yet"));
  update_button (self);
}

static void
on_part_removed (GtkButton *button, SlPayView *self)
{
  g_array_remove_index (self->parts, GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "part")));
  update (self);
}

static void
hand_over (SlPayView *self, const SlPayPart *last, gboolean is_part)
{
  g_clear_pointer (&self->handed, g_array_unref);
  self->handed = parts_new ();
  for (guint i = 0; i < self->parts->len; i++)
    add_part (self->handed, &g_array_index (self->parts, SlPayPart, i));
  if (last != NULL)
    add_part (self->handed, last);
  self->is_part = is_part;
  g_signal_emit (self, signals[SIGNAL_PAY], 0);
}

static void
on_pay (GtkWidget *widget, SlPayView *self)
{
  SlPayPart part = { .way = self->way };

  if (self->is_busy)
    return;
  if (left_to_pay (self) == 0)
    {
      hand_over (self, NULL, FALSE);
      return;
    }
  gboolean is_good = read_part (self, &part);
  g_autofree char *reference = part.reference;
  if (!is_good)
    return;
  if (part.amount_cents == left_to_pay (self))
    {
      hand_over (self, &part, FALSE);
      return;
    }
  if (self->parts->len + 1 >= WAYS_AT_ONCE_MAX)
    return;
  add_part (self->parts, &part);
  clear_fields (self);
  update (self);
}

static void
on_owe (GtkButton *button, SlPayView *self)
{
  if (!self->is_busy)
    hand_over (self, NULL, TRUE);
}

static void
sl_pay_view_finalize (GObject *object)
{
  SlPayView *self = SL_PAY_VIEW (object);

  g_free (self->currency);
  g_free (self->free_text);
  g_free (self->free_verb);
  g_array_unref (self->parts);
  g_clear_pointer (&self->handed, g_array_unref);
  G_OBJECT_CLASS (sl_pay_view_parent_class)->finalize (object);
}

static void
sl_pay_view_class_init (SlPayViewClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sl_pay_view_finalize;
  signals[SIGNAL_PAY] = g_signal_new ("pay", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                      G_TYPE_NONE, 0);
}

static GtkWidget *
make_ways (SlPayView *self)
{
  GtkWidget *flow = sl_parts_flow (WAYS_IN_A_ROW);

  for (guint i = 0; i < SL_PAY_WAY_LAST; i++)
    {
      GtkWidget *button = sl_parts_button (_(ways[i].words), "pay-way");

      g_object_set_data (G_OBJECT (button), "way", GUINT_TO_POINTER (i));
      g_signal_connect (button, "clicked", G_CALLBACK (on_way), self);
      self->way_buttons[i] = button;
      sl_parts_flow_add (flow, button);
    }
  return flow;
}

static void
fill_notes (SlPayView *self)
{
  GtkWidget *button;

  sl_parts_clear (self->notes_box);
  for (guint i = 0; i < G_N_ELEMENTS (notes); i++)
    {
      g_autofree char *amount = sl_money_format (notes[i], self->currency);

      if (g_str_has_suffix (amount, ".00"))
        amount[strlen (amount) - strlen (".00")] = '\0';
      button = sl_parts_button (amount, "pay-note num");
      g_object_set_data (G_OBJECT (button), "note", GUINT_TO_POINTER (i));
      g_signal_connect (button, "clicked", G_CALLBACK (on_note), self);
      sl_parts_flow_add (self->notes_box, button);
    }
}

static GtkWidget *
make_panel (SlPayView *self)
{
  GtkWidget *panel = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 12);
  GtkWidget *fields = sl_parts_box (GTK_ORIENTATION_HORIZONTAL, "", 12);

  self->notes_box = sl_parts_flow (G_N_ELEMENTS (notes));
  self->hint_label = GTK_LABEL (sl_parts_label (NULL, "body quiet"));
  self->reference_field = sl_parts_field (_("Slip number"), GTK_INPUT_PURPOSE_FREE_FORM, &self->reference_entry);
  self->reference_label = gtk_widget_get_first_child (self->reference_field);
  self->amount_field = sl_parts_field (_("Received"), GTK_INPUT_PURPOSE_NUMBER, &self->amount_entry);
  gtk_widget_set_hexpand (self->reference_field, TRUE);
  gtk_widget_set_hexpand (self->amount_field, TRUE);
  gtk_box_append (GTK_BOX (fields), self->reference_field);
  gtk_box_append (GTK_BOX (fields), self->amount_field);
  /* Translators: a button: the cash that was counted so far is counted again from nothing */
  self->clear_button = sl_parts_button (_("Clear"), "");
  gtk_widget_set_valign (self->clear_button, GTK_ALIGN_END);
  g_signal_connect (self->clear_button, "clicked", G_CALLBACK (on_none_yet), self);
  gtk_box_append (GTK_BOX (fields), self->clear_button);
  self->seen_button = gtk_toggle_button_new ();
  gtk_button_set_child (GTK_BUTTON (self->seen_button), sl_parts_label (_("✓ Seen in the bank"), ""));
  gtk_label_set_xalign (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (self->seen_button))), 0.5);
  gtk_widget_add_css_class (self->seen_button, "action");
  self->change_label = GTK_LABEL (sl_parts_label (NULL, "num pay-change"));
  gtk_box_append (GTK_BOX (panel), self->notes_box);
  gtk_box_append (GTK_BOX (panel), fields);
  gtk_box_append (GTK_BOX (panel), self->seen_button);
  gtk_box_append (GTK_BOX (panel), GTK_WIDGET (self->hint_label));
  g_signal_connect (self->amount_entry, "changed", G_CALLBACK (on_typed), self);
  g_signal_connect (self->reference_entry, "changed", G_CALLBACK (on_typed), self);
  g_signal_connect (self->amount_entry, "activate", G_CALLBACK (on_pay), self);
  g_signal_connect (self->reference_entry, "activate", G_CALLBACK (on_pay), self);
  g_signal_connect (self->seen_button, "toggled", G_CALLBACK (on_eft_seen), self);
  return panel;
}

static void
sl_pay_view_init (SlPayView *self)
{
  GtkWidget *body = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 12);
  GtkWidget *actions = sl_parts_box (GTK_ORIENTATION_HORIZONTAL, "", 12);
  GtkWidget *sums = sl_parts_flow (2); /* the change is read beside the price; in large type, below it */

  self->parts = parts_new ();
  self->currency = g_strdup ("");
  self->free_text = g_strdup ("");
  self->free_verb = g_strdup (_("Done"));
  self->code_max_cents = G_MAXINT64;
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 12);
  gtk_widget_add_css_class (GTK_WIDGET (self), "card");
  self->what_label = GTK_LABEL (sl_parts_label (NULL, "quiet"));
  self->total_label = GTK_LABEL (sl_parts_label (NULL, "pay-total"));
  self->paying = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 12);
  self->ways_flow = make_ways (self);
  self->panel = make_panel (self);
  self->parts_box = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 4);
  gtk_box_append (GTK_BOX (self->paying), self->ways_flow);
  gtk_box_append (GTK_BOX (self->paying), self->panel);
  gtk_box_append (GTK_BOX (body), GTK_WIDGET (self->what_label));
  gtk_flow_box_set_homogeneous (GTK_FLOW_BOX (sums), FALSE);
  gtk_label_set_wrap (self->change_label, FALSE);
  sl_parts_flow_add (sums, GTK_WIDGET (self->total_label));
  sl_parts_flow_add (sums, GTK_WIDGET (self->change_label));
  gtk_box_append (GTK_BOX (body), sums);
  gtk_box_append (GTK_BOX (body), self->parts_box);
  gtk_box_append (GTK_BOX (body), self->paying);
  gtk_box_append (GTK_BOX (self), sl_parts_scroll (body));
  /* Translators: a button: what is left of a price is paid on another day */
  self->owe_button = sl_parts_button (_("The rest later"), "");
  self->pay_button = sl_parts_button ("", "main pay-main");
  gtk_widget_set_hexpand (self->pay_button, TRUE);
  g_signal_connect (self->owe_button, "clicked", G_CALLBACK (on_owe), self);
  g_signal_connect (self->pay_button, "clicked", G_CALLBACK (on_pay), self);
  gtk_box_append (GTK_BOX (actions), self->owe_button);
  gtk_box_append (GTK_BOX (actions), self->pay_button);
  gtk_box_append (GTK_BOX (self), actions);
  fill_notes (self);
  show_way (self);
}

/**
 * sl_pay_view_new:
 *
 * Returns: (transfer floating): a view with nothing to pay
 */
GtkWidget *
sl_pay_view_new (void)
{
  return g_object_new (SL_TYPE_PAY_VIEW, NULL);
}

/**
 * sl_pay_view_reset:
 * @self: a view
 *
 * Forgets what was typed, for the next person.
 */
void
sl_pay_view_reset (SlPayView *self)
{
  g_return_if_fail (SL_IS_PAY_VIEW (self));
  g_array_set_size (self->parts, 0);
  g_clear_pointer (&self->handed, g_array_unref);
  self->way = SL_PAY_CASH;
  clear_fields (self);
  show_way (self);
}

/**
 * sl_pay_view_set_total:
 * @self: a view
 * @total_cents: what is to be paid, 0 or more
 * @currency: ISO 4217 code of the studio
 *
 * What was typed stays, but for parts of another total.
 */
void
sl_pay_view_set_total (SlPayView *self, gint64 total_cents, const char *currency)
{
  g_return_if_fail (SL_IS_PAY_VIEW (self) && total_cents >= 0 && currency != NULL);
  if (g_strcmp0 (self->currency, currency) != 0)
    {
      g_free (self->currency);
      self->currency = g_strdup (currency);
      fill_notes (self);
    }
  if (total_cents != self->total_cents)
    g_array_set_size (self->parts, 0);
  self->total_cents = total_cents;
  update (self);
}

/**
 * sl_pay_view_set_free:
 * @self: a view
 * @text: why there is nothing to pay: "1 of 8 credits"
 * @verb: what the button does then: "Book"
 */
void
sl_pay_view_set_free (SlPayView *self, const char *text, const char *verb)
{
  g_return_if_fail (SL_IS_PAY_VIEW (self) && text != NULL && verb != NULL);
  g_free (self->free_text);
  g_free (self->free_verb);
  self->free_text = g_strdup (text);
  self->free_verb = g_strdup (verb);
  update (self);
}

/**
 * sl_pay_view_set_ways:
 * @self: a view
 * @for_member: somebody who is known pays: it may go on account
 * @for_voucher: what is sold is a voucher: money alone pays for it
 */
void
sl_pay_view_set_ways (SlPayView *self, gboolean for_member, gboolean for_voucher)
{
  g_return_if_fail (SL_IS_PAY_VIEW (self));
  gtk_widget_set_visible (self->way_buttons[SL_PAY_ACCOUNT], for_member && !for_voucher);
  gtk_widget_set_visible (self->way_buttons[SL_PAY_VOUCHER], !for_voucher);
  if (gtk_widget_get_visible (self->way_buttons[self->way]))
    return;
  self->way = SL_PAY_CASH;
  clear_fields (self);
  show_way (self);
}

/**
 * sl_pay_view_set_may_owe:
 * @self: a view
 * @may_owe: a part may be paid now, and the rest on another day
 */
void
sl_pay_view_set_may_owe (SlPayView *self, gboolean may_owe)
{
  g_return_if_fail (SL_IS_PAY_VIEW (self));
  self->may_owe = may_owe;
  update_button (self);
}

/**
 * sl_pay_view_set_code_max:
 * @self: a view
 * @max_cents: a code can be shown that leads to where so much at most is paid; 0: none can. At first any amount
 */
void
sl_pay_view_set_code_max (SlPayView *self, gint64 max_cents)
{
  g_return_if_fail (SL_IS_PAY_VIEW (self) && max_cents >= 0);
  if (self->code_max_cents == max_cents)
    return;
  self->code_max_cents = max_cents;
  show_way (self);
}

/**
 * sl_pay_view_set_busy:
 * @self: a view
 * @busy: it is being recorded: a second tap does nothing
 */
void
sl_pay_view_set_busy (SlPayView *self, gboolean busy)
{
  g_return_if_fail (SL_IS_PAY_VIEW (self));
  self->is_busy = busy;
  update_button (self);
}

/**
 * sl_pay_view_limit_voucher:
 * @self: a view where a voucher's code is typed
 * @left_cents: what is left on it: it pays so much, the rest is paid another way
 */
void
sl_pay_view_limit_voucher (SlPayView *self, gint64 left_cents)
{
  g_return_if_fail (SL_IS_PAY_VIEW (self));
  if (self->way != SL_PAY_VOUCHER || left_cents <= 0 || left_cents >= left_to_pay (self))
    return;
  g_autofree char *text = sl_parts_format_plain (left_cents);
  gtk_editable_set_text (GTK_EDITABLE (self->amount_entry), text);
  on_pay (GTK_WIDGET (self->pay_button), self);
  self->way = SL_PAY_CASH;
  show_way (self);
}

/**
 * sl_pay_view_get_parts:
 * @self: a view, after "pay"
 * @out_part: (out): they do not come to all of it: the rest is paid on another day
 *
 * Returns: (transfer none) (nullable) (element-type SlPayPart): how it is paid, until "pay" comes again; empty where
 *   there is nothing to pay
 */
const GArray *
sl_pay_view_get_parts (SlPayView *self, gboolean *out_part)
{
  g_return_val_if_fail (SL_IS_PAY_VIEW (self) && out_part != NULL, NULL);
  *out_part = self->is_part;
  return self->handed;
}

/**
 * sl_pay_way_method:
 * @way: a way of paying
 *
 * Returns: (transfer none): the engine's word for it
 */
const char *
sl_pay_way_method (SlPayWay way)
{
  g_return_val_if_fail (way < SL_PAY_WAY_LAST, NULL);
  return ways[way].method;
}

/**
 * sl_pay_method_words:
 * @method: the engine's word for a way of paying
 *
 * Returns: (transfer none): people's, in the language of the moment
 */
const char *
sl_pay_method_words (const char *method)
{
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    if (g_strcmp0 (method, ways[i].method) == 0)
      return _(ways[i].words);
  /* Translators: ways of paying */
  return g_strcmp0 (method, "online") == 0 ? _("Card on the internet") : _("Another way");
}
