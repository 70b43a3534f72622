/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The peer of a hub: its HTTP front with its threads, and one plain INSERT of the body for each request. */
#define PLAIN_PATH "/plain"
int plain_server_run (const char *where); /* says its port on standard output; until standard input ends */
