/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-two-agents"

#include "two-agents.h"

#include <string.h>

#include "core/error.h"
#include "engine/exchange.h"

#define ROUNDS_MAX 30

static SlSyncRequest *
copy_request (const SlSyncRequest *request)
{
  SlSyncRequest *copy = sl_sync_request_new (request->method, request->path, request->body);
  GHashTableIter iter;
  gpointer name, value;
  g_hash_table_iter_init (&iter, request->headers);
  while (g_hash_table_iter_next (&iter, &name, &value))
    g_hash_table_replace (copy->headers, g_strdup (name), g_strdup (value));
  return copy;
}

static void
change_body (SlSyncAnswer *answer)
{
  gsize length;
  g_autofree guint8 *bytes = g_memdup2 (g_bytes_get_data (answer->body, NULL), g_bytes_get_size (answer->body));
  length = g_bytes_get_size (answer->body);
  bytes[length / 2] ^= 1;
  g_bytes_unref (answer->body);
  answer->body = g_bytes_new (bytes, length);
}

static gboolean
send (gpointer user_data, const SlSyncRequest *request, SlSyncAnswer **out_answer, GError **error)
{
  Line *line = user_data;
  line->requests++;
  g_clear_pointer (&line->last, sl_sync_request_free);
  line->last = copy_request (request);
  line->asker->now_ms += line->way_ms;
  line->answerer->now_ms += line->way_ms;
  if (line->cut)
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_OFFLINE, "the line is cut");
      return FALSE;
    }
  if (line->largest_bytes > 0 && g_bytes_get_size (request->body) > line->largest_bytes)
    *out_answer = sl_sync_answer_new_error (SL_SYNC_TOO_LARGE, "too much", 0);
  else
    *out_answer = sl_agent_answer (line->to, request);
  line->asker->now_ms += line->way_ms;
  line->answerer->now_ms += line->way_ms;
  if (line->change)
    change_body (*out_answer);
  if (!line->lost_answer)
    return TRUE;
  g_clear_pointer (out_answer, sl_sync_answer_free);
  g_set_error_literal (error, SL_ERROR, SL_ERROR_OFFLINE, "the answer is lost");
  return FALSE;
}

/* line_transport: what an agent sends over. */
SlTransport
line_transport (Line *line)
{
  return (SlTransport){ .send = send, .user_data = line };
}

/* two_open_seeded: b has joined by an invitation of a, which has not heard of it. Another seed, another studio. */
void
two_open_seeded (Two *two, guint64 seed)
{
  g_autofree char *name = g_strdup_printf ("Desk two of %" G_GUINT64_FORMAT, seed);
  desk_open_seeded (&two->a, seed);
  desk_join (&two->b, &two->a, name);
  two->agent_a = sl_agent_new (two->a.engine, &two->a.world.base);
  two->agent_b = sl_agent_new (two->b.engine, &two->b.world.base);
  two->line = (Line){ .to = two->agent_a, .asker = &two->b.world, .answerer = &two->a.world };
}

/* two_open: the studio of most tests. */
void
two_open (Two *two, gconstpointer data)
{
  two_open_seeded (two, 1);
}

/* two_close: ends both. */
void
two_close (Two *two, gconstpointer data)
{
  g_clear_pointer (&two->line.last, sl_sync_request_free);
  sl_agent_free (two->agent_a);
  sl_agent_free (two->agent_b);
  desk_close (&two->b, NULL);
  desk_close (&two->a, NULL);
}

/* desk_replica: its id. */
SlId
desk_replica (Desk *desk)
{
  SlId replica;
  sl_engine_get_replica (desk->engine, &replica);
  return replica;
}

/* desk_state: equal where everything is. */
char *
desk_state (Desk *desk)
{
  SlHash hash;
  g_autoptr (GArray) chains = NULL;
  g_autoptr (GError) failure = NULL;
  GString *text = g_string_new (NULL);
  g_assert_true (sl_exchange_state (desk->engine, &hash, &chains, &failure));
  g_assert_no_error (failure);
  for (guint i = 0; i < SL_HASH_BYTES; i++)
    g_string_append_printf (text, "%02x", hash.bytes[i]);
  return g_string_free (text, FALSE);
}

/* two_exchange: of which something must come. */
void
two_exchange (Two *two, SlAgentResult *out)
{
  SlTransport transport = line_transport (&two->line);
  SlId a = desk_replica (&two->a);
  g_autoptr (GError) failure = NULL;
  g_assert_true (sl_agent_exchange_peer (two->agent_b, &a, &transport, NULL, out, &failure));
  g_assert_no_error (failure);
}

/* two_settle: that it comes to an end is part of the test. */
void
two_settle (Two *two)
{
  gboolean more = TRUE;
  for (guint i = 0; more; i++)
    {
      g_auto (SlAgentResult) result = { 0 };
      g_assert_cmpuint (i, <, ROUNDS_MAX);
      two_exchange (two, &result);
      g_assert_cmpstr (sl_sync_code_name (result.refused), ==, "ok");
      more = result.more;
    }
}
