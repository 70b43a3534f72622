/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-hub-code"

#include "hub/hub-private.h"

#include <string.h>

#include "core/error.h"

/* One-time codes for people: 12 characters of 30, some 58 bits, for ten minutes; the store has hashes only. */

#define CODE_CHARS SL_SYNC_PAIRING_CODE_CHARS
#define CODE_GROUP 4
static const char alphabet[] = SL_SYNC_PAIRING_CODE_ALPHABET;

static void
hash_code (const char plain[CODE_CHARS], SlHash *out)
{
  SlHasher hasher;
  sl_hasher_init (&hasher, "studioloop pairing code v1");
  sl_hasher_add_sized (&hasher, plain, CODE_CHARS);
  sl_hasher_finish (&hasher, out);
}

/**
 * sl_hub_code_hash:
 * @typed: (nullable): what somebody has typed or scanned
 * @out: (out): what the store knows it by
 *
 * Returns: %FALSE where it cannot be a code
 */
gboolean
sl_hub_code_hash (const char *typed, SlHash *out)
{
  char plain[CODE_CHARS];
  guint count = 0;
  for (const char *p = typed; p != NULL && *p != '\0'; p++)
    {
      char c = g_ascii_toupper (*p);
      if (c == '-' || c == ' ')
        continue;
      if (strchr (alphabet, c) == NULL || count == CODE_CHARS)
        return FALSE;
      plain[count++] = c;
    }
  if (count != CODE_CHARS)
    return FALSE;
  hash_code (plain, out);
  return TRUE;
}

/* Each character as likely as any other. */
static char
random_char (SlWorld *world)
{
  const guint count = sizeof alphabet - 1, fair = 256 / count * count;
  guint8 byte;
  do
    world->random_bytes (world, &byte, 1);
  while (byte >= fair);
  return alphabet[byte % count];
}

/**
 * sl_hub_pairing_code:
 * @hub: a hub
 * @tenant: of an account or its organisation
 * @out_code: (out) (transfer full): to be shown once: ABCD-EFGH-JKMN
 * @out_expires_ms: (out): until when it is good, UTC ms
 * @error: return location: NOT_FOUND
 *
 * Any thread.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_hub_pairing_code (SlHub *hub, const SlId *tenant, char **out_code, gint64 *out_expires_ms, GError **error)
{
  g_return_val_if_fail (hub != NULL && tenant != NULL && out_code != NULL && out_expires_ms != NULL, FALSE);
  SlHubTenant *found;
  char plain[CODE_CHARS];
  SlHash hash;
  *out_code = NULL;
  if (!sl_hub_tenant_find (hub, tenant, &found, error))
    return FALSE;
  if (found == NULL)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "there is no such organisation");
      return FALSE;
    }
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < CODE_CHARS; i++)
    {
      plain[i] = random_char (hub->world);
      if (i > 0 && i % CODE_GROUP == 0)
        g_string_append_c (text, '-');
      g_string_append_c (text, plain[i]);
    }
  hash_code (plain, &hash);
  explicit_bzero (plain, sizeof plain);
  *out_expires_ms = hub->world->now_ms (hub->world) + SL_HUB_CODE_LIFETIME_MS;
  if (!sl_log_store_add_code (hub->store, &found->id, &hash, *out_expires_ms, error))
    return FALSE;
  *out_code = g_string_free (g_steal_pointer (&text), FALSE);
  return TRUE;
}

/**
 * sl_hub_about:
 * @about: a row
 * @key: of its device
 * @cursor: from where in the log to read on
 *
 * Returns: (transfer full): what a device keeps about its hub: sync/README.md "Paths"
 */
json_t *
sl_hub_about (const SlTenant *about, const guint8 key[SL_SIGN_PUBLIC_BYTES], guint64 cursor)
{
  char org[SL_ID_TEXT_BYTES], organisation[SL_ID_TEXT_BYTES], replica[SL_ID_TEXT_BYTES], epoch[SL_ID_TEXT_BYTES];
  g_autofree char *encoded = g_base64_encode (key, SL_SIGN_PUBLIC_BYTES);
  return json_pack ("{s:s, s:s, s:s, s:s, s:s, s:I}", "org", sl_id_format (&about->id, org), "organisation",
                    sl_id_format (&about->organisation, organisation), "replica",
                    sl_id_format (&about->replica, replica), "key", encoded, "epoch",
                    sl_id_format (&about->epoch, epoch), "cursor", (json_int_t) cursor);
}

/**
 * sl_hub_first_line:
 * @file: an invitation from anybody
 *
 * Returns: (transfer full) (nullable): its first line; %NULL: none
 */
json_t *
sl_hub_first_line (GBytes *file, gsize *out_length)
{
  gsize length;
  const char *data = g_bytes_get_data (file, &length);
  const char *end = length > 0 ? memchr (data, '\n', MIN (length, SL_HUB_LINE_MAX_BYTES)) : NULL;
  if (end == NULL)
    return NULL;
  *out_length = (gsize) (end - data) + 1;
  json_t *line = json_loadb (data, (gsize) (end - data), JSON_REJECT_DUPLICATES, NULL);
  if (json_is_object (line))
    return line;
  json_decref (line);
  return NULL;
}

/* sl_hub_request_of: a number for what asks again: the same body is the same request. */
void
sl_hub_request_of (GBytes *body, guint8 out[SL_ID_BYTES])
{
  SlHasher hasher;
  SlHash hash;
  sl_hasher_init (&hasher, "studioloop hub request v1");
  sl_hasher_add_sized (&hasher, g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  sl_hasher_finish (&hasher, &hash);
  memcpy (out, hash.bytes, SL_ID_BYTES);
}

/* sl_hub_request_parse: such a number as an asker chose it. text: (nullable) */
gboolean
sl_hub_request_parse (const char *text, guint8 out[SL_ID_BYTES])
{
  if (text == NULL || strlen (text) != 2 * SL_ID_BYTES)
    return FALSE;
  for (guint i = 0; i < SL_ID_BYTES; i++)
    {
      int high = g_ascii_xdigit_value (text[2 * i]), low = g_ascii_xdigit_value (text[2 * i + 1]);
      if (high < 0 || low < 0)
        return FALSE;
      out[i] = (guint8) (high << 4 | low);
    }
  return TRUE;
}
