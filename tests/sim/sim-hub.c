/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sim-hub"

#include "sim-hub.h"

#include <glib/gstdio.h>
#include <jansson.h>
#include <string.h>

#include "engine/device.h"
#include "engine/studio.h"
#include "hub/hub-private.h"
#include "hub/rules-off.h"
#include "sim-wire.h"

/* The hub of a world: two programs over one log, as behind a load balancer, on one simulated disk. */

#define FROM "192.0.2.1" /* whoever asks: one address is as good as another */
#define URL "https://hub.example"

/* --- its files --- */

static void
file_free (gpointer data)
{
  SimFile *file = data;
  g_free (file->name);
  g_bytes_unref (file->bytes);
  g_free (file);
}

static void
read_below (const char *dir, const char *name, GPtrArray *files)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_autoptr (GDir) entries = g_dir_open (path, 0, NULL);
  const char *child;
  while (entries != NULL && (child = g_dir_read_name (entries)) != NULL)
    {
      g_autofree char *below = *name != '\0' ? g_build_filename (name, child, NULL) : g_strdup (child);
      read_below (dir, below, files);
    }
  char *data;
  gsize length;
  g_autofree char *base = g_path_get_basename (path);
  if (entries != NULL || g_str_equal (base, SL_STORE_RESERVE_FILE) || !g_file_get_contents (path, &data, &length, NULL))
    return;
  SimFile *file = g_new0 (SimFile, 1);
  file->name = g_strdup (name);
  file->bytes = g_bytes_new_take (data, length);
  g_ptr_array_add (files, file);
}

/* sim_files_read: (transfer full): see the header. */
GPtrArray *
sim_files_read (const char *dir)
{
  GPtrArray *files = g_ptr_array_new_with_free_func (file_free);
  read_below (dir, "", files);
  return files;
}

/* sim_file_write: one, with the directories that it is in. */
void
sim_file_write (const char *dir, const SimFile *file)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (dir, file->name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  if (g_mkdir_with_parents (parent, 0700) != 0
      || !g_file_set_contents_full (path, g_bytes_get_data (file->bytes, NULL), (gssize) g_bytes_get_size (file->bytes),
                                    G_FILE_SET_CONTENTS_NONE, 0600, &error))
    g_error ("writing %s: %s", path, error != NULL ? error->message : g_strerror (errno));
}

/* sim_files_write: into a directory that has none of them. */
void
sim_files_write (const char *dir, const GPtrArray *files)
{
  for (guint i = 0; i < files->len; i++)
    sim_file_write (dir, files->pdata[i]);
}

/* --- its programs --- */

/* sim_hub_new: see the header. Does not start it. */
void
sim_hub_new (SimWorld *world, const GPtrArray *files)
{
  world->hub = g_new0 (SimHub, 1);
  world->hub->dir = g_build_filename (world->dir, "hub", NULL);
  world->hub->acked = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, g_free);
  if (files != NULL)
    sim_files_write (world->hub->dir, files);
  sim_disk_settle (world->disk, world->hub->dir);
}

/* sim_hub_free: its disk goes with it. */
void
sim_hub_free (SimWorld *world)
{
  if (world->hub == NULL)
    return;
  sim_hub_stop (world);
  sim_disk_settle (world->disk, world->hub->dir);
  sim_remove_tree (world->hub->dir);
  g_hash_table_unref (world->hub->acked);
  g_clear_pointer (&world->hub->old_files, g_ptr_array_unref);
  g_free (world->hub->dir);
  g_clear_pointer (&world->hub, g_free);
}

static gboolean
open_programs (SimHub *hub, SimWorld *world, GError **error)
{
  SlWorld *clock = &world->devices[SIM_HUB].clock.base;
  g_autofree char *where = g_strdup_printf ("sqlite:%s/log", hub->dir);
  SlLogStore *real = sl_log_store_open (where, clock, error);
  if (real == NULL)
    return FALSE;
  sl_log_store_set_rules_off (real, world->rules_off);
  hub->store = sim_store_new (world, real);
  sl_log_store_set_rules_off (hub->store, world->rules_off);
  for (guint i = 0; i < SIM_HUB_PROGRAMS; i++)
    {
      g_autofree char *replicas = g_strdup_printf ("%s/replicas-%u", hub->dir, i);
      hub->programs[i] = sl_hub_new (hub->store, replicas, clock, error);
      if (hub->programs[i] == NULL)
        return FALSE;
    }
  return TRUE;
}

/* sim_hub_start: see the header. */
gboolean
sim_hub_start (SimWorld *world)
{
  g_autoptr (GError) error = NULL;
  if (!open_programs (world->hub, world, &error))
    sim_violate (world, "the hub does not start: %s", error->message);
  return error == NULL;
}

