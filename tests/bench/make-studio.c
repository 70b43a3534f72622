/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-make-studio"

/* make-studio DIR BOOKINGS: a studio with years behind it, for measurements by real processes. One of 400,000 bookings
 * has a million operations. */

#include "studio-data.h"

#define SEED 7
#define BOOKINGS_PER_MEMBER 25
#define BOOKINGS_PER_SESSION 10

int
main (int argc, char **argv)
{
  SlStudioMade made;
  guint64 bookings;
  if (argc != 3 || !g_ascii_string_to_unsigned (argv[2], 10, 100, G_MAXUINT32, &bookings, NULL))
    {
      g_printerr ("usage: make-studio DIR BOOKINGS\n");
      return 2;
    }
  SlStudioSize size = { .members = (guint) bookings / BOOKINGS_PER_MEMBER,
                        .sessions = (guint) bookings / BOOKINGS_PER_SESSION,
                        .bookings = (guint) bookings };
  sl_studio_data_make (argv[1], &size, SEED, &made);
  g_print ("%u members, %u sessions, %u bookings, %u check-ins, %u days\n", made.members, made.sessions, made.bookings,
           made.checkins, made.days);
  return 0;
}
