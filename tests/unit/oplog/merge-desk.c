/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-merge-desk"

#include "merge-commands.h"

#include "core/datetime.h"

/* What came with the whole booking engine: queues and offers, trust, gifts, leaving, and its rows of fields. */

#define COMMAND(name) MERGE_COMMAND (, name)
#define LOTS_MAX 12
#define ROWS_MAX 10

/* One of the world's claims that this device keeps and that fulfils a condition, or none. */
static const SlId *
pick_kept_where (MergeWorld *world, MergeDevice *device, guint32 r, const char *condition)
{
  g_autofree char *sql = g_strdup_printf (
      "SELECT coalesce (keeper, creator) FROM claim WHERE id = ? AND created_hlc IS NOT NULL AND %s", condition);
  for (guint i = 0; i < world->claims->len; i++)
    {
      const SlId *claim = merge_pick (world->claims, r + i);
      g_autoptr (SlRows) rows = sl_store_query (device->d.store, sql, "d", claim);
      SlId keeper = sl_id_none;
      if (sl_rows_next (rows))
        sl_rows_id (rows, 0, &keeper);
      g_assert_true (sl_rows_finish (rows, NULL));
      if (merge_is_here (device, &keeper))
        return claim;
    }
  return NULL;
}

/* --- queues --- */

/* Uses no right, so anybody may wait for anything. */
COMMAND (wait)
{
  static const char *const guests[] = { "Guest", NULL };
  SlClaimParams claim = { .session_id = *merge_pick (world->sessions, r[0]),
                          .member_id = *merge_pick (world->members, r[1]),
                          .channel = r[2] % 2 ? SL_CHANNEL_KIOSK : SL_CHANNEL_DESK,
                          .spots = 1 + (int) (r[2] % 3),
                          .guests = r[2] % 3 == 1 ? guests : NULL,
                          .note = r[3] % 3 == 0 ? "any place" : NULL };
  SlId id;
  return merge_made (world->claims, &id, sl_op_waitlist_join (device->d.log, &claim, &id, error));
}

static gboolean
read_waiting (MergeDevice *device, const SlId *claim, SlClaimParams *out)
{
  g_autoptr (SlRows) rows
      = sl_store_query (device->d.store, "SELECT session_id, member_id, spots FROM claim WHERE id = ?", "d", claim);
  *out = (SlClaimParams){ .booking_id = *claim, .type = SL_CLAIM_OFFER, .channel = SL_CHANNEL_DESK };
  if (sl_rows_next (rows))
    {
      sl_rows_id (rows, 0, &out->session_id);
      sl_rows_id (rows, 1, &out->member_id);
      out->spots = (int) sl_rows_int (rows, 2);
    }
  return sl_rows_finish (rows, NULL);
}

/* The offer is a claim of its own under the same booking, and ends the place in the queue. */
COMMAND (offer)
{
  const SlId *waiting = pick_kept_where (world, device, r[0], "type = 5 AND release_why = 0");
  SlClaimParams offer;
  SlId id;
  if (waiting == NULL)
    return TRUE;
  g_assert_true (read_waiting (device, waiting, &offer));
  offer.held_until_ms = device->d.world.now_ms + SL_HOUR_MS;
  return merge_spots_of (device, &offer.session_id) < offer.spots
         || (merge_made (world->claims, &id, sl_op_claim (device->d.log, &offer, &id, error))
             && sl_op_release (device->d.log, &offer.booking_id, SL_RELEASE_OFFERED, 100, NULL, error));
}

/* --- trust --- */

/* As the desk does it: booked and owed in one step. */
static gboolean
book_on_trust (MergeWorld *world, MergeDevice *device, const guint32 *r, GError **error)
{
  SlClaimParams claim = { .session_id = *merge_pick_session (world, device, r[0] | 1),
                          .member_id = *merge_pick (world->members, r[1]),
                          .type = SL_CLAIM_BOOKING,
                          .channel = SL_CHANNEL_DESK,
                          .spots = 1 };
  SlConfirmParams confirm = { .price_cents = -1 };
  SlId id;
  return merge_spots_of (device, &claim.session_id) < claim.spots
         || (merge_made (world->claims, &id, sl_op_book (device->d.log, &claim, &confirm, &id, error))
             && sl_op_claim_trust (device->d.log, &id, 50 + r[1] % 200, error));
}

/* Also of what was confirmed before and paid by nothing; again it may be more. */
COMMAND (trust)
{
  if (r[2] % 4 != 0)
    return book_on_trust (world, device, r, error);
  const SlId *claim = pick_kept_where (world, device, r[0],
                                       "confirm_hlc IS NOT NULL AND coalesce (credits_hundredths, 0) = 0 "
                                       "AND settle_hlc IS NULL");
  return claim == NULL || sl_op_claim_trust (device->d.log, claim, 50 + r[1] % 200, error);
}

