/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "core/error.h"
#include "oplog-fixture.h"
#include "oplog/fence.h"
#include "oplog/fork-private.h"
#include "oplog/wire.h"

/* A hub: the log that it keeps, and two processes that each hold a replica of it. */
typedef struct {
  GPtrArray *entries; /* of GBytes: streams */
  guint64 published;  /* operations of the hub's own */
} Log;
typedef struct {
  Log *hub;
  SlFakeWorld world;
  SlTempDir *temporary;
  SlStore *store;
  SlOplog *log;
  guint8 seed[SL_SEED_BYTES];
  guint at;        /* entries read */
  gboolean crashes; /* what it publishes next is all that is left of its transaction */
} Replica;
typedef struct {
  Device a, b;
  Log hub;
  Replica one, two;
  SlId location, session, hub_id;
  guint a_at, b_at;
} Fixture;

static const SlId *
id_of (Device *device)
{
  return sl_oplog_get_replica (device->log);
}

/* --- the log --- */

static void
append (Log *hub, GPtrArray *segments, const SlId *organisation, const SlId *by)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (SlStreamWriter) writer = sl_stream_writer_new (sl_stream_append_bytes, out);
  g_auto (SlStreamHeader) header = { .organisation = *organisation, .by = *by };
  g_autoptr (GError) error = NULL;
  header.vector = g_array_new (FALSE, FALSE, sizeof (SlVectorEntry));
  g_assert_true (sl_stream_writer_header (writer, &header, &error));
  for (guint i = 0; i < segments->len; i++)
    g_assert_true (sl_stream_writer_segment (writer, segments->pdata[i], &error));
  g_assert_true (sl_stream_writer_finish (writer, &error));
  g_ptr_array_add (hub->entries, g_bytes_new (out->data, out->len));
}

/* Conditional: only behind what the publisher has read. */
static gboolean
publish (SlOplog *log, GPtrArray *segments, gpointer user_data, GError **error)
{
  Replica *self = user_data;
  if (self->at < self->hub->entries->len)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BUSY, "the log has grown");
      return FALSE;
    }
  for (guint i = 0; i < segments->len; i++)
    {
      const SlSegment *segment = segments->pdata[i];
      g_assert_true (sl_segment_check (sl_oplog_get_organisation (log), segment, sl_oplog_get_public_key (log)));
      self->hub->published += segment->operations->len;
    }
  append (self->hub, segments, sl_oplog_get_organisation (log), sl_oplog_get_replica (log));
  if (!self->crashes)
    {
      self->at++; /* what it wrote itself it need not read */
      return TRUE;
    }
  self->crashes = FALSE;
  g_set_error (error, SL_ERROR, SL_ERROR_STORAGE, "power cut");
  return FALSE;
}

static void
replica_open (Replica *self, const SlId *organisation)
{
  g_autoptr (GError) error = NULL;
  self->store = sl_store_open (self->temporary->path, SL_STORE_CREATE, &error);
  g_assert_no_error (error);
  self->log = sl_oplog_open_follower (self->store, &self->world.base, organisation, self->seed, &error);
  g_assert_no_error (error);
  sl_oplog_set_publish (self->log, publish, self);
}

static void
replica_close (Replica *self)
{
  g_clear_pointer (&self->log, sl_oplog_close);
  g_clear_pointer (&self->store, sl_store_close);
}

static void
replica_begin (Replica *self, Log *hub, const guint8 *seed, gint64 now_ms, guint64 random, const SlId *organisation)
{
  self->hub = hub;
  self->temporary = sl_temp_dir_new ();
  sl_fake_world_init (&self->world, now_ms, random);
  memcpy (self->seed, seed, SL_SEED_BYTES);
  replica_open (self, organisation);
}

static void
replica_clear (Replica *self)
{
  replica_close (self);
  g_clear_pointer (&self->temporary, sl_temp_dir_free);
}

