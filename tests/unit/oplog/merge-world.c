/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-merge-world"

#include "merge-world.h"

#include <glib/gstdio.h>
#include <string.h>

#include "core/datetime.h"
#include "oplog/fence.h"
#include "oplog/rules-off.h"

#define HEAL_ROUNDS_MAX 24
#define HEAL_LATER_MS (25 * SL_HOUR_MS) /* past the life of an invitation */

/* merge_name: see the header. */
const char *
merge_name (const SlId *id)
{
  static char names[8][10];
  static guint next;
  char text[SL_ID_TEXT_BYTES];
  char *name = names[next++ % G_N_ELEMENTS (names)];
  (void) g_strlcpy (name, sl_id_format (id, text), sizeof names[0] - 1);
  return name;
}

/* merge_violate: the first one is what is wrong with the world. */
void
merge_violate (MergeWorld *world, const char *format, ...)
{
  va_list arguments;
  if (world->violation != NULL)
    return;
  va_start (arguments, format);
  world->violation = g_strdup_vprintf (format, arguments);
  va_end (arguments);
}

/* merge_tell: what happened, for whoever reads why a world went wrong. */
void
merge_tell (MergeWorld *world, const char *format, ...)
{
  va_list arguments;
  if (world->trace == NULL)
    return;
  va_start (arguments, format);
  g_string_append_vprintf (world->trace, format, arguments);
  va_end (arguments);
  g_string_append_c (world->trace, '\n');
}

/* merge_runs: whether anything can be asked of it. */
gboolean
merge_runs (const MergeDevice *device)
{
  return !device->gone && device->d.log != NULL;
}

/* merge_opened: see the header. */
gboolean
merge_opened (MergeWorld *world, MergeDevice *device)
{
  sl_oplog_set_rules_off (device->d.log, world->options->rules_off);
  return TRUE;
}

/* merge_add_device: a place for one more. */
MergeDevice *
merge_add_device (MergeWorld *world)
{
  if (world->n_devices >= MERGE_DEVICES_MAX)
    return NULL;
  MergeDevice *device = &world->devices[world->n_devices];
  device->index = world->n_devices++;
  return device;
}

static GArray *
new_ids (void)
{
  return g_array_new (FALSE, FALSE, sizeof (SlId));
}

static void
note_made (GArray *ids, const SlId *id)
{
  g_array_append_val (ids, *id);
}

/* Something that everybody knows, and something to quarrel about. */
static void
furnish (MergeWorld *world)
{
  Device *founder = &world->devices[0].d;
  SlId id;
  for (guint i = 0; i < 2; i++)
    {
      make_member (founder, i == 0 ? "Thandi" : "Naledi", &id);
      note_made (world->members, &id);
      make_session (founder, &world->location, i == 0 ? 8 : 3, &id);
      note_made (world->sessions, &id);
    }
  make_lot (founder, &g_array_index (world->members, SlId, 0), 5000, &id);
  note_made (world->lots, &id);
  book (founder, &g_array_index (world->sessions, SlId, 0), &g_array_index (world->members, SlId, 0),
        &g_array_index (world->lots, SlId, 0), 100, &id);
  note_made (world->claims, &id);
}

/* merge_world_new: a studio of n_devices, each joined by an invitation of the one before. */
MergeWorld *
merge_world_new (guint n_devices, guint64 seed, const MergeOptions *options, gboolean trace)
{
  MergeWorld *world = g_new0 (MergeWorld, 1);
  GArray **lists[] = { &world->members,  &world->sessions, &world->lots,  &world->claims,
                       &world->checkins, &world->payments, &world->rules, &world->things,
                       &world->tills, &world->programs, &world->incidents };
  world->options = options;
  world->dir = sl_temp_dir_new ();
  world->trace = trace ? g_string_new (NULL) : NULL;
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    *lists[i] = new_ids ();
  for (guint i = 0; i < MERGE_ROWS; i++)
    world->rows[i] = new_ids ();
  MergeDevice *founder = merge_add_device (world);
  device_found_seeded (&founder->d, &world->location, seed + 100);
  furnish (world);
  for (guint i = 1; i < n_devices; i++)
    {
      MergeDevice *device = merge_add_device (world);
      device_join (&device->d, &world->devices[i - 1].d, &world->location, seed * 1000 + i);
    }
  for (guint i = 0; i < world->n_devices; i++)
    (void) merge_opened (world, &world->devices[i]);
  return world;
}

