/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Where files for people go: a stick that is mounted below /media or /run/media and can be written to; else a folder
 * of the data directory, where whoever looks after the device finds them. Any thread. */
#define SL_OUT_FOLDER "exports" /* of the data directory */

typedef struct {
  char *path;
  gboolean is_stick;
} SlOutFolder;
void sl_out_folder_find (const char *root /* (nullable): no stick is looked for */, const char *data_dir,
                         SlOutFolder *out);
void sl_out_folder_clear (SlOutFolder *folder);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlOutFolder, sl_out_folder_clear)

char *sl_out_folder_new_file (const SlOutFolder *folder, const char *stem, const char *ending, GError **error);
char *sl_out_folder_saved_words (const SlOutFolder *folder, const char *file);
char *sl_out_folder_problem_words (const SlOutFolder *folder, const GError *error);
