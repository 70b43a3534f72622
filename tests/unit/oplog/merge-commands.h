/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "merge-world.h"

/* What commands are made of. */

typedef gboolean (*MergeEmit) (MergeWorld *world, MergeDevice *device, const guint32 *r, GError **error);
void merge_command (MergeWorld *world, MergeDevice *device, const guint32 *r, MergeEmit emit); /* in a transaction */

#define MERGE_COMMAND(storage, name) \
  static gboolean emit_##name (MergeWorld *world, MergeDevice *device, const guint32 *r, GError **error); \
  storage void merge_do_##name (MergeWorld *world, MergeDevice *device, const guint32 *r) \
  { \
    merge_command (world, device, r, emit_##name); \
  } \
  static gboolean emit_##name (MergeWorld *world, MergeDevice *device, const guint32 *r, GError **error)

const SlId *merge_pick (const GArray *ids, guint32 r);
gboolean merge_made (GArray *ids, const SlId *id, gboolean written); /* gives written */
const SlId *merge_me (MergeDevice *device);
const SlId *merge_somebody (MergeWorld *world, MergeDevice *device, guint32 r);
gint64 merge_spots_of (MergeDevice *device, const SlId *session);
gint64 merge_credits_of (MergeDevice *device, const SlId *lot);
gint64 merge_ask (MergeDevice *device, const char *sql, const SlId *id);
gboolean merge_is_here (MergeDevice *device, const SlId *keeper); /* this device decides about its claims */
const SlId *merge_pick_session (MergeWorld *world, MergeDevice *device, guint32 r);
guint merge_spend_of (MergeWorld *world, MergeDevice *device, guint32 r, SlSpend *out); /* 0 or 1 */

/* merge-desk.c */
void merge_do_wait (MergeWorld *world, MergeDevice *device, const guint32 *r);
void merge_do_offer (MergeWorld *world, MergeDevice *device, const guint32 *r);
void merge_do_trust (MergeWorld *world, MergeDevice *device, const guint32 *r);
void merge_do_settle_trust (MergeWorld *world, MergeDevice *device, const guint32 *r);
void merge_do_lot_transfer (MergeWorld *world, MergeDevice *device, const guint32 *r);
void merge_do_leave (MergeWorld *world, MergeDevice *device, const guint32 *r);
void merge_do_row_add (MergeWorld *world, MergeDevice *device, const guint32 *r);
void merge_do_row_edit (MergeWorld *world, MergeDevice *device, const guint32 *r);
void merge_do_new_field (MergeWorld *world, MergeDevice *device, const guint32 *r);

/* merge-money.c */
void merge_do_payment (MergeWorld *world, MergeDevice *device, const guint32 *r);
void merge_do_sale (MergeWorld *world, MergeDevice *device, const guint32 *r);
void merge_do_outcome (MergeWorld *world, MergeDevice *device, const guint32 *r);
void merge_do_refund (MergeWorld *world, MergeDevice *device, const guint32 *r);
void merge_do_money_move (MergeWorld *world, MergeDevice *device, const guint32 *r);
void merge_do_voucher (MergeWorld *world, MergeDevice *device, const guint32 *r);
void merge_do_till (MergeWorld *world, MergeDevice *device, const guint32 *r);
void merge_do_grant (MergeWorld *world, MergeDevice *device, const guint32 *r);

/* merge-around.c */
void merge_do_program (MergeWorld *world, MergeDevice *device, const guint32 *r);
void merge_do_progress (MergeWorld *world, MergeDevice *device, const guint32 *r);
void merge_do_incident (MergeWorld *world, MergeDevice *device, const guint32 *r);
void merge_do_note (MergeWorld *world, MergeDevice *device, const guint32 *r);
void merge_do_sent (MergeWorld *world, MergeDevice *device, const guint32 *r);
void merge_do_template (MergeWorld *world, MergeDevice *device, const guint32 *r);
