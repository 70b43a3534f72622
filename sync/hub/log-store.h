/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "core/clock.h"
#include "core/crypto.h"
#include "core/id.h"

/* Where a hub keeps what must not be lost: organisations, their logs, pairing codes. Two implementations, one test
 * suite. A log is a row of entries 1, 2, 3 …; an entry is appended only if the log still ends where the writer
 * believes: so several hub processes on one store stay right whatever they do. Every call is durable when it
 * returns, and may come from any thread; calls that wait for the disk or the server at the same time share its syncs.
 * Failures: STORAGE, DISK_FULL, CORRUPT; BUSY: a server that does not answer, try again. After BUSY a change may have
 * happened or not; trying it again is safe, but an append's caller reads first (the log then ends with its entries). A
 * store that is told to append to a tenant it does not know: NOT_FOUND. */
typedef struct _SlLogStore SlLogStore;

/* "sqlite:DIR" (made where it is not there) or "postgresql://…" (libpq's URI). Makes what is missing of the schema.
 * BAD_INPUT: another kind of place; TOO_NEW; READ_ONLY. */
SlLogStore *sl_log_store_open (const char *where, SlWorld *world, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_log_store_close (SlLogStore *store); /* when no call is under way; no news come afterwards */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlLogStore, sl_log_store_close)
const char *sl_log_store_name (SlLogStore *store); /* "sqlite", "postgresql": for metrics */

/* --- organisations --- */
#define SL_TENANT_NAME_MAX_BYTES 200
typedef struct {
  SlId id;              /* of the account at this hub */
  char *name;
  SlId organisation;    /* none: no studio has been taken there yet */
  SlId replica;         /* the hub's device in it */
  guint8 seed[32];      /* of that device's key; sealed by the hub when SL_HUB_SECRET is set: opaque here */
  SlId epoch;           /* a new one when entries were lost */
  guint64 head;         /* number of the last entry; 0: none */
} SlTenant;
void sl_tenant_free (SlTenant *tenant);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlTenant, sl_tenant_free)
/* BAD_INPUT: an empty name, one that is too long or not UTF-8 */
gboolean sl_log_store_add_tenant (SlLogStore *store, const char *name, SlId *out_id,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* id: of the account or of the organisation. NOT_FOUND */
SlTenant *sl_log_store_find_tenant (SlLogStore *store, const SlId *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (element-type SlTenant), in the order of their names */
GPtrArray *sl_log_store_tenants (SlLogStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Only where organisation and epoch are still those of before, and no other account has that organisation: *out_done.
 * New: organisation, replica, seed, epoch. */
gboolean sl_log_store_set_identity (SlLogStore *store, const SlTenant *before, const SlTenant *after,
                                    gboolean *out_done, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- the log of an organisation --- */
typedef enum {
  SL_ENTRY_SEGMENT = 1, /* bytes: a segment item as in a stream */
  SL_ENTRY_BOX = 2,     /* bytes: a box item; replica: whom it is for */
  SL_ENTRY_ASIDE = 3,   /* a segment item of another history of its device: no head; read by everybody */
  SL_ENTRY_PIECE = 4,   /* a piece item of a snapshot, before the first segments; replica: whose log it came from */
} SlEntryKind;
typedef struct {
  guint64 number;       /* given by the append; not read by it */
  SlEntryKind kind;
  SlId replica;         /* whose operations; whom a box is for */
  guint64 first_seq, last_seq;
  SlHash head;          /* h (last_seq) */
  GBytes *bytes;
} SlEntry;
void sl_entry_clear (SlEntry *entry);
#define SL_ENTRY_MAX_BYTES (64 * 1024 * 1024)
/* One append. PostgreSQL takes no value beyond 1 GiB; this is far below it and above any request's body. */
#define SL_APPEND_MAX_BYTES (4 * SL_ENTRY_MAX_BYTES)
#define SL_APPEND_MAX_ENTRIES 100000
/* Appends all of them behind number expected, or none where the log ends elsewhere by now: *out_appended FALSE.
 * *out_head says where it ends. Tells who waits, before it returns. BAD_INPUT: beyond the limits, or an empty entry. */
gboolean sl_log_store_append (SlLogStore *store, const SlId *tenant, guint64 expected, const SlEntry *entries,
                              guint n_entries, gboolean *out_appended, guint64 *out_head,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Entries behind number after, in order, until max_bytes are full (at least one). (transfer full) of SlEntry.
 * box_for (nullable): only boxes for this device; none: no boxes; NULL: all. not_of (nullable): no segments of this
 * device. *out_last: to come with next, entries that were left out counted as read (the head at the end of the log).
 * *out_more: others are behind it. An after beyond the head gives nothing, and *out_last is the head. */
GArray *sl_log_store_read (SlLogStore *store, const SlId *tenant, guint64 after, const SlId *box_for,
                           const SlId *not_of, guint64 max_bytes, guint64 *out_last, gboolean *out_more,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Where each chain ends in the log: (element-type SlEntry) without bytes; of each device the segment with the highest
 * last_seq, the first of those. */
GArray *sl_log_store_heads (SlLogStore *store, const SlId *tenant, guint64 *out_head,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A member was erased: boxes up to number go, from the rows and from the files. BUSY: the rows are gone, but a file
 * that somebody reads still has them; again later. */
gboolean sl_log_store_drop_boxes (SlLogStore *store, const SlId *tenant, guint64 up_to,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* News: called from any thread when a log has grown, here or in another process. May tell too often, and of anything
 * (tenant none) after a reconnection. Set once, before other threads use the store; it may call the store, but not
 * close it. */
typedef void (*SlLogNewsFunc) (const SlId *tenant, guint64 head, gpointer user_data);
void sl_log_store_set_news (SlLogStore *store, SlLogNewsFunc func, gpointer user_data);

/* --- pairing codes: kept as hashes, good once --- */
gboolean sl_log_store_add_code (SlLogStore *store, const SlId *tenant, const SlHash *code, gint64 expires_ms,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Takes it for request, or again for the same request: *out_tenant; none where it is unknown, spent by another request,
 * or past its time. */
gboolean sl_log_store_take_code (SlLogStore *store, const SlHash *code, const guint8 request[16], gint64 now_ms,
                                 SlId *out_tenant, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whose it is, spent or not, and nothing changes: *out_tenant as above. */
gboolean sl_log_store_find_code (SlLogStore *store, const SlHash *code, gint64 now_ms, SlId *out_tenant,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* How long a nonce is remembered: `created` may be two minutes ahead when it comes first, and two minutes behind when
 * it comes again. The rest is for the clocks of several hub processes. */
#define SL_NONCE_KEPT_MS (5 * 60 * 1000)
/* A nonce, over all hub processes. *out_fresh FALSE: seen within the window. Need not outlive a power cut. */
gboolean sl_log_store_take_nonce (SlLogStore *store, const SlId *replica, const guint8 nonce[16], gint64 now_ms,
                                  gboolean *out_fresh, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A round trip to the store: for /health and the watchdog. */
gboolean sl_log_store_check (SlLogStore *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
