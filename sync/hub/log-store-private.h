/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "hub/log-store.h"
#include "hub/rules-off.h"

#include "core/error.h"

/* Within log-store*.c only: what an implementation brings, and what it is given. Arguments are checked before. */
typedef struct {
  const char *name;
  void (*close) (SlLogStore *store);
  gboolean (*add_tenant) (SlLogStore *store, const SlTenant *tenant, GError **error);
  SlTenant *(*find_tenant) (SlLogStore *store, const SlId *id, GError **error);
  GPtrArray *(*tenants) (SlLogStore *store, GError **error);
  gboolean (*set_identity) (SlLogStore *store, const SlTenant *before, const SlTenant *after, gboolean *out_done,
                            GError **error);
  gboolean (*append) (SlLogStore *store, const SlId *tenant, guint64 expected, const SlEntry *entries, guint n_entries,
                      gsize bytes, gboolean *out_appended, guint64 *out_head, GError **error);
  GArray *(*read) (SlLogStore *store, const SlId *tenant, guint64 after, const SlId *box_for, const SlId *not_of,
                   guint64 max_bytes, guint64 *out_last, gboolean *out_more, GError **error);
  GArray *(*heads) (SlLogStore *store, const SlId *tenant, guint64 *out_head, GError **error);
  gboolean (*drop_boxes) (SlLogStore *store, const SlId *tenant, guint64 up_to, GError **error);
  gboolean (*listen) (SlLogStore *store, GError **error); /* begins to call sl_log_store_tell() */
  gboolean (*add_code) (SlLogStore *store, const SlId *tenant, const SlHash *code, gint64 expires_ms, GError **error);
  gboolean (*take_code) (SlLogStore *store, const SlHash *code, const guint8 *request, gint64 now_ms, SlId *out_tenant,
                         GError **error);
  gboolean (*find_code) (SlLogStore *store, const SlHash *code, gint64 now_ms, SlId *out_tenant, GError **error);
  gboolean (*take_nonce) (SlLogStore *store, const SlId *replica, const guint8 *nonce, gint64 now_ms,
                          gboolean *out_fresh, GError **error);
  gboolean (*check) (SlLogStore *store, GError **error);
} SlLogStoreClass;

struct _SlLogStore
{
  const SlLogStoreClass *klass;
  SlWorld *world;
  guint64 rules_off; /* rules-off.h */
  SlLogNewsFunc news;
  gpointer news_data;
  GMutex told_mutex;
  GHashTable *told; /* owned SlId* → owned guint64*: the head last told of */
};
void sl_log_store_init (SlLogStore *store, const SlLogStoreClass *klass, SlWorld *world);
void sl_log_store_finish (SlLogStore *store); /* frees what init made, not store itself */
void sl_log_store_tell (SlLogStore *store, const SlId *tenant, guint64 head);

SlLogStore *sl_log_store_open_sqlite (const char *dir, SlWorld *world, GError **error);
SlLogStore *sl_log_store_open_postgresql (const char *uri, SlWorld *world, GError **error);

GArray *sl_log_store_entries_new (void);
gboolean sl_log_store_set_no_tenant (GError **error); /* always FALSE */

/* What a nonce is forgotten by, and how often. */
#define SL_NONCE_PURGE_EVERY_MS (30 * 1000)
