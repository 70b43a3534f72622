/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-trail"

#include "oplog/trail.h"

#include <stdlib.h>

#include "core/datetime.h"
#include "oplog/oplog-private.h"

/* The log backwards. Stamps and the ids of actors follow from what is before an operation, so a chain is read in
 * stretches from one mark to the next, and its chains are merged by their stamps. */

#define MARK_EVERY 256 /* operations that are decoded to give the last of them; a mark is some 20 bytes */
/* Stamps of a chain rise, but where its clock was corrected: then they may step back by what the correction left. */
#define STEP_BACK_MAX_MS (10 * SL_MINUTE_MS)
#define WRITERS_MAX 1000 /* of a thing's fields: of one that was edited more often, the latest before the operation */

/* --- what applying leaves for it --- */

static void
find_entity (const SlOperation *operation, SlId *out)
{
  *out = operation->entity;
  if (sl_id_is_none (out))
    sl_apply_made_id (operation, 0, out);
}

/* sl_trail_note: which operations wrote the fields of a thing. */
gboolean
sl_trail_note (SlOplog *log, const SlOperation *operation, GError **error)
{
  const SlChain *chain;
  SlId entity;

  if (sl_entity_of_kind (operation->kind) == SL_ENTITY_LAST)
    return TRUE;
  chain = sl_chain_find (log, &operation->replica);
  find_entity (operation, &entity);
  return sl_store_exec (log->store, error,
                        "INSERT INTO local_written (entity, hlc, pos) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", "dii",
                        &entity, operation->signed_hlc, SL_OP_POS (chain->ix, operation->seq));
}

/* sl_trail_mark: behind the operation that was applied last. */
gboolean
sl_trail_mark (SlOplog *log, const SlChain *chain, GError **error)
{
  if (chain->applied_seq % MARK_EVERY != 0)
    return TRUE;
  return sl_store_exec (log->store, error, "INSERT OR REPLACE INTO local_mark (ix, seq, hlc, refs) VALUES (?, ?, ?, ?)",
                        "iiii", chain->ix, (gint64) chain->applied_seq, chain->applied_hlc, (gint64) chain->refs->len);
}

/* --- reading --- */

typedef struct {
  SlChain *chain;
  guint64 next;   /* the number to be given next; the chain's folded part and below: there is none */
  GArray *loaded; /* of SlTrailItem, by their numbers */
  guint64 first;  /* the number of the first of them */
} Walk;

struct _SlTrail {
  SlOplog *log;
  GArray *walks; /* of Walk */
  gint64 since_ms, until_ms, reached_hlc, read;
  gboolean pruned;
};

/**
 * sl_trail_item_clear:
 * @item: an item, also one that is all zero
 */
void
sl_trail_item_clear (SlTrailItem *item)
{
  sl_operation_clear (&item->operation);
  g_clear_pointer (&item->bytes, g_bytes_unref);
}

static void
walk_clear (gpointer data)
{
  g_clear_pointer (&((Walk *) data)->loaded, g_array_unref);
}

static void
item_clear (gpointer data)
{
  sl_trail_item_clear (data);
}

typedef struct {
  guint64 seq;
  gint64 hlc;
  guint refs;
} Mark;

/* The last one before a number; where there is none, the chain's beginning or where it is folded. */
static gboolean
find_mark (SlOplog *log, const SlChain *chain, guint64 before_seq, Mark *out, GError **error)
{
  *out = (Mark){ .seq = chain->pruned_seq, .hlc = chain->pruned_hlc,
                 .refs = chain->pruned_seq > 0 ? chain->pruned_refs : SL_REF_FIRST };
  g_autoptr (SlRows) rows = sl_store_query (
      log->store,
      "SELECT seq, hlc, refs FROM local_mark WHERE ix = ? AND seq < ? AND seq > ? ORDER BY seq DESC LIMIT 1",
      "iii", chain->ix, (gint64) before_seq, (gint64) chain->pruned_seq);
  if (sl_rows_next (rows))
    *out = (Mark){ .seq = (guint64) sl_rows_int (rows, 0), .hlc = sl_rows_int (rows, 1),
                   .refs = (guint) sl_rows_int (rows, 2) };
  return sl_rows_finish (rows, error);
}

