/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sell-page"

#include "sell-page.h"

#include "parts.h"

#include <glib/gi18n-lib.h>

#define QUANTITY_MAX 99 /* over a counter; more is an order */

struct _SlSellPage {
  SlShapeBin parent_instance;

  SlSellKind kind;

  GtkStack *stack;
  GtkWidget *columns, *kind_buttons[SL_SELL_KIND_LAST], *things_box, *none_label, *make_button;
  GtkWidget *typed_box, *name_field, *count_box;
  GtkWidget *buyer_button, *counter_button, *people_box, *search_field, *search_box;
  GtkLabel *buyer_label, *count_label;
  GtkEntry *search_entry, *name_entry, *price_entry;
  gint64 quantity;
  SlPayView *pay;
  SlDoneView *done;
};

enum {
  SIGNAL_SEARCH, SIGNAL_BUYER, SIGNAL_KIND, SIGNAL_THING, SIGNAL_TYPED, SIGNAL_MAKE, SIGNAL_START_AGAIN, N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SlSellPage, sl_sell_page, SL_TYPE_SHAPE_BIN)

static void
on_search (GtkEditable *editable, SlSellPage *self)
{
  g_signal_emit (self, signals[SIGNAL_SEARCH], 0, gtk_editable_get_text (editable));
}

static void
on_person (GtkButton *row, SlSellPage *self)
{
  g_signal_emit (self, signals[SIGNAL_BUYER], 0, g_object_get_data (G_OBJECT (row), "id"));
}

static void
on_counter (GtkButton *button, SlSellPage *self)
{
  SlId nobody = sl_id_none;

  g_signal_emit (self, signals[SIGNAL_BUYER], 0, &nobody);
}

static void
on_ask_buyer (GtkButton *button, SlSellPage *self)
{
  sl_sell_page_ask_buyer (self);
}

static void
on_kind (GtkButton *button, SlSellPage *self)
{
  sl_sell_page_show_kind (self, GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "kind")));
}

static void
on_thing (GtkButton *row, SlSellPage *self)
{
  sl_parts_select_only (self->things_box, GTK_WIDGET (row));
  g_signal_emit (self, signals[SIGNAL_THING], 0, GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (row), "index")));
}

static void
on_typed (GtkEditable *editable, SlSellPage *self)
{
  g_signal_emit (self, signals[SIGNAL_TYPED], 0);
}

static void
set_quantity (SlSellPage *self, gint64 quantity)
{
  g_autofree char *text = NULL;

  self->quantity = CLAMP (quantity, 1, QUANTITY_MAX);
  text = g_strdup_printf ("× %" G_GINT64_FORMAT, self->quantity);
  gtk_label_set_label (self->count_label, text);
}

static void
on_fewer (GtkButton *button, SlSellPage *self)
{
  set_quantity (self, self->quantity - 1);
  g_signal_emit (self, signals[SIGNAL_TYPED], 0);
}

static void
on_more (GtkButton *button, SlSellPage *self)
{
  set_quantity (self, self->quantity + 1);
  g_signal_emit (self, signals[SIGNAL_TYPED], 0);
}

static void
on_make (GtkButton *button, SlSellPage *self)
{
  g_signal_emit (self, signals[SIGNAL_MAKE], 0);
}

static void
on_next (SlDoneView *view, SlSellPage *self)
{
  g_signal_emit (self, signals[SIGNAL_START_AGAIN], 0);
}

static void
sl_sell_page_shape_changed (SlShapeBin *bin, SlShape shape)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (SL_SELL_PAGE (bin)->columns), shape == SL_SHAPE_PORTRAIT
                                  ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
}

