/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-state-box"

#include "state-box.h"

#include "text-fill.h"

#include <glib/gi18n-lib.h>

#define SPACING_PX 8
#define WIDE_PX (G_MAXINT / 4) /* wider than all words in one line */

struct _SlStateBox {
  GtkWidget parent_instance;

  GtkWidget *button; /* the first child; the words come after it */
  guint lines, n;
};

enum { SIGNAL_TOGGLED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SlStateBox, sl_state_box, GTK_TYPE_WIDGET)

static int
natural_width (GtkWidget *widget)
{
  int width;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &width, NULL, NULL);
  return width;
}

static int
natural_height (GtkWidget *widget)
{
  int height;

  gtk_widget_measure (widget, GTK_ORIENTATION_VERTICAL, -1, NULL, &height, NULL, NULL);
  return height;
}

/* What has been put into lines so far. */
typedef struct {
  int width;
  guint lines;  /* at most */
  gboolean set; /* the words are put there, from y on; else only measured */
  int y;
  int height;   /* (out) */
  gboolean all; /* (out) */
} Lines;

static void
lay_out (SlStateBox *self, Lines *lines)
{
  int x = 0, y = 0;
  guint line = 1;

  lines->height = 0;
  lines->all = TRUE;
  for (GtkWidget *child = gtk_widget_get_next_sibling (self->button); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      int width = natural_width (child), height = natural_height (child);

      if (x > 0 && x + width > lines->width)
        {
          lines->all = lines->all && line < lines->lines;
          x = 0;
          y = lines->height + SPACING_PX;
          line++;
        }
      if (lines->set)
        gtk_widget_set_child_visible (child, lines->all);
      if (lines->set && lines->all)
        gtk_widget_size_allocate (child, &(GtkAllocation) { x, lines->y + y, width, height }, -1);
      if (lines->all)
        lines->height = MAX (lines->height, y + height);
      x += width + SPACING_PX;
    }
}

/* The words beside the button, and how high both are before it is pressed. */
static Lines
measure_beside (SlStateBox *self, int width)
{
  Lines lines = { .width = width - natural_width (self->button) - SPACING_PX, .lines = self->lines };

  lay_out (self, &lines);
  return lines;
}

static void
sl_state_box_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  SlStateBox *self = SL_STATE_BOX (widget);
  Lines lines = { .width = width, .lines = self->lines }, beside;
  int button_width = natural_width (self->button), button_height = natural_height (self->button);

  lay_out (self, &lines);
  gtk_widget_set_child_visible (self->button, !lines.all);
  lines.set = TRUE;
  if (!lines.all)
    {
      /* The button stays under the finger that opens it. */
      beside = measure_beside (self, width);
      lines.width = beside.width;
      lines.lines = sl_state_box_is_open (self) ? G_MAXUINT : self->lines;
      lines.y = MAX ((button_height - beside.height) / 2, 0);
      gtk_widget_size_allocate (self->button, &(GtkAllocation) { width - button_width,
                                MAX ((beside.height - button_height) / 2, 0), button_width, button_height }, -1);
    }
  lay_out (self, &lines);
}

static int
measure_height (SlStateBox *self, int width)
{
  Lines lines = { .width = width < 0 ? WIDE_PX : width, .lines = self->lines }, beside;
  int above;

  lay_out (self, &lines);
  if (lines.all)
    return lines.height;
  beside = measure_beside (self, width);
  above = MAX ((natural_height (self->button) - beside.height) / 2, 0);
  if (sl_state_box_is_open (self))
    {
      lines.width = beside.width;
      lines.lines = G_MAXUINT;
      lay_out (self, &lines);
      beside.height = lines.height;
    }
  return MAX (beside.height + above, natural_height (self->button));
}

static void
sl_state_box_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                      int *minimum_baseline, int *natural_baseline)
{
  SlStateBox *self = SL_STATE_BOX (widget);

  *minimum = *natural = 0;
  *minimum_baseline = *natural_baseline = -1;
  if (orientation == GTK_ORIENTATION_VERTICAL)
    {
      *minimum = *natural = measure_height (self, for_size);
      return;
    }
  for (GtkWidget *child = gtk_widget_get_next_sibling (self->button); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      int width = natural_width (child);

      *minimum = MAX (*minimum, width);
      *natural += width + (*natural > 0 ? SPACING_PX : 0);
    }
  if (self->n > self->lines)
    *minimum += SPACING_PX + natural_width (self->button);
  *natural = MAX (*natural, *minimum);
}

