/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-language"

#include "language.h"

#include <libintl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* The C library's count of changes to its catalogues: it forgets what it had looked up when the count moves. Named in
 * the manual of GNU gettext ("Being a gettext grok") for this use; no header declares it. */
extern int _nl_msg_cat_cntr;

/* The first is the language of the source texts and needs no catalogue. */
static const SlLanguage languages[] = {
  { "en", "English" },
  { "af", "Afrikaans" },
  { "zu", "isiZulu" },
  { "xh", "isiXhosa" },
  { "st", "Sesotho" },
};

/**
 * sl_language_list:
 * @out_n: (out): how many
 *
 * Returns: (transfer none) (array length=out_n): the languages, in the order in which screens offer them
 */
const SlLanguage *
sl_language_list (guint *out_n)
{
  *out_n = G_N_ELEMENTS (languages);
  return languages;
}

static const SlLanguage *
find (const char *code)
{
  for (guint i = 0; i < G_N_ELEMENTS (languages); i++)
    if (g_strcmp0 (languages[i].code, code) == 0)
      return &languages[i];
  return NULL;
}

/**
 * sl_language_is_known:
 * @code: (nullable): a language's code
 *
 * Returns: whether the screens speak it
 */
gboolean
sl_language_is_known (const char *code)
{
  return find (code) != NULL;
}

/**
 * sl_language_init:
 * @locale_dir: the directory that holds LANGUAGE/LC_MESSAGES/studioloop.mo
 *
 * Prepares the catalogues. Main thread, before any other thread is started and before GTK is initialised (which must
 * not set the locale again: gtk_disable_setlocale()).
 *
 * textdomain() is not called, on purpose: g_dgettext(), which GtkBuilder uses, decides once per process whether the
 * text domain of the program has a catalogue, and after a start in English would translate nothing ever after.
 */
void
sl_language_init (const char *locale_dir)
{
  const char *messages;

  g_return_if_fail (locale_dir != NULL);
  (void) setlocale (LC_ALL, "");
  messages = setlocale (LC_MESSAGES, NULL);
  /* In the C locale gettext ignores LANGUAGE; C.UTF-8 is on every Debian. */
  if (messages == NULL || strcmp (messages, "C") == 0 || strcmp (messages, "POSIX") == 0)
    (void) setlocale (LC_ALL, "C.UTF-8");
  bindtextdomain (GETTEXT_PACKAGE, locale_dir);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  sl_language_use (languages[0].code);
}

/**
 * sl_language_use:
 * @code: a known language's code
 *
 * Lets every text that is looked up from now on come in this language. Main thread. The variable LANGUAGE stands in
 * the environment since sl_language_init(), so this only replaces its value, which does not move the environment
 * under a getenv() of another thread.
 */
void
sl_language_use (const char *code)
{
  g_return_if_fail (sl_language_is_known (code));
  (void) setenv ("LANGUAGE", code, TRUE);
  _nl_msg_cat_cntr++;
}

/**
 * sl_language_current:
 *
 * Returns: (transfer none): the code of the language in use
 */
const char *
sl_language_current (void)
{
  const SlLanguage *language = find (g_getenv ("LANGUAGE"));

  return language != NULL ? language->code : languages[0].code;
}
