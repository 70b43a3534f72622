/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/clock.h"
#include "core/crypto.h"
#include "core/id.h"
#include "engine/ask.h"

/* Requests and answers as values, whatever carries them, and their signatures: sync/README.md. Any thread. */
#define SL_SYNC_VERSION_LOWEST 1
#define SL_SYNC_VERSION 1
#define SL_SYNC_WINDOW_MS (2 * 60 * 1000)       /* a request's time may differ by this much */
#define SL_SYNC_NONCE_BYTES 16
#define SL_SYNC_BODY_MAX_BYTES (8 * 1024 * 1024) /* a push: some 100,000 operations; more goes in several requests */
#define SL_SYNC_ANSWER_MAX_BYTES (4 * 1024 * 1024) /* of operations in an answer, unless fewer are wanted */
#define SL_SYNC_FOUND_MAX_BYTES (G_GINT64_CONSTANT (4) << 30) /* a whole studio's log */
#define SL_SYNC_JSON_MAX_BYTES 16384
#define SL_SYNC_STREAM_TYPE "application/vnd.studioloop.stream"
/* A pairing code: sync/README.md "Codes". Nothing in it looks like another character: no 0, 1, I, L, O, U. */
#define SL_SYNC_PAIRING_CODE_CHARS 12
#define SL_SYNC_PAIRING_CODE_ALPHABET "23456789ABCDEFGHJKMNPQRSTVWXYZ"

/* What an answer may say instead. Each has one HTTP status; names are stable (sync/README.md "Codes"). */
typedef enum {
  SL_SYNC_OK = 0,
  SL_SYNC_BAD_REQUEST,       /* 400 malformed in any way */
  SL_SYNC_UNSIGNED,          /* 401 */
  SL_SYNC_BAD_SIGNATURE,     /* 401 */
  SL_SYNC_CLOCK_SKEW,        /* 401, with the signed time */
  SL_SYNC_REPLAYED,          /* 409 a nonce for the second time */
  SL_SYNC_UNKNOWN_DEVICE,    /* 403 not admitted, as far as the answerer knows */
  SL_SYNC_DEVICE_REVOKED,    /* 403 */
  SL_SYNC_FOREIGN_ORGANISATION, /* 403 */
  SL_SYNC_CODE_INVALID,      /* 403 pairing code unknown, spent or past its time */
  SL_SYNC_ALREADY_FOUNDED,   /* 409 the organisation at the hub belongs to another studio */
  SL_SYNC_NOT_FOUNDED,       /* 409 no studio has been taken there yet */
  SL_SYNC_NOT_FOUND,         /* 404 no such path */
  SL_SYNC_WRONG_METHOD,      /* 405 */
  SL_SYNC_TOO_LARGE,         /* 413 */
  SL_SYNC_TOO_SLOW,          /* 408 */
  SL_SYNC_TOO_MANY,          /* 429, with Retry-After */
  SL_SYNC_WRONG_VERSION,     /* 426 no version in common */
  SL_SYNC_BUSY,              /* 503, with Retry-After */
  SL_SYNC_STORAGE,           /* 507 */
  SL_SYNC_CODE_LAST
} SlSyncCode;
const char *sl_sync_code_name (SlSyncCode code);
int sl_sync_code_status (SlSyncCode code);
SlSyncCode sl_sync_code_from_name (const char *name); /* SL_SYNC_CODE_LAST: unknown */

/* Headers of a request or an answer: (element-type utf8 utf8), names in lower case, only what the protocol knows. */
#define SL_SYNC_HEADER_MAX_BYTES 512 /* the longest of ours, Signature-Input, has 207 */
#define SL_SYNC_PATH_MAX_BYTES 64
#define SL_SYNC_MESSAGE_MAX_BYTES 512 /* of an error, for people */
GHashTable *sl_sync_headers_new (void);
/* One that came in, name in any case. FALSE: a known one is there for the second time, too long or holds control bytes;
 * those of others are passed over and TRUE. */
gboolean sl_sync_headers_add (GHashTable *headers, const char *name, const char *value) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
  char *method, *path;     /* without a query: none is used */
  GHashTable *headers;     /* see sl_sync_headers_new() */
  GBytes *body;            /* never NULL */
} SlSyncRequest;
SlSyncRequest *sl_sync_request_new (const char *method, const char *path, GBytes *body /* (nullable) */);
void sl_sync_request_free (SlSyncRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlSyncRequest, sl_sync_request_free)

typedef struct {
  int status;
  SlSyncCode code;         /* SL_SYNC_OK with 2xx */
  GHashTable *headers;
  GBytes *body;            /* never NULL */
} SlSyncAnswer;
SlSyncAnswer *sl_sync_answer_new (const char *type, GBytes *body);
SlSyncAnswer *sl_sync_answer_new_error (SlSyncCode code, const char *message, gint64 retry_after_s /* 0: none */);
/* One that came in over a network: what its status and body say is its code. */
SlSyncAnswer *sl_sync_answer_new_received (int status, GHashTable *headers, GBytes *body /* (nullable) */);
char *sl_sync_answer_dup_message (const SlSyncAnswer *answer); /* (nullable) (transfer full): of an error */
gint64 sl_sync_answer_retry_after_ms (const SlSyncAnswer *answer); /* 0: says nothing */
void sl_sync_answer_free (SlSyncAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlSyncAnswer, sl_sync_answer_free)

