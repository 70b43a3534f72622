/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sim-store"

#include "sim-hub.h"

#include "hub/log-store-private.h"
#include "sim-wire.h"

/* A log store before the real one: what may happen between a hub and its database at an append. */

typedef struct {
  SlLogStore base;
  SlLogStore *real;
  SimWorld *sim;
} SimStore;

#define REAL(store) (((SimStore *) (store))->real)

static void
store_close (SlLogStore *store)
{
  sl_log_store_close (REAL (store));
  sl_log_store_finish (store);
  g_free (store);
}

static gboolean
store_add_tenant (SlLogStore *store, const SlTenant *tenant, GError **error)
{
  return REAL (store)->klass->add_tenant (REAL (store), tenant, error);
}

static SlTenant *
store_find_tenant (SlLogStore *store, const SlId *id, GError **error)
{
  return REAL (store)->klass->find_tenant (REAL (store), id, error);
}

static GPtrArray *
store_tenants (SlLogStore *store, GError **error)
{
  return REAL (store)->klass->tenants (REAL (store), error);
}

static gboolean
store_set_identity (SlLogStore *store, const SlTenant *before, const SlTenant *after, gboolean *out_done,
                    GError **error)
{
  return REAL (store)->klass->set_identity (REAL (store), before, after, out_done, error);
}

static gboolean
set_busy (GError **error)
{
  g_set_error_literal (error, SL_ERROR, SL_ERROR_BUSY, "the store does not answer");
  return FALSE;
}

static gboolean
store_append (SlLogStore *store, const SlId *tenant, guint64 expected, const SlEntry *entries, guint n_entries,
              gsize bytes, gboolean *out_appended, guint64 *out_head, GError **error)
{
  SimWorld *world = ((SimStore *) store)->sim;
  SimAppend fate = world->hub->append;
  world->hub->append = SIM_APPEND_FINE;
  if (fate != SIM_APPEND_FINE)
    sim_tell (world, "      the append: fate %d", fate);
  if (fate == SIM_APPEND_BUSY_BEFORE)
    return set_busy (error);
  if (fate == SIM_APPEND_RACE)
    sim_wire_race (world);
  if (!REAL (store)->klass->append (REAL (store), tenant, expected, entries, n_entries, bytes, out_appended, out_head,
                                    error))
    return FALSE;
  if (fate == SIM_APPEND_CRASH_AFTER)
    sim_disk_cut_power (world->disk, world->hub->dir, 0);
  return fate != SIM_APPEND_BUSY_AFTER || set_busy (error);
}

static GArray *
store_read (SlLogStore *store, const SlId *tenant, guint64 after, const SlId *box_for, const SlId *not_of,
            guint64 max_bytes, guint64 *out_last, gboolean *out_more, GError **error)
{
  return REAL (store)->klass->read (REAL (store), tenant, after, box_for, not_of, max_bytes, out_last, out_more, error);
}

static GArray *
store_heads (SlLogStore *store, const SlId *tenant, guint64 *out_head, GError **error)
{
  return REAL (store)->klass->heads (REAL (store), tenant, out_head, error);
}

static gboolean
store_drop_boxes (SlLogStore *store, const SlId *tenant, guint64 up_to, GError **error)
{
  return REAL (store)->klass->drop_boxes (REAL (store), tenant, up_to, error);
}

static gboolean
store_listen (SlLogStore *store, GError **error)
{
  return TRUE; /* there is one thread */
}

static gboolean
store_add_code (SlLogStore *store, const SlId *tenant, const SlHash *code, gint64 expires_ms, GError **error)
{
  return REAL (store)->klass->add_code (REAL (store), tenant, code, expires_ms, error);
}

static gboolean
store_take_code (SlLogStore *store, const SlHash *code, const guint8 *request, gint64 now_ms, SlId *out_tenant,
                 GError **error)
{
  return REAL (store)->klass->take_code (REAL (store), code, request, now_ms, out_tenant, error);
}

static gboolean
store_find_code (SlLogStore *store, const SlHash *code, gint64 now_ms, SlId *out_tenant, GError **error)
{
  return REAL (store)->klass->find_code (REAL (store), code, now_ms, out_tenant, error);
}

static gboolean
store_take_nonce (SlLogStore *store, const SlId *replica, const guint8 *nonce, gint64 now_ms, gboolean *out_fresh,
                  GError **error)
{
  return REAL (store)->klass->take_nonce (REAL (store), replica, nonce, now_ms, out_fresh, error);
}

static gboolean
store_check (SlLogStore *store, GError **error)
{
  return REAL (store)->klass->check (REAL (store), error);
}

static const SlLogStoreClass sim_class = {
  .name = "simulated",
  .close = store_close,
  .add_tenant = store_add_tenant,
  .find_tenant = store_find_tenant,
  .tenants = store_tenants,
  .set_identity = store_set_identity,
  .append = store_append,
  .read = store_read,
  .heads = store_heads,
  .drop_boxes = store_drop_boxes,
  .listen = store_listen,
  .add_code = store_add_code,
  .take_code = store_take_code,
  .find_code = store_find_code,
  .take_nonce = store_take_nonce,
  .check = store_check,
};

/* sim_store_new: see the header. */
SlLogStore *
sim_store_new (SimWorld *world, SlLogStore *real)
{
  SimStore *self = g_new0 (SimStore, 1);
  sl_log_store_init (&self->base, &sim_class, &world->devices[SIM_HUB].clock.base);
  self->real = real;
  self->sim = world;
  return &self->base;
}
