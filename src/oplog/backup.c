/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-backup"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/base32.h"
#include "oplog/erased-list.h"
#include "oplog/exchange.h"
#include "oplog/replaced.h"

/* Backups: one sealed file: src/oplog/README.md "Backups". The key that seals it lies in two boxes: for the recovery
 * phrase and for the device that made it. */

#define MAGIC "SLBACKUP1\n"
#define MAGIC_BYTES (sizeof MAGIC - 1)
#define HEADER_MAX_BYTES 65536
#define BACKUP_VERSION 1
#define CHUNK_BYTES 65536
#define SEED_BYTES 32
#define PHRASE_BYTES 20 /* 160 bits: beyond guessing */
#define PHRASE_GROUP 4
#define LEFT_FILE "backup.left" /* in the data directory: the copy on the way, which is sealed from; else empty */
#define PLAIN_SUFFIX ".plain"
#define MISSING_FILE "log" /* beside the database set aside: what the backup lacks */

static gboolean
fail_with_errno (GError **error, const char *what, const char *path)
{
  int saved = errno;
  SlErrorCode code = saved == ENOSPC || saved == EDQUOT                    ? SL_ERROR_DISK_FULL
                     : saved == EROFS || saved == EACCES || saved == EPERM ? SL_ERROR_READ_ONLY
                     : saved == ENOENT                                     ? SL_ERROR_NOT_FOUND
                                                                           : SL_ERROR_STORAGE;
  g_set_error (error, SL_ERROR, code, "%s %s: %s", what, path, g_strerror (saved));
  return FALSE;
}

/* --- the recovery phrase --- */

static gboolean
key_of_phrase (const guint8 secret[PHRASE_BYTES], SlSignKey *out)
{
  SlHasher hasher;
  SlHash seed;
  sl_hasher_init (&hasher, "studioloop recovery v1");
  sl_hasher_add (&hasher, secret, PHRASE_BYTES);
  sl_hasher_finish (&hasher, &seed);
  gboolean good = sl_sign_key_from_seed (seed.bytes, out);
  sodium_memzero (&seed, sizeof seed);
  return good;
}

/* Groups, blanks, dashes and case are as people write them. */
static gboolean
parse_phrase (const char *phrase, SlSignKey *out)
{
  g_autoptr (GString) letters = g_string_new (NULL);
  gsize length = 0;
  for (const char *at = phrase; *at != '\0'; at++)
    if (!g_ascii_isspace (*at) && *at != '-')
      g_string_append_c (letters, *at);
  g_autofree guint8 *secret = sl_base32_decode (letters->str, &length);
  gboolean good = secret != NULL && length == PHRASE_BYTES && key_of_phrase (secret, out);
  sodium_memzero (letters->str, letters->len);
  if (secret != NULL)
    sodium_memzero (secret, length);
  return good;
}

/* Whether somebody may have written it down from a screen; not whether it opens anything. */
static gboolean
is_phrase (const char *phrase)
{
  g_auto (SlSignKey) key = { 0 };
  return parse_phrase (phrase, &key);
}

/**
 * sl_oplog_new_recovery_phrase:
 * @log: inside a transaction
 * @error: return location
 *
 * Makes the organisation's recovery phrase; an earlier one opens only earlier backups. Only its public half is kept.
 *
 * Returns: (transfer full) (nullable): the phrase, to be shown once
 */
char *
sl_oplog_new_recovery_phrase (SlOplog *log, GError **error)
{
  guint8 secret[PHRASE_BYTES];
  g_auto (SlSignKey) key = { 0 };
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_ORGANISATION);
  GString *phrase = g_string_new (NULL);
  log->world->random_bytes (log->world, secret, sizeof secret);
  (void) key_of_phrase (secret, &key);
  g_autoptr (GBytes) public_key = g_bytes_new (key.public_key, SL_SIGN_PUBLIC_BYTES);
  sl_fields_set_bytes (fields, "recovery_public", public_key);
  gboolean kept = sl_op_edit (log, &log->identity.organisation, fields, error);
  g_autofree char *letters = sl_base32_encode (secret, sizeof secret);
  for (gsize i = 0; kept && letters[i] != '\0'; i++)
    g_string_append_printf (phrase, "%s%c", i > 0 && i % PHRASE_GROUP == 0 ? "-" : "", letters[i]);
  sodium_memzero (secret, sizeof secret);
  sodium_memzero (letters, strlen (letters));
  return g_string_free (phrase, !kept);
}

