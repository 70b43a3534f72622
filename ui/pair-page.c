/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-pair-page"

#include "pair-page.h"

#include "parts.h"
#include "text-fill.h"
#include "widgets/camera-card.h"

#include <glib/gi18n-lib.h>

/* Longer than any address with a code behind it: a scanner that types goes on until it sends Enter. */
#define TEXT_MAX_CHARS 1024

struct _SlPairPage {
  SlShapeBin parent_instance;

  GtkBox *columns;
  SlCameraCard *camera_card;
  GtkLabel *aim_label;
  GtkEntry *entry;
  GtkButton *pair_button;
  GtkButton *stop_button;
  GtkButton *back_button;
  GtkSpinner *spinner;
  GtkImage *status_icon;
  GtkLabel *status_label;
  GtkLabel *status_next;
  GtkLabel *status_detail;
  GtkLabel *founder_label;
};

enum { SIGNAL_TEXT_ENTERED, SIGNAL_STOP, SIGNAL_LEFT, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SlPairPage, sl_pair_page, SL_TYPE_SHAPE_BIN)

typedef struct {
  const char *icon_name;      /* (nullable): a spinner in its place */
  const char *headline, *next;
} Words;

/* Translators: on the first page of a new device, which is joined to a studio by a code that the studio's hub (its
 * server) shows. A headline, and below it what to do. */
static const Words words[] = {
  [SL_PAIR_SHOWN_WAITING] = { "sl-code-symbolic", N_("Waiting for a code"),
                              N_("At the hub, studioloop-hub pairing-code makes one. It is good once, for ten "
                                 "minutes.") },
  [SL_PAIR_SHOWN_PAIRING] = { NULL, N_("Pairing"),
                              N_("The hub hands over the studio. A large one takes some minutes.") },
  [SL_PAIR_SHOWN_PAIRED] = { "sl-door-symbolic", N_("Paired"), N_("The door opens.") },
  [SL_PAIR_SHOWN_FOREIGN] = { "sl-question-symbolic", N_("That is no pairing code"),
                              N_("A pairing code is the hub's address and a code, such as "
                                 "https://hub.example#D7WB-WXHK-NK4P.") },
  [SL_PAIR_SHOWN_STUDIO_CODE] = { "sl-question-symbolic", N_("That is a pass, not a pairing code"),
                                  N_("Passes open the door once this device is paired. Hold the hub's code there.") },
  [SL_PAIR_SHOWN_NO_CODE] = { "sl-question-symbolic", N_("The code is missing"),
                              N_("Behind the hub's address comes # and the code: 12 letters and digits.") },
  [SL_PAIR_SHOWN_PLAIN] = { "sl-attention-symbolic", N_("This hub's address is not safe"),
                            N_("It begins with http://, and anybody on the way could listen. Give the hub an address "
                               "with https://, then make a new code there.") },
  [SL_PAIR_SHOWN_SPENT] = { "sl-refused-symbolic", N_("The hub does not take this code"),
                            N_("Each code is good once, for ten minutes. Make a new one at the hub.") },
  [SL_PAIR_SHOWN_NOT_FOUNDED] = { "sl-refused-symbolic", N_("The hub has no studio for this code yet"),
                                  N_("The device where the studio was set up pairs first: with this code, by "
                                     "studioloop pair.") },
  [SL_PAIR_SHOWN_OFFLINE] = { "sl-attention-symbolic", N_("The hub can't be reached"),
                              N_("Check this device's network cable or Wi-Fi, and the hub. Then press Pair again.") },
  [SL_PAIR_SHOWN_BUSY] = { "sl-attention-symbolic", N_("The hub is busy"),
                           N_("Wait a little, then press Pair again.") },
  [SL_PAIR_SHOWN_CLOCK] = { "sl-clock-symbolic", N_("This device's clock is wrong"),
                            N_("Set its time, then make a new code at the hub.") },
  [SL_PAIR_SHOWN_REFUSED] = { "sl-refused-symbolic", N_("The hub did not let this device in"),
                              N_("Make a new code at the hub and try again. If that does not help, call support.") },
  [SL_PAIR_SHOWN_STORAGE] = { "sl-attention-symbolic", N_("The studio can't be kept on this device"),
                              N_("Check its disk and who owns the data directory. Then make a new code at the "
                                 "hub.") },
};
G_STATIC_ASSERT (G_N_ELEMENTS (words) == SL_PAIR_SHOWN_LAST);

