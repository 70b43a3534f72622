/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-lan"

#include "agent/lan.h"

#include <avahi-client/client.h>
#include <avahi-client/lookup.h>
#include <avahi-client/publish.h>
#include <avahi-common/alternative.h>
#include <avahi-common/error.h>
#include <avahi-common/malloc.h>
#include <avahi-glib/glib-watch.h>
#include <net/if.h>
#include <string.h>

#include "core/crypto.h"
#include "protocol/message.h"

#define ORGANISATION_BYTES 8 /* of a hash, as 16 hex digits: enough to tell studios apart, too few to know one by */
#define LABEL_DIGITS 16
#define AGAIN_S 5   /* without a bus or a daemon: so often it is looked for them */
#define SETTLE_S 10 /* after a daemon's restart: who was not found again by then is gone */
#define ENDPOINTS_MAX (SL_LAN_NEIGHBOURS_MAX * SL_LAN_ADDRESSES_MAX)

/* A service on one interface by one protocol. Its resolver lives as long, so that a move is heard of. */
typedef struct {
  SlLan *lan;
  AvahiIfIndex interface;
  AvahiProtocol protocol;
  char *name;
  AvahiServiceResolver *resolver; /* (nullable): none while there is no daemon */
  guint generation;               /* of the browser that saw it last */
  SlId replica;                   /* none: not resolved, or not one of ours */
  char *url;                      /* (nullable) likewise */
  guint rank;                     /* lower is better */
} Endpoint;

struct _SlLan {
  SlId organisation, replica;
  char *organisation_text;
  char *service_name;
  guint16 port;
  GMainContext *context;
  SlLanFunc changed;
  gpointer user_data;
  AvahiGLibPoll *poll;
  AvahiClient *client;       /* (nullable) */
  AvahiEntryGroup *group;    /* (nullable) */
  AvahiServiceBrowser *browser; /* (nullable) */
  GPtrArray *endpoints;
  guint generation;
  GSource *again, *settle;   /* (nullable) */
  gboolean published;
};

static void connect_later (SlLan *lan);

static void
endpoint_free (gpointer data)
{
  Endpoint *endpoint = data;
  g_clear_pointer (&endpoint->resolver, avahi_service_resolver_free);
  g_free (endpoint->name);
  g_free (endpoint->url);
  g_free (endpoint);
}

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_source_unref (*source);
  *source = NULL;
}

static void
start_timer (SlLan *lan, GSource **source, guint after_s, GSourceFunc func)
{
  clear_source (source);
  *source = g_timeout_source_new_seconds (after_s);
  g_source_set_callback (*source, func, lan, NULL);
  g_source_attach (*source, lan->context);
}

static int
compare_rank (gconstpointer a, gconstpointer b)
{
  const Endpoint *left = *(Endpoint *const *) a, *right = *(Endpoint *const *) b;
  return left->rank != right->rank ? (left->rank < right->rank ? -1 : 1) : strcmp (left->url, right->url);
}

static guint
count_neighbours (SlLan *lan)
{
  g_autoptr (GHashTable) replicas = g_hash_table_new (sl_id_hash, sl_id_equal);
  for (guint i = 0; i < lan->endpoints->len; i++)
    {
      Endpoint *endpoint = lan->endpoints->pdata[i];
      if (endpoint->url != NULL)
        g_hash_table_add (replicas, &endpoint->replica);
    }
  return g_hash_table_size (replicas);
}

