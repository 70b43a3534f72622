/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sim-template"

#include "sim-hub.h"
#include "sim-wire.h"

#include <fcntl.h>
#include <ftw.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/datetime.h"
#include "engine/availability.h"
#include "engine/credits.h"
#include "engine/device.h"
#include "engine/exchange.h"
#include "engine/location.h"
#include "engine/member.h"
#include "engine/package.h"
#include "engine/sale.h"
#include "engine/schedule.h"
#include "engine/service.h"
#include "engine/staff.h"
#include "engine/studio.h"
#include "oplog/oplog-private.h"
#include "oplog/prune.h"

/* Studios to begin worlds with, one per number of devices: founded once per process with all that costs time (keys,
 * the PIN), and copied for each world. The one with a device more goes on from the one before, so a world is the same
 * whichever were made. */

typedef struct {
  GBytes *database, *mark;
  SlIdentity identity;
} Saved;

typedef struct {
  gboolean made;
  Saved devices[SIM_DEVICES_LAST];
  SimStudio studio;
  GArray *members, *sessions, *lots;
  GPtrArray *hub_files; /* (nullable) of SimFile: of the hub's disk; its device has nothing else */
  SlId hub_tenant, hub_replica;
} Template;

#define TEMPLATE_SEED (G_GUINT64_CONSTANT (1) << 63) /* no world's: the same keys would come about again */

static Template templates[2][SIM_DEVICES_LAST + 1]; /* of the test program alone; the product has no globals */
static guint64 sodium_state;

/* --- libsodium's chance, which makes nonces of boxes --- */

static const char *
implementation_name (void)
{
  return "sl-sim";
}

static void
implementation_buf (void *const buffer, const size_t length)
{
  guint8 *bytes = buffer;
  for (gsize i = 0; i < length; i++)
    bytes[i] = (guint8) (sim_random (&sodium_state) >> 56);
}

static guint32
implementation_random (void)
{
  return (guint32) (sim_random (&sodium_state) >> 32);
}

static randombytes_implementation implementation = { .implementation_name = implementation_name,
                                                      .random = implementation_random,
                                                      .buf = implementation_buf };

/* sim_world_init_random: see the header. */
void
sim_world_init_random (void)
{
  g_autoptr (GError) error = NULL;
  (void) randombytes_set_implementation (&implementation);
  if (!sl_crypto_init (&error))
    g_error ("%s", error->message);
}

/* sim_seed_random: so that a world does not depend on those before it. */
void
sim_seed_random (guint64 seed)
{
  sodium_state = seed;
}

/* --- files --- */

static int
remove_one (const char *path, const struct stat *info, int type, struct FTW *position)
{
  return remove (path);
}

/* sim_remove_tree: a directory with all that is in it. */
void
sim_remove_tree (const char *dir)
{
  (void) nftw (dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static GBytes *
read_file (const char *dir, const char *name)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_autoptr (GError) error = NULL;
  char *data = NULL;
  gsize length;
  if (!g_file_get_contents (path, &data, &length, &error))
    g_error ("%s", error->message);
  return g_bytes_new_take (data, length);
}

static void
write_file (const char *dir, const char *name, GBytes *bytes)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  gsize length;
  const void *data = g_bytes_get_data (bytes, &length);
  int fd = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0 || write (fd, data, length) != (gssize) length)
    g_error ("writing %s: %s", path, g_strerror (errno));
  (void) close (fd);
}

/* The reserve costs nothing here: a file with a hole. */
static void
make_reserve (const char *dir)
{
  g_autofree char *path = g_build_filename (dir, SL_STORE_RESERVE_FILE, NULL);
  int fd = open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0 || ftruncate (fd, SL_STORE_RESERVE_BYTES) != 0)
    g_error ("writing %s: %s", path, g_strerror (errno));
  (void) close (fd);
}

static void
put_device (SimDevice *device, Saved *saved)
{
  g_autoptr (GError) error = NULL;
  SlIdentity identity = saved->identity;
  if (g_mkdir (device->dir, 0700) != 0)
    g_error ("%s: %s", device->dir, g_strerror (errno));
  write_file (device->dir, SL_STORE_FILE, saved->database);
  write_file (device->dir, "mark", saved->mark);
  make_reserve (device->dir);
  identity.place = NULL; /* the file names its own */
  if (!sl_identity_write (device->dir, &identity, &error))
    g_error ("%s", error->message);
  g_free (identity.place);
}

/* --- making --- */

static void
check (gboolean done, const SlRefusal *refusal, const GError *failure)
{
  if (failure != NULL)
    g_error ("%s", failure->message);
  if (!done || refusal->code != SL_REFUSAL_NONE)
    g_error ("founding was refused: %s", sl_refusal_name (refusal->code));
}