/* Who signs. sign is called with the signature base. */
typedef struct {
  SlId replica;
  guint8 public_key[SL_SIGN_PUBLIC_BYTES];
  void (*sign) (gpointer user_data, const void *message, gsize length, guint8 out_signature[SL_SIGNATURE_BYTES]);
  gpointer user_data;
} SlSyncSigner;
/* now_ms: the asker's clock, corrected by what it knows of the answerer's. */
void sl_sync_sign_request (SlSyncRequest *request, const SlSyncSigner *signer, const SlId *organisation, SlWorld *world,
                           gint64 now_ms, gboolean with_key);
/* What a request says of itself, before anything is believed. */
typedef struct {
  SlId organisation, replica;
  gint64 created_ms;
  guint8 nonce[SL_SYNC_NONCE_BYTES];
  gboolean has_key;
  guint8 public_key[SL_SIGN_PUBLIC_BYTES]; /* from Studioloop-Key; fits replica */
} SlSyncClaimed;
SlSyncCode sl_sync_request_read (const SlSyncRequest *request,
                                 SlSyncClaimed *out); /* UNSIGNED, BAD_REQUEST, BAD_SIGNATURE (digest, key) */
SlSyncCode sl_sync_request_check (const SlSyncRequest *request, const SlSyncClaimed *claimed,
                                  const guint8 public_key[SL_SIGN_PUBLIC_BYTES],
                                  gint64 now_ms); /* BAD_SIGNATURE, CLOCK_SKEW */
void sl_sync_sign_answer (SlSyncAnswer *answer, const SlSyncRequest *request, const SlSyncSigner *signer,
                          gint64 now_ms);
/* key: whose answer it must be. *out_time_ms: the answerer's clock. BAD_SIGNATURE, UNSIGNED */
SlSyncCode sl_sync_answer_check (const SlSyncAnswer *answer, const SlSyncRequest *request,
                                 const guint8 public_key[SL_SIGN_PUBLIC_BYTES], gint64 *out_time_ms);

/* The exchange item. */
#define SL_EXCHANGE_ASKS_MAX 64
#define SL_EXCHANGE_ITEM_MAX_BYTES 8192 /* with all asks it has some 2,100; the rest is a later version's */
#define SL_EXCHANGE_AMOUNT_MAX G_GINT64_CONSTANT (1000000000000) /* no studio has ten thousand million credits */
#define SL_EXCHANGE_WANT_KEYS 1 /* in a request */
#define SL_EXCHANGE_MORE 1      /* in an answer */
typedef struct {
  guint64 cursor;
  SlId epoch;              /* none: not known */
  guint64 flags;
  guint64 max_bytes;       /* request; 0: SL_SYNC_ANSWER_MAX_BYTES */
  gint64 time_ms;          /* answer */
  GArray *asks;            /* (nullable) of SlAsk, kinds of later versions too; in an answer the amounts given */
  SlId request;            /* of the asks, when they come again since no answer did; none: no number */
  guint version_lowest, version; /* request: a range; answer: both the one chosen */
} SlExchangeItem;
void sl_exchange_item_clear (SlExchangeItem *item);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlExchangeItem, sl_exchange_item_clear)
GBytes *sl_exchange_item_encode (const SlExchangeItem *item, gboolean is_answer);
gboolean sl_exchange_item_decode (GBytes *bytes, gboolean is_answer, SlExchangeItem *out,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What requests for rights were given, for when they come again: asked.c. */
#define SL_ASKED_KEPT_MS (5 * 60 * 1000)
typedef struct _SlAsked SlAsked;
SlAsked *sl_asked_new (void);
void sl_asked_free (SlAsked *asked);
GArray *sl_asked_find (SlAsked *asked, const SlId *asker, const SlId *request, const GArray *asks, gint64 now_ms);
void sl_asked_note (SlAsked *asked, const SlId *asker, const SlId *request, const GArray *asks, const GArray *given,
                    gint64 now_ms); /* BAD_INPUT */

/* The version that both sides speak, the highest in common; 0: none. */
guint sl_sync_version_choose (guint lowest, guint highest);

/* Nonces of the last window, in memory. Any thread. */
typedef struct _SlNonces SlNonces;
SlNonces *sl_nonces_new (gint64 now_ms);
void sl_nonces_free (SlNonces *nonces);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlNonces, sl_nonces_free)
/* After sl_sync_request_check(). REPLAYED; CLOCK_SKEW: older than what is remembered, so that it may be a replay. */
SlSyncCode sl_nonces_take (SlNonces *nonces, const SlSyncClaimed *claimed, gint64 now_ms) G_GNUC_WARN_UNUSED_RESULT;

/* So many in a time, per key; a fixed number of keys, the oldest go. Any thread. */
typedef struct _SlRateLimit SlRateLimit;
SlRateLimit *sl_rate_limit_new (guint allowed, gint64 per_ms);
void sl_rate_limit_free (SlRateLimit *limit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlRateLimit, sl_rate_limit_free)
gboolean sl_rate_limit_take (SlRateLimit *limit, const char *key, gint64 now_ms,
                             gint64 *out_retry_ms); /* FALSE: too many */
