/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/board.h"
#include "engine/checkin.h"

/* What a door can meet, made up: Tuesday 3 March 2026, 06:52 in Johannesburg. */
#define SL_SAMPLE_NOW_MS G_GINT64_CONSTANT (1772513520000)

typedef struct {
  const char *name;       /* of the picture */
  SlCheckinAnswer answer; /* its texts are static: never freed */
  int failure;            /* an SlErrorCode, or -1: the answer counts */
  const char *starts_with_en, *starts_with_af; /* the headline */
} SlDoorSample;

GTimeZone *sl_sample_zone (void);              /* (transfer full) */
GPtrArray *sl_sample_board (void);             /* (transfer full) (element-type SlBoardSession) */
GPtrArray *sl_sample_choices (guint n);        /* (transfer full) (element-type SlCheckinChoice) */
const SlDoorSample *sl_sample_answers (guint *out_n);