static void
copy_entry (GBytes *entry, SlStreamWriter *writer, gboolean with_header)
{
  SlStreamBytes source = { .stream = entry };
  g_autoptr (SlStreamReader) reader = sl_stream_reader_new (sl_stream_read_bytes, &source);
  g_autoptr (GError) error = NULL;
  for (gboolean ends = FALSE; !ends;)
    {
      g_auto (SlStreamItem) item = { 0 };
      g_assert_true (sl_stream_reader_next (reader, &item, &error));
      ends = item.type == SL_ITEM_END;
      if (item.type == SL_ITEM_HEADER && with_header)
        g_assert_true (sl_stream_writer_header (writer, &item.header, &error));
      if (item.type == SL_ITEM_SEGMENT)
        g_assert_true (sl_stream_writer_segment (writer, &item.segment, &error));
    }
}

static void
take_entry (SlOplog *log, GBytes *entry)
{
  g_autoptr (GError) error = NULL;
  g_auto (SlImportResult) result = { 0 };
  g_assert_true (sl_wire_take (log, entry, &result, &error));
  g_assert_no_error (error);
}

static void
replica_read (Replica *self, guint at_most)
{
  for (; at_most > 0 && self->at < self->hub->entries->len; at_most--)
    take_entry (self->log, self->hub->entries->pdata[self->at++]);
}

/* Goes on as if the process had ended. */
static void
replica_restart (Replica *self)
{
  SlId organisation = *sl_oplog_get_organisation (self->log);
  replica_close (self);
  replica_open (self, &organisation);
}

/* --- desks --- */

static gint64
head_of (SlOplog *log, const SlId *replica)
{
  g_autoptr (GArray) chains = sl_oplog_chains (log, NULL);
  for (guint i = 0; i < chains->len; i++)
    if (sl_id_equal (&g_array_index (chains, SlChainInfo, i).replica, replica))
      return (gint64) g_array_index (chains, SlChainInfo, i).head_seq;
  return 0;
}

static const SlId *
id_of_log (Replica *replica)
{
  return sl_oplog_get_replica (replica->log);
}

static void
push_all (Device *device, Log *hub, GHashTable *since, const SlId *via)
{
  const SlWireHow how = { .since = since, .via = via };
  SlWireWritten written;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) stream = sl_wire_write (device->log, &how, &written, &error);
  g_assert_no_error (error);
  if (via != NULL)
    g_assert_true (sl_wire_note_keys (device->log, via, written.keys_up_to, &error));
  if (written.written.operations > 0)
    g_ptr_array_add (hub->entries, g_steal_pointer (&stream));
}

/* A replica that has read the whole log holds what that holds: a desk gives what its vector lacks. */
static void
push (Fixture *f, Device *device)
{
  const SlWireHow how = { .own_only = TRUE };
  SlWireWritten written;
  g_auto (SlWireHead) head = { { .vector = NULL } };
  g_autoptr (GError) error = NULL;
  replica_read (&f->one, G_MAXUINT);
  g_autoptr (GBytes) stream = sl_wire_write (f->one.log, &how, &written, &error);
  g_assert_true (stream != NULL && sl_wire_look (stream, G_MAXINT32, &head, &error));
  g_autoptr (GHashTable) since = sl_wire_since (device->log, &head.header, &error);
  g_assert_no_error (error);
  push_all (device, &f->hub, since, id_of_log (&f->one));
}

static void
pull (Fixture *f, Device *device, guint *at)
{
  while (*at < f->hub.entries->len)
    take_entry (device->log, f->hub.entries->pdata[(*at)++]);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  Device hub = { 0 };
  guint8 seed[SL_SEED_BYTES];
  device_found (&f->a, &f->location);
  make_session (&f->a, &f->location, 20, &f->session);
  device_join (&hub, &f->a, &f->location, 7);
  device_join (&f->b, &f->a, &f->location, 2);
  f->hub.entries = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  push_all (&hub, &f->hub, NULL, NULL);
  f->hub_id = *id_of (&hub);
  f->hub.published = (guint64) head_of (hub.log, &f->hub_id);
  sl_oplog_get_seed (hub.log, seed);
  const SlId *organisation = sl_oplog_get_organisation (f->a.log);
  replica_begin (&f->one, &f->hub, seed, f->a.world.now_ms, 11, organisation);
  replica_begin (&f->two, &f->hub, seed, f->a.world.now_ms, 12, organisation);
  device_clear (&hub);
  push (f, &f->a);
  push (f, &f->b);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  replica_clear (&f->one);
  replica_clear (&f->two);
  device_clear (&f->a);
  device_clear (&f->b);
  g_ptr_array_unref (f->hub.entries);
}

