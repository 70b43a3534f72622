/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-pg-values"

#include "hub/pg.h"

#include "core/error.h"

#include <string.h>

/**
 * sl_pg_params_clear:
 * @params: parameters; their arrays are freed, and they are as new
 */
void
sl_pg_params_clear (SlPgParams *params)
{
  for (int i = 0; i < params->n; i++)
    g_clear_pointer (&params->arrays[i], g_byte_array_unref);
  params->n = 0;
}

/**
 * sl_pg_add_bytes:
 * @params: parameters
 * @bytes: (nullable): of a bytea, text or uuid; not copied; %NULL: null
 * @length: their number
 */
void
sl_pg_add_bytes (SlPgParams *params, const void *bytes, gsize length)
{
  g_assert (params->n < SL_PG_PARAMS_MAX && length <= G_MAXINT);
  params->values[params->n] = bytes;
  params->lengths[params->n] = (int) length;
  params->arrays[params->n++] = NULL;
}

/**
 * sl_pg_add_int:
 * @params: parameters, which must not move until they were sent
 * @value: an int8
 */
void
sl_pg_add_int (SlPgParams *params, gint64 value)
{
  guint64 *place = &params->numbers[params->n];
  *place = GUINT64_TO_BE ((guint64) value);
  sl_pg_add_bytes (params, place, sizeof *place);
}

/**
 * sl_pg_add_id:
 * @params: parameters
 * @id: (nullable): a uuid, not copied; %NULL and none: null
 */
void
sl_pg_add_id (SlPgParams *params, const SlId *id)
{
  gboolean none = id == NULL || sl_id_is_none (id);
  sl_pg_add_bytes (params, none ? NULL : id->bytes, none ? 0 : SL_ID_BYTES);
}

static void
add_u32 (GByteArray *array, guint32 value)
{
  guint32 big_endian = GUINT32_TO_BE (value);
  g_byte_array_append (array, (const guint8 *) &big_endian, sizeof big_endian);
}

/**
 * sl_pg_add_array:
 * @params: parameters
 * @type: of its elements
 * @n: how many will follow by sl_pg_add_element(), 1 or more
 * @bytes: how many bytes they have together
 *
 * Adds an array of one dimension, as array_recv() reads it.
 */
void
sl_pg_add_array (SlPgParams *params, SlPgType type, guint n, gsize bytes)
{
  gsize length = 5 * 4 + (gsize) n * 4 + bytes;
  GByteArray *array = g_byte_array_sized_new ((guint) length);
  add_u32 (array, 1); /* dimensions */
  add_u32 (array, 0); /* no nulls */
  add_u32 (array, type);
  add_u32 (array, n);
  add_u32 (array, 1); /* the lowest index */
  sl_pg_add_bytes (params, array->data, length); /* it has its final size: the data does not move */
  params->arrays[params->n - 1] = array;
}

/**
 * sl_pg_add_element:
 * @params: parameters, the last of which is an array that lacks elements
 * @bytes: the next one; copied
 * @length: its bytes
 */
void
sl_pg_add_element (SlPgParams *params, const void *bytes, gsize length)
{
  GByteArray *array = params->arrays[params->n - 1];
  g_assert (array->len + 4 + length <= (gsize) params->lengths[params->n - 1]);
  add_u32 (array, (guint32) length);
  g_byte_array_append (array, bytes, (guint) length);
}

/**
 * sl_pg_add_element_int:
 * @params: parameters, the last of which is an array of int8 that lacks elements
 * @value: the next one
 */
void
sl_pg_add_element_int (SlPgParams *params, gint64 value)
{
  guint64 big_endian = GUINT64_TO_BE ((guint64) value);
  sl_pg_add_element (params, &big_endian, sizeof big_endian);
}

/**
 * sl_pg_int:
 * @result: binary rows
 * @row: which
 * @column: an int2, int4, int8 or bool
 *
 * Returns: the number; 0 for null
 */
gint64
sl_pg_int (const PGresult *result, int row, int column)
{
  const guint8 *bytes = (const guint8 *) PQgetvalue (result, row, column);
  int length = PQgetlength (result, row, column);
  guint64 value = length > 1 && bytes[0] & 0x80 ? G_MAXUINT64 : 0;
  for (int i = 0; i < length && i < 8; i++)
    value = value << 8 | bytes[i];
  return (gint64) value;
}

/**
 * sl_pg_id:
 * @result: binary rows
 * @row: which
 * @column: a uuid
 * @out: (out caller-allocates): the id; none for null
 */
void
sl_pg_id (const PGresult *result, int row, int column, SlId *out)
{
  *out = sl_id_none;
  if (PQgetlength (result, row, column) == SL_ID_BYTES)
    memcpy (out->bytes, PQgetvalue (result, row, column), SL_ID_BYTES);
}

/**
 * sl_pg_fixed:
 * @result: binary rows
 * @row: which
 * @column: a bytea
 * @out: gets @length bytes
 * @length: how many it must have
 * @error: return location
 *
 * Returns: %FALSE with %SL_ERROR_CORRUPT where it has others
 */
gboolean
sl_pg_fixed (const PGresult *result, int row, int column, void *out, gsize length, GError **error)
{
  if ((gsize) PQgetlength (result, row, column) != length)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_CORRUPT, "a row of the log store has %d bytes for %" G_GSIZE_FORMAT,
                   PQgetlength (result, row, column), length);
      return FALSE;
    }
  memcpy (out, PQgetvalue (result, row, column), length);
  return TRUE;
}
