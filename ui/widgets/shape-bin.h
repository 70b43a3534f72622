/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* What a page fits itself to. Each has a style class of its own. */
typedef enum {
  SL_SHAPE_ROOMY,    /* 1920×1080 */
  SL_SHAPE_COMPACT,  /* 1280×800 */
  SL_SHAPE_PORTRAIT, /* 1080×1920 */
  SL_SHAPE_LAST
} SlShape;

#define SL_TYPE_SHAPE_BIN (sl_shape_bin_get_type ())
G_DECLARE_DERIVABLE_TYPE (SlShapeBin, sl_shape_bin, SL, SHAPE_BIN, GtkWidget)

struct _SlShapeBinClass {
  GtkWidgetClass parent_class;
  void (*shape_changed) (SlShapeBin *self, SlShape shape); /* the page arranges its children */
};

SlShape sl_shape_bin_get_shape (SlShapeBin *self);
void sl_shape_bin_set_shape (SlShapeBin *self, SlShape shape);
void sl_shape_bin_set_child (SlShapeBin *self, GtkWidget *child);