/* --- what the hub writes --- */

/* TRUE: it was committed; FALSE: refused as BUSY or cut off by a crash, and rolled back. */
static gboolean
replica_commit (Replica *self, gboolean emitted)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (emitted);
  if (sl_oplog_commit (self->log, &error))
    return TRUE;
  g_assert_true (g_error_matches (error, SL_ERROR, SL_ERROR_BUSY)
                 || g_error_matches (error, SL_ERROR, SL_ERROR_STORAGE));
  return FALSE;
}

static gboolean
write_session (Replica *self, const SlId *location, int capacity)
{
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_SESSION);
  g_autoptr (GError) error = NULL;
  SlId id;
  g_assert_true (sl_oplog_begin (self->log, &sl_actor_device, &error));
  sl_fields_set_id (fields, "location_id", location);
  sl_fields_set_int (fields, "start_ms", self->world.now_ms + 7200000);
  return replica_commit (self, sl_op_session_create (self->log, fields, capacity, &id, &error));
}

/* What the hub's chain says that it has seen of a device is what there is of it. */
static void
assert_told (Replica *self, const SlId *of, const SlId *location)
{
  guint64 total;
  g_autoptr (GError) error = NULL;
  replica_read (self, G_MAXUINT);
  g_assert_true (write_session (self, location, 2));
  g_assert_true (sl_seen_total (self->log, id_of_log (self), G_MAXINT32, of, &total, &error));
  g_assert_cmpint ((gint64) total, ==, head_of (self->log, of));
}

static void
settle (SlOplog *log)
{
  g_autoptr (GError) error = NULL;
  SlFenceDone done;
  if (!sl_oplog_begin (log, &sl_actor_device, &error))
    g_assert_no_error (error);
  g_assert_true (sl_fence_settle (log, &done, &error));
  if (!sl_oplog_commit (log, &error)) /* it is due again */
    g_assert_error (error, SL_ERROR, SL_ERROR_BUSY);
}

static void
take_away (Device *by, const SlId *replica)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_oplog_begin (by->log, &sl_actor_owner, &error));
  g_assert_true (sl_op_device_revoke (by->log, replica, FALSE, NULL, &error));
  g_assert_true (sl_oplog_commit (by->log, &error));
}

static void
assert_state (SlOplog *a, SlOplog *b)
{
  SlHash of_a, of_b;
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_oplog_state_hash (a, &of_a, &error) && sl_oplog_state_hash (b, &of_b, &error));
  g_assert_cmpmem (of_a.bytes, SL_HASH_BYTES, of_b.bytes, SL_HASH_BYTES);
}

static void
assert_sound (SlOplog *log)
{
  g_autoptr (GError) error = NULL;
  g_auto (SlVerifyResult) result = { 0 };
  g_assert_true (sl_oplog_verify (log, &result, &error));
  for (guint i = 0; i < result.problems->len; i++)
    g_test_message ("problem: %s", (const char *) result.problems->pdata[i]);
  g_assert_cmpuint (result.problems->len, ==, 0);
}

/* Until nobody has anything left to say. */
static void
exchange_all (Fixture *f, gboolean with_b)
{
  guint before;
  do
    {
      before = f->hub.entries->len;
      replica_read (&f->one, G_MAXUINT);
      settle (f->one.log);
      replica_read (&f->two, G_MAXUINT);
      settle (f->two.log);
      pull (f, &f->a, &f->a_at);
      settle (f->a.log);
      push (f, &f->a);
      pull (f, &f->b, &f->b_at);
      if (with_b)
        push (f, &f->b);
    }
  while (f->hub.entries->len > before);
  replica_read (&f->two, G_MAXUINT);
}

static void
assert_agreed (Fixture *f)
{
  gboolean forked;
  assert_state (f->one.log, f->two.log);
  assert_state (f->one.log, f->a.log);
  assert_sound (f->one.log);
  assert_sound (f->two.log);
  g_assert_true (sl_fork_is_known (f->one.log, &f->hub_id, &forked, NULL) && !forked);
  g_assert_true (sl_fork_is_known (f->a.log, &f->hub_id, &forked, NULL) && !forked);
}

