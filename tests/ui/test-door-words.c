/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-door-words"

#include "date-words.h"
#include "door-words.h"
#include "language.h"
#include "text-fill.h"

#include <locale.h>
#include <string.h>

#define NOW_MS G_GINT64_CONSTANT (1772513520000) /* Tuesday 3 March 2026, 06:52 in Johannesburg */
#define MINUTE_MS G_GINT64_CONSTANT (60000)

typedef void (*SayFunc) (int code, const SlDoorPlace *place, SlDoorWords *out_words);

static void
answer_words (SlCheckinAnswer answer, gboolean has_hub, SlDoorWords *out_words)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_offset (2 * 60 * 60);
  SlDoorPlace place = { zone, has_hub };

  sl_door_words_for_answer (&answer, &place, out_words);
}

static SlCheckinAnswer
full_answer (SlRefusalCode code)
{
  return (SlCheckinAnswer) {
    .result = code, .first_name = (char *) "Thandi", .short_name = (char *) "Thandi N.",
    .class_name = (char *) "Vinyasa Flow", .room_name = (char *) "Studio 1", .location_name = (char *) "Sea Point",
    .hours_text = (char *) "Mon–Fri 09:00–16:00", .start_ms = NOW_MS + 8 * MINUTE_MS, .at_ms = NOW_MS - 4 * MINUTE_MS,
    .opens_ms = NOW_MS + 3 * MINUTE_MS, .locked_until_ms = NOW_MS + 2 * MINUTE_MS, .spots = 1, .spots_left = -1,
  };
}

static void
assert_says_something (const SlDoorWords *words)
{
  g_assert_cmpint (strlen (words->headline), >, 3);
  g_assert_cmpint (strlen (words->next_step), >, 3);
  g_assert_nonnull (words->detail);
  g_assert_true (g_str_has_suffix (words->icon_name, "-symbolic"));
  g_assert_null (strpbrk (words->headline, "{}"));
  g_assert_null (strpbrk (words->detail, "{}"));
  g_assert_null (strpbrk (words->next_step, "{}"));
}

static void
say_refusal (int code, const SlDoorPlace *place, SlDoorWords *out_words)
{
  SlCheckinAnswer answer = full_answer (code);

  sl_door_words_for_answer (&answer, place, out_words);
}

static void
say_bare_refusal (int code, const SlDoorPlace *place, SlDoorWords *out_words)
{
  SlCheckinAnswer answer = { .result = code, .spots_left = -1 };

  sl_door_words_for_answer (&answer, place, out_words);
}

static void
say_failure (int code, const SlDoorPlace *place, SlDoorWords *out_words)
{
  sl_door_words_for_failure (code, out_words);
}

/* In every language something is said, and not as in English. */
static void
assert_said_in_all (SayFunc say, int code)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_offset (2 * 60 * 60);
  SlDoorPlace place = { zone, FALSE };
  g_auto (SlDoorWords) english = { 0 };
  guint n;
  const SlLanguage *languages = sl_language_list (&n);

  g_test_message ("code %d", code);
  sl_language_use (languages[0].code);
  say (code, &place, &english);
  assert_says_something (&english);
  for (guint i = 1; i < n; i++)
    {
      g_auto (SlDoorWords) words = { 0 };

      sl_language_use (languages[i].code);
      say (code, &place, &words);
      assert_says_something (&words);
      g_assert_cmpstr (english.headline, !=, words.headline);
      g_assert_cmpstr (english.next_step, !=, words.next_step);
      g_assert_cmpint (english.tone, ==, words.tone);
    }
  sl_language_use (languages[0].code);
}

static void
test_every_refusal (void)
{
  for (int code = 0; code < SL_REFUSAL_LAST; code++)
    {
      assert_said_in_all (say_refusal, code);
      assert_said_in_all (say_bare_refusal, code);
    }
}

static void
test_every_failure (void)
{
  for (int code = 0; code < SL_ERROR_LAST; code++)
    assert_said_in_all (say_failure, code);
}

