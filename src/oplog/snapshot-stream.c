/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-snapshot-stream"

#include "oplog/snapshot-stream.h"

#include <string.h>
#include <zstd.h>

#include "core/error.h"

/* Higher levels gain a few percent on rows that are mostly hashes, at many times the work. */
#define LEVEL 3
/* Ids that tables have in common lie far apart: a window of 16 MiB finds them, and the reader needs no more memory. */
#define WINDOW_LOG 24
#define LENGTH_BYTES 4
#define DIGEST_DOMAIN "studioloop snapshot content v1"

struct _SlSnapshotOut {
  SlSnapshotWriteFunc write;
  gpointer user_data;
  ZSTD_CCtx *zstd;
  guint8 *packed;
  gsize packed_size;
  SlHasher hasher;
  gboolean begun;
  guint64 bytes;
};

/* sl_snapshot_out_new: nothing is written yet. */
SlSnapshotOut *
sl_snapshot_out_new (SlSnapshotWriteFunc write, gpointer user_data)
{
  SlSnapshotOut *out = g_aligned_alloc0 (1, sizeof (SlSnapshotOut), _Alignof(SlSnapshotOut));
  out->write = write;
  out->user_data = user_data;
  out->zstd = ZSTD_createCCtx ();
  g_assert (out->zstd != NULL);
  (void) ZSTD_CCtx_setParameter (out->zstd, ZSTD_c_compressionLevel, LEVEL);
  (void) ZSTD_CCtx_setParameter (out->zstd, ZSTD_c_windowLog, WINDOW_LOG);
  (void) ZSTD_CCtx_setParameter (out->zstd, ZSTD_c_enableLongDistanceMatching, 1);
  (void) ZSTD_CCtx_setParameter (out->zstd, ZSTD_c_checksumFlag, 1);
  out->packed_size = ZSTD_CStreamOutSize ();
  out->packed = g_malloc (out->packed_size);
  sl_hasher_init (&out->hasher, DIGEST_DOMAIN);
  return out;
}

/* sl_snapshot_out_free: what was not finished is no snapshot. */
void
sl_snapshot_out_free (SlSnapshotOut *out)
{
  if (out == NULL)
    return;
  (void) ZSTD_freeCCtx (out->zstd);
  g_free (out->packed);
  g_aligned_free (out);
}

static gboolean
emit (SlSnapshotOut *out, const void *data, gsize length, GError **error)
{
  out->bytes += length;
  return length == 0 || out->write (out->user_data, data, length, error);
}

static gboolean
pack (SlSnapshotOut *out, const void *data, gsize length, ZSTD_EndDirective how, GError **error)
{
  ZSTD_inBuffer input = { data, length, 0 };
  gsize left;
  do
    {
      ZSTD_outBuffer output = { out->packed, out->packed_size, 0 };
      left = ZSTD_compressStream2 (out->zstd, &output, &input, how);
      if (ZSTD_isError (left))
        {
          g_set_error (error, SL_ERROR, SL_ERROR_STORAGE, "packing a snapshot: %s", ZSTD_getErrorName (left));
          return FALSE;
        }
      if (!emit (out, output.dst, output.pos, error))
        return FALSE;
  } while (how == ZSTD_e_end ? left > 0 : input.pos < input.size);
  return TRUE;
}

/* sl_snapshot_out_put: one record; the writer is empty afterwards. */
gboolean
sl_snapshot_out_put (SlSnapshotOut *out, SlCborWriter *record, GError **error)
{
  g_autoptr (GBytes) bytes = sl_cbor_writer_finish (record);
  gsize length;
  const void *data = g_bytes_get_data (bytes, &length);
  guint32 head = GUINT32_TO_BE ((guint32) length);
  if (length > SL_SNAPSHOT_RECORD_MAX_BYTES)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_CORRUPT, "a row is too long for a snapshot");
      return FALSE;
    }
  if (!out->begun && !emit (out, SL_SNAPSHOT_MAGIC, SL_SNAPSHOT_MAGIC_BYTES, error))
    return FALSE;
  out->begun = TRUE;
  sl_hasher_add_sized (&out->hasher, data, length);
  return pack (out, &head, LENGTH_BYTES, ZSTD_e_continue, error) && pack (out, data, length, ZSTD_e_continue, error);
}

/* sl_snapshot_out_digest: see the header. */
void
sl_snapshot_out_digest (const SlSnapshotOut *out, SlHash *digest)
{
  SlHasher branch = out->hasher;
  sl_hasher_finish (&branch, digest);
}

/* sl_snapshot_out_finish: the rest of the packed bytes; the stream takes no more. */
gboolean
sl_snapshot_out_finish (SlSnapshotOut *out, guint64 *out_bytes, GError **error)
{
  gboolean finished = pack (out, NULL, 0, ZSTD_e_end, error);
  *out_bytes = out->bytes;
  return finished;
}

