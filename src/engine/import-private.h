/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/import.h"

#include "engine/engine-private.h"

/* Inside the importer only. */

#define SL_IMPORT_COLUMNS_MAX 32 /* of one kind, with those that an export has for people's eyes */

/* A column by its name. READ: used; NEEDED: must be there; FOR_EYES: an export has it, an import passes it over. */
typedef enum { SL_IMPORT_READ, SL_IMPORT_NEEDED, SL_IMPORT_FOR_EYES } SlImportUse;
typedef struct {
  const char *name;
  SlImportUse use;
} SlImportColumn;

typedef struct {
  guint64 line;
  const char **cells;      /* (array length=n of the type's columns): trimmed, NULL: empty or no such column */
  const char *pin_hash;    /* (nullable): members */
  SlId made;               /* what the row has made; none: nothing yet */
  gboolean is_refused;
} SlImportRow;

typedef struct _SlImportNames SlImportNames;

/* One import while it runs. */
typedef struct {
  SlEngine *engine;
  const SlActor *actor;
  SlImport *import;
  SlImportFlags flags;
  SlImportNames *names;     /* what rows name; loaded before the first write */
  gboolean skips;           /* set by a row that says of itself that there is nothing to do */
} SlImportRun;

typedef struct {
  const char *word;         /* on the command line */
  const SlImportColumn *columns; /* ends with a NULL name */
  SlAction action;          /* who may import this at all */
  gboolean own_will_do;     /* rows decide whether it is the actor's own */
  /* (nullable): what must hold of the columns together. FALSE with BAD_INPUT */
  gboolean (*check_columns) (const SlImport *import, GError **error);
  /* (nullable): what takes long and needs no transaction */
  gboolean (*prepare) (SlEngine *engine, SlImport *import, GError **error);
  /* (nullable): reads what the rows name, at the beginning of the transaction */
  gboolean (*load) (SlImportRun *run, GError **error);
  /* One row as one command: done, refused, or BAD_INPUT, NOT_FOUND or AMBIGUOUS_ID, which are the row's too. */
  gboolean (*take) (SlImportRun *run, SlImportRow *row, SlRefusal *refusal, GError **error);
} SlImportType;
extern const SlImportType sl_import_members, sl_import_schedule, sl_import_packages, sl_import_credits,
  sl_import_bookings, sl_import_plans, sl_import_memberships;

struct _SlImport {
  SlImportKind kind;
  const SlImportType *type;
  guint n_columns;                          /* of the type */
  int place[SL_IMPORT_COLUMNS_MAX];         /* where the file has each; -1: it has not */
  guint width;                              /* columns of the file */
  const char *encoding;
  GStringChunk *texts;                      /* all cells; personal data, gone with the import */
  GPtrArray *rows;                          /* (element-type SlImportRow) */
  GPtrArray *refused;                       /* (element-type SlImportRefusal): what the form alone refuses */
};

gboolean sl_import_has (const SlImport *import, const char *column);
const char *sl_import_cell (const SlImport *import, const SlImportRow *row, const char *column); /* (nullable) */
/* BAD_INPUT naming the column. An empty cell gives fallback. */
gboolean sl_import_int (const SlImportRun *run, const SlImportRow *row, const char *column, gint64 fallback,
                        gint64 *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_import_yes_or_no (const SlImportRun *run, const SlImportRow *row, const char *column, int *out,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT; /* 1, -1, 0: empty */
/* RFC 3339, or a local time of zone. day_end: a bare date is its last moment. An empty cell gives 0. */
gboolean sl_import_time (const SlImportRun *run, const SlImportRow *row, const char *column, GTimeZone *zone,
                         gboolean day_end, gint64 *out_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_import_refuse_row (SlImport *import, SlImportRow *row, const char *reason);

/* What a cell names, by id or by name (import-names.c). An empty cell gives sl_id_none. NOT_FOUND and AMBIGUOUS_ID name
 * the column. */
typedef enum {
  SL_NAMED_SERVICE,
  SL_NAMED_LOCATION,
  SL_NAMED_ROOM,
  SL_NAMED_STAFF,
  SL_NAMED_PLAN,
  SL_NAMED_LAST
} SlNamed;
gboolean sl_import_names_load (SlImportRun *run, gboolean with_members, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_import_names_free (SlImportNames *names);
gboolean sl_import_find (SlImportRun *run, const SlImportRow *row, const char *column, SlNamed what,
                         const SlId *location /* (nullable): rooms */, SlId *out,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (element-type SlId): the same for a cell of several, with semicolons between them. */
GArray *sl_import_find_list (SlImportRun *run, const SlImportRow *row, const char *column, SlNamed what,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_import_find_member (SlImportRun *run, const SlImportRow *row, SlId *out,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT; /* "member", with "first" and "last" */
