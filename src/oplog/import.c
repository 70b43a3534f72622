/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-import"

#include "oplog/fence.h"
#include "oplog/incoming.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Reading exports: lines of any order and of several files make the same log. What is in front of a gap or not yet
 * under a valid signature waits; what can never become valid is quarantined by name; neither stops another device's
 * chain. */

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
take_line (SlIncoming *incoming, json_t *json, guint line, GError **error)
{
  const char *type = json_string_value (json_object_get (json, "type"));
  if (!json_is_object (json) || type == NULL)
    return bad_line (line, "not a line of a log", error);
  if (g_str_equal (type, "operation"))
    return take_operation (incoming, json, line, error);
  if (g_str_equal (type, "head"))
    return take_head (incoming, json, line, error);
  if (g_str_equal (type, "keys"))
    {
      GBytes *box = get_base64 (json, "sealed");
      if (box != NULL)
        g_ptr_array_add (incoming->boxes, box);
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
  char *buffer = NULL; /* getline's */
  gsize size = 0;
  gssize length;
  gboolean good = TRUE;
  for (guint line = 1; good && (length = getline (&buffer, &size, file)) >= 0; line++)
    {
      json_error_t parse_error;
      if (strspn (buffer, " \t\r\n") == (gsize) length)
        continue;
      if (length > SL_EXCHANGE_LINE_MAX_BYTES)
        {
          good = bad_line (line, "too long", error);
          break;
        }
      json_t *json = json_loadb (buffer, (gsize) length, JSON_REJECT_DUPLICATES, &parse_error);
      good = json != NULL ? take_line (incoming, json, line, error) : bad_line (line, parse_error.text, error);
      json_decref (json);
    }
  free (buffer);
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

/* --- in the transaction --- */

static gboolean
load_waiting (SlOplog *log, SlIncoming *incoming, GError **error)
{
  SlId replica;
  g_autoptr (SlRows) rows = sl_store_query (log->store, "SELECT replica, seq, bytes FROM local_waiting", "");
  while (sl_rows_next (rows))
    {
      g_autoptr (GBytes) bytes = sl_rows_dup_blob (rows, 2);
      sl_rows_id (rows, 0, &replica);
      sl_incoming_add_operation (incoming, &replica, (guint64) sl_rows_int (rows, 1), bytes, NULL, FALSE);
    }
  if (!sl_rows_finish (rows, error))
    return FALSE;
  g_autoptr (SlRows) heads =
      sl_store_query (log->store, "SELECT replica, seq, hash, signature FROM local_waiting_head", "");
  while (sl_rows_next (heads))
    {
      gsize length, signature_length;
      SlHash hash;
      const void *data = sl_rows_blob (heads, 2, &length);
      const guint8 *signature = sl_rows_blob (heads, 3, &signature_length);
      sl_rows_id (heads, 0, &replica);
      if (data == NULL || length != SL_HASH_BYTES || signature == NULL || signature_length != SL_SIGNATURE_BYTES)
        continue;
      memcpy (hash.bytes, data, SL_HASH_BYTES);
      sl_incoming_add_head (incoming, &replica, (guint64) sl_rows_int (heads, 1), &hash, signature);
    }
  return sl_rows_finish (heads, error);
}

/* A device may join by an operation that another's makes valid, and go on for one that comes later in the file: until
 * nothing moves. */
static gboolean
take_all (SlOplog *log, SlIncoming *incoming, guint64 *out_new, GError **error)
{
  guint64 before;
  do
    {
      before = *out_new;
      for (guint i = 0; i < incoming->chains->len; i++)
        if (!sl_incoming_extend (log, incoming, incoming->chains->pdata[i], out_new, error))
          return FALSE;
  } while (*out_new > before);
  return TRUE;
}

static guint64
count_applied (SlOplog *log)
{
  guint64 count = 0;
  for (guint i = 0; i < log->chains->len; i++)
    count += ((SlChain *) log->chains->pdata[i])->applied_seq;
  return count;
}

/* sl_apply_held: every stored operation of every admitted chain: an admission that has just come may let others apply.
 */
gboolean
sl_apply_held (SlOplog *log, GError **error)
{
  guint64 before;
  do
    {
      before = count_applied (log);
      for (guint i = 0; i < log->chains->len; i++)
        {
          SlChain *chain = log->chains->pdata[i];
          if (!sl_apply_chain (log, chain, chain->head_seq, error))
            return FALSE;
        }
  } while (count_applied (log) > before);
  return TRUE;
}

static guint64
count_held (SlOplog *log)
{
  guint64 count = 0;
  for (guint i = 0; i < log->chains->len; i++)
    {
      SlChain *chain = log->chains->pdata[i];
      count += chain->stopped == NULL ? chain->head_seq - chain->applied_seq : 0;
    }
  return count;
}

/* A chain that its own author wrote badly stays where it is: told every time. */
static void
tell_stopped (SlOplog *log, SlIncoming *incoming)
{
  for (guint i = 0; i < log->chains->len; i++)
    {
      const SlChain *chain = log->chains->pdata[i];
      if (chain->stopped != NULL)
        sl_incoming_refuse (incoming, &chain->replica, chain->applied_seq + 1, "malformed", NULL);
    }
}

static gboolean
open_boxes (SlOplog *log, SlIncoming *incoming, const SlSignKey *guest_key, GError **error)
{
  for (guint i = 0; i < incoming->boxes->len; i++)
    {
      gsize length;
      const void *box = g_bytes_get_data (incoming->boxes->pdata[i], &length);
      gboolean opened;
      if (!sl_keyring_open_bundle (log, guest_key != NULL ? guest_key : &log->identity.key, box, length, &opened,
                                   error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
import_in_transaction (SlOplog *log, SlIncoming *incoming, const SlSignKey *guest_key, SlImportResult *out,
                       GError **error)
{
  if (!load_waiting (log, incoming, error) || !take_all (log, incoming, &out->new_operations, error)
      || !sl_apply_held (log, error))
    return FALSE;
  incoming->own_came = log->own != NULL && log->own->head_seq > incoming->own_before;
  if ((!incoming->own_came && !sl_fence_after_import (log, error))
      || !sl_incoming_keep_rest (log, incoming, &out->waiting, error)
      || !open_boxes (log, incoming, guest_key, error))
    return FALSE;
  tell_stopped (log, incoming);
  out->operations = incoming->operations;
  out->waiting += count_held (log);
  out->quarantined = g_array_ref (incoming->quarantined);
  return TRUE;
}

static gboolean
refuse_foreign (SlIncoming *incoming, SlImportResult *out)
{
  for (guint i = 0; i < incoming->chains->len; i++)
    {
      SlIncomingChain *chain = incoming->chains->pdata[i];
      SlQuarantined one = { .replica = chain->replica, .seq = chain->first_seq, .reason = "foreign_organisation" };
      g_array_append_val (incoming->quarantined, one);
    }
  out->operations = incoming->operations;
  out->quarantined = g_array_ref (incoming->quarantined);
  return TRUE;
}

/* Somebody holds operations of this device that it lacks: it is an old copy of itself, and goes on as a new device at
 * once. */
static gboolean
become_new_if_behind (SlOplog *log, const SlIncoming *incoming, GError **error)
{
  if (!incoming->own_came)
    return TRUE;
  log->is_copy = TRUE;
  return sl_oplog_begin (log, &sl_actor_device, error) && sl_oplog_commit (log, error);
}

/* sl_import_from: as sl_oplog_import(); for joining too, where the boxes of keys are for a one-time key. */
gboolean
sl_import_from (SlOplog *log, const char *file, const SlSignKey *guest_key, SlImportResult *out, GError **error)
{
  g_autoptr (SlIncoming) incoming = sl_incoming_new ();
  *out = (SlImportResult){ 0 };
  if (!read_file (incoming, file, error))
    return FALSE;
  if (!sl_id_is_none (&incoming->organisation) && !sl_id_equal (&incoming->organisation, &log->identity.organisation))
    return refuse_foreign (incoming, out);
  if (guest_key != NULL ? !sl_oplog_begin_bare (log, error) : !sl_oplog_begin (log, &sl_actor_device, error))
    return FALSE;
  incoming->own_before = log->own != NULL ? log->own->head_seq : 0;
  if (!import_in_transaction (log, incoming, guest_key, out, error) || !sl_oplog_commit (log, error))
    {
      sl_oplog_rollback (log);
      sl_import_result_clear (out);
      return FALSE;
    }
  return guest_key != NULL || become_new_if_behind (log, incoming, error);
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
 * Takes what is new and vouched for by its device, whatever else is wrong with the file.
 *
 * Returns: %FALSE on failure: nothing has changed
 */
gboolean
sl_oplog_import (SlOplog *log, const char *file, SlImportResult *out, GError **error)
{
  return sl_import_from (log, file, NULL, out, error);
}
