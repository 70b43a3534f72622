/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <linux/input.h>

#include "code.h"

/* From what a scanner sends to lines. A line ends with CR, LF or Enter; empty ones are nothing. */
typedef enum {
  SL_LINE_MORE,      /* go on */
  SL_LINE_DONE,      /* a line is there */
  SL_LINE_TOO_LONG,  /* told once; the rest up to the line's end is dropped */
} SlLineResult;

typedef struct {
  char text[SL_CODE_MAX_BYTES + 1]; /* with SL_LINE_DONE: the line, until the next push */
  gsize length;
  gboolean dropping;
} SlLines;

typedef struct {
  SlLines lines;
  guint8 shifts, controls;          /* how many of these keys are down */
} SlKeys;

SlLineResult sl_lines_push (SlLines *lines, char byte);
SlLineResult sl_keys_push (SlKeys *keys, const struct input_event *event);
