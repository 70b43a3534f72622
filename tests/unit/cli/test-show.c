/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/show.h"

#include <string.h>

static const SlColumn inner[] = {
  { "what", "What", SL_SHOW_TEXT, NULL },
  { "credits", "Credits", SL_SHOW_CREDITS, NULL },
  SL_COLUMNS_END
};

static const SlColumn columns[] = {
  { "name", "Name", SL_SHOW_TEXT, NULL },
  { "at", "When", SL_SHOW_TIME, NULL },
  { "price", "Price", SL_SHOW_MONEY, NULL },
  { "in", "In", SL_SHOW_TEXT, NULL },
  { "list", "List", SL_SHOW_ITEMS, inner },
  SL_COLUMNS_END
};

static char *
show (const SlColumn *how, json_t *answer)
{
  GString *out = g_string_new (NULL);
  g_assert_nonnull (answer);
  sl_show_answer (how, answer, "ZAR", out);
  json_decref (answer);
  return g_string_free (out, FALSE);
}

static void
fields_stand_below_one_another (void)
{
  g_autofree char *text = show (columns,
                                json_pack ("{s:s, s:s, s:i, s:b, s:s}", "name", "Thandi", "at",
                                           "2026-03-01T07:00:00+02:00",
                                                    "price", 15000, "in", TRUE, "hidden", "x"));
  g_assert_cmpstr (text, ==, "Name   Thandi\nWhen   2026-03-01 07:00\nPrice  R150.00\nIn     yes\n");
}

static void
what_is_empty_is_left_out (void)
{
  g_autofree char *text = show (columns, json_pack ("{s:s, s:n, s:[]}", "name", "A", "at", "in"));
  g_assert_cmpstr (text, ==, "Name  A\n");
}

static void
seconds_are_told_where_there_are_some (void)
{
  g_autofree char *text = show (columns, json_pack ("{s:s}", "at", "2026-03-01T07:00:09+02:00"));
  g_assert_cmpstr (text, ==, "When  2026-03-01 07:00:09\n");
}

static void
items_are_a_table_with_numbers_to_the_right (void)
{
  g_autofree char *text = show (inner,
                                json_pack ("{s:[{s:s, s:i}, {s:s, s:i}, {s:s, s:n}]}", "items", "what", "Zoë",
                                           "credits", 50,
                                                  "what", "B", "credits", 1000, "what", "C", "credits"));
  g_assert_cmpstr (text, ==, "What  Credits\nZoë       0.5\nB          10\nC           –\n");
}

static void
nothing_to_list_is_said (void)
{
  g_autofree char *text = show (columns, json_pack ("{s:[]}", "items"));
  g_assert_cmpstr (text, ==, "None.\n");
}

static void
a_list_inside_is_a_table_below (void)
{
  g_autofree char *text = show (columns,
                                json_pack ("{s:s, s:[{s:s, s:i}]}", "name", "A", "list", "what", "spend", "credits",
                                           -150));
  g_assert_cmpstr (text, ==, "Name  A\nList\n  What   Credits\n  spend     -1.5\n");
}

static void
control_characters_never_reach_the_terminal (void)
{
  g_autofree char *text = show (columns, json_pack ("{s:s}", "name", "a\033[31mb\nc\302\205d\342\200\256e"));
  g_assert_cmpstr (text, ==, "Name  a\\u{1b}[31mb\\u{a}c\\u{85}d\\u{202e}e\n");
}

static void
an_answer_without_columns_shows_every_key (void)
{
  g_autofree char *text = show (NULL, json_pack ("{s:i, s:s}", "one", 1, "three", "x"));
  g_assert_cmpstr (text, ==, "one    1\nthree  x\n");
}

static void
an_error_says_what_to_do_and_its_details (void)
{
  g_autoptr (GString) err = g_string_new (NULL);
  json_t *error = json_pack ("{s:s, s:s, s:s, s:s, s:i}", "code", "too_early", "message", "A little early.", "hint",
                             "Wait.",
                             "opens", "2026-03-01T06:30:00+02:00", "left", 3);
  sl_show_error (error, err);
  json_decref (error);
  g_assert_cmpstr (err->str, ==, "studioloop: A little early.\nWait.\n  opens: 2026-03-01 06:30\n  left: 3\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/cli/show/fields-stand-below-one-another", fields_stand_below_one_another);
  g_test_add_func ("/sl/cli/show/what-is-empty-is-left-out", what_is_empty_is_left_out);
  g_test_add_func ("/sl/cli/show/seconds-are-told-where-there-are-some", seconds_are_told_where_there_are_some);
  g_test_add_func ("/sl/cli/show/items-are-a-table-with-numbers-to-the-right",
                   items_are_a_table_with_numbers_to_the_right);
  g_test_add_func ("/sl/cli/show/nothing-to-list-is-said", nothing_to_list_is_said);
  g_test_add_func ("/sl/cli/show/a-list-inside-is-a-table-below", a_list_inside_is_a_table_below);
  g_test_add_func ("/sl/cli/show/control-characters-never-reach-the-terminal",
                   control_characters_never_reach_the_terminal);
  g_test_add_func ("/sl/cli/show/an-answer-without-columns-shows-every-key", an_answer_without_columns_shows_every_key);
  g_test_add_func ("/sl/cli/show/an-error-says-what-to-do-and-its-details", an_error_says_what_to_do_and_its_details);
  return g_test_run ();
}
