/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-hub-body"

#include "hub/hub-private.h"

#include "core/error.h"

/* sl_hub_body_clear: (nullable): frees what it holds. */
void
sl_hub_body_clear (SlHubBody *body)
{
  if (body == NULL)
    return;
  sl_stream_header_clear (&body->header);
  sl_exchange_item_clear (&body->item);
  g_clear_pointer (&body->segments, g_ptr_array_unref);
  g_clear_pointer (&body->boxes, g_ptr_array_unref);
}

static void
segment_free (gpointer segment)
{
  sl_segment_clear (segment);
  g_free (segment);
}

static void
item_free (gpointer item)
{
  sl_stream_item_clear (item);
  g_free (item);
}

/* What is of use moves out of item. */
static gboolean
keep_item (SlStreamItem *item, SlHubBody *out, gboolean *inout_has_exchange, GError **error)
{
  switch (item->type)
    {
    case SL_ITEM_HEADER:
      out->header = item->header;
      item->header = (SlStreamHeader){ .vector = NULL };
      return TRUE;
    case SL_ITEM_SEGMENT:
      g_ptr_array_add (out->segments, g_memdup2 (&item->segment, sizeof item->segment));
      item->segment = (SlSegment){ .operations = NULL };
      return TRUE;
    case SL_ITEM_BOX:
      g_ptr_array_add (out->boxes, g_memdup2 (item, sizeof *item));
      *item = (SlStreamItem){ .type = SL_ITEM_END };
      return TRUE;
    case SL_ITEM_EXCHANGE:
      if (!*inout_has_exchange)
        {
          *inout_has_exchange = TRUE;
          return sl_exchange_item_decode (item->exchange, FALSE, &out->item, error);
        }
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "two exchange items");
      return FALSE;
    case SL_ITEM_SNAPSHOT:
    case SL_ITEM_END:
    case SL_ITEM_UNKNOWN:
      break;
    }
  return TRUE;
}

static gboolean
read_items (GBytes *bytes, SlHubBody *out, GError **error)
{
  SlStreamBytes source = { .stream = bytes };
  g_autoptr (SlStreamReader) reader = sl_stream_reader_new (sl_stream_read_bytes, &source);
  gboolean has_exchange = FALSE;
  sl_stream_reader_limit (reader, SL_HUB_UNPACKED_MAX_BYTES);
  for (;;)
    {
      g_auto (SlStreamItem) item = { 0 };
      if (!sl_stream_reader_next (reader, &item, error))
        return FALSE;
      if (item.type == SL_ITEM_END)
        break;
      if (!keep_item (&item, out, &has_exchange, error))
        return FALSE;
    }
  if (!has_exchange)
    g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "no exchange item");
  return has_exchange;
}

/**
 * sl_hub_body_read:
 * @bytes: a request's body, from anybody
 * @out: (out caller-allocates): clear with sl_hub_body_clear(), whatever is returned
 * @out_message: (out) (transfer full): for people, where it is not %SL_SYNC_OK
 *
 * Returns: %SL_SYNC_OK, or why it is not taken at all
 */
SlSyncCode
sl_hub_body_read (GBytes *bytes, SlHubBody *out, char **out_message)
{
  g_autoptr (GError) failure = NULL;
  *out = (SlHubBody){ .segments = g_ptr_array_new_with_free_func (segment_free),
                      .boxes = g_ptr_array_new_with_free_func (item_free) };
  *out_message = NULL;
  if (read_items (bytes, out, &failure))
    return SL_SYNC_OK;
  *out_message = g_strdup (failure->message);
  return g_error_matches (failure, SL_ERROR, SL_ERROR_TOO_NEW) ? SL_SYNC_WRONG_VERSION : SL_SYNC_BAD_REQUEST;
}
