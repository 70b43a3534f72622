/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-invite"

#include "oplog/exchange.h"
#include "oplog/fence.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "core/datetime.h"
#include "core/small-file.h"

/* One more device, by file: src/oplog/README.md "Admission". The file holds a one-time key, the log, and the keys in a
 * box for it. */

#define INVITATION_LIFETIME_MS (24 * SL_HOUR_MS)
#define SEED_BYTES 32
#define INVITATION_MAX_BYTES 4096      /* of its first line: far more than what stands in it */

typedef struct {
  SlId organisation, location;
  SlSignKey key;
  gint64 expires_ms;
} Invitation;

static void
invitation_clear (Invitation *invitation)
{
  sl_sign_key_clear (&invitation->key);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Invitation, invitation_clear)

static gboolean
emit_admit (SlOplog *log, const SlId *actor, const Invitation *invitation, GError **error)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  if (!sl_oplog_begin (log, actor, error))
    return FALSE;
  sl_cbor_begin_array (body, 2);
  sl_cbor_put_bytes (body, invitation->key.public_key, SL_SIGN_PUBLIC_BYTES);
  sl_cbor_put_int (body, invitation->expires_ms);
  if (sl_fence_check_standing (log, error) && sl_oplog_emit (log, SL_KIND_DEVICE_ADMIT, NULL, body, NULL, error))
    return sl_oplog_commit (log, error);
  sl_oplog_rollback (log);
  return FALSE;
}

/**
 * sl_oplog_invite:
 * @log: a log, no transaction open
 * @actor: who invites
 * @file: where the invitation goes; a secret
 * @location: where the new device will stand
 * @error: return location
 *
 * Returns: %FALSE on failure: there is no invitation
 */
gboolean
sl_oplog_invite (SlOplog *log, const SlId *actor, const char *file, const SlId *location, GError **error)
{
  g_auto (Invitation) invitation = { .organisation = log->identity.organisation, .location = *location };
  char organisation[SL_ID_TEXT_BYTES], place[SL_ID_TEXT_BYTES];
  guint64 count;
  sl_sign_key_new (log->world, &invitation.key);
  invitation.expires_ms = log->world->now_ms (log->world) + INVITATION_LIFETIME_MS;
  if (!emit_admit (log, actor, &invitation, error))
    return FALSE;
  g_autofree char *secret = g_base64_encode (invitation.key.secret_key, SEED_BYTES);
  json_t *preface =
      json_pack ("{s:s, s:i, s:s, s:s, s:I, s:s}", "type", "studioloop-invitation", "version", SL_EXCHANGE_VERSION,
                 "organisation", sl_id_format (&invitation.organisation, organisation), "location",
                 sl_id_format (location, place), "expires_ms", (json_int_t) invitation.expires_ms, "secret", secret);
  SlExportFor guest = { 0 };
  sl_replica_from_key (invitation.key.public_key, &guest.id);
  memcpy (guest.public_key, invitation.key.public_key, SL_SIGN_PUBLIC_BYTES);
  gboolean written = sl_export_to (log, file, NULL, FALSE, &guest, preface, &count, error);
  sodium_memzero (secret, strlen (secret));
  return written;
}

static gboolean
parse_invitation (json_t *json, Invitation *out)
{
  const char *type = json_string_value (json_object_get (json, "type"));
  const char *organisation = json_string_value (json_object_get (json, "organisation"));
  const char *location = json_string_value (json_object_get (json, "location"));
  const char *secret = json_string_value (json_object_get (json, "secret"));
  gsize length = 0;
  if (g_strcmp0 (type, "studioloop-invitation") != 0 || organisation == NULL || location == NULL || secret == NULL
      || json_integer_value (json_object_get (json, "version")) != SL_EXCHANGE_VERSION
      || !sl_id_parse (organisation, &out->organisation) || !sl_id_parse (location, &out->location))
    return FALSE;
  g_autofree guint8 *seed = g_base64_decode (secret, &length);
  out->expires_ms = json_integer_value (json_object_get (json, "expires_ms"));
  gboolean good = length == SEED_BYTES && sl_sign_key_from_seed (seed, &out->key);
  sodium_memzero (seed, length);
  return good;
}

/* The invitation is the file's first line. *out_invalid: the file is none. */
static gboolean
read_invitation (const char *path, Invitation *out, gboolean *out_invalid, GError **error)
{
  FILE *file = fopen (path, "re");
  if (file == NULL)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "%s: %s", path, g_strerror (errno));
      return FALSE;
    }
  g_autoptr (GString) line = g_string_new (NULL);
  gboolean is_line = sl_line_read (file, INVITATION_MAX_BYTES, line) && line->len <= INVITATION_MAX_BYTES;
  (void) fclose (file);
  json_t *json = is_line ? json_loadb (line->str, line->len, 0, NULL) : NULL;
  *out_invalid = json == NULL || !parse_invitation (json, out);
  json_decref (json);
  sodium_memzero (line->str, line->allocated_len);
  if (*out_invalid)
    g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "%s is not an invitation", path);
  return !*out_invalid;
}

/* The log that came with it must hold the founder's chain and this invitation's admission, which says under its
 * author's signature until when it is good: the file's own word for it only spares the reading. */
