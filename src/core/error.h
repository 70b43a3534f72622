/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Failures: what the caller should do is in the code. Refusals (a rule said no) are values, see
 * src/engine/refusal.h; bugs are assertions. The outside names and exit classes of these codes are in
 * the engine's one table of codes. */
#define SL_ERROR (sl_error_quark ())
GQuark sl_error_quark (void);

typedef enum {
  SL_ERROR_STORAGE,      /* the disk said no: stop taking bookings, tell staff */
  SL_ERROR_CORRUPT,      /* a stored row or file breaks an invariant: never repair silently */
  SL_ERROR_DISK_FULL,    /* nothing was written; free space, try again */
  SL_ERROR_READ_ONLY,    /* the data directory cannot be written */
  SL_ERROR_TOO_NEW,      /* written by a later release: refuse to open */
  SL_ERROR_BUSY,         /* another process held the writer lock for too long */
  SL_ERROR_BAD_INPUT,    /* input from outside does not follow its format; message says where */
  SL_ERROR_NOT_FOUND,    /* no such thing */
  SL_ERROR_AMBIGUOUS_ID, /* a prefix names more than one thing */
  SL_ERROR_NO_STUDIO,    /* the data directory holds no studio */
  SL_ERROR_OFFLINE,      /* the network or the hub is out of reach */
  SL_ERROR_HUB_REFUSED,  /* the hub answered and said no */
  SL_ERROR_CLOCK_SKEW,   /* this clock is too far from the hub's */
  SL_ERROR_REVOKED,      /* this device no longer belongs to the studio */
  SL_ERROR_LAST
} SlErrorCode;
