/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-calls"

#include "desk-calls.h"

#include "core/datetime.h"

#define CALLS_KEY "sl-desk-calls"

typedef struct {
  GPtrArray *calls; /* (element-type SlDeskCall): the last one last */
  guint last_number;
} Calls;

static void
call_free (gpointer data)
{
  g_free (((SlDeskCall *) data)->who);
  g_free (data);
}

static void
calls_free (gpointer data)
{
  g_ptr_array_unref (((Calls *) data)->calls);
  g_free (data);
}

static Calls *
calls_of (SlDesk *desk)
{
  Calls *calls = g_object_get_data (G_OBJECT (desk), CALLS_KEY);

  if (calls != NULL)
    return calls;
  calls = g_new0 (Calls, 1);
  calls->calls = g_ptr_array_new_with_free_func (call_free);
  g_object_set_data_full (G_OBJECT (desk), CALLS_KEY, calls, calls_free);
  return calls;
}

/* Who calls again is one person still. */
static gboolean
is_same (const SlDeskCall *call, const char *who, const SlId *member)
{
  if (!sl_id_is_none (member) || !sl_id_is_none (&call->member))
    return sl_id_equal (&call->member, member);
  return g_strcmp0 (call->who, who) == 0;
}

static void
drop_call (SlDesk *desk, guint index)
{
  g_ptr_array_remove_index (calls_of (desk)->calls, index);
}

static void
tell_changed (SlDesk *desk)
{
  g_signal_emit_by_name (desk, "changed");
}

/**
 * sl_desk_call:
 * @desk: reception
 * @why: what the door has said to them
 * @who: (nullable): "Thandi N."
 * @member: (nullable): who it is
 *
 * Somebody at the members' side wants reception. Whoever calls this rings for it, too.
 */
void
sl_desk_call (SlDesk *desk, SlRefusalCode why, const char *who, const SlId *member)
{
  const SlId id = member != NULL ? *member : sl_id_none;
  SlDeskCall *made = g_new0 (SlDeskCall, 1);
  Calls *calls;

  g_return_if_fail (SL_IS_DESK (desk));
  calls = calls_of (desk);
  for (guint i = calls->calls->len; i > 0; i--)
    if (is_same (calls->calls->pdata[i - 1], who, &id))
      drop_call (desk, i - 1);
  if (calls->calls->len == SL_DESK_CALLS_MAX)
    drop_call (desk, 0);
  *made = (SlDeskCall) { .number = ++calls->last_number, .at_ms = sl_desk_get_now_ms (desk), .why = why,
                         .who = g_strdup (who), .member = id };
  g_ptr_array_add (calls->calls, made);
  tell_changed (desk);
}

/**
 * sl_desk_list_calls:
 * @desk: reception
 *
 * Returns: (transfer container) (element-type SlDeskCall): who still waits, the last one first; the calls are the
 * desk's, until the next one comes or is taken
 */
GPtrArray *
sl_desk_list_calls (SlDesk *desk)
{
  GPtrArray *list = g_ptr_array_new ();
  gint64 since_ms;
  Calls *calls;

  g_return_val_if_fail (SL_IS_DESK (desk), list);
  calls = calls_of (desk);
  since_ms = sl_desk_get_now_ms (desk) - SL_DESK_CALL_MINUTES * SL_MINUTE_MS;
  for (guint i = calls->calls->len; i > 0; i--)
    if (((const SlDeskCall *) calls->calls->pdata[i - 1])->at_ms < since_ms)
      drop_call (desk, i - 1);
    else
      g_ptr_array_add (list, calls->calls->pdata[i - 1]);
  return list;
}

/**
 * sl_desk_take_call:
 * @desk: reception
 * @number: of a call; one that has gone is no matter
 *
 * Somebody sees to them.
 */
void
sl_desk_take_call (SlDesk *desk, guint number)
{
  const GPtrArray *calls;

  g_return_if_fail (SL_IS_DESK (desk));
  calls = calls_of (desk)->calls;
  for (guint i = 0; i < calls->len; i++)
    if (((const SlDeskCall *) calls->pdata[i])->number == number)
      {
        drop_call (desk, i);
        tell_changed (desk);
        return;
      }
}
