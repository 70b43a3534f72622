/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-erased-list"

#include "oplog/erased-list.h"

#include <string.h>

#define LIST_FILE "erased"
#define LIST_MAX_BYTES (64 * 1024 * 1024) /* 1.7 million members: what is longer is no list of ours */

static gboolean
has_id (const GArray *ids, const SlId *id)
{
  for (guint i = 0; i < ids->len; i++)
    if (sl_id_equal (&g_array_index (ids, SlId, i), id))
      return TRUE;
  return FALSE;
}

/* sl_erased_list_read: see the header. Lines that are no id are passed over. */
GArray *
sl_erased_list_read (const char *dir)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (SlId));
  g_autofree char *path = g_build_filename (dir, LIST_FILE, NULL), *text = NULL;
  gsize length;
  if (!g_file_get_contents (path, &text, &length, NULL) || length > LIST_MAX_BYTES)
    return ids;
  g_auto (GStrv) lines = g_strsplit (text, "\n", 0);
  for (char **line = lines; *line != NULL; line++)
    {
      SlId id;
      if (sl_id_parse (*line, &id))
        g_array_append_val (ids, id);
    }
  return ids;
}

/* sl_erased_list_add: see the header. */
gboolean
sl_erased_list_add (const char *dir, const GArray *ids, GError **error)
{
  g_autoptr (GArray) known = sl_erased_list_read (dir);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *path = g_build_filename (dir, LIST_FILE, NULL);
  g_autoptr (GError) failure = NULL;
  guint before = known->len;
  for (guint i = 0; i < ids->len; i++)
    if (!has_id (known, &g_array_index (ids, SlId, i)))
      g_array_append_vals (known, &g_array_index (ids, SlId, i), 1);
  if (known->len == before)
    return TRUE;
  for (guint i = 0; i < known->len; i++)
    {
      char id[SL_ID_TEXT_BYTES];
      g_string_append_printf (text, "%s\n", sl_id_format (&g_array_index (known, SlId, i), id));
    }
  if (g_file_set_contents_full (path, text->str, (gssize) text->len,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &failure))
    return TRUE;
  g_set_error (error, SL_ERROR,
               g_error_matches (failure, G_FILE_ERROR, G_FILE_ERROR_NOSPC) ? SL_ERROR_DISK_FULL : SL_ERROR_STORAGE,
               "writing %s: %s", path, failure->message);
  return FALSE;
}

/* sl_erased_list_of: see the header. (transfer full) (nullable) */
GArray *
sl_erased_list_of (SlStore *store, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SlId));
  g_autoptr (SlRows) rows =
      sl_store_query (store, "SELECT member_id FROM erased UNION SELECT id FROM local_key_refused ORDER BY 1", "");
  while (sl_rows_next (rows))
    {
      SlId id;
      sl_rows_id (rows, 0, &id);
      g_array_append_val (ids, id);
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&ids) : NULL;
}

static gboolean
carry (SlOplog *log, const SlId *id, GError **error)
{
  gint64 known;
  gboolean erased;
  if (!sl_oplog_is_erased (log, id, &erased, error))
    return FALSE;
  if (erased)
    return TRUE;
  /* Of another studio, maybe, whose directory this was: then there is nothing to erase. */
  if (!sl_store_query_int (log->store, 0, &known, error,
                           "SELECT EXISTS (SELECT 1 FROM member WHERE id = ?1) "
                           "OR EXISTS (SELECT 1 FROM local_keyring WHERE kind = ?2 AND id = ?1)",
                           "di", id, (gint64) SL_KEYRING_MEMBER))
    return FALSE;
  return known != 0 ? sl_op_member_erase (log, id, NULL, error)
                    : sl_store_exec (log->store, error, "INSERT OR IGNORE INTO local_key_refused (id) VALUES (?)", "d",
                                     id);
}

/* sl_erased_list_carry: see the header. */
gboolean
sl_erased_list_carry (SlOplog *log, const GArray *ids, GError **error)
{
  if (ids->len == 0)
    return TRUE;
  if (!sl_oplog_begin (log, &sl_actor_device, error))
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    if (!carry (log, &g_array_index (ids, SlId, i), error))
      {
        sl_oplog_rollback (log);
        return FALSE;
      }
  return sl_oplog_commit (log, error);
}
