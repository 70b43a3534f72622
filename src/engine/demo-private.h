/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/demo-data.h"
#include "engine/demo.h"
#include "engine/engine-private.h"

/* Inside the demo only: what demo-more.c needs of a studio that has its classes. */
typedef struct {
  SlEngine *engine;
  SlDemo *out;
  const SlActor *owner, *reception;
  const SlId *location, *personal, *vinyasa;  /* the place; two services */
  const SlId *full_session;                   /* (nullable) */
  const SlId *members;                        /* (array length=demo_n_names) */
  GTimeZone *zone;
  gint64 now_ms;
} SlDemoMore;

gboolean sl_demo_accepted (const SlRefusal *refusal, const char *what, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_demo_open_week (SlDemoMore *more, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_demo_lead_codes (SlDemoMore *more, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_demo_start_plans (SlDemoMore *more, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_demo_ask (SlDemoMore *more, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_demo_stand (SlDemoMore *more, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_demo_queue (SlDemoMore *more, GError **error) G_GNUC_WARN_UNUSED_RESULT;
