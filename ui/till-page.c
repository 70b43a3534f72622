/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-till-page"

#include "till-page.h"

#include "list-fill.h"
#include "parts.h"
#include "text-fill.h"
#include "widgets/sheet.h"

#include "core/text.h"

#include <glib/gi18n-lib.h>

struct _SlTillPage {
  SlShapeBin parent_instance;

  gboolean is_open, takes_out;
  gint64 expected_cents, left_cents;
  char *currency;
  SlId receipt, payment;

  GtkWidget *columns, *open_buttons, *closed_buttons, *state_rows, *takings_box, *pending_box, *receipts_box;
  GtkLabel *state_label, *total_label, *receipts_label;
  GtkEntry *search_entry;

  SlSheet *sheet; /* (nullable) weak; what follows belongs to it */
  GtkEntry *amount_entry, *reason_entry;
  GtkLabel *note_label;
  GtkWidget *do_button;
};

enum { SIGNAL_OPEN, SIGNAL_CASH, SIGNAL_CLOSE, SIGNAL_REFUND, SIGNAL_RECEIPT, SIGNAL_PRINT, SIGNAL_SETTLE,
       SIGNAL_SEARCH, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SlTillPage, sl_till_page, SL_TYPE_SHAPE_BIN)

/* --- sheets --- */

static gboolean
read_amount (SlTillPage *self, gint64 *out_cents)
{
  return sl_parts_parse_money (gtk_editable_get_text (GTK_EDITABLE (self->amount_entry)), out_cents);
}

static char *
read_reason (SlTillPage *self)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->reason_entry))));
}

/* A sheet with an amount, and a reason where one is wanted. update: told when somebody types. */
static void
present_sheet (SlTillPage *self, const char *title, const char *amount, const char *reason, GCallback update)
{
  GtkWidget *box = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 16);

  sl_till_page_close_sheet (self);
  g_set_weak_pointer (&self->sheet, sl_sheet_new (title));
  gtk_box_append (GTK_BOX (box), sl_parts_field (amount, GTK_INPUT_PURPOSE_NUMBER, &self->amount_entry));
  g_signal_connect_swapped (self->amount_entry, "changed", update, self);
  if (reason != NULL)
    {
      gtk_box_append (GTK_BOX (box), sl_parts_field (reason, GTK_INPUT_PURPOSE_FREE_FORM, &self->reason_entry));
      g_signal_connect_swapped (self->reason_entry, "changed", update, self);
    }
  self->note_label = GTK_LABEL (sl_parts_label (NULL, "body num till-note"));
  gtk_label_set_max_width_chars (self->note_label, 40);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->note_label));
  sl_sheet_set_child (self->sheet, box);
  sl_sheet_add_action (self->sheet, _("Leave it"), "", NULL, NULL);
}

static void
present_with (SlTillPage *self, const char *label, const char *style, GCallback callback)
{
  self->do_button = sl_sheet_add_action (self->sheet, label, style, callback, self);
  sl_sheet_present (self->sheet, GTK_WIDGET (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->amount_entry));
}

static void
set_do (SlTillPage *self, gboolean can, const char *label)
{
  gtk_widget_set_sensitive (self->do_button, can);
  if (label != NULL)
    gtk_label_set_label (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (self->do_button))), label);
}

static void
update_open (SlTillPage *self)
{
  gint64 cents;

  set_do (self, read_amount (self, &cents), NULL);
}

static void
do_open (GtkButton *button, SlTillPage *self)
{
  gint64 cents;

  if (read_amount (self, &cents))
    g_signal_emit (self, signals[SIGNAL_OPEN], 0, cents);
}

static void
on_open (GtkButton *button, SlTillPage *self)
{
  present_sheet (self, _("Open the till"), _("Cash in it now, the float"), NULL, G_CALLBACK (update_open));
  present_with (self, _("Open it"), "main", G_CALLBACK (do_open));
  update_open (self);
}

static void
update_cash (SlTillPage *self)
{
  g_autofree char *reason = read_reason (self);
  gint64 cents;

  set_do (self, read_amount (self, &cents) && cents > 0 && *reason != '\0', NULL);
}

static void
do_cash (GtkButton *button, SlTillPage *self)
{
  g_autofree char *reason = read_reason (self);
  gint64 cents;

  if (read_amount (self, &cents))
    g_signal_emit (self, signals[SIGNAL_CASH], 0, self->takes_out ? -cents : cents, reason);
}

