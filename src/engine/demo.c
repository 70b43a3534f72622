/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-demo"

#include "engine/demo.h"

#include "core/datetime.h"
#include "engine/batch.h"
#include "engine/booking.h"
#include "engine/cancel.h"
#include "engine/checkin.h"
#include "engine/data-dir.h"
#include "engine/demo-private.h"
#include "engine/location.h"
#include "engine/member.h"
#include "engine/package.h"
#include "engine/pass.h"
#include "engine/run-due.h"
#include "engine/sale.h"
#include "engine/schedule.h"
#include "engine/service.h"
#include "engine/staff.h"

#define SEED 20260302                /* the same people book the same classes in every demo */
#define DAYS_BEFORE 2
#define DAYS_AHEAD 5
#define FOUNDED_BEFORE_MS (3 * SL_DAY_MS)      /* so that the first classes could be booked the day before */
#define BOOKED_BEFORE_MS (36 * SL_HOUR_MS)     /* at most */
#define SLOT_MS (5 * SL_MINUTE_MS)             /* classes start at whole five minutes */
#define PASSES 24                    /* members with a pass on their phone */
#define BLOCKED_MEMBER (demo_n_names - 1)

/* The demo's past happens under a clock of its own; chance is the real one, since keys are made. */
typedef struct { SlWorld base; SlWorld *real; gint64 now_ms; } DemoWorld;

typedef struct { SlId id; gint64 credits; gboolean blocked; GArray *busy; /* of Span */ } DemoMember;
typedef struct { gint64 start_ms, end_ms; } Span;
typedef struct { SlId id; gint64 start_ms, end_ms; const DemoService *service; int room, instructor; gboolean full,
                 now; } DemoSession;

typedef enum { EVENT_BOOK, EVENT_CANCEL, EVENT_CHECK_IN } EventKind;
typedef struct { gint64 at_ms; guint order; EventKind kind; guint member, session, booking; } Event;

typedef struct {
  DemoWorld world;
  SlEngine *engine;
  GRand *rand;
  SlDemo *out;
  SlActor owner, reception;
  GTimeZone *zone;
  gint64 real_now_ms;
  SlId rooms[DEMO_ROOMS];
  GArray *services, *packages;       /* of SlId */
  GArray *members, *sessions;        /* of DemoMember, DemoSession */
  GArray *events, *bookings;         /* of Event, SlId: a booking's id by its event's number, none until it is made */
  guint pass_member;
  gboolean is_of_somebody;           /* its names and its owner are not the demo's own */
} Demo;

static gint64
demo_now_ms (SlWorld *world)
{
  return ((DemoWorld *) world)->now_ms;
}

static void
demo_random_bytes (SlWorld *world, void *buffer, gsize length)
{
  SlWorld *real = ((DemoWorld *) world)->real;
  real->random_bytes (real, buffer, length);
}

static int
pick (Demo *demo, int below)
{
  return g_rand_int_range (demo->rand, 0, below);
}

static gboolean
chance (Demo *demo, int percent)
{
  return pick (demo, 100) < percent;
}

static void
free_members (Demo *demo)
{
  for (guint i = 0; i < demo->members->len; i++)
    g_array_unref (g_array_index (demo->members, DemoMember, i).busy);
}

