/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-aside"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "oplog/erased-list.h"

/* Restores set aside the database that was there, and write what the backup lacked as a log with the keys in a box.
 * Whoever is erased afterwards is to be found in neither. */

#define ASIDE_PREFIX "aside-"
#define LOG_FILE "log"
#define KEYS_LINE "{\"type\":\"keys\"" /* as export.c writes it */

static gboolean
has_id (const GArray *ids, const SlId *id)
{
  for (guint i = 0; i < ids->len; i++)
    if (sl_id_equal (&g_array_index (ids, SlId, i), id))
      return TRUE;
  return FALSE;
}

static gboolean
purge_database (const char *dir, const GArray *ids, GError **error)
{
  g_autoptr (SlStore) store = sl_store_open (dir, SL_STORE_OPEN, error);
  if (store == NULL || !sl_store_begin (store, error))
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    if (!sl_store_exec (store, error, "DELETE FROM local_keyring WHERE kind = ? AND id = ?", "id",
                        (gint64) SL_KEYRING_MEMBER, &g_array_index (ids, SlId, i)))
      {
        sl_store_rollback (store);
        return FALSE;
      }
  return sl_store_commit (store, error) && sl_store_checkpoint (store, error);
}

/* --- boxes of keys --- */

static void
clear_key (gpointer data)
{
  sl_sign_key_clear (data);
}

static void
add_keys_of (const SlIdentity *identity, GArray *keys)
{
  g_array_append_val (keys, identity->key);
  if (identity->has_predecessor)
    g_array_append_val (keys, identity->predecessor_key);
}

/* All that boxes on this disk can have been made for. (element-type SlSignKey) */
static GArray *
keys_on_disk (SlOplog *log, const char *dir)
{
  GArray *keys = g_array_new (FALSE, FALSE, sizeof (SlSignKey));
  g_autoptr (GDir) listing = g_dir_open (dir, 0, NULL);
  g_array_set_clear_func (keys, clear_key);
  add_keys_of (&log->identity, keys);
  for (const char *name; listing != NULL && (name = g_dir_read_name (listing)) != NULL;)
    {
      g_autofree char *aside = g_build_filename (dir, name, NULL);
      SlIdentity identity = { 0 };
      if (!g_str_has_prefix (name, ASIDE_PREFIX))
        continue;
      if (sl_identity_exists (aside) && sl_identity_read (aside, &identity, NULL))
        add_keys_of (&identity, keys);
      sl_identity_clear (&identity);
    }
  return keys;
}

/* What is left of opened keys; NULL: all of it. */
static GBytes *
without (GBytes *plain, const GArray *ids)
{
  g_autoptr (SlCborWriter) rest = sl_cbor_writer_new ();
  g_autoptr (GByteArray) places = g_byte_array_new (); /* 1: stays, a byte per key */
  gsize items, left = 0;
  for (guint pass = 0; pass < 2; pass++)
    {
      SlCborReader reader;
      sl_cbor_reader_init (&reader, g_bytes_get_data (plain, NULL), g_bytes_get_size (plain));
      if (!sl_cbor_get_array (&reader, 0, G_MAXINT32, &items) || items % 3 != 0)
        return NULL;
      if (pass > 0)
        sl_cbor_begin_array (rest, 3 * left);
      for (gsize i = 0; i < items / 3; i++)
        {
          gint64 kind;
          SlId id;
          const guint8 *key;
          gsize length;
          if (!sl_cbor_get_int (&reader, 0, G_MAXINT64, &kind) || !sl_cbor_get_id (&reader, &id)
              || !sl_cbor_get_bytes (&reader, SL_SEAL_KEY_BYTES, &key, &length))
            return NULL;
          guint8 stays = kind != SL_KEYRING_MEMBER || !has_id (ids, &id);
          if (pass == 0)
            {
              g_byte_array_append (places, &stays, 1);
              left += stays;
            }
          else if (places->data[i])
            {
              sl_cbor_put_int (rest, kind);
              sl_cbor_put_id (rest, &id);
              sl_cbor_put_bytes (rest, key, length);
            }
        }
    }
  return left == items / 3 ? NULL : sl_cbor_writer_finish (rest);
}

