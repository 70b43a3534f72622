/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The text of a QR code by which somebody pays with their telephone: drawn here, so that it needs no network. In a
 * template stand {merchant}, {reference}, and the amount as {cents} or as {amount} ("1234.50"). */

/* https://developer.getsnapscan.com "Payment requests": strict fixes amount and reference. */
#define SL_PAYMENT_CODE_SNAPSCAN "https://pos.snapscan.io/qr/{merchant}?id={reference}&amount={cents}&strict=true"
#define SL_PAYMENT_CODE_TEMPLATE_MAX_BYTES 512
#define SL_PAYMENT_CODE_WORD_MAX_BYTES 64                       /* of a merchant's code, of a reference */
#define SL_PAYMENT_CODE_MAX_CENTS G_GINT64_CONSTANT (100000000) /* a million: what is above it is a slip of the hand */

/* merchant (nullable): the address holds it already */
gboolean sl_payment_code_check_template (const char *template, const char *merchant,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *sl_payment_code_text (const char *template, const char *merchant /* (nullable) */, gint64 amount_cents,
                            const char *reference, GError **error) G_GNUC_WARN_UNUSED_RESULT;
