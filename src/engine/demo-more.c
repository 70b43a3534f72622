/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-demo-more"

/* What a studio has beside its classes: hours, one-to-one weeks, requests, standing places, plans and a queue. */
#include "engine/demo-private.h"

#include "core/datetime.h"
#include "engine/availability.h"
#include "engine/booking.h"
#include "engine/invoice.h"
#include "engine/location.h"
#include "engine/membership.h"
#include "engine/plan.h"
#include "engine/request.h"
#include "engine/standing.h"

#define STANDING_WEEKS 8
#define ASKING 2
#define WAITING 3                    /* who hope for a spot in the full class */
#define PAID_DAYS 30
#define FIRST_ON_A_PLAN 40           /* places in demo_names, of people who are no one's example otherwise */
#define FIRST_STANDING 46
#define FIRST_ASKING 50

/* sl_demo_accepted: what sets the demo up breaks no rule: a refusal there is a mistake of ours, and the person gets to
 * know which. */
gboolean
sl_demo_accepted (const SlRefusal *refusal, const char *what, GError **error)
{
  if (refusal->code == SL_REFUSAL_NONE)
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_CORRUPT, "the demo's %s was refused: %s", what,
               sl_refusal_name (refusal->code));
  return FALSE;
}

/* sl_demo_open_week: the hours on the door, and when whom can be booked one to one. */
gboolean
sl_demo_open_week (SlDemoMore *more, GError **error)
{
  g_auto (SlRefusal) refusal = { 0 };
  const SlLocationParams hours = { .opening_hours = DEMO_HOURS };
  if (!sl_location_edit_params (more->engine, more->owner, more->location, &hours, &refusal, error)
      || !sl_demo_accepted (&refusal, "hours", error))
    return FALSE;
  for (const DemoBlock *block = demo_blocks; block->weekday > 0; block++)
    {
      SlAvailabilityParams params;
      SlId id;
      sl_availability_params_init (&params);
      params.staff = &g_array_index (more->out->people, SlDemoStaff, block->instructor).id;
      params.weekday = block->weekday;
      params.from_minute = block->from_hour * 60;
      params.to_minute = block->to_hour * 60;
      params.staff_only = block->staff_only;
      if (!sl_availability_add (more->engine, more->owner, &params, &id, &refusal, error)
          || !sl_demo_accepted (&refusal, "availability", error))
        return FALSE;
      more->out->availability++;
    }
  return TRUE;
}

/* sl_demo_lead_codes: where a code to pay by leads; nobody is there, so that nobody pays for a demo. */
gboolean
sl_demo_lead_codes (SlDemoMore *more, GError **error)
{
  const SlInvoiceDetails details
    = { .pay_link = (char *) "https://pay.studioloop.example/qr?id={reference}&amount={cents}" };
  g_auto (SlRefusal) refusal = { 0 };
  return sl_invoice_details_edit (more->engine, more->owner, &details, &refusal, error)
         && sl_demo_accepted (&refusal, "link to pay by", error);
}

/* sl_demo_start_plans: what can be had by the month, and who has it; one rests, one has to pay. */
gboolean
sl_demo_start_plans (SlDemoMore *more, GError **error)
{
  gint64 now_ms = more->now_ms, paid_ms = now_ms + PAID_DAYS * SL_DAY_MS;
  g_auto (SlRefusal) refusal = { 0 };
  for (guint i = 0; i < demo_n_plans; i++)
    {
      SlPlanParams params;
      SlId plan;
      sl_plan_params_init (&params);
      params.name = demo_plans[i].name;
      params.kind = "unlimited";
      params.period = "monthly";
      params.price_cents = demo_plans[i].price_cents;
      params.access_hours = demo_plans[i].access_hours;
      params.open_gym = demo_plans[i].open_gym ? 1 : -1;
      if (!sl_plan_add (more->engine, more->owner, &params, &plan, &refusal, error)
          || !sl_demo_accepted (&refusal, "plan", error))
        return FALSE;
      more->out->plans++;
      for (guint m = 0; m < DEMO_MEMBERS_OF_A_PLAN; m++)
        {
          SlId id;
          const SlMembershipParams membership = { .member_id = more->members[FIRST_ON_A_PLAN + 3 * i + m],
                                                  .plan_id = plan,
                                                  .paid_until_ms = m == 1 ? now_ms - SL_HOUR_MS : paid_ms,
                                                  .from_ms = now_ms - SL_DAY_MS };
          if (!sl_membership_start (more->engine, more->owner, &membership, &id, &refusal, error)
              || !sl_demo_accepted (&refusal, "membership", error))
            return FALSE;
          more->out->memberships++;
          if (m == 2
              && (!sl_membership_freeze (more->engine, more->owner, &id, 0, paid_ms, &refusal, error)
                  || !sl_demo_accepted (&refusal, "rest", error)))
            return FALSE;
        }
    }
  return TRUE;
}