static gboolean
is_complete (SlOplog *log, const Invitation *invitation, gboolean *out, GError **error)
{
  gint64 admissions, organisations;
  if (!sl_store_query_int (log->store, 0, &admissions, error,
                           "SELECT count (*) FROM admission WHERE invitation = ? AND expires_ms >= ?", "bi",
                           invitation->key.public_key, (gsize) SL_SIGN_PUBLIC_BYTES, log->world->now_ms (log->world))
      || !sl_store_query_int (log->store, 0, &organisations, error,
                              "SELECT count (*) FROM organisation WHERE id = ? AND created_hlc IS NOT NULL", "d",
                              &invitation->organisation))
    return FALSE;
  *out = admissions > 0 && organisations > 0;
  return TRUE;
}

/* Something in the file is not what its author wrote. What is quarantined for other reasons is so in the whole studio:
 * beyond a cut, another history of a cloned device, what an admitted device wrote badly. */
static gboolean
is_changed (const SlImportResult *imported)
{
  for (guint i = 0; i < imported->quarantined->len; i++)
    {
      const char *reason = g_array_index (imported->quarantined, SlQuarantined, i).reason;
      if (g_str_equal (reason, "bad_signature") || g_str_equal (reason, "foreign_organisation"))
        return TRUE;
    }
  return FALSE;
}

static gboolean
emit_join (SlOplog *log, const Invitation *invitation, const char *device_name, GError **error)
{
  SlIdentity *identity = &log->identity;
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_DEVICE);
  guint8 signature[SL_SIGNATURE_BYTES];
  SlHash message;
  SlChain *own = sl_chain_add (log, &identity->replica);
  if (own == NULL)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_STORAGE, "the new device's chain could not be begun");
      return FALSE;
    }
  own->has_key = own->has_invitation = TRUE;
  memcpy (own->public_key, identity->key.public_key, SL_SIGN_PUBLIC_BYTES);
  memcpy (own->invitation, invitation->key.public_key, SL_SIGN_PUBLIC_BYTES);
  sl_join_message (&identity->organisation, &identity->replica, identity->key.public_key, &message);
  sl_sign (&invitation->key, message.bytes, SL_HASH_BYTES, signature);
  sl_cbor_begin_array (body, 3);
  sl_cbor_put_bytes (body, identity->key.public_key, SL_SIGN_PUBLIC_BYTES);
  sl_cbor_put_bytes (body, invitation->key.public_key, SL_SIGN_PUBLIC_BYTES);
  sl_cbor_put_bytes (body, signature, SL_SIGNATURE_BYTES);
  sl_fields_set_text (fields, "name", device_name);
  sl_fields_set_id (fields, "location_id", &invitation->location);
  return sl_oplog_emit (log, SL_KIND_DEVICE_JOIN, NULL, body, NULL, error)
         && sl_op_edit (log, &identity->replica, fields, error);
}

static gboolean
join (SlOplog *log, const Invitation *invitation, const char *file, const char *device_name, gboolean *out_invalid,
      GError **error)
{
  g_auto (SlImportResult) imported = { 0 };
  gboolean complete;
  log->identity.organisation = invitation->organisation;
  sl_sign_key_new (log->world, &log->identity.key);
  sl_replica_from_key (log->identity.key.public_key, &log->identity.replica);
  if (!sl_import_from (log, file, &invitation->key, &imported, error)
      || !is_complete (log, invitation, &complete, error))
    return FALSE;
  if (!complete || is_changed (&imported))
    {
      *out_invalid = TRUE;
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT,
                   "the invitation was changed, is not complete or is no longer good");
      return FALSE;
    }
  if (!sl_oplog_begin_bare (log, error))
    return FALSE;
  log->actor = sl_actor_owner;
  if (emit_join (log, invitation, device_name, error)
      && sl_identity_write (sl_store_get_dir (log->store), &log->identity, error) && sl_oplog_adopt (log, error))
    return sl_oplog_commit (log, error);
  sl_oplog_rollback (log);
  return FALSE;
}

/**
 * sl_oplog_join:
 * @store: a new, empty store
 * @world: clock and random
 * @file: an invitation
 * @device_name: what the new device is called
 * @out_invalid: (out): the failure is the invitation's: none, changed, or past its 24 hours
 * @error: return location
 *
 * Makes this device one of the invitation's organisation; nobody else need write anything to admit it.
 *
 * Returns: (transfer full) (nullable): the log
 */
SlOplog *
sl_oplog_join (SlStore *store, SlWorld *world, const char *file, const char *device_name, gboolean *out_invalid,
               GError **error)
{
  g_auto (Invitation) invitation = { 0 };
  g_autoptr (SlOplog) log = NULL;
  *out_invalid = FALSE;
  if (!read_invitation (file, &invitation, out_invalid, error))
    return NULL;
  if (world->now_ms (world) > invitation.expires_ms)
    {
      *out_invalid = TRUE;
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the invitation is more than 24 hours old");
      return NULL;
    }
  log = sl_oplog_new_bare (store, world);
  return join (log, &invitation, file, device_name, out_invalid, error) ? g_steal_pointer (&log) : NULL;
}