/* --- tests --- */

static void
test_reads_itself (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_assert_false (sl_oplog_begin (f->two.log, &sl_actor_device, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_NOT_FOUND);
  g_clear_error (&error);
  replica_read (&f->two, G_MAXUINT);
  g_assert_true (sl_id_equal (sl_oplog_get_replica (f->two.log), &f->hub_id));
  g_assert_cmpint (head_of (f->two.log, &f->hub_id), ==, (gint64) f->hub.published);
  g_assert_true (write_session (&f->two, &f->location, 5));
  g_assert_true (sl_id_equal (sl_oplog_get_replica (f->two.log), &f->hub_id));
  exchange_all (f, TRUE);
  assert_agreed (f);
  assert_same_state (&f->a, &f->b);
}

static void
test_takes_turns (Fixture *f, gconstpointer data)
{
  replica_read (&f->one, G_MAXUINT);
  replica_read (&f->two, G_MAXUINT);
  g_assert_true (write_session (&f->one, &f->location, 5));
  g_assert_false (write_session (&f->two, &f->location, 6)); /* the log has grown */
  replica_read (&f->two, G_MAXUINT);
  g_assert_true (write_session (&f->two, &f->location, 6));
  exchange_all (f, TRUE);
  assert_agreed (f);
}

static void
test_crash (Fixture *f, gconstpointer data)
{
  gint64 before;
  replica_read (&f->one, G_MAXUINT);
  before = head_of (f->one.log, &f->hub_id);
  f->one.crashes = TRUE;
  g_assert_false (write_session (&f->one, &f->location, 5));
  g_assert_cmpint (head_of (f->one.log, &f->hub_id), ==, before);
  replica_restart (&f->one);
  replica_read (&f->one, G_MAXUINT);
  g_assert_cmpint (head_of (f->one.log, &f->hub_id), ==, before + 1);
  g_assert_true (write_session (&f->one, &f->location, 5));
  exchange_all (f, TRUE);
  assert_agreed (f);
}

static void
test_tells_once (Fixture *f, gconstpointer data)
{
  SlId id;
  assert_told (&f->one, id_of (&f->a), &f->location);
  assert_told (&f->two, id_of (&f->a), &f->location);
  make_session (&f->a, &f->location, 4, &id);
  push (f, &f->a);
  assert_told (&f->one, id_of (&f->a), &f->location);
  make_session (&f->a, &f->location, 4, &id);
  push (f, &f->a);
  assert_told (&f->two, id_of (&f->a), &f->location);
}

static void
test_many_operations (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  replica_read (&f->one, G_MAXUINT);
  g_assert_true (sl_oplog_begin (f->one.log, &sl_actor_device, &error));
  for (int i = 0; i < SL_SEGMENT_MAX_OPERATIONS + 200; i++)
    {
      g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_ROOM);
      SlId id;
      sl_fields_set_text (fields, "name", "Room");
      g_assert_true (sl_op_create (f->one.log, fields, &id, &error));
    }
  g_assert_true (replica_commit (&f->one, TRUE));
  exchange_all (f, TRUE);
  assert_agreed (f);
}

static void
test_without_a_log (Fixture *f, gconstpointer data)
{
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_ROOM);
  g_autoptr (GError) error = NULL;
  SlId id;
  replica_read (&f->one, G_MAXUINT);
  sl_oplog_set_publish (f->one.log, NULL, NULL);
  g_assert_true (sl_oplog_begin (f->one.log, &sl_actor_device, &error));
  sl_fields_set_text (fields, "name", "Room");
  g_assert_true (sl_op_create (f->one.log, fields, &id, &error));
  g_assert_false (sl_oplog_commit (f->one.log, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_READ_ONLY);
}

