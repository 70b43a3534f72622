/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sim-oracle"

#include "sim-oracle.h"

#include <string.h>

#include "core/cbor.h"

/* What all devices together have done, made from the bytes of their operations without the code that applies them: the
 * truth that every device's tables are compared with. It knows more than any device: what the acting ones have just
 * written, and who has applied what. */

static void
op_free (gpointer data)
{
  OracleOp *op = data;
  g_clear_pointer (&op->bytes, g_bytes_unref);
  g_clear_pointer (&op->seen, g_array_unref);
  g_clear_pointer (&op->takings, g_array_unref);
  g_free (op);
}

static void
chain_free (gpointer data)
{
  OracleChain *chain = data;
  g_ptr_array_unref (chain->ops);
  g_array_unref (chain->refs);
  g_free (chain);
}

/* sim_oracle_new: knows nothing. */
SimOracle *
sim_oracle_new (void)
{
  SimOracle *oracle = g_new0 (SimOracle, 1);
  oracle->chains = g_ptr_array_new_with_free_func (chain_free);
  for (guint i = 0; i < G_N_ELEMENTS (oracle->names); i++)
    {
      oracle->names[i] = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, NULL);
      oracle->ids[i] = g_array_new (FALSE, FALSE, sizeof (SlId));
    }
  oracle->sessions = g_array_new (FALSE, TRUE, sizeof (OracleSession));
  oracle->claims = g_array_new (FALSE, TRUE, sizeof (OracleClaim));
  oracle->lots = g_array_new (FALSE, TRUE, sizeof (OracleLot));
  oracle->checkins = g_array_new (FALSE, TRUE, sizeof (OracleCheckin));
  oracle->rules = g_array_new (FALSE, TRUE, sizeof (OracleRule));
  oracle->money = g_array_new (FALSE, TRUE, sizeof (OracleMoney));
  return oracle;
}

/* sim_oracle_free: see the header. */
void
sim_oracle_free (SimOracle *oracle)
{
  g_ptr_array_unref (oracle->chains);
  for (guint i = 0; i < G_N_ELEMENTS (oracle->names); i++)
    {
      g_hash_table_unref (oracle->names[i]);
      g_array_unref (oracle->ids[i]);
    }
  g_array_unref (oracle->sessions);
  g_array_unref (oracle->claims);
  g_array_unref (oracle->lots);
  g_array_unref (oracle->checkins);
  g_array_unref (oracle->rules);
  g_array_unref (oracle->money);
  g_free (oracle);
}

static void
add_chain (SimOracle *oracle, const SlId *replica)
{
  OracleChain *chain = g_new0 (OracleChain, 1);
  chain->replica = *replica;
  chain->ops = g_ptr_array_new_with_free_func (op_free);
  chain->refs = sl_refs_new ();
  g_ptr_array_add (oracle->chains, chain);
  g_assert (oracle->chains->len <= ORACLE_CHAINS_MAX);
  oracle->stale = TRUE;
}

/* sim_oracle_index: the number of an id among those of its sort. */
guint
sim_oracle_index (SimOracle *oracle, OracleSort sort, const SlId *id)
{
  gpointer found;
  if (g_hash_table_lookup_extended (oracle->names[sort], id, NULL, &found))
    return GPOINTER_TO_UINT (found);
  guint index = oracle->ids[sort]->len;
  g_array_append_val (oracle->ids[sort], *id);
  g_hash_table_insert (oracle->names[sort], sl_id_copy (id), GUINT_TO_POINTER (index));
  if (sort == ORACLE_CHAIN)
    add_chain (oracle, id);
  return index;
}

/* sim_oracle_id: the id of a number. */
const SlId *
sim_oracle_id (SimOracle *oracle, OracleSort sort, guint index)
{
  return &g_array_index (oracle->ids[sort], SlId, index);
}

static guint
chain_index (SimOracle *oracle, const SlId *replica)
{
  return sim_oracle_index (oracle, ORACLE_CHAIN, replica);
}

/* --- reading bodies: the layouts of src/oplog/README.md, once more --- */

