/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "clock.h"

#define SL_ID_BYTES 16
#define SL_ID_TEXT_BYTES 37 /* 36 characters and the terminator */

/* An id: 16 raw bytes, shown as a lower-case UUID (RFC 9562, version 8). Never time-ordered. */
typedef struct {
  guint8 bytes[SL_ID_BYTES];
} SlId;

extern const SlId sl_id_none; /* all zero: no thing */

gboolean sl_id_is_none (const SlId *id);
gboolean sl_id_equal (gconstpointer a, gconstpointer b);    /* GEqualFunc over SlId* */
guint sl_id_hash (gconstpointer id);                        /* GHashFunc over SlId* */
int sl_id_compare (gconstpointer a, gconstpointer b);       /* memcmp order */
SlId *sl_id_copy (const SlId *id);                          /* (transfer full): g_free */
void sl_id_random (SlWorld *world, SlId *out);
void sl_id_derive (const SlId *replica, guint64 seq, guint index, SlId *out);
void sl_id_from_parts (const char *domain, const void *a, gsize a_len, const void *b, gsize b_len, SlId *out);
const char *sl_id_format (const SlId *id, char text[SL_ID_TEXT_BYTES]);
char *sl_id_to_string (const SlId *id);
gboolean sl_id_parse (const char *text, SlId *out);
/* A prefix of at least 8 hex digits (dashes where a UUID has them), as an inclusive range of ids. */
gboolean sl_id_parse_prefix (const char *text, SlId *out_low, SlId *out_high);
