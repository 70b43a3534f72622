/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/message.h"

#include <string.h>


#include "fake-world.h"
#include "oplog/operation.h"
#include "protocol/signature-private.h"

#define NOON_MS G_GINT64_CONSTANT (1893499200000)

/* Two devices of a studio, A asking and B answering. */
typedef struct {
  SlFakeWorld world;
  SlSignKey key, other;
  SlSyncSigner a, b;
  SlId organisation;
} Pair;

static void
sign_with (gpointer user_data, const void *message, gsize length, guint8 out_signature[SL_SIGNATURE_BYTES])
{
  sl_sign (user_data, message, length, out_signature);
}

static void
make_signer (SlWorld *world, SlSignKey *key, SlSyncSigner *out)
{
  sl_sign_key_new (world, key);
  memcpy (out->public_key, key->public_key, SL_SIGN_PUBLIC_BYTES);
  sl_replica_from_key (key->public_key, &out->replica);
  out->sign = sign_with;
  out->user_data = key;
}

static void
set_up (Pair *pair, gconstpointer unused)
{
  sl_fake_world_init (&pair->world, NOON_MS, 1);
  make_signer (&pair->world.base, &pair->key, &pair->a);
  make_signer (&pair->world.base, &pair->other, &pair->b);
  sl_id_random (&pair->world.base, &pair->organisation);
}

static void
tear_down (Pair *pair, gconstpointer unused)
{
}

static SlSyncRequest *
signed_request (Pair *pair, const char *text)
{
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  SlSyncRequest *request = sl_sync_request_new ("POST", "/v1/sync", body);
  sl_sync_sign_request (request, &pair->a, &pair->organisation, &pair->world.base, pair->world.now_ms, TRUE);
  return request;
}

static SlSyncCode
judge (Pair *pair, const SlSyncRequest *request)
{
  SlSyncClaimed claimed;
  SlSyncCode code = sl_sync_request_read (request, &claimed);
  return code != SL_SYNC_OK ? code
                            : sl_sync_request_check (request, &claimed, pair->a.public_key, pair->world.now_ms);
}

/* A request with one header set to another text. */
static SlSyncCode
judge_with (Pair *pair, const char *name, const char *value)
{
  g_autoptr (SlSyncRequest) request = signed_request (pair, "body");
  if (value != NULL)
    g_hash_table_insert (request->headers, g_strdup (name), g_strdup (value));
  else
    g_hash_table_remove (request->headers, name);
  return judge (pair, request);
}

static const char *
header (GHashTable *headers, const char *name)
{
  return g_hash_table_lookup (headers, name);
}

/* RFC 9421 appendix B.2.6 with the key of B.1.4. */
static void
follows_the_example_of_rfc_9421 (void)
{
  static const guint8 public_key[SL_SIGN_PUBLIC_BYTES]
      = { 0x26, 0xb4, 0x0b, 0x8f, 0x93, 0xff, 0xf3, 0xd8, 0x97, 0x11, 0x2f, 0x7e, 0xbc, 0x58, 0x2b, 0x23,
          0x2d, 0xbd, 0x72, 0x51, 0x7d, 0x08, 0x2f, 0xe8, 0x3c, 0xfb, 0x30, 0xdd, 0xce, 0x43, 0xd1, 0xbb };
  static const guint8 seed[32]
      = { 0x9f, 0x83, 0x62, 0xf8, 0x7a, 0x48, 0x4a, 0x95, 0x4e, 0x6e, 0x74, 0x0c, 0x5b, 0x4c, 0x0e, 0x84,
          0x22, 0x91, 0x39, 0xa2, 0x0a, 0xa8, 0xab, 0x56, 0xff, 0x66, 0x58, 0x6f, 0x6a, 0x7d, 0x29, 0xc5 };
  g_autoptr (GString) base = g_string_new (NULL);
  sl_signature_base_add (base, "\"date\"", "Tue, 20 Apr 2021 02:07:55 GMT");
  sl_signature_base_add (base, "\"@method\"", "POST");
  sl_signature_base_add (base, "\"@path\"", "/foo");
  sl_signature_base_add (base, "\"@authority\"", "example.com");
  sl_signature_base_add (base, "\"content-type\"", "application/json");
  sl_signature_base_add (base, "\"content-length\"", "18");
  sl_signature_base_finish (base, "(\"date\" \"@method\" \"@path\" \"@authority\" \"content-type\" \"content-length\")"
                                  ";created=1618884473;keyid=\"test-key-ed25519\"");
  gsize length;
  g_autofree guint8 *expected = g_base64_decode (
      "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==", &length);
  g_assert_true (sl_verify (public_key, base->str, base->len, expected));

  g_auto (SlSignKey) key = { 0 };
  guint8 signature[SL_SIGNATURE_BYTES];
  g_assert_true (sl_sign_key_from_seed (seed, &key));
  sl_sign (&key, base->str, base->len, signature);
  g_assert_cmpmem (signature, sizeof signature, expected, length);
}

