/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-print-problem"

#include "print/problem.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define SAID ": " /* before what the system says; in no problem of ours */

/**
 * sl_print_problem_new:
 * @problem: one that is marked for translation
 * @said: (nullable): what the system says
 *
 * Returns: (transfer full): as it is kept
 */
char *
sl_print_problem_new (const char *problem, const char *said)
{
  g_return_val_if_fail (problem != NULL, NULL);

  return said != NULL ? g_strconcat (problem, SAID, said, NULL) : g_strdup (problem);
}

/**
 * sl_print_problem_words:
 * @problem: as it is kept
 *
 * Returns: (transfer full): in the language of the moment; what the system says stays as it is
 */
char *
sl_print_problem_words (const char *problem)
{
  g_return_val_if_fail (problem != NULL, NULL);

  const char *said = strstr (problem, SAID);
  if (said == NULL)
    return g_strdup (*problem != '\0' ? dgettext (GETTEXT_PACKAGE, problem) : "");
  g_autofree char *known = g_strndup (problem, (gsize) (said - problem));
  return g_strconcat (*known != '\0' ? dgettext (GETTEXT_PACKAGE, known) : "", said, NULL);
}