static void
assert_words (SlCheckinAnswer answer, SlTone tone, const char *headline, const char *detail, const char *next_step)
{
  g_auto (SlDoorWords) words = { 0 };

  answer_words (answer, FALSE, &words);
  g_assert_cmpint (words.tone, ==, tone);
  g_assert_cmpstr (words.headline, ==, headline);
  g_assert_cmpstr (words.detail, ==, detail);
  g_assert_cmpstr (words.next_step, ==, next_step);
}

static void
test_in_time (void)
{
  assert_words (full_answer (SL_REFUSAL_NONE), SL_TONE_IN, "Welcome, Thandi N.", "Vinyasa Flow · 07:00 · Studio 1",
                "You are in. Enjoy.");
}

static void
test_late (void)
{
  SlCheckinAnswer answer = full_answer (SL_REFUSAL_NONE);

  answer.late = TRUE;
  answer.late_min = 7;
  assert_words (answer, SL_TONE_IN, "Welcome, Thandi N. — slip in quietly", "07:00 · Studio 1",
                "Vinyasa Flow started 7 min ago");
}

static void
test_party (void)
{
  SlCheckinAnswer answer = full_answer (SL_REFUSAL_NONE);

  answer.spots = 3;
  assert_words (answer, SL_TONE_IN, "Welcome, Thandi N.", "Vinyasa Flow · 07:00 · Studio 1", "3 of you are in. Enjoy.");
}

static void
test_open_gym (void)
{
  SlCheckinAnswer answer = { .result = SL_REFUSAL_NONE, .short_name = (char *) "Thandi N.", .spots = 1 };

  assert_words (answer, SL_TONE_IN, "Welcome, Thandi N.", "", "You are in. Enjoy.");
}

static void
test_closed_place (void)
{
  SlCheckinAnswer answer = full_answer (SL_REFUSAL_OUTSIDE_ACCESS_HOURS);

  answer.hours_of_place = TRUE;
  assert_words (answer, SL_TONE_ATTENTION, "Closed at this hour", "", "Open: Mon–Fri 09:00–16:00");
}

static void
test_unknown_member (void)
{
  SlCheckinAnswer answer = { .result = SL_REFUSAL_NONE, .flag = (char *) "unknown_member", .spots = 1 };
  g_auto (SlDoorWords) words = { 0 };

  assert_words (answer, SL_TONE_ATTENTION, "Welcome", "", "Reception will confirm your membership");
  answer_words (answer, TRUE, &words);
  g_assert_cmpstr (words.next_step, ==, "We'll confirm your membership when we're back online");
}

static void
test_private_reasons (void)
{
  static const SlRefusalCode private_codes[] = {
    SL_REFUSAL_INSUFFICIENT_CREDITS, SL_REFUSAL_PAYMENT_DUE, SL_REFUSAL_MEMBERSHIP_INACTIVE, SL_REFUSAL_MEMBER_BLOCKED,
    SL_REFUSAL_CREDITS_ELSEWHERE, SL_REFUSAL_TRUST_USED, SL_REFUSAL_MEMBER_ERASED, SL_REFUSAL_NOT_COVERED,
  };

  for (guint i = 0; i < G_N_ELEMENTS (private_codes); i++)
    assert_words (full_answer (private_codes[i]), SL_TONE_ATTENTION, "Please see reception", "", "It takes a moment");
}

static void
test_times (void)
{
  assert_words (full_answer (SL_REFUSAL_TOO_EARLY), SL_TONE_ATTENTION, "A little early",
                "Vinyasa Flow · 07:00 · Studio 1", "Check-in opens at 06:55");
  assert_words (full_answer (SL_REFUSAL_ALREADY_CHECKED_IN), SL_TONE_IN, "You're already in",
                "Vinyasa Flow · 07:00 · Studio 1", "Checked in at 06:48");
  assert_words (full_answer (SL_REFUSAL_TOO_LATE), SL_TONE_ATTENTION, "Vinyasa Flow has started", "07:00 · Studio 1",
                "Ask reception, or choose another class");
}