/* RFC 9530 appendices B.1 and D. */
static void
digests_follow_the_examples_of_rfc_9530 (void)
{
  static const struct { const char *body, *digest; } examples[] = {
    { "{\"hello\": \"world\"}\n", "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:" },
    { "{\"hello\": \"world\"}", "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:" },
    { "", "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      g_autoptr (GBytes) body = g_bytes_new (examples[i].body, strlen (examples[i].body));
      g_autofree char *digest = sl_content_digest (body);
      g_assert_cmpstr (digest, ==, examples[i].digest);
    }
}

static void
a_request_says_who_signed_it_when_and_for_whom (Pair *pair, gconstpointer unused)
{
  g_autoptr (SlSyncRequest) request = signed_request (pair, "body");
  SlSyncClaimed claimed;
  g_assert_cmpint (sl_sync_request_read (request, &claimed), ==, SL_SYNC_OK);
  g_assert_true (sl_id_equal (&claimed.organisation, &pair->organisation));
  g_assert_true (sl_id_equal (&claimed.replica, &pair->a.replica));
  g_assert_cmpint (claimed.created_ms, ==, NOON_MS);
  g_assert_true (claimed.has_key);
  g_assert_cmpmem (claimed.public_key, SL_SIGN_PUBLIC_BYTES, pair->a.public_key, SL_SIGN_PUBLIC_BYTES);
  g_assert_cmpint (sl_sync_request_check (request, &claimed, claimed.public_key, NOON_MS), ==, SL_SYNC_OK);
  GHashTableIter iter;
  gpointer name, value;
  g_hash_table_iter_init (&iter, request->headers);
  while (g_hash_table_iter_next (&iter, &name, &value))
    g_assert_cmpuint (strlen (value), <=, SL_SYNC_HEADER_MAX_BYTES);
}

static void
two_requests_never_have_one_nonce (Pair *pair, gconstpointer unused)
{
  g_autoptr (SlSyncRequest) request = signed_request (pair, "body");
  SlSyncClaimed first, second;
  g_assert_cmpint (sl_sync_request_read (request, &first), ==, SL_SYNC_OK);
  sl_sync_sign_request (request, &pair->a, &pair->organisation, &pair->world.base, NOON_MS, FALSE);
  g_assert_cmpint (sl_sync_request_read (request, &second), ==, SL_SYNC_OK);
  g_assert_false (second.has_key);
  g_assert_cmpint (memcmp (first.nonce, second.nonce, SL_SYNC_NONCE_BYTES), !=, 0);
  g_assert_cmpint (sl_sync_request_check (request, &second, pair->a.public_key, NOON_MS), ==, SL_SYNC_OK);
  g_assert_cmpint (sl_sync_request_check (request, &first, pair->a.public_key, NOON_MS), ==, SL_SYNC_BAD_SIGNATURE);
}

static void
another_devices_key_does_not_fit (Pair *pair, gconstpointer unused)
{
  g_autoptr (SlSyncRequest) request = signed_request (pair, "body");
  SlSyncClaimed claimed;
  g_assert_cmpint (sl_sync_request_read (request, &claimed), ==, SL_SYNC_OK);
  g_assert_cmpint (sl_sync_request_check (request, &claimed, pair->b.public_key, NOON_MS), ==, SL_SYNC_BAD_SIGNATURE);
  g_autofree char *key = g_base64_encode (pair->b.public_key, SL_SIGN_PUBLIC_BYTES);
  g_assert_cmpint (judge_with (pair, "studioloop-key", key), ==, SL_SYNC_BAD_SIGNATURE);
}

static void
another_body_is_a_bad_signature (Pair *pair, gconstpointer unused)
{
  g_autoptr (SlSyncRequest) request = signed_request (pair, "body");
  g_bytes_unref (request->body);
  request->body = g_bytes_new ("bodY", 4);
  g_assert_cmpint (judge (pair, request), ==, SL_SYNC_BAD_SIGNATURE);
  /* with its own digest, too */
  g_hash_table_insert (request->headers, g_strdup ("content-digest"), sl_content_digest (request->body));
  g_assert_cmpint (judge (pair, request), ==, SL_SYNC_BAD_SIGNATURE);
}

static void
every_bit_of_a_signed_request_counts (Pair *pair, gconstpointer unused)
{
  static const char *const names[]
      = { "signature", "signature-input", "content-digest", "studioloop-org", "studioloop-key" };
  g_autoptr (SlSyncRequest) request = signed_request (pair, "a body of some bytes");
  char *texts[G_N_ELEMENTS (names) + 2] = { request->method, request->path };
  guint flips = 0;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      texts[i + 2] = g_hash_table_lookup (request->headers, names[i]);
      g_assert_nonnull (texts[i + 2]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    for (gsize bit = 0, bits = strlen (texts[i]) * 8; bit < bits; bit++, flips++)
      {
        texts[i][bit / 8] ^= (char) (1 << bit % 8);
        g_assert_cmpint (judge (pair, request), !=, SL_SYNC_OK);
        texts[i][bit / 8] ^= (char) (1 << bit % 8);
      }
  gsize size;
  g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (request->body, &size), g_bytes_get_size (request->body));
  for (gsize bit = 0; bit < size * 8; bit++, flips++)
    {
      data[bit / 8] ^= 1 << bit % 8;
      SlSyncRequest other = *request;
      other.body = g_bytes_new_static (data, size);
      g_assert_cmpint (judge (pair, &other), ==, SL_SYNC_BAD_SIGNATURE);
      g_bytes_unref (other.body);
      data[bit / 8] ^= 1 << bit % 8;
    }
  g_assert_cmpuint (flips, >, 3000);
  g_assert_cmpint (judge (pair, request), ==, SL_SYNC_OK);
}

static void
missing_signatures_are_unsigned_other_gaps_malformed (Pair *pair, gconstpointer unused)
{
  g_assert_cmpint (judge_with (pair, "signature", NULL), ==, SL_SYNC_UNSIGNED);
  g_assert_cmpint (judge_with (pair, "signature-input", NULL), ==, SL_SYNC_UNSIGNED);
  g_assert_cmpint (judge_with (pair, "content-digest", NULL), ==, SL_SYNC_BAD_REQUEST);
  g_assert_cmpint (judge_with (pair, "studioloop-org", NULL), ==, SL_SYNC_BAD_REQUEST);
  g_assert_cmpint (judge_with (pair, "studioloop-key", NULL), ==, SL_SYNC_OK);
}

static void
other_spellings_are_malformed (Pair *pair, gconstpointer unused)
{
#define COMPONENTS "sl=(\"@method\" \"@path\" \"content-digest\" \"studioloop-org\")"
#define KEYID ";keyid=\"00000000-0000-8000-8000-000000000001\""
#define NONCE ";nonce=\"AAAAAAAAAAAAAAAAAAAAAA==\""
#define ALG ";alg=\"ed25519\""
  static const char *const inputs[] = {
    "", "sl=", "sl=()", "sig1=()", COMPONENTS, COMPONENTS ";created=1", COMPONENTS ";created=1" KEYID,
    COMPONENTS ";created=1" KEYID NONCE, COMPONENTS ";created=1" KEYID NONCE ALG " ",
    COMPONENTS ";created=1" KEYID NONCE ALG ", sl=()", COMPONENTS ";created=01" KEYID NONCE ALG,
    COMPONENTS ";created=-1" KEYID NONCE ALG, COMPONENTS ";created=" KEYID NONCE ALG,
    COMPONENTS ";created=99999999999999" KEYID NONCE ALG, COMPONENTS ";created=1" NONCE KEYID ALG,
    COMPONENTS ";created=1" KEYID ";nonce=\"AAAAAAAAAAAAAAAAAAAAAB==\"" ALG,
    COMPONENTS ";created=1" KEYID ";nonce=\"AAAAAAAAAAAAAAAAAAAAAA\"" ALG,
    COMPONENTS ";created=1" KEYID ";nonce=\"AAAAAAAAAAAAAAAAAAAA\n===\"" ALG,
    COMPONENTS ";created=1;keyid=\"00000000-0000-8000-8000-00000000000A\"" NONCE ALG,
    COMPONENTS ";created=1;keyid=\"00000000-0000-0000-0000-000000000000\"" NONCE ALG,
    COMPONENTS ";created=1;keyid=\"\"" NONCE ALG, COMPONENTS ";created=1" KEYID NONCE ";alg=\"hmac-sha256\"",
    COMPONENTS ";created=1" KEYID NONCE ALG ";tag=\"x\"",
    "sl=(\"@method\" \"@path\")" ";created=1" KEYID NONCE ALG,
    "sl=(\"@method\" \"@path\" \"content-digest\")" ";created=1" KEYID NONCE ALG,
    "sl=(\"@path\" \"@method\" \"content-digest\" \"studioloop-org\")" ";created=1" KEYID NONCE ALG,
    "SL=(\"@method\" \"@path\" \"content-digest\" \"studioloop-org\")" ";created=1" KEYID NONCE ALG,
    "sl=(\"@method\"  \"@path\" \"content-digest\" \"studioloop-org\")" ";created=1" KEYID NONCE ALG,
  };
  static const char *const signatures[] = { "", "sl", "sl=", "sl=::", "sl=:AA==:", "sig1=:AA==:", "sl=\"AA==\"" };
  static const char *const organisations[]
      = { "", "x", "00000000-0000-0000-0000-000000000000", "00000000-0000-8000-8000-00000000000A",
          " 00000000-0000-8000-8000-000000000001", "00000000-0000-8000-8000-000000000001 ",
          "{00000000-0000-8000-8000-000000000001}" };
  static const char *const keys[] = { "", "AA==", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=" };
  for (guint i = 0; i < G_N_ELEMENTS (inputs); i++)
    g_assert_cmpint (judge_with (pair, "signature-input", inputs[i]), ==, SL_SYNC_BAD_REQUEST);
  for (guint i = 0; i < G_N_ELEMENTS (signatures); i++)
    g_assert_cmpint (judge_with (pair, "signature", signatures[i]), ==, SL_SYNC_BAD_REQUEST);
  for (guint i = 0; i < G_N_ELEMENTS (organisations); i++)
    g_assert_cmpint (judge_with (pair, "studioloop-org", organisations[i]), ==, SL_SYNC_BAD_REQUEST);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    g_assert_cmpint (judge_with (pair, "studioloop-key", keys[i]), ==, SL_SYNC_BAD_REQUEST);
  g_autofree char *huge = g_strnfill (1000000, '1');
  g_assert_cmpint (judge_with (pair, "signature-input", huge), ==, SL_SYNC_BAD_REQUEST);
  g_assert_cmpint (judge_with (pair, "content-digest", "sha-512=::"), ==, SL_SYNC_BAD_SIGNATURE);
}

static void
line_breaks_cannot_forge_a_component (Pair *pair, gconstpointer unused)
{
  g_autofree char *organisation = sl_id_to_string (&pair->organisation);
  g_autofree char *value = g_strconcat (organisation, "\r\n\"@path\": /v1/rights", NULL);
  g_assert_cmpint (judge_with (pair, "studioloop-org", value), ==, SL_SYNC_BAD_REQUEST);
  g_autoptr (SlSyncRequest) request = signed_request (pair, "body");
  g_free (request->path);
  request->path = g_strdup ("/v1/sync\n\"content-digest\": x");
  g_assert_cmpint (judge (pair, request), ==, SL_SYNC_BAD_REQUEST);
}

static void
paths_and_methods_are_plain (Pair *pair, gconstpointer unused)
{
  static const char *const paths[]
      = { "", "v1/sync", "/v1/sync?x=1", "/v1/%73ync", "/v1/sync#", "/V1/sync", "/v1/../x", "/v1/sync " };
  static const char *const methods[] = { "", "post", "PUT", "POST ", "GET\n" };
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (SlSyncRequest) request = sl_sync_request_new ("POST", paths[i], NULL);
      sl_sync_sign_request (request, &pair->a, &pair->organisation, &pair->world.base, NOON_MS, FALSE);
      g_assert_cmpint (judge (pair, request), ==, SL_SYNC_BAD_REQUEST);
    }
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autoptr (SlSyncRequest) request = sl_sync_request_new (methods[i], "/v1/sync", NULL);
      sl_sync_sign_request (request, &pair->a, &pair->organisation, &pair->world.base, NOON_MS, FALSE);
      g_assert_cmpint (judge (pair, request), ==, SL_SYNC_BAD_REQUEST);
    }
  g_autofree char *slashes = g_strnfill (SL_SYNC_PATH_MAX_BYTES + 1, '/');
  g_autoptr (SlSyncRequest) request = sl_sync_request_new ("POST", slashes, NULL);
  sl_sync_sign_request (request, &pair->a, &pair->organisation, &pair->world.base, NOON_MS, FALSE);
  g_assert_cmpint (judge (pair, request), ==, SL_SYNC_BAD_REQUEST);
}

