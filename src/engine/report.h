/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"
#include "print/document.h"

/* What a studio wants to know of itself: src/engine/README.md "Reports". Each is one query that gives typed rows; the
 * screen, CSV and paper print these very rows (report-format.c). */

typedef enum {
  SL_REPORT_TODAY,       /* today's sessions as they stand at this moment */
  SL_REPORT_USUAL,       /* today against the same weekday of the weeks before */
  SL_REPORT_ATTENDANCE,  /* by class, member or slot */
  SL_REPORT_UTILISATION, /* by hour, weekday, slot or class */
  SL_REPORT_REVENUE,     /* by day, month, method or class */
  SL_REPORT_CREDITS,     /* by day or month */
  SL_REPORT_INSTRUCTORS,
  SL_REPORT_POPULAR,
  SL_REPORT_AT_RISK,
  SL_REPORT_RETENTION,
  SL_REPORT_LOCATIONS,
  SL_REPORT_FUNNEL,
  SL_REPORT_CASH_UP,     /* each till, and each device's days without one */
  SL_REPORT_MEMBER,      /* one member's, by class, slot or instructor */
  SL_REPORT_LAST
} SlReportName;

typedef enum {
  SL_REPORT_TEXT,
  SL_REPORT_WORD,    /* a word of the program's, which has a translation; the number is its place among the others */
  SL_REPORT_COUNT,
  SL_REPORT_PERCENT, /* permille */
  SL_REPORT_MONEY,   /* cents of the report's currency */
  SL_REPORT_HUNDREDTHS, /* credits */
  SL_REPORT_MINUTES, /* a length of time */
  SL_REPORT_TIME,    /* UTC ms, shown in the report's zone */
  SL_REPORT_DATE,    /* a local date: days since 1970 */
} SlReportKind;

typedef struct {
  const char *name;   /* for programs: stable */
  const char *title;  /* for people, marked for translation */
  SlReportKind kind;
  gboolean adds;      /* its sum stands in the last row */
  int part, whole, rest; /* of a percentage: which columns it is of: part of whole, or of whole and rest (0: no rest) */
} SlReportColumn;

typedef struct {
  gint64 number;      /* SL_NUMBER_NONE: nothing */
  char *text;         /* (nullable): texts and words */
} SlReportCell;

typedef struct {
  SlId id;            /* of whom or what the row is; none: of nothing that has an id */
  guint n_cells;
  SlReportCell *cells;
} SlReportRow;

typedef struct {
  SlReportName name;
  const char *by;            /* (nullable): one of sl_report_ways() */
  gint64 from_day, to_day;   /* both included; SL_NUMBER_NONE: it is of this moment */
  char *place;               /* (nullable): the location it is of; NULL: all that the actor may see */
  char *about;               /* (nullable): of whom: a member's name */
  GTimeZone *zone;
  char *currency;
  const SlReportColumn *columns;
  guint n_columns;
  GPtrArray *rows;           /* (element-type SlReportRow) */
  SlReportRow *total;        /* (nullable) */
  GPtrArray *notes;          /* (element-type utf8) (not owned): how to read it, marked for translation */
} SlReport;
void sl_report_free (SlReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlReport, sl_report_free)

/* NULL: as is usual for that report. */
typedef struct {
  SlReportName name;
  const char *by, *from, *to; /* dates as 2026-03-01, both included */
  const SlId *location;
  const SlId *member;         /* of SL_REPORT_MEMBER */
} SlReportParams;

#define SL_REPORT_USUAL_WEEKS 4
/* What SL_REPORT_USUAL comes to. */
typedef struct {
  gint64 day;              /* today: days since 1970 */
  gint64 today;            /* people by this time */
  gint64 usual_hundredths; /* by this time of a usual such day; SL_NUMBER_NONE: there is none to go by */
  int days;                /* it is the mean of so many */
} SlReportUsual;
void sl_report_usual_sum_up (const SlReport *report, SlReportUsual *out);

#define SL_REPORT_EMPTY_PERMILLE 300 /* less of its seats taken: a class runs empty */
/* What SL_REPORT_POPULAR comes to. Names: (nullable), the report's. */
typedef struct {
  guint classes, empty, overflowing; /* overflowing: more wanted in than could */
  const char *emptiest, *fullest;
  gint64 emptiest_permille, fullest_waited;
} SlReportPopular;
void sl_report_popular_sum_up (const SlReport *report, SlReportPopular *out);

const char *sl_report_word (SlReportName name);                    /* "at-risk" */
const char *sl_report_title (SlReportName name);                   /* marked for translation */
gboolean sl_report_parse (const char *word, SlReportName *out);    /* FALSE: no such report */
gboolean sl_report_is_for (SlReportName name, const SlActor *actor); /* somewhere, or of their own */
gboolean sl_report_may_be_of (SlReportName name, const SlActor *actor, const SlId *location);
gboolean sl_report_takes_days (SlReportName name);     /* FALSE: it is of this moment */
const char *const *sl_report_ways (SlReportName name); /* what each row may be of, the usual first; may be empty */
/* Refusal: not_allowed. BAD_INPUT: dates, by; NOT_FOUND: location, member. Takes no lock. */
gboolean sl_report_run (SlEngine *engine, const SlActor *actor, const SlReportParams *params, SlReport **out,
                        SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- one way to write it, wherever it is shown (report-format.c) --- */
typedef const char *(*SlReportTranslate) (const char *text);
const char *sl_report_word_text (const char *word);
const char *sl_report_way_text (const char *way);                  /* "by class" */
const char *sl_report_kind_name (SlReportKind kind);               /* "count", "money", … */
gboolean sl_report_kind_parse (const char *name, SlReportKind *out);
char *sl_report_number_text (SlReportKind kind, gint64 number, GTimeZone *zone); /* NONE: "" */
char *sl_report_cell_text (const SlReport *report, const SlReportRow *row, guint column, SlReportTranslate translate);
char *sl_report_day_text (gint64 day);
char *sl_report_subtitle (const SlReport *report, SlReportTranslate translate);
SlDocument *sl_report_to_document (SlEngine *engine, const SlReport *report, SlReportTranslate translate);
gboolean sl_report_write_csv (const SlReport *report, const char *file, SlReportTranslate translate,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
