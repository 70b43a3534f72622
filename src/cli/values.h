/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/cli.h"

/* From words to the engine's values, and from those to JSON. */

/* An option's or argument's id. Without the option: sl_id_none. */
gboolean sl_cli_option_id (SlCli *cli, const char *option, SlThing thing, SlId *out,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_cli_argument_id (SlCli *cli, guint place, SlThing thing, SlId *out,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_cli_option_time (SlCli *cli, const char *option, gint64 fallback_ms, gint64 *out_ms,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Of a repeated option, in their order; none where it was not given. (element-type SlId) (transfer full) */
GArray *sl_cli_option_ids (SlCli *cli, const char *option, SlThing thing, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* yes or no: 1 or -1; 0 where it was not given. */
gboolean sl_cli_yes_or_no (const SlCliCall *call, const char *option, int *out,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A file that a command will write: FALSE with BAD_INPUT where it cannot be one. NULL is fine: not asked for. */
gboolean sl_cli_check_output (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* In one step, on disk when it returns, and for nobody else to read. */
gboolean sl_cli_write_private (const char *path, const void *data, gsize length,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

json_t *sl_json_id (const SlId *id);                           /* null for none */
json_t *sl_json_ids (GArray *ids);                             /* (nullable) of SlId: null for NULL */
json_t *sl_json_text (const char *text);                       /* null for NULL; what is no UTF-8 is made so */
json_t *sl_json_time (SlCli *cli, gint64 ms, GTimeZone *zone); /* null for 0; zone NULL: this device's */
json_t *sl_json_count (guint64 count);
json_t *sl_json_texts (GPtrArray *texts);                      /* (nullable) array */
json_t *sl_json_quarantined (GArray *quarantined);              /* (nullable) of SlQuarantined */
json_t *sl_json_bool (gboolean value);
