/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-apply-recurrence"

#include "core/datetime.h"
#include "oplog/clocks.h"
#include "oplog/rights-cache.h"

/* Sessions that repeat. An occurrence is a function of its rule and its local date: whoever expands the rule makes the
 * same session, with its spots at the one device that the rule names. What was edited by hand stays, because all
 * expansions carry the rule's own stamp. */

#define RULE_MAX 8192 /* the rule and a date for each exception that it may have */
#define ZONE_MAX 64
#define CAPACITY_MAX 100000
#define LENGTH_MAX_MS (31 * SL_DAY_MS)
#define FIELDS_MAX_BYTES 16384

typedef struct {
  char *rrule, *zone;
  gint64 start_ms, until_ms, length_ms, capacity;
  SlId mints;
  GBytes *fields;
} RulePart;

static void
rule_part_clear (RulePart *part)
{
  g_free (part->rrule);
  g_free (part->zone);
  g_clear_pointer (&part->fields, g_bytes_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RulePart, rule_part_clear)

/**
 * sl_op_recurrence_create:
 * @log: inside a transaction
 * @params: the rule and what its sessions have in common
 * @out_id: (out caller-allocates): the rule's id
 * @error: return location
 *
 * The spots of its sessions will be this device's.
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_recurrence_create (SlOplog *log, const SlRecurrenceParams *params, SlId *out_id, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_return_val_if_fail (params->capacity >= 0 && params->capacity <= CAPACITY_MAX && params->length_ms >= 0, FALSE);
  sl_oplog_next_id (log, out_id);
  sl_cbor_begin_array (body, 8);
  sl_cbor_put_text (body, params->rrule);
  sl_cbor_put_text (body, params->zone);
  sl_cbor_put_int (body, params->start_ms);
  sl_cbor_put_int (body, params->until_ms);
  sl_cbor_put_int (body, params->length_ms);
  sl_cbor_put_int (body, params->capacity);
  sl_cbor_put_id (body, &log->own->replica);
  return sl_fields_put (log, params->fields, out_id, body, error)
         && sl_oplog_emit (log, SL_KIND_RECURRENCE_CREATE, NULL, body, NULL, error);
}

static gboolean
get_rule (SlCborReader *body, RulePart *out)
{
  gsize length, fields_length;
  const guint8 *fields;
  if (!sl_cbor_get_array (body, 8, 8, &length) || !sl_cbor_get_text (body, RULE_MAX, &out->rrule)
      || !sl_cbor_get_text (body, ZONE_MAX, &out->zone) || out->rrule == NULL || out->zone == NULL
      || !sl_cbor_get_int (body, SL_TIME_MIN_MS, SL_TIME_MAX_MS, &out->start_ms)
      || !sl_cbor_get_int (body, 0, G_MAXINT64, &out->until_ms)
      || !sl_cbor_get_int (body, 0, LENGTH_MAX_MS, &out->length_ms)
      || !sl_cbor_get_int (body, 0, CAPACITY_MAX, &out->capacity) || !sl_cbor_get_id (body, &out->mints)
      || sl_cbor_peek (body) != SL_CBOR_MAP || !sl_cbor_skip (body, &fields, &fields_length)
      || fields_length > FIELDS_MAX_BYTES || !sl_cbor_at_end (body))
    return FALSE;
  out->fields = g_bytes_new (fields, fields_length);
  return sl_reference_is_sound (SL_ENTITY_SESSION, fields, fields_length);
}

/* sl_apply_recurrence_create: [rule, zone, start, until (0: none), length, capacity, device that mints, fields]. */
gboolean
sl_apply_recurrence_create (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  g_auto (RulePart) part = { 0 };
  SlId id;
  if (!sl_id_is_none (&operation->entity) || !get_rule (body, &part))
    return sl_malformed (operation, error);
  sl_apply_made_id (operation, 0, &id);
  const SlValue values[] = {
    { .type = 'd', .id = &id },
    { .type = 't', .text = part.rrule },
    { .type = 't', .text = part.zone },
    { .type = 'i', .integer = part.start_ms },
    { .type = 'i', .integer = part.until_ms },
    { .type = 'i', .integer = part.length_ms },
    { .type = 'i', .integer = part.capacity },
    { .type = 'd', .id = &part.mints },
    { .type = 'g', .bytes = part.fields },
    { .type = 'i', .integer = operation->hlc },
    { .type = 'd', .id = &operation->replica },
    { .type = 'i', .integer = (gint64) operation->seq },
    { .type = 'd', .id = &operation->actor },
  };
  return sl_store_exec_values (log->store, error,
                               "INSERT INTO recurrence (id, rrule, zone, start_ms, until_ms, length_ms, capacity, "
                               "mints, fields, hlc, replica, seq, actor) "
                               "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                               values, G_N_ELEMENTS (values));
}

/**
 * sl_occurrence_id:
 * @rule: a recurrence
 * @day: the local date, since 1970
 * @out: (out): the session's id
 */
void
sl_occurrence_id (const SlId *rule, gint64 day, SlId *out)
{
  gint64 big_endian = GINT64_TO_BE (day);
  sl_id_from_parts ("studioloop occurrence v1", rule->bytes, SL_ID_BYTES, &big_endian, sizeof big_endian, out);
}

/**
 * sl_op_session_occurrence:
 * @log: inside a transaction
 * @rule: a recurrence that is applied here
 * @day: the local date, since 1970
 * @start_ms: when it starts on it
 * @out_id: (out caller-allocates): the session's id
 * @error: return location
 *
 * Writes nothing where the session is known already.
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_session_occurrence (SlOplog *log, const SlId *rule, gint64 day, gint64 start_ms, SlId *out_id, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  gint64 known;
  sl_occurrence_id (rule, day, out_id);
  if (!sl_store_query_int (log->store, 0, &known, error,
                           "SELECT count (*) FROM session WHERE id = ? AND created_hlc IS NOT NULL", "d", out_id))
    return FALSE;
  if (known > 0)
    return TRUE;
  sl_cbor_begin_array (body, 3);
  sl_cbor_put_id (body, rule);
  sl_cbor_put_int (body, day);
  sl_cbor_put_int (body, start_ms);
  return sl_oplog_emit (log, SL_KIND_SESSION_OCCURRENCE, out_id, body, NULL, error);
}

typedef struct {
  SlStamp stamp;
  gint64 length_ms, capacity;
  SlId mints;
  GBytes *fields; /* (nullable): the rule is not known here */
} Rule;

static gboolean
read_rule (SlOplog *log, const SlId *id, Rule *out, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (
      log->store, "SELECT hlc, replica, seq, length_ms, capacity, mints, fields FROM recurrence WHERE id = ?", "d", id);
  *out = (Rule){ 0 };
  if (sl_rows_next (rows))
    {
      out->stamp.hlc = sl_rows_int (rows, 0);
      sl_rows_id (rows, 1, &out->stamp.replica);
      out->stamp.seq = (guint64) sl_rows_int (rows, 2);
      out->length_ms = sl_rows_int (rows, 3);
      out->capacity = sl_rows_int (rows, 4);
      sl_rows_id (rows, 5, &out->mints);
      out->fields = sl_rows_dup_blob (rows, 6);
    }
  if (sl_rows_finish (rows, error))
    return TRUE;
  g_clear_pointer (&out->fields, g_bytes_unref);
  return FALSE;
}

/* Two devices may know different rules of summer time for one zone: of two starts the later stands, whoever came first,
 * because it takes the place of the number in the stamp. */
static gboolean
write_occurrence (SlOplog *log, const SlOperation *operation, const Rule *rule, const SlId *rule_id, gint64 day,
                  gint64 start_ms, GError **error)
{
  g_autoptr (SlCborWriter) times = sl_cbor_writer_new ();
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_SESSION);
  SlStamp stamp = rule->stamp;
  SlCborReader reader;
  gsize length;
  const guint8 *common = g_bytes_get_data (rule->fields, &length);
  sl_cbor_reader_init (&reader, common, length);
  if (!sl_reference_merge_at (log, SL_ENTITY_SESSION, &operation->entity, operation, &stamp, TRUE, &reader, error))
    return FALSE;
  sl_fields_set_int (fields, "start_ms", start_ms);
  sl_fields_set_int (fields, "end_ms", start_ms + rule->length_ms);
  sl_fields_set_id (fields, "rule_id", rule_id);
  sl_fields_set_int (fields, "rule_day", day);
  if (!sl_fields_put (log, fields, &operation->entity, times, error))
    return FALSE;
  g_autoptr (GBytes) item = sl_cbor_writer_finish (times);
  sl_cbor_reader_init (&reader, g_bytes_get_data (item, NULL), g_bytes_get_size (item));
  stamp.seq = (guint64) start_ms;
  return sl_reference_merge_at (log, SL_ENTITY_SESSION, &operation->entity, operation, &stamp, FALSE, &reader, error);
}

