/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <jansson.h>

#include "cli/parse.h"
#include "cli/show.h"
#include "engine/ask.h"
#include "engine/command.h"
#include "engine/resolve.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

/* Brings what other devices hold, while a command waits. */
typedef struct {
  /* Whether anybody is there to ask. */
  gboolean (*is_there) (gpointer user_data, const char *data_dir);
  /* TRUE: something came, and is applied in the data directory. */
  gboolean (*fetch) (gpointer user_data, const char *data_dir, const SlAsk *ask, gint64 timeout_ms);
  gpointer user_data;
} SlCliFetcher;
#define SL_CLI_FETCHES_MAX 3       /* spots, then credits, then a booking: no command lacks more kinds of things */
#define SL_CLI_FETCH_MS 2000       /* of one command, over all fetches: people wait at the desk */

/* One run of the program: what it works on and what it will answer. A handler sets answer, or refusal, or both (a
 * check-in
 * that is refused also says what it found), or fails with an error. */
typedef struct {
  const SlCliCall *call;
  const char *data_dir;
  SlWorld *world;
  const SlCliFetcher *fetcher; /* (nullable): what other devices hold stays there */
  SlEngine *engine;      /* (nullable): open for commands that need a studio */
  SlActor actor;
  SlRefusal refusal;
  json_t *answer;        /* (nullable) an object */
  const char *file;      /* (nullable): what the command reads: named where it is bad input */
  gboolean found_corrupt; /* the command did its work, and what it found ends it as damage does */
  char *bad_rows;        /* (nullable): the command did its work and refused rows of its file; "line 3: …" */
  gpointer prepared;     /* (nullable): of the command's prepare */
  GDestroyNotify prepared_free;
} SlCli;

typedef gboolean (*SlCliRun) (SlCli *cli, const SlCliCall *call, GError **error);

/* What a command wants before it runs, and how a key is kept with it. */
typedef enum {
  SL_CLI_ALONE,          /* no studio */
  SL_CLI_FOUNDS,         /* makes the studio itself: a key's answer is kept in the new one */
  SL_CLI_IN_STUDIO,      /* with a key: one transaction with the key's answer */
  SL_CLI_AROUND,         /* begins transactions of its own, or none: a key's answer is kept after it */
} SlCliNeeds;

struct _SlCliCommand {
  const char *words;             /* "member add" */
  const char *summary;           /* one line */
  const char *description;       /* (nullable): more, for --help */
  /* (nullable): "ID", "[KEY]", "FILE…": blanks between them; the last one with … may repeat */
  const char *arguments;
  SlCliNeeds needs;
  SlCliRun run;
  const SlCliOption *options;    /* (nullable): ends with a NULL name */
  const SlColumn *columns;       /* (nullable): how the answer is shown to people */
  const char *around_with;       /* (nullable): the option with which it is SL_CLI_AROUND */
  gboolean (*check) (const SlCliCall *call, GError **error); /* (nullable): what else must hold for its words */
  /* (nullable): what takes long and needs no transaction: before a key's is begun, and not where the key has its answer
   * already */
  SlCliRun prepare;
  void (*show) (const json_t *answer, GString *out); /* (nullable): where columns are not always the same */
};

extern const SlCliCommand sl_cli_clock_commands[], sl_cli_one_to_one_commands[], sl_cli_plan_commands[],
    sl_cli_renewal_commands[],
  sl_cli_parq_commands[], sl_cli_notification_commands[], sl_cli_hub_commands[], sl_cli_privacy_commands[],
  sl_cli_report_commands[],
  sl_cli_around_commands[], sl_cli_audit_commands[];
extern const SlCliCommand sl_cli_print_commands[], sl_cli_receipt_commands[];
extern const SlCliCommand sl_cli_studio_commands[], sl_cli_people_commands[], sl_cli_schedule_commands[],
  sl_cli_service_commands[], sl_cli_money_commands[], sl_cli_pay_commands[], sl_cli_till_commands[],
  sl_cli_booking_commands[],
  sl_cli_door_commands[],
  sl_cli_log_commands[],
  sl_cli_rights_commands[], sl_cli_sync_commands[], sl_cli_attention_commands[], sl_cli_import_commands[];

/* The whole program but its streams: appends what goes to either and gives the exit status. */
int sl_cli_main (int argc, const char * const *argv, SlWorld *world, GString *out, GString *err);
/* The same with somebody (nullable) who can ask other devices. */
int sl_cli_main_asking (int argc, const char * const *argv, SlWorld *world, const SlCliFetcher *fetcher, GString *out,
                        GString *err);

/* Who gives the command, by --staff and its PIN. TRUE with refusal NONE: the actor stands. */
gboolean sl_cli_find_actor (SlCli *cli, GError **error);

/* What a refusal prints under "error". */
json_t *sl_cli_refusal_to_json (SlCli *cli, const SlRefusal *refusal);

/* What people read who do not know the words. */
void sl_help_usage (const SlCliCommand * const *tables, const SlCliCall *call, GString *out);
void sl_help_full (const SlCliCommand * const *tables, const SlCliCall *call, GString *out);
