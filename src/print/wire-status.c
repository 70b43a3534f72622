/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-wire"

#include "print/wire.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* ESC/POS's questions. DLE EOT is answered at once, also by a printer that is stuck; GS r and GS g come after all that
 * was sent before. Answers are told apart by their fixed bits (Epson's command reference). */
#define IS_REAL_TIME(byte) (((byte) & 0x93) == 0x12)
#define IS_IN_TURN(byte) (((byte) & 0x90) == 0x00)
#define CUTS_EVER 178            /* of GS g 2: cuts since it was made */
#define COUNT_HEAD 0x5f
#define COUNT_DIGITS_MAX 18
#define STRAY_BYTES_MAX 64     /* that came unasked before an answer: automatic status */

typedef struct { guint8 n, mask; const char *problem; } StatusBit;
static const StatusBit status_bits[] = {
  { 4, 0x60, N_ ("it is out of paper") },  { 2, 0x20, N_ ("it is out of paper") },
  { 2, 0x04, N_ ("its cover is open") },   { 2, 0x40, N_ ("it reports an error") },
  { 1, 0x08, N_ ("it is off line") },
};

static gboolean
say (char **out_problem, const char *problem)
{
  g_free (*out_problem);
  *out_problem = g_strdup (problem);
  return FALSE;
}

/* The answer to DLE EOT n. 1: it is in out; 0: none; -1: gone. */
static int
ask_status (SlPrintWire *wire, guint8 n, guint8 *out)
{
  const guint8 question[] = { 0x10, 0x04, n };
  g_autofree char *problem = NULL;
  if (!sl_print_wire_write (wire, question, sizeof question, &problem))
    return -1;
  for (int i = 0; i < STRAY_BYTES_MAX; i++)
    {
      int got = sl_print_wire_read (wire, out, wire->times.answer_ms);
      if (got <= 0 || IS_REAL_TIME (*out))
        return got;
    }
  return 0;
}

/**
 * sl_print_wire_status:
 * @wire: an open connection to an ESC/POS printer
 * @out_problem: (out): why it does not print now
 *
 * Returns: whether it would
 */
SlReadiness
sl_print_wire_status (SlPrintWire *wire, char **out_problem)
{
  guint8 answers[5] = { 0 };
  static const guint8 questions[] = { 1, 2, 4 };
  for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
    {
      int got = ask_status (wire, questions[i], &answers[questions[i]]);
      if (got < 0)
        {
          say (out_problem, N_ ("it hung up"));
          return SL_GONE;
        }
      if (got == 0 && i == 0)
        return SL_READY_SILENT;
      if (got == 0)
        answers[questions[i]] = 0;
    }
  for (guint i = 0; i < G_N_ELEMENTS (status_bits); i++)
    if ((answers[status_bits[i].n] & status_bits[i].mask) != 0)
      {
        say (out_problem, status_bits[i].problem);
        return SL_NOT_READY;
      }
  return SL_READY;
}

/**
 * sl_print_wire_cuts:
 * @wire: an open connection to an ESC/POS printer that answers
 *
 * Returns: how often its knife has cut; %SL_SEND_NO_COUNTER: it does not say
 */
gint64
sl_print_wire_cuts (SlPrintWire *wire)
{
  static const guint8 question[] = { 0x1d, 'g', '2', 0, CUTS_EVER, 0 };
  g_autofree char *problem = NULL;
  gint64 count = 0;
  int digits = -1; /* below 0: its head has not come */
  guint8 byte;
  if (!sl_print_wire_write (wire, question, sizeof question, &problem))
    return SL_SEND_NO_COUNTER;
  for (int i = 0; i < STRAY_BYTES_MAX; i++)
    {
      if (sl_print_wire_read (wire, &byte, wire->times.answer_ms) <= 0)
        return SL_SEND_NO_COUNTER;
      if (digits < 0)
        {
          digits = byte == COUNT_HEAD ? 0 : -1;
          continue;
        }
      if (byte == 0)
        return digits > 0 ? count : SL_SEND_NO_COUNTER;
      if (!g_ascii_isdigit (byte) || ++digits > COUNT_DIGITS_MAX)
        return SL_SEND_NO_COUNTER;
      count = count * 10 + (byte - '0');
    }
  return SL_SEND_NO_COUNTER;
}

/**
 * sl_print_wire_settle:
 * @wire: an open connection to an ESC/POS printer that answers, and that has been sent all
 * @out_problem: (out): why it did not print all
 *
 * Asks a question that is answered in its turn, after all that was printed before. A printer that is ready and does not
 * know the question is believed.
 *
 * Returns: whether all is on paper
 */
gboolean
sl_print_wire_settle (SlPrintWire *wire, char **out_problem)
{
  static const guint8 question[] = { 0x1d, 'r', 1 };
  if (!sl_print_wire_write (wire, question, sizeof question, out_problem))
    return FALSE;
  for (int waited_ms = 0; waited_ms < wire->times.stall_ms; waited_ms += wire->times.answer_ms)
    {
      guint8 byte;
      int got = sl_print_wire_read (wire, &byte, wire->times.answer_ms);
      if (got > 0 && IS_IN_TURN (byte) && !IS_REAL_TIME (byte))
        return TRUE;
      if (got < 0)
        return say (out_problem, N_ ("it hung up before all was printed"));
      SlReadiness readiness = got == 0 ? sl_print_wire_status (wire, out_problem) : SL_READY;
      if (readiness == SL_NOT_READY || readiness == SL_GONE)
        return FALSE;
      if (readiness == SL_READY_SILENT)
        return say (out_problem, N_ ("it answers no more"));
    }
  return TRUE;
}
