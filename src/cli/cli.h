/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <jansson.h>

#include "cli/parse.h"
#include "cli/show.h"
#include "engine/command.h"
#include "engine/resolve.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

/* One run of the program: what it works on and what it will answer. A handler sets answer, or refusal, or both (a
 * check-in
 * that is refused also says what it found), or fails with an error. */
typedef struct {
  const SlCliCall *call;
  const char *data_dir;
  SlWorld *world;
  SlEngine *engine;      /* (nullable): open for commands that need a studio */
  SlActor actor;
  SlRefusal refusal;
  json_t *answer;        /* (nullable) an object */
  const char *file;      /* (nullable): what the command reads: named where it is bad input */
  gboolean found_corrupt; /* the command did its work, and what it found ends it as damage does */
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
};

extern const SlCliCommand sl_cli_clock_commands[];
extern const SlCliCommand sl_cli_studio_commands[], sl_cli_people_commands[], sl_cli_schedule_commands[],
  sl_cli_money_commands[], sl_cli_booking_commands[], sl_cli_door_commands[], sl_cli_log_commands[],
  sl_cli_rights_commands[], sl_cli_sync_commands[], sl_cli_attention_commands[];

/* The whole program but its streams: appends what goes to either and gives the exit status. */
int sl_cli_main (int argc, const char * const *argv, SlWorld *world, GString *out, GString *err);

/* What people read who do not know the words. */
void sl_help_usage (const SlCliCommand * const *tables, const SlCliCall *call, GString *out);
void sl_help_full (const SlCliCommand * const *tables, const SlCliCall *call, GString *out);
