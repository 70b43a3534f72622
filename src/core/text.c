/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-text"

#include "core/text.h"

#include <string.h>

#include "core/error.h"

/* The most that composing (NFC) can shrink a text in UTF-8: three Hangul jamo of 3 bytes each become one syllable of
 * 3. */
#define NFC_SHRINK_MAX 3
/* E.164: at most 15 digits with the country code; no country's whole numbers have fewer than 7. */
#define PHONE_DIGITS_MIN 7
#define PHONE_DIGITS_MAX 15
/* What people type between the digits, and more than that is no phone number. */
#define PHONE_TEXT_MAX_BYTES 64

static gboolean
bad_input (GError **error, const char *field, const char *reason)
{
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "%s %s", field, reason);
  return FALSE;
}

/* The part of text between the blanks at its ends. */
static void
trim (const char *text, const char **out_start, const char **out_end)
{
  const char *start = text, *end = text + strlen (text);
  while (start < end && g_unichar_isspace (g_utf8_get_char (start)))
    start = g_utf8_next_char (start);
  while (end > start)
    {
      const char *last = g_utf8_prev_char (end);
      if (!g_unichar_isspace (g_utf8_get_char (last)))
        break;
      end = last;
    }
  *out_start = start;
  *out_end = end;
}

/* Controls and line breaks; and what makes a screen or a printed list show another text than the one stored: the marks
 * that turn the writing direction around (U+202A…E, U+2066…9). Joiners, which names in some scripts need, stay. */
static gboolean
character_is_unfit (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);
  return type == G_UNICODE_CONTROL || type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR
         || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/**
 * sl_text_clean:
 * @field: what the text is, for the error's message ("first name")
 * @raw: text from people
 * @max_bytes: the most bytes of the result
 * @error: return location
 *
 * Every text from outside passes here once, before it is stored: blanks at its ends go, and it is put into Unicode's
 * composed form (NFC), so that the same name typed on two keyboards is the same bytes. An empty text is fine here, and
 * one of nothing but blanks and marks that cannot be seen (U+200B) is empty: nobody could find it in a list.
 *
 * Returns: (transfer full): the text; %NULL with %SL_ERROR_BAD_INPUT naming @field where it is not valid UTF-8, too
 *   long, or holds control characters, line breaks or marks that turn the writing direction
 */
char *
sl_text_clean (const char *field, const char *raw, gsize max_bytes, GError **error)
{
  g_return_val_if_fail (field != NULL, NULL);
  g_return_val_if_fail (raw != NULL, NULL);

  if (!g_utf8_validate (raw, -1, NULL))
    return bad_input (error, field, "is not valid UTF-8 text"), NULL;
  const char *start, *end;
  trim (raw, &start, &end);
  g_autofree char *text = NULL;
  /* GLib orders a run of accents in quadratic time: judge the length before it starts. */
  if ((gsize) (end - start) <= max_bytes * NFC_SHRINK_MAX)
    text = g_utf8_normalize (start, end - start, G_NORMALIZE_DEFAULT_COMPOSE);
  if (text == NULL || strlen (text) > max_bytes)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "%s is longer than %" G_GSIZE_FORMAT " bytes", field,
                   max_bytes);
      return NULL;
    }
  gboolean seen = FALSE;
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);
      if (character_is_unfit (c))
        return bad_input (error, field, "holds a control character"), NULL;
      seen = seen || (g_unichar_type (c) != G_UNICODE_FORMAT && !g_unichar_isspace (c));
    }
  return seen ? g_steal_pointer (&text) : g_strdup ("");
}

/* The same for plain ASCII, which most names are: Unicode's tables cost ten times as much. */
static char *
fold_ascii (const char *text)
{
  char *out = g_malloc (strlen (text) + 1), *to = out;
  for (const char *at = text; *at != '\0'; at++)
    if (!g_ascii_isspace (*at))
      *to++ = g_ascii_tolower (*at);
    else if (to > out && to[-1] != ' ')
      *to++ = ' ';
  if (to > out && to[-1] == ' ')
    to--;
  *to = '\0';
  return out;
}

