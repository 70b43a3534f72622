/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "agent/lan.h"
#include "agent/transport-curl.h"

/* Where neighbours are reached, as far as the LAN says: shared by the agent's threads. Any thread. */
typedef struct _SlNeighbours SlNeighbours;
SlNeighbours *sl_neighbours_new (void);
void sl_neighbours_free (SlNeighbours *neighbours);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlNeighbours, sl_neighbours_free)
void sl_neighbours_set (SlNeighbours *neighbours, const SlId *replica, const char *const *urls /* empty: gone */);
GArray *sl_neighbours_list (SlNeighbours *neighbours); /* (element-type SlId) (transfer full) */
GStrv sl_neighbours_urls (SlNeighbours *neighbours, const SlId *replica); /* (transfer full): perhaps empty */
/* Whether it answered when it was asked last: who waits for an answer asks those who do first. */
void sl_neighbours_note (SlNeighbours *neighbours, const SlId *replica, gboolean answered);
gboolean sl_neighbours_is_silent (SlNeighbours *neighbours, const SlId *replica);

/* A device on a LAN takes a connection within a few ms, on a Wi-Fi that sleeps within 300. One that does not is
 * switched off, or has moved; a desk's command, which waits for 2 s (SL_CLIENT_FETCH_MS), gets past three of them. A
 * packet that
 * is lost is sent again after a second only: then the next visit connects. */
#define SL_LAN_CONNECT_MS 500

/* Connections to them, of one thread: tries a neighbour's addresses one after the other. */
typedef struct _SlNeighbourLine SlNeighbourLine;
SlNeighbourLine *sl_neighbour_line_new (const char *const *urls, gint64 request_ms);
void sl_neighbour_line_free (SlNeighbourLine *line);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlNeighbourLine, sl_neighbour_line_free)
/* How many addresses a request may try; the next one goes on behind them. At first all. */
void sl_neighbour_line_set_tries (SlNeighbourLine *line, guint tries);
SlTransport sl_neighbour_line_transport (SlNeighbourLine *line);
