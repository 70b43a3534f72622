/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-walk-in-page"

#include "walk-in-page.h"

#include "birth-date.h"
#include "list-fill.h"
#include "parts.h"
#include "text-fill.h"

#include <glib/gi18n-lib.h>

static const char *const step_names[] = { "who", "what", "pay", "done" };
G_STATIC_ASSERT (G_N_ELEMENTS (step_names) == SL_WALK_IN_STEP_LAST);

struct _SlWalkInPage {
  SlShapeBin parent_instance;

  SlWalkInStep step;
  gboolean has_person, has_session;
  SlId duplicate;

  GtkStack *steps;
  GtkWidget *step_buttons[SL_WALK_IN_DONE], *back_button, *summary_label;
  GtkWidget *who_columns, *pay_columns, *people_box, *nobody_label, *duplicate_box, *use_button;
  GtkWidget *sessions_box, *offers_box;
  GtkLabel *duplicate_label;
  GtkEntry *search_entry, *first_entry, *last_entry, *phone_entry, *birth_entry;
  GPtrArray *sessions; /* (nullable) (element-type SlPageItem): what there is to choose from */
  SlPayView *pay;
  SlDoneView *done;
};

enum {
  SIGNAL_SEARCH, SIGNAL_MEMBER, SIGNAL_NEW_MEMBER, SIGNAL_SESSION, SIGNAL_OFFER, SIGNAL_ONLY_SELL, SIGNAL_START_AGAIN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SlWalkInPage, sl_walk_in_page, SL_TYPE_SHAPE_BIN)

static void
on_search (GtkEditable *editable, SlWalkInPage *self)
{
  g_signal_emit (self, signals[SIGNAL_SEARCH], 0, gtk_editable_get_text (editable));
}

static void
on_person (GtkButton *row, SlWalkInPage *self)
{
  g_signal_emit (self, signals[SIGNAL_MEMBER], 0, g_object_get_data (G_OBJECT (row), "id"));
}

static void
on_session (GtkButton *row, SlWalkInPage *self)
{
  gboolean waits = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (row), "full"));

  g_signal_emit (self, signals[SIGNAL_SESSION], 0, g_object_get_data (G_OBJECT (row), "id"), waits);
}

static void
on_offer (GtkButton *row, SlWalkInPage *self)
{
  sl_parts_select_only (self->offers_box, GTK_WIDGET (row));
  g_signal_emit (self, signals[SIGNAL_OFFER], 0, GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (row), "index")));
}

static void
send_new_member (SlWalkInPage *self, gboolean anyway)
{
  g_signal_emit (self, signals[SIGNAL_NEW_MEMBER], 0, gtk_editable_get_text (GTK_EDITABLE (self->first_entry)),
                 gtk_editable_get_text (GTK_EDITABLE (self->last_entry)),
                 gtk_editable_get_text (GTK_EDITABLE (self->phone_entry)),
                 gtk_editable_get_text (GTK_EDITABLE (self->birth_entry)), anyway);
}

static void
on_new_member (GtkWidget *widget, SlWalkInPage *self)
{
  send_new_member (self, FALSE);
}

static void
on_somebody_else (GtkButton *button, SlWalkInPage *self)
{
  send_new_member (self, TRUE);
}

static void
on_use_duplicate (GtkButton *button, SlWalkInPage *self)
{
  SlId id = self->duplicate;

  g_signal_emit (self, signals[SIGNAL_MEMBER], 0, &id);
}

static void
on_only_sell (GtkButton *button, SlWalkInPage *self)
{
  g_signal_emit (self, signals[SIGNAL_ONLY_SELL], 0);
}

static void
on_step (GtkButton *button, SlWalkInPage *self)
{
  sl_walk_in_page_show_step (self, GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "step")));
}

static void
on_back (GtkButton *button, SlWalkInPage *self)
{
  if (self->step > SL_WALK_IN_WHO && self->step < SL_WALK_IN_DONE)
    sl_walk_in_page_show_step (self, self->step - 1);
}

static void
on_next_person (SlDoneView *view, SlWalkInPage *self)
{
  g_signal_emit (self, signals[SIGNAL_START_AGAIN], 0);
}

