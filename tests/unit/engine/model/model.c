/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-model"

#include "model.h"

#define MINUTE G_GINT64_CONSTANT (60000)
#define HOUR (60 * MINUTE)

static const char *const status_names[] = { "held",    "confirmed", "checked_in",     "completed", "waitlisted",
                                            "offered", "cancelled", "late_cancelled", "expired",   "no_show" };
G_STATIC_ASSERT (G_N_ELEMENTS (status_names) == M_STATUS_LAST);

/* The ways between the states of a booking, each as the two ends of one. */
static const ModelStatus ways[][2] = {
  { M_HELD, M_CONFIRMED },        { M_HELD, M_EXPIRED },          { M_HELD, M_CANCELLED },
  { M_CONFIRMED, M_CHECKED_IN },  { M_CONFIRMED, M_CANCELLED },   { M_CONFIRMED, M_LATE_CANCELLED },
  { M_CONFIRMED, M_NO_SHOW },     { M_CHECKED_IN, M_COMPLETED },  { M_CHECKED_IN, M_CONFIRMED },
  { M_WAITLISTED, M_OFFERED },    { M_WAITLISTED, M_CANCELLED },  { M_WAITLISTED, M_EXPIRED },
  { M_OFFERED, M_CONFIRMED },     { M_OFFERED, M_EXPIRED },       { M_OFFERED, M_CANCELLED },
  { M_NO_SHOW, M_CHECKED_IN },    { M_CANCELLED, M_CHECKED_IN },  { M_LATE_CANCELLED, M_CHECKED_IN },
  { M_NO_SHOW, M_CANCELLED }, /* with the session */
};

/* What the rules say where nobody has said otherwise. */
static const gint64 defaults[M_POLICY_LAST] = {
  [M_HOLD_MINUTES] = 10,  [M_HOLDS_PER_MINUTE] = 5,   [M_BOOKING_OPENS_HOURS] = 168, [M_SPOTS_MAX] = 32,
  [M_OPENS_MINUTES] = 30, [M_CLOSES_MINUTES] = 15,    [M_OFFER_MINUTES] = 30,        [M_OFFER_SHORT_MINUTES] = 5,
  [M_WAITLIST_MAX] = 50,  [M_OFFER_SHORT_HOURS] = 2,
};

const char *
model_status_name (ModelStatus status)
{
  return status_names[status];
}

/* A moment may bring a booking on by several steps: a waiting one is offered a spot, and lets it lapse. */
gboolean
model_may_reach (ModelStatus from, ModelStatus to)
{
  guint reached = 1u << from, before;

  do
    {
      before = reached;
      for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
        if (reached & (1u << ways[i][0]))
          reached |= 1u << ways[i][1];
    }
  while (reached != before);
  return (reached & (1u << to)) != 0;
}

Model *
model_new (gint64 now, GTimeZone *zone)
{
  Model *model = g_new0 (Model, 1);

  model->now = now;
  model->zone = g_time_zone_ref (zone);
  model->members = g_array_new (FALSE, TRUE, sizeof (ModelMember));
  model->services = g_array_new (FALSE, TRUE, sizeof (ModelService));
  model->sessions = g_array_new (FALSE, TRUE, sizeof (ModelSession));
  model->packages = g_array_new (FALSE, TRUE, sizeof (ModelPackage));
  model->lots = g_array_new (FALSE, TRUE, sizeof (ModelLot));
  model->bookings = g_array_new (FALSE, TRUE, sizeof (ModelBooking));
  return model;
}

void
model_free (Model *model)
{
  g_time_zone_unref (model->zone);
  g_array_unref (model->members);
  g_array_unref (model->services);
  g_array_unref (model->sessions);
  g_array_unref (model->packages);
  g_array_unref (model->lots);
  g_array_unref (model->bookings);
  g_free (model);
}

char *
model_say (const char *format, ...)
{
  va_list args;
  char *text;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  return text;
}