/* Says where a replica can be found now. */
static void
tell (SlLan *lan, const SlId *replica)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  for (guint i = 0; i < lan->endpoints->len; i++)
    {
      Endpoint *endpoint = lan->endpoints->pdata[i];
      if (endpoint->url != NULL && sl_id_equal (&endpoint->replica, replica))
        g_ptr_array_add (found, endpoint);
    }
  g_ptr_array_sort (found, compare_rank);
  g_autoptr (GStrvBuilder) urls = g_strv_builder_new ();
  const char *last = NULL;
  for (guint i = 0, n = 0; i < found->len && n < SL_LAN_ADDRESSES_MAX; i++)
    {
      const char *url = ((Endpoint *) found->pdata[i])->url;
      if (g_strcmp0 (url, last) == 0) /* two daemons' reflections of one */
        continue;
      g_strv_builder_add (urls, last = url);
      n++;
    }
  g_auto (GStrv) list = g_strv_builder_end (urls);
  SlNeighbour neighbour = { *replica, list };
  lan->changed (&neighbour, lan->user_data);
}

/* The endpoint leads nowhere now, or to url. */
static void
set_url (Endpoint *endpoint, const SlId *replica, char *url /* (transfer full) (nullable) */, guint rank)
{
  SlLan *lan = endpoint->lan;
  SlId before = endpoint->replica;
  gboolean was_known = endpoint->url != NULL;
  gboolean moved = !sl_id_equal (&before, replica) || g_strcmp0 (endpoint->url, url) != 0;
  g_free (endpoint->url);
  endpoint->url = url;
  endpoint->replica = *replica;
  endpoint->rank = rank;
  if (!moved)
    return;
  if (was_known && !sl_id_equal (&before, replica))
    tell (lan, &before);
  if (url != NULL)
    tell (lan, replica);
}

static void
remove_endpoint (SlLan *lan, guint index)
{
  Endpoint *endpoint = lan->endpoints->pdata[index];
  set_url (endpoint, &sl_id_none, NULL, 0);
  g_ptr_array_remove_index_fast (lan->endpoints, index);
}

static Endpoint *
find_endpoint (SlLan *lan, AvahiIfIndex interface, AvahiProtocol protocol, const char *name, guint *out_index)
{
  for (guint i = 0; i < lan->endpoints->len; i++)
    {
      Endpoint *endpoint = lan->endpoints->pdata[i];
      if (endpoint->interface == interface && endpoint->protocol == protocol && strcmp (endpoint->name, name) == 0)
        {
          *out_index = i;
          return endpoint;
        }
    }
  return NULL;
}

/* A value of the TXT record, which a stranger may have written. (transfer full) (nullable) */
static char *
dup_text (AvahiStringList *texts, const char *key)
{
  AvahiStringList *found = avahi_string_list_find (texts, key);
  char *name = NULL, *value = NULL;
  if (found == NULL || avahi_string_list_get_pair (found, &name, &value, NULL) < 0)
    return NULL;
  char *copy = g_strdup (value);
  avahi_free (name);
  avahi_free (value);
  return copy;
}

/* Link-local addresses come last: they need the interface's name in them. */
static char *
make_url (AvahiIfIndex interface, const AvahiAddress *address, guint16 port, guint *out_rank)
{
  char text[AVAHI_ADDRESS_STR_MAX], name[IF_NAMESIZE];
  avahi_address_snprint (text, sizeof text, address);
  if (address->proto == AVAHI_PROTO_INET)
    {
      *out_rank = 0;
      return g_strdup_printf ("http://%s:%u", text, port);
    }
  g_autoptr (GInetAddress) parsed = g_inet_address_new_from_string (text);
  gboolean is_link_local = parsed != NULL && g_inet_address_get_is_link_local (parsed);
  *out_rank = is_link_local ? 2 : 1;
  if (!is_link_local)
    return g_strdup_printf ("http://[%s]:%u", text, port);
  if (interface < 0 || if_indextoname ((unsigned int) interface, name) == NULL)
    return NULL;
  return g_strdup_printf ("http://[%s%%25%s]:%u", text, name, port);
}

