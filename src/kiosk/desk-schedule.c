/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-schedule"

#include "desk-schedule.h"

#include "choice-flow.h"
#include "date-words.h"
#include "desk-ask.h"
#include "desk-load.h"
#include "desk-schedule-jobs.h"
#include "desk-studio.h"
#include "list-row.h"
#include "parts.h"
#include "schedule-form.h"
#include "schedule-page.h"
#include "studio-page.h"
#include "text-fill.h"

#include <glib/gi18n-lib.h>

#define KEY "sl-desk-schedule"
#define ONE "one"
#define FOLLOWING "following"

/* Presents the schedule; lives as long as its page. */
typedef struct {
  SlDesk *desk;
  SlSchedulePage *page; /* holds this */
  GSimpleActionGroup *actions;
  int week;             /* from this one on; −1: last week */
  SlDeskLoad load;

  SlSheet *sheet;       /* (nullable), weak: a class is made or changed */
  SlScheduleForm *form; /* the sheet's */
  GtkWidget *save_button;
  SlId id;              /* which; none: a new one */
  char *name;           /* (nullable): "Vinyasa, 07:00" */
  SlSchedulePlan plan;  /* as it was */
  guint following;      /* would change with it */
  SlScheduleSave save;  /* what is being asked about */

  SlChoiceFlow *which;  /* of the sheet that asks whether to cancel; (nullable): no other follows */
  GtkLabel *outlook;    /* of the same */
  guint bookings, bookings_following;
} Schedule;

static Schedule *
schedule_of (gpointer page)
{
  return g_object_get_data (G_OBJECT (page), KEY);
}

static void
run (Schedule *self, const SlDeskJob *job)
{
  sl_desk_run (self->desk, G_OBJECT (self->page), job);
}

/* --- the week --- */

static void reload (Schedule *self);

static void
on_loaded (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Schedule *self = schedule_of (owner);

  if (sl_desk_load_end (&self->load))
    reload (self);
  else if (result == NULL)
    sl_desk_say_outcome (self->desk, refusal, error);
  else
    sl_schedule_page_set_week (self->page, result, sl_desk_get_zone (self->desk));
}

static void
reload (Schedule *self)
{
  if (sl_desk_load_begin (&self->load, self->desk, GTK_WIDGET (self->page)))
    run (self, &(SlDeskJob) { .work = sl_schedule_read, .request = g_memdup2 (&self->week, sizeof self->week),
                              .free_request = g_free, .free_result = (GDestroyNotify) sl_schedule_week_unref,
                              .done = on_loaded });
}

static void
on_week_wanted (Schedule *self, int step)
{
  self->week = step == 0 ? 0 : self->week + step;
  reload (self);
}

/* --- what is said --- */

static char *
when_words (Schedule *self, gint64 start_ms)
{
  GTimeZone *zone = sl_desk_get_zone (self->desk);
  g_autofree char *day = sl_date_words_day (start_ms, zone), *time = sl_date_words_time (start_ms, zone);

  return g_strdup_printf ("%s %s", day, time);
}

/* Why it was not done; where another class is in the way, which. */
static char *
refused_words (Schedule *self, const SlRefusal *refusal, const GError *error)
{
  const char *class = error == NULL ? sl_refusal_get_text (refusal, "class") : NULL;
  const SlCodeInfo *info;
  g_autofree char *when = NULL, *other = NULL;

  if (error == NULL && refusal->code == SL_REFUSAL_NO_RIGHTS)
    return g_strdup (_("Another device plans that day. Change it there."));
  if (class == NULL)
    return sl_desk_ask_words (refusal, error);
  info = sl_refusal_info (refusal->code);
  when = when_words (self, sl_refusal_get_int (refusal, "start_ms", 0));
  other = sl_text_join (" · ", class, when, NULL);
  return g_strdup_printf ("%s (%s) %s", dgettext (GETTEXT_PACKAGE, info->message), other,
                          dgettext (GETTEXT_PACKAGE, info->hint));
}

