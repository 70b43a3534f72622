/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-phone-pad"

#include "phone-pad.h"

#include "birth-date.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define CAMERA_HEIGHT_MIN_PX 180 /* a phone with a code on it is still seen */

typedef enum { STEP_PHONE, STEP_PIN, STEP_BIRTH_DATE } Step;

struct _SlPhonePad {
  GtkBox parent_instance;

  GtkLabel *heading;
  GtkLabel *display;
  GtkLabel *wrong;
  GtkButton *other_button; /* birth date instead of PIN, and the other way round */
  GtkButton *phone_button; /* the number once more */
  GtkButton *next_button;
  SlCameraCard *camera_card;
  GtkLabel *hint;
  SlCameraShown camera;

  Step step;
  char phone[SL_PHONE_PAD_DIGITS_MAX + 1];
  char secret[SL_BIRTH_DATE_DIGITS + 1];
};

enum { SIGNAL_ENTERED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SlPhonePad, sl_phone_pad, GTK_TYPE_BOX)

/* Not with memset() alone: a compiler may leave out what nothing reads afterwards. */
static void
wipe (char *text, gsize size)
{
  volatile char *bytes = text;

  for (gsize i = 0; i < size; i++)
    bytes[i] = '\0';
}

static char *
typed (SlPhonePad *self)
{
  return self->step == STEP_PHONE ? self->phone : self->secret;
}

static gsize
digits_max (SlPhonePad *self)
{
  return self->step == STEP_PHONE ? SL_PHONE_PAD_DIGITS_MAX
         : self->step == STEP_PIN ? SL_PHONE_PAD_PIN_MAX : SL_BIRTH_DATE_DIGITS;
}

static gsize
digits_min (SlPhonePad *self)
{
  return self->step == STEP_PHONE ? SL_PHONE_PAD_DIGITS_MIN
         : self->step == STEP_PIN ? SL_PHONE_PAD_PIN_MIN : SL_BIRTH_DATE_DIGITS;
}

/* 082 555 0331 or +27 82 555 0331; a PIN as dots; a birth date with what is still missing. */
static char *
display_text (SlPhonePad *self)
{
  /* Translators: a birth date that is to be typed: two letters for the day, two for the month, four for the year, in
   * this order */
  const char *pattern = _("DDMMYYYY");
  gsize length = strlen (typed (self));
  gboolean is_abroad = self->step == STEP_PHONE && length > 0 && *self->phone != '0';
  GString *text = g_string_new (is_abroad ? "+" : NULL);

  for (gsize i = 0; i < length || (self->step == STEP_BIRTH_DATE && i < strlen (pattern)); i++)
    {
      if (self->step == STEP_PHONE && (is_abroad ? i == 2 || i == 4 || i == 7 : i == 3 || i == 6 || i == 10))
        g_string_append_c (text, ' ');
      if (self->step == STEP_BIRTH_DATE && (i == 2 || i == 4))
        g_string_append (text, " / ");
      if (self->step == STEP_PIN)
        g_string_append (text, "●");
      else
        g_string_append_c (text, i < length ? typed (self)[i] : pattern[i]);
    }
  return g_string_free (text, FALSE);
}

/* Where a number is typed a pass may be held out instead: at the first step there is room for the picture, too. */
static void
refresh_camera (SlPhonePad *self)
{
  const SlCameraWords no_words = { "", "", "" };

  sl_camera_card_set_shown (self->camera_card, self->camera, &no_words);
  gtk_widget_set_visible (GTK_WIDGET (self->camera_card),
                          self->camera == SL_CAMERA_SHOWN_LIVE && self->step == STEP_PHONE);
  gtk_label_set_label (self->hint, self->camera == SL_CAMERA_SHOWN_NONE ? _("Or hold your pass to the scanner.")
                       : _("Or hold your pass here."));
  gtk_widget_set_visible (GTK_WIDGET (self->hint), self->camera != SL_CAMERA_SHOWN_MISSING);
}

static void
refresh (SlPhonePad *self)
{
  g_autofree char *text = display_text (self);
  gboolean asks_phone = self->step == STEP_PHONE;

  gtk_label_set_label (self->heading, asks_phone ? _("Your phone number")
                       : self->step == STEP_PIN ? _("Your PIN") : _("Your birth date"));
  gtk_label_set_label (self->display, text);
  gtk_button_set_label (self->other_button, self->step == STEP_PIN ? _("I have no PIN: use my birth date")
                        : _("Use my PIN"));
  gtk_widget_set_visible (GTK_WIDGET (self->other_button), !asks_phone);
  gtk_widget_set_visible (GTK_WIDGET (self->phone_button), !asks_phone);
  gtk_button_set_label (self->next_button, asks_phone ? C_("number pad", "Next") : C_("number pad", "OK"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->next_button), strlen (typed (self)) >= digits_min (self));
  refresh_camera (self);
}

