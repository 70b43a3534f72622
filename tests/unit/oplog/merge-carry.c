/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-merge-carry"

#include "merge-world.h"

#include <glib/gstdio.h>
#include <string.h>

#include "core/datetime.h"
#include "oplog/fence-private.h"
#include "oplog/prune.h"
#include "oplog/snapshot.h"
#include "oplog/sync-file.h"

/* How operations get about, and what becomes of machines. The lemma is asked before and after whatever one hears. */

/* merge_file: see the header. */
char *
merge_file (MergeWorld *world)
{
  g_autofree char *name = g_strdup_printf ("file-%u", world->files++);
  return g_build_filename (world->dir->path, name, NULL);
}

static void
check_quarantined (MergeWorld *world, MergeDevice *to, const SlImportResult *result)
{
  for (guint i = 0; i < result->quarantined->len; i++)
    {
      const SlQuarantined *one = &g_array_index (result->quarantined, SlQuarantined, i);
      if (g_str_equal (one->reason, "no_rights") /* it waits for what justifies it */
          || (world->options->storm && (g_str_equal (one->reason, "revoked") || g_str_equal (one->reason, "fork")))
          /* a piece of another history, without its beginning: it can as well be a changed one of the first */
          || (world->has_clones && g_str_equal (one->reason, "bad_signature")))
        continue;
      merge_violate (world, "device %u quarantines operation %d of %s: %s", to->index, (int) one->seq,
                     merge_name (&one->replica), one->reason);
    }
}

/* merge_take: reads a file; nobody's operations in it may lessen what the reader may spend. */
gboolean
merge_take (MergeWorld *world, MergeDevice *to, const char *file, gboolean segments)
{
  g_autoptr (GError) error = NULL;
  g_auto (SlImportResult) result = { 0 };
  if (!merge_runs (to) || world->violation != NULL)
    return FALSE;
  MergeSpend *before = merge_spend_new (world, to);
  world->imports++;
  if (segments ? sl_sync_import (to->d.log, file, &result, &error)
               : sl_oplog_import (to->d.log, file, &result, &error))
    {
      merge_tell (world, "  device %u takes %d new operations, %d wait", to->index, (int) result.new_operations,
                  (int) result.waiting);
      check_quarantined (world, to, &result);
      merge_spend_check (world, to, before);
    }
  else
    merge_violate (world, "device %u cannot read: %s", to->index, error->message);
  merge_spend_free (before);
  merge_check (world, to);
  return world->violation == NULL;
}

static gboolean
write_log (MergeWorld *world, MergeDevice *from, const char *file, GHashTable *since, gboolean segments)
{
  g_autoptr (GError) error = NULL;
  SlExportResult lines;
  SlSyncWritten written;
  if (segments ? sl_sync_export (from->d.log, file, since, &written, &error)
               : sl_oplog_export (from->d.log, file, since, FALSE, &lines, &error))
    return TRUE;
  merge_violate (world, "device %u cannot write: %s", from->index, error->message);
  return FALSE;
}

/* merge_give: all that from holds. */
gboolean
merge_give (MergeWorld *world, MergeDevice *from, MergeDevice *to, gboolean segments)
{
  g_autofree char *file = merge_file (world);
  gboolean given = write_log (world, from, file, NULL, segments) && merge_take (world, to, file, segments);
  (void) g_unlink (file);
  return given;
}

static MergeDevice *
pick_other (MergeWorld *world, MergeDevice *device, guint32 r)
{
  for (guint i = 0; i < world->n_devices; i++)
    {
      MergeDevice *other = &world->devices[(r + i) % world->n_devices];
      if (other != device && merge_runs (other))
        return other;
    }
  return NULL;
}

static void
do_whole (MergeWorld *world, MergeDevice *device, const guint32 *r)
{
  MergeDevice *to = pick_other (world, device, r[0]);
  if (to != NULL)
    (void) merge_give (world, device, to, r[1] % 2 == 1);
}

/* --- pieces --- */

