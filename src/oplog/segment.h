/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/cbor.h"
#include "oplog/operation.h"
#include "oplog/oplog.h"

/* How operations travel in binary, in files and in bodies: src/oplog/README.md "Segments". A stream is one zstd frame
 * of items; the first is its header, the last its end. */
#define SL_SEQ_MAX ((G_GINT64_CONSTANT (1) << 40) - 1) /* numbers have 40 bits in local_op */
#define SL_STREAM_VERSION 1
#define SL_STREAM_HEAD_BYTES_MAX 5 /* of a string of up to 4 GiB, in CBOR */
/* one item: a segment of operations that are all as long as one can be, and what stands around them */
#define SL_SEGMENT_MAX_BYTES (SL_SEGMENT_MAX_OPERATIONS * (SL_OPERATION_MAX_BYTES + SL_STREAM_HEAD_BYTES_MAX) + 256)
#define SL_STREAM_BOX_MAX_BYTES (64 * 1024 * 1024) /* the keys of a million members */
#define SL_STREAM_ITEM_MAX_BYTES (SL_STREAM_BOX_MAX_BYTES + 256)
#define SL_STREAM_MAX_BYTES (G_GUINT64_CONSTANT (16) << 30) /* unpacked: 100 million operations; more is no studio's */
#define SL_STREAM_MEMORY_MAX_BYTES (1u << 30) /* packed: an array's length is 32 bits; ten million operations */
#define SL_STREAM_WINDOW_LOG_MAX 23 /* what unpacking may take: 8 MiB, the most that zstd advises for levels in use */
#define SL_STREAM_VECTOR_MAX 4096   /* devices; those that ever were, in one studio */

typedef struct {
  SlId replica;
  guint64 seq;
  SlHash hash; /* h(seq) */
} SlVectorEntry;

/* Who wrote the stream, and what it holds itself. Nothing is trusted for it: a hash shows that an entry is true. */
typedef struct {
  SlId organisation, by;
  GArray *vector; /* of SlVectorEntry */
} SlStreamHeader;
void sl_stream_header_clear (SlStreamHeader *header);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlStreamHeader, sl_stream_header_clear)

/* Consecutive operations of one device. Without a signature they wait for one that stands behind them. */
typedef struct {
  SlId replica;
  guint64 first_seq;
  SlHash previous;       /* h(first_seq − 1) */
  GPtrArray *operations; /* of GBytes, at least one */
  SlHash head;           /* h of the last */
  gboolean is_signed;
  guint8 signature[SL_SIGNATURE_BYTES];
} SlSegment;
void sl_segment_clear (SlSegment *segment);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlSegment, sl_segment_clear)
GBytes *sl_segment_encode (const SlSegment *segment) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_segment_decode (GBytes *item, SlSegment *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef enum {
  SL_ITEM_HEADER = 0,
  SL_ITEM_SEGMENT = 1,
  SL_ITEM_BOX = 2,
  SL_ITEM_END = 3,
  SL_ITEM_SNAPSHOT = 4, /* a piece of one */
  SL_ITEM_EXCHANGE = 5, /* of programs that exchange over a network: sync/README.md */
  SL_ITEM_UNKNOWN /* a later program's: passed over */
} SlItemType;
typedef struct {
  SlItemType type;
  SlSegment segment;
  SlStreamHeader header;
  SlId box_for;
  GBytes *box; /* (nullable) */
  guint piece_number;
  GBytes *piece;    /* (nullable): of a snapshot */
  GBytes *exchange; /* (nullable): the whole item, with its type */
} SlStreamItem;
void sl_stream_item_clear (SlStreamItem *item);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlStreamItem, sl_stream_item_clear)

/* The bytes go to or come from anywhere. A reader gives 0 at the end, below 0 with error. */
typedef gboolean (*SlStreamWriteFunc) (gpointer user_data, const void *data, gsize length, GError **error);
typedef gssize (*SlStreamReadFunc) (gpointer user_data, void *data, gsize length, GError **error);

/* A stream in memory, for both. */
typedef struct {
  GBytes *stream; /* not owned */
  gsize at;
} SlStreamBytes;
gssize sl_stream_read_bytes (gpointer stream_bytes, void *data, gsize length, GError **error);
gboolean sl_stream_append_bytes (gpointer byte_array, const void *data, gsize length, GError **error);

typedef struct _SlStreamWriter SlStreamWriter;
SlStreamWriter *sl_stream_writer_new (SlStreamWriteFunc func, gpointer user_data);
void sl_stream_writer_free (SlStreamWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlStreamWriter, sl_stream_writer_free)
gboolean sl_stream_writer_header (SlStreamWriter *writer, const SlStreamHeader *header,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_stream_writer_segment (SlStreamWriter *writer, const SlSegment *segment,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_stream_writer_box (SlStreamWriter *writer, const SlId *box_for, GBytes *box,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_stream_writer_piece (SlStreamWriter *writer, guint number, const void *data, gsize length,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_stream_writer_item (SlStreamWriter *writer, GBytes *item,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT; /* any CBOR */
gboolean sl_stream_writer_finish (SlStreamWriter *writer, GError **error) G_GNUC_WARN_UNUSED_RESULT;
guint64 sl_stream_writer_bytes (SlStreamWriter *writer); /* before compression */

typedef struct _SlStreamReader SlStreamReader;
SlStreamReader *sl_stream_reader_new (SlStreamReadFunc func, gpointer user_data);
void sl_stream_reader_limit (SlStreamReader *reader, guint64 max_bytes);
void sl_stream_reader_free (SlStreamReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlStreamReader, sl_stream_reader_free)
/* BAD_INPUT, TOO_NEW. Gives the end once, after which nothing may be read. */
gboolean sl_stream_reader_next (SlStreamReader *reader, SlStreamItem *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