static void
test_other_key (Fixture *f, gconstpointer data)
{
  SlId organisation = *sl_oplog_get_organisation (f->one.log), member;
  g_autoptr (GError) error = NULL;
  SlWireWritten written;
  const SlWireHow how = { 0 };
  make_member (&f->a, "Thandi", &member);
  pull (f, &f->a, &f->a_at);
  g_autoptr (GBytes) keys = sl_wire_write (f->a.log, &how, &written, &error);
  take_entry (f->one.log, keys);
  g_assert_true (sl_oplog_has_member_key (f->one.log, &member));
  replica_close (&f->one);
  f->one.store = sl_store_open (f->one.temporary->path, SL_STORE_OPEN, &error);
  f->one.seed[3] ^= 1;
  g_assert_null (sl_oplog_open_follower (f->one.store, &f->one.world.base, &organisation, f->one.seed, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_CORRUPT);
}

/* Who has applied more than the cut that it learns of says so, although it was only reading. */
static void
test_witnesses (Fixture *f, gconstpointer data)
{
  SlId member;
  replica_read (&f->one, G_MAXUINT);
  pull (f, &f->a, &f->a_at);
  make_member (&f->b, "Before", &member);
  push (f, &f->b);
  replica_read (&f->one, G_MAXUINT); /* has it; a, who takes b away, has not */
  guint64 published = f->hub.published;
  take_away (&f->a, id_of (&f->b));
  push (f, &f->a);
  replica_read (&f->one, G_MAXUINT);
  g_assert_cmpuint (f->hub.published, ==, published + 1);
  exchange_all (f, FALSE);
  assert_agreed (f);
  g_assert_cmpint (head_of (f->a.log, id_of (&f->b)), >=, 3);
}

/* Of each device the same is applied, in whatever parts the log was read: where a process had applied less of a device
 * that was taken away than another had, they would say different things in one name. */
static void
test_order_of_the_log (Fixture *f, gconstpointer data)
{
  SlId member;
  g_autoptr (GError) error = NULL;
  pull (f, &f->a, &f->a_at);
  replica_read (&f->two, G_MAXUINT);
  make_member (&f->b, "Before", &member);
  push (f, &f->b);
  take_away (&f->a, id_of (&f->b));
  sl_oplog_set_publish (f->one.log, NULL, NULL);
  sl_oplog_set_publish (f->two.log, NULL, NULL);
  push (f, &f->a);
  replica_read (&f->one, G_MAXUINT); /* one after the other */
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (SlStreamWriter) writer = sl_stream_writer_new (sl_stream_append_bytes, out);
  for (; f->two.at < f->hub.entries->len; f->two.at++) /* both at once */
    copy_entry (f->hub.entries->pdata[f->two.at], writer, f->two.at + 2 == f->hub.entries->len);
  g_assert_true (sl_stream_writer_finish (writer, &error));
  g_autoptr (GBytes) both = g_bytes_new (out->data, out->len);
  take_entry (f->two.log, both);
  assert_state (f->one.log, f->two.log);
}

static void
one_step (Fixture *f, GRand *rand, guint64 *inout_committed)
{
  Replica *replica = g_rand_boolean (rand) ? &f->one : &f->two;
  SlId id;
  f->a.world.now_ms += 1000;
  f->b.world.now_ms += 1000;
  replica->world.now_ms += 2000;
  switch (g_rand_int_range (rand, 0, 9))
    {
    case 0:
      make_session (&f->a, &f->location, 5, &id);
      break;
    case 1:
      make_member (&f->b, "Name", &id);
      break;
    case 2:
      push (f, g_rand_boolean (rand) ? &f->a : &f->b);
      break;
    case 3:
      pull (f, &f->a, &f->a_at);
      break;
    case 4:
      pull (f, &f->b, &f->b_at);
      break;
    case 5:
      replica_restart (replica);
      break;
    case 6:
      replica->crashes = TRUE; /* what it writes next is published and not committed */
      break;
    default:
      replica_read (replica, (guint) g_rand_int_range (rand, 0, 6));
      if (head_of (replica->log, &f->hub_id) > 0 && write_session (replica, &f->location, 3))
        *inout_committed += 1;
    }
}

static void
run_seed (Fixture *f, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  guint64 committed = f->hub.published;
  gboolean revoked = FALSE;
  for (int i = 0; i < 60; i++)
    {
      one_step (f, rand, &committed);
      if (seed % 2 == 1 && i == 40)
        {
          take_away (&f->a, id_of (&f->b));
          revoked = TRUE;
        }
    }
  g_assert_cmpuint (committed, <=, f->hub.published); /* more stands in the log where a process ended too early */
  f->one.crashes = f->two.crashes = FALSE;
  exchange_all (f, !revoked);
  assert_agreed (f);
  g_assert_cmpint (head_of (f->one.log, &f->hub_id), ==, (gint64) f->hub.published);
  g_assert_cmpint (head_of (f->a.log, &f->hub_id), ==, (gint64) f->hub.published);
}

static void
test_random (gconstpointer data)
{
  for (guint32 seed = 1; seed <= 12; seed++)
    {
      Fixture f = { 0 };
      g_test_message ("seed %u", seed);
      set_up (&f, NULL);
      run_seed (&f, seed);
      tear_down (&f, NULL);
    }
}

/* --- going on as a new device --- */

static void
succeed (Replica *self, guint8 number)
{
  guint8 seed[SL_SEED_BYTES];
  g_autoptr (GError) error = NULL;
  memset (seed, number, sizeof seed);
  g_assert_true (sl_oplog_follower_succeed (self->log, seed, &error));
  g_assert_no_error (error);
  memcpy (self->seed, seed, SL_SEED_BYTES);
}

static void
give_keys (Device *from, Replica *to)
{
  SlWireWritten written;
  const SlWireHow how = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) stream = sl_wire_write (from->log, &how, &written, &error);
  g_assert_no_error (error);
  take_entry (to->log, stream);
}

