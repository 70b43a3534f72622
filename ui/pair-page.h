/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "checkin-page.h"
#include "widgets/shape-bin.h"

/* For a device that belongs to no studio yet and is to join one: takes the pairing code that a hub shows, read by the
 * camera or a scanner, or typed. The owner pairs, and tells the page how that goes.
 *
 * Signals: "text-entered" (const char *text): typed, or sent by a scanner that types · "stop": nobody wants to
 * wait any longer · "left": back to the first page. */
#define SL_TYPE_PAIR_PAGE (sl_pair_page_get_type ())
G_DECLARE_FINAL_TYPE (SlPairPage, sl_pair_page, SL, PAIR_PAGE, SlShapeBin)

typedef enum {
  SL_PAIR_SHOWN_WAITING,     /* for a code */
  SL_PAIR_SHOWN_PAIRING,
  SL_PAIR_SHOWN_PAIRED,      /* the door opens */
  /* what was read is no pairing code */
  SL_PAIR_SHOWN_FOREIGN,
  SL_PAIR_SHOWN_STUDIO_CODE, /* a member's pass, say */
  SL_PAIR_SHOWN_NO_CODE,     /* an address alone */
  SL_PAIR_SHOWN_PLAIN,       /* http:// to another machine */
  /* it is one, and nothing came of it */
  SL_PAIR_SHOWN_SPENT,       /* used, too old, or never given */
  SL_PAIR_SHOWN_NOT_FOUNDED, /* there is no studio at the hub that could be joined */
  SL_PAIR_SHOWN_OFFLINE,
  SL_PAIR_SHOWN_BUSY,        /* the hub wants to be asked later */
  SL_PAIR_SHOWN_CLOCK,
  SL_PAIR_SHOWN_REFUSED,     /* by the hub, or for what it answered */
  SL_PAIR_SHOWN_STORAGE,     /* this device cannot write what it was given */
  SL_PAIR_SHOWN_LAST
} SlPairShown;

GtkWidget *sl_pair_page_new (void);
void sl_pair_page_set_data_dir (SlPairPage *self, const char *data_dir);
void sl_pair_page_set_camera (SlPairPage *self, SlCameraShown shown);
void sl_pair_page_set_picture (SlPairPage *self, GdkTexture *texture, gboolean mirrored);
void sl_pair_page_set_text (SlPairPage *self, const char *text);
void sl_pair_page_set_shown (SlPairPage *self, SlPairShown shown, const char *detail);