/* --- writing --- */

static gboolean
recovery_public (SlOplog *log, guint8 out[SL_SIGN_PUBLIC_BYTES], gboolean *out_found, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (log->store, "SELECT recovery_public FROM organisation WHERE id = ?", "d",
                                            &log->identity.organisation);
  gsize length = 0;
  const void *data = sl_rows_next (rows) ? sl_rows_blob (rows, 0, &length) : NULL;
  *out_found = data != NULL && length == SL_SIGN_PUBLIC_BYTES;
  if (*out_found)
    memcpy (out, data, length);
  return sl_rows_finish (rows, error);
}

static void
put_box (json_t *boxes, const char *name, const guint8 *public_key, const guint8 *key)
{
  g_autoptr (GBytes) box = sl_box_seal (public_key, key, crypto_secretstream_xchacha20poly1305_KEYBYTES);
  if (box == NULL)
    return;
  g_autofree char *text = g_base64_encode (g_bytes_get_data (box, NULL), g_bytes_get_size (box));
  json_object_set_new (boxes, name, json_string (text));
}

static char *
make_header (SlOplog *log, const guint8 *key, GError **error)
{
  char organisation[SL_ID_TEXT_BYTES], replica[SL_ID_TEXT_BYTES];
  guint8 recovery[SL_SIGN_PUBLIC_BYTES];
  gboolean found;
  if (!recovery_public (log, recovery, &found, error))
    return NULL;
  json_t *boxes = json_object ();
  put_box (boxes, "device", log->identity.key.public_key, key);
  if (found)
    put_box (boxes, "recovery", recovery, key);
  json_t *json = json_pack ("{s:i, s:s, s:s, s:I, s:o}", "version", BACKUP_VERSION, "organisation",
                            sl_id_format (&log->identity.organisation, organisation), "replica",
                            sl_id_format (&log->identity.replica, replica), "made_ms",
                            (json_int_t) log->world->now_ms (log->world), "boxes", boxes);
  char *text = json_dumps (json, JSON_COMPACT | JSON_SORT_KEYS);
  json_decref (json);
  char *owned = g_strdup (text);
  free (text);
  return owned;
}

static gboolean
write_chunk (FILE *out, crypto_secretstream_xchacha20poly1305_state *state, const guint8 *plain, gsize length,
             const char *bound, gboolean last)
{
  g_autofree guint8 *sealed = g_malloc (length + crypto_secretstream_xchacha20poly1305_ABYTES);
  unsigned long long sealed_length;
  guint8 tag =
      last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;
  crypto_secretstream_xchacha20poly1305_push (state, sealed, &sealed_length, plain, length, (const guint8 *) bound,
                                              bound != NULL ? strlen (bound) : 0, tag);
  return fwrite (sealed, 1, sealed_length, out) == sealed_length;
}

static gboolean
write_sealed (SlOplog *log, const char *plain_path, FILE *out, const char *header, const guint8 *key)
{
  crypto_secretstream_xchacha20poly1305_state state;
  guint8 stream_header[crypto_secretstream_xchacha20poly1305_HEADERBYTES];
  guint32 header_length = GUINT32_TO_BE ((guint32) strlen (header));
  g_autofree guint8 *chunk = g_malloc (CHUNK_BYTES);
  FILE *in = fopen (plain_path, "re");
  gboolean good = in != NULL;
  crypto_secretstream_xchacha20poly1305_init_push (&state, stream_header, key);
  good = good && fwrite (MAGIC, 1, MAGIC_BYTES, out) == MAGIC_BYTES && fwrite (&header_length, 4, 1, out) == 1
         && fwrite (header, 1, strlen (header), out) == strlen (header)
         && fwrite (stream_header, 1, sizeof stream_header, out) == sizeof stream_header
         && write_chunk (out, &state, log->identity.key.secret_key, SEED_BYTES, header, FALSE);
  while (good)
    {
      gsize n = fread (chunk, 1, CHUNK_BYTES, in);
      gboolean last = n < CHUNK_BYTES;
      good = !ferror (in) && write_chunk (out, &state, chunk, n, NULL, last);
      if (last)
        break;
    }
  if (in != NULL)
    (void) fclose (in);
  sodium_memzero (&state, sizeof state);
  return good && fflush (out) == 0 && fsync (fileno (out)) == 0;
}

