/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/crypto.h"

#include <string.h>

#include "fake-world.h"

static void
assert_bytes (GBytes *bytes, const char *text)
{
  g_assert_nonnull (bytes);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), text, strlen (text));
}

/* Computed apart with Python's hashlib.blake2b: u64 7 ‖ "test v1" ‖ "ab" ‖ u64 258 ‖ u64 2 ‖ "cd". */
static void
hash_never_changes (void)
{
  static const char expected[] = "c476571484ce8f80c820cb879b7f583d71b602b5b683eb348ced3ee5a002b1bb";
  SlHasher hasher, branch;
  SlHash hash, other;
  sl_hasher_init (&hasher, "test v1");
  sl_hasher_add (&hasher, "ab", 2);
  branch = hasher;
  sl_hasher_add_u64 (&hasher, 258);
  sl_hasher_add_sized (&hasher, "cd", 2);
  sl_hasher_finish (&hasher, &hash);
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < SL_HASH_BYTES; i++)
    g_string_append_printf (text, "%02x", hash.bytes[i]);
  g_assert_cmpstr (text->str, ==, expected);

  sl_hasher_add_u64 (&branch, 258);
  sl_hasher_add_sized (&branch, "cd", 2);
  sl_hasher_finish (&branch, &other);
  g_assert_true (sl_hash_equal (&hash, &other));
}

static void
hash_tells_domains_and_lengths_apart (void)
{
  SlHasher hasher;
  SlHash hashes[4];
  static const struct { const char *domain, *a, *b; } parts[] = {
    { "one v1", "ab", "c" }, { "one v1", "a", "bc" }, { "two v1", "ab", "c" }, { "one v1", "", "abc" } };
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      sl_hasher_init (&hasher, parts[i].domain);
      sl_hasher_add_sized (&hasher, parts[i].a, strlen (parts[i].a));
      sl_hasher_add_sized (&hasher, parts[i].b, strlen (parts[i].b));
      sl_hasher_finish (&hasher, &hashes[i]);
      for (guint j = 0; j < i; j++)
        g_assert_false (sl_hash_equal (&hashes[i], &hashes[j]));
    }
}

static void
signature_holds_for_its_message_and_key_only (void)
{
  SlFakeWorld world;
  sl_fake_world_init (&world, 0, 1);
  g_auto (SlSignKey) key = { 0 }, other = { 0 };
  sl_sign_key_new (&world.base, &key);
  sl_sign_key_new (&world.base, &other);
  guint8 signature[SL_SIGNATURE_BYTES];
  sl_sign (&key, "message", 7, signature);
  g_assert_true (sl_verify (key.public_key, "message", 7, signature));
  g_assert_false (sl_verify (key.public_key, "messagf", 7, signature));
  g_assert_false (sl_verify (key.public_key, "message", 6, signature));
  g_assert_false (sl_verify (other.public_key, "message", 7, signature));
  for (guint bit = 0; bit < SL_SIGNATURE_BYTES * 8; bit += 37)
    {
      signature[bit / 8] ^= (guint8) (1 << bit % 8);
      g_assert_false (sl_verify (key.public_key, "message", 7, signature));
      signature[bit / 8] ^= (guint8) (1 << bit % 8);
    }
}

/* RFC 8032 section 7.1, test 1. */
static void
signs_as_rfc_8032_does (void)
{
  static const guint8 seed[32] = {
    0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4,
    0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60 };
  static const guint8 public_key_start[] = { 0xd7, 0x5a, 0x98, 0x01 }, signature_start[] = { 0xe5, 0x56, 0x43, 0x00 };
  g_auto (SlSignKey) key = { 0 };
  guint8 signature[SL_SIGNATURE_BYTES];
  g_assert_true (sl_sign_key_from_seed (seed, &key));
  sl_sign (&key, NULL, 0, signature);
  g_assert_cmpmem (key.public_key, 4, public_key_start, 4);
  g_assert_cmpmem (signature, 4, signature_start, 4);
}

static void
zero_key_verifies_nothing (void)
{
  guint8 zero_key[SL_SIGN_PUBLIC_BYTES] = { 0 }, zero_signature[SL_SIGNATURE_BYTES] = { 0 };
  g_assert_false (sl_verify (zero_key, "x", 1, zero_signature));
}

static void
sealed_opens_with_its_key_and_place_only (void)
{
  SlFakeWorld world;
  sl_fake_world_init (&world, 0, 2);
  g_auto (SlSealKey) key = { 0 }, other = { 0 };
  sl_seal_key_new (&world.base, &key);
  sl_seal_key_new (&world.base, &other);
  g_autoptr (GBytes) sealed = sl_seal (&world.base, &key, "Thandi", 6, "member/first", 12);
  gsize length;
  const guint8 *data = g_bytes_get_data (sealed, &length);
  g_assert_cmpuint (length, ==, 6 + SL_SEAL_OVERHEAD_BYTES);
  g_autoptr (GBytes) plain = sl_unseal (&key, data, length, "member/first", 12);
  assert_bytes (plain, "Thandi");
  g_assert_null (sl_unseal (&other, data, length, "member/first", 12));
  g_assert_null (sl_unseal (&key, data, length, "member/last", 11));
  g_assert_null (sl_unseal (&key, data, length, NULL, 0));
  for (gsize n = 0; n < length; n++)
    {
      g_assert_null (sl_unseal (&key, data, n, "member/first", 12));
      g_autofree guint8 *changed = g_memdup2 (data, length);
      changed[n] ^= 1;
      g_assert_null (sl_unseal (&key, changed, length, "member/first", 12));
    }

  g_autoptr (GBytes) again = sl_seal (&world.base, &key, "Thandi", 6, "member/first", 12);
  g_assert_false (g_bytes_equal (sealed, again));
  g_autoptr (GBytes) empty = sl_seal (&world.base, &key, NULL, 0, NULL, 0);
  g_autoptr (GBytes) nothing = sl_unseal (&key, g_bytes_get_data (empty, NULL), g_bytes_get_size (empty), NULL, 0);
  assert_bytes (nothing, "");
}