static void
two_minutes_apart_is_taken_and_no_more (Pair *pair, gconstpointer unused)
{
  static const struct { gint64 later_ms; SlSyncCode code; } examples[] = {
    { 0, SL_SYNC_OK }, { 120000, SL_SYNC_OK }, { 120001, SL_SYNC_CLOCK_SKEW }, { -120000, SL_SYNC_OK },
    { -120001, SL_SYNC_CLOCK_SKEW }, { G_GINT64_CONSTANT (86400000) * 365, SL_SYNC_CLOCK_SKEW },
    { -NOON_MS, SL_SYNC_CLOCK_SKEW },
  };
  g_autoptr (SlSyncRequest) request = signed_request (pair, "body");
  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      pair->world.now_ms = NOON_MS + examples[i].later_ms;
      g_assert_cmpint (judge (pair, request), ==, examples[i].code);
    }
  /* a bad signature says nothing of clocks */
  pair->world.now_ms = NOON_MS + 120001;
  SlSyncClaimed claimed;
  g_assert_cmpint (sl_sync_request_read (request, &claimed), ==, SL_SYNC_OK);
  g_assert_cmpint (sl_sync_request_check (request, &claimed, pair->b.public_key, pair->world.now_ms), ==,
                   SL_SYNC_BAD_SIGNATURE);
}

