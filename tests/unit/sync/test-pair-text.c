/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-pair-text"

#include "agent/pair.h"
#include "scan/code.h"

/* What somebody may hold before the camera of a device that waits for a hub's code, or type there. */

static SlPairText
parse (const char *text)
{
  g_autofree char *url = NULL, *code = NULL;
  SlPairText parsed = sl_pair_text_parse (text, &url, &code);
  g_assert_cmpint (url != NULL, ==, parsed <= SL_PAIR_TEXT_PLAIN);
  g_assert_cmpint (code != NULL, ==, parsed <= SL_PAIR_TEXT_PLAIN);
  return parsed;
}

static void
assert_pairs (const char *text, const char *wanted_url, const char *wanted_code)
{
  g_autofree char *url = NULL, *code = NULL;
  g_assert_cmpint (sl_pair_text_parse (text, &url, &code), ==, SL_PAIR_TEXT_OK);
  g_assert_cmpstr (url, ==, wanted_url);
  g_assert_cmpstr (code, ==, wanted_code);
}

static void
test_takes_what_a_hub_draws (void)
{
  assert_pairs ("https://hub.example#D7WB-WXHK-NK4P", "https://hub.example", "D7WB-WXHK-NK4P");
  assert_pairs ("https://hub.example:8440/studio/#D7WBWXHKNK4P", "https://hub.example:8440/studio", "D7WBWXHKNK4P");
  assert_pairs ("http://127.0.0.1:8440#D7WB-WXHK-NK4P", "http://127.0.0.1:8440", "D7WB-WXHK-NK4P");
}

static void
test_takes_what_people_type (void)
{
  assert_pairs ("  https://hub.example D7WB-WXHK-NK4P\r\n", "https://hub.example", "D7WB-WXHK-NK4P");
  assert_pairs ("https://hub.example\td7wb wxhk nk4p", "https://hub.example", "d7wb wxhk nk4p");
  assert_pairs ("https://hub.example #D7WB-WXHK-NK4P", "https://hub.example", "D7WB-WXHK-NK4P");
}

static void
test_tells_plain_http_apart (void)
{
  g_autofree char *url = NULL, *code = NULL;
  g_assert_cmpint (sl_pair_text_parse ("http://hub.example#D7WB-WXHK-NK4P", &url, &code), ==, SL_PAIR_TEXT_PLAIN);
  g_assert_cmpstr (url, ==, "http://hub.example");
  g_assert_cmpstr (code, ==, "D7WB-WXHK-NK4P");
}

static void
test_asks_nobody_by_the_address_of_a_page (void)
{
  const char *const pages[] = { "https://gym.example", "https://gym.example/", "https://gym.example#",
                                "https://gym.example/menu#lunch", "https://gym.example#INSTALLGUIDE",
                                "https://gym.example#D7WB-WXHK-NK4", "https://gym.example#D7WB-WXHK-NK4PP",
                                "https://gym.example#D7WB#WXHKNK4P", "https://gym.example#D7WB-WXHK-NK4P/x",
                                "https://gym.example#------------" };
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    g_assert_cmpint (parse (pages[i]), ==, SL_PAIR_TEXT_NO_CODE);
}

static void
test_knows_the_codes_of_a_studio (void)
{
  SlCode pass = { .kind = SL_CODE_MEMBER_PASS, .expires_ms = 1000 };
  g_auto (SlSignKey) key = { 0 };
  g_assert_true (sl_crypto_init (NULL));
  sl_sign_key_new (sl_world_system (), &key);
  g_autofree char *text = sl_code_encode (&pass, &key);
  g_assert_cmpint (parse (text), ==, SL_PAIR_TEXT_STUDIO_CODE);
  g_assert_cmpint (parse ("SL2WHATEVERCOMESLATER"), ==, SL_PAIR_TEXT_STUDIO_CODE);
}

static void
test_takes_nothing_else (void)
{
  const char *const texts[] = { "", " ", "#", "##", "D7WB-WXHK-NK4P", "#D7WB-WXHK-NK4P", "WIFI:S:gym;P:x;;",
                                "mailto:a@gym.example#D7WB-WXHK-NK4P", "ftp://gym.example#D7WB-WXHK-NK4P",
                                "https://#D7WB-WXHK-NK4P", "https://a@gym.example#D7WB-WXHK-NK4P",
                                "https://gym.example?x#D7WB-WXHK-NK4P", "file:///etc/passwd#D7WB-WXHK-NK4P",
                                "https://\xff.example#D7WB-WXHK-NK4P", "hello" };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_cmpint (parse (texts[i]), ==, SL_PAIR_TEXT_FOREIGN);
  g_autofree char *path = g_strnfill (4000, 'x');
  g_autofree char *too_long = g_strconcat ("https://gym.example/", path, "#D7WB-WXHK-NK4P", NULL);
  g_assert_cmpint (parse (too_long), ==, SL_PAIR_TEXT_FOREIGN);
}

static void
test_every_problem_has_words_of_its_own (void)
{
  for (int a = SL_PAIR_TEXT_OK + 1; a < SL_PAIR_TEXT_LAST; a++)
    for (int b = a + 1; b < SL_PAIR_TEXT_LAST; b++)
      g_assert_cmpstr (sl_pair_text_problem (a), !=, sl_pair_text_problem (b));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/pair-text/takes-what-a-hub-draws", test_takes_what_a_hub_draws);
  g_test_add_func ("/sl/pair-text/takes-what-people-type", test_takes_what_people_type);
  g_test_add_func ("/sl/pair-text/tells-plain-http-to-another-machine-apart", test_tells_plain_http_apart);
  g_test_add_func ("/sl/pair-text/asks-nobody-by-the-address-of-a-page", test_asks_nobody_by_the_address_of_a_page);
  g_test_add_func ("/sl/pair-text/knows-the-codes-of-a-studio", test_knows_the_codes_of_a_studio);
  g_test_add_func ("/sl/pair-text/takes-nothing-else", test_takes_nothing_else);
  g_test_add_func ("/sl/pair-text/every-problem-has-words-of-its-own", test_every_problem_has_words_of_its_own);
  return g_test_run ();
}
