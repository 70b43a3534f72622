/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-studio-data"

#include "studio-private.h"

#include <math.h>

#include "core/datetime.h"
#include "engine/engine-private.h"
#include "engine/location.h"
#include "engine/package.h"
#include "engine/run-due.h"
#include "engine/sale.h"
#include "engine/service.h"
#include "engine/staff.h"
#include "engine/studio.h"

#define AHEAD_DAYS 7                                                 /* on sale, today apart */
#define SLOTS 6                                                      /* of a room and day */
#define PER_DAY (SL_STUDIO_LOCATIONS * ROOMS_EACH * SLOTS * 11 / 12) /* a room in twelve rests each time */
#define LENGTH_MIN 60
#define ZONE "Africa/Johannesburg"
#define ZONE_MS (2 * SL_HOUR_MS) /* no summer time */
#define COME_OVER_PERCENT 10     /* members who are there on the first day, from before */
#define STAY_DAYS 420            /* how long a member stays on average; at least a month */
#define SHORT_DAYS 90            /* of a studio as young as this all members are there from the first day */
#define PASS_PERCENT 60          /* members who carry one on their phone */

static const int slot_minutes[SLOTS] = { 6 * 60, 7 * 60 + 30, 9 * 60, 12 * 60, 17 * 60, 18 * 60 + 30 };
static const struct {
  const char *name, *type;
  int capacity;
} kinds[KINDS] = {
  { "Vinyasa Flow", "yoga", 24 }, { "Spin", "cycling", 20 }, { "HIIT", "hiit", 28 }, { "Reformer", "pilates", 14 }
};
static const char *const first_names[] = {
  "Thandi",  "Pieter",  "Nolwazi",  "Emily",   "Tshepo",  "Anke",   "Bongani",   "Aisha",  "Siyabonga",
  "Megan",   "Lindiwe", "Willem",   "Palesa",  "Fatima",  "Mandla", "Charlotte", "Unathi", "Hendrik",
  "Naledi",  "Zoë",     "Sibusiso", "Marlene", "Refilwe", "James",  "Ayanda",    "Cobus",  "Nomvula",
  "Rashida", "Kagiso",  "Annelie",  "Themba",  "Sarah",   "Gert",   "Priyanka",  "Xolani", "Dineo",
};
static const char *const last_names[] = {
  "Nkosi",    "Botha",     "Mthembu", "Carter", "Mokoena",   "van Wyk",    "Zulu",       "Davids",
  "Cele",     "Adams",     "Sithole", "Steyn",  "Tau",       "Jacobs",     "Ngcobo",     "Wood",
  "Mbeki",    "Pretorius", "Molefe",  "Müller", "Shabalala", "du Plessis", "Phiri",      "Petersen",
  "Mkhize",   "Viljoen",   "Radebe",  "Khan",   "Modise",    "Fourie",     "Buthelezi",  "Levin",
  "Coetzee",  "Govender",  "Ndamase", "Marais", "O'Connor",  "Swanepoel",  "Tshabalala", "Engelbrecht",
  "Abrahams", "Nxumalo",   "Venter",  "Xaba",   "Hughes",    "le Roux",    "Dlamini",
};

/* --- the studio before its first day --- */

static void
add_person (SlStudioLife *studio, const char *name, const char *role, const char *pin, SlId *out)
{
  const SlStaffParams params = { .name = name, .role = role, .pin = pin };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;
  sl_life_must (sl_staff_add (studio->engine, &studio->owner, &params, out, &refusal, &error), &refusal, &error);
}

static void
add_places (SlStudioLife *studio)
{
  static const char *const names[SL_STUDIO_LOCATIONS] = { "Sea Point", "Gardens", "Claremont" };
  for (guint i = 0; i < SL_STUDIO_LOCATIONS; i++)
    {
      g_auto (SlRefusal) refusal = { 0 };
      g_autoptr (GError) error = NULL;
      if (i > 0)
        sl_life_must (sl_location_add (studio->engine, &studio->owner, names[i], ZONE, NULL, &studio->locations[i],
                                       &refusal, &error),
                      &refusal, &error);
      for (guint room = 0; room < ROOMS_EACH; room++)
        {
          g_autofree char *name = g_strdup_printf ("Room %u", room + 1);
          sl_life_must (sl_room_add (studio->engine, &studio->owner, &studio->locations[i], name,
                                     &studio->rooms[i][room], &refusal, &error),
                        &refusal, &error);
          for (guint half = 0; half < 2; half++)
            {
              g_autofree char *who =
                  g_strdup_printf ("%s %s", first_names[4 * i + 2 * room + half], last_names[9 * i + room]);
              add_person (studio, who, "instructor", "748205", &studio->instructors[i][room][half]);
            }
        }
    }
}

