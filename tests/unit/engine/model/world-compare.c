/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-model-compare"

#include "world.h"

#include "../expect.h"
#include "engine/booking-view.h"
#include "engine/credits.h"
#include "engine/roster.h"
#include "engine/schedule.h"
#include "oplog/oplog.h"

#define I64 G_GINT64_FORMAT
#define COUNTS \
  "capacity=%" I64 " confirmed=%" I64 " held=%" I64 " waiting=%" I64 " override=%" I64 " without=%" I64 " free=%" I64 \
  " rights=%" I64
#define VIEW "status=%s price=%" I64 " spent=%" I64 " refunded=%" I64 " late=%d override=%d"

static void
compare_counts (World *world, int session)
{
  const SlId *id = &g_array_index (world->sessions, SlId, session);
  g_autofree char *by_model = NULL, *by_engine = NULL;
  gint64 *before = &g_array_index (world->rights, gint64, session);
  SlSessionCounts have;
  ModelCounts want;
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_session_counts (world->engine, id, &have, &failure));
  g_assert_no_error (failure);
  model_count (world->model, session, &want);
  by_model = g_strdup_printf (COUNTS,
                              model_session (world->model, session)->capacity, want.confirmed, want.held, want.waiting,
                              want.override, want.in_without_spot, want.free, want.rights);
  by_engine = g_strdup_printf (COUNTS, have.capacity, have.confirmed, have.held, have.waitlisted, have.override_spots,
                               have.in_without_spot, have.free, have.rights);
  if (!g_str_equal (by_model, by_engine))
    world_differ (world, "session %d, the model counts\n#   %s\n# the engine\n#   %s", session, by_model, by_engine);
  /* Never more taken than there is, but for a capacity that was lowered. */
  if (have.rights < 0 && have.rights < *before && strstr (world->what, "capacity") == NULL)
    world_differ (world, "session %d is overbooked by %" I64, session, -have.rights);
  *before = have.rights;
}

static void
compare_booking (World *world, int booking, ModelStatus status, int spots_in, gint64 expires)
{
  const ModelBooking *of = model_booking (world->model, booking);
  ModelStatus want = model_status (world->model, of), *before = &g_array_index (world->statuses, ModelStatus, booking);
  gint64 until = want == M_HELD || want == M_OFFERED ? of->held_until : 0;

  if (status != want)
    world_differ (world, "booking %d is %s by the model, %s by the engine", booking, model_status_name (want),
                  model_status_name (status));
  else if (spots_in != __builtin_popcount (of->in) || expires != until)
    world_differ (world, "booking %d: %d in and until %" I64 " by the model, %d in and until %" I64 " by the engine",
                  booking, __builtin_popcount (of->in), until, spots_in, expires);
  else if (!model_may_reach (*before, status))
    world_differ (world, "booking %d went from %s to %s", booking, model_status_name (*before),
                  model_status_name (status));
  if (world->studio->ways != NULL)
    world->studio->ways[*before * M_STATUS_LAST + status]++;
  *before = status;
}

/* Each booking of a session, as the roster has it. */
static void
compare_roster (World *world, int session)
{
  g_autoptr (GPtrArray) items = NULL;
  g_auto (SlActor) owner = { 0 };
  guint expected = 0, live[64] = { 0 };

  sl_actor_init_owner (&owner);
  done (sl_roster_list (world->engine, &owner, &g_array_index (world->sessions, SlId, session), TRUE, &items, &refusal,
                        &failure));
  for (guint i = 0; i < world->bookings->len; i++)
    expected += model_booking (world->model, i)->session == session;
  if (items->len != expected)
    world_differ (world, "session %d has %u bookings by the model, %u by the engine", session, expected, items->len);
  for (guint i = 0; i < items->len; i++)
    {
      const SlRosterItem *item = items->pdata[i];
      int booking = world_find (world->bookings, &item->booking_id);

      if (booking == MODEL_NONE)
        {
          world_differ (world, "session %d has a booking that nobody made", session);
          return;
        }
      compare_booking (world, booking, (ModelStatus) item->status, item->spots_in, item->expires_ms);
      if (model_is_live ((ModelStatus) item->status) && live[model_booking (world->model, booking)->member % 64]++ > 0)
        world_differ (world, "member %d is booked twice in session %d", model_booking (world->model, booking)->member,
                      session);
    }
}