static void
test_succeeds (Fixture *f, gconstpointer data)
{
  SlId member;
  pull (f, &f->a, &f->a_at);
  make_member (&f->a, "Thandi", &member);
  push (f, &f->a);
  replica_read (&f->one, G_MAXUINT);
  replica_read (&f->two, G_MAXUINT);
  give_keys (&f->a, &f->one);
  give_keys (&f->a, &f->two);
  g_assert_true (write_session (&f->one, &f->location, 5));
  succeed (&f->one, 21);
  g_assert_false (sl_id_equal (sl_oplog_get_replica (f->one.log), &f->hub_id));
  replica_read (&f->two, G_MAXUINT);
  guint64 published = f->hub.published;
  succeed (&f->two, 21); /* the other process comes to the same, and writes nothing */
  g_assert_cmpuint (f->hub.published, ==, published);
  assert_told (&f->two, id_of (&f->a), &f->location);
  assert_told (&f->two, &f->hub_id, &f->location);
  replica_restart (&f->one);
  replica_restart (&f->two);
  g_assert_true (sl_oplog_has_member_key (f->one.log, &member));
  g_assert_true (sl_oplog_has_member_key (f->two.log, &member));
  exchange_all (f, TRUE);
  assert_agreed (f);
  assert_told (&f->one, id_of (&f->a), &f->location);
  exchange_all (f, TRUE);
  assert_agreed (f);
}

