/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-keyring"

#include "oplog/oplog-private.h"

#include <sodium.h>
#include <string.h>

#include "scan/code.h"

/* Keys travel outside the log: here they are wrapped under a key that follows from the device's own; between devices
 * they go in boxes that only the receiver opens. A key that was destroyed is refused for ever. */

#define NOTE_AD "studioloop note v1"
#define GUESTS_MAX_BYTES 8192
#define SHORT_TEXT_BYTES 256 /* most names, numbers and addresses, sealed */
#define BUNDLE_KEYS_MAX (1 << 20)

static void
wrap_key_of (const SlSignKey *device, SlSealKey *out)
{
  SlHasher hasher;
  SlHash hash;
  sl_hasher_init (&hasher, "studioloop keyring v1");
  sl_hasher_add (&hasher, device->secret_key, 32);
  sl_hasher_finish (&hasher, &hash);
  memcpy (out->bytes, hash.bytes, SL_SEAL_KEY_BYTES);
  sodium_memzero (&hash, sizeof hash);
}

static void
wrap_place (SlKeyringKind kind, const SlId *id, guint8 out[1 + SL_ID_BYTES])
{
  out[0] = (guint8) kind;
  memcpy (out + 1, id->bytes, SL_ID_BYTES);
}

static gboolean
is_refused_or_known (SlOplog *log, SlKeyringKind kind, const SlId *id, gboolean *out, GError **error)
{
  gint64 either;
  if (!sl_store_query_int (log->store, 0, &either, error,
                           "SELECT EXISTS (SELECT 1 FROM local_key_refused WHERE id = ?2) "
                           "OR EXISTS (SELECT 1 FROM local_keyring WHERE kind = ?1 AND id = ?2)",
                           "id", (gint64) kind, id))
    return FALSE;
  *out = either != 0;
  return TRUE;
}

/* Numbers only rise: what was given up to one that is gone is not given again under it. */
#define NEXT_NUMBER \
  "1 + max ((SELECT coalesce (max (number), 0) FROM local_keyring), " \
  "(SELECT coalesce (max (max (given, pending)), 0) FROM local_given WHERE what = 1))" /* SL_GIVEN_KEYS */

/* from (nullable): who brought it. */
static gboolean
add_key (SlOplog *log, SlKeyringKind kind, const SlId *id, const guint8 key[SL_SEAL_KEY_BYTES], const SlId *from,
         gboolean *out_new, GError **error)
{
  g_auto (SlSealKey) wrap = { 0 };
  guint8 place[1 + SL_ID_BYTES];
  gboolean nothing_new;
  *out_new = FALSE;
  if (!is_refused_or_known (log, kind, id, &nothing_new, error))
    return FALSE;
  if (nothing_new)
    return TRUE;
  wrap_key_of (&log->identity.key, &wrap);
  wrap_place (kind, id, place);
  g_autoptr (GBytes) wrapped = sl_seal (log->world, &wrap, key, SL_SEAL_KEY_BYTES, place, sizeof place);
  if (!sl_store_exec (log->store, error,
                      "INSERT INTO local_keyring (kind, id, wrapped, came, number) VALUES (?, ?, ?, ?, " NEXT_NUMBER
                      ") ON CONFLICT DO NOTHING",
                      "idgd", (gint64) kind, id, wrapped, from))
    return FALSE;
  *out_new = sl_store_changes (log->store) > 0;
  return TRUE;
}

/* sl_keyring_add: inside a transaction. Refused and known keys change nothing; nearly all that an import brings are
 * known, so they are looked for before a key is wrapped. */
gboolean
sl_keyring_add (SlOplog *log, SlKeyringKind kind, const SlId *id, const guint8 key[SL_SEAL_KEY_BYTES],
                gboolean *out_new, GError **error)
{
  return add_key (log, kind, id, key, NULL, out_new, error);
}

static gboolean
unwrap (const SlSealKey *wrap, SlKeyringKind kind, const SlId *id, const void *wrapped, gsize length, SlSealKey *out)
{
  guint8 place[1 + SL_ID_BYTES];
  gsize plain_length;
  wrap_place (kind, id, place);
  return wrapped != NULL
         && sl_unseal_into (wrap, wrapped, length, place, sizeof place, out->bytes, sizeof out->bytes, &plain_length)
         && plain_length == SL_SEAL_KEY_BYTES;
}

