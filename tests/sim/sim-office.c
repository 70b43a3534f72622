/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sim-office"

#include "sim-actions.h"

#include "core/datetime.h"
#include "engine/attention.h"
#include "engine/clock.h"
#include "engine/days.h"
#include "engine/member.h"
#include "engine/recurrence.h"
#include "engine/rights.h"
#include "oplog/fence.h"
#include "oplog/operation.h"

/* What is done more rarely than at the desk: by managers, and between devices. */

/* How an older program is made of this one: it does not know the last kinds. */
#define KINDS_KNOWN_LEAST SL_KIND_DEVICE_FORK

/* Mostly a booking that this device keeps. */
static gboolean
pick_kept (SimDevice *device, guint32 r, SlId *out)
{
  g_autoptr (SlRows) rows = sl_store_query (
      sl_oplog_get_store (sim_log (device)),
      "SELECT id FROM claim WHERE coalesce (keeper, creator) = ?1 AND release_percent IS NULL AND created_hlc IS NOT "
      "NULL ORDER BY id LIMIT 1 OFFSET ?2 % max (1, (SELECT count (*) FROM claim WHERE coalesce (keeper, creator) = ?1 "
      "AND release_percent IS NULL AND created_hlc IS NOT NULL))",
      "di", sl_oplog_get_replica (sim_log (device)), (gint64) r);
  gboolean found = sl_rows_next (rows);
  if (found)
    sl_rows_id (rows, 0, out);
  return found;
}

SIM_ACTION (claim_move)
{
  SlId booking;
  SimDevice *to = sim_device_runs (device) ? sim_partner (world, device, r[1]) : NULL;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (to == NULL || sl_id_equal (&to->replica, &device->replica) || !pick_kept (device, r[0], &booking))
    return;
  gboolean decided
      = sl_rights_move_booking (device->engine, &device->owner, &booking, &to->replica, &refusal, &error);
  if (sim_came (world, "claim_move", decided, &refusal, error))
    sim_tell (world, "      %s to device %u", sim_name (&booking), to->index);
}

SIM_ACTION (day_move)
{
  g_autoptr (GArray) days = g_array_new (FALSE, FALSE, sizeof (gint64));
  const SlId *room = r[0] % 3 == 2 ? &world->studio.instructor
                                   : &world->studio.rooms[r[0] % 3 % G_N_ELEMENTS (world->studio.rooms)];
  SimDevice *to = sim_device_runs (device) ? sim_partner (world, device, r[1]) : NULL;
  gint64 day = world->now_ms / SL_DAY_MS + r[2] % 2;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (to == NULL || sl_id_equal (&to->replica, &device->replica))
    return;
  g_array_append_val (days, day);
  gboolean decided
      = sl_rights_move_days (device->engine, &device->owner, room, days, &to->replica, &refusal, &error);
  if (sim_came (world, "day_move", decided, &refusal, error))
    sim_tell (world, "      day %d of %s to device %u", (int) day, sim_name (room), to->index);
}

SIM_ACTION (member_erase)
{
  const SlId *member = &g_array_index (world->members, SlId, r[0] % world->members->len);
  guint released;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device))
    return;
  gboolean decided
      = sl_member_erase (device->engine, &device->owner, member, "she asked for it", &released, &refusal, &error);
  if (sim_came (world, "member_erase", decided, &refusal, error))
    sim_tell (world, "      %s", sim_name (member));
}

/* Somebody looks at a clock, sets it right and says so: mostly at one that is ahead. */
SIM_ACTION (clock_confirm)
{
  for (guint i = 0; i < world->n_devices && r[0] % 4 != 0; i++)
    if (sim_device_runs (&world->devices[i]) && world->devices[i].clock.ahead_ms > 0)
      device = &world->devices[i];
  SlClockConfirmed confirmed;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device))
    return;
  device->clock.ahead_ms = 0;
  gboolean decided = sl_clock_confirm (device->engine, &device->owner, 0, 0, &confirmed, &refusal, &error);
  if (sim_came (world, "clock_confirm", decided, &refusal, error))
    sim_tell (world, "      %u operations by %" G_GINT64_FORMAT " s", (guint) confirmed.operations,
              confirmed.offset_ms / 1000);
  sim_observe (world, device);
}