static void
on_cash_in (GtkButton *button, SlTillPage *self)
{
  self->takes_out = FALSE;
  present_sheet (self, _("Put cash in"), _("Amount"), _("What for"), G_CALLBACK (update_cash));
  present_with (self, _("Put it in"), "main", G_CALLBACK (do_cash));
  update_cash (self);
}

static void
on_cash_out (GtkButton *button, SlTillPage *self)
{
  self->takes_out = TRUE;
  present_sheet (self, _("Take cash out"), _("Amount"), _("What for"), G_CALLBACK (update_cash));
  present_with (self, _("Take it out"), "main", G_CALLBACK (do_cash));
  update_cash (self);
}

/* The difference is said before it is written down. */
static void
update_close (SlTillPage *self)
{
  gint64 counted;
  gboolean can = read_amount (self, &counted);
  gint64 difference = can ? counted - self->expected_cents : 0;
  g_autofree char *expected = sl_money_format (self->expected_cents, self->currency);
  g_autofree char *amount = sl_money_format (ABS (difference), self->currency);
  g_autofree char *words = NULL;

  if (!can)
    words = sl_text_fill (_("There should be {amount} in it."), "amount", expected, NULL);
  else if (difference == 0)
    words = sl_text_fill (_("✓ {amount}, as it should be."), "amount", expected, NULL);
  else if (difference < 0)
    /* Translators: less cash was counted than there should be */
    words = sl_text_fill (_("{amount} short: there should be {expected}."), "amount", amount, "expected", expected,
                          NULL);
  else
    /* Translators: more cash was counted than there should be */
    words = sl_text_fill (_("{amount} over: there should be {expected}."), "amount", amount, "expected", expected,
                          NULL);
  gtk_label_set_label (self->note_label, words);
  set_do (self, can, can && difference != 0 ? _("Close it with the difference") : _("Close it"));
}

static void
do_close (GtkButton *button, SlTillPage *self)
{
  g_autofree char *note = read_reason (self);
  gint64 cents;

  if (read_amount (self, &cents))
    g_signal_emit (self, signals[SIGNAL_CLOSE], 0, cents, note);
}

static void
on_close (GtkButton *button, SlTillPage *self)
{
  present_sheet (self, _("Close the till"), _("Cash counted"), _("Note, if any"), G_CALLBACK (update_close));
  present_with (self, _("Close it"), "danger", G_CALLBACK (do_close));
  update_close (self);
}

/* --- money back --- */

static void
update_refund (SlTillPage *self)
{
  g_autofree char *reason = read_reason (self);
  gint64 cents;
  gboolean can = read_amount (self, &cents) && cents > 0;
  g_autofree char *most = sl_money_format (self->left_cents, self->currency);
  g_autofree char *amount = sl_money_format (can ? cents : 0, self->currency);
  g_autofree char *words = NULL;
  g_autofree char *label = sl_text_fill (_("Give {amount} back"), "amount", amount, NULL);

  if (can && cents > self->left_cents)
    words = sl_text_fill (_("At most {amount} of it can be given back."), "amount", most, NULL);
  else
    words = g_strdup (*reason == '\0' ? _("Say why: it stands on the credit note.")
                                      : _("What it bought is taken back, too."));
  gtk_label_set_label (self->note_label, words);
  set_do (self, can && cents <= self->left_cents && *reason != '\0', can ? label : _("Give it back"));
}

static void
do_refund (GtkButton *button, SlTillPage *self)
{
  g_autofree char *reason = read_reason (self);
  SlId payment = self->payment;
  gint64 cents;

  if (!read_amount (self, &cents))
    return;
  g_signal_emit (self, signals[SIGNAL_REFUND], 0, &payment, cents, reason);
}

static void
on_refund (GtkButton *row, SlTillPage *self)
{
  g_autofree char *plain = NULL;

  self->payment = *(const SlId *) g_object_get_data (G_OBJECT (row), "id");
  self->left_cents = *(const gint64 *) g_object_get_data (G_OBJECT (row), "cents");
  plain = sl_parts_format_plain (self->left_cents);
  present_sheet (self, _("Give money back"), _("Amount"), _("Why"), G_CALLBACK (update_refund));
  present_with (self, _("Give it back"), "danger", G_CALLBACK (do_refund));
  gtk_editable_set_text (GTK_EDITABLE (self->amount_entry), plain);
  update_refund (self);
}

