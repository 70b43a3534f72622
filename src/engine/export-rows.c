/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-export-rows"

#include "engine/export-private.h"

#include "core/datetime.h"
#include "engine/claim-queries.h"
#include "engine/location.h"
#include "engine/member.h"
#include "engine/package.h"
#include "engine/schedule.h"
#include "engine/service.h"
#include "engine/staff.h"

/* An amount that may not be there. */
static void
add_optional (SlExport *out, gint64 number)
{
  if (number != SL_NUMBER_NONE)
    sl_export_add_int (out, number);
  else
    sl_export_add (out, NULL);
}

static gboolean
add_member (SlExport *out, const SlMember *member, GError **error)
{
  sl_export_add (out, member->first);
  sl_export_add (out, member->last);
  sl_export_add (out, member->phone);
  sl_export_add (out, member->email);
  sl_export_add (out, member->birth_date);
  sl_export_add (out, member->permission);
  sl_export_add (out, member->status);
  sl_export_add (out, member->status_reason);
  sl_export_add (out, member->notes);
  sl_export_add (out, member->emergency);
  sl_export_add (out, member->language);
  sl_export_add_bool (out, member->marketing);
  sl_export_add_named (out, &member->home_location_id);
  sl_export_add_named (out, &member->instructor_id);
  sl_export_add_id (out, &member->id);
  sl_export_add_time (out, member->created_ms, sl_engine_time_zone (out->engine));
  return sl_export_end_row (out, error);
}

