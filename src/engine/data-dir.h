/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* A data directory in the making: inside the engine room only. Everything is made in a directory of its own below it
 * and moved up when it is whole, the identity last; so whatever happens in between, there is a studio or there is none.
 */
typedef struct {
  char *dir, *work;        /* work: where to make the store; NULL: nothing is being made */
  GPtrArray *made;         /* (element-type utf8): directories that were made for it, outermost first */
  int lock_fd;
} SlDataDir;

gboolean sl_data_dir_begin (const char *dir, SlDataDir *out, gboolean *out_occupied,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_data_dir_finish (SlDataDir *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_data_dir_clear (SlDataDir *self);   /* without finish: takes everything back */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlDataDir, sl_data_dir_clear)