static void
close_panel (Schedule *self)
{
  sl_desk_ask_close (GTK_WIDGET (self->page));
  if (self->sheet != NULL)
    sl_sheet_close (self->sheet);
}

static void
set_busy (Schedule *self, gboolean busy)
{
  if (self->sheet != NULL && self->save_button != NULL)
    gtk_widget_set_sensitive (self->save_button, !busy);
}

/* What was filled in stays, and why it was not done stands below it. */
static void
say_refused (Schedule *self, const SlRefusal *refusal, const GError *error)
{
  g_autofree char *words = refused_words (self, refusal, error);

  sl_desk_ask_close (GTK_WIDGET (self->page));
  set_busy (self, FALSE);
  if (self->sheet != NULL)
    sl_sheet_say (self->sheet, words);
  else if (error != NULL)
    sl_desk_say_outcome (self->desk, refusal, error);
  else
    sl_desk_say (self->desk, SL_DESK_TONE_ATTENTION, words);
}

static gboolean
went_wrong (Schedule *self, const SlRefusal *refusal, const GError *error)
{
  if (error == NULL && refusal->code == SL_REFUSAL_NONE)
    return FALSE;
  say_refused (self, refusal, error);
  return TRUE;
}

static char *
saved_words (Schedule *self, const SlScheduleSaved *saved)
{
  g_autofree char *when = when_words (self, saved->start_ms);
  g_autofree char *class = sl_text_join (", ", saved->name != NULL ? saved->name : "", when, NULL);
  g_autofree char *n = g_strdup_printf ("%u", saved->sessions);

  if (!sl_id_is_none (&self->save.session))
    return saved->sessions == 1 ? g_strdup (_("Saved."))
           : sl_text_fill (g_dngettext (GETTEXT_PACKAGE, "{n} class is changed.", "{n} classes are changed.",
                                        saved->sessions), "n", n, NULL);
  if (saved->sessions == 1)
    /* Translators: {class} is the name and time of a class that was made */
    return sl_text_fill (_("{class} is in the schedule."), "class", class, NULL);
  return sl_text_fill (g_dngettext (GETTEXT_PACKAGE, "{n} class is in the schedule, the first: {class}.",
                                    "{n} classes are in the schedule, the first: {class}.", saved->sessions),
                       "class", class, "n", n, NULL);
}

/* --- saving --- */

static void
on_saved (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Schedule *self = schedule_of (owner);
  const SlScheduleSaved *saved = result;
  g_autofree char *words = NULL, *n = NULL, *clashes = NULL, *both = NULL;

  if (went_wrong (self, refusal, error))
    return;
  close_panel (self);
  words = saved_words (self, saved);
  if (saved->clashes == 0)
    {
      sl_desk_say (self->desk, SL_DESK_TONE_DONE, words);
      return;
    }
  n = g_strdup_printf ("%u", saved->clashes);
  /* Translators: after a class was moved: members who are in another class then */
  clashes = sl_text_fill (g_dngettext (GETTEXT_PACKAGE, "{n} member is booked into another class at that time.",
                                       "{n} members are booked into another class at that time.", saved->clashes),
                          "n", n, NULL);
  both = sl_text_join (" ", words, clashes, NULL);
  sl_desk_say (self->desk, SL_DESK_TONE_ATTENTION, both);
}

static void
run_save (Schedule *self, gboolean following)
{
  self->save.following = following;
  set_busy (self, TRUE);
  run (self, &(SlDeskJob) { .work = sl_schedule_save, .request = g_memdup2 (&self->save, sizeof self->save),
                            .free_request = g_free, .free_result = sl_schedule_saved_free, .writes = TRUE,
                            .done = on_saved });
}

