/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-model-commands"

#include "commands.h"

#include "../expect.h"
#include "core/datetime.h"
#include "engine/credits.h"
#include "engine/member.h"
#include "engine/package.h"
#include "engine/pass.h"
#include "engine/policy.h"
#include "engine/run-due.h"
#include "engine/sale.h"
#include "engine/schedule.h"
#include "engine/service.h"

#define EVERYWHERE ((1u << MODEL_LOCATIONS) - 1)
#define MEMBERS_MAX 6
#define SERVICES_MAX 5
#define PACKAGES_MAX 4
#define SESSIONS_MAX 12

/* Whoever may be at the desk, in the hall or at the screen; member: whom it is about, MODEL_NONE for nobody. */
ModelActor
command_actor (World *world, guint32 r, int member)
{
  static const ModelActor others[] = {
    { M_OWNER, MODEL_NONE, MODEL_NONE, 0 },                 { M_MANAGER, MODEL_NONE, MODEL_NONE, EVERYWHERE },
    { M_MANAGER, MODEL_NONE, MODEL_NONE, 2 },               { M_RECEPTIONIST, MODEL_NONE, MODEL_NONE, EVERYWHERE },
    { M_RECEPTIONIST, MODEL_NONE, MODEL_NONE, 1 },          { M_RECEPTIONIST, MODEL_NONE, MODEL_NONE, 2 },
    { M_INSTRUCTOR, MODEL_NONE, 0, EVERYWHERE },            { M_FINANCE, MODEL_NONE, MODEL_NONE, EVERYWHERE },
    { M_MEMBER, MODEL_NONE, MODEL_NONE, EVERYWHERE },
  };
  ModelActor actor = { M_OWNER, MODEL_NONE, MODEL_NONE, EVERYWHERE };

  if (r % 8 < 5)
    return actor;
  if (r % 8 < 6 || member == MODEL_NONE)
    return PICK (others, r / 8);
  actor = (ModelActor){ M_MEMBER, member, MODEL_NONE, EVERYWHERE };
  if (r / 8 % 8 == 0)
    actor.member = (int) (r / 64 % world->members->len);
  return actor;
}

/* One that can be booked, mostly: rather the first of these, so that they are many in one. */
int
command_session (World *world, guint32 r)
{
  guint len = world->sessions->len, at = r / 8 % 8 < 5 ? 0 : r / 64 % len;

  for (guint i = 0; i < len && r % 8 != 0; i++)
    {
      const ModelSession *of = model_session (world->model, (at + i) % len);

      if (!of->cancelled && (r % 8 == 1 ? of->end : of->start) > world->model->now)
        return (int) ((at + i) % len);
    }
  return (int) at;
}

/* One who is not in the session yet, mostly. */
int
command_member (World *world, guint32 r, int session)
{
  guint len = world->members->len, at = r / 8 % len;

  for (guint i = 0; i < len && r % 8 != 0; i++)
    {
      gboolean in = FALSE;

      for (guint k = 0; k < world->model->bookings->len; k++)
        in = in || (model_booking (world->model, k)->session == session && !model_booking (world->model, k)->gone
                    && model_booking (world->model, k)->member == (int) ((at + i) % len));
      if (!in)
        return (int) ((at + i) % len);
    }
  return (int) at;
}

const char *
command_actor_name (const ModelActor *actor)
{
  static const char *const names[] = { "member", "instructor", "receptionist", "finance", "manager", "owner" };
  static char text[64];

  if (actor->role == M_MEMBER && actor->member == MODEL_NONE)
    return "device";
  if (actor->role == M_MEMBER)
    g_snprintf (text, sizeof text, "member %d", actor->member);
  else
    g_snprintf (text, sizeof text, "%s%s", names[actor->role],
                actor->locations == EVERYWHERE || actor->role == M_OWNER ? ""
                : actor->locations == 1                                   ? " (here)"
                                                                          : " (not here)");
  return text;
}

void
give_member (World *world, const guint32 r[COMMAND_NUMBERS])
{
  static const ModelPermission permissions[] = { M_STANDARD, M_STANDARD, M_STANDARD, M_VIP, M_RESTRICTED };
  static const char *const words[] = { "standard", "vip", "restricted" };
  ModelMember member = { .permission = PICK (permissions, r[0]) };
  SlMemberParams params = { .first = "Thandi", .last = "Nkosi", .permission = words[member.permission] };
  g_auto (SlActor) owner = { 0 };
  SlId id;

  if (world->members->len >= MEMBERS_MAX)
    return;
  world_note (world, "member %u is added, %s", world->members->len, params.permission);
  sl_actor_init_owner (&owner);
  done (sl_member_add (world->engine, &owner, &params, TRUE, &id, &refusal, &failure));
  g_array_append_val (world->members, id);
  g_array_append_val (world->model->members, member);
  g_ptr_array_add (world->passes, g_ptr_array_new_with_free_func (g_free));
}

