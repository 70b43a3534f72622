/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "hub/log-store.h"

/* What the log store's tests and their helper process share: entries that tell where they are from, and writers that
 * take every number for themselves that they can get. */
#define FIXTURE_NOW_MS G_GINT64_CONSTANT (1772424000000)

SlEntry fixture_entry (guint8 device, guint64 seq, gsize length);       /* a segment of one operation */
SlEntry fixture_box (guint8 device, const char *text);                  /* for that device */
SlId fixture_device (guint8 device);
void fixture_append (SlLogStore *store, const SlId *tenant, guint64 expected, const SlEntry *entries, guint n_entries);
SlId fixture_tenant (SlLogStore *store, const char *name);

typedef struct {
  SlLogStore *store;
  SlId tenant;
  guint8 device;
  guint n_entries;
  guint appended; /* atomic: how many are known to be in the log */
  guint busy;     /* how often the store was away */
} FixtureWriter;
gpointer fixture_write (gpointer writer); /* a thread's function: seq 1 to n_entries, in order */

/* All of the log, at most max_bytes at a time. (element-type SlEntry) */
GArray *fixture_read_all (SlLogStore *store, const SlId *tenant, guint64 max_bytes);
/* Numbers without a gap; of each of n_devices devices (from 1) seq 1 to n_each, once and in order. */
void fixture_check_log (SlLogStore *store, const SlId *tenant, guint n_devices, guint n_each);
