/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* What every QR code of a version has in the same places (ISO/IEC 18004 section 6.3): it tells where a grid lies. */
#define SL_LAYOUT_VERSION_MAX 40
#define SL_LAYOUT_SIDE_MAX 177

typedef enum {
  SL_LAYOUT_DATA,   /* differs from code to code */
  SL_LAYOUT_LIGHT,
  SL_LAYOUT_DARK,
} SlLayoutModule;

typedef struct {
  float u, v;   /* middle of a module, in modules from the code's upper left corner */
  float sign;   /* 1 light, -1 dark */
} SlLayoutPoint;

typedef struct {
  int version, side;
  guint8 *modules;          /* side × side of SlLayoutModule */
  SlLayoutPoint *points;    /* the light and dark ones, those of the finders last */
  guint count, far_count;   /* all; those that are not the finders' */
} SlLayout;

SlLayout *sl_layout_new (int version);
void sl_layout_free (SlLayout *layout);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlLayout, sl_layout_free)