void
give_block (World *world, const guint32 r[COMMAND_NUMBERS])
{
  if (world->members->len == 0)
    return;
  int member = (int) (r[0] % world->members->len);
  gboolean banned = !model_member (world->model, member)->banned;
  ACT (r[1], MODEL_NONE);

  world_note (world, "%s %s member %d", command_actor_name (&actor), banned ? "blocks" : "unblocks", member);
  decided = (banned ? sl_member_block : sl_member_unblock) (world->engine, &who, ID (members, member), "weights",
                                                            &refusal, &failure);
  world_agree (world, model_block (world->model, &actor, member, banned), ANSWER (g_strdup ("ok")));
  if (model_next (world->model) != G_MAXINT64)
    world_settle (world, world->model->now);
}

void
give_service (World *world, const guint32 r[COMMAND_NUMBERS])
{
  static const gint64 credits[] = { 0, 0, 50, 100, 100, 150, 33 }, prices[] = { MODEL_NONE, MODEL_NONE, 12000, 9900 },
                      minutes[] = { 15, 30, 45, 60, 60, 90, 600 }, capacities[] = { 1, 2, 3, 5 };
  ModelService service = { .mode = r[0] % 4 == 0 ? (ModelMode) (r[0] / 4 % 4) : M_BY_ALL,
                           .credits = PICK (credits, r[1]),
                           .price = PICK (prices, r[2]),
                           .duration_min = PICK (minutes, r[3]),
                           .capacity = PICK (capacities, r[4]),
                           .active = TRUE };
  static const char *const modes[] = { "self", "instructor", "staff", "mixed" };
  SlServiceParams params;
  g_auto (SlActor) owner = { 0 };
  SlId id;

  if (world->services->len >= SERVICES_MAX)
    return;
  world_note (world, "service %u: %s, %" I64 " hundredths, %" I64 " cents, %" I64 " min, %" I64 " spots",
              world->services->len, modes[service.mode], service.credits, service.price, service.duration_min,
              service.capacity);
  sl_actor_init_owner (&owner);
  sl_service_params_init (&params);
  params.name = "Vinyasa";
  params.kind = "class";
  params.type = "yoga";
  params.mode = modes[service.mode];
  params.duration_min = service.duration_min;
  params.capacity = service.capacity;
  params.credits_hundredths = service.credits;
  if (service.price != MODEL_NONE)
    params.price_cents = service.price;
  done (sl_service_add (world->engine, &owner, &params, &id, &refusal, &failure));
  g_array_append_val (world->services, id);
  g_array_append_val (world->model->services, service);
}

void
give_service_active (World *world, const guint32 r[COMMAND_NUMBERS])
{
  SlServiceParams params;
  g_auto (SlActor) owner = { 0 };

  if (world->services->len == 0)
    return;
  ModelService *service = model_service (world->model, r[0] % world->services->len);
  service->active = !service->active;
  world_note (world, "service %d is %s", (int) (r[0] % world->services->len),
              service->active ? "offered again" : "offered no more");
  sl_actor_init_owner (&owner);
  sl_service_params_init (&params);
  params.active = service->active ? 1 : -1;
  done (sl_service_edit (world->engine, &owner, ID (services, r[0] % world->services->len), &params, &refusal,
                         &failure));
}

/* Mostly soon, and by the half hour, so that sessions touch and overlap. */
static gint64
start_of (World *world, guint32 r)
{
  static const gint64 hours[] = { 2, 11, 12, 13, 23, 24, 25, 36, 72, 150, 167, 200 };
  gint64 soon = 1 + r % 8, start = world->model->now;

  start += r / 16 % 4 != 0 ? soon * 30 * SL_MINUTE_MS : PICK (hours, r / 64) * SL_HOUR_MS;
  return start - start % (15 * SL_MINUTE_MS);
}

