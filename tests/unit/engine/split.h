/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The split test: the ten rights of a session are shared between devices in every way there is, the devices are cut off
 * from one another, each takes walk-ins until it refuses one, and then all exchange files. Commands go by the engine's
 * public calls, on data directories like a studio's. */

#define SPLIT_RIGHTS 10     /* of each session */
#define SPLIT_WALK_INS 8    /* at each device, at least; more where it has not refused one by then */
#define SPLIT_DEVICES_MAX 3

typedef enum {
  SPLIT_APART,     /* each has heard of its share before they part */
  SPLIT_IN_FLIGHT, /* shares go by way of another device, and their files arrive one by one while all sell */
  SPLIT_COPY,      /* one device's disk is copied once they have parted, and both go on */
  SPLIT_RESTORE,   /* one device's backup of before the sales is put back after them */
  SPLIT_LAST
} SplitKind;

typedef struct {
  SplitKind kind;
  guint devices; /* 2 or 3 */
  guint which;   /* the device that is copied or restored */
  guint64 seed;  /* of the orders */
} SplitCase;

typedef struct {
  guint64 ways;       /* sessions: each way to share the ten, once */
  guint64 walk_ins;   /* people who asked for a spot */
  guint64 accepted;   /* of them */
  guint64 overbooked; /* spots taken beyond a capacity, as the devices count them in the end: the most of any */
  guint64 unsold;     /* spots that nobody could be given although people asked */
  guint64 lost;       /* bookings that somebody was told of and that a device does not have in the end */
  guint64 astray;     /* devices whose state is not the first one's, or whose log does not verify */
  guint64 by_copies;  /* accepted by a copy or a restored backup */
} SplitCount;

const char *split_kind_name (SplitKind kind);
guint split_ways (guint devices); /* to share SPLIT_RIGHTS */
void split_run (const SplitCase *split, SplitCount *inout_count);
