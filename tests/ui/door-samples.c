/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "door-samples.h"

#include "core/datetime.h"

#define MINUTES(n) ((n) * SL_MINUTE_MS)
#define START MINUTES (8) /* 07:00 */
#define CLASS .class_name = (char *) "Vinyasa Flow", .room_name = (char *) "Studio 1", \
              .start_ms = SL_SAMPLE_NOW_MS + START, .end_ms = SL_SAMPLE_NOW_MS + START + MINUTES (60)
#define WHO .first_name = (char *) "Thandi", .short_name = (char *) "Thandi N."

/* Each look that the answer page can take; the words of every single code are checked in test-door-words.c. */
static const SlDoorSample samples[] = {
  { "ok", { SL_REFUSAL_NONE, .spots = 1, .at_ms = SL_SAMPLE_NOW_MS, WHO, CLASS }, -1, "Welcome, Thandi N.",
    "Welkom, Thandi N." },
  { "ok-late", { SL_REFUSAL_NONE, .spots = 1, .late = TRUE, .late_min = 7, WHO, CLASS }, -1,
    "Welcome, Thandi N. — slip", "Welkom, Thandi N. — glip" },
  { "ok-party", { SL_REFUSAL_NONE, .spots = 3, WHO, CLASS }, -1, "Welcome, Thandi N.", "Welkom, Thandi N." },
  { "ok-unknown-member", { SL_REFUSAL_NONE, .spots = 1, .flag = (char *) "unknown_member" }, -1, "Welcome", "Welkom" },
  { "already-checked-in", { SL_REFUSAL_ALREADY_CHECKED_IN, .at_ms = SL_SAMPLE_NOW_MS - MINUTES (4), WHO, CLASS }, -1,
    "You're already in", "Jy is reeds in" },
  { "too-early", { SL_REFUSAL_TOO_EARLY, .opens_ms = SL_SAMPLE_NOW_MS + MINUTES (98), WHO,
                   .class_name = (char *) "Pilates Mat", .room_name = (char *) "Studio 2",
                   .start_ms = SL_SAMPLE_NOW_MS + MINUTES (128) }, -1, "A little early", "’n Bietjie vroeg" },
  { "too-late", { SL_REFUSAL_TOO_LATE, WHO, CLASS }, -1, "Vinyasa Flow has started", "Vinyasa Flow het begin" },
  { "class-cancelled-long-name", { SL_REFUSAL_SESSION_CANCELLED, WHO,
                                   .class_name = (char *) "Restorative Yoga and Guided Meditation for Beginners",
                                   .room_name = (char *) "The Loft above the Old Post Office",
                                   .start_ms = SL_SAMPLE_NOW_MS + START }, -1, "Restorative Yoga",
    "Restorative Yoga" },
  { "no-booking", { SL_REFUSAL_NO_BOOKING, WHO, .spots_left = -1 }, -1, "No booking right now",
    "Geen bespreking op die oomblik" },
  { "see-reception", { SL_REFUSAL_PAYMENT_DUE, WHO, CLASS }, -1, "Please see reception", "Gaan asseblief na ontvangs" },
  { "outside-hours", { SL_REFUSAL_OUTSIDE_ACCESS_HOURS, WHO, .hours_text = (char *) "Mon–Fri 09:00–16:00" }, -1,
    "Outside your plan's hours", "Buite jou plan se ure" },
  { "other-location", { SL_REFUSAL_OTHER_LOCATION, WHO, CLASS, .location_name = (char *) "Sea Point" }, -1,
    "Your booking is at Sea Point", "Jou bespreking is by Sea Point" },
  { "out-of-date", { SL_REFUSAL_REVOKED_CODE }, -1, "This pass is out of date", "Hierdie pas is verouderd" },
  { "unreadable", { SL_REFUSAL_BAD_CODE, .reason = (char *) "signature" }, -1, "We can't read this pass",
    "Ons kan nie hierdie pas lees nie" },
  { "other-kind", { SL_REFUSAL_WRONG_CODE_KIND }, -1, "Almost", "Amper" },
  { "choose", { SL_REFUSAL_CHOOSE_SESSION, WHO }, -1, "Which class today?", "Watter klas vandag?" },
  { "cannot-record", { SL_REFUSAL_NONE }, SL_ERROR_DISK_FULL, "We can't record right now",
    "Ons kan nou niks aanteken nie" },
};

