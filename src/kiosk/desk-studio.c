/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-studio"

#include "desk-studio.h"

#include "class-type.h"
#include "desk-ask.h"
#include "desk-load.h"
#include "desk-studio-jobs.h"
#include "parts.h"
#include "record-words.h"
#include "studio-form.h"
#include "studio-page.h"
#include "text-fill.h"
#include "text-size.h"

#include "core/text.h"

#include <glib/gi18n-lib.h>

#define KEY "sl-desk-studio"
#define WIDE_FROM_PX 1100 /* four fields beside each other, at the usual size of text */
#define USUAL_MINUTES 60
#define USUAL_PLACES 10
#define USUAL_CREDITS_HUNDREDTHS 100

/* Presents what the studio is made of; lives as long as its page. */
typedef struct {
  SlDesk *desk;
  SlStudioPage *page;   /* holds this */
  SlDeskLoad load;
  gboolean wants_new;   /* as soon as the list is there */
  SlStudioFound *found; /* (nullable): of the kind that is seen, or was */

  SlSheet *sheet;       /* (nullable), weak: one is made or changed */
  SlStudioForm *form;   /* the sheet's */
  GtkWidget *save_button, *active_button; /* the sheet's; active_button (nullable) */
  SlStudioKind kind;    /* of what is in the sheet */
  SlStudioThing *thing; /* (nullable): which, as it was; without an id: a new one */
  guint opened, saves;  /* which of all sheets it is; which one is being saved */
} Studio;

static Studio *
studio_of (gpointer page)
{
  return g_object_get_data (G_OBJECT (page), KEY);
}

/* --- rows --- */

static char *
money (Studio *self, gint64 cents)
{
  return sl_money_format (cents, sl_desk_get_currency (self->desk));
}

static char *
class_words (const SlStudioThing *thing)
{
  g_autofree char *min = g_strdup_printf ("%" G_GINT64_FORMAT, thing->duration_min);
  g_autofree char *places = g_strdup_printf ("%" G_GINT64_FORMAT, thing->places);
  g_autofree char *minutes = sl_text_fill (_("{n} min"), "n", min, NULL);
  g_autofree char *room = sl_text_fill (g_dngettext (GETTEXT_PACKAGE, "{n} place", "{n} places",
                                                     (gulong) thing->places), "n", places, NULL);
  g_autofree char *credits = thing->credits_hundredths > 0 ? sl_record_words_credits (thing->credits_hundredths)
                                                           : g_strdup ("");

  return sl_text_join (" · ", thing->type != NULL ? sl_class_type_words (thing->type) : "", minutes, room, credits,
                       NULL);
}

static char *
package_words (const SlStudioThing *thing)
{
  g_autofree char *credits = sl_credits_format (thing->credits_hundredths);
  g_autofree char *days = g_strdup_printf ("%" G_GINT64_FORMAT, thing->valid_days);

  return thing->valid_days > 0 ? sl_text_fill (_("{n} credits for {days} days"), "n", credits, "days", days, NULL)
                               : sl_text_fill (_("{n} credits"), "n", credits, NULL);
}

static char *
plan_words (Studio *self, const SlStudioThing *thing)
{
  g_autofree char *credits = sl_record_words_credits (thing->credits_hundredths);
  g_autofree char *amount = money (self, thing->joining_cents);
  /* Translators: what a membership pays for: "8 credits each month" */
  g_autofree char *what = thing->is_unlimited ? g_strdup (_("As many as they like"))
                          : sl_text_fill (_("{credits} each month"), "credits", credits, NULL);
  /* Translators: a fee that is paid once, when a membership begins */
  g_autofree char *joining = thing->joining_cents == 0 ? g_strdup ("")
                             : sl_text_fill (_("{amount} for joining"), "amount", amount, NULL);

  g_autofree char *n = g_strdup_printf ("%u", thing->services != NULL ? thing->services->len : 0);
  g_autofree char *some = thing->services == NULL ? g_strdup ("")
                          /* Translators: a membership pays for so many kinds of class and no others */
                          : sl_text_fill (g_dngettext (GETTEXT_PACKAGE, "for {n} kind of class only",
                                                       "for {n} kinds of class only", thing->services->len),
                                          "n", n, NULL);

  return sl_text_join (" · ", thing->is_annual ? _("Every year") : _("Every month"), what, some, joining, NULL);
}

