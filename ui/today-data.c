/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-today-data"

#include "today-data.h"

/**
 * sl_today_new:
 *
 * Returns: (transfer full): a day without sessions; sl_today_unref() it
 */
SlToday *
sl_today_new (void)
{
  SlToday *today = g_atomic_rc_box_new0 (SlToday);

  today->sessions = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_today_session_free);
  return today;
}

/**
 * sl_today_ref:
 * @today: a day
 *
 * Returns: (transfer full): the same. Any thread.
 */
SlToday *
sl_today_ref (SlToday *today)
{
  return g_atomic_rc_box_acquire (today);
}

static void
clear_today (gpointer data)
{
  g_ptr_array_unref (((SlToday *) data)->sessions);
}

/**
 * sl_today_unref:
 * @today: (nullable) (transfer full): a day
 *
 * Any thread.
 */
void
sl_today_unref (SlToday *today)
{
  if (today != NULL)
    g_atomic_rc_box_release_full (today, clear_today);
}

/**
 * sl_today_person_free:
 * @person: (nullable) (transfer full): to be freed
 */
void
sl_today_person_free (SlTodayPerson *person)
{
  if (person == NULL)
    return;
  g_free (person->name);
  g_free (person->guests);
  g_free (person);
}

/**
 * sl_today_note_free:
 * @note: (nullable) (transfer full): to be freed
 */
void
sl_today_note_free (SlTodayNote *note)
{
  if (note == NULL)
    return;
  g_free (note->text);
  g_free (note->who);
  g_free (note->about);
  g_free (note);
}

/**
 * sl_today_session_new:
 *
 * Returns: (transfer full): a session without people
 */
SlTodaySession *
sl_today_session_new (void)
{
  SlTodaySession *session = g_new0 (SlTodaySession, 1);

  session->people = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_today_person_free);
  session->notes = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_today_note_free);
  return session;
}

/**
 * sl_today_session_free:
 * @session: (nullable) (transfer full): to be freed
 */
void
sl_today_session_free (SlTodaySession *session)
{
  if (session == NULL)
    return;
  g_free (session->name);
  g_free (session->room);
  g_free (session->instructor);
  g_ptr_array_unref (session->people);
  g_ptr_array_unref (session->notes);
  g_free (session);
}

/**
 * sl_today_session_add:
 * @session: a session whose begun and over are known
 * @person: (transfer full): of its roster, in the order of the roster
 *
 * Counts them, and marks who is late.
 */
void
sl_today_session_add (SlTodaySession *session, SlTodayPerson *person)
{
  g_return_if_fail (session != NULL && person != NULL);

  if (person->status == SL_BOOKING_CONFIRMED)
    {
      session->expected += person->spots - person->spots_in;
      if (session->begun)
        person->marks |= SL_TODAY_MARK_LATE;
    }
  session->in += person->spots_in;
  session->waiting += person->status == SL_BOOKING_WAITLISTED || person->status == SL_BOOKING_OFFERED;
  session->late += (person->marks & SL_TODAY_MARK_LATE) != 0;
  session->unpaid += (person->marks & SL_TODAY_MARK_UNPAID) != 0;
  session->parq += (person->marks & SL_TODAY_MARK_PARQ) != 0;
  session->unknown += (person->marks & SL_TODAY_MARK_UNKNOWN) != 0;
  g_ptr_array_add (session->people, person);
}

/**
 * sl_today_find:
 * @today: (nullable): a day
 * @session_id: whose
 *
 * Returns: (transfer none) (nullable): that session
 */
SlTodaySession *
sl_today_find (const SlToday *today, const SlId *session_id)
{
  for (guint i = 0; today != NULL && i < today->sessions->len; i++)
    {
      SlTodaySession *session = today->sessions->pdata[i];

      if (sl_id_equal (&session->id, session_id))
        return session;
    }
  return NULL;
}

/**
 * sl_today_find_person:
 * @today: (nullable): a day
 * @booking_id: whose
 * @out_session: (out) (optional) (transfer none): of which session
 *
 * Returns: (transfer none) (nullable): who has that booking
 */
SlTodayPerson *
sl_today_find_person (const SlToday *today, const SlId *booking_id, SlTodaySession **out_session)
{
  for (guint i = 0; today != NULL && i < today->sessions->len; i++)
    {
      SlTodaySession *session = today->sessions->pdata[i];

      for (guint p = 0; p < session->people->len; p++)
        {
          SlTodayPerson *person = session->people->pdata[p];

          if (!sl_id_equal (&person->booking_id, booking_id))
            continue;
          if (out_session != NULL)
            *out_session = session;
          return person;
        }
    }
  return NULL;
}

/**
 * sl_today_member_free:
 * @member: (nullable) (transfer full): to be freed
 */
void
sl_today_member_free (SlTodayMember *member)
{
  if (member == NULL)
    return;
  g_free (member->name);
  g_free (member->detail);
  g_free (member);
}
