/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "engine/notification-send.h"

/* A sender that is a program: it gets one message as a JSON object on its standard input and says by its exit status
 * what became of it. 0: taken. SL_SENDER_NOBODY: this address will never do. All else: again later. */
#define SL_SENDER_NOBODY 67      /* EX_NOUSER of sysexits.h */
#define SL_SENDER_TIME_MAX_MS 30000
typedef struct {
  const char *program;
  SlId organisation;         /* whose members they are */
  GTimeZone *zone;           /* (nullable) in which times are told; NULL: UTC */
  GCancellable *cancellable; /* (nullable): ends a program that runs, as if it had said: later */
  GError *problem;           /* (nullable): why it could not be started, last; the caller's to clear */
} SlSenderProgram;
/* An SlSenderFunc. Any thread. */
SlSenderAnswer sl_sender_program (gpointer sender_program, const SlMessage *message);
