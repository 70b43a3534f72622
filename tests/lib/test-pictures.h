/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Camera frames of a code, made from a seed: a picture is a function of its arguments alone, on every machine.
 * The conditions are what a door sees, from clean to a dim phone in a moving hand. */

#define SL_TEST_PICTURE_CONDITIONS 28

const char *sl_test_picture_condition_name (guint condition);
guint8 *sl_test_picture_new (const char *text, guint condition, guint64 seed, int width, int height);
guint8 *sl_test_picture_new_without_code (guint64 seed, int width, int height);
