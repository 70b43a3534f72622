/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Where files for people go: a stick that is mounted below /media or /run/media and can be written to; else a folder
 * of the data directory, where whoever looks after the device finds them. Any thread. */
#define SL_OUT_FOLDER "exports" /* of the data directory */
#define SL_IN_FOLDER "imports"  /* where they are brought from, the same way */

typedef struct {
  char *path;
  gboolean is_stick;
} SlOutFolder;
void sl_out_folder_find (const char *root /* (nullable): no stick is looked for */, const char *data_dir,
                         SlOutFolder *out);
void sl_out_folder_clear (SlOutFolder *folder);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlOutFolder, sl_out_folder_clear)

/* (transfer full) (element-type filename): what may be brought, by name; UTF-8 */
GPtrArray *sl_out_folder_list (const char *root /* (nullable) */, const char *data_dir, const char *ending);

char *sl_out_folder_new_file (const SlOutFolder *folder, const char *stem, const char *ending, GError **error);
char *sl_out_folder_saved_words (const SlOutFolder *folder, const char *file);
char *sl_out_folder_problem_words (const SlOutFolder *folder, const GError *error);
