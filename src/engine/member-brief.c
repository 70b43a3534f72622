/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-member-brief"

#include "engine/member-brief.h"

#include "engine/member-merge.h"

/**
 * sl_member_brief_clear:
 * @brief: to be emptied; the struct itself is the caller's
 */
void
sl_member_brief_clear (SlMemberBrief *brief)
{
  g_clear_pointer (&brief->first, g_free);
  g_clear_pointer (&brief->last, g_free);
}

static char *
unseal_column (SlEngine *engine, const SlId *member_id, SlRows *rows, int column, const char *name)
{
  gsize length;
  const void *sealed = sl_rows_blob (rows, column, &length);

  return sealed != NULL ? sl_oplog_unseal_field (engine->log, member_id, name, sealed, length) : NULL;
}

/**
 * sl_member_brief_load:
 * @member_id: a member
 * @out: (out caller-allocates): known is %FALSE where the member has not been heard of
 *
 * Two look-ups by primary key and two unsealings: cheap enough for every scan. Engine thread only.
 *
 * Returns: %FALSE with @error when storage failed
 */
gboolean
sl_member_brief_load (SlEngine *engine, const SlId *member_id, SlMemberBrief *out, GError **error)
{
  SlId root;

  *out = (SlMemberBrief){ 0 };
  if (!sl_member_root (engine, member_id, &root, error))
    return FALSE;
  g_autoptr (SlRows) rows = sl_store_query (
      engine->store,
      "SELECT first, last, status, EXISTS (SELECT 1 FROM erased e WHERE e.member_id = member.id) FROM member"
      " WHERE id = ? AND created_hlc IS NOT NULL",
      "d", &root);
  out->id = root;
  if (sl_rows_next (rows))
    {
      out->known = TRUE;
      out->first = unseal_column (engine, &root, rows, 0, "first");
      out->last = unseal_column (engine, &root, rows, 1, "last");
      out->erased = sl_rows_int (rows, 3) != 0;
      out->active = !out->erased && g_strcmp0 (sl_rows_text (rows, 2), "active") == 0;
    }
  if (sl_rows_finish (rows, error))
    return TRUE;
  sl_member_brief_clear (out);
  return FALSE;
}

/**
 * sl_member_brief_full_name:
 *
 * Returns: (transfer full) (nullable): first and last name, as far as they are known
 */
char *
sl_member_brief_full_name (const SlMemberBrief *brief)
{
  if (brief->first == NULL || brief->last == NULL)
    return g_strdup (brief->first != NULL ? brief->first : brief->last);
  return g_strconcat (brief->first, " ", brief->last, NULL);
}

/**
 * sl_member_brief_short_name:
 *
 * Returns: (transfer full) (nullable): first name and initial, all that a screen which others can read may show
 */
char *
sl_member_brief_short_name (const SlMemberBrief *brief)
{
  char initial[7] = { 0 };

  if (brief->first == NULL)
    return NULL;
  if (brief->last == NULL || *brief->last == '\0')
    return g_strdup (brief->first);
  g_unichar_to_utf8 (g_unichar_toupper (g_utf8_get_char (brief->last)), initial);
  return g_strconcat (brief->first, " ", initial, ".", NULL);
}
