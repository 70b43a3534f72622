/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The words of the command line. */
#define SL_CLI_ERROR (sl_cli_error_quark ())
GQuark sl_cli_error_quark (void);
typedef enum { SL_CLI_ERROR_USAGE } SlCliErrorCode;

#define SL_CLI_WORD_MAX_BYTES 65536   /* of one word: more than any of ours needs, less than would slow anything */
#define SL_CLI_QUOTE_CHARS 40         /* of a wrong word in a message: enough to find it again */

typedef struct _SlCliCommand SlCliCommand;

/* LIST may be given several times */
typedef enum { SL_CLI_FLAG, SL_CLI_TEXT, SL_CLI_INT, SL_CLI_LIST } SlCliOptionType;

typedef struct {
  const char *name;          /* without its dashes */
  SlCliOptionType type;
  gboolean required;
  const char *value;         /* what stands for it in the usage: "TIME"; NULL for flags */
  const char *help;
} SlCliOption;
#define SL_CLI_OPTIONS_END { NULL, SL_CLI_FLAG, FALSE, NULL, NULL }

/* What was said, checked against the command's options and arguments. Strings are the caller's (argv) or in strings. */
typedef struct {
  const SlCliCommand *command;   /* (nullable): NULL with help, version or an error */
  char *group;                   /* the command words read so far: "member", "member add" */
  gboolean help, version, json;
  const char *data, *staff, *pin, *key;   /* (nullable) */
  const char *approver, *approver_pin;    /* (nullable) */
  GPtrArray *arguments;          /* (element-type utf8), not always UTF-8: paths are the system's */
  GHashTable *values;            /* name to GPtrArray of texts */
} SlCliCall;

void sl_cli_call_clear (SlCliCall *call);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlCliCall, sl_cli_call_clear)

gboolean sl_cli_parse (const SlCliCommand * const *tables, int argc, const char * const *argv, SlCliCall *out,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *sl_cli_canonical (const SlCliCall *call);

gboolean sl_cli_has (const SlCliCall *call, const char *option);
const char *sl_cli_text (const SlCliCall *call, const char *option);       /* (nullable) */
const char *sl_cli_text_or (const SlCliCall *call, const char *option, const char *fallback);
gint64 sl_cli_int (const SlCliCall *call, const char *option, gint64 fallback);
GPtrArray *sl_cli_list (const SlCliCall *call, const char *option);        /* (nullable) (transfer none) */
const char *sl_cli_argument (const SlCliCall *call, guint place);          /* (nullable) */
gboolean sl_cli_read_int (const char *field, const char *text, gint64 *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_cli_argument_int (const SlCliCall *call, guint place, const char *field, gint64 *out,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
