/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-member-index"

#include "engine/member-index.h"

#include <string.h>

#include "core/text.h"
#include "engine/engine-private.h"

#define PHONE_SEARCH_MIN_DIGITS 3 /* fewer fit everybody */
#define SLICE_MEMBERS 512         /* opened at once while somebody may be waiting: some two milliseconds */

typedef struct _Entry Entry;
struct _Entry {
  SlId id;
  guint64 order;     /* the first bytes of the name: most comparisons need no more */
  char *name;        /* (nullable) folded "first last"; NULL: there is none, or no key here yet */
  char *phone;       /* (nullable) E.164 */
  Entry *same_phone; /* (nullable) the next one with that number */
  gboolean gone;     /* to be dropped */
};

/* What was written is told by numbers that rise (the table local_member_written): only those rows are read again. What
 * was read inside a transaction may be taken back: it is read once more when that is over. */
struct _SlMemberIndex {
  SlEngineStamp stamp;     /* of what the entries are */
  guint64 transaction;     /* in which the stamp was taken; 0: in none */
  gboolean is_built;       /* everybody was read */
  guint64 built_in;        /* the transaction in which that began; 0: in none */
  SlId reached;            /* until then: up to whom */
  gint64 written, settled; /* rows up to this number are taken in; of those, the ones that nobody takes back */
  GArray *unsure;          /* (element-type SlId): read in the transaction */
  GHashTable *by_id;       /* SlId* of the entry → Entry */
  GHashTable *by_phone;    /* (nullable) number → first Entry; made when asked for */
  GHashTable *keyless;     /* SlId* → itself: there is a name, and no key to it here yet */
  GPtrArray *sorted;       /* of the same Entry, by name where is_sorted */
  gboolean is_sorted, some_gone;
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;
  g_free (entry->name);
  g_free (entry->phone);
  g_free (entry);
}

static SlMemberIndex *
index_new (void)
{
  SlMemberIndex *index = g_new0 (SlMemberIndex, 1);
  index->stamp.data_version = -1;
  index->unsure = g_array_new (FALSE, FALSE, sizeof (SlId));
  index->by_id = g_hash_table_new_full (sl_id_hash, sl_id_equal, NULL, entry_free);
  index->keyless = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, NULL);
  index->sorted = g_ptr_array_new ();
  return index;
}

/**
 * sl_member_index_free:
 * @index: (nullable) (transfer full): the index; plain text goes with it
 */
void
sl_member_index_free (SlMemberIndex *index)
{
  if (index == NULL)
    return;
  g_ptr_array_unref (index->sorted);
  g_clear_pointer (&index->by_phone, g_hash_table_unref);
  g_hash_table_unref (index->keyless);
  g_hash_table_unref (index->by_id);
  g_array_unref (index->unsure);
  g_free (index);
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const Entry *entry_a = *(Entry *const *) a, *entry_b = *(Entry *const *) b;
  if (entry_a->order != entry_b->order)
    return entry_a->order < entry_b->order ? -1 : 1;
  int by_name = g_strcmp0 (entry_a->name, entry_b->name);
  return by_name != 0 ? by_name : sl_id_compare (&entry_a->id, &entry_b->id);
}

/* Compares as the text does. */
static guint64
order_of (const char *name)
{
  guint64 order = 0;
  for (guint i = 0; i < sizeof order; i++)
    {
      order = order << 8 | (guint8) (name != NULL ? *name : '\0');
      if (name != NULL && *name != '\0')
        name++;
    }
  return order;
}

/* --- who has which number --- */

static void
learn_phone (SlMemberIndex *index, Entry *entry)
{
  entry->same_phone = NULL;
  if (index->by_phone == NULL || entry->phone == NULL)
    return;
  Entry *first = g_hash_table_lookup (index->by_phone, entry->phone);
  if (first == NULL)
    {
      g_hash_table_insert (index->by_phone, g_strdup (entry->phone), entry);
      return;
    }
  entry->same_phone = first->same_phone;
  first->same_phone = entry;
}