static void
on_resolved (AvahiServiceResolver *resolver, AvahiIfIndex interface, AvahiProtocol protocol, AvahiResolverEvent event,
             const char *name, const char *type, const char *domain, const char *host, const AvahiAddress *address,
             uint16_t port, AvahiStringList *texts, AvahiLookupResultFlags flags, void *data)
{
  Endpoint *endpoint = data;
  SlLan *lan = endpoint->lan;
  SlId replica = sl_id_none;
  guint rank = 0;
  if (event != AVAHI_RESOLVER_FOUND || address == NULL)
    return; /* it stays as it was: the browser says when it goes */
  g_autofree char *organisation = dup_text (texts, "org");
  g_autofree char *replica_text = dup_text (texts, "r");
  g_autofree char *url = NULL;
  if (g_strcmp0 (organisation, lan->organisation_text) == 0 && replica_text != NULL
      && sl_id_parse (replica_text, &replica) && !sl_id_is_none (&replica) && !sl_id_equal (&replica, &lan->replica)
      && port != 0 && (endpoint->url != NULL || count_neighbours (lan) < SL_LAN_NEIGHBOURS_MAX))
    url = make_url (interface, address, port, &rank);
  if (url == NULL)
    replica = sl_id_none;
  set_url (endpoint, &replica, g_steal_pointer (&url), rank);
}

static void
add_endpoint (SlLan *lan, AvahiIfIndex interface, AvahiProtocol protocol, const char *name, const char *domain)
{
  guint index;
  Endpoint *endpoint = find_endpoint (lan, interface, protocol, name, &index);
  if (endpoint == NULL)
    {
      if (lan->endpoints->len >= ENDPOINTS_MAX)
        return;
      endpoint = g_new0 (Endpoint, 1);
      *endpoint = (Endpoint) { .lan = lan, .interface = interface, .protocol = protocol, .name = g_strdup (name) };
      g_ptr_array_add (lan->endpoints, endpoint);
    }
  endpoint->generation = lan->generation;
  g_clear_pointer (&endpoint->resolver, avahi_service_resolver_free);
  endpoint->resolver = avahi_service_resolver_new (lan->client, interface, protocol, name, SL_LAN_TYPE, domain,
                                                   protocol, 0, on_resolved, endpoint);
}

/* Who was there before the daemon went and was not found again. */
static gboolean
on_settled (gpointer data)
{
  SlLan *lan = data;
  for (guint i = lan->endpoints->len; i > 0; i--)
    if (i <= lan->endpoints->len && ((Endpoint *) lan->endpoints->pdata[i - 1])->generation != lan->generation)
      remove_endpoint (lan, i - 1);
  clear_source (&lan->settle);
  return G_SOURCE_REMOVE;
}

static void
on_browsed (AvahiServiceBrowser *browser, AvahiIfIndex interface, AvahiProtocol protocol, AvahiBrowserEvent event,
            const char *name, const char *type, const char *domain, AvahiLookupResultFlags flags, void *data)
{
  SlLan *lan = data;
  guint index;
  switch (event)
    {
    case AVAHI_BROWSER_NEW:
      if (g_strcmp0 (name, lan->service_name) != 0 || !(flags & AVAHI_LOOKUP_RESULT_LOCAL))
        add_endpoint (lan, interface, protocol, name, domain);
      break;
    case AVAHI_BROWSER_REMOVE:
      if (find_endpoint (lan, interface, protocol, name, &index) != NULL)
        remove_endpoint (lan, index);
      break;
    case AVAHI_BROWSER_ALL_FOR_NOW:
      start_timer (lan, &lan->settle, SETTLE_S, on_settled);
      break;
    case AVAHI_BROWSER_FAILURE:
      connect_later (lan);
      break;
    default:
      break;
    }
}

static void register_service (SlLan *lan);

static void
on_group (AvahiEntryGroup *group, AvahiEntryGroupState state, void *data)
{
  SlLan *lan = data;
  lan->published = state == AVAHI_ENTRY_GROUP_ESTABLISHED;
  if (state == AVAHI_ENTRY_GROUP_COLLISION) /* the name is only for people; r= says who it is */
    {
      char *other = avahi_alternative_service_name (lan->service_name);
      g_free (lan->service_name);
      lan->service_name = g_strdup (other);
      avahi_free (other);
      lan->group = group; /* it may be told before the one who made it has it */
      register_service (lan);
    }
  else if (state == AVAHI_ENTRY_GROUP_FAILURE)
    connect_later (lan);
}

