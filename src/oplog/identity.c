/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-identity"

#include "oplog/oplog-private.h"

#include "oplog/device-secret.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

/* Who this device is lives outside the database, so that a copied or restored database is noticed: DIR/identity holds
 * the key and names the machine, the file system and its own inode; DIR/mark says how far the chain had come. */

#define IDENTITY_FILE "identity"
#define MARK_FILE "mark"
#define XFS_MAGIC 0x58465342 /* its file system id is the device's number, which may change from boot to boot */
#define GROUP "device"
#define SEED_BYTES 32
#define MARK_CHECK_BYTES 8
#define MARK_BYTES (8 + SL_HASH_BYTES + MARK_CHECK_BYTES)

/* sl_identity_clear: wipes the keys. */
void
sl_identity_clear (SlIdentity *identity)
{
  sl_sign_key_clear (&identity->key);
  sl_sign_key_clear (&identity->predecessor_key);
  g_clear_pointer (&identity->place, g_free);
  g_clear_pointer (&identity->also_gone, g_array_unref);
}

/* sl_identity_exists: whether the directory belongs to a device. */
gboolean
sl_identity_exists (const char *dir)
{
  g_autofree char *path = g_build_filename (dir, IDENTITY_FILE, NULL);
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static gboolean
fail_with_errno (GError **error, const char *what, const char *path)
{
  int saved = errno;
  SlErrorCode code = saved == ENOSPC || saved == EDQUOT                    ? SL_ERROR_DISK_FULL
                     : saved == EROFS || saved == EACCES || saved == EPERM ? SL_ERROR_READ_ONLY
                                                                           : SL_ERROR_STORAGE;
  g_set_error (error, SL_ERROR, code, "%s %s: %s", what, path, g_strerror (saved));
  return FALSE;
}

/* The place that an open identity file is at. A copy of it has another inode, a copy of the disk another machine. */
static char *
describe_place (int fd)
{
  struct stat status;
  struct statfs system;
  g_autofree char *machine = NULL;
  SlHasher hasher;
  SlHash hash;
  if (fstat (fd, &status) != 0 || fstatfs (fd, &system) != 0)
    return NULL;
  sl_hasher_init (&hasher, "studioloop place v1");
  if (g_file_get_contents ("/etc/machine-id", &machine, NULL, NULL))
    sl_hasher_add_sized (&hasher, g_strstrip (machine), strlen (machine));
  if (system.f_type != XFS_MAGIC)
    sl_hasher_add (&hasher, &system.f_fsid, sizeof system.f_fsid);
  sl_hasher_add_u64 (&hasher, status.st_ino);
  sl_hasher_finish (&hasher, &hash);
  return g_base64_encode (hash.bytes, 16);
}

static void
put_also_gone (const SlIdentity *identity, GKeyFile *file)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; identity->also_gone != NULL && i < identity->also_gone->len; i++)
    {
      char text[SL_ID_TEXT_BYTES];
      g_ptr_array_add (texts, g_strdup (sl_id_format (&g_array_index (identity->also_gone, SlId, i), text)));
    }
  if (texts->len > 0)
    g_key_file_set_string_list (file, GROUP, "also_gone", (const char *const *) texts->pdata, texts->len);
}

static void
read_also_gone (GKeyFile *file, SlIdentity *out)
{
  g_auto (GStrv) texts = g_key_file_get_string_list (file, GROUP, "also_gone", NULL, NULL);
  for (char **text = texts; text != NULL && *text != NULL; text++)
    {
      SlId id;
      if (out->also_gone == NULL)
        out->also_gone = g_array_new (FALSE, FALSE, sizeof (SlId));
      if (sl_id_parse (*text, &id))
        g_array_append_val (out->also_gone, id);
    }
}

/* Plainly, or in a box for the machine's secret (nullable). */
static void
put_seed (GKeyFile *file, const char *name, const SlSignKey *key, const SlSignKey *secret)
{
  g_autoptr (GBytes) box = secret != NULL ? sl_box_seal (secret->public_key, key->secret_key, SEED_BYTES) : NULL;
  g_autofree char *text = box != NULL ? g_base64_encode (g_bytes_get_data (box, NULL), g_bytes_get_size (box))
                                      : g_base64_encode (key->secret_key, SEED_BYTES);
  g_autofree char *named = g_strconcat (box != NULL ? "sealed_" : "", name, NULL);
  g_key_file_set_string (file, GROUP, named, text);
  sodium_memzero (text, strlen (text));
}