static gboolean
get_spends (SlCborReader *body, OracleOp *op, SimOracle *oracle)
{
  gsize length;
  SlCborItem item;
  gint64 price;
  if (sl_cbor_peek (body) == SL_CBOR_NULL ? !sl_cbor_next (body, &item)
                                          : !sl_cbor_get_int (body, 0, G_MAXINT64, &price))
    return FALSE;
  if (!sl_cbor_get_array (body, 0, 2 * SL_SPENDS_MAX, &length))
    return FALSE;
  for (gsize i = 0; i < length; i += 2)
    {
      SlId lot;
      OracleSpend *spend = &op->spends[op->n_spends++];
      if (!sl_cbor_get_id (body, &lot) || !sl_cbor_get_int (body, 1, G_MAXINT64, &spend->amount))
        return FALSE;
      spend->lot = sim_oracle_index (oracle, ORACLE_LOT, &lot);
    }
  return TRUE;
}

/* spots, booking, …: where they are not the usual ones. */
static gboolean
get_claim_tail (SlCborReader *body, OracleOp *op, SimOracle *oracle, gsize items)
{
  SlId booking = sl_id_none;
  op->b = 1;
  if ((items > 0 && !sl_cbor_get_int (body, 1, SL_SPOTS_MAX, &op->b))
      || (items > 1 && !sl_cbor_get_id_or_null (body, &booking)))
    return FALSE;
  op->booking = sl_id_is_none (&booking) ? 0 : sim_oracle_index (oracle, ORACLE_CLAIM, &booking) + 1;
  return TRUE;
}

static gboolean
get_claim (SlCborReader *body, OracleOp *op, SimOracle *oracle)
{
  gsize length;
  gsize head = op->kind == SL_KIND_BOOK ? 6 : 5;
  SlId session;
  gint64 channel, held;
  if (!sl_cbor_get_array (body, head, head + 4, &length) || !sl_cbor_get_id (body, &session)
      || !sl_cbor_get_id (body, &op->member) || !sl_cbor_get_int (body, 0, 100, &channel)
      || !sl_cbor_get_int (body, 1, 100, &op->a))
    return FALSE;
  op->session = sim_oracle_index (oracle, ORACLE_SESSION, &session);
  if (op->kind == SL_KIND_BOOK ? !get_spends (body, op, oracle)
                               : !sl_cbor_get_int (body, G_MININT64, G_MAXINT64, &held))
    return FALSE;
  return get_claim_tail (body, op, oracle, length - head);
}

/* waitlist.join: [session, member, channel, spots, booking, …]. */
static gboolean
get_waiting (SlCborReader *body, OracleOp *op, SimOracle *oracle)
{
  gsize length;
  SlId session;
  gint64 channel;
  if (!sl_cbor_get_array (body, 3, 7, &length) || !sl_cbor_get_id (body, &session)
      || !sl_cbor_get_id (body, &op->member) || !sl_cbor_get_int (body, 0, 100, &channel))
    return FALSE;
  op->a = SL_CLAIM_WAITING;
  op->session = sim_oracle_index (oracle, ORACLE_SESSION, &session);
  return get_claim_tail (body, op, oracle, length - 3);
}

static gboolean
get_move (SlCborReader *body, OracleOp *op, SimOracle *oracle)
{
  gsize length;
  SlId to;
  if (!sl_cbor_get_array (body, 2, 2, &length) || !sl_cbor_get_id (body, &to)
      || !sl_cbor_get_int (body, 1, G_MAXINT64, &op->a))
    return FALSE;
  op->to = chain_index (oracle, &to);
  return TRUE;
}

static gboolean
get_numbers (SlCborReader *body, OracleOp *op)
{
  gsize length;
  return sl_cbor_get_array (body, 1, 16, &length) && sl_cbor_get_int (body, G_MININT64, G_MAXINT64, &op->a)
         && (op->kind == SL_KIND_SESSION_CAPACITY || op->kind == SL_KIND_SESSION_CREATE
             || op->kind == SL_KIND_RELEASE_SPOTS || sl_cbor_get_int (body, G_MININT64, G_MAXINT64, &op->b));
}

