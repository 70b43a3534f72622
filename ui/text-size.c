/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-text-size"

#include "text-size.h"

#include <gtk/gtk.h>
#include <string.h>

#define STYLE "/za/studioloop/kiosk/style.css"

static int used_percent = SL_TEXT_SIZE_MIN_PERCENT;

/* The size of text in a block of declarations; 0: it says none. */
static gint64
find_size (const char *block, gsize length)
{
  static const char name[] = "font-size:";
  const char *found = g_strstr_len (block, (gssize) length, name);
  char *end;
  gint64 size;

  if (found == NULL)
    return 0;
  size = g_ascii_strtoll (found + strlen (name), &end, 10);
  return g_str_has_prefix (end, "px") ? size : 0;
}

static char *
without_comments (const char *style)
{
  GString *plain = g_string_new (NULL);
  const char *comment;

  while ((comment = strstr (style, "/*")) != NULL)
    {
      const char *end = strstr (comment, "*/");

      g_string_append_len (plain, style, comment - style);
      style = end != NULL ? end + 2 : comment + strlen (comment);
    }
  g_string_append (plain, style);
  return g_string_free (plain, FALSE);
}

/**
 * sl_text_size_make_style:
 * @style: a style sheet of plain rules
 * @percent: how large its texts are to be
 *
 * Takes each rule that says a size of text, and of it nothing else: colours and the rest stay whose they are, also in
 * the dark.
 *
 * Returns: (transfer full): a style sheet to be laid over it
 */
char *
sl_text_size_make_style (const char *style, int percent)
{
  g_autofree char *plain = without_comments (style);
  GString *larger = g_string_new (NULL);
  const char *start = plain;

  for (const char *open; (open = strchr (start, '{')) != NULL;)
    {
      const char *close = strchr (open, '}');
      gint64 size = close != NULL ? find_size (open, (gsize) (close - open)) : 0;
      const char *statement;

      /* What ends in a semicolon before the rule, a colour's definition, is none. */
      while ((statement = memchr (start, ';', (gsize) (open - start))) != NULL)
        start = statement + 1;
      if (size > 0)
        {
          g_autofree char *selector = g_strstrip (g_strndup (start, (gsize) (open - start)));

          g_string_append_printf (larger, "%s { font-size: %dpx; }\n", selector, (int) (size * percent / 100));
        }
      if (close == NULL)
        break;
      start = close + 1;
    }
  return g_string_free (larger, FALSE);
}

/**
 * sl_text_size_use:
 * @percent: %SL_TEXT_SIZE_MIN_PERCENT to %SL_TEXT_SIZE_MAX_PERCENT
 *
 * All pages have texts of this size, at once.
 */
void
sl_text_size_use (int percent)
{
  static GtkCssProvider *provider; /* (nullable) */
  GdkDisplay *display = gdk_display_get_default ();
  g_autoptr (GBytes) bytes = g_resources_lookup_data (STYLE, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_autofree char *style = NULL, *larger = NULL;

  g_return_if_fail (bytes != NULL);
  percent = CLAMP (percent, SL_TEXT_SIZE_MIN_PERCENT, SL_TEXT_SIZE_MAX_PERCENT);
  used_percent = percent;
  if (provider != NULL)
    gtk_style_context_remove_provider_for_display (display, GTK_STYLE_PROVIDER (provider));
  g_clear_object (&provider);
  if (percent == SL_TEXT_SIZE_MIN_PERCENT)
    return;
  style = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  larger = sl_text_size_make_style (style, percent);
  provider = gtk_css_provider_new ();
  gtk_css_provider_load_from_data (provider, larger, -1);
  gtk_style_context_add_provider_for_display (display, GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_USER + 1);
}

/**
 * sl_text_size_get:
 *
 * Returns: what sl_text_size_use() was told last: for pages that are put together otherwise where words are wide
 */
int
sl_text_size_get (void)
{
  return used_percent;
}