/* secret: (nullable): the seeds go under it. */
static char *
identity_text (const SlIdentity *identity, const char *place, const SlSignKey *secret)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  char organisation[SL_ID_TEXT_BYTES], replica[SL_ID_TEXT_BYTES], predecessor[SL_ID_TEXT_BYTES];
  g_key_file_set_comment (file, NULL, NULL,
                          " This device's secret key: never copy or publish it. Backups are made with the program.",
                          NULL);
  g_key_file_set_string (file, GROUP, "organisation", sl_id_format (&identity->organisation, organisation));
  g_key_file_set_string (file, GROUP, "replica", sl_id_format (&identity->replica, replica));
  put_seed (file, "seed", &identity->key, secret);
  g_key_file_set_string (file, GROUP, "place", place);
  if (identity->has_predecessor)
    {
      g_key_file_set_string (file, GROUP, "predecessor", sl_id_format (&identity->predecessor, predecessor));
      put_seed (file, "predecessor_seed", &identity->predecessor_key, secret);
      g_key_file_set_boolean (file, GROUP, "predecessor_lives", identity->predecessor_lives);
      put_also_gone (identity, file);
    }
  return g_key_file_to_data (file, NULL, NULL);
}

static gboolean
write_all (int fd, const char *text)
{
  gsize length = strlen (text), done = 0;
  while (done < length)
    {
      gssize n = write (fd, text + done, length - done);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      done += (gsize) n;
    }
  return fsync (fd) == 0;
}

static gboolean
sync_directory (const char *dir)
{
  int fd = open (dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean synced = fd >= 0 && fsync (fd) == 0;
  if (fd >= 0)
    (void) close (fd);
  return synced;
}

/* sl_identity_write: replaces DIR/identity in one step, on disk when it returns; mode 0600. The file describes the
 * place where it is written. One that is sealed stays so. */
gboolean
sl_identity_write (const char *dir, SlIdentity *identity, GError **error)
{
  g_auto (SlSignKey) secret = { 0 };
  if (identity->sealed && !sl_device_secret_read (&secret, error))
    return FALSE;
  g_autofree char *path = g_build_filename (dir, IDENTITY_FILE, NULL);
  g_autofree char *temporary = g_strconcat (path, ".new", NULL);
  (void) unlink (temporary); /* left by a power cut */
  int fd = open (temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0)
    return fail_with_errno (error, "creating", temporary);
  g_autofree char *place = describe_place (fd);
  g_autofree char *text = place != NULL ? identity_text (identity, place, identity->sealed ? &secret : NULL) : NULL;
  gboolean written = text != NULL && write_all (fd, text) && rename (temporary, path) == 0 && sync_directory (dir);
  if (!written)
    (void) fail_with_errno (error, "writing", path);
  if (text != NULL)
    sodium_memzero (text, strlen (text));
  (void) close (fd);
  if (!written)
    {
      (void) unlink (temporary);
      return FALSE;
    }
  g_free (identity->place);
  identity->place = g_steal_pointer (&place);
  identity->elsewhere = FALSE;
  return TRUE;
}

static gboolean
read_key (GKeyFile *file, const char *name, SlSignKey *out)
{
  gsize length = 0;
  g_autofree char *text = g_key_file_get_string (file, GROUP, name, NULL);
  g_autofree guint8 *seed = text != NULL ? g_base64_decode (text, &length) : NULL;
  gboolean good = seed != NULL && length == SEED_BYTES && sl_sign_key_from_seed (seed, out);
  if (seed != NULL)
    sodium_memzero (seed, length);
  if (text != NULL)
    sodium_memzero (text, strlen (text));
  return good;
}

/* CORRUPT where there is none, or it is no key; READ_ONLY where it does not open with what this process was given. */
static gboolean
take_key (GKeyFile *file, const char *path, const char *name, SlSignKey *out, gboolean *inout_sealed, GError **error)
{
  g_auto (SlSignKey) secret = { 0 };
  g_autofree char *named = g_strconcat ("sealed_", name, NULL);
  g_autofree char *text = g_key_file_get_string (file, GROUP, named, NULL);
  gsize length = 0;
  if (text == NULL && read_key (file, name, out))
    return TRUE;
  if (text == NULL)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_CORRUPT, "%s is damaged", path);
      return FALSE;
    }
  if (!sl_device_secret_read (&secret, error))
    return FALSE;
  g_autofree guint8 *box = g_base64_decode (text, &length);
  g_autoptr (GBytes) seed = sl_box_open (&secret, box, length);
  *inout_sealed = TRUE;
  if (seed != NULL && g_bytes_get_size (seed) == SEED_BYTES
      && sl_sign_key_from_seed (g_bytes_get_data (seed, NULL), out))
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_READ_ONLY, "%s does not open with the credential " SL_DEVICE_CREDENTIAL, path);
  return FALSE;
}

