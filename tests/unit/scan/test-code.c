/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-code"

#include "scan/code.h"

#include <qrencode.h>
#include <string.h>

#define NOW_MS G_GINT64_CONSTANT (1772427123000)

static void
make_key (guint8 seed_byte, SlSignKey *out_key)
{
  guint8 seed[32];

  memset (seed, seed_byte, sizeof seed);
  g_assert_true (sl_sign_key_from_seed (seed, out_key));
}

static SlCode
make_code (void)
{
  SlCode code = {
    .kind = SL_CODE_GUEST, .serial = 0xfedcba98, .issued_ms = NOW_MS, .expires_ms = NOW_MS + 86400000, .spot = 7
  };
  SlId organisation;

  for (guint i = 0; i < SL_ID_BYTES; i++)
    {
      organisation.bytes[i] = (guint8) (0xa0 + i);
      code.subject_id.bytes[i] = (guint8) (0x10 + i);
    }
  sl_code_set_organisation (&code, &organisation);
  return code;
}

static char *
make_text (void)
{
  g_auto (SlSignKey) key = { 0 };
  SlCode code = make_code ();

  make_key (1, &key);
  return sl_code_encode (&code, &key);
}

static SlCodeProblem
parse (const char *text)
{
  SlCode code;

  return sl_code_parse (text, &code);
}

static void
test_round_trip (void)
{
  g_autofree char *text = make_text ();
  SlCode code = make_code (), read;
  SlId organisation, other = { { 0 } };
  g_auto (SlSignKey) key = { 0 };
  guint8 key_id[SL_CODE_KEY_ID_BYTES];

  make_key (1, &key);
  sl_code_key_id (key.public_key, key_id);
  for (guint i = 0; i < SL_ID_BYTES; i++)
    organisation.bytes[i] = (guint8) (0xa0 + i);
  g_assert_cmpint (sl_code_parse (text, &read), ==, SL_CODE_OK);

  g_assert_cmpint (read.kind, ==, SL_CODE_GUEST);
  g_assert_cmpmem (read.key_id, sizeof read.key_id, key_id, sizeof key_id);
  g_assert_true (sl_code_is_of (&read, &organisation));
  g_assert_false (sl_code_is_of (&read, &other));
  g_assert_true (sl_id_equal (&read.subject_id, &code.subject_id));
  g_assert_cmpuint (read.serial, ==, 0xfedcba98);
  g_assert_cmpint (read.issued_ms, ==, NOW_MS);
  g_assert_cmpint (read.expires_ms, ==, NOW_MS + 86400000);
  g_assert_cmpuint (read.spot, ==, 7);
  g_assert_true (sl_code_verify (&read, key.public_key));
}

static void
test_text_never_changes (void)
{
  g_autofree char *text = make_text ();

  /* Codes on people's phones outlive releases: this text must be read, and written, for ever. */
  g_assert_cmpstr (text, ==,
                   "SL1APJ4A7BFUCQ2FI5EUWTKOEARCIJRIFIWC4MBSGQ3DQOR4H763S5JQ2NFC5ZWTJTI6MD6CXK4Q4XUWVPDQ35A"
                   "NLWV53CAASTOEQW6HDRHIEA6LBL5T2PDXICYZAAMLXTH5GZ67WW3MLYYEX4H5E33JV7WBL2UWAUFUMRGSJPZAE");
}

