/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-values"

#include "cli/values.h"

#include "core/datetime.h"
#include "engine/exchange.h"

/**
 * sl_cli_option_id:
 * @out: (out): the id that the option names; sl_id_none where it was not given
 *
 * Returns: %FALSE with %SL_ERROR_NOT_FOUND, %SL_ERROR_AMBIGUOUS_ID or %SL_ERROR_BAD_INPUT, or a failure of the store
 */
gboolean
sl_cli_option_id (SlCli *cli, const char *option, SlThing thing, SlId *out, GError **error)
{
  const char *text = sl_cli_text (cli->call, option);
  *out = sl_id_none;
  if (text == NULL || sl_engine_resolve_id (cli->engine, thing, text, out, error))
    return TRUE;
  g_prefix_error (error, "--%s: ", option);
  return FALSE;
}

/**
 * sl_cli_argument_id:
 * @place: of an argument that the parser has made sure of
 *
 * Returns: as sl_cli_option_id()
 */
gboolean
sl_cli_argument_id (SlCli *cli, guint place, SlThing thing, SlId *out, GError **error)
{
  const char *text = sl_cli_argument (cli->call, place);
  g_return_val_if_fail (text != NULL, FALSE);
  return sl_engine_resolve_id (cli->engine, thing, text, out, error);
}

/**
 * sl_cli_option_time:
 * @fallback_ms: what to give where the option was not given
 *
 * A time without offset is local time of this device's location.
 *
 * Returns: %FALSE with %SL_ERROR_BAD_INPUT
 */
gboolean
sl_cli_option_time (SlCli *cli, const char *option, gint64 fallback_ms, gint64 *out_ms, GError **error)
{
  const char *text = sl_cli_text (cli->call, option);
  *out_ms = fallback_ms;
  if (text == NULL || sl_time_parse (text, sl_engine_time_zone (cli->engine), out_ms, error))
    return TRUE;
  g_prefix_error (error, "--%s: ", option);
  return FALSE;
}

/**
 * sl_cli_option_ids:
 * @cli: the call
 * @option: an option that may be given several times
 * @thing: what its values name
 * @error: %SL_ERROR_NOT_FOUND, %SL_ERROR_AMBIGUOUS_ID, %SL_ERROR_BAD_INPUT, naming the option
 *
 * Returns: (transfer full) (element-type SlId): the ids in their order, none where it was not given; %NULL on failure
 */
GArray *
sl_cli_option_ids (SlCli *cli, const char *option, SlThing thing, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SlId));
  GPtrArray *texts = sl_cli_list (cli->call, option);
  for (guint i = 0; texts != NULL && i < texts->len; i++)
    {
      SlId id;
      if (!sl_engine_resolve_id (cli->engine, thing, texts->pdata[i], &id, error))
        {
          g_prefix_error (error, "--%s: ", option);
          return NULL;
        }
      g_array_append_val (ids, id);
    }
  return g_steal_pointer (&ids);
}

/**
 * sl_cli_yes_or_no:
 * @call: the call
 * @option: which
 * @out: (out): 1 for yes, -1 for no, 0 where it was not given
 * @error: %SL_ERROR_BAD_INPUT
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_cli_yes_or_no (const SlCliCall *call, const char *option, int *out, GError **error)
{
  const char *word = sl_cli_text (call, option);
  *out = word == NULL ? 0 : g_str_equal (word, "yes") ? 1 : -1;
  if (*out >= 0 || g_str_equal (word, "no"))
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "--%s: yes or no", option);
  return FALSE;
}

/**
 * sl_cli_check_output:
 * @path: (nullable): where a command will write a file
 *
 * Files are written beside their place and moved there when they are whole, so what is there already must be an
 * ordinary file: a
 * device, a pipe or a directory would be replaced, not written to. Asked before a command does anything.
 *
 * Returns: %FALSE with %SL_ERROR_BAD_INPUT
 */
gboolean
sl_cli_check_output (const char *path, GError **error)
{
  if (path == NULL)
    return TRUE;
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *shown = g_utf8_make_valid (path, -1);
  if (*path == '\0' || !g_file_test (folder, G_FILE_TEST_IS_DIR))
    g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "'%s' cannot be written: there is no such directory", shown);
  else if (g_file_test (path, G_FILE_TEST_EXISTS) && !g_file_test (path, G_FILE_TEST_IS_REGULAR))
    g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "'%s' cannot be written: it is no ordinary file", shown);
  else
    return TRUE;
  return FALSE;
}