void
give_session (World *world, const guint32 r[COMMAND_NUMBERS])
{
  static const gint64 capacities[] = { 1, 1, 2, 2, 2, 3, 5, 0 };
  SlSessionParams params;
  SlId id;

  if (world->services->len == 0 || world->sessions->len >= SESSIONS_MAX)
    return;
  int service = (int) (r[0] % world->services->len);
  ModelSession session = { .service = service,
                           .location = r[1] % 4 == 0,
                           .instructor = r[2] % 3 == 0 ? 0 : MODEL_NONE,
                           .start = start_of (world, r[3]),
                           .capacity = PICK (capacities, r[4]),
                           .published = r[5] % 8 != 0 };
  ACT (r[6] % 6 == 0 ? r[6] / 6 : 0, MODEL_NONE);
  session.end = session.start + model_service (world->model, service)->duration_min * SL_MINUTE_MS;
  world_note (world, "%s adds session %u of service %d at location %d, in %" I64 " min, %" I64 " spots%s%s",
              command_actor_name (&actor), world->sessions->len, service, session.location,
              (session.start - world->model->now) / SL_MINUTE_MS, session.capacity,
              session.instructor == 0 ? ", with the instructor" : "", session.published ? "" : ", a draft");
  sl_session_params_init (&params);
  params.service = ID (services, service);
  params.location = &world->studio->locations[session.location];
  params.instructor = session.instructor == 0 ? &world->studio->instructor : NULL;
  params.start_ms = session.start;
  params.capacity = session.capacity;
  params.draft = !session.published;
  decided = sl_session_add (world->engine, &who, &params, &id, &refusal, &failure);
  if (world_agree (world, model_add_session (world->model, &actor, &session), ANSWER (g_strdup ("ok"))))
    g_array_append_val (world->sessions, id);
}

void
give_change (World *world, const guint32 r[COMMAND_NUMBERS])
{
  static const gint64 capacities[] = { 0, 1, 2, 3, 4, 6 };
  static const gint64 shifts[] = { -60, -30, -15, 15, 30, 60, 720, 1440 };

  if (world->sessions->len == 0)
    return;
  int session = command_session (world, r[0]);
  gint64 start = model_session (world->model, session)->start + PICK (shifts, r[2]) * SL_MINUTE_MS;
  gint64 capacity = PICK (capacities, r[2]);
  guint released;
  char *want;
  SlSessionParams params;
  ACT (r[1], MODEL_NONE);

  world->session = session;
  if (r[3] % 8 == 3 && start <= world->model->now)
    return;
  switch (r[3] % 8)
    {
    case 0:
      world_note (world, "%s cancels session %d", command_actor_name (&actor), session);
      want = model_cancel_session (world->model, &actor, session);
      decided = sl_session_cancel (world->engine, &who, ID (sessions, session), "boiler", &released, &refusal,
                                   &failure);
      break;
    case 1:
      world_note (world, "%s publishes session %d", command_actor_name (&actor), session);
      want = model_publish (world->model, &actor, session);
      decided = sl_session_publish (world->engine, &who, ID (sessions, session), &refusal, &failure);
      break;
    case 2:
      world_note (world, "%s completes session %d", command_actor_name (&actor), session);
      want = model_complete (world->model, &actor, session);
      decided = sl_session_complete (world->engine, &who, ID (sessions, session), &refusal, &failure);
      break;
    case 3:
      world_note (world, "%s moves session %d by %" I64 " min", command_actor_name (&actor), session,
                  PICK (shifts, r[2]));
      sl_session_params_init (&params);
      params.start_ms = start;
      want = model_move_session (world->model, &actor, session, start);
      decided = sl_session_edit (world->engine, &who, ID (sessions, session), &params, &refusal, &failure);
      break;
    default:
      world_note (world, "%s sets the capacity of session %d to %" I64, command_actor_name (&actor), session, capacity);
      want = model_set_capacity (world->model, &actor, session, capacity);
      decided = sl_session_set_capacity (world->engine, &who, ID (sessions, session), capacity, &refusal, &failure);
    }
  world_agree (world, want, ANSWER (g_strdup ("ok")));
}

static void
add_package (World *world, const guint32 r[COMMAND_NUMBERS])
{
  static const gint64 credits[] = { 200, 250, 500, 133, 1000 }, days[] = { 1, 1, 2, 7, 30 };
  ModelPackage package = { PICK (credits, r[4]), 45000, PICK (days, r[5]) };
  g_auto (SlActor) owner = { 0 };
  SlId id;

  sl_actor_init_owner (&owner);
  done (sl_package_add (world->engine, &owner, "Pack", package.credits, package.price, package.valid_days, &id,
                        &refusal, &failure));
  g_array_append_val (world->packages, id);
  g_array_append_val (world->model->packages, package);
}

