/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-older"

#include "oplog/older.h"
#include "oplog/oplog-private.h"
#include "protocol/message.h"

#include <stdlib.h>

/* Linked into studioloop, studioloop-sync and studioloop-hub in front of what they call (the linker's --wrap), it makes
 * them a program of another age, as the environment says. The programs that are installed know nothing of it.
 *
 *   SL_OLDER_KINDS="65 18"     kinds of operations that a later program brought
 *   SL_OLDER_MEMBER_FIELDS=12  fields of members after this number are a later program's
 *   SL_OLDER_VERSIONS="2 3"    the lowest and highest version of the wire that it speaks
 */
void __real_sl_state_sum_attach (SlOplog *log);
void __wrap_sl_state_sum_attach (SlOplog *log);
GBytes *__real_sl_exchange_item_encode (const SlExchangeItem *item, gboolean is_answer);
GBytes *__wrap_sl_exchange_item_encode (const SlExchangeItem *item, gboolean is_answer);
guint __real_sl_sync_version_choose (guint lowest, guint highest);
guint __wrap_sl_sync_version_choose (guint lowest, guint highest);

static void
know_less (SlOplog *log)
{
  SlKindSet unknown = { 0 };
  const char *kinds = g_getenv ("SL_OLDER_KINDS");
  const char *fields = g_getenv ("SL_OLDER_MEMBER_FIELDS");
  g_auto (GStrv) words = g_strsplit (kinds != NULL ? kinds : "", " ", -1);

  for (guint i = 0; words[i] != NULL; i++)
    sl_kind_set_add (&unknown, strtoul (words[i], NULL, 10));
  sl_oplog_set_unknown_kinds (log, kinds != NULL ? &unknown : NULL);
  sl_oplog_set_known_fields (log, SL_ENTITY_MEMBER, fields != NULL ? (guint) strtoul (fields, NULL, 10) : 0);
}

/* Called once for each log, however it is opened, before anything is read. */
void
__wrap_sl_state_sum_attach (SlOplog *log)
{
  __real_sl_state_sum_attach (log);
  know_less (log);
}

static gboolean
speaks (guint *out_lowest, guint *out_highest)
{
  const char *text = g_getenv ("SL_OLDER_VERSIONS");
  g_auto (GStrv) words = g_strsplit (text != NULL ? text : "", " ", -1);

  if (g_strv_length (words) != 2)
    return FALSE;
  *out_lowest = (guint) strtoul (words[0], NULL, 10);
  *out_highest = (guint) strtoul (words[1], NULL, 10);
  return TRUE;
}

GBytes *
__wrap_sl_exchange_item_encode (const SlExchangeItem *item, gboolean is_answer)
{
  SlExchangeItem said = *item;

  if (!is_answer)
    (void) speaks (&said.version_lowest, &said.version);
  return __real_sl_exchange_item_encode (&said, is_answer);
}

guint
__wrap_sl_sync_version_choose (guint lowest, guint highest)
{
  guint own_lowest, own_highest;

  if (!speaks (&own_lowest, &own_highest))
    return __real_sl_sync_version_choose (lowest, highest);
  guint chosen = MIN (highest, own_highest);
  return chosen >= MAX (lowest, own_lowest) ? chosen : 0;
}
