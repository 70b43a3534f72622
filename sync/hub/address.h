/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <sys/socket.h>

/* Who is at the other end of a connection, and whom a proxy says that it asks for. */

#define SL_ADDRESS_FORWARDED_MAX_BYTES 1024 /* of X-Forwarded-For: some twenty addresses; proxies add one each */

/* NULL: neither IPv4 nor IPv6. IPv4 within IPv6 comes as IPv4. */
GInetAddress *sl_address_from_socket (const struct sockaddr *address);
/* For limits, (transfer full): an IPv4 address, or the /64 that an IPv6 address is in: that is what one subscriber
 * has. */
char *sl_address_key (GInetAddress *address);
/* "10.0.0.0/8" or an address; BAD_INPUT */
GInetAddressMask *sl_address_mask (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* masks: (nullable) (element-type GInetAddressMask) */
gboolean sl_address_in (GPtrArray *masks, GInetAddress *address);
/* (transfer full): for whom the peer asks: the last address in forwarded_for that is no trusted proxy's. */
GInetAddress *sl_address_asker (GInetAddress *peer, const char *forwarded_for, GPtrArray *proxies);

/* "127.0.0.1:8440", "[::1]:8440", "localhost:0": an open listening socket. BAD_INPUT, OFFLINE */
int sl_address_listen (const char *where, guint16 *out_port, GError **error) G_GNUC_WARN_UNUSED_RESULT;
