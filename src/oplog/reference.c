/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-reference"

#include "oplog/oplog-private.h"

#include <string.h>

#include "oplog/clocks.h"
#include "oplog/rights-cache.h"

/* Reference data: the last writer wins per field. One table says what the fields of each entity are; their numbers are
 * part of the operation format and for ever, so a field is only ever added at the end. */

#define TEXT_MAX 4096 /* one text field, as the log takes it; the engine's limits are narrower */
#define BYTES_MAX 4096
#define SEALED_MAX (TEXT_MAX + SL_SEAL_OVERHEAD_BYTES)

/* FIELD_NOTE: text sealed under the key of the member whom the thing is about; the thing is not the member. */
typedef enum { FIELD_INT, FIELD_TEXT, FIELD_ID, FIELD_BYTES, FIELD_SEALED, FIELD_NOTE } FieldType;
typedef struct {
  const char *column;
  FieldType type;
} Field;

#define FIELDS_MAX 32 /* of one entity; at most SL_CLOCK_FIELDS_MAX */
typedef struct {
  const char *table;
  SlKind create, edit;      /* 0: there is none */
  Field fields[FIELDS_MAX]; /* number = place in this list + 1 */
} Entity;

static const Entity entities[] = {
  [SL_ENTITY_ORGANISATION] = { "organisation",
                               0,
                               SL_KIND_ORGANISATION_EDIT,
                               { { "name", FIELD_TEXT },
                                 { "currency", FIELD_TEXT },
                                 { "vat_permille", FIELD_INT },
                                 { "contact", FIELD_TEXT },
                                 { "recovery_public", FIELD_BYTES },
                                 { "slug", FIELD_TEXT },
                                 { "legal_name", FIELD_TEXT },
                                 { "vat_number", FIELD_TEXT },
                                 { "registration", FIELD_TEXT },
                                 { "address", FIELD_TEXT },
                                 { "invoice_note", FIELD_TEXT },
                                 { "pay_link", FIELD_TEXT } } },
  [SL_ENTITY_LOCATION] = { "location",
                           SL_KIND_LOCATION_CREATE,
                           SL_KIND_LOCATION_EDIT,
                           { { "name", FIELD_TEXT },
                             { "address", FIELD_TEXT },
                             { "timezone", FIELD_TEXT },
                             { "opening_hours", FIELD_TEXT },
                             { "door_device_id", FIELD_ID } } },
  [SL_ENTITY_ROOM] = { "room",
                       SL_KIND_ROOM_CREATE,
                       SL_KIND_ROOM_EDIT,
                       { { "location_id", FIELD_ID }, { "name", FIELD_TEXT }, { "active", FIELD_INT } } },
  [SL_ENTITY_STAFF] = { "staff",
                        SL_KIND_STAFF_CREATE,
                        SL_KIND_STAFF_EDIT,
                        { { "name", FIELD_TEXT },
                          { "role", FIELD_TEXT },
                          { "locations", FIELD_BYTES },
                          { "pin_hash", FIELD_TEXT },
                          { "active", FIELD_INT },
                          { "rate_session_cents", FIELD_INT },
                          { "rate_hour_cents", FIELD_INT },
                          { "rate_head_cents", FIELD_INT } } },
  [SL_ENTITY_MEMBER] = { "member",
                         SL_KIND_MEMBER_CREATE,
                         SL_KIND_MEMBER_EDIT,
                         { { "first", FIELD_SEALED },
                           { "last", FIELD_SEALED },
                           { "phone", FIELD_SEALED },
                           { "email", FIELD_SEALED },
                           { "birth_date", FIELD_SEALED },
                           { "notes", FIELD_SEALED },
                           { "emergency", FIELD_SEALED },
                           { "pin_hash", FIELD_SEALED },
                           { "status", FIELD_TEXT },
                           { "status_reason", FIELD_SEALED },
                           { "permission", FIELD_TEXT },
                           { "home_location_id", FIELD_ID },
                           { "language", FIELD_TEXT },
                           { "marketing", FIELD_INT },
                           { "merged_into", FIELD_ID },
                           { "parq_ms", FIELD_INT },
                           { "parq", FIELD_SEALED },
                           { "instructor_id", FIELD_ID },
                           { "channel", FIELD_TEXT },
                           { "invoice_to", FIELD_SEALED },
                           { "opt_out", FIELD_TEXT } } },
  [SL_ENTITY_SERVICE] = { "service",
                          SL_KIND_SERVICE_CREATE,
                          SL_KIND_SERVICE_EDIT,
                          { { "name", FIELD_TEXT },
                            { "kind", FIELD_TEXT },
                            { "type", FIELD_TEXT },
                            { "difficulty", FIELD_TEXT },
                            { "duration_min", FIELD_INT },
                            { "capacity", FIELD_INT },
                            { "credits_hundredths", FIELD_INT },
                            { "price_cents", FIELD_INT },
                            { "mode", FIELD_TEXT },
                            { "reserve", FIELD_INT },
                            { "colour", FIELD_TEXT },
                            { "description", FIELD_TEXT },
                            { "active", FIELD_INT },
                            { "member_price_cents", FIELD_INT },
                            { "peak_price_cents", FIELD_INT },
                            { "equipment", FIELD_TEXT },
                            { "instructor_id", FIELD_ID },
                            { "locations", FIELD_BYTES },
                            { "parq", FIELD_INT } } },
  [SL_ENTITY_PACKAGE] = { "package",
                          SL_KIND_PACKAGE_CREATE,
                          SL_KIND_PACKAGE_EDIT,
                          { { "name", FIELD_TEXT },
                            { "credits_hundredths", FIELD_INT },
                            { "price_cents", FIELD_INT },
                            { "valid_days", FIELD_INT },
                            { "active", FIELD_INT },
                            { "locations", FIELD_BYTES },
                            { "per_member", FIELD_INT },
                            { "new_only", FIELD_INT },
                            { "renews", FIELD_INT } } },
  [SL_ENTITY_SESSION] = { "session",
                          SL_KIND_SESSION_CREATE,
                          SL_KIND_SESSION_EDIT,
                          { { "service_id", FIELD_ID },
                            { "location_id", FIELD_ID },
                            { "room_id", FIELD_ID },
                            { "instructor_id", FIELD_ID },
                            { "start_ms", FIELD_INT },
                            { "end_ms", FIELD_INT },
                            { "published", FIELD_INT },
                            { "notes", FIELD_NOTE },
                            { "rule_id", FIELD_ID },
                            { "rule_day", FIELD_INT },
                            { "by_hand", FIELD_INT } } },
  [SL_ENTITY_DEVICE] = { "device",
                         0,
                         SL_KIND_DEVICE_EDIT,
                         { { "name", FIELD_TEXT }, { "location_id", FIELD_ID }, { "role", FIELD_TEXT } } },
  [SL_ENTITY_POLICY] = { "policy",
                         0,
                         SL_KIND_POLICY_EDIT,
                         { { "scope", FIELD_ID }, { "key", FIELD_TEXT }, { "value", FIELD_TEXT } } },
  [SL_ENTITY_AVAILABILITY] = { "availability",
                               SL_KIND_AVAILABILITY_CREATE,
                               SL_KIND_AVAILABILITY_EDIT,
                               { { "staff_id", FIELD_ID },
                                 { "location_id", FIELD_ID },
                                 { "weekday", FIELD_INT },
                                 { "from_minute", FIELD_INT },
                                 { "to_minute", FIELD_INT },
                                 { "bookable", FIELD_INT },
                                 { "from_day", FIELD_INT },
                                 { "until_day", FIELD_INT },
                                 { "active", FIELD_INT } } },
  [SL_ENTITY_REQUEST] = { "request",
                          SL_KIND_REQUEST_CREATE,
                          SL_KIND_REQUEST_EDIT,
                          { { "member_id", FIELD_ID },
                            { "instructor_id", FIELD_ID },
                            { "service_id", FIELD_ID },
                            { "location_id", FIELD_ID },
                            { "times", FIELD_TEXT },
                            { "state", FIELD_TEXT },
                            { "session_id", FIELD_ID },
                            { "booking_id", FIELD_ID },
                            { "made_ms", FIELD_INT } } },
  [SL_ENTITY_STANDING] = { "standing",
                           SL_KIND_STANDING_CREATE,
                           SL_KIND_STANDING_EDIT,
                           { { "member_id", FIELD_ID },
                             { "service_id", FIELD_ID },
                             { "location_id", FIELD_ID },
                             { "weekday", FIELD_INT },
                             { "minute", FIELD_INT },
                             { "from_ms", FIELD_INT },
                             { "until_ms", FIELD_INT },
                             { "device_id", FIELD_ID },
                             { "spots", FIELD_INT },
                             { "active", FIELD_INT } } },
  [SL_ENTITY_PLAN] = { "plan",
                       SL_KIND_PLAN_CREATE,
                       SL_KIND_PLAN_EDIT,
                       { { "name", FIELD_TEXT },
                         { "kind", FIELD_TEXT },
                         { "period", FIELD_TEXT },
                         { "price_cents", FIELD_INT },
                         { "joining_cents", FIELD_INT },
                         { "credits_hundredths", FIELD_INT },
                         { "services", FIELD_BYTES },
                         { "access_hours", FIELD_TEXT },
                         { "open_gym", FIELD_INT },
                         { "active", FIELD_INT } } },
  [SL_ENTITY_MEMBERSHIP] = { "membership",
                             SL_KIND_MEMBERSHIP_CREATE,
                             SL_KIND_MEMBERSHIP_EDIT,
                             { { "member_id", FIELD_ID },
                               { "plan_id", FIELD_ID },
                               { "from_ms", FIELD_INT },
                               { "until_ms", FIELD_INT },
                               { "status", FIELD_TEXT },
                               { "frozen_from_ms", FIELD_INT },
                               { "frozen_until_ms", FIELD_INT },
                               { "device_id", FIELD_ID },
                               { "due_ms", FIELD_INT },
                               { "collect", FIELD_TEXT },
                               { "price_cents", FIELD_INT } } },
  [SL_ENTITY_RENEWAL] = { "renewal",
                          SL_KIND_RENEWAL_CREATE,
                          SL_KIND_RENEWAL_EDIT,
                          { { "member_id", FIELD_ID },
                            { "package_id", FIELD_ID },
                            { "device_id", FIELD_ID },
                            { "collect", FIELD_TEXT },
                            { "active", FIELD_INT } } },
  [SL_ENTITY_RENEWAL_CHARGE] = { "renewal_charge",
                                 SL_KIND_RENEWAL_CHARGE,
                                 0,
                                 { { "renewal_id", FIELD_ID }, { "sale_id", FIELD_ID }, { "cycle", FIELD_INT } } },
  /* Whose it is stands in the creation alone: apply-around.c. */
  [SL_ENTITY_PROGRAM] = { "program",
                          SL_KIND_PROGRAM_CREATE,
                          SL_KIND_PROGRAM_EDIT,
                          { { "name", FIELD_NOTE },
                            { "exercises", FIELD_NOTE },
                            { "notes", FIELD_NOTE },
                            { "instructor_id", FIELD_ID },
                            { "active", FIELD_INT } } },
  [SL_ENTITY_TEMPLATE] = { "template",
                           0,
                           SL_KIND_TEMPLATE_EDIT,
                           { { "kind", FIELD_TEXT },
                             { "language", FIELD_TEXT },
                             { "channel", FIELD_TEXT },
                             { "subject", FIELD_TEXT },
                             { "body", FIELD_TEXT } } },
};
G_STATIC_ASSERT (G_N_ELEMENTS (entities) == SL_ENTITY_LAST);

