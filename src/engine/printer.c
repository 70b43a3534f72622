/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-printer"

#include "engine/print-queue.h"

#include <string.h>

#include "core/error.h"
#include "engine/print-queue-private.h"

/* sl_print_begin: see the header. */
gboolean
sl_print_begin (SlEngine *engine, GError **error)
{
  return engine->depth > 0 || sl_store_begin (engine->store, error);
}

/* sl_print_end: see the header. Inside a command its own end decides. */
gboolean
sl_print_end (SlEngine *engine, gboolean done, GError **error)
{
  if (engine->depth > 0)
    return done;
  if (done && sl_store_commit (engine->store, error))
    return TRUE;
  sl_store_rollback (engine->store);
  return FALSE;
}

/**
 * sl_printer_free:
 * @printer: (transfer full): a printer
 */
void
sl_printer_free (SlPrinter *printer)
{
  g_free (printer->name);
  g_free (printer->target);
  g_free (printer->paper);
  g_free (printer);
}

/**
 * sl_printer_copy:
 * @printer: a printer
 *
 * Returns: (transfer full): one like it
 */
SlPrinter *
sl_printer_copy (const SlPrinter *printer)
{
  SlPrinter *copy = g_new (SlPrinter, 1);
  *copy = *printer;
  copy->name = g_strdup (printer->name);
  copy->target = g_strdup (printer->target);
  copy->paper = g_strdup (printer->paper);
  return copy;
}

static gboolean
bad (GError **error, const char *message)
{
  g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, message);
  return FALSE;
}

/* A name is also the name of a file. */
static gboolean
check_printer (const SlPrinter *printer, GError **error)
{
  gsize length = strlen (printer->name);
  if (length == 0 || length > SL_PRINTER_NAME_MAX_BYTES
      || strspn (printer->name, "abcdefghijklmnopqrstuvwxyz0123456789-") != length)
    return bad (error, "a printer's name is 1 to 32 of a–z, 0–9 and -");
  if (*printer->target == '\0' || strlen (printer->target) > SL_PRINTER_TARGET_MAX_BYTES
      || !g_utf8_validate (printer->target, -1, NULL))
    return bad (error, "where the printer is must be named in at most 512 bytes");
  return TRUE;
}

/* Notes a refusal and gives TRUE: the command is decided. */
static gboolean
refuse (SlEngine *engine, const SlActor *actor, const char *command, const SlRefusal *refusal, GError **error)
{
  return engine->depth > 0 || sl_command_note (engine, actor, command, refusal, error);
}

static gboolean
write_printer (SlEngine *engine, const SlPrinter *printer, GError **error)
{
  gint64 others;
  if (!sl_store_query_int (engine->store, 0, &others, error,
                           "SELECT count (*) FROM local_printer WHERE receipts AND name <> ?", "t", printer->name))
    return FALSE;
  gboolean receipts = printer->receipts || others == 0;
  if (receipts && !sl_store_exec (engine->store, error, "UPDATE local_printer SET receipts = 0", ""))
    return FALSE;
  return sl_store_exec (engine->store, error,
                        "INSERT INTO local_printer (name, target, paper, cut, drawer, shared, receipts) "
                        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET target = excluded.target, "
                        "paper = excluded.paper, cut = excluded.cut, drawer = excluded.drawer, "
                        "shared = excluded.shared, receipts = excluded.receipts",
                        "tttiiii", printer->name, printer->target, printer->paper, (gint64) printer->cut,
                        (gint64) printer->drawer, (gint64) printer->shared, (gint64) receipts);
}

