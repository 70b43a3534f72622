/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sim-transport"

#include "sim-actions.h"
#include "sim-wire.h"

#include <glib/gstdio.h>
#include <string.h>

#include "engine/exchange.h"
#include "oplog/snapshot.h"

/* How operations get about: exports as files, told to one that listens, sent and delivered late, twice, out of order or
 * never, or carried on a stick. */

static void
add_since (SimWorld *world, SimDevice *reader, GHashTable *since)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) chains = sl_oplog_chains (sim_log (reader), &error);
  if (chains == NULL)
    {
      sim_violate (world, "device %u: its chains cannot be read: %s", reader->index, error->message);
      return;
    }
  for (guint i = 0; i < chains->len; i++)
    {
      const SlChainInfo *info = &g_array_index (chains, SlChainInfo, i);
      g_hash_table_insert (since, sl_id_copy (&info->replica),
                           g_memdup2 (&info->head_seq, sizeof info->head_seq));
    }
}

typedef enum { LINES, SEGMENTS } Form;

/* reader (nullable): whose gaps it fills; NULL: the whole log */
static char *
write_export (SimWorld *world, SimDevice *from, SimDevice *reader, Form form)
{
  g_autofree char *file = sim_file (world, "export");
  g_autoptr (GHashTable) since = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, g_free);
  SlExportResult result;
  SlSyncWritten written;
  gboolean as_lines = form == LINES;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (reader != NULL && !world->cloned) /* numbers alone do not say which history somebody has */
    add_since (world, reader, since);
  gboolean decided = as_lines ? sl_exchange_export (from->engine, &from->owner, file, since, FALSE, &result, &refusal,
                                                    &error)
                              : sl_exchange_sync_export (from->engine, &from->owner, file, since, &written, &refusal,
                                                         &error);
  if (!sim_came (world, "export", decided, &refusal, error))
    return NULL;
  sim_observe (world, from);
  return g_steal_pointer (&file);
}

static gboolean
is_lines (const char *file)
{
  FILE *in = fopen (file, "re");
  gboolean lines = in != NULL && fgetc (in) == '{';
  if (in != NULL)
    (void) fclose (in);
  return lines;
}

/* sim_import: with the lemma before and after it. */
gboolean
sim_import (SimWorld *world, SimDevice *device, const char *file, gboolean damaged)
{
  SimHolding *before = world->fault ? NULL : sim_holding_new (world, device);
  SlImportResult result = { 0 };
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  gboolean decided = is_lines (file)
                         ? sl_exchange_import (device->engine, &device->owner, file, &result, &refusal, &error)
                         : sl_exchange_sync_import (device->engine, &device->owner, file, &result, &refusal, &error);
  world->stats[SIM_STAT_IMPORTS]++;
  for (guint i = 0; decided && i < result.quarantined->len; i++)
    {
      const SlQuarantined *one = &g_array_index (result.quarantined, SlQuarantined, i);
      /* beyond a cut, for review; waiting for what justifies it: in the end nothing may. Of clones: a piece of another
       * history without its beginning can as well be a changed one of the first */
      if ((world->cloned
           && (damaged || g_str_equal (one->reason, "fork") || g_str_equal (one->reason, "bad_signature")))
          || g_str_equal (one->reason, "revoked") || g_str_equal (one->reason, "no_rights"))
        continue;
      sim_violate (world, "device %u quarantines operation %" G_GUINT64_FORMAT " of %s: %s", device->index, one->seq,
                   sim_name (&one->replica), one->reason);
    }
  if (decided && world->trace != NULL)
    sim_tell (world, "    device %u takes %" G_GUINT64_FORMAT " new operations, %" G_GUINT64_FORMAT " wait",
              device->index, result.new_operations, result.waiting);
  sl_import_result_clear (&result);
  if (damaged && g_error_matches (error, SL_ERROR, SL_ERROR_BAD_INPUT))
    {
      sim_tell (world, "    import: %s", error->message);
      g_clear_error (&error);
      decided = TRUE;
    }
  gboolean done = sim_came (world, "import", decided, &refusal, error);
  sim_observe (world, device);
  if (done && before != NULL)
    sim_holding_check_grown (world, device, before);
  if (before != NULL)
    sim_holding_free (before);
  if (!world->fault)
    sim_check (world, device);
  return done && world->violation == NULL;
}