static void
register_service (SlLan *lan)
{
  char id[SL_ID_TEXT_BYTES];
  g_autofree char *organisation = g_strconcat ("org=", lan->organisation_text, NULL);
  g_autofree char *replica = g_strconcat ("r=", sl_id_format (&lan->replica, id), NULL);
  g_autofree char *version = g_strdup_printf ("v=%d", SL_SYNC_VERSION);
  (void) avahi_entry_group_reset (lan->group);
  int rc = avahi_entry_group_add_service (lan->group, AVAHI_IF_UNSPEC, AVAHI_PROTO_UNSPEC, 0, lan->service_name,
                                          SL_LAN_TYPE, NULL, NULL, lan->port, organisation, replica, version, NULL);
  for (guint tries = 0; rc == AVAHI_ERR_COLLISION && tries < 8; tries++)
    {
      char *other = avahi_alternative_service_name (lan->service_name);
      g_free (lan->service_name);
      lan->service_name = g_strdup (other);
      avahi_free (other);
      rc = avahi_entry_group_add_service (lan->group, AVAHI_IF_UNSPEC, AVAHI_PROTO_UNSPEC, 0, lan->service_name,
                                          SL_LAN_TYPE, NULL, NULL, lan->port, organisation, replica, version, NULL);
    }
  if (rc == 0)
    rc = avahi_entry_group_commit (lan->group);
  if (rc == 0)
    return;
  g_debug ("not published: %s", avahi_strerror (rc));
  connect_later (lan);
}

/* The daemon runs: say who we are, look who is there. */
static void
begin (SlLan *lan)
{
  if (lan->group == NULL)
    lan->group = avahi_entry_group_new (lan->client, on_group, lan);
  if (lan->group != NULL && avahi_entry_group_is_empty (lan->group))
    register_service (lan);
  if (lan->browser == NULL)
    {
      lan->generation++;
      lan->browser = avahi_service_browser_new (lan->client, AVAHI_IF_UNSPEC, AVAHI_PROTO_UNSPEC, SL_LAN_TYPE, NULL, 0,
                                                on_browsed, lan);
    }
  if (lan->group == NULL || lan->browser == NULL)
    connect_later (lan);
}

static void
on_client (AvahiClient *client, AvahiClientState state, void *data)
{
  SlLan *lan = data;
  lan->client = client; /* it is told before the one who made it has it */
  switch (state)
    {
    case AVAHI_CLIENT_S_RUNNING:
      begin (lan);
      break;
    case AVAHI_CLIENT_S_COLLISION:
    case AVAHI_CLIENT_S_REGISTERING: /* the host's name changes: everything is registered anew after it */
      lan->published = FALSE;
      if (lan->group != NULL)
        (void) avahi_entry_group_reset (lan->group);
      break;
    case AVAHI_CLIENT_FAILURE: /* the daemon or the bus went */
      connect_later (lan);
      break;
    default: /* waiting for the daemon */
      break;
    }
}

/* Neighbours stay: that our own daemon went says nothing of them. */
static void
disconnect (SlLan *lan)
{
  for (guint i = 0; i < lan->endpoints->len; i++)
    g_clear_pointer (&((Endpoint *) lan->endpoints->pdata[i])->resolver, avahi_service_resolver_free);
  g_clear_pointer (&lan->browser, avahi_service_browser_free);
  g_clear_pointer (&lan->group, avahi_entry_group_free);
  g_clear_pointer (&lan->client, avahi_client_free);
  lan->published = FALSE;
}