/* A copy that has its new identity, but in whose database a power cut left the old device: keys and chain would be the
 * old one's and the file's identity the new one's. */
static gboolean
finish_rebirth (SlOplog *log, GError **error)
{
  return sl_chains_load (log, error)
         && (log->own != NULL || !log->identity.has_predecessor
             || (sl_oplog_begin (log, &sl_actor_device, error) && sl_oplog_commit (log, error)));
}

/* What a backup that was cut off has left beside its file, wherever that was. */
static void
remove_left (int fd)
{
  char path[PATH_MAX + 1] = "";
  if (pread (fd, path, PATH_MAX, 0) > 0 && g_str_has_suffix (path, PLAIN_SUFFIX))
    (void) g_unlink (path);
  (void) !ftruncate (fd, 0);
}

/* Notes where the copy is to lie. One backup at a time, so that a copy that is noted is nobody's any more; the lock
 * ends with the process. -1: nothing can be noted, the disk being full or read-only: it is backed up all the same. */
static int
note_copy (SlOplog *log, const char *plain)
{
  g_autofree char *path = g_build_filename (sl_store_get_dir (log->store), LEFT_FILE, NULL);
  g_autofree char *absolute = g_canonicalize_filename (plain, NULL);
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  while (fd >= 0 && flock (fd, LOCK_EX) != 0 && errno == EINTR)
    ;
  if (fd >= 0)
    {
      remove_left (fd);
      (void) !pwrite (fd, absolute, strlen (absolute), 0);
    }
  (void) g_unlink (plain);
  return fd;
}

static void
remove_copy (int fd, const char *plain)
{
  (void) g_unlink (plain);
  if (fd < 0)
    return;
  (void) !ftruncate (fd, 0);
  (void) close (fd);
}

/**
 * sl_oplog_backup:
 * @log: a log, no transaction open
 * @file: where to; replaced in one step
 * @error: return location
 *
 * Writes everything that this device holds, sealed to the recovery phrase and to this device, while others may go on
 * writing. Backups of one device wait for one another; what one that was cut off has left is removed by the next.
 *
 * Returns: %FALSE on failure: @file is as it was
 */
gboolean
sl_oplog_backup (SlOplog *log, const char *file, GError **error)
{
  guint8 key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
  g_autofree char *temporary = g_strconcat (file, ".new", NULL);
  g_autofree char *plain = g_strconcat (file, PLAIN_SUFFIX, NULL);
  g_autofree char *header = NULL;
  if (!finish_rebirth (log, error))
    return FALSE;
  int left = note_copy (log, plain);
  log->world->random_bytes (log->world, key, sizeof key);
  (void) g_unlink (temporary);
  header = make_header (log, key, error);
  if (header == NULL || !sl_store_backup_to (log->store, plain, error))
    {
      remove_copy (left, plain);
      return FALSE;
    }
  int fd = open (temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  FILE *out = fd >= 0 ? fdopen (fd, "w") : NULL;
  gboolean written = out != NULL && write_sealed (log, plain, out, header, key) && g_rename (temporary, file) == 0;
  if (!written)
    (void) fail_with_errno (error, "writing", file);
  if (out != NULL)
    (void) fclose (out);
  remove_copy (left, plain);
  if (!written)
    (void) g_unlink (temporary);
  sodium_memzero (key, sizeof key);
  return written;
}

/* --- reading --- */

typedef struct {
  SlIdentity identity;
  guint8 key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
  char *header;
  gint64 made_ms;
} Opened;

static void
opened_clear (Opened *opened)
{
  sl_identity_clear (&opened->identity);
  sodium_memzero (opened->key, sizeof opened->key);
  g_free (opened->header);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Opened, opened_clear)

static gboolean
open_box (json_t *boxes, const char *name, const SlSignKey *key, guint8 *out)
{
  const char *text = json_string_value (json_object_get (boxes, name));
  gsize length = 0;
  if (text == NULL)
    return FALSE;
  g_autofree guint8 *box = g_base64_decode (text, &length);
  g_autoptr (GBytes) plain = sl_box_open (key, box, length);
  if (plain == NULL || g_bytes_get_size (plain) != crypto_secretstream_xchacha20poly1305_KEYBYTES)
    return FALSE;
  memcpy (out, g_bytes_get_data (plain, NULL), g_bytes_get_size (plain));
  return TRUE;
}

static gboolean
find_key (json_t *boxes, const char *dir, const char *phrase, guint8 *out)
{
  g_auto (SlIdentity) here = { 0 };
  g_auto (SlSignKey) recovery = { 0 };
  if (sl_identity_exists (dir) && sl_identity_read (dir, &here, NULL)
      && (open_box (boxes, "device", &here.key, out)
          || (here.has_predecessor && open_box (boxes, "device", &here.predecessor_key, out))))
    return TRUE;
  return phrase != NULL && parse_phrase (phrase, &recovery) && open_box (boxes, "recovery", &recovery, out);
}

static gboolean
not_a_backup (const char *path, GError **error)
{
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "%s is not a whole backup", path);
  return FALSE;
}

