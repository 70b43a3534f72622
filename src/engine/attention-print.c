/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-attention-print"

#include "engine/attention-private.h"
#include "engine/print-queue-private.h"

/* Paper: what this device's printers were cut off at, and what could not be made. Somebody looks whether it came out,
 * and says so (sl_print_queue_say()): then it is gone from here. */

static gboolean
add_jobs (SlAttention *self, SlPrintState state, SlAttentionKind kind, GError **error)
{
  g_autoptr (GPtrArray) jobs = sl_print_read (self->engine, NULL, state, error);
  for (guint i = 0; jobs != NULL && i < jobs->len; i++)
    {
      const SlPrintJob *job = jobs->pdata[i];
      SlAttentionItem *item = sl_attention_item_new (kind, job->changed_ms);
      SlId attempt;
      sl_id_derive (&job->id, (guint64) job->attempts, 0, &attempt);
      sl_attention_item_decide (item, "print", &job->id);
      sl_attention_item_decide (item, "operation", &attempt); /* once more is another matter */
      sl_attention_item_tell (item, "thing", &job->subject_id);
      sl_attention_item_tell (item, "member", &job->member_id);
      item->device = g_strdup (job->printer);
      item->reason = g_strdup (job->problem);
      if (!sl_attention_add (self, item, error))
        return FALSE;
    }
  return jobs != NULL;
}

/* sl_attention_of_printing: see the header. */
gboolean
sl_attention_of_printing (SlAttention *self, GError **error)
{
  return add_jobs (self, SL_PRINT_UNCERTAIN, SL_ATTENTION_PRINT_UNCERTAIN, error)
         && add_jobs (self, SL_PRINT_FAILED, SL_ATTENTION_PRINT_FAILED, error);
}
