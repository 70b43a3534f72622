/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "oplog/operation.h"
#include "sim.h"

/* Inside the oracle only: sim-oracle.c reads operations, sim-fold.c makes the state,
 * sim-judge.c and sim-conflicts.c judge it. */
#define ORACLE_CHAINS_MAX 64
#define ORACLE_TAKEN_MAX 16

typedef enum { ORACLE_CHAIN, ORACLE_SESSION, ORACLE_CLAIM, ORACLE_LOT, ORACLE_CHECKIN, ORACLE_RULE, ORACLE_MONEY,
               ORACLE_SORTS } OracleSort;

typedef struct {
  guint chain;
  guint64 growth;
} OracleSeen;
typedef struct {
  guint lot;
  gint64 amount;
} OracleSpend;
typedef struct {
  guint chain;
  guint64 cut;
} OracleTaken;

/* One way in which a sale, or more of one, was paid. */
typedef enum { ORACLE_CASH, ORACLE_CARD, ORACLE_EFT, ORACLE_QR, ORACLE_ONLINE, ORACLE_WAYS, ORACLE_NO_WAY } OracleWay;
typedef struct {
  guint payment;
  guint voucher; /* + 1; 0: by none */
  gint64 amount;
  OracleWay way;
  gboolean on_account, at_once; /* at_once: seen when it was taken */
} OraclePaid;

typedef struct {
  GBytes *bytes;
  guint64 seq, kind;
  gint64 hlc;        /* as signed */
  gint64 read_hlc;   /* less the corrections that stand */
  GArray *seen; /* (nullable) of OracleSeen */
  GArray *takings; /* (nullable) of OraclePaid */
  gint64 receipt;  /* 0: none */
  OracleWay way;   /* of a refund */
  gboolean as_paid; /* a refund that goes back as the payment came */
  guint entity, session, to, made;
  guint booking; /* of a claim: + 1; 0: it is its own */
  SlId member;
  gint64 a, b;
  OracleSpend spends[SL_SPENDS_MAX];
  guint n_spends;
  guint8 invitation[SL_SIGN_PUBLIC_BYTES];
  OracleTaken taken[ORACLE_TAKEN_MAX];
  guint n_taken;
} OracleOp;

typedef struct {
  SlId replica;
  GPtrArray *ops; /* of OracleOp */
  GArray *refs;
  gint64 hlc;
  guint quiet;       /* so many need not be told */
  guint64 limit;     /* how many of them stand */
  guint64 forged_from; /* its first operation that nothing justifies; 0: none */
  gboolean admitted, revoked, final;
  gboolean stolen;  /* somebody took it away; else it went on by itself */
  gboolean doubted; /* goes on for a stolen one: counts as far as sound devices have heard of it */
  guint64 final_cut;
  gint64 final_hlc;
  guint successor; /* of a final one */
} OracleChain;

typedef struct {
  gboolean created, cancelled;
  gint64 capacity;
  gint64 held[ORACLE_CHAINS_MAX]; /* minted, moved in, less moved out and burned */
  gint64 low[ORACLE_CHAINS_MAX];  /* burned by lowering */
} OracleSession;

typedef struct {
  gboolean created, confirmed, released;
  guint session, creator;
  SlId member;
  gint64 type, spots;
  gint64 created_hlc;
  guint keeper;
  gint64 hop;
  gint64 confirm_hlc;
  guint confirm_chain;
  OracleSpend spends[SL_SPENDS_MAX];
  guint n_spends;
  gint64 percent;
  guint why;
  guint32 released_spots;
  guint booking; /* + 1; 0: it is its own */
  gint64 owed;
  guint settlements; /* how many stand; of several the earliest counts */
  gint64 settle_hlc;
  guint settle_chain;
  OracleSpend settled[SL_SPENDS_MAX];
  guint n_settled;
} OracleClaim;

typedef struct {
  gboolean created;
  SlId member;
  gint64 minted, burned;
  gint64 held[ORACLE_CHAINS_MAX];
} OracleLot;

typedef struct {
  gboolean made, undone;
  gint64 left_hlc; /* the earliest; 0: nobody saw them go */
} OracleCheckin;

typedef struct {
  gint64 capacity;
  guint mints;
} OracleRule;

/* A payment, and what may be given back of it; or a voucher, and what is left on it. */
typedef struct {
  gboolean taken;   /* a payment that stands */
  gint64 amount;    /* of a payment */
  gint64 hlc;       /* of its taking */
  guint taker, voucher /* + 1 */;
  OracleWay way;
  gboolean on_account, at_once, said_paid;
  gint64 minted, spent; /* of what is held: refunds; uses and what was taken away */
  gint64 held[ORACLE_CHAINS_MAX];
} OracleMoney;

struct _SimOracle {
  GPtrArray *chains; /* of OracleChain */
  GHashTable *names[ORACLE_SORTS];
  GArray *ids[ORACLE_SORTS];
  guint64 applied[SIM_DEVICES_MAX][ORACLE_CHAINS_MAX];
  gboolean stale;
  GArray *sessions, *claims, *lots, *checkins, *rules, *money; /* as of the last fold */
  gint64 taken[ORACLE_WAYS];                                /* less what was given back in that way */
};

guint sim_oracle_index (SimOracle *oracle, OracleSort sort, const SlId *id);
const SlId *sim_oracle_id (SimOracle *oracle, OracleSort sort, guint index);
guint sim_oracle_root (SimOracle *oracle, guint chain);
guint sim_oracle_keeper (SimOracle *oracle, const OracleClaim *claim); /* or who goes on for it */
gint64 sim_oracle_live_spots (const OracleClaim *claim);
void sim_oracle_hush (SimOracle *oracle);

/* sim-books.c: money */
gboolean sim_books_read (SimOracle *oracle, const SlOperation *operation, const SlId *made, OracleOp *op,
                         SlCborReader *body);
void sim_books_trace (SimOracle *oracle, const OracleOp *op, GString *out);
void sim_books_fold (SimOracle *oracle);
void sim_books_check (SimWorld *world);
void sim_books_check_device (SimWorld *world, SimDevice *device, guint own);
gboolean sim_books_check_end (SimWorld *world, SimDevice *device, GError **error);
