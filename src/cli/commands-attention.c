/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-commands-attention"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "cli/values.h"
#include "engine/attention.h"

static const SlColumn attention_columns[] = {
  { "at", N_ ("When"), SL_SHOW_TIME, NULL },
  { "message", N_ ("What happened"), SL_SHOW_WORDS, NULL },
  { "member_name", N_ ("Member"), SL_SHOW_TEXT, NULL },
  { "device", N_ ("Device"), SL_SHOW_TEXT, NULL },
  { "count", N_ ("How many"), SL_SHOW_TEXT, NULL },
  { "hint", N_ ("What to do"), SL_SHOW_WORDS, NULL },
  { "id", N_ ("Id"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

/* What it is about, by its role: the first of each role by the role's own name, all of them in subjects. */
static void
add_subjects (json_t *json, const SlAttentionItem *item)
{
  json_t *subjects = json_array ();
  for (guint i = 0; i < item->subjects->len; i++)
    {
      const SlAttentionSubject *subject = &g_array_index (item->subjects, SlAttentionSubject, i);
      if (strcmp (subject->role, "operation") == 0) /* only tells one conflict from another */
        continue;
      json_array_append_new (subjects,
                             json_pack ("{s:s, s:o}", "role", subject->role, "id", sl_json_id (&subject->id)));
      if (json_object_get (json, subject->role) == NULL)
        json_object_set_new (json, subject->role, sl_json_id (&subject->id));
    }
  json_object_set_new (json, "subjects", subjects);
}

static json_t *
item_to_json (SlCli *cli, const SlAttentionItem *item)
{
  json_t *json = json_pack ("{s:o, s:s, s:o, s:s, s:s, s:o, s:o, s:o, s:o}", "id", sl_json_id (&item->id),
                            "kind", sl_attention_name (item->kind), "at", sl_json_time (cli, item->at_ms, NULL),
                            "message", sl_attention_message (item->kind),
                            "hint", sl_attention_hint (item->kind),
                            "member_name", sl_json_text (item->member), "device", sl_json_text (item->device),
                            "reason", sl_json_text (item->reason),
                            "count", item->count == SL_NUMBER_NONE ? json_null () : json_integer (item->count));
  add_subjects (json, item);
  return json;
}

static gboolean
run_attention (SlCli *cli, const SlCliCall *call, GError **error)
{
  g_autoptr (GPtrArray) list = NULL;
  if (!sl_attention_list (cli->engine, &cli->actor, &list, &cli->refusal, error))
    return FALSE;
  if (list == NULL)
    return TRUE;
  json_t *items = json_array ();
  for (guint i = 0; i < list->len; i++)
    json_array_append_new (items, item_to_json (cli, list->pdata[i]));
  cli->answer = json_pack ("{s:o}", "items", items);
  return TRUE;
}

static const SlCliOption settle_options[] = {
  { "reason", SL_CLI_TEXT, TRUE, N_ ("TEXT"), N_ ("what was done about it; name nobody: other devices read it") },
  SL_CLI_OPTIONS_END
};

static const SlColumn settle_columns[] = {
  { "id", N_ ("Settled"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static gboolean
run_attention_settle (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  if (!sl_attention_settle (cli->engine, &cli->actor, sl_cli_argument (call, 0), sl_cli_text (call, "reason"), &id,
                            &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code == SL_REFUSAL_NONE)
    cli->answer = json_pack ("{s:o}", "id", sl_json_id (&id));
  return TRUE;
}

const SlCliCommand sl_cli_attention_commands[] = {
  { "attention", N_ ("list what devices did apart from one another and people should look at"),
    N_ ("What no rule can decide: somebody came who had been cancelled elsewhere, a room planned twice, a device that\n"
        "has not been heard of. run-due repairs what can be repaired first."),
    NULL, SL_CLI_IN_STUDIO, run_attention, NULL, attention_columns },
  { "attention settle", N_ ("take an item off that list, on every device"), NULL, "ID", SL_CLI_IN_STUDIO,
    run_attention_settle, settle_options, settle_columns },
  { NULL }
};
