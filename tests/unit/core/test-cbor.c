/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/cbor.h"

#include <string.h>

/* Bytes written as hex, blanks between them as one likes. */
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

static void
assert_written (SlCborWriter *writer, const char *hex)
{
  g_autoptr (GBytes) expected = from_hex (hex);
  g_autoptr (GBytes) got = sl_cbor_writer_finish (writer);
  g_assert_cmpmem (g_bytes_get_data (got, NULL), g_bytes_get_size (got), g_bytes_get_data (expected, NULL),
                   g_bytes_get_size (expected));
}

/* Reads the whole of hex as one item from an exact copy on the heap, so that a read past its end is seen. */
static gboolean
is_accepted (const char *hex)
{
  g_autoptr (GBytes) bytes = from_hex (hex);
  gsize length = g_bytes_get_size (bytes);
  g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), length);
  SlCborReader reader;
  sl_cbor_reader_init (&reader, copy, length);
  const guint8 *raw;
  gsize raw_length;
  gboolean read = sl_cbor_skip (&reader, &raw, &raw_length);
  g_assert_true (read == !reader.failed);
  if (read)
    g_assert_true (raw == copy && raw_length <= length);
  return read && sl_cbor_at_end (&reader);
}

#define assert_accepted(hex) g_assert_true (is_accepted (hex))
#define assert_refused(hex) g_assert_false (is_accepted (hex))

static void
writes_integers_in_their_shortest_form (void)
{
  /* RFC 8949 appendix A, and the ends of the range */
  static const struct { gint64 value; const char *hex; } examples[] = {
    { 0, "00" }, { 23, "17" }, { 24, "1818" }, { 255, "18ff" }, { 256, "190100" }, { 65535, "19ffff" },
    { 65536, "1a00010000" },
    { 4294967295, "1affffffff" }, { 4294967296, "1b0000000100000000" }, { G_MAXINT64, "1b7fffffffffffffff" },
    { -1, "20" }, { -24, "37" }, { -25, "3818" }, { -1000, "3903e7" }, { G_MININT64, "3b7fffffffffffffff" } };
  g_autoptr (SlCborWriter) writer = sl_cbor_writer_new ();
  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      sl_cbor_put_int (writer, examples[i].value);
      assert_written (writer, examples[i].hex);

      g_autoptr (GBytes) bytes = from_hex (examples[i].hex);
      SlCborReader reader;
      gint64 value;
      sl_cbor_reader_init (&reader, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      g_assert_true (sl_cbor_get_int (&reader, G_MININT64, G_MAXINT64, &value));
      g_assert_cmpint (value, ==, examples[i].value);
      g_assert_true (sl_cbor_at_end (&reader));
    }
}

static void
writes_each_type (void)
{
  g_autoptr (SlCborWriter) writer = sl_cbor_writer_new ();
  SlId id = { { 0xab, 0xcd } };
  sl_cbor_begin_array (writer, 9);
  sl_cbor_put_bool (writer, FALSE);
  sl_cbor_put_bool (writer, 7);
  sl_cbor_put_null (writer);
  sl_cbor_put_text (writer, "IETF");
  sl_cbor_put_text (writer, NULL);
  sl_cbor_put_bytes (writer, NULL, 0);
  sl_cbor_put_id (writer, &id);
  sl_cbor_put_id (writer, &sl_id_none);
  sl_cbor_begin_map (writer, 2);
  sl_cbor_put_int (writer, 1);
  sl_cbor_begin_array (writer, 0);
  sl_cbor_put_text (writer, "a");
  sl_cbor_put_raw (writer, "\x18\x2a", 2);
  assert_written (writer, "89 f4 f5 f6 6449455446 f6 40 50abcd0000000000000000000000000000 f6 a2 01 80 6161 182a");
}