static void
on_print (GtkButton *button, SlTillPage *self)
{
  SlId receipt = self->receipt;

  sl_till_page_close_sheet (self);
  g_signal_emit (self, signals[SIGNAL_PRINT], 0, &receipt);
}

static void
on_receipt (GtkButton *row, SlTillPage *self)
{
  g_signal_emit (self, signals[SIGNAL_RECEIPT], 0, g_object_get_data (G_OBJECT (row), "id"));
}

static void
on_come (GtkButton *button, SlTillPage *self)
{
  g_signal_emit (self, signals[SIGNAL_SETTLE], 0, g_object_get_data (G_OBJECT (button), "id"), TRUE);
}

static void
on_not_come (GtkButton *button, SlTillPage *self)
{
  g_signal_emit (self, signals[SIGNAL_SETTLE], 0, g_object_get_data (G_OBJECT (button), "id"), FALSE);
}

static void
on_search (GtkEditable *editable, SlTillPage *self)
{
  g_signal_emit (self, signals[SIGNAL_SEARCH], 0);
}

/* --- the page --- */

static void
sl_till_page_shape_changed (SlShapeBin *bin, SlShape shape)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (SL_TILL_PAGE (bin)->columns), shape == SL_SHAPE_PORTRAIT
                                  ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
}

static void
sl_till_page_dispose (GObject *object)
{
  g_clear_weak_pointer (&SL_TILL_PAGE (object)->sheet);
  G_OBJECT_CLASS (sl_till_page_parent_class)->dispose (object);
}

static void
sl_till_page_finalize (GObject *object)
{
  g_free (SL_TILL_PAGE (object)->currency);
  G_OBJECT_CLASS (sl_till_page_parent_class)->finalize (object);
}

static void
sl_till_page_class_init (SlTillPageClass *class)
{
  SL_SHAPE_BIN_CLASS (class)->shape_changed = sl_till_page_shape_changed;
  G_OBJECT_CLASS (class)->dispose = sl_till_page_dispose;
  G_OBJECT_CLASS (class)->finalize = sl_till_page_finalize;
  GType type = G_TYPE_FROM_CLASS (class);
  signals[SIGNAL_OPEN] = g_signal_new ("open", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                       G_TYPE_INT64);
  signals[SIGNAL_CASH] = g_signal_new ("cash", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                       G_TYPE_INT64, G_TYPE_STRING);
  signals[SIGNAL_CLOSE] = g_signal_new ("close", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                        G_TYPE_INT64, G_TYPE_STRING);
  signals[SIGNAL_REFUND] = g_signal_new ("refund", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                                         G_TYPE_POINTER, G_TYPE_INT64, G_TYPE_STRING);
  signals[SIGNAL_RECEIPT] = g_signal_new ("receipt", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                          G_TYPE_POINTER);
  signals[SIGNAL_PRINT] = g_signal_new ("print", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                        G_TYPE_POINTER);
  signals[SIGNAL_SEARCH] = g_signal_new ("search", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_SETTLE] = g_signal_new ("settle", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                         G_TYPE_POINTER, G_TYPE_BOOLEAN);
}

static void
add_button (GtkWidget *box, const char *label, const char *style, GCallback callback, SlTillPage *self)
{
  GtkWidget *button = sl_parts_button (label, style);

  g_signal_connect (button, "clicked", callback, self);
  gtk_box_append (GTK_BOX (box), button);
}

static GtkWidget *
make_till (SlTillPage *self)
{
  GtkWidget *card = sl_parts_box (GTK_ORIENTATION_VERTICAL, "card", 12);
  GtkWidget *cash = sl_parts_box (GTK_ORIENTATION_HORIZONTAL, "", 12);

  self->state_label = GTK_LABEL (sl_parts_label (NULL, "row-title till-state"));
  self->state_rows = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 4);
  self->closed_buttons = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 12);
  self->open_buttons = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 12);
  add_button (self->closed_buttons, _("Open the till"), "main", G_CALLBACK (on_open), self);
  gtk_box_set_homogeneous (GTK_BOX (cash), TRUE);
  add_button (cash, _("Cash in"), "", G_CALLBACK (on_cash_in), self);
  add_button (cash, _("Cash out"), "", G_CALLBACK (on_cash_out), self);
  gtk_box_append (GTK_BOX (self->open_buttons), cash);
  add_button (self->open_buttons, _("Count and close"), "main", G_CALLBACK (on_close), self);
  gtk_box_append (GTK_BOX (card), GTK_WIDGET (self->state_label));
  gtk_box_append (GTK_BOX (card), self->state_rows);
  gtk_box_append (GTK_BOX (card), self->closed_buttons);
  gtk_box_append (GTK_BOX (card), self->open_buttons);
  return card;
}

