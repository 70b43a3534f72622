/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-commands-audit"

#include <glib/gi18n-lib.h>

#include "cli/values.h"
#include "engine/audit.h"

static const SlCliOption audit_options[] = {
  { "since", SL_CLI_TEXT, FALSE, N_ ("TIME"), N_ ("nothing before then (all)") },
  { "until", SL_CLI_TEXT, FALSE, N_ ("TIME"), N_ ("only what was before then (up to now)") },
  { "member", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("about this member, and what is theirs") },
  { "staff", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("by this staff member, or with their PIN") },
  { "entity", SL_CLI_TEXT, FALSE, N_ ("ID"), N_ ("about this thing: its whole id") },
  { "kind", SL_CLI_TEXT, FALSE, N_ ("WORD"), N_ ("of this kind: member.edit, or member for all of those") },
  { "limit", SL_CLI_INT, FALSE, N_ ("N"), N_ ("so many at most (100)") },
  { "from-place", SL_CLI_TEXT, FALSE, N_ ("PLACE"), N_ ("go on where an answer before ended") },
  { "refused", SL_CLI_FLAG, FALSE, NULL, N_ ("what was refused on this device, instead of what was done") },
  SL_CLI_OPTIONS_END
};

static const SlColumn change_columns[] = {
  { "field", N_ ("What"), SL_SHOW_TEXT, NULL },
  { "before", N_ ("Before"), SL_SHOW_TEXT, NULL },
  { "after", N_ ("After"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static const SlColumn audit_columns[] = {
  { "at", N_ ("When"), SL_SHOW_TIME, NULL },
  { "actor", N_ ("Who"), SL_SHOW_TEXT, NULL },
  { "approver", N_ ("Approved by"), SL_SHOW_TEXT, NULL },
  { "device", N_ ("Device"), SL_SHOW_TEXT, NULL },
  { "kind", N_ ("Kind"), SL_SHOW_TEXT, NULL },
  { "entity", N_ ("About"), SL_SHOW_TEXT, NULL },
  { "changes", N_ ("Changes"), SL_SHOW_ITEMS, change_columns },
  { "command", N_ ("Command"), SL_SHOW_TEXT, NULL },
  { "code", N_ ("Code"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static json_t *
actor_to_json (const SlId *actor)
{
  const char *word = sl_actor_word (actor);
  return word != NULL ? json_string (word) : sl_json_id (actor);
}

static json_t *
item_to_json (SlCli *cli, const SlAuditItem *item)
{
  json_t *changes = json_array ();
  for (guint i = 0; i < item->changes->len; i++)
    {
      const SlAuditChange *one = item->changes->pdata[i];
      json_array_append_new (changes, json_pack ("{s:o, s:o, s:o, s:o}", "field", sl_json_text (one->field), "before",
                                                 sl_json_text (one->before), "after", sl_json_text (one->after),
                                                 "before_known", sl_json_bool (one->before_known)));
    }
  return json_pack ("{s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o}", "at", sl_json_time (cli, item->at_ms, NULL), "device",
                    sl_json_id (&item->replica), "seq", sl_json_count (item->seq), "actor",
                    actor_to_json (&item->actor), "approver", sl_json_id (&item->approver), "kind", item->kind,
                    "entity", sl_json_id (&item->entity), "changes", changes);
}

static gboolean
run_refused (SlCli *cli, const SlAuditFilter *filter, GError **error)
{
  g_autoptr (GPtrArray) refused = NULL;
  gint64 before = 0;
  if (filter->place != NULL && !sl_cli_read_int ("--from-place", filter->place, &before, error))
    return FALSE;
  if (!sl_audit_refused (cli->engine, &cli->actor, filter, before, &refused, &cli->refusal, error))
    return FALSE;
  if (refused == NULL)
    return TRUE;
  json_t *items = json_array ();
  g_autofree char *place = NULL;
  for (guint i = 0; i < refused->len; i++)
    {
      const SlRefusedCommand *one = refused->pdata[i];
      json_t *details = one->details != NULL ? json_loads (one->details, 0, NULL) : NULL;
      json_array_append_new (items, json_pack ("{s:o, s:o, s:o, s:o, s:o}", "at",
                                               sl_json_time (cli, one->at_ms, NULL), "actor",
                                               actor_to_json (&one->actor), "command", sl_json_text (one->command),
                                               "code", sl_json_text (one->code), "details",
                                               details != NULL ? details : sl_json_text (one->details)));
      g_free (place);
      place = g_strdup_printf ("%" G_GINT64_FORMAT, one->id);
    }
  cli->answer = json_pack ("{s:o, s:o, s:o}", "items", items, "place", sl_json_text (place), "pruned",
                           sl_json_bool (FALSE));
  return TRUE;
}

static gboolean
read_filter (SlCli *cli, SlAuditFilter *out, SlId ids[3], GError **error)
{
  const char *entity = sl_cli_text (cli->call, "entity");
  gint64 limit = sl_cli_int (cli->call, "limit", SL_AUDIT_PAGE);
  *out = (SlAuditFilter){ .kind = sl_cli_text (cli->call, "kind"), .place = sl_cli_text (cli->call, "from-place") };
  if (limit < 1 || limit > SL_AUDIT_PAGE_MAX)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "--limit is a number from 1 to %d", SL_AUDIT_PAGE_MAX);
      return FALSE;
    }
  if (entity != NULL && !sl_id_parse (entity, &ids[2]))
    {
      g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "--entity is a whole id");
      return FALSE;
    }
  out->limit = (guint) limit;
  if (!sl_cli_option_id (cli, "member", SL_THING_MEMBER, &ids[0], error)
      || !sl_cli_option_id (cli, "staff", SL_THING_STAFF, &ids[1], error)
      || !sl_cli_option_time (cli, "since", 0, &out->since_ms, error)
      || !sl_cli_option_time (cli, "until", 0, &out->until_ms, error))
    return FALSE;
  out->member = sl_id_is_none (&ids[0]) ? NULL : &ids[0];
  out->staff = sl_id_is_none (&ids[1]) ? NULL : &ids[1];
  out->entity = entity != NULL ? &ids[2] : NULL;
  return TRUE;
}

static gboolean
run_audit (SlCli *cli, const SlCliCall *call, GError **error)
{
  g_autoptr (SlAuditPage) page = NULL;
  SlAuditFilter filter;
  SlId ids[3];
  if (!read_filter (cli, &filter, ids, error))
    return FALSE;
  if (sl_cli_has (call, "refused"))
    return run_refused (cli, &filter, error);
  if (!sl_audit_read (cli->engine, &cli->actor, &filter, &page, &cli->refusal, error))
    return FALSE;
  if (page == NULL)
    return TRUE;
  json_t *items = json_array ();
  for (guint i = 0; i < page->items->len; i++)
    json_array_append_new (items, item_to_json (cli, page->items->pdata[i]));
  cli->answer = json_pack ("{s:o, s:o, s:o}", "items", items, "place", sl_json_text (page->place), "pruned",
                           sl_json_bool (page->pruned));
  return TRUE;
}

const SlCliCommand sl_cli_audit_commands[] = {
  { "audit", N_ ("show who did what, when, on which device, and what stood there before"),
    N_ ("Read from the log itself, the latest first. An answer ends after so many entries, or after 100,000\n"
        "operations were looked at; its place goes on from there."),
    NULL, SL_CLI_IN_STUDIO, run_audit, audit_options, audit_columns },
  { NULL }
};