static gboolean
read_id (GKeyFile *file, const char *name, SlId *out)
{
  g_autofree char *text = g_key_file_get_string (file, GROUP, name, NULL);
  return text != NULL && sl_id_parse (text, out);
}

/* sl_identity_read: DIR/identity; NO_STUDIO where there is none, CORRUPT where it is damaged, READ_ONLY where it is
 * sealed to a secret that this process was not given. */
gboolean
sl_identity_read (const char *dir, SlIdentity *out, GError **error)
{
  g_autofree char *path = g_build_filename (dir, IDENTITY_FILE, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GKeyFile) file = g_key_file_new ();
  gsize length;
  *out = (SlIdentity){ 0 };
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_NO_STUDIO, "%s holds no studio", dir);
      return FALSE;
    }
  if (fd < 0)
    return fail_with_errno (error, "opening", path);
  g_autofree char *here = describe_place (fd);
  (void) close (fd);
  if (!g_file_get_contents (path, &text, &length, NULL)
      || !g_key_file_load_from_data (file, text, length, G_KEY_FILE_NONE, NULL)
      || !read_id (file, "organisation", &out->organisation) || !read_id (file, "replica", &out->replica))
    {
      g_set_error (error, SL_ERROR, SL_ERROR_CORRUPT, "%s is damaged", path);
      return FALSE;
    }
  if (!take_key (file, path, "seed", &out->key, &out->sealed, error))
    return FALSE;
  sodium_memzero (text, length);
  out->has_predecessor = read_id (file, "predecessor", &out->predecessor)
                         && take_key (file, path, "predecessor_seed", &out->predecessor_key, &out->sealed, NULL);
  out->predecessor_lives = g_key_file_get_boolean (file, GROUP, "predecessor_lives", NULL);
  read_also_gone (file, out);
  out->place = g_key_file_get_string (file, GROUP, "place", NULL);
  out->elsewhere = here != NULL && g_strcmp0 (here, out->place) != 0;
  return TRUE;
}

/* sl_identity_succeed: a new key and id that go on for this identity, written to DIR before anything is signed with
 * them. */
gboolean
sl_identity_succeed (SlIdentity *identity, SlWorld *world, const char *dir, GError **error)
{
  SlSignKey old_key = identity->key;
  SlIdentity next = { .organisation = identity->organisation,
                      .has_predecessor = TRUE,
                      .predecessor = identity->replica,
                      .predecessor_key = old_key,
                      .predecessor_lives = identity->elsewhere,
                      .sealed = identity->sealed };
  sl_sign_key_new (world, &next.key);
  sl_replica_from_key (next.key.public_key, &next.replica);
  sl_sign_key_clear (&old_key);
  if (!sl_identity_write (dir, &next, error))
    {
      sl_identity_clear (&next);
      return FALSE;
    }
  sl_identity_clear (identity);
  *identity = next;
  return TRUE;
}

/* sl_identity_start_over: as sl_identity_succeed(), where this identity goes on for another one itself and wrote
 * something that is not here any more (its database was put back): a new key and id for the same predecessor. */
gboolean
sl_identity_start_over (SlIdentity *identity, SlWorld *world, const char *dir, GError **error)
{
  SlIdentity next = { .organisation = identity->organisation,
                      .has_predecessor = TRUE,
                      .predecessor = identity->predecessor,
                      .predecessor_key = identity->predecessor_key,
                      .predecessor_lives = identity->predecessor_lives || identity->elsewhere,
                      .sealed = identity->sealed,
                      .also_gone = g_array_new (FALSE, FALSE, sizeof (SlId)) };
  if (identity->also_gone != NULL)
    g_array_append_vals (next.also_gone, identity->also_gone->data, identity->also_gone->len);
  if (!identity->elsewhere)
    g_array_append_val (next.also_gone, identity->replica);
  sl_sign_key_new (world, &next.key);
  sl_replica_from_key (next.key.public_key, &next.replica);
  if (!sl_identity_write (dir, &next, error))
    {
      sl_identity_clear (&next);
      return FALSE;
    }
  sl_identity_clear (identity);
  *identity = next;
  return TRUE;
}

/* Where the old file stood nothing of it is left. */
static void
overwrite (int fd)
{
  static const char zeros[4096]; /* the seeds stand in front */
  struct stat status;
  if (fd >= 0 && fstat (fd, &status) == 0 && pwrite (fd, zeros, MIN ((gsize) status.st_size, sizeof zeros), 0) > 0)
    (void) fsync (fd);
}