const SlDoorSample *
sl_sample_answers (guint *out_n)
{
  *out_n = G_N_ELEMENTS (samples);
  return samples;
}

GTimeZone *
sl_sample_zone (void)
{
  return g_time_zone_new_offset (2 * 60 * 60);
}

GPtrArray *
sl_sample_board (void)
{
  static SlBoardSession sessions[] = {
    { .class_name = (char *) "Sunrise Ride", .room_name = (char *) "Spin room", .instructor_name = (char *) "Lerato",
      .start_ms = SL_SAMPLE_NOW_MS - MINUTES (22), .capacity = 12, .free = 3 },
    { .class_name = (char *) "Vinyasa Flow", .room_name = (char *) "Studio 1", .instructor_name = (char *) "Anke",
      .start_ms = SL_SAMPLE_NOW_MS + START, .capacity = 16, .free = 4 },
    { .class_name = (char *) "PT – Sipho", .start_ms = SL_SAMPLE_NOW_MS + MINUTES (23), .capacity = 1, .free = 0 },
    { .class_name = (char *) "Pilates Mat", .room_name = (char *) "Studio 2", .instructor_name = (char *) "Zanele",
      .start_ms = SL_SAMPLE_NOW_MS + MINUTES (128), .capacity = 12, .free = 11 },
    { .class_name = (char *) "Restorative Yoga and Guided Meditation for Beginners", .room_name = (char *) "The Loft",
      .instructor_name = (char *) "Johannes van der Westhuizen", .start_ms = SL_SAMPLE_NOW_MS + MINUTES (248),
      .capacity = 20, .free = 1, .waitlisted = 0 },
    { .class_name = (char *) "Lunch HIIT", .room_name = (char *) "Studio 1", .instructor_name = (char *) "Lerato",
      .start_ms = SL_SAMPLE_NOW_MS + MINUTES (323), .capacity = 18, .free = 9 },
    { .class_name = (char *) "Vinyasa Flow", .room_name = (char *) "Studio 1", .instructor_name = (char *) "Anke",
      .start_ms = SL_SAMPLE_NOW_MS + START + SL_DAY_MS, .capacity = 16, .free = 16 },
    { .class_name = (char *) "Pilates Mat", .room_name = (char *) "Studio 2", .instructor_name = (char *) "Zanele",
      .start_ms = SL_SAMPLE_NOW_MS + MINUTES (128) + 2 * SL_DAY_MS, .capacity = 12, .free = 12 },
  };
  GPtrArray *board = g_ptr_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (sessions); i++)
    g_ptr_array_add (board, &sessions[i]);
  return board;
}

GPtrArray *
sl_sample_choices (guint n)
{
  static SlCheckinChoice choices[] = {
    { .session_id.bytes = { 1 }, .class_name = (char *) "Vinyasa Flow", .room_name = (char *) "Studio 1",
      .start_ms = SL_SAMPLE_NOW_MS + START },
    { .session_id.bytes = { 2 }, .class_name = (char *) "PT – Sipho", .start_ms = SL_SAMPLE_NOW_MS + MINUTES (23) },
    { .session_id.bytes = { 3 }, .class_name = (char *) "Restorative Yoga and Guided Meditation for Beginners",
      .room_name = (char *) "The Loft", .start_ms = SL_SAMPLE_NOW_MS + MINUTES (23) },
    { .session_id.bytes = { 4 }, .class_name = (char *) "Sunrise Ride", .room_name = (char *) "Spin room",
      .start_ms = SL_SAMPLE_NOW_MS + MINUTES (38) },
    { .session_id.bytes = { 5 }, .class_name = (char *) "Open gym", .start_ms = SL_SAMPLE_NOW_MS + MINUTES (38) },
    { .session_id.bytes = { 6 }, .class_name = (char *) "Boxing", .room_name = (char *) "Studio 2",
      .start_ms = SL_SAMPLE_NOW_MS + MINUTES (38) },
  };
  GPtrArray *list = g_ptr_array_new ();

  g_assert (n <= G_N_ELEMENTS (choices));
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (list, &choices[i]);
  return list;
}