static void
add_service (SimDevice *device, const char *name, const char *kind, gint64 credits, SlId *out)
{
  SlServiceParams params;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;
  sl_service_params_init (&params);
  params.name = name;
  params.kind = kind;
  params.type = "yoga";
  params.mode = "mixed";
  params.duration_min = 60;
  params.capacity = 3;
  params.credits_hundredths = credits;
  check (sl_service_add (device->engine, &device->owner, &params, out, &refusal, &failure), &refusal, failure);
}

static void
add_session (SimWorld *world, SimDevice *device, const SlId *service, const SlId *location, gint64 after_min,
             gint64 capacity)
{
  SlSessionParams params;
  SlId id;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;
  sl_session_params_init (&params);
  params.service = service;
  params.location = location;
  params.start_ms = world->now_ms + after_min * SL_MINUTE_MS;
  params.capacity = capacity;
  check (sl_session_add (device->engine, &device->owner, &params, &id, &refusal, &failure), &refusal, failure);
  g_array_append_val (world->sessions, id);
}

static void
add_member (SimWorld *world, SimDevice *device, const char *name, gboolean pays)
{
  SlMemberParams params = { .first = name, .last = "Nkosi" };
  SlSaleParams sale = { .package_id = world->studio.package, .method = "card", .amount_cents = SL_NUMBER_NONE };
  SlSale sold;
  SlId id;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;
  check (sl_member_add (device->engine, &device->owner, &params, TRUE, &id, &refusal, &failure), &refusal, failure);
  g_array_append_val (world->members, id);
  if (!pays)
    return;
  sale.member_id = id;
  check (sl_sale_package (device->engine, &device->owner, &sale, &sold, &refusal, &failure), &refusal, failure);
  g_array_append_val (world->lots, sold.lot_id);
}

static void
move_rights (SimDevice *from, const SlId *session, const SimDevice *to, gint64 spots)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;
  check (sl_exchange_move_rights (from->engine, &from->owner, session, &to->replica, spots, &refusal, &failure),
         &refusal, failure);
}

static void
open_or_die (SimWorld *world, SimDevice *device)
{
  if (!sim_device_open (world, device))
    g_error ("founding: %s", world->violation);
}

/* Somebody to have alone, all day on the first two days. */
static void
add_instructor (SimWorld *world, SimDevice *device)
{
  SlStaffParams who = { .name = "Thabo", .role = "instructor", .pin = "836205", .everywhere = TRUE };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;
  check (sl_staff_add (device->engine, &device->owner, &who, &world->studio.instructor, &refusal, &failure), &refusal,
         failure);
  for (int weekday = 1; weekday <= 2; weekday++)
    {
      SlAvailabilityParams block;
      SlId id;
      sl_availability_params_init (&block);
      block.staff = &world->studio.instructor;
      block.location = &world->studio.founder_location;
      block.weekday = weekday;
      block.from_minute = 0;
      block.to_minute = SL_DAY_MINUTES;
      check (sl_availability_add (device->engine, &device->owner, &block, &id, &refusal, &failure), &refusal, failure);
    }
}

static void
found (SimWorld *world)
{
  SlStudioParams params = { "Fynbos Fitness", "Sea Point", "Africa/Johannesburg", NULL, "Nomsa Dube", "739154" };
  g_auto (SlStudioFounded) founded = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;
  SimDevice *founder = sim_device_add (world);
  check (sl_studio_init (founder->dir, &founder->clock.base, &params, &founded, &refusal, &failure), &refusal, failure);
  open_or_die (world, founder);
  sl_engine_get_location (founder->engine, &world->studio.founder_location);
  check (sl_location_add (founder->engine, &founder->owner, "Obs", "Africa/Johannesburg", NULL,
                          &world->studio.second_location, &refusal, &failure),
         &refusal, failure);
  add_service (founder, "Stretch", "class", 0, &world->studio.services[0]);
  add_service (founder, "Vinyasa", "class", 100, &world->studio.services[1]);
  add_service (founder, "Private", "one_to_one", 100, &world->studio.one_to_one);
  add_instructor (world, founder);
  check (sl_room_add (founder->engine, &founder->owner, &world->studio.founder_location, "Blue",
                      &world->studio.rooms[0], &refusal, &failure),
         &refusal, failure);
  check (sl_package_add (founder->engine, &founder->owner, "Three", 300, 30000, 60, &world->studio.package, &refusal,
                         &failure),
         &refusal, failure);
}

