/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/attention.h"
#include "engine/claim-queries.h"

/* Inside the engine room: how the parts of "Needs attention" collect. Each query is bounded by the days ahead, the days
 * kept, or what is rare. */

/* What is older has been left as it is: three times the silence after which a device is listed itself. */
#define SL_ATTENTION_KEPT_DAYS 92
#define SL_ATTENTION_SILENT_DAYS 30

typedef struct {
  SlEngine *engine;
  gint64 now_ms;
  GPtrArray *items; /* (element-type SlAttentionItem) */
} SlAttention;

SlAttentionItem *sl_attention_item_new (SlAttentionKind kind, gint64 at_ms);
void sl_attention_item_decide (SlAttentionItem *item, const char *role, const SlId *id);
void sl_attention_item_tell (SlAttentionItem *item, const char *role, const SlId *id);
/* Takes the item; leaves it out where it has been settled. */
gboolean sl_attention_add (SlAttention *self, SlAttentionItem *item, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_attention_is_settled (SlEngine *engine, SlAttentionKind kind, const SlId *entity, gboolean *out,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean sl_attention_of_bookings (SlAttention *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_attention_of_studio (SlAttention *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_attention_of_plans (SlAttention *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_attention_of_devices (SlAttention *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean sl_attention_of_printing (SlAttention *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Of one booking, as it is shown. words: (element-type utf8) */
gboolean sl_attention_of_booking (SlEngine *engine, const SlClaim *claim, gint64 now_ms, GPtrArray *words,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