static gboolean
get_first (SlCborReader *body, OracleOp *op, SimOracle *oracle)
{
  gsize length, bytes;
  const guint8 *data;
  SlId predecessor;
  if (!sl_cbor_get_array (body, 1, 3, &length) || !sl_cbor_get_bytes (body, 64, &data, &bytes))
    return FALSE;
  if (op->kind == SL_KIND_DEVICE_JOIN)
    {
      if (!sl_cbor_get_bytes (body, SL_SIGN_PUBLIC_BYTES, &data, &bytes) || bytes != SL_SIGN_PUBLIC_BYTES)
        return FALSE;
    }
  else if (op->kind == SL_KIND_DEVICE_REBIRTH)
    {
      if (!sl_cbor_get_id (body, &predecessor))
        return FALSE;
      op->to = chain_index (oracle, &predecessor);
      return TRUE;
    }
  memcpy (op->invitation, data, MIN (bytes, sizeof op->invitation));
  return TRUE;
}

static gboolean
get_revocation (SlCborReader *body, OracleOp *op)
{
  gsize length, bytes;
  const guint8 *data;
  SlCborItem item;
  return sl_cbor_get_array (body, 4, 16, &length) && sl_cbor_get_int (body, 0, G_MAXINT64, &op->a)
         && (sl_cbor_peek (body) == SL_CBOR_NULL ? sl_cbor_next (body, &item)
                                                 : sl_cbor_get_bytes (body, 64, &data, &bytes))
         && sl_cbor_get_int (body, 0, 1, &op->b);
}

/* device.fork: [number, hash, signature, number, hash, signature, cut, successor]: as a revocation. */
static gboolean
get_fork (SlCborReader *body, OracleOp *op)
{
  gsize length;
  SlCborItem item;
  gboolean good = sl_cbor_get_array (body, 8, 8, &length);
  for (guint i = 0; i < 6 && good; i++)
    good = sl_cbor_next (body, &item);
  op->b = 1;
  return good && sl_cbor_get_int (body, 0, G_MAXINT64, &op->a);
}

static gboolean
get_reclaim (SlCborReader *body, OracleOp *op, SimOracle *oracle)
{
  gsize length, bytes;
  const guint8 *data;
  SlCborItem item;
  if (!sl_cbor_get_array (body, 3, 3 * ORACLE_TAKEN_MAX, &length))
    return FALSE;
  for (gsize i = 0; i < length; i += 3)
    {
      SlId taken;
      gint64 cut;
      if (!sl_cbor_get_id (body, &taken) || !sl_cbor_get_int (body, 0, G_MAXINT64, &cut)
          || (sl_cbor_peek (body) == SL_CBOR_NULL ? !sl_cbor_next (body, &item)
                                                  : !sl_cbor_get_bytes (body, 64, &data, &bytes)))
        return FALSE;
      op->taken[op->n_taken].chain = chain_index (oracle, &taken);
      op->taken[op->n_taken++].cut = (guint64) cut;
    }
  return TRUE;
}

static gboolean
get_amounts (SlCborReader *body, OracleOp *op, SimOracle *oracle)
{
  gsize length;
  if (!sl_cbor_get_array (body, 0, 2 * SL_SPENDS_MAX, &length))
    return FALSE;
  for (gsize i = 0; i < length; i += 2)
    {
      SlId lot;
      OracleSpend *spend = &op->spends[op->n_spends++];
      if (!sl_cbor_get_id (body, &lot) || !sl_cbor_get_int (body, 1, G_MAXINT64, &spend->amount))
        return FALSE;
      spend->lot = sim_oracle_index (oracle, ORACLE_LOT, &lot);
    }
  return TRUE;
}

/* claim.move: entity: the claim; [to, hop, spots, [lot, credits, …]]. */
static gboolean
get_claim_move (SlCborReader *body, OracleOp *op, SimOracle *oracle)
{
  gsize length;
  SlId to;
  if (!sl_cbor_get_array (body, 3, 4, &length) || !sl_cbor_get_id (body, &to)
      || !sl_cbor_get_int (body, 0, G_MAXINT64, &op->a) || !sl_cbor_get_int (body, 0, SL_SPOTS_MAX, &op->b))
    return FALSE;
  op->to = chain_index (oracle, &to);
  return length < 4 || get_amounts (body, op, oracle);
}