static char *
following_words (guint n)
{
  g_autofree char *count = g_strdup_printf ("%u", n);

  /* Translators: a class that repeats is changed, and those after it too */
  return sl_text_fill (g_dngettext (GETTEXT_PACKAGE, "This one and the {n} that follows",
                                    "This one and the {n} that follow", n), "n", count, NULL);
}

/* Once, and only where there are others. */
static void
ask_which_or_save (Schedule *self)
{
  GtkWidget *column;
  g_autofree char *words = NULL;

  if (self->following == 0)
    {
      run_save (self, FALSE);
      return;
    }
  words = following_words (self->following);
  column = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 12);
  gtk_box_append (GTK_BOX (column), sl_action_button_new (_("Only this one"), "main", "schedule.save", ONE));
  gtk_box_append (GTK_BOX (column), sl_action_button_new (words, "", "schedule.save", FOLLOWING));
  gtk_widget_insert_action_group (column, "schedule", G_ACTION_GROUP (self->actions));
  sl_desk_ask_open (self->desk, GTK_WIDGET (self->page), _("This class repeats. Which ones are changed?"), column);
}

static void
on_which (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  Schedule *self = user_data;
  gboolean following = g_str_equal (g_variant_get_string (target, NULL), FOLLOWING);

  sl_desk_ask_close (GTK_WIDGET (self->page));
  run_save (self, following);
}

static void
on_save (GtkButton *button, Schedule *self)
{
  SlSchedulePlan plan;

  sl_sheet_say (self->sheet, NULL);
  sl_schedule_form_read (self->form, &plan);
  self->save = (SlScheduleSave) { .session = self->id, .plan = plan };
  if (sl_id_is_none (&self->id) && sl_id_is_none (&plan.service_id))
    sl_sheet_say (self->sheet, _("Choose a class"));
  else if (sl_id_is_none (&self->id))
    run_save (self, FALSE);
  else if ((self->save.fields = sl_schedule_fields_changed (&self->plan, &plan)) == 0)
    close_panel (self);
  else
    ask_which_or_save (self);
}

/* --- cancelling --- */

static gboolean
cancels_following (Schedule *self)
{
  return self->which != NULL && g_strcmp0 (sl_choice_flow_get_chosen (self->which), FOLLOWING) == 0;
}

static void
show_outlook (Schedule *self)
{
  guint bookings = self->bookings + (cancels_following (self) ? self->bookings_following : 0);
  g_autofree char *n = g_strdup_printf ("%u", bookings);
  g_autofree char *words =
    bookings == 0 ? g_strdup (_("Nobody is booked. It cannot be taken back. Why is it cancelled?"))
    : sl_text_fill (g_dngettext (GETTEXT_PACKAGE,
                                 "{n} booking goes with it, and everything comes back. They are told. "
                                 "It cannot be taken back. Why is it cancelled?",
                                 "{n} bookings go with it, and everything comes back. They are told. "
                                 "It cannot be taken back. Why is it cancelled?", bookings), "n", n, NULL);

  gtk_label_set_label (self->outlook, words);
}