static gboolean
line_place (const char *line, const char *replica, guint64 *out_seq)
{
  const char *seq = strstr (line, "\"seq\":"), *id = strstr (line, "\"replica\":\"");
  *out_seq = seq != NULL ? g_ascii_strtoull (seq + strlen ("\"seq\":"), NULL, 10) : 0;
  return seq != NULL && id != NULL && g_str_has_prefix (id + strlen ("\"replica\":\""), replica);
}

static guint64
head_of (MergeDevice *device, const SlId *replica)
{
  g_autoptr (GArray) chains = sl_oplog_chains (device->d.log, NULL);
  for (guint i = 0; chains != NULL && i < chains->len; i++)
    if (sl_id_equal (&g_array_index (chains, SlChainInfo, i).replica, replica))
      return g_array_index (chains, SlChainInfo, i).head_seq;
  return 0;
}

/* A chain of which from has more than to; FALSE: there is none. */
static gboolean
pick_news (MergeDevice *from, MergeDevice *to, guint32 r, SlId *out, guint64 *out_known, guint64 *out_head)
{
  g_autoptr (GArray) chains = sl_oplog_chains (from->d.log, NULL);
  for (guint i = 0; chains != NULL && i < chains->len; i++)
    {
      const SlChainInfo *chain = &g_array_index (chains, SlChainInfo, (r + i) % chains->len);
      *out = chain->replica;
      *out_known = head_of (to, &chain->replica);
      *out_head = chain->head_seq;
      if (*out_head > *out_known)
        return TRUE;
    }
  return FALSE;
}

/* The next few operations of one chain, to a head that its device has signed: often one alone. */
static void
give_next (MergeWorld *world, MergeDevice *from, MergeDevice *to, guint32 r)
{
  char replica[SL_ID_TEXT_BYTES];
  SlId chain;
  guint64 known, head, last = 0, seq;
  if (!pick_news (from, to, r, &chain, &known, &head))
    return;
  g_autofree char *file = merge_file (world);
  if (!write_log (world, from, file, NULL, FALSE))
    return;
  g_auto (GStrv) lines = read_lines (file);
  g_autoptr (GString) part = g_string_new (NULL);
  sl_id_format (&chain, replica);
  for (guint i = 0; lines[i] != NULL; i++)
    if (strstr (lines[i], "\"type\":\"head\"") != NULL && line_place (lines[i], replica, &seq) && seq > known
        && (last == 0 || seq < last))
      last = seq;
  for (guint i = 0; lines[i] != NULL; i++)
    {
      gboolean about = line_place (lines[i], replica, &seq);
      if (seq == 0 || (about && seq > known && seq <= last))
        g_string_append_printf (part, "%s\n", lines[i]);
    }
  g_assert_true (g_file_set_contents (file, part->str, -1, NULL));
  merge_tell (world, "  operations %d to %d of %s for device %u", (int) known + 1, (int) last, merge_name (&chain),
              to->index);
  (void) merge_take (world, to, file, FALSE);
  (void) g_unlink (file);
}

static void
do_next (MergeWorld *world, MergeDevice *device, const guint32 *r)
{
  MergeDevice *to = pick_other (world, device, r[0]);
  for (guint i = 0; to != NULL && i < 1 + r[2] % 6 && world->violation == NULL; i++)
    give_next (world, device, to, r[1] + i * 7);
}

static void
shuffle_lines (char **lines, guint32 r)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (r);
  for (guint i = g_strv_length (lines); i > 2; i--)
    {
      guint j = (guint) g_rand_int_range (random, 1, (gint32) i);
      char *kept = lines[i - 1];
      lines[i - 1] = lines[j];
      lines[j] = kept;
    }
}