/* The key that the keyring is wrapped under: the predecessor's, until a copy has become a device of its own. */
static void
wrap_key_now (SlOplog *log, SlSealKey *out)
{
  wrap_key_of (log->identity.has_predecessor && log->own == NULL && log->chains != NULL
                   ? &log->identity.predecessor_key
                   : &log->identity.key,
               out);
}

/* sl_keyring_get: CORRUPT where the stored key does not open with this device's. */
gboolean
sl_keyring_get (SlOplog *log, SlKeyringKind kind, const SlId *id, SlSealKey *out, gboolean *out_found, GError **error)
{
  g_auto (SlSealKey) wrap = { 0 };
  g_autoptr (SlRows) rows = sl_store_query (log->store, "SELECT wrapped FROM local_keyring WHERE kind = ? AND id = ?",
                                            "id", (gint64) kind, id);
  gsize length = 0;
  *out_found = sl_rows_next (rows);
  if (*out_found)
    {
      const void *wrapped = sl_rows_blob (rows, 0, &length);
      wrap_key_now (log, &wrap);
      if (!unwrap (&wrap, kind, id, wrapped, length, out))
        {
          g_set_error (error, SL_ERROR, SL_ERROR_CORRUPT, "a key in the keyring does not open with this device's key");
          return FALSE;
        }
    }
  return sl_rows_finish (rows, error);
}

/* sl_keyring_rewrap: all keys from the device's old key to its present one. Inside a transaction. */
gboolean
sl_keyring_rewrap (SlOplog *log, const SlSignKey *old_key, GError **error)
{
  g_auto (SlSealKey) old_wrap = { 0 }, wrap = { 0 };
  g_autoptr (GPtrArray) places = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) boxes = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  wrap_key_of (old_key, &old_wrap);
  wrap_key_of (&log->identity.key, &wrap);
  g_autoptr (SlRows) rows = sl_store_query (log->store, "SELECT kind, id, wrapped FROM local_keyring", "");
  while (sl_rows_next (rows))
    {
      g_auto (SlSealKey) key = { 0 };
      SlId id;
      gsize length;
      SlKeyringKind kind = (SlKeyringKind) sl_rows_int (rows, 0);
      sl_rows_id (rows, 1, &id);
      const void *wrapped = sl_rows_blob (rows, 2, &length);
      if (!unwrap (&old_wrap, kind, &id, wrapped, length, &key))
        continue; /* wrapped anew before a power cut, or damaged: verify says so */
      guint8 *place = g_malloc (1 + SL_ID_BYTES);
      wrap_place (kind, &id, place);
      g_ptr_array_add (places, place);
      g_ptr_array_add (boxes, sl_seal (log->world, &wrap, key.bytes, SL_SEAL_KEY_BYTES, place, 1 + SL_ID_BYTES));
    }
  if (!sl_rows_finish (rows, error))
    return FALSE;
  for (guint i = 0; i < places->len; i++)
    {
      const guint8 *place = places->pdata[i];
      if (!sl_store_exec (log->store, error, "UPDATE local_keyring SET wrapped = ? WHERE kind = ? AND id = ?", "gib",
                          boxes->pdata[i], (gint64) place[0], place + 1, (gsize) SL_ID_BYTES))
        return FALSE;
    }
  return TRUE;
}

#define PART_OF_KEYS " FROM local_keyring WHERE number > ?1 AND number <= ?2 AND (?3 IS NULL OR came IS NOT ?3)"

/* sl_keyring_bundle: a part (nullable: all) of the keys, in one box that only the owner of public_key opens. (transfer
 * full) (nullable): NULL without error where there are none. */
