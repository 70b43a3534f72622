/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-list-fill"

#include "list-fill.h"

#define FILL_KEY "sl-list-fill"
#define SHOWS_KEY "sl-list-fill-shows"

typedef struct {
  GtkBox *list;             /* holds this */
  GPtrArray *items;
  GPtrArray *names, *shows; /* (element-type utf8): of the items */
  guint from;               /* the item that is made first */
  const SlListRows *rows;
  gpointer user_data;
  GHashTable *made;         /* name → row */
  gboolean is_partly;       /* some are still to be made */
  guint tick_id;            /* while they are, and somebody looks */
} Fill;

static void
fill_free (gpointer data)
{
  Fill *self = data;

  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_clear_pointer (&self->names, g_ptr_array_unref);
  g_clear_pointer (&self->shows, g_ptr_array_unref);
  g_hash_table_unref (self->made);
  g_free (self);
}

static void go_on (Fill *self);

static Fill *
fill_of (GtkBox *list)
{
  Fill *self = g_object_get_data (G_OBJECT (list), FILL_KEY);

  if (self == NULL)
    {
      self = g_new0 (Fill, 1);
      self->list = list;
      self->made = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_object_set_data_full (G_OBJECT (list), FILL_KEY, self, fill_free);
      g_signal_connect_swapped (list, "map", G_CALLBACK (go_on), self);
    }
  return self;
}

/* A thing that is there twice has a name for each time. Whose thing is gone goes as well. */
static void
name_items (Fill *self)
{
  g_autoptr (GHashTable) wanted = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer name, row;

  g_clear_pointer (&self->names, g_ptr_array_unref);
  g_clear_pointer (&self->shows, g_ptr_array_unref);
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->shows = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < self->items->len; i++)
    {
      char *given = self->rows->name (self->items->pdata[i], self->user_data);

      while (g_hash_table_contains (wanted, given))
        {
          char *again = g_strconcat (given, "+", NULL);

          g_free (given);
          given = again;
        }
      g_ptr_array_add (self->names, given);
      g_ptr_array_add (self->shows, self->rows->shows (self->items->pdata[i], self->user_data));
      g_hash_table_add (wanted, given);
    }
  g_hash_table_iter_init (&iter, self->made);
  while (g_hash_table_iter_next (&iter, &name, &row))
    if (!g_hash_table_contains (wanted, name))
      {
        gtk_box_remove (self->list, row);
        g_hash_table_iter_remove (&iter);
      }
}

static gboolean
has_focus (GtkWidget *row)
{
  GtkRoot *root = gtk_widget_get_root (row);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  return focus != NULL && (focus == row || gtk_widget_is_ancestor (focus, row));
}

/* The row of a thing that reads otherwise now. */
static GtkWidget *
replace_row (Fill *self, GtkWidget *old, gpointer item)
{
  GtkWidget *row = self->rows->make (item, self->user_data);

  gtk_box_insert_child_after (self->list, row, old);
  if (has_focus (old))
    gtk_widget_child_focus (row, GTK_DIR_TAB_FORWARD);
  gtk_box_remove (self->list, old);
  return row;
}

/* Whether the row of an item is not there, or reads otherwise. */
static gboolean
is_missing (Fill *self, guint i)
{
  GtkWidget *row = g_hash_table_lookup (self->made, self->names->pdata[i]);

  return row == NULL || !g_str_equal (g_object_get_data (G_OBJECT (row), SHOWS_KEY), self->shows->pdata[i]);
}

static GtkWidget *
make_row (Fill *self, guint i, GtkWidget *old)
{
  gpointer item = self->items->pdata[i];
  GtkWidget *row;

  if (old != NULL)
    row = replace_row (self, old, item);
  else
    gtk_box_append (self->list, row = self->rows->make (item, self->user_data));
  g_object_set_data_full (G_OBJECT (row), SHOWS_KEY, g_strdup (self->shows->pdata[i]), g_free);
  g_hash_table_replace (self->made, g_strdup (self->names->pdata[i]), row);
  return row;
}

/* Makes so many of those that are missing: from the one that comes first on, then those before it. Returns how many
 * were missing. */
static guint
make_rows (Fill *self, guint most)
{
  GtkWidget *before = NULL;
  guint missing = 0, most_earlier, earlier = 0;

  for (guint i = self->from; i < self->items->len; i++)
    missing += is_missing (self, i) ? 1 : 0;
  most_earlier = most - MIN (most, missing);
  missing = 0;
  for (guint i = 0; i < self->items->len; i++)
    {
      GtkWidget *row = g_hash_table_lookup (self->made, self->names->pdata[i]);

      if (is_missing (self, i))
        {
          if (i < self->from ? ++earlier <= most_earlier : ++missing <= most)
            row = make_row (self, i, row);
          else if (row == NULL)
            continue;
        }
      if (gtk_widget_get_prev_sibling (row) != before)
        gtk_box_reorder_child_after (self->list, row, before);
      before = row;
    }
  return missing + earlier;
}

static gboolean
on_frame (GtkWidget *list, GdkFrameClock *clock, gpointer user_data)
{
  Fill *self = user_data;

  if (gtk_widget_get_mapped (list))
    self->is_partly = make_rows (self, SL_LIST_FILL_EACH_FRAME) > SL_LIST_FILL_EACH_FRAME;
  if (self->is_partly && gtk_widget_get_mapped (list))
    return G_SOURCE_CONTINUE;
  self->tick_id = 0;
  return G_SOURCE_REMOVE;
}

/* Only while somebody looks: what is made out of sight is measured all at once when it comes into sight. */
static void
go_on (Fill *self)
{
  if (self->is_partly && self->tick_id == 0 && gtk_widget_get_mapped (GTK_WIDGET (self->list)))
    self->tick_id = gtk_widget_add_tick_callback (GTK_WIDGET (self->list), on_frame, self, NULL);
}

/**
 * sl_list_fill:
 * @list: a box that only this fills
 * @items: what there is to show, in order; a reference is kept
 * @rows: how; static
 * @user_data: for @rows; outlives @list
 *
 * Shows a row for each. A screenful is there at once; the others follow below it frame by frame while it is seen, so
 * that a long list keeps nobody waiting.
 *
 * Returns: how many rows it made at once
 */
guint
sl_list_fill (GtkBox *list, GPtrArray *items, const SlListRows *rows, gpointer user_data)
{
  return sl_list_fill_from (list, items, 0, rows, user_data);
}

/**
 * sl_list_fill_from:
 * @list: as in sl_list_fill()
 * @items: as there
 * @from: which item is made first: that, and what follows it; those before it come last
 * @rows: as there
 * @user_data: as there
 *
 * Returns: how many rows it made at once
 */
guint
sl_list_fill_from (GtkBox *list, GPtrArray *items, guint from, const SlListRows *rows, gpointer user_data)
{
  Fill *self;
  guint missing;

  g_return_val_if_fail (GTK_IS_BOX (list) && items != NULL && rows != NULL, 0);
  self = fill_of (list);
  g_ptr_array_ref (items);
  g_clear_pointer (&self->items, g_ptr_array_unref);
  self->items = items;
  self->from = from;
  self->rows = rows;
  self->user_data = user_data;
  name_items (self);
  missing = make_rows (self, SL_LIST_FILL_AT_ONCE);
  self->is_partly = missing > SL_LIST_FILL_AT_ONCE;
  go_on (self); /* a tick with nothing to do ends itself */
  return MIN (missing, SL_LIST_FILL_AT_ONCE);
}
