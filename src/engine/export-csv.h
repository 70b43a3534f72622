/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

/* Everything that a studio has, as CSV files that spreadsheets open and imports take back. Columns:
 * src/engine/README.md "Import and export". */
typedef enum {
  SL_EXPORT_MEMBERS,
  SL_EXPORT_SCHEDULE,
  SL_EXPORT_PACKAGES,
  SL_EXPORT_CREDITS,
  SL_EXPORT_BOOKINGS,
  SL_EXPORT_PAYMENTS,
  SL_EXPORT_SERVICES,
  SL_EXPORT_PLACES,
  SL_EXPORT_STAFF,
  SL_EXPORT_AVAILABILITY,
  SL_EXPORT_REQUESTS,
  SL_EXPORT_STANDING,
  SL_EXPORT_PLANS,
  SL_EXPORT_MEMBERSHIPS,
  SL_EXPORT_ENTRIES,
  SL_EXPORT_VISITS,
  SL_EXPORT_POLICIES,
  SL_EXPORT_RENEWALS,
  SL_EXPORT_LAST
} SlExportKind;
const char *sl_export_kind_name (SlExportKind kind);
gboolean sl_export_kind_parse (const char *name, SlExportKind *out);

/* Refusals: not_allowed. */
gboolean sl_export_may (SlEngine *engine, const SlActor *actor, SlExportKind kind, SlRefusal *out_refusal);
gboolean sl_export_csv (SlEngine *engine, const SlActor *actor, SlExportKind kind, const char *file,
                        guint64 *out_rows, SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