/* recurrence.create: [rule, zone, start, until, length, capacity, device that mints, fields]. */
static gboolean
get_recurrence (SlCborReader *body, OracleOp *op, SimOracle *oracle)
{
  gsize length;
  gint64 number;
  SlCborItem item;
  SlId mints;
  if (!sl_cbor_get_array (body, 8, 8, &length) || !sl_cbor_next (body, &item) || !sl_cbor_next (body, &item)
      || !sl_cbor_get_int (body, G_MININT64, G_MAXINT64, &number) || !sl_cbor_get_int (body, 0, G_MAXINT64, &number)
      || !sl_cbor_get_int (body, 0, G_MAXINT64, &number) || !sl_cbor_get_int (body, 0, G_MAXINT64, &op->a)
      || !sl_cbor_get_id (body, &mints))
    return FALSE;
  op->to = chain_index (oracle, &mints);
  return TRUE;
}

/* session.occurrence: entity: the session; [rule, day, start]. */
static gboolean
get_occurrence (SlCborReader *body, OracleOp *op, SimOracle *oracle)
{
  gsize length;
  SlId rule;
  if (!sl_cbor_get_array (body, 3, 3, &length) || !sl_cbor_get_id (body, &rule))
    return FALSE;
  op->session = sim_oracle_index (oracle, ORACLE_RULE, &rule);
  return TRUE;
}

/* lot.transfer: entity: the giver's lot; [member, amount, …]. */
static gboolean
get_transfer (SlCborReader *body, OracleOp *op)
{
  gsize length;
  return sl_cbor_get_array (body, 4, 5, &length) && sl_cbor_get_id (body, &op->member)
         && sl_cbor_get_int (body, 1, G_MAXINT64, &op->a);
}

/* What is about sessions, lots and money. */
static gboolean
read_counter (SimOracle *oracle, const SlOperation *operation, const SlId *made, OracleOp *op, SlCborReader *body)
{
  gsize length;
  switch (op->kind)
    {
    case SL_KIND_RECURRENCE_CREATE:
      op->entity = sim_oracle_index (oracle, ORACLE_RULE, made);
      return get_recurrence (body, op, oracle);
    case SL_KIND_SESSION_OCCURRENCE:
      op->entity = sim_oracle_index (oracle, ORACLE_SESSION, &operation->entity);
      return get_occurrence (body, op, oracle);
    case SL_KIND_SESSION_CREATE:
      op->entity = sim_oracle_index (oracle, ORACLE_SESSION, made);
      return get_numbers (body, op);
    case SL_KIND_SESSION_CAPACITY:
      op->entity = sim_oracle_index (oracle, ORACLE_SESSION, &operation->entity);
      return get_numbers (body, op);
    case SL_KIND_SESSION_CANCEL:
      op->entity = sim_oracle_index (oracle, ORACLE_SESSION, &operation->entity);
      return TRUE;
    case SL_KIND_SESSION_MOVE:
      op->entity = sim_oracle_index (oracle, ORACLE_SESSION, &operation->entity);
      return get_move (body, op, oracle);
    case SL_KIND_LOT_CREATE:
      op->entity = sim_oracle_index (oracle, ORACLE_LOT, made);
      return sl_cbor_get_array (body, 5, 6, &length) && sl_cbor_get_id (body, &op->member)
             && sl_cbor_get_int (body, 1, G_MAXINT64, &op->a);
    case SL_KIND_LOT_GRANT:
      op->entity = sim_oracle_index (oracle, ORACLE_LOT, made);
      return sl_cbor_get_array (body, 5, 5, &length) && sl_cbor_get_id (body, &op->member)
             && sl_cbor_get_int (body, 1, G_MAXINT64, &op->a);
    case SL_KIND_LOT_MOVE:
      op->entity = sim_oracle_index (oracle, ORACLE_LOT, &operation->entity);
      return get_move (body, op, oracle);
    case SL_KIND_LOT_TRANSFER:
      op->entity = sim_oracle_index (oracle, ORACLE_LOT, &operation->entity);
      op->made = sim_oracle_index (oracle, ORACLE_LOT, made);
      return get_transfer (body, op);
    case SL_KIND_LOT_BURN:
      op->entity = sim_oracle_index (oracle, ORACLE_LOT, &operation->entity);
      return get_numbers (body, op);
    default:
      return TRUE;
    }
}

