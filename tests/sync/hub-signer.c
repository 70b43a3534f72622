/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "hub-signer"

#include <stdio.h>
#include <string.h>

#include "core/crypto.h"
#include "oplog/operation.h"
#include "protocol/message.h"

/* Signs requests for tests that are written in Python, whose library has no Ed25519. A line of its input:
 * SEED METHOD PATH ORG OFFSET_MS WITH_KEY BODY (seed and body in hexadecimal digits, "-" for no body); its answer: the
 * device's id, then the headers as "name: value", a line each, and an empty line. */

static void
sign (gpointer user_data, const void *message, gsize length, guint8 out_signature[SL_SIGNATURE_BYTES])
{
  sl_sign (user_data, message, length, out_signature);
}

static GBytes *
from_hex (const char *text)
{
  gsize length = strlen (text) / 2;
  guint8 *bytes = g_malloc (length + 1);
  for (gsize i = 0; i < length; i++)
    bytes[i] = g_ascii_xdigit_value (text[2 * i]) << 4 | g_ascii_xdigit_value (text[2 * i + 1]);
  return g_bytes_new_take (bytes, length);
}

static void
answer (char **words)
{
  g_autoptr (GBytes) seed = from_hex (words[0]);
  g_autoptr (GBytes) body = g_str_equal (words[6], "-") ? NULL : from_hex (words[6]);
  g_auto (SlSignKey) key = { 0 };
  SlId organisation;
  g_assert_true (g_bytes_get_size (seed) == 32 && sl_sign_key_from_seed (g_bytes_get_data (seed, NULL), &key));
  g_assert_true (sl_id_parse (words[3], &organisation));
  SlSyncSigner signer = { .sign = sign, .user_data = &key };
  memcpy (signer.public_key, key.public_key, sizeof signer.public_key);
  sl_replica_from_key (key.public_key, &signer.replica);
  g_autoptr (SlSyncRequest) request = sl_sync_request_new (words[1], words[2], body);
  SlWorld *world = sl_world_system ();
  gint64 now_ms = world->now_ms (world) + g_ascii_strtoll (words[4], NULL, 10);
  sl_sync_sign_request (request, &signer, &organisation, world, now_ms, g_str_equal (words[5], "1"));
  char id[SL_ID_TEXT_BYTES];
  printf ("%s\n", sl_id_format (&signer.replica, id));
  GHashTableIter iter;
  gpointer name, value;
  g_hash_table_iter_init (&iter, request->headers);
  while (g_hash_table_iter_next (&iter, &name, &value))
    printf ("%s: %s\n", (char *) name, (char *) value);
  printf ("\n");
  fflush (stdout);
}

int
main (void)
{
  g_assert_true (sl_crypto_init (NULL));
  char *line = NULL;
  size_t capacity = 0;
  while (getline (&line, &capacity, stdin) > 0)
    {
      g_auto (GStrv) words = g_strsplit (g_strchomp (line), " ", -1);
      g_assert_cmpuint (g_strv_length (words), ==, 7);
      answer (words);
    }
  free (line);
  return 0;
}
