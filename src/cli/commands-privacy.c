/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-commands-privacy"

#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#include "cli/member-export-document.h"
#include "cli/values.h"
#include "core/datetime.h"
#include "engine/exchange.h"
#include "engine/member-export.h"

/* What a member is handed who asks what is held about them; and the key that all of it lies under. */

#define FORMAT_NAME "studioloop-member-export"
#define FORMAT_VERSION 1

static json_t *items_to_json (SlCli *cli, const GPtrArray *items);

static json_t *
fact_to_json (SlCli *cli, const SlFact *fact)
{
  if (fact->is_none)
    return json_null ();
  switch (fact->kind)
    {
    case SL_FACT_TEXT: return sl_json_text (fact->text);
    case SL_FACT_COUNT:
    case SL_FACT_CENTS:
    case SL_FACT_CREDITS: return json_integer (fact->number);
    case SL_FACT_TIME: return sl_json_time (cli, fact->number, NULL);
    case SL_FACT_ID: return sl_json_id (&fact->id);
    case SL_FACT_YES_NO: return sl_json_bool (fact->number != 0);
    case SL_FACT_ITEMS: return items_to_json (cli, fact->items);
    }
  g_return_val_if_reached (json_null ());
}

static json_t *
item_to_json (SlCli *cli, const GPtrArray *item)
{
  json_t *json = json_object ();
  for (guint i = 0; i < item->len; i++)
    {
      const SlFact *fact = item->pdata[i];
      json_object_set_new (json, fact->name, fact_to_json (cli, fact));
    }
  return json;
}

static json_t *
items_to_json (SlCli *cli, const GPtrArray *items)
{
  json_t *json = json_array ();
  for (guint i = 0; i < items->len; i++)
    json_array_append_new (json, item_to_json (cli, items->pdata[i]));
  return json;
}

static json_t *
export_to_json (SlCli *cli, const SlMemberExport *data)
{
  SlId organisation;
  json_t *parts = json_object ();
  sl_engine_get_organisation (cli->engine, &organisation);
  for (guint i = 0; i < data->parts->len; i++)
    {
      const SlExportPart *part = data->parts->pdata[i];
      json_object_set_new (parts, part->name,
                           part->is_one ? item_to_json (cli, part->items->pdata[0]) : items_to_json (cli, part->items));
    }
  return json_pack ("{s:s, s:i, s:o, s:o, s:o, s:o, s:o, s:o}", "format", FORMAT_NAME, "version", FORMAT_VERSION,
                    "org", sl_json_id (&organisation), "org_name", sl_json_text (sl_engine_studio_name (cli->engine)),
                    "currency", sl_json_text (sl_engine_currency (cli->engine)), "member",
                    sl_json_id (&data->member_id), "made", sl_json_time (cli, data->made_ms, NULL), "data", parts);
}

static const SlCliOption export_options[] = {
  { "json", SL_CLI_TEXT, FALSE, N_ ("FILE"), N_ ("write it there instead; -: to standard output") },
  { "pdf", SL_CLI_TEXT, FALSE, N_ ("FILE"), N_ ("write it as pages to print") },
  SL_CLI_OPTIONS_END
};

/* How many of each there are, where the rest went into a file. */
static void
answer_counts (SlCli *cli, const SlMemberExport *data, const char *file, const char *pdf)
{
  json_t *counts = json_object ();
  for (guint i = 0; i < data->parts->len; i++)
    {
      const SlExportPart *part = data->parts->pdata[i];
      json_object_set_new (counts, part->name, sl_json_count (part->items->len));
    }
  cli->answer = json_pack ("{s:o, s:o, s:o, s:o, s:o}", "id", sl_json_id (&data->member_id), "made",
                           sl_json_time (cli, data->made_ms, NULL), "file", sl_json_text (file), "pdf",
                           sl_json_text (pdf), "counts", counts);
}

static gboolean
run_member_export (SlCli *cli, const SlCliCall *call, GError **error)
{
  SlId id;
  g_autoptr (SlMemberExport) data = NULL;
  g_autoptr (GBytes) pages = NULL;
  const char *file = sl_cli_text (call, "json"), *pdf = sl_cli_text (call, "pdf");
  if (!sl_cli_check_output (file, error) || !sl_cli_check_output (pdf, error)
      || !sl_cli_argument_id (cli, 0, SL_THING_MEMBER, &id, error)
      || !sl_member_export (cli->engine, &cli->actor, &id, &data, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  if (pdf != NULL && (pages = sl_member_export_to_pdf (cli, data, error)) == NULL)
    return FALSE;
  if (pages != NULL && !sl_cli_write_private (pdf, g_bytes_get_data (pages, NULL), g_bytes_get_size (pages), error))
    return FALSE;
  g_autoptr (json_t) json = export_to_json (cli, data);
  if (file == NULL && pdf != NULL)
    {
      answer_counts (cli, data, NULL, pdf);
      return TRUE;
    }
  if (file == NULL)
    {
      cli->answer = g_steal_pointer (&json);
      return TRUE;
    }
  char *text = json_dumps (json, JSON_INDENT (2) | JSON_PRESERVE_ORDER);
  g_autofree char *line = g_strconcat (text, "\n", NULL);
  free (text);
  if (!sl_cli_write_private (file, line, strlen (line), error))
    return FALSE;
  answer_counts (cli, data, file, pdf);
  return TRUE;
}

/* --- the device's key --- */

static const SlColumn seal_columns[] = {
  { "sealed", N_ ("Sealed to the machine"), SL_SHOW_TEXT, NULL },
  SL_COLUMNS_END
};

static gboolean
seal_device (SlCli *cli, gboolean sealed, GError **error)
{
  if (!sl_exchange_seal_device (cli->engine, &cli->actor, sealed, &cli->refusal, error))
    return FALSE;
  if (cli->refusal.code == SL_REFUSAL_NONE)
    cli->answer = json_pack ("{s:o}", "sealed", sl_json_bool (sealed));
  return TRUE;
}

static gboolean
run_device_seal (SlCli *cli, const SlCliCall *call, GError **error)
{
  return seal_device (cli, TRUE, error);
}

static gboolean
run_device_unseal (SlCli *cli, const SlCliCall *call, GError **error)
{
  return seal_device (cli, FALSE, error);
}

const SlCliCommand sl_cli_privacy_commands[] = {
  { "member export", N_ ("hand out everything that is held about a member"),
    N_ ("For managers and owners. All records that were merged into one are told, in plain words and row by row as\n"
        "they are kept, with what the log says about who did what. That it was done is noted in the log."),
    "ID", SL_CLI_AROUND, run_member_export, export_options, NULL },
  { "device seal", N_ ("seal this device's key to a secret of the machine"),
    N_ ("The credential studioloop-device-key in $CREDENTIALS_DIRECTORY, as systemd hands it to services. From then\n"
        "on whoever reads the disk alone reads nobody's name, and every program of this studio needs the credential."),
    NULL, SL_CLI_AROUND, run_device_seal, NULL, seal_columns },
  { "device unseal", N_ ("keep this device's key in a file of its own again"), NULL, NULL, SL_CLI_AROUND,
    run_device_unseal, NULL, seal_columns },
  { NULL }
};
