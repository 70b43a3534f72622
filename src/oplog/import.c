/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-import"

#include "oplog/receive.h"
#include "oplog/snapshot-exchange.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/small-file.h"

/* Reading exports in JSON: lines of any order and of several files make the same log. What is in front of a gap or not
 * yet under a valid signature waits; what can never become valid is quarantined by name; neither stops another device's
 * chain. Taking them is receive.c's. */

static gboolean
bad_line (guint line, const char *what, GError **error)
{
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "line %u: %s", line, what);
  return FALSE;
}

static gboolean
get_id (json_t *json, const char *key, SlId *out)
{
  const char *text = json_string_value (json_object_get (json, key));
  return text != NULL && sl_id_parse (text, out);
}

static gboolean
get_seq (json_t *json, guint64 *out)
{
  json_t *value = json_object_get (json, "seq");
  if (!json_is_integer (value) || json_integer_value (value) < 1 || json_integer_value (value) > SL_SEQ_MAX)
    return FALSE;
  *out = (guint64) json_integer_value (value);
  return TRUE;
}

static GBytes *
get_base64 (json_t *json, const char *key)
{
  const char *text = json_string_value (json_object_get (json, key));
  gsize length = 0;
  if (text == NULL || *text == '\0' || strlen (text) % 4 != 0
      || strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") != strlen (text))
    return NULL;
  guint8 *data = g_base64_decode (text, &length);
  return g_bytes_new_take (data, length);
}

static gboolean
get_hash (json_t *json, SlHash *out)
{
  const char *text = json_string_value (json_object_get (json, "hash"));
  if (text == NULL || strlen (text) != 2 * SL_HASH_BYTES)
    return FALSE;
  for (guint i = 0; i < SL_HASH_BYTES; i++)
    {
      int high = g_ascii_xdigit_value (text[2 * i]), low = g_ascii_xdigit_value (text[2 * i + 1]);
      if (high < 0 || low < 0)
        return FALSE;
      out->bytes[i] = (guint8) (high << 4 | low);
    }
  return TRUE;
}

static gboolean
take_operation (SlIncoming *incoming, json_t *json, guint line, GError **error)
{
  SlId replica;
  guint64 seq;
  SlHash hash;
  if (!get_id (json, "replica", &replica) || !get_seq (json, &seq))
    return bad_line (line, "an operation without its device or number", error);
  g_autoptr (GBytes) raw = get_base64 (json, "raw");
  incoming->operations++;
  if (raw == NULL || g_bytes_get_size (raw) > SL_OPERATION_MAX_BYTES)
    sl_incoming_refuse (incoming, &replica, seq, "malformed", raw);
  else
    sl_incoming_add_operation (incoming, &replica, seq, raw, get_hash (json, &hash) ? &hash : NULL, TRUE);
  return TRUE;
}

static gboolean
take_head (SlIncoming *incoming, json_t *json, guint line, GError **error)
{
  SlId replica;
  guint64 seq;
  SlHash hash;
  g_autoptr (GBytes) signature = get_base64 (json, "signature");
  if (!get_id (json, "replica", &replica) || !get_seq (json, &seq))
    return bad_line (line, "a signed head without its device or number", error);
  if (!get_hash (json, &hash) || signature == NULL || g_bytes_get_size (signature) != SL_SIGNATURE_BYTES)
    sl_incoming_refuse (incoming, &replica, seq, "bad_signature", NULL);
  else
    sl_incoming_add_head (incoming, &replica, seq, &hash, g_bytes_get_data (signature, NULL));
  return TRUE;
}

static gboolean
take_piece (SlIncoming *incoming, json_t *json, guint line, GError **error)
{
  json_t *number = json_object_get (json, "part");
  g_autoptr (GBytes) data = get_base64 (json, "data");
  if (data == NULL || !json_is_integer (number) || json_integer_value (number) < 0
      || json_integer_value (number) >= SL_SNAPSHOT_PIECES_MAX)
    return bad_line (line, "a snapshot's part", error);
  return sl_incoming_add_piece (incoming, (guint) json_integer_value (number), g_bytes_get_data (data, NULL),
                                g_bytes_get_size (data), error);
}

/* One that names nobody is tried. */
static void
take_box (SlIncoming *incoming, json_t *json)
{
  SlId whose;
  if (!sl_id_is_none (&incoming->boxes_for) && get_id (json, "for", &whose)
      && !sl_id_equal (&whose, &incoming->boxes_for) && !sl_id_equal (&whose, &incoming->boxes_for_too))
    return;
  GBytes *box = get_base64 (json, "sealed");
  if (box != NULL)
    g_ptr_array_add (incoming->boxes, box);
}

static gboolean
take_line (SlIncoming *incoming, json_t *json, guint line, GError **error)
{
  const char *type = json_string_value (json_object_get (json, "type"));
  if (!json_is_object (json) || type == NULL)
    return bad_line (line, "not a line of a log", error);
  if (g_str_equal (type, "operation"))
    return take_operation (incoming, json, line, error);
  if (g_str_equal (type, "head"))
    return take_head (incoming, json, line, error);
  if (g_str_equal (type, "snapshot"))
    return take_piece (incoming, json, line, error);
  if (g_str_equal (type, "keys"))
    {
      take_box (incoming, json);
      return TRUE;
    }
  if (g_str_equal (type, "branch"))
    {
      GBytes *segment = get_base64 (json, "segment");
      if (segment != NULL)
        g_ptr_array_add (incoming->branches, segment);
      return TRUE;
    }
  if (g_str_equal (type, "studioloop-log"))
    {
      if (json_integer_value (json_object_get (json, "version")) > SL_EXCHANGE_VERSION)
        {
          g_set_error (error, SL_ERROR, SL_ERROR_TOO_NEW, "line %u: the export was made by a later release", line);
          return FALSE;
        }
      if (!get_id (json, "organisation", &incoming->organisation))
        return bad_line (line, "the log names no organisation", error);
    }
  return TRUE; /* other lines are a later program's */
}

static gboolean
read_lines (SlIncoming *incoming, FILE *file, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean good = TRUE;
  for (guint line = 1; good && sl_line_read (file, SL_EXCHANGE_LINE_MAX_BYTES, text); line++)
    {
      json_error_t parse_error;
      if (strspn (text->str, " \t\r\n") == text->len)
        continue;
      if (text->len > SL_EXCHANGE_LINE_MAX_BYTES)
        {
          good = bad_line (line, "too long", error);
          break;
        }
      json_t *json = json_loadb (text->str, text->len, JSON_REJECT_DUPLICATES, &parse_error);
      good = json != NULL ? take_line (incoming, json, line, error) : bad_line (line, parse_error.text, error);
      json_decref (json);
    }
  if (good && ferror (file))
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "reading the log: %s", g_strerror (errno));
      return FALSE;
    }
  return good;
}

