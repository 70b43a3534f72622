/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "oplog/oplog-private.h"

/* Whom this device has been told to forget, beside the database: a backup that is put back knows nothing of it. Ids
 * only. src/oplog/README.md "Erasing". */
GArray *sl_erased_list_read (const char *dir); /* of SlId; never NULL */
/* Adds those that are not in it yet; on disk when it returns. */
gboolean sl_erased_list_add (const char *dir, const GArray *ids, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Of SlId: erased in the database, or refused by it. */
GArray *sl_erased_list_of (SlStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Erases once more, as this device, whom the log does not know as erased, and refuses their keys. Inside no
 * transaction. */
gboolean sl_erased_list_carry (SlOplog *log, const GArray *ids, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What restores have set aside loses the keys of ids: databases, and logs that were written for the backup's device. */
gboolean sl_aside_purge (SlOplog *log, const GArray *ids, GError **error) G_GNUC_WARN_UNUSED_RESULT;
