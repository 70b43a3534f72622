/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-board-row"

#include "board-row.h"

#include "date-words.h"
#include "text-fill.h"

#include <glib/gi18n-lib.h>

#define FREE_LONG_CHARS 15 /* more take a second line, else the class would have no room */

struct _SlBoardRow {
  GtkBox parent_instance;

  GtkLabel *day_label;
  GtkLabel *time_label;
  GtkLabel *class_label;
  GtkLabel *where_label;
  GtkLabel *free_label;
};

G_DEFINE_FINAL_TYPE (SlBoardRow, sl_board_row, GTK_TYPE_BOX)

static char *
free_words (const SlBoardSession *session, gint64 now_ms)
{
  if (session->start_ms <= now_ms)
    /* Translators: a class on the list of the next ones that has begun already */
    return g_strdup (_("has started"));
  if (session->free <= 0)
    /* Translators: a class without free spots */
    return g_strdup (_("full"));
  g_autofree char *count = g_strdup_printf ("%d", session->free);
  /* Translators: free spots in a class; {n} is the number */
  return sl_text_fill (g_dngettext (GETTEXT_PACKAGE, "{n} free", "{n} free", session->free), "n", count, NULL);
}

static void
sl_board_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SL_TYPE_BOARD_ROW);
  G_OBJECT_CLASS (sl_board_row_parent_class)->dispose (object);
}

static void
sl_board_row_class_init (SlBoardRowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sl_board_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/za/studioloop/kiosk/ui/board-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SlBoardRow, day_label);
  gtk_widget_class_bind_template_child (widget_class, SlBoardRow, time_label);
  gtk_widget_class_bind_template_child (widget_class, SlBoardRow, class_label);
  gtk_widget_class_bind_template_child (widget_class, SlBoardRow, where_label);
  gtk_widget_class_bind_template_child (widget_class, SlBoardRow, free_label);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST_ITEM);
}

static void
sl_board_row_init (SlBoardRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * sl_board_row_new:
 * @session: a session; only read
 * @day: (nullable): a heading above it, where its day differs from that of the row before
 * @now_ms: UTC milliseconds of the moment
 * @zone: the studio's zone
 *
 * Returns: (transfer floating): a row that says when, what, where and how many spots are free
 */
GtkWidget *
sl_board_row_new (const SlBoardSession *session, const char *day, gint64 now_ms, GTimeZone *zone)
{
  SlBoardRow *self;

  g_return_val_if_fail (session != NULL && zone != NULL, NULL);
  self = g_object_new (SL_TYPE_BOARD_ROW, NULL);
  g_autofree char *time = sl_date_words_time (session->start_ms, zone);
  g_autofree char *where = sl_text_join (" · ", session->room_name != NULL ? session->room_name : "",
                                         session->instructor_name != NULL ? session->instructor_name : "", NULL);
  g_autofree char *spots = free_words (session, now_ms);
  g_autofree char *spoken = sl_text_join (", ", day != NULL ? day : "", time, session->class_name, where, spots, NULL);

  gtk_label_set_label (self->time_label, time);
  gtk_label_set_label (self->class_label, session->class_name);
  gtk_label_set_label (self->where_label, where);
  gtk_widget_set_visible (GTK_WIDGET (self->where_label), *where != '\0');
  gtk_label_set_label (self->free_label, spots);
  gtk_label_set_wrap (self->free_label, g_utf8_strlen (spots, -1) > FREE_LONG_CHARS);
  if (day != NULL)
    gtk_label_set_label (self->day_label, day);
  gtk_widget_set_visible (GTK_WIDGET (self->day_label), day != NULL);
  if (session->start_ms <= now_ms || session->free <= 0)
    gtk_widget_add_css_class (GTK_WIDGET (self), "closed");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  return GTK_WIDGET (self);
}
