/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-printer-look"

#include "printer-look.h"

#include "printing/printing.h"

#define LOOK_KEY "sl-printer-look"
#define CONNECT_MS 3000 /* a printer in the same room that needs longer is as good as off */
#define ANSWER_MS 1000

struct _SlPrinterLook {
  char *dir;
  GMutex lock;
  /* under lock */
  gboolean is_looking;
  char *which;          /* (nullable): the printers that were looked at */
  gint64 looked_ms;     /* by the studio's clock */
  SlPrinterSeen state; /* of the worst of them */
};

static void
look_clear (gpointer data)
{
  SlPrinterLook *self = data;

  g_mutex_clear (&self->lock);
  g_free (self->which);
  g_free (self->dir);
}

/**
 * sl_printer_look_unref:
 * @self: (transfer full): it
 */
void
sl_printer_look_unref (SlPrinterLook *self)
{
  g_atomic_rc_box_release_full (self, look_clear);
}

/**
 * sl_printer_look_of:
 * @door: whose data directory it is; for its thread
 *
 * Returns: (transfer full): the one of this door
 */
SlPrinterLook *
sl_printer_look_of (SlDoor *door)
{
  SlPrinterLook *self;

  g_return_val_if_fail (SL_IS_DOOR (door), NULL);
  self = g_object_get_data (G_OBJECT (door), LOOK_KEY);
  if (self == NULL)
    {
      self = g_atomic_rc_box_new0 (SlPrinterLook);
      g_mutex_init (&self->lock);
      self->dir = g_strdup (sl_door_get_data_dir (door));
      g_object_set_data_full (G_OBJECT (door), LOOK_KEY, self, (GDestroyNotify) sl_printer_look_unref);
    }
  return g_atomic_rc_box_acquire (self);
}

/* --- on a thread that may wait --- */

typedef struct {
  SlPrinterLook *look;
  GPtrArray *printers;
} Round;

static void
round_free (gpointer data)
{
  Round *round = data;

  sl_printer_look_unref (round->look);
  g_ptr_array_unref (round->printers);
  g_free (round);
}

static void
look (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Round *round = data;
  SlPrinterLook *self = round->look;
  const SlPrinterTimes times = { .connect_ms = CONNECT_MS, .answer_ms = ANSWER_MS, .stall_ms = ANSWER_MS };
  SlPrinterSeen state = sl_printing_look (self->dir, round->printers, &times);

  g_mutex_lock (&self->lock);
  self->state = state;
  self->is_looking = FALSE;
  g_mutex_unlock (&self->lock);
}

/* --- on any --- */

static char *
name_all (const GPtrArray *printers)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < printers->len; i++)
    {
      const SlPrinter *printer = printers->pdata[i];

      g_string_append_printf (names, "%s\n%s\n%s\n", printer->name, printer->target, printer->paper);
    }
  return g_string_free (g_steal_pointer (&names), FALSE);
}

/* Under lock. A clock that was set back is no reason not to look. */
static gboolean
is_due (SlPrinterLook *self, const char *which, gint64 now_ms)
{
  gint64 believed_ms = self->state == SL_PRINTER_READY ? SL_PRINTER_LOOK_MS : SL_PRINTER_LOOK_AGAIN_MS;

  return !self->is_looking && (g_strcmp0 (which, self->which) != 0 || ABS (now_ms - self->looked_ms) >= believed_ms);
}

static void
start (SlPrinterLook *self, GPtrArray *printers)
{
  Round *round = g_new0 (Round, 1);
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  *round = (Round) { g_atomic_rc_box_acquire (self), g_ptr_array_ref (printers) };
  g_task_set_task_data (task, round, round_free);
  g_task_run_in_thread (task, look);
}

/**
 * sl_printer_look_see:
 * @self: it
 * @printers: (element-type SlPrinter): that are set up now; kept while they are looked at
 * @now_ms: the time of the moment
 *
 * Has them looked at where that was long ago, and does not wait for it.
 *
 * Returns: how the worst of them was the last time; as if all were well where nothing is known of them yet
 */
SlPrinterSeen
sl_printer_look_see (SlPrinterLook *self, GPtrArray *printers, gint64 now_ms)
{
  g_autofree char *which = NULL;
  SlPrinterSeen state;
  gboolean due;

  g_return_val_if_fail (self != NULL && printers != NULL, SL_PRINTER_READY);
  which = name_all (printers);
  g_mutex_lock (&self->lock);
  due = printers->len > 0 && is_due (self, which, now_ms);
  if (!self->is_looking && g_strcmp0 (which, self->which) != 0)
    {
      self->state = SL_PRINTER_READY;
      g_free (self->which);
      self->which = g_steal_pointer (&which);
    }
  if (due)
    {
      self->is_looking = TRUE;
      self->looked_ms = now_ms;
    }
  state = self->state;
  g_mutex_unlock (&self->lock);
  if (due)
    start (self, printers);
  return state;
}
