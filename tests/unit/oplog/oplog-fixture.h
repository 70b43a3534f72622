/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fake-world.h"
#include "oplog/operation.h"
#include "oplog/oplog.h"
#include "temp-dir.h"

/* A device of a studio in a directory of its own. */
typedef struct {
  SlFakeWorld world;
  SlTempDir *temporary;
  const char *dir;
  SlStore *store;
  SlOplog *log;
} Device;

void device_found (Device *device, SlId *out_location);
void device_found_seeded (Device *device, SlId *out_location, guint64 seed); /* another seed, another studio */
void device_join (Device *device, Device *host, const SlId *location, guint64 seed);
void device_open (Device *device);  /* again, on the same directory */
void device_close (Device *device); /* keeps the directory */
void device_clear (Device *device); /* removes it */

char *device_path (Device *device, const char *name);
void device_export (Device *device, const char *path);
void device_import (Device *device, const char *path, SlImportResult *out);
void device_give (Device *from, Device *to); /* export and import, nothing quarantined */
void device_hash (Device *device, SlHash *out);
void assert_same_state (Device *a, Device *b);
/* What a broken or hostile program writes: properly chained, signed when it is exported, and not looked at. */
void device_forge (Device *device, SlKind kind, const SlId *entity, GBytes *body);
void assert_verified (Device *device);

/* Commands, each in a transaction of its own. */
void make_member (Device *device, const char *first, SlId *out);
void make_session (Device *device, const SlId *location, int capacity, SlId *out);
void make_lot (Device *device, const SlId *member, gint64 credits, SlId *out);
void book (Device *device, const SlId *session, const SlId *member, const SlId *lot, gint64 amount, SlId *out);
void release (Device *device, const SlId *claim, SlReleaseWhy why, int percent);

char **read_lines (const char *path);
void write_lines (const char *path, char **lines);