typedef struct {
  gboolean set, null;
  gint64 integer;
  char *text;
  GBytes *bytes;
  SlId id;
} FieldValue;

struct _SlFields {
  SlEntity entity;
  SlId about; /* whose key FIELD_NOTEs are sealed with; none: the organisation's */
  FieldValue values[FIELDS_MAX];
};

/* sl_entity_of_kind: whose fields a kind of operation writes. */
SlEntity
sl_entity_of_kind (guint64 kind)
{
  for (guint i = 0; i < SL_ENTITY_LAST; i++)
    if (kind != 0 && (entities[i].create == kind || entities[i].edit == kind))
      return i;
  return SL_ENTITY_LAST;
}

/* sl_reference_is_create: whether the kind makes the entity rather than edits it. */
gboolean
sl_reference_is_create (guint64 kind)
{
  SlEntity entity = sl_entity_of_kind (kind);
  return entity != SL_ENTITY_LAST && entities[entity].create == kind;
}

/* sl_reference_is_created: whether what a kind writes fields of has a creation that is an operation with fields. Others
 * are there by themselves, and their first fields come with an edit. */
gboolean
sl_reference_is_created (guint64 kind)
{
  SlEntity entity = sl_entity_of_kind (kind);
  return entity != SL_ENTITY_LAST && entities[entity].create != 0;
}