static void
test_codes (void)
{
  assert_words (full_answer (SL_REFUSAL_BAD_CODE), SL_TONE_REFUSED, "We can't read this pass", "",
                "Is it this studio's pass? If not, use your phone number");
  assert_words (full_answer (SL_REFUSAL_FOREIGN_CODE), SL_TONE_REFUSED, "We can't read this pass", "",
                "Is it this studio's pass? If not, use your phone number");
  assert_words (full_answer (SL_REFUSAL_EXPIRED_CODE), SL_TONE_ATTENTION, "This pass is out of date", "",
                "Open your newest pass, or use your phone number");
  assert_words (full_answer (SL_REFUSAL_REVOKED_CODE), SL_TONE_ATTENTION, "This pass is out of date", "",
                "Open your newest pass, or use your phone number");
  assert_words (full_answer (SL_REFUSAL_WRONG_CODE_KIND), SL_TONE_ATTENTION, "Almost — that's another kind of code", "",
                "Open your pass and hold it here");
}

static void
test_free_spots (void)
{
  SlCheckinChoice choice = { .class_name = (char *) "Boxing", .start_ms = NOW_MS + 38 * MINUTE_MS, .spots_left = 4 };
  g_autoptr (GPtrArray) choices = g_ptr_array_new ();
  SlCheckinAnswer answer = { .result = SL_REFUSAL_NO_BOOKING, .choices = choices };

  g_ptr_array_add (choices, &choice);
  assert_words (answer, SL_TONE_ATTENTION, "No booking right now", "",
                "Boxing at 07:30 has 4 spots");
  choice.spots_left = 1;
  assert_words (answer, SL_TONE_ATTENTION, "No booking right now", "",
                "Boxing at 07:30 has 1 spot");
  choice.spots_left = 0;
  assert_words (answer, SL_TONE_ATTENTION, "No booking right now", "", "Choose a class, and come in");
}

static void
test_ways_on (void)
{
  SlCheckinChoice choice = { .class_name = (char *) "Boxing", .start_ms = NOW_MS + 38 * MINUTE_MS, .spots_left = 4 };
  g_autoptr (GPtrArray) choices = g_ptr_array_new ();
  const struct { SlRefusalCode code; SlDoorAction first, second; } cases[] = {
    { SL_REFUSAL_NONE, SL_DOOR_ACTION_NONE, SL_DOOR_ACTION_NONE },
    { SL_REFUSAL_NO_BOOKING, SL_DOOR_ACTION_BOOK, SL_DOOR_ACTION_CHOOSE },
    { SL_REFUSAL_CLASS_FULL, SL_DOOR_ACTION_WAITLIST, SL_DOOR_ACTION_CHOOSE },
    { SL_REFUSAL_PARQ_NEEDED, SL_DOOR_ACTION_HEALTH_FORM, SL_DOOR_ACTION_NONE },
    { SL_REFUSAL_BAD_CODE, SL_DOOR_ACTION_NO_CODE, SL_DOOR_ACTION_RECEPTION },
    { SL_REFUSAL_TOO_LATE, SL_DOOR_ACTION_CHOOSE, SL_DOOR_ACTION_RECEPTION },
    { SL_REFUSAL_ALREADY_BOOKED, SL_DOOR_ACTION_BOOKINGS, SL_DOOR_ACTION_CHOOSE },
    { SL_REFUSAL_RATE_LIMITED, SL_DOOR_ACTION_RECEPTION, SL_DOOR_ACTION_NONE },
    { SL_REFUSAL_PAYMENT_DUE, SL_DOOR_ACTION_NONE, SL_DOOR_ACTION_NONE },
    { SL_REFUSAL_MEMBER_BLOCKED, SL_DOOR_ACTION_NONE, SL_DOOR_ACTION_NONE },
  };

  g_ptr_array_add (choices, &choice);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SlCheckinAnswer answer = full_answer (cases[i].code);
      g_auto (SlDoorWords) words = { 0 };

      answer.choices = choices;
      answer_words (answer, FALSE, &words);
      g_assert_cmpint (words.actions[0], ==, cases[i].first);
      g_assert_cmpint (words.actions[1], ==, cases[i].second);
    }
}