/* Of a lot of which it holds some. */
static guint
spend_held (MergeWorld *world, MergeDevice *device, guint32 r, SlSpend *out)
{
  for (guint i = 0; i < world->lots->len; i++)
    {
      *out = (SlSpend){ *merge_pick (world->lots, r + i), 1 + r % 90 };
      if (merge_credits_of (device, &out->lot_id) >= out->amount_hundredths)
        return 1;
    }
  return 0;
}

/* Also what has been released meanwhile: something of it may have to be paid all the same. */
COMMAND (settle_trust)
{
  const SlId *claim = pick_kept_where (world, device, r[0], "owed_hundredths IS NOT NULL AND settle_hlc IS NULL");
  SlSpend spends[2];
  guint n = 0;
  if (claim == NULL)
    return TRUE;
  n = spend_held (world, device, r[1], &spends[0]);
  if (n == 1 && spend_held (world, device, r[2], &spends[1]) == 1
      && !sl_id_equal (&spends[0].lot_id, &spends[1].lot_id))
    n = 2;
  return n == 0 || sl_op_claim_settle (device->d.log, claim, spends, n, error);
}

/* --- credits and attendance --- */

COMMAND (lot_transfer)
{
  SlTransferParams params = { .lot_id = *merge_pick (world->lots, r[0]),
                              .to_member_id = *merge_pick (world->members, r[1]),
                              .amount_hundredths = 1 + r[2] % 300,
                              .expires_ms = r[1] % 2 ? device->d.world.now_ms + SL_DAY_MS : 0,
                              .reason = r[3] % 2 ? "a present" : NULL };
  SlId id;
  if (world->lots->len >= LOTS_MAX || merge_credits_of (device, &params.lot_id) < params.amount_hundredths)
    return TRUE;
  return merge_made (world->lots, &id, sl_op_lot_transfer (device->d.log, &params, &id, error));
}

COMMAND (leave)
{
  return world->checkins->len == 0
         || sl_op_checkin_leave (device->d.log, merge_pick (world->checkins, r[0]), error);
}

/* --- rows of fields --- */

typedef enum { NUMBER, TEXT, ID, BYTES } ValueType;
typedef struct {
  SlEntity entity;
  ValueType type;
  const char *columns[10];
} Columns;

static const Columns rows_of[] = {
  { SL_ENTITY_AVAILABILITY,
    NUMBER,
    { "weekday", "from_minute", "to_minute", "bookable", "from_day", "until_day", "active" } },
  { SL_ENTITY_AVAILABILITY, ID, { "staff_id", "location_id" } },
  { SL_ENTITY_REQUEST, TEXT, { "times", "state" } },
  { SL_ENTITY_REQUEST, NUMBER, { "made_ms" } },
  { SL_ENTITY_REQUEST,
    ID,
    { "member_id", "instructor_id", "service_id", "location_id", "session_id", "booking_id" } },
  { SL_ENTITY_STANDING, NUMBER, { "weekday", "minute", "from_ms", "until_ms", "spots", "active" } },
  { SL_ENTITY_STANDING, ID, { "member_id", "service_id", "location_id", "device_id" } },
  { SL_ENTITY_PLAN, TEXT, { "name", "kind", "period", "access_hours" } },
  { SL_ENTITY_PLAN, NUMBER, { "price_cents", "joining_cents", "credits_hundredths", "open_gym", "active" } },
  { SL_ENTITY_PLAN, BYTES, { "services" } },
  { SL_ENTITY_MEMBERSHIP, TEXT, { "status" } },
  { SL_ENTITY_MEMBERSHIP, NUMBER, { "from_ms", "until_ms", "frozen_from_ms", "frozen_until_ms", "due_ms" } },
  { SL_ENTITY_MEMBERSHIP, ID, { "member_id", "plan_id", "device_id" } },
  { SL_ENTITY_RENEWAL, TEXT, { "collect" } },
  { SL_ENTITY_RENEWAL, NUMBER, { "active" } },
  { SL_ENTITY_RENEWAL, ID, { "member_id", "package_id", "device_id" } },
  { SL_ENTITY_RENEWAL_CHARGE, NUMBER, { "cycle" } },
  { SL_ENTITY_RENEWAL_CHARGE, ID, { "renewal_id", "sale_id" } },
};

