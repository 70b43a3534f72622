/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "agent/events-curl.h"
#include "agent/worker.h"

/* The main thread: exchange with the hub, news from it, upkeep. Of the default main context. */
typedef struct _SlHubLoop SlHubLoop;
/* still_wanted: called about once a second, also while a request waits: FALSE gives the request up. */
SlHubLoop *sl_hub_loop_new (const SlAgentProgram *program, SlEngine *engine, SlCurlTickFunc still_wanted,
                            gpointer user_data);
void sl_hub_loop_free (SlHubLoop *loop);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlHubLoop, sl_hub_loop_free)
/* For tests: by which clock it is judged that news have fallen silent. Before the default context runs. */
void sl_hub_loop_set_events_clock (SlHubLoop *loop, SlEventsClock now_us, gpointer user_data);
gboolean sl_hub_loop_hears (const SlHubLoop *loop); /* news come by themselves */
char *sl_hub_loop_status (SlHubLoop *loop); /* (transfer full): one line for systemctl status */