/**
 * sl_printer_set:
 * @engine: the engine
 * @actor: who gives the command
 * @printer: all of it
 * @out_refusal: (out): not_allowed
 * @error: %SL_ERROR_BAD_INPUT, or of the store
 *
 * Makes or changes the printer of this name, of this device. The first printer is for receipts; later ones when they
 * say so, instead. Whether there is such a printer at its place is only seen when it prints.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_printer_set (SlEngine *engine, const SlActor *actor, const SlPrinter *printer, SlRefusal *out_refusal,
                GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && printer != NULL && out_refusal != NULL, FALSE);

  if (!check_printer (printer, error))
    return FALSE;
  if (!sl_actor_may (actor, SL_ACTION_MANAGE_DEVICES, &engine->location, out_refusal))
    return refuse (engine, actor, "printer set", out_refusal, error);
  if (!sl_print_begin (engine, error))
    return FALSE;
  return sl_print_end (engine, write_printer (engine, printer, error), error);
}

static gboolean
delete_printer (SlEngine *engine, const char *name, GError **error)
{
  if (!sl_store_exec (engine->store, error, "DELETE FROM local_printer WHERE name = ?", "t", name))
    return FALSE;
  if (sl_store_changes (engine->store) == 0)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "no printer is called %s", name);
      return FALSE;
    }
  return sl_store_exec (engine->store, error,
                        "UPDATE local_print SET state = 'cancelled', changed_ms = ? "
                        "WHERE printer = ? AND state NOT IN ('printed', 'cancelled')",
                        "it", sl_engine_now_ms (engine), name)
         && sl_store_exec (engine->store, error,
                           "UPDATE local_printer SET receipts = 1 WHERE name = (SELECT min (name) FROM local_printer) "
                           "AND NOT EXISTS (SELECT 1 FROM local_printer WHERE receipts)",
                           "");
}

/**
 * sl_printer_remove:
 * @engine: the engine
 * @actor: who gives the command
 * @name: of the printer
 * @out_refusal: (out): not_allowed
 * @error: %SL_ERROR_NOT_FOUND, or of the store
 *
 * What waits for it is cancelled. Where receipts went to it they go to the next one by its name.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_printer_remove (SlEngine *engine, const SlActor *actor, const char *name, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && name != NULL && out_refusal != NULL, FALSE);

  if (!sl_actor_may (actor, SL_ACTION_MANAGE_DEVICES, &engine->location, out_refusal))
    return refuse (engine, actor, "printer remove", out_refusal, error);
  if (!sl_print_begin (engine, error))
    return FALSE;
  return sl_print_end (engine, delete_printer (engine, name, error), error);
}

/**
 * sl_printer_list:
 * @engine: the engine
 * @error: return location
 *
 * Returns: (transfer full) (nullable) (element-type SlPrinter): this device's printers by their names
 */
GPtrArray *
sl_printer_list (SlEngine *engine, GError **error)
{
  g_return_val_if_fail (engine != NULL, NULL);

  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_printer_free);
  g_autoptr (SlRows) rows = sl_store_query (
    engine->store, "SELECT name, target, paper, cut, drawer, shared, receipts FROM local_printer ORDER BY name", "");
  while (sl_rows_next (rows))
    {
      SlPrinter *printer = g_new0 (SlPrinter, 1);
      printer->name = sl_rows_dup_text (rows, 0);
      printer->target = sl_rows_dup_text (rows, 1);
      printer->paper = sl_rows_dup_text (rows, 2);
      printer->cut = sl_rows_int (rows, 3) != 0;
      printer->drawer = sl_rows_int (rows, 4) != 0;
      printer->shared = sl_rows_int (rows, 5) != 0;
      printer->receipts = sl_rows_int (rows, 6) != 0;
      g_ptr_array_add (list, printer);
    }
  return sl_rows_finish (rows, error) ? g_steal_pointer (&list) : NULL;
}

/**
 * sl_printer_get:
 * @engine: the engine
 * @name: (nullable): of the printer; %NULL: the one for receipts
 * @error: %SL_ERROR_NOT_FOUND, or of the store
 *
 * Returns: (transfer full) (nullable): the printer
 */
SlPrinter *
sl_printer_get (SlEngine *engine, const char *name, GError **error)
{
  g_autoptr (GPtrArray) list = sl_printer_list (engine, error);
  if (list == NULL)
    return NULL;
  for (guint i = 0; i < list->len; i++)
    {
      SlPrinter *printer = list->pdata[i];
      if (name != NULL ? g_str_equal (printer->name, name) : printer->receipts)
        return sl_printer_copy (printer);
    }
  if (name != NULL)
    g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "no printer is called %s", name);
  else
    g_set_error_literal (error, SL_ERROR, SL_ERROR_NOT_FOUND, "this device has no printer");
  return NULL;
}
