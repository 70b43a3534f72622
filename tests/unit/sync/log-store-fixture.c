/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-log-store-fixture"

#include "log-store-fixture.h"

#include "core/error.h"

#include <string.h>

#define AWAY_WAIT_US (20 * 1000)
#define AWAY_MAX_US (G_GINT64_CONSTANT (120) * G_USEC_PER_SEC)

SlId
fixture_device (guint8 device)
{
  SlId id = { { 0xde, device } };
  return id;
}

SlEntry
fixture_entry (guint8 device, guint64 seq, gsize length)
{
  g_autofree char *text = g_strdup_printf ("%u/%" G_GUINT64_FORMAT "/", device, seq);
  guint8 *bytes = g_malloc (length);
  memset (bytes, device, length);
  memcpy (bytes, text, MIN (strlen (text), length));
  SlEntry entry = { .kind = SL_ENTRY_SEGMENT,
                    .replica = fixture_device (device),
                    .first_seq = seq,
                    .last_seq = seq,
                    .bytes = g_bytes_new_take (bytes, length) };
  memset (entry.head.bytes, (int) (seq & 0xff), sizeof entry.head.bytes);
  return entry;
}

SlEntry
fixture_box (guint8 device, const char *text)
{
  return (SlEntry){ .kind = SL_ENTRY_BOX,
                    .replica = fixture_device (device),
                    .bytes = g_bytes_new (text, strlen (text)) };
}

SlId
fixture_tenant (SlLogStore *store, const char *name)
{
  g_autoptr (GError) error = NULL;
  SlId id = sl_id_none;
  gboolean added = sl_log_store_add_tenant (store, name, &id, &error);
  g_assert_no_error (error);
  g_assert_true (added);
  g_assert_false (sl_id_is_none (&id));
  return id;
}

void
fixture_append (SlLogStore *store, const SlId *tenant, guint64 expected, const SlEntry *entries, guint n_entries)
{
  g_autoptr (GError) error = NULL;
  gboolean appended;
  guint64 head;
  gboolean answered
      = sl_log_store_append (store, tenant, expected, entries, n_entries, &appended, &head, &error);
  g_assert_no_error (error);
  g_assert_true (answered);
  g_assert_true (appended);
  g_assert_cmpuint (head, ==, expected + n_entries);
}

/* After an answer that did not come: is the log's last entry of this device that one? */
static gboolean
find_out (FixtureWriter *writer, guint64 seq, gboolean *out_there, guint64 *out_head)
{
  g_autoptr (GError) error = NULL;
  SlId device = fixture_device (writer->device);
  g_autoptr (GArray) heads = sl_log_store_heads (writer->store, &writer->tenant, out_head, &error);
  if (heads == NULL)
    {
      g_assert_error (error, SL_ERROR, SL_ERROR_BUSY);
      return FALSE;
    }
  *out_there = FALSE;
  for (guint i = 0; i < heads->len; i++)
    {
      const SlEntry *entry = &g_array_index (heads, SlEntry, i);
      *out_there = *out_there || (sl_id_equal (&entry->replica, &device) && entry->last_seq == seq);
    }
  return TRUE;
}

static gboolean
append_one (FixtureWriter *writer, guint64 seq, guint64 *head)
{
  g_autoptr (GError) error = NULL;
  gboolean appended, there = FALSE;
  SlEntry entry = fixture_entry (writer->device, seq, 100 + seq % 50);
  gboolean answered
      = sl_log_store_append (writer->store, &writer->tenant, *head, &entry, 1, &appended, head, &error);
  sl_entry_clear (&entry);
  if (answered)
    {
      /* A first try whose answer was lost may have moved the head. */
      if (!appended && writer->busy > 0 && find_out (writer, seq, &there, head))
        return there;
      return appended;
    }
  g_assert_error (error, SL_ERROR, SL_ERROR_BUSY);
  writer->busy++;
  gint64 end_us = g_get_monotonic_time () + AWAY_MAX_US;
  while (!find_out (writer, seq, &there, head))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      g_usleep (AWAY_WAIT_US);
    }
  return there;
}

gpointer
fixture_write (gpointer data)
{
  FixtureWriter *writer = data;
  guint64 head = 0;
  for (guint64 seq = 1; seq <= writer->n_entries; seq++)
    {
      while (!append_one (writer, seq, &head))
        ;
      g_atomic_int_inc (&writer->appended);
    }
  return NULL;
}

GArray *
fixture_read_all (SlLogStore *store, const SlId *tenant, guint64 max_bytes)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (SlEntry));
  g_array_set_clear_func (all, (GDestroyNotify) sl_entry_clear);
  guint64 after = 0;
  gboolean more = TRUE;
  while (more)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GArray) entries
          = sl_log_store_read (store, tenant, after, NULL, NULL, max_bytes, &after, &more, &error);
      g_assert_no_error (error);
      g_assert_true (!more || entries->len > 0);
      for (guint i = 0; i < entries->len; i++)
        {
          SlEntry entry = g_array_index (entries, SlEntry, i);
          g_bytes_ref (entry.bytes);
          g_array_append_val (all, entry);
        }
    }
  return all;
}

void
fixture_check_log (SlLogStore *store, const SlId *tenant, guint n_devices, guint n_each)
{
  g_autoptr (GArray) all = fixture_read_all (store, tenant, 64 * 1024);
  g_autofree guint64 *seqs = g_new0 (guint64, n_devices + 1);
  g_assert_cmpuint (all->len, ==, n_devices * n_each);
  for (guint i = 0; i < all->len; i++)
    {
      const SlEntry *entry = &g_array_index (all, SlEntry, i);
      guint8 device = entry->replica.bytes[1];
      SlEntry expected = fixture_entry (device, entry->last_seq, 100 + entry->last_seq % 50);
      g_assert_cmpuint (entry->number, ==, i + 1);
      g_assert_cmpuint (device, <=, n_devices);
      g_assert_cmpuint (entry->last_seq, ==, ++seqs[device]);
      g_assert_true (g_bytes_equal (entry->bytes, expected.bytes));
      g_assert_true (sl_hash_equal (&entry->head, &expected.head));
      sl_entry_clear (&expected);
    }
}
