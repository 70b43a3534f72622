/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-address"

#include "hub/address.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "core/error.h"

#define BACKLOG 4096          /* a whole chain of studios that comes back at once; the kernel may lower it */
#define IPV6_SUBSCRIBER_BYTES 8 /* a /64, RFC 6177 */

/**
 * sl_address_from_socket:
 * @address: (nullable): as the kernel gives it
 *
 * Returns: (transfer full) (nullable): the address without its port; %NULL for what is no address of the Internet's
 */
GInetAddress *
sl_address_from_socket (const struct sockaddr *address)
{
  if (address != NULL && address->sa_family == AF_INET)
    {
      const struct sockaddr_in *four = (const void *) address;
      return g_inet_address_new_from_bytes ((const guint8 *) &four->sin_addr, G_SOCKET_FAMILY_IPV4);
    }
  if (address == NULL || address->sa_family != AF_INET6)
    return NULL;
  const struct in6_addr *six = &((const struct sockaddr_in6 *) (const void *) address)->sin6_addr;
  if (IN6_IS_ADDR_V4MAPPED (six))
    return g_inet_address_new_from_bytes (six->s6_addr + 12, G_SOCKET_FAMILY_IPV4);
  return g_inet_address_new_from_bytes (six->s6_addr, G_SOCKET_FAMILY_IPV6);
}

/**
 * sl_address_key:
 * @address: (nullable):
 *
 * Returns: (transfer full): under what limits of this address are kept
 */
char *
sl_address_key (GInetAddress *address)
{
  if (address == NULL)
    return g_strdup ("unknown");
  if (g_inet_address_get_family (address) != G_SOCKET_FAMILY_IPV6 || g_inet_address_get_is_loopback (address))
    return g_inet_address_to_string (address);
  guint8 bytes[16] = { 0 };
  memcpy (bytes, g_inet_address_to_bytes (address), IPV6_SUBSCRIBER_BYTES);
  g_autoptr (GInetAddress) network = g_inet_address_new_from_bytes (bytes, G_SOCKET_FAMILY_IPV6);
  g_autofree char *text = g_inet_address_to_string (network);
  return g_strconcat (text, "/64", NULL);
}

/**
 * sl_address_mask:
 * @text: an address, or a network as ADDRESS/LENGTH
 *
 * Returns: (transfer full): or %NULL with %SL_ERROR_BAD_INPUT
 */
GInetAddressMask *
sl_address_mask (const char *text, GError **error)
{
  GInetAddressMask *mask = g_inet_address_mask_new_from_string (text, NULL);
  if (mask == NULL)
    g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "'%.60s' is neither an address nor a network", text);
  return mask;
}

/**
 * sl_address_in:
 * @masks: (nullable) (element-type GInetAddressMask):
 * @address: (nullable):
 *
 * Returns: whether @address is in one of @masks
 */
gboolean
sl_address_in (GPtrArray *masks, GInetAddress *address)
{
  for (guint i = 0; masks != NULL && address != NULL && i < masks->len; i++)
    if (g_inet_address_mask_matches (g_ptr_array_index (masks, i), address))
      return TRUE;
  return FALSE;
}

/* One entry of X-Forwarded-For: some proxies write the port behind it. */
static GInetAddress *
parse_forwarded (const char *entry)
{
  g_autofree char *text = g_strstrip (g_strdup (entry));
  char *start = text, *colon = strchr (text, ':');
  if (*text == '[' && strchr (text, ']') != NULL)
    {
      start = text + 1;
      *strchr (text, ']') = '\0';
    }
  else if (colon != NULL && strchr (colon + 1, ':') == NULL)
    *colon = '\0';
  return g_inet_address_new_from_string (start);
}

/**
 * sl_address_asker:
 * @peer: (nullable): who is connected
 * @forwarded_for: (nullable): the header X-Forwarded-For, several of them joined with commas
 * @proxies: (nullable) (element-type GInetAddressMask): who is believed; %NULL: nobody
 *
 * Reads the list from its end: each proxy that is believed vouches for the entry before its own. Whatever a stranger
 * wrote into the header stands before those and is never reached.
 *
 * Returns: (transfer full) (nullable): @peer itself where it is no proxy, or says nothing that can be read
 */
