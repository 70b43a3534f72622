/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "agent/agent.h"
#include "agent/neighbours.h"
#include "agent/pace.h"

/* The agent's program: threads, each with an engine of its own, that wait for different things. sync/README.md "The
 * agent". */
typedef struct {
  const char *data_dir;
  SlWorld *world;
  gint64 interval_ms;      /* at least so often the hub is asked */
  gboolean lan;            /* look for neighbours, and answer them */
  const char *lan_address; /* (nullable): where to answer; NULL: everywhere */
  guint16 lan_port;        /* 0: any */
  SlNeighbours *neighbours;
  SlPace *pace;            /* of all requests to the hub */
  gint *asking;            /* (nullable) atomic: requests to it on behalf of commands that are under way */
} SlAgentProgram;

/* Called where the thread cannot go on: the program ends. Any thread. */
void sl_agent_program_fail (const GError *error);

/* A thread with a main loop. setup is called on it before the loop runs, teardown after it. */
typedef struct _SlWorker SlWorker;
typedef struct {
  gboolean (*setup) (SlWorker *worker, GError **error);
  void (*teardown) (SlWorker *worker);
} SlWorkerClass;
struct _SlWorker {
  const SlAgentProgram *program;
  const SlWorkerClass *class;
  GThread *thread;
  GMainContext *context;
  GMainLoop *loop;
  SlEngine *engine;
  SlAgent *agent;
  gpointer data;           /* of setup and teardown */
  gint busy;               /* atomic: with something that takes minutes and may be cut off */
};
SlWorker *sl_worker_start (const SlAgentProgram *program, const char *name, const SlWorkerClass *class);
void sl_worker_stop (SlWorker *worker); /* (nullable); waits for it */
/* A failure that the program must not go on after; others are told and tried again. */
gboolean sl_failure_is_final (const GError *error);

extern const SlWorkerClass sl_lan_answer_class;  /* lan-answer.c: found by neighbours, and answers them */
extern const SlWorkerClass sl_lan_ask_class;     /* lan-ask.c: exchanges with them */
extern const SlWorkerClass sl_nightly_class;     /* nightly.c: checks and backups */
extern const SlWorkerClass sl_serve_class;       /* serve.c: DIR/agent.sock */