/* sim_give: see the header. */
gboolean
sim_give (SimWorld *world, SimDevice *from, SimDevice *to)
{
  Form form = world->healing && from->index % 2 != 0 ? SEGMENTS : LINES;
  g_autofree char *file = write_export (world, from, to, form);
  gboolean done = file != NULL && sim_import (world, to, file, FALSE);
  if (file != NULL)
    (void) g_unlink (file);
  return done;
}

static gpointer
link_key (guint from, guint to)
{
  return GUINT_TO_POINTER (from * SIM_DEVICES_MAX + to + 1);
}

/* sim_is_cut: see the header. */
gboolean
sim_is_cut (SimWorld *world, guint from, guint to)
{
  return g_hash_table_contains (world->cut_links, link_key (from, to));
}

/* sim_do_exchange: over the network; now and then by a file that one of them, or both, take at once. */
void
sim_do_exchange (SimWorld *world, SimDevice *device, const guint32 r[3])
{
  SimDevice *other = sim_device_runs (device) ? sim_partner (world, device, r[0]) : NULL;
  if (other == NULL)
    return;
  sim_tell (world, "    to device %u", other->index);
  if (other->is_hub || (!world->by_files && r[2] % 8 != 0 && !sl_id_equal (&device->replica, &other->replica)))
    {
      (void) sim_wire_exchange (world, device, other, (guint64) r[1] << 32 | r[2], NULL);
      return;
    }
  if (sim_is_cut (world, device->index, other->index))
    return;
  (void) sim_give (world, device, other);
  if (world->violation == NULL && r[1] % 4 == 0 && !sim_is_cut (world, other->index, device->index))
    (void) sim_give (world, other, device);
}

/* Some lines are lost, some come twice, and in any order; the first says whose log it is. */
static void
mangle (const char *file, const guint32 r[3])
{
  g_autofree char *text = NULL;
  guint64 state = (guint64) r[1] << 32 | r[2];
  if (!g_file_get_contents (file, &text, NULL, NULL))
    return;
  g_strchomp (text);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GString) out = g_string_new (lines[0]);
  guint n = g_strv_length (lines);
  g_string_append_c (out, '\n');
  for (guint i = n; i > 2; i--)
    {
      guint j = 1 + (guint) (sim_random (&state) % (i - 1));
      char *swap = lines[i - 1];
      lines[i - 1] = lines[j];
      lines[j] = swap;
    }
  for (guint i = 1; i < n; i++)
    {
      guint copies = sim_random (&state) % 8 == 0 ? 0 : sim_random (&state) % 8 == 0 ? 2 : 1;
      for (guint copy = 0; copy < copies; copy++)
        g_string_append_printf (out, "%s\n", lines[i]);
    }
  (void) g_file_set_contents (file, out->str, (gssize) out->len, NULL);
}

static void
message_lost (SimMessage *message)
{
  (void) g_unlink (message->file);
  g_clear_pointer (&message->file, g_free);
}

/* A stick that was pulled out too early. */
static void
shorten (const char *file, guint32 r)
{
  g_autofree char *text = NULL;
  gsize length;
  if (g_file_get_contents (file, &text, &length, NULL))
    (void) g_file_set_contents (file, text, (gssize) (r % MAX (length, 1)), NULL);
}

/* sim_do_send: a message that may arrive late, or never. */
void
sim_do_send (SimWorld *world, SimDevice *device, const guint32 r[3])
{
  SimMessage message;
  SimDevice *other = sim_device_runs (device) ? sim_other_desk (world, device, r[0]) : NULL;
  if (other == NULL || world->messages->len >= SIM_MESSAGES_MAX)
    return;
  message.to = other->index;
  message.damaged = r[2] % 3 == 0;
  message.file = write_export (world, device, r[1] % 4 == 0 ? NULL : other, r[1] / 4 % 3 == 0 ? SEGMENTS : LINES);
  if (message.file == NULL)
    return;
  if (message.damaged && !is_lines (message.file))
    shorten (message.file, r[1]);
  else if (message.damaged)
    mangle (message.file, r);
  sim_tell (world, "    message %u to device %u", world->messages->len, message.to);
  if (sim_is_cut (world, device->index, message.to)) /* it gets lost on the way */
    message_lost (&message);
  else
    g_array_append_val (world->messages, message);
}