static void
join (SimWorld *world)
{
  SimDevice *founder = &world->devices[0], *device = sim_device_add (world);
  g_autofree char *invitation = sim_file (world, "invitation");
  SlId organisation;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;
  const SlId *location = device->index % 2 ? &world->studio.second_location : &world->studio.founder_location;
  check (sl_device_invite (founder->engine, &founder->owner, invitation, location, &refusal, &failure), &refusal,
         failure);
  check (sl_studio_join (device->dir, &device->clock.base, invitation, "Desk", &organisation, &device->replica,
                         &refusal, &failure),
         &refusal, failure);
  open_or_die (world, device);
}

/* Everybody hears the hub, twice; what it has to do itself it does in between. */
static void
mesh_by_hub (SimWorld *world)
{
  world->healing = TRUE; /* nothing gets lost while a studio is made */
  for (guint round = 0; round < 2; round++)
    {
      for (guint i = 0; i < world->n_devices; i++)
        if (i != SIM_HUB && !sim_wire_exchange (world, &world->devices[i], &world->devices[SIM_HUB], i, NULL))
          g_error ("founding: %s", world->violation);
      if (!sim_hub_work (world, 0))
        g_error ("founding: %s", world->violation);
    }
  world->healing = FALSE;
}

static void
mesh (SimWorld *world)
{
  if (world->hub != NULL)
    {
      mesh_by_hub (world);
      return;
    }
  for (guint round = 0; round < 2; round++)
    for (guint i = 0; i < world->n_devices; i++)
      for (guint j = 0; j < world->n_devices; j++)
        if (i != j && !sim_give (world, &world->devices[i], &world->devices[j]))
          g_error ("founding: %s", world->violation);
}

/* The first three devices with something to quarrel about: spots of sessions and credits in several hands. */
static void
furnish (SimWorld *world)
{
  SimDevice *hub = &world->devices[SIM_HUB], *a = &world->devices[0], *c = &world->devices[2];
  SimDevice *b = world->hub != NULL ? c : hub; /* who is at the second location */
  const SimStudio *studio = &world->studio;
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) failure = NULL;
  check (sl_room_add (b->engine, &b->owner, &studio->second_location, "Green", &world->studio.rooms[1], &refusal,
                      &failure),
         &refusal, failure);
  if (world->hub == NULL && !sl_oplog_set_keep_all (sim_log (hub), TRUE, &failure))
    g_error ("%s", failure->message);
  add_session (world, a, &studio->services[0], &studio->founder_location, 60, 5);
  add_session (world, b, &studio->services[1], &studio->second_location, 330, 3);
  add_session (world, a, &studio->services[1], &studio->founder_location, 24 * 60, 3);
  add_member (world, a, "Ayanda", TRUE);
  add_member (world, b, "Bongi", TRUE);
  add_member (world, a, "Chris", FALSE);
  add_member (world, c, "Dudu", TRUE);
  add_member (world, c, "Elna", FALSE);
  add_member (world, b, "Fana", TRUE);
  mesh (world);
  const SlId *first = &g_array_index (world->sessions, SlId, 0), *third = &g_array_index (world->sessions, SlId, 2);
  move_rights (a, first, hub, 2);
  move_rights (a, first, c, 1);
  move_rights (a, third, c, 1);
}

static void
save (SimWorld *world, Template *out)
{
  for (guint i = 0; i < world->n_devices; i++)
    {
      SimDevice *device = &world->devices[i];
      g_autoptr (GError) error = NULL;
      if (device->is_hub)
        continue;
      if (!sl_store_checkpoint (sl_oplog_get_store (sim_log (device)), &error))
        g_error ("%s", error->message);
      sim_device_close (world, device);
      out->devices[i].database = read_file (device->dir, SL_STORE_FILE);
      out->devices[i].mark = read_file (device->dir, "mark");
      if (!sl_identity_read (device->dir, &out->devices[i].identity, &error))
        g_error ("%s", error->message);
    }
  if (world->hub != NULL)
    {
      out->hub_tenant = world->hub->tenant;
      out->hub_replica = world->devices[SIM_HUB].replica;
      sim_hub_stop (world);
      out->hub_files = sim_files_read (world->hub->dir);
    }
  out->studio = world->studio;
  out->members = g_array_copy (world->members);
  out->sessions = g_array_copy (world->sessions);
  out->lots = g_array_copy (world->lots);
  out->made = TRUE;
}

static void
copy_array (GArray *to, const GArray *from)
{
  g_array_set_size (to, 0);
  g_array_append_vals (to, from->data, from->len);
}

