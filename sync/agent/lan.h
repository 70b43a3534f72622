/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "core/id.h"

/* Devices of one studio find each other on the LAN by DNS-SD (Avahi): sync/README.md "Neighbours". Belongs to the
 * thread of its context, where its callback is called too. Nothing that is heard here is proof: only a signature is. */
#define SL_LAN_TYPE "_studioloop._tcp"
#define SL_LAN_NEIGHBOURS_MAX 64 /* desks of one studio on one LAN; others are passed over */
#define SL_LAN_ADDRESSES_MAX 8   /* of one of them */

typedef struct {
  SlId replica;
  GStrv urls; /* "http://10.0.0.2:4711", the best first; empty: it is gone. Without a slash at the end */
} SlNeighbour;
/* A neighbour of the organisation has come, moved or gone. Whether it is of this location, and who it is at all, the
 * replica knows. */
typedef void (*SlLanFunc) (const SlNeighbour *neighbour, gpointer user_data);

typedef struct _SlLan SlLan;
/* Never fails: without a system bus or Avahi it keeps looking for them. context: NULL: the default one. */
SlLan *sl_lan_new (const SlId *organisation, const SlId *replica, guint16 port, GMainContext *context,
                   SlLanFunc changed, gpointer user_data);
void sl_lan_free (SlLan *lan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlLan, sl_lan_free)
gboolean sl_lan_is_published (SlLan *lan);
