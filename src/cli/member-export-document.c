/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-member-export"

#include "cli/member-export-document.h"

#include <glib/gi18n.h>
#include <string.h>

#include "core/text.h"
#include "print/render.h"

/* The same tree as in the file, a table for each part: no item has so few facts that they fit beside one another. */

#define CELL_MAX_BYTES 1000 /* a cell is not broken over two pages */

/* "credits_spent" as people read it. */
static char *
plain_words (const char *name)
{
  char *words = g_strdelimit (g_strdup (name), "_", ' ');
  words[0] = g_ascii_toupper (words[0]);
  return words;
}

static char *
value_of (SlCli *cli, const SlFact *fact)
{
  char id[SL_ID_TEXT_BYTES];
  switch (fact->kind)
    {
    case SL_FACT_TEXT: return g_strdup (fact->text);
    case SL_FACT_COUNT: return g_strdup_printf ("%" G_GINT64_FORMAT, fact->number);
    case SL_FACT_CENTS: return sl_document_money (fact->number, sl_engine_currency (cli->engine));
    case SL_FACT_CREDITS: return sl_credits_format (fact->number);
    case SL_FACT_TIME: return sl_document_time (fact->number, sl_engine_time_zone (cli->engine));
    case SL_FACT_ID: return g_strdup (sl_id_format (&fact->id, id));
    case SL_FACT_YES_NO: return g_strdup (fact->number != 0 ? _("yes") : _("no"));
    case SL_FACT_ITEMS: break;
    }
  g_return_val_if_reached (NULL);
}

/* What is longer than one cell goes on in the next row. */
static void
add_value (SlDocumentTable *table, const char *label, const char *value)
{
  const char *rest = value;
  do
    {
      gsize length = strlen (rest), part = MIN (length, CELL_MAX_BYTES);
      while (part < length && part > 0 && (rest[part] & 0xc0) == 0x80) /* not inside a letter */
        part--;
      g_autofree char *text = g_strndup (rest, part);
      sl_document_table_add_text (table, rest == value ? label : NULL);
      sl_document_table_add_text (table, text);
      rest += part;
    }
  while (*rest != '\0');
}

static void add_item (SlCli *cli, SlDocumentTable *table, const char *before, const GPtrArray *item);

static void
add_fact (SlCli *cli, SlDocumentTable *table, const char *before, const SlFact *fact)
{
  g_autofree char *words = plain_words (fact->name);
  g_autofree char *label = before != NULL ? g_strconcat (before, " – ", words, NULL) : g_strdup (words);
  if (fact->kind != SL_FACT_ITEMS)
    {
      g_autofree char *value = value_of (cli, fact);
      add_value (table, label, value);
      return;
    }
  for (guint i = 0; i < fact->items->len; i++)
    {
      g_autofree char *numbered = g_strdup_printf ("%s %u", label, i + 1);
      add_item (cli, table, numbered, fact->items->pdata[i]);
    }
}

/* before: (nullable): in front of each label. What there is none of takes no paper. */
static void
add_item (SlCli *cli, SlDocumentTable *table, const char *before, const GPtrArray *item)
{
  for (guint i = 0; i < item->len; i++)
    if (!((const SlFact *) item->pdata[i])->is_none)
      add_fact (cli, table, before, item->pdata[i]);
}

static void
add_part (SlCli *cli, SlDocument *document, const SlExportPart *part)
{
  g_autofree char *title = plain_words (part->name);
  SlDocumentTable *table = sl_document_add_table (document, title);
  sl_document_table_add_column (table, _("What"), SL_COLUMN_TEXT);
  sl_document_table_add_column (table, _("Value"), SL_COLUMN_TEXT);
  for (guint i = 0; i < part->items->len; i++)
    {
      if (!part->is_one)
        {
          g_autofree char *number = g_strdup_printf ("%u", i + 1);
          sl_document_table_add_text (table, number);
          sl_document_table_add_text (table, NULL);
          sl_document_table_mark_total (table);
        }
      add_item (cli, table, NULL, part->items->pdata[i]);
    }
}

/**
 * sl_member_export_to_pdf:
 * @cli: with the studio open
 * @data: what is held
 * @error: return location: BAD_INPUT where a letter has no font
 *
 * Returns: (transfer full) (nullable): the pages
 */
GBytes *
sl_member_export_to_pdf (SlCli *cli, const SlMemberExport *data, GError **error)
{
  g_return_val_if_fail (cli != NULL && data != NULL, NULL);

  g_autoptr (SlDocument) document = sl_document_new (SL_DOCUMENT_REPORT, sl_engine_currency (cli->engine),
                                                     sl_engine_time_zone (cli->engine), data->made_ms);
  const GPtrArray *profile = sl_member_export_part (data, "profile")->items->pdata[0];
  const SlFact *first = sl_export_fact (profile, "first"), *last = sl_export_fact (profile, "last");
  g_autofree char *name = g_strstrip (g_strdup_printf ("%s %s", first->text != NULL ? first->text : "",
                                                       last->text != NULL ? last->text : ""));
  sl_document_set_title (document, _("Everything that is held about you"), name);
  sl_document_set_supplier (document, sl_engine_studio_name (cli->engine), NULL, NULL);
  for (guint i = 0; i < data->parts->len; i++)
    if (((const SlExportPart *) data->parts->pdata[i])->items->len > 0)
      add_part (cli, document, data->parts->pdata[i]);
  return sl_document_to_pdf (document, SL_PAPER_A4, error);
}