static gboolean
read_header (FILE *in, const char *path, const char *dir, const char *phrase, Opened *out, GError **error)
{
  char magic[MAGIC_BYTES];
  guint32 length;
  if (fread (magic, 1, MAGIC_BYTES, in) != MAGIC_BYTES || memcmp (magic, MAGIC, MAGIC_BYTES) != 0
      || fread (&length, 4, 1, in) != 1 || GUINT32_FROM_BE (length) > HEADER_MAX_BYTES)
    return not_a_backup (path, error);
  length = GUINT32_FROM_BE (length);
  out->header = g_malloc0 (length + 1);
  if (fread (out->header, 1, length, in) != length)
    return not_a_backup (path, error);
  json_t *json = json_loads (out->header, 0, NULL);
  const char *organisation = json_string_value (json_object_get (json, "organisation"));
  const char *replica = json_string_value (json_object_get (json, "replica"));
  gboolean later = json_integer_value (json_object_get (json, "version")) > BACKUP_VERSION;
  out->made_ms = json_integer_value (json_object_get (json, "made_ms"));
  gboolean shaped = organisation != NULL && replica != NULL && sl_id_parse (organisation, &out->identity.organisation)
                    && sl_id_parse (replica, &out->identity.replica);
  gboolean opens = shaped && !later && find_key (json_object_get (json, "boxes"), dir, phrase, out->key);
  json_decref (json);
  if (later)
    g_set_error (error, SL_ERROR, SL_ERROR_TOO_NEW, "%s was made by a later release", path);
  else if (!shaped)
    return not_a_backup (path, error);
  else if (!opens)
    g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "%s does not open with this device's key%s", path,
                 phrase == NULL       ? "; where another device made it, the recovery phrase does"
                 : is_phrase (phrase) ? ", and not with the recovery phrase given, which is another studio's or older"
                                      : ", and what was given is no recovery phrase: that has 32 letters and digits");
  return opens;
}

static gboolean
read_chunk (FILE *in, crypto_secretstream_xchacha20poly1305_state *state, gsize plain_max, const char *bound,
            guint8 *out, gsize *out_length, gboolean *out_last)
{
  g_autofree guint8 *sealed = g_malloc (plain_max + crypto_secretstream_xchacha20poly1305_ABYTES);
  gsize n = fread (sealed, 1, plain_max + crypto_secretstream_xchacha20poly1305_ABYTES, in);
  unsigned long long length;
  guint8 tag;
  if (n < crypto_secretstream_xchacha20poly1305_ABYTES
      || crypto_secretstream_xchacha20poly1305_pull (state, out, &length, &tag, sealed, n, (const guint8 *) bound,
                                                     bound != NULL ? strlen (bound) : 0)
             != 0)
    return FALSE;
  *out_length = (gsize) length;
  *out_last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
  return TRUE;
}

static gboolean
read_sealed (FILE *in, const char *path, Opened *opened, FILE *out, GError **error)
{
  crypto_secretstream_xchacha20poly1305_state state;
  guint8 stream_header[crypto_secretstream_xchacha20poly1305_HEADERBYTES];
  g_autofree guint8 *chunk = g_malloc (CHUNK_BYTES);
  gsize length;
  gboolean last = FALSE;
  SlId replica;
  if (fread (stream_header, 1, sizeof stream_header, in) != sizeof stream_header
      || crypto_secretstream_xchacha20poly1305_init_pull (&state, stream_header, opened->key) != 0
      || !read_chunk (in, &state, SEED_BYTES, opened->header, chunk, &length, &last) || length != SEED_BYTES
      || !sl_sign_key_from_seed (chunk, &opened->identity.key))
    return not_a_backup (path, error);
  sl_replica_from_key (opened->identity.key.public_key, &replica);
  if (!sl_id_equal (&replica, &opened->identity.replica))
    return not_a_backup (path, error);
  while (!last)
    {
      if (!read_chunk (in, &state, CHUNK_BYTES, NULL, chunk, &length, &last))
        return not_a_backup (path, error);
      if (fwrite (chunk, 1, length, out) != length)
        return fail_with_errno (error, "writing the database from", path);
    }
  sodium_memzero (&state, sizeof state);
  return (fflush (out) == 0 && fsync (fileno (out)) == 0) || fail_with_errno (error, "writing the database from", path);
}