/* What will happen, and why. */
static void
on_looked_to_cancel (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Schedule *self = schedule_of (owner);
  const SlScheduleLook *look = result;
  GtkWidget *column;
  const char *reasons[] = { _("The instructor is ill"), _("The room cannot be used"), _("Too few are coming") };
  g_autofree char *title = NULL, *following = NULL;

  if (went_wrong (self, refusal, error) || self->sheet == NULL || !sl_id_equal (&look->session->id, &self->id))
    return;
  self->bookings = look->bookings;
  self->bookings_following = look->bookings_following;
  self->which = NULL;
  column = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 12);
  if (look->following > 0)
    {
      following = following_words (look->following);
      self->which = SL_CHOICE_FLOW (sl_choice_flow_new (_("This class repeats. Which ones are cancelled?"), 2));
      sl_choice_flow_add (self->which, ONE, _("Only this one"));
      sl_choice_flow_add (self->which, FOLLOWING, following);
      (void) sl_choice_flow_choose (self->which, ONE);
      gtk_box_append (GTK_BOX (column), GTK_WIDGET (self->which));
      g_signal_connect_swapped (self->which, "chosen", G_CALLBACK (show_outlook), self);
    }
  self->outlook = GTK_LABEL (sl_parts_label (NULL, "body"));
  gtk_label_set_max_width_chars (self->outlook, 48);
  gtk_box_append (GTK_BOX (column), GTK_WIDGET (self->outlook));
  show_outlook (self);
  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    gtk_box_append (GTK_BOX (column), sl_action_button_new (reasons[i], "danger", "schedule.cancel", reasons[i]));
  gtk_widget_insert_action_group (column, "schedule", G_ACTION_GROUP (self->actions));
  title = sl_text_fill (_("Cancel {class}?"), "class", self->name, NULL);
  sl_desk_ask_open (self->desk, GTK_WIDGET (self->page), title, column);
}

static void
look (Schedule *self, const SlId *id, gboolean counts, SlDeskDone done)
{
  SlScheduleLookWanted wanted = { *id, counts };

  run (self, &(SlDeskJob) { .work = sl_schedule_look, .request = g_memdup2 (&wanted, sizeof wanted),
                            .free_request = g_free, .free_result = sl_schedule_look_free, .done = done });
}

static void
on_cancel (GtkButton *button, Schedule *self)
{
  look (self, &self->id, TRUE, on_looked_to_cancel);
}

static void
on_cancelled (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Schedule *self = schedule_of (owner);
  g_autofree char *n = NULL, *words = NULL;

  if (went_wrong (self, refusal, error))
    return;
  close_panel (self);
  n = g_strdup_printf ("%u", *(guint *) result);
  words = sl_text_fill (g_dngettext (GETTEXT_PACKAGE, "{n} class is cancelled.", "{n} classes are cancelled.",
                                     *(guint *) result), "n", n, NULL);
  sl_desk_say (self->desk, SL_DESK_TONE_DONE, words);
}

static void
on_reason (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  Schedule *self = user_data;
  SlScheduleCancel *cancel = g_new0 (SlScheduleCancel, 1);

  cancel->session = self->id;
  cancel->following = cancels_following (self);
  cancel->reason = g_variant_dup_string (target, NULL);
  sl_desk_ask_close (GTK_WIDGET (self->page));
  run (self, &(SlDeskJob) { .work = sl_schedule_cancel, .request = cancel, .free_request = sl_schedule_cancel_free,
                            .free_result = g_free, .writes = TRUE, .done = on_cancelled });
}

/* --- a draft --- */

static void
on_published (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Schedule *self = schedule_of (owner);
  g_autofree char *words = NULL;

  if (went_wrong (self, refusal, error))
    return;
  close_panel (self);
  words = sl_text_fill (_("{class} can be booked now."), "class", self->name, NULL);
  sl_desk_say (self->desk, SL_DESK_TONE_DONE, words);
}

static void
on_publish (GtkButton *button, Schedule *self)
{
  run (self, &(SlDeskJob) { .work = sl_schedule_publish, .request = sl_id_copy (&self->id), .free_request = g_free,
                            .writes = TRUE, .done = on_published });
}

/* --- the panel --- */

static void
take_session (Schedule *self, const SlScheduleLook *look)
{
  const SlScheduleSession *session = look->session;
  g_autofree char *time = sl_date_words_time (session->start_ms, sl_desk_get_zone (self->desk));

  self->id = session->id;
  g_free (self->name);
  self->name = sl_text_join (", ", session->name != NULL ? session->name : "", time, NULL);
  self->plan = (SlSchedulePlan) { .room_id = session->room_id, .instructor_id = session->instructor_id,
                                  .day = session->day, .minute = session->minute, .capacity = session->capacity };
  self->following = session->state == SL_SESSION_IN_PROGRESS ? 0 : look->following;
}

