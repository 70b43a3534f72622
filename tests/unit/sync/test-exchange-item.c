/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/cbor.h"
#include "core/error.h"
#include "fake-world.h"
#include "protocol/message.h"

static GBytes *
from_hex (const char *hex)
{
  GByteArray *bytes = g_byte_array_new ();
  for (const char *at = hex; *at != '\0'; at++)
    {
      if (*at == ' ')
        continue;
      guint8 byte = (guint8) (g_ascii_xdigit_value (at[0]) << 4 | g_ascii_xdigit_value (at[1]));
      g_byte_array_append (bytes, &byte, 1);
      at++;
    }
  return g_byte_array_free_to_bytes (bytes);
}

static gboolean
is_read (GBytes *bytes, gboolean is_answer)
{
  g_auto (SlExchangeItem) item = { 0 };
  g_autoptr (GError) error = NULL;
  /* from an exact copy on the heap, so that a read past its end is seen */
  g_autoptr (GBytes) copy = g_bytes_new (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  gboolean read = sl_exchange_item_decode (copy, is_answer, &item, &error);
  if (read)
    g_assert_no_error (error);
  else
    {
      g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
      g_assert_null (item.asks);
      g_assert_cmpuint (item.version, ==, 0);
    }
  return read;
}

static gboolean
is_hex_read (const char *hex, gboolean is_answer)
{
  g_autoptr (GBytes) bytes = from_hex (hex);
  return is_read (bytes, is_answer);
}

static GBytes *
full_item (gboolean is_answer)
{
  SlFakeWorld world;
  g_auto (SlExchangeItem) item = { .cursor = G_MAXINT64, .flags = SL_EXCHANGE_MORE, .version_lowest = 1, .version = 1 };
  sl_fake_world_init (&world, 0, 3);
  sl_id_random (&world.base, &item.epoch);
  if (is_answer)
    item.time_ms = G_GINT64_CONSTANT (1893499200000);
  else
    {
      item.max_bytes = 65536;
      sl_id_random (&world.base, &item.request);
    }
  item.asks = g_array_new (FALSE, TRUE, sizeof (SlAsk));
  for (guint i = 0; i < SL_EXCHANGE_ASKS_MAX; i++)
    {
      SlAsk ask = { .kind = SL_ASK_SPOTS + i % 4, .amount = SL_EXCHANGE_AMOUNT_MAX - i };
      sl_id_random (&world.base, &ask.id);
      g_array_append_val (item.asks, ask);
    }
  return sl_exchange_item_encode (&item, is_answer);
}

static void
the_smallest_item_has_its_versions_only (void)
{
  SlExchangeItem item = { .version_lowest = 1, .version = 1 };
  g_autoptr (GBytes) written = sl_exchange_item_encode (&item, FALSE);
  g_autoptr (GBytes) expected = from_hex ("8205 a1 05820101");
  g_assert_true (g_bytes_equal (written, expected));
  g_assert_true (is_read (written, FALSE));
}

static void
a_request_comes_out_as_it_went_in (void)
{
  g_autoptr (GBytes) bytes = full_item (FALSE);
  g_auto (SlExchangeItem) item = { 0 };
  g_autoptr (GError) error = NULL;
  g_assert_cmpuint (g_bytes_get_size (bytes), <=, SL_EXCHANGE_ITEM_MAX_BYTES / 2);
  g_assert_true (sl_exchange_item_decode (bytes, FALSE, &item, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (item.cursor, ==, G_MAXINT64);
  g_assert_cmpuint (item.max_bytes, ==, 65536);
  g_assert_cmpint (item.time_ms, ==, 0);
  g_assert_false (sl_id_is_none (&item.request));
  g_assert_cmpuint (item.asks->len, ==, SL_EXCHANGE_ASKS_MAX);
  g_assert_cmpint (g_array_index (item.asks, SlAsk, 63).amount, ==, SL_EXCHANGE_AMOUNT_MAX - 63);
  g_assert_cmpint (g_array_index (item.asks, SlAsk, 63).kind, ==, SL_ASK_DAY);
  g_autoptr (GBytes) again = sl_exchange_item_encode (&item, FALSE);
  g_assert_true (g_bytes_equal (again, bytes));
}

static void
an_answer_comes_out_as_it_went_in (void)
{
  g_autoptr (GBytes) bytes = full_item (TRUE);
  g_auto (SlExchangeItem) item = { 0 };
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_exchange_item_decode (bytes, TRUE, &item, &error));
  g_assert_no_error (error);
  g_assert_cmpint (item.time_ms, ==, G_GINT64_CONSTANT (1893499200000));
  g_assert_cmpuint (item.max_bytes, ==, 0);
  g_assert_cmpuint (item.flags, ==, SL_EXCHANGE_MORE);
  g_assert_false (sl_id_is_none (&item.epoch));
  g_autoptr (GBytes) again = sl_exchange_item_encode (&item, TRUE);
  g_assert_true (g_bytes_equal (again, bytes));
}

static void
every_piece_of_an_item_is_refused (void)
{
  for (gboolean is_answer = FALSE; is_answer <= TRUE; is_answer++)
    {
      g_autoptr (GBytes) whole = full_item (is_answer);
      for (gsize length = 0; length < g_bytes_get_size (whole); length++)
        {
          g_autoptr (GBytes) piece = g_bytes_new_from_bytes (whole, 0, length);
          g_assert_false (is_read (piece, is_answer));
        }
    }
}

static void
a_flipped_bit_crashes_nothing (void)
{
  g_autoptr (GBytes) whole = full_item (FALSE);
  gsize size;
  g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (whole, &size), g_bytes_get_size (whole));
  for (gsize bit = 0; bit < size * 8; bit++)
    {
      data[bit / 8] ^= 1 << bit % 8;
      g_autoptr (GBytes) bytes = g_bytes_new (data, size);
      (void) is_read (bytes, FALSE);
      data[bit / 8] ^= 1 << bit % 8;
    }
}

static void
values_out_of_range_are_refused (void)
{
#define ID "50 00112233445566778899aabbccddeeff"
  static const char *const bad[] = {
    "", "80", "8205", "8206 a1 05820101", "8205 a0", "83 05 a1 05820101 00", "8205 a1 05820101 00",
    "8205 a1 05820001",                 /* no version 0 */
    "8205 a1 05820201",                 /* range backwards */
    "8205 a1 05820101 ff",
    "8205 a1 0581 01", "8205 a1 0583 010101", "8205 a1 05821a0001000001", "8205 a1 05 01",
    "8205 a2 0020 05820101",            /* a cursor below 0 */
    "8205 a2 001bffffffffffffffff 05820101", "8205 a2 0040 05820101",
    "8205 a2 0141 00 05820101", "8205 a2 01f6 05820101", "8205 a2 0150 00000000000000000000000000000000 05820101",
    "8205 a2 0220 05820101", "8205 a2 0320 05820101", "8205 a2 0400 05820101",
    "8205 a2 04818300" ID "01 05820101", /* no kind 0 */
    "8205 a2 0481831901 00" ID "01 05820101",
    "8205 a2 0481 8301f601 05820101",
    "8205 a2 048183 01" ID "20 05820101", /* fewer than none */
    "8205 a2 048183 01" ID "1b000000e8d4a51001 05820101",
    "8205 a2 048182 01" ID " 05820101",
    "8205 a2 05820101 0000",            /* keys out of order */
    "8205 a2 0000 0000 05820101", "8205 a2 0000 0000",
    "8205 a2 2000 05820101",            /* a key below 0 */
    "8205 a2 6161 00 05820101",         /* a text for a key */
    "8205 a2 00f90000 05820101",        /* a float */
    "8205 bf 05820101 ff", "9f05 a1 05820101 ff", "8205 a1 1805820101",
  };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_test_message ("%s", bad[i]);
      g_assert_false (is_hex_read (bad[i], FALSE));
      g_assert_false (is_hex_read (bad[i], TRUE));
    }
  g_assert_true (is_hex_read ("8205 a1 05820102", FALSE));
  g_assert_false (is_hex_read ("8205 a1 05820102", TRUE)); /* an answer has chosen */
  g_assert_true (is_hex_read ("8205 a2 031b0000e677d21fdbff 05820101", TRUE));
  g_assert_false (is_hex_read ("8205 a2 031b0000e677d21fdc00 05820101", TRUE)); /* the year 10000 */
  g_assert_true (is_hex_read ("8205 a2 048183 01" ID "00 05820101", TRUE));
}

