/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-pass-view"

#include "pass-view.h"

#include "parts.h"

#define SIDE_MIN_PX 264 /* a telephone half a metre away reads it */

struct _SlPassView {
  GtkBox parent_instance;

  GtkPicture *picture;
  GtkLabel *note_label;
};

G_DEFINE_FINAL_TYPE (SlPassView, sl_pass_view, GTK_TYPE_BOX)

static void
sl_pass_view_class_init (SlPassViewClass *class)
{
}

static void
sl_pass_view_init (SlPassView *self)
{
  GtkWidget *frame = sl_parts_box (GTK_ORIENTATION_VERTICAL, "pass-frame", 0);

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_widget_add_css_class (GTK_WIDGET (self), "pass-view");
  self->picture = GTK_PICTURE (gtk_picture_new ());
  gtk_picture_set_content_fit (self->picture, GTK_CONTENT_FIT_CONTAIN);
  gtk_widget_set_size_request (GTK_WIDGET (self->picture), SIDE_MIN_PX, SIDE_MIN_PX);
  gtk_widget_set_halign (frame, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (frame, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (frame), GTK_WIDGET (self->picture));
  gtk_box_append (GTK_BOX (self), frame);
  self->note_label = GTK_LABEL (sl_parts_label (NULL, "pass-note"));
  gtk_label_set_xalign (self->note_label, 0.5);
  gtk_label_set_justify (self->note_label, GTK_JUSTIFY_CENTER);
  gtk_label_set_max_width_chars (self->note_label, 32);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->note_label));
}

/**
 * sl_pass_view_new:
 *
 * Returns: (transfer floating): a place for a code
 */
GtkWidget *
sl_pass_view_new (void)
{
  return g_object_new (SL_TYPE_PASS_VIEW, NULL);
}

/**
 * sl_pass_view_set_code:
 * @self: a place for a code
 * @code: (nullable): black on white, with its quiet zone; %NULL: nothing is shown
 * @note: (nullable): what it is for
 */
void
sl_pass_view_set_code (SlPassView *self, GdkTexture *code, const char *note)
{
  g_return_if_fail (SL_IS_PASS_VIEW (self));
  gtk_picture_set_paintable (self->picture, GDK_PAINTABLE (code));
  gtk_picture_set_alternative_text (self->picture, note);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->picture), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  note != NULL ? note : "", -1);
  gtk_label_set_label (self->note_label, note != NULL ? note : "");
  gtk_widget_set_visible (GTK_WIDGET (self), code != NULL);
}
