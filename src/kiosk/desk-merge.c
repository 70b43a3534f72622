/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-merge"

#include "desk-merge.h"

#include "desk-ask.h"

#include "list-row.h"
#include "record-words.h"
#include "text-fill.h"

#include "engine/booking-view.h"

#include <glib/gi18n-lib.h>

#define MERGE_KEY "sl-desk-merge"
#define SEARCH_CHARS_MIN 2 /* one letter finds half of the studio */

/* Of a page over which it is asked. */
typedef struct {
  SlDesk *desk;
  GtkWidget *page;           /* holds this */
  GSimpleActionGroup *actions;
  SlId member;               /* whose other record is looked for */
  GtkBox *found;             /* (nullable), weak: where those stand */
  GtkEditable *search_entry; /* as found */
  gboolean loads, again;     /* one search at a time; the last letters count */
} Merge;

/* --- on the engine's thread --- */

typedef struct { SlId a, b; } Pair;

/* Two members side by side. */
typedef struct {
  SlMember *member[2];
  guint bookings[2];
} Couple;

static void
couple_free (gpointer data)
{
  Couple *couple = data;

  g_clear_pointer (&couple->member[0], sl_member_free);
  g_clear_pointer (&couple->member[1], sl_member_free);
  g_free (couple);
}

#define BOOKINGS_COUNTED 100 /* enough to see whose record is used */

static gboolean
load_couple (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result, SlRefusal *out_refusal,
             GError **error)
{
  const Pair *pair = request;
  const SlId *ids[] = { &pair->a, &pair->b };
  Couple *couple = g_new0 (Couple, 1);
  gboolean done = TRUE;

  for (guint i = 0; done && i < 2; i++)
    {
      g_autoptr (GPtrArray) bookings = NULL;

      done = sl_member_show (engine, actor, ids[i], &couple->member[i], out_refusal, error);
      if (!done || couple->member[i] == NULL)
        break;
      bookings = sl_booking_list_of_member (engine, ids[i], BOOKINGS_COUNTED, error);
      done = bookings != NULL;
      couple->bookings[i] = done ? bookings->len : 0;
    }
  if (!done || out_refusal->code != SL_REFUSAL_NONE)
    couple_free (couple);
  else
    *out_result = couple;
  return done;
}

static gboolean
find (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result, SlRefusal *out_refusal,
      GError **error)
{
  GPtrArray *found = NULL;

  if (!sl_member_list (engine, actor, request, SL_DESK_MERGE_FOUND + 1, &found, out_refusal, error))
    return FALSE;
  *out_result = found;
  return TRUE;
}

/* --- side by side --- */

static GtkWidget *
card_of (Merge *self, const Couple *couple, guint which)
{
  const SlMember *member = couple->member[which], *other = couple->member[1 - which];
  GtkWidget *card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  g_autofree char *name = sl_record_words_name (member);
  g_autofree char *credits = sl_record_words_credits (member->credits_hundredths);
  g_autofree char *n = g_strdup_printf ("%u", couple->bookings[which]);
  g_autofree char *bookings = sl_text_fill (g_dngettext (GETTEXT_PACKAGE, "{n} booking", "{n} bookings",
                                                         couple->bookings[which]), "n", n, NULL);
  g_autofree char *since = member->created_ms > 0
    ? sl_record_words_when (member->created_ms, sl_desk_get_now_ms (self->desk), sl_desk_get_zone (self->desk))
    : g_strdup ("");
  g_autofree char *made = *since != '\0' ? sl_text_fill (_("Made {when}"), "when", since, NULL) : g_strdup ("");
  g_autofree char *detail = sl_text_join ("\n", member->phone != NULL ? member->phone : "",
                                          member->email != NULL ? member->email : "",
                                          member->birth_date != NULL ? member->birth_date : "", credits, bookings,
                                          made, NULL);
  g_autofree char *keep = sl_id_to_string (&member->id);
  g_autofree char *gone = sl_id_to_string (&other->id);
  g_autofree char *target = g_strdup_printf ("%s %s", gone, keep);
  g_autofree char *label = sl_text_fill (_("Keep {name}"), "name", name, NULL);

  gtk_widget_set_hexpand (card, TRUE);
  gtk_box_append (GTK_BOX (card), sl_list_row_new (&(SlListRowWords) { name, detail, NULL, NULL }));
  gtk_box_append (GTK_BOX (card), sl_action_button_new (label, "main", "merge.keep", target));
  return card;
}

static void
on_couple (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Merge *self = g_object_get_data (owner, MERGE_KEY);
  const Couple *couple = result;
  GtkWidget *column, *cards;

  if (couple == NULL)
    {
      sl_desk_say_outcome (self->desk, refusal, error);
      return;
    }
  column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 16);
  cards = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 16);
  gtk_box_set_homogeneous (GTK_BOX (cards), TRUE);
  gtk_box_append (GTK_BOX (cards), card_of (self, couple, 0));
  gtk_box_append (GTK_BOX (cards), card_of (self, couple, 1));
  gtk_box_append (GTK_BOX (column), cards);
  gtk_box_append (GTK_BOX (column), sl_list_note_new (_("The name and number of the one that is kept stay; credits, "
                                                        "bookings, plans and notes of both become theirs. There is no "
                                                        "way back.")));
  gtk_widget_insert_action_group (column, "merge", G_ACTION_GROUP (self->actions));
  sl_desk_ask_open (self->desk, self->page, _("One person, or two?"), column);
}

static gboolean
read_pair (GVariant *target, Pair *out)
{
  g_auto (GStrv) ids = g_strsplit (g_variant_get_string (target, NULL), " ", 2);

  return g_strv_length (ids) == 2 && sl_id_parse (ids[0], &out->a) && sl_id_parse (ids[1], &out->b);
}

