/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

/* A studio moves in: members, schedule, packages, plans, memberships, credits and bookings from CSV files, each all or
 * nothing. Columns: src/engine/README.md "Import and export". */
typedef enum {
  SL_IMPORT_MEMBERS,
  SL_IMPORT_SCHEDULE,
  SL_IMPORT_PACKAGES,
  SL_IMPORT_CREDITS,
  SL_IMPORT_BOOKINGS,
  SL_IMPORT_PLANS,
  SL_IMPORT_MEMBERSHIPS,
  SL_IMPORT_LAST
} SlImportKind;
const char *sl_import_kind_name (SlImportKind kind);
gboolean sl_import_kind_parse (const char *name, SlImportKind *out);

#define SL_IMPORT_ROWS_MAX 100000 /* five times the largest studio; the desk waits while they are written */

/* A file whose form is right, with what can be said without looking at the studio. */
typedef struct _SlImport SlImport;
SlImport *sl_import_open (SlEngine *engine, SlImportKind kind, const char *file,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_import_free (SlImport *import);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlImport, sl_import_free)

typedef struct {
  guint64 line;          /* of the file, from 1: where the row begins */
  const char *code;      /* a code of the one table: a refusal's, or bad_input, not_found, ambiguous_id */
  char *reason;          /* the code, and in words why */
  guint64 other_line;    /* of the same file, where the row is refused because of that one; 0: none */
  char *details;         /* (nullable): "member=… price_cents=…" */
} SlImportRefusal;

typedef struct {
  guint64 accepted;      /* rows written, or that would be; 0 where some are refused and it is no dry run */
  guint64 skipped;       /* rows that say of themselves that there is nothing to do: cancelled sessions, old bookings */
  GPtrArray *refused;    /* (element-type SlImportRefusal): by line */
  const char *encoding;  /* what the file was read as */
  gboolean written;
} SlImportAnswer;
void sl_import_answer_clear (SlImportAnswer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlImportAnswer, sl_import_answer_clear)

typedef enum {
  SL_IMPORT_FOR_REAL = 0,
  SL_IMPORT_DRY_RUN = 1 << 0,  /* everything is looked at as it would be written, and nothing is */
  SL_IMPORT_ANYWAY = 1 << 1,   /* members: also where somebody has the phone number already */
} SlImportFlags;
/* Refusals of the whole: not_allowed. Those of single rows stand in the answer. Also inside a keyed command. */
gboolean sl_import_run (SlEngine *engine, const SlActor *actor, SlImport *import, SlImportFlags flags,
                        SlImportAnswer *out, SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
