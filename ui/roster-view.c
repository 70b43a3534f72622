/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-roster-view"

#include "roster-view.h"

#include "roster-row.h"

#include "core/text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Rows made at once: a long list is made while the page goes on. */
#define ROWS_AT_ONCE 12

/* One row that is to be there. */
typedef struct {
  const SlTodaySession *session;
  const SlTodayPerson *person;
} Shown;

struct _SlRosterView {
  GtkBox parent_instance;

  GtkWidget *empty_label;
  GtkBox *here;    /* of the session */
  GtkWidget *elsewhere_label;
  GtkBox *elsewhere; /* of the others of the day, while somebody is searched for */
  GtkWidget *members_label;
  GtkBox *members_box;

  SlToday *today; /* (nullable) */
  SlId session;
  char *search;   /* folded */
  GTimeZone *zone;
  GHashTable *rows; /* SlId of a booking → SlRosterRow, owned by their boxes */
  guint idle_id;
};

enum { SIGNAL_TICKED, SIGNAL_PICKED, SIGNAL_MEMBER_PICKED, SIGNAL_MEMBER_COMES, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SlRosterView, sl_roster_view, GTK_TYPE_BOX)

static void refresh (SlRosterView *self);

static void
on_row_ticked (SlRosterRow *row, SlRosterView *self)
{
  SlId booking = *sl_roster_row_get_booking (row);

  g_signal_emit (self, signals[SIGNAL_TICKED], 0, &booking);
}

static void
on_row_picked (SlRosterRow *row, SlRosterView *self)
{
  SlId booking = *sl_roster_row_get_booking (row);

  if (!sl_id_is_none (&booking))
    g_signal_emit (self, signals[SIGNAL_PICKED], 0, &booking);
}

static gboolean
on_idle (gpointer user_data)
{
  SlRosterView *self = user_data;

  self->idle_id = 0;
  refresh (self);
  return G_SOURCE_REMOVE;
}

/* Each word of what is searched begins a word of the name. */
static gboolean
matches (const char *search, const SlTodayPerson *person)
{
  g_autofree char *folded = NULL;
  g_auto (GStrv) wanted = NULL;

  if (*search == '\0')
    return TRUE;
  if (person->name == NULL)
    return FALSE;
  folded = sl_text_fold (person->name);
  wanted = g_strsplit (search, " ", -1);
  for (guint i = 0; wanted[i] != NULL; i++)
    {
      const char *at = strstr (folded, wanted[i]);

      while (at != NULL && at != folded && at[-1] != ' ' && at[-1] != '-' && at[-1] != '\'')
        at = strstr (at + 1, wanted[i]);
      if (at == NULL)
        return FALSE;
    }
  return TRUE;
}

static GArray *
collect (SlRosterView *self, gboolean here)
{
  GArray *shown = g_array_new (FALSE, FALSE, sizeof (Shown));

  for (guint i = 0; self->today != NULL && i < self->today->sessions->len; i++)
    {
      const SlTodaySession *session = self->today->sessions->pdata[i];

      if (here != sl_id_equal (&session->id, &self->session) || (!here && *self->search == '\0'))
        continue;
      for (guint p = 0; p < session->people->len; p++)
        {
          Shown one = { session, session->people->pdata[p] };

          if (matches (self->search, one.person))
            g_array_append_val (shown, one);
        }
    }
  return shown;
}

static SlRosterRow *
make_row (SlRosterView *self)
{
  SlRosterRow *row = SL_ROSTER_ROW (sl_roster_row_new ());

  g_signal_connect_object (row, "ticked", G_CALLBACK (on_row_ticked), self, 0);
  g_signal_connect_object (row, "picked", G_CALLBACK (on_row_picked), self, 0);
  return row;
}

/* Puts the rows of @shown into the box, in order; who was there keeps their row, wherever it moves. */
static void
fill (SlRosterView *self, GtkBox *box, GArray *shown, gboolean with_session, GHashTable *left, guint *made)
{
  GtkWidget *before = NULL;

  for (guint i = 0; i < shown->len; i++)
    {
      const Shown *one = &g_array_index (shown, Shown, i);
      gboolean named = !sl_id_is_none (&one->person->booking_id);
      SlRosterRow *row = named ? g_hash_table_lookup (self->rows, &one->person->booking_id) : NULL;

      if (row != NULL && gtk_widget_get_parent (GTK_WIDGET (row)) != GTK_WIDGET (box))
        row = NULL; /* it is in the other list: let go of below */
      if (row == NULL)
        {
          if ((*made)++ >= ROWS_AT_ONCE)
            {
              if (self->idle_id == 0)
                self->idle_id = g_idle_add (on_idle, self);
              return;
            }
          row = make_row (self);
          gtk_box_append (box, GTK_WIDGET (row));
          if (named)
            g_hash_table_insert (self->rows, sl_id_copy (&one->person->booking_id), row);
        }
      g_hash_table_remove (left, row);
      sl_roster_row_set (row, one->session, one->person, with_session, self->zone);
      gtk_box_reorder_child_after (box, GTK_WIDGET (row), before);
      before = GTK_WIDGET (row);
    }
}