/* sl_reference_column: (nullable): the column of a field's number; NULL for a number that a later program gave. */
const char *
sl_reference_column (SlEntity entity, gint64 number, gboolean *out_sealed)
{
  if (number < 1 || number > FIELDS_MAX || entities[entity].fields[number - 1].column == NULL)
    return NULL;
  *out_sealed = entities[entity].fields[number - 1].type == FIELD_SEALED;
  return entities[entity].fields[number - 1].column;
}

/* sl_reference_is_note: whether the field is text sealed under the key of the member whom the thing is about. */
gboolean
sl_reference_is_note (SlEntity entity, gint64 number)
{
  return number >= 1 && number <= FIELDS_MAX && entities[entity].fields[number - 1].column != NULL
         && entities[entity].fields[number - 1].type == FIELD_NOTE;
}

/**
 * sl_fields_new:
 * @entity: whose
 *
 * Returns: (transfer full): an empty set of values to create or edit with
 */
SlFields *
sl_fields_new (SlEntity entity)
{
  SlFields *fields = g_new0 (SlFields, 1);
  g_return_val_if_fail (entity < SL_ENTITY_LAST, fields);
  fields->entity = entity;
  return fields;
}

/**
 * sl_fields_set_about:
 * @fields: the set
 * @member: whom the thing is about: its texts are sealed under that member's key
 */