static gboolean
read_file (SlIncoming *incoming, const char *path, GError **error)
{
  FILE *file = fopen (path, "re");
  if (file == NULL)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "%s: %s", path, g_strerror (errno));
      return FALSE;
    }
  gboolean good = read_lines (incoming, file, error);
  (void) fclose (file);
  if (!good)
    g_prefix_error (error, "%s: ", path);
  return good;
}

static guint64
own_claimed (SlOplog *log, SlIncoming *incoming)
{
  const SlIncomingChain *own = g_hash_table_lookup (incoming->by_replica, &log->identity.replica);
  GHashTableIter iter;
  gpointer key;
  guint64 last = 0;
  if (own == NULL)
    return 0;
  g_hash_table_iter_init (&iter, own->places);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    last = MAX (last, *(guint64 *) key);
  return last;
}

/* sl_import_from: as sl_oplog_import(); for joining too, where the boxes of keys are for a one-time key, and all comes
 * in one transaction. */
gboolean
sl_import_from (SlOplog *log, const char *file, const SlSignKey *guest_key, SlImportResult *out, GError **error)
{
  g_autoptr (SlIncoming) incoming = sl_incoming_new ();
  *out = (SlImportResult){ 0 };
  incoming->boxes_for = guest_key != NULL ? sl_id_none : log->identity.replica; /* a guest has no id yet */
  incoming->boxes_for_too = log->identity.predecessor; /* what a restore has set aside is for the backup's device */
  if (!read_file (incoming, file, error))
    return FALSE;
  if (!sl_id_is_none (&incoming->organisation) && !sl_id_equal (&incoming->organisation, &log->identity.organisation))
    return sl_receive_foreign (incoming, out);
  incoming->own_claimed = own_claimed (log, incoming);
  const SlReceiveHow how = { .guest_key = guest_key,
                             .batch = guest_key != NULL ? SL_RECEIVE_ALL : sl_receive_batch (incoming->operations) };
  return sl_receive (log, incoming, &how, out, error);
}

/**
 * sl_import_result_clear:
 * @result: (nullable): what an import filled
 */
void
sl_import_result_clear (SlImportResult *result)
{
  if (result != NULL)
    g_clear_pointer (&result->quarantined, g_array_unref);
}

/**
 * sl_oplog_import:
 * @log: a log, no transaction open
 * @file: an export of the same organisation
 * @out: (out caller-allocates): clear with sl_import_result_clear()
 * @error: return location: BAD_INPUT names the line of a file that is not an export; nothing is taken then
 *
 * Takes what is new and vouched for by its device, whatever else is wrong with the file, in batches of
 * %SL_RECEIVE_LIVE or, of large files, %SL_RECEIVE_BULK operations.
 *
 * Returns: %FALSE on failure: whole batches taken before it stay, the rest comes when the file is imported again
 */
gboolean
sl_oplog_import (SlOplog *log, const char *file, SlImportResult *out, GError **error)
{
  return sl_import_from (log, file, NULL, out, error);
}
