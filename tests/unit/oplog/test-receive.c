/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/error.h"
#include "oplog-fixture.h"
#include "oplog/oplog-private.h"
#include "oplog/receive.h"
#include "oplog/sync-file.h"

#define SEGMENTS 6 /* of what comes: a bulk batch would take them all at once */

typedef struct {
  Device a, b;
  SlId location, session, member;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  device_found (&f->a, &f->location);
  make_member (&f->a, "Thandi", &f->member);
  make_session (&f->a, &f->location, 10, &f->session);
  device_join (&f->b, &f->a, &f->location, 2);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  device_clear (&f->a);
  device_clear (&f->b);
}

/* So many small operations in one transaction. */
static void
work (Device *device, const Fixture *f, guint n)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_oplog_begin (device->log, &sl_actor_owner, &error));
  for (guint i = 0; i < n; i++)
    {
      SlCheckinParams params = { .session_id = f->session, .member_id = f->member };
      SlId id;
      g_assert_true (sl_op_checkin (device->log, &params, &id, &error));
    }
  g_assert_true (sl_oplog_commit (device->log, &error));
}

/* --- another program on b's directory, whose command comes while b takes in what a did --- */

typedef struct {
  Fixture *f;
  char *bytes; /* the stick's */
  gsize length, at;
  guint64 before; /* of a's operations, that b holds */
  GThread *desk;  /* (nullable): the command, once it has been given */
} Import;

static guint64
held_of (SlOplog *log, const SlId *replica)
{
  g_autoptr (GArray) chains = sl_oplog_chains (log, NULL);
  for (guint i = 0; i < chains->len; i++)
    if (sl_id_equal (&g_array_index (chains, SlChainInfo, i).replica, replica))
      return g_array_index (chains, SlChainInfo, i).head_seq;
  return 0;
}

/* Gives how many of a's operations it found when its turn came. */
static gpointer
give_command (gpointer data)
{
  Import *import = data;
  g_autoptr (GError) error = NULL;
  SlFakeWorld world;
  SlId id;
  sl_fake_world_init (&world, import->f->b.world.now_ms, 77);
  g_autoptr (SlStore) store = sl_store_open (import->f->b.dir, SL_STORE_OPEN, &error);
  g_assert_no_error (error);
  SlOplog *log = sl_oplog_open (store, &world.base, &error);
  g_assert_no_error (error);
  g_assert_true (sl_oplog_begin (log, &sl_actor_owner, &error));
  guint64 found = held_of (log, sl_oplog_get_replica (import->f->a.log));
  SlCheckinParams params = { .session_id = import->f->session, .member_id = import->f->member };
  g_assert_true (sl_op_checkin (log, &params, &id, &error));
  g_assert_true (sl_oplog_commit (log, &error));
  sl_oplog_close (log);
  return GUINT_TO_POINTER ((guint) (found - import->before));
}

/* The stick is read in the import's transaction: from its second part on, somebody queues for its end. */
static gssize
read_stick (gpointer user_data, void *data, gsize length, GError **error)
{
  Import *import = user_data;
  gsize some = MIN (MIN (length, import->length - import->at), 512);
  if (import->at > 0 && import->desk == NULL && sl_store_in_transaction (import->f->b.store))
    {
      import->desk = g_thread_new ("desk", give_command, import);
      while (!sl_store_is_awaited (import->f->b.store))
        g_thread_yield ();
    }
  if (some > 0)
    memcpy (data, import->bytes + import->at, some);
  import->at += some;
  return (gssize) some;
}

static void
import_begin (Import *import, Fixture *f)
{
  g_autofree char *path = device_path (&f->a, "stick");
  g_autoptr (GError) error = NULL;
  SlSyncWritten written;
  *import = (Import){ .f = f, .before = held_of (f->b.log, sl_oplog_get_replica (f->a.log)) };
  g_assert_true (sl_sync_export (f->a.log, path, NULL, &written, &error));
  g_assert_true (g_file_get_contents (path, &import->bytes, &import->length, &error));
}

static void
the_desks_own_commands_come_first (Fixture *f, gconstpointer data)
{
  Import import;
  g_auto (SlImportResult) result = { 0 }, back = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *path = device_path (&f->b, "stick");
  SlSyncWritten written;
  work (&f->a, f, SEGMENTS * SL_SEGMENT_MAX_OPERATIONS);
  import_begin (&import, f);
  g_autofree char *bytes = import.bytes;
  g_autoptr (SlStreamReader) reader = sl_stream_reader_new (read_stick, &import);
  g_autoptr (SlIncoming) incoming = sl_incoming_new ();
  const SlReceiveHow how = { .stream = reader, .batch = SL_RECEIVE_BULK };
  g_assert_true (sl_receive (f->b.log, incoming, &how, &result, &error));
  g_assert_no_error (error);

  g_assert_nonnull (import.desk);
  guint found = GPOINTER_TO_UINT (g_thread_join (import.desk));
  g_assert_cmpuint (found, >=, SL_RECEIVE_LIVE); /* a batch was whole … */
  g_assert_cmpuint (found, <, SEGMENTS * SL_SEGMENT_MAX_OPERATIONS / 2); /* … and the rest came after the command */
  g_assert_cmpuint (result.new_operations, >=, SEGMENTS * SL_SEGMENT_MAX_OPERATIONS);
  g_assert_true (sl_sync_export (f->b.log, path, NULL, &written, &error));
  g_assert_true (sl_sync_import (f->a.log, path, &back, &error));
  assert_same_state (&f->a, &f->b);
  assert_verified (&f->b);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/sl/receive/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("the-desks-own-commands-come-first", the_desks_own_commands_come_first);
  return g_test_run ();
}