void
sl_fields_set_about (SlFields *fields, const SlId *member)
{
  fields->about = *member;
}

static void
clear_value (FieldValue *value)
{
  g_free (value->text);
  g_clear_pointer (&value->bytes, g_bytes_unref);
  *value = (FieldValue){ 0 };
}

/**
 * sl_fields_free:
 * @fields: (nullable) (transfer full): the set
 */
void
sl_fields_free (SlFields *fields)
{
  if (fields == NULL)
    return;
  for (guint i = 0; i < FIELDS_MAX; i++)
    clear_value (&fields->values[i]);
  g_free (fields);
}

/* A name that the entity does not have is a bug of the caller. */
static FieldValue *
open_value (SlFields *fields, const char *column, guint types)
{
  const Field *all = entities[fields->entity].fields;
  for (guint i = 0; i < FIELDS_MAX && all[i].column != NULL; i++)
    if (g_str_equal (all[i].column, column) && (types & (1u << all[i].type)) != 0)
      {
        clear_value (&fields->values[i]);
        fields->values[i].set = TRUE;
        return &fields->values[i];
      }
  g_error ("%s has no such field: %s", entities[fields->entity].table, column);
}

/**
 * sl_fields_set_int:
 * @fields: the set
 * @column: an integer field
 * @value: its new value
 */
void
sl_fields_set_int (SlFields *fields, const char *column, gint64 value)
{
  open_value (fields, column, 1u << FIELD_INT)->integer = value;
}

/**
 * sl_fields_set_null:
 * @fields: the set
 * @column: any field
 *
 * Says that the field has no value.
 */
void
sl_fields_set_null (SlFields *fields, const char *column)
{
  open_value (fields, column, ~0u)->null = TRUE;
}

/**
 * sl_fields_set_text:
 * @fields: the set
 * @column: a text field, sealed or not
 * @text: (nullable): plain text; %NULL clears
 */
