/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

/* What this device prints, and where: src/engine/README.md "Printing". A sale only notes that its receipt is wanted;
 * printing is done by whoever runs the queue, with a printer that may be off, slow or gone. Of this device alone, in no
 * state that devices share. */

#define SL_PRINTER_NAME_MAX_BYTES 32
#define SL_PRINTER_TARGET_MAX_BYTES 512
#define SL_PRINT_KEPT_MS (30 * 24 * 60 * 60 * G_GINT64_CONSTANT (1000)) /* what is done stays listed so long */

typedef struct {
  char *name, *target, *paper;   /* target and paper as src/print/printer.h and render.h read them */
  gboolean cut;
  gboolean drawer;               /* a cash drawer hangs on it */
  gboolean shared;               /* others print on it, too: what it counts says little of us */
  gboolean receipts;             /* receipts go to it */
} SlPrinter;
SlPrinter *sl_printer_copy (const SlPrinter *printer);
void sl_printer_free (SlPrinter *printer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlPrinter, sl_printer_free)

/* Makes or changes the printer of this name. The first one is for receipts. Refusals: not_allowed. */
gboolean sl_printer_set (SlEngine *engine, const SlActor *actor, const SlPrinter *printer, SlRefusal *out_refusal,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What waits for it is cancelled. NOT_FOUND; refusals: not_allowed. */
gboolean sl_printer_remove (SlEngine *engine, const SlActor *actor, const char *name, SlRefusal *out_refusal,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *sl_printer_list (SlEngine *engine, GError **error) G_GNUC_WARN_UNUSED_RESULT; /* (element-type SlPrinter) */
/* name NULL: the one for receipts. NOT_FOUND */
SlPrinter *sl_printer_get (SlEngine *engine, const char *name /* (nullable) */, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

typedef enum {
  SL_PRINT_RECEIPT,     /* subject: a sale, a payment or a refund */
  SL_PRINT_TEST,
  SL_PRINT_DRAWER,      /* nothing but the drawer's kick */
  SL_PRINT_CASH_UP,     /* subject: a till that is closed */
  SL_PRINT_REPORT,      /* print-report.h: its words say which */
  SL_PRINT_LAST
} SlPrintKind;
const char *sl_print_kind_name (SlPrintKind kind);

/* waiting → sending → printed. What was cut off while sending, and nobody can say how far it came, is uncertain: people
 * look at the paper and say. What cannot be made is failed. */
typedef enum {
  SL_PRINT_WAITING,
  SL_PRINT_SENDING,
  SL_PRINT_PRINTED,
  SL_PRINT_UNCERTAIN,
  SL_PRINT_FAILED,
  SL_PRINT_CANCELLED,
  SL_PRINT_STATE_LAST
} SlPrintState;
const char *sl_print_state_name (SlPrintState state);

typedef struct {
  SlId id;
  char *printer;
  SlPrintKind kind;
  SlId subject_id, member_id;
  gboolean copy;
  SlPrintState state;
  gint64 attempts, made_ms, changed_ms;
  gint64 counter;       /* what the printer had counted before; SL_NUMBER_NONE: it does not say */
  char *problem;        /* (nullable): why it is not printed, for people */
  char *words;          /* (nullable): what it is of, where no id says it */
} SlPrintJob;
void sl_print_job_free (SlPrintJob *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlPrintJob, sl_print_job_free)

typedef struct {
  SlPrintKind kind;
  SlId subject_id, member_id;    /* none: of nothing, of nobody */
  const char *printer;           /* (nullable): the one for receipts */
  gboolean copy;                 /* once more: what is printed says so */
  const char *words;             /* (nullable): what it is of, where no id says it */
} SlPrintRequest;
/* Inside a command, where it commits and fails with it, or alone. out_id none: this device has no printer, or the
 * member is erased. What was asked for before gives its job again. NOT_FOUND where the printer is named and there
 * is none. */
gboolean sl_print_queue_add (SlEngine *engine, const SlPrintRequest *request, SlId *out_id,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *sl_print_queue_list (SlEngine *engine, gboolean all /* those that are done, too */, GError **error)
  G_GNUC_WARN_UNUSED_RESULT; /* (element-type SlPrintJob), oldest first */
SlPrintJob *sl_print_queue_get (SlEngine *engine, const SlId *id,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT; /* NOT_FOUND */
/* What people say who have looked. Refusals: wrong_state (status). */
typedef enum {
  SL_PRINT_AGAIN,       /* uncertain, failed, cancelled: back into the queue */
  SL_PRINT_CAME_OUT,    /* uncertain: it is printed */
  SL_PRINT_DROP,        /* waiting, uncertain, failed: never mind */
} SlPrintWord;
gboolean sl_print_queue_say (SlEngine *engine, const SlActor *actor, const SlId *id, SlPrintWord word,
                             SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- for whoever runs it --- */

/* How an attempt ended. */
typedef enum {
  SL_PRINT_DONE,        /* all of it was taken, and as far as the printer says so it is on paper */
  SL_PRINT_NOT_BEGUN,   /* nothing of it was sent */
  SL_PRINT_CUT_OFF,     /* some of it was */
} SlPrintEnd;
typedef struct _SlPrintPort SlPrintPort;
struct _SlPrintPort {
  /* NULL with error: cannot be made; the job has failed. */
  GBytes *(*make) (SlPrintPort *port, SlEngine *engine, const SlPrintJob *job, const SlPrinter *printer,
                   GError **error);
  /* Sends. Before its first byte, and after the printer was found to be ready, it calls begin with what the printer has
   * counted (SL_NUMBER_NONE: it does not say); where that gives FALSE nothing may be sent. problem: why not. */
  SlPrintEnd (*print) (SlPrintPort *port, const SlPrinter *printer, const SlPrintJob *job, GBytes *bytes,
                       gboolean (*begin) (gpointer data, gint64 counter), gpointer data, char **out_problem);
  /* What became of a job that was cut off: DONE, NOT_BEGUN (nothing of it is on paper that counts), or CUT_OFF: it
   * cannot be said. Returns FALSE where the printer is out of reach: asked again the next time. */
  gboolean (*ask) (SlPrintPort *port, const SlPrinter *printer, const SlPrintJob *job, SlPrintEnd *out_end);
};
typedef struct {
  guint printed, waiting, uncertain, failed;   /* what it did, and what waits after it */
  guint busy;                                  /* printers that somebody else is printing on */
} SlPrintCounts;
/* All that waits, each printer's in its order; at the first that is not ready the rest of it waits. Never inside a
 * command. Several may run: one at a time for each printer. */
gboolean sl_print_queue_run (SlEngine *engine, SlPrintPort *port, SlPrintCounts *out,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whoever speaks with a printer holds it. -1: somebody else does, or error. */
int sl_print_lock (const char *dir, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