/* Some of the lines, some twice, in any order. */
static void
do_torn (MergeWorld *world, MergeDevice *device, const guint32 *r)
{
  MergeDevice *to = pick_other (world, device, r[0]);
  g_autofree char *file = merge_file (world);
  if (to == NULL || !write_log (world, device, file, NULL, FALSE))
    return;
  g_auto (GStrv) lines = read_lines (file);
  g_autoptr (GString) part = g_string_new (NULL);
  g_autoptr (GRand) random = g_rand_new_with_seed (r[1]);
  shuffle_lines (lines, r[2]);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      guint chance = i == 0 ? 7 : (guint) g_rand_int_range (random, 0, 8); /* the first says whose log it is */
      for (guint n = chance == 0 ? 0 : chance == 1 ? 2 : 1; n > 0; n--)
        g_string_append_printf (part, "%s\n", lines[i]);
    }
  g_assert_true (g_file_set_contents (file, part->str, -1, NULL));
  (void) merge_take (world, to, file, FALSE);
  (void) g_unlink (file);
}

/* A file that is read later, and again. */
static void
do_pile (MergeWorld *world, MergeDevice *device, const guint32 *r)
{
  guint at = r[0] % MERGE_PILES;
  if (world->piles[at] != NULL && r[1] % 3 != 0)
    {
      (void) merge_take (world, device, world->piles[at], at % 2 == 1);
      return;
    }
  g_autofree char *file = merge_file (world);
  if (!write_log (world, device, file, NULL, at % 2 == 1))
    return;
  g_free (world->piles[at]);
  world->piles[at] = g_steal_pointer (&file);
}

/* --- snapshots --- */

static void
do_snapshot (MergeWorld *world, MergeDevice *device, const guint32 *r)
{
  MergeDevice *to = pick_other (world, device, r[0]);
  g_autofree char *file = merge_file (world);
  g_autoptr (GError) error = NULL;
  g_auto (SlSnapshotInfo) info = { 0 };
  gboolean loaded = FALSE;
  if (to == NULL)
    return;
  if (!sl_oplog_snapshot (device->d.log, file, &info, &error))
    {
      if (strstr (error->message, "acknowledged") == NULL) /* nobody has said yet that they hold anything */
        merge_violate (world, "device %u makes no snapshot: %s", device->index, error->message);
      return;
    }
  MergeSpend *before = merge_spend_new (world, to);
  if (!sl_oplog_load_snapshot (to->d.log, file, &loaded, &error)
      && strstr (error->message, "unknown_device") == NULL) /* its maker has not been heard of */
    merge_violate (world, "device %u does not load a snapshot: %s", to->index, error->message);
  merge_tell (world, "  of %d operations, %s by device %u", (int) info.operations,
              loaded ? "loaded" : "left alone", to->index);
  merge_spend_check (world, to, before);
  merge_spend_free (before);
  merge_check (world, to);
  (void) g_unlink (file);
}

static void
say_seen (MergeWorld *world, MergeDevice *device)
{
  GError *error = NULL;
  if (!merge_runs (device) || !merge_begin (world, device))
    return;
  gboolean written = sl_op_device_seen (device->d.log, &error);
  merge_end (world, device, written, error);
}

/* Everybody hears everybody and says so, after the last invitation has run out: then a log can be folded. */
static void
do_fold (MergeWorld *world, MergeDevice *device, const guint32 *r)
{
  g_autoptr (GError) error = NULL;
  SlPruneResult result;
  for (guint i = 0; i < world->n_devices && r[0] % 2 == 0; i++)
    world->devices[i].d.world.now_ms += (SL_FOLD_AGE_DAYS + 1) * SL_DAY_MS;
  for (guint round = 0; round < 2 && r[1] % 3 != 0; round++)
    for (guint i = 0; i < world->n_devices && world->violation == NULL; i++)
      {
        MergeDevice *other = &world->devices[(i + r[2]) % world->n_devices];
        if (other == device || !merge_runs (other))
          continue;
        (void) merge_give (world, device, other, FALSE);
        say_seen (world, other);
        (void) merge_give (world, other, device, TRUE);
      }
  if (world->violation != NULL)
    return;
  if (!sl_oplog_prune (device->d.log, 1, &result, &error))
    {
      if (!g_error_matches (error, SL_ERROR, SL_ERROR_REVOKED))
        merge_violate (world, "device %u does not fold its log: %s", device->index, error->message);
      return;
    }
  merge_tell (world, "  %d operations", (int) result.operations);
}