static void
enter_text (SlPairPage *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));

  if (*text != '\0' && gtk_editable_get_editable (GTK_EDITABLE (self->entry)))
    g_signal_emit (self, signals[SIGNAL_TEXT_ENTERED], 0, text);
}

static void
stop (SlPairPage *self)
{
  g_signal_emit (self, signals[SIGNAL_STOP], 0);
}

static void
leave (SlPairPage *self)
{
  g_signal_emit (self, signals[SIGNAL_LEFT], 0);
}

/* A scanner that types does not know where the focus is. */
static gboolean
on_key_pressed (GtkEventControllerKey *keys, guint key, guint code, GdkModifierType state, SlPairPage *self)
{
  GtkWidget *text = GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (self->entry)));
  gunichar character = gdk_keyval_to_unicode (key);

  if (gtk_widget_has_focus (text) || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0
      || !g_unichar_isgraph (character) || !gtk_editable_get_editable (GTK_EDITABLE (self->entry)))
    return GDK_EVENT_PROPAGATE;
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  return gtk_event_controller_key_forward (keys, text);
}

static void
sl_pair_page_map (GtkWidget *widget)
{
  SlPairPage *self = SL_PAIR_PAGE (widget);

  GTK_WIDGET_CLASS (sl_pair_page_parent_class)->map (widget);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

static void
sl_pair_page_shape_changed (SlShapeBin *bin, SlShape shape)
{
  SlPairPage *self = SL_PAIR_PAGE (bin);

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->columns), shape == SL_SHAPE_PORTRAIT
                                  ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
  gtk_box_set_homogeneous (self->columns, shape != SL_SHAPE_PORTRAIT);
}

static void
sl_pair_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SL_TYPE_PAIR_PAGE);
  G_OBJECT_CLASS (sl_pair_page_parent_class)->dispose (object);
}