/* The sum of a member's entries is the balance, of each lot at least nothing. */
static void
check_entries (World *world, int member, const SlCredits *credits)
{
  gint64 sum = 0;

  for (guint i = 0; i < credits->entries->len; i++)
    {
      const SlCreditEntry *entry = credits->entries->pdata[i];
      gint64 of_lot = 0;

      sum += entry->amount_hundredths;
      for (guint k = 0; k < credits->entries->len; k++)
        if (sl_id_equal (&((const SlCreditEntry *) credits->entries->pdata[k])->lot_id, &entry->lot_id))
          of_lot += ((const SlCreditEntry *) credits->entries->pdata[k])->amount_hundredths;
      if (of_lot < 0)
        world_differ (world, "member %d: a lot has %" I64 " left", member, of_lot);
    }
  if (sum != credits->balance_hundredths)
    world_differ (world, "member %d: the entries add up to %" I64 " and the balance is %" I64, member, sum,
                  credits->balance_hundredths);
}

static void
compare_credits (World *world, int member)
{
  g_autoptr (SlCredits) credits = NULL;
  g_autoptr (GArray) lots = model_spendable (world->model, member);
  g_autoptr (GString) by_model = g_string_new (NULL), by_engine = g_string_new (NULL);
  g_auto (SlActor) owner = { 0 };

  sl_actor_init_owner (&owner);
  done (sl_credits_show (world->engine, &owner, &g_array_index (world->members, SlId, member), &credits, &refusal,
                         &failure));
  g_string_printf (by_model, "%" I64, model_balance (world->model, member));
  g_string_printf (by_engine, "%" I64, credits->balance_hundredths);
  for (guint i = 0; i < lots->len; i++)
    {
      int lot = g_array_index (lots, int, i);

      g_string_append_printf (by_model, " lot %d: %" I64 " until %" I64, lot, model_lot (world->model, lot)->left,
                              model_lot (world->model, lot)->expires);
    }
  for (guint i = 0; i < credits->lots->len; i++)
    {
      const SlCreditLot *lot = &g_array_index (credits->lots, SlCreditLot, i);
      int number = world_find (world->lots, &lot->id);

      g_string_append_printf (by_engine, " lot %d: %" I64 " until %" I64, number, lot->left_hundredths,
                              lot->expires_ms);
    }
  if (!g_string_equal (by_model, by_engine))
    world_differ (world, "member %d has by the model\n#   %s\n# by the engine\n#   %s", member, by_model->str,
                  by_engine->str);
  check_entries (world, member, credits);
}

void
world_compare (World *world, gboolean all)
{
  while (world->statuses->len < world->model->bookings->len)
    {
      ModelStatus status = model_booking (world->model, world->statuses->len)->way == M_WAITING ? M_WAITLISTED : M_HELD;

      g_array_append_val (world->statuses, status);
    }
  while (world->rights->len < world->model->sessions->len)
    g_array_append_val (world->rights, model_session (world->model, world->rights->len)->capacity);
  for (int i = 0; i < (int) world->sessions->len && world->difference == NULL; i++)
    {
      if (!all && i != world->session)
        continue;
      compare_counts (world, i);
      compare_roster (world, i);
    }
  for (int i = 0; i < (int) world->members->len && world->difference == NULL; i++)
    if (all || i == world->member)
      compare_credits (world, i);
}

/* What a booking says of itself. */
static void
compare_view (World *world, int booking)
{
  const ModelBooking *of = model_booking (world->model, booking);
  g_autofree char *by_model = NULL, *by_engine = NULL;
  g_autoptr (GError) failure = NULL;
  g_autoptr (SlBookingView) view
      = sl_booking_show (world->engine, &g_array_index (world->bookings, SlId, booking), &failure);

  g_assert_no_error (failure);
  by_model = g_strdup_printf (VIEW,
                              model_status_name (model_status (world->model, of)), of->price, of->spent,
                              of->gone ? model_percent_of (of->spent, of->percent) : 0, of->late,
                              of->way == M_OVERRIDE);
  by_engine = g_strdup_printf (VIEW,
                               sl_booking_status_name (view->status), view->price_cents,
                               view->spent_hundredths, view->refunded_hundredths, view->late, view->override);
  if (!g_str_equal (by_model, by_engine))
    world_differ (world, "booking %d is by the model\n#   %s\n# by the engine\n#   %s", booking, by_model, by_engine);
}

/* All of it, and each booking by itself. */
void
world_compare_deeply (World *world)
{
  world_compare (world, TRUE);
  for (int i = 0; i < (int) world->bookings->len && world->difference == NULL; i++)
    compare_view (world, i);
}

/* The tables follow from the log. */
void
world_verify (World *world)
{
  g_auto (SlVerifyResult) verified = { 0 };
  g_autoptr (GError) failure = NULL;

  g_assert_true (sl_oplog_verify (sl_engine_get_log (world->engine), &verified, &failure));
  g_assert_no_error (failure);
  if (verified.problems->len > 0)
    world_differ (world, "verify: %s", (const char *) verified.problems->pdata[0]);
}
