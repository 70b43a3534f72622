/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* What kind of class a service is, as members and reception say it. */
const char *sl_class_type_nth (guint n);              /* (nullable): the program's word; NULL after the last */
const char *sl_class_type_words (const char *type);   /* in the language of the moment; an unknown one as it is */
