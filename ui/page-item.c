/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-page-item"

#include "page-item.h"

/**
 * sl_page_item_new:
 * @id: of the person or the thing; none: it has none
 * @title: what it is
 * @detail: (nullable): a quiet line below
 * @side: (nullable): to the right
 *
 * Returns: (transfer full): a row
 */
SlPageItem *
sl_page_item_new (const SlId *id, const char *title, const char *detail, const char *side)
{
  SlPageItem *item = g_new0 (SlPageItem, 1);

  *item = (SlPageItem) { .id = *id, .title = g_strdup (title), .detail = g_strdup (detail), .side = g_strdup (side) };
  return item;
}

/**
 * sl_page_item_free:
 * @item: (nullable) (transfer full): a row
 */
void
sl_page_item_free (SlPageItem *item)
{
  if (item == NULL)
    return;
  g_free (item->title);
  g_free (item->detail);
  g_free (item->side);
  g_free (item);
}

/**
 * sl_page_item_to_string:
 * @item: a row
 *
 * Returns: (transfer full): the same of any row that reads and does the same
 */
char *
sl_page_item_to_string (const SlPageItem *item)
{
  g_return_val_if_fail (item != NULL, NULL);
  return g_strdup_printf ("%d %" G_GINT64_FORMAT " %s\x1f%s\x1f%s", item->is_full, item->cents, item->title,
                          item->detail != NULL ? item->detail : "", item->side != NULL ? item->side : "");
}
