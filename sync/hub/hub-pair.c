/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-hub-pair"

#include "hub/hub-private.h"

#include <string.h>
#include <unistd.h>

#include "core/error.h"
#include "core/small-file.h"

/* A new device gets an invitation for its code. Asking again with the same request gets the same one, from memory: it
 * is a secret, and a second one would stay open for a day. A process that has forgotten it writes another. */

#define NAME_MAX_BYTES 480 /* 120 characters */
#define KEPT_MAX 8
#define KEPT_MAX_BYTES (32 * 1024 * 1024) /* one: larger ones are written again */

typedef struct {
  GBytes *file;
  gint64 expires_ms;
} Invitation;

typedef struct {
  char *code, *request_text;
  guint8 request[SL_ID_BYTES];
  SlHash hash;
} Asked;

/* sl_hub_invitation_free: one that was kept. */
void
sl_hub_invitation_free (gpointer data)
{
  Invitation *invitation = data;
  g_bytes_unref (invitation->file);
  g_free (invitation);
}

/* BAD_REQUEST, CODE_INVALID */
static SlSyncCode
read_request (GBytes *body, Asked *out)
{
  gsize length;
  const char *data = g_bytes_get_data (body, &length);
  json_t *json = length > 0 && length <= SL_SYNC_JSON_MAX_BYTES
                     ? json_loadb (data, length, JSON_REJECT_DUPLICATES, NULL)
                     : NULL;
  const char *code = json_string_value (json_object_get (json, "code"));
  const char *request = json_string_value (json_object_get (json, "request"));
  json_t *name = json_object_get (json, "name");
  gboolean sound = code != NULL && sl_hub_request_parse (request, out->request)
                   && (name == NULL || (json_is_string (name) && json_string_length (name) <= NAME_MAX_BYTES));
  gboolean is_code = sound && sl_hub_code_hash (code, &out->hash);
  if (sound)
    out->request_text = g_ascii_strdown (request, -1);
  json_decref (json);
  return !sound ? SL_SYNC_BAD_REQUEST : !is_code ? SL_SYNC_CODE_INVALID : SL_SYNC_OK;
}

/* The invitation with what is to be kept about the hub in its first line. */
static GBytes *
add_about (SlHubTenant *tenant, GBytes *file, GError **error)
{
  gsize first;
  json_t *line = sl_hub_first_line (file, &first);
  if (line == NULL)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_CORRUPT, "an invitation has no first line");
      return NULL;
    }
  g_mutex_lock (&tenant->lock);
  gboolean loaded = sl_hub_tenant_load (tenant, error); /* another request may have forgotten it */
  if (loaded)
    json_object_set_new (line, "hub", sl_hub_about (tenant->row, tenant->key.public_key, tenant->position));
  g_mutex_unlock (&tenant->lock);
  if (!loaded)
    {
      json_decref (line);
      return NULL;
    }
  char *text = json_dumps (line, JSON_COMPACT);
  json_decref (line);
  GByteArray *out = g_byte_array_new ();
  gsize length;
  const guint8 *data = g_bytes_get_data (file, &length);
  g_byte_array_append (out, (const guint8 *) text, strlen (text));
  g_byte_array_append (out, (const guint8 *) "\n", 1);
  g_byte_array_append (out, data + first, length - first);
  explicit_bzero (text, strlen (text));
  free (text);
  return g_byte_array_free_to_bytes (out);
}

static gboolean
write_invitation (SlHubTenant *tenant, gpointer user_data, GError **error)
{
  GBytes **out = user_data;
  SlActor owner;
  SlId random;
  char text[SL_ID_TEXT_BYTES];
  gsize length;
  g_autofree char *contents = NULL;
  g_auto (SlRefusal) refusal = { 0 };
  const char *dir = sl_store_get_dir (sl_oplog_get_store (sl_engine_get_log (tenant->engine)));
  sl_id_random (tenant->hub->world, &random);
  g_autofree char *name = g_strconcat ("invitation-", sl_id_format (&random, text), NULL);
  g_autofree char *path = g_build_filename (dir, name, NULL);
  sl_actor_init_owner (&owner);
  gboolean done = sl_device_invite (tenant->engine, &owner, path, NULL, &refusal, error);
  if (done && refusal.code != SL_REFUSAL_NONE)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_HUB_REFUSED, "the hub may not invite");
      done = FALSE;
    }
  done = done && g_file_get_contents (path, &contents, &length, error);
  (void) unlink (path);
  if (!done)
    return FALSE;
  g_autoptr (GBytes) file = g_bytes_new_take (g_steal_pointer (&contents), length);
  *out = add_about (tenant, file, error);
  return *out != NULL;
}