/* sl_apply_session_occurrence: entity: what sl_occurrence_id() makes of it; [rule, day, start]. Waits for its rule. The
 * first one mints. */
gboolean
sl_apply_session_occurrence (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  gsize length;
  gint64 day, start_ms, known;
  SlId rule_id, expected;
  Rule rule;
  if (!sl_cbor_get_array (body, 3, 3, &length) || !sl_cbor_get_id (body, &rule_id)
      || !sl_cbor_get_int (body, 0, SL_DAY_MAX, &day)
      || !sl_cbor_get_int (body, SL_TIME_MIN_MS, SL_TIME_MAX_MS, &start_ms) || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  sl_occurrence_id (&rule_id, day, &expected);
  if (!sl_id_equal (&expected, &operation->entity))
    return sl_malformed (operation, error);
  if (!read_rule (log, &rule_id, &rule, error))
    return FALSE;
  g_autoptr (GBytes) fields = rule.fields;
  if (fields == NULL)
    return sl_apply_hold (log, "no_rights");
  if (!sl_store_query_int (log->store, 0, &known, error,
                           "SELECT count (*) FROM session WHERE id = ? AND created_hlc IS NOT NULL", "d", &expected))
    return FALSE;
  return write_occurrence (log, operation, &rule, &rule_id, day, start_ms, error)
         && (known > 0 || sl_session_capacity_add (log, &expected, &rule.mints, rule.capacity, error));
}