static void
forget_phone (SlMemberIndex *index, Entry *entry)
{
  if (index->by_phone == NULL || entry->phone == NULL)
    return;
  Entry *at = g_hash_table_lookup (index->by_phone, entry->phone);
  if (at == entry && entry->same_phone == NULL)
    (void) g_hash_table_remove (index->by_phone, entry->phone);
  else if (at == entry)
    g_hash_table_insert (index->by_phone, g_strdup (entry->phone), entry->same_phone);
  else
    {
      while (at->same_phone != entry)
        at = at->same_phone;
      at->same_phone = entry->same_phone;
    }
}

static void
learn_all_phones (SlMemberIndex *index)
{
  if (index->by_phone != NULL)
    return;
  index->by_phone = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < index->sorted->len; i++)
    learn_phone (index, index->sorted->pdata[i]);
}

/* --- rows --- */

#define COLUMNS "SELECT id, first, last, phone FROM member "
#define NOT_ERASED "NOT EXISTS (SELECT 1 FROM erased e WHERE e.member_id = member.id) "

static char *
unseal (SlEngine *engine, const SlId *id, const char *column, SlRows *rows, int place)
{
  gsize length;
  const void *sealed = sl_rows_blob (rows, place, &length);
  if (sealed == NULL)
    return NULL;
  /* What is only looked through is in nobody's answer. */
  GHashTable *watching = sl_oplog_watch_keys (engine->log, NULL);
  char *text = sl_oplog_unseal_field (engine->log, id, column, sealed, length);
  (void) sl_oplog_watch_keys (engine->log, watching);
  return text;
}

static void
read_entry (SlEngine *engine, SlMemberIndex *index, SlRows *rows, Entry *entry)
{
  g_autofree char *first = unseal (engine, &entry->id, "first", rows, 1);
  g_autofree char *last = unseal (engine, &entry->id, "last", rows, 2);
  g_autofree char *name = NULL;
  forget_phone (index, entry);
  g_free (entry->name);
  g_free (entry->phone);
  entry->phone = unseal (engine, &entry->id, "phone", rows, 3);
  learn_phone (index, entry);
  if (first != NULL || last != NULL)
    name = g_strconcat (first != NULL ? first : "", " ", last != NULL ? last : "", NULL);
  entry->name = name != NULL ? sl_text_fold (name) : NULL;
  entry->order = order_of (entry->name);
  gboolean is_sealed = !sl_rows_is_null (rows, 1) || !sl_rows_is_null (rows, 2) || !sl_rows_is_null (rows, 3);
  if (is_sealed && entry->name == NULL && entry->phone == NULL)
    (void) g_hash_table_add (index->keyless, sl_id_copy (&entry->id));
  else if (g_hash_table_size (index->keyless) > 0)
    (void) g_hash_table_remove (index->keyless, &entry->id);
}

static void
take_row (SlEngine *engine, SlMemberIndex *index, SlRows *rows)
{
  SlId id;
  sl_rows_id (rows, 0, &id);
  Entry *entry = g_hash_table_lookup (index->by_id, &id);
  if (entry == NULL)
    {
      entry = g_new0 (Entry, 1);
      entry->id = id;
      g_hash_table_insert (index->by_id, &entry->id, entry);
      g_ptr_array_add (index->sorted, entry);
    }
  entry->gone = FALSE;
  read_entry (engine, index, rows, entry);
  index->is_sorted = FALSE;
}

/* As it is now: gone where it was rolled back or erased. */
static gboolean
read_member (SlEngine *engine, SlMemberIndex *index, const SlId *id, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (engine->store, COLUMNS "WHERE id = ? AND " NOT_ERASED, "d", id);
  if (sl_rows_next (rows))
    take_row (engine, index, rows);
  else
    {
      Entry *entry = g_hash_table_lookup (index->by_id, id);
      (void) g_hash_table_remove (index->keyless, id);
      if (entry != NULL)
        index->some_gone = entry->gone = TRUE;
    }
  return sl_rows_finish (rows, error);
}