static void
sl_sell_page_class_init (SlSellPageClass *class)
{
  GType type = G_TYPE_FROM_CLASS (class);

  SL_SHAPE_BIN_CLASS (class)->shape_changed = sl_sell_page_shape_changed;
  signals[SIGNAL_SEARCH] = g_signal_new ("search", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                         G_TYPE_STRING);
  signals[SIGNAL_BUYER] = g_signal_new ("buyer", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                        G_TYPE_POINTER);
  signals[SIGNAL_KIND] = g_signal_new ("kind", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                       G_TYPE_UINT);
  signals[SIGNAL_THING] = g_signal_new ("thing", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                        G_TYPE_UINT);
  signals[SIGNAL_TYPED] = g_signal_new ("typed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_MAKE] = g_signal_new ("make", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_START_AGAIN] = g_signal_new ("start-again", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                              G_TYPE_NONE, 0);
}

static GtkWidget *
make_buyer (SlSellPage *self)
{
  GtkWidget *box = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 8);
  GtkWidget *across = sl_parts_box (GTK_ORIENTATION_HORIZONTAL, "", 12);

  self->buyer_label = GTK_LABEL (sl_parts_label (NULL, "row-title buyer"));
  gtk_widget_set_hexpand (GTK_WIDGET (self->buyer_label), TRUE);
  /* Translators: a button: somebody is looked for who buys */
  self->buyer_button = sl_parts_button (_("Choose a member"), "");
  /* Translators: a button: it is sold to nobody by name */
  self->counter_button = sl_parts_button (_("At the counter"), "");
  g_signal_connect (self->buyer_button, "clicked", G_CALLBACK (on_ask_buyer), self);
  g_signal_connect (self->counter_button, "clicked", G_CALLBACK (on_counter), self);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->buyer_label)); /* a name needs its room, whatever buttons say */
  gtk_box_append (GTK_BOX (across), self->counter_button);
  gtk_box_append (GTK_BOX (across), self->buyer_button);
  gtk_box_append (GTK_BOX (box), across);
  self->search_box = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 4);
  self->search_field = sl_parts_field (_("Name, phone number, or scan a pass"), GTK_INPUT_PURPOSE_FREE_FORM,
                                       &self->search_entry);
  g_signal_connect (self->search_entry, "changed", G_CALLBACK (on_search), self);
  self->people_box = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 4);
  gtk_box_append (GTK_BOX (self->search_box), self->search_field);
  gtk_box_append (GTK_BOX (self->search_box), self->people_box);
  gtk_box_append (GTK_BOX (box), self->search_box);
  return box;
}

static GtkWidget *
make_kinds (SlSellPage *self)
{
  static const char *const words[] = {
    [SL_SELL_PACKAGE] = N_("Packages"),
    [SL_SELL_PLAN] = N_("Plans"),
    [SL_SELL_VOUCHER] = N_("Voucher"),
    /* Translators: things that are sold beside packages, plans and vouchers */
    [SL_SELL_OTHER] = N_("Anything else"),
    /* Translators: what a member bought and has not paid yet */
    [SL_SELL_DUE] = N_("Still to pay"),
  };
  GtkWidget *flow = sl_parts_flow (3);

  for (guint i = 0; i < SL_SELL_KIND_LAST; i++)
    {
      self->kind_buttons[i] = sl_parts_button (_(words[i]), "step");
      g_object_set_data (G_OBJECT (self->kind_buttons[i]), "kind", GUINT_TO_POINTER (i));
      g_signal_connect (self->kind_buttons[i], "clicked", G_CALLBACK (on_kind), self);
      sl_parts_flow_add (flow, self->kind_buttons[i]);
    }
  return flow;
}

static GtkWidget *
make_typed (SlSellPage *self)
{
  GtkWidget *fewer = sl_parts_button ("−", "step");
  GtkWidget *more = sl_parts_button ("+", "step");

  self->typed_box = sl_parts_box (GTK_ORIENTATION_VERTICAL, "card", 12);
  self->name_field = sl_parts_field (_("What it is"), GTK_INPUT_PURPOSE_FREE_FORM, &self->name_entry);
  gtk_box_append (GTK_BOX (self->typed_box), self->name_field);
  gtk_box_append (GTK_BOX (self->typed_box), sl_parts_field (_("Price of one"), GTK_INPUT_PURPOSE_NUMBER,
                                                             &self->price_entry));
  self->count_box = sl_parts_box (GTK_ORIENTATION_HORIZONTAL, "", 16);
  self->count_label = GTK_LABEL (sl_parts_label (NULL, "row-title num"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (fewer), GTK_ACCESSIBLE_PROPERTY_LABEL, _("One less"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (more), GTK_ACCESSIBLE_PROPERTY_LABEL, _("One more"), -1);
  g_signal_connect (fewer, "clicked", G_CALLBACK (on_fewer), self);
  g_signal_connect (more, "clicked", G_CALLBACK (on_more), self);
  g_signal_connect (self->name_entry, "changed", G_CALLBACK (on_typed), self);
  g_signal_connect (self->price_entry, "changed", G_CALLBACK (on_typed), self);
  gtk_box_append (GTK_BOX (self->count_box), fewer);
  gtk_box_append (GTK_BOX (self->count_box), GTK_WIDGET (self->count_label));
  gtk_box_append (GTK_BOX (self->count_box), more);
  gtk_box_append (GTK_BOX (self->typed_box), self->count_box);
  return self->typed_box;
}

static void
sl_sell_page_init (SlSellPage *self)
{
  GtkWidget *left = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 16);

  gtk_widget_add_css_class (GTK_WIDGET (self), "desk");
  self->stack = GTK_STACK (gtk_stack_new ());
  self->columns = sl_parts_box (GTK_ORIENTATION_HORIZONTAL, "", 24);
  gtk_box_set_homogeneous (GTK_BOX (self->columns), TRUE);
  gtk_box_append (GTK_BOX (left), make_buyer (self));
  gtk_box_append (GTK_BOX (left), make_kinds (self));
  gtk_box_append (GTK_BOX (left), make_typed (self));
  self->none_label = sl_parts_label (NULL, "body quiet");
  self->things_box = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 8);
  self->make_button = sl_parts_button ("", "");
  gtk_widget_set_visible (self->make_button, FALSE);
  g_signal_connect (self->make_button, "clicked", G_CALLBACK (on_make), self);
  gtk_box_append (GTK_BOX (left), self->none_label);
  gtk_box_append (GTK_BOX (left), self->make_button);
  gtk_box_append (GTK_BOX (left), self->things_box);
  self->pay = SL_PAY_VIEW (sl_pay_view_new ());
  gtk_box_append (GTK_BOX (self->columns), sl_parts_scroll (left));
  gtk_box_append (GTK_BOX (self->columns), GTK_WIDGET (self->pay));
  self->done = SL_DONE_VIEW (sl_done_view_new ());
  g_signal_connect (self->done, "next", G_CALLBACK (on_next), self);
  gtk_stack_add_named (self->stack, self->columns, "sell");
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->done), "done");
  sl_shape_bin_set_child (SL_SHAPE_BIN (self), GTK_WIDGET (self->stack));
  sl_sell_page_clear (self);
}

