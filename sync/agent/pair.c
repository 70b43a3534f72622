/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-pair"

#include "agent/pair.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <jansson.h>
#include <string.h>

#include "core/error.h"
#include "core/small-file.h"
#include "engine/device.h"
#include "engine/studio.h"
#include "oplog/operation.h"
#include "oplog/wire.h"

#define ATTEMPTS 3                     /* of one request with one code: a line that breaks once is no reason to stop */
#define CA_MAX_BYTES (256 * 1024)      /* some hundred certificates */
#define FIRST_LINE_MAX_BYTES 8192      /* of an invitation, with what it says of the hub */
#define PAIR_MS (G_GINT64_CONSTANT (60) * 60 * 1000) /* a whole studio over a slow line */
#define PAIR_SILENCE_S (15 * 60) /* a hub says nothing while it takes a million operations, or writes them down */
#define REQUEST_BYTES 16
#define REQUEST_TEXT_BYTES (2 * REQUEST_BYTES + 1)
#define SECRET_FILE "pairing"          /* in the data directory, while it is being paired */
#define HEALTH_MS (30 * 1000)

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

/* What is on its way, in a directory of its own that others cannot read. */
typedef struct {
  char *dir, *file;
  char *url, *ca;              /* ca (nullable): the text */
  SlCurl *curl;
  SlSyncRequest *request;
  SlSyncAnswer *answer;
  SlHubLink link;
  SlId organisation;           /* whose hub it says that it is */
  SlWorld *world;
  char *secret_file, *made_dir; /* made_dir (nullable): was not there before */
} Pairing;

static void
pairing_clear (Pairing *self)
{
  g_clear_pointer (&self->answer, sl_sync_answer_free);
  g_clear_pointer (&self->request, sl_sync_request_free);
  g_clear_pointer (&self->curl, sl_curl_free);
  if (self->file != NULL)
    (void) g_unlink (self->file);
  if (self->dir != NULL)
    (void) g_rmdir (self->dir);
  g_clear_pointer (&self->file, g_free);
  g_clear_pointer (&self->dir, g_free);
  g_clear_pointer (&self->url, g_free);
  g_clear_pointer (&self->ca, g_free);
  g_clear_pointer (&self->secret_file, g_free);
  g_clear_pointer (&self->made_dir, g_free);
  sl_hub_link_clear (&self->link);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pairing, pairing_clear)

static gboolean
bad_input (GError **error, const char *message)
{
  g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, message);
  return FALSE;
}

/**
 * sl_set_refused:
 * @error: return location
 * @code: what a hub said instead of an answer
 * @message: (nullable): its words
 *
 * As a failure: %SL_ERROR_CLOCK_SKEW, else %SL_ERROR_HUB_REFUSED, with the code's name.
 */
void
sl_set_refused (GError **error, SlSyncCode code, const char *message)
{
  const char *name = code < SL_SYNC_CODE_LAST ? sl_sync_code_name (code) : "unknown";
  g_set_error (error, SL_ERROR, code == SL_SYNC_CLOCK_SKEW ? SL_ERROR_CLOCK_SKEW : SL_ERROR_HUB_REFUSED, "%s%s%s", name,
               message != NULL && !g_str_equal (message, name) ? ": " : "",
               message != NULL && !g_str_equal (message, name) ? message : "");
}

