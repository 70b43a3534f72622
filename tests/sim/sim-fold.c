/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sim-fold"

#include <string.h>

#include "sim-oracle.h"

/* What stands of the operations of all devices, and what it makes. */

#define ROUNDS_MAX 16 /* of finding out what stands */

static OracleChain *
chain_at (SimOracle *oracle, guint index)
{
  return oracle->chains->pdata[index];
}

/* sim_oracle_root: who goes on for a device: itself where nobody does. */
guint
sim_oracle_root (SimOracle *oracle, guint index)
{
  for (guint hops = 0; hops < oracle->chains->len && chain_at (oracle, index)->final; hops++)
    index = chain_at (oracle, index)->successor;
  return index;
}

/* --- what stands --- */

static gboolean
is_invited (SimOracle *oracle, const guint8 *invitation)
{
  for (guint i = 0; i < oracle->chains->len; i++)
    {
      const OracleChain *chain = chain_at (oracle, i);
      for (guint j = 0; chain->admitted && j < chain->ops->len && j < chain->limit; j++)
        {
          const OracleOp *op = chain->ops->pdata[j];
          if (op->kind == SL_KIND_DEVICE_ADMIT && memcmp (op->invitation, invitation, SL_SIGN_PUBLIC_BYTES) == 0)
            return TRUE;
        }
    }
  return FALSE;
}

static gboolean
may_be_admitted (SimOracle *oracle, const OracleChain *chain)
{
  if (chain->ops->len == 0)
    return FALSE;
  const OracleOp *first = chain->ops->pdata[0];
  return first->kind == SL_KIND_DEVICE_FOUND
         || (first->kind == SL_KIND_DEVICE_REBIRTH && chain_at (oracle, first->to)->admitted)
         || (first->kind == SL_KIND_DEVICE_JOIN && is_invited (oracle, first->invitation));
}

static void
admit (SimOracle *oracle)
{
  gboolean more = TRUE;
  for (guint i = 0; i < oracle->chains->len; i++)
    chain_at (oracle, i)->admitted = FALSE;
  while (more)
    {
      more = FALSE;
      for (guint i = 0; i < oracle->chains->len; i++)
        {
          OracleChain *chain = chain_at (oracle, i);
          if (chain->admitted || !may_be_admitted (oracle, chain))
            continue;
          chain->admitted = more = TRUE;
        }
    }
}

static gboolean
is_founder (const OracleChain *chain)
{
  return chain->ops->len > 0 && ((const OracleOp *) chain->ops->pdata[0])->kind == SL_KIND_DEVICE_FOUND;
}

/* Who takes whom away. */
typedef struct {
  guint author, whom;
  guint64 number; /* in its author's chain */
  gint64 cut;
  gboolean is_void;
} OracleTaking;

static void
add_takings (SimOracle *oracle, guint index, GArray *takings)
{
  const OracleChain *chain = chain_at (oracle, index);
  for (guint j = 0; chain->admitted && j < chain->ops->len; j++)
    {
      const OracleOp *op = chain->ops->pdata[j];
      OracleTaking taking = { .author = index, .whom = op->entity, .number = j + 1, .cut = op->a };
      if (op->kind == SL_KIND_DEVICE_REVOKE && op->b == 0)
        g_array_append_val (takings, taking);
    }
}

static gboolean
is_dead (SimOracle *oracle, guint index)
{
  for (guint i = 0; i < oracle->chains->len; i++)
    {
      const OracleChain *chain = chain_at (oracle, i);
      for (guint j = 0; chain->admitted && j < chain->ops->len; j++)
        {
          const OracleOp *op = chain->ops->pdata[j];
          if ((op->kind == SL_KIND_DEVICE_REVOKE || op->kind == SL_KIND_DEVICE_FORK) && op->entity == index
              && op->b != 0)
            return TRUE;
        }
    }
  return FALSE;
}