static void
demo_clear (Demo *demo)
{
  free_members (demo);
  g_clear_pointer (&demo->engine, sl_engine_close);
  g_clear_pointer (&demo->rand, g_rand_free);
  g_clear_pointer (&demo->services, g_array_unref);
  g_clear_pointer (&demo->packages, g_array_unref);
  g_clear_pointer (&demo->members, g_array_unref);
  g_clear_pointer (&demo->sessions, g_array_unref);
  g_clear_pointer (&demo->events, g_array_unref);
  g_clear_pointer (&demo->bookings, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Demo, demo_clear)

static void
demo_init (Demo *demo, SlWorld *real, SlDemo *out)
{
  *demo = (Demo) {
    .world = { { demo_now_ms, demo_random_bytes }, real, real->now_ms (real) - FOUNDED_BEFORE_MS },
    .out = out, .real_now_ms = real->now_ms (real), .rand = g_rand_new_with_seed (SEED),
    .services = g_array_new (FALSE, FALSE, sizeof (SlId)), .packages = g_array_new (FALSE, FALSE, sizeof (SlId)),
    .members = g_array_new (FALSE, FALSE, sizeof (DemoMember)),
      .sessions = g_array_new (FALSE, FALSE, sizeof (DemoSession)),
    .events = g_array_new (FALSE, FALSE, sizeof (Event)), .bookings = g_array_new (FALSE, TRUE, sizeof (SlId)),
  };
}

/* --- people and what there is --- */

static gboolean
add_staff (Demo *demo, GError **error)
{
  for (const DemoPerson *person = demo_people; person->name != NULL; person++)
    {
      SlDemoStaff made = { .id = demo->out->founded.owner_id, .name = person->name, .role = person->role,
                           .pin = person->pin };
      if (person == demo_people && demo->is_of_somebody)
        made.name = made.pin = NULL; /* theirs to know */
      const SlStaffParams params = { .name = person->name, .role = person->role, .pin = person->pin };
      g_auto (SlRefusal) refusal = { 0 };
      if (person != demo_people &&   /* the owner was made with the studio */
          (!sl_staff_add (demo->engine, &demo->owner, &params, &made.id, &refusal, error) ||
           !sl_demo_accepted (&refusal, "staff", error)))
        return FALSE;
      g_array_append_val (demo->out->people, made);
    }
  demo->out->staff = demo->out->people->len;
  demo->reception = (SlActor) { .id = g_array_index (demo->out->people, SlDemoStaff, DEMO_RECEPTIONIST).id,
                                .role = SL_ROLE_RECEPTIONIST };
  return TRUE;
}

static gboolean
add_rooms (Demo *demo, GError **error)
{
  g_auto (SlRefusal) refusal = { 0 };
  for (guint i = 0; demo_rooms[i] != NULL; i++)
    if (!sl_room_add (demo->engine, &demo->owner, NULL, demo_rooms[i], &demo->rooms[i], &refusal, error) ||
        !sl_demo_accepted (&refusal, "room", error))
      return FALSE;
  demo->out->rooms = DEMO_ROOMS;
  return TRUE;
}

static gboolean
add_services (Demo *demo, GError **error)
{
  for (guint i = 0; i < demo_n_services; i++)
    {
      const DemoService *service = &demo_services[i];
      SlServiceParams params;
      SlId id;
      g_auto (SlRefusal) refusal = { 0 };
      sl_service_params_init (&params);
      params.name = service->name;
      params.kind = service->kind;
      params.type = service->type;
      params.difficulty = service->difficulty;
      params.mode = service->mode;
      params.colour = service->colour;
      params.description = service->description;
      params.duration_min = service->duration_min;
      params.capacity = service->capacity;
      params.credits_hundredths = service->credits_hundredths;
      params.price_cents = service->price_cents;
      params.reserve = service->reserve;
      if (!sl_service_add (demo->engine, &demo->owner, &params, &id, &refusal, error) ||
          !sl_demo_accepted (&refusal, "service", error))
        return FALSE;
      g_array_append_val (demo->services, id);
    }
  demo->out->services = demo->services->len;
  return TRUE;
}

static gboolean
add_packages (Demo *demo, GError **error)
{
  for (guint i = 0; i < demo_n_packages; i++)
    {
      const DemoPackage *package = &demo_packages[i];
      SlId id;
      g_auto (SlRefusal) refusal = { 0 };
      if (!sl_package_add (demo->engine, &demo->owner, package->name, package->credits_hundredths, package->price_cents,
                           package->valid_days, &id, &refusal, error) ||
          !sl_demo_accepted (&refusal, "package", error))
        return FALSE;
      g_array_append_val (demo->packages, id);
    }
  demo->out->packages = demo->packages->len;
  return TRUE;
}

/* thandi.nkosi@example.org: letters only, from the folded name. */
static char *
make_email (const DemoName *name)
{
  g_autofree char *joined = g_strconcat (name->first, ".", name->last, NULL);
  g_autofree char *ascii = g_str_to_ascii (joined, "C");
  g_autoptr (GString) email = g_string_new (NULL);
  for (const char *p = ascii; *p != '\0'; p++)
    if (g_ascii_isalpha (*p) || *p == '.')
      g_string_append_c (email, g_ascii_tolower (*p));
  g_string_append (email, "@example.org");
  return g_string_free (g_steal_pointer (&email), FALSE);
}

static gboolean
add_members (Demo *demo, GError **error)
{
  static const char * const languages[] = { "en", "af", "zu", "xh", "st" };
  for (guint i = 0; i < demo_n_names; i++)
    {
      g_autofree char *phone = g_strdup_printf ("+2782555%04u", 100 + i);
      g_autofree char *email = make_email (&demo_names[i]);
      const SlMemberParams params = { .first = demo_names[i].first, .last = demo_names[i].last, .phone = phone,
                                      .email = email,
                                      .language = languages[i % G_N_ELEMENTS (languages)], .marketing = i % 3 == 0
                                        ? 1 : 0,
                                      .permission = i % 20 == 7 ? "vip" : NULL };
      DemoMember member = { .busy = NULL };
      g_auto (SlRefusal) refusal = { 0 };
      if (!sl_member_add (demo->engine, &demo->owner, &params, FALSE, &member.id, &refusal, error) ||
          !sl_demo_accepted (&refusal, "member", error))
        return FALSE;
      member.busy = g_array_new (FALSE, FALSE, sizeof (Span));
      g_array_append_val (demo->members, member);
    }
  demo->out->members = demo->members->len;
  return TRUE;
}

/* --- the week --- */

static gboolean
clashes (const DemoSession *a, const DemoSession *b)
{
  return a->start_ms < b->end_ms && b->start_ms < a->end_ms &&
         ((a->room >= 0 && a->room == b->room) || a->instructor == b->instructor);
}

static gboolean
add_session (Demo *demo, DemoSession *session, GError **error)
{
  for (guint i = 0; i < demo->sessions->len; i++)
    if (clashes (session, &g_array_index (demo->sessions, DemoSession, i)))
      return TRUE;   /* the class that starts now has the room, or its instructor */
  SlSessionParams params;
  g_auto (SlRefusal) refusal = { 0 };
  sl_session_params_init (&params);
  params.service = &g_array_index (demo->services, SlId, session->service - demo_services);
  params.instructor = &g_array_index (demo->out->people, SlDemoStaff, session->instructor).id;
  params.room = session->room >= 0 ? &demo->rooms[session->room] : NULL;
  params.start_ms = session->start_ms;
  if (!sl_session_add (demo->engine, &demo->owner, &params, &session->id, &refusal, error) ||
      !sl_demo_accepted (&refusal, "session", error))
    return FALSE;
  g_array_append_val (demo->sessions, *session);
  demo->out->sessions = demo->sessions->len;
  return TRUE;
}

static DemoSession
plan_session (DemoServiceName name, gint64 start_ms, int room, int instructor)
{
  const DemoService *service = &demo_services[name];
  return (DemoSession) { .start_ms = start_ms, .end_ms = start_ms + service->duration_min * SL_MINUTE_MS,
                         .service = service,
                         .room = room, .instructor = instructor };
}

/* The door must have something to do at once: a class that starts in about ten minutes and one that has just begun. */
static gboolean
add_sessions_now (Demo *demo, GError **error)
{
  gint64 soon_ms = (demo->real_now_ms + 8 * SL_MINUTE_MS + SLOT_MS - 1) / SLOT_MS * SLOT_MS;
  gint64 begun_ms = (demo->real_now_ms - 3 * SL_MINUTE_MS) / SLOT_MS * SLOT_MS;
  DemoSession soon = plan_session (DEMO_VINYASA, soon_ms, 0, DEMO_INSTRUCTOR_FIRST);
  DemoSession begun = plan_session (DEMO_STRENGTH, begun_ms, 1, DEMO_INSTRUCTOR_FIRST + 4);
  soon.now = begun.now = TRUE;
  return add_session (demo, &soon, error) && add_session (demo, &begun, error);
}

static gboolean
add_day (Demo *demo, GDateTime *midnight, int day, GError **error)
{
  g_autoptr (GDateTime) date = g_date_time_add_days (midnight, day);
  gboolean evening_is_full = day == 1;
  for (const DemoClass *c = g_date_time_get_day_of_week (date) > 5 ? demo_weekend : demo_weekday; c->hour >= 0; c++)
    {
      g_autoptr (GDateTime) start = g_date_time_new (demo->zone, g_date_time_get_year (date),
                                                     g_date_time_get_month (date),
                                                     g_date_time_get_day_of_month (date), c->hour, c->minute, 0);
      DemoSession session = plan_session (c->service, g_date_time_to_unix (start) * 1000, c->room, c->instructor);
      session.full = evening_is_full && c->service == DEMO_SPIN;
      evening_is_full = evening_is_full && !session.full;
      if (!add_session (demo, &session, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_week (Demo *demo, GError **error)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (sl_time_day_start (demo->real_now_ms, demo->zone) / 1000);
  g_autoptr (GDateTime) midnight = g_date_time_to_timezone (utc, demo->zone);
  if (!add_sessions_now (demo, error))
    return FALSE;
  for (int day = -DAYS_BEFORE; day <= DAYS_AHEAD; day++)
    if (!add_day (demo, midnight, day, error))
      return FALSE;
  return TRUE;
}

/* --- selling --- */

static gboolean
sell_package (Demo *demo, DemoMember *member, guint package, GError **error)
{
  static const char * const methods[] = { "card", "card", "cash", "eft" };
  const SlSaleParams params = { .member_id = member->id, .package_id = g_array_index (demo->packages, SlId, package),
                                .method = methods[pick (demo, G_N_ELEMENTS (methods))],
                                  .amount_cents = SL_NUMBER_NONE };
  SlSale sale;
  g_auto (SlRefusal) refusal = { 0 };
  if (!sl_sale_package (demo->engine, &demo->reception, &params, &sale, &refusal, error) ||
      !sl_demo_accepted (&refusal, "sale", error))
    return FALSE;
  member->credits += demo_packages[package].credits_hundredths;
  demo->out->sales++;
  return TRUE;
}

/* Most have ten or twenty classes, some are new, a few have nothing left to spend. */
static gboolean
sell_to_everybody (Demo *demo, GError **error)
{
  for (guint i = 0; i < demo->members->len; i++)
    {
      DemoMember *member = &g_array_index (demo->members, DemoMember, i);
      demo->world.now_ms += SL_MINUTE_MS;
      if (i % 12 == 11)
        continue;
      if (!sell_package (demo, member, i % 4 == 3 ? 0 : i % 5 == 4 ? 3 : 1 + (i % 3 == 0), error))
        return FALSE;
    }
  return TRUE;
}

/* --- who comes to what --- */

static gboolean
is_free (const DemoMember *member, const DemoSession *session)
{
  for (guint i = 0; i < member->busy->len; i++)
    {
      const Span *span = &g_array_index (member->busy, Span, i);
      if (session->start_ms < span->end_ms && span->start_ms < session->end_ms)
        return FALSE;
    }
  return member->credits >= session->service->credits_hundredths;
}

static void
add_event (Demo *demo, EventKind kind, gint64 at_ms, guint member, guint session, guint booking)
{
  Event event = { at_ms, demo->events->len, kind, member, session, booking };
  g_array_append_val (demo->events, event);
}

/* A booking, and what becomes of it as far as the clock has come. */
static void
plan_booking (Demo *demo, guint m, guint s)
{
  DemoMember *member = &g_array_index (demo->members, DemoMember, m);
  const DemoSession *session = &g_array_index (demo->sessions, DemoSession, s);
  gint64 latest_ms = MIN (session->start_ms, demo->real_now_ms) - 40 * SL_MINUTE_MS;
  gint64 at_ms = MAX (session->start_ms - BOOKED_BEFORE_MS, demo->world.now_ms) + pick (demo, 120) * SL_MINUTE_MS;
  Span span = { session->start_ms, session->end_ms };
  guint booking = demo->bookings->len;
  g_array_set_size (demo->bookings, booking + 1);
  g_array_append_val (member->busy, span);
  member->credits -= session->service->credits_hundredths;
  at_ms = MIN (at_ms, latest_ms - pick (demo, 180) * SL_MINUTE_MS);
  add_event (demo, EVENT_BOOK, at_ms, m, s, booking);
  if (m == demo->pass_member && session->now)
    return;   /* comes through the door by and by */
  if (!session->full && !session->now && chance (demo, 5))
    add_event (demo, EVENT_CANCEL, at_ms + 20 * SL_MINUTE_MS, m, s, booking);
  else if (session->start_ms <= demo->real_now_ms ? chance (demo, 85) : session->now && chance (demo, 25))
    {
      gint64 come_ms = session->start_ms - (1 + pick (demo, 14)) * SL_MINUTE_MS;
      if (session->start_ms <= demo->real_now_ms && chance (demo, 10))
        come_ms = session->start_ms + (1 + pick (demo, 8)) * SL_MINUTE_MS;
      if (session->now && session->start_ms > demo->real_now_ms)
        come_ms = demo->real_now_ms - (1 + pick (demo, 8)) * SL_MINUTE_MS;
      if (come_ms < demo->real_now_ms)
        add_event (demo, EVENT_CHECK_IN, come_ms, m, s, booking);
    }
}

static guint
wanted_bookings (Demo *demo, const DemoSession *session)
{
  int capacity = session->service->capacity;
  if (session->full || capacity == 1)
    return capacity;
  return session->now ? capacity / 2 + 2 : capacity / 4 + pick (demo, MAX (capacity / 2, 1));
}

static void
plan_session_bookings (Demo *demo, guint s)
{
  const DemoSession *session = &g_array_index (demo->sessions, DemoSession, s);
  guint wanted = wanted_bookings (demo, session), begin = pick (demo, demo->members->len);
  guint step = 1 + 2 * pick (demo, 14);   /* odd, and no divisor of 60 but 1, 3, 5, 15 goes through all of them */
  if (demo->members->len % step == 0 || step % 3 == 0 || step % 5 == 0)
    step = 7;
  for (guint i = 0; i < demo->members->len && wanted > 0; i++)
    {
      guint m = (begin + i * step) % demo->members->len;
      if (m == BLOCKED_MEMBER || (m == demo->pass_member && session->now) ||
          !is_free (&g_array_index (demo->members, DemoMember, m), session))
        continue;
      plan_booking (demo, m, s);
      wanted--;
    }
}

static void
plan_week (Demo *demo)
{
  demo->pass_member = 0;
  plan_booking (demo, demo->pass_member, 0);   /* the class that starts in ten minutes is the first one */
  for (guint s = 0; s < demo->sessions->len; s++)   /* the full one first, while everybody has time */
    if (g_array_index (demo->sessions, DemoSession, s).full)
      plan_session_bookings (demo, s);
  for (guint s = 0; s < demo->sessions->len; s++)
    if (!g_array_index (demo->sessions, DemoSession, s).full)
      plan_session_bookings (demo, s);
}

/* --- and then it happens --- */

static int
compare_events (gconstpointer a, gconstpointer b)
{
  const Event *x = a, *y = b;
  if (x->at_ms != y->at_ms)
    return x->at_ms < y->at_ms ? -1 : 1;
  return x->order < y->order ? -1 : 1;
}

/* What a rule turns down does not happen, as in life. */
static gboolean
happen (Demo *demo, const Event *event, GError **error)
{
  SlId *booking = &g_array_index (demo->bookings, SlId, event->booking);
  g_auto (SlRefusal) refusal = { 0 };
  if (event->kind == EVENT_BOOK)
    {
      g_auto (SlBookingResult) result = { 0 };
      const SlBookingRequest request = { .member_id = g_array_index (demo->members, DemoMember, event->member).id,
                                         .session_id = g_array_index (demo->sessions, DemoSession, event->session).id,
                                         .spots = 1, .channel = event->order % 3 == 0
                                           ? SL_CHANNEL_PHONE : SL_CHANNEL_DESK };
      if (!sl_booking_book (demo->engine, &demo->reception, &request, &result, &refusal, error))
        return FALSE;
      *booking = result.booking_id;
      demo->out->bookings += refusal.code == SL_REFUSAL_NONE;
      return TRUE;
    }
  if (sl_id_is_none (booking))
    return TRUE;
  if (event->kind == EVENT_CANCEL)
    {
      SlCancelResult result;
      return sl_booking_cancel (demo->engine, &demo->reception, booking, NULL, &result, &refusal, error);
    }
  g_autoptr (SlCheckinAnswer) answer = NULL;
  const SlCheckinRequest request = { .booking_id = *booking, .actor = &demo->reception };
  if (!sl_checkin (demo->engine, &request, &answer, error))
    return FALSE;
  demo->out->checkins += answer->result == SL_REFUSAL_NONE;
  return TRUE;
}

static gboolean
let_it_happen (Demo *demo, GError **error)
{
  g_array_sort (demo->events, compare_events);
  for (guint i = 0; i < demo->events->len; i++)
    {
      const Event *event = &g_array_index (demo->events, Event, i);
      demo->world.now_ms = MAX (demo->world.now_ms, event->at_ms);
      if (!happen (demo, event, error))
        return FALSE;
    }
  demo->world.now_ms = demo->real_now_ms;
  return TRUE;
}

static gboolean
issue_passes (Demo *demo, GError **error)
{
  for (guint i = 0; i < PASSES; i++)
    {
      g_autoptr (SlPass) pass = NULL;
      g_auto (SlRefusal) refusal = { 0 };
      if (!sl_pass_issue (demo->engine, &demo->reception, &g_array_index (demo->members, DemoMember, i).id, &pass,
                          &refusal, error) ||
          !sl_demo_accepted (&refusal, "pass", error))
        return FALSE;
      demo->out->passes++;
    }
  return TRUE;
}

static gboolean
block_somebody (Demo *demo, GError **error)
{
  g_auto (SlRefusal) refusal = { 0 };
  const SlId *id = &g_array_index (demo->members, DemoMember, BLOCKED_MEMBER).id;
  return sl_member_block (demo->engine, &demo->owner, id, "Left without paying, twice", &refusal, error) &&
         sl_demo_accepted (&refusal, "block", error);
}

/* Runs the steps of one person in one transaction: a demo is made in seconds, not in a sync per booking. */
static gboolean
run_batch (Demo *demo, const SlActor *actor, gboolean (* const *steps) (Demo *demo, GError **error), guint n_steps,
           GError **error)
{
  if (!sl_batch_begin (demo->engine, actor, error))
    return FALSE;
  for (guint i = 0; i < n_steps; i++)
    if (!steps[i] (demo, error))
      {
        sl_batch_abandon (demo->engine);
        return FALSE;
      }
  return sl_batch_commit (demo->engine, error);
}

static SlDemoMore
more_of (Demo *demo, SlId *members)
{
  const SlId *services = (const SlId *) demo->services->data;
  SlDemoMore more = { .engine = demo->engine, .out = demo->out, .owner = &demo->owner, .reception = &demo->reception,
                      .location = &demo->out->founded.location_id, .personal = &services[DEMO_PERSONAL],
                      .vinyasa = &services[DEMO_VINYASA], .members = members, .zone = demo->zone,
                      .now_ms = demo->real_now_ms };
  for (guint i = 0; i < demo->members->len; i++)
    members[i] = g_array_index (demo->members, DemoMember, i).id;
  for (guint i = 0; i < demo->sessions->len && more.full_session == NULL; i++)
    if (g_array_index (demo->sessions, DemoSession, i).full)
      more.full_session = &g_array_index (demo->sessions, DemoSession, i).id;
  return more;
}

static gboolean
set_up_more (Demo *demo, GError **error)
{
  g_autofree SlId *members = g_new0 (SlId, demo->members->len);
  SlDemoMore more = more_of (demo, members);
  return sl_demo_open_week (&more, error) && sl_demo_lead_codes (&more, error) && sl_demo_start_plans (&more, error);
}

static gboolean
receive_more (Demo *demo, GError **error)
{
  g_autofree SlId *members = g_new0 (SlId, demo->members->len);
  SlDemoMore more = more_of (demo, members);
  return sl_demo_queue (&more, error) && sl_demo_ask (&more, error) && sl_demo_stand (&more, error);
}

static gboolean
fill (Demo *demo, const char *dir, GError **error)
{
  static gboolean (* const setting_up[]) (Demo *, GError **) = { add_staff, add_rooms, add_services, add_packages,
                                                                 add_members, add_week,
                                                                 block_somebody };
  static gboolean (* const desk[]) (Demo *, GError **) = { sell_to_everybody };
  static gboolean (* const week[]) (Demo *, GError **) = { let_it_happen, issue_passes, receive_more };
  static gboolean (* const around[]) (Demo *, GError **) = { set_up_more };
  SlDueCounts due;
  demo->engine = sl_engine_open (dir, &demo->world.base, error);
  if (demo->engine == NULL)
    return FALSE;
  demo->zone = sl_engine_time_zone (demo->engine);
  sl_actor_init_owner (&demo->owner);
  if (!run_batch (demo, &demo->owner, setting_up, G_N_ELEMENTS (setting_up), error) ||
      !run_batch (demo, &demo->reception, desk, G_N_ELEMENTS (desk), error))
    return FALSE;
  plan_week (demo);
  if (!run_batch (demo, &demo->reception, week, G_N_ELEMENTS (week), error) ||
      !run_batch (demo, &demo->owner, around, G_N_ELEMENTS (around), error) || !sl_run_due (demo->engine, &due, error))
    return FALSE;
  demo->out->locations = 1;
  demo->out->pass_member = g_array_index (demo->members, DemoMember, demo->pass_member).id;
  g_clear_pointer (&demo->engine, sl_engine_close);
  return TRUE;
}

/**
 * sl_demo_clear:
 * @demo: (nullable): what a demo holds, also one that is all zero
 *
 * Frees what it holds.
 */
void
sl_demo_clear (SlDemo *demo)
{
  if (demo == NULL)
    return;
  sl_studio_founded_clear (&demo->founded);
  g_clear_pointer (&demo->people, g_array_unref);
}

/**
 * sl_demo_fill:
 * @dir: the data directory; made where it is missing; it holds no studio yet
 * @world: clock and chance
 * @params: (nullable): what it is called and whose it is; %NULL: the demo's own
 * @out: (out caller-allocates): what there is now, with everybody's PIN but that of an owner in @params
 * @out_refusal: (out): already_initialised; pin_weak, of @params
 * @error: return location
 *
 * Founds a studio three days before @world's now and lets its people do what they do up to now, by the engine's own
 * commands under a clock of
 * its own: everything is in the log. The same people book the same classes each time; keys and ids are new. Takes a
 * few seconds.
 *
 * Returns: %FALSE on failure; nothing stays behind then, nor when refused
 */
gboolean
sl_demo_fill (const char *dir, SlWorld *world, const SlStudioParams *params, SlDemo *out, SlRefusal *out_refusal,
              GError **error)
{
  g_return_val_if_fail (dir != NULL && world != NULL && out != NULL && out_refusal != NULL, FALSE);

  *out = (SlDemo) { .people = g_array_new (FALSE, FALSE, sizeof (SlDemoStaff)) };
  g_auto (SlDataDir) data_dir = { 0 };
  g_auto (Demo) demo;
  gboolean occupied;
  demo_init (&demo, world, out);
  if (!sl_data_dir_begin (dir, &data_dir, &occupied, error))
    return FALSE;
  if (occupied)
    {
      sl_refuse (out_refusal, SL_REFUSAL_ALREADY_INITIALISED);
      return TRUE;
    }
  const SlStudioParams own = { .name = DEMO_STUDIO, .location_name = DEMO_LOCATION, .timezone = DEMO_ZONE,
                               .owner_name = demo_people[0].name, .owner_pin = demo_people[0].pin };
  demo.is_of_somebody = params != NULL;
  if (!sl_studio_init (data_dir.work, &demo.world.base, params != NULL ? params : &own, &out->founded, out_refusal,
                       error))
    return FALSE;
  if (out_refusal->code != SL_REFUSAL_NONE)
    return TRUE;
  return fill (&demo, data_dir.work, error) && sl_data_dir_finish (&data_dir, error);
}
