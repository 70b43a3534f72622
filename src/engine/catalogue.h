/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"
#include "oplog/oplog.h"

/* What the things of the price list have in common. Inside the engine room only. */

#define SL_CATALOGUE_CREDITS_MAX_HUNDREDTHS \
  G_GINT64_CONSTANT (100000000) /* a million credits: beyond any price list, far below overflow */

/* what: "the package's credits are". value SL_NUMBER_NONE: not named. BAD_INPUT */
gboolean sl_catalogue_set_number (SlFields *fields, const char *column, const char *what, gint64 value, gint64 min,
                                  gint64 max, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* what: "the package's name". name (nullable): not named. BAD_INPUT */
gboolean sl_catalogue_set_name (SlFields *fields, const char *what, const char *name,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The command as a whole; and the end of one that has begun and seen that there is such a thing. Refusals:
 * not_allowed. */
gboolean sl_catalogue_add (SlEngine *engine, const SlActor *actor, const char *command, SlFields *fields, SlId *out_id,
                           SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_catalogue_edit (SlEngine *engine, const SlActor *actor, const char *command, const SlId *id,
                            SlFields *fields, SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