static gboolean
is_taken (SimOracle *oracle, guint index, const GArray *takings)
{
  for (guint hops = 0; hops < oracle->chains->len; hops++)
    {
      const OracleChain *chain = chain_at (oracle, index);
      for (guint i = 0; i < takings->len; i++)
        if (g_array_index (takings, OracleTaking, i).whom == index)
          return TRUE;
      const OracleOp *first = chain->ops->len > 0 ? chain->ops->pdata[0] : NULL;
      if (first == NULL || first->kind != SL_KIND_DEVICE_REBIRTH)
        return hops == 0 && is_dead (oracle, index);
      if (hops == 0 && is_dead (oracle, index))
        return TRUE;
      index = first->to;
    }
  return FALSE;
}

static gboolean
author_goes_before (SimOracle *oracle, guint one, guint other)
{
  if (is_founder (chain_at (oracle, one)) || is_founder (chain_at (oracle, other)))
    return is_founder (chain_at (oracle, one));
  return sl_id_compare (sim_oracle_id (oracle, ORACLE_CHAIN, one), sim_oracle_id (oracle, ORACLE_CHAIN, other)) < 0;
}

static int
compare_takings (gconstpointer a, gconstpointer b, gpointer oracle)
{
  const OracleTaking *one = a, *other = b;
  if (one->author == other->author)
    return (one->number > other->number) - (one->number < other->number);
  return author_goes_before (oracle, one->author, other->author) ? -1 : 1;
}

/* Where devices take each other away so that nobody is left whom nobody has taken away, one goes before the other.
 * Empty where there is somebody else to decide. */
static GArray *
find_takings (SimWorld *world)
{
  SimOracle *oracle = world->oracle;
  GArray *takings = g_array_new (FALSE, FALSE, sizeof (OracleTaking));
  for (guint i = 0; i < oracle->chains->len; i++)
    add_takings (oracle, i, takings);
  for (guint i = 0; i < oracle->chains->len && takings->len > 0; i++)
    if (chain_at (oracle, i)->admitted && !is_taken (oracle, i, takings))
      g_array_set_size (takings, 0);
  g_array_sort_with_data (takings, compare_takings, oracle);
  for (guint i = 0; i < takings->len; i++)
    {
      OracleTaking *one = &g_array_index (takings, OracleTaking, i);
      for (guint j = 0; j < i && !one->is_void; j++)
        {
          const OracleTaking *before = &g_array_index (takings, OracleTaking, j);
          one->is_void = !before->is_void && before->whom == one->author && (gint64) one->number > before->cut;
        }
    }
  return takings;
}

static gboolean
is_overruled (const GArray *takings, guint author, guint whom)
{
  gboolean any = FALSE;
  for (guint i = 0; i < takings->len; i++)
    {
      const OracleTaking *one = &g_array_index (takings, OracleTaking, i);
      if (one->author == author && one->whom == whom && !one->is_void)
        return FALSE;
      any = any || (one->author == author && one->whom == whom);
    }
  return any;
}

static guint64
honoured_of (const GArray *takings, guint author)
{
  guint64 last = 0;
  for (guint i = 0; i < takings->len; i++)
    {
      const OracleTaking *one = &g_array_index (takings, OracleTaking, i);
      if (one->author == author && !one->is_void)
        last = MAX (last, one->number);
    }
  return last;
}

static void
find_revoked (SimOracle *oracle, const GArray *takings)
{
  for (guint i = 0; i < oracle->chains->len; i++)
    {
      OracleChain *chain = chain_at (oracle, i);
      chain->revoked = chain->final = chain->stolen = FALSE;
    }
  for (guint i = 0; i < oracle->chains->len; i++)
    {
      const OracleChain *chain = chain_at (oracle, i);
      for (guint j = 0; chain->admitted && j < chain->ops->len && j < chain->limit; j++)
        {
          const OracleOp *op = chain->ops->pdata[j];
          if ((op->kind == SL_KIND_DEVICE_REVOKE && !is_overruled (takings, i, op->entity))
              || op->kind == SL_KIND_DEVICE_FORK)
            {
              chain_at (oracle, op->entity)->revoked = TRUE;
              chain_at (oracle, op->entity)->stolen |= op->b == 0;
            }
          for (guint k = 0; k < op->n_taken; k++)
            {
              OracleChain *taken = chain_at (oracle, op->taken[k].chain);
              if (is_overruled (takings, i, op->taken[k].chain))
                continue;
              if (taken->final && taken->final_hlc < op->hlc)
                continue;
              taken->final = TRUE;
              taken->final_cut = op->taken[k].cut;
              taken->final_hlc = op->hlc;
              taken->successor = i;
            }
        }
    }
}