static void
say_wrong (SlPhonePad *self, const char *text)
{
  gtk_label_set_label (self->wrong, text);
  gtk_widget_set_visible (GTK_WIDGET (self->wrong), *text != '\0');
}

static void
go_to (SlPhonePad *self, Step step)
{
  wipe (self->secret, sizeof self->secret);
  self->step = step;
  say_wrong (self, "");
  refresh (self);
}

static void
on_digit (GtkButton *button, SlPhonePad *self)
{
  char *text = typed (self);
  gsize length = strlen (text);

  say_wrong (self, "");
  if (length < digits_max (self))
    {
      text[length] = *gtk_button_get_label (button);
      text[length + 1] = '\0';
    }
  refresh (self);
}

static void
on_delete (GtkButton *button, SlPhonePad *self)
{
  char *text = typed (self);
  gsize length = strlen (text);

  say_wrong (self, "");
  if (length > 0)
    text[length - 1] = '\0';
  refresh (self);
}

static void
on_other (GtkButton *button, SlPhonePad *self)
{
  go_to (self, self->step == STEP_PIN ? STEP_BIRTH_DATE : STEP_PIN);
}

static void
on_phone_again (GtkButton *button, SlPhonePad *self)
{
  go_to (self, STEP_PHONE);
}

/* Without a leading zero it is written with its country's code. */
static void
tell (SlPhonePad *self)
{
  char phone[SL_PHONE_PAD_DIGITS_MAX + 2], birth_date[SL_BIRTH_DATE_TEXT_BYTES] = "";

  g_snprintf (phone, sizeof phone, "%s%s", *self->phone == '0' ? "" : "+", self->phone);
  if (self->step == STEP_BIRTH_DATE && !sl_birth_date_of_digits (self->secret, birth_date))
    {
      wipe (self->secret, sizeof self->secret);
      refresh (self);
      say_wrong (self, _("There is no such day. Please type day, month and year"));
      return;
    }
  g_signal_emit (self, signals[SIGNAL_ENTERED], 0, phone, self->step == STEP_PIN ? self->secret : NULL,
                 self->step == STEP_PIN ? NULL : birth_date);
  wipe (birth_date, sizeof birth_date);
  wipe (phone, sizeof phone);
}

static void
on_next (GtkButton *button, SlPhonePad *self)
{
  if (strlen (typed (self)) < digits_min (self))
    return;
  if (self->step == STEP_PHONE)
    go_to (self, STEP_PIN);
  else
    {
      g_object_ref (self); /* the handler may replace the page */
      tell (self);
      g_object_unref (self);
    }
}

static void
sl_phone_pad_dispose (GObject *object)
{
  SlPhonePad *self = SL_PHONE_PAD (object);

  wipe (self->phone, sizeof self->phone);
  wipe (self->secret, sizeof self->secret);
  G_OBJECT_CLASS (sl_phone_pad_parent_class)->dispose (object);
}

static void
sl_phone_pad_class_init (SlPhonePadClass *class)
{
  /* Static: a signal's copies of a PIN would stay in memory. */
  const GType text = G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE;

  G_OBJECT_CLASS (class)->dispose = sl_phone_pad_dispose;
  signals[SIGNAL_ENTERED] = g_signal_new ("entered", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 3, text, text, text);
}

static GtkLabel *
add_label (GtkBox *box, const char *css_class)
{
  GtkLabel *label = GTK_LABEL (gtk_label_new (NULL));

  gtk_label_set_xalign (label, 0);
  gtk_label_set_wrap (label, TRUE);
  gtk_label_set_wrap_mode (label, PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (GTK_WIDGET (label), css_class);
  gtk_box_append (box, GTK_WIDGET (label));
  return label;
}

static GtkButton *
add_button (GtkBox *box, const char *label, GCallback callback, SlPhonePad *self)
{
  GtkWidget *button = gtk_button_new_with_label (label);
  GtkLabel *text = GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button)));

  gtk_label_set_wrap (text, TRUE);
  gtk_label_set_natural_wrap_mode (text, GTK_NATURAL_WRAP_NONE);
  gtk_label_set_justify (text, GTK_JUSTIFY_CENTER);
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  gtk_widget_add_css_class (button, "action");
  g_signal_connect (button, "clicked", callback, self);
  gtk_box_append (box, button);
  return GTK_BUTTON (button);
}

static GtkButton *
add_key (GtkGrid *keys, const char *label, int column, int row, GCallback callback, SlPhonePad *self)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_set_hexpand (button, TRUE);
  g_signal_connect (button, "clicked", callback, self);
  gtk_grid_attach (keys, button, column, row, 1, 1);
  return GTK_BUTTON (button);
}

