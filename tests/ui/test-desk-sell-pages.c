/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-desk-sell-pages"

#include "done-view.h"
#include "look-walk.h"
#include "page-look.h"
#include "sell-page.h"
#include "stage.h"
#include "till-page.h"
#include "walk-in-page.h"

#include "widgets/sheet.h"

#include <string.h>

/* The pages that take money, in every state, language, size and size of text: nothing is cut off, everything that acts
 * is large enough for a thumb and has a name. With `--shots DIR` the same run leaves a picture of each. */

/* What reception's frame leaves of the screens. */
static const struct { int width, height; } sizes[LOOK_SIZES] = { { 1120, 680 }, { 1740, 940 }, { 1040, 1660 } };

/* --- looking at a page --- */

typedef struct {
  GtkWidget *(*make) (void);
  void (*change) (GtkWidget *page); /* (nullable): of the page, after it is shown */
  const char *state;
} Sample;

static void
check (const Look *look, gpointer data)
{
  const Sample *sample = data;
  g_autofree char *where = look_where (look, sample->state);
  GtkWidget *window = gtk_window_new (), *page = sample->make ();
  int width = sizes[look->size].width, height = sizes[look->size].height, min_width, min_height, natural;

  gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  gtk_window_set_child (GTK_WINDOW (window), sl_sheet_host_new (page));
  gtk_window_present (GTK_WINDOW (window));
  look_settle (window);
  if (sample->change != NULL)
    sample->change (page);
  look_settle (window);
  look_picture (window, look, sample->state);
  gtk_widget_measure (page, GTK_ORIENTATION_HORIZONTAL, -1, &min_width, &natural, NULL, NULL);
  gtk_widget_measure (page, GTK_ORIENTATION_VERTICAL, width, &min_height, &natural, NULL, NULL);
  if (min_width > width || min_height > height)
    look_fault ("%s: wants %d by %d", where, min_width, min_height);
  look_check (window, where);
  gtk_window_destroy (GTK_WINDOW (window));
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
check_looks (GtkWidget *(*make) (void), void (*change) (GtkWidget *page), const char *state)
{
  Sample sample = { make, change, state };

  look_each (check, &sample);
}

/* --- samples --- */

static GdkTexture *
sample_code (void)
{
  const int side = 296;
  g_autofree guint8 *pixels = g_malloc (side * side * 4);

  for (int y = 0; y < side; y++)
    for (int x = 0; x < side; x++)
      {
        int column = x / 8, row = y / 8;
        gboolean quiet = column < 4 || row < 4 || column > 32 || row > 32;

        memset (pixels + 4 * (y * side + x), !quiet && (column * 7 + row * 13 + column * row) % 3 == 0 ? 10 : 255, 3);
        pixels[4 * (y * side + x) + 3] = 255;
      }
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_steal_pointer (&pixels), side * side * 4);
  return gdk_memory_texture_new (side, side, GDK_MEMORY_B8G8R8A8_PREMULTIPLIED, bytes, side * 4);
}

static void
add_item (GPtrArray *items, const char *title, const char *detail, const char *side)
{
  g_ptr_array_add (items, sl_page_item_new (&sl_id_none, title, detail, side));
}

static GPtrArray *
items_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) sl_page_item_free);
}

static void
who (GtkWidget *page)
{
  g_autoptr (GPtrArray) people = items_new ();

  add_item (people, "Thandi Nkosi", "+27 82 555 0147", NULL);
  add_item (people, "Thandeka van der Westhuizen-Mokoena", "+27 71 555 0199", NULL);
  sl_walk_in_page_set_people (SL_WALK_IN_PAGE (page), people, NULL);
}

static void
duplicate (GtkWidget *page)
{
  SlId id = sl_id_none;

  sl_walk_in_page_set_duplicate (SL_WALK_IN_PAGE (page), &id, "Thandeka van der Westhuizen-Mokoena");
}

static void
what (GtkWidget *page)
{
  g_autoptr (GPtrArray) sessions = items_new ();

  add_item (sessions, "Today 07:00 · Vinyasa Flow", "Studio 1 · Sipho Dlamini", "4 free");
  add_item (sessions, "Today 07:15 · Reformer Pilates for beginners", "Studio 2 · Annelie van Zyl", "11 free");
  add_item (sessions, "Today 09:00 · Spin", "Gym floor", "1 free");
  add_item (sessions, "Tomorrow 06:00 · Power Yoga", "Studio 1 · Sipho Dlamini", "14 free");
  add_item (sessions, "Today 17:30 · HIIT", "Gym floor · Lerato", "3 waiting");
  ((SlPageItem *) sessions->pdata[4])->is_full = TRUE;
  sl_walk_in_page_set_person (SL_WALK_IN_PAGE (page), "Thandi Nkosi");
  sl_walk_in_page_set_sessions (SL_WALK_IN_PAGE (page), sessions);
  sl_walk_in_page_show_step (SL_WALK_IN_PAGE (page), SL_WALK_IN_WHAT);
}

