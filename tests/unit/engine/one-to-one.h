/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk-fixture.h"
#include "engine/days.h"
#include "engine/location.h"
#include "engine/request.h"
#include "engine/schedule.h"
#include "engine/service.h"
#include "engine/slots.h"
#include "engine/staff.h"
#include "engine/standing.h"
#include "expect.h"

/* What the tests of one-to-one sessions share. */

static inline gint64
day (const char *date)
{
  return sl_day_parse (date, NULL);
}

static inline gint64
moment (const char *text)
{
  gint64 ms = 0;
  g_assert_true (sl_time_parse (text, NULL, &ms, NULL));
  return ms;
}

static inline SlId
lesson (Desk *desk, const char *mode, gint64 duration_min, gint64 credits_hundredths)
{
  SlServiceParams params;
  SlId id = sl_id_none;
  sl_service_params_init (&params);
  params.name = "Reformer";
  params.kind = "one_to_one";
  params.type = "pilates";
  params.mode = mode;
  params.duration_min = duration_min;
  params.credits_hundredths = credits_hundredths;
  done (sl_service_add (desk->engine, &desk->owner, &params, &id, &refusal, &failure));
  return id;
}

static inline SlId
place (Desk *desk, const char *name, const char *zone)
{
  SlId id = sl_id_none;
  done (sl_location_add (desk->engine, &desk->owner, name, zone, NULL, &id, &refusal, &failure));
  return id;
}

static inline SlAvailabilityParams
block_of (const SlId *staff, int weekday, int from_minute, int to_minute)
{
  SlAvailabilityParams params;
  sl_availability_params_init (&params);
  params.staff = staff;
  params.weekday = weekday;
  params.from_minute = from_minute;
  params.to_minute = to_minute;
  return params;
}

static inline SlId
add_block (Desk *desk, const SlAvailabilityParams *params)
{
  SlId id = sl_id_none;
  done (sl_availability_add (desk->engine, &desk->owner, params, &id, &refusal, &failure));
  return id;
}

/* The starts in the zone, "09:00+02:00 09:30+02:00"; members' own ones with a star. */
static inline char *
slots_in (Desk *desk, const SlActor *actor, const SlSlotQuery *query, const char *zone_name)
{
  g_autoptr (GTimeZone) zone = sl_time_zone_new (zone_name, NULL);
  g_autoptr (GPtrArray) slots = NULL;
  GString *text = g_string_new (NULL);
  done (sl_slot_list (desk->engine, actor, query, &slots, &refusal, &failure));
  for (guint i = 0; i < slots->len; i++)
    {
      const SlSlot *slot = slots->pdata[i];
      g_autofree char *start = sl_time_format (slot->start_ms, zone);
      g_string_append_printf (text, "%s%.5s%s%s", i > 0 ? " " : "", start + strlen ("2026-03-02T"),
                              start + strlen ("2026-03-02T09:00:00"), slot->bookable ? "*" : "");
    }
  return g_string_free (text, FALSE);
}
#define assert_slots(desk, query, zone, wanted) \
  G_STMT_START \
  { \
    g_autofree char *got = slots_in (desk, &(desk)->owner, query, zone); \
    g_assert_cmpstr (got, ==, wanted); \
  } \
  G_STMT_END
#define HERE "Africa/Johannesburg"