void
sl_fields_set_text (SlFields *fields, const char *column, const char *text)
{
  FieldValue *value = open_value (fields, column, 1u << FIELD_TEXT | 1u << FIELD_SEALED | 1u << FIELD_NOTE);
  value->text = g_strdup (text);
  value->null = text == NULL;
}

/**
 * sl_fields_set_id:
 * @fields: the set
 * @column: an id field
 * @id: (nullable): %NULL or none clears
 */
void
sl_fields_set_id (SlFields *fields, const char *column, const SlId *id)
{
  FieldValue *value = open_value (fields, column, 1u << FIELD_ID);
  value->null = id == NULL || sl_id_is_none (id);
  value->id = id != NULL ? *id : sl_id_none;
}

/**
 * sl_fields_set_bytes:
 * @fields: the set
 * @column: a bytes field
 * @bytes: (nullable): %NULL clears
 */
void
sl_fields_set_bytes (SlFields *fields, const char *column, GBytes *bytes)
{
  FieldValue *value = open_value (fields, column, 1u << FIELD_BYTES);
  value->null = bytes == NULL;
  value->bytes = bytes != NULL ? g_bytes_ref (bytes) : NULL;
}

/**
 * sl_fields_is_empty:
 * @fields: the set
 *
 * Returns: whether nothing was set, so that no operation is due
 */
gboolean
sl_fields_is_empty (SlFields *fields)
{
  for (guint i = 0; i < FIELDS_MAX; i++)
    if (fields->values[i].set)
      return FALSE;
  return TRUE;
}

static gboolean
put_value (SlOplog *log, const SlFields *fields, guint index, const SlId *id, SlCborWriter *writer, GError **error)
{
  const FieldValue *value = &fields->values[index];
  FieldType type = entities[fields->entity].fields[index].type;
  /* Whoever cannot read it does not clear it either. */
  if (value->null && type == FIELD_SEALED && !sl_keyring_check_member (log, id, error))
    return FALSE;
  if (value->null)
    {
      sl_cbor_put_null (writer);
      return TRUE;
    }
  switch (type)
    {
    case FIELD_INT:
      sl_cbor_put_int (writer, value->integer);
      break;
    case FIELD_TEXT:
      sl_cbor_put_text (writer, value->text);
      break;
    case FIELD_ID:
      sl_cbor_put_id (writer, &value->id);
      break;
    case FIELD_BYTES:
      sl_cbor_put_bytes (writer, g_bytes_get_data (value->bytes, NULL), g_bytes_get_size (value->bytes));
      break;
    case FIELD_SEALED:
    case FIELD_NOTE:
      {
        g_autoptr (GBytes) sealed = type == FIELD_SEALED
                                        ? sl_seal_field (log, id, (guint8) (index + 1), value->text, error)
                                        : sl_seal_note (log, &fields->about, value->text, error);
        if (sealed == NULL)
          return FALSE;
        sl_cbor_put_bytes (writer, g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed));
        break;
      }
    default:
      g_assert_not_reached ();
    }
  return TRUE;
}

/* sl_fields_put: the set as a map from field numbers to values, personal ones sealed under the key of member id. */
gboolean
sl_fields_put (SlOplog *log, const SlFields *fields, const SlId *id, SlCborWriter *writer, GError **error)
{
  guint count = 0;
  for (guint i = 0; i < FIELDS_MAX; i++)
    count += fields->values[i].set ? 1 : 0;
  sl_cbor_begin_map (writer, count);
  for (guint i = 0; i < FIELDS_MAX; i++)
    {
      if (!fields->values[i].set)
        continue;
      sl_cbor_put_int (writer, i + 1);
      if (!put_value (log, fields, i, id, writer, error))
        return FALSE;
    }
  return TRUE;
}

/* Only making a member makes a key for it. */
static gboolean
make_member_key (SlOplog *log, const SlId *id, GError **error)
{
  g_auto (SlSealKey) key = { 0 };
  gboolean is_new;
  sl_seal_key_new (log->world, &key);
  return sl_keyring_add (log, SL_KEYRING_MEMBER, id, key.bytes, &is_new, error);
}