/* Who came by their phone number holds nothing in their hand: only a code's own refusal speaks of one. */
static void
test_words_suit_who_has_no_pass (void)
{
  static const SlRefusalCode of_codes[] = {
    SL_REFUSAL_BAD_CODE, SL_REFUSAL_FOREIGN_CODE, SL_REFUSAL_WRONG_CODE_KIND, SL_REFUSAL_REVOKED_CODE,
    SL_REFUSAL_EXPIRED_CODE,
  };

  for (int code = 0; code < SL_REFUSAL_LAST; code++)
    {
      g_auto (SlDoorWords) words = { 0 };
      gboolean of_code = FALSE;

      for (guint i = 0; i < G_N_ELEMENTS (of_codes); i++)
        of_code |= of_codes[i] == (SlRefusalCode) code;
      answer_words (full_answer (code), FALSE, &words);
      if (!of_code)
        g_assert_null (strstr (words.next_step, "pass"));
    }
  for (int code = 0; code < SL_ERROR_LAST; code++)
    {
      g_auto (SlDoorWords) words = { 0 };

      sl_door_words_for_failure (code, &words);
      if (code != SL_ERROR_BAD_INPUT)
        g_assert_null (strstr (words.next_step, "pass"));
    }
}

static void
test_place_in_the_queue (void)
{
  SlCheckinAnswer answer = full_answer (SL_REFUSAL_CLASS_FULL);

  answer.position = 3;
  assert_words (answer, SL_TONE_ATTENTION, "Vinyasa Flow is full", "07:00 · Studio 1",
                "Join the waitlist: you'd be number 3");
}

static void
test_failures_refuse (void)
{
  static const SlErrorCode codes[] = { SL_ERROR_STORAGE, SL_ERROR_CORRUPT, SL_ERROR_DISK_FULL, SL_ERROR_READ_ONLY };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_auto (SlDoorWords) words = { 0 };

      sl_door_words_for_failure (codes[i], &words);
      g_assert_cmpint (words.tone, ==, SL_TONE_REFUSED);
      g_assert_cmpstr (words.headline, ==, "We can't record right now");
      g_assert_cmpstr (words.next_step, ==, "Reception is on it — please wait a moment");
    }
}

static void
test_names_are_not_sentences (void)
{
  SlCheckinAnswer answer = full_answer (SL_REFUSAL_CLASS_FULL);

  answer.class_name = (char *) "{time} <b>Yoga</b> =cmd|'/c calc'!A1 %s";
  assert_words (answer, SL_TONE_ATTENTION, "{time} <b>Yoga</b> =cmd|'/c calc'!A1 %s is full", "07:00 · Studio 1",
                "Join the waitlist, or choose another class");
}