static SlStudioRow *
row_of (Studio *self, SlStudioKind kind, const SlStudioThing *thing)
{
  SlStudioRow *row = g_new0 (SlStudioRow, 1);

  row->id = thing->id;
  row->title = g_strdup (thing->name);
  /* Translators: a class, a package, a room that is not used any more; somebody who does not work here any more */
  row->state = thing->active ? NULL : g_strdup (_("Out of use"));
  if (kind == SL_STUDIO_CLASSES)
    row->detail = class_words (thing);
  else if (kind == SL_STUDIO_PACKAGES)
    row->detail = package_words (thing);
  else if (kind == SL_STUDIO_PLANS)
    row->detail = plan_words (self, thing);
  else if (kind == SL_STUDIO_STAFF)
    row->detail = g_strdup (sl_record_words_role (thing->role));
  else if (kind == SL_STUDIO_LOCATIONS)
    row->detail = sl_text_join (" · ", thing->is_here ? _("This desk stands here") : "", thing->timezone,
                                thing->address != NULL ? thing->address : "", NULL);
  if (kind <= SL_STUDIO_PLANS && thing->price_cents != SL_NUMBER_NONE)
    row->figure = money (self, thing->price_cents);
  return row;
}

/* --- the list --- */

static void reload (Studio *self);
static void open_new (Studio *self);

static void
on_found (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Studio *self = studio_of (owner);
  SlStudioFound *found = result;
  g_autoptr (GPtrArray) rows = NULL;

  if (sl_desk_load_end (&self->load))
    {
      reload (self);
      return;
    }
  if (found == NULL)
    {
      sl_desk_say_outcome (self->desk, refusal, error);
      return;
    }
  rows = g_ptr_array_new_with_free_func (sl_studio_row_free);
  for (guint i = 0; i < found->things->len; i++)
    g_ptr_array_add (rows, row_of (self, found->kind, found->things->pdata[i]));
  sl_studio_page_set_rows (self->page, found->kind, rows);
  g_clear_pointer (&self->found, sl_studio_found_free);
  self->found = g_memdup2 (found, sizeof *found);
  g_ptr_array_ref (found->things);
  if (found->choices.classes != NULL)
    g_ptr_array_ref (found->choices.classes);
  if (self->wants_new)
    open_new (self);
}

static void
reload (Studio *self)
{
  SlStudioKind kind = sl_studio_page_get_kind (self->page);

  if (sl_desk_load_begin (&self->load, self->desk, GTK_WIDGET (self->page)))
    sl_desk_run (self->desk, G_OBJECT (self->page),
                 &(SlDeskJob) { .work = sl_studio_read, .request = g_memdup2 (&kind, sizeof kind),
                                .free_request = g_free, .free_result = sl_studio_found_free, .done = on_found });
}

/* --- saving --- */

static void
close_sheet (Studio *self)
{
  if (self->sheet != NULL)
    sl_sheet_close (self->sheet);
}

static void
set_busy (Studio *self, gboolean busy)
{
  gtk_widget_set_sensitive (self->save_button, !busy);
  if (self->active_button != NULL)
    gtk_widget_set_sensitive (self->active_button, !busy);
}

/* What the engine says of a number or a name it cannot take is for whoever types commands. */
static char *
refused_words (const SlRefusal *refusal, const GError *error)
{
  if (g_error_matches (error, SL_ERROR, SL_ERROR_BAD_INPUT))
    return g_strdup (_("It cannot be saved like this: the name is too long, or a number too small or too large."));
  return sl_desk_ask_words (refusal, error);
}

/* What was filled in stays, and why it was not done stands below it. */
static void
on_saved (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Studio *self = studio_of (owner);
  gboolean is_open = self->sheet != NULL && self->saves == self->opened;
  g_autofree char *words = NULL;

  if (error == NULL && refusal->code == SL_REFUSAL_NONE)
    {
      if (is_open)
        close_sheet (self);
      sl_desk_say (self->desk, SL_DESK_TONE_DONE, _("Saved."));
      return;
    }
  if (!is_open)
    {
      sl_desk_say_outcome (self->desk, refusal, error);
      return;
    }
  set_busy (self, FALSE);
  words = refused_words (refusal, error);
  sl_sheet_say (self->sheet, words);
}

/* after: (transfer full) */
static void
save (Studio *self, SlStudioThing *after)
{
  SlStudioSave *request = g_new0 (SlStudioSave, 1);

  request->kind = self->kind;
  request->before = sl_id_is_none (&self->thing->id) ? NULL : sl_studio_thing_copy (self->thing);
  request->after = after;
  self->saves = self->opened;
  set_busy (self, TRUE);
  sl_desk_run (self->desk, G_OBJECT (self->page),
               &(SlDeskJob) { .work = sl_studio_save, .request = request, .free_request = sl_studio_save_free,
                              .writes = TRUE, .done = on_saved });
}