/* Whether one that it goes on for, directly or not, was taken away. */
static gboolean
goes_on_for_stolen (SimOracle *oracle, const OracleChain *chain)
{
  for (guint hops = 0; chain->ops->len > 0 && hops < oracle->chains->len; hops++)
    {
      const OracleOp *first = chain->ops->pdata[0];
      if (first->kind != SL_KIND_DEVICE_REBIRTH)
        return FALSE;
      chain = chain_at (oracle, first->to);
      if (chain->stolen)
        return TRUE;
    }
  return FALSE;
}

/* The operation of chain index that let chain in, or the one that it goes on for; 0: none of index's did. */
static guint64
let_in_at (SimOracle *oracle, const OracleChain *chain, guint index)
{
  const OracleChain *by = chain_at (oracle, index);
  for (guint hops = 0; chain->ops->len > 0 && hops < oracle->chains->len; hops++)
    {
      const OracleOp *first = chain->ops->pdata[0];
      for (guint i = 0; first->kind == SL_KIND_DEVICE_JOIN && i < by->ops->len; i++)
        {
          const OracleOp *op = by->ops->pdata[i];
          if (op->kind == SL_KIND_DEVICE_ADMIT
              && memcmp (op->invitation, first->invitation, SL_SIGN_PUBLIC_BYTES) == 0)
            return op->seq;
        }
      if (first->kind != SL_KIND_DEVICE_REBIRTH)
        return 0;
      chain = chain_at (oracle, first->to);
    }
  return 0;
}

/* What sound devices have applied of a revoked one stands, and what authors of standing operations had seen: of those
 * that stand when no more of it than base does. Who has forged something can tell nobody any more what it has heard. */
static guint64
standing_with (SimWorld *world, guint index, guint64 least, guint64 base)
{
  SimOracle *oracle = world->oracle;
  guint64 limit = least;
  for (guint i = 0; i < world->n_devices; i++)
    {
      const SimDevice *device = &world->devices[i];
      const OracleChain *own = device->gone || sl_id_is_none (&device->replica) || device->restored
                                   ? NULL
                                   : chain_at (oracle, sim_oracle_index (oracle, ORACLE_CHAIN, &device->replica));
      if (own != NULL && own != chain_at (oracle, index) && own->admitted && !own->revoked && !device->revoked
          && own->forged_from == 0
          && let_in_at (oracle, own, index) <= base)
        limit = MAX (limit, oracle->applied[i][index]);
    }
  for (guint i = 0; i < oracle->chains->len; i++)
    {
      const OracleChain *chain = chain_at (oracle, i);
      guint64 total = 0;
      if (i == index || let_in_at (oracle, chain, index) > base)
        continue;
      for (guint j = 0; chain->admitted && j < chain->ops->len && j < chain->limit; j++)
        {
          const OracleOp *op = chain->ops->pdata[j];
          for (guint k = 0; op->seen != NULL && k < op->seen->len; k++)
            if (g_array_index (op->seen, OracleSeen, k).chain == index)
              total += g_array_index (op->seen, OracleSeen, k).growth;
          if ((op->kind == SL_KIND_DEVICE_REVOKE || op->kind == SL_KIND_DEVICE_FORK) && op->entity == index)
            limit = MAX (limit, (guint64) op->a);
        }
      limit = MAX (limit, total);
    }
  return limit;
}