static void
take_names (SimWorld *world, const Template *from)
{
  world->studio = from->studio;
  copy_array (world->members, from->members);
  copy_array (world->sessions, from->sessions);
  copy_array (world->lots, from->lots);
}

static void
put_hub (SimWorld *world, SimDevice *device, const Template *from)
{
  device->is_hub = device->keeps_all = TRUE;
  device->replica = from->hub_replica;
  sim_hub_new (world, from->hub_files);
  world->hub->tenant = from->hub_tenant;
  if (sim_hub_start (world))
    (void) sim_hub_work (world, 0);
}

static void
put_all (SimWorld *world, guint n_devices, gboolean with_hub)
{
  Template *from = &templates[with_hub][n_devices];
  take_names (world, from);
  for (guint i = 0; i < n_devices; i++)
    {
      SimDevice *device = sim_device_add (world);
      if (with_hub && i == SIM_HUB)
        {
          put_hub (world, device, from);
          continue;
        }
      put_device (device, &from->devices[i]);
      device->keeps_all = i == SIM_HUB;
      open_or_die (world, device);
    }
}

static void
add_hub (SimWorld *world)
{
  SimDevice *device = sim_device_add (world);
  device->is_hub = device->keeps_all = TRUE;
  sim_hub_new (world, NULL);
  if (!sim_hub_start (world))
    g_error ("founding: %s", world->violation);
  sim_hub_found (world, &world->devices[0]);
  if (!sim_hub_work (world, 0))
    g_error ("founding: %s", world->violation);
}

static void
add_device (SimWorld *world)
{
  if (world->hub != NULL)
    sim_hub_pair (world, sim_device_add (world));
  else
    join (world);
}

static void
make (SimDisk *disk, const char *dir, guint n_devices, gboolean with_hub)
{
  guint64 rules_off = 0;
  g_autofree char *below = g_build_filename (dir, "template", NULL);
  sim_seed_random (TEMPLATE_SEED + n_devices);
  if (g_mkdir (below, 0700) != 0)
    g_error ("%s: %s", below, g_strerror (errno));
  SimWorld *world = sim_world_new (disk, below, 0, FALSE, TEMPLATE_SEED + n_devices);
  world->rules_off = rules_off;
  if (n_devices == SIM_DEVICES_FIRST)
    {
      found (world);
      if (with_hub)
        add_hub (world);
      else
        join (world);
      add_device (world);
      furnish (world);
    }
  else
    {
      put_all (world, n_devices - 1, with_hub);
      add_device (world);
    }
  mesh (world);
  save (world, &templates[with_hub][n_devices]);
  sim_world_free (world);
  sim_remove_tree (below);
}

/* sim_template_clone: the world, which has no devices yet, begins with so many; running. */
gboolean
sim_template_clone (SimWorld *world, guint n_devices, gboolean with_hub)
{
  g_return_val_if_fail (n_devices >= SIM_DEVICES_FIRST && n_devices <= SIM_DEVICES_LAST, FALSE);
  guint64 state = sodium_state;
  for (guint n = SIM_DEVICES_FIRST; n <= n_devices; n++)
    if (!templates[with_hub][n].made)
      make (world->disk, world->dir, n, with_hub);
  sodium_state = state;
  put_all (world, n_devices, with_hub);
  return world->violation == NULL;
}

/* sim_templates_make: see the header. */
void
sim_templates_make (const char *dir)
{
  g_autoptr (SimDisk) disk = sim_disk_new ();
  for (guint n = SIM_DEVICES_FIRST; n <= SIM_DEVICES_LAST; n++)
    for (guint with_hub = 0; with_hub < 2; with_hub++)
      if (!templates[with_hub][n].made)
        make (disk, dir, n, with_hub);
}

/* sim_templates_free: at the end of the program. */
void
sim_templates_free (void)
{
  for (guint n = 0; n < 2 * G_N_ELEMENTS (templates[0]); n++)
    {
      guint n_devices = n % G_N_ELEMENTS (templates[0]);
      Template *one = &templates[n / G_N_ELEMENTS (templates[0])][n_devices];
      g_clear_pointer (&one->hub_files, g_ptr_array_unref);
      for (guint i = 0; one->made && i < n_devices; i++)
        {
          if (one->devices[i].database == NULL)
            continue; /* the hub's place */
          g_bytes_unref (one->devices[i].database);
          g_bytes_unref (one->devices[i].mark);
          sl_identity_clear (&one->devices[i].identity);
        }
      g_clear_pointer (&one->members, g_array_unref);
      g_clear_pointer (&one->sessions, g_array_unref);
      g_clear_pointer (&one->lots, g_array_unref);
      one->made = FALSE;
    }
}