static void
sl_walk_in_page_shape_changed (SlShapeBin *bin, SlShape shape)
{
  SlWalkInPage *self = SL_WALK_IN_PAGE (bin);
  GtkOrientation along = shape == SL_SHAPE_PORTRAIT ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL;

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->who_columns), along);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->pay_columns), along);
}

static void
sl_walk_in_page_finalize (GObject *object)
{
  g_clear_pointer (&SL_WALK_IN_PAGE (object)->sessions, g_ptr_array_unref);
  G_OBJECT_CLASS (sl_walk_in_page_parent_class)->finalize (object);
}

static void
sl_walk_in_page_class_init (SlWalkInPageClass *class)
{
  GType type = G_TYPE_FROM_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sl_walk_in_page_finalize;
  SL_SHAPE_BIN_CLASS (class)->shape_changed = sl_walk_in_page_shape_changed;
  signals[SIGNAL_SEARCH] = g_signal_new ("search", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                         G_TYPE_STRING);
  signals[SIGNAL_MEMBER] = g_signal_new ("member", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                         G_TYPE_POINTER);
  signals[SIGNAL_NEW_MEMBER] = g_signal_new ("new-member", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                             5, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING,
                                             G_TYPE_BOOLEAN);
  signals[SIGNAL_SESSION] = g_signal_new ("session", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                          G_TYPE_POINTER, G_TYPE_BOOLEAN);
  signals[SIGNAL_OFFER] = g_signal_new ("offer", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                        G_TYPE_UINT);
  signals[SIGNAL_ONLY_SELL] = g_signal_new ("only-sell", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_START_AGAIN] = g_signal_new ("start-again", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                              G_TYPE_NONE, 0);
}

/* A number and a word or two: never over two lines. */
static GtkWidget *
make_step_button (SlWalkInPage *self, SlWalkInStep step, const char *words)
{
  GtkWidget *button = sl_parts_button (words, "step");

  gtk_label_set_wrap (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button))), FALSE);
  g_object_set_data (G_OBJECT (button), "step", GUINT_TO_POINTER (step));
  g_signal_connect (button, "clicked", G_CALLBACK (on_step), self);
  return button;
}

static GtkWidget *
make_head (SlWalkInPage *self)
{
  /* Translators: the steps of a walk-in: the person, the class, the money */
  static const char *const words[] = { N_("1 · Who"), N_("2 · What"), N_("3 · How paid") };
  GtkWidget *head = sl_parts_box (GTK_ORIENTATION_HORIZONTAL, "steps", 8);

  self->back_button = sl_parts_button (_("Back"), "");
  g_signal_connect (self->back_button, "clicked", G_CALLBACK (on_back), self);
  gtk_box_append (GTK_BOX (head), self->back_button);
  for (guint i = 0; i < SL_WALK_IN_DONE; i++)
    {
      self->step_buttons[i] = make_step_button (self, i, _(words[i]));
      gtk_box_append (GTK_BOX (head), self->step_buttons[i]);
    }
  self->summary_label = sl_parts_label (NULL, "body num");
  gtk_widget_set_hexpand (self->summary_label, TRUE);
  gtk_label_set_xalign (GTK_LABEL (self->summary_label), 1);
  gtk_label_set_justify (GTK_LABEL (self->summary_label), GTK_JUSTIFY_RIGHT);
  gtk_box_append (GTK_BOX (head), self->summary_label);
  return head;
}