/* --- machines --- */

static void
do_restart (MergeWorld *world, MergeDevice *device, const guint32 *r)
{
  device_close (&device->d);
  device_open (&device->d);
  (void) merge_opened (world, device);
}

static void
do_verify (MergeWorld *world, MergeDevice *device, const guint32 *r)
{
  merge_check_verify (world, device);
}

/* What is kept in memory between operations is what the rows say. */
static void
do_recount (MergeWorld *world, MergeDevice *device, const guint32 *r)
{
  if (!merge_begin (world, device))
    return;
  MergeSpend *remembered = merge_spend_new (world, device);
  merge_end (world, device, TRUE, NULL);
  merge_spend_check (world, device, remembered);
  MergeSpend *counted = merge_spend_new (world, device);
  if (!merge_begin (world, device))
    {
      merge_spend_free (remembered);
      merge_spend_free (counted);
      return;
    }
  merge_spend_check (world, device, counted);
  merge_end (world, device, TRUE, NULL);
  merge_spend_free (remembered);
  merge_spend_free (counted);
}

static void
do_join (MergeWorld *world, MergeDevice *device, const guint32 *r)
{
  gboolean writes = world->n_devices < MERGE_DEVICES_JOIN && merge_begin (world, device);
  if (!writes)
    return;
  sl_oplog_rollback (device->d.log);
  MergeDevice *joined = merge_add_device (world);
  device_join (&joined->d, &device->d, &world->location, G_GUINT64_CONSTANT (1000000) + r[0]);
  (void) merge_opened (world, joined);
  merge_tell (world, "  device %u joins as %s", joined->index, merge_name (sl_oplog_get_replica (joined->d.log)));
}

static guint
sound_devices (MergeWorld *world)
{
  guint n = 0;
  for (guint i = 0; i < world->n_devices; i++)
    n += merge_runs (&world->devices[i]) && sl_fence_check_standing (world->devices[i].d.log, NULL);
  return n;
}

static void
do_burn (MergeWorld *world, MergeDevice *device, const guint32 *r)
{
  if (sound_devices (world) <= 2)
    return;
  device_close (&device->d);
  device->gone = TRUE;
}

static void
do_revoke (MergeWorld *world, MergeDevice *device, const guint32 *r)
{
  GError *error = NULL;
  gboolean revoked = FALSE;
  if (sound_devices (world) <= 2 || !merge_begin (world, device))
    return;
  SlOplog *log = device->d.log;
  SlId which = sl_id_none;
  g_autoptr (GArray) chains = sl_oplog_chains (log, NULL);
  for (guint i = 0; i < chains->len; i++)
    if (!g_array_index (chains, SlChainInfo, (i + r[1]) % chains->len).own)
      which = g_array_index (chains, SlChainInfo, (i + r[1]) % chains->len).replica;
  gboolean written = sl_id_is_none (&which) || sl_fence_is_revoked (log, &which, &revoked, &error);
  if (written && !revoked && !sl_id_is_none (&which))
    {
      written = sl_op_device_revoke (log, &which, FALSE, "stolen", &error);
      merge_tell (world, "  %s", merge_name (&which));
    }
  merge_end (world, device, written, error);
}

static const char *const contents[] = { SL_STORE_FILE, SL_STORE_FILE "-wal", "identity", "mark" };

