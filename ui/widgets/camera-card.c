/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-camera-card"

#include "camera-card.h"

#include "camera-view.h"

#include <glib/gi18n-lib.h>

struct _SlCameraCard {
  GtkBox parent_instance;

  GtkStack *stack;
  SlCameraView *view;
  GtkImage *icon;
  GtkLabel *headline_label;
  GtkLabel *next_label;
};

G_DEFINE_FINAL_TYPE (SlCameraCard, sl_camera_card, GTK_TYPE_BOX)

static void
sl_camera_card_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SL_TYPE_CAMERA_CARD);
  G_OBJECT_CLASS (sl_camera_card_parent_class)->dispose (object);
}

static void
sl_camera_card_class_init (SlCameraCardClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sl_camera_card_dispose;
  g_type_ensure (SL_TYPE_CAMERA_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/za/studioloop/kiosk/ui/widgets/camera-card.ui");
  gtk_widget_class_bind_template_child (widget_class, SlCameraCard, stack);
  gtk_widget_class_bind_template_child (widget_class, SlCameraCard, view);
  gtk_widget_class_bind_template_child (widget_class, SlCameraCard, icon);
  gtk_widget_class_bind_template_child (widget_class, SlCameraCard, headline_label);
  gtk_widget_class_bind_template_child (widget_class, SlCameraCard, next_label);
}

static void
sl_camera_card_init (SlCameraCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * sl_camera_card_set_shown:
 * @self: a card
 * @shown: how the camera is
 * @words: of the page that it stands on
 *
 * Shows the camera's picture, or says in its place why there is none.
 */
void
sl_camera_card_set_shown (SlCameraCard *self, SlCameraShown shown, const SlCameraWords *words)
{
  const char *icon_name = "sl-camera-missing-symbolic";
  const char *headline = "", *next = "";

  g_return_if_fail (SL_IS_CAMERA_CARD (self) && words != NULL);
  switch (shown)
    {
    case SL_CAMERA_SHOWN_STARTING:
      icon_name = "sl-camera-symbolic";
      headline = _("The camera is starting");
      break;
    case SL_CAMERA_SHOWN_MISSING:
      headline = _("The camera is not there");
      next = words->missing_next;
      sl_camera_view_set_texture (self->view, NULL);
      break;
    case SL_CAMERA_SHOWN_NONE:
      icon_name = "sl-code-symbolic";
      headline = words->scanner;
      next = words->scanner_next;
      break;
    case SL_CAMERA_SHOWN_LIVE:
    default:
      break;
    }
  gtk_image_set_from_icon_name (self->icon, icon_name);
  gtk_label_set_label (self->headline_label, headline);
  gtk_label_set_label (self->next_label, next);
  gtk_widget_set_visible (GTK_WIDGET (self->next_label), *next != '\0');
  gtk_stack_set_visible_child_name (self->stack, shown == SL_CAMERA_SHOWN_LIVE ? "live" : "missing");
}

/**
 * sl_camera_card_set_picture:
 * @self: a card
 * @texture: the newest picture
 * @mirrored: whether to show it like a mirror
 *
 * Whether it is seen is told apart, with sl_camera_card_set_shown().
 */
void
sl_camera_card_set_picture (SlCameraCard *self, GdkTexture *texture, gboolean mirrored)
{
  g_return_if_fail (SL_IS_CAMERA_CARD (self));
  sl_camera_view_set_mirrored (self->view, mirrored);
  sl_camera_view_set_texture (self->view, texture);
}