void
give_sale (World *world, const guint32 r[COMMAND_NUMBERS])
{
  SlSaleParams params = { .method = "card", .amount_cents = SL_NUMBER_NONE };
  SlSale sale = { 0 };

  if (world->members->len == 0)
    return;
  if (world->packages->len < PACKAGES_MAX && (world->packages->len == 0 || r[3] % 2 == 0))
    add_package (world, r);
  int member = (int) (r[0] % world->members->len), package = (int) (r[1] % world->packages->len);
  ACT (r[2] % 8 == 0 ? r[2] / 8 : 0, MODEL_NONE);
  world->member = member;
  params.member_id = *ID (members, member);
  params.package_id = *ID (packages, package);
  world_note (world, "%s sells member %d %" I64 " hundredths for %" I64 " days", command_actor_name (&actor), member,
              model_package (world->model, package)->credits, model_package (world->model, package)->valid_days);
  decided = sl_sale_package (world->engine, &who, &params, &sale, &refusal, &failure);
  if (world_agree (world, model_sell (world->model, &actor, member, package),
                   ANSWER (g_strdup_printf ("ok amount=%" I64 " expires=%" I64, sale.amount_cents, sale.expires_ms))))
    g_array_append_val (world->lots, sale.lot_id);
}

/* An adjustment does not say which lot it made: the one that nobody knows yet. */
static void
find_new_lot (World *world, int member)
{
  g_autoptr (SlCredits) credits = NULL;
  g_auto (SlActor) owner = { 0 };

  sl_actor_init_owner (&owner);
  done (sl_credits_show (world->engine, &owner, ID (members, member), &credits, &refusal, &failure));
  for (guint i = 0; i < credits->lots->len; i++)
    if (world_find (world->lots, &g_array_index (credits->lots, SlCreditLot, i).id) == MODEL_NONE)
      g_array_append_val (world->lots, g_array_index (credits->lots, SlCreditLot, i).id);
}

void
give_adjustment (World *world, const guint32 r[COMMAND_NUMBERS])
{
  static const gint64 amounts[] = { 50, 100, 300, -1, -50, -100, -200 };
  gint64 amount = PICK (amounts, r[1]), balance = 0;

  if (world->members->len == 0)
    return;
  int member = (int) (r[0] % world->members->len);
  ACT (r[2], MODEL_NONE);
  world->member = member;
  world_note (world, "%s adjusts member %d by %" I64, command_actor_name (&actor), member, amount);
  decided = sl_credits_adjust (world->engine, &who, ID (members, member), amount, "mistake", &balance, &refusal,
                               &failure);
  if (world_agree (world, model_adjust (world->model, &actor, member, amount),
                   ANSWER (g_strdup_printf ("ok balance=%" I64, balance)))
      && amount > 0)
    find_new_lot (world, member);
}

void
give_pass (World *world, const guint32 r[COMMAND_NUMBERS])
{
  SlPass *pass = NULL;
  g_auto (SlActor) owner = { 0 };

  if (world->members->len == 0)
    return;
  int member = (int) (r[0] % world->members->len);
  if (model_member (world->model, member)->banned)
    return;
  world_note (world, "member %d gets a pass", member);
  sl_actor_init_owner (&owner);
  done (sl_pass_issue (world->engine, &owner, ID (members, member), &pass, &refusal, &failure));
  g_ptr_array_add (world->passes->pdata[member], g_strdup (pass->code));
  model_member (world->model, member)->passes++;
  sl_pass_free (pass);
}

void
give_due (World *world, const guint32 r[COMMAND_NUMBERS])
{
  SlDueCounts counts, none = { 0 };
  g_autoptr (GError) failure = NULL;

  world_note (world, "what is due is run%s", r[0] % 2 ? " twice" : "");
  world_settle (world, world->model->now);
  for (guint i = 0; i < r[0] % 2; i++)
    {
      g_assert_true (sl_run_due (world->engine, &counts, &failure));
      g_assert_no_error (failure);
    }
  if (r[0] % 2 && memcmp (&counts, &none, sizeof none) != 0)
    world_differ (world, "what is due was run twice, and something was due the second time");
}

/* Where somebody waits, what is due is run when it falls due: an offer is made by whatever comes first. */
void
world_settle (World *world, gint64 at)
{
  SlDueCounts counts;
  g_autoptr (GError) failure = NULL;

  world->studio->clock.now_ms = at;
  model_advance (world->model, at);
  model_run_due (world->model);
  for (guint i = 0; i < world->model->sessions->len; i++)
    model_fill (world->model, (int) i, at);
  g_assert_true (sl_run_due (world->engine, &counts, &failure));
  g_assert_no_error (failure);
}

