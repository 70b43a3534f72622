/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-resolve"

#include "engine/resolve.h"

#include "engine/engine-private.h"

/* A prefix shows at most so many: two are enough to know that it is not unique. */
#define AMBIGUOUS_FROM 2
#define SHOWN_TEXT_CHARS 64

typedef struct { const char *name; const char *sql; } Thing;

/* Ids between two bounds. A thing of which only a part has arrived is found as well: what is known of it can be shown.
 * A booking's id is its first claim's; a later claim of it (a rebooking) is not a booking. */
static const Thing things[] = {
  [SL_THING_MEMBER] = { "member", "SELECT id FROM member WHERE id BETWEEN ? AND ? LIMIT 2" },
  [SL_THING_STAFF] = { "staff member", "SELECT id FROM staff WHERE id BETWEEN ? AND ? LIMIT 2" },
  [SL_THING_SERVICE] = { "service", "SELECT id FROM service WHERE id BETWEEN ? AND ? LIMIT 2" },
  [SL_THING_SESSION] = { "session", "SELECT id FROM session WHERE id BETWEEN ? AND ? LIMIT 2" },
  [SL_THING_BOOKING] = { "booking", "SELECT id FROM claim WHERE id BETWEEN ? AND ? AND booking_id IS NULL LIMIT 2" },
  [SL_THING_PACKAGE] = { "package", "SELECT id FROM package WHERE id BETWEEN ? AND ? LIMIT 2" },
  [SL_THING_LOT] = { "credit lot", "SELECT id FROM lot WHERE id BETWEEN ? AND ? LIMIT 2" },
  [SL_THING_PAYMENT] = { "payment", "SELECT id FROM payment WHERE id BETWEEN ? AND ? LIMIT 2" },
  [SL_THING_VOUCHER] = { "voucher", "SELECT id FROM voucher WHERE id BETWEEN ? AND ? LIMIT 2" },
  [SL_THING_RENEWAL] = { "renewal", "SELECT id FROM renewal WHERE id BETWEEN ? AND ? LIMIT 2" },
  [SL_THING_SALE] = { "sale", "SELECT id FROM sale WHERE id BETWEEN ? AND ? LIMIT 2" },
  [SL_THING_LOCATION] = { "location", "SELECT id FROM location WHERE id BETWEEN ? AND ? LIMIT 2" },
  [SL_THING_ROOM] = { "room", "SELECT id FROM room WHERE id BETWEEN ? AND ? LIMIT 2" },
  [SL_THING_REPLICA] = { "device", "SELECT replica FROM local_chain WHERE replica BETWEEN ? AND ? LIMIT 2" },
  [SL_THING_AVAILABILITY] = { "availability", "SELECT id FROM availability WHERE id BETWEEN ? AND ? LIMIT 2" },
  [SL_THING_REQUEST] = { "request", "SELECT id FROM request WHERE id BETWEEN ? AND ? LIMIT 2" },
  [SL_THING_STANDING] = { "standing booking", "SELECT id FROM standing WHERE id BETWEEN ? AND ? LIMIT 2" },
  [SL_THING_CHECKIN] = { "check-in", "SELECT id FROM checkin WHERE id BETWEEN ? AND ? AND hlc IS NOT NULL LIMIT 2" },
  [SL_THING_PLAN] = { "plan", "SELECT id FROM plan WHERE id BETWEEN ? AND ? LIMIT 2" },
  [SL_THING_MEMBERSHIP] = { "membership", "SELECT id FROM membership WHERE id BETWEEN ? AND ? LIMIT 2" },
  [SL_THING_PRINT] = { "print job", "SELECT id FROM local_print WHERE id BETWEEN ? AND ? LIMIT 2" },
  [SL_THING_TILL] = { "till", "SELECT id FROM till WHERE id BETWEEN ? AND ? LIMIT 2" },
  [SL_THING_REFUND] = { "refund", "SELECT id FROM refund WHERE id BETWEEN ? AND ? LIMIT 2" },
  [SL_THING_PROGRAM] = { "program", "SELECT id FROM program WHERE id BETWEEN ? AND ? LIMIT 2" },
  [SL_THING_INCIDENT] = { "incident", "SELECT id FROM incident WHERE id BETWEEN ? AND ? LIMIT 2" },
};
G_STATIC_ASSERT (G_N_ELEMENTS (things) == SL_THING_LAST);

/* What was typed, short enough and clean enough for a message. */
static char *
shown (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *escaped = g_strescape (valid, NULL);
  if (g_utf8_strlen (escaped, -1) <= SHOWN_TEXT_CHARS)
    return g_steal_pointer (&escaped);
  g_autofree char *cut = g_utf8_substring (escaped, 0, SHOWN_TEXT_CHARS);
  return g_strconcat (cut, "…", NULL);
}

/**
 * sl_thing_name:
 * @thing: what an id may name
 *
 * Returns: (transfer none): what it is called in messages
 */
const char *
sl_thing_name (SlThing thing)
{
  g_return_val_if_fail (thing < SL_THING_LAST, "");

  return things[thing].name;
}

/**
 * sl_engine_resolve_id:
 * @engine: the engine
 * @thing: what it has to be
 * @text: a whole UUID, or the beginning of one: 8 or more hex digits, dashes where a UUID has them
 * @out_id: (out): the id
 * @error: return location
 *
 * Takes no lock.
 *
 * Returns: %FALSE with %SL_ERROR_NOT_FOUND, %SL_ERROR_AMBIGUOUS_ID, %SL_ERROR_BAD_INPUT where @text is no id at all, or
 * a failure
 */
gboolean
sl_engine_resolve_id (SlEngine *engine, SlThing thing, const char *text, SlId *out_id, GError **error)
{
  g_return_val_if_fail (engine != NULL && thing < SL_THING_LAST && text != NULL && out_id != NULL, FALSE);

  SlId low, high;
  guint found = 0;
  if (sl_id_parse (text, &low))
    high = low;
  else if (!sl_id_parse_prefix (text, &low, &high))
    {
      g_autofree char *typed = shown (text);
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "“%s” is not an id: 8 or more hexadecimal digits are", typed);
      return FALSE;
    }
  g_autoptr (SlRows) rows = sl_store_query (engine->store, things[thing].sql, "bb", low.bytes, (gsize) SL_ID_BYTES,
                                            high.bytes, (gsize) SL_ID_BYTES);
  for (; sl_rows_next (rows); found++)
    sl_rows_id (rows, 0, out_id);
  if (!sl_rows_finish (rows, error))
    return FALSE;
  if (found == 1)
    return TRUE;
  g_autofree char *typed = shown (text);
  if (found >= AMBIGUOUS_FROM)
    g_set_error (error, SL_ERROR, SL_ERROR_AMBIGUOUS_ID, "more than one %s has an id that begins with %s",
                 things[thing].name, typed);
  else
    g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "there is no %s %s", things[thing].name, typed);
  return FALSE;
}