static GBytes *
with_asks (guint n_asks)
{
  g_autoptr (SlCborWriter) writer = sl_cbor_writer_new ();
  SlId id = { { 1 } };
  sl_cbor_begin_array (writer, 2);
  sl_cbor_put_int (writer, 5);
  sl_cbor_begin_map (writer, 2);
  sl_cbor_put_int (writer, 4);
  sl_cbor_begin_array (writer, n_asks);
  for (guint i = 0; i < n_asks; i++)
    {
      sl_cbor_begin_array (writer, 3);
      sl_cbor_put_int (writer, 1);
      sl_cbor_put_id (writer, &id);
      sl_cbor_put_int (writer, 1);
    }
  sl_cbor_put_int (writer, 5);
  sl_cbor_begin_array (writer, 2);
  sl_cbor_put_int (writer, 1);
  sl_cbor_put_int (writer, 1);
  return sl_cbor_writer_finish (writer);
}

static void
more_asks_than_sixty_four_are_refused (void)
{
  g_autoptr (GBytes) most = with_asks (SL_EXCHANGE_ASKS_MAX);
  g_autoptr (GBytes) more = with_asks (SL_EXCHANGE_ASKS_MAX + 1);
  g_assert_true (is_read (most, FALSE));
  g_assert_false (is_read (more, FALSE));
}