static void
add_button (Schedule *self, GtkWidget *box, const char *label, const char *style, GCallback callback)
{
  GtkWidget *button = sl_parts_button (label, style);

  g_signal_connect (button, "clicked", callback, self);
  gtk_box_append (GTK_BOX (box), button);
}

/* session (nullable): that is changed */
static void
open_panel (Schedule *self, const char *title, const SlScheduleSession *session)
{
  SlScheduleWeek *week = sl_schedule_page_get_week (self->page);
  GtkWidget *column = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 16);
  GtkWidget *form = sl_schedule_form_new (week, session, &self->plan);

  close_panel (self);
  g_set_weak_pointer (&self->sheet, sl_sheet_new (title));
  self->form = SL_SCHEDULE_FORM (form);
  gtk_box_append (GTK_BOX (column), form);
  if (session != NULL)
    {
      GtkWidget *deeds = sl_parts_box (GTK_ORIENTATION_HORIZONTAL, "", 16);

      gtk_box_set_homogeneous (GTK_BOX (deeds), TRUE);
      add_button (self, deeds, _("Cancel the class"), "danger", G_CALLBACK (on_cancel));
      if (session->state == SL_SESSION_DRAFT)
        add_button (self, deeds, _("Open it for booking"), "", G_CALLBACK (on_publish));
      gtk_box_append (GTK_BOX (column), deeds);
    }
  sl_sheet_set_child (self->sheet, column);
  sl_sheet_add_action (self->sheet, _("Leave it"), "", NULL, NULL);
  self->save_button = sl_sheet_add_action (self->sheet, _("Save"), "main", G_CALLBACK (on_save), self);
  sl_sheet_present (self->sheet, GTK_WIDGET (self->page));
}

/* Nothing that could be given: whoever may make it is led there. */
static void
say_no_services (Schedule *self)
{
  GtkWidget *column;

  if (!sl_desk_studio_is_for_staff (self->desk))
    {
      sl_desk_say (self->desk, SL_DESK_TONE_ATTENTION,
                   _("There is no kind of class to be given here yet. A manager makes them."));
      return;
    }
  column = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 12);
  gtk_box_append (GTK_BOX (column), sl_action_button_new (sl_studio_new_words (SL_STUDIO_CLASSES), "main",
                                                          "schedule.make", NULL));
  gtk_widget_insert_action_group (column, "schedule", G_ACTION_GROUP (self->actions));
  sl_desk_ask_open (self->desk, GTK_WIDGET (self->page), _("There is no kind of class to be given here yet."), column);
}

static void
on_make (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  Schedule *self = user_data;

  sl_desk_ask_close (GTK_WIDGET (self->page));
  sl_desk_open (self->desk, SL_DESK_STUDIO, &sl_id_none);
}

static void
on_new_wanted (Schedule *self, gint64 day, int minute)
{
  SlScheduleWeek *week = sl_schedule_page_get_week (self->page);

  if (week == NULL)
    return;
  self->id = sl_id_none;
  self->following = 0;
  self->plan = (SlSchedulePlan) { .day = day, .minute = minute };
  if (week->services->len == 1)
    self->plan.service_id = ((const SlScheduleChoice *) week->services->pdata[0])->id;
  if (week->own && week->instructors->len == 1)
    self->plan.instructor_id = ((const SlScheduleChoice *) week->instructors->pdata[0])->id;
  if (week->services->len == 0)
    say_no_services (self);
  else
    open_panel (self, _("New class"), NULL);
}