/* What is about devices. */
static gboolean
read_device (SimOracle *oracle, const SlOperation *operation, OracleOp *op, SlCborReader *body)
{
  switch (op->kind)
    {
    case SL_KIND_DEVICE_FOUND:
    case SL_KIND_DEVICE_JOIN:
    case SL_KIND_DEVICE_REBIRTH:
    case SL_KIND_DEVICE_ADMIT:
      return get_first (body, op, oracle);
    case SL_KIND_DEVICE_REVOKE:
      op->entity = chain_index (oracle, &operation->entity);
      return get_revocation (body, op);
    case SL_KIND_DEVICE_FORK:
      op->entity = chain_index (oracle, &operation->entity);
      return get_fork (body, op);
    case SL_KIND_RIGHTS_RECLAIM:
      return get_reclaim (body, op, oracle);
    case SL_KIND_CLOCK_CORRECT:
      return get_numbers (body, op);
    case SL_KIND_MEMBER_ERASE:
      op->member = operation->entity;
      return TRUE;
    default:
      return TRUE;
    }
}

static gboolean
read_body (SimOracle *oracle, const SlOperation *operation, OracleOp *op)
{
  SlCborReader body;
  SlId made;
  gsize length;
  sl_cbor_reader_init (&body, operation->body, operation->body_length);
  sl_id_derive (&operation->replica, operation->seq, 0, &made);
  switch (op->kind)
    {
    case SL_KIND_BOOK:
    case SL_KIND_CLAIM:
      op->entity = sim_oracle_index (oracle, ORACLE_CLAIM, &made);
      return get_claim (&body, op, oracle);
    case SL_KIND_CONFIRM:
      op->entity = sim_oracle_index (oracle, ORACLE_CLAIM, &operation->entity);
      return sl_cbor_get_array (&body, 2, 2, &length) && get_spends (&body, op, oracle);
    case SL_KIND_RELEASE:
    case SL_KIND_RELEASE_SPOTS:
      op->entity = sim_oracle_index (oracle, ORACLE_CLAIM, &operation->entity);
      return get_numbers (&body, op);
    case SL_KIND_CLAIM_MOVE:
      op->entity = sim_oracle_index (oracle, ORACLE_CLAIM, &operation->entity);
      return get_claim_move (&body, op, oracle);
    case SL_KIND_CHECKIN:
      op->entity = sim_oracle_index (oracle, ORACLE_CHECKIN, &made);
      return TRUE;
    case SL_KIND_CHECKIN_UNDO:
    case SL_KIND_CHECKIN_LEAVE:
      op->entity = sim_oracle_index (oracle, ORACLE_CHECKIN, &operation->entity);
      return TRUE;
    case SL_KIND_WAITLIST_JOIN:
      op->entity = sim_oracle_index (oracle, ORACLE_CLAIM, &made);
      return get_waiting (&body, op, oracle);
    case SL_KIND_CLAIM_TRUST:
      op->entity = sim_oracle_index (oracle, ORACLE_CLAIM, &operation->entity);
      return sl_cbor_get_array (&body, 1, 1, &length) && sl_cbor_get_int (&body, 1, G_MAXINT64, &op->a);
    case SL_KIND_CLAIM_SETTLE:
      op->entity = sim_oracle_index (oracle, ORACLE_CLAIM, &operation->entity);
      return get_amounts (&body, op, oracle);
    default:
      return read_counter (oracle, operation, &made, op, &body) && read_device (oracle, operation, op, &body)
             && sim_books_read (oracle, operation, &made, op, &body);
    }
}

