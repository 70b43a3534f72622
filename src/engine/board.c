/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-board"

#include "engine/board.h"

#include "engine/claim-queries.h"
#include "engine/engine-private.h"
#include "engine/schedule.h"

#define BOARD_AHEAD_MS \
  (7 * 24 * 60 * 60 * G_GINT64_CONSTANT (1000)) /* a closed week shows nothing rather than next month */

/**
 * sl_board_session_free:
 * @session: (nullable) (transfer full): a line of the board
 */
void
sl_board_session_free (SlBoardSession *session)
{
  if (session == NULL)
    return;
  g_free (session->class_name);
  g_free (session->room_name);
  g_free (session->instructor_name);
  g_free (session);
}

static SlBoardSession *
make_line (SlEngine *engine, SlSession *session, GError **error)
{
  SlSessionCounts counts;
  if (!sl_session_counts (engine, &session->id, &counts, error))
    return NULL;
  SlBoardSession *line = g_new0 (SlBoardSession, 1);
  line->session_id = session->id;
  line->class_name = g_strdup (session->service_name != NULL ? session->service_name : "");
  line->room_name = g_strdup (session->room_name);
  line->instructor_name = g_strdup (session->instructor_name);
  line->start_ms = session->start_ms;
  line->end_ms = session->end_ms;
  line->capacity = (int) counts.capacity;
  line->free = (int) counts.free;
  line->waitlisted = (int) counts.waitlisted;
  return line;
}

/**
 * sl_board_next:
 * @engine: the engine
 * @limit: at most so many
 * @error: return location
 *
 * What is on here now and next: published sessions at this device's location that are not over, within a week. Takes no
 * lock.
 *
 * Returns: (transfer full) (element-type SlBoardSession): soonest first; %NULL on failure
 */
GPtrArray *
sl_board_next (SlEngine *engine, guint limit, GError **error)
{
  g_return_val_if_fail (engine != NULL, NULL);

  gint64 now_ms = sl_engine_now_ms (engine);
  SlId here;
  sl_engine_get_location (engine, &here);
  g_autoptr (GPtrArray) board = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_board_session_free);
  g_autoptr (GPtrArray)
    sessions = sl_session_list (engine, &here, now_ms - SL_SESSION_LONGEST_MS, now_ms + BOARD_AHEAD_MS, error);
  if (sessions == NULL)
    return NULL;
  for (guint i = 0; i < sessions->len && board->len < limit; i++)
    {
      SlSession *session = sessions->pdata[i];
      if (session->state != SL_SESSION_PUBLISHED && session->state != SL_SESSION_IN_PROGRESS)
        continue;
      SlBoardSession *line = make_line (engine, session, error);
      if (line == NULL)
        return NULL;
      g_ptr_array_add (board, line);
    }
  return g_steal_pointer (&board);
}
