/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/base32.h"

#include <string.h>

static void
assert_refused (const char *text)
{
  gsize length = 1;
  g_assert_null (sl_base32_decode (text, &length));
  g_assert_cmpuint (length, ==, 0);
}

static void
writes_the_examples_of_rfc_4648 (void)
{
  static const struct { const char *plain, *text; } examples[] = {
    { "", "" }, { "f", "MY" }, { "fo", "MZXQ" }, { "foo", "MZXW6" }, { "foob", "MZXW6YQ" }, { "fooba", "MZXW6YTB" },
    { "foobar", "MZXW6YTBOI" } };
  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      g_autofree char *text = sl_base32_encode (examples[i].plain, strlen (examples[i].plain));
      g_assert_cmpstr (text, ==, examples[i].text);
      gsize length;
      g_autofree guint8 *bytes = sl_base32_decode (text, &length);
      g_assert_nonnull (bytes);
      g_assert_cmpmem (bytes, length, examples[i].plain, strlen (examples[i].plain));
    }
}

static void
reads_back_every_length (void)
{
  guint8 bytes[104];
  for (guint i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8) (i * 151 + 7);
  for (gsize n = 0; n <= sizeof bytes; n++)
    {
      g_autofree char *text = sl_base32_encode (bytes, n);
      g_autofree char *lower = g_ascii_strdown (text, -1);
      gsize length;
      g_autofree guint8 *back = sl_base32_decode (lower, &length);
      g_assert_cmpmem (back, length, bytes, n);
    }
}

static void
refuses_other_characters (void)
{
  assert_refused ("MZXW6YT1");
  assert_refused ("MZXW6YT8");
  assert_refused ("MZXW 6YT");
  assert_refused ("MY======");
  assert_refused ("MZXW6YT\xc3\xa9");
}

static void
refuses_lengths_that_no_encoder_makes (void)
{
  assert_refused ("A");
  assert_refused ("AAA");
  assert_refused ("AAAAAA");
}

static void
refuses_left_over_bits (void)
{
  assert_refused ("MZ");     /* "f" is MY */
  assert_refused ("MZXR");   /* "fo" is MZXQ */
  assert_refused ("MZXW7");  /* "foo" is MZXW6 */
  assert_refused ("MZXW6YR");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/base32/writes-the-examples-of-rfc-4648", writes_the_examples_of_rfc_4648);
  g_test_add_func ("/sl/base32/reads-back-every-length", reads_back_every_length);
  g_test_add_func ("/sl/base32/refuses-other-characters", refuses_other_characters);
  g_test_add_func ("/sl/base32/refuses-lengths-that-no-encoder-makes", refuses_lengths_that_no_encoder_makes);
  g_test_add_func ("/sl/base32/refuses-left-over-bits", refuses_left_over_bits);
  return g_test_run ();
}