static gboolean
read_refs (SlOplog *log, const SlChain *chain, guint count, GArray **out, GError **error)
{
  g_autoptr (GArray) refs = sl_refs_new ();
  g_autoptr (SlRows) rows
      = sl_store_query (log->store, "SELECT id FROM local_chain_ref WHERE ix = ? AND number < ? ORDER BY number", "ii",
                        chain->ix, (gint64) count);
  while (sl_rows_next (rows))
    {
      SlId id;
      sl_rows_id (rows, 0, &id);
      g_array_append_val (refs, id);
    }
  *out = g_steal_pointer (&refs);
  return sl_rows_finish (rows, error);
}

/* The stretch in which the next one lies. */
static gboolean
load_stretch (SlTrail *self, Walk *walk, GError **error)
{
  g_autoptr (GArray) refs = NULL;
  Mark mark;

  g_clear_pointer (&walk->loaded, g_array_unref);
  walk->loaded = g_array_new (FALSE, FALSE, sizeof (SlTrailItem));
  g_array_set_clear_func (walk->loaded, item_clear);
  if (!find_mark (self->log, walk->chain, walk->next, &mark, error)
      || !read_refs (self->log, walk->chain, mark.refs, &refs, error))
    return FALSE;
  walk->first = mark.seq + 1;
  g_autoptr (SlRows) rows = sl_store_query (
      self->log->store, "SELECT bytes FROM local_op WHERE pos > ? AND pos <= ? ORDER BY pos", "ii",
      SL_OP_POS (walk->chain->ix, mark.seq), SL_OP_POS (walk->chain->ix, walk->next));
  gint64 hlc = mark.hlc;
  for (guint64 seq = walk->first; sl_rows_next (rows); seq++)
    {
      SlTrailItem item = { .bytes = sl_rows_dup_blob (rows, 0) };
      if (!sl_operation_decode (item.bytes, &walk->chain->replica, seq, hlc, refs, &item.operation))
        {
          sl_trail_item_clear (&item);
          break; /* told below: it was applied once */
        }
      hlc = item.operation.signed_hlc;
      item.operation.hlc = sl_corrected_hlc (self->log, &walk->chain->replica, seq, hlc);
      item.kind = sl_kind_name (item.operation.kind);
      find_entity (&item.operation, &item.entity);
      g_array_append_val (walk->loaded, item);
      self->read++;
    }
  if (!sl_rows_finish (rows, error))
    return FALSE;
  if (walk->first + walk->loaded->len == walk->next + 1)
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_CORRUPT, "operation %" G_GUINT64_FORMAT " of chain %" G_GINT64_FORMAT
               " cannot be read", walk->first + walk->loaded->len, walk->chain->ix);
  return FALSE;
}

/* What the walk gives next, loading it where needed; NULL: nothing more, or the error. */
static SlTrailItem *
peek (SlTrail *self, Walk *walk, GError **error)
{
  if (walk->next <= walk->chain->pruned_seq)
    return NULL;
  if ((walk->loaded == NULL || walk->next < walk->first || walk->next >= walk->first + walk->loaded->len)
      && !load_stretch (self, walk, error))
    return NULL;
  SlTrailItem *item = &g_array_index (walk->loaded, SlTrailItem, walk->next - walk->first);
  if (sl_hlc_to_ms (item->operation.hlc) >= self->since_ms - STEP_BACK_MAX_MS)
    return item;
  walk->next = 0;
  return NULL;
}

/* --- where to begin --- */