/* sim_do_deliver: any message that is on its way; some stay and come again. */
void
sim_do_deliver (SimWorld *world, SimDevice *device, const guint32 r[3])
{
  if (r[2] % 2 == 0)
    sim_wire_deliver (world, r[0]);
  if (world->messages->len == 0)
    return;
  guint which = r[0] % world->messages->len;
  SimMessage *message = &g_array_index (world->messages, SimMessage, which);
  SimDevice *to = &world->devices[message->to];
  if (sim_device_runs (to))
    {
      sim_tell (world, "    message %u to device %u", which, message->to);
      (void) sim_import (world, to, message->file, message->damaged);
    }
  if (r[1] % 3 == 0)
    return;
  (void) g_unlink (g_array_index (world->messages, SimMessage, which).file);
  g_array_remove_index (world->messages, which);
}

/* sim_do_drop: a message is lost. */
void
sim_do_drop (SimWorld *world, SimDevice *device, const guint32 r[3])
{
  if (world->messages->len == 0)
    return;
  guint which = r[0] % world->messages->len;
  world->acted = TRUE;
  (void) g_unlink (g_array_index (world->messages, SimMessage, which).file);
  g_array_remove_index (world->messages, which);
}

/* sim_do_cut: links break, each direction by itself, or all come back. */
void
sim_do_cut (SimWorld *world, SimDevice *device, const guint32 r[3])
{
  world->acted = TRUE;
  if (r[0] % 3 == 0)
    {
      g_hash_table_remove_all (world->cut_links);
      return;
    }
  for (guint i = 0; i < world->n_devices; i++)
    {
      if ((r[1] >> i & 1) == 0 || i == device->index)
        continue;
      g_hash_table_add (world->cut_links, link_key (device->index, i));
      if (r[0] % 3 == 1)
        g_hash_table_add (world->cut_links, link_key (i, device->index));
    }
}

/* sim_do_stick_write: all that a device holds, carried away. */
void
sim_do_stick_write (SimWorld *world, SimDevice *device, const guint32 r[3])
{
  char **stick = &world->sticks[r[0] % SIM_STICKS];
  if (!sim_device_runs (device))
    return;
  char *file = write_export (world, device, NULL, r[1] % 4 == 0 ? LINES : SEGMENTS);
  if (file == NULL)
    return;
  if (*stick != NULL)
    (void) g_unlink (*stick);
  g_free (*stick);
  *stick = file;
}

/* sim_do_stick_read: an old one as well, and the same one again. */
void
sim_do_stick_read (SimWorld *world, SimDevice *device, const guint32 r[3])
{
  const char *stick = world->sticks[r[0] % SIM_STICKS];
  if (sim_device_runs (device) && stick != NULL)
    (void) sim_import (world, device, stick, FALSE);
}

/* sim_do_snapshot: a whole state, for one that begins or lags. */
void
sim_do_snapshot (SimWorld *world, SimDevice *device, const guint32 r[3])
{
  SimDevice *other = sim_device_runs (device) ? sim_partner (world, device, r[0]) : NULL;
  g_auto (SlSnapshotInfo) info = { 0 };
  g_autofree char *file = sim_file (world, "snapshot");
  GError *error = NULL;
  gboolean loaded = FALSE;
  if (other == NULL || other->is_hub || world->cloned)
    return;
  gboolean written = sl_oplog_snapshot (sim_log (device), file, &info, &error);
  if (!sim_came (world, "snapshot", written, NULL, error))
    return;
  SimHolding *before = sim_holding_new (world, other);
  gboolean done = sl_oplog_load_snapshot (sim_log (other), file, &loaded, &error);
  (void) g_unlink (file);
  if (sim_came (world, "load_snapshot", done, NULL, error) && loaded)
    {
      world->folded = TRUE;
      world->stats[SIM_STAT_SNAPSHOTS]++;
      sim_tell (world, "    device %u has loaded the snapshot", other->index);
    }
  sim_observe (world, device);
  sim_observe (world, other);
  sim_holding_check_grown (world, other, before);
  sim_holding_free (before);
  sim_check (world, other);
}