/* Of what was there before. */
static const Columns fields_of[] = {
  { SL_ENTITY_ORGANISATION, TEXT, { "slug" } },
  { SL_ENTITY_LOCATION, TEXT, { "opening_hours" } },
  { SL_ENTITY_LOCATION, ID, { "door_device_id" } },
  { SL_ENTITY_DEVICE, TEXT, { "role" } },
  { SL_ENTITY_MEMBER, ID, { "merged_into", "instructor_id" } },
  { SL_ENTITY_MEMBER, NUMBER, { "parq_ms" } },
  { SL_ENTITY_MEMBER, TEXT, { "channel", "parq" } },
  { SL_ENTITY_MEMBER, TEXT, { "opt_out" } },
  { SL_ENTITY_SERVICE, NUMBER, { "member_price_cents", "peak_price_cents", "parq" } },
  { SL_ENTITY_SERVICE, ID, { "instructor_id" } },
  { SL_ENTITY_SERVICE, BYTES, { "locations" } },
  { SL_ENTITY_PACKAGE, NUMBER, { "per_member", "new_only", "renews" } },
  { SL_ENTITY_PACKAGE, BYTES, { "locations" } },
  { SL_ENTITY_SESSION, NUMBER, { "rule_day", "by_hand" } },
  { SL_ENTITY_SESSION, ID, { "rule_id" } },
};

static void
set_column (MergeWorld *world, SlFields *fields, const Columns *columns, const char *column, guint32 value)
{
  if (value % 5 == 0)
    sl_fields_set_null (fields, column);
  else if (columns->type == NUMBER)
    sl_fields_set_int (fields, column, value % 1000);
  else if (columns->type == TEXT)
    sl_fields_set_text (fields, column, value % 2 ? "one" : "other");
  else if (columns->type == ID)
    sl_fields_set_id (fields, column, merge_pick (world->members, value));
  else
    {
      g_autoptr (GBytes) bytes = g_bytes_new (&value, sizeof value);
      sl_fields_set_bytes (fields, column, bytes);
    }
}

/* Some of its columns, by the bits of which. */
static void
set_columns (MergeWorld *world, SlFields *fields, const Columns *columns, guint32 which, guint32 value)
{
  for (guint i = 0; i < G_N_ELEMENTS (columns->columns) && columns->columns[i] != NULL; i++)
    if (i == 0 || (which >> i & 1) != 0)
      set_column (world, fields, columns, columns->columns[i], value + i);
}

static SlFields *
row_fields (MergeWorld *world, SlEntity entity, const guint32 *r)
{
  SlFields *fields = sl_fields_new (entity);
  for (guint i = 0; i < G_N_ELEMENTS (rows_of); i++)
    if (rows_of[i].entity == entity && (r[2] >> i & 1) == 0)
      set_columns (world, fields, &rows_of[i], r[1], r[2] + i);
  return fields;
}

COMMAND (row_add)
{
  SlEntity entity = SL_ENTITY_AVAILABILITY + r[0] % MERGE_ROWS;
  GArray *ids = world->rows[r[0] % MERGE_ROWS];
  g_autoptr (SlFields) fields = row_fields (world, entity, r);
  SlId id;
  return ids->len >= ROWS_MAX || sl_fields_is_empty (fields)
         || merge_made (ids, &id, sl_op_create (device->d.log, fields, &id, error));
}

/* Anybody's, also of one that has not been heard of here. */
COMMAND (row_edit)
{
  const SlId *row = merge_pick (world->rows[r[0] % MERGE_ROWS], r[3]);
  SlEntity entity = SL_ENTITY_AVAILABILITY + r[0] % MERGE_ROWS;
  if (entity == SL_ENTITY_RENEWAL_CHARGE)
    return TRUE; /* written once */
  g_autoptr (SlFields) fields = row_fields (world, entity, r);
  return sl_id_is_none (row) || sl_fields_is_empty (fields) || sl_op_edit (device->d.log, row, fields, error);
}

COMMAND (new_field)
{
  const Columns *columns = &fields_of[r[0] % G_N_ELEMENTS (fields_of)];
  g_autoptr (SlFields) fields = sl_fields_new (columns->entity);
  const SlId thing = { { 7, (guint8) (r[1] % 2) } }; /* as other devices may have made it, or nobody */
  const SlId *id = columns->entity == SL_ENTITY_ORGANISATION ? sl_oplog_get_organisation (device->d.log)
                   : columns->entity == SL_ENTITY_LOCATION   ? &world->location
                   : columns->entity == SL_ENTITY_DEVICE     ? merge_somebody (world, device, r[1])
                   : columns->entity == SL_ENTITY_MEMBER     ? merge_pick (world->members, r[1])
                   : columns->entity == SL_ENTITY_SESSION    ? merge_pick (world->sessions, r[1])
                                                             : &thing;
  if (columns->entity == SL_ENTITY_MEMBER && columns->type == TEXT
      && !sl_oplog_has_member_key (device->d.log, id)) /* what is sealed only where the key is */
    return TRUE;
  set_columns (world, fields, columns, r[2], r[3]);
  return sl_op_edit (device->d.log, id, fields, error);
}
