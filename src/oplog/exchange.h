/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <jansson.h>
#include <stdio.h>

#include "oplog/oplog-private.h"

/* JSON lines of exports and invitations: src/oplog/README.md "Exchange by file". */
#define SL_EXCHANGE_VERSION 1
#define SL_EXCHANGE_LINE_MAX_BYTES (64 * 1024 * 1024) /* a box of a million keys is the longest line */

/* Somebody who is not a device yet, and shall be able to open the keys. */
typedef struct {
  SlId id;
  guint8 public_key[SL_SIGN_PUBLIC_BYTES];
} SlExportFor;

/* Fills a file; the log is in a read snapshot, its own head signed. */
typedef gboolean (*SlExportWriteFunc) (SlOplog *log, FILE *out, gpointer user_data, GError **error);
gboolean sl_export_sign (SlOplog *log, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_export_file (SlOplog *log, const char *file, SlExportWriteFunc write, gpointer user_data,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
json_t *sl_export_body (SlOplog *log, const GArray *members, const SlOperation *operation);
/* preface (transfer full) (nullable): a line before all others */
gboolean sl_export_to (SlOplog *log, const char *file, GHashTable *since, gboolean personal, const SlExportFor *guest,
                       json_t *preface, guint64 *out_count, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* guest_key (nullable): opens boxes that are for this key instead of the device's. Inside no transaction. */
gboolean sl_import_from (SlOplog *log, const char *file, const SlSignKey *guest_key, SlImportResult *out,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
