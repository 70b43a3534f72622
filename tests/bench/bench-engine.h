/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"
#include "fake-world.h"
#include "raw-sqlite.h"
#include "series.h"
#include "studio-data.h"

/* A data set with an engine on it, and the parts of bench-engine that measure on one. */
typedef enum {
  SL_DEED_BOOK,
  SL_DEED_CANCEL,
  SL_DEED_CHECK_IN,
  SL_DEED_BY_PASS,
  SL_DEED_SELL,
  SL_DEED_LAST
} SlDeed;
typedef struct {
  const char *name;
  char *dir;
  SlStudioMade made;
  SlFakeWorld world;
  SlEngine *engine;
  SlActor owner;
  GRand *chance;
  SlSeries *series[SL_DEED_LAST], *busy[SL_DEED_LAST]; /* by the clock on the wall; of the processor's time */
} SlDesk;

/* On a machine that does other things too, the processor's time says what something costs, and the wall's what it took.
 */
typedef struct {
  gint64 wall_us, busy_us;
} SlMoment;
SlMoment sl_bench_now (void);
SlMoment sl_bench_since (SlMoment start);

void sl_bench_must (gboolean done, const SlRefusal *refusal, GError **error);
void sl_bench_open (SlDesk *desk);
void sl_bench_close (SlDesk *desk);
gint64 sl_bench_number (SlDesk *desk, const char *sql);

/* bench-deeds.c: commands on all desks in turn, and the raw program's commits between them. */
void sl_bench_deeds (SlDesk *desks, guint n_desks, const char *place, guint count);
void sl_bench_sales (SlDesk *desks, guint n_desks, const char *place, guint count);
/* bench-reads.c: what is asked of one desk. program: the command line's. */
void sl_bench_reads (SlDesk *desk, const char *program, guint count);
void sl_bench_checks (SlDesk *desk);
/* bench-reports.c: reports and CSV files. */
void sl_bench_reports (SlDesk *desk, gboolean quick);
/* bench-crowd.c: many at once on one session. The desk is closed. */
void sl_bench_crowd (SlDesk *desk, const char *self, guint members);
int sl_bench_crowd_member (const char *dir, int argc, char **argv); /* one of its processes */
