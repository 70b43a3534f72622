/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "id.h"

/* Deterministic CBOR (RFC 8949 section 4.2), written and read as a stream over libcbor's coder. */

typedef struct _SlCborWriter SlCborWriter;
SlCborWriter *sl_cbor_writer_new (void);
void sl_cbor_writer_free (SlCborWriter *writer);
GBytes *sl_cbor_writer_finish (SlCborWriter *writer);   /* (transfer full); the writer is empty afterwards */
void sl_cbor_put_int (SlCborWriter *writer, gint64 value);
void sl_cbor_put_bool (SlCborWriter *writer, gboolean value);
void sl_cbor_put_null (SlCborWriter *writer);
void sl_cbor_put_bytes (SlCborWriter *writer, const void *data, gsize length);
void sl_cbor_put_text (SlCborWriter *writer, const char *utf8);          /* NULL becomes null */
void sl_cbor_put_id (SlCborWriter *writer, const SlId *id);              /* none becomes null */
void sl_cbor_begin_array (SlCborWriter *writer, gsize length);           /* definite lengths only */
void sl_cbor_begin_map (SlCborWriter *writer, gsize pairs);              /* keys must be put in ascending order */
void sl_cbor_put_raw (SlCborWriter *writer, const void *data, gsize length); /* an item that is already encoded */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlCborWriter, sl_cbor_writer_free)

typedef enum {
  SL_CBOR_INT, SL_CBOR_BYTES, SL_CBOR_TEXT, SL_CBOR_ARRAY, SL_CBOR_MAP, SL_CBOR_BOOL, SL_CBOR_NULL
} SlCborType;

/* One item. Strings point into the input. Anything that is not deterministic CBOR of these types (a float, a tag, an
 * indefinite length, a longer head than needed, invalid UTF-8, map keys out of order, too deep) stops the reader. */
typedef struct {
  SlCborType type;
  gint64 integer;          /* INT, BOOL */
  const guint8 *data;      /* BYTES, TEXT */
  gsize length;            /* bytes of BYTES, TEXT; items of ARRAY; pairs of MAP */
} SlCborItem;

#define SL_CBOR_DEPTH_MAX 8   /* operations nest 4 deep; a limit keeps the reader's memory fixed */

typedef struct {
  const guint8 *data;
  gsize length, offset;
  gboolean failed;         /* sticky: every further read gives FALSE */
  /* private: the arrays and maps that are open */
  guint depth;
  struct { gboolean is_map; gsize left; gsize key_offset, key_length; } open[SL_CBOR_DEPTH_MAX];
} SlCborReader;

void sl_cbor_reader_init (SlCborReader *reader, const void *data, gsize length);
/* heads of arrays and maps come before their items */
gboolean sl_cbor_next (SlCborReader *reader, SlCborItem *out);
gboolean sl_cbor_at_end (const SlCborReader *reader);                    /* all read, not failed */
/* Typed reads: FALSE and sticky failure where the next item is of another type or out of range. */
gboolean sl_cbor_get_int (SlCborReader *reader, gint64 min, gint64 max, gint64 *out);
gboolean sl_cbor_get_bool (SlCborReader *reader, gboolean *out);
gboolean sl_cbor_get_id (SlCborReader *reader, SlId *out);               /* 16 bytes */
gboolean sl_cbor_get_id_or_null (SlCborReader *reader, SlId *out);       /* null gives sl_id_none */
gboolean sl_cbor_get_bytes (SlCborReader *reader, gsize max, const guint8 **out, gsize *out_length);
/* (transfer full) (nullable): null gives NULL */
gboolean sl_cbor_get_text (SlCborReader *reader, gsize max, char **out);
gboolean sl_cbor_get_array (SlCborReader *reader, gsize min, gsize max, gsize *out_length);
gboolean sl_cbor_get_map (SlCborReader *reader, gsize max, gsize *out_pairs);
/* type of the next item; fails the reader at the end */
SlCborType sl_cbor_peek (SlCborReader *reader);
/* one whole item, checked, as raw bytes; outs may be NULL */
gboolean sl_cbor_skip (SlCborReader *reader, const guint8 **out_data, gsize *out_length);