static void
box_opens_for_its_device_only (void)
{
  SlFakeWorld world;
  sl_fake_world_init (&world, 0, 3);
  g_auto (SlSignKey) key = { 0 }, other = { 0 };
  sl_sign_key_new (&world.base, &key);
  sl_sign_key_new (&world.base, &other);
  g_autoptr (GBytes) sealed = sl_box_seal (key.public_key, "keyring", 7);
  gsize length;
  const guint8 *data = g_bytes_get_data (sealed, &length);
  g_assert_cmpuint (length, ==, 7 + SL_BOX_OVERHEAD_BYTES);
  g_autoptr (GBytes) plain = sl_box_open (&key, data, length);
  assert_bytes (plain, "keyring");
  g_assert_null (sl_box_open (&other, data, length));
  g_assert_null (sl_box_open (&key, data, length - 1));
  g_assert_null (sl_box_open (&key, data, 3));
  guint8 no_key[SL_SIGN_PUBLIC_BYTES] = { 0 };
  g_assert_null (sl_box_seal (no_key, "keyring", 7));
}

static void
pin_verifies_with_its_pepper_only (void)
{
  SlFakeWorld world;
  sl_fake_world_init (&world, 0, 4);
  g_auto (SlSealKey) pepper = { 0 }, other = { 0 };
  sl_seal_key_new (&world.base, &pepper);
  sl_seal_key_new (&world.base, &other);
  g_autofree char *hash = sl_pin_hash (&world.base, "4711", &pepper);
  g_assert_true (g_str_has_prefix (hash, "$argon2id$v=19$m=65536,t=2,p=1$"));
  g_assert_true (sl_pin_verify (hash, "4711", &pepper));
  g_assert_false (sl_pin_verify (hash, "4712", &pepper));
  g_assert_false (sl_pin_verify (hash, "", &pepper));
  g_assert_false (sl_pin_verify (hash, "4711", &other));
  g_autofree char *again = sl_pin_hash (&world.base, "4711", &pepper);
  g_assert_cmpstr (hash, !=, again);
}

static void
damaged_pin_hash_verifies_nothing (void)
{
  g_auto (SlSealKey) pepper = { { 1 } };
  g_autofree char *long_text = g_strnfill (4096, '$');
  static const char * const bad[] = {
    "", "4711", "$argon2id$", "$argon2i$v=19$m=65536,t=2,p=1$AAAA$AAAA", "$argon2id$v=19$m=65536,t=2,p=1$",
    "$argon2id$v=19$m=4294967295,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "$argon2id$v=19$m=-1,t=-1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "$argon2id$v=19$m=65536,t=4000000000,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (sl_pin_verify (bad[i], "4711", &pepper));
  g_assert_false (sl_pin_verify (long_text, "4711", &pepper));
  g_assert_false (sl_pin_verify (NULL, "4711", &pepper));
}

static void
cleared_keys_are_zero (void)
{
  SlFakeWorld world;
  sl_fake_world_init (&world, 0, 5);
  SlSignKey key, zero_key = { 0 };
  SlSealKey seal, zero_seal = { 0 };
  sl_sign_key_new (&world.base, &key);
  sl_seal_key_new (&world.base, &seal);
  sl_sign_key_clear (&key);
  sl_seal_key_clear (&seal);
  g_assert_cmpmem (&key, sizeof key, &zero_key, sizeof zero_key);
  g_assert_cmpmem (&seal, sizeof seal, &zero_seal, sizeof zero_seal);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sl_crypto_init (NULL));
  g_assert_true (sl_crypto_init (NULL));
  g_test_add_func ("/sl/crypto/hash-never-changes", hash_never_changes);
  g_test_add_func ("/sl/crypto/hash-tells-domains-and-lengths-apart", hash_tells_domains_and_lengths_apart);
  g_test_add_func ("/sl/crypto/signature-holds-for-its-message-and-key-only",
                   signature_holds_for_its_message_and_key_only);
  g_test_add_func ("/sl/crypto/signs-as-rfc-8032-does", signs_as_rfc_8032_does);
  g_test_add_func ("/sl/crypto/zero-key-verifies-nothing", zero_key_verifies_nothing);
  g_test_add_func ("/sl/crypto/sealed-opens-with-its-key-and-place-only", sealed_opens_with_its_key_and_place_only);
  g_test_add_func ("/sl/crypto/box-opens-for-its-device-only", box_opens_for_its_device_only);
  g_test_add_func ("/sl/crypto/pin-verifies-with-its-pepper-only", pin_verifies_with_its_pepper_only);
  g_test_add_func ("/sl/crypto/damaged-pin-hash-verifies-nothing", damaged_pin_hash_verifies_nothing);
  g_test_add_func ("/sl/crypto/cleared-keys-are-zero", cleared_keys_are_zero);
  return g_test_run ();
}