/* sim_hub_stop: in order, or as good as: what was not synced is for the disk to lose. */
void
sim_hub_stop (SimWorld *world)
{
  world->devices[SIM_HUB].engine = NULL;
  for (guint i = 0; i < SIM_HUB_PROGRAMS; i++)
    g_clear_pointer (&world->hub->programs[i], sl_hub_free);
  g_clear_pointer (&world->hub->store, sl_log_store_close);
}

static SlHubTenant *
find_tenant (SimWorld *world, guint program)
{
  SlHubTenant *tenant = NULL;
  SlHub *hub = world->hub->programs[program];
  if (hub == NULL || !sl_hub_tenant_find (hub, &world->hub->tenant, &tenant, NULL))
    return NULL;
  return tenant;
}

/* sim_hub_look: see the header. The rules that a world leaves out are left out there too. */
void
sim_hub_look (SimWorld *world)
{
  SimDevice *device = &world->devices[SIM_HUB];
  if (world->hub == NULL || world->hub->busy)
    return;
  for (guint i = SIM_HUB_PROGRAMS; i > 0; i--)
    {
      SlHubTenant *tenant = find_tenant (world, i - 1);
      device->engine = tenant != NULL ? tenant->engine : NULL;
      if (device->engine != NULL)
        sl_oplog_set_rules_off (sim_log (device), world->rules_off);
    }
  if (device->engine != NULL && sl_id_is_none (&device->replica))
    device->replica = *sl_oplog_get_replica (sim_log (device));
}

/* sim_hub_identity: see the header. */
SlId
sim_hub_identity (SimWorld *world)
{
  g_autoptr (SlTenant) row = sl_log_store_find_tenant (world->hub->store, &world->hub->tenant, NULL);
  return row != NULL ? row->replica : sl_id_none;
}

/* sim_hub_is_odd: whether something explains what it says. */
gboolean
sim_hub_is_odd (SimWorld *world)
{
  return world->hub->odd && !world->healing;
}

/* What an answer says that the hub holds it must hold from now on. */
static void
note_acked (SimWorld *world, const SlSyncAnswer *answer)
{
  g_auto (SlWireHead) head = { 0 };
  if (!sl_wire_look (answer->body, G_MAXINT32, &head, NULL))
    return;
  for (guint i = 0; i < head.header.vector->len; i++)
    {
      const SlVectorEntry *entry = &g_array_index (head.header.vector, SlVectorEntry, i);
      const guint64 *before = g_hash_table_lookup (world->hub->acked, &entry->replica);
      if (before == NULL || *before < entry->seq)
        g_hash_table_replace (world->hub->acked, sl_id_copy (&entry->replica),
                              g_memdup2 (&entry->seq, sizeof entry->seq));
    }
}

