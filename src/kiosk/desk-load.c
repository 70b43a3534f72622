/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-load"

#include "desk-load.h"

/**
 * sl_desk_load_begin:
 * @self: what is being read
 * @desk: the desk
 * @page: which shows it
 *
 * Nothing is read that nobody sees or may see.
 *
 * Returns: whether to read it now; sl_desk_load_end() when it is there
 */
gboolean
sl_desk_load_begin (SlDeskLoad *self, SlDesk *desk, GtkWidget *page)
{
  self->is_stale = self->is_running;
  if (self->is_running || !gtk_widget_get_mapped (page) || sl_desk_get_staff (desk) == NULL)
    return FALSE;
  self->is_running = TRUE;
  return TRUE;
}

/**
 * sl_desk_load_end:
 * @self: what was being read
 *
 * Returns: whether it has changed meanwhile, and is to be read again
 */
gboolean
sl_desk_load_end (SlDeskLoad *self)
{
  self->is_running = FALSE;
  return self->is_stale;
}