/* The whole backup, opened and checked, in DIR/restoring, before anything is touched. */
static gboolean
unpack (const char *dir, const char *path, const char *phrase, const char *staging, Opened *opened, GError **error)
{
  g_autofree char *database = g_build_filename (staging, SL_STORE_FILE, NULL);
  FILE *in = fopen (path, "re");
  if (in == NULL)
    return fail_with_errno (error, "opening", path);
  gboolean good = read_header (in, path, dir, phrase, opened, error);
  if (good && g_mkdir_with_parents (staging, 0700) != 0)
    good = fail_with_errno (error, "creating", staging);
  if (good)
    {
      int fd = open (database, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
      FILE *out = fd >= 0 ? fdopen (fd, "w") : NULL;
      good = out != NULL ? read_sealed (in, path, opened, out, error) : fail_with_errno (error, "creating", database);
      if (out != NULL)
        (void) fclose (out);
    }
  (void) fclose (in);
  if (!good)
    return FALSE;
  g_autoptr (SlStore) store = sl_store_open (staging, SL_STORE_OPEN, error);
  return store != NULL && sl_store_quick_check (store, error) && sl_store_checkpoint (store, error);
}

static void
remove_staging (const char *staging)
{
  static const char *const names[] = { SL_STORE_FILE, SL_STORE_FILE "-wal", SL_STORE_FILE "-shm", SL_STORE_LOCK_FILE,
                                       SL_STORE_RESERVE_FILE, MISSING_FILE };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (staging, names[i], NULL);
      (void) g_unlink (path);
    }
  (void) g_rmdir (staging);
}

static gboolean
move_file (const char *from_dir, const char *to_dir, const char *name, GError **error)
{
  g_autofree char *from = g_build_filename (from_dir, name, NULL);
  g_autofree char *to = g_build_filename (to_dir, name, NULL);
  return g_rename (from, to) == 0 || errno == ENOENT || fail_with_errno (error, "moving", from);
}

static char *
new_aside (const char *dir, SlWorld *world, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (world->now_ms (world) / 1000);
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%d-%H%M%S");
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *name = i == 0 ? g_strdup_printf ("aside-%s", stamp) : g_strdup_printf ("aside-%s-%u", stamp, i);
      char *path = g_build_filename (dir, name, NULL);
      if (g_mkdir (path, 0700) == 0)
        return path;
      g_free (path);
      if (errno != EEXIST)
        break;
    }
  (void) fail_with_errno (error, "creating a directory in", dir);
  return NULL;
}

/* The new identity comes first: whatever a power cut leaves, the directory never goes on as the old device with an old
 * database. */