/* sim_hub_check_acked: nothing that it answered for is gone from its log. */
void
sim_hub_check_acked (SimWorld *world)
{
  g_autoptr (GError) error = NULL;
  guint64 end;
  GHashTableIter iter;
  gpointer replica, seq;
  if (world->hub == NULL || world->hub->store == NULL || world->violation != NULL)
    return;
  g_autoptr (GArray) heads = sl_log_store_heads (world->hub->store, &world->hub->tenant, &end, &error);
  if (heads == NULL)
    sim_violate (world, "the hub's log cannot be read: %s", error->message);
  g_hash_table_iter_init (&iter, world->hub->acked);
  while (heads != NULL && g_hash_table_iter_next (&iter, &replica, &seq))
    {
      guint64 holds = 0;
      for (guint i = 0; i < heads->len; i++)
        if (sl_id_equal (&g_array_index (heads, SlEntry, i).replica, replica))
          holds = g_array_index (heads, SlEntry, i).last_seq;
      if (holds < *(guint64 *) seq)
        sim_violate (world, "the hub has lost what it said it holds: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                     " operations of %s", holds, *(guint64 *) seq, sim_name (replica));
    }
}

/* sim_hub_handle: (transfer full) (nullable): see the header. */
SlSyncAnswer *
sim_hub_handle (SimWorld *world, guint program, const SlSyncRequest *request)
{
  SimHub *hub = world->hub;
  gboolean was_busy = hub->busy;
  guint program_before = hub->program;
  if (hub->programs[program] == NULL || hub->works[program] || sim_disk_power_is_out (world->disk))
    return NULL;
  hub->busy = hub->works[program] = TRUE;
  hub->program = program;
  world->devices[SIM_HUB].engine = NULL;
  SlSyncAnswer *answer = sl_hub_handle (hub->programs[program], request, FROM);
  hub->works[program] = FALSE;
  hub->busy = was_busy;
  hub->program = program_before;
  sim_hub_look (world);
  if (sim_disk_power_is_out (world->disk))
    g_clear_pointer (&answer, sl_sync_answer_free);
  if (answer != NULL && answer->code == SL_SYNC_OK)
    note_acked (world, answer);
  return answer != NULL && hub->lies_left > 0 && !world->healing ? sim_lie (world, request, answer) : answer;
}

/* It puts replicas away that nobody needs. Who judges it has to see one: somebody at the hub asks for its devices. */
static void
look_at_devices (SimWorld *world, guint program)
{
  g_autoptr (GError) error = NULL;
  if (world->violation != NULL || world->fault || sim_device_runs (&world->devices[SIM_HUB]))
    return;
  world->hub->busy = TRUE;
  g_autoptr (GPtrArray) devices = sl_hub_devices (world->hub->programs[program], &world->hub->tenant, &error);
  world->hub->busy = FALSE;
  sim_hub_look (world);
  if (devices == NULL)
    sim_violate (world, "the hub does not tell its devices: %s", error->message);
}

/* sim_hub_work: what it does by itself. */
gboolean
sim_hub_work (SimWorld *world, guint program)
{
  SimHub *hub = world->hub;
  GError *error = NULL;
  if (hub->programs[program] == NULL || hub->works[program])
    return FALSE;
  hub->busy = hub->works[program] = TRUE;
  hub->program = program;
  world->devices[SIM_HUB].engine = NULL;
  gboolean done = sl_hub_work (hub->programs[program], &hub->tenant, &error);
  hub->busy = hub->works[program] = FALSE;
  sim_hub_look (world);
  if (error != NULL && g_error_matches (error, SL_ERROR, SL_ERROR_BUSY))
    {
      sim_tell (world, "    the hub's work: %s", error->message);
      g_error_free (error);
      return FALSE;
    }
  done = sim_came (world, "the hub's work", done, NULL, error);
  look_at_devices (world, program);
  sim_observe (world, &world->devices[SIM_HUB]);
  if (!world->fault)
    sim_check (world, &world->devices[SIM_HUB]);
  return done;
}

/* --- how devices come to know it --- */

static void
take_id (json_t *about, const char *name, SlId *out)
{
  if (!sl_id_parse (json_string_value (json_object_get (about, name)), out))
    g_error ("the hub does not say its %s", name);
}

static void
set_hub (SimDevice *device, json_t *about)
{
  g_autoptr (GError) error = NULL;
  SlHubLink link = { .url = (char *) URL };
  gsize length;
  g_autofree guint8 *key = g_base64_decode (json_string_value (json_object_get (about, "key")), &length);
  if (length != SL_SIGN_PUBLIC_BYTES)
    g_error ("the hub does not say its key");
  memcpy (link.public_key, key, length);
  take_id (about, "org", &link.account);
  take_id (about, "replica", &link.replica);
  take_id (about, "epoch", &link.epoch);
  if (!sl_agent_set_hub (device->agent, &link, &error))
    g_error ("pairing: %s", error->message);
}

static char *
new_code (SimWorld *world)
{
  g_autoptr (GError) error = NULL;
  char *code = NULL;
  gint64 expires_ms;
  if (!sl_hub_pairing_code (world->hub->programs[0], &world->hub->tenant, &code, &expires_ms, &error))
    g_error ("pairing: %s", error->message);
  return code;
}

static SlSyncAnswer *
ask_or_die (SimWorld *world, SlSyncRequest *request)
{
  SlSyncAnswer *answer = sim_hub_handle (world, 0, request);
  if (answer == NULL || answer->code != SL_SYNC_OK)
    g_error ("%s: %s", request->path, answer != NULL ? sl_sync_code_name (answer->code) : "no answer");
  return answer;
}

/* sim_hub_found: see the header. */
void
sim_hub_found (SimWorld *world, SimDevice *founder)
{
  g_autoptr (GError) error = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  char *data;
  gsize length;
  g_autofree char *file = sim_file (world, "invitation");
  if (!sl_hub_add_tenant (world->hub->programs[0], "Fynbos", &world->hub->tenant, &error)
      || !sl_device_invite (founder->engine, &founder->owner, file, NULL, &refusal, &error)
      || !g_file_get_contents (file, &data, &length, &error))
    g_error ("founding at the hub: %s", error->message);
  g_autoptr (GBytes) body = g_bytes_new_take (data, length);
  g_autoptr (SlSyncRequest) request = sl_sync_request_new ("POST", "/v1/found", body);
  g_hash_table_insert (request->headers, g_strdup ("studioloop-code"), new_code (world));
  g_autoptr (SlSyncAnswer) answer = ask_or_die (world, request);
  json_t *about = json_loadb (g_bytes_get_data (answer->body, NULL), g_bytes_get_size (answer->body), 0, NULL);
  set_hub (founder, about);
  take_id (about, "replica", &world->devices[SIM_HUB].replica);
  json_decref (about);
}

/* (transfer full): a device asks to be let in, with a code. */
static SlSyncRequest *
new_pair_request (SimWorld *world, SlWorld *clock)
{
  SlId random;
  g_autofree char *code = new_code (world);
  g_autoptr (GString) text = g_string_new (NULL);
  sl_id_random (clock, &random);
  g_string_append_printf (text, "{\"code\":\"%s\",\"name\":\"Desk\",\"request\":\"", code);
  for (guint i = 0; i < SL_ID_BYTES; i++)
    g_string_append_printf (text, "%02x", random.bytes[i]);
  g_string_append (text, "\"}");
  g_autoptr (GBytes) body = g_bytes_new (text->str, text->len);
  return sl_sync_request_new ("POST", "/v1/pair", body);
}

/* (transfer full): an invitation that the hub gives for a code. */
static GBytes *
ask_for_invitation (SimWorld *world, SimDevice *device)
{
  g_autoptr (SlSyncRequest) request = new_pair_request (world, &device->clock.base);
  g_autoptr (SlSyncAnswer) answer = ask_or_die (world, request);
  return g_bytes_ref (answer->body);
}

/* sim_hub_write_unheard: see the header. */
void
sim_hub_write_unheard (SimWorld *world, guint program)
{
  g_autoptr (SlSyncRequest) request = new_pair_request (world, &world->devices[SIM_HUB].clock.base);
  g_autoptr (SlSyncAnswer) answer = sim_hub_handle (world, program, request);
  sim_tell (world, "      an invitation that nobody gets: %s",
            answer != NULL ? sl_sync_code_name (answer->code) : "no answer");
}

/* sim_hub_check_serves: see the header. */
void
sim_hub_check_serves (SimWorld *world)
{
  SlId hub = sim_hub_identity (world);
  if (world->violation != NULL || sim_oracle_is_taken_away (world->oracle, &hub))
    return;
  for (guint i = 0; i < SIM_HUB_PROGRAMS && world->violation == NULL; i++)
    {
      g_autoptr (SlSyncRequest) request = new_pair_request (world, &world->devices[SIM_HUB].clock.base);
      g_autoptr (SlSyncAnswer) answer = sim_hub_handle (world, i, request);
      if (answer == NULL || answer->code != SL_SYNC_OK)
        sim_violate (world, "the hub lets nobody in any more: %s",
                     answer != NULL ? sl_sync_code_name (answer->code) : "no answer");
    }
}

/* sim_hub_pair: see the header. */
void
sim_hub_pair (SimWorld *world, SimDevice *device)
{
  g_autoptr (GError) error = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  SlId organisation;
  g_autofree char *file = sim_file (world, "invitation");
  g_autoptr (GBytes) invitation = ask_for_invitation (world, device);
  const char *data = g_bytes_get_data (invitation, NULL);
  if (!g_file_set_contents (file, data, (gssize) g_bytes_get_size (invitation), &error)
      || !sl_studio_join (device->dir, &device->clock.base, file, "Desk", &organisation, &device->replica, &refusal,
                          &error))
    g_error ("joining by the hub: %s", error->message);
  if (refusal.code != SL_REFUSAL_NONE)
    g_error ("joining by the hub: %s", sl_refusal_name (refusal.code));
  (void) g_unlink (file);
  const char *end = memchr (data, '\n', g_bytes_get_size (invitation));
  g_assert (end != NULL);
  json_t *line = json_loadb (data, (gsize) (end - data), 0, NULL);
  if (sim_device_open (world, device))
    set_hub (device, json_object_get (line, "hub"));
  json_decref (line);
}

/* sim_hub_knows: see the header. */
gboolean
sim_hub_knows (SimDevice *device)
{
  g_auto (SlHubLink) link = { 0 };
  gboolean paired = FALSE;
  return sl_agent_hub (device->agent, &link, &paired, NULL) && paired;
}

/* sim_hub_link_like: see the header. */
gboolean
sim_hub_link_like (SimWorld *world, SimDevice *device, SimDevice *like)
{
  g_auto (SlHubLink) link = { 0 };
  GError *error = NULL;
  gboolean paired;
  if (!sim_device_runs (device) || !sim_device_runs (like) || like->agent == NULL)
    return FALSE;
  gboolean done = sl_agent_hub (like->agent, &link, &paired, &error)
                  && (!paired || sl_agent_set_hub (device->agent, &link, &error));
  return sim_came (world, "pair", done, NULL, error) && paired;
}