struct _SlSnapshotIn {
  SlSnapshotReadFunc read;
  gpointer user_data;
  ZSTD_DCtx *zstd;
  guint8 *packed;
  gsize packed_size;
  ZSTD_inBuffer input;
  gboolean begun, frame_ended;
  guint8 *record;
  SlHasher hasher;
  guint32 last_length; /* of the record that was read last and is not hashed yet */
  gboolean has_last;
  guint64 plain_bytes;
};

/* sl_snapshot_in_new: nothing is read yet. */
SlSnapshotIn *
sl_snapshot_in_new (SlSnapshotReadFunc read, gpointer user_data)
{
  SlSnapshotIn *in = g_aligned_alloc0 (1, sizeof (SlSnapshotIn), _Alignof(SlSnapshotIn));
  in->read = read;
  in->user_data = user_data;
  in->zstd = ZSTD_createDCtx ();
  g_assert (in->zstd != NULL);
  (void) ZSTD_DCtx_setParameter (in->zstd, ZSTD_d_windowLogMax, WINDOW_LOG);
  in->packed_size = ZSTD_DStreamInSize ();
  in->packed = g_malloc (in->packed_size);
  in->record = g_malloc (SL_SNAPSHOT_RECORD_MAX_BYTES);
  in->input = (ZSTD_inBuffer){ in->packed, 0, 0 };
  sl_hasher_init (&in->hasher, DIGEST_DOMAIN);
  return in;
}

/* sl_snapshot_in_free: at any point. */
void
sl_snapshot_in_free (SlSnapshotIn *in)
{
  if (in == NULL)
    return;
  (void) ZSTD_freeDCtx (in->zstd);
  g_free (in->packed);
  g_free (in->record);
  g_aligned_free (in);
}

static gboolean
damaged (const char *what, GError **error)
{
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the snapshot is damaged: %s", what);
  return FALSE;
}

/* FALSE without error: the bytes have come to their end. */
static gboolean
refill (SlSnapshotIn *in, GError **error)
{
  gssize got = in->read (in->user_data, in->packed, in->packed_size, error);
  in->input = (ZSTD_inBuffer){ in->packed, got > 0 ? (gsize) got : 0, 0 };
  return got > 0;
}

/* Reads exactly length plain bytes, or none where the frame ends before them (*out_end). */
static gboolean
unpack (SlSnapshotIn *in, void *data, gsize length, gboolean *out_end, GError **error)
{
  ZSTD_outBuffer output = { data, length, 0 };
  g_autoptr (GError) failure = NULL;
  while (output.pos < length)
    {
      gsize before = output.pos;
      if (in->frame_ended)
        {
          *out_end = output.pos == 0;
          return *out_end || damaged ("it ends inside a record", error);
        }
      if (in->input.pos == in->input.size && !refill (in, &failure) && failure != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      gboolean dry = in->input.size == 0;
      gsize left = ZSTD_decompressStream (in->zstd, &output, &in->input);
      if (ZSTD_isError (left))
        return damaged (ZSTD_getErrorName (left), error);
      in->frame_ended = left == 0;
      if (dry && output.pos == before && !in->frame_ended)
        return damaged ("it ends too early", error);
    }
  return TRUE;
}

static gboolean
read_magic (SlSnapshotIn *in, GError **error)
{
  in->begun = TRUE;
  gsize have = 0;
  g_autoptr (GError) failure = NULL;
  char magic[SL_SNAPSHOT_MAGIC_BYTES];
  while (have < sizeof magic)
    {
      if (in->input.pos == in->input.size && !refill (in, &failure))
        break;
      magic[have++] = ((const char *) in->input.src)[in->input.pos++];
    }
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  if (have == sizeof magic && memcmp (magic, SL_SNAPSHOT_MAGIC, sizeof magic) == 0)
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "not a snapshot");
  return FALSE;
}

/* sl_snapshot_in_next: see the header. */
gboolean
sl_snapshot_in_next (SlSnapshotIn *in, SlCborReader *out_record, gboolean *out_end, GError **error)
{
  guint32 head;
  *out_end = FALSE;
  if (in->has_last)
    sl_hasher_add_sized (&in->hasher, in->record, in->last_length);
  in->has_last = FALSE;
  if (!in->begun && !read_magic (in, error))
    return FALSE;
  if (!unpack (in, &head, LENGTH_BYTES, out_end, error))
    return FALSE;
  if (*out_end)
    return TRUE;
  guint32 length = GUINT32_FROM_BE (head);
  in->plain_bytes += LENGTH_BYTES + (guint64) length;
  if (length == 0 || length > SL_SNAPSHOT_RECORD_MAX_BYTES || in->plain_bytes > SL_SNAPSHOT_PLAIN_MAX_BYTES)
    return damaged ("a record is too long", error);
  if (!unpack (in, in->record, length, out_end, error))
    return FALSE;
  if (*out_end)
    return damaged ("it ends inside a record", error);
  in->last_length = length;
  in->has_last = TRUE;
  sl_cbor_reader_init (out_record, in->record, length);
  return TRUE;
}

/* sl_snapshot_in_digest: see the header. */
void
sl_snapshot_in_digest (const SlSnapshotIn *in, SlHash *digest)
{
  SlHasher branch = in->hasher;
  sl_hasher_finish (&branch, digest);
}