/**
 * sl_text_fold:
 * @text: a text; what is not UTF-8 in it is searched for as the replacement character
 *
 * The form in which texts are compared when people search: without case, without accents ("Zoë" and "zoe" are one),
 * with single blanks between words and none at the ends. Not for showing, not for storing where it would be sent.
 *
 * Returns: (transfer full): the folded text
 */
char *
sl_text_fold (const char *text)
{
  g_return_val_if_fail (text != NULL, NULL);

  if (g_str_is_ascii (text))
    return fold_ascii (text);
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *decomposed = g_utf8_normalize (valid, -1, G_NORMALIZE_ALL);
  g_autofree char *folded = g_utf8_casefold (decomposed, -1);
  g_autofree char *again = g_utf8_normalize (folded, -1, G_NORMALIZE_ALL); /* folding makes new composed letters */
  GString *out = g_string_sized_new (strlen (again));
  gboolean blank = FALSE;
  for (const char *at = again; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);
      if (g_unichar_isspace (c))
        blank = TRUE;
      else if (g_unichar_type (c) != G_UNICODE_NON_SPACING_MARK)
        {
          if (blank && out->len > 0)
            g_string_append_c (out, ' ');
          blank = FALSE;
          g_string_append_unichar (out, c);
        }
    }
  return g_string_free (out, FALSE);
}

/* What stands between the digits of phone numbers: blanks, dashes, dots, slashes, brackets, and invisible marks that
 * come along when a number is copied. */
static gboolean
is_phone_separator (gunichar c)
{
  return g_unichar_isspace (c) || g_unichar_type (c) == G_UNICODE_DASH_PUNCTUATION
         || g_unichar_type (c) == G_UNICODE_FORMAT || c == '.' || c == '/' || c == '(' || c == ')';
}

/* The digits of raw, after "+" where it begins so. NULL: something else stands in it. */
static GString *
phone_digits (const char *raw)
{
  g_autoptr (GString) digits = g_string_new (NULL);
  for (const char *at = raw; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);
      if (g_str_has_prefix (at, "(0)") && digits->len > 0)
        at += 2; /* "+27 (0)82 …": the 0 is not dialled from abroad */
      else if ((c == '+' && digits->len == 0) || (c >= '0' && c <= '9'))
        g_string_append_c (digits, (char) c);
      else if (!is_phone_separator (c))
        return NULL;
    }
  return g_steal_pointer (&digits);
}

/**
 * sl_phone_normalise:
 * @raw: a phone number as people write it
 * @country_code: the digits of the studio's country ("27"), for national numbers
 * @error: return location
 *
 * "082 123 4567", "+27 (0)82-123-4567" and "0027821234567" are one number, +27821234567 (ITU-T E.164). A number
 * that begins with neither "+", "00" nor "0" is refused: which country it is in would be a guess.
 *
 * Returns: (transfer full): "+" and 7 to 15 digits; %NULL with %SL_ERROR_BAD_INPUT when it cannot be a phone number
 */
char *
sl_phone_normalise (const char *raw, const char *country_code, GError **error)
{
  g_return_val_if_fail (raw != NULL, NULL);
  g_return_val_if_fail (country_code != NULL, NULL);

  g_autoptr (GString) digits = NULL;
  if (strlen (raw) <= PHONE_TEXT_MAX_BYTES && g_utf8_validate (raw, -1, NULL))
    digits = phone_digits (raw);
  if (digits == NULL)
    return bad_input (error, "phone", "is not a phone number"), NULL;
  if (digits->str[0] == '+')
    g_string_erase (digits, 0, 1);
  else if (g_str_has_prefix (digits->str, "00"))
    g_string_erase (digits, 0, 2);
  else if (digits->str[0] == '0')
    {
      g_string_erase (digits, 0, 1);
      g_string_prepend (digits, country_code);
    }
  else
    return bad_input (error, "phone", "must begin with 0, or with + and the country"), NULL;
  if (digits->len < PHONE_DIGITS_MIN || digits->len > PHONE_DIGITS_MAX || digits->str[0] == '0')
    return bad_input (error, "phone", "does not have the length of a phone number"), NULL;
  return g_strdup_printf ("+%s", digits->str);
}