static void
sl_till_page_init (SlTillPage *self)
{
  GtkWidget *left = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 16);
  GtkWidget *right = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 12);
  GtkWidget *takings = sl_parts_box (GTK_ORIENTATION_VERTICAL, "card", 8);

  self->currency = g_strdup ("");
  gtk_widget_add_css_class (GTK_WIDGET (self), "desk");
  self->columns = sl_parts_box (GTK_ORIENTATION_HORIZONTAL, "", 24);
  gtk_box_set_homogeneous (GTK_BOX (self->columns), TRUE);
  self->takings_box = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 4);
  self->total_label = GTK_LABEL (sl_parts_label (NULL, "row-title num till-total"));
  self->pending_box = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 8);
  self->receipts_box = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 8);
  gtk_box_append (GTK_BOX (takings), sl_parts_label (_("Taken at this desk"), "row-title"));
  gtk_box_append (GTK_BOX (takings), self->takings_box);
  gtk_box_append (GTK_BOX (takings), GTK_WIDGET (self->total_label));
  gtk_box_append (GTK_BOX (left), make_till (self));
  gtk_box_append (GTK_BOX (left), takings);
  gtk_box_append (GTK_BOX (right), self->pending_box);
  gtk_box_append (GTK_BOX (right), sl_parts_field (_("An older receipt: its number, or day, month, year"),
                                                   GTK_INPUT_PURPOSE_NUMBER, &self->search_entry));
  g_signal_connect (self->search_entry, "changed", G_CALLBACK (on_search), self);
  self->receipts_label = GTK_LABEL (sl_parts_label (_("Receipts of today"), "row-title"));
  gtk_box_append (GTK_BOX (right), GTK_WIDGET (self->receipts_label));
  gtk_box_append (GTK_BOX (right), self->receipts_box);
  gtk_box_append (GTK_BOX (self->columns), sl_parts_scroll (left));
  gtk_box_append (GTK_BOX (self->columns), sl_parts_scroll (right));
  sl_shape_bin_set_child (SL_SHAPE_BIN (self), self->columns);
}

/**
 * sl_till_page_new:
 *
 * Returns: (transfer floating): an empty page
 */
GtkWidget *
sl_till_page_new (void)
{
  return g_object_new (SL_TYPE_TILL_PAGE, NULL);
}

/* Words to the left, an amount to the right. */
static void
add_line (GtkWidget *box, const char *words, const char *detail, const char *amount)
{
  GtkWidget *line = sl_parts_box (GTK_ORIENTATION_HORIZONTAL, "till-line", 16);
  GtkWidget *left = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 0);
  GtkWidget *right = sl_parts_label (amount, "num");

  gtk_box_append (GTK_BOX (left), sl_parts_label (words, ""));
  if (detail != NULL)
    gtk_box_append (GTK_BOX (left), sl_parts_label (detail, "row-detail quiet num"));
  gtk_widget_set_hexpand (left, TRUE);
  gtk_label_set_wrap (GTK_LABEL (right), FALSE);
  gtk_box_append (GTK_BOX (line), left);
  gtk_box_append (GTK_BOX (line), right);
  gtk_box_append (GTK_BOX (box), line);
}

static void
add_amount (SlTillPage *self, const char *words, gint64 cents)
{
  g_autofree char *amount = sl_money_format (cents, self->currency);

  add_line (self->state_rows, words, NULL, amount);
}

/**
 * sl_till_page_set_state:
 * @self: a page
 * @state: how the till stands; copied
 */