/* merge_world_free: its files go with it. */
void
merge_world_free (MergeWorld *world)
{
  GArray *lists[] = { world->members,  world->sessions, world->lots,  world->claims,
                      world->checkins, world->payments, world->rules, world->things,
                      world->tills, world->programs, world->incidents };
  for (guint i = 0; i < world->n_devices; i++)
    {
      device_clear (&world->devices[i].d);
      g_clear_pointer (&world->devices[i].kept, sl_temp_dir_free);
    }
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    g_array_unref (lists[i]);
  for (guint i = 0; i < MERGE_ROWS; i++)
    g_array_unref (world->rows[i]);
  for (guint i = 0; i < MERGE_PILES; i++)
    g_free (world->piles[i]);
  sl_temp_dir_free (world->dir);
  if (world->trace != NULL)
    g_string_free (world->trace, TRUE);
  g_free (world->violation);
  g_free (world);
}

static int
compare_text (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* (transfer full): what is applied of each chain. */
static char *
describe_vector (const MergeDevice *device)
{
  g_autoptr (GArray) chains = sl_oplog_chains (device->d.log, NULL);
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; chains != NULL && i < chains->len; i++)
    {
      const SlChainInfo *chain = &g_array_index (chains, SlChainInfo, i);
      if (chain->applied_seq > 0)
        g_ptr_array_add (parts, g_strdup_printf ("%s:%d", merge_name (&chain->replica), (int) chain->applied_seq));
    }
  g_ptr_array_sort (parts, compare_text);
  g_ptr_array_add (parts, NULL);
  return g_strjoinv (" ", (char **) parts->pdata);
}

/* Where everybody is when it goes wrong. */
static void
tell_standing (MergeWorld *world)
{
  for (guint i = 0; i < world->n_devices && world->trace != NULL; i++)
    {
      MergeDevice *device = &world->devices[i];
      if (!merge_runs (device))
        continue;
      g_autofree char *vector = describe_vector (device);
      g_autoptr (GPtrArray) fences = sl_fence_list (device->d.log, NULL);
      merge_tell (world, "in the end device %u (%s) has applied %s", i,
                  merge_name (sl_oplog_get_replica (device->d.log)), vector);
      for (guint j = 0; fences != NULL && j < fences->len; j++)
        {
          const SlFenceInfo *fence = fences->pdata[j];
          merge_tell (world, "  %s is revoked by %s, cut %d%s, %d beyond; %s takes over", merge_name (&fence->replica),
                      merge_name (&fence->author), (int) fence->cut, fence->final ? " for ever" : "",
                      (int) fence->held, merge_name (&fence->successor));
        }
    }
}

/* --- checks --- */

/* merge_check: in no view is more taken than there is, but for debts that somebody named. */
void
merge_check (MergeWorld *world, MergeDevice *device)
{
  if (!merge_runs (device) || world->violation != NULL)
    return;
  g_autoptr (GError) error = NULL;
  for (guint i = 0; i < world->sessions->len && error == NULL; i++)
    {
      const SlId *session = &g_array_index (world->sessions, SlId, i);
      SlSessionCount count;
      gint64 burned, known;
      world->checks++;
      if (sl_rights_count (device->d.log, session, &count, &error)
          && sl_store_query_int (device->d.store, 0, &burned, &error,
                                 "SELECT sum (burned) FROM session_right WHERE session_id = ?", "d", session)
          && sl_store_query_int (device->d.store, 0, &known, &error,
                                 "SELECT count (*) FROM session WHERE id = ? AND created_hlc IS NOT NULL", "d", session)
          && known != 0 && count.confirmed + count.unconfirmed > count.capacity + burned)
        merge_violate (world, "overbooked: device %u counts %d taken of %d in session %s", device->index,
                       (int) (count.confirmed + count.unconfirmed), (int) count.capacity, merge_name (session));
    }
  if (error != NULL)
    merge_violate (world, "device %u cannot count: %s", device->index, error->message);
}

/* merge_check_verify: its chains, hashes, rights, and its tables against a rebuild from the log. */
void
merge_check_verify (MergeWorld *world, MergeDevice *device)
{
  g_autoptr (GError) error = NULL;
  g_auto (SlVerifyResult) result = { 0 };
  if (!merge_runs (device) || world->violation != NULL)
    return;
  world->checks++;
  if (!sl_oplog_verify (device->d.log, &result, &error))
    merge_violate (world, "device %u cannot be verified: %s", device->index, error->message);
  for (guint i = 0; error == NULL && i < result.problems->len; i++)
    if (strstr (result.problems->pdata[i], "(fork)") == NULL) /* clones that nobody has told everybody of yet */
      merge_violate (world, "device %u does not verify: %s", device->index, (const char *) result.problems->pdata[i]);
}