/* The most specific one counts: the service's, the location's, the organisation's, the default. */
const ModelValue *
model_policy (Model *model, int session, ModelPolicy policy)
{
  static const ModelValue standard_tiers = { TRUE, 0, { { 24, 100 }, { 12, 50 } }, 2 };
  static ModelValue standard;
  const ModelSession *of = session == MODEL_NONE ? NULL : model_session (model, session);
  int scopes[] = { of != NULL ? MODEL_SCOPE_OF_SERVICE (of->service) : 0, 1 + (of != NULL ? of->location : 0), 0 };

  for (guint i = of != NULL ? 0 : 1; i < G_N_ELEMENTS (scopes); i++)
    if (model->policies[scopes[i]][policy].set)
      return &model->policies[scopes[i]][policy];
  if (policy == M_TIERS)
    return &standard_tiers;
  standard = (ModelValue){ .number = defaults[policy] };
  return &standard;
}

gint64
model_number (Model *model, int session, ModelPolicy policy)
{
  return model_policy (model, session, policy)->number;
}

gint64
model_opens (Model *model, int session)
{
  return model_session (model, session)->start - model_number (model, session, M_OPENS_MINUTES) * MINUTE;
}

gint64
model_closes (Model *model, int session)
{
  return model_session (model, session)->start + model_number (model, session, M_CLOSES_MINUTES) * MINUTE;
}

ModelStatus
model_status (Model *model, const ModelBooking *booking)
{
  if (booking->in != 0)
    return model->now >= model_session (model, booking->session)->end ? M_COMPLETED : M_CHECKED_IN;
  if (booking->gone)
    return booking->gone_as;
  if (booking->confirmed)
    return model->now > model_closes (model, booking->session)
                   || model->now >= model_session (model, booking->session)->end
               ? M_NO_SHOW
               : M_CONFIRMED;
  if (booking->offered)
    return M_OFFERED;
  return booking->way == M_WAITING ? M_WAITLISTED : M_HELD;
}

gboolean
model_is_live (ModelStatus status)
{
  return status == M_HELD || status == M_OFFERED || status == M_CONFIRMED || status == M_CHECKED_IN
         || status == M_COMPLETED;
}

/* Odd hundredths are rounded up. */
gint64
model_percent_of (gint64 amount, int percent)
{
  return (amount * percent + 99) / 100;
}

/* For good. What comes back goes to the lots that it came from, rounded up once over the whole. */
void
model_give_up (Model *model, int booking, ModelStatus as, int percent)
{
  ModelBooking *of = model_booking (model, booking);
  gint64 before = 0;

  of->gone = TRUE;
  of->gone_as = as;
  of->percent = percent;
  for (int i = 0; i < of->n_spends; i++)
    {
      gint64 after = before + of->spends[i].amount;

      model_lot (model, of->spends[i].lot)->left
          += model_percent_of (after, percent) - model_percent_of (before, percent);
      before = after;
    }
}

void
model_count (Model *model, int session, ModelCounts *out)
{
  *out = (ModelCounts){ 0 };
  for (guint i = 0; i < model->bookings->len; i++)
    {
      const ModelBooking *booking = model_booking (model, i);

      if (booking->session != session)
        continue;
      if (booking->gone)
        out->in_without_spot += __builtin_popcount (booking->in);
      else if (booking->way == M_OVERRIDE)
        out->override += booking->spots;
      else if (booking->confirmed)
        out->confirmed += booking->spots;
      else if (booking->way == M_WAITING && !booking->offered)
        out->waiting++;
      else
        out->held += booking->spots;
    }
  out->rights = model_session (model, session)->capacity - out->confirmed - out->held;
  out->free = MAX (out->rights, 0);
}

static gboolean
waits (const ModelBooking *booking)
{
  return booking->way == M_WAITING && !booking->gone && !booking->offered && !booking->confirmed;
}

/* First come, first served, in the order in which they joined; whom it does not fit, and who may not come, is passed.
 * The spot is theirs until the offer ends, at the start at the latest. */
