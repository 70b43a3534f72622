/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-import-bookings"

#include "engine/import-private.h"

#include <string.h>

#include "core/text.h"
#include "engine/booking-policy.h"
#include "engine/location.h"
#include "engine/resolve.h"

#define GUEST_NAME_MAX_BYTES 120
#define NOTE_MAX_BYTES 500
#define GUEST_SEPARATORS ";|" /* between names in one cell */

static const SlImportColumn columns[] = {
  { "member", SL_IMPORT_NEEDED },    { "session", SL_IMPORT_READ },    { "service", SL_IMPORT_READ },
  { "start", SL_IMPORT_READ },       { "location", SL_IMPORT_READ },   { "spots", SL_IMPORT_READ },
  { "guests", SL_IMPORT_READ },      { "credits", SL_IMPORT_READ },    { "status", SL_IMPORT_READ },
  { "note", SL_IMPORT_READ },        { "first", SL_IMPORT_READ },      { "last", SL_IMPORT_READ },
  { "id", SL_IMPORT_FOR_EYES },      { "session_id", SL_IMPORT_FOR_EYES }, { "spent", SL_IMPORT_FOR_EYES },
  { "refunded", SL_IMPORT_FOR_EYES }, { "price", SL_IMPORT_FOR_EYES }, { "made", SL_IMPORT_FOR_EYES },
  { "end", SL_IMPORT_FOR_EYES },     { NULL },
};

static gboolean
check_columns (const SlImport *import, GError **error)
{
  if (sl_import_has (import, "session") || (sl_import_has (import, "service") && sl_import_has (import, "start")))
    return TRUE;
  g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "missing columns: session, or service and start");
  return FALSE;
}

static gboolean
load (SlImportRun *run, GError **error)
{
  return sl_import_names_load (run, TRUE, error);
}

/* The one session of that service at that time, cancelled ones left out. location: none: at any. */
static gboolean
find_by_start (SlImportRun *run, const SlImportRow *row, SlId *out, GError **error)
{
  SlId service, location;
  gint64 start_ms;
  guint found = 0;
  if (sl_import_cell (run->import, row, "service") == NULL || sl_import_cell (run->import, row, "start") == NULL)
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the session is missing, or its service and start");
      return FALSE;
    }
  if (!sl_import_find (run, row, "service", SL_NAMED_SERVICE, NULL, &service, error)
      || !sl_import_find (run, row, "location", SL_NAMED_LOCATION, NULL, &location, error))
    return FALSE;
  const SlId *where = sl_id_is_none (&location) ? NULL : &location;
  g_autoptr (GTimeZone) zone = sl_location_zone (run->engine, where != NULL ? where : &run->engine->location, error);
  if (zone == NULL || !sl_import_time (run, row, "start", zone, FALSE, &start_ms, error))
    return FALSE;
  g_autoptr (GPtrArray) sessions = sl_session_list (run->engine, where, start_ms, start_ms + 1, error);
  if (sessions == NULL)
    return FALSE;
  for (guint i = 0; i < sessions->len; i++)
    {
      const SlSession *session = sessions->pdata[i];
      if (session->cancelled || !sl_id_equal (&session->service_id, &service))
        continue;
      *out = session->id;
      found++;
    }
  if (found == 1)
    return TRUE;
  g_set_error (error, SL_ERROR, found == 0 ? SL_ERROR_NOT_FOUND : SL_ERROR_AMBIGUOUS_ID, "start: %s",
               found == 0 ? "that service has no session then" : "that service has more than one session then");
  return FALSE;
}

static gboolean
find_session (SlImportRun *run, const SlImportRow *row, SlId *out, GError **error)
{
  const char *id = sl_import_cell (run->import, row, "session");
  if (id == NULL)
    return find_by_start (run, row, out, error);
  if (sl_engine_resolve_id (run->engine, SL_THING_SESSION, id, out, error))
    return TRUE;
  g_prefix_error (error, "session: ");
  return FALSE;
}

/* Bookings that are over come to nothing here: only live ones are taken along. */
static gboolean
read_status (SlImportRun *run, const SlImportRow *row, GError **error)
{
  const char *cell = sl_import_cell (run->import, row, "status");
  for (int status = 0; cell != NULL && status < SL_BOOKING_STATUS_LAST; status++)
    if (g_ascii_strcasecmp (cell, sl_booking_status_name (status)) == 0)
      {
        run->skips = status != SL_BOOKING_CONFIRMED;
        return TRUE;
      }
  if (cell == NULL)
    return TRUE;
  g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "status: not a booking's; confirmed ones are taken along");
  return FALSE;
}

/* "Anna Botha; Bo Smit" */
static char **
read_guests (const char *cell, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) parts = g_strsplit_set (cell != NULL ? cell : "", GUEST_SEPARATORS, -1);
  for (guint i = 0; parts[i] != NULL; i++)
    {
      g_autofree char *name = sl_text_clean ("a guest's name", parts[i], GUEST_NAME_MAX_BYTES, error);
      if (name == NULL)
        return NULL;
      if (*name != '\0')
        g_strv_builder_add (builder, name);
    }
  return g_strv_builder_end (builder);
}

