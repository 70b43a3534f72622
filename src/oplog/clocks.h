/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/id.h"

/* Who wrote which field of a row last: packed per row, one entry per operation that still shows. */
#define SL_CLOCK_FIELDS_MAX 62 /* fields of one entity: a bit each in a CBOR integer */

typedef struct {
  gint64 hlc;
  SlId replica;
  guint64 seq;
} SlStamp;
typedef struct {
  guint64 fields;
  SlStamp stamp;
} SlClockEntry;

int sl_stamp_compare (const SlStamp *a, const SlStamp *b);
/* (transfer full) of SlClockEntry; NULL: not clocks */
GArray *sl_clocks_unpack (const void *data, gsize length);
GBytes *sl_clocks_pack (GArray *clocks);
/* Which of fields the stamp wins; they are noted as its own. */
guint64 sl_clocks_win (GArray *clocks, guint64 fields, const SlStamp *stamp);
