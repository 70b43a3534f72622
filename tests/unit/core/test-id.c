/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/id.h"

#include <string.h>

#include "core/crypto.h"
#include "fake-world.h"

#define TEXT "0f8fad5b-d9cb-869f-a165-70867728950e"

static void
assert_is_version_8 (const SlId *id)
{
  char text[SL_ID_TEXT_BYTES];
  sl_id_format (id, text);
  g_assert_cmpint (text[14], ==, '8');
  g_assert_nonnull (strchr ("89ab", text[19]));
}

static void
is_shown_as_a_lower_case_uuid (void)
{
  SlId id;
  g_assert_true (sl_id_parse (TEXT, &id));
  g_autofree char *text = sl_id_to_string (&id);
  g_assert_cmpstr (text, ==, TEXT);
  g_assert_cmpint (id.bytes[0], ==, 0x0f);
  g_assert_cmpint (id.bytes[15], ==, 0x0e);

  SlId upper;
  g_assert_true (sl_id_parse ("0F8FAD5B-D9CB-869F-A165-70867728950E", &upper));
  g_assert_true (sl_id_equal (&id, &upper));
  g_assert_cmpuint (sl_id_hash (&id), ==, sl_id_hash (&upper));
}

static void
refuses_what_is_no_uuid (void)
{
  static const char * const bad[] = {
    "", "0f8fad5b", "0f8fad5bd9cb869fa16570867728950e", "0f8fad5b-d9cb-869f-a165-70867728950", TEXT "0", TEXT "-",
    "0f8fad5b-d9cb-869f-a165-7086772895zz", "0f8fad5b-d9cb-869f-a16570867728950e-",
    "{0f8fad5b-d9cb-869f-a165-7086772895}",
    "0f8fad5-bd9cb-869f-a165-70867728950e", "0f8fad5b--9cb-869f-a165-70867728950e",
    "00000000-0000-0000-0000-000000000000" };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      SlId id;
      g_assert_false (sl_id_parse (bad[i], &id));
      g_assert_true (sl_id_is_none (&id));
    }
}

static void
prefix_names_a_range (void)
{
  SlId id, low, high;
  g_assert_true (sl_id_parse (TEXT, &id));
  static const char * const good[] = { "0f8fad5b", "0F8FAD5B-", "0f8fad5b-d", "0f8fad5b-d9cb-869", TEXT };
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_assert_true (sl_id_parse_prefix (good[i], &low, &high));
      g_assert_cmpint (sl_id_compare (&low, &id), <=, 0);
      g_assert_cmpint (sl_id_compare (&id, &high), <=, 0);
    }
  g_assert_true (sl_id_equal (&low, &high));

  g_assert_true (sl_id_parse_prefix ("0f8fad5b-d9c", &low, &high));
  g_autofree char *first = sl_id_to_string (&low), *last = sl_id_to_string (&high);
  g_assert_cmpstr (first, ==, "0f8fad5b-d9c0-0000-0000-000000000000");
  g_assert_cmpstr (last, ==, "0f8fad5b-d9cf-ffff-ffff-ffffffffffff");
}

static void
prefix_of_less_than_eight_digits_is_refused (void)
{
  static const char * const bad[]
      = { "", "0", "0f8fad5", "-0f8fad5b", "0f8fad5bd", "0f8fad5b--", "0f8fad5g", "x", TEXT "1" };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      SlId low, high;
      g_assert_false (sl_id_parse_prefix (bad[i], &low, &high));
    }
}

static void
random_ids_differ_and_follow_the_world (void)
{
  SlFakeWorld world, same;
  sl_fake_world_init (&world, 0, 42);
  sl_fake_world_init (&same, 0, 42);
  SlId a, b, again;
  sl_id_random (&world.base, &a);
  sl_id_random (&world.base, &b);
  sl_id_random (&same.base, &again);
  assert_is_version_8 (&a);
  assert_is_version_8 (&b);
  g_assert_false (sl_id_equal (&a, &b));
  g_assert_true (sl_id_equal (&a, &again));
}

/* Fixed for good: computed apart with Python's hashlib.blake2b (digest_size=32) over the documented bytes. */
static void
derived_ids_never_change (void)
{
  SlId replica, id;
  for (guint i = 0; i < SL_ID_BYTES; i++)
    replica.bytes[i] = (guint8) i;
  char text[SL_ID_TEXT_BYTES];
  sl_id_derive (&replica, 7, 2, &id);
  assert_is_version_8 (&id);
  g_assert_cmpstr (sl_id_format (&id, text), ==, "19180c1e-70d9-8e1d-a12a-be808cabd995");
  sl_id_from_parts ("studioloop test v1", "ab", 2, "c", 1, &id);
  assert_is_version_8 (&id);
  g_assert_cmpstr (sl_id_format (&id, text), ==, "8107e0c8-68b8-8d5f-aae9-586c17128934");
}

static void
derived_ids_depend_on_each_part (void)
{
  SlId replica = { { 1 } }, other = { { 2 } }, ids[6];
  sl_id_derive (&replica, 1, 0, &ids[0]);
  sl_id_derive (&other, 1, 0, &ids[1]);
  sl_id_derive (&replica, 2, 0, &ids[2]);
  sl_id_derive (&replica, 1, 1, &ids[3]);
  sl_id_from_parts ("studioloop test v1", "ab", 2, "c", 1, &ids[4]);
  sl_id_from_parts ("studioloop test v1", "a", 1, "bc", 2, &ids[5]);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    for (guint j = 0; j < i; j++)
      g_assert_false (sl_id_equal (&ids[i], &ids[j]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sl_crypto_init (NULL));
  g_test_add_func ("/sl/id/is-shown-as-a-lower-case-uuid", is_shown_as_a_lower_case_uuid);
  g_test_add_func ("/sl/id/refuses-what-is-no-uuid", refuses_what_is_no_uuid);
  g_test_add_func ("/sl/id/prefix-names-a-range", prefix_names_a_range);
  g_test_add_func ("/sl/id/prefix-of-less-than-eight-digits-is-refused", prefix_of_less_than_eight_digits_is_refused);
  g_test_add_func ("/sl/id/random-ids-differ-and-follow-the-world", random_ids_differ_and_follow_the_world);
  g_test_add_func ("/sl/id/derived-ids-never-change", derived_ids_never_change);
  g_test_add_func ("/sl/id/derived-ids-depend-on-each-part", derived_ids_depend_on_each_part);
  return g_test_run ();
}
