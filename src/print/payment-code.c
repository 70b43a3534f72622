/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-payment-code"

#include "print/payment-code.h"

#include <string.h>

#include "core/error.h"

typedef struct {
  const char *merchant, *reference;
  gint64 amount_cents;
} CodeValues;

static gboolean
bad (GError **error, const char *message)
{
  g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, message);
  return FALSE;
}

/* The value of a placeholder, ready to stand in an address; NULL: there is none of this name. */
static char *
value_of (const char *name, gsize length, const CodeValues *values)
{
  g_autofree char *word = g_strndup (name, length);
  if (g_str_equal (word, "merchant") && values->merchant != NULL)
    return g_uri_escape_string (values->merchant, NULL, FALSE);
  if (g_str_equal (word, "reference"))
    return g_uri_escape_string (values->reference, NULL, FALSE);
  if (g_str_equal (word, "cents"))
    return g_strdup_printf ("%" G_GINT64_FORMAT, values->amount_cents);
  if (g_str_equal (word, "amount"))
    return g_strdup_printf ("%" G_GINT64_FORMAT ".%02u", values->amount_cents / 100,
                            (guint) (values->amount_cents % 100));
  return NULL;
}

static char *
fill (const char *template, const CodeValues *values, GError **error)
{
  g_autoptr (GString) out = g_string_new (NULL);
  for (const char *at = template; *at != '\0';)
    {
      const char *end = *at == '{' ? strchr (at, '}') : NULL;
      if (*at != '{')
        {
          g_string_append_c (out, *at++);
          continue;
        }
      g_autofree char *value = end != NULL ? value_of (at + 1, (gsize) (end - at - 1), values) : NULL;
      if (value == NULL)
        return bad (error, "the payment code's address may hold {merchant}, {reference}, {cents} and {amount}, and no "
                           "other braces"), NULL;
      g_string_append (out, value);
      at = end + 1;
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/**
 * sl_payment_code_check_template:
 * @template: an address with placeholders
 * @merchant: (nullable): the studio's code with the provider; %NULL: the address holds it already
 * @error: %SL_ERROR_BAD_INPUT saying what is wrong with it
 *
 * Whether payments can be told apart by it: it names a merchant, a reference and an amount, and is an https address.
 *
 * Returns: whether it will do
 */
gboolean
sl_payment_code_check_template (const char *template, const char *merchant, GError **error)
{
  g_return_val_if_fail (template != NULL, FALSE);

  if (strlen (template) > SL_PAYMENT_CODE_TEMPLATE_MAX_BYTES)
    return bad (error, "the payment code's address is longer than 512 bytes");
  if (!g_str_has_prefix (template, "https://"))
    return bad (error, "the payment code's address must begin with https://");
  for (const char *at = template; *at != '\0'; at++)
    if (!g_ascii_isgraph (*at))
      return bad (error, "the payment code's address holds a blank or a letter that addresses do not have");
  if ((merchant != NULL && strstr (template, "{merchant}") == NULL) || strstr (template, "{reference}") == NULL
      || (strstr (template, "{cents}") == NULL && strstr (template, "{amount}") == NULL))
    return bad (error, merchant != NULL
                           ? "the payment code's address needs {merchant}, {reference} and {cents} or {amount}"
                           : "the payment code's address needs {reference} and {cents} or {amount}");
  g_autofree char *filled = fill (template, &(CodeValues){ merchant, "r", 1 }, error);
  return filled != NULL;
}

/**
 * sl_payment_code_text:
 * @template: %SL_PAYMENT_CODE_SNAPSCAN, or another provider's address
 * @merchant: (nullable): the studio's code with the provider; %NULL: the address holds it already
 * @amount_cents: what is to be paid: above 0
 * @reference: by which the payment is found again: a receipt's number
 * @error: %SL_ERROR_BAD_INPUT saying which of them is wrong
 *
 * What the code says that somebody reads with their banking app. sl_code_picture() and sl_code_picture_svg() draw it,
 * and sl_document_set_qr() puts it onto an invoice. Merchant and reference are escaped: neither can change the amount.
 *
 * Returns: (transfer full) (nullable): an address
 */
char *
sl_payment_code_text (const char *template, const char *merchant, gint64 amount_cents, const char *reference,
                      GError **error)
{
  g_return_val_if_fail (template != NULL && reference != NULL, NULL);

  if (!sl_payment_code_check_template (template, merchant, error))
    return NULL;
  if (merchant != NULL
      && (*merchant == '\0' || strlen (merchant) > SL_PAYMENT_CODE_WORD_MAX_BYTES
          || !g_utf8_validate (merchant, -1, NULL)))
    return bad (error, "the merchant code is empty or longer than 64 bytes"), NULL;
  if (*reference == '\0' || strlen (reference) > SL_PAYMENT_CODE_WORD_MAX_BYTES
      || !g_utf8_validate (reference, -1, NULL))
    return bad (error, "the payment's reference is empty or longer than 64 bytes"), NULL;
  if (amount_cents <= 0 || amount_cents > SL_PAYMENT_CODE_MAX_CENTS)
    return bad (error, "the amount to be paid by code must be above 0 and at most a million"), NULL;
  return fill (template, &(CodeValues){ merchant, reference, amount_cents }, error);
}
