/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-model-world"

#include "world.h"

#include "../expect.h"
#include "core/datetime.h"
#include "engine/location.h"
#include "engine/staff.h"
#include "engine/studio.h"
#include "oplog/oplog.h"

/* What a refusal says beside its code that has to be right. */
static const struct {
  SlRefusalCode code;
  const char *key, *label;
  enum { NUMBER, TEXT, BOOKING } sort;
} details[] = {
  { SL_REFUSAL_TOO_MANY_SPOTS, "max", "max", NUMBER },
  { SL_REFUSAL_GUEST_NAMES_NEEDED, "needed", "needed", NUMBER },
  { SL_REFUSAL_GUEST_NAMES_NEEDED, "given", "given", NUMBER },
  { SL_REFUSAL_BOOKING_WINDOW_CLOSED, "opens_ms", "opens", NUMBER },
  { SL_REFUSAL_MEMBER_BLOCKED, "status", "status", TEXT },
  { SL_REFUSAL_ALREADY_BOOKED, "booking", "booking", BOOKING },
  { SL_REFUSAL_ALREADY_BOOKED, "status", "status", TEXT },
  { SL_REFUSAL_RATE_LIMITED, "max", "max", NUMBER },
  { SL_REFUSAL_CLASS_FULL, "capacity", "capacity", NUMBER },
  { SL_REFUSAL_CLASS_FULL, "free", "free", NUMBER },
  { SL_REFUSAL_CLASS_FULL, "position", "position", NUMBER },
  { SL_REFUSAL_INSUFFICIENT_CREDITS, "needed_hundredths", "needed", NUMBER },
  { SL_REFUSAL_INSUFFICIENT_CREDITS, "balance_hundredths", "balance", NUMBER },
  { SL_REFUSAL_INSUFFICIENT_CREDITS, "price_cents", "price", NUMBER },
  { SL_REFUSAL_HOLD_EXPIRED, "expired_ms", "expired", NUMBER },
  { SL_REFUSAL_WRONG_STATE, "status", "status", TEXT },
  { SL_REFUSAL_NOT_UNDOABLE, "status", "status", TEXT },
  { SL_REFUSAL_CANCEL_CLOSED, "start_ms", "start", NUMBER },
  { SL_REFUSAL_LIMIT_REACHED, "max", "max", NUMBER },
  { SL_REFUSAL_NOT_WAITLISTED, "status", "status", TEXT },
  { SL_REFUSAL_NOT_OFFERED, "status", "status", TEXT },
  { SL_REFUSAL_OFFER_LAPSED, "lapsed_ms", "lapsed", NUMBER },
  { SL_REFUSAL_AMOUNT_MISMATCH, "paid_cents", "paid", NUMBER },
  { SL_REFUSAL_AMOUNT_MISMATCH, "price_cents", "price", NUMBER },
  { SL_REFUSAL_TOO_EARLY, "opens_ms", "opens", NUMBER },
  { SL_REFUSAL_TOO_LATE, "closes_ms", "closes", NUMBER },
};

Studio *
studio_new (guint64 seed, const char *zone, gint64 now)
{
  Studio *studio = g_new0 (Studio, 1);
  SlStudioParams params = { "Fynbos Fitness", "Sea Point", zone, NULL, "Nomsa Dube", "739154" };
  SlStaffParams teacher = { .name = "Sipho", .role = "instructor", .pin = "482916" };
  g_auto (SlStudioFounded) founded = { 0 };
  g_auto (SlActor) owner = { 0 };

  studio->dir = sl_temp_dir_new ();
  sl_fake_world_init (&studio->clock, now, seed);
  done (sl_studio_init (studio->dir->path, &studio->clock.base, &params, &founded, &refusal, &failure));
  {
    g_autoptr (GError) failure = NULL;

    studio->engine = sl_engine_open (studio->dir->path, &studio->clock.base, &failure);
    g_assert_no_error (failure);
    studio->zone = sl_time_zone_new (zone, &failure);
    g_assert_no_error (failure);
  }
  sl_actor_init_owner (&owner);
  sl_engine_get_location (studio->engine, &studio->locations[0]);
  done (sl_location_add (studio->engine, &owner, "Woodstock", "Africa/Johannesburg", NULL, &studio->locations[1],
                         &refusal, &failure));
  done (sl_staff_add (studio->engine, &owner, &teacher, &studio->instructor, &refusal, &failure));
  studio->others.bytes[0] = 1;
  return studio;
}

void
studio_free (Studio *studio)
{
  g_clear_pointer (&studio->engine, sl_engine_close);
  g_clear_pointer (&studio->dir, sl_temp_dir_free);
  g_clear_pointer (&studio->zone, g_time_zone_unref);
  g_free (studio);
}

static GArray *
ids_new (void)
{
  return g_array_new (FALSE, TRUE, sizeof (SlId));
}

