/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-calls"

#include "desk-calls.h"

#include "text-fill.h"

#include "core/datetime.h"

#include <glib/gi18n-lib.h>

#define CALLS_KEY "sl-desk-calls"

typedef struct {
  GPtrArray *calls;   /* (element-type SlCall): as the engine said last; the last one first */
  GHashTable *known;  /* (element-type SlId): set: rung for, here or where they were made */
  GHashTable *taken;  /* (element-type SlId): set: seen to here, and not yet gone from the disk */
  gboolean was_read;
  gboolean is_reading, is_stale;
  guint n_told;       /* how many waited when "calls-changed" told last */
} Calls;

static void
calls_free (gpointer data)
{
  Calls *calls = data;

  g_ptr_array_unref (calls->calls);
  g_hash_table_unref (calls->known);
  g_hash_table_unref (calls->taken);
  g_free (calls);
}

static GHashTable *
ids_new (void)
{
  return g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, NULL);
}

static void
ids_add (GHashTable *ids, const SlId *id)
{
  g_hash_table_add (ids, g_memdup2 (id, sizeof *id));
}

/* --- what the engine says --- */

typedef struct {
  SlDesk *desk;
  GPtrArray *calls; /* (nullable) */
} Reading;

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  g_clear_pointer (&reading->calls, g_ptr_array_unref);
  g_object_unref (reading->desk);
  g_free (reading);
}

static gboolean
read_calls (SlEngine *engine, gpointer data, gboolean *out_wrote, GError **error)
{
  Reading *reading = data;

  reading->calls = sl_call_list (engine, error);
  return reading->calls != NULL;
}

static Calls *calls_of (SlDesk *desk);
static void read_again (SlDesk *desk, Calls *calls);

static void
tell (SlDesk *desk, Calls *calls, gboolean is_anew)
{
  g_autoptr (GPtrArray) list = sl_desk_list_calls (desk);

  calls->n_told = list->len;
  g_signal_emit_by_name (desk, "calls-changed", is_anew);
}

static gboolean
is_listed (const GPtrArray *calls, const SlId *id)
{
  for (guint i = 0; i < calls->len; i++)
    if (sl_id_equal (&((const SlCall *) calls->pdata[i])->id, id))
      return TRUE;
  return FALSE;
}

static gboolean
is_same_list (const GPtrArray *a, const GPtrArray *b)
{
  for (guint i = 0; a->len == b->len && i < a->len; i++)
    if (!sl_id_equal (&((const SlCall *) a->pdata[i])->id, &((const SlCall *) b->pdata[i])->id))
      return FALSE;
  return a->len == b->len;
}

static gboolean
is_gone (gpointer id, gpointer value, gpointer calls)
{
  return !is_listed (calls, id);
}

/* Takes list. Those that were there before this process was have been rung for. */
static void
keep_list (SlDesk *desk, Calls *calls, GPtrArray *list)
{
  gboolean is_other = !is_same_list (calls->calls, list), is_anew = FALSE;

  g_ptr_array_unref (calls->calls);
  calls->calls = list;
  for (guint i = 0; i < list->len; i++)
    {
      const SlId *id = &((const SlCall *) list->pdata[i])->id;

      if (g_hash_table_contains (calls->known, id))
        continue;
      ids_add (calls->known, id);
      is_anew = calls->was_read;
    }
  calls->was_read = TRUE;
  g_hash_table_foreach_remove (calls->known, is_gone, list);
  g_hash_table_foreach_remove (calls->taken, is_gone, list);
  if (is_other)
    tell (desk, calls, is_anew);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Reading *reading = user_data;
  g_autoptr (SlDesk) desk = g_object_ref (reading->desk);
  Calls *calls = calls_of (desk);
  g_autoptr (GError) error = NULL;

  calls->is_reading = FALSE;
  if (sl_door_run_finish (SL_DOOR (source), result, &error))
    keep_list (desk, calls, g_steal_pointer (&reading->calls));
  else
    g_debug ("Who waits could not be read: %s", error->message);
  if (calls->is_stale)
    read_again (desk, calls);
}

/* Anybody may: nobody is signed in where it says that somebody waits. */
static void
read_again (SlDesk *desk, Calls *calls)
{
  Reading *reading;

  calls->is_stale = calls->is_reading;
  if (calls->is_reading)
    return;
  calls->is_reading = TRUE;
  reading = g_new0 (Reading, 1);
  reading->desk = g_object_ref (desk);
  sl_door_run_async (sl_desk_get_door (desk), read_calls, reading, reading_free, NULL, on_read, reading);
}

static void
on_changed (SlDesk *desk)
{
  read_again (desk, calls_of (desk));
}

static Calls *
calls_of (SlDesk *desk)
{
  Calls *calls = g_object_get_data (G_OBJECT (desk), CALLS_KEY);

  if (calls != NULL)
    return calls;
  calls = g_new0 (Calls, 1);
  calls->calls = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_call_free);
  calls->known = ids_new ();
  calls->taken = ids_new ();
  g_object_set_data_full (G_OBJECT (desk), CALLS_KEY, calls, calls_free);
  g_signal_connect (desk, "changed", G_CALLBACK (on_changed), NULL);
  g_signal_connect_object (sl_desk_get_door (desk), "state-changed", G_CALLBACK (on_changed), desk, G_CONNECT_SWAPPED);
  read_again (desk, calls);
  return calls;
}