static void
test_succeeds_after_a_crash (Fixture *f, gconstpointer data)
{
  guint8 seed[SL_SEED_BYTES];
  g_autoptr (GError) error = NULL;
  memset (seed, 22, sizeof seed);
  replica_read (&f->one, G_MAXUINT);
  f->one.crashes = TRUE;
  g_assert_false (sl_oplog_follower_succeed (f->one.log, seed, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_STORAGE);
  g_assert_true (sl_id_equal (sl_oplog_get_replica (f->one.log), &f->hub_id));
  replica_restart (&f->one);
  replica_read (&f->one, G_MAXUINT);
  guint64 published = f->hub.published;
  succeed (&f->one, 22);
  g_assert_cmpuint (f->hub.published, ==, published);
  g_assert_true (write_session (&f->one, &f->location, 4));
  replica_read (&f->two, G_MAXUINT);
  succeed (&f->two, 22);
  exchange_all (f, TRUE);
  assert_agreed (f);
}

static void
test_waits_to_succeed (Fixture *f, gconstpointer data)
{
  guint8 seed[SL_SEED_BYTES];
  g_autoptr (GError) error = NULL;
  SlId id;
  memset (seed, 23, sizeof seed);
  replica_read (&f->two, G_MAXUINT);
  make_member (&f->a, "News", &id);
  push (f, &f->a);
  g_assert_false (sl_oplog_follower_succeed (f->two.log, seed, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_BUSY);
  g_assert_true (sl_id_equal (sl_oplog_get_replica (f->two.log), &f->hub_id));
}

/* The log is put back to an earlier state, while a desk holds more of the hub's chain. */
static void
lose_some (Fixture *f, guint kept)
{
  const SlId *organisation = sl_oplog_get_organisation (f->a.log);
  guint8 seed[SL_SEED_BYTES];
  memcpy (seed, f->one.seed, SL_SEED_BYTES);
  replica_clear (&f->one);
  replica_clear (&f->two);
  g_ptr_array_set_size (f->hub.entries, (gint) kept);
  replica_begin (&f->one, &f->hub, seed, f->a.world.now_ms + 60000, 13, organisation);
  replica_begin (&f->two, &f->hub, seed, f->a.world.now_ms + 60000, 14, organisation);
  f->one.at = f->two.at = 0;
  replica_read (&f->one, G_MAXUINT);
}

/* Desks read from the beginning and push what the log lacks. */
static void
begin_epoch (Fixture *f)
{
  succeed (&f->one, 31);
  g_assert_true (write_session (&f->one, &f->location, 9));
  f->a_at = f->b_at = 0;
  replica_read (&f->two, G_MAXUINT);
  succeed (&f->two, 31);
  exchange_all (f, TRUE);
  assert_state (f->one.log, f->two.log);
  assert_state (f->one.log, f->a.log);
  assert_same_state (&f->a, &f->b);
  assert_sound (f->one.log);
  assert_sound (f->two.log);
  assert_verified (&f->a);
}

static void
test_lost_some (Fixture *f, gconstpointer data)
{
  guint kept = f->hub.entries->len;
  replica_read (&f->one, G_MAXUINT);
  for (int i = 0; i < 3; i++)
    g_assert_true (write_session (&f->one, &f->location, 5));
  guint64 whole = f->hub.published;
  pull (f, &f->a, &f->a_at);
  lose_some (f, kept);
  begin_epoch (f);
  assert_agreed (f);
  g_assert_cmpint (head_of (f->one.log, &f->hub_id), ==, (gint64) whole);
}

/* It went on writing under the old name before anybody noticed: that device has two histories. */
static void
test_lost_some_and_went_on (Fixture *f, gconstpointer data)
{
  gboolean forked;
  guint kept = f->hub.entries->len;
  replica_read (&f->one, G_MAXUINT);
  for (int i = 0; i < 3; i++)
    g_assert_true (write_session (&f->one, &f->location, 5));
  pull (f, &f->a, &f->a_at);
  lose_some (f, kept);
  g_assert_true (write_session (&f->one, &f->location, 7));
  begin_epoch (f);
  g_assert_true (sl_fork_is_known (f->two.log, &f->hub_id, &forked, NULL) && forked);
  g_assert_true (write_session (&f->two, &f->location, 7));
  exchange_all (f, TRUE);
  assert_state (f->one.log, f->a.log);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(path, func) g_test_add ("/sl/follower/" path, Fixture, NULL, set_up, func, tear_down)
  TEST ("takes-its-own-operations-from-the-log", test_reads_itself);
  TEST ("two-processes-of-a-hub-write-in-turn", test_takes_turns);
  TEST ("what-was-published-before-a-crash-comes-back", test_crash);
  TEST ("tells-what-it-has-seen-once", test_tells_once);
  TEST ("publishes-many-operations-in-whole-segments", test_many_operations);
  TEST ("writes-nothing-without-a-log", test_without_a_log);
  TEST ("refuses-a-replica-of-another-key", test_other_key);
  TEST ("says-what-it-has-applied-of-who-was-taken-away", test_witnesses);
  TEST ("applies-in-the-order-of-the-log", test_order_of_the_log);
  g_test_add_data_func ("/sl/follower/any-order-of-reading-writing-and-crashing-comes-to-one-state", NULL, test_random);
  TEST ("goes-on-as-a-new-device", test_succeeds);
  TEST ("goes-on-as-a-new-device-after-a-crash", test_succeeds_after_a_crash);
  TEST ("goes-on-as-a-new-device-at-the-end-of-the-log-only", test_waits_to_succeed);
  TEST ("gets-back-from-desks-what-its-log-has-lost", test_lost_some);
  TEST ("tells-of-two-histories-where-it-went-on-after-a-loss", test_lost_some_and_went_on);
  return g_test_run ();
}