static void
remember_rows (GtkBox *box, GHashTable *left)
{
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (box)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    g_hash_table_add (left, child);
}

static void
drop_rows (SlRosterView *self, GHashTable *left)
{
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, left);
  while (g_hash_table_iter_next (&iter, &row, NULL))
    {
      const SlId *booking = sl_roster_row_get_booking (row);

      if (g_hash_table_lookup (self->rows, booking) == row)
        g_hash_table_remove (self->rows, booking);
      gtk_box_remove (GTK_BOX (gtk_widget_get_parent (row)), row);
    }
}

static void
refresh (SlRosterView *self)
{
  g_autoptr (GHashTable) left = g_hash_table_new (NULL, NULL);
  g_autoptr (GArray) here = collect (self, TRUE);
  g_autoptr (GArray) elsewhere = collect (self, FALSE);
  guint made = 0;

  remember_rows (self->here, left);
  remember_rows (self->elsewhere, left);
  fill (self, self->here, here, FALSE, left, &made);
  fill (self, self->elsewhere, elsewhere, TRUE, left, &made);
  drop_rows (self, left);
  gtk_widget_set_visible (self->elsewhere_label, elsewhere->len > 0);
  gtk_widget_set_visible (self->empty_label, here->len == 0);
  gtk_label_set_label (GTK_LABEL (self->empty_label),
                       *self->search != '\0' ? _("Nobody of that name in this class.")
                                             : _("Nobody is booked into this class yet."));
}

static void
on_member_clicked (GtkButton *button, SlRosterView *self)
{
  g_signal_emit (self, signals[SIGNAL_MEMBER_PICKED], 0, g_object_get_data (G_OBJECT (button), "member"));
}

static void
on_member_comes_clicked (GtkButton *button, SlRosterView *self)
{
  g_signal_emit (self, signals[SIGNAL_MEMBER_COMES], 0, g_object_get_data (G_OBJECT (button), "member"));
}

static GtkWidget *
wrapped_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (label, css_class);
  return label;
}

static GtkWidget *
member_row_new (SlRosterView *self, const SlTodayMember *member)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0), *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *who = gtk_button_new (), *comes = gtk_button_new_with_label (_("Walk-in"));

  gtk_widget_add_css_class (row, "roster-row");
  gtk_box_append (GTK_BOX (words), wrapped_label (member->name, "roster-name"));
  if (member->detail != NULL)
    gtk_box_append (GTK_BOX (words), wrapped_label (member->detail, "quiet"));
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  gtk_button_set_child (GTK_BUTTON (who), words);
  gtk_widget_add_css_class (who, "row");
  gtk_widget_set_hexpand (who, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (who), GTK_ACCESSIBLE_PROPERTY_LABEL, member->name, -1);
  gtk_widget_add_css_class (comes, "action");
  gtk_widget_set_valign (comes, GTK_ALIGN_CENTER);
  gtk_widget_set_focus_on_click (who, FALSE);
  gtk_widget_set_focus_on_click (comes, FALSE);
  g_object_set_data_full (G_OBJECT (who), "member", sl_id_copy (&member->id), g_free);
  g_object_set_data_full (G_OBJECT (comes), "member", sl_id_copy (&member->id), g_free);
  g_signal_connect_object (who, "clicked", G_CALLBACK (on_member_clicked), self, 0);
  g_signal_connect_object (comes, "clicked", G_CALLBACK (on_member_comes_clicked), self, 0);
  gtk_box_append (GTK_BOX (row), who);
  gtk_box_append (GTK_BOX (row), comes);
  return row;
}

static void
sl_roster_view_dispose (GObject *object)
{
  SlRosterView *self = SL_ROSTER_VIEW (object);

  g_clear_handle_id (&self->idle_id, g_source_remove);
  g_clear_pointer (&self->today, sl_today_unref);
  g_clear_pointer (&self->zone, g_time_zone_unref);
  g_clear_pointer (&self->rows, g_hash_table_unref);
  G_OBJECT_CLASS (sl_roster_view_parent_class)->dispose (object);
}