static void
add_catalogue (SlStudioLife *studio)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      SlServiceParams params;
      sl_service_params_init (&params);
      params.name = kinds[i].name;
      params.kind = "class";
      params.type = kinds[i].type;
      params.duration_min = LENGTH_MIN;
      params.capacity = kinds[i].capacity;
      params.credits_hundredths = CREDIT;
      params.price_cents = DROP_IN_CENTS;
      sl_life_must (sl_service_add (studio->engine, &studio->owner, &params, &studio->services[i], &refusal, &error),
                    &refusal, &error);
    }
  sl_life_must (sl_package_add (studio->engine, &studio->owner, "Ten classes", PACKAGE_CREDITS, 140000, PACKAGE_DAYS,
                                &studio->packages[0], &refusal, &error)
                    && sl_package_add (studio->engine, &studio->owner, "Ten classes, at leisure", PACKAGE_CREDITS,
                                       170000, LONG_DAYS, &studio->packages[1], &refusal, &error),
                &refusal, &error);
}

static void
found (SlStudioLife *studio, const char *dir)
{
  SlStudioParams params = { .name = "Fynbos Fitness",
                            .location_name = "Sea Point",
                            .timezone = ZONE,
                            .owner_name = "Nomsa Dube",
                            .owner_pin = "739154" };
  g_auto (SlStudioFounded) founded = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;
  sl_life_must (sl_studio_init (dir, &studio->world.base, &params, &founded, &refusal, &error), &refusal, &error);
  studio->engine = sl_engine_open (dir, &studio->world.base, &error);
  sl_life_must (studio->engine != NULL, NULL, &error);
  studio->log = sl_engine_get_log (studio->engine);
  studio->locations[0] = founded.location_id;
  sl_actor_init_owner (&studio->owner);
  add_places (studio);
  add_person (studio, "Lerato Mokoena", "receptionist", "571936", &studio->reception);
  add_catalogue (studio);
}

/* --- people --- */

/* When each comes and goes, and how keen each is. */
static void
plan_people (SlStudioLife *studio)
{
  for (guint i = 0; i < studio->size->members; i++)
    {
      SlPerson person = { .home = (guint8) (i % SL_STUDIO_LOCATIONS),
                          .weight = (guint8) (1 << sl_life_pick (studio, 4)) };
      gboolean before = studio->n_days < SHORT_DAYS || i * 100 < studio->size->members * COME_OVER_PERCENT;
      double stay = -log (1 - g_rand_double (studio->chance)) * STAY_DAYS;
      person.join_day = before ? 0 : (int) ((gint64) i * studio->n_days / studio->size->members);
      person.leave_day = studio->n_days < SHORT_DAYS ? G_MAXINT : person.join_day + 30 + (int) stay;
      g_array_append_val (studio->people, person);
    }
}

static void
join (SlStudioLife *studio, guint number)
{
  SlPerson *person = &g_array_index (studio->people, SlPerson, number);
  const char *first = first_names[sl_life_pick (studio, G_N_ELEMENTS (first_names))];
  const char *last = last_names[sl_life_pick (studio, G_N_ELEMENTS (last_names))];
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_MEMBER);
  g_autofree char *phone = g_strdup_printf ("+2782%07u", number);
  g_autofree char *mail = g_strdup_printf ("member%u@example.org", number);
  g_autoptr (GError) error = NULL;
  sl_fields_set_text (fields, "first", first);
  sl_fields_set_text (fields, "last", last);
  sl_fields_set_text (fields, "phone", phone);
  if (sl_life_percent (studio, 70))
    sl_fields_set_text (fields, "email", mail);
  sl_fields_set_text (fields, "status", "active");
  sl_fields_set_text (fields, "permission", "standard");
  sl_fields_set_id (fields, "home_location_id", &studio->locations[person->home]);
  sl_life_begin (studio);
  sl_life_must (sl_op_create (studio->log, fields, &person->id, &error), NULL, &error);
  if (sl_life_percent (studio, PASS_PERCENT))
    {
      SlId pass;
      guint32 serial;
      sl_life_must (sl_op_pass_issue (studio->log, &person->id, studio->world.now_ms,
                                      SL_STUDIO_NOW_MS + 180 * SL_DAY_MS, &pass, &serial, &error),
                    NULL, &error);
    }
  studio->made->members++;
}

