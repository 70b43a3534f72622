/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-operation"

#include "oplog/operation.h"

#include <string.h>

#include "oplog/oplog.h"

#define EXT_SEEN 1
#define EXT_KEY 2
#define EXT_APPROVER 3
#define EXT_MAX 16
#define REFS_MAX (1 << 20) /* ids that one chain can name: more is no studio's */

const SlId sl_actor_device = { .bytes = { [SL_ID_BYTES - 1] = 1 } };
const SlId sl_actor_owner = { .bytes = { [SL_ID_BYTES - 1] = 2 } };

static gint
find_ref (GArray *refs, const SlId *id)
{
  for (guint i = 0; i < refs->len; i++)
    if (sl_id_equal (&g_array_index (refs, SlId, i), id))
      return (gint) i;
  return -1;
}

/* A number where the chain has named the id before, else the id itself, which takes the next number. */
static void
put_ref (SlCborWriter *writer, GArray *refs, const SlId *id)
{
  gint number = find_ref (refs, id);
  if (number >= 0)
    sl_cbor_put_int (writer, number);
  else
    {
      sl_cbor_put_id (writer, id);
      g_array_append_val (refs, *id);
    }
}

/* Without a table (refs NULL) a number is passed over: its reader knows the id. */
static gboolean
get_ref (SlCborReader *reader, GArray *refs, SlId *out)
{
  gint64 any;
  *out = sl_id_none;
  if (refs == NULL)
    return sl_cbor_peek (reader) == SL_CBOR_INT ? sl_cbor_get_int (reader, 0, G_MAXINT64, &any)
                                                : sl_cbor_get_id (reader, out);
  if (sl_cbor_peek (reader) == SL_CBOR_INT)
    {
      gint64 number;
      if (!sl_cbor_get_int (reader, 0, (gint64) refs->len - 1, &number))
        return FALSE;
      *out = g_array_index (refs, SlId, number);
      return TRUE;
    }
  if (!sl_cbor_get_id (reader, out) || refs->len >= REFS_MAX || find_ref (refs, out) >= 0)
    return FALSE;
  g_array_append_val (refs, *out);
  return TRUE;
}

/**
 * sl_refs_new:
 *
 * Returns: (transfer full) (element-type SlId): the table of ids of a chain that has no operation yet
 */
GArray *
sl_refs_new (void)
{
  GArray *refs = g_array_new (FALSE, FALSE, sizeof (SlId));
  g_array_append_val (refs, sl_actor_device);
  g_array_append_val (refs, sl_actor_owner);
  return refs;
}

/**
 * sl_operation_clear:
 * @operation: (nullable): what a decode filled
 *
 * Frees what the operation owns; its body belongs to the bytes that it was read from.
 */
void
sl_operation_clear (SlOperation *operation)
{
  if (operation != NULL)
    g_clear_pointer (&operation->seen, g_array_unref);
}

/**
 * sl_operation_encode:
 * @operation: place, kind, entity, hlc, actor, body, and what it has seen
 * @previous_hlc: stamp of the operation before in its chain, 0 for the first
 * @refs: the chain's table of ids; grows by the ids named here for the first time
 *
 * Writes an operation: src/oplog/README.md "Bytes".
 *
 * Returns: (transfer full): the bytes to hash, sign, store and forward, never to be written anew
 */
GBytes *
sl_operation_encode (const SlOperation *operation, gint64 previous_hlc, GArray *refs)
{
  g_autoptr (SlCborWriter) writer = sl_cbor_writer_new ();
  gboolean approved = !sl_id_is_none (&operation->approver);
  guint extensions = (operation->seen != NULL && operation->seen->len > 0 ? 1 : 0) + (operation->has_key ? 1 : 0)
                     + (approved ? 1 : 0);

  sl_cbor_begin_array (writer, extensions > 0 ? 6 : 5);
  sl_cbor_put_int (writer, (gint64) operation->kind);
  sl_cbor_put_id (writer, &operation->entity);
  sl_cbor_put_int (writer, operation->hlc - previous_hlc);
  put_ref (writer, refs, &operation->actor);
  sl_cbor_put_raw (writer, operation->body, operation->body_length);
  if (extensions == 0)
    return sl_cbor_writer_finish (writer);

  sl_cbor_begin_map (writer, extensions);
  if (operation->seen != NULL && operation->seen->len > 0)
    {
      sl_cbor_put_int (writer, EXT_SEEN);
      sl_cbor_begin_array (writer, 2 * operation->seen->len);
      for (guint i = 0; i < operation->seen->len; i++)
        {
          const SlSeen *seen = &g_array_index (operation->seen, SlSeen, i);
          put_ref (writer, refs, &seen->replica);
          sl_cbor_put_int (writer, (gint64) seen->growth);
        }
    }
  if (operation->has_key)
    {
      sl_cbor_put_int (writer, EXT_KEY);
      sl_cbor_put_bytes (writer, operation->key, SL_KEY_BYTES);
    }
  if (approved)
    {
      sl_cbor_put_int (writer, EXT_APPROVER); /* in full: programs that pass it over must number the same ids */
      sl_cbor_put_id (writer, &operation->approver);
    }
  return sl_cbor_writer_finish (writer);
}

