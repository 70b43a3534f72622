/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "protocol/message.h"
#include "sim.h"

/* Requests and answers between the machines of a world (sim-wire.c). */

/* One that is still on its way. */
typedef struct {
  guint to;
  SlSyncRequest *request;
} SimLate;
GArray *sim_wire_new (void); /* of SimLate */

/* from's agent speaks to another machine until there is no more to say, or the line breaks. FALSE: it did, or somebody
 * refused. asks (nullable): of SlAsk. */
gboolean sim_wire_exchange (SimWorld *world, SimDevice *from, SimDevice *to, guint64 chance, const GArray *asks);
void sim_wire_race (SimWorld *world); /* somebody else's exchange with the hub's other program, at once */
void sim_wire_deliver (SimWorld *world, guint32 r); /* an old request comes after all, or again */
/* After something came in. before (nullable) (transfer full): what it could spend before */
void sim_wire_check (SimWorld *world, SimDevice *device, SimHolding *before);