static void
sl_pair_page_class_init (SlPairPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sl_pair_page_dispose;
  widget_class->map = sl_pair_page_map;
  SL_SHAPE_BIN_CLASS (class)->shape_changed = sl_pair_page_shape_changed;
  signals[SIGNAL_TEXT_ENTERED] = g_signal_new ("text-entered", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
                                               NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_STOP] = g_signal_new ("stop", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 0);
  signals[SIGNAL_LEFT] = g_signal_new ("left", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 0);

  g_type_ensure (SL_TYPE_CAMERA_CARD);
  gtk_widget_class_set_template_from_resource (widget_class, "/za/studioloop/kiosk/ui/pair-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SlPairPage, columns);
  gtk_widget_class_bind_template_child (widget_class, SlPairPage, camera_card);
  gtk_widget_class_bind_template_child (widget_class, SlPairPage, aim_label);
  gtk_widget_class_bind_template_child (widget_class, SlPairPage, entry);
  gtk_widget_class_bind_template_child (widget_class, SlPairPage, pair_button);
  gtk_widget_class_bind_template_child (widget_class, SlPairPage, stop_button);
  gtk_widget_class_bind_template_child (widget_class, SlPairPage, back_button);
  gtk_widget_class_bind_template_child (widget_class, SlPairPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, SlPairPage, status_icon);
  gtk_widget_class_bind_template_child (widget_class, SlPairPage, status_label);
  gtk_widget_class_bind_template_child (widget_class, SlPairPage, status_next);
  gtk_widget_class_bind_template_child (widget_class, SlPairPage, status_detail);
  gtk_widget_class_bind_template_child (widget_class, SlPairPage, founder_label);
  gtk_widget_class_bind_template_callback (widget_class, enter_text);
  gtk_widget_class_bind_template_callback (widget_class, stop);
  gtk_widget_class_bind_template_callback (widget_class, leave);
}

static void
sl_pair_page_init (SlPairPage *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_entry_set_max_length (self->entry, TEXT_MAX_CHARS);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  sl_pair_page_shape_changed (SL_SHAPE_BIN (self), SL_SHAPE_ROOMY);
  sl_pair_page_set_camera (self, SL_CAMERA_SHOWN_STARTING);
  sl_pair_page_set_shown (self, SL_PAIR_SHOWN_WAITING, NULL);
}

/**
 * sl_pair_page_new:
 *
 * Returns: (transfer floating): a page that waits for a code, in the language of the moment
 */
GtkWidget *
sl_pair_page_new (void)
{
  return g_object_new (SL_TYPE_PAIR_PAGE, NULL);
}

/**
 * sl_pair_page_set_data_dir:
 * @self: a page
 * @data_dir: the data directory, as it was named
 *
 * Says how a demo studio is made there instead.
 */
void
sl_pair_page_set_data_dir (SlPairPage *self, const char *data_dir)
{
  g_return_if_fail (SL_IS_PAIR_PAGE (self));
  g_return_if_fail (data_dir != NULL);
  /* Translators: {dir} is a directory; what stands on a line of its own is a command to type and must stay as it is */
  g_autofree char *text = sl_text_fill (_("A demo studio to try is made by:\n\nstudioloop --data {dir} demo"), "dir",
                                        data_dir, NULL);
  gtk_label_set_label (self->founder_label, text);
}

/**
 * sl_pair_page_set_camera:
 * @self: a page
 * @shown: how the camera is
 *
 * Shows the camera's picture, or says in its place what to do without.
 */
void
sl_pair_page_set_camera (SlPairPage *self, SlCameraShown shown)
{
  const SlCameraWords instead = { _("Type the hub's code instead. We keep trying."),
                                  _("Hold the hub's code to the scanner"), _("Or type it.") };

  g_return_if_fail (SL_IS_PAIR_PAGE (self));
  sl_camera_card_set_shown (self->camera_card, shown, &instead);
  gtk_widget_set_visible (GTK_WIDGET (self->aim_label), shown == SL_CAMERA_SHOWN_LIVE);
}

/**
 * sl_pair_page_set_picture:
 * @self: a page
 * @texture: the newest picture
 * @mirrored: whether to show it like a mirror
 *
 * Shows a picture of the camera. Its state is told apart, with sl_pair_page_set_camera().
 */
void
sl_pair_page_set_picture (SlPairPage *self, GdkTexture *texture, gboolean mirrored)
{
  g_return_if_fail (SL_IS_PAIR_PAGE (self));
  sl_camera_card_set_picture (self->camera_card, texture, mirrored);
}

/**
 * sl_pair_page_set_text:
 * @self: a page
 * @text: a pairing code that was read
 *
 * Puts it where it can be seen, corrected and sent once more.
 */
void
sl_pair_page_set_text (SlPairPage *self, const char *text)
{
  g_return_if_fail (SL_IS_PAIR_PAGE (self));
  g_return_if_fail (text != NULL);
  gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
}

/**
 * sl_pair_page_set_shown:
 * @self: a page
 * @shown: how it goes
 * @detail: (nullable): a failure's own words, for whoever is asked for help
 *
 * Says it, and what to do. While it pairs nothing can be typed; afterwards what is typed replaces what was.
 */
void
sl_pair_page_set_shown (SlPairPage *self, SlPairShown shown, const char *detail)
{
  g_return_if_fail (SL_IS_PAIR_PAGE (self));
  g_return_if_fail (shown >= 0 && shown < SL_PAIR_SHOWN_LAST);
  const Words *say = &words[shown];
  gboolean is_pairing = shown == SL_PAIR_SHOWN_PAIRING;
  gboolean takes_text = !is_pairing && shown != SL_PAIR_SHOWN_PAIRED;

  gtk_spinner_set_spinning (self->spinner, is_pairing);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), is_pairing);
  gtk_widget_set_visible (GTK_WIDGET (self->status_icon), !is_pairing);
  if (say->icon_name != NULL)
    gtk_image_set_from_icon_name (self->status_icon, say->icon_name);
  gtk_label_set_label (self->status_label, _(say->headline));
  gtk_label_set_label (self->status_next, _(say->next));
  gtk_label_set_label (self->status_detail, detail != NULL ? detail : "");
  gtk_widget_set_visible (GTK_WIDGET (self->status_detail), detail != NULL);
  /* Not insensitive: in GTK 4.8 a field that loses the focus that way goes on blinking, and warns. */
  gtk_editable_set_editable (GTK_EDITABLE (self->entry), takes_text);
  sl_parts_set_class (GTK_WIDGET (self->entry), "busy", !takes_text);
  gtk_widget_set_visible (GTK_WIDGET (self->pair_button), !is_pairing);
  gtk_widget_set_sensitive (GTK_WIDGET (self->pair_button), takes_text);
  gtk_widget_set_visible (GTK_WIDGET (self->stop_button), is_pairing);
  gtk_widget_set_sensitive (GTK_WIDGET (self->back_button), takes_text);
  if (takes_text && gtk_widget_get_mapped (GTK_WIDGET (self)))
    gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  if (takes_text)
    gtk_editable_select_region (GTK_EDITABLE (self->entry), 0, -1);
}
