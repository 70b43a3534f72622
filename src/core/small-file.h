/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdio.h>

#include "core/error.h"

/* A file that somebody names, of which no more is read than may be in it. (transfer full), ends with a NUL beyond
 * out_length; BAD_INPUT */
char *sl_small_file_read (const char *path, gsize max_bytes, gsize *out_length,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The next line with its line break; FALSE: there is none, or reading failed (ferror). One that is longer comes as its
 * first max_bytes + 1 bytes. */
gboolean sl_line_read (FILE *file, gsize max_bytes, GString *out_line);