/**
 * sl_sell_page_new:
 *
 * Returns: (transfer floating): a page that sells at the counter
 */
GtkWidget *
sl_sell_page_new (void)
{
  return g_object_new (SL_TYPE_SELL_PAGE, NULL);
}

static void
add_rows (SlSellPage *self, GtkWidget *box, GPtrArray *items, GCallback callback)
{
  sl_parts_clear (box);
  for (guint i = 0; i < items->len; i++)
    {
      const SlPageItem *item = items->pdata[i];
      GtkWidget *row = sl_parts_row (item->title, item->detail, item->side);

      g_object_set_data_full (G_OBJECT (row), "id", sl_id_copy (&item->id), g_free);
      g_object_set_data (G_OBJECT (row), "index", GUINT_TO_POINTER (i));
      g_signal_connect (row, "clicked", callback, self);
      gtk_box_append (GTK_BOX (box), row);
    }
}

/**
 * sl_sell_page_set_people:
 * @self: a page
 * @items: (element-type SlPageItem): who was found
 */
void
sl_sell_page_set_people (SlSellPage *self, GPtrArray *items)
{
  g_return_if_fail (SL_IS_SELL_PAGE (self) && items != NULL);
  add_rows (self, self->people_box, items, G_CALLBACK (on_person));
}

/**
 * sl_sell_page_set_buyer:
 * @self: a page
 * @name: (nullable): who buys; %NULL: somebody at the counter
 */
void
sl_sell_page_set_buyer (SlSellPage *self, const char *name)
{
  g_return_if_fail (SL_IS_SELL_PAGE (self));
  gtk_label_set_label (self->buyer_label, name != NULL ? name : _("To somebody at the counter"));
  gtk_widget_set_visible (self->counter_button, name != NULL);
  gtk_widget_set_visible (self->buyer_button, TRUE);
  gtk_widget_set_visible (self->search_box, FALSE);
  gtk_editable_set_text (GTK_EDITABLE (self->search_entry), "");
  sl_parts_clear (self->people_box);
}

/**
 * sl_sell_page_ask_buyer:
 * @self: a page
 *
 * Asks who buys.
 */