/**
 * sl_op_create:
 * @log: inside a transaction
 * @fields: of the new thing; sessions are made by sl_op_session_create()
 * @out_id: (out caller-allocates): its id
 * @error: return location
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_create (SlOplog *log, SlFields *fields, SlId *out_id, GError **error)
{
  const Entity *entity = &entities[fields->entity];
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_return_val_if_fail (entity->create != 0 && fields->entity != SL_ENTITY_SESSION, FALSE);

  sl_oplog_next_id (log, out_id);
  if (fields->entity == SL_ENTITY_MEMBER && !make_member_key (log, out_id, error))
    return FALSE;
  return sl_fields_put (log, fields, out_id, body, error)
         && sl_oplog_emit (log, entity->create, NULL, body, NULL, error);
}

/* *out_known: whether there is a row. */
static gboolean
read_clocks (SlOplog *log, const Entity *entity, const SlId *id, GArray **out, gboolean *out_known, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("SELECT clocks FROM %s WHERE id = ?", entity->table);
  g_autoptr (SlRows) rows = sl_store_query (log->store, sql, "d", id);
  gsize length = 0;
  *out_known = sl_rows_next (rows);
  const void *data = *out_known ? sl_rows_blob (rows, 0, &length) : NULL;
  *out = sl_clocks_unpack (data, length);
  if (!sl_rows_finish (rows, error))
    return FALSE;
  if (*out != NULL)
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_CORRUPT, "the clocks of a row of %s are damaged", entity->table);
  return FALSE;
}

/* A person who changes what is on the screen means to change it, also where another device wrote it with a clock that
 * is ahead. */
static gboolean
raise_floor (SlOplog *log, const SlId *id, const SlFields *fields, GError **error)
{
  g_autoptr (GArray) clocks = NULL;
  guint64 written = 0;
  for (guint i = 0; i < FIELDS_MAX; i++)
    written |= fields->values[i].set ? G_GUINT64_CONSTANT (1) << i : 0;
  gboolean known;
  if (!read_clocks (log, &entities[fields->entity], id, &clocks, &known, error))
    return FALSE;
  for (guint i = 0; i < clocks->len; i++)
    {
      const SlClockEntry *entry = &g_array_index (clocks, SlClockEntry, i);
      if ((entry->fields & written) != 0)
        log->floor_hlc = MAX (log->floor_hlc, entry->stamp.hlc);
    }
  return TRUE;
}

/**
 * sl_op_edit:
 * @log: inside a transaction
 * @id: what to edit
 * @fields: the fields that change
 * @error: return location; NOT_FOUND where a member's personal fields are edited without its key
 *
 * Returns: %FALSE on failure: roll back
 */
gboolean
sl_op_edit (SlOplog *log, const SlId *id, SlFields *fields, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  return raise_floor (log, id, fields, error) && sl_fields_put (log, fields, id, body, error)
         && sl_oplog_emit (log, entities[fields->entity].edit, id, body, NULL, error);
}

/* --- apply --- */

typedef struct {
  guint number;
  SlValue value;
  GBytes *bytes;
  char *text;
  SlId id;
} Incoming;

static void
incoming_clear (gpointer data)
{
  Incoming *incoming = data;
  g_clear_pointer (&incoming->bytes, g_bytes_unref);
  g_free (incoming->text);
}

static gboolean
get_bytes (SlCborReader *body, gsize max, Incoming *out)
{
  const guint8 *data;
  gsize length;
  if (!sl_cbor_get_bytes (body, max, &data, &length))
    return FALSE;
  out->bytes = g_bytes_new (data, length);
  return TRUE;
}

