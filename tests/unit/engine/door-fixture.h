/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk-fixture.h"

/* For the tests of the door: a session that starts at START, and when its door opens and closes. */
#define START (MORNING + HOURS (5))
#define OPENS (START - MINUTES (30))
#define CLOSES (START + MINUTES (15))
#define assert_result(expression, code) g_assert_cmpstr (expression, ==, code)

/* A member with a pass and a booking of the session that starts at START. */
typedef struct {
  SlId member, session, booking;
  char *pass;
} Booked;

static inline void
booked_clear (Booked *booked)
{
  g_clear_pointer (&booked->pass, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Booked, booked_clear)

static inline Booked
book_one (Desk *desk)
{
  Booked booked = { .member = desk_member (desk, "Thandi"), .session = desk_free_class (desk, START, 9) };

  booked.booking = desk_book (desk, &booked.member, &booked.session);
  booked.pass = desk_pass (desk, &booked.member);
  return booked;
}