/* Those who come on this day, and who may be met from now on. */
static void
renew_active (SlStudioLife *studio, int day)
{
  while (studio->joined < studio->people->len
         && g_array_index (studio->people, SlPerson, studio->joined).join_day <= day)
    join (studio, studio->joined++);
  g_array_set_size (studio->active, 0);
  for (guint i = 0; i < studio->joined; i++)
    {
      const SlPerson *person = &g_array_index (studio->people, SlPerson, i);
      for (guint times = 0; times < person->weight && day < person->leave_day; times++)
        g_array_append_val (studio->active, i);
    }
}

/* --- what happens, day by day --- */

/* How many will want to come: as many over the years as the size says, more to some than to others. */
static guint
draw_bookings (SlStudioLife *studio, int capacity)
{
  double mean = (double) studio->size->bookings / studio->size->sessions;
  double owed = mean * (studio->past_classes + 1) - studio->planned;
  int wanted = (int) lround (MIN (owed, mean + 6)) + sl_life_pick (studio, 7) - 3;
  return (guint) CLAMP (wanted, 2, capacity);
}

/* Most in the last days, none before it is on sale. */
static void
plan_bookings (SlStudioLife *studio, guint number, gint64 on_sale_ms)
{
  SlClass *class = &g_array_index (studio->classes, SlClass, number);
  guint wanted = draw_bookings (studio, class->capacity);
  gint64 span_ms = class->start_ms - 5 * SL_MINUTE_MS - MAX (on_sale_ms, class->start_ms - AHEAD_DAYS * SL_DAY_MS);
  if (class->start_ms < SL_STUDIO_NOW_MS)
    {
      studio->past_classes++;
      studio->planned += wanted;
    }
  for (guint i = 0; i < wanted; i++)
    {
      double back = g_rand_double (studio->chance);
      gint64 at_ms = class->start_ms - 5 * SL_MINUTE_MS - (gint64) (back * back * span_ms);
      sl_life_plan (studio, at_ms, sl_life_percent (studio, 4) ? DO_HOLD : DO_BOOK, number, NULL, 0);
    }
  if (sl_life_percent (studio, 0.5))
    sl_life_plan (studio, class->start_ms - 20 * SL_HOUR_MS, DO_CANCEL_CLASS, number, NULL, 0);
}

static void
add_class (SlStudioLife *studio, guint location, guint room, guint slot, gint64 midnight_ms, gint64 on_sale_ms)
{
  guint kind = (location + room + slot + (guint) (midnight_ms / SL_DAY_MS)) % G_N_ELEMENTS (kinds);
  SlClass class = { .start_ms = midnight_ms + slot_minutes[slot] * SL_MINUTE_MS,
                    .location = (guint8) location,
                    .capacity = (guint8) kinds[kind].capacity };
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_SESSION);
  g_autoptr (GError) error = NULL;
  sl_fields_set_id (fields, "service_id", &studio->services[kind]);
  sl_fields_set_id (fields, "location_id", &studio->locations[location]);
  sl_fields_set_id (fields, "room_id", &studio->rooms[location][room]);
  sl_fields_set_id (fields, "instructor_id", &studio->instructors[location][room][slot >= SLOTS / 2]);
  sl_fields_set_int (fields, "start_ms", class.start_ms);
  sl_fields_set_int (fields, "end_ms", class.start_ms + LENGTH_MIN * SL_MINUTE_MS);
  sl_fields_set_int (fields, "published", 1);
  sl_life_begin (studio);
  sl_life_must (sl_op_session_create (studio->log, fields, class.capacity, &class.id, &error), NULL, &error);
  class.bookings = g_array_new (FALSE, FALSE, sizeof (guint));
  g_array_append_val (studio->classes, class);
  studio->made->sessions++;
  plan_bookings (studio, studio->classes->len - 1, on_sale_ms);
}