/* What cannot be changed is said, and no field shown. */
static void
show_closed (Schedule *self, const SlScheduleSession *session)
{
  const char *why = session->state == SL_SESSION_CANCELLED ? _("It is cancelled, and cannot be changed any more.")
                    : session->state == SL_SESSION_COMPLETED ? _("It is over, and cannot be changed any more.")
                    : dgettext (GETTEXT_PACKAGE, sl_refusal_info (SL_REFUSAL_NOT_ALLOWED)->message);

  close_panel (self);
  g_set_weak_pointer (&self->sheet, sl_sheet_new (self->name));
  self->save_button = NULL;
  sl_sheet_set_child (self->sheet, sl_parts_label (why, "body"));
  sl_sheet_add_action (self->sheet, _("Close"), "", NULL, NULL);
  sl_sheet_present (self->sheet, GTK_WIDGET (self->page));
}

static void
on_looked (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Schedule *self = schedule_of (owner);
  const SlScheduleLook *look = result;

  if (went_wrong (self, refusal, error) || sl_schedule_page_get_week (self->page) == NULL)
    return;
  take_session (self, look);
  if (look->session->may_change && sl_schedule_session_is_open (look->session))
    open_panel (self, self->name, look->session);
  else
    show_closed (self, look->session);
}

static void
on_picked (Schedule *self, const SlId *id)
{
  look (self, id, FALSE, on_looked);
}

/* --- dragged --- */

static void
on_looked_to_move (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Schedule *self = schedule_of (owner);
  const SlScheduleLook *look = result;

  if (went_wrong (self, refusal, error) || !sl_id_equal (&look->session->id, &self->save.session))
    return;
  take_session (self, look);
  self->save.plan.minute += self->plan.minute % 60 - self->save.plan.minute % 60;
  self->save.fields = sl_schedule_fields_changed (&self->plan, &self->save.plan) & SL_SCHEDULE_START;
  if (self->save.fields != 0)
    ask_which_or_save (self);
}

static void
on_moved (Schedule *self, const SlId *id, gint64 day, int hour)
{
  self->save = (SlScheduleSave) { .session = *id, .plan = { .day = day, .minute = hour * 60 } };
  look (self, id, FALSE, on_looked_to_move);
}

/* --- its life --- */

static void
schedule_free (gpointer data)
{
  Schedule *self = data;

  g_clear_weak_pointer (&self->sheet);
  g_signal_handlers_disconnect_by_data (self->desk, self);
  g_object_unref (self->actions);
  g_object_unref (self->desk);
  g_free (self->name);
  g_free (self);
}

/**
 * sl_desk_schedule_new:
 * @desk: the desk
 *
 * Returns: (transfer floating): the schedule, which keeps itself up to date while it is seen
 */
GtkWidget *
sl_desk_schedule_new (SlDesk *desk)
{
  static const GActionEntry entries[] = {
    { "save", on_which, "s", NULL, NULL, { 0 } },
    { "cancel", on_reason, "s", NULL, NULL, { 0 } },
    { "make", on_make, NULL, NULL, NULL, { 0 } },
  };
  Schedule *self;

  g_return_val_if_fail (SL_IS_DESK (desk), NULL);
  self = g_new0 (Schedule, 1);
  self->desk = g_object_ref (desk);
  self->page = SL_SCHEDULE_PAGE (sl_schedule_page_new ());
  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
  g_object_set_data_full (G_OBJECT (self->page), KEY, self, schedule_free);
  g_signal_connect_swapped (self->page, "map", G_CALLBACK (reload), self);
  g_signal_connect_swapped (self->page, "week-wanted", G_CALLBACK (on_week_wanted), self);
  g_signal_connect_swapped (self->page, "new-wanted", G_CALLBACK (on_new_wanted), self);
  g_signal_connect_swapped (self->page, "picked", G_CALLBACK (on_picked), self);
  g_signal_connect_swapped (self->page, "moved", G_CALLBACK (on_moved), self);
  g_signal_connect_swapped (self->desk, "changed", G_CALLBACK (reload), self);
  g_signal_connect_swapped (self->desk, "staff-changed", G_CALLBACK (reload), self);
  return GTK_WIDGET (self->page);
}