/* The highest cut that a revocation names whose author it does not shut out. */
static guint64
named_cut (SimOracle *oracle, guint index)
{
  guint64 cut = 0;
  for (guint i = 0; i < oracle->chains->len; i++)
    {
      const OracleChain *chain = chain_at (oracle, i);
      guint64 let_in = i != index ? let_in_at (oracle, chain, index) : G_MAXUINT64;
      for (guint j = 0; chain->admitted && j < chain->ops->len && j < chain->limit; j++)
        {
          const OracleOp *op = chain->ops->pdata[j];
          if ((op->kind == SL_KIND_DEVICE_REVOKE || op->kind == SL_KIND_DEVICE_FORK) && op->entity == index
              && let_in <= (guint64) op->a)
            cut = MAX (cut, (guint64) op->a);
        }
    }
  return cut;
}

/* Nobody is let in by what only its own sight makes stand. */
static guint64
standing_of (SimWorld *world, guint index)
{
  guint64 limit = named_cut (world->oracle, index), before;
  if (!chain_at (world->oracle, index)->revoked)
    return standing_with (world, index, 0, G_MAXUINT64);
  do
    {
      before = limit;
      limit = standing_with (world, index, before, before);
    }
  while (limit > before);
  return limit;
}

/* In the end only what somebody has heard can be asked for of a machine that is gone, or whose files were put back: it
 * says nothing of that while it has nothing to write. */
static gboolean
is_silent (SimWorld *world, const OracleChain *chain)
{
  for (guint i = 0; i < world->n_devices; i++)
    {
      const SimDevice *device = &world->devices[i];
      if (!device->gone && !device->restored && sl_id_equal (&device->replica, &chain->replica))
        return FALSE;
    }
  return world->healing;
}

/* Nobody has taken it away: whatever somebody has heard of it, or it still has itself, stands. */
static guint64
heard_of (SimWorld *world, guint index)
{
  guint64 limit = 0;
  for (guint i = 0; i < world->n_devices; i++)
    if (!world->devices[i].gone)
      limit = MAX (limit, world->oracle->applied[i][index]);
  return MAX (limit, standing_of (world, index));
}

static void
find_limits (SimWorld *world)
{
  SimOracle *oracle = world->oracle;
  gboolean changed = TRUE;
  for (guint i = 0; i < oracle->chains->len; i++)
    chain_at (oracle, i)->limit = G_MAXUINT64;
  for (guint round = 0; changed && round < ROUNDS_MAX; round++)
    {
      changed = FALSE;
      admit (oracle);
      g_autoptr (GArray) takings = find_takings (world);
      find_revoked (oracle, takings);
      for (guint i = 0; i < oracle->chains->len; i++)
        {
          OracleChain *chain = chain_at (oracle, i);
          chain->doubted = goes_on_for_stolen (oracle, chain);
          guint64 limit = !chain->admitted ? 0
                          : chain->final   ? chain->final_cut
                          : chain->revoked || chain->doubted
                              ? MAX (standing_of (world, i), honoured_of (takings, i))
                          : is_silent (world, chain) ? heard_of (world, i)
                              : G_MAXUINT64;
          if (chain->forged_from > 0)
            limit = MIN (limit, chain->forged_from - 1);
          changed |= limit != chain->limit;
          chain->limit = limit;
        }
    }
}

/* --- what it makes --- */

static OracleClaim *
claim_at (SimOracle *oracle, guint index)
{
  return &g_array_index (oracle->claims, OracleClaim, index);
}

static void
fold_claim (SimOracle *oracle, guint author, const OracleOp *op)
{
  OracleClaim *claim = claim_at (oracle, op->entity);
  claim->created = TRUE;
  claim->session = op->session;
  claim->member = op->member;
  claim->creator = author;
  claim->type = op->a;
  claim->spots = op->b;
  claim->booking = op->booking == op->entity + 1 ? 0 : op->booking;
  claim->created_hlc = op->read_hlc;
  if (claim->hop == 0)
    claim->keeper = author;
}