static GArray *
read_seen (SimOracle *oracle, const SlOperation *operation)
{
  if (operation->seen == NULL)
    return NULL;
  GArray *seen = g_array_new (FALSE, FALSE, sizeof (OracleSeen));
  for (guint i = 0; i < operation->seen->len; i++)
    {
      const SlSeen *one = &g_array_index (operation->seen, SlSeen, i);
      OracleSeen mine = { chain_index (oracle, &one->replica), one->growth };
      g_array_append_val (seen, mine);
    }
  return seen;
}

/* sim_oracle_known: how much of a chain it has seen. */
guint64
sim_oracle_known (SimOracle *oracle, const SlId *replica)
{
  OracleChain *chain = oracle->chains->pdata[chain_index (oracle, replica)];
  return chain->ops->len;
}

/* sim_oracle_take: the next operation of a chain, or one that is known. */
gboolean
sim_oracle_take (SimOracle *oracle, const SlId *replica, guint64 seq, const void *bytes, gsize length)
{
  guint index = chain_index (oracle, replica);
  OracleChain *chain = oracle->chains->pdata[index];
  if (seq == 0 || seq > chain->ops->len + 1)
    return TRUE;
  if (seq <= chain->ops->len)
    {
      GBytes *known = ((OracleOp *) chain->ops->pdata[seq - 1])->bytes;
      return g_bytes_get_size (known) == length && memcmp (g_bytes_get_data (known, NULL), bytes, length) == 0;
    }
  g_auto (SlOperation) operation = { 0 };
  OracleOp *op = g_new0 (OracleOp, 1);
  op->bytes = g_bytes_new (bytes, length);
  op->seq = seq;
  if (sl_operation_decode (op->bytes, replica, seq, chain->hlc, chain->refs, &operation))
    {
      op->kind = operation.kind;
      op->hlc = operation.hlc;
      op->seen = read_seen (oracle, &operation);
      chain->hlc = operation.hlc;
      if (!read_body (oracle, &operation, op))
        g_error ("the oracle cannot read operation %" G_GUINT64_FORMAT " of kind %" G_GUINT64_FORMAT, seq, op->kind);
    }
  g_ptr_array_add (chain->ops, op);
  oracle->stale = TRUE;
  return TRUE;
}

/* sim_oracle_unsee: see the header. */
void
sim_oracle_unsee (SimOracle *oracle, guint device)
{
  memset (oracle->applied[device], 0, sizeof oracle->applied[device]);
  oracle->stale = TRUE;
}

/* sim_oracle_see: how much of a chain a device has applied. */
void
sim_oracle_see (SimOracle *oracle, guint device, const SlId *replica, guint64 applied)
{
  guint index = chain_index (oracle, replica);
  if (oracle->applied[device][index] != applied)
    oracle->stale = TRUE;
  oracle->applied[device][index] = applied;
}

/* sim_oracle_has_kind: whether the first operations of a chain are of one of those kinds. */
gboolean
sim_oracle_has_kind (SimOracle *oracle, const SlId *replica, guint64 up_to, const SlKindSet *kinds)
{
  const OracleChain *chain = oracle->chains->pdata[chain_index (oracle, replica)];
  for (guint i = 0; i < chain->ops->len && i < up_to; i++)
    if (sl_kind_set_has (kinds, ((const OracleOp *) chain->ops->pdata[i])->kind))
      return TRUE;
  return FALSE;
}

/* sim_oracle_distrust: from that number on a chain holds what nothing justifies: nobody may apply it. */
void
sim_oracle_distrust (SimOracle *oracle, const SlId *replica, guint64 from)
{
  OracleChain *chain = oracle->chains->pdata[chain_index (oracle, replica)];
  chain->forged_from = from;
  oracle->stale = TRUE;
}

/* sim_oracle_touch: see the header. */
void
sim_oracle_touch (SimOracle *oracle)
{
  oracle->stale = TRUE;
}

/* sim_oracle_operations: how many there are. */
gint64
sim_oracle_operations (SimOracle *oracle)
{
  gint64 count = 0;
  for (guint i = 0; i < oracle->chains->len; i++)
    count += ((OracleChain *) oracle->chains->pdata[i])->ops->len;
  return count;
}

