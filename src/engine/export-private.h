/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/export-csv.h"

#include "core/csv.h"
#include "engine/engine-private.h"

/* Inside the exporter only. */

typedef struct _SlExportNames SlExportNames;

typedef struct {
  SlEngine *engine;
  const SlActor *actor;
  int fd;
  GString *buffer;       /* what is not written yet */
  guint64 rows;
  SlExportNames *names;  /* (nullable) */
  GPtrArray *cells;      /* (element-type utf8) (nullable items): of the row that is being made */
} SlExport;

#define SL_EXPORT_LIST_SEPARATOR "; " /* of several things in one cell; imports take them apart again */

/* The cells of a row one after another; sl_export_end_row() writes them. text (nullable): empty. */
void sl_export_add (SlExport *out, const char *text);
void sl_export_add_int (SlExport *out, gint64 number);
void sl_export_add_id (SlExport *out, const SlId *id);
void sl_export_add_bool (SlExport *out, gboolean value);
void sl_export_add_time (SlExport *out, gint64 ms, GTimeZone *zone); /* 0: empty */
gboolean sl_export_end_row (SlExport *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* How a row names things so that an import in another studio finds them: by a name where it is the only one, else by
 * id. */
gboolean sl_export_names_load (SlExport *out, gboolean with_members, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_export_names_free (SlExportNames *names);
const char *sl_export_name_of (SlExport *out, const SlId *id);       /* (nullable): services, locations, rooms, staff */
void sl_export_add_named (SlExport *out, const SlId *id);
void sl_export_add_named_list (SlExport *out, const GArray *ids);     /* (element-type SlId) (nullable): empty cell */
void sl_export_add_member (SlExport *out, const SlId *id);            /* phone, else e-mail, else id */
void sl_export_add_member_names (SlExport *out, const SlId *id);      /* first, last */
gboolean sl_export_member_is_erased (SlExport *out, const SlId *id);
GTimeZone *sl_export_zone (SlExport *out, const SlId *location);      /* (transfer none) */

/* The rows of each kind (export-rows.c). */
gboolean sl_export_members (SlExport *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_export_schedule (SlExport *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_export_packages (SlExport *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_export_credits (SlExport *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_export_bookings (SlExport *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_export_payments (SlExport *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_export_services (SlExport *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_export_places (SlExport *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_export_staff (SlExport *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Those that no import takes (export-more.c). */
gboolean sl_export_availability (SlExport *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_export_requests (SlExport *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_export_standing (SlExport *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_export_plans (SlExport *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_export_memberships (SlExport *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_export_entries (SlExport *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_export_visits (SlExport *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_export_policies (SlExport *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_export_renewals (SlExport *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
