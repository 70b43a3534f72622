/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/datetime.h"
#include "engine/booking.h"
#include "world.h"

/* The commands that a world is made of, each given to the model and to the engine. What they draw on: numbers, taken
 * modulo what there is. One that needs something that is not there does nothing. */

#define I64 G_GINT64_FORMAT
#define PICK(list, r) ((list)[(r) % G_N_ELEMENTS (list)])

/* Whoever may be at the desk, in the hall or at the screen; member: whom it is about, MODEL_NONE for nobody. */
ModelActor command_actor (World *world, guint32 r, int member);
int command_session (World *world, guint32 r); /* one that can be booked, mostly; there has to be one */
int command_member (World *world, guint32 r, int session); /* one who is not in it, mostly; there has to be one */
/* One in the state that is wanted, mostly: what the command is about. There has to be one. */
int command_booking (World *world, guint32 r, ModelStatus wanted);
char *command_tell (const SlBookingResult *result); /* (transfer full): what became of a booking, as a line */
const char *command_actor_name (const ModelActor *actor);

/* Begins a command that somebody gives, in the way the engine wants it. */
#define ACT(r, member) \
  ModelActor actor = command_actor (world, r, member); \
  g_auto (SlActor) who = { 0 }; \
  g_auto (SlRefusal) refusal = { 0 }; \
  g_autoptr (GError) failure = NULL; \
  gboolean decided; \
  world_actor (world, &actor, &who)
#define ANSWER(ok) world_answer (world, decided, &refusal, failure, ok)
#define ID(list, i) (&g_array_index (world->list, SlId, i))

#define GIVE(name) void give_##name (World *world, const guint32 r[COMMAND_NUMBERS])
GIVE (member);
GIVE (block);
GIVE (service);
GIVE (service_active);
GIVE (session);
GIVE (change);
GIVE (sale);
GIVE (adjustment);
GIVE (pass);
GIVE (due);
GIVE (policy);

GIVE (clock);
GIVE (hold);
GIVE (book);
GIVE (confirm);
GIVE (release);
GIVE (cancel);
GIVE (checkin);
GIVE (undo);
GIVE (absence);

GIVE (leave);
GIVE (accept);
GIVE (decline);
GIVE (move);