static GtkWidget *
make_new_member (SlWalkInPage *self)
{
  GtkWidget *card = sl_parts_box (GTK_ORIENTATION_VERTICAL, "card", 12);
  GtkWidget *names = sl_parts_box (GTK_ORIENTATION_HORIZONTAL, "", 12);
  GtkWidget *first = sl_parts_field (_("First name"), GTK_INPUT_PURPOSE_NAME, &self->first_entry);
  GtkWidget *last = sl_parts_field (_("Last name"), GTK_INPUT_PURPOSE_NAME, &self->last_entry);
  GtkWidget *button = sl_parts_button (_("New member, go on"), "main");
  GtkWidget *other = sl_parts_button (_("No, somebody else"), "");

  gtk_box_set_homogeneous (GTK_BOX (names), TRUE);
  gtk_box_append (GTK_BOX (names), first);
  gtk_box_append (GTK_BOX (names), last);
  gtk_box_append (GTK_BOX (card), sl_parts_label (_("Here for the first time"), "row-title"));
  gtk_box_append (GTK_BOX (card), names);
  gtk_box_append (GTK_BOX (card), sl_parts_field (_("Phone number"), GTK_INPUT_PURPOSE_PHONE, &self->phone_entry));
  gtk_box_append (GTK_BOX (card), sl_parts_field (_("Date of birth, if they like: day, month, year"),
                                                  GTK_INPUT_PURPOSE_DIGITS, &self->birth_entry));
  sl_birth_date_group_in (GTK_EDITABLE (self->birth_entry));
  g_signal_connect (self->first_entry, "activate", G_CALLBACK (on_new_member), self);
  g_signal_connect (self->last_entry, "activate", G_CALLBACK (on_new_member), self);
  g_signal_connect (self->phone_entry, "activate", G_CALLBACK (on_new_member), self);
  g_signal_connect (self->birth_entry, "activate", G_CALLBACK (on_new_member), self);
  g_signal_connect (button, "clicked", G_CALLBACK (on_new_member), self);
  self->duplicate_box = sl_parts_box (GTK_ORIENTATION_VERTICAL, "asked", 12);
  self->duplicate_label = GTK_LABEL (sl_parts_label (NULL, "body"));
  self->use_button = sl_parts_button ("", "main");
  g_signal_connect (self->use_button, "clicked", G_CALLBACK (on_use_duplicate), self);
  g_signal_connect (other, "clicked", G_CALLBACK (on_somebody_else), self);
  gtk_box_append (GTK_BOX (self->duplicate_box), GTK_WIDGET (self->duplicate_label));
  gtk_box_append (GTK_BOX (self->duplicate_box), self->use_button);
  gtk_box_append (GTK_BOX (self->duplicate_box), other);
  gtk_widget_set_visible (self->duplicate_box, FALSE);
  gtk_box_append (GTK_BOX (card), self->duplicate_box);
  gtk_box_append (GTK_BOX (card), button);
  gtk_widget_set_valign (card, GTK_ALIGN_START);
  return card;
}

static GtkWidget *
make_who (SlWalkInPage *self)
{
  GtkWidget *found = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 12);
  GtkWidget *list = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 8);

  self->who_columns = sl_parts_box (GTK_ORIENTATION_HORIZONTAL, "", 24);
  gtk_box_set_homogeneous (GTK_BOX (self->who_columns), TRUE);
  gtk_box_append (GTK_BOX (found), sl_parts_field (_("Name, phone number, or scan a pass"),
                                                   GTK_INPUT_PURPOSE_FREE_FORM, &self->search_entry));
  g_signal_connect (self->search_entry, "changed", G_CALLBACK (on_search), self);
  self->people_box = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 4);
  self->nobody_label = sl_parts_label (NULL, "body quiet");
  gtk_box_append (GTK_BOX (list), self->nobody_label);
  gtk_box_append (GTK_BOX (list), self->people_box);
  gtk_box_append (GTK_BOX (found), sl_parts_scroll (list));
  gtk_box_append (GTK_BOX (self->who_columns), found);
  gtk_box_append (GTK_BOX (self->who_columns), sl_parts_scroll (make_new_member (self)));
  return self->who_columns;
}

static GtkWidget *
make_what (SlWalkInPage *self)
{
  GtkWidget *what = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 16);
  GtkWidget *button = sl_parts_button (_("No class, only buy something"), "");

  self->sessions_box = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 8);
  gtk_box_append (GTK_BOX (what), sl_parts_scroll (self->sessions_box));
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  g_signal_connect (button, "clicked", G_CALLBACK (on_only_sell), self);
  gtk_box_append (GTK_BOX (what), button);
  return what;
}

