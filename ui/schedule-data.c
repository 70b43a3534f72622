/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-schedule-data"

#include "schedule-data.h"

/**
 * sl_schedule_session_free:
 * @session: (nullable) (transfer full): to be freed
 */
void
sl_schedule_session_free (SlScheduleSession *session)
{
  if (session == NULL)
    return;
  g_free (session->name);
  g_free (session->room);
  g_free (session->instructor);
  g_free (session);
}

/**
 * sl_schedule_session_is_open:
 * @session: a session
 *
 * Returns: whether it can still be changed: it takes place, and is not over
 */
gboolean
sl_schedule_session_is_open (const SlScheduleSession *session)
{
  return session->state != SL_SESSION_CANCELLED && session->state != SL_SESSION_COMPLETED;
}

/**
 * sl_schedule_choice_free:
 * @choice: (nullable) (transfer full): to be freed
 */
void
sl_schedule_choice_free (SlScheduleChoice *choice)
{
  if (choice == NULL)
    return;
  g_free (choice->name);
  g_free (choice);
}

/**
 * sl_schedule_week_new:
 *
 * Returns: (transfer full): a week without anything in it; sl_schedule_week_unref() it
 */
SlScheduleWeek *
sl_schedule_week_new (void)
{
  SlScheduleWeek *week = g_atomic_rc_box_new0 (SlScheduleWeek);

  week->sessions = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_schedule_session_free);
  week->services = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_schedule_choice_free);
  week->rooms = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_schedule_choice_free);
  week->instructors = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_schedule_choice_free);
  return week;
}

/**
 * sl_schedule_week_ref:
 * @week: a week
 *
 * Returns: (transfer full): the same. Any thread.
 */
SlScheduleWeek *
sl_schedule_week_ref (SlScheduleWeek *week)
{
  return g_atomic_rc_box_acquire (week);
}

static void
clear_week (gpointer data)
{
  SlScheduleWeek *week = data;

  g_ptr_array_unref (week->sessions);
  g_ptr_array_unref (week->services);
  g_ptr_array_unref (week->rooms);
  g_ptr_array_unref (week->instructors);
}

/**
 * sl_schedule_week_unref:
 * @week: (nullable) (transfer full): a week
 *
 * Any thread.
 */
void
sl_schedule_week_unref (SlScheduleWeek *week)
{
  if (week != NULL)
    g_atomic_rc_box_release_full (week, clear_week);
}

static gboolean
is_same (const SlScheduleSession *a, const SlScheduleSession *b)
{
  return sl_id_equal (&a->id, &b->id) && a->start_ms == b->start_ms && a->end_ms == b->end_ms && a->day == b->day
         && a->capacity == b->capacity && a->booked == b->booked && a->waiting == b->waiting && a->state == b->state
         && a->may_change == b->may_change && g_strcmp0 (a->name, b->name) == 0 && g_strcmp0 (a->room, b->room) == 0
         && g_strcmp0 (a->instructor, b->instructor) == 0;
}

/**
 * sl_schedule_week_equal:
 * @a: a week
 * @b: a week
 *
 * Returns: whether both look the same: the same hour of the same day, too
 */
gboolean
sl_schedule_week_equal (const SlScheduleWeek *a, const SlScheduleWeek *b)
{
  if (a->first_day != b->first_day || a->today != b->today || a->minute / 60 != b->minute / 60 || a->own != b->own
      || a->may_add != b->may_add || a->sessions->len != b->sessions->len)
    return FALSE;
  for (guint i = 0; i < a->sessions->len; i++)
    if (!is_same (a->sessions->pdata[i], b->sessions->pdata[i]))
      return FALSE;
  return TRUE;
}
