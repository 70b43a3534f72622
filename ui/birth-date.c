/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-birth-date"

#include "birth-date.h"

#include "text-fill.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define YEAR_MIN 1850       /* as in the engine */
#define ZONE_AHEAD_HOURS 14 /* today, wherever it comes first */

static int
number_of (const char *digits, gsize length)
{
  int number = 0;

  for (gsize i = 0; i < length; i++)
    number = number * 10 + (digits[i] - '0');
  return number;
}

static gboolean
is_day (int day, int month, int year)
{
  return year >= YEAR_MIN && g_date_valid_month (month) && g_date_valid_dmy (day, month, year);
}

/**
 * sl_birth_date_of_digits:
 * @digits: DDMMYYYY
 * @out: (out caller-allocates): YYYY-MM-DD
 *
 * Returns: %FALSE: there is no such day
 */
gboolean
sl_birth_date_of_digits (const char *digits, char out[SL_BIRTH_DATE_TEXT_BYTES])
{
  g_return_val_if_fail (strlen (digits) == SL_BIRTH_DATE_DIGITS, FALSE);
  if (!is_day (number_of (digits, 2), number_of (digits + 2, 2), number_of (digits + 4, 4)))
    return FALSE;
  g_snprintf (out, SL_BIRTH_DATE_TEXT_BYTES, "%.4s-%.2s-%.2s", digits + 4, digits + 2, digits);
  return TRUE;
}

/* DDMMYYYY, whatever stands between; "": too few or too many digits, or anything else. */
static void
digits_of (const char *text, char out[SL_BIRTH_DATE_DIGITS + 1])
{
  gboolean is_iso = strlen (text) == SL_BIRTH_DATE_TEXT_BYTES - 1 && text[4] == '-' && text[7] == '-';
  gsize n = 0;

  for (const char *at = text; *at != '\0' && n <= SL_BIRTH_DATE_DIGITS; at++)
    if (g_ascii_isdigit (*at) && n < SL_BIRTH_DATE_DIGITS)
      out[n++] = *at;
    else if (g_ascii_isdigit (*at) || strchr ("/.- ", *at) == NULL)
      n = SL_BIRTH_DATE_DIGITS + 1;
  out[n == SL_BIRTH_DATE_DIGITS ? n : 0] = '\0';
  if (is_iso && n == SL_BIRTH_DATE_DIGITS)
    memcpy (out, (const char[]) { out[6], out[7], out[4], out[5], out[0], out[1], out[2], out[3] },
            SL_BIRTH_DATE_DIGITS);
}

static char *
words_of_no_day (const char *digits)
{
  g_autofree char *day = g_strndup (digits, 2), *month = g_strndup (digits + 2, 2), *year = g_strdup (digits + 4);

  if (!g_date_valid_month (number_of (month, 2)))
    /* Translators: {month} is a number above 12, typed as the month of a birth date */
    return sl_text_fill (_("There is no month {month}: the day comes first, then the month, then the year."), "month",
                         month, NULL);
  if (number_of (year, 4) < YEAR_MIN)
    /* Translators: {year} was typed as the year of a birth date */
    return sl_text_fill (_("Nobody was born in {year}: the year comes last and has four digits."), "year", year, NULL);
  /* Translators: a birth date of which there is none, such as 31/02/1990 */
  return sl_text_fill (_("There is no {day}/{month}/{year}. Check the day."), "day", day, "month", month, "year", year,
                       NULL);
}

static gboolean
is_ahead (const char *date, gint64 now_ms)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (now_ms / 1000);
  g_autoptr (GDateTime) ahead = g_date_time_add_hours (now, ZONE_AHEAD_HOURS);
  g_autofree char *today = g_date_time_format (ahead, "%Y-%m-%d");

  return strcmp (date, today) > 0;
}

/**
 * sl_birth_date_read:
 * @text: what was typed
 * @now_ms: the moment
 * @out_date: (out) (transfer full): YYYY-MM-DD; "" where nothing was typed; %NULL where it is none
 * @out_wrong: (out) (transfer full): what is wrong, in the language of the moment; %NULL where nothing is
 *
 * Returns: whether it can be kept
 */
