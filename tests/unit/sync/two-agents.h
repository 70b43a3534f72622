/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "agent/agent.h"
#include "../engine/desk-fixture.h"

/* Two desks of one studio, each with its agent, and a line between them that a test can spoil. */
typedef struct {
  SlAgent *to;             /* answers */
  SlFakeWorld *asker, *answerer; /* whose clocks go on while a request is on its way */
  gint64 way_ms;           /* there, and as long back */
  gboolean cut;            /* nothing comes back */
  gboolean lost_answer;    /* it was worked on, and the answer is lost */
  gsize largest_bytes;     /* above 0: longer bodies are refused as too_large */
  gboolean change;         /* a byte of the answer */
  SlSyncRequest *last;     /* (nullable): what went over it last */
  guint requests;
} Line;

typedef struct {
  Desk a, b;               /* a founded the studio */
  SlAgent *agent_a, *agent_b;
  Line line;               /* from b to a */
} Two;

void two_open (Two *two, gconstpointer data);
void two_open_seeded (Two *two, guint64 seed);
void two_close (Two *two, gconstpointer data);
#define two_test(path, func) g_test_add (path, Two, NULL, two_open, func, two_close)

SlTransport line_transport (Line *line);
SlId desk_replica (Desk *desk);
char *desk_state (Desk *desk); /* its hash of the merged state */
void two_exchange (Two *two, SlAgentResult *out); /* b asks a, once */
void two_settle (Two *two);                      /* b asks a until nothing is left to say */