static void
copy_files (const char *from, const char *to, gboolean with_identity)
{
  for (guint i = 0; i < G_N_ELEMENTS (contents); i++)
    {
      g_autofree char *source = g_build_filename (from, contents[i], NULL), *data = NULL;
      g_autofree char *target = g_build_filename (to, contents[i], NULL);
      gsize length;
      if (!with_identity && i > 1)
        continue;
      (void) g_unlink (target);
      if (g_file_get_contents (source, &data, &length, NULL))
        g_assert_true (g_file_set_contents_full (target, data, (gssize) length, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    }
}

static MergeDevice *
copy_machine (MergeWorld *world, MergeDevice *device, guint64 seed)
{
  MergeDevice *copy = merge_add_device (world);
  if (copy == NULL)
    return NULL;
  device_close (&device->d);
  copy->d.temporary = sl_temp_dir_new ();
  copy->d.dir = copy->d.temporary->path;
  copy_files (device->d.dir, copy->d.dir, TRUE);
  sl_fake_world_init (&copy->d.world, device->d.world.now_ms, seed);
  device_open (&device->d);
  (void) merge_opened (world, device);
  return copy;
}

/* Another machine gets the disk's files, and finds that it is not the one that they are of. */
static void
do_copy (MergeWorld *world, MergeDevice *device, const guint32 *r)
{
  MergeDevice *copy = copy_machine (world, device, G_GUINT64_CONSTANT (2000000) + r[0]);
  if (copy == NULL)
    return;
  device_open (&copy->d);
  (void) merge_opened (world, copy);
  merge_tell (world, "  into device %u", copy->index);
}

/* The same, and nothing tells the two apart: only what they write does. */
static void
do_clone (MergeWorld *world, MergeDevice *device, const guint32 *r)
{
  g_auto (SlIdentity) identity = { 0 };
  g_autoptr (GError) error = NULL;
  MergeDevice *clone = copy_machine (world, device, G_GUINT64_CONSTANT (3000000) + r[0]);
  if (clone == NULL)
    return;
  g_assert_true (sl_identity_read (clone->d.dir, &identity, &error));
  g_assert_true (sl_identity_write (clone->d.dir, &identity, &error));
  device_open (&clone->d);
  (void) merge_opened (world, clone);
  world->has_clones = TRUE;
  merge_tell (world, "  as device %u", clone->index);
}

/* The database's files are kept, and put back later behind the program's back. */
static void
do_put_back (MergeWorld *world, MergeDevice *device, const guint32 *r)
{
  device_close (&device->d);
  if (device->kept == NULL || r[0] % 3 == 0)
    {
      g_clear_pointer (&device->kept, sl_temp_dir_free);
      device->kept = sl_temp_dir_new ();
      copy_files (device->d.dir, device->kept->path, FALSE);
      merge_tell (world, "  kept for later");
    }
  else
    {
      g_autofree char *shm = g_build_filename (device->d.dir, SL_STORE_FILE "-shm", NULL);
      (void) g_unlink (shm);
      copy_files (device->kept->path, device->d.dir, FALSE);
    }
  device_open (&device->d);
  (void) merge_opened (world, device);
}

/* clang-format off */
const MergeKind merge_carriers[] = {
  { "whole", 12, MERGE_CALM | MERGE_STORM, do_whole },
  { "next", 16, MERGE_CALM | MERGE_STORM, do_next },
  { "torn", 8, MERGE_CALM | MERGE_STORM, do_torn },
  { "pile", 8, MERGE_CALM | MERGE_STORM, do_pile },
  { "snapshot", 3, MERGE_CALM | MERGE_STORM, do_snapshot },
  { "fold", 2, MERGE_CALM | MERGE_STORM, do_fold },
  { "restart", 2, MERGE_CALM | MERGE_STORM, do_restart },
  { "verify", 1, MERGE_CALM | MERGE_STORM, do_verify },
  { "recount", 3, MERGE_CALM | MERGE_STORM, do_recount },
  { "join", 2, MERGE_CALM | MERGE_STORM, do_join },
  { "burn", 1, MERGE_STORM, do_burn },
  { "revoke", 2, MERGE_STORM, do_revoke },
  { "copy", 1, MERGE_STORM, do_copy },
  { "clone", 1, MERGE_STORM, do_clone },
  { "put_back", 3, MERGE_STORM, do_put_back },
  { NULL, 0, 0, NULL },
};
/* clang-format on */