/* The past has as many sessions as the size says: what is left out is at its beginning. */
static void
add_timetable (SlStudioLife *studio, int day, gint64 on_sale_ms)
{
  gint64 midnight_ms = studio->first_day_ms + day * SL_DAY_MS;
  for (guint slot = 0; slot < SLOTS; slot++)
    for (guint location = 0; location < SL_STUDIO_LOCATIONS; location++)
      for (guint room = 0; room < ROOMS_EACH; room++)
        if ((slot * 6 + location * 2 + room + (guint) day) % 12 != 0 && (studio->skip == 0 || studio->skip-- == 0))
          add_class (studio, location, room, slot, midnight_ms, on_sale_ms);
}

static void
forget_past_classes (SlStudioLife *studio, guint *inout_from)
{
  for (; *inout_from < studio->classes->len; ++*inout_from)
    {
      SlClass *class = &g_array_index (studio->classes, SlClass, *inout_from);
      if (class->start_ms > studio->world.now_ms - SL_DAY_MS)
        return;
      g_clear_pointer (&class->bookings, g_array_unref);
    }
}

/* So that it is known up to when everything was looked through. */
static void
settle (SlStudioLife *studio)
{
  g_autoptr (GError) error = NULL;
  SlDueCounts counts;
  sl_life_must (sl_run_due (studio->engine, &counts, &error), NULL, &error);
  sl_life_must (sl_store_checkpoint (studio->engine->store, &error), NULL, &error);
}

static void
clear (SlStudioLife *studio)
{
  for (guint i = 0; i < studio->classes->len; i++)
    g_clear_pointer (&g_array_index (studio->classes, SlClass, i).bookings, g_array_unref);
  sl_engine_close (studio->engine);
  sl_actor_clear (&studio->owner);
  g_ptr_array_unref (studio->days);
  g_array_unref (studio->people);
  g_array_unref (studio->classes);
  g_array_unref (studio->bookings);
  g_array_unref (studio->active);
  g_rand_free (studio->chance);
}

static void
unref_array (gpointer array)
{
  g_array_unref (array);
}

/**
 * sl_studio_data_make:
 * @dir: where the studio shall be; nothing is there
 * @size: what is behind it
 * @seed: who comes when follows from it, and every key and id
 * @out: (out caller-allocates): what was made
 *
 * Founds the studio and lives through its days under a clock of its own, in transactions of many operations each. What
 * falls due in that time is written as well, so that the last moment finds no backlog. Any failure ends the program.
 */
void
sl_studio_data_make (const char *dir, const SlStudioSize *size, guint32 seed, SlStudioMade *out)
{
  gint64 today_ms = (SL_STUDIO_NOW_MS + ZONE_MS) / SL_DAY_MS * SL_DAY_MS - ZONE_MS;
  guint forgotten = 0;
  SlStudioLife studio = { .size = size, .made = out, .chance = g_rand_new_with_seed (seed) };
  *out = (SlStudioMade){ 0 };
  studio.n_days = (int) ((size->sessions + PER_DAY - 1) / PER_DAY);
  studio.skip = (guint) studio.n_days * PER_DAY - size->sessions;
  studio.first_day_ms = today_ms - studio.n_days * SL_DAY_MS;
  sl_fake_world_init (&studio.world, studio.first_day_ms, seed);
  studio.people = g_array_new (FALSE, FALSE, sizeof (SlPerson));
  studio.classes = g_array_new (FALSE, FALSE, sizeof (SlClass));
  studio.bookings = g_array_new (FALSE, FALSE, sizeof (SlBooked));
  studio.active = g_array_new (FALSE, FALSE, sizeof (guint));
  studio.days = g_ptr_array_new_with_free_func (unref_array);
  found (&studio, dir);
  sl_store_set_bulk (studio.engine->store, TRUE);
  plan_people (&studio);
  for (int day = 0; day <= studio.n_days; day++)
    g_ptr_array_add (studio.days, g_array_new (FALSE, FALSE, sizeof (SlEvent)));
  for (int day = 0; day < AHEAD_DAYS; day++)
    add_timetable (&studio, day, studio.first_day_ms);
  for (int day = 0; day <= studio.n_days; day++)
    {
      studio.world.now_ms = MAX (studio.world.now_ms, studio.first_day_ms + day * SL_DAY_MS);
      renew_active (&studio, day);
      add_timetable (&studio, day + AHEAD_DAYS, studio.world.now_ms);
      sl_life_day (&studio, day);
      forget_past_classes (&studio, &forgotten);
    }
  studio.world.now_ms = SL_STUDIO_NOW_MS;
  sl_life_commit (&studio);
  settle (&studio);
  out->days = (guint) studio.n_days;
  clear (&studio);
}