static void
test_switch_and_back (void)
{
  static const struct { const char *code, *headline; } turns[] = {
    { "af", "Welkom, Thandi N." }, { "en", "Welcome, Thandi N." }, { "zu", "Siyakwamukela, Thandi N." },
    { "xh", "Wamkelekile, Thandi N." }, { "st", "O amohelehile, Thandi N." }, { "st", "O amohelehile, Thandi N." },
    { "en", "Welcome, Thandi N." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (turns); i++)
    {
      g_auto (SlDoorWords) words = { 0 };

      sl_language_use (turns[i].code);
      g_assert_cmpstr (sl_language_current (), ==, turns[i].code);
      answer_words (full_answer (SL_REFUSAL_NONE), FALSE, &words);
      g_assert_cmpstr (words.headline, ==, turns[i].headline);
    }
}

static void
test_works_without_locales (void)
{
  /* A service started with no LANG at all. */
  g_assert_cmpstr (setlocale (LC_MESSAGES, NULL), !=, "C");
}

static void
test_days (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_offset (2 * 60 * 60);
  g_autofree char *time = sl_date_words_time (NOW_MS, zone);
  g_autofree char *day = sl_date_words_day (NOW_MS, zone);
  g_autofree char *today = sl_date_words_day_from (NOW_MS + 60 * MINUTE_MS, NOW_MS, zone);
  g_autofree char *tomorrow = sl_date_words_day_from (NOW_MS + 24 * 60 * MINUTE_MS, NOW_MS, zone);
  g_autofree char *later = sl_date_words_day_from (NOW_MS + 48 * 60 * MINUTE_MS, NOW_MS, zone);

  g_assert_cmpstr (time, ==, "06:52");
  g_assert_cmpstr (day, ==, "Tue 3 March");
  g_assert_cmpstr (today, ==, "Today");
  g_assert_cmpstr (tomorrow, ==, "Tomorrow");
  g_assert_cmpstr (later, ==, "Thu 5 March");
}

static void
test_months_and_weekdays (void)
{
  static const struct { const char *code, *may, *august; } samples[] = {
    { "af", "Ma 25 Mei", "So 16 Augustus" },
    { "zu", "Mso 25 Meyi", "Son 16 Agasti" },
    { "xh", "Mvu 25 Meyi", "Caw 16 Agasti" },
    { "st", "Man 25 Motsheanong", "Son 16 Phato" },
  };
  g_autoptr (GTimeZone) zone = g_time_zone_new_utc ();

  for (guint s = 0; s < G_N_ELEMENTS (samples); s++)
    {
      g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

      sl_language_use (samples[s].code);
      for (int i = 0; i < 365; i++)
        g_hash_table_add (seen, sl_date_words_day (NOW_MS + i * 24 * 60 * MINUTE_MS, zone));
      g_assert_cmpint (g_hash_table_size (seen), ==, 365);
      g_assert_true (g_hash_table_contains (seen, samples[s].may));
      g_assert_true (g_hash_table_contains (seen, samples[s].august));
    }
  sl_language_use ("en");
}

static void
test_fill (void)
{
  g_autofree char *turned = sl_text_fill ("{b} before {a}", "a", "one", "b", "{a}", NULL);
  g_autofree char *unknown = sl_text_fill ("{c} and { and }", "a", "one", NULL);
  g_autofree char *joined = sl_text_join (" · ", "", "07:00", "", "Studio 1", "", NULL);

  g_assert_cmpstr (turned, ==, "{a} before one");
  g_assert_cmpstr (unknown, ==, "{c} and { and }");
  g_assert_cmpstr (joined, ==, "07:00 · Studio 1");
}

int
main (int argc, char *argv[])
{
  g_unsetenv ("LC_ALL");
  g_unsetenv ("LANG");
  sl_language_init (g_getenv ("SL_TEST_LOCALE_DIR"));
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/door-words/every-refusal-has-words-in-every-language", test_every_refusal);
  g_test_add_func ("/sl/door-words/every-failure-has-words-in-every-language", test_every_failure);
  g_test_add_func ("/sl/door-words/in-time-is-welcome", test_in_time);
  g_test_add_func ("/sl/door-words/late-slips-in-quietly", test_late);
  g_test_add_func ("/sl/door-words/a-party-is-counted", test_party);
  g_test_add_func ("/sl/door-words/open-gym-names-no-class", test_open_gym);
  g_test_add_func ("/sl/door-words/a-place-that-is-closed-speaks-of-no-plan", test_closed_place);
  g_test_add_func ("/sl/door-words/unknown-member-is-welcome-but-amber", test_unknown_member);
  g_test_add_func ("/sl/door-words/private-reasons-stay-private", test_private_reasons);
  g_test_add_func ("/sl/door-words/times-are-local", test_times);
  g_test_add_func ("/sl/door-words/bad-codes-are-told-apart-only-where-it-helps", test_codes);
  g_test_add_func ("/sl/door-words/no-booking-names-a-free-class", test_free_spots);
  g_test_add_func ("/sl/door-words/refusals-say-the-way-on", test_ways_on);
  g_test_add_func ("/sl/door-words/words-suit-who-has-no-pass", test_words_suit_who_has_no_pass);
  g_test_add_func ("/sl/door-words/full-class-says-the-place-in-its-queue", test_place_in_the_queue);
  g_test_add_func ("/sl/door-words/failures-say-that-nothing-was-recorded", test_failures_refuse);
  g_test_add_func ("/sl/door-words/names-are-never-read-as-sentences", test_names_are_not_sentences);
  g_test_add_func ("/sl/door-words/language-switches-and-back", test_switch_and_back);
  g_test_add_func ("/sl/door-words/works-with-no-locale-set", test_works_without_locales);
  g_test_add_func ("/sl/door-words/days-are-named-from-today", test_days);
  g_test_add_func ("/sl/door-words/days-are-named-in-every-language", test_months_and_weekdays);
  g_test_add_func ("/sl/door-words/places-are-filled-once", test_fill);
  return g_test_run ();
}