/* A chain's stamps as signed may be ahead of how they are read by as much. */
static gint64
corrections_of (SlOplog *log, const SlId *replica)
{
  gint64 sum_ms = 0;
  for (guint i = 0; i < log->corrections->len; i++)
    {
      const SlCorrection *one = &g_array_index (log->corrections, SlCorrection, i);
      if (sl_id_equal (&one->replica, replica))
        sum_ms += one->offset_ms;
    }
  return sum_ms;
}

/* The first mark that lies behind the moment: all that is later is passed over. */
static gboolean
begin_at (SlTrail *self, Walk *walk, gint64 until_ms, GError **error)
{
  gint64 seq, ahead_ms = corrections_of (self->log, &walk->chain->replica) + STEP_BACK_MAX_MS;
  gint64 until = until_ms < SL_TIME_MAX_MS - ahead_ms ? until_ms + ahead_ms : SL_TIME_MAX_MS;
  if (until_ms == 0 || walk->next == 0)
    return TRUE;
  if (!sl_store_query_int (self->log->store, 0, &seq, error,
                           "SELECT min (seq) FROM local_mark WHERE ix = ? AND hlc >= ?", "ii", walk->chain->ix,
                           sl_hlc_from_ms (until)))
    return FALSE;
  if (seq > 0)
    walk->next = MIN (walk->next, (guint64) seq);
  return TRUE;
}

static gboolean
bad_place (GError **error)
{
  g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the place to go on from is none of this log");
  return FALSE;
}

/* "STAMP,IX.SEQ,…": how far each chain was told. One that has come since is told from the stamp on. */
static gboolean
take_place (SlTrail *self, const char *place, GError **error)
{
  g_auto (GStrv) words = g_strsplit (place, ",", -1);
  gint64 hlc, ix, seq;
  g_autoptr (GHashTable) named = g_hash_table_new (g_direct_hash, g_direct_equal);

  if (words[0] == NULL || !g_ascii_string_to_signed (words[0], 10, 0, SL_HLC_MAX, &hlc, NULL))
    return bad_place (error);
  for (guint i = 1; words[i] != NULL; i++)
    {
      g_auto (GStrv) pair = g_strsplit (words[i], ".", 2);
      Walk *walk = NULL;
      if (g_strv_length (pair) != 2 || !g_ascii_string_to_signed (pair[0], 10, 0, G_MAXINT32, &ix, NULL)
          || !g_ascii_string_to_signed (pair[1], 10, 0, G_GINT64_CONSTANT (1) << 40, &seq, NULL))
        return bad_place (error);
      for (guint j = 0; j < self->walks->len; j++)
        if (g_array_index (self->walks, Walk, j).chain->ix == ix)
          walk = &g_array_index (self->walks, Walk, j);
      if (walk == NULL)
        return bad_place (error);
      walk->next = MIN (walk->next, (guint64) seq);
      g_hash_table_add (named, walk);
    }
  for (guint j = 0; j < self->walks->len; j++)
    {
      Walk *walk = &g_array_index (self->walks, Walk, j);
      if (!g_hash_table_contains (named, walk) && !begin_at (self, walk, sl_hlc_to_ms (hlc) + 1, error))
        return FALSE;
    }
  self->reached_hlc = hlc;
  return TRUE;
}

/**
 * sl_trail_open:
 * @log: a log, in a read snapshot that lasts as long as the history
 * @place: (nullable): where an earlier one ended, to go on from there
 * @since_ms: nothing before this moment; 0: to the beginning
 * @until_ms: only what is before this moment; 0: from the end
 * @error: return location
 *
 * Returns: (transfer full): the applied operations of all chains, from the latest back; %NULL on failure:
 * %SL_ERROR_BAD_INPUT for a place that is none of this log
 */