static void
fold_confirmation (SimOracle *oracle, guint author, const OracleOp *op)
{
  OracleClaim *claim = claim_at (oracle, op->entity);
  const SlId *mine = sim_oracle_id (oracle, ORACLE_CHAIN, author);
  if (claim->confirmed
      && (op->read_hlc > claim->confirm_hlc
          || (op->read_hlc == claim->confirm_hlc
              && sl_id_compare (mine, sim_oracle_id (oracle, ORACLE_CHAIN, claim->confirm_chain)) > 0)))
    return;
  claim->confirmed = TRUE;
  claim->confirm_hlc = op->read_hlc;
  claim->confirm_chain = author;
  memcpy (claim->spends, op->spends, sizeof claim->spends);
  claim->n_spends = op->n_spends;
}

/* Of two settlements the earlier counts, and the credits of the other are free again. */
static void
fold_settlement (SimOracle *oracle, guint author, const OracleOp *op)
{
  OracleClaim *claim = claim_at (oracle, op->entity);
  const SlId *mine = sim_oracle_id (oracle, ORACLE_CHAIN, author);
  if (claim->settlements++ > 0
      && (op->read_hlc > claim->settle_hlc
          || (op->read_hlc == claim->settle_hlc
              && sl_id_compare (mine, sim_oracle_id (oracle, ORACLE_CHAIN, claim->settle_chain)) > 0)))
    return;
  claim->settle_hlc = op->read_hlc;
  claim->settle_chain = author;
  memcpy (claim->settled, op->spends, sizeof claim->settled);
  claim->n_settled = op->n_spends;
}

static void
fold_leaving (SimOracle *oracle, const OracleOp *op)
{
  OracleCheckin *checkin = &g_array_index (oracle->checkins, OracleCheckin, op->entity);
  checkin->left_hlc = checkin->left_hlc == 0 ? op->read_hlc : MIN (checkin->left_hlc, op->read_hlc);
}

static void
fold_op (SimOracle *oracle, guint author, const OracleOp *op)
{
  switch (op->kind)
    {
    case SL_KIND_BOOK:
      fold_claim (oracle, author, op);
      fold_confirmation (oracle, author, op);
      break;
    case SL_KIND_CLAIM:
    case SL_KIND_WAITLIST_JOIN:
      fold_claim (oracle, author, op);
      break;
    case SL_KIND_CLAIM_TRUST:
      claim_at (oracle, op->entity)->owed = MAX (claim_at (oracle, op->entity)->owed, op->a);
      break;
    case SL_KIND_CLAIM_SETTLE:
      fold_settlement (oracle, author, op);
      break;
    case SL_KIND_CHECKIN_LEAVE:
      fold_leaving (oracle, op);
      break;
    case SL_KIND_CONFIRM:
      fold_confirmation (oracle, author, op);
      break;
    case SL_KIND_RELEASE:
      claim_at (oracle, op->entity)->released = TRUE;
      claim_at (oracle, op->entity)->why |= (guint) op->a;
      claim_at (oracle, op->entity)->percent = MAX (claim_at (oracle, op->entity)->percent, op->b);
      break;
    case SL_KIND_RELEASE_SPOTS:
      claim_at (oracle, op->entity)->released_spots |= (guint32) op->a;
      break;
    case SL_KIND_CHECKIN:
      g_array_index (oracle->checkins, OracleCheckin, op->entity).made = TRUE;
      break;
    case SL_KIND_CHECKIN_UNDO:
      g_array_index (oracle->checkins, OracleCheckin, op->entity).undone = TRUE;
      break;
    default:
      break;
    }
}

