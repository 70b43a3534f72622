/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* A directory of a test's own, removed with all that is in it. */
typedef struct { char *path; } SlTempDir;

SlTempDir *sl_temp_dir_new (void);
void sl_temp_dir_free (SlTempDir *dir);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlTempDir, sl_temp_dir_free)
char *sl_temp_dir_file (SlTempDir *dir, const char *name); /* (transfer full): the path of name in it */