static const char *
kind_name (guint64 kind)
{
  static const char *const names[SL_KIND_LAST] = {
    [SL_KIND_BOOK] = "book", [SL_KIND_CLAIM] = "claim", [SL_KIND_CONFIRM] = "confirm", [SL_KIND_RELEASE] = "release",
    [SL_KIND_CHECKIN] = "checkin", [SL_KIND_CHECKIN_UNDO] = "checkin.undo", [SL_KIND_CLAIM_MOVE] = "claim.move",
    [SL_KIND_SESSION_MOVE] = "session.move", [SL_KIND_LOT_CREATE] = "lot.create", [SL_KIND_LOT_MOVE] = "lot.move",
    [SL_KIND_SESSION_CREATE] = "session.create", [SL_KIND_SESSION_CAPACITY] = "session.capacity",
    [SL_KIND_SESSION_CANCEL] = "session.cancel", [SL_KIND_LOT_BURN] = "lot.burn",
    [SL_KIND_RELEASE_SPOTS] = "release.spots", [SL_KIND_DEVICE_FOUND] = "device.found",
    [SL_KIND_DEVICE_JOIN] = "device.join", [SL_KIND_DEVICE_REBIRTH] = "device.rebirth",
    [SL_KIND_DEVICE_ADMIT] = "device.admit", [SL_KIND_DEVICE_REVOKE] = "device.revoke",
    [SL_KIND_DEVICE_SEEN] = "device.seen", [SL_KIND_RIGHTS_RECLAIM] = "rights.reclaim",
    [SL_KIND_CLOCK_CORRECT] = "clock.correct", [SL_KIND_MEMBER_ERASE] = "member.erase",
    [SL_KIND_RECURRENCE_CREATE] = "recurrence.create", [SL_KIND_SESSION_OCCURRENCE] = "session.occurrence",
    [SL_KIND_DAY_MOVE] = "day.move", [SL_KIND_SALE] = "sale",
    [SL_KIND_PAYMENT_TAKE] = "payment.take", [SL_KIND_REFUND] = "refund",
    [SL_KIND_PAYMENT_OUTCOME] = "payment.outcome", [SL_KIND_MONEY_MOVE] = "money.move",
    [SL_KIND_VOUCHER_ISSUE] = "voucher.issue", [SL_KIND_VOUCHER_VOID] = "voucher.void",
    [SL_KIND_TILL_OPEN] = "till.open", [SL_KIND_TILL_CLOSE] = "till.close", [SL_KIND_TILL_CASH] = "till.cash",
    [SL_KIND_LOT_GRANT] = "lot.grant", [SL_KIND_MEMBERSHIP_CREATE] = "membership.create",
    [SL_KIND_MEMBERSHIP_EDIT] = "membership.edit", [SL_KIND_PLAN_CREATE] = "plan.create",
    [SL_KIND_CONFLICT_SETTLE] = "conflict.settle", [SL_KIND_DEVICE_FORK] = "device.fork",
    [SL_KIND_DEVICE_EDIT] = "device.edit", [SL_KIND_MEMBER_EDIT] = "member.edit",
    [SL_KIND_WAITLIST_JOIN] = "waitlist.join", [SL_KIND_CLAIM_TRUST] = "claim.trust",
    [SL_KIND_CLAIM_SETTLE] = "claim.settle", [SL_KIND_LOT_TRANSFER] = "lot.transfer",
    [SL_KIND_CHECKIN_LEAVE] = "checkin.leave", [SL_KIND_POLICY_EDIT] = "policy.edit",
  };
  return kind < SL_KIND_LAST && names[kind] != NULL ? names[kind] : "other";
}