static void
fold_counter (SimOracle *oracle, guint author, const OracleOp *op)
{
  OracleSession *sessions = (OracleSession *) (void *) oracle->sessions->data;
  OracleLot *lots = (OracleLot *) (void *) oracle->lots->data;
  switch (op->kind)
    {
    case SL_KIND_SESSION_CREATE:
    case SL_KIND_SESSION_CAPACITY:
      sessions[op->entity].created |= op->kind == SL_KIND_SESSION_CREATE;
      sessions[op->entity].capacity += op->a;
      sessions[op->entity].held[author] += op->a;
      sessions[op->entity].low[author] += MAX (-op->a, 0);
      break;
    case SL_KIND_RECURRENCE_CREATE:
      g_array_index (oracle->rules, OracleRule, op->entity) = (OracleRule){ op->a, op->to };
      break;
    case SL_KIND_SESSION_CANCEL:
      sessions[op->entity].cancelled = TRUE;
      break;
    case SL_KIND_SESSION_MOVE:
      sessions[op->entity].held[author] -= op->a;
      sessions[op->entity].held[op->to] += op->a;
      break;
    case SL_KIND_LOT_CREATE:
    case SL_KIND_LOT_GRANT:
      lots[op->entity].created = TRUE;
      lots[op->entity].member = op->member;
      lots[op->entity].minted += op->a;
      lots[op->entity].held[author] += op->a;
      break;
    case SL_KIND_LOT_MOVE:
      lots[op->entity].held[author] -= op->a;
      lots[op->entity].held[op->to] += op->a;
      break;
    case SL_KIND_LOT_TRANSFER:
      lots[op->entity].burned += op->a;
      lots[op->entity].held[author] -= op->a;
      lots[op->made].created = TRUE;
      lots[op->made].member = op->member;
      lots[op->made].minted += op->a;
      lots[op->made].held[author] += op->a;
      break;
    case SL_KIND_LOT_BURN:
      lots[op->entity].burned += op->b;
      lots[op->entity].held[author] -= op->b;
      break;
    default:
      break;
    }
}

static void
begin_state (SimOracle *oracle, GArray *array, OracleSort sort)
{
  g_array_set_size (array, 0);
  g_array_set_size (array, oracle->ids[sort]->len);
}

/* sim_oracle_live_spots: those of its spots that are taken. */
gint64
sim_oracle_live_spots (const OracleClaim *claim)
{
  guint32 all = claim->spots >= 32 ? G_MAXUINT32 : (1u << claim->spots) - 1;
  return !claim->created || claim->released ? 0
                                            : claim->spots - __builtin_popcount (claim->released_spots & all);
}

/* sim_oracle_keeper: a claim whose creation does not stand is kept by whoever confirmed it. */
guint
sim_oracle_keeper (SimOracle *oracle, const OracleClaim *claim)
{
  return sim_oracle_root (oracle, claim->created || claim->hop > 0 ? claim->keeper : claim->confirm_chain);
}

static void
pass_on (SimOracle *oracle, guint author, const OracleOp *op)
{
  OracleClaim *claim = claim_at (oracle, op->entity);
  OracleSession *session = &g_array_index (oracle->sessions, OracleSession, claim->session);
  session->held[author] -= op->b;
  session->held[op->to] += op->b;
  for (guint i = 0; i < op->n_spends; i++)
    {
      OracleLot *lot = &g_array_index (oracle->lots, OracleLot, op->spends[i].lot);
      lot->held[author] -= op->spends[i].amount;
      lot->held[op->to] += op->spends[i].amount;
    }
}

static gboolean
is_after (SimOracle *oracle, guint a, guint b)
{
  return sl_id_compare (sim_oracle_id (oracle, ORACLE_CHAIN, a), sim_oracle_id (oracle, ORACLE_CHAIN, b)) > 0;
}

/* Whoever makes an occurrence, its spots are those of the device that its rule names, once. */
static void
fold_occurrences (SimOracle *oracle)
{
  for (guint i = 0; i < oracle->chains->len; i++)
    {
      const OracleChain *chain = chain_at (oracle, i);
      for (guint j = 0; j < chain->ops->len && j < chain->limit; j++)
        {
          const OracleOp *op = chain->ops->pdata[j];
          OracleSession *session;
          if (op->kind != SL_KIND_SESSION_OCCURRENCE)
            continue;
          session = &g_array_index (oracle->sessions, OracleSession, op->entity);
          const OracleRule *rule = &g_array_index (oracle->rules, OracleRule, op->session);
          if (session->created)
            continue;
          session->created = TRUE;
          session->capacity += rule->capacity;
          session->held[rule->mints] += rule->capacity;
        }
    }
}