static SlSyncAnswer *
signed_answer (Pair *pair, const SlSyncRequest *request)
{
  SlSyncAnswer *answer = sl_sync_answer_new_error (SL_SYNC_CLOCK_SKEW, "another time", 0);
  sl_sync_sign_answer (answer, request, &pair->b, NOON_MS + 5);
  return answer;
}

static void
an_answer_is_its_requests_only (Pair *pair, gconstpointer unused)
{
  g_autoptr (SlSyncRequest) request = signed_request (pair, "body");
  g_autoptr (SlSyncRequest) again = signed_request (pair, "body");
  g_autoptr (SlSyncRequest) bare = sl_sync_request_new ("POST", "/v1/pair", NULL);
  g_autoptr (SlSyncAnswer) answer = signed_answer (pair, request);
  g_autoptr (SlSyncAnswer) of_bare = signed_answer (pair, bare);
  gint64 time_ms = 0;
  g_assert_cmpint (sl_sync_answer_check (answer, request, pair->b.public_key, &time_ms), ==, SL_SYNC_OK);
  g_assert_cmpint (time_ms, ==, NOON_MS + 5);
  g_assert_cmpint (sl_sync_answer_check (answer, again, pair->b.public_key, NULL), ==, SL_SYNC_BAD_SIGNATURE);
  g_assert_cmpint (sl_sync_answer_check (answer, bare, pair->b.public_key, NULL), ==, SL_SYNC_BAD_SIGNATURE);
  g_assert_cmpint (sl_sync_answer_check (of_bare, request, pair->b.public_key, NULL), ==, SL_SYNC_BAD_SIGNATURE);
  g_assert_cmpint (sl_sync_answer_check (of_bare, bare, pair->b.public_key, NULL), ==, SL_SYNC_OK);
  g_assert_cmpint (sl_sync_answer_check (answer, request, pair->a.public_key, NULL), ==, SL_SYNC_BAD_SIGNATURE);
}