static GtkWidget *
button_with (GtkWidget *widget, const char *css_class, const char *text)
{
  GtkWidget *found = NULL;

  if (GTK_IS_BUTTON (widget) && gtk_widget_has_css_class (widget, css_class)
      && g_strcmp0 (gtk_label_get_label (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (widget)))), text) == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = button_with (child, css_class, text);
  return found;
}

static GtkWidget *
button_saying (GtkWidget *widget, const char *text)
{
  return button_with (widget, "action", text);
}

static void
pay (GtkWidget *page)
{
  SlPayView *view = sl_walk_in_page_get_pay (SL_WALK_IN_PAGE (page));
  g_autoptr (GPtrArray) offers = items_new ();

  what (page);
  add_item (offers, "Money, for this class alone", NULL, "R180.00");
  add_item (offers, "Five classes, three months", "5 credits, this class takes 1 credit", "R750.00");
  add_item (offers, "Ten classes", "10 credits, this class takes 1 credit", "R1\u00a0400.00");
  sl_walk_in_page_set_chosen (SL_WALK_IN_PAGE (page), "Thandi Nkosi · Vinyasa Flow · Today 07:00");
  sl_walk_in_page_set_offers (SL_WALK_IN_PAGE (page), offers, 0);
  sl_pay_view_set_total (view, 18000, "ZAR");
  sl_walk_in_page_show_step (SL_WALK_IN_PAGE (page), SL_WALK_IN_PAY);
  g_signal_emit_by_name (button_with (page, "pay-note", "R200"), "clicked");
}

static void
done (GtkWidget *page)
{
  g_autoptr (GdkTexture) code = sample_code ();
  SlDone said = { .headline = "Thandi Nkosi is booked", .detail = "Vinyasa Flow · Today 07:00",
                  .receipt = "A7F3-000123",
                  .change = "R20.00", .code = code,
                  .code_note = "Their pass: they take a picture of it, and show it at the door." };

  sl_done_view_show (sl_walk_in_page_get_done (SL_WALK_IN_PAGE (page)), &said);
  sl_walk_in_page_show_step (SL_WALK_IN_PAGE (page), SL_WALK_IN_DONE);
}

static void
sell (GtkWidget *page)
{
  g_autoptr (GPtrArray) things = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_page_item_free);

  g_ptr_array_add (things, sl_page_item_new (&sl_id_none, "Five classes", "5 credits for 90 days", "R750.00"));
  g_ptr_array_add (things, sl_page_item_new (&sl_id_none, "Ten classes", "10 credits for 180 days", "R1\u00a0400.00"));
  sl_sell_page_set_buyer (SL_SELL_PAGE (page), "Thandeka van der Westhuizen-Mokoena");
  sl_sell_page_set_things (SL_SELL_PAGE (page), SL_SELL_PACKAGE, things, NULL);
  sl_pay_view_set_may_owe (sl_sell_page_get_pay (SL_SELL_PAGE (page)), TRUE);
  sl_pay_view_set_total (sl_sell_page_get_pay (SL_SELL_PAGE (page)), 75000, "ZAR");
}

static void
sell_other (GtkWidget *page)
{
  sl_sell_page_show_kind (SL_SELL_PAGE (page), SL_SELL_OTHER);
  sl_pay_view_set_ways (sl_sell_page_get_pay (SL_SELL_PAGE (page)), FALSE, FALSE);
  sl_pay_view_set_total (sl_sell_page_get_pay (SL_SELL_PAGE (page)), 13100, "ZAR");
}

static void
waits (GtkWidget *page)
{
  g_autoptr (GdkTexture) code = sample_code ();
  SlDone said = { .headline = "Sold", .detail = "Five classes · Thandi Nkosi · R750.00", .receipt = "A7F3-000124",
                  .waits = "R750.00 by QR code has not been seen yet", .pay_code = code,
                  .pay_note = "They read this with their telephone to pay.", .code = code,
                  .code_note = "Their pass: they take a picture of it, and show it at the door.",
                  .next = "Next sale" };

  sl_done_view_show (sl_sell_page_get_done (SL_SELL_PAGE (page)), &said);
  sl_sell_page_show_done (SL_SELL_PAGE (page), TRUE);
}