static gboolean
check_code (const char *code, GError **error)
{
  gsize length = strlen (code);
  if (length == 0 || length > SL_PAIR_CODE_MAX_BYTES
      || strspn (code, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789- ") != length)
    return bad_input (error, "a pairing code is letters and digits");
  return TRUE;
}

/* A request may wait for a quarter of an hour, and somebody before it may have gone to the wrong hub. */
static gboolean
goes_on (gpointer user_data)
{
  return !g_cancellable_is_cancelled (user_data);
}

static gboolean
begin (Pairing *self, const SlPairParams *params, GError **error)
{
  if (!check_code (params->code, error))
    return FALSE;
  if (params->pins != NULL && !sl_curl_pins_are_sound (params->pins))
    return bad_input (error, "a pin is sha256// and the base64 of a key's hash; several with ; between");
  if ((self->url = sl_curl_clean_url (params->url, params->plain, error)) == NULL)
    return FALSE;
  if (params->ca_file != NULL)
    {
      gsize length;
      if ((self->ca = sl_small_file_read (params->ca_file, CA_MAX_BYTES, &length, error)) == NULL)
        return FALSE;
      if (strstr (self->ca, "-----BEGIN CERTIFICATE-----") == NULL)
        return bad_input (error, "the file of authorities holds no certificate in PEM form");
    }
  self->dir = g_dir_make_tmp ("studioloop-pair-XXXXXX", error);
  if (self->dir == NULL)
    return FALSE;
  self->file = g_build_filename (self->dir, "invitation", NULL);
  const SlCurlWhere where = { self->url, params->ca_file, params->pins };
  self->curl = sl_curl_new (&where);
  if (params->cancellable != NULL)
    sl_curl_set_tick (self->curl, goes_on, params->cancellable);
  return TRUE;
}

/* Before anything is written for it: an invitation that nobody takes is open for a day. */
static gboolean
check_there (Pairing *self, GError **error)
{
  SlTransport transport = sl_curl_transport (self->curl);
  g_autoptr (SlSyncRequest) request = sl_sync_request_new ("GET", "/health", NULL);
  g_autoptr (SlSyncAnswer) answer = NULL;
  sl_curl_set_limits (self->curl, HEALTH_MS, SL_SYNC_JSON_MAX_BYTES);
  if (!transport.send (transport.user_data, request, &answer, error))
    return FALSE;
  if (answer->status < 500)
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_OFFLINE, "the hub is not well: %d", answer->status);
  return FALSE;
}

/* Asking again with the same words is one asking. */
static gboolean
ask (Pairing *self, const SlPairParams *params, gboolean to_file, SlSyncCode *out_said, GError **error)
{
  SlTransport transport = sl_curl_transport (self->curl);
  sl_curl_set_patience (self->curl, PAIR_SILENCE_S);
  sl_curl_set_limits (self->curl, PAIR_MS, to_file ? SL_SYNC_FOUND_MAX_BYTES : SL_SYNC_JSON_MAX_BYTES);
  for (guint i = 0;; i++)
    {
      g_autoptr (GError) failure = NULL;
      if (to_file)
        (void) g_unlink (self->file);
      if (to_file ? sl_curl_send_to_file (self->curl, self->request, self->file, &self->answer, &failure)
                  : transport.send (transport.user_data, self->request, &self->answer, &failure))
        break;
      if (i + 1 == ATTEMPTS || !g_error_matches (failure, SL_ERROR, SL_ERROR_OFFLINE)
          || g_cancellable_is_cancelled (params->cancellable))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
    }
  if (self->answer->code == SL_SYNC_OK)
    return TRUE;
  g_autofree char *message = sl_sync_answer_dup_message (self->answer);
  *out_said = self->answer->code;
  sl_set_refused (error, self->answer->code, message);
  return FALSE;
}

static gboolean
take_id (json_t *object, const char *name, SlId *out)
{
  const char *text = json_string_value (json_object_get (object, name));
  return text != NULL && sl_id_parse (text, out);
}

/* What the hub says of itself, under its own key. */
static gboolean
take_link (Pairing *self, json_t *hub, const SlPairParams *params, SlId *out_organisation, GError **error)
{
  const char *key = json_string_value (json_object_get (hub, "key"));
  gint64 cursor = json_integer_value (json_object_get (hub, "cursor"));
  SlHubLink *link = &self->link;
  SlId of_key;
  gsize length = 0;
  g_autofree guint8 *bytes = key != NULL && strlen (key) < 64 ? g_base64_decode (key, &length) : NULL;
  if (!take_id (hub, "organisation", out_organisation) || !take_id (hub, "replica", &link->replica)
      || !take_id (hub, "epoch", &link->epoch) || bytes == NULL || length != SL_SIGN_PUBLIC_BYTES || cursor < 0)
    return bad_input (error, "what answers is no hub");
  (void) take_id (hub, "org", &link->account);
  memcpy (link->public_key, bytes, SL_SIGN_PUBLIC_BYTES);
  sl_replica_from_key (link->public_key, &of_key);
  if (!sl_id_equal (&of_key, &link->replica))
    return bad_input (error, "what answers is no hub");
  link->cursor = (guint64) cursor;
  link->url = g_strdup (self->url);
  link->pins = g_strdup (params->pins);
  link->own_ca = self->ca != NULL;
  link->plain = params->plain;
  if (sl_sync_answer_check (self->answer, self->request, link->public_key, NULL) == SL_SYNC_OK)
    return TRUE;
  sl_set_refused (error, SL_SYNC_BAD_SIGNATURE, "the hub's answer is not signed with its key");
  return FALSE;
}

/* Keeps it: from now on the agent asks that hub. */
static gboolean
keep_link (Pairing *self, SlEngine *engine, SlWorld *world, const char *dir, GError **error)
{
  g_autoptr (SlAgent) agent = sl_agent_new (engine, world);
  g_autofree char *ca_file = g_build_filename (dir, SL_HUB_CA_FILE, NULL);
  if (self->ca != NULL
      && !g_file_set_contents_full (ca_file, self->ca, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                    0600, error))
    return FALSE;
  return sl_agent_set_hub (agent, &self->link, error);
}

/**
 * sl_curl_new_for_hub:
 * @data_dir: the data directory
 * @link: its hub
 *
 * Returns: (transfer full): a connection to it, by what was agreed when pairing
 */
SlCurl *
sl_curl_new_for_hub (const char *data_dir, const SlHubLink *link)
{
  g_return_val_if_fail (data_dir != NULL && link != NULL, NULL);

  g_autofree char *ca_file = g_build_filename (data_dir, SL_HUB_CA_FILE, NULL);
  const SlCurlWhere where = { link->url, link->own_ca ? ca_file : NULL, link->pins };
  return sl_curl_new (&where);
}

/* --- a new device --- */

static gboolean
fail_at (GError **error, int saved, const char *path)
{
  SlErrorCode code = saved == ENOSPC || saved == EDQUOT                     ? SL_ERROR_DISK_FULL
                     : saved == EROFS || saved == EACCES || saved == EPERM  ? SL_ERROR_READ_ONLY
                     : saved == ENOTDIR || saved == EEXIST || saved == ELOOP ? SL_ERROR_BAD_INPUT
                                                                             : SL_ERROR_STORAGE;
  g_set_error (error, SL_ERROR, code, "%s: %s", path, g_strerror (saved));
  return FALSE;
}

/* By this the hub knows who has spent a code, and answers again; nobody else can ask for the same. */
static void
format_request (const guint8 *secret, gsize length, const char *typed, char out[REQUEST_TEXT_BYTES])
{
  SlHasher hasher;
  SlHash hash;
  sl_hasher_init (&hasher, "studioloop pairing request v1");
  sl_hasher_add_sized (&hasher, secret, length);
  for (const char *p = typed; *p != '\0'; p++) /* as the hub reads it */
    if (*p != ' ' && *p != '-')
      sl_hasher_add (&hasher, &(char){ g_ascii_toupper (*p) }, 1);
  sl_hasher_finish (&hasher, &hash);
  for (guint i = 0; i < REQUEST_BYTES; i++)
    g_snprintf (out + 2 * i, 3, "%02x", hash.bytes[i]);
}

/* A device that is to be has nothing of its own yet. What it asks with is on disk before it asks: whatever happens
 * then, the same code is good here once more. */
static gboolean
take_secret (Pairing *self, const char *dir, SlWorld *world, guint8 out[REQUEST_BYTES], GError **error)
{
  gsize length;
  g_autofree char *known = NULL;
  self->secret_file = g_build_filename (dir, SECRET_FILE, NULL);
  if (g_file_get_contents (self->secret_file, &known, &length, NULL) && length == REQUEST_BYTES)
    {
      memcpy (out, known, REQUEST_BYTES);
      return TRUE;
    }
  self->made_dir = g_file_test (dir, G_FILE_TEST_EXISTS) ? NULL : g_strdup (dir);
  if (g_mkdir_with_parents (dir, 0700) != 0)
    return fail_at (error, errno, dir);
  world->random_bytes (world, out, REQUEST_BYTES);
  return g_file_set_contents_full (self->secret_file, (const char *) out, REQUEST_BYTES,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, error);
}

/* Once the code is good for nothing more here. */
static void
drop_secret (Pairing *self)
{
  (void) g_unlink (self->secret_file);
  if (self->made_dir != NULL)
    (void) g_rmdir (self->made_dir); /* stays where there is a studio in it */
}

static void
write_pair_request (Pairing *self, const guint8 secret[REQUEST_BYTES], const SlPairParams *params)
{
  char request[REQUEST_TEXT_BYTES];
  format_request (secret, REQUEST_BYTES, params->code, request);
  g_autofree char *name = g_utf8_make_valid (params->name != NULL ? params->name : g_get_host_name (), -1);
  g_autoptr (json_t) json = json_pack ("{s:s, s:s, s:s}", "code", params->code, "request", request, "name", name);
  char *text = json_dumps (json, JSON_COMPACT);
  g_autoptr (GBytes) body = g_bytes_new (text, strlen (text));
  free (text);
  self->request = sl_sync_request_new ("POST", "/v1/pair", body);
  g_hash_table_replace (self->request->headers, g_strdup ("content-type"), g_strdup ("application/json"));
}

/* The member "hub" of the invitation's first line. */
static json_t *
read_first_line (GBytes *body)
{
  gsize length;
  const char *text = g_bytes_get_data (body, &length);
  const char *end = text != NULL ? memchr (text, '\n', MIN (length, FIRST_LINE_MAX_BYTES)) : NULL;
  g_autoptr (json_t) line = end != NULL ? json_loadb (text, (size_t) (end - text), 0, NULL) : NULL;
  json_t *hub = json_object_get (line, "hub");
  return hub != NULL ? json_incref (hub) : NULL;
}

/* The hub is a device of the studio that was joined, under the key that it showed. */
static gboolean
check_joined (Pairing *self, SlEngine *engine, const SlId *organisation, const SlId *joined, GError **error)
{
  SlDeviceStanding standing;
  if (!sl_oplog_device_standing (sl_engine_get_log (engine), &self->link.replica, &standing, error))
    return FALSE;
  if (sl_id_equal (organisation, joined) && standing.known && standing.admitted && !standing.revoked
      && memcmp (standing.public_key, self->link.public_key, SL_SIGN_PUBLIC_BYTES) == 0)
    return TRUE;
  sl_set_refused (error, SL_SYNC_FOREIGN_ORGANISATION, "the hub is no device of the studio that it let in to");
  return FALSE;
}

/* In the directory in which the device is made, before there is one: no device without its hub. */
static gboolean
link_joined (const char *work, gpointer user_data, GError **error)
{
  Pairing *self = user_data;
  SlId joined;
  g_autoptr (SlEngine) engine = sl_engine_open (work, self->world, error);
  if (engine == NULL)
    return FALSE;
  sl_engine_get_organisation (engine, &joined);
  return check_joined (self, engine, &self->organisation, &joined, error)
         && keep_link (self, engine, self->world, work, error);
}

static gboolean
join (Pairing *self, const char *dir, const SlPairParams *params, SlPaired *out, SlRefusal *out_refusal, GError **error)
{
  g_autoptr (json_t) hub = read_first_line (self->answer->body);
  if (!take_link (self, hub, params, &self->organisation, error)
      || !sl_studio_join_with (dir, self->world, self->file, params->name, link_joined, self, &out->organisation,
                               &out->replica, out_refusal, error))
    return FALSE;
  out->hub = self->link.replica;
  return TRUE;
}

/**
 * sl_pair_join:
 * @dir: the data directory: empty or missing
 * @world: clock and chance
 * @params: the hub and the code
 * @out: (out caller-allocates): whose studio it is, this device and the hub's; where the hub refused, what it said
 * @out_refusal: (out): already_initialised, invitation_invalid
 * @error: return location: %SL_ERROR_OFFLINE, %SL_ERROR_HUB_REFUSED, %SL_ERROR_BAD_INPUT, or of storage
 *
 * Asks the hub for an invitation, and joins by it. Blocks. Whatever ends it half-way, the same call goes on again:
 * there is a device that has its hub, or there is none. Where the hub says no, nothing stays behind.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_pair_join (const char *dir, SlWorld *world, const SlPairParams *params, SlPaired *out, SlRefusal *out_refusal,
              GError **error)
{
  g_return_val_if_fail (dir != NULL && world != NULL && params != NULL && out != NULL && out_refusal != NULL, FALSE);

  g_auto (Pairing) self = { .world = world };
  g_autoptr (GError) failure = NULL;
  guint8 secret[REQUEST_BYTES];
  *out = (SlPaired){ 0 };
  if (!begin (&self, params, error) || !take_secret (&self, dir, world, secret, error))
    return FALSE;
  write_pair_request (&self, secret, params);
  gboolean done = ask (&self, params, TRUE, &out->said, &failure)
                  && join (&self, dir, params, out, out_refusal, &failure);
  if (done || g_error_matches (failure, SL_ERROR, SL_ERROR_HUB_REFUSED))
    drop_secret (&self);
  if (!done)
    g_propagate_error (error, g_steal_pointer (&failure));
  return done;
}

/* --- founding --- */

static gboolean
write_found_request (Pairing *self, SlEngine *engine, const SlPairParams *params, GError **error)
{
  guint8 seed[SL_SEED_BYTES];
  char request[REQUEST_TEXT_BYTES];
  g_autoptr (GMappedFile) mapped = g_mapped_file_new (self->file, FALSE, error);
  g_autoptr (GBytes) body = mapped != NULL ? g_mapped_file_get_bytes (mapped) : NULL;
  if (body == NULL)
    return FALSE;
  sl_oplog_get_seed (sl_engine_get_log (engine), seed); /* what only this device knows, now and after a power cut */
  format_request (seed, SL_SEED_BYTES, params->code, request);
  explicit_bzero (seed, sizeof seed);
  self->request = sl_sync_request_new ("POST", "/v1/found", body);
  g_hash_table_replace (self->request->headers, g_strdup ("studioloop-request"), g_strdup (request));
  g_hash_table_replace (self->request->headers, g_strdup ("studioloop-code"), g_strdup (params->code));
  g_hash_table_replace (self->request->headers, g_strdup ("content-type"), g_strdup ("application/octet-stream"));
  return TRUE;
}

static gboolean
take_founded (Pairing *self, SlEngine *engine, const SlPairParams *params, GError **error)
{
  gsize length;
  const char *text = g_bytes_get_data (self->answer->body, &length);
  g_autoptr (json_t) hub = text != NULL ? json_loadb (text, length, 0, NULL) : NULL;
  SlId organisation, own;
  if (!take_link (self, hub, params, &organisation, error))
    return FALSE;
  sl_engine_get_organisation (engine, &own);
  if (sl_id_equal (&organisation, &own))
    return TRUE;
  sl_set_refused (error, SL_SYNC_FOREIGN_ORGANISATION, NULL);
  return FALSE;
}

static gboolean
check_alone (SlEngine *engine, SlWorld *world, SlRefusal *out_refusal, GError **error)
{
  g_autoptr (SlAgent) agent = sl_agent_new (engine, world);
  g_auto (SlHubLink) link = { 0 };
  gboolean paired;
  if (!sl_agent_hub (agent, &link, &paired, error))
    return FALSE;
  if (!paired)
    return TRUE;
  sl_refuse (out_refusal, SL_REFUSAL_ALREADY_INITIALISED);
  sl_refusal_set_text (out_refusal, "hub", link.url);
  return TRUE;
}

/**
 * sl_pair_found:
 * @engine: a studio, not inside a command
 * @world: its clock and chance
 * @actor: who
 * @dir: its data directory
 * @params: the hub and the founding code
 * @out: (out caller-allocates): the studio, this device and the hub's
 * @out_refusal: (out): not_allowed, already_initialised (it is paired: hub)
 * @error: return location: %SL_ERROR_OFFLINE, %SL_ERROR_HUB_REFUSED, %SL_ERROR_BAD_INPUT, or of storage
 *
 * Invites the hub as a device of this studio and hands it the log. Blocks: seconds for a large studio.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_pair_found (SlEngine *engine, SlWorld *world, const SlActor *actor, const char *dir, const SlPairParams *params,
               SlPaired *out, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && dir != NULL && params != NULL && out != NULL, FALSE);

  g_auto (Pairing) self = { 0 };
  *out = (SlPaired){ 0 };
  if (!params->again && !check_alone (engine, world, out_refusal, error))
    return FALSE;
  if (out_refusal->code != SL_REFUSAL_NONE)
    return TRUE;
  if (!begin (&self, params, error) || !check_there (&self, error)
      || !sl_device_invite (engine, actor, self.file, NULL, out_refusal, error))
    return FALSE;
  if (out_refusal->code != SL_REFUSAL_NONE)
    return TRUE;
  if (!write_found_request (&self, engine, params, error) || !ask (&self, params, FALSE, &out->said, error)
      || !take_founded (&self, engine, params, error) || !keep_link (&self, engine, world, dir, error))
    return FALSE;
  sl_engine_get_organisation (engine, &out->organisation);
  sl_engine_get_replica (engine, &out->replica);
  out->hub = self.link.replica;
  return TRUE;
}
