/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-text-fill"

#include "text-fill.h"

#include <stdarg.h>
#include <string.h>

/* The most places that one sentence has; the longest names class, time, room and a count. */
#define PLACES_MAX 8

typedef struct {
  const char *name, *value;
} Place;

static const char *
find_value (const Place *places, guint n_places, const char *name, gsize length)
{
  for (guint i = 0; i < n_places; i++)
    if (strlen (places[i].name) == length && strncmp (places[i].name, name, length) == 0)
      return places[i].value;
  return NULL;
}

/**
 * sl_text_fill:
 * @sentence: UTF-8 with places written as `{name}`
 * @...: pairs of a place's name and its value (nullable: nothing is put there), then %NULL
 *
 * Puts values into a sentence. Values are taken as they are: a class called "{time}" stays that. A place that no
 * pair names stays as it is written.
 *
 * Returns: (transfer full): the filled sentence
 */
char *
sl_text_fill (const char *sentence, ...)
{
  Place places[PLACES_MAX];
  guint n_places = 0;
  va_list arguments;

  g_return_val_if_fail (sentence != NULL, NULL);
  va_start (arguments, sentence);
  for (const char *name = va_arg (arguments, const char *); name != NULL; name = va_arg (arguments, const char *))
    {
      const char *value = va_arg (arguments, const char *);

      g_assert (n_places < PLACES_MAX);
      places[n_places++] = (Place) { name, value != NULL ? value : "" };
    }
  va_end (arguments);

  g_autoptr (GString) text = g_string_new (NULL);
  while (*sentence != '\0')
    {
      const char *end = *sentence == '{' ? strchr (sentence, '}') : NULL;
      const char *value = end != NULL ? find_value (places, n_places, sentence + 1, end - sentence - 1) : NULL;

      if (value != NULL)
        {
          g_string_append (text, value);
          sentence = end + 1;
        }
      else
        g_string_append_c (text, *sentence++);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * sl_text_join:
 * @separator: what goes between two parts
 * @...: parts, then %NULL; empty ones are left out
 *
 * Joins what there is. Unlike g_strjoin() it takes an empty string as nothing, so that a session without a room does
 * not end in a separator; pass "" for a part that is not there.
 *
 * Returns: (transfer full): the joined text, empty when there is nothing
 */
char *
sl_text_join (const char *separator, ...)
{
  g_autoptr (GString) text = g_string_new (NULL);
  va_list parts;

  g_return_val_if_fail (separator != NULL, NULL);
  va_start (parts, separator);
  for (const char *part = va_arg (parts, const char *); part != NULL; part = va_arg (parts, const char *))
    {
      if (*part == '\0')
        continue;
      if (text->len > 0)
        g_string_append (text, separator);
      g_string_append (text, part);
    }
  va_end (parts);
  return g_string_free (g_steal_pointer (&text), FALSE);
}
