/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-class-type"

#include "class-type.h"

#include <glib/gi18n-lib.h>

static const struct { const char *type, *label; } types[] = {
  /* Translators: kinds of classes that a studio gives */
  { "yoga", NC_ ("class type", "Yoga") }, { "pilates", NC_ ("class type", "Pilates") },
  { "hiit", NC_ ("class type", "HIIT") }, { "strength", NC_ ("class type", "Strength") },
  { "cardio", NC_ ("class type", "Cardio") }, { "dance", NC_ ("class type", "Dance") },
  { "martial_arts", NC_ ("class type", "Martial arts") }, { "swimming", NC_ ("class type", "Swimming") },
  { "cycling", NC_ ("class type", "Cycling") }, { "other", NC_ ("class type", "Other") },
};

/**
 * sl_class_type_nth:
 * @n: from 0 on
 *
 * Returns: (transfer none) (nullable): what the program calls the type; %NULL: there are not so many
 */
const char *
sl_class_type_nth (guint n)
{
  return n < G_N_ELEMENTS (types) ? types[n].type : NULL;
}

/**
 * sl_class_type_words:
 * @type: what the program calls it
 *
 * Returns: (transfer none): what people call it; @type itself where they have no word for it
 */
const char *
sl_class_type_words (const char *type)
{
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_strcmp0 (type, types[i].type) == 0)
      return g_dpgettext2 (GETTEXT_PACKAGE, "class type", types[i].label);
  return type;
}