GInetAddress *
sl_address_asker (GInetAddress *peer, const char *forwarded_for, GPtrArray *proxies)
{
  g_autoptr (GInetAddress) asker = peer != NULL ? g_object_ref (peer) : NULL;
  if (forwarded_for == NULL || strlen (forwarded_for) > SL_ADDRESS_FORWARDED_MAX_BYTES ||
      !sl_address_in (proxies, peer))
    return g_steal_pointer (&asker);
  g_auto (GStrv) entries = g_strsplit (forwarded_for, ",", -1);
  for (guint i = g_strv_length (entries); i > 0 && sl_address_in (proxies, asker); i--)
    {
      g_autoptr (GInetAddress) before = parse_forwarded (entries[i - 1]);
      if (before == NULL)
        break;
      g_set_object (&asker, before);
    }
  return g_steal_pointer (&asker);
}

/* HOST:PORT, taken apart; FALSE: it is neither that nor [HOST]:PORT. */
static gboolean
split_where (const char *where, char **out_host, char **out_port)
{
  const char *colon = strrchr (where, ':');
  if (colon == NULL || colon[1] == '\0' || strspn (colon + 1, "0123456789") != strlen (colon + 1) ||
      strlen (colon + 1) > 5 || g_ascii_strtoull (colon + 1, NULL, 10) > G_MAXUINT16)
    return FALSE;
  gsize length = colon - where;
  if (length >= 2 && where[0] == '[' && where[length - 1] == ']')
    *out_host = g_strndup (where + 1, length - 2);
  else if (memchr (where, ':', length) == NULL && length > 0)
    *out_host = g_strndup (where, length);
  else
    return FALSE;
  *out_port = g_strdup (colon + 1);
  return TRUE;
}

static int
listen_at (const struct addrinfo *at)
{
  const int on = 1, off = 0;
  int fd = socket (at->ai_family, at->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, at->ai_protocol);
  if (fd < 0)
    return -1;
  (void) setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (at->ai_family == AF_INET6)   /* "[::]:8440" means everybody */
    (void) setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (bind (fd, at->ai_addr, at->ai_addrlen) == 0 && listen (fd, BACKLOG) == 0)
    return fd;
  int saved = errno;
  close (fd);
  errno = saved;
  return -1;
}

static guint16
port_of (int fd)
{
  struct sockaddr_storage bound = { 0 };
  socklen_t length = sizeof bound;
  if (getsockname (fd, (struct sockaddr *) &bound, &length) != 0)
    return 0;
  return ntohs (bound.ss_family == AF_INET6 ? ((struct sockaddr_in6 *) &bound)->sin6_port
                                            : ((struct sockaddr_in *) &bound)->sin_port);
}

/**
 * sl_address_listen:
 * @where: HOST:PORT; an IPv6 address stands in brackets; port 0: the kernel chooses
 * @out_port: (out): the port
 *
 * Opens a listening TCP socket that does not block.
 *
 * Returns: the socket, or -1 with %SL_ERROR_BAD_INPUT (not HOST:PORT, a name that nobody knows) or %SL_ERROR_OFFLINE
 * (the port is taken, or not ours to take)
 */
int
sl_address_listen (const char *where, guint16 *out_port, GError **error)
{
  g_return_val_if_fail (where != NULL && out_port != NULL, -1);
  g_autofree char *host = NULL, *port = NULL;
  if (!split_where (where, &host, &port))
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "'%.100s' is not HOST:PORT", where);
      return -1;
    }
  const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV };
  struct addrinfo *found = NULL;
  int failed = getaddrinfo (host, port, &hints, &found);
  if (failed != 0)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "'%.100s': %s", host, gai_strerror (failed));
      return -1;
    }
  int fd = -1;
  for (const struct addrinfo *at = found; at != NULL && fd < 0; at = at->ai_next)
    fd = listen_at (at);
  if (fd < 0)
    g_set_error (error, SL_ERROR, SL_ERROR_OFFLINE, "cannot listen on %s: %s", where, g_strerror (errno));
  freeaddrinfo (found);
  if (fd >= 0)
    *out_port = port_of (fd);
  return fd;
}