void
sl_till_page_set_state (SlTillPage *self, const SlTillState *state)
{
  g_autofree char *words = NULL;

  g_return_if_fail (SL_IS_TILL_PAGE (self) && state != NULL && state->currency != NULL);
  g_free (self->currency);
  self->currency = g_strdup (state->currency);
  self->is_open = state->is_open;
  self->expected_cents = state->expected_cents;
  /* Translators: {time} is when the till was opened */
  words = state->is_open ? sl_text_fill (_("The till is open since {time}"), "time", state->since, NULL)
                         : g_strdup (_("The till is closed"));
  gtk_label_set_label (self->state_label, words);
  gtk_widget_set_visible (self->open_buttons, state->is_open);
  gtk_widget_set_visible (self->closed_buttons, !state->is_open);
  sl_parts_clear (self->state_rows);
  if (!state->is_open)
    return;
  add_amount (self, _("Float"), state->float_cents);
  add_amount (self, _("Cash taken"), state->taken_cents);
  if (state->refunded_cents != 0)
    add_amount (self, _("Cash given back"), -state->refunded_cents);
  if (state->put_in_cents != 0)
    add_amount (self, state->put_in_cents > 0 ? _("Put in") : _("Taken out"), state->put_in_cents);
  add_amount (self, _("Should be in it"), state->expected_cents);
}

/**
 * sl_till_page_set_takings:
 * @self: a page
 * @items: (element-type SlPageItem): a row for each way of paying
 * @total: all of it
 */
void
sl_till_page_set_takings (SlTillPage *self, GPtrArray *items, const char *total)
{
  g_autofree char *words = NULL;

  g_return_if_fail (SL_IS_TILL_PAGE (self) && items != NULL && total != NULL);
  sl_parts_clear (self->takings_box);
  for (guint i = 0; i < items->len; i++)
    {
      const SlPageItem *item = items->pdata[i];

      add_line (self->takings_box, item->title, item->detail, item->side);
    }
  words = items->len > 0 ? sl_text_fill (_("Together {amount}"), "amount", total, NULL)
                         : g_strdup (_("Nothing yet"));
  gtk_label_set_label (self->total_label, words);
}

/**
 * sl_till_page_set_pending:
 * @self: a page
 * @items: (element-type SlPageItem): money that nobody has seen yet
 */
void
sl_till_page_set_pending (SlTillPage *self, GPtrArray *items)
{
  g_return_if_fail (SL_IS_TILL_PAGE (self) && items != NULL);
  sl_parts_clear (self->pending_box);
  if (items->len > 0)
    gtk_box_append (GTK_BOX (self->pending_box), sl_parts_label (_("Not seen yet"), "row-title"));
  for (guint i = 0; i < items->len; i++)
    {
      const SlPageItem *item = items->pdata[i];
      GtkWidget *card = sl_parts_box (GTK_ORIENTATION_VERTICAL, "card", 8);
      GtkWidget *buttons = sl_parts_box (GTK_ORIENTATION_HORIZONTAL, "", 12);
      GtkWidget *not_come, *come;

      add_line (card, item->title, item->detail, item->side);
      add_button (buttons, _("It did not come"), "", G_CALLBACK (on_not_come), self);
      add_button (buttons, _("Money seen"), "main", G_CALLBACK (on_come), self);
      not_come = gtk_widget_get_first_child (buttons);
      come = gtk_widget_get_last_child (buttons);
      gtk_widget_set_hexpand (not_come, TRUE); /* each as wide as its words need: some are one long word */
      gtk_widget_set_hexpand (come, TRUE);
      g_object_set_data_full (G_OBJECT (not_come), "id", sl_id_copy (&item->id), g_free);
      g_object_set_data_full (G_OBJECT (come), "id", sl_id_copy (&item->id), g_free);
      gtk_box_append (GTK_BOX (card), buttons);
      gtk_box_append (GTK_BOX (self->pending_box), card);
    }
}

static GtkWidget *
receipt_row (const SlPageItem *item, GCallback callback, SlTillPage *self)
{
  GtkWidget *row = sl_parts_row (item->title, item->detail, item->side);

  g_object_set_data_full (G_OBJECT (row), "id", sl_id_copy (&item->id), g_free);
  g_object_set_data_full (G_OBJECT (row), "cents", g_memdup2 (&item->cents, sizeof item->cents), g_free);
  g_signal_connect (row, "clicked", callback, self);
  return row;
}

