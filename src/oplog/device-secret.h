/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/crypto.h"

/* A secret of the machine that the device's key lies under, where there is one: src/oplog/README.md "Identity". systemd
 * hands it to services as a credential ($CREDENTIALS_DIRECTORY), decrypted with the machine's key or its TPM. */
#define SL_DEVICE_CREDENTIAL "studioloop-device-key"
#define SL_DEVICE_CREDENTIAL_MIN_BYTES 16 /* less can be guessed */
#define SL_DEVICE_CREDENTIAL_MAX_BYTES 4096

/* READ_ONLY where this process was given none, BAD_INPUT where it is no secret. */
gboolean sl_device_secret_read (SlSignKey *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