static void
on_compare (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  Merge *self = user_data;
  SlId other;

  if (sl_desk_ask_read_id (target, &other))
    sl_desk_merge_compare (self->desk, self->page, &self->member, &other);
}

static void
on_keep (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  Merge *self = user_data;
  SlDeskDeed *deed;
  Pair pair;

  if (!read_pair (target, &pair))
    return;
  deed = sl_desk_deed_new (SL_DESK_MERGE_MEMBERS, &pair.a);
  deed->other = pair.b;
  sl_desk_ask_do (self->desk, self->page, deed);
}

/* --- whose other record it is --- */

static void
merge_free (gpointer data)
{
  Merge *self = data;

  g_clear_weak_pointer (&self->found);
  g_clear_weak_pointer (&self->search_entry);
  g_object_unref (self->actions);
  g_object_unref (self->desk);
  g_free (self);
}

static Merge *
merge_of (SlDesk *desk, GtkWidget *page)
{
  const GActionEntry entries[] = { { "compare", on_compare, "s", NULL, NULL, { 0 } },
                                   { "keep", on_keep, "s", NULL, NULL, { 0 } } };
  Merge *self = g_object_get_data (G_OBJECT (page), MERGE_KEY);

  if (self != NULL)
    return self;
  self = g_new0 (Merge, 1);
  self->desk = g_object_ref (desk);
  self->page = page;
  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
  g_object_set_data_full (G_OBJECT (page), MERGE_KEY, self, merge_free);
  return self;
}

static void
add_found (Merge *self, const SlMember *member)
{
  g_autofree char *id = sl_id_to_string (&member->id);
  g_autofree char *name = sl_record_words_name (member);
  g_autofree char *detail = sl_text_join (" · ", member->phone != NULL ? member->phone : "",
                                          member->email != NULL ? member->email : "", NULL);

  gtk_box_append (self->found, sl_list_row_new_tapped (&(SlListRowWords) { name, detail, NULL, NULL }, "merge.compare",
                                                       id));
}

static void search (Merge *self);

static void
on_found (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Merge *self = g_object_get_data (owner, MERGE_KEY);
  GPtrArray *found = result;

  self->loads = FALSE;
  if (self->again)
    {
      search (self);
      return;
    }
  if (found == NULL)
    sl_desk_say_outcome (self->desk, refusal, error);
  if (self->found == NULL || found == NULL)
    return;
  sl_list_clear (self->found);
  for (guint i = 0, shown = 0; i < found->len && shown < SL_DESK_MERGE_FOUND; i++)
    if (!sl_id_equal (&((const SlMember *) found->pdata[i])->id, &self->member))
      {
        add_found (self, found->pdata[i]);
        shown++;
      }
}

static void
search (Merge *self)
{
  const char *text = self->search_entry != NULL ? gtk_editable_get_text (self->search_entry) : "";

  self->again = self->loads;
  if (self->loads || g_utf8_strlen (text, -1) < SEARCH_CHARS_MIN)
    return;
  self->loads = TRUE;
  sl_desk_run (self->desk, G_OBJECT (self->page), &(SlDeskJob) { .work = find, .request = g_strdup (text),
               .free_request = g_free, .free_result = sl_desk_unref_array, .done = on_found });
}

static void
on_search_changed (GtkEditable *entry, GtkWidget *page)
{
  search (g_object_get_data (G_OBJECT (page), MERGE_KEY));
}

/**
 * sl_desk_merge_ask:
 * @desk: reception
 * @page: over which it is asked
 * @member: whose other record is looked for
 *
 * Finds the other one by name or number, shows both side by side, and makes them one if that is wanted.
 */
void
sl_desk_merge_ask (SlDesk *desk, GtkWidget *page, const SlId *member)
{
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 16);
  GtkWidget *found = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  SlForm *form = sl_form_new ();
  GtkEntry *entry;
  Merge *self;

  g_return_if_fail (SL_IS_DESK (desk) && GTK_IS_WIDGET (page) && member != NULL);
  self = merge_of (desk, page);
  self->member = *member;
  entry = sl_form_add_entry (form, "search", _("Name or phone number"), GTK_INPUT_PURPOSE_FREE_FORM, NULL);
  gtk_box_append (GTK_BOX (column), GTK_WIDGET (form));
  gtk_box_append (GTK_BOX (column), found);
  g_set_weak_pointer (&self->found, GTK_BOX (found));
  g_set_weak_pointer (&self->search_entry, GTK_EDITABLE (entry));
  g_signal_connect_object (entry, "changed", G_CALLBACK (on_search_changed), page, 0);
  gtk_widget_insert_action_group (column, "merge", G_ACTION_GROUP (self->actions));
  /* Translators: a question over a member's page: somebody has written the same person down twice */
  sl_desk_ask_open (desk, page, _("Which is the other record?"), column);
  gtk_widget_grab_focus (GTK_WIDGET (entry));
}

/**
 * sl_desk_merge_compare:
 * @desk: reception
 * @page: over which it is asked
 * @one: a member
 * @other: another
 *
 * Shows both side by side, and makes them one if that is wanted.
 */
void
sl_desk_merge_compare (SlDesk *desk, GtkWidget *page, const SlId *one, const SlId *other)
{
  const Pair pair = { *one, *other };

  g_return_if_fail (SL_IS_DESK (desk) && GTK_IS_WIDGET (page));
  merge_of (desk, page);
  sl_desk_run (desk, G_OBJECT (page), &(SlDeskJob) { .work = load_couple, .request = g_memdup2 (&pair, sizeof pair),
               .free_request = g_free, .free_result = couple_free, .done = on_couple });
}