static void
sl_roster_view_finalize (GObject *object)
{
  g_free (SL_ROSTER_VIEW (object)->search);
  G_OBJECT_CLASS (sl_roster_view_parent_class)->finalize (object);
}

static guint
id_signal (SlRosterViewClass *class, const char *name)
{
  return g_signal_new (name, G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                       G_TYPE_POINTER);
}

static void
sl_roster_view_class_init (SlRosterViewClass *class)
{
  G_OBJECT_CLASS (class)->dispose = sl_roster_view_dispose;
  G_OBJECT_CLASS (class)->finalize = sl_roster_view_finalize;
  signals[SIGNAL_TICKED] = id_signal (class, "person-ticked");
  signals[SIGNAL_PICKED] = id_signal (class, "person-picked");
  signals[SIGNAL_MEMBER_PICKED] = id_signal (class, "member-picked");
  signals[SIGNAL_MEMBER_COMES] = id_signal (class, "member-comes");
}

static GtkBox *
append_list (SlRosterView *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_widget_add_css_class (box, "roster-list");
  gtk_box_append (GTK_BOX (self), box);
  return GTK_BOX (box);
}

static GtkWidget *
append_label (SlRosterView *self, const char *text, const char *css_class)
{
  GtkWidget *label = wrapped_label (text, css_class);

  gtk_widget_set_visible (label, FALSE);
  gtk_box_append (GTK_BOX (self), label);
  return label;
}

static void
sl_roster_view_init (SlRosterView *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_widget_add_css_class (GTK_WIDGET (self), "roster-view");
  self->empty_label = append_label (self, "", "quiet");
  self->here = append_list (self);
  self->elsewhere_label = append_label (self, _("In other classes of this day"), "roster-heading");
  self->elsewhere = append_list (self);
  self->members_label = append_label (self, _("Members"), "roster-heading");
  self->members_box = append_list (self);
  self->search = g_strdup ("");
  self->rows = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, NULL);
}

/**
 * sl_roster_view_new:
 *
 * Returns: (transfer floating): a list of nobody
 */
GtkWidget *
sl_roster_view_new (void)
{
  return g_object_new (SL_TYPE_ROSTER_VIEW, NULL);
}

/**
 * sl_roster_view_set:
 * @self: a list
 * @today: (nullable): the day; a reference is kept
 * @session: whose people come first
 * @search: as typed; "": everybody of that session
 * @zone: the studio's zone
 *
 * Shows them. Rows that stay keep their widgets; a long list is made while the page goes on.
 */
void
sl_roster_view_set (SlRosterView *self, SlToday *today, const SlId *session, const char *search, GTimeZone *zone)
{
  g_return_if_fail (SL_IS_ROSTER_VIEW (self) && session != NULL && search != NULL && zone != NULL);
  if (today != NULL)
    sl_today_ref (today);
  g_clear_pointer (&self->today, sl_today_unref);
  self->today = today;
  self->session = *session;
  g_free (self->search);
  self->search = g_strstrip (sl_text_fold (search));
  g_time_zone_ref (zone);
  g_clear_pointer (&self->zone, g_time_zone_unref);
  self->zone = zone;
  refresh (self);
}

/**
 * sl_roster_view_set_members:
 * @self: a list
 * @members: (nullable) (element-type SlTodayMember): whom a search has found besides; only read
 */
void
sl_roster_view_set_members (SlRosterView *self, GPtrArray *members)
{
  GtkWidget *child;

  g_return_if_fail (SL_IS_ROSTER_VIEW (self));
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->members_box))) != NULL)
    gtk_box_remove (self->members_box, child);
  for (guint i = 0; members != NULL && i < members->len; i++)
    gtk_box_append (self->members_box, member_row_new (self, members->pdata[i]));
  gtk_widget_set_visible (self->members_label, members != NULL && members->len > 0);
}

/**
 * sl_roster_view_get_only_expected:
 * @self: a list
 *
 * Returns: (transfer none) (nullable): while somebody is searched for, the only one found who is still to come
 */
const SlTodayPerson *
sl_roster_view_get_only_expected (SlRosterView *self)
{
  const SlTodayPerson *only = NULL;

  g_return_val_if_fail (SL_IS_ROSTER_VIEW (self), NULL);
  if (*self->search == '\0')
    return NULL;
  for (int here = 1; here >= 0; here--)
    {
      g_autoptr (GArray) shown = collect (self, here);

      for (guint i = 0; i < shown->len; i++)
        {
          const SlTodayPerson *person = g_array_index (shown, Shown, i).person;

          if (person->status != SL_BOOKING_CONFIRMED)
            continue;
          if (only != NULL)
            return NULL;
          only = person;
        }
    }
  return only;
}