/**
 * sl_oplog_seal_identity:
 * @log: a log, not inside a transaction
 * @sealed: whether the device's key shall lie under the machine's credential, or plainly in a file of mode 0600
 * @error: return location: READ_ONLY: this process was given no credential; BAD_INPUT: it is no secret
 *
 * The file is written anew and what stood there is overwritten. From then on every process needs the credential. On
 * disk when it returns.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_oplog_seal_identity (SlOplog *log, gboolean sealed, GError **error)
{
  g_return_val_if_fail (log != NULL, FALSE);

  if (!sl_oplog_begin (log, &sl_actor_owner, error)) /* a copy has become a device of its own now */
    return FALSE;
  g_autofree char *path = g_build_filename (sl_store_get_dir (log->store), IDENTITY_FILE, NULL);
  gboolean before = log->identity.sealed;
  int old = open (path, O_RDWR | O_CLOEXEC);
  log->identity.sealed = sealed;
  gboolean written = sl_identity_write (sl_store_get_dir (log->store), &log->identity, error);
  if (written && before != sealed)
    overwrite (old);
  if (old >= 0)
    (void) close (old);
  if (written)
    return sl_oplog_commit (log, error);
  log->identity.sealed = before;
  sl_oplog_rollback (log);
  return FALSE;
}

/* --- the mark --- */

static void
check_mark (const guint8 *record, guint8 out[MARK_CHECK_BYTES])
{
  SlHasher hasher;
  SlHash hash;
  sl_hasher_init (&hasher, "studioloop mark v1");
  sl_hasher_add (&hasher, record, 8 + SL_HASH_BYTES);
  sl_hasher_finish (&hasher, &hash);
  memcpy (out, hash.bytes, MARK_CHECK_BYTES);
}

/* sl_mark_open: read-only where the directory is. */
gboolean
sl_mark_open (SlMark *mark, const char *dir, GError **error)
{
  g_autofree char *path = g_build_filename (dir, MARK_FILE, NULL);
  mark->unsynced = FALSE;
  mark->fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (mark->fd < 0 && (errno == EROFS || errno == EACCES || errno == EPERM))
    {
      mark->fd = open (path, O_RDONLY | O_CLOEXEC);
      return TRUE;
    }
  return mark->fd >= 0 || fail_with_errno (error, "opening", path);
}

/* sl_mark_close: syncs it first. */
void
sl_mark_close (SlMark *mark)
{
  sl_mark_sync (mark);
  if (mark->fd >= 0)
    (void) close (mark->fd);
  mark->fd = -1;
}

/* sl_mark_read: FALSE: none yet, or torn by a power cut. */
gboolean
sl_mark_read (SlMark *mark, guint64 *out_seq, SlHash *out_hash)
{
  guint8 record[MARK_BYTES], check[MARK_CHECK_BYTES];
  guint64 seq;
  if (mark->fd < 0 || pread (mark->fd, record, MARK_BYTES, 0) != MARK_BYTES)
    return FALSE;
  check_mark (record, check);
  if (memcmp (check, record + 8 + SL_HASH_BYTES, MARK_CHECK_BYTES) != 0)
    return FALSE;
  memcpy (&seq, record, 8);
  *out_seq = GUINT64_FROM_BE (seq);
  memcpy (out_hash->bytes, record + 8, SL_HASH_BYTES);
  return TRUE;
}

/* sl_mark_write: in the page cache when it returns: a mark that is a moment behind only looks like a crash. */
gboolean
sl_mark_write (SlMark *mark, guint64 seq, const SlHash *hash, GError **error)
{
  guint8 record[MARK_BYTES];
  guint64 big = GUINT64_TO_BE (seq);
  memcpy (record, &big, 8);
  memcpy (record + 8, hash->bytes, SL_HASH_BYTES);
  check_mark (record, record + 8 + SL_HASH_BYTES);
  if (pwrite (mark->fd, record, MARK_BYTES, 0) != MARK_BYTES)
    return fail_with_errno (error, "writing", MARK_FILE);
  mark->unsynced = TRUE;
  return TRUE;
}

/* sl_mark_sync: at leisure: within a second where a program stays, at its end where it does not. */
void
sl_mark_sync (SlMark *mark)
{
  if (mark->fd >= 0 && mark->unsynced)
    (void) fdatasync (mark->fd);
  mark->unsynced = FALSE;
}

/* sl_mark_clear: a new identity has written nothing yet. */
gboolean
sl_mark_clear (SlMark *mark, GError **error)
{
  if (mark->fd >= 0 && (ftruncate (mark->fd, 0) != 0 || fdatasync (mark->fd) != 0))
    return fail_with_errno (error, "clearing", MARK_FILE);
  mark->unsynced = FALSE;
  return TRUE;
}