void
model_fill (Model *model, int session, gint64 at)
{
  const ModelSession *of = model_session (model, session);
  gint64 ahead = of->start - at;
  ModelCounts count;

  if (of->cancelled || !of->published || ahead <= 0)
    return;
  for (guint i = 0; i < model->bookings->len; i++)
    {
      ModelBooking *booking = model_booking (model, i);
      gint64 minutes;

      model_count (model, session, &count);
      if (booking->session != session || !waits (booking) || model_member (model, booking->member)->banned
          || count.rights < booking->spots)
        continue;
      minutes = ahead <= model_number (model, session, M_OFFER_SHORT_HOURS) * HOUR
                    ? model_number (model, session, M_OFFER_SHORT_MINUTES)
                    : model_number (model, session, M_OFFER_MINUTES);
      booking->offered = TRUE;
      booking->held_until = MIN (at + minutes * MINUTE, of->start);
    }
}

/* When the clock changes something about it next; G_MAXINT64: never. */
static gint64
next_event (Model *model, const ModelBooking *booking)
{
  if (booking->gone || booking->confirmed)
    return G_MAXINT64;
  if (booking->way != M_WAITING)
    return booking->held_until;
  return booking->offered ? MIN (booking->held_until, model_session (model, booking->session)->start)
                          : model_session (model, booking->session)->start;
}

gint64
model_next (Model *model)
{
  gint64 at = G_MAXINT64;
  gboolean anybody = FALSE;

  for (guint i = 0; i < model->bookings->len; i++)
    {
      anybody = anybody || waits (model_booking (model, i));
      at = MIN (at, next_event (model, model_booking (model, i)));
    }
  return anybody ? at : G_MAXINT64;
}

/* Each thing that the clock brings until now, at its moment. */
void
model_advance (Model *model, gint64 now)
{
  for (;;)
    {
      gint64 at = G_MAXINT64;

      for (guint i = 0; i < model->bookings->len; i++)
        at = MIN (at, next_event (model, model_booking (model, i)));
      if (at > now)
        break;
      for (guint i = 0; i < model->bookings->len; i++)
        if (next_event (model, model_booking (model, i)) <= at)
          model_give_up (model, (int) i, M_EXPIRED, 100);
      for (guint i = 0; i < model->sessions->len; i++)
        model_fill (model, (int) i, at);
    }
  model->now = now;
}

static gboolean
is_spent_before (Model *model, int one, int other)
{
  gint64 ends = model_lot (model, one)->expires, other_ends = model_lot (model, other)->expires;

  if (ends == other_ends)
    return one < other;
  return ends != 0 && (other_ends == 0 || ends < other_ends);
}

GArray *
model_spendable (Model *model, int member)
{
  GArray *found = g_array_new (FALSE, FALSE, sizeof (int));

  for (int i = 0; i < (int) model->lots->len; i++)
    {
      const ModelLot *lot = model_lot (model, i);
      guint at = 0;

      if (lot->member != member || lot->left <= 0 || (lot->expires != 0 && model->now >= lot->expires))
        continue;
      while (at < found->len && is_spent_before (model, g_array_index (found, int, at), i))
        at++;
      g_array_insert_val (found, at, i);
    }
  return found;
}

gint64
model_balance (Model *model, int member)
{
  g_autoptr (GArray) lots = model_spendable (model, member);
  gint64 sum = 0;

  for (guint i = 0; i < lots->len; i++)
    sum += model_lot (model, g_array_index (lots, int, i))->left;
  return sum;
}

gboolean
model_may_at (const ModelActor *actor, int location)
{
  return actor->role == M_OWNER || (actor->locations & (1u << location)) != 0;
}

/* Exactly so many hours before the start are that many. */
int
model_percent (Model *model, int session)
{
  const ModelValue *tiers = model_policy (model, session, M_TIERS);

  for (int i = 0; i < tiers->n_tiers; i++)
    if (model_session (model, session)->start - model->now >= tiers->tiers[i].hours * HOUR)
      return tiers->tiers[i].percent;
  return 0;
}