static gboolean
get_value (SlCborReader *body, FieldType type, Incoming *out)
{
  if (sl_cbor_peek (body) == SL_CBOR_NULL && !body->failed)
    {
      SlCborItem item;
      out->value.type = 'n';
      return sl_cbor_next (body, &item);
    }
  switch (type)
    {
    case FIELD_INT:
      out->value.type = 'i';
      return sl_cbor_get_int (body, G_MININT64, G_MAXINT64, &out->value.integer);
    case FIELD_TEXT:
      out->value.type = 't';
      return sl_cbor_get_text (body, TEXT_MAX, &out->text);
    case FIELD_ID:
      out->value.type = 'd';
      return sl_cbor_get_id (body, &out->id);
    case FIELD_BYTES:
    case FIELD_SEALED:
    case FIELD_NOTE:
      out->value.type = 'g';
      return get_bytes (body, type == FIELD_BYTES ? BYTES_MAX : SEALED_MAX, out);
    default:
      g_assert_not_reached ();
    }
}

/* A later program's fields, as they came; NULL where there are none. */
static GBytes *
pack_unknown (GArray *unknown)
{
  g_autoptr (SlCborWriter) writer = sl_cbor_writer_new ();
  if (unknown->len == 0)
    return NULL;
  sl_cbor_begin_map (writer, unknown->len);
  for (guint i = 0; i < unknown->len; i++)
    {
      const SlCborItem *one = &g_array_index (unknown, SlCborItem, i);
      sl_cbor_put_int (writer, one->integer);
      sl_cbor_put_raw (writer, one->data, one->length);
    }
  return sl_cbor_writer_finish (writer);
}

/* Field numbers of a later program are set apart for after the upgrade (*out_unknown, nullable). log (nullable): how
 * much this program knows; NULL: all of it. */
static GArray *
read_fields (SlOplog *log, SlEntity entity, SlCborReader *body, guint64 *out_mask, GBytes **out_unknown)
{
  g_autoptr (GArray) incoming = g_array_new (FALSE, TRUE, sizeof (Incoming));
  g_autoptr (GArray) unknown = g_array_new (FALSE, FALSE, sizeof (SlCborItem)); /* integer: number; data: raw value */
  gsize pairs;
  g_array_set_clear_func (incoming, incoming_clear);
  *out_mask = 0;
  *out_unknown = NULL;
  if (!sl_cbor_get_map (body, SL_CLOCK_FIELDS_MAX, &pairs))
    return NULL;
  for (gsize i = 0; i < pairs; i++)
    {
      gint64 number;
      if (!sl_cbor_get_int (body, 1, SL_CLOCK_FIELDS_MAX, &number))
        return NULL;
      if (!sl_field_is_known (log, entity, number))
        {
          SlCborItem later = { .integer = number };
          if (!sl_cbor_skip (body, &later.data, &later.length))
            return NULL;
          g_array_append_val (unknown, later);
          continue;
        }
      g_array_set_size (incoming, incoming->len + 1);
      Incoming *one = &g_array_index (incoming, Incoming, incoming->len - 1);
      one->number = (guint) number;
      if (!get_value (body, entities[entity].fields[number - 1].type, one))
        return NULL;
      *out_mask |= G_GUINT64_CONSTANT (1) << (number - 1);
    }
  *out_unknown = pack_unknown (unknown);
  return g_steal_pointer (&incoming);
}

static gboolean
run_fields (SlOplog *log, const Entity *entity, gboolean known, const char *const *columns, const SlValue *values,
            guint n, GError **error)
{
  g_autoptr (GString) sql = g_string_sized_new (256);
  g_string_printf (sql, known ? "UPDATE %s SET " : "INSERT INTO %s (id, ", entity->table);
  for (guint i = 1; i < n; i++)
    {
      g_string_append (sql, i > 1 ? ", " : "");
      g_string_append (sql, columns[i]);
      g_string_append (sql, known ? " = ?" : "");
      if (known)
        g_string_append_printf (sql, "%u", i + 1);
    }
  g_string_append (sql, known ? " WHERE id = ?1" : ") VALUES (?");
  for (guint i = 1; i < n && !known; i++)
    g_string_append (sql, ", ?");
  g_string_append (sql, known ? "" : ")");
  return sl_store_exec_values (log->store, error, sql->str, values, n);
}

/* One statement writes the fields that were won, and the clocks; columns come from the table above, never from
 * outside. */