static void
a_later_versions_keys_and_kinds_are_no_fault (void)
{
  g_auto (SlExchangeItem) item = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = from_hex ("8205 a4 0007 0481 8318c8" ID "05 05820102 07 82 6161 a1 0101");
  g_assert_true (sl_exchange_item_decode (bytes, FALSE, &item, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (item.cursor, ==, 7);
  g_assert_cmpuint (item.version, ==, 2);
  g_assert_cmpint (g_array_index (item.asks, SlAsk, 0).kind, ==, 200);
}

static GBytes *
with_padding (gsize length)
{
  g_autofree guint8 *zeroes = g_malloc0 (length);
  g_autoptr (SlCborWriter) writer = sl_cbor_writer_new ();
  sl_cbor_begin_array (writer, 2);
  sl_cbor_put_int (writer, 5);
  sl_cbor_begin_map (writer, 2);
  sl_cbor_put_int (writer, 5);
  sl_cbor_begin_array (writer, 2);
  sl_cbor_put_int (writer, 1);
  sl_cbor_put_int (writer, 1);
  sl_cbor_put_int (writer, 7);
  sl_cbor_put_bytes (writer, zeroes, length);
  return sl_cbor_writer_finish (writer);
}

static void
an_overlong_item_is_refused (void)
{
  const gsize overhead = 11; /* of with_padding() */
  g_autoptr (GBytes) longest = with_padding (SL_EXCHANGE_ITEM_MAX_BYTES - overhead);
  g_autoptr (GBytes) longer = with_padding (SL_EXCHANGE_ITEM_MAX_BYTES - overhead + 1);
  g_assert_cmpuint (g_bytes_get_size (longest), ==, SL_EXCHANGE_ITEM_MAX_BYTES);
  g_assert_true (is_read (longest, FALSE));
  g_assert_false (is_read (longer, FALSE));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/exchange-item/the-smallest-has-its-versions-only", the_smallest_item_has_its_versions_only);
  g_test_add_func ("/sl/exchange-item/a-request-comes-out-as-it-went-in", a_request_comes_out_as_it_went_in);
  g_test_add_func ("/sl/exchange-item/an-answer-comes-out-as-it-went-in", an_answer_comes_out_as_it_went_in);
  g_test_add_func ("/sl/exchange-item/every-piece-is-refused", every_piece_of_an_item_is_refused);
  g_test_add_func ("/sl/exchange-item/a-flipped-bit-crashes-nothing", a_flipped_bit_crashes_nothing);
  g_test_add_func ("/sl/exchange-item/values-out-of-range-are-refused", values_out_of_range_are_refused);
  g_test_add_func ("/sl/exchange-item/more-asks-than-sixty-four-are-refused", more_asks_than_sixty_four_are_refused);
  g_test_add_func ("/sl/exchange-item/a-later-versions-keys-and-kinds-are-no-fault",
                   a_later_versions_keys_and_kinds_are_no_fault);
  g_test_add_func ("/sl/exchange-item/an-overlong-one-is-refused", an_overlong_item_is_refused);
  return g_test_run ();
}