/* sl_demo_ask: open requests to instructors, for the day after tomorrow; whom a rule keeps out does not ask. */
gboolean
sl_demo_ask (SlDemoMore *more, GError **error)
{
  gint64 day_ms = sl_time_day_start (more->now_ms, more->zone) + 2 * SL_DAY_MS;
  for (guint i = 0; i < ASKING; i++)
    {
      g_auto (SlRefusal) refusal = { 0 };
      const gint64 times[] = { day_ms + (13 + i) * SL_HOUR_MS, day_ms + (15 + i) * SL_HOUR_MS };
      const SlRequestParams params
        = { .member_id = more->members[FIRST_ASKING + i], .service_id = *more->personal,
            .instructor_id = g_array_index (more->out->people, SlDemoStaff, DEMO_INSTRUCTOR_FIRST + 3 + i).id,
            .times = times, .n_times = G_N_ELEMENTS (times) };
      SlId id;
      if (!sl_request_add (more->engine, more->reception, &params, &id, &refusal, error))
        return FALSE;
      more->out->requests += refusal.code == SL_REFUSAL_NONE;
    }
  return TRUE;
}

/* sl_demo_stand: two members come to the first class of the day, each week on one weekday. */
gboolean
sl_demo_stand (SlDemoMore *more, GError **error)
{
  gint64 today = sl_time_to_local (more->now_ms, more->zone) / SL_DAY_MS;
  g_auto (SlRefusal) refusal = { 0 };
  for (guint i = 0; i < 2; i++)
    {
      const SlStandingParams params = { .member_id = more->members[FIRST_STANDING + i],
                                        .service_id = *more->vinyasa,
                                        .weekday = i == 0 ? 2 : 4, .minute = 6 * 60, .spots = 1,
                                        .from_day = SL_NUMBER_NONE, .until_day = today + 7 * STANDING_WEEKS };
      SlId id;
      if (!sl_standing_add (more->engine, more->reception, &params, &id, &refusal, error)
          || !sl_demo_accepted (&refusal, "standing booking", error))
        return FALSE;
      more->out->standing++;
    }
  return TRUE;
}

/* sl_demo_queue: those who would still like to come to the full class; whom a rule keeps out is passed over. */
gboolean
sl_demo_queue (SlDemoMore *more, GError **error)
{
  if (more->full_session == NULL)
    return TRUE;
  for (guint i = 0; i < demo_n_names && more->out->waiting < WAITING; i++)
    {
      g_auto (SlRefusal) refusal = { 0 };
      g_auto (SlBookingResult) result = { 0 };
      const SlBookingRequest request = { .member_id = more->members[i], .session_id = *more->full_session, .spots = 1,
                                         .channel = SL_CHANNEL_DESK, .join_waitlist = TRUE };
      if (!sl_booking_book (more->engine, more->reception, &request, &result, &refusal, error))
        return FALSE;
      more->out->waiting += refusal.code == SL_REFUSAL_NONE && result.position > 0;
    }
  return TRUE;
}