/* The stamps of a stretch of a chain are read less what its device said later. */
static void
correct_stamps (SimOracle *oracle)
{
  for (guint i = 0; i < oracle->chains->len; i++)
    {
      const OracleChain *chain = chain_at (oracle, i);
      for (guint j = 0; j < chain->ops->len; j++)
        ((OracleOp *) chain->ops->pdata[j])->read_hlc = ((OracleOp *) chain->ops->pdata[j])->hlc;
      for (guint j = 0; j < chain->ops->len && j < chain->limit; j++)
        {
          const OracleOp *op = chain->ops->pdata[j];
          for (guint k = op->kind == SL_KIND_CLOCK_CORRECT ? (guint) op->a - 1 : j; k < j; k++)
            {
              OracleOp *one = chain->ops->pdata[k];
              one->read_hlc = MAX (one->read_hlc - sl_hlc_from_ms (op->b), 1);
            }
        }
    }
}

/* Moving a claim passes its right and its spend on with it. */
static void
fold_moves (SimOracle *oracle)
{
  for (guint i = 0; i < oracle->chains->len; i++)
    {
      const OracleChain *chain = chain_at (oracle, i);
      for (guint j = 0; j < chain->ops->len && j < chain->limit; j++)
        {
          const OracleOp *op = chain->ops->pdata[j];
          if (op->kind != SL_KIND_CLAIM_MOVE)
            continue;
          OracleClaim *claim = claim_at (oracle, op->entity);
          if (claim->created)
            pass_on (oracle, i, op);
          if (op->a > claim->hop || (op->a == claim->hop && is_after (oracle, op->to, claim->keeper)))
            {
              claim->hop = op->a;
              claim->keeper = op->to;
            }
        }
    }
}

/* sim_oracle_is_taken_away: by people, or with the one that it goes on for, or with who invited it. */
gboolean
sim_oracle_is_taken_away (SimOracle *oracle, const SlId *replica)
{
  const OracleChain *chain = chain_at (oracle, sim_oracle_index (oracle, ORACLE_CHAIN, replica));
  return chain->stolen || chain->doubted || !chain->admitted || goes_on_for_stolen (oracle, chain);
}

/* sim_oracle_has_corrections: whether some device has corrected its clock. */
gboolean
sim_oracle_has_corrections (SimOracle *oracle)
{
  for (guint i = 0; i < oracle->chains->len; i++)
    {
      const OracleChain *chain = chain_at (oracle, i);
      for (guint j = 0; j < chain->ops->len; j++)
        if (((const OracleOp *) chain->ops->pdata[j])->kind == SL_KIND_CLOCK_CORRECT)
          return TRUE;
    }
  return FALSE;
}

/* sim_oracle_fold: the state of all that stands. */
void
sim_oracle_fold (SimWorld *world)
{
  SimOracle *oracle = world->oracle;
  if (!oracle->stale)
    return;
  oracle->stale = FALSE;
  begin_state (oracle, oracle->sessions, ORACLE_SESSION);
  begin_state (oracle, oracle->claims, ORACLE_CLAIM);
  begin_state (oracle, oracle->lots, ORACLE_LOT);
  begin_state (oracle, oracle->checkins, ORACLE_CHECKIN);
  begin_state (oracle, oracle->rules, ORACLE_RULE);
  begin_state (oracle, oracle->money, ORACLE_MONEY);
  find_limits (world);
  correct_stamps (oracle);
  for (guint i = 0; i < oracle->chains->len; i++)
    {
      const OracleChain *chain = chain_at (oracle, i);
      for (guint j = 0; j < chain->ops->len && j < chain->limit; j++)
        {
          fold_op (oracle, i, chain->ops->pdata[j]);
          fold_counter (oracle, i, chain->ops->pdata[j]);
        }
    }
  fold_occurrences (oracle);
  fold_moves (oracle);
  sim_books_fold (oracle);
}