/* How amounts are written in a currency's countries: its sign in front, and what stands between thousands. Those who
 * write a comma before the cents have a blank there, which reads beside our point as well. Others go by their ISO 4217
 * code. */
#define NO_BREAK "\xc2\xa0" /* U+00A0: an amount stays on one line */
typedef struct { const char *currency, *sign, *group; } MoneyStyle;
static const MoneyStyle money_styles[] = {
  { "ZAR", "R", NO_BREAK }, { "NAD", "N$", NO_BREAK }, { "SZL", "E", NO_BREAK }, { "LSL", "L", NO_BREAK },
  { "EUR", "€", NO_BREAK }, { "BWP", "P", "," },       { "ZMW", "K", "," },      { "KES", "KSh", "," },
  { "NGN", "₦", "," },      { "USD", "$", "," },       { "GBP", "£", "," },
};

static MoneyStyle
find_style (const char *currency)
{
  for (guint i = 0; i < G_N_ELEMENTS (money_styles); i++)
    if (g_str_equal (currency, money_styles[i].currency))
      return money_styles[i];
  return (MoneyStyle){ currency, NULL, NO_BREAK };
}

/**
 * sl_text_append_grouped:
 * @out: a text
 * @number: a whole number
 * @group: what stands between thousands
 *
 * Appends its digits in groups of three.
 */
void
sl_text_append_grouped (GString *out, guint64 number, const char *group)
{
  char digits[24];
  int length = g_snprintf (digits, sizeof digits, "%" G_GUINT64_FORMAT, number);
  for (int i = 0; i < length; i++)
    {
      if (i > 0 && (length - i) % 3 == 0)
        g_string_append (out, group);
      g_string_append_c (out, digits[i]);
    }
}

/**
 * sl_money_format:
 * @cents: an amount in hundredths of the currency
 * @currency: its ISO 4217 code
 *
 * Returns: (transfer full): "R1 150.00", "-R0.50", with the code and a blank where the currency has no sign here. No
 *   line breaks between its thousands
 */
char *
sl_money_format (gint64 cents, const char *currency)
{
  g_return_val_if_fail (currency != NULL, NULL);

  guint64 amount = cents < 0 ? -(guint64) cents : (guint64) cents;
  MoneyStyle style = find_style (currency);
  GString *out = g_string_new (cents < 0 ? "-" : NULL);
  g_string_append_printf (out, "%s%s", style.sign != NULL ? style.sign : currency, style.sign != NULL ? "" : " ");
  sl_text_append_grouped (out, amount / 100, style.group);
  g_string_append_printf (out, ".%02u", (guint) (amount % 100));
  return g_string_free (out, FALSE);
}

/**
 * sl_credits_format:
 * @hundredths: an amount of credits
 *
 * Returns: (transfer full): "3", "2.5", "-0.25": no more decimals than it needs
 */
char *
sl_credits_format (gint64 hundredths)
{
  guint64 amount = hundredths < 0 ? -(guint64) hundredths : (guint64) hundredths;
  guint rest = (guint) (amount % 100);
  const char *minus = hundredths < 0 ? "-" : "";
  if (rest == 0)
    return g_strdup_printf ("%s%" G_GUINT64_FORMAT, minus, amount / 100);
  if (rest % 10 == 0)
    return g_strdup_printf ("%s%" G_GUINT64_FORMAT ".%u", minus, amount / 100, rest / 10);
  return g_strdup_printf ("%s%" G_GUINT64_FORMAT ".%02u", minus, amount / 100, rest);
}
