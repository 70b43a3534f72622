/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk.h"

#include "studio-data.h"

/* What the studio's section has the engine do. All run on the engine's thread. */

typedef struct {
  SlStudioKind kind;
  GPtrArray *things; /* (element-type SlStudioThing): those in use first, by name */
  SlStudioChoices choices;
} SlStudioFound;
void sl_studio_found_free (gpointer found);

/* request: SlStudioKind *; result: SlStudioFound */
gboolean sl_studio_read (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                         SlRefusal *out_refusal, GError **error);

typedef struct {
  SlStudioKind kind;
  SlStudioThing *before; /* (nullable): as it was seen; NULL: it is made */
  SlStudioThing *after;  /* what differs is changed, and nothing else */
} SlStudioSave;
void sl_studio_save_free (gpointer save);

/* request: SlStudioSave; no result */
gboolean sl_studio_save (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                         SlRefusal *out_refusal, GError **error);