static void
drop_gone (SlMemberIndex *index)
{
  guint kept = 0;
  for (guint i = 0; index->some_gone && i < index->sorted->len; i++)
    {
      Entry *entry = index->sorted->pdata[i];
      if (!entry->gone)
        {
          index->sorted->pdata[kept++] = entry;
          continue;
        }
      forget_phone (index, entry);
      g_hash_table_remove (index->by_id, &entry->id);
    }
  if (index->some_gone)
    g_ptr_array_set_size (index->sorted, (gint) kept);
  index->some_gone = FALSE;
}

/* --- following --- */

static gboolean
read_members (SlEngine *engine, SlMemberIndex *index, const GArray *ids, GError **error)
{
  for (guint i = 0; i < ids->len; i++)
    if (!read_member (engine, index, &g_array_index (ids, SlId, i), error))
      return FALSE;
  return TRUE;
}

/* Beyond every id. */
static const SlId last_id = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                0xff, 0xff } };

/* Opens the names of some more members, in the order of their ids. */
static gboolean
build_slice (SlEngine *engine, SlMemberIndex *index, guint members, GError **error)
{
  SlId last;
  if (sl_id_is_none (&index->reached)
      && !sl_store_query_int (engine->store, 0, &index->written, error,
                              "SELECT coalesce (max (n), 0) FROM local_member_written", ""))
    return FALSE;
  if (!sl_oplog_load_member_keys (engine->log, &index->reached, members, &last, error))
    return FALSE;
  g_autoptr (SlRows) rows =
      sl_store_query (engine->store, COLUMNS "WHERE id > ?1 AND id <= ?2 AND " NOT_ERASED "ORDER BY id", "bb",
                      index->reached.bytes, (gsize) SL_ID_BYTES, last.bytes, (gsize) SL_ID_BYTES);
  while (sl_rows_next (rows))
    take_row (engine, index, rows);
  index->reached = last;
  index->is_built = sl_id_compare (&last, &last_id) == 0;
  return sl_rows_finish (rows, error);
}

static gboolean
read_written (SlEngine *engine, SlMemberIndex *index, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SlId));
  g_autoptr (SlRows) rows = sl_store_query (
      engine->store, "SELECT n, member_id FROM local_member_written WHERE n > ? ORDER BY n", "i", index->written);
  while (sl_rows_next (rows))
    {
      SlId id;
      index->written = sl_rows_int (rows, 0);
      sl_rows_id (rows, 1, &id);
      g_array_append_val (ids, id);
    }
  if (!sl_rows_finish (rows, error) || !read_members (engine, index, ids, error))
    return FALSE;
  if (engine->depth > 0)
    g_array_append_vals (index->unsure, ids->data, ids->len);
  return TRUE;
}

/* Keys come apart from rows. */
static gboolean
read_keyless (SlEngine *engine, SlMemberIndex *index, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (SlId));
  GHashTableIter iter;
  gpointer id;
  g_hash_table_iter_init (&iter, index->keyless);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    g_array_append_vals (ids, (const SlId *) id, 1);
  return read_members (engine, index, ids, error);
}

/* Stamps inside a transaction are good in that one alone: what it wrote may yet be taken back. */
static guint64
transaction_of (SlEngine *engine)
{
  return engine->depth > 0 ? engine->transaction : 0;
}

static gboolean
is_in_step (SlEngine *engine, const SlMemberIndex *index, const SlEngineStamp *stamp)
{
  return index->is_built && index->transaction == transaction_of (engine)
         && sl_engine_stamp_equal (stamp, &index->stamp);
}

