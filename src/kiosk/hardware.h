/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* What is plugged in and could be used: for people who choose. */
typedef struct {
  char *source;  /* as settings have it */
  char *name;    /* as its maker calls it */
} SlHardware;
void sl_hardware_free (SlHardware *self);

/* root: "/". (transfer full) (element-type SlHardware) */
GPtrArray *sl_hardware_cameras (const char *root);
GPtrArray *sl_hardware_scanners (const char *root);
