/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-attention-page"

#include "attention-page.h"

#include "text-fill.h"

#include <glib/gi18n-lib.h>

struct _SlAttentionPage {
  SlShapeBin parent_instance;

  GtkLabel *title_label;
  GtkBox *list;
};

G_DEFINE_FINAL_TYPE (SlAttentionPage, sl_attention_page, SL_TYPE_SHAPE_BIN)

static void
sl_attention_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SL_TYPE_ATTENTION_PAGE);
  G_OBJECT_CLASS (sl_attention_page_parent_class)->dispose (object);
}

static void
sl_attention_page_class_init (SlAttentionPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sl_attention_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/za/studioloop/kiosk/ui/attention-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SlAttentionPage, title_label);
  gtk_widget_class_bind_template_child (widget_class, SlAttentionPage, list);
}

static void
sl_attention_page_init (SlAttentionPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * sl_attention_page_new:
 *
 * Returns: (transfer floating): a page that lists nothing yet
 */
GtkWidget *
sl_attention_page_new (void)
{
  return g_object_new (SL_TYPE_ATTENTION_PAGE, NULL);
}

/**
 * sl_attention_page_set_items:
 * @self: a page
 * @items: what needs somebody; a reference is kept
 * @rows: how one is shown; static
 * @user_data: for @rows; outlives the page
 */
void
sl_attention_page_set_items (SlAttentionPage *self, GPtrArray *items, const SlListRows *rows, gpointer user_data)
{
  g_return_if_fail (SL_IS_ATTENTION_PAGE (self));
  sl_list_fill (self->list, items, rows, user_data);
}

/**
 * sl_attention_page_set_count:
 * @self: a page
 * @count: how many things need somebody
 */
void
sl_attention_page_set_count (SlAttentionPage *self, guint count)
{
  g_autofree char *n = g_strdup_printf ("%u", count);
  g_autofree char *text = NULL;

  g_return_if_fail (SL_IS_ATTENTION_PAGE (self));
  text = count == 0 ? g_strdup (_("Nothing needs attention"))
                    : sl_text_fill (g_dngettext (GETTEXT_PACKAGE, "{n} thing needs attention",
                                                 "{n} things need attention", count), "n", n, NULL);
  gtk_label_set_label (self->title_label, text);
}