/* In the place of receipts. */
static const char *const no_receipts = N_("None yet");
static const char *const none_found = N_("There is no such receipt. Its number stands on it, such as A7F3-000123; a "
                                         "day is typed like 31/05/2026.");

static gboolean
is_words (gconstpointer item)
{
  return item == no_receipts || item == none_found;
}

static char *
receipt_name (gpointer item, gpointer user_data)
{
  return is_words (item) ? g_strdup ("") : sl_id_to_string (&((const SlPageItem *) item)->id);
}

static char *
receipt_shows (gpointer item, gpointer user_data)
{
  return is_words (item) ? g_strdup (_(item)) : sl_page_item_to_string (item);
}

static GtkWidget *
receipt_new (gpointer item, gpointer user_data)
{
  return is_words (item) ? sl_parts_label (_(item), "body quiet")
                         : receipt_row (item, G_CALLBACK (on_receipt), user_data);
}

/**
 * sl_till_page_get_search:
 * @self: a page
 *
 * Returns: (transfer none): the number or the day of the receipts that are looked for; "": today's are wanted
 */
const char *
sl_till_page_get_search (SlTillPage *self)
{
  g_return_val_if_fail (SL_IS_TILL_PAGE (self), "");
  return gtk_editable_get_text (GTK_EDITABLE (self->search_entry));
}

/**
 * sl_till_page_clear_search:
 * @self: a page
 *
 * Back to today's.
 */
void
sl_till_page_clear_search (SlTillPage *self)
{
  g_return_if_fail (SL_IS_TILL_PAGE (self));
  gtk_editable_set_text (GTK_EDITABLE (self->search_entry), "");
}

/**
 * sl_till_page_set_receipts:
 * @self: a page
 * @items: (element-type SlPageItem): of sales and of money given back, the latest first; a reference is kept
 * @are_found: they were looked for; else they are today's
 */
void
sl_till_page_set_receipts (SlTillPage *self, GPtrArray *items, gboolean are_found)
{
  static const SlListRows rows = { receipt_name, receipt_shows, receipt_new };
  g_autoptr (GPtrArray) nothing = g_ptr_array_new ();

  g_return_if_fail (SL_IS_TILL_PAGE (self) && items != NULL);
  g_ptr_array_add (nothing, (gpointer) (are_found ? none_found : no_receipts));
  gtk_label_set_label (self->receipts_label, are_found ? _("Receipts that were found") : _("Receipts of today"));
  sl_list_fill (GTK_BOX (self->receipts_box), items->len > 0 ? items : nothing, &rows, self);
}

/**
 * sl_till_page_show_receipt:
 * @self: a page
 * @receipt: of a sale, or of money given back
 * @title: its number and what it comes to
 * @text: what there is to say of it
 * @payments: (element-type SlPageItem): what can be given back of it
 *
 * Offers to print it again, or to give money back.
 */
void
sl_till_page_show_receipt (SlTillPage *self, const SlId *receipt, const char *title, const char *text,
                           GPtrArray *payments)
{
  GtkWidget *box = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 12);

  g_return_if_fail (SL_IS_TILL_PAGE (self) && receipt != NULL && text != NULL && payments != NULL);
  sl_till_page_close_sheet (self);
  self->receipt = *receipt;
  g_set_weak_pointer (&self->sheet, sl_sheet_new (title));
  gtk_box_append (GTK_BOX (box), sl_parts_label (text, "body"));
  for (guint i = 0; i < payments->len; i++)
    gtk_box_append (GTK_BOX (box), receipt_row (payments->pdata[i], G_CALLBACK (on_refund), self));
  sl_sheet_set_child (self->sheet, box);
  sl_sheet_add_action (self->sheet, _("Leave it"), "", NULL, NULL);
  sl_sheet_add_action (self->sheet, _("Print it again"), "main", G_CALLBACK (on_print), self);
  sl_sheet_present (self->sheet, GTK_WIDGET (self));
}

/**
 * sl_till_page_close_sheet:
 * @self: a page
 *
 * What was asked is done.
 */
void
sl_till_page_close_sheet (SlTillPage *self)
{
  g_return_if_fail (SL_IS_TILL_PAGE (self));
  if (self->sheet != NULL)
    sl_sheet_close (self->sheet);
  g_clear_weak_pointer (&self->sheet);
}
