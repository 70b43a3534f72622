/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-device-secret"

#include "oplog/device-secret.h"

#include <sodium.h>

#include "core/small-file.h"

static char *
read_credential (gsize *out_length, GError **error)
{
  const char *dir = g_getenv ("CREDENTIALS_DIRECTORY");
  g_autofree char *path = dir != NULL ? g_build_filename (dir, SL_DEVICE_CREDENTIAL, NULL) : NULL;
  if (path != NULL && g_file_test (path, G_FILE_TEST_EXISTS))
    return sl_small_file_read (path, SL_DEVICE_CREDENTIAL_MAX_BYTES, out_length, error);
  g_set_error_literal (error, SL_ERROR, SL_ERROR_READ_ONLY,
                       "this device's key is sealed to the machine's credential " SL_DEVICE_CREDENTIAL
                       ", which this process was not given ($CREDENTIALS_DIRECTORY)");
  return NULL;
}

/**
 * sl_device_secret_read:
 * @out: (out caller-allocates): a key that follows from the credential; clear with sl_sign_key_clear()
 * @error: return location: READ_ONLY: this process was given none; BAD_INPUT: it is too short, or too long
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_device_secret_read (SlSignKey *out, GError **error)
{
  g_return_val_if_fail (out != NULL, FALSE);

  gsize length;
  g_autofree char *bytes = read_credential (&length, error);
  SlHasher hasher;
  SlHash seed;
  gboolean good = bytes != NULL && length >= SL_DEVICE_CREDENTIAL_MIN_BYTES;
  if (good)
    {
      sl_hasher_init (&hasher, "studioloop device credential v1");
      sl_hasher_add (&hasher, bytes, length);
      sl_hasher_finish (&hasher, &seed);
      good = sl_sign_key_from_seed (seed.bytes, out);
      sodium_memzero (&seed, sizeof seed);
    }
  else if (bytes != NULL)
    g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the credential " SL_DEVICE_CREDENTIAL " has less than %d bytes",
                 SL_DEVICE_CREDENTIAL_MIN_BYTES);
  if (bytes != NULL)
    sodium_memzero (bytes, length);
  return good;
}