/* What needs attention, and one of it dealt with. */
SIM_ACTION (settle)
{
  g_autoptr (GPtrArray) items = NULL;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  SlId id;
  char text[SL_ID_TEXT_BYTES];
  if (!sim_device_runs (device))
    return;
  gboolean decided = sl_attention_list (device->engine, &device->owner, &items, &refusal, &error);
  if (!decided || items == NULL || items->len == 0)
    {
      if (!decided)
        (void) sim_came (world, "attention", decided, &refusal, error);
      return;
    }
  const SlAttentionItem *item = items->pdata[r[0] % items->len];
  const char *name = sl_attention_name (item->kind);
  decided = sl_attention_settle (device->engine, &device->owner, sl_id_format (&item->id, text), "seen to it", &id,
                                 &refusal, &error);
  if (sim_came (world, "settle", decided, &refusal, error))
    sim_tell (world, "      %s", name);
}

SIM_ACTION (recurrence)
{
  SlSessionParams params;
  g_autoptr (GArray) ids = NULL;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device) || world->sessions->len >= 9)
    return;
  sl_session_params_init (&params);
  params.service = &world->studio.services[r[0] % 2];
  params.location = &world->studio.founder_location;
  params.start_ms = world->now_ms + (gint64) (60 + r[1] % 300) * SL_MINUTE_MS;
  params.capacity = 1 + r[2] % 3;
  gboolean decided = sl_session_add_by_rule (device->engine, &device->owner, &params, "FREQ=DAILY;COUNT=2", 0, &ids,
                                             &refusal, &error);
  if (sim_came (world, "recurrence", decided, &refusal, error))
    g_array_append_vals (world->sessions, ids->data, ids->len);
}

typedef struct {
  SlId id;
  gint64 start_ms;
} Rule;

static gboolean
pick_rule (SimDevice *device, guint32 r, Rule *out, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (sl_oplog_get_store (sim_log (device)),
                                            "SELECT id, start_ms FROM recurrence ORDER BY id LIMIT 1 OFFSET ? % max "
                                            "(1, (SELECT count (*) FROM recurrence))",
                                            "i", (gint64) r);
  *out = (Rule){ 0 };
  if (sl_rows_next (rows))
    {
      sl_rows_id (rows, 0, &out->id);
      out->start_ms = sl_rows_int (rows, 1);
    }
  return sl_rows_finish (rows, error);
}

/* Any device goes on with a rule; two may know different rules of summer time. */
SIM_ACTION (expand)
{
  GError *error = NULL;
  Rule rule = { 0 };
  SlId session;
  if (!sim_device_runs (device) || device->revoked || world->sessions->len >= 10)
    return;
  SlOplog *log = sim_log (device);
  gboolean begun = sl_oplog_begin (log, &sl_actor_owner, &error);
  gboolean done = begun && sl_fence_check_standing (log, &error) && pick_rule (device, r[0], &rule, &error);
  gint64 start_ms = rule.start_ms + (gint64) (2 + r[1] % 2) * SL_DAY_MS + (r[2] % 4 == 0 ? SL_HOUR_MS : 0);
  done = done
         && (sl_id_is_none (&rule.id)
             || sl_op_session_occurrence (log, &rule.id, (rule.start_ms / SL_DAY_MS) + 2 + r[1] % 2, start_ms, &session,
                                          &error))
         && sl_oplog_commit (log, &error);
  if (begun && !done)
    sl_oplog_rollback (log);
  if (!sim_came (world, "expand", done, NULL, error) || sl_id_is_none (&rule.id))
    return;
  gboolean known = FALSE;
  for (guint i = 0; i < world->sessions->len; i++)
    known = known || sl_id_equal (&g_array_index (world->sessions, SlId, i), &session);
  if (!known)
    g_array_append_val (world->sessions, session);
}

/* Kinds that came after their numbers: an older program that lacks what waits and leaves lacks what is on trust too. */
static gboolean
is_later (guint kind)
{
  return kind == SL_KIND_WAITLIST_JOIN || kind == SL_KIND_CHECKIN_LEAVE;
}

/* The program is replaced by an older or a newer one. */
SIM_ACTION (version)
{
  guint last = KINDS_KNOWN_LEAST + r[0] % (SL_KIND_LAST - KINDS_KNOWN_LEAST);
  if (!sim_device_runs (device))
    return;
  sim_device_close (world, device);
  device->is_old = FALSE;
  device->unknown_kinds = (SlKindSet){ 0 };
  for (guint kind = 1; kind < SL_KIND_LAST; kind++)
    if (kind > last || (last < SL_KIND_CLAIM_TRUST && is_later (kind)))
      {
        device->is_old = TRUE;
        sl_kind_set_add (&device->unknown_kinds, kind);
      }
  sim_tell (world, "    knows kinds up to %u", last);
  if (!sim_device_open (world, device))
    return;
  world->acted = TRUE;
  if (!device->is_old)
    sim_upgraded (world, device);
}