/* The line as it may stay: itself, or with another box. NULL: not at all, since nobody here can open it. */
static char *
purge_line (const char *line, const GArray *ids, const GArray *keys)
{
  json_t *json = json_loads (line, 0, NULL);
  const char *sealed = json_string_value (json_object_get (json, "sealed"));
  gsize length = 0;
  g_autofree guint8 *box = sealed != NULL ? g_base64_decode (sealed, &length) : NULL;
  char *purged = NULL;
  for (guint i = 0; box != NULL && purged == NULL && i < keys->len; i++)
    {
      const SlSignKey *key = &g_array_index (keys, SlSignKey, i);
      g_autoptr (GBytes) plain = sl_box_open (key, box, length);
      g_autoptr (GBytes) rest = plain != NULL ? without (plain, ids) : NULL;
      if (plain != NULL && rest == NULL)
        purged = g_strdup (line);
      if (rest == NULL)
        continue;
      g_autoptr (GBytes) again =
          sl_box_seal (key->public_key, g_bytes_get_data (rest, NULL), g_bytes_get_size (rest));
      g_autofree char *text = g_base64_encode (g_bytes_get_data (again, NULL), g_bytes_get_size (again));
      json_object_set_new (json, "sealed", json_string (text));
      char *dumped = json_dumps (json, JSON_COMPACT | JSON_PRESERVE_ORDER);
      purged = g_strconcat (dumped, "\n", NULL);
      free (dumped);
    }
  json_decref (json);
  return purged;
}

/* Nothing of what stood there is left in its place. */
static void
overwrite (int fd)
{
  static const guint8 zeros[4096];
  struct stat about;
  if (fstat (fd, &about) != 0)
    return;
  for (off_t done = 0; done < about.st_size;)
    {
      gssize n = pwrite (fd, zeros, MIN ((gsize) (about.st_size - done), sizeof zeros), done);
      if (n <= 0)
        return;
      done += n;
    }
  (void) fsync (fd);
}

static gboolean
copy_lines (FILE *in, FILE *out, const GArray *ids, const GArray *keys, gboolean *out_changed)
{
  char *line = NULL;
  size_t size = 0;
  gboolean good = TRUE;
  while (good && getline (&line, &size, in) > 0)
    {
      gboolean has_keys = g_str_has_prefix (line, KEYS_LINE);
      g_autofree char *purged = has_keys ? purge_line (line, ids, keys) : NULL;
      const char *left = has_keys ? purged : line;
      *out_changed = *out_changed || (has_keys && g_strcmp0 (purged, line) != 0);
      good = left == NULL || fputs (left, out) != EOF;
    }
  good = good && !ferror (in) && fflush (out) == 0 && fsync (fileno (out)) == 0;
  free (line);
  return good;
}

static gboolean
purge_log (const char *path, const GArray *ids, const GArray *keys, GError **error)
{
  g_autofree char *temporary = g_strconcat (path, ".new", NULL);
  gboolean changed = FALSE;
  FILE *in = fopen (path, "r+e");
  if (in == NULL)
    return TRUE; /* there is none */
  (void) g_unlink (temporary);
  int fd = open (temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  FILE *out = fd >= 0 ? fdopen (fd, "w") : NULL;
  gboolean good = out != NULL && copy_lines (in, out, ids, keys, &changed);
  if (good && changed)
    good = g_rename (temporary, path) == 0;
  if (!good)
    g_set_error (error, SL_ERROR, errno == ENOSPC ? SL_ERROR_DISK_FULL : SL_ERROR_STORAGE, "writing %s: %s", path,
                 g_strerror (errno));
  if (good && changed)
    overwrite (fileno (in));
  else
    (void) g_unlink (temporary);
  if (out != NULL)
    (void) fclose (out);
  (void) fclose (in);
  return good;
}

/* sl_aside_purge: see the header. A database that cannot be opened any more stays as it is: its damage is not ours to
 * repair. */
gboolean
sl_aside_purge (SlOplog *log, const GArray *ids, GError **error)
{
  const char *dir = sl_store_get_dir (log->store);
  g_autoptr (GDir) listing = g_dir_open (dir, 0, NULL);
  g_autoptr (GArray) keys = NULL;
  for (const char *name; listing != NULL && (name = g_dir_read_name (listing)) != NULL;)
    {
      g_autoptr (GError) failure = NULL;
      g_autofree char *aside = g_build_filename (dir, name, NULL), *path = g_build_filename (aside, LOG_FILE, NULL);
      if (!g_str_has_prefix (name, ASIDE_PREFIX))
        continue;
      if (keys == NULL)
        keys = keys_on_disk (log, dir);
      if (!purge_log (path, ids, keys, error))
        return FALSE;
      if (sl_store_exists (aside) && !purge_database (aside, ids, &failure))
        g_debug ("%s keeps its keys: %s", aside, failure->message);
    }
  return TRUE;
}
