/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

/* The screens that the kiosk is made for, the tightest first. */
typedef enum { LOOK_1280X800, LOOK_1920X1080, LOOK_1080X1920, LOOK_SIZES } LookSize;

/* A way in which a page is looked at. */
typedef struct {
  const char *language;
  LookSize size;
  int percent;          /* of the text's size */
  gboolean is_dark;
  gboolean is_pictured; /* where pictures are asked for */
} Look;

typedef void (*LookFunc) (const Look *look, gpointer data);

void look_init (int *argc, char ***argv); /* as main() begins; takes `--shots DIR` out of the words */
void look_each (LookFunc check, gpointer data);
char *look_where (const Look *look, const char *state); /* for messages */
void look_picture (GtkWidget *window, const Look *look, const char *state);