static gboolean
catch_up (SlEngine *engine, SlMemberIndex *index, GError **error)
{
  g_autoptr (GArray) unsure = NULL;
  while (!index->is_built)
    if (!build_slice (engine, index, G_MAXUINT, error))
      return FALSE;
  if (index->transaction != transaction_of (engine))
    {
      unsure = g_steal_pointer (&index->unsure);
      index->unsure = g_array_new (FALSE, FALSE, sizeof (SlId));
      index->written = index->transaction != 0 ? index->settled : index->written;
      index->settled = index->written;
    }
  if ((unsure != NULL && !read_members (engine, index, unsure, error)) || !read_keyless (engine, index, error)
      || !read_written (engine, index, error))
    return FALSE;
  drop_gone (index);
  return TRUE;
}

/* What was read while it was being built, inside a transaction that is over, is not known to stand. */
static SlMemberIndex *
open_index (SlEngine *engine)
{
  if (engine->member_index != NULL && engine->member_index->built_in != 0
      && engine->member_index->built_in != transaction_of (engine))
    g_clear_pointer (&engine->member_index, sl_member_index_free);
  if (engine->member_index == NULL)
    {
      engine->member_index = index_new ();
      engine->member_index->built_in = transaction_of (engine);
      engine->member_index->transaction = transaction_of (engine);
    }
  return engine->member_index;
}

/* Takes in what was written since the last time. */
static SlMemberIndex *
follow (SlEngine *engine, GError **error)
{
  SlEngineStamp stamp = sl_engine_stamp (engine);
  SlMemberIndex *index = open_index (engine);
  if (is_in_step (engine, index, &stamp))
    return index;
  if (!sl_store_begin_read (engine->store, error))
    return NULL;
  gboolean caught_up = catch_up (engine, index, error);
  sl_store_end_read (engine->store);
  if (!caught_up)
    {
      g_clear_pointer (&engine->member_index, sl_member_index_free);
      return NULL;
    }
  index->stamp = stamp;
  index->transaction = transaction_of (engine);
  return index;
}

/* The same, by name. */
static SlMemberIndex *
follow_sorted (SlEngine *engine, GError **error)
{
  SlMemberIndex *index = follow (engine, error);
  if (index == NULL || index->is_sorted)
    return index;
  g_ptr_array_sort (index->sorted, compare_entries);
  index->is_sorted = TRUE;
  return index;
}

/**
 * sl_member_index_warm:
 * @engine: the engine, not inside a command
 * @out_done: (out): whether everybody's name is open; else call again
 * @error: return location
 *
 * Opens the names of some members more, so that the first who searches need not wait for all of them: some
 * milliseconds.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_member_index_warm (SlEngine *engine, gboolean *out_done, GError **error)
{
  g_return_val_if_fail (engine != NULL && engine->depth == 0 && out_done != NULL, FALSE);

  SlMemberIndex *index = open_index (engine);
  if (!index->is_built && !build_slice (engine, index, SLICE_MEMBERS, error))
    {
      g_clear_pointer (&engine->member_index, sl_member_index_free);
      return FALSE;
    }
  *out_done = index->is_built && follow_sorted (engine, error) != NULL;
  return *out_done || !index->is_built;
}

/* Whether word begins a word of the name. */
static gboolean
name_has (const char *name, const char *word)
{
  for (const char *at = strstr (name, word); at != NULL; at = strstr (at + 1, word))
    if (at == name || !g_unichar_isalnum (g_utf8_get_char (g_utf8_prev_char (at))))
      return TRUE;
  return FALSE;
}

/* The digits of a word that is a part of a phone number, without the zero of national numbers. NULL: it is none. */
static const char *
phone_part (const char *word)
{
  const char *digits = *word == '+' ? word + 1 : word;
  if (*digits == '\0' || strspn (digits, "0123456789") != strlen (digits))
    return NULL;
  if (digits == word && *digits == '0')
    digits++;
  return strlen (digits) + (digits != word) >= PHONE_SEARCH_MIN_DIGITS ? digits : NULL;
}