static void
test_fits_version_7 (void)
{
  g_autofree char *text = make_text ();
  QRcode *qr;

  g_assert_cmpuint (strlen (text), ==, SL_CODE_TEXT_CHARS);
  g_assert_cmpuint (strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ1234567"), ==, SL_CODE_TEXT_CHARS);
  qr = QRcode_encodeString (text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
  g_assert_nonnull (qr);
  g_assert_cmpint (qr->version, ==, 7);
  QRcode_free (qr);
}

static void
test_takes_what_scanners_add (void)
{
  g_autofree char *text = make_text ();
  g_autofree char *padded = g_strconcat (" \t", text, "\r\n", NULL);
  g_autofree char *lower = g_ascii_strdown (text, -1);

  g_assert_cmpint (parse (padded), ==, SL_CODE_OK);
  g_assert_cmpint (parse (lower), ==, SL_CODE_OK);
}

static void
test_refuses_shapes (void)
{
  g_autofree char *text = make_text ();
  g_autofree char *cut = g_strndup (text, SL_CODE_TEXT_CHARS - 1);
  g_autofree char *longer = g_strconcat (text, "A", NULL);
  g_autofree char *inner = g_strconcat ("x", text, NULL);
  g_autofree char *huge = g_strnfill (4096, 'A');
  g_autofree char *blanks = g_strnfill (SL_CODE_MAX_BYTES - SL_CODE_TEXT_CHARS + 1, ' ');
  g_autofree char *too_padded = g_strconcat (blanks, text, NULL);
  const char *bad[] = {
    NULL, "", " ", "SL", "SL1", "SLX", "https://example.org/", cut, longer, inner, huge, too_padded
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_cmpstr (sl_code_problem_name (parse (bad[i])), ==, "shape");
  g_assert_cmpint (parse (too_padded + 1), ==, SL_CODE_OK);
}

static void
test_refuses_alphabet (void)
{
  const char bad[] = { '0', '1', '8', '9', '=', ' ', '-', '\x01', '\xc3' };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *text = make_text ();

      text[100] = bad[i];
      g_assert_cmpstr (sl_code_problem_name (parse (text)), ==, "alphabet");
    }
}

static void
test_refuses_second_spelling (void)
{
  g_autofree char *text = make_text ();
  guint refused = 0;

  /* The last character has two bits that say nothing: only one of four spellings counts. */
  for (const char *last = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"; *last != '\0'; last++)
    {
      text[SL_CODE_TEXT_CHARS - 1] = *last;
      refused += parse (text) == SL_CODE_BAD_ALPHABET;
    }
  g_assert_cmpuint (refused, ==, 24);
}

static void
test_refuses_version (void)
{
  g_autofree char *text = make_text ();

  text[2] = '2';
  g_assert_cmpstr (sl_code_problem_name (parse (text)), ==, "version");
  g_assert_cmpstr (sl_code_problem_name (parse ("SL2 of any length")), ==, "version");
}

static void
test_refuses_kind (void)
{
  static const guint8 kinds[] = { 0, SL_CODE_DEVICE_PAIRING + 1, 255 };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *text = make_text ();
      const char *alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

      text[3] = alphabet[kinds[i] >> 3];
      text[4] = alphabet[(kinds[i] & 7) << 2];
      g_assert_cmpstr (sl_code_problem_name (parse (text)), ==, "kind");
    }
}

static void
test_detects_any_change (void)
{
  g_autofree char *text = make_text ();
  g_auto (SlSignKey) key = { 0 };

  make_key (1, &key);
  for (guint i = 3; i < SL_CODE_TEXT_CHARS; i++)
    {
      g_autofree char *changed = g_strdup (text);
      SlCode code;

      changed[i] = changed[i] == 'A' ? 'E' : 'A';
      if (sl_code_parse (changed, &code) == SL_CODE_OK)
        g_assert_false (sl_code_verify (&code, key.public_key));
    }
}

static void
test_knows_its_key (void)
{
  g_autofree char *text = make_text ();
  g_auto (SlSignKey) other = { 0 };
  SlCode code;

  make_key (2, &other);
  g_assert_cmpint (sl_code_parse (text, &code), ==, SL_CODE_OK);
  g_assert_false (sl_code_verify (&code, other.public_key));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!sl_crypto_init (NULL))
    g_error ("no libsodium");
  g_test_add_func ("/sl/code/reads-back-what-it-writes", test_round_trip);
  g_test_add_func ("/sl/code/has-the-same-text-for-ever", test_text_never_changes);
  g_test_add_func ("/sl/code/fits-version-7-of-level-m", test_fits_version_7);
  g_test_add_func ("/sl/code/takes-what-scanners-add", test_takes_what_scanners_add);
  g_test_add_func ("/sl/code/refuses-what-has-not-its-shape", test_refuses_shapes);
  g_test_add_func ("/sl/code/refuses-characters-outside-the-alphabet", test_refuses_alphabet);
  g_test_add_func ("/sl/code/refuses-a-second-spelling", test_refuses_second_spelling);
  g_test_add_func ("/sl/code/refuses-a-later-version", test_refuses_version);
  g_test_add_func ("/sl/code/refuses-an-unknown-kind", test_refuses_kind);
  g_test_add_func ("/sl/code/detects-any-change", test_detects_any_change);
  g_test_add_func ("/sl/code/is-not-another-keys", test_knows_its_key);
  return g_test_run ();
}