GBytes *
sl_keyring_bundle (SlOplog *log, const guint8 public_key[SL_SIGN_PUBLIC_BYTES], const SlKeyringPart *part,
                   GError **error)
{
  const SlKeyringPart all = { .after = -1, .up_to = G_MAXINT64 };
  g_auto (SlSealKey) wrap = { 0 };
  g_autoptr (SlCborWriter) writer = sl_cbor_writer_new ();
  gint64 count;
  if (part == NULL)
    part = &all;
  wrap_key_of (&log->identity.key, &wrap);
  if (!sl_store_query_int (log->store, 0, &count, error, "SELECT count (*)" PART_OF_KEYS, "iid", part->after,
                           part->up_to, part->not_from)
      || count == 0)
    return NULL;
  sl_cbor_begin_array (writer, 3 * (gsize) count);
  g_autoptr (SlRows) rows = sl_store_query (log->store, "SELECT kind, id, wrapped" PART_OF_KEYS " ORDER BY kind, id",
                                            "iid", part->after, part->up_to, part->not_from);
  while (sl_rows_next (rows))
    {
      g_auto (SlSealKey) key = { 0 };
      SlId id;
      gsize length;
      sl_rows_id (rows, 1, &id);
      const void *wrapped = sl_rows_blob (rows, 2, &length);
      if (!unwrap (&wrap, (SlKeyringKind) sl_rows_int (rows, 0), &id, wrapped, length, &key))
        {
          g_set_error (error, SL_ERROR, SL_ERROR_CORRUPT, "a key in the keyring does not open with this device's key");
          return NULL;
        }
      sl_cbor_put_int (writer, sl_rows_int (rows, 0));
      sl_cbor_put_id (writer, &id);
      sl_cbor_put_bytes (writer, key.bytes, SL_SEAL_KEY_BYTES);
    }
  if (!sl_rows_finish (rows, error))
    return NULL;
  g_autoptr (GBytes) plain = sl_cbor_writer_finish (writer);
  GBytes *box = sl_box_seal (public_key, g_bytes_get_data (plain, NULL), g_bytes_get_size (plain));
  if (box == NULL)
    g_set_error (error, SL_ERROR, SL_ERROR_CORRUPT, "a device's public key is damaged");
  return box;
}

/* sl_keyring_open_bundle: takes what is in a box for key, and notes who brought it (from: nullable); *out_opened FALSE
 * where it is not for us or damaged. */
gboolean
sl_keyring_open_bundle (SlOplog *log, const SlSignKey *key, const void *sealed, gsize length, const SlId *from,
                        gboolean *out_opened, GError **error)
{
  g_autoptr (GBytes) plain = sl_box_open (key, sealed, length);
  SlCborReader reader;
  gsize items;
  *out_opened = FALSE;
  if (plain == NULL)
    return TRUE;
  sl_cbor_reader_init (&reader, g_bytes_get_data (plain, NULL), g_bytes_get_size (plain));
  if (!sl_cbor_get_array (&reader, 0, 3 * BUNDLE_KEYS_MAX, &items) || items % 3 != 0)
    return TRUE;
  for (gsize i = 0; i < items; i += 3)
    {
      gint64 kind;
      SlId id;
      const guint8 *bytes;
      gsize key_length;
      gboolean is_new;
      if (!sl_cbor_get_int (&reader, SL_KEYRING_MEMBER, SL_KEYRING_NOTES, &kind) || !sl_cbor_get_id (&reader, &id)
          || !sl_cbor_get_bytes (&reader, SL_SEAL_KEY_BYTES, &bytes, &key_length) || key_length != SL_SEAL_KEY_BYTES)
        return TRUE;
      if (!add_key (log, (SlKeyringKind) kind, &id, bytes, from, &is_new, error))
        return FALSE;
    }
  *out_opened = TRUE;
  return TRUE;
}

/* --- sealed text --- */

/* sl_oplog_watch_keys: see the header. */
GHashTable *
sl_oplog_watch_keys (SlOplog *log, GHashTable *used)
{
  GHashTable *before = log->keys_used;
  log->keys_used = used;
  return before;
}

static void
note_used (SlOplog *log, const SlId *member)
{
  if (log->keys_used != NULL && !g_hash_table_contains (log->keys_used, member))
    g_hash_table_add (log->keys_used, sl_id_copy (member));
}

/* A member's opened key, kept for the process: names of a roster are opened again and again. */
static const SlSealKey *
member_key (SlOplog *log, const SlId *member, GError **error)
{
  SlSealKey *known = g_hash_table_lookup (log->member_keys, member);
  g_auto (SlSealKey) key = { 0 };
  gboolean found;
  if (known != NULL)
    {
      note_used (log, member);
      return known;
    }
  if (sl_id_is_none (member) || !sl_keyring_get (log, SL_KEYRING_MEMBER, member, &key, &found, error) || !found)
    return NULL;
  note_used (log, member);
  known = g_new (SlSealKey, 1);
  *known = key;
  g_hash_table_insert (log->member_keys, sl_id_copy (member), known);
  return known;
}