/* Under the replica's lock. */
static void
keep (SlHubTenant *tenant, const char *request, GBytes *file, gint64 now_ms)
{
  GHashTableIter iter;
  Invitation *kept;
  g_hash_table_iter_init (&iter, tenant->invitations);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &kept))
    if (kept->expires_ms <= now_ms)
      g_hash_table_iter_remove (&iter);
  if (g_hash_table_size (tenant->invitations) >= KEPT_MAX || g_bytes_get_size (file) > KEPT_MAX_BYTES)
    return;
  kept = g_new0 (Invitation, 1);
  kept->file = g_bytes_ref (file);
  kept->expires_ms = now_ms + SL_HUB_CODE_LIFETIME_MS;
  g_hash_table_replace (tenant->invitations, g_strdup (request), kept);
}

static gboolean
invite (SlHubCall *call, const char *request, GBytes **out, GError **error)
{
  SlHubTenant *tenant = call->tenant;
  g_mutex_lock (&tenant->replica_lock);
  const Invitation *kept = g_hash_table_lookup (tenant->invitations, request);
  gboolean done = TRUE;
  if (kept != NULL && kept->expires_ms > call->now_ms)
    *out = g_bytes_ref (kept->file);
  else if ((done = sl_hub_replica_do (tenant, write_invitation, out, error)))
    {
      keep (tenant, request, *out, call->now_ms);
      sl_hub_count (call->hub, SL_HUB_PAIRED, 1);
    }
  g_mutex_unlock (&tenant->replica_lock);
  return done;
}

static SlSyncAnswer *
pair (SlHubCall *call, const Asked *asked, GError **error)
{
  g_autoptr (GBytes) file = NULL;
  SlId id;
  if (!sl_log_store_take_code (call->hub->store, &asked->hash, asked->request, call->now_ms, &id, error)
      || (!sl_id_is_none (&id) && !sl_hub_tenant_find (call->hub, &id, &call->tenant, error)))
    return NULL;
  if (call->tenant == NULL)
    {
      sl_hub_count (call->hub, SL_HUB_CODES_REFUSED, 1);
      return sl_sync_answer_new_error (SL_SYNC_CODE_INVALID, "the code is unknown, used up or too old", 0);
    }
  g_mutex_lock (&call->tenant->lock);
  gboolean loaded = sl_hub_tenant_load (call->tenant, error);
  gboolean founded = loaded && sl_hub_is_founded (call->tenant->row);
  g_mutex_unlock (&call->tenant->lock);
  if (loaded && !founded)
    return sl_sync_answer_new_error (SL_SYNC_NOT_FOUNDED, "no studio has been taken there yet", 0);
  if (!loaded || !invite (call, asked->request_text, &file, error))
    return NULL;
  g_mutex_lock (&call->tenant->lock);
  loaded = sl_hub_tenant_load (call->tenant, error); /* it was not locked meanwhile */
  if (loaded)
    {
      call->hub_key = call->tenant->key;
      call->hub_replica = call->tenant->row->replica;
    }
  g_mutex_unlock (&call->tenant->lock);
  if (!loaded)
    return NULL;
  return sl_sync_answer_new ("application/vnd.studioloop.invitation", file);
}

/**
 * sl_hub_pair:
 * @call: anybody's request with a code
 * @error: return location
 *
 * Returns: (transfer full): an invitation to the studio whose code it is, or why not; %NULL on failure
 */
SlSyncAnswer *
sl_hub_pair (SlHubCall *call, GError **error)
{
  Asked asked = { NULL };
  SlSyncCode code = read_request (call->request->body, &asked);
  SlSyncAnswer *answer;
  if (code == SL_SYNC_BAD_REQUEST)
    answer = sl_sync_answer_new_error (code, "code, request (32 hexadecimal digits) and name are expected as JSON", 0);
  else if (code != SL_SYNC_OK)
    {
      sl_hub_count (call->hub, SL_HUB_CODES_REFUSED, 1);
      answer = sl_sync_answer_new_error (code, "the code is unknown, used up or too old", 0);
    }
  else
    answer = pair (call, &asked, error);
  g_free (asked.request_text);
  return answer;
}