static GtkSizeRequestMode
sl_state_box_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
on_toggled (GtkToggleButton *button, SlStateBox *self)
{
  gtk_widget_queue_resize (GTK_WIDGET (self));
  g_signal_emit (self, signals[SIGNAL_TOGGLED], 0);
}

static void
sl_state_box_dispose (GObject *object)
{
  SlStateBox *self = SL_STATE_BOX (object);

  if (self->button != NULL)
    {
      sl_state_box_clear (self);
      g_clear_pointer (&self->button, gtk_widget_unparent);
    }
  G_OBJECT_CLASS (sl_state_box_parent_class)->dispose (object);
}

static void
sl_state_box_class_init (SlStateBoxClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sl_state_box_dispose;
  signals[SIGNAL_TOGGLED] = g_signal_new ("toggled", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
  widget_class->size_allocate = sl_state_box_size_allocate;
  widget_class->measure = sl_state_box_measure;
  widget_class->get_request_mode = sl_state_box_get_request_mode;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
sl_state_box_init (SlStateBox *self)
{
  self->lines = 1;
  self->button = gtk_toggle_button_new_with_label ("");
  gtk_widget_add_css_class (self->button, "more");
  gtk_widget_set_parent (self->button, GTK_WIDGET (self));
  g_signal_connect (self->button, "toggled", G_CALLBACK (on_toggled), self);
}

/* As many as there are, whatever has room: what a button says must not change while it is put in its place. */
static void
count (SlStateBox *self, guint n)
{
  g_autofree char *number = g_strdup_printf ("%u", n);
  /* Translators: a button in reception's head where there is no room for all words on how things stand; {n}: of them */
  g_autofree char *text = sl_text_fill (_("Show all {n}"), "n", number, NULL);

  self->n = n;
  if (g_strcmp0 (gtk_button_get_label (GTK_BUTTON (self->button)), text) != 0)
    gtk_button_set_label (GTK_BUTTON (self->button), text);
}

/**
 * sl_state_box_set_lines:
 * @self: a box
 * @lines: how many it has, unless it is opened
 */
void
sl_state_box_set_lines (SlStateBox *self, guint lines)
{
  g_return_if_fail (SL_IS_STATE_BOX (self) && lines > 0);
  self->lines = lines;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/**
 * sl_state_box_add:
 * @self: a box
 * @words: how something stands, after what is more pressing
 * @wrong: whether somebody should see to it
 */
void
sl_state_box_add (SlStateBox *self, const char *words, gboolean wrong)
{
  GtkWidget *label = gtk_label_new (words);

  g_return_if_fail (SL_IS_STATE_BOX (self) && words != NULL);
  gtk_widget_add_css_class (label, "chip");
  if (wrong)
    gtk_widget_add_css_class (label, "wrong");
  gtk_widget_insert_before (label, GTK_WIDGET (self), NULL);
  count (self, self->n + 1);
}

/**
 * sl_state_box_clear:
 * @self: a box
 *
 * Takes all words out of it; whether it is open stays.
 */
void
sl_state_box_clear (SlStateBox *self)
{
  GtkWidget *child;

  g_return_if_fail (SL_IS_STATE_BOX (self));
  while ((child = gtk_widget_get_next_sibling (self->button)) != NULL)
    gtk_widget_unparent (child);
  self->n = 0;
}

/**
 * sl_state_box_is_open:
 * @self: a box
 *
 * Returns: whether all words were asked for
 */
gboolean
sl_state_box_is_open (SlStateBox *self)
{
  g_return_val_if_fail (SL_IS_STATE_BOX (self), FALSE);
  return gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->button));
}

/**
 * sl_state_box_shut:
 * @self: a box
 *
 * For who comes next: only as many lines as it is given.
 */
void
sl_state_box_shut (SlStateBox *self)
{
  g_return_if_fail (SL_IS_STATE_BOX (self));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->button), FALSE);
}
