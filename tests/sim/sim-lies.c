/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sim-lies"

#include "sim-hub.h"

#include <string.h>

#include "hub/hub-private.h"

/* A hub that lies: it has its own key, and those of nobody else. Each lie is a stream and an exchange item such as the
 * hub could write, under a good signature. */

static void
change_header (SimWorld *world, SlStreamHeader *header)
{
  switch (world->hub->lie)
    {
    case SIM_LIE_ORGANISATION:
      header->organisation.bytes[3] ^= 0x55;
      break;
    case SIM_LIE_SHORTER_PAST:
      g_array_set_size (header->vector, header->vector->len / 2);
      break;
    case SIM_LIE_MORE:
      for (guint i = 0; i < header->vector->len; i++)
        g_array_index (header->vector, SlVectorEntry, i).seq += 3;
      break;
    default:
      break;
    }
}

static GBytes *
change_item (SimWorld *world, GBytes *bytes)
{
  g_auto (SlExchangeItem) item = { 0 };
  if (!sl_exchange_item_decode (bytes, TRUE, &item, NULL))
    g_error ("the hub's own item cannot be read");
  switch (world->hub->lie)
    {
    case SIM_LIE_EPOCH:
      item.epoch.bytes[5] ^= 0x55;
      break;
    case SIM_LIE_SHORTER_PAST:
      item.cursor /= 2;
      break;
    case SIM_LIE_CURSOR:
      item.cursor += 7;
      break;
    default:
      break;
    }
  return sl_exchange_item_encode (&item, TRUE);
}

/* Other bytes than those that the device has signed. */
static void
change_segment (SlSegment *segment)
{
  GBytes **last = (GBytes **) &segment->operations->pdata[segment->operations->len - 1];
  gsize length;
  guint8 *changed = g_memdup2 (g_bytes_get_data (*last, &length), g_bytes_get_size (*last));
  changed[length - 1] ^= 1;
  g_bytes_unref (*last);
  *last = g_bytes_new_take (changed, length);
}

static gboolean
write_item (SimWorld *world, SlStreamWriter *writer, SlStreamItem *item)
{
  gboolean leaves_out = world->hub->lie == SIM_LIE_SHORTER_PAST || world->hub->lie == SIM_LIE_CURSOR;
  switch (item->type)
    {
    case SL_ITEM_HEADER:
      change_header (world, &item->header);
      return sl_stream_writer_header (writer, &item->header, NULL);
    case SL_ITEM_EXCHANGE:
      {
        g_autoptr (GBytes) changed = change_item (world, item->exchange);
        return sl_stream_writer_item (writer, changed, NULL);
      }
    case SL_ITEM_SEGMENT:
      if (leaves_out)
        return TRUE;
      if (world->hub->lie == SIM_LIE_CHANGED)
        change_segment (&item->segment);
      return sl_stream_writer_segment (writer, &item->segment, NULL);
    case SL_ITEM_BOX:
      return leaves_out || sl_stream_writer_box (writer, &item->box_for, item->box, NULL);
    case SL_ITEM_END:
      return sl_stream_writer_finish (writer, NULL);
    default:
      return TRUE;
    }
}

static GBytes *
change_stream (SimWorld *world, GBytes *stream)
{
  SlStreamBytes source = { .stream = stream };
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (SlStreamReader) reader = sl_stream_reader_new (sl_stream_read_bytes, &source);
  g_autoptr (SlStreamWriter) writer = sl_stream_writer_new (sl_stream_append_bytes, out);
  SlItemType type = SL_ITEM_UNKNOWN;
  while (type != SL_ITEM_END)
    {
      g_auto (SlStreamItem) item = { 0 };
      if (!sl_stream_reader_next (reader, &item, NULL) || !write_item (world, writer, &item))
        g_error ("the hub's own answer cannot be read");
      type = item.type;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

static void
sign_with_key (gpointer user_data, const void *message, gsize length, guint8 out_signature[SL_SIGNATURE_BYTES])
{
  sl_sign (user_data, message, length, out_signature);
}

static gboolean
is_exchange (const char *path)
{
  return g_str_equal (path, "/v1/sync") || g_str_equal (path, "/v1/rights");
}

/* sim_lie: (transfer full): what it says instead of answer. */
SlSyncAnswer *
sim_lie (SimWorld *world, const SlSyncRequest *request, SlSyncAnswer *answer)
{
  SlHubTenant *tenant;
  gint64 time_ms;
  if (answer->code != SL_SYNC_OK || !is_exchange (request->path)
      || !sl_hub_tenant_find (world->hub->programs[0], &world->hub->tenant, &tenant, NULL) || tenant == NULL
      || tenant->row == NULL)
    return answer;
  SlSyncSigner signer = { .replica = tenant->row->replica, .sign = sign_with_key, .user_data = &tenant->key };
  memcpy (signer.public_key, tenant->key.public_key, SL_SIGN_PUBLIC_BYTES);
  if (sl_sync_answer_check (answer, request, signer.public_key, &time_ms) != SL_SYNC_OK)
    return answer; /* the other program is an epoch ahead */
  g_autoptr (GBytes) body = change_stream (world, answer->body);
  SlSyncAnswer *lie = sl_sync_answer_new (SL_SYNC_STREAM_TYPE, body);
  sl_sync_sign_answer (lie, request, &signer, time_ms);
  sl_sync_answer_free (answer);
  world->hub->lies_left--;
  sim_tell (world, "      the hub lies: %d", world->hub->lie);
  return lie;
}