static void
trace_op (SimOracle *oracle, const OracleChain *chain, const OracleOp *op, GString *out)
{
  g_string_append_printf (out, "    %s:%" G_GUINT64_FORMAT "%s %s(%" G_GUINT64_FORMAT ")", sim_name (&chain->replica),
                          op->seq, op->seq > chain->limit ? " (does not stand)" : "", kind_name (op->kind), op->kind);
  switch (op->kind)
    {
    case SL_KIND_BOOK:
    case SL_KIND_CLAIM:
    case SL_KIND_WAITLIST_JOIN:
      g_string_append_printf (out, " %s session %s member %s type %d spots %d",
                              sim_name (sim_oracle_id (oracle, ORACLE_CLAIM, op->entity)),
                              sim_name (sim_oracle_id (oracle, ORACLE_SESSION, op->session)), sim_name (&op->member),
                              (int) op->a, (int) op->b);
      if (op->booking > 0)
        g_string_append_printf (out, " of booking %s",
                                sim_name (sim_oracle_id (oracle, ORACLE_CLAIM, op->booking - 1)));
      break;
    case SL_KIND_CLAIM_TRUST:
    case SL_KIND_CLAIM_SETTLE:
    case SL_KIND_CONFIRM:
    case SL_KIND_RELEASE:
    case SL_KIND_RELEASE_SPOTS:
    case SL_KIND_CLAIM_MOVE:
      g_string_append_printf (out, " %s %d %d", sim_name (sim_oracle_id (oracle, ORACLE_CLAIM, op->entity)),
                              (int) op->a, (int) op->b);
      break;
    case SL_KIND_SESSION_CREATE:
    case SL_KIND_SESSION_OCCURRENCE:
    case SL_KIND_SESSION_CAPACITY:
    case SL_KIND_SESSION_CANCEL:
    case SL_KIND_SESSION_MOVE:
      g_string_append_printf (out, " %s %d", sim_name (sim_oracle_id (oracle, ORACLE_SESSION, op->entity)),
                              (int) op->a);
      break;
    case SL_KIND_LOT_CREATE:
    case SL_KIND_LOT_MOVE:
    case SL_KIND_LOT_BURN:
    case SL_KIND_LOT_TRANSFER:
      g_string_append_printf (out, " %s %d %d", sim_name (sim_oracle_id (oracle, ORACLE_LOT, op->entity)),
                              (int) op->a, (int) op->b);
      break;
    case SL_KIND_DEVICE_REVOKE:
      g_string_append_printf (out, " %s cut %d%s", sim_name (sim_oracle_id (oracle, ORACLE_CHAIN, op->entity)),
                              (int) op->a, op->b ? " reborn" : "");
      break;
    default:
      break;
    }
  if (op->kind == SL_KIND_SESSION_MOVE || op->kind == SL_KIND_LOT_MOVE || op->kind == SL_KIND_DEVICE_REBIRTH
      || op->kind == SL_KIND_CLAIM_MOVE || op->kind == SL_KIND_MONEY_MOVE)
    g_string_append_printf (out, " %s %s", op->kind == SL_KIND_DEVICE_REBIRTH ? "for" : "to",
                            sim_name (sim_oracle_id (oracle, ORACLE_CHAIN, op->to)));
  sim_books_trace (oracle, op, out);
  for (guint i = 0; i < op->n_taken; i++)
    g_string_append_printf (out, " %s up to %d", sim_name (sim_oracle_id (oracle, ORACLE_CHAIN, op->taken[i].chain)),
                            (int) op->taken[i].cut);
  for (guint i = 0; op->seen != NULL && i < op->seen->len; i++)
    {
      const OracleSeen *one = &g_array_index (op->seen, OracleSeen, i);
      g_string_append_printf (out, " [seen %s +%d]", sim_name (sim_oracle_id (oracle, ORACLE_CHAIN, one->chain)),
                              (int) one->growth);
    }
  g_string_append_c (out, '\n');
}

/* sim_oracle_trace: (transfer full): the operations of each chain, for people. */
char *
sim_oracle_trace (SimOracle *oracle)
{
  GString *out = g_string_new (NULL);
  for (guint i = 0; i < oracle->chains->len; i++)
    {
      OracleChain *chain = oracle->chains->pdata[i];
      for (guint j = 0; j < chain->ops->len; j++)
        if (j >= chain->quiet)
          trace_op (oracle, chain, chain->ops->pdata[j], out);
    }
  return g_string_free (out, FALSE);
}

/* sim_oracle_hush: what is known up to now is no news for a trace. */
void
sim_oracle_hush (SimOracle *oracle)
{
  for (guint i = 0; i < oracle->chains->len; i++)
    {
      OracleChain *chain = oracle->chains->pdata[i];
      chain->quiet = chain->ops->len;
    }
}