static void
a_spoilt_request_signature_binds_no_answer (Pair *pair, gconstpointer unused)
{
  g_autoptr (SlSyncRequest) request = signed_request (pair, "body");
  g_autoptr (SlSyncRequest) spoilt = signed_request (pair, "body");
  g_hash_table_insert (spoilt->headers, g_strdup ("signature"), g_strdup ("sl=:x:\n\"@path\": /"));
  g_autoptr (SlSyncAnswer) answer = signed_answer (pair, spoilt);
  g_assert_cmpint (sl_sync_answer_check (answer, request, pair->b.public_key, NULL), ==, SL_SYNC_BAD_SIGNATURE);
}

static void
every_bit_of_a_signed_answer_counts (Pair *pair, gconstpointer unused)
{
  static const char *const names[] = { "signature", "signature-input", "content-digest", "studioloop-time" };
  g_autoptr (SlSyncRequest) request = signed_request (pair, "body");
  g_autoptr (SlSyncAnswer) answer = signed_answer (pair, request);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      char *text = g_hash_table_lookup (answer->headers, names[i]);
      for (gsize bit = 0, bits = strlen (text) * 8; bit < bits; bit++)
        {
          text[bit / 8] ^= (char) (1 << bit % 8);
          g_assert_cmpint (sl_sync_answer_check (answer, request, pair->b.public_key, NULL), ==,
                           SL_SYNC_BAD_SIGNATURE);
          text[bit / 8] ^= (char) (1 << bit % 8);
        }
    }
  answer->status = 200;
  g_assert_cmpint (sl_sync_answer_check (answer, request, pair->b.public_key, NULL), ==, SL_SYNC_BAD_SIGNATURE);
  answer->status = sl_sync_code_status (SL_SYNC_CLOCK_SKEW);
  g_assert_cmpint (sl_sync_answer_check (answer, request, pair->b.public_key, NULL), ==, SL_SYNC_OK);
  g_bytes_unref (answer->body);
  answer->body = g_bytes_new (NULL, 0);
  g_assert_cmpint (sl_sync_answer_check (answer, request, pair->b.public_key, NULL), ==, SL_SYNC_BAD_SIGNATURE);
}