SlTrail *
sl_trail_open (SlOplog *log, const char *place, gint64 since_ms, gint64 until_ms, GError **error)
{
  g_autoptr (SlTrail) self = g_new0 (SlTrail, 1);

  self->log = log;
  self->since_ms = since_ms;
  self->until_ms = until_ms;
  self->reached_hlc = SL_HLC_MAX;
  self->walks = g_array_new (FALSE, FALSE, sizeof (Walk));
  g_array_set_clear_func (self->walks, walk_clear);
  if (!sl_chains_load (log, error) || !sl_corrections_load (log, error))
    return NULL;
  for (guint i = 0; i < log->chains->len; i++)
    {
      Walk walk = { .chain = log->chains->pdata[i] };
      walk.next = walk.chain->applied_seq;
      self->pruned = self->pruned || walk.chain->pruned_seq > 0;
      g_array_append_val (self->walks, walk);
    }
  for (guint i = 0; place == NULL && i < self->walks->len; i++)
    if (!begin_at (self, &g_array_index (self->walks, Walk, i), until_ms, error))
      return NULL;
  if (place != NULL && !take_place (self, place, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * sl_trail_close:
 * @history: (nullable) (transfer full): a history
 */
void
sl_trail_close (SlTrail *history)
{
  if (history == NULL)
    return;
  g_clear_pointer (&history->walks, g_array_unref);
  g_free (history);
}

static gboolean
is_later (const SlTrailItem *a, const SlTrailItem *b)
{
  SlStamp one = { a->operation.hlc, a->operation.replica, a->operation.seq },
          other = { b->operation.hlc, b->operation.replica, b->operation.seq };
  return sl_stamp_compare (&one, &other) > 0;
}

/**
 * sl_trail_previous:
 * @history: a history
 * @out: (out caller-allocates): the operation before the one given last, by stamp, device and number; clear it
 * @out_found: (out): %FALSE: there is none
 * @error: return location
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_trail_previous (SlTrail *history, SlTrailItem *out, gboolean *out_found, GError **error)
{
  *out = (SlTrailItem){ 0 };
  *out_found = FALSE;
  for (;;)
    {
      Walk *best = NULL;
      SlTrailItem *latest = NULL;
      for (guint i = 0; i < history->walks->len; i++)
        {
          g_autoptr (GError) failure = NULL;
          Walk *walk = &g_array_index (history->walks, Walk, i);
          SlTrailItem *item = peek (history, walk, &failure);
          if (failure != NULL)
            {
              g_propagate_error (error, g_steal_pointer (&failure));
              return FALSE;
            }
          if (item != NULL && (latest == NULL || is_later (item, latest)))
            {
              best = walk;
              latest = item;
            }
        }
      if (best == NULL)
        return TRUE;
      best->next--;
      gint64 at_ms = sl_hlc_to_ms (latest->operation.hlc);
      history->reached_hlc = MIN (history->reached_hlc, latest->operation.hlc);
      if ((history->until_ms != 0 && at_ms >= history->until_ms) || at_ms < history->since_ms)
        continue;
      *out = *latest;
      *latest = (SlTrailItem){ 0 };
      *out_found = TRUE;
      return TRUE;
    }
}

/**
 * sl_trail_dup_place:
 * @history: a history
 *
 * Returns: (transfer full): where it is, for sl_trail_open() of this device
 */
char *
sl_trail_dup_place (SlTrail *history)
{
  GString *text = g_string_new (NULL);
  g_string_printf (text, "%" G_GINT64_FORMAT, history->reached_hlc);
  for (guint i = 0; i < history->walks->len; i++)
    {
      const Walk *walk = &g_array_index (history->walks, Walk, i);
      g_string_append_printf (text, ",%" G_GINT64_FORMAT ".%" G_GUINT64_FORMAT, walk->chain->ix, walk->next);
    }
  return g_string_free (text, FALSE);
}

/**
 * sl_trail_read:
 * @history: a history
 *
 * Returns: how many operations it has looked at, so that whoever looks for something can stop
 */
gint64
sl_trail_read (SlTrail *history)
{
  return history->read;
}

/**
 * sl_trail_is_pruned:
 * @history: a history
 *
 * Returns: whether the beginning of some chain is folded into a snapshot, and cannot be told
 */
gboolean
sl_trail_is_pruned (SlTrail *history)
{
  return history->pruned;
}

/* --- fields --- */

/* Some creations have something else before their fields. */
static gboolean
skip_to_fields (guint64 kind, SlCborReader *body)
{
  gsize length;
  if (kind != SL_KIND_SESSION_CREATE && kind != SL_KIND_PROGRAM_CREATE)
    return sl_entity_of_kind (kind) != SL_ENTITY_LAST;
  return sl_cbor_get_array (body, 2, 2, &length) && sl_cbor_skip (body, NULL, NULL);
}

static GArray *
fields_of (const SlOperation *operation)
{
  GArray *fields = g_array_new (FALSE, TRUE, sizeof (SlTrailField));
  SlEntity entity
      = operation->kind == SL_KIND_SESSION_CREATE ? SL_ENTITY_SESSION : sl_entity_of_kind (operation->kind);
  SlCborReader body;
  gsize pairs = 0;

  sl_cbor_reader_init (&body, operation->body, operation->body_length);
  if (!skip_to_fields (operation->kind, &body) || !sl_cbor_get_map (&body, SL_CLOCK_FIELDS_MAX, &pairs))
    return fields;
  for (gsize i = 0; i < pairs && !body.failed; i++)
    {
      SlTrailField field = { 0 };
      SlCborReader ahead;
      if (!sl_cbor_get_int (&body, 0, SL_CLOCK_FIELDS_MAX, &field.number))
        break;
      field.column = sl_reference_column (entity, field.number, &field.sealed);
      field.note = sl_reference_is_note (entity, field.number);
      ahead = body;
      if (!sl_cbor_skip (&body, NULL, NULL) || !sl_cbor_next (&ahead, &field.value))
        break;
      g_array_append_val (fields, field);
    }
  return fields;
}

/**
 * sl_trail_fields:
 * @item: an operation
 *
 * Returns: (transfer full) (element-type SlTrailField): what it wrote into the fields of a thing; empty where it is
 * of another kind
 */
GArray *
sl_trail_fields (const SlTrailItem *item)
{
  return fields_of (&item->operation);
}

/**
 * sl_trail_value_clear:
 * @value: a value, also one that is all zero
 */
void
sl_trail_value_clear (SlTrailValue *value)
{
  g_clear_pointer (&value->bytes, g_bytes_unref);
}

typedef struct {
  SlStamp stamp;
  gint64 signed_hlc;
  const SlChain *chain;
} Writer;

static int
compare_writers (gconstpointer a, gconstpointer b)
{
  return -sl_stamp_compare (&((const Writer *) a)->stamp, &((const Writer *) b)->stamp);
}

static const SlChain *
chain_of (SlOplog *log, gint64 pos)
{
  for (guint i = 0; i < log->chains->len; i++)
    if (((SlChain *) log->chains->pdata[i])->ix == pos >> 40)
      return log->chains->pdata[i];
  return NULL;
}

/* Who else wrote the thing's fields, before this operation in the order of the merge; the latest first. *out_all: none
 * is folded, or beyond what is looked at. */
static GArray *
read_writers (SlOplog *log, const SlTrailItem *item, gboolean *out_all, GError **error)
{
  const SlStamp own = { item->operation.hlc, item->operation.replica, item->operation.seq };
  g_autoptr (GArray) writers = g_array_new (FALSE, FALSE, sizeof (Writer));
  guint n = 0;
  g_autoptr (SlRows) rows
      = sl_store_query (log->store, "SELECT hlc, pos FROM local_written WHERE entity = ?1 AND hlc <= ?2 "
                        "ORDER BY hlc DESC LIMIT ?3", "dii", &item->entity,
                        item->operation.signed_hlc + sl_hlc_from_ms (corrections_of (log, &own.replica)),
                        (gint64) WRITERS_MAX);
  *out_all = TRUE;
  for (; sl_rows_next (rows); n++)
    {
      gint64 pos = sl_rows_int (rows, 1);
      Writer one = { .signed_hlc = sl_rows_int (rows, 0), .chain = chain_of (log, pos) };
      guint64 seq = (guint64) pos & ((G_GUINT64_CONSTANT (1) << 40) - 1);
      if (one.chain == NULL || seq > one.chain->applied_seq)
        continue;
      if (seq <= one.chain->pruned_seq)
        {
          *out_all = FALSE;
          continue;
        }
      one.stamp = (SlStamp){ sl_corrected_hlc (log, &one.chain->replica, seq, one.signed_hlc), one.chain->replica,
                             seq };
      if (sl_stamp_compare (&one.stamp, &own) < 0)
        g_array_append_val (writers, one);
    }
  if (!sl_rows_finish (rows, error))
    return NULL;
  *out_all = *out_all && n < WRITERS_MAX;
  g_array_sort (writers, compare_writers);
  return g_steal_pointer (&writers);
}

/* Takes what a writer wrote into the fields that are still open; *inout_open: how many. */
static gboolean
take_written (SlOplog *log, const SlTrailItem *item, const Writer *writer, const GArray *fields, SlTrailValue *out,
              guint *inout_open, gboolean *out_made, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_auto (SlOperation) operation = { 0 };
  if (!sl_chain_read_operation (log, writer->chain, writer->stamp.seq, &bytes, error))
    return FALSE;
  if (!sl_operation_decode_again (bytes, &writer->chain->replica, writer->stamp.seq, writer->signed_hlc, &sl_id_none,
                                  &operation))
    return TRUE;
  g_autoptr (GArray) written = fields_of (&operation);
  *out_made = sl_id_is_none (&operation.entity);
  for (guint i = 0; i < fields->len; i++)
    for (guint j = 0; j < written->len && !out[i].known; j++)
      {
        const SlTrailField *one = &g_array_index (written, SlTrailField, j);
        if (one->number != g_array_index (fields, SlTrailField, i).number)
          continue;
        out[i] = (SlTrailValue){ .known = TRUE, .value = one->value,
                                   .bytes = one->value.type != SL_CBOR_NULL ? g_bytes_ref (bytes) : NULL };
        (*inout_open)--;
      }
  return TRUE;
}

/**
 * sl_trail_before:
 * @log: a log
 * @item: an operation that wrote fields
 * @fields: of sl_trail_fields()
 * @out: (array): as many values as there are fields; to be cleared one by one
 * @error: return location
 *
 * What stood in the fields by the log before the operation, in the order in which the last writer counts: what another
 * device had written then and this one had not heard of counts too.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_trail_before (SlOplog *log, const SlTrailItem *item, const GArray *fields, SlTrailValue *out, GError **error)
{
  guint open = fields->len;
  gboolean all = TRUE, made = sl_id_is_none (&item->operation.entity);

  for (guint i = 0; i < fields->len; i++)
    out[i] = (SlTrailValue){ 0 };
  if (!made)
    {
      g_autoptr (GArray) writers = read_writers (log, item, &all, error);
      if (writers == NULL)
        return FALSE;
      for (guint i = 0; i < writers->len && open > 0 && !made; i++)
        if (!take_written (log, item, &g_array_index (writers, Writer, i), fields, out, &open, &made, error))
          return FALSE;
    }
  /* Nothing was there where the whole story is known: from its creation on, or for what is never created. */
  for (guint i = 0; i < fields->len; i++)
    out[i].known = out[i].known || made || (all && !sl_reference_is_created (item->operation.kind));
  return TRUE;
}