/* What one row asks for. */
typedef struct {
  SlId member, session;
  gint64 spots;
  char **guests;
  char *note;          /* (nullable) */
  gboolean takes_credits;
} Wish;

static void
wish_clear (Wish *wish)
{
  g_clear_pointer (&wish->guests, g_strfreev);
  g_clear_pointer (&wish->note, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Wish, wish_clear)

static gboolean
read_wish (SlImportRun *run, const SlImportRow *row, Wish *out, GError **error)
{
  const char *note = sl_import_cell (run->import, row, "note");
  int credits;
  out->guests = read_guests (sl_import_cell (run->import, row, "guests"), error);
  if (out->guests == NULL || !sl_import_find_member (run, row, &out->member, error)
      || !find_session (run, row, &out->session, error)
      || !sl_import_int (run, row, "spots", 1 + g_strv_length (out->guests), &out->spots, error)
      || !sl_import_yes_or_no (run, row, "credits", &credits, error)
      || (note != NULL && (out->note = sl_text_clean ("the note", note, NOTE_MAX_BYTES, error)) == NULL))
    return FALSE;
  out->takes_credits = credits > 0;
  if (out->spots >= 1 && out->spots <= SL_SPOTS_MAX)
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "spots: a number from 1 to %d", SL_SPOTS_MAX);
  return FALSE;
}

/* The checks of a booking in their order, but for two: it was made elsewhere, so when booking opens is past, and unless
 * the row says otherwise it was paid there. That waives what it costs, which not everybody may. */
static gboolean
check (SlEngine *engine, const SlActor *actor, const Wish *wish, SlBookingCase *of, SlRoomPlan *room, SlPayPlan *pay,
       SlRefusal *refusal, GError **error)
{
  return sl_booking_case_load (engine, actor, &wish->session, &wish->member, (int) wish->spots, of, error)
         && sl_booking_check_actor (engine, of, refusal, error)
         && (wish->takes_credits
             || sl_actor_may (actor, SL_ACTION_WAIVE_FEE, &of->session->location_id, refusal))
         && sl_booking_check_spots (engine, of, g_strv_length (wish->guests), TRUE, refusal, error)
         && sl_booking_check_session (engine, of, refusal, error)
         && sl_booking_check_member (engine, of, refusal, error)
         && sl_booking_check_not_booked (engine, of, refusal, error)
         && sl_booking_check_room (engine, of, NULL, room, refusal, error)
         && (!wish->takes_credits || sl_booking_check_paid (engine, of, NULL, pay, refusal, error));
}

static gboolean
write_booking (SlEngine *engine, const Wish *wish, const SlRoomPlan *room, const SlPayPlan *pay, SlId *out,
               GError **error)
{
  SlClaimParams claim = { .session_id = wish->session,
                          .member_id = wish->member,
                          .type = SL_CLAIM_BOOKING,
                          .channel = SL_CHANNEL_DESK,
                          .spots = (int) wish->spots,
                          .guests = wish->guests[0] != NULL ? (const char *const *) wish->guests : NULL,
                          .note = wish->note };
  SlConfirmParams confirm = { .price_cents = -1, .spends = pay->spends, .n_spends = pay->n_spends };
  for (guint i = 0; room->lapsed != NULL && i < room->lapsed->len; i++)
    if (!sl_op_release (engine->log, &g_array_index (room->lapsed, SlId, i), SL_RELEASE_EXPIRED, 100, NULL, error))
      return FALSE;
  return sl_op_book (engine->log, &claim, &confirm, out, error);
}

static gboolean
take (SlImportRun *run, SlImportRow *row, SlRefusal *refusal, GError **error)
{
  g_auto (Wish) wish = { 0 };
  g_auto (SlBookingCase) of = { 0 };
  g_auto (SlRoomPlan) room = { 0 };
  g_auto (SlPayPlan) pay = { .price_cents = -1 };
  if (!read_status (run, row, error))
    return FALSE;
  if (run->skips)
    return TRUE;
  if (!read_wish (run, row, &wish, error) || !sl_command_begin (run->engine, run->actor, error))
    return FALSE;
  if (!check (run->engine, run->actor, &wish, &of, &room, &pay, refusal, error))
    return sl_booking_decline (run->engine, run->actor, "import", refusal, error);
  if (!write_booking (run->engine, &wish, &room, &pay, &row->made, error))
    return sl_command_fail (run->engine);
  return sl_command_commit (run->engine, error);
}

const SlImportType sl_import_bookings = {
  .word = "bookings",
  .columns = columns,
  .action = SL_ACTION_BOOK_FOR_MEMBER,
  .check_columns = check_columns,
  .load = load,
  .take = take,
};