static gboolean
decode_seen (SlCborReader *reader, GArray *refs, SlOperation *out)
{
  gsize length;
  if (!sl_cbor_get_array (reader, 2, 2 * SL_OPERATION_SEEN_MAX, &length) || length % 2 != 0)
    return FALSE;
  out->seen = g_array_sized_new (FALSE, FALSE, sizeof (SlSeen), (guint) length / 2);
  for (gsize i = 0; i < length; i += 2)
    {
      SlSeen seen;
      gint64 growth;
      if (!get_ref (reader, refs, &seen.replica) || !sl_cbor_get_int (reader, 1, G_MAXINT64, &growth))
        return FALSE;
      seen.growth = (guint64) growth;
      g_array_append_val (out->seen, seen);
    }
  return TRUE;
}

/* Extensions that a later program adds are passed over, never dropped: the bytes stay as they came. */
static gboolean
decode_extensions (SlCborReader *reader, GArray *refs, SlOperation *out)
{
  gsize pairs;
  if (!sl_cbor_get_map (reader, EXT_MAX, &pairs))
    return FALSE;
  for (gsize i = 0; i < pairs; i++)
    {
      gint64 number;
      const guint8 *data;
      gsize length;
      if (!sl_cbor_get_int (reader, 0, G_MAXINT64, &number))
        return FALSE;
      if (number == EXT_SEEN)
        {
          if (!decode_seen (reader, refs, out))
            return FALSE;
        }
      else if (number == EXT_KEY)
        {
          if (!sl_cbor_get_bytes (reader, SL_KEY_BYTES, &data, &length) || length != SL_KEY_BYTES)
            return FALSE;
          memcpy (out->key, data, SL_KEY_BYTES);
          out->has_key = TRUE;
        }
      else if (number == EXT_APPROVER)
        {
          if (!sl_cbor_get_id (reader, &out->approver))
            return FALSE;
        }
      else if (!sl_cbor_skip (reader, &data, &length))
        return FALSE;
    }
  return TRUE;
}

static gboolean
decode_fields (SlCborReader *reader, gint64 previous_hlc, GArray *refs, SlOperation *out)
{
  gsize length;
  gint64 kind, difference;
  if (!sl_cbor_get_array (reader, 5, 6, &length) || !sl_cbor_get_int (reader, 1, G_MAXUINT32, &kind)
      || !sl_cbor_get_id_or_null (reader, &out->entity)
      || !sl_cbor_get_int (reader, -SL_HLC_MAX, SL_HLC_MAX, &difference) || !get_ref (reader, refs, &out->actor)
      || !sl_cbor_skip (reader, &out->body, &out->body_length))
    return FALSE;
  out->kind = (guint64) kind;
  out->hlc = out->signed_hlc = previous_hlc + difference;
  if (refs != NULL && (out->hlc <= 0 || out->hlc > SL_HLC_MAX))
    return FALSE;
  if (length == 6 && !decode_extensions (reader, refs, out))
    return FALSE;
  return sl_cbor_at_end (reader);
}

/**
 * sl_operation_decode:
 * @bytes: one operation
 * @replica: its chain
 * @seq: its number, from 1
 * @previous_hlc: stamp of the operation before, 0 for the first
 * @refs: the chain's table of ids; grows only when the result is %TRUE
 * @out: (out caller-allocates): clear with sl_operation_clear(); points into @bytes
 *
 * Reads the envelope, of unknown kinds too; the body is read by its kind's apply function.
 *
 * Returns: %FALSE when malformed
 */
gboolean
sl_operation_decode (GBytes *bytes, const SlId *replica, guint64 seq, gint64 previous_hlc, GArray *refs,
                     SlOperation *out)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  SlCborReader reader;
  guint refs_before = refs->len;

  *out = (SlOperation){ .replica = *replica, .seq = seq };
  if (length > SL_OPERATION_MAX_BYTES)
    return FALSE;
  sl_cbor_reader_init (&reader, data, length);
  if (decode_fields (&reader, previous_hlc, refs, out))
    return TRUE;
  g_array_set_size (refs, refs_before);
  sl_operation_clear (out);
  return FALSE;
}

/**
 * sl_operation_decode_again:
 * @bytes: one operation that was decoded before
 * @replica: its chain
 * @seq: its number
 * @hlc: its stamp, as decoded before
 * @actor: who did it, as decoded before
 * @out: (out caller-allocates): clear with sl_operation_clear(); points into @bytes; without seen
 *
 * Reads an operation without its chain's table of ids and the stamp before.
 *
 * Returns: %FALSE when malformed
 */
gboolean
sl_operation_decode_again (GBytes *bytes, const SlId *replica, guint64 seq, gint64 hlc, const SlId *actor,
                           SlOperation *out)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  SlCborReader reader;
  *out = (SlOperation){ .replica = *replica, .seq = seq };
  sl_cbor_reader_init (&reader, data, length);
  gboolean decoded = length <= SL_OPERATION_MAX_BYTES && decode_fields (&reader, hlc, NULL, out);
  g_clear_pointer (&out->seen, g_array_unref);
  out->hlc = out->signed_hlc = hlc;
  out->actor = *actor;
  return decoded;
}

