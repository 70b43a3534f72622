/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Why a printer does not print. It is kept in English, like a code; what the system says may
 * stand behind it: "it cannot be reached: No such device". */
char *sl_print_problem_new (const char *problem, const char *said /* (nullable) */);
char *sl_print_problem_words (const char *problem); /* in the language of the moment */