static gboolean
write_fields (SlOplog *log, const Entity *entity, gboolean known, const SlId *id, GArray *incoming, guint64 won,
              GBytes *clocks, gint64 created_hlc, GError **error)
{
  const char *columns[FIELDS_MAX + 3] = { "id", "clocks" };
  SlValue values[FIELDS_MAX + 3] = { { .type = 'd', .id = id }, { .type = 'g', .bytes = clocks } };
  guint n = 2;
  if (created_hlc != 0)
    {
      columns[n] = "created_hlc";
      values[n++] = (SlValue){ .type = 'i', .integer = created_hlc };
    }
  for (guint i = 0; i < incoming->len; i++)
    {
      Incoming *one = &g_array_index (incoming, Incoming, i);
      if ((won & (G_GUINT64_CONSTANT (1) << (one->number - 1))) == 0)
        continue;
      columns[n] = entity->fields[one->number - 1].column;
      SlValue value = one->value;
      if (value.type == 't')
        value.text = one->text;
      else if (value.type == 'd')
        value.id = &one->id;
      else if (value.type == 'g')
        value.bytes = one->bytes;
      values[n++] = value;
    }
  return run_fields (log, entity, known, columns, values, n, error);
}

/* sl_reference_is_sound: whether data is a map of fields that can be merged. */
gboolean
sl_reference_is_sound (SlEntity entity, const guint8 *data, gsize length)
{
  SlCborReader reader;
  guint64 mask;
  g_autoptr (GBytes) unknown = NULL;
  sl_cbor_reader_init (&reader, data, length);
  g_autoptr (GArray) incoming = read_fields (NULL, entity, &reader, &mask, &unknown);
  return incoming != NULL && sl_cbor_at_end (&reader);
}

/* sl_reference_merge: takes a map of fields into the row of id; made where it is not known yet. */
gboolean
sl_reference_merge (SlOplog *log, SlEntity entity, const SlId *id, const SlOperation *operation, gboolean creates,
                    SlCborReader *body, GError **error)
{
  SlStamp stamp = { .hlc = operation->hlc, .replica = operation->replica, .seq = operation->seq };
  return sl_reference_merge_at (log, entity, id, operation, &stamp, creates, body, error);
}

/* sl_reference_merge_at: the same, as written at stamp. */
gboolean
sl_reference_merge_at (SlOplog *log, SlEntity entity, const SlId *id, const SlOperation *operation,
                       const SlStamp *stamp, gboolean creates, SlCborReader *body, GError **error)
{
  guint64 mask, won;
  g_autoptr (GBytes) unknown = NULL;
  g_autoptr (GArray) incoming = read_fields (log, entity, body, &mask, &unknown);
  g_autoptr (GArray) clocks = NULL;
  gboolean known;

  if (incoming == NULL || !sl_cbor_at_end (body))
    return sl_malformed (operation, error);
  if ((unknown != NULL && !sl_park_fields (log, entity, id, stamp, unknown, error))
      || !read_clocks (log, &entities[entity], id, &clocks, &known, error))
    return FALSE;
  won = sl_clocks_win (clocks, mask, stamp);
  if (won == 0 && !creates)
    return TRUE;
  g_autoptr (GBytes) packed = sl_clocks_pack (clocks);
  return write_fields (log, &entities[entity], known, id, incoming, won, packed, creates ? stamp->hlc : 0, error)
         && (entity != SL_ENTITY_MEMBER || sl_erase_absorb_member (log, id, error));
}

/* sl_apply_reference: *.create and *.edit. A creation names no entity: its id follows from its place. */
gboolean
sl_apply_reference (SlOplog *log, const SlOperation *operation, SlCborReader *body, GError **error)
{
  SlEntity entity = sl_entity_of_kind (operation->kind);
  gboolean creates = sl_reference_is_create (operation->kind);
  SlId id = operation->entity;
  if (creates != sl_id_is_none (&operation->entity))
    return sl_malformed (operation, error);
  if (creates)
    sl_apply_made_id (operation, 0, &id);
  return sl_reference_merge (log, entity, &id, operation, creates, body, error)
         && (!creates || (entity != SL_ENTITY_STAFF && entity != SL_ENTITY_ROOM)
             || sl_days_mint (log, &id, operation, error));
}