/* A policy as a text for the engine and a value for the model. */
static char *
draw_value (ModelPolicy policy, guint32 r, ModelValue *out)
{
  static const gint64 numbers[M_POLICY_LAST][4] = {
    [M_HOLD_MINUTES] = { 1, 5, 20, 60 },      [M_HOLDS_PER_MINUTE] = { 1, 1, 2, 3 },
    [M_BOOKING_OPENS_HOURS] = { 0, 1, 24, 200 }, [M_SPOTS_MAX] = { 1, 2, 3, 32 },
    [M_OPENS_MINUTES] = { 0, 15, 60, 240 },   [M_CLOSES_MINUTES] = { 0, 5, 30, 90 },
    [M_DOOR_SHUT] = { 0, 0, 0, 1 },           [M_OFFER_MINUTES] = { 10, 30, 60, 120 },
    [M_OFFER_SHORT_MINUTES] = { 1, 5, 10, 40 }, [M_OFFER_SHORT_HOURS] = { 0, 1, 2, 12 },
    [M_WAITLIST_MAX] = { 0, 1, 2, 50 },
  };
  static const ModelValue tiers[] = { { TRUE, 0, { { 2, 100 } }, 1 },
                                      { TRUE, 0, { { 24, 100 }, { 12, 50 } }, 2 },
                                      { TRUE, 0, { { 48, 90 }, { 24, 75 }, { 1, 33 } }, 3 },
                                      { TRUE, 0, { { 0, 25 } }, 1 },
                                      { TRUE, 0, { { 12, 0 } }, 1 } };
  GString *text;

  *out = (ModelValue){ .set = r % 4 != 0 };
  if (!out->set)
    return NULL;
  if (policy != M_TIERS)
    {
      out->number = PICK (numbers[policy], r / 4);
      return policy == M_DOOR_SHUT ? g_strdup (out->number ? "never" : "always")
                                   : g_strdup_printf ("%" I64, out->number);
    }
  *out = PICK (tiers, r / 4);
  text = g_string_new (NULL);
  for (int i = 0; i < out->n_tiers; i++)
    g_string_append_printf (text, "%" I64 ":%d ", out->tiers[i].hours, out->tiers[i].percent);
  return g_string_free (text, FALSE);
}

static const SlPolicy policies[] = {
  SL_POLICY_HOLD_MINUTES,          SL_POLICY_HOLDS_PER_MINUTE,        SL_POLICY_BOOKING_OPENS_HOURS,
  SL_POLICY_BOOKING_SPOTS_MAX,     SL_POLICY_CHECKIN_OPENS_MINUTES,   SL_POLICY_CHECKIN_CLOSES_MINUTES,
  SL_POLICY_OFFER_MINUTES,         SL_POLICY_OFFER_SHORT_MINUTES,     SL_POLICY_OFFER_SHORT_WITHIN_HOURS,
  SL_POLICY_WAITLIST_MAX,          SL_POLICY_ACCESS_HOURS,            SL_POLICY_CANCEL_TIERS,
};
G_STATIC_ASSERT (G_N_ELEMENTS (policies) == M_POLICY_LAST);

static void
set_policy (World *world, guint scope, ModelPolicy policy, const char *text)
{
  const SlId *id = scope == 0                 ? NULL
                   : scope <= MODEL_LOCATIONS ? &world->studio->locations[scope - 1]
                                              : ID (services, scope - 1 - MODEL_LOCATIONS);
  g_auto (SlActor) owner = { 0 };

  sl_actor_init_owner (&owner);
  done (sl_policy_set (world->engine, &owner, id, policies[policy], text, &refusal, &failure));
}

/* How many holds in a minute, and when a place is open, are not asked of a service. */
void
give_policy (World *world, const guint32 r[COMMAND_NUMBERS])
{
  ModelPolicy policy = r[0] % 4 == 0 ? M_HOLDS_PER_MINUTE : r[0] / 4 % M_POLICY_LAST;
  gboolean of_service = policy != M_HOLDS_PER_MINUTE && policy != M_DOOR_SHUT;
  guint scope = r[1] % (1 + MODEL_LOCATIONS + (of_service ? world->services->len : 0));
  ModelValue value;
  g_autofree char *text = draw_value (policy, r[2], &value);

  world_note (world, "policy %s of scope %u becomes %s", sl_policy_name (policies[policy]), scope,
              text != NULL ? text : "unset");
  world->model->policies[scope][policy] = value;
  set_policy (world, scope, policy, text);
  if (model_next (world->model) != G_MAXINT64)
    world_settle (world, world->model->now);
}

/* For the next world in the same studio: nothing is set. */
void
world_tidy (World *world)
{
  for (guint scope = 0; scope < 1 + MODEL_LOCATIONS; scope++)
    for (guint policy = 0; policy < M_POLICY_LAST; policy++)
      if (world->model->policies[scope][policy].set)
        set_policy (world, scope, policy, NULL);
}