/**
 * sl_operation_peek_difference:
 * @bytes: one operation
 * @out: (out): its stamp, as the difference to the operation before
 *
 * For reading a chain backwards: the rest of an operation follows from what is before it.
 *
 * Returns: %FALSE when malformed
 */
gboolean
sl_operation_peek_difference (GBytes *bytes, gint64 *out)
{
  gsize length, items;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  SlCborReader reader;
  SlId entity;
  gint64 kind;
  sl_cbor_reader_init (&reader, data, length);
  return sl_cbor_get_array (&reader, 5, 6, &items) && sl_cbor_get_int (&reader, 1, G_MAXUINT32, &kind)
         && sl_cbor_get_id_or_null (&reader, &entity) && sl_cbor_get_int (&reader, -SL_HLC_MAX, SL_HLC_MAX, out);
}

/**
 * sl_replica_from_key:
 * @public_key: a device's signing key
 * @out: (out): the device's id: whoever holds its first operation can tell that the key is its own
 */
void
sl_replica_from_key (const guint8 public_key[SL_SIGN_PUBLIC_BYTES], SlId *out)
{
  sl_id_from_parts ("studioloop replica v1", public_key, SL_SIGN_PUBLIC_BYTES, NULL, 0, out);
}

/**
 * sl_organisation_from_key:
 * @public_key: the founding device's signing key
 * @out: (out): the organisation's id
 */
void
sl_organisation_from_key (const guint8 public_key[SL_SIGN_PUBLIC_BYTES], SlId *out)
{
  sl_id_from_parts ("studioloop organisation v1", public_key, SL_SIGN_PUBLIC_BYTES, NULL, 0, out);
}

/**
 * sl_chain_start:
 * @organisation: whose log
 * @replica: whose chain
 * @out: (out): h(0), which binds the chain to both
 */
void
sl_chain_start (const SlId *organisation, const SlId *replica, SlHash *out)
{
  SlHasher hasher;
  sl_hasher_init (&hasher, "studioloop chain v1");
  sl_hasher_add (&hasher, organisation->bytes, SL_ID_BYTES);
  sl_hasher_add (&hasher, replica->bytes, SL_ID_BYTES);
  sl_hasher_finish (&hasher, out);
}

/**
 * sl_chain_next:
 * @replica: whose chain
 * @seq: number of the operation
 * @previous: h(seq − 1)
 * @bytes: the operation
 * @length: bytes of it
 * @out: (out): h(seq)
 */
void
sl_chain_next (const SlId *replica, guint64 seq, const SlHash *previous, const void *bytes, gsize length, SlHash *out)
{
  SlHasher hasher;
  sl_hasher_init (&hasher, "studioloop operation v1");
  sl_hasher_add (&hasher, replica->bytes, SL_ID_BYTES);
  sl_hasher_add_u64 (&hasher, seq);
  sl_hasher_add (&hasher, previous->bytes, SL_HASH_BYTES);
  sl_hasher_add_sized (&hasher, bytes, length);
  sl_hasher_finish (&hasher, out);
}

static void
head_digest (const SlId *organisation, const SlId *replica, guint64 seq, const SlHash *hash, SlHash *out)
{
  SlHasher hasher;
  sl_hasher_init (&hasher, "studioloop head v1");
  sl_hasher_add (&hasher, organisation->bytes, SL_ID_BYTES);
  sl_hasher_add (&hasher, replica->bytes, SL_ID_BYTES);
  sl_hasher_add_u64 (&hasher, seq);
  sl_hasher_add (&hasher, hash->bytes, SL_HASH_BYTES);
  sl_hasher_finish (&hasher, out);
}

/**
 * sl_head_sign:
 * @key: the device's
 * @organisation: whose log
 * @replica: whose chain
 * @seq: number of the last operation vouched for
 * @hash: h(seq)
 * @out: (out): one signature for it and all before it
 */
void
sl_head_sign (const SlSignKey *key, const SlId *organisation, const SlId *replica, guint64 seq, const SlHash *hash,
              guint8 out[SL_SIGNATURE_BYTES])
{
  SlHash digest;
  head_digest (organisation, replica, seq, hash, &digest);
  sl_sign (key, digest.bytes, SL_HASH_BYTES, out);
}

/**
 * sl_head_verify:
 * @public_key: the device's
 * @organisation: whose log
 * @replica: whose chain
 * @seq: number of the last operation vouched for
 * @hash: h(seq), computed here
 * @signature: what came with it
 *
 * Returns: whether the device vouches for the chain up to @seq
 */
gboolean
sl_head_verify (const guint8 public_key[SL_SIGN_PUBLIC_BYTES], const SlId *organisation, const SlId *replica,
                guint64 seq, const SlHash *hash, const guint8 signature[SL_SIGNATURE_BYTES])
{
  SlHash digest;
  head_digest (organisation, replica, seq, hash, &digest);
  return sl_verify (public_key, digest.bytes, SL_HASH_BYTES, signature);
}