static void
goes_on (GtkWidget *page)
{
  waits (page);
  g_signal_emit_by_name (button_saying (page, g_dgettext ("studioloop", "Go on without it")), "clicked");
}

static void
no_link (GtkWidget *page)
{
  SlPayView *view = sl_sell_page_get_pay (SL_SELL_PAGE (page));

  sell (page);
  sl_pay_view_set_code_max (view, 0);
  g_signal_emit_by_name (button_with (page, "pay-way", g_dgettext ("studioloop", "QR code")), "clicked");
}

static void
add_till (GPtrArray *items, const char *title, const char *detail, const char *side)
{
  SlId id = { { 1 } };

  g_ptr_array_add (items, sl_page_item_new (&id, title, detail, side));
}

static GPtrArray *
till_items_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) sl_page_item_free);
}

static void
till (GtkWidget *page)
{
  SlTillState state = { .is_open = TRUE, .float_cents = 50000, .taken_cents = 236000, .refunded_cents = 18000,
                        .put_in_cents = -5000, .expected_cents = 263000, .since = "Today 05:45", .currency = "ZAR" };
  g_autoptr (GPtrArray) takings = till_items_new (), pending = till_items_new (), receipts = till_items_new ();

  add_till (takings, "Cash", "R180.00 of it given back", "R2\u00a0180.00");
  add_till (takings, "Card", NULL, "R4\u00a0410.00");
  add_till (takings, "QR code", NULL, "R750.00");
  add_till (pending, "EFT", "Today 06:40 · NKOSI VINYASA", "R750.00");
  add_till (receipts, "09:12 · Five classes", "Thandi Nkosi · A7F3-000124", "R750.00");
  add_till (receipts, "08:55 · Vinyasa Flow", "Thandeka van der Westhuizen-Mokoena · A7F3-000123", "R180.00");
  add_till (receipts, "08:41 · Towel", "A7F3-000122", "R65.50");
  sl_till_page_set_state (SL_TILL_PAGE (page), &state);
  sl_till_page_set_takings (SL_TILL_PAGE (page), takings, "R7\u00a0340.00");
  sl_till_page_set_pending (SL_TILL_PAGE (page), pending);
  sl_till_page_set_receipts (SL_TILL_PAGE (page), receipts, FALSE);
}

static void
till_counts (GtkWidget *page)
{
  till (page);
  g_signal_emit_by_name (button_saying (page, g_dgettext ("studioloop", "Count and close")), "clicked");
}

static void
till_receipt (GtkWidget *page)
{
  g_autoptr (GPtrArray) payments = till_items_new ();

  till (page);
  add_till (payments, "Card", "7741", "R750.00");
  sl_till_page_show_receipt (SL_TILL_PAGE (page), &((SlPageItem *) payments->pdata[0])->id,
                             "Receipt A7F3-000124 · R750.00",
                             g_dgettext ("studioloop", "Tap a payment to give money back:"), payments);
}

static void
till_finds_nothing (GtkWidget *page)
{
  g_autoptr (GPtrArray) none = till_items_new ();

  till (page);
  sl_till_page_set_receipts (SL_TILL_PAGE (page), none, TRUE);
}

static void
test_walk_in (void)
{
  check_looks (sl_walk_in_page_new, who, "walk-in-who");
  check_looks (sl_walk_in_page_new, duplicate, "walk-in-duplicate");
  check_looks (sl_walk_in_page_new, what, "walk-in-what");
  check_looks (sl_walk_in_page_new, pay, "walk-in-pay");
  check_looks (sl_walk_in_page_new, done, "walk-in-done");
}

static void
test_sell (void)
{
  check_looks (sl_sell_page_new, sell, "sell");
  check_looks (sl_sell_page_new, sell_other, "sell-other");
  check_looks (sl_sell_page_new, no_link, "sell-no-link");
  check_looks (sl_sell_page_new, waits, "sell-waits");
  check_looks (sl_sell_page_new, goes_on, "sell-goes-on");
}

static void
test_till (void)
{
  check_looks (sl_till_page_new, till, "till");
  check_looks (sl_till_page_new, till_finds_nothing, "till-finds-nothing");
  check_looks (sl_till_page_new, till_counts, "till-counts");
  check_looks (sl_till_page_new, till_receipt, "till-receipt");
}

int
main (int argc, char *argv[])
{
  look_init (&argc, &argv);
  stage_open (&argc, &argv);
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  g_test_add_func ("/sl/desk/pages/walk-in-fits-every-screen", test_walk_in);
  g_test_add_func ("/sl/desk/pages/sell-fits-every-screen", test_sell);
  g_test_add_func ("/sl/desk/pages/till-fits-every-screen", test_till);
  return g_test_run ();
}