/* --- somebody calls --- */

typedef struct {
  SlDesk *desk;
  SlRefusalCode why;
  SlId member, id;
} Calling;

static void
calling_free (gpointer data)
{
  g_object_unref (((Calling *) data)->desk);
  g_free (data);
}

static gboolean
add_call (SlEngine *engine, gpointer data, gboolean *out_wrote, GError **error)
{
  Calling *calling = data;
  g_auto (SlActor) device = { 0 };

  sl_actor_init_device (&device);
  *out_wrote = sl_call_add (engine, &device, calling->why, &calling->member, &calling->id, error);
  return *out_wrote;
}

/* Before the list with it is read: whoever asked for it has rung. */
static void
on_called (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Calling *calling = user_data;
  g_autoptr (GError) error = NULL;

  if (sl_door_run_finish (SL_DOOR (source), result, &error))
    ids_add (calls_of (calling->desk)->known, &calling->id);
  else
    g_warning ("Reception cannot be told who waits: %s", error->message);
}

/**
 * sl_desk_call:
 * @desk: reception
 * @why: what the door has said to them
 * @member: (nullable): who it is
 *
 * Somebody at the members' side wants reception. Whoever calls this rings for it, too.
 */
void
sl_desk_call (SlDesk *desk, SlRefusalCode why, const SlId *member)
{
  Calling *calling;

  g_return_if_fail (SL_IS_DESK (desk));
  (void) calls_of (desk); /* what was there before this one */
  calling = g_new0 (Calling, 1);
  *calling = (Calling) { .desk = g_object_ref (desk), .why = why, .member = member != NULL ? *member : sl_id_none };
  sl_door_run_async (sl_desk_get_door (desk), add_call, calling, calling_free, NULL, on_called, calling);
}

/* --- who waits --- */

/**
 * sl_desk_calls_look:
 * @desk: reception
 *
 * From time to time: hears of those who call, and of those who have waited so long that they have gone.
 */
void
sl_desk_calls_look (SlDesk *desk)
{
  g_return_if_fail (SL_IS_DESK (desk));
  Calls *calls = calls_of (desk);
  g_autoptr (GPtrArray) list = sl_desk_list_calls (desk);

  if (list->len != calls->n_told)
    tell (desk, calls, FALSE);
}

/**
 * sl_desk_list_calls:
 * @desk: reception
 *
 * Returns: (transfer container) (element-type SlCall): who still waits, the last one first; the calls are the desk's,
 * until "calls-changed"
 */
GPtrArray *
sl_desk_list_calls (SlDesk *desk)
{
  GPtrArray *list = g_ptr_array_new ();
  gint64 since_ms;
  Calls *calls;

  g_return_val_if_fail (SL_IS_DESK (desk), list);
  calls = calls_of (desk);
  since_ms = sl_desk_get_now_ms (desk) - SL_CALL_MINUTES * SL_MINUTE_MS;
  for (guint i = 0; i < calls->calls->len; i++)
    {
      SlCall *call = calls->calls->pdata[i];

      if (call->at_ms >= since_ms && !g_hash_table_contains (calls->taken, &call->id))
        g_ptr_array_add (list, call);
    }
  return list;
}

/**
 * sl_desk_calls_words:
 * @desk: reception
 *
 * Returns: (transfer full) (nullable): that somebody waits, for a screen that anybody may read; %NULL: nobody does
 */
char *
sl_desk_calls_words (SlDesk *desk)
{
  g_autoptr (GPtrArray) calls = sl_desk_list_calls (desk);
  g_autofree char *number = g_strdup_printf ("%u", calls->len);

  if (calls->len == 0)
    return NULL;
  /* Translators: on reception's locked screen: somebody at the members' side has asked for reception */
  return sl_text_fill (g_dngettext (GETTEXT_PACKAGE, "Somebody waits at the door", "{n} people wait at the door",
                                    calls->len),
                       "n", number, NULL);
}

static gboolean
take_call (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result, SlRefusal *out_refusal,
           GError **error)
{
  return sl_call_take (engine, actor, request, error);
}

static void
on_taken (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  SlDesk *desk = SL_DESK (owner);
  Calls *calls = calls_of (desk);

  if (error == NULL && refusal->code == SL_REFUSAL_NONE)
    return;
  g_hash_table_remove_all (calls->taken);
  tell (desk, calls, FALSE);
  sl_desk_say_outcome (desk, refusal, error);
}

/**
 * sl_desk_take_call:
 * @desk: reception, somebody signed in
 * @id: of a call; one that has gone is no matter
 *
 * Somebody sees to them: no desk shows it any more.
 */
void
sl_desk_take_call (SlDesk *desk, const SlId *id)
{
  g_return_if_fail (SL_IS_DESK (desk) && id != NULL);
  ids_add (calls_of (desk)->taken, id); /* at once: a second tap is meant for the next one */
  sl_desk_run (desk, G_OBJECT (desk), &(SlDeskJob) { .work = take_call, .request = g_memdup2 (id, sizeof *id),
               .free_request = g_free, .writes = TRUE, .done = on_taken });
  tell (desk, calls_of (desk), FALSE);
}
