/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-notice-page"

#include "notice-page.h"

#include "core/error.h"
#include "text-fill.h"

#include <glib/gi18n-lib.h>

struct _SlNoticePage {
  SlShapeBin parent_instance;

  GtkImage *icon;
  GtkLabel *headline_label;
  GtkLabel *text_label;
  GtkLabel *detail_label;
};

typedef struct {
  const char *headline, *text; /* sentences for sl_text_fill(): {dir} */
} Notice;

/* Translators: full pages for staff when the kiosk cannot open its data. {dir} is a directory; what stands after a
 * colon on its own line is a command to type and must stay as it is. */
static const Notice notices[] = {
  [SL_ERROR_STORAGE] = { N_("The disk can't be used"),
                         N_("The studio's data could not be read or written. Check the disk, then start this device "
                            "again. Check members in on paper until then.") },
  [SL_ERROR_CORRUPT] = { N_("The studio's data is damaged"),
                         N_("Nothing is changed until it has been looked at. Run:\n\nstudioloop --data {dir} verify\n\n"
                            "and call support, or restore the newest backup.") },
  [SL_ERROR_DISK_FULL] = { N_("The disk is full"),
                           N_("Free some space on the disk that holds {dir}. The door opens again by itself.") },
  [SL_ERROR_READ_ONLY] = { N_("The studio's data can't be written"),
                           N_("This program needs to write to {dir}. Check who owns it and whether the disk is "
                              "mounted read-only. The door opens again by itself.") },
  [SL_ERROR_TOO_NEW] = { N_("This program is too old"),
                         N_("The studio's data was written by a newer version. Update the software on this device.") },
  [SL_ERROR_BUSY] = { N_("One moment"),
                      N_("Another program is working on the studio's data. The door opens by itself.") },
  [SL_ERROR_LAST] = { N_("The door can't be opened"),
                      N_("The studio's data in {dir} could not be opened. Call support.") },
};

G_DEFINE_FINAL_TYPE (SlNoticePage, sl_notice_page, SL_TYPE_SHAPE_BIN)

static const Notice *
notice_of_error (const GError *error)
{
  gboolean is_ours = error->domain == SL_ERROR && error->code >= 0 && error->code < SL_ERROR_LAST;

  return is_ours && notices[error->code].headline != NULL ? &notices[error->code] : &notices[SL_ERROR_LAST];
}

static void
sl_notice_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SL_TYPE_NOTICE_PAGE);
  G_OBJECT_CLASS (sl_notice_page_parent_class)->dispose (object);
}

static void
sl_notice_page_class_init (SlNoticePageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sl_notice_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/za/studioloop/kiosk/ui/notice-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SlNoticePage, icon);
  gtk_widget_class_bind_template_child (widget_class, SlNoticePage, headline_label);
  gtk_widget_class_bind_template_child (widget_class, SlNoticePage, text_label);
  gtk_widget_class_bind_template_child (widget_class, SlNoticePage, detail_label);
}

static void
sl_notice_page_init (SlNoticePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * sl_notice_page_new:
 *
 * Returns: (transfer floating): an empty page
 */
GtkWidget *
sl_notice_page_new (void)
{
  return g_object_new (SL_TYPE_NOTICE_PAGE, NULL);
}

/**
 * sl_notice_page_set_error:
 * @self: a page
 * @error: why the door cannot be opened
 * @data_dir: the data directory, as it was named
 *
 * Says what is wrong and what to do. The error's own words stand below, small, for whoever is asked for help.
 */
void
sl_notice_page_set_error (SlNoticePage *self, const GError *error, const char *data_dir)
{
  const Notice *notice;

  g_return_if_fail (SL_IS_NOTICE_PAGE (self));
  g_return_if_fail (error != NULL && data_dir != NULL);
  notice = notice_of_error (error);
  g_autofree char *text = sl_text_fill (_(notice->text), "dir", data_dir, NULL);
  gtk_image_set_from_icon_name (self->icon, "sl-attention-symbolic");
  gtk_label_set_label (self->headline_label, _(notice->headline));
  gtk_label_set_label (self->text_label, text);
  gtk_label_set_label (self->detail_label, error->message);
}