gboolean
sl_birth_date_read (const char *text, gint64 now_ms, char **out_date, char **out_wrong)
{
  g_autofree char *clean = g_strstrip (g_strdup (text));
  char digits[SL_BIRTH_DATE_DIGITS + 1], date[SL_BIRTH_DATE_TEXT_BYTES] = "";

  *out_date = *out_wrong = NULL;
  digits_of (clean, digits);
  if (*clean != '\0' && *digits == '\0')
    *out_wrong = g_strdup (_("A date of birth has eight digits: two for the day, two for the month, four for the "
                             "year."));
  else if (*clean != '\0' && !sl_birth_date_of_digits (digits, date))
    *out_wrong = words_of_no_day (digits);
  else if (*clean != '\0' && is_ahead (date, now_ms))
    *out_wrong = g_strdup (_("This date of birth is still to come. Check the year."));
  else
    *out_date = g_strdup (date);
  return *out_wrong == NULL;
}

/* 3105 → 31/05: no mark is put before a digit follows it, so that taking one away is one tap. */
static char *
group (const char *digits)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; digits[i] != '\0' && i < SL_BIRTH_DATE_DIGITS; i++)
    {
      if (i == 2 || i == 4)
        g_string_append_c (text, '/');
      g_string_append_c (text, digits[i]);
    }
  return g_string_free (text, FALSE);
}

/**
 * sl_birth_date_show:
 * @date: (nullable): YYYY-MM-DD
 *
 * Returns: (transfer full): "31/05/1990"; what is no date as it is; "" for %NULL
 */
char *
sl_birth_date_show (const char *date)
{
  char digits[SL_BIRTH_DATE_DIGITS + 1];

  if (date == NULL)
    return g_strdup ("");
  digits_of (date, digits);
  return *digits != '\0' ? group (digits) : g_strdup (date);
}

static char *
without_marks (const char *text)
{
  GString *left = g_string_new (NULL);

  for (; *text != '\0'; text++)
    if (*text != '/' && *text != ' ')
      g_string_append_c (left, *text);
  return g_string_free (left, FALSE);
}

/* Digits alone are grouped; who types a dash writes it in the engine's order, and is left to it. */
static void
on_insert (GtkEditable *field, const char *typed, int length, int *position, gpointer user_data)
{
  const char *before = gtk_editable_get_text (field), *at = g_utf8_offset_to_pointer (before, *position);
  g_autofree char *added = length < 0 ? g_strdup (typed) : g_strndup (typed, (gsize) length);
  g_autofree char *head = g_strndup (before, (gsize) (at - before));
  g_autofree char *all = g_strconcat (head, added, at, NULL), *to_cursor = g_strconcat (head, added, NULL);
  g_autofree char *bare = without_marks (all), *bare_to_cursor = without_marks (to_cursor), *shown = NULL;
  gboolean is_digits = strspn (bare, "0123456789") == strlen (bare);
  int after = (int) strlen (bare_to_cursor);

  if (!is_digits && strchr (bare, '-') == NULL)
    return;
  shown = is_digits ? group (bare) : g_strdup (bare);
  if (is_digits)
    after += (after > 2) + (after > 4);
  g_signal_handlers_block_by_func (field, on_insert, user_data);
  gtk_editable_delete_text (field, 0, -1);
  *position = 0;
  gtk_editable_insert_text (field, shown, -1, position);
  *position = MIN (after, (int) strlen (shown));
  g_signal_handlers_unblock_by_func (field, on_insert, user_data);
  g_signal_stop_emission_by_name (field, "insert-text");
}

/**
 * sl_birth_date_group_in:
 * @field: where a birth date is typed
 *
 * Groups its digits from now on.
 */
void
sl_birth_date_group_in (GtkEditable *field)
{
  GtkEditable *text = gtk_editable_get_delegate (field);

  g_signal_connect (text != NULL ? text : field, "insert-text", G_CALLBACK (on_insert), NULL);
}