/* sl_export_members: by name; instructors get their own; erased ones are nobody. */
gboolean
sl_export_members (SlExport *out, GError **error)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GPtrArray) members = NULL;
  if (!sl_export_names_load (out, FALSE, error)
      || !sl_member_list (out->engine, out->actor, NULL, 0, &members, &refusal, error))
    return FALSE;
  for (guint i = 0; members != NULL && i < members->len; i++)
    if (!add_member (out, members->pdata[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
add_session (SlExport *out, const SlSession *session, GError **error)
{
  GTimeZone *zone = sl_export_zone (out, &session->location_id);
  gint64 capacity;
  if (!sl_store_query_int (out->engine->store, 0, &capacity, error, "SELECT capacity FROM session WHERE id = ?", "d",
                           &session->id))
    return FALSE;
  sl_export_add_named (out, &session->service_id);
  sl_export_add_time (out, session->start_ms, zone);
  sl_export_add_named (out, &session->location_id);
  sl_export_add_named (out, &session->room_id);
  sl_export_add_named (out, &session->instructor_id);
  sl_export_add_int (out, capacity);
  sl_export_add (out, session->notes);
  sl_export_add (out, sl_session_state_name (session->state));
  sl_export_add_time (out, session->end_ms, zone);
  sl_export_add_id (out, &session->id);
  return sl_export_end_row (out, error);
}

static GPtrArray *
list_sessions (SlExport *out, GError **error)
{
  return sl_session_list (out->engine, NULL, SL_TIME_MIN_MS, SL_TIME_MAX_MS + 1, error);
}

/* sl_export_schedule: all sessions, by start. */
gboolean
sl_export_schedule (SlExport *out, GError **error)
{
  g_autoptr (GPtrArray) sessions = sl_export_names_load (out, FALSE, error) ? list_sessions (out, error) : NULL;
  if (sessions == NULL)
    return FALSE;
  for (guint i = 0; i < sessions->len; i++)
    if (!add_session (out, sessions->pdata[i], error))
      return FALSE;
  return TRUE;
}

/* sl_export_packages: by name. */
gboolean
sl_export_packages (SlExport *out, GError **error)
{
  g_autoptr (GPtrArray) packages
    = sl_export_names_load (out, FALSE, error) ? sl_package_list (out->engine, error) : NULL;
  for (guint i = 0; packages != NULL && i < packages->len; i++)
    {
      const SlPackage *package = packages->pdata[i];
      sl_export_add (out, package->name);
      sl_export_add_int (out, package->credits_hundredths);
      sl_export_add_int (out, package->price_cents);
      sl_export_add_int (out, package->valid_days);
      sl_export_add_named_list (out, package->locations);
      add_optional (out, package->per_member > 0 ? package->per_member : SL_NUMBER_NONE);
      sl_export_add_bool (out, package->new_only);
      sl_export_add_bool (out, package->renews);
      sl_export_add_bool (out, package->active);
      sl_export_add (out, sl_engine_currency (out->engine));
      sl_export_add_id (out, &package->id);
      if (!sl_export_end_row (out, error))
        return FALSE;
    }
  return packages != NULL;
}

static gboolean
add_lot (SlExport *out, SlRows *rows, GError **error)
{
  SlId lot, member;
  gint64 left;
  gsize length;
  sl_rows_id (rows, 0, &lot);
  sl_rows_id (rows, 1, &member);
  const void *sealed = sl_rows_blob (rows, 3, &length);
  if (!sl_lot_left (out->engine->log, &lot, &left, error))
    return FALSE;
  if (left <= 0 || sl_export_member_is_erased (out, &member))
    return TRUE;
  g_autofree char *reason = sealed != NULL ? sl_oplog_unseal_note (out->engine->log, &member, sealed, length) : NULL;
  sl_export_add_member (out, &member);
  sl_export_add_int (out, left);
  sl_export_add_time (out, sl_rows_int (rows, 2), sl_engine_time_zone (out->engine));
  sl_export_add (out, reason);
  sl_export_add_member_names (out, &member);
  sl_export_add_id (out, &lot);
  return sl_export_end_row (out, error);
}

/* sl_export_credits: what is left of each lot that may still be spent, in the order of spending. */
gboolean
sl_export_credits (SlExport *out, GError **error)
{
  gboolean good = sl_export_names_load (out, TRUE, error);
  if (!good)
    return FALSE;
  g_autoptr (SlRows) rows = sl_store_query (out->engine->store,
                                            "SELECT id, member_id, expires_ms, reason FROM lot WHERE expires_ms IS "
                                            "NULL OR expires_ms > ? ORDER BY member_id, expires_ms IS NULL, "
                                            "expires_ms, hlc, id",
                                            "i", sl_engine_now_ms (out->engine));
  while (good && sl_rows_next (rows))
    good = add_lot (out, rows, error);
  return good && sl_rows_finish (rows, error);
}

/* Guests and note, which queries for the rules leave sealed. */
static gboolean
read_texts (SlEngine *engine, const SlClaim *claim, char **out_guests, char **out_note, GError **error)
{
  gsize length;
  g_autoptr (SlRows) rows = sl_store_query (engine->store, "SELECT guests, note FROM claim WHERE id = ?", "d",
                                            &claim->id);
  *out_guests = *out_note = NULL;
  if (sl_rows_next (rows))
    {
      const void *sealed = sl_rows_blob (rows, 0, &length);
      g_autoptr (GPtrArray) guests =
        sealed != NULL ? sl_oplog_unseal_guests (engine->log, &claim->member_id, sealed, length) : NULL;
      sealed = sl_rows_blob (rows, 1, &length);
      *out_note = sealed != NULL ? sl_oplog_unseal_note (engine->log, &claim->member_id, sealed, length) : NULL;
      g_autoptr (GString) text = g_string_new (NULL);
      for (guint i = 0; guests != NULL && i < guests->len; i++)
        g_string_append_printf (text, "%s%s", i > 0 ? SL_EXPORT_LIST_SEPARATOR : "", (const char *) guests->pdata[i]);
      *out_guests = g_string_free (g_steal_pointer (&text), FALSE);
    }
  return sl_rows_finish (rows, error);
}

static gboolean
add_booking (SlExport *out, const SlSession *session, const SlClaim *claim, GError **error)
{
  GTimeZone *zone = sl_export_zone (out, &session->location_id);
  g_autofree char *guests = NULL, *note = NULL;
  gint64 refunded = claim->released ? sl_refund_part (0, claim->credits_hundredths, claim->release_percent) : 0;
  if (!read_texts (out->engine, claim, &guests, &note, error))
    return FALSE;
  sl_export_add_member (out, &claim->member_id);
  sl_export_add_named (out, &session->service_id);
  sl_export_add_time (out, session->start_ms, zone);
  sl_export_add_named (out, &session->location_id);
  sl_export_add_int (out, claim->spots);
  sl_export_add (out, guests);
  sl_export_add (out, sl_booking_status_name (claim->status));
  sl_export_add (out, note);
  sl_export_add_member_names (out, &claim->member_id);
  sl_export_add_time (out, session->end_ms, zone);
  sl_export_add_int (out, claim->credits_hundredths);
  sl_export_add_int (out, refunded);
  if (claim->price_cents >= 0)
    sl_export_add_int (out, claim->price_cents);
  else
    sl_export_add (out, NULL);
  sl_export_add_time (out, claim->created_ms, zone);
  sl_export_add_id (out, &session->id);
  sl_export_add_id (out, &claim->booking_id);
  return sl_export_end_row (out, error);
}

/* sl_export_bookings: of all times and in whatever state, by their sessions. */
gboolean
sl_export_bookings (SlExport *out, GError **error)
{
  gint64 now_ms = sl_engine_now_ms (out->engine);
  g_autoptr (GPtrArray) sessions = sl_export_names_load (out, TRUE, error) ? list_sessions (out, error) : NULL;
  if (sessions == NULL)
    return FALSE;
  for (guint i = 0; i < sessions->len; i++)
    {
      const SlSession *session = sessions->pdata[i];
      g_autoptr (GArray) claims = sl_claims_of_session (out->engine, &session->id, now_ms, error);
      if (claims == NULL)
        return FALSE;
      for (guint c = 0; c < claims->len; c++)
        if (!add_booking (out, session, &g_array_index (claims, SlClaim, c), error))
          return FALSE;
    }
  return TRUE;
}

static gboolean
add_payment (SlExport *out, SlRows *rows, GError **error)
{
  SlId id, member, device;
  gint64 refunded;
  sl_rows_id (rows, 0, &id);
  sl_rows_id (rows, 1, &member);
  sl_rows_id (rows, 2, &device);
  if (!sl_store_query_int (out->engine->store, 0, &refunded, error,
                           "SELECT coalesce (sum (amount_cents), 0) FROM refund WHERE payment_id = ?", "d", &id))
    return FALSE;
  sl_export_add_time (out, sl_rows_int (rows, 3), sl_engine_time_zone (out->engine));
  sl_export_add_member (out, &member);
  sl_export_add_member_names (out, &member);
  sl_export_add_int (out, sl_rows_int (rows, 4));
  sl_export_add_int (out, sl_rows_int (rows, 5));
  for (int column = 6; column <= 8; column++)
    sl_export_add (out, sl_rows_text (rows, column));
  sl_export_add_int (out, refunded);
  sl_export_add (out, sl_rows_text (rows, 9));
  sl_export_add_int (out, sl_rows_int (rows, 10));
  sl_export_add_id (out, &device);
  sl_export_add_id (out, &id);
  return sl_export_end_row (out, error);
}

/* sl_export_payments: as they were taken. */
gboolean
sl_export_payments (SlExport *out, GError **error)
{
  gboolean good = sl_export_names_load (out, TRUE, error);
  if (!good)
    return FALSE;
  g_autoptr (SlRows) rows = sl_store_query (out->engine->store,
                                            "SELECT p.id, p.member_id, p.replica, p.at_ms, p.amount_cents, "
                                            "coalesce (s.vat_cents * p.amount_cents / nullif (s.total_cents, 0), 0), "
                                            "p.currency, p.method, p.status, p.reference, p.receipt FROM payment p "
                                            "LEFT JOIN sale s ON s.id = p.sale_id ORDER BY p.at_ms, p.hlc, p.id",
                                            "");
  while (good && sl_rows_next (rows))
    good = add_payment (out, rows, error);
  return good && sl_rows_finish (rows, error);
}

/* sl_export_services: by name. */
gboolean
sl_export_services (SlExport *out, GError **error)
{
  g_autoptr (GPtrArray) services
    = sl_export_names_load (out, FALSE, error) ? sl_service_list (out->engine, error) : NULL;
  for (guint i = 0; services != NULL && i < services->len; i++)
    {
      const SlService *service = services->pdata[i];
      sl_export_add (out, service->name);
      sl_export_add (out, service->kind);
      sl_export_add (out, service->type);
      sl_export_add (out, service->difficulty);
      sl_export_add_int (out, service->duration_min);
      sl_export_add_int (out, service->capacity);
      sl_export_add_int (out, service->credits_hundredths);
      add_optional (out, service->price_cents);
      add_optional (out, service->member_price_cents);
      add_optional (out, service->peak_price_cents);
      sl_export_add (out, sl_booking_mode_name (service->mode));
      sl_export_add_int (out, service->reserve);
      sl_export_add_named (out, &service->instructor_id);
      sl_export_add_named_list (out, service->locations);
      sl_export_add (out, service->equipment);
      sl_export_add_bool (out, service->needs_parq);
      sl_export_add (out, service->colour);
      sl_export_add (out, service->description);
      sl_export_add_bool (out, service->active);
      sl_export_add_id (out, &service->id);
      if (!sl_export_end_row (out, error))
        return FALSE;
    }
  return services != NULL;
}

static gboolean
add_place (SlExport *out, const SlLocation *location, const SlRoom *room /* (nullable) */, GError **error)
{
  sl_export_add (out, location->name);
  sl_export_add (out, room != NULL ? room->name : NULL);
  sl_export_add (out, location->timezone);
  sl_export_add (out, location->address);
  sl_export_add (out, room == NULL ? location->opening_hours : NULL);
  sl_export_add_bool (out, room == NULL || room->active);
  sl_export_add_id (out, room != NULL ? &room->id : &location->id);
  return sl_export_end_row (out, error);
}

/* sl_export_places: locations, each with its rooms below it. */
gboolean
sl_export_places (SlExport *out, GError **error)
{
  g_autoptr (GPtrArray) locations = sl_location_list (out->engine, error);
  for (guint i = 0; locations != NULL && i < locations->len; i++)
    {
      const SlLocation *location = locations->pdata[i];
      g_autoptr (GPtrArray) rooms = sl_room_list (out->engine, &location->id, error);
      if (rooms == NULL || !add_place (out, location, NULL, error))
        return FALSE;
      for (guint r = 0; r < rooms->len; r++)
        if (!add_place (out, location, rooms->pdata[r], error))
          return FALSE;
    }
  return locations != NULL;
}

/* sl_export_staff: by name, without their PINs. */
gboolean
sl_export_staff (SlExport *out, GError **error)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GPtrArray) staff = NULL;
  if (!sl_export_names_load (out, FALSE, error) || !sl_staff_list (out->engine, out->actor, &staff, &refusal, error))
    return FALSE;
  for (guint i = 0; staff != NULL && i < staff->len; i++)
    {
      const SlStaff *one = staff->pdata[i];
      sl_export_add (out, one->name);
      sl_export_add (out, sl_role_name (one->role));
      sl_export_add_named_list (out, one->locations);
      sl_export_add_bool (out, one->active);
      sl_export_add_id (out, &one->id);
      if (!sl_export_end_row (out, error))
        return FALSE;
    }
  return TRUE;
}
