/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-model-steps"

#include "commands.h"

/* So many commands make the things that the others are about; they can be taken out like any. */
#define FIRST_COMMANDS 11
#define COMPARE_ALL_EVERY 4 /* a difference that is found a little late is made short all the same */
#define COMPARE_DEEPLY_EVERY 16

#define ANY M_STATUS_LAST
const CommandKind command_kinds[] = {
  { "clock", 24, give_clock, ANY },
  { "member", 2, give_member, ANY },
  { "service", 2, give_service, ANY },
  { "session", 5, give_session, ANY },
  { "sale", 8, give_sale, ANY },
  { "pass", 3, give_pass, ANY },
  { "block", 1, give_block, ANY },
  { "service_active", 1, give_service_active, ANY },
  { "change", 6, give_change, ANY },
  { "adjustment", 4, give_adjustment, ANY },
  { "due", 3, give_due, ANY },
  { "policy", 6, give_policy, ANY },
  { "hold", 12, give_hold, ANY },
  { "book", 36, give_book, ANY },
  { "confirm", 10, give_confirm, M_HELD },
  { "release", 3, give_release, M_HELD },
  { "cancel", 14, give_cancel, M_CONFIRMED },
  { "checkin", 20, give_checkin, M_CONFIRMED },
  { "undo", 4, give_undo, M_CHECKED_IN },
  { "absence", 4, give_absence, M_CONFIRMED },
  { "leave", 3, give_leave, M_WAITLISTED },
  { "accept", 8, give_accept, M_OFFERED },
  { "decline", 3, give_decline, M_OFFERED },
  { "move", 8, give_move, M_CONFIRMED },
  { NULL, 0, NULL, ANY },
};

static guint16
find_kind (const char *name)
{
  for (guint16 i = 0; command_kinds[i].name != NULL; i++)
    if (g_str_equal (command_kinds[i].name, name))
      return i;
  g_assert_not_reached ();
}

static guint16
draw_kind (guint32 r)
{
  guint32 sum = 0;

  for (guint i = 0; command_kinds[i].name != NULL; i++)
    sum += command_kinds[i].weight;
  r %= sum;
  for (guint16 i = 0; command_kinds[i].name != NULL; i++)
    {
      if (r < command_kinds[i].weight)
        return i;
      r -= command_kinds[i].weight;
    }
  g_assert_not_reached ();
}

GArray *
world_commands (guint64 seed, guint length)
{
  static const char *const first[FIRST_COMMANDS]
      = { "service", "service", "member",  "member", "member", "member",
          "session", "session", "session", "sale",   "sale" };
  GArray *commands = g_array_new (FALSE, FALSE, sizeof (Command));
  SlFakeWorld chance;

  sl_fake_world_init (&chance, 0, seed);
  for (guint i = 0; i < length; i++)
    {
      Command command;
      guint32 kind;

      chance.base.random_bytes (&chance.base, &kind, sizeof kind);
      chance.base.random_bytes (&chance.base, command.r, sizeof command.r);
      command.kind = i < FIRST_COMMANDS ? find_kind (first[i]) : draw_kind (kind);
      g_array_append_val (commands, command);
    }
  return commands;
}

static gboolean
is_anything (World *world, ModelStatus wanted)
{
  for (guint i = 0; i < world->bookings->len; i++)
    if (model_status (world->model, model_booking (world->model, i)) == wanted)
      return TRUE;
  return FALSE;
}

static gboolean
is_session_ahead (World *world)
{
  for (guint i = 0; i < world->sessions->len; i++)
    if (!model_session (world->model, i)->cancelled && model_session (world->model, i)->start > world->model->now)
      return TRUE;
  return FALSE;
}

/* Mostly something else is done where there is nothing to do it to. */
static const CommandKind *
choose_kind (World *world, const Command *command)
{
  const CommandKind *kind = &command_kinds[command->kind];

  if (command->r[0] % 8 == 0)
    return kind;
  if (kind->wanted != ANY && !is_anything (world, kind->wanted))
    kind = &command_kinds[find_kind ("book")];
  if ((kind->give == give_book || kind->give == give_hold) && !is_session_ahead (world))
    kind = &command_kinds[find_kind ("session")];
  return kind;
}

/* Gives one command to both and compares all that can be seen afterwards. */
void
world_give (World *world, const Command *command)
{
  g_clear_pointer (&world->what, g_free);
  g_clear_pointer (&world->answer, g_free);
  world->session = world->member = MODEL_NONE;
  choose_kind (world, command)->give (world, command->r);
  if (world->what == NULL)
    return;
  if (world->trace != NULL)
    g_string_append_printf (world->trace, "#   %s%s%s\n", world->what, world->answer != NULL ? " -> " : "",
                            world->answer != NULL ? world->answer : "");
  model_advance (world->model, world->model->now); /* what a command has made due at once */
  world->steps++;
  if (world->steps % COMPARE_DEEPLY_EVERY == 0)
    world_compare_deeply (world);
  else
    world_compare (world, world->steps % COMPARE_ALL_EVERY == 0);
}