static GtkWidget *
make_pay (SlWalkInPage *self)
{
  GtkWidget *left = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 12);

  self->pay_columns = sl_parts_box (GTK_ORIENTATION_HORIZONTAL, "", 24);
  gtk_box_set_homogeneous (GTK_BOX (self->pay_columns), TRUE);
  self->offers_box = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 8);
  gtk_box_append (GTK_BOX (left), sl_parts_label (_("They come in with"), "body quiet"));
  gtk_box_append (GTK_BOX (left), sl_parts_scroll (self->offers_box));
  self->pay = SL_PAY_VIEW (sl_pay_view_new ());
  gtk_box_append (GTK_BOX (self->pay_columns), left);
  gtk_box_append (GTK_BOX (self->pay_columns), GTK_WIDGET (self->pay));
  return self->pay_columns;
}

static void
sl_walk_in_page_init (SlWalkInPage *self)
{
  GtkWidget *body = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 16);

  gtk_widget_add_css_class (GTK_WIDGET (self), "desk");
  gtk_box_append (GTK_BOX (body), make_head (self));
  self->steps = GTK_STACK (gtk_stack_new ());
  gtk_stack_set_transition_type (self->steps, GTK_STACK_TRANSITION_TYPE_CROSSFADE);
  gtk_stack_set_transition_duration (self->steps, 120);
  self->done = SL_DONE_VIEW (sl_done_view_new ());
  g_signal_connect (self->done, "next", G_CALLBACK (on_next_person), self);
  gtk_stack_add_named (self->steps, make_who (self), step_names[SL_WALK_IN_WHO]);
  gtk_stack_add_named (self->steps, make_what (self), step_names[SL_WALK_IN_WHAT]);
  gtk_stack_add_named (self->steps, make_pay (self), step_names[SL_WALK_IN_PAY]);
  gtk_stack_add_named (self->steps, GTK_WIDGET (self->done), step_names[SL_WALK_IN_DONE]);
  gtk_box_append (GTK_BOX (body), GTK_WIDGET (self->steps));
  sl_shape_bin_set_child (SL_SHAPE_BIN (self), body);
  sl_walk_in_page_clear (self);
}

/**
 * sl_walk_in_page_new:
 *
 * Returns: (transfer floating): a page that asks who it is
 */
GtkWidget *
sl_walk_in_page_new (void)
{
  return g_object_new (SL_TYPE_WALK_IN_PAGE, NULL);
}

/**
 * sl_walk_in_page_show_step:
 * @self: a page
 * @step: where to go; what was entered elsewhere stays
 */
