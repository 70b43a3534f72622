/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "hub/server.h"

/* The body of a request while it comes in: in memory, within what all bodies together may take; or in a file that
 * has no name, for what is larger than memory. */
typedef struct _SlBody SlBody;

/* NULL: refused, with *out_code and *out_why (static). expected_bytes: 0: not said. */
SlBody *sl_body_new (SlServer *server, gboolean to_file, gint64 max_bytes, gint64 expected_bytes, SlSyncCode *out_code,
                     const char **out_why);
void sl_body_free (SlBody *body);
gboolean sl_body_append (SlBody *body, const char *data, gsize length, SlSyncCode *out_code, const char **out_why);
/* A part is to go to disk: sl_body_flush() on a worker, before more is appended. */
gboolean sl_body_wants_flush (const SlBody *body);
void sl_body_flush (SlBody *body);
/* (transfer full): all of it, once; NULL with *out_code and *out_why. On a worker. */
GBytes *sl_body_finish (SlBody *body, SlSyncCode *out_code, const char **out_why);
