/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/clock.h"

/* A world that a test owns: its clock stands still until it is moved, its chance follows from a seed. */
typedef struct {
  SlWorld base;      /* pass &world.base */
  gint64 now_ms;     /* move it as you like */
  guint64 state;
} SlFakeWorld;

void sl_fake_world_init (SlFakeWorld *world, gint64 now_ms, guint64 seed);