/**
 * sl_cli_write_private:
 * @path: a file that sl_cli_check_output() has passed
 * @data: what to write
 * @length: how much
 * @error: %SL_ERROR_DISK_FULL, %SL_ERROR_READ_ONLY, %SL_ERROR_STORAGE
 *
 * Secrets, and what is held about people: mode 0600; what was there is replaced only by the whole.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_cli_write_private (const char *path, const void *data, gsize length, GError **error)
{
  g_autoptr (GError) failure = NULL;
  if (g_file_set_contents_full (path, data, (gssize) length,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &failure))
    return TRUE;
  SlErrorCode code = g_error_matches (failure, G_FILE_ERROR, G_FILE_ERROR_NOSPC) ? SL_ERROR_DISK_FULL
                     : g_error_matches (failure, G_FILE_ERROR, G_FILE_ERROR_ACCES)
                             || g_error_matches (failure, G_FILE_ERROR, G_FILE_ERROR_PERM)
                             || g_error_matches (failure, G_FILE_ERROR, G_FILE_ERROR_ROFS)
                         ? SL_ERROR_READ_ONLY
                         : SL_ERROR_STORAGE;
  g_autofree char *shown = g_utf8_make_valid (path, -1);
  g_set_error (error, SL_ERROR, code, "'%s' cannot be written: %s", shown, failure->message);
  return FALSE;
}

/**
 * sl_json_id:
 *
 * Returns: (transfer full): the id as text, null for sl_id_none
 */
json_t *
sl_json_id (const SlId *id)
{
  char text[SL_ID_TEXT_BYTES];
  return sl_id_is_none (id) ? json_null () : json_string (sl_id_format (id, text));
}

/**
 * sl_json_ids:
 * @ids: (nullable) (element-type SlId): ids
 *
 * Returns: (transfer full): an array of them; null for %NULL
 */
json_t *
sl_json_ids (GArray *ids)
{
  json_t *array = ids != NULL ? json_array () : json_null ();
  for (guint i = 0; ids != NULL && i < ids->len; i++)
    json_array_append_new (array, sl_json_id (&g_array_index (ids, SlId, i)));
  return array;
}

/**
 * sl_json_text:
 * @text: (nullable)
 *
 * Returns: (transfer full): the text, null for %NULL; what is no UTF-8, as file names may be, is made so
 */
json_t *
sl_json_text (const char *text)
{
  if (text == NULL)
    return json_null ();
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  return json_string (valid);
}

/**
 * sl_json_time:
 * @zone: (nullable): whose offset to show; %NULL: this device's location's
 *
 * Returns: (transfer full): RFC 3339, null for 0
 */
json_t *
sl_json_time (SlCli *cli, gint64 ms, GTimeZone *zone)
{
  if (ms == 0)
    return json_null ();
  g_autofree char *text = sl_time_format (ms, zone != NULL ? zone : sl_engine_time_zone (cli->engine));
  return json_string (text);
}

/**
 * sl_json_count:
 *
 * Returns: (transfer full): the number
 */
json_t *
sl_json_count (guint64 count)
{
  return json_integer ((json_int_t) MIN (count, (guint64) G_MAXINT64));
}

/**
 * sl_json_texts:
 * @texts: (nullable) (element-type utf8)
 *
 * Returns: (transfer full): an array, empty for %NULL
 */
json_t *
sl_json_texts (GPtrArray *texts)
{
  json_t *array = json_array ();
  for (guint i = 0; texts != NULL && i < texts->len; i++)
    json_array_append_new (array, sl_json_text (g_ptr_array_index (texts, i)));
  return array;
}

/**
 * sl_json_quarantined:
 * @quarantined: (nullable) (element-type SlQuarantined)
 *
 * Returns: (transfer full): an array, empty for %NULL
 */
json_t *
sl_json_quarantined (GArray *quarantined)
{
  json_t *array = json_array ();
  for (guint i = 0; quarantined != NULL && i < quarantined->len; i++)
    {
      const SlQuarantined *one = &g_array_index (quarantined, SlQuarantined, i);
      json_array_append_new (array, json_pack ("{s:o, s:o, s:s}", "replica", sl_json_id (&one->replica),
                                               "seq", sl_json_count (one->seq), "reason", one->reason));
    }
  return array;
}

/**
 * sl_json_bool:
 *
 * Returns: (transfer full): true or false
 */
json_t *
sl_json_bool (gboolean value)
{
  return json_boolean (value);
}