void
sl_sell_page_ask_buyer (SlSellPage *self)
{
  g_return_if_fail (SL_IS_SELL_PAGE (self));
  gtk_widget_set_visible (self->search_box, TRUE);
  gtk_widget_set_visible (self->counter_button, TRUE);
  gtk_widget_set_visible (self->buyer_button, FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

/**
 * sl_sell_page_set_things:
 * @self: a page
 * @kind: what they are: where it is no longer shown, nothing happens
 * @items: (element-type SlPageItem): what is sold
 * @none: (nullable): what to say where there are none
 */
void
sl_sell_page_set_things (SlSellPage *self, SlSellKind kind, GPtrArray *items, const char *none)
{
  g_return_if_fail (SL_IS_SELL_PAGE (self) && items != NULL);
  if (kind != self->kind)
    return;
  add_rows (self, self->things_box, items, G_CALLBACK (on_thing));
  gtk_label_set_label (GTK_LABEL (self->none_label), none != NULL ? none : "");
  gtk_widget_set_visible (self->none_label, none != NULL && items->len == 0);
}

/**
 * sl_sell_page_offer_make:
 * @self: a page that says that there is nothing to be sold
 * @label: (nullable): leads to where it is made; %NULL: this person does not make any
 */
void
sl_sell_page_offer_make (SlSellPage *self, const char *label)
{
  g_return_if_fail (SL_IS_SELL_PAGE (self));
  gtk_button_set_label (GTK_BUTTON (self->make_button), label != NULL ? label : "");
  gtk_widget_set_visible (self->make_button, label != NULL && gtk_widget_get_visible (self->none_label));
}

/**
 * sl_sell_page_select_thing:
 * @self: a page with things
 * @index: of the one that is chosen already
 */
void
sl_sell_page_select_thing (SlSellPage *self, guint index)
{
  GtkWidget *row;

  g_return_if_fail (SL_IS_SELL_PAGE (self));
  row = gtk_widget_get_first_child (self->things_box);
  for (guint i = 0; i < index && row != NULL; i++)
    row = gtk_widget_get_next_sibling (row);
  sl_parts_select_only (self->things_box, row);
}

/**
 * sl_sell_page_show_kind:
 * @self: a page
 * @kind: what is sold
 */
void
sl_sell_page_show_kind (SlSellPage *self, SlSellKind kind)
{
  g_return_if_fail (SL_IS_SELL_PAGE (self) && kind < SL_SELL_KIND_LAST);
  self->kind = kind;
  for (guint i = 0; i < SL_SELL_KIND_LAST; i++)
    sl_parts_set_class (self->kind_buttons[i], "selected", i == kind);
  sl_parts_clear (self->things_box);
  gtk_widget_set_visible (self->none_label, FALSE);
  gtk_widget_set_visible (self->make_button, FALSE);
  gtk_widget_set_visible (self->typed_box, kind == SL_SELL_VOUCHER || kind == SL_SELL_OTHER);
  gtk_widget_set_visible (self->name_field, kind == SL_SELL_OTHER);
  gtk_widget_set_visible (self->count_box, kind == SL_SELL_OTHER);
  g_signal_emit (self, signals[SIGNAL_KIND], 0, kind);
}

/**
 * sl_sell_page_get_typed:
 * @self: a page where a voucher or anything else is sold
 * @out_name: (out) (transfer full): what it is; "" for a voucher
 * @out_cents: (out): what one costs
 * @out_quantity: (out): how many
 *
 * Returns: %FALSE: something lacks
 */
gboolean
sl_sell_page_get_typed (SlSellPage *self, char **out_name, gint64 *out_cents, gint64 *out_quantity)
{
  g_return_val_if_fail (SL_IS_SELL_PAGE (self), FALSE);
  *out_name = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->name_entry))));
  *out_quantity = self->kind == SL_SELL_OTHER ? self->quantity : 1;
  return sl_parts_parse_money (gtk_editable_get_text (GTK_EDITABLE (self->price_entry)), out_cents) && *out_cents > 0
         && (self->kind == SL_SELL_VOUCHER || **out_name != '\0');
}

/**
 * sl_sell_page_show_done:
 * @self: a page
 * @is_done: it is sold
 */
void
sl_sell_page_show_done (SlSellPage *self, gboolean is_done)
{
  g_return_if_fail (SL_IS_SELL_PAGE (self));
  gtk_stack_set_visible_child_name (self->stack, is_done ? "done" : "sell");
}

/**
 * sl_sell_page_clear:
 * @self: a page
 *
 * Forgets everything, for the next sale.
 */
void
sl_sell_page_clear (SlSellPage *self)
{
  g_return_if_fail (SL_IS_SELL_PAGE (self));
  gtk_editable_set_text (GTK_EDITABLE (self->name_entry), "");
  gtk_editable_set_text (GTK_EDITABLE (self->price_entry), "");
  set_quantity (self, 1);
  sl_pay_view_reset (self->pay);
  sl_sell_page_set_buyer (self, NULL);
  sl_sell_page_show_kind (self, SL_SELL_PACKAGE);
  sl_sell_page_show_done (self, FALSE);
}

/**
 * sl_sell_page_get_pay:
 * @self: a page
 *
 * Returns: (transfer none): how it is paid
 */
SlPayView *
sl_sell_page_get_pay (SlSellPage *self)
{
  g_return_val_if_fail (SL_IS_SELL_PAGE (self), NULL);
  return self->pay;
}

/**
 * sl_sell_page_get_done:
 * @self: a page
 *
 * Returns: (transfer none): what was done
 */
SlDoneView *
sl_sell_page_get_done (SlSellPage *self)
{
  g_return_val_if_fail (SL_IS_SELL_PAGE (self), NULL);
  return self->done;
}