static gboolean
swap_in (const char *dir, const char *staging, SlWorld *world, Opened *opened, SlRestoreResult *out, GError **error)
{
  g_autofree char *identity = g_build_filename (dir, "identity", NULL);
  g_autofree char *text = NULL;
  gsize length;
  out->aside = new_aside (dir, world, error);
  if (out->aside == NULL)
    return FALSE;
  if (g_file_get_contents (identity, &text, &length, NULL))
    {
      g_autofree char *copy = g_build_filename (out->aside, "identity", NULL);
      gboolean copied =
          g_file_set_contents_full (copy, text, (gssize) length, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
      sodium_memzero (text, length);
      if (!copied)
        return FALSE;
    }
  out->was = opened->identity.replica;
  return sl_identity_succeed (&opened->identity, world, dir, error) && move_file (dir, out->aside, "mark", error)
         && move_file (dir, out->aside, SL_STORE_FILE, error)
         && move_file (dir, out->aside, SL_STORE_FILE "-wal", error)
         && move_file (dir, out->aside, SL_STORE_FILE "-shm", error) && move_file (staging, dir, SL_STORE_FILE, error)
         && move_file (staging, out->aside, MISSING_FILE, error);
}

/* Whoever was erased here since the backup was made stays erased, whatever became of the database that knew. */
static gboolean
forget_again (SlOplog *log, const char *dir, const SlReplaced *replaced, GError **error)
{
  g_autoptr (GArray) ids = sl_erased_list_read (dir);
  if (replaced->erased != NULL && replaced->erased->len > 0)
    g_array_append_vals (ids, replaced->erased->data, replaced->erased->len);
  return sl_erased_list_carry (log, ids, error);
}

static gboolean
go_on (const char *dir, SlWorld *world, SlReplaced *replaced, SlRestoreResult *out, GError **error)
{
  g_autofree char *missing = g_build_filename (out->aside, MISSING_FILE, NULL);
  g_autoptr (SlStore) store = sl_store_open (dir, SL_STORE_OPEN, error);
  SlOplog *log = store != NULL ? sl_oplog_open (store, world, error) : NULL;
  gint64 operations = 0;
  gboolean done = log != NULL
                  && sl_store_query_int (store, 0, &operations, error, "SELECT sum (head_seq) FROM local_chain", "")
                  && sl_oplog_begin (log, &sl_actor_owner, error) && sl_oplog_commit (log, error)
                  && forget_again (log, dir, replaced, error) && sl_replaced_settle (log, missing, replaced, error);
  if (done)
    {
      out->replica = *sl_oplog_get_replica (log);
      out->operations = (guint64) operations;
      out->replaced = sl_id_equal (&replaced->replica, &out->was) ? sl_id_none : replaced->replica;
      out->is_read = replaced->is_read;
      out->missing = replaced->missing;
      if (replaced->missing > 0)
        out->missing_file = g_steal_pointer (&missing);
    }
  sl_oplog_close (log);
  return done;
}

/* sl_restore_result_clear: frees what a restore filled. */
void
sl_restore_result_clear (SlRestoreResult *result)
{
  g_clear_pointer (&result->aside, g_free);
  g_clear_pointer (&result->missing_file, g_free);
}

/* Where the machine's secret is not at hand (it may be what was lost), the new key lies plainly. */
static gboolean
is_sealed (const char *dir)
{
  g_auto (SlIdentity) here = { 0 };
  return sl_identity_exists (dir) && sl_identity_read (dir, &here, NULL) && here.sealed;
}

/**
 * sl_oplog_restore:
 * @dir: a data directory: with a studio, damaged, empty or missing
 * @world: clock and random
 * @file: a backup; may lie in @dir
 * @phrase: (nullable): the recovery phrase, where the backup is not this device's own
 * @out: (out caller-allocates): clear with sl_restore_result_clear()
 * @error: return location: BAD_INPUT: no whole backup, or it does not open
 *
 * The backup is read and checked first; then the old database is set aside and the directory goes on as a new device
 * without rights. Where another device of the studio lived in @dir, what only that one holds is taken along, and it is
 * revoked.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_oplog_restore (const char *dir, SlWorld *world, const char *file, const char *phrase, SlRestoreResult *out,
                  GError **error)
{
  g_auto (Opened) opened = { 0 };
  g_autofree char *staging = g_build_filename (dir, "restoring", NULL);
  g_autofree char *missing = g_build_filename (staging, MISSING_FILE, NULL);
  g_autofree char *lock_path = g_build_filename (dir, SL_STORE_LOCK_FILE, NULL);
  g_auto (SlReplaced) replaced = { 0 };
  *out = (SlRestoreResult){ 0 };
  if (g_mkdir_with_parents (dir, 0700) != 0)
    return fail_with_errno (error, "creating", dir);
  remove_staging (staging); /* left by a power cut */
  gboolean done = unpack (dir, file, phrase, staging, &opened, error);
  out->made_ms = opened.made_ms;
  if (done)
    sl_replaced_look (dir, world, &opened.identity, staging, missing, &replaced);
  opened.identity.sealed = done && is_sealed (dir);
  int lock = done ? open (lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
  if (done && (lock < 0 || flock (lock, LOCK_EX) != 0))
    done = fail_with_errno (error, "locking", lock_path);
  done = done && swap_in (dir, staging, world, &opened, out, error);
  if (lock >= 0)
    (void) close (lock); /* lets go: what follows takes it anew */
  remove_staging (staging);
  return done && go_on (dir, world, &replaced, out, error);
}