static void
on_save (GtkButton *button, Studio *self)
{
  g_autofree char *problem = NULL;
  SlStudioThing *after = sl_studio_form_read (self->form, &problem);

  sl_sheet_say (self->sheet, problem);
  if (after != NULL)
    save (self, after);
}

/* As it was, but for that: what was typed beside it is not meant. */
static void
on_active (GtkButton *button, Studio *self)
{
  SlStudioThing *after = sl_studio_thing_copy (self->thing);

  sl_sheet_say (self->sheet, NULL);
  after->active = !after->active;
  save (self, after);
}

/* --- the sheet --- */

/* Translators: a button: nothing is lost, but it is not offered any more */
static const char *
active_words (SlStudioKind kind, gboolean active)
{
  if (kind == SL_STUDIO_STAFF)
    return active ? _("They no longer work here") : _("They work here again");
  return active ? _("Take it out of use") : _("Use it again");
}

static gboolean
is_me (Studio *self, const SlStudioThing *thing)
{
  const SlDeskStaff *staff = sl_desk_get_staff (self->desk);

  return staff != NULL && sl_id_equal (&staff->id, &thing->id);
}

static gboolean
is_wide (Studio *self)
{
  return gtk_widget_get_width (GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (self->page)))) * 100
         >= WIDE_FROM_PX * sl_text_size_get ();
}

/* Below the fields; where the screen is not high, beside the other actions, far from Save. Nobody signs themselves out
 * for good by a slip of the thumb. */
static void
add_active (Studio *self, GtkWidget *column)
{
  const char *words = active_words (self->kind, self->thing->active), *style = self->thing->active ? "danger" : "";

  self->active_button = NULL;
  if (sl_id_is_none (&self->thing->id) || self->kind == SL_STUDIO_LOCATIONS
      || (self->kind == SL_STUDIO_STAFF && is_me (self, self->thing)))
    return;
  if (is_wide (self))
    {
      self->active_button = sl_sheet_add_action (self->sheet, words, style, G_CALLBACK (on_active), self);
      return;
    }
  self->active_button = sl_parts_button (words, style);
  g_signal_connect (self->active_button, "clicked", G_CALLBACK (on_active), self);
  gtk_box_append (GTK_BOX (column), self->active_button);
}

static const char *
why_not_words (SlStudioKind kind)
{
  return kind == SL_STUDIO_LOCATIONS ? _("Only an owner makes locations. A manager can change their own.")
                                     : _("An owner has to change this: they are above you, or work elsewhere too.");
}

static void
open_sheet (Studio *self, SlStudioKind kind, const SlStudioThing *thing)
{
  gboolean is_new = sl_id_is_none (&thing->id);
  GtkWidget *column = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 16);

  close_sheet (self);
  self->opened++;
  self->kind = kind;
  sl_studio_thing_free (self->thing);
  self->thing = sl_studio_thing_copy (thing);
  g_set_weak_pointer (&self->sheet, sl_sheet_new (is_new ? sl_studio_new_words (kind) : thing->name));
  if (!thing->may_change)
    {
      gtk_box_append (GTK_BOX (column), sl_parts_label (why_not_words (kind), "body"));
      sl_sheet_set_child (self->sheet, column);
      sl_sheet_add_action (self->sheet, _("Close"), "", NULL, NULL);
      sl_sheet_present (self->sheet, GTK_WIDGET (self->page));
      return;
    }
  self->form = SL_STUDIO_FORM (sl_studio_form_new (kind, thing, &self->found->choices, is_wide (self)));
  gtk_box_append (GTK_BOX (column), GTK_WIDGET (self->form));
  sl_sheet_set_child (self->sheet, column);
  add_active (self, column);
  sl_sheet_add_action (self->sheet, _("Leave it"), "", NULL, NULL);
  self->save_button = sl_sheet_add_action (self->sheet, _("Save"), "main", G_CALLBACK (on_save), self);
  sl_sheet_present (self->sheet, GTK_WIDGET (self->page));
}

/* Nothing before the list is there: it says which roles can be given. */
static gboolean
is_ready (Studio *self)
{
  return self->found != NULL && self->found->kind == sl_studio_page_get_kind (self->page);
}

/* Most often the clocks go as they do here. */
static void
fill_location (Studio *self, SlStudioThing *thing)
{
  thing->may_change = self->found->choices.may_open;
  for (guint i = 0; i < self->found->things->len && thing->timezone == NULL; i++)
    {
      const SlStudioThing *other = self->found->things->pdata[i];

      thing->timezone = other->is_here ? g_strdup (other->timezone) : NULL;
    }
}

