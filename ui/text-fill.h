/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Sentences with named places, "Welcome, {name}": a translation may put them in any order. */
char *sl_text_fill (const char *sentence, ...) G_GNUC_NULL_TERMINATED G_GNUC_WARN_UNUSED_RESULT;
char *sl_text_join (const char *separator, ...) G_GNUC_NULL_TERMINATED G_GNUC_WARN_UNUSED_RESULT;