static void
an_answer_without_signature_is_unsigned (Pair *pair, gconstpointer unused)
{
  static const char *const names[] = { "signature", "signature-input" };
  g_autoptr (SlSyncRequest) request = signed_request (pair, "body");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (SlSyncAnswer) answer = signed_answer (pair, request);
      g_hash_table_remove (answer->headers, names[i]);
      g_assert_cmpint (sl_sync_answer_check (answer, request, pair->b.public_key, NULL), ==, SL_SYNC_UNSIGNED);
    }
  g_autoptr (SlSyncAnswer) timeless = signed_answer (pair, request);
  g_hash_table_remove (timeless->headers, "studioloop-time");
  g_assert_cmpint (sl_sync_answer_check (timeless, request, pair->b.public_key, NULL), ==, SL_SYNC_BAD_SIGNATURE);
  g_assert_nonnull (header (timeless->headers, "content-digest"));
}

#define ADD(path, function) g_test_add ("/sl/signature/" path, Pair, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sl_crypto_init (&error));
  g_test_add_func ("/sl/signature/follows-the-example-of-rfc-9421", follows_the_example_of_rfc_9421);
  g_test_add_func ("/sl/signature/digests-follow-the-examples-of-rfc-9530", digests_follow_the_examples_of_rfc_9530);
  ADD ("a-request-says-who-signed-it-when-and-for-whom", a_request_says_who_signed_it_when_and_for_whom);
  ADD ("two-requests-never-have-one-nonce", two_requests_never_have_one_nonce);
  ADD ("another-devices-key-does-not-fit", another_devices_key_does_not_fit);
  ADD ("another-body-is-a-bad-signature", another_body_is_a_bad_signature);
  ADD ("every-bit-of-a-signed-request-counts", every_bit_of_a_signed_request_counts);
  ADD ("missing-signatures-are-unsigned-other-gaps-malformed", missing_signatures_are_unsigned_other_gaps_malformed);
  ADD ("other-spellings-are-malformed", other_spellings_are_malformed);
  ADD ("line-breaks-cannot-forge-a-component", line_breaks_cannot_forge_a_component);
  ADD ("paths-and-methods-are-plain", paths_and_methods_are_plain);
  ADD ("two-minutes-apart-is-taken-and-no-more", two_minutes_apart_is_taken_and_no_more);
  ADD ("an-answer-is-its-requests-only", an_answer_is_its_requests_only);
  ADD ("a-spoilt-request-signature-binds-no-answer", a_spoilt_request_signature_binds_no_answer);
  ADD ("every-bit-of-a-signed-answer-counts", every_bit_of_a_signed_answer_counts);
  ADD ("an-answer-without-signature-is-unsigned", an_answer_without_signature_is_unsigned);
  return g_test_run ();
}