static void
reads_back_each_type (void)
{
  g_autoptr (GBytes) bytes
      = from_hex ("88 f5 f6 6449455446 f6 43010203 50abcd0000000000000000000000000000 f6 a1 01 82 18ff 20");
  SlCborReader reader;
  sl_cbor_reader_init (&reader, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  gsize n;
  gboolean flag;
  g_autofree char *text = NULL, *none = NULL;
  const guint8 *data;
  SlId id, no_id;
  gint64 key;
  SlCborItem item;
  g_assert_true (sl_cbor_get_array (&reader, 8, 8, &n) && n == 8);
  g_assert_cmpint (sl_cbor_peek (&reader), ==, SL_CBOR_BOOL);
  g_assert_true (sl_cbor_get_bool (&reader, &flag) && flag);
  g_assert_true (sl_cbor_next (&reader, &item) && item.type == SL_CBOR_NULL);
  g_assert_cmpint (sl_cbor_peek (&reader), ==, SL_CBOR_TEXT);
  g_assert_true (sl_cbor_get_text (&reader, 4, &text));
  g_assert_cmpstr (text, ==, "IETF");
  g_assert_true (sl_cbor_get_text (&reader, 4, &none));
  g_assert_null (none);
  g_assert_true (sl_cbor_get_bytes (&reader, 3, &data, &n));
  g_assert_cmpmem (data, n, "\1\2\3", 3);
  g_assert_true (sl_cbor_get_id (&reader, &id));
  g_assert_cmpint (id.bytes[1], ==, 0xcd);
  g_assert_true (sl_cbor_get_id_or_null (&reader, &no_id));
  g_assert_true (sl_id_is_none (&no_id));
  g_assert_true (sl_cbor_get_map (&reader, 1, &n) && n == 1);
  g_assert_true (sl_cbor_get_int (&reader, 1, 1, &key));
  g_assert_false (sl_cbor_at_end (&reader));
  g_assert_true (sl_cbor_skip (&reader, &data, &n));
  g_assert_cmpmem (data, n, "\x82\x18\xff\x20", 4);
  g_assert_true (sl_cbor_at_end (&reader));
  g_assert_false (sl_cbor_next (&reader, &item));
}

static void
typed_reads_fail_for_good_on_another_type (void)
{
  static const guint8 bytes[] = { 0x05, 0x05, 0x05 };
  for (guint which = 0; which < 8; which++)
    {
      SlCborReader reader;
      sl_cbor_reader_init (&reader, bytes, sizeof bytes);
      gint64 value;
      gboolean flag;
      SlId id;
      const guint8 *data;
      gsize n;
      char *text = NULL;
      gboolean taken = which == 0   ? sl_cbor_get_int (&reader, 6, 9, &value)
                       : which == 1 ? sl_cbor_get_int (&reader, 0, 4, &value)
                       : which == 2 ? sl_cbor_get_bool (&reader, &flag)
                       : which == 3 ? sl_cbor_get_id (&reader, &id)
                       : which == 4 ? sl_cbor_get_bytes (&reader, 9, &data, &n)
                       : which == 5 ? sl_cbor_get_text (&reader, 9, &text)
                       : which == 6 ? sl_cbor_get_array (&reader, 0, 9, &n)
                                    : sl_cbor_get_map (&reader, 9, &n);
      g_assert_false (taken);
      g_assert_true (reader.failed);
      g_assert_false (sl_cbor_get_int (&reader, 0, 9, &value));
      g_assert_false (sl_cbor_at_end (&reader));
    }
}

static void
refuses_what_is_longer_than_the_caller_takes (void)
{
  static const guint8 bytes[] = { 0x62, 'a', 'b' }, list[] = { 0x82, 1, 2 }, map[] = { 0xa1, 1, 2 },
                      blob[] = { 0x42, 1, 2 };
  SlCborReader reader;
  g_autofree char *text = NULL;
  const guint8 *data;
  gsize n;
  sl_cbor_reader_init (&reader, bytes, sizeof bytes);
  g_assert_false (sl_cbor_get_text (&reader, 1, &text));
  sl_cbor_reader_init (&reader, list, sizeof list);
  g_assert_false (sl_cbor_get_array (&reader, 0, 1, &n));
  sl_cbor_reader_init (&reader, list, sizeof list);
  g_assert_false (sl_cbor_get_array (&reader, 3, 4, &n));
  sl_cbor_reader_init (&reader, map, sizeof map);
  g_assert_false (sl_cbor_get_map (&reader, 0, &n));
  sl_cbor_reader_init (&reader, blob, sizeof blob);
  g_assert_false (sl_cbor_get_bytes (&reader, 1, &data, &n));
}

static void
an_all_zero_id_has_one_spelling (void)
{
  static const guint8 zero[17] = { 0x50 };
  SlCborReader reader;
  SlId id;
  sl_cbor_reader_init (&reader, zero, sizeof zero);
  g_assert_false (sl_cbor_get_id_or_null (&reader, &id));
}

static void
refuses_longer_heads_than_needed (void)
{
  static const char * const bad[] = {
    "1817", "190017", "1900ff", "1a00000017", "1a0000ffff", "1b0000000000000001", "1b00000000ffffffff", "3817",
    "3900ff",
    "1a0000ff00", "3b00000000ffffffff", "5801ff", "590001ff", "780161", "7a0000000161", "7b000000000000000161",
    "980100",
    "99000100", "b8010000", "9b000000000000000100" };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    assert_refused (bad[i]);
  assert_accepted ("1818");
  assert_accepted ("3818");
  assert_accepted ("8100");
}

static void
refuses_indefinite_lengths (void)
{
  assert_refused ("5f4101ff");
  assert_refused ("7f6161ff");
  assert_refused ("9f01ff");
  assert_refused ("bf0102ff");
  assert_refused ("ff");
  assert_refused ("81ff");
}

static void
refuses_floats (void)
{
  assert_refused ("f90000");
  assert_refused ("f93c00");
  assert_refused ("fa47c35000");
  assert_refused ("fb3ff199999999999a");
}

static void
refuses_tags_and_other_simple_values (void)
{
  assert_refused ("c074323031332d30332d32315432303a30343a30305a");
  assert_refused ("c11a514b67b0");
  assert_refused ("d8184401020304");
  assert_refused ("f7");     /* undefined */
  assert_refused ("f0");
  assert_refused ("f818");
  assert_refused ("f814");   /* false, the long way */
  assert_refused ("f8ff");
  assert_refused ("1c");
  assert_refused ("fc");
  assert_refused ("3f");
}

static void
refuses_integers_of_more_than_64_bits_with_sign (void)
{
  assert_refused ("1b8000000000000000");
  assert_refused ("1bffffffffffffffff");
  assert_refused ("3b8000000000000000");
  assert_refused ("3bffffffffffffffff");
}

static void
refuses_text_that_is_not_utf_8 (void)
{
  assert_refused ("61ff");
  assert_refused ("62c328");
  assert_refused ("63eda080"); /* a surrogate */
  assert_refused ("6100");     /* a zero byte ends a C string */
  assert_accepted ("62c3a9");
  assert_accepted ("60");
}

static void
refuses_map_keys_out_of_order (void)
{
  assert_accepted ("a2 01f5 02f5");
  assert_accepted ("a3 01f5 20f5 6161f5");
  assert_accepted ("a2 6161f5 626161f5");
  assert_refused ("a2 02f5 01f5");
  assert_refused ("a2 01f5 01f5");         /* twice */
  assert_refused ("a2 20f5 01f5");
  assert_refused ("a2 6162f5 6161f5");
  assert_refused ("a2 626161f5 6162f5");   /* bytewise over the encodings: the shorter one first */
  assert_refused ("a1 01a2 02f5 01f5");    /* inside */
  assert_accepted ("a2 01a2 01f5 02f5 02f5");
}

static void
refuses_keys_that_are_no_integers_or_strings (void)
{
  assert_refused ("a1 f5 01");
  assert_refused ("a1 f6 01");
  assert_refused ("a1 80 01");
  assert_refused ("a1 a0 01");
}

static void
refuses_more_than_eight_levels (void)
{
  assert_accepted ("81 81 81 81 81 81 81 81 00");
  assert_accepted ("81 81 81 81 81 81 81 80");
  assert_refused ("81 81 81 81 81 81 81 81 81 00");
  assert_refused ("81 81 81 81 81 81 81 81 80");
  assert_accepted ("82 81 81 81 81 81 81 81 00 81 81 81 81 81 81 81 00");
}

static void
refuses_every_cut_of_an_item (void)
{
  g_autoptr (GBytes) bytes = from_hex ("85 1a00010000 43010203 6449455446 a2 01 82 f5 f6 6161 3903e7 20");
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  for (gsize n = 0; n < length; n++)
    {
      g_autofree guint8 *copy = g_memdup2 (data, n);
      SlCborReader reader;
      sl_cbor_reader_init (&reader, copy, n);
      g_assert_false (sl_cbor_skip (&reader, NULL, NULL));
    }
}

static void
refuses_declared_lengths_beyond_the_input (void)
{
  static const char * const bad[] = {
    "5bffffffffffffffff", "7bffffffffffffffff", "9bffffffffffffffff", "bbffffffffffffffff", "5b7fffffffffffffff00",
    "9b7fffffffffffffff00", "bb800000000000000000", "bb7fffffffffffffff00", "5affffffff00", "9affffffff00",
    "baffffffff00",
    "8201", "a101", "830102", "5802 01", "9903e8 00", "81 9affffffff 00", "5bfffffffffffffff7 0000000000000000",
    "7bfffffffffffffff6 61" };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    assert_refused (bad[i]);
}

/* At the head already: a caller may make room for what an array says that it has. */
static void
refuses_a_declared_number_of_items_at_once (void)
{
  static const guint8 array[] = { 0x9a, 0xff, 0xff, 0xff, 0xff, 0x01, 0x02 }, map[] = { 0xa2, 0x01, 0x02, 0x03 };
  SlCborReader reader;
  gsize n;
  sl_cbor_reader_init (&reader, array, sizeof array);
  g_assert_false (sl_cbor_get_array (&reader, 0, G_MAXSIZE, &n));
  sl_cbor_reader_init (&reader, map, sizeof map);
  g_assert_false (sl_cbor_get_map (&reader, G_MAXSIZE, &n));
}

static void
at_end_wants_every_item_of_every_array (void)
{
  static const guint8 bytes[] = { 0x82, 0x01, 0x02 };
  SlCborReader reader;
  gsize n;
  gint64 value;
  sl_cbor_reader_init (&reader, bytes, sizeof bytes);
  g_assert_false (sl_cbor_at_end (&reader));
  g_assert_true (sl_cbor_get_array (&reader, 2, 2, &n));
  g_assert_true (sl_cbor_get_int (&reader, 0, 9, &value));
  g_assert_false (sl_cbor_at_end (&reader));
  g_assert_true (sl_cbor_get_int (&reader, 0, 9, &value));
  g_assert_true (sl_cbor_at_end (&reader));

  sl_cbor_reader_init (&reader, NULL, 0);
  g_assert_true (sl_cbor_at_end (&reader));
  (void) sl_cbor_peek (&reader);
  g_assert_true (reader.failed);
}

static void
put_random_item (SlCborWriter *writer, GRand *rand, guint depth)
{
  guint8 blob[40];
  gint64 key = g_rand_int_range (rand, -300, 300);
  guint n = (guint) g_rand_int_range (rand, 0, 30), children = (guint) g_rand_int_range (rand, 0, 5);
  switch (g_rand_int_range (rand, 0, depth < SL_CBOR_DEPTH_MAX ? 7 : 5))
    {
    case 0:
      sl_cbor_put_int (writer, (gint64) ((guint64) g_rand_int (rand) << 32 | g_rand_int (rand))
                                   >> g_rand_int_range (rand, 0, 64));
      break;
    case 1:
      sl_cbor_put_bool (writer, n & 1);
      break;
    case 2:
      memset (blob, (int) n, n);
      sl_cbor_put_bytes (writer, blob, n);
      break;
    case 3:
      memset (blob, 'a', n);
      blob[n] = 0;
      sl_cbor_put_text (writer, (char *) blob);
      break;
    case 4:
      sl_cbor_put_null (writer);
      break;
    case 5:
      sl_cbor_begin_array (writer, children);
      for (guint i = 0; i < children; i++)
        put_random_item (writer, rand, depth + 1);
      break;
    default:
      key = ABS (key);
      sl_cbor_begin_map (writer, children);
      for (guint i = 0; i < children; i++)
        {
          sl_cbor_put_int (writer, key += 1 + g_rand_int_range (rand, 0, 90));
          put_random_item (writer, rand, depth + 1);
        }
    }
}

/* Copies what it reads, head by head. */
static gboolean
copy_items (SlCborReader *reader, SlCborWriter *writer)
{
  SlCborItem item;
  while (!sl_cbor_at_end (reader))
    {
      if (!sl_cbor_next (reader, &item))
        return FALSE;
      g_autofree char *text = item.type == SL_CBOR_TEXT ? g_strndup ((const char *) item.data, item.length) : NULL;
      if (item.type == SL_CBOR_INT)
        sl_cbor_put_int (writer, item.integer);
      else if (item.type == SL_CBOR_BYTES)
        sl_cbor_put_bytes (writer, item.data, item.length);
      else if (item.type == SL_CBOR_TEXT)
        sl_cbor_put_text (writer, text);
      else if (item.type == SL_CBOR_ARRAY)
        sl_cbor_begin_array (writer, item.length);
      else if (item.type == SL_CBOR_MAP)
        sl_cbor_begin_map (writer, item.length);
      else if (item.type == SL_CBOR_BOOL)
        sl_cbor_put_bool (writer, item.integer != 0);
      else
        sl_cbor_put_null (writer);
    }
  return TRUE;
}

/* Whatever the reader takes has one spelling: written again it is the same bytes. Changed bytes are mostly refused, and
 * those that are taken must be in their one spelling too. */
static void
what_is_read_is_written_back_the_same (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20260301);
  guint taken = 0;
  for (guint round = 0; round < 20000; round++)
    {
      g_autoptr (SlCborWriter) writer = sl_cbor_writer_new ();
      put_random_item (writer, rand, 0);
      g_autoptr (GBytes) bytes = sl_cbor_writer_finish (writer);
      gsize length = g_bytes_get_size (bytes);
      g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), length);
      if (round % 2 == 1)
        copy[g_rand_int_range (rand, 0, (gint32) length)] ^= (guint8) (1 << g_rand_int_range (rand, 0, 8));
      SlCborReader reader, check;
      sl_cbor_reader_init (&check, copy, length);
      while (!sl_cbor_at_end (&check) && sl_cbor_skip (&check, NULL, NULL))
        continue;
      if (check.failed)
        {
          g_assert_cmpuint (round % 2, ==, 1);
          continue;
        }
      taken++;
      sl_cbor_reader_init (&reader, copy, length);
      g_autoptr (SlCborWriter) second = sl_cbor_writer_new ();
      g_assert_true (copy_items (&reader, second));
      g_autoptr (GBytes) again = sl_cbor_writer_finish (second);
      g_assert_cmpmem (g_bytes_get_data (again, NULL), g_bytes_get_size (again), copy, length);
    }
  g_assert_cmpuint (taken, >, 10000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/sl/cbor/" path, func)
  ADD ("writes-integers-in-their-shortest-form", writes_integers_in_their_shortest_form);
  ADD ("writes-each-type", writes_each_type);
  ADD ("reads-back-each-type", reads_back_each_type);
  ADD ("typed-reads-fail-for-good-on-another-type", typed_reads_fail_for_good_on_another_type);
  ADD ("refuses-what-is-longer-than-the-caller-takes", refuses_what_is_longer_than_the_caller_takes);
  ADD ("an-all-zero-id-has-one-spelling", an_all_zero_id_has_one_spelling);
  ADD ("refuses-longer-heads-than-needed", refuses_longer_heads_than_needed);
  ADD ("refuses-indefinite-lengths", refuses_indefinite_lengths);
  ADD ("refuses-floats", refuses_floats);
  ADD ("refuses-tags-and-other-simple-values", refuses_tags_and_other_simple_values);
  ADD ("refuses-integers-of-more-than-64-bits-with-sign", refuses_integers_of_more_than_64_bits_with_sign);
  ADD ("refuses-text-that-is-not-utf-8", refuses_text_that_is_not_utf_8);
  ADD ("refuses-map-keys-out-of-order", refuses_map_keys_out_of_order);
  ADD ("refuses-keys-that-are-no-integers-or-strings", refuses_keys_that_are_no_integers_or_strings);
  ADD ("refuses-more-than-eight-levels", refuses_more_than_eight_levels);
  ADD ("refuses-every-cut-of-an-item", refuses_every_cut_of_an_item);
  ADD ("refuses-declared-lengths-beyond-the-input", refuses_declared_lengths_beyond_the_input);
  ADD ("refuses-a-declared-number-of-items-at-once", refuses_a_declared_number_of_items_at_once);
  ADD ("at-end-wants-every-item-of-every-array", at_end_wants_every_item_of_every_array);
  ADD ("what-is-read-is-written-back-the-same", what_is_read_is_written_back_the_same);
  return g_test_run ();
}
