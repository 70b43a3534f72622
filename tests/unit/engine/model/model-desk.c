/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-model-desk"

#include "model.h"

#define MINUTE G_GINT64_CONSTANT (60000)
#define HERE 0 /* where the device stands */

static gboolean
is_desk (const ModelActor *actor)
{
  return actor->role == M_RECEPTIONIST || actor->role == M_MANAGER || actor->role == M_OWNER;
}

char *
model_block (Model *model, const ModelActor *actor, int member, gboolean banned)
{
  if (!is_desk (actor) || !model_may_at (actor, HERE))
    return model_say ("not_allowed");
  model_member (model, member)->banned = banned;
  return model_say ("ok");
}

/* The desk anywhere that it works, instructors their own. */
static gboolean
may_schedule (const ModelActor *actor, int location, int instructor)
{
  gboolean own = actor->role == M_INSTRUCTOR && instructor == actor->staff;

  return (is_desk (actor) || own) && model_may_at (actor, location);
}

/* Nobody teaches two sessions at once; one may follow the other at once. */
static gboolean
is_busy (Model *model, int instructor, gint64 start, gint64 end, int but)
{
  for (int i = 0; instructor != MODEL_NONE && i < (int) model->sessions->len; i++)
    {
      const ModelSession *other = model_session (model, i);

      if (i != but && !other->cancelled && other->instructor == instructor && other->start < end && other->end > start)
        return TRUE;
    }
  return FALSE;
}

char *
model_add_session (Model *model, const ModelActor *actor, const ModelSession *session)
{
  if (!may_schedule (actor, session->location, session->instructor))
    return model_say ("not_allowed");
  if (!model_service (model, session->service)->active)
    return model_say ("service_inactive");
  if (is_busy (model, session->instructor, session->start, session->end, MODEL_NONE))
    return model_say ("instructor_busy");
  g_array_append_val (model->sessions, *session);
  return model_say ("ok");
}

static gboolean
is_completed (Model *model, const ModelSession *session)
{
  return session->published && !session->cancelled && model->now >= session->end;
}

/* What a change of a session asks first. NULL: go on. */
static char *
refuse_change (Model *model, const ModelActor *actor, const ModelSession *session, gboolean completed_too)
{
  if (!may_schedule (actor, session->location, session->instructor))
    return model_say ("not_allowed");
  if (session->cancelled)
    return model_say ("session_cancelled");
  if (is_completed (model, session) && !completed_too)
    return model_say ("wrong_state");
  return NULL;
}

char *
model_move_session (Model *model, const ModelActor *actor, int session, gint64 start)
{
  ModelSession *of = model_session (model, session);
  gint64 length = of->end - of->start;
  char *refusal = refuse_change (model, actor, of, FALSE);

  if (refusal != NULL)
    return refusal;
  if (of->published && model->now >= of->start)
    return model_say ("wrong_state"); /* its bookings have been judged by that start */
  if (is_busy (model, of->instructor, start, start + length, session))
    return model_say ("instructor_busy");
  of->start = start;
  of->end = start + length;
  return model_say ("ok");
}

char *
model_publish (Model *model, const ModelActor *actor, int session)
{
  ModelSession *of = model_session (model, session);
  char *refusal = refuse_change (model, actor, of, TRUE);

  if (refusal != NULL)
    return refusal;
  if (!of->published && model->now >= of->end)
    return model_say ("wrong_state");
  of->published = TRUE;
  return model_say ("ok");
}

/* Ends a session that runs; one that has ended stays so. */
char *
model_complete (Model *model, const ModelActor *actor, int session)
{
  ModelSession *of = model_session (model, session);
  char *refusal = refuse_change (model, actor, of, TRUE);

  if (refusal != NULL)
    return refusal;
  if (!of->published || model->now < of->start)
    return model_say ("wrong_state");
  of->end = MIN (of->end, model->now);
  return model_say ("ok");
}

/* Everybody gets everything back, who did not come too; who is in stays in. */
char *
model_cancel_session (Model *model, const ModelActor *actor, int session)
{
  ModelSession *of = model_session (model, session);
  char *refusal = refuse_change (model, actor, of, FALSE);

  if (refusal != NULL)
    return refusal;
  for (int i = 0; i < (int) model->bookings->len; i++)
    {
      const ModelBooking *booking = model_booking (model, i);

      if (booking->session == session && (!booking->gone || booking->gone_as == M_NO_SHOW))
        {
          model_give_up (model, i, M_CANCELLED, 100);
          model_booking (model, i)->with_session = TRUE;
        }
    }
  of->cancelled = TRUE;
  return model_say ("ok");
}

char *
model_set_capacity (Model *model, const ModelActor *actor, int session, gint64 capacity)
{
  ModelSession *of = model_session (model, session);
  char *refusal = refuse_change (model, actor, of, FALSE);

  if (refusal != NULL)
    return refusal;
  of->capacity = capacity;
  model_fill (model, session, model->now);
  return model_say ("ok");
}

/* The same time of the day, so many days on by the calendar of the place. */
static gint64
days_on (Model *model, gint64 days)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (model->now / 1000);
  g_autoptr (GDateTime) local = g_date_time_to_timezone (utc, model->zone);
  g_autoptr (GDateTime) later = g_date_time_add_days (local, (int) days);

  return g_date_time_to_unix (later) * 1000 + model->now % 1000;
}

char *
model_sell (Model *model, const ModelActor *actor, int member, int package)
{
  const ModelPackage *of = model_package (model, package);
  ModelLot lot = { .member = member, .credits = of->credits, .left = of->credits, .bought = TRUE };

  if (!is_desk (actor) || !model_may_at (actor, HERE))
    return model_say ("not_allowed");
  if (model_member (model, member)->banned)
    return model_say ("member_blocked");
  lot.expires = of->valid_days > 0 ? days_on (model, of->valid_days) : 0;
  g_array_append_val (model->lots, lot);
  return model_say ("ok amount=%" G_GINT64_FORMAT " expires=%" G_GINT64_FORMAT, of->price, lot.expires);
}

char *
model_adjust (Model *model, const ModelActor *actor, int member, gint64 amount)
{
  ModelLot lot = { .member = member, .credits = amount, .left = amount };
  g_autoptr (GArray) lots = model_spendable (model, member);
  gint64 balance = model_balance (model, member);

  if ((actor->role != M_MANAGER && actor->role != M_OWNER) || !model_may_at (actor, HERE))
    return model_say ("not_allowed");
  if (amount < 0 && balance < -amount)
    return model_say ("insufficient_credits needed=%" G_GINT64_FORMAT " balance=%" G_GINT64_FORMAT " price=-1", -amount,
                      balance);
  if (amount > 0)
    g_array_append_val (model->lots, lot);
  for (guint i = 0; i < lots->len && amount < 0; i++)
    {
      ModelLot *from = model_lot (model, g_array_index (lots, int, i));
      gint64 part = MIN (from->left, -amount);

      from->left -= part;
      amount += part;
    }
  return model_say ("ok balance=%" G_GINT64_FORMAT, model_balance (model, member));
}

/* Only writes down what is so already: absences, and what is left of lots that have expired. */
void
model_run_due (Model *model)
{
  for (int i = 0; i < (int) model->bookings->len; i++)
    if (!model_booking (model, i)->gone && model_status (model, model_booking (model, i)) == M_NO_SHOW)
      model_give_up (model, i, M_NO_SHOW, 0);
  for (int i = 0; i < (int) model->lots->len; i++)
    if (model_lot (model, i)->expires != 0 && model->now >= model_lot (model, i)->expires)
      model_lot (model, i)->left = 0;
}