World *
world_new (Studio *studio, gboolean trace)
{
  World *world = g_new0 (World, 1);

  world->studio = studio;
  world->engine = studio->engine;
  world->model = model_new (studio->clock.now_ms, studio->zone);
  world->members = ids_new ();
  world->services = ids_new ();
  world->sessions = ids_new ();
  world->packages = ids_new ();
  world->lots = ids_new ();
  world->bookings = ids_new ();
  world->passes = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  world->statuses = g_array_new (FALSE, TRUE, sizeof (ModelStatus));
  world->rights = g_array_new (FALSE, TRUE, sizeof (gint64));
  world->trace = trace ? g_string_new (NULL) : NULL;
  return world;
}

void
world_free (World *world)
{
  model_free (world->model);
  g_array_unref (world->members);
  g_array_unref (world->services);
  g_array_unref (world->sessions);
  g_array_unref (world->packages);
  g_array_unref (world->lots);
  g_array_unref (world->bookings);
  g_ptr_array_unref (world->passes);
  g_array_unref (world->statuses);
  g_array_unref (world->rights);
  g_free (world->what);
  g_free (world->answer);
  g_free (world->difference);
  if (world->trace != NULL)
    g_string_free (world->trace, TRUE);
  g_free (world);
}

void
world_differ (World *world, const char *format, ...)
{
  va_list args;

  if (world->difference != NULL)
    return;
  va_start (args, format);
  world->difference = g_strdup_vprintf (format, args);
  va_end (args);
}

void
world_note (World *world, const char *format, ...)
{
  va_list args;

  g_free (world->what);
  va_start (args, format);
  world->what = g_strdup_vprintf (format, args);
  va_end (args);
}

int
world_find (GArray *ids, const SlId *id)
{
  for (guint i = 0; i < ids->len; i++)
    if (sl_id_equal (&g_array_index (ids, SlId, i), id))
      return (int) i;
  return MODEL_NONE;
}

/* The model's actor as the engine knows it. */
void
world_actor (World *world, const ModelActor *actor, SlActor *out)
{
  static const SlRole roles[] = { SL_ROLE_MEMBER,  SL_ROLE_INSTRUCTOR, SL_ROLE_RECEPTIONIST,
                                  SL_ROLE_FINANCE, SL_ROLE_MANAGER,    SL_ROLE_OWNER };

  *out = (SlActor){ .role = roles[actor->role], .id = world->studio->others };
  if (actor->role == M_OWNER)
    out->id = sl_actor_owner;
  else if (actor->role == M_MEMBER)
    out->id = actor->member == MODEL_NONE ? sl_actor_device : g_array_index (world->members, SlId, actor->member);
  else if (actor->role == M_INSTRUCTOR)
    out->id = world->studio->instructor;
  if (actor->role == M_MEMBER || actor->locations == (1u << MODEL_LOCATIONS) - 1)
    return;
  out->locations = g_array_new (FALSE, FALSE, sizeof (SlId));
  for (guint i = 0; i < MODEL_LOCATIONS; i++)
    if (actor->locations & (1u << i))
      g_array_append_val (out->locations, world->studio->locations[i]);
}

static void
add_detail (World *world, SlRefusal *refusal, guint i, GString *line)
{
  const char *text = sl_refusal_get_text (refusal, details[i].key);
  SlId id;

  if (details[i].sort == NUMBER)
    g_string_append_printf (line, " %s=%" G_GINT64_FORMAT, details[i].label,
                            sl_refusal_get_int (refusal, details[i].key, -1));
  else if (text != NULL && details[i].sort == TEXT)
    g_string_append_printf (line, " %s=%s", details[i].label, text);
  else if (text != NULL && sl_id_parse (text, &id))
    g_string_append_printf (line, " %s=%d", details[i].label, world_find (world->bookings, &id));
}

/* (transfer full) */
char *
world_refusal (World *world, SlRefusal *refusal)
{
  GString *line = g_string_new (sl_refusal_name (refusal->code));

  for (guint i = 0; i < G_N_ELEMENTS (details); i++)
    if (details[i].code == refusal->code)
      add_detail (world, refusal, i, line);
  return g_string_free (line, FALSE);
}

char *
world_answer (World *world, gboolean decided, SlRefusal *refusal, GError *failure, char *ok)
{
  g_autofree char *done = ok;

  if (!decided)
    return g_strdup_printf ("failure %s", failure != NULL ? failure->message : "without a word");
  return refusal->code == SL_REFUSAL_NONE ? g_steal_pointer (&done) : world_refusal (world, refusal);
}

gboolean
world_agree (World *world, char *model, char *engine)
{
  g_autofree char *by_model = model, *by_engine = engine;

  if (!g_str_equal (by_model, by_engine))
    world_differ (world, "the model answers\n#   %s\n# the engine\n#   %s", by_model, by_engine);
  g_free (world->answer);
  world->answer = g_steal_pointer (&by_engine);
  return world->difference == NULL && g_str_has_prefix (world->answer, "ok");
}