void
sl_walk_in_page_show_step (SlWalkInPage *self, SlWalkInStep step)
{
  gboolean is_done = step == SL_WALK_IN_DONE;

  g_return_if_fail (SL_IS_WALK_IN_PAGE (self) && step < SL_WALK_IN_STEP_LAST);
  self->step = step;
  gtk_stack_set_visible_child_name (self->steps, step_names[step]);
  gtk_widget_set_visible (self->back_button, step > SL_WALK_IN_WHO && !is_done);
  gtk_widget_set_visible (self->summary_label, !is_done);
  for (guint i = 0; i < SL_WALK_IN_DONE; i++)
    {
      gboolean can = i == SL_WALK_IN_WHO || (i == SL_WALK_IN_WHAT && self->has_person)
                     || (i == SL_WALK_IN_PAY && self->has_session);

      gtk_widget_set_visible (self->step_buttons[i], !is_done);
      gtk_widget_set_sensitive (self->step_buttons[i], can);
      sl_parts_set_class (self->step_buttons[i], "selected", i == step);
    }
  if (step == SL_WALK_IN_WHO)
    gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

/**
 * sl_walk_in_page_get_step:
 * @self: a page
 *
 * Returns: where it is
 */
SlWalkInStep
sl_walk_in_page_get_step (SlWalkInPage *self)
{
  g_return_val_if_fail (SL_IS_WALK_IN_PAGE (self), SL_WALK_IN_WHO);
  return self->step;
}

static GtkWidget *
make_row (const SlPageItem *item, GCallback callback, SlWalkInPage *self)
{
  GtkWidget *row = sl_parts_row (item->title, item->detail, item->side);

  g_object_set_data_full (G_OBJECT (row), "id", sl_id_copy (&item->id), g_free);
  g_object_set_data (G_OBJECT (row), "full", GINT_TO_POINTER (item->is_full));
  g_signal_connect (row, "clicked", callback, self);
  return row;
}

static GtkWidget *
add_row (GtkWidget *box, const SlPageItem *item, GCallback callback, SlWalkInPage *self)
{
  GtkWidget *row = make_row (item, callback, self);

  gtk_box_append (GTK_BOX (box), row);
  return row;
}

/**
 * sl_walk_in_page_set_people:
 * @self: a page
 * @items: (element-type SlPageItem): who was found
 * @nobody: (nullable): what to say where there is none
 */
void
sl_walk_in_page_set_people (SlWalkInPage *self, GPtrArray *items, const char *nobody)
{
  g_return_if_fail (SL_IS_WALK_IN_PAGE (self) && items != NULL);
  sl_parts_clear (self->people_box);
  for (guint i = 0; i < items->len; i++)
    add_row (self->people_box, items->pdata[i], G_CALLBACK (on_person), self);
  gtk_label_set_label (GTK_LABEL (self->nobody_label), nobody != NULL ? nobody : "");
  gtk_widget_set_visible (self->nobody_label, nobody != NULL && items->len == 0);
}

/**
 * sl_walk_in_page_set_duplicate:
 * @self: a page
 * @id: (nullable): whose number it is already; %NULL: nobody's
 * @name: (nullable): theirs
 *
 * Asks whether it is them.
 */
void
sl_walk_in_page_set_duplicate (SlWalkInPage *self, const SlId *id, const char *name)
{
  g_return_if_fail (SL_IS_WALK_IN_PAGE (self));
  self->duplicate = id != NULL ? *id : sl_id_none;
  gtk_widget_set_visible (self->duplicate_box, id != NULL);
  if (id == NULL)
    return;
  g_autofree char *text = sl_text_fill (_("This number is {name}'s already. Is it them?"), "name", name, NULL);
  g_autofree char *use = sl_text_fill (_("Yes, it is {name}"), "name", name, NULL);
  gtk_label_set_label (self->duplicate_label, text);
  gtk_label_set_label (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (self->use_button))), use);
  gtk_widget_grab_focus (self->use_button);
}

/**
 * sl_walk_in_page_set_person:
 * @self: a page
 * @name: (nullable): who it is; %NULL: nobody yet
 */
void
sl_walk_in_page_set_person (SlWalkInPage *self, const char *name)
{
  g_return_if_fail (SL_IS_WALK_IN_PAGE (self));
  self->has_person = name != NULL;
  self->has_session = FALSE;
  gtk_label_set_label (GTK_LABEL (self->summary_label), name != NULL ? name : "");
}

/* What stands between the classes, and in their place. */
static const char *const full_heading = N_("Full. Tap one for its waitlist, or for one more place:");
static const char *const no_sessions = N_("No classes in the next seven days.");

static gboolean
is_words (gconstpointer item)
{
  return item == full_heading || item == no_sessions;
}

static char *
session_name (gpointer item, gpointer user_data)
{
  return is_words (item) ? g_strdup (item) : sl_id_to_string (&((const SlPageItem *) item)->id);
}

static char *
session_shows (gpointer item, gpointer user_data)
{
  return is_words (item) ? g_strdup (_(item)) : sl_page_item_to_string (item);
}

static GtkWidget *
session_new (gpointer item, gpointer user_data)
{
  if (is_words (item))
    return sl_parts_label (_(item), item == full_heading ? "body quiet" : "body");
  return make_row (item, G_CALLBACK (on_session), user_data);
}

/**
 * sl_walk_in_page_set_sessions:
 * @self: a page
 * @items: (element-type SlPageItem): classes, in their order; a reference is kept
 */