/**
 * sl_oplog_load_member_keys:
 * @log: a log
 * @after: members behind this one, in the order of ids
 * @count: at most so many
 * @out_last: (out): up to whom; the last id that there can be where there are no more
 * @error: return location
 *
 * Opens many members' keys in one walk, for whoever is about to read all of them. A damaged one is left out: reading
 * what it opens says so.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_oplog_load_member_keys (SlOplog *log, const SlId *after, guint count, SlId *out_last, GError **error)
{
  g_auto (SlSealKey) wrap = { 0 };
  guint loaded = 0;
  g_autoptr (SlRows) rows
      = sl_store_query (log->store,
                        "SELECT id, wrapped FROM local_keyring WHERE kind = ? AND id > ? ORDER BY id LIMIT ?", "ibi",
                        (gint64) SL_KEYRING_MEMBER, after->bytes, (gsize) SL_ID_BYTES, (gint64) count);
  wrap_key_now (log, &wrap);
  for (; sl_rows_next (rows); loaded++)
    {
      g_auto (SlSealKey) key = { 0 };
      gsize length;
      const void *wrapped = sl_rows_blob (rows, 1, &length);
      sl_rows_id (rows, 0, out_last);
      if (g_hash_table_contains (log->member_keys, out_last)
          || !unwrap (&wrap, SL_KEYRING_MEMBER, out_last, wrapped, length, &key))
        continue;
      SlSealKey *known = g_new (SlSealKey, 1);
      *known = key;
      g_hash_table_insert (log->member_keys, sl_id_copy (out_last), known);
    }
  if (loaded < count)
    memset (out_last->bytes, 0xff, SL_ID_BYTES);
  return sl_rows_finish (rows, error);
}

static gboolean
notes_key (SlOplog *log, SlSealKey *out, gboolean *out_found, GError **error)
{
  return sl_keyring_get (log, SL_KEYRING_NOTES, &log->identity.organisation, out, out_found, error);
}

static void
field_place (const SlId *member, guint8 number, guint8 out[SL_ID_BYTES + 1])
{
  memcpy (out, member->bytes, SL_ID_BYTES);
  out[SL_ID_BYTES] = number;
}

/* NULL with NOT_FOUND: this device has no key for the member. */
static const SlSealKey *
required_member_key (SlOplog *log, const SlId *member, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  const SlSealKey *key = member_key (log, member, &local_error);
  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  else if (key == NULL)
    g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "the key to this member's data has not reached this device yet");
  return key;
}

/* sl_keyring_check_member: whether this device may write a member's personal fields. NOT_FOUND: it has no key. */
gboolean
sl_keyring_check_member (SlOplog *log, const SlId *member, GError **error)
{
  return required_member_key (log, member, error) != NULL;
}

/* sl_seal_field: a member's personal field. NOT_FOUND: this device has no key for the member. */
GBytes *
sl_seal_field (SlOplog *log, const SlId *member, guint8 number, const char *text, GError **error)
{
  guint8 place[SL_ID_BYTES + 1];
  const SlSealKey *key = required_member_key (log, member, error);
  if (key == NULL)
    return NULL;
  field_place (member, number, place);
  return sl_seal (log->world, key, text, strlen (text), place, sizeof place);
}

