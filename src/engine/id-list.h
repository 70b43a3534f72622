/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/id.h"
#include "store/store.h"

/* Lists of ids in one field: the ids one after the other. No list means: all. */

#define SL_ID_LIST_MAX 250 /* what a field of the log takes, less a little: src/oplog/README.md */

/* (nullable) (element-type SlId) (transfer full): NULL: no list */
GArray *sl_id_list_read (SlRows *rows, int column);
GBytes *sl_id_list_pack (const SlId *ids, guint n_ids); /* (nullable): NULL for none */
gboolean sl_id_list_has (GArray *list, const SlId *id); /* also where there is no list */