void
sl_walk_in_page_set_sessions (SlWalkInPage *self, GPtrArray *items)
{
  static const SlListRows rows = { session_name, session_shows, session_new };
  g_autoptr (GPtrArray) shown = g_ptr_array_new ();
  gboolean was_full = FALSE;

  g_return_if_fail (SL_IS_WALK_IN_PAGE (self) && items != NULL);
  for (guint i = 0; i < items->len; i++)
    {
      const SlPageItem *item = items->pdata[i];

      if (item->is_full && !was_full)
        g_ptr_array_add (shown, (gpointer) full_heading);
      was_full = item->is_full;
      g_ptr_array_add (shown, items->pdata[i]);
    }
  if (items->len == 0)
    g_ptr_array_add (shown, (gpointer) no_sessions);
  sl_list_fill (GTK_BOX (self->sessions_box), shown, &rows, self);
  g_ptr_array_ref (items); /* after the list has let go of those before */
  g_clear_pointer (&self->sessions, g_ptr_array_unref);
  self->sessions = items;
}

/**
 * sl_walk_in_page_set_summary:
 * @self: a page
 * @summary: what is known of who it is and what they come for
 */
void
sl_walk_in_page_set_summary (SlWalkInPage *self, const char *summary)
{
  g_return_if_fail (SL_IS_WALK_IN_PAGE (self) && summary != NULL);
  gtk_label_set_label (GTK_LABEL (self->summary_label), summary);
}

/**
 * sl_walk_in_page_set_chosen:
 * @self: a page
 * @summary: who it is and what they come for: it can be paid
 */
void
sl_walk_in_page_set_chosen (SlWalkInPage *self, const char *summary)
{
  g_return_if_fail (SL_IS_WALK_IN_PAGE (self) && summary != NULL);
  self->has_session = TRUE;
  sl_walk_in_page_set_summary (self, summary);
}

/**
 * sl_walk_in_page_set_offers:
 * @self: a page
 * @items: (element-type SlPageItem): the ways to get in
 * @chosen: which of them is picked
 */
void
sl_walk_in_page_set_offers (SlWalkInPage *self, GPtrArray *items, guint chosen)
{
  g_return_if_fail (SL_IS_WALK_IN_PAGE (self) && items != NULL);
  sl_parts_clear (self->offers_box);
  for (guint i = 0; i < items->len; i++)
    {
      GtkWidget *row = add_row (self->offers_box, items->pdata[i], G_CALLBACK (on_offer), self);

      g_object_set_data (G_OBJECT (row), "index", GUINT_TO_POINTER (i));
      if (i == chosen)
        sl_parts_select_only (self->offers_box, row);
    }
}

/**
 * sl_walk_in_page_clear:
 * @self: a page
 *
 * Forgets everything, for the next person.
 */
void
sl_walk_in_page_clear (SlWalkInPage *self)
{
  g_return_if_fail (SL_IS_WALK_IN_PAGE (self));
  sl_walk_in_page_set_person (self, NULL);
  sl_walk_in_page_set_duplicate (self, NULL, NULL);
  gtk_editable_set_text (GTK_EDITABLE (self->search_entry), "");
  gtk_editable_set_text (GTK_EDITABLE (self->first_entry), "");
  gtk_editable_set_text (GTK_EDITABLE (self->last_entry), "");
  gtk_editable_set_text (GTK_EDITABLE (self->phone_entry), "");
  gtk_editable_set_text (GTK_EDITABLE (self->birth_entry), "");
  sl_parts_clear (self->people_box);
  sl_pay_view_reset (self->pay);
  sl_walk_in_page_show_step (self, SL_WALK_IN_WHO);
}

/**
 * sl_walk_in_page_get_pay:
 * @self: a page
 *
 * Returns: (transfer none): how it is paid
 */
SlPayView *
sl_walk_in_page_get_pay (SlWalkInPage *self)
{
  g_return_val_if_fail (SL_IS_WALK_IN_PAGE (self), NULL);
  return self->pay;
}

/**
 * sl_walk_in_page_get_done:
 * @self: a page
 *
 * Returns: (transfer none): what was done
 */
SlDoneView *
sl_walk_in_page_get_done (SlWalkInPage *self)
{
  g_return_val_if_fail (SL_IS_WALK_IN_PAGE (self), NULL);
  return self->done;
}