static gboolean
matches (const Entry *entry, const char *const *words)
{
  for (guint i = 0; words[i] != NULL; i++)
    {
      const char *part = phone_part (words[i]);
      gboolean by_name = entry->name != NULL && name_has (entry->name, words[i]);
      gboolean by_phone = part != NULL && entry->phone != NULL && strstr (entry->phone, part) != NULL;
      if (*words[i] != '\0' && !by_name && !by_phone)
        return FALSE;
    }
  return TRUE;
}

/**
 * sl_member_index_search:
 * @engine: the engine
 * @search: (nullable): words of the name and parts of the phone number, in any order; %NULL or empty: everybody
 * @error: return location
 *
 * Case and accents do not matter. The first search of a process opens every member's name, where sl_member_index_warm()
 * has not; later ones only what has changed.
 *
 * Returns: (transfer full) (element-type SlId): by name; %NULL on failure
 */
GArray *
sl_member_index_search (SlEngine *engine, const char *search, GError **error)
{
  g_return_val_if_fail (engine != NULL, NULL);

  g_autofree char *folded = sl_text_fold (search != NULL ? search : "");
  g_auto (GStrv) words = g_strsplit (folded, " ", -1);
  SlMemberIndex *index = follow_sorted (engine, error);
  if (index == NULL)
    return NULL;
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (SlId));
  for (guint i = 0; i < index->sorted->len; i++)
    {
      const Entry *entry = index->sorted->pdata[i];
      if (matches (entry, (const char *const *) words))
        g_array_append_val (ids, entry->id);
    }
  return ids;
}

/**
 * sl_member_index_by_phone:
 * @engine: the engine
 * @e164: a whole number, "+27821234567"
 * @error: return location
 *
 * Returns: (transfer full) (element-type SlId): members with that number, by name; %NULL on failure
 */
GArray *
sl_member_index_by_phone (SlEngine *engine, const char *e164, GError **error)
{
  g_return_val_if_fail (engine != NULL && e164 != NULL, NULL);

  g_autoptr (GPtrArray) sharing = g_ptr_array_new ();
  SlMemberIndex *index = follow (engine, error);
  if (index == NULL)
    return NULL;
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (SlId));
  learn_all_phones (index);
  for (Entry *entry = g_hash_table_lookup (index->by_phone, e164); entry != NULL; entry = entry->same_phone)
    g_ptr_array_add (sharing, entry);
  g_ptr_array_sort (sharing, compare_entries);
  for (guint i = 0; i < sharing->len; i++)
    g_array_append_val (ids, ((const Entry *) sharing->pdata[i])->id);
  return ids;
}

/**
 * sl_member_index_shared_phones:
 * @engine: the engine
 * @error: return location
 *
 * Whatever their states are. Of three members with one number, the first with each of the others.
 *
 * Returns: (transfer full) (element-type SlMemberPair): by name; %NULL on failure
 */
GArray *
sl_member_index_shared_phones (SlEngine *engine, GError **error)
{
  g_return_val_if_fail (engine != NULL, NULL);

  g_autoptr (GHashTable) first = g_hash_table_new (g_str_hash, g_str_equal);
  SlMemberIndex *index = follow_sorted (engine, error);
  if (index == NULL)
    return NULL;
  GArray *pairs = g_array_new (FALSE, FALSE, sizeof (SlMemberPair));
  for (guint i = 0; i < index->sorted->len; i++)
    {
      const Entry *entry = index->sorted->pdata[i];
      const Entry *before = entry->phone != NULL ? g_hash_table_lookup (first, entry->phone) : NULL;
      SlMemberPair pair;
      if (entry->phone != NULL && before == NULL)
        g_hash_table_insert (first, entry->phone, (gpointer) entry);
      if (before == NULL)
        continue;
      pair = (SlMemberPair){ before->id, entry->id };
      g_array_append_val (pairs, pair);
    }
  return pairs;
}