/* Notes and guests: under the member's key, or under the organisation's where the member is not known here. */
static GBytes *
seal_loose (SlOplog *log, const SlId *member, const void *data, gsize length, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_auto (SlSealKey) notes = { 0 };
  gboolean found = FALSE;
  const SlSealKey *key = member_key (log, member, &local_error);
  if (key == NULL && local_error == NULL && notes_key (log, &notes, &found, &local_error) && found)
    key = &notes;
  if (local_error == NULL && key == NULL)
    g_set_error (&local_error, SL_ERROR, SL_ERROR_CORRUPT, "the keyring lacks the organisation's key");
  if (local_error == NULL)
    return sl_seal (log->world, key, data, length, NOTE_AD, sizeof NOTE_AD - 1);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

/* sl_seal_note: (transfer full) (nullable): NULL without error for no text. */
GBytes *
sl_seal_note (SlOplog *log, const SlId *member, const char *text, GError **error)
{
  return text == NULL ? NULL : seal_loose (log, member, text, strlen (text), error);
}

/* sl_seal_guests: names as a list. */
GBytes *
sl_seal_guests (SlOplog *log, const SlId *member, const char *const *names, GError **error)
{
  g_autoptr (SlCborWriter) writer = sl_cbor_writer_new ();
  sl_cbor_begin_array (writer, g_strv_length ((char **) names));
  for (guint i = 0; names[i] != NULL; i++)
    sl_cbor_put_text (writer, names[i]);
  g_autoptr (GBytes) list = sl_cbor_writer_finish (writer);
  return seal_loose (log, member, g_bytes_get_data (list, NULL), g_bytes_get_size (list), error);
}

/* Whether the member's key was destroyed: then nothing about them is opened by another one either. */
static gboolean
is_refused (SlOplog *log, const SlId *member)
{
  gint64 refused;
  return !sl_id_is_none (member)
         && (!sl_store_query_int (log->store, 1, &refused, NULL,
                                  "SELECT EXISTS (SELECT 1 FROM local_key_refused WHERE id = ?)", "d", member)
             || refused != 0);
}

static GBytes *
unseal_loose (SlOplog *log, const SlId *member, const void *sealed, gsize length)
{
  g_auto (SlSealKey) notes = { 0 };
  gboolean found = FALSE;
  const SlSealKey *key = member_key (log, member, NULL);
  GBytes *plain = key != NULL ? sl_unseal (key, sealed, length, NOTE_AD, sizeof NOTE_AD - 1) : NULL;
  if (plain == NULL && !is_refused (log, member) && notes_key (log, &notes, &found, NULL) && found)
    plain = sl_unseal (&notes, sealed, length, NOTE_AD, sizeof NOTE_AD - 1);
  return plain;
}

static char *
text_of (GBytes *plain)
{
  gsize length;
  const char *data = plain != NULL ? g_bytes_get_data (plain, &length) : NULL;
  return data != NULL && g_utf8_validate (data, (gssize) length, NULL) ? g_strndup (data, length)
         : plain != NULL && length == 0                                ? g_strdup ("")
                                                                       : NULL;
}

static char *
unseal_text (const SlSealKey *key, const void *sealed, gsize length, const void *place, gsize place_length)
{
  char text[SHORT_TEXT_BYTES];
  gsize text_length;
  if (length > sizeof text)
    {
      g_autoptr (GBytes) plain = sl_unseal (key, sealed, length, place, place_length);
      return text_of (plain);
    }
  char *out = NULL;
  if (sl_unseal_into (key, sealed, length, place, place_length, text, sizeof text, &text_length)
      && g_utf8_validate_len (text, text_length, NULL))
    out = g_strndup (text, text_length);
  sodium_memzero (text, MIN (length, sizeof text));
  return out;
}

/**
 * sl_oplog_unseal_field:
 * @log: a log
 * @member: whose
 * @column: which field of the member table
 * @sealed: (nullable): its bytes in the row
 * @length: how many
 *
 * Returns: (transfer full) (nullable): the text; %NULL for none, without the key, or where it was changed
 */
char *
sl_oplog_unseal_field (SlOplog *log, const SlId *member, const char *column, const void *sealed, gsize length)
{
  guint8 place[SL_ID_BYTES + 1];
  gboolean is_sealed;
  const SlSealKey *key = sealed != NULL ? member_key (log, member, NULL) : NULL;
  if (key == NULL)
    return NULL;
  for (guint8 number = 1; sl_reference_column (SL_ENTITY_MEMBER, number, &is_sealed) != NULL; number++)
    if (g_str_equal (sl_reference_column (SL_ENTITY_MEMBER, number, &is_sealed), column))
      {
        field_place (member, number, place);
        return unseal_text (key, sealed, length, place, sizeof place);
      }
  g_return_val_if_reached (NULL);
}

/**
 * sl_oplog_unseal_note:
 * @log: a log
 * @member: (nullable): whose it is about
 * @sealed: (nullable): a note's or reason's bytes
 * @length: how many
 *
 * Returns: (transfer full) (nullable): the text; %NULL for none or without the key
 */
char *
sl_oplog_unseal_note (SlOplog *log, const SlId *member, const void *sealed, gsize length)
{
  g_autoptr (GBytes) plain =
      sealed != NULL ? unseal_loose (log, member != NULL ? member : &sl_id_none, sealed, length) : NULL;
  return text_of (plain);
}

/**
 * sl_oplog_unseal_guests:
 * @log: a log
 * @member: who booked
 * @sealed: (nullable): the guests' bytes
 * @length: how many
 *
 * Returns: (transfer full) (nullable) (element-type utf8): names in the order of their spots; %NULL for none or without
 * the key
 */
GPtrArray *
sl_oplog_unseal_guests (SlOplog *log, const SlId *member, const void *sealed, gsize length)
{
  g_autoptr (GBytes) plain = sealed != NULL ? unseal_loose (log, member, sealed, length) : NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  SlCborReader reader;
  gsize count;
  if (plain == NULL)
    return NULL;
  sl_cbor_reader_init (&reader, g_bytes_get_data (plain, NULL), g_bytes_get_size (plain));
  if (!sl_cbor_get_array (&reader, 0, SL_SPOTS_MAX, &count))
    return NULL;
  for (gsize i = 0; i < count; i++)
    {
      char *name = NULL;
      if (!sl_cbor_get_text (&reader, GUESTS_MAX_BYTES, &name))
        return NULL;
      g_ptr_array_add (names, name != NULL ? name : g_strdup (""));
    }
  return g_steal_pointer (&names);
}

/**
 * sl_oplog_has_member_key:
 * @log: a log
 * @member: whose
 *
 * Returns: whether this device can read and edit the member's personal fields
 */
gboolean
sl_oplog_has_member_key (SlOplog *log, const SlId *member)
{
  return member_key (log, member, NULL) != NULL;
}

/**
 * sl_oplog_hash_member_key:
 * @log: a log
 * @member: whose
 * @hasher: gets the member's id and key
 * @out_found: (out): whether this device has the key; where not, nothing is added
 * @error: return location
 *
 * For secrets that shall go with the member's data.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_oplog_hash_member_key (SlOplog *log, const SlId *member, SlHasher *hasher, gboolean *out_found, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  const SlSealKey *key = member_key (log, member, &local_error);
  *out_found = key != NULL;
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (key != NULL)
    {
      sl_hasher_add (hasher, member->bytes, SL_ID_BYTES);
      sl_hasher_add (hasher, key->bytes, SL_SEAL_KEY_BYTES);
    }
  return TRUE;
}

static gboolean
get_required (SlOplog *log, SlKeyringKind kind, const SlId *id, SlSealKey *out, GError **error)
{
  gboolean found;
  if (!sl_keyring_get (log, kind, id, out, &found, error))
    return FALSE;
  if (!found)
    g_set_error (error, SL_ERROR, SL_ERROR_CORRUPT, "the keyring lacks one of the organisation's keys");
  return found;
}

/**
 * sl_oplog_pepper:
 * @log: a log
 * @out: (out caller-allocates): what is mixed into every PIN's hash; wipe it
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_oplog_pepper (SlOplog *log, SlSealKey *out, GError **error)
{
  return get_required (log, SL_KEYRING_PEPPER, &log->identity.organisation, out, error);
}

/**
 * sl_oplog_issuing_key:
 * @log: a log
 * @out: (out caller-allocates): a key that signs the organisation's codes; wipe it
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_oplog_issuing_key (SlOplog *log, SlSignKey *out, GError **error)
{
  g_auto (SlSealKey) seed = { 0 };
  SlId id = sl_id_none;
  g_autoptr (SlRows) rows = sl_store_query (log->store,
                                            "SELECT k.id FROM local_keyring k JOIN issuing_key i ON i.id = k.id"
                                            " WHERE k.kind = ? ORDER BY k.id LIMIT 1",
                                            "i", (gint64) SL_KEYRING_ISSUING);
  if (sl_rows_next (rows))
    sl_rows_id (rows, 0, &id);
  if (!sl_rows_finish (rows, error) || !get_required (log, SL_KEYRING_ISSUING, &id, &seed, error))
    return FALSE;
  return sl_sign_key_from_seed (seed.bytes, out);
}

/**
 * sl_oplog_issuing_public:
 * @log: a log
 * @key_id: from a code
 * @out_public: (out): the key to check it with
 * @out_found: (out): whether the organisation has such a key
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_oplog_issuing_public (SlOplog *log, const guint8 key_id[4], guint8 out_public[SL_SIGN_PUBLIC_BYTES],
                         gboolean *out_found, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (log->store, "SELECT public_key FROM issuing_key ORDER BY id", "");
  *out_found = FALSE;
  while (sl_rows_next (rows))
    {
      guint8 id[SL_CODE_KEY_ID_BYTES];
      gsize length;
      const guint8 *key = sl_rows_blob (rows, 0, &length);
      if (key == NULL || length != SL_SIGN_PUBLIC_BYTES)
        continue;
      sl_code_key_id (key, id);
      if (memcmp (id, key_id, sizeof id) == 0)
        {
          memcpy (out_public, key, SL_SIGN_PUBLIC_BYTES);
          *out_found = TRUE;
        }
    }
  return sl_rows_finish (rows, error);
}
