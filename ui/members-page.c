/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-members-page"

#include "members-page.h"

#include "list-row.h"
#include "record-words.h"
#include "text-fill.h"

#include <glib/gi18n-lib.h>

struct _SlMembersPage {
  SlShapeBin parent_instance;

  GtkEntry *search_entry;
  GtkStack *stack;
  GtkScrolledWindow *scroller;
  GtkBox *list;
};

enum { SIGNAL_SEARCH_CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SlMembersPage, sl_members_page, SL_TYPE_SHAPE_BIN)

static void
on_search_changed (SlMembersPage *self)
{
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), 0);
  g_signal_emit (self, signals[SIGNAL_SEARCH_CHANGED], 0);
}

/* The only one found is whom Enter means. */
static void
on_search_activated (SlMembersPage *self)
{
  GtkWidget *first = gtk_widget_get_first_child (GTK_WIDGET (self->list));

  if (first != NULL && gtk_widget_get_next_sibling (first) == NULL && GTK_IS_BUTTON (first))
    g_signal_emit_by_name (first, "clicked");
}

static void
sl_members_page_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SL_TYPE_MEMBERS_PAGE);
  G_OBJECT_CLASS (sl_members_page_parent_class)->dispose (object);
}

static void
sl_members_page_class_init (SlMembersPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sl_members_page_dispose;
  signals[SIGNAL_SEARCH_CHANGED] = g_signal_new ("search-changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                                 NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/za/studioloop/kiosk/ui/members-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SlMembersPage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, SlMembersPage, stack);
  gtk_widget_class_bind_template_child (widget_class, SlMembersPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, SlMembersPage, list);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_search_activated);
}

static void
sl_members_page_init (SlMembersPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * sl_members_page_new:
 *
 * Returns: (transfer floating): a page that shows nobody yet
 */
GtkWidget *
sl_members_page_new (void)
{
  return g_object_new (SL_TYPE_MEMBERS_PAGE, NULL);
}

/**
 * sl_members_page_get_search:
 * @self: a page
 *
 * Returns: (transfer none): what was typed
 */
const char *
sl_members_page_get_search (SlMembersPage *self)
{
  g_return_val_if_fail (SL_IS_MEMBERS_PAGE (self), "");
  return gtk_editable_get_text (GTK_EDITABLE (self->search_entry));
}

/**
 * sl_members_page_clear_search:
 * @self: a page
 *
 * As before anybody typed; the focus is in the field.
 */
void
sl_members_page_clear_search (SlMembersPage *self)
{
  g_return_if_fail (SL_IS_MEMBERS_PAGE (self));
  gtk_editable_set_text (GTK_EDITABLE (self->search_entry), "");
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

static void
add_member (SlMembersPage *self, const SlMember *member)
{
  g_autofree char *name = sl_record_words_name (member);
  g_autofree char *credits = sl_record_words_credits (member->credits_hundredths);
  g_autofree char *id = sl_id_to_string (&member->id);
  gboolean usual = g_strcmp0 (member->status, "active") == 0;
  SlListRowWords words = { name, member->phone, usual ? NULL : sl_record_words_status (member->status),
                           member->credits_hundredths != 0 ? credits : NULL };

  gtk_box_append (self->list, sl_list_row_new_tapped (&words, "members.open", id));
}

/**
 * sl_members_page_set_results:
 * @self: a page
 * @members: (element-type SlMember): who was found, by name
 * @more: there are more than these
 */
void
sl_members_page_set_results (SlMembersPage *self, GPtrArray *members, gboolean more)
{
  g_return_if_fail (SL_IS_MEMBERS_PAGE (self) && members != NULL);
  sl_list_clear (self->list);
  for (guint i = 0; i < members->len; i++)
    add_member (self, g_ptr_array_index (members, i));
  if (more)
    gtk_box_append (self->list, sl_list_note_new (_("There are more. Type another letter of the name, or digits of the "
                                                    "phone number.")));
  gtk_stack_set_visible_child_name (self->stack, members->len > 0 ? "list" : "none");
}