static GtkWidget *
new_keys (SlPhonePad *self)
{
  GtkGrid *keys = GTK_GRID (gtk_grid_new ());
  GtkButton *delete_button;

  gtk_grid_set_row_spacing (keys, 12);
  gtk_grid_set_column_spacing (keys, 12);
  gtk_grid_set_column_homogeneous (keys, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (keys), "pin-pad");
  gtk_widget_set_valign (GTK_WIDGET (keys), GTK_ALIGN_START); /* in sight, however much is said beside it */
  gtk_widget_set_hexpand (GTK_WIDGET (keys), FALSE); /* where a thumb found a key it finds it again at the next step */
  for (int digit = 1; digit <= 9; digit++)
    {
      char label[2] = { (char) ('0' + digit), '\0' };

      add_key (keys, label, (digit - 1) % 3, (digit - 1) / 3, G_CALLBACK (on_digit), self);
    }
  delete_button = add_key (keys, "⌫", 0, 3, G_CALLBACK (on_delete), self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (delete_button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  /* Translators: the key that takes away the last digit */
                                  C_("number pad", "Delete"), -1);
  add_key (keys, "0", 1, 3, G_CALLBACK (on_digit), self);
  self->next_button = add_key (keys, "", 2, 3, G_CALLBACK (on_next), self);
  gtk_widget_add_css_class (GTK_WIDGET (self->next_button), "main");
  return GTK_WIDGET (keys);
}

static void
sl_phone_pad_init (SlPhonePad *self)
{
  GtkBox *words = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 0));

  gtk_widget_add_css_class (GTK_WIDGET (self), "sides");
  gtk_widget_add_css_class (GTK_WIDGET (self), "member-sides");
  gtk_widget_add_css_class (GTK_WIDGET (words), "member-words");
  gtk_widget_set_hexpand (GTK_WIDGET (words), TRUE);
  gtk_widget_set_vexpand (GTK_WIDGET (words), TRUE);
  self->heading = add_label (words, "title");
  self->display = add_label (words, "phone-display");
  self->wrong = add_label (words, "member-said");
  gtk_widget_set_visible (GTK_WIDGET (self->wrong), FALSE);
  self->other_button = add_button (words, "", G_CALLBACK (on_other), self);
  self->phone_button = add_button (words, _("Change the number"), G_CALLBACK (on_phone_again), self);
  self->camera_card = g_object_new (SL_TYPE_CAMERA_CARD, "vexpand", TRUE, "height-request", CAMERA_HEIGHT_MIN_PX, NULL);
  gtk_box_append (words, GTK_WIDGET (self->camera_card));
  self->hint = add_label (words, "body");
  gtk_widget_add_css_class (GTK_WIDGET (self->hint), "quiet");
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (words));
  gtk_box_append (GTK_BOX (self), new_keys (self));
}

/**
 * sl_phone_pad_new:
 *
 * Returns: (transfer floating): a pad that asks for the phone number, or a pass before the camera
 */
GtkWidget *
sl_phone_pad_new (void)
{
  SlPhonePad *self = g_object_new (SL_TYPE_PHONE_PAD, NULL);

  refresh (self);
  return GTK_WIDGET (self);
}

/**
 * sl_phone_pad_try_again:
 * @self: a pad
 * @why: what has gone wrong and what to do; stands until something is typed
 *
 * It did not match: the PIN or the date is typed once more, the number stays.
 */
void
sl_phone_pad_try_again (SlPhonePad *self, const char *why)
{
  g_return_if_fail (SL_IS_PHONE_PAD (self) && why != NULL);
  go_to (self, self->step);
  say_wrong (self, why);
}

/**
 * sl_phone_pad_set_camera:
 * @self: a pad
 * @shown: how the camera is
 *
 * Shows its picture, or says what a pass is held to instead; where nothing reads passes, nothing.
 */
void
sl_phone_pad_set_camera (SlPhonePad *self, SlCameraShown shown)
{
  g_return_if_fail (SL_IS_PHONE_PAD (self));
  self->camera = shown;
  refresh_camera (self);
}

/**
 * sl_phone_pad_set_picture:
 * @self: a pad
 * @texture: the newest picture
 * @mirrored: whether to show it like a mirror
 *
 * Shows a picture of the camera. Its state is told apart, with sl_phone_pad_set_camera().
 */
void
sl_phone_pad_set_picture (SlPhonePad *self, GdkTexture *texture, gboolean mirrored)
{
  g_return_if_fail (SL_IS_PHONE_PAD (self));
  if (self->step == STEP_PHONE)
    sl_camera_card_set_picture (self->camera_card, texture, mirrored);
}