static void
open_new (Studio *self)
{
  g_autoptr (SlStudioThing) thing = sl_studio_thing_new ();

  self->wants_new = !is_ready (self);
  if (self->wants_new)
    return;
  thing->price_cents = thing->member_price_cents = SL_NUMBER_NONE;
  if (self->found->kind == SL_STUDIO_CLASSES)
    {
      thing->duration_min = USUAL_MINUTES;
      thing->places = USUAL_PLACES;
      thing->credits_hundredths = USUAL_CREDITS_HUNDREDTHS;
    }
  if (self->found->kind == SL_STUDIO_LOCATIONS)
    fill_location (self, thing);
  open_sheet (self, self->found->kind, thing);
}

static void
on_new (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  open_new (user_data);
}

static void
on_open (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  Studio *self = user_data;
  SlId id;

  if (!is_ready (self) || !sl_desk_ask_read_id (target, &id))
    return;
  for (guint i = 0; i < self->found->things->len; i++)
    {
      const SlStudioThing *thing = self->found->things->pdata[i];

      if (sl_id_equal (&thing->id, &id))
        {
          open_sheet (self, self->found->kind, thing);
          return;
        }
    }
}

/**
 * sl_desk_studio_is_for_staff:
 * @desk: the desk
 *
 * For other sections, which lead there.
 *
 * Returns: whether whoever has signed in may make what the studio is made of
 */
gboolean
sl_desk_studio_is_for_staff (SlDesk *desk)
{
  const SlDeskStaff *staff = sl_desk_get_staff (desk);
  const SlActor actor = { .role = staff != NULL ? staff->role : SL_ROLE_MEMBER };

  return sl_actor_scope (&actor, SL_ACTION_EDIT_CATALOGUE) != SL_SCOPE_NONE;
}

/* --- its life --- */

static void
on_kind (Studio *self)
{
  self->wants_new = FALSE;
  reload (self);
}

/* What was typed was somebody else's; whoever comes next may see less. */
static void
on_staff_changed (Studio *self)
{
  close_sheet (self);
  self->wants_new = FALSE;
  g_clear_pointer (&self->found, sl_studio_found_free);
  reload (self);
}

static void
on_opened (SlDesk *desk, int place, const SlId *id, Studio *self)
{
  if (place == SL_DESK_STUDIO)
    sl_studio_page_show_kind (self->page, SL_STUDIO_CLASSES);
  else if (place == SL_DESK_STUDIO_PACKAGES)
    sl_studio_page_show_kind (self->page, SL_STUDIO_PACKAGES);
  else if (place == SL_DESK_STUDIO_PLANS)
    sl_studio_page_show_kind (self->page, SL_STUDIO_PLANS);
}

static void
studio_free (gpointer data)
{
  Studio *self = data;

  g_clear_weak_pointer (&self->sheet);
  g_signal_handlers_disconnect_by_data (self->desk, self);
  sl_studio_found_free (self->found);
  sl_studio_thing_free (self->thing);
  g_object_unref (self->desk);
  g_free (self);
}

/**
 * sl_desk_studio_new:
 * @desk: the desk
 *
 * Returns: (transfer floating): what the studio is made of, which keeps itself up to date while it is seen
 */
GtkWidget *
sl_desk_studio_new (SlDesk *desk)
{
  static const GActionEntry entries[] = {
    { "new", on_new, NULL, NULL, NULL, { 0 } },
    { "open", on_open, "s", NULL, NULL, { 0 } },
  };
  g_autoptr (GSimpleActionGroup) actions = g_simple_action_group_new ();
  Studio *self;

  g_return_val_if_fail (SL_IS_DESK (desk), NULL);
  self = g_new0 (Studio, 1);
  self->desk = g_object_ref (desk);
  self->page = SL_STUDIO_PAGE (sl_studio_page_new ());
  g_action_map_add_action_entries (G_ACTION_MAP (actions), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self->page), "studio", G_ACTION_GROUP (actions));
  g_object_set_data_full (G_OBJECT (self->page), KEY, self, studio_free);
  g_signal_connect_swapped (self->page, "map", G_CALLBACK (reload), self);
  g_signal_connect_swapped (self->page, "kind-shown", G_CALLBACK (on_kind), self);
  g_signal_connect_swapped (self->desk, "changed", G_CALLBACK (reload), self);
  g_signal_connect_swapped (self->desk, "staff-changed", G_CALLBACK (on_staff_changed), self);
  g_signal_connect (self->desk, "opened", G_CALLBACK (on_opened), self);
  return GTK_WIDGET (self->page);
}