/* merge_step: one action, then every check that its device can be asked for. */
void
merge_step (MergeWorld *world, const MergeAction *action)
{
  MergeDevice *device = &world->devices[action->device % world->n_devices];
  guint n = 0;
  while (merge_commands[n].name != NULL)
    n++;
  const MergeKind *kind = action->what < n ? &merge_commands[action->what] : &merge_carriers[action->what - n];
  if (world->violation != NULL || !merge_runs (device))
    return;
  merge_tell (world, "device %u (%s): %s", device->index, merge_name (sl_oplog_get_replica (device->d.log)),
              kind->name);
  kind->run (world, device, action->r);
  merge_check (world, device);
  if (world->violation != NULL)
    tell_standing (world);
}

/* --- the end --- */

/* It is a device, and what it has written counts. */
static gboolean
is_sound (MergeWorld *world, MergeDevice *device)
{
  gboolean revoked;
  if (!merge_runs (device))
    return FALSE;
  if (sl_fence_is_revoked (device->d.log, sl_oplog_get_replica (device->d.log), &revoked, NULL))
    return !revoked && sl_fence_check_standing (device->d.log, NULL);
  merge_violate (world, "device %u cannot tell whether it is revoked", device->index);
  return FALSE;
}

static gint64
operations_of (MergeWorld *world)
{
  gint64 sum = 0;
  for (guint i = 0; i < world->n_devices; i++)
    if (merge_runs (&world->devices[i]))
      {
        g_autoptr (GArray) chains = sl_oplog_chains (world->devices[i].d.log, NULL);
        for (guint j = 0; chains != NULL && j < chains->len; j++)
          sum += (gint64) g_array_index (chains, SlChainInfo, j).head_seq
                 + (gint64) g_array_index (chains, SlChainInfo, j).applied_seq;
      }
  return sum;
}

static void
mesh (MergeWorld *world)
{
  for (guint i = 0; i < world->n_devices; i++)
    for (guint j = 0; j < world->n_devices && world->violation == NULL; j++)
      if (i != j && merge_runs (&world->devices[i]) && merge_runs (&world->devices[j]))
        (void) merge_give (world, &world->devices[i], &world->devices[j], (i + j) % 2 == 1);
}

static void
settle_all (MergeWorld *world)
{
  gint64 before, now = operations_of (world);
  guint round = 0;
  do
    {
      before = now;
      mesh (world);
      for (guint i = 0; i < world->n_devices && world->violation == NULL; i++)
        if (merge_runs (&world->devices[i]))
          merge_settle (world, &world->devices[i]);
      now = operations_of (world);
      if (++round > HEAL_ROUNDS_MAX)
        merge_violate (world, "the devices do not settle: %d rounds and there is still something to say",
                       HEAL_ROUNDS_MAX);
  } while (now != before && world->violation == NULL);
}

static void
compare_all (MergeWorld *world)
{
  g_autofree char *first_vector = NULL;
  SlHash first, hash;
  guint first_index = 0;
  for (guint i = 0; i < world->n_devices && world->violation == NULL; i++)
    {
      MergeDevice *device = &world->devices[i];
      if (!is_sound (world, device))
        continue;
      g_autofree char *vector = describe_vector (device);
      device_hash (&device->d, first_vector == NULL ? &first : &hash);
      if (first_vector == NULL)
        {
          first_vector = g_steal_pointer (&vector);
          first_index = i;
          continue;
        }
      world->checks++;
      if (!g_str_equal (vector, first_vector))
        merge_violate (world, "not settled: device %u has applied %s and device %u %s", first_index, first_vector, i,
                       vector);
      else if (!sl_hash_equal (&first, &hash))
        merge_violate (world, "divergence: devices %u and %u have applied the same and are in different states",
                       first_index, i);
    }
}

/* merge_heal: see the header. What nobody knows of is what a machine that is gone had told nobody. */
void
merge_heal (MergeWorld *world)
{
  if (world->violation != NULL)
    return;
  merge_tell (world, "healing");
  settle_all (world);
  compare_all (world);
  merge_tell (world, "a day later");
  for (guint i = 0; i < world->n_devices; i++)
    world->devices[i].d.world.now_ms += HEAL_LATER_MS;
  settle_all (world);
  compare_all (world);
  for (guint i = 0; i < world->n_devices && world->violation == NULL; i++)
    {
      merge_check (world, &world->devices[i]);
      if (is_sound (world, &world->devices[i]))
        merge_check_verify (world, &world->devices[i]);
    }
  if (world->violation != NULL)
    tell_standing (world);
}
