/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-member-index"

#include "engine/member-index.h"

#include <string.h>

#include "core/text.h"
#include "engine/engine-private.h"

#define PHONE_SEARCH_MIN_DIGITS 3   /* fewer fit everybody */

typedef struct {
  SlId id;
  GBytes *clocks;            /* who wrote its fields last: the same, and the row is the same */
  char *name;                /* (nullable) folded "first last"; NULL: no key here yet */
  char *phone;               /* (nullable) E.164 */
  guint generation;          /* of the last look that found its row */
} Entry;

struct _SlMemberIndex {
  SlEngineStamp stamp;       /* of what the entries are */
  GHashTable *by_id;         /* SlId* of the entry → Entry */
  GPtrArray *sorted;         /* of the same Entry, by name */
  guint generation;          /* counts the looks */
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;
  g_clear_pointer (&entry->clocks, g_bytes_unref);
  g_free (entry->name);
  g_free (entry->phone);
  g_free (entry);
}

static SlMemberIndex *
index_new (void)
{
  SlMemberIndex *index = g_new0 (SlMemberIndex, 1);
  index->stamp.data_version = -1;
  index->by_id = g_hash_table_new_full (sl_id_hash, sl_id_equal, NULL, entry_free);
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
  g_hash_table_unref (index->by_id);
  g_free (index);
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const Entry *entry_a = *(Entry *const *) a, *entry_b = *(Entry *const *) b;
  int by_name = g_strcmp0 (entry_a->name, entry_b->name);
  return by_name != 0 ? by_name : sl_id_compare (&entry_a->id, &entry_b->id);
}

static char *
unseal (SlEngine *engine, const SlId *id, const char *column, SlRows *rows, int place)
{
  gsize length;
  const void *sealed = sl_rows_blob (rows, place, &length);
  return sealed != NULL ? sl_oplog_unseal_field (engine->log, id, column, sealed, length) : NULL;
}

static void
read_entry (SlEngine *engine, SlRows *rows, Entry *entry)
{
  g_autofree char *first = unseal (engine, &entry->id, "first", rows, 2);
  g_autofree char *last = unseal (engine, &entry->id, "last", rows, 3);
  g_free (entry->name);
  g_free (entry->phone);
  entry->name = NULL;
  entry->phone = unseal (engine, &entry->id, "phone", rows, 4);
  if (first != NULL || last != NULL)
    {
      g_autofree char *name = g_strconcat (first != NULL ? first : "", " ", last != NULL ? last : "", NULL);
      entry->name = sl_text_fold (name);
    }
}

/* Takes a row in. FALSE: it is known as it is. */
static gboolean
update_entry (SlEngine *engine, SlMemberIndex *index, SlRows *rows)
{
  SlId id;
  gsize length;
  sl_rows_id (rows, 0, &id);
  const void *clocks = sl_rows_blob (rows, 1, &length);
  Entry *entry = g_hash_table_lookup (index->by_id, &id);
  if (entry != NULL)
    entry->generation = index->generation;
  /* A row whose key was missing is tried again: keys come apart from rows. */
  if (entry != NULL && entry->name != NULL && g_bytes_get_size (entry->clocks) == length
      && (length == 0 || memcmp (g_bytes_get_data (entry->clocks, NULL), clocks, length) == 0))
    return FALSE;
  if (entry == NULL)
    {
      entry = g_new0 (Entry, 1);
      entry->id = id;
      entry->generation = index->generation;
      g_hash_table_insert (index->by_id, &entry->id, entry);
      g_ptr_array_add (index->sorted, entry);
    }
  g_clear_pointer (&entry->clocks, g_bytes_unref);
  entry->clocks = g_bytes_new (clocks, clocks != NULL ? length : 0);
  read_entry (engine, rows, entry);
  return TRUE;
}

/* Rows go where a transaction is rolled back that made them, or a backup is restored. */
static gboolean
drop_gone (SlMemberIndex *index)
{
  guint before = index->sorted->len;
  for (guint i = before; i > 0; i--)
    {
      Entry *entry = index->sorted->pdata[i - 1];
      if (entry->generation == index->generation)
        continue;
      g_ptr_array_remove_index (index->sorted, i - 1);
      g_hash_table_remove (index->by_id, &entry->id);
    }
  return index->sorted->len != before;
}

/* Follows what was written since the last time: rows are compared by their clocks, and only changed ones are opened. */
static SlMemberIndex *
follow (SlEngine *engine, GError **error)
{
  SlEngineStamp stamp = sl_engine_stamp (engine);
  gboolean changed = FALSE;
  if (engine->member_index == NULL)
    engine->member_index = index_new ();
  SlMemberIndex *index = engine->member_index;
  if (sl_engine_stamp_equal (&stamp, &index->stamp))
    return index;
  index->generation++;
  g_autoptr (SlRows) rows = sl_store_query (engine->store, "SELECT id, clocks, first, last, phone FROM member"
                                            " WHERE NOT EXISTS (SELECT 1 FROM erased e WHERE e.member_id = member.id)",
                                            "");
  while (sl_rows_next (rows))
    changed = update_entry (engine, index, rows) || changed;
  if (!sl_rows_finish (rows, error))
    return NULL;
  if (drop_gone (index) || changed)
    g_ptr_array_sort (index->sorted, compare_entries);
  /* Inside a transaction the rows may yet be taken back: look again next time. */
  index->stamp = stamp;
  if (engine->depth > 0)
    index->stamp.data_version = -1;
  return index;
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
 * Case and accents do not matter. The first search of a process opens every member's name; later ones only what has
 * changed.
 *
 * Returns: (transfer full) (element-type SlId): by name; %NULL on failure
 */
GArray *
sl_member_index_search (SlEngine *engine, const char *search, GError **error)
{
  g_return_val_if_fail (engine != NULL, NULL);

  g_autofree char *folded = sl_text_fold (search != NULL ? search : "");
  g_auto (GStrv) words = g_strsplit (folded, " ", -1);
  SlMemberIndex *index = follow (engine, error);
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
 * Returns: (transfer full) (element-type SlId): members with that number; %NULL on failure
 */
GArray *
sl_member_index_by_phone (SlEngine *engine, const char *e164, GError **error)
{
  g_return_val_if_fail (engine != NULL && e164 != NULL, NULL);

  SlMemberIndex *index = follow (engine, error);
  if (index == NULL)
    return NULL;
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (SlId));
  for (guint i = 0; i < index->sorted->len; i++)
    {
      const Entry *entry = index->sorted->pdata[i];
      if (g_strcmp0 (entry->phone, e164) == 0)
        g_array_append_val (ids, entry->id);
    }
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
  SlMemberIndex *index = follow (engine, error);
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
      pair = (SlMemberPair) { before->id, entry->id };
      g_array_append_val (pairs, pair);
    }
  return pairs;
}