static gboolean
on_again (gpointer data)
{
  SlLan *lan = data;
  int why = 0;
  clear_source (&lan->again);
  disconnect (lan);
  AvahiClient *client
      = avahi_client_new (avahi_glib_poll_get (lan->poll), AVAHI_CLIENT_NO_FAIL, on_client, lan, &why);
  if (client != NULL)
    return G_SOURCE_REMOVE;
  lan->client = NULL; /* told of and taken back */
  lan->group = NULL;
  lan->browser = NULL;
  g_debug ("no Avahi: %s", avahi_strerror (why));
  connect_later (lan);
  return G_SOURCE_REMOVE;
}

/* Avahi's callbacks may come from inside its own functions: nothing is freed there. */
static void
connect_later (SlLan *lan)
{
  clear_source (&lan->settle);
  lan->published = FALSE;
  if (lan->again == NULL)
    start_timer (lan, &lan->again, AGAIN_S, on_again);
}

static char *
describe_organisation (const SlId *organisation)
{
  SlHasher hasher;
  SlHash hash;
  sl_hasher_init (&hasher, "studioloop lan v1");
  sl_hasher_add (&hasher, organisation->bytes, SL_ID_BYTES);
  sl_hasher_finish (&hasher, &hash);
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < ORGANISATION_BYTES; i++)
    g_string_append_printf (text, "%02x", hash.bytes[i]);
  return g_string_free (text, FALSE);
}

/**
 * sl_lan_new:
 * @organisation: of whom neighbours are looked for; only a part of a hash of it is told to the LAN
 * @replica: this device
 * @port: where its peer server listens
 * @context: (nullable): where everything happens; %NULL: the default one
 * @changed: called when a neighbour has come, moved or gone; not from inside this function. It must not free the #SlLan
 * @user_data: for @changed
 *
 * Publishes this device and looks for others. Where the system bus or Avahi is not there, or goes and comes, it tries
 * again every few seconds; neighbours found before stay known meanwhile.
 *
 * Returns: (transfer full): on the context's thread
 */
SlLan *
sl_lan_new (const SlId *organisation, const SlId *replica, guint16 port, GMainContext *context, SlLanFunc changed,
            gpointer user_data)
{
  g_return_val_if_fail (organisation != NULL && replica != NULL && changed != NULL, NULL);
  char id[SL_ID_TEXT_BYTES];
  SlLan *lan = g_new0 (SlLan, 1);
  lan->organisation = *organisation;
  lan->replica = *replica;
  lan->organisation_text = describe_organisation (organisation);
  lan->service_name = g_strdup_printf ("StudioLoop %.8s", sl_id_format (replica, id));
  lan->port = port;
  lan->context = context != NULL ? g_main_context_ref (context) : g_main_context_ref (g_main_context_default ());
  lan->changed = changed;
  lan->user_data = user_data;
  lan->endpoints = g_ptr_array_new_with_free_func (endpoint_free);
  lan->poll = avahi_glib_poll_new (lan->context, G_PRIORITY_DEFAULT);
  start_timer (lan, &lan->again, 0, on_again);
  return lan;
}

/**
 * sl_lan_free:
 * @lan: (nullable) (transfer full): not from inside its callback
 *
 * Takes this device off the LAN. Nobody is told of neighbours that are not looked for any more.
 */
void
sl_lan_free (SlLan *lan)
{
  if (lan == NULL)
    return;
  clear_source (&lan->again);
  clear_source (&lan->settle);
  disconnect (lan);
  g_ptr_array_unref (lan->endpoints);
  avahi_glib_poll_free (lan->poll);
  g_main_context_unref (lan->context);
  g_free (lan->organisation_text);
  g_free (lan->service_name);
  g_free (lan);
}

/**
 * sl_lan_is_published:
 * @lan: the LAN
 *
 * Returns: whether Avahi answers for this device now
 */
gboolean
sl_lan_is_published (SlLan *lan)
{
  g_return_val_if_fail (lan != NULL, FALSE);
  return lan->published;
}
