/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-shell"

#include "desk-shell.h"

#include "date-words.h"
#include "desk-attention.h"
#include "desk-calls.h"
#include "desk-members.h"
#include "desk-reports.h"
#include "desk-scan.h"
#include "desk-schedule.h"
#include "desk-sell.h"
#include "desk-settings.h"
#include "desk-status.h"
#include "desk-studio.h"
#include "desk-till.h"
#include "desk-today.h"
#include "desk-walk-in.h"
#include "record-words.h"
#include "text-fill.h"

#include <glib/gi18n-lib.h>

#define SHELL_KEY "sl-desk-shell"
#define TICK_S 5
#define COUNT_S 60    /* the clock alone makes things due */
#define COUNT_REST 50 /* times as long as counting took, nothing is counted: at most 2 % of the engine's time */

typedef struct {
  SlDesk *desk;
  SlDeskPage *page;    /* holds this */
  SlDeskLeft left;
  gpointer left_data;
  gboolean asks;       /* the PIN page asks for somebody beside, not for who is there */
  SlId last;           /* who was there last */
  gint64 touched_us;   /* monotonic */
  guint tick_id;
  gboolean camera_missing, scanner_missing;
  gboolean reads_status, again; /* changed while it is read */
  gboolean uncounted;           /* changed since what needs attention was counted */
  gint64 counted_us, rests_us;  /* monotonic: when it was counted, until when it rests */
  guint rest_id;                /* of the end of that, where it is waited for */
  SlPower *power;
  GtkEventController *events; /* of the window, while the page is in sight: keys lie beside the page */
} Shell;

typedef struct {
  SlDeskPlace place;
  const char *name, *title, *icon;
  SlAction needs;      /* who may do this has something to do there; SL_ACTION_LAST: everybody */
  GtkWidget *(*create) (SlDesk *desk);
  gboolean (*is_for) (const SlActor *actor); /* (nullable): instead of needs, where no single action says it */
} Section;

/* In the order of the rail. */
static const Section sections[] = {
  /* Translators: a section of reception: the classes of the day */
  { SL_DESK_TODAY, "today", N_("Today"), "sl-today-symbolic", SL_ACTION_CHECK_IN, sl_desk_today_new },
  /* Translators: a section of reception: somebody walks in */
  { SL_DESK_WALK_IN, "walk-in", N_("Walk-in"), "sl-walk-in-symbolic", SL_ACTION_BOOK_FOR_MEMBER, sl_desk_walk_in_new },
  /* Translators: a section of reception */
  { SL_DESK_MEMBERS, "members", N_("Members"), "sl-members-symbolic", SL_ACTION_VIEW_MEMBERS, sl_desk_members_new },
  /* Translators: a section of reception */
  { SL_DESK_SELL, "sell", N_("Sell"), "sl-sell-symbolic", SL_ACTION_TAKE_PAYMENT, sl_desk_sell_new },
  /* Translators: a section of reception: the cash drawer and its books */
  { SL_DESK_TILL, "till", N_("Till"), "sl-till-symbolic", SL_ACTION_TAKE_PAYMENT, sl_desk_till_new },
  /* Translators: a section of reception: the classes of a week, to be planned */
  { SL_DESK_SCHEDULE, "schedule", N_("Schedule"), "sl-schedule-symbolic", SL_ACTION_CHANGE_SCHEDULE,
    sl_desk_schedule_new },
  /* Translators: a section of reception: what needs somebody */
  { SL_DESK_ATTENTION, "attention", N_("Attention"), "sl-attention-symbolic", SL_ACTION_CANCEL_ANY,
    sl_desk_attention_new },
  /* Translators: a section of reception: the figures of the studio */
  { SL_DESK_REPORTS, "reports", N_("Reports"), "sl-reports-symbolic", SL_ACTION_LAST, sl_desk_reports_new,
    sl_desk_reports_is_for },
  /* Translators: a section of reception: what the studio is made of: its classes, packages, plans, rooms and staff */
  { SL_DESK_STUDIO, "studio", N_("Studio"), "sl-studio-symbolic", SL_ACTION_EDIT_CATALOGUE, sl_desk_studio_new },
  /* Translators: a section of reception: what this device is told about itself */
  { SL_DESK_SETTINGS, "settings", N_("Settings"), "sl-settings-symbolic", SL_ACTION_MANAGE_DEVICES,
    sl_desk_settings_new },
  { 0 },
};

static const Section *
find_section (const char *name)
{
  for (guint i = 0; sections[i].name != NULL; i++)
    if (g_strcmp0 (sections[i].name, name) == 0)
      return &sections[i];
  return NULL;
}

static void
shell_free (gpointer data)
{
  Shell *shell = data;

  g_clear_handle_id (&shell->tick_id, g_source_remove);
  g_clear_handle_id (&shell->rest_id, g_source_remove);
  g_signal_handlers_disconnect_by_data (shell->desk, shell);
  g_signal_handlers_disconnect_by_data (shell->events, shell);
  g_object_unref (shell->events);
  g_clear_pointer (&shell->power, sl_power_free);
  g_object_unref (shell->desk);
  g_free (shell);
}

static Shell *
shell_of (SlDeskPage *page)
{
  return g_object_get_data (G_OBJECT (page), SHELL_KEY);
}

static void
touch (Shell *shell)
{
  shell->touched_us = g_get_monotonic_time ();
}

/* --- the PIN page --- */

static void
ask_who (Shell *shell)
{
  SlPinPage *pin = sl_desk_page_get_pin (shell->page);

  shell->asks = FALSE;
  sl_pin_page_clear (pin);
  sl_pin_page_set_question (pin, _("Who is at the desk?"), NULL, _("Back to check-in"));
  if (!sl_id_is_none (&shell->last))
    sl_pin_page_pick (pin, &shell->last);
  sl_desk_page_set_locked (shell->page, TRUE);
}

static void
on_people_loaded (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Shell *shell = shell_of (SL_DESK_PAGE (owner));
  SlPinPage *pin = sl_desk_page_get_pin (shell->page);
  GPtrArray *people = result;

  if (people == NULL)
    {
      sl_desk_say_outcome (shell->desk, refusal, error);
      return;
    }
  sl_pin_page_clear_people (pin);
  for (guint i = 0; i < people->len; i++)
    {
      const SlDeskStaff *person = g_ptr_array_index (people, i);

      sl_pin_page_add_person (pin, &person->id, person->name, sl_record_words_role (person->role));
    }
}

static void
load_people (Shell *shell)
{
  sl_desk_load_people (shell->desk, G_OBJECT (shell->page), on_people_loaded);
}

/* Why a PIN opened nothing. */
static void
say_pin (Shell *shell, const SlRefusal *refusal, const GError *error)
{
  SlPinPage *pin = sl_desk_page_get_pin (shell->page);
  g_autofree char *text = NULL;

  sl_pin_page_set_busy (pin, FALSE);
  text = error != NULL ? g_strdup (_("The PIN could not be looked at. Try again."))
                       : sl_desk_pin_words (refusal, sl_desk_get_zone (shell->desk));
  sl_pin_page_set_said (pin, text);
}

static void
on_signed_in (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Shell *shell = shell_of (SL_DESK_PAGE (owner));

  if (error != NULL || refusal->code != SL_REFUSAL_NONE)
    say_pin (shell, refusal, error);
}

static void
on_approver (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Shell *shell = shell_of (SL_DESK_PAGE (owner));

  if (error != NULL || refusal->code != SL_REFUSAL_NONE)
    {
      say_pin (shell, refusal, error);
      return;
    }
  shell->asks = FALSE;
  sl_pin_page_clear (sl_desk_page_get_pin (shell->page));
  sl_desk_page_set_locked (shell->page, sl_desk_get_staff (shell->desk) == NULL);
}

static void
on_pin_entered (SlPinPage *pin, const SlId *person, const char *typed, Shell *shell)
{
  sl_pin_page_set_busy (pin, TRUE);
  if (shell->asks)
    sl_desk_approve (shell->desk, person, typed, G_OBJECT (shell->page), on_approver);
  else
    sl_desk_sign_in (shell->desk, person, typed, G_OBJECT (shell->page), on_signed_in);
}

static void
on_pin_left (SlPinPage *pin, Shell *shell)
{
  if (shell->asks)
    {
      shell->asks = FALSE;
      sl_pin_page_clear (pin);
      sl_desk_page_set_locked (shell->page, FALSE);
      sl_desk_refuse_approval (shell->desk);
      return;
    }
  sl_pin_page_clear (pin);
  shell->left (shell->left_data);
}

static void
on_approval_wanted (SlDesk *desk, const char *why, Shell *shell)
{
  SlPinPage *pin = sl_desk_page_get_pin (shell->page);

  shell->asks = TRUE;
  sl_pin_page_clear (pin);
  /* Translators: a page with a PIN pad: somebody who may has to allow what the receptionist is about to do */
  sl_pin_page_set_question (pin, _("A manager's PIN"), why, _("Not now"));
  sl_desk_page_set_locked (shell->page, TRUE);
}

static void
on_badge (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Shell *shell = shell_of (SL_DESK_PAGE (owner));
  const SlDeskStaff *staff = result;

  sl_desk_scan_play_outcome (shell->desk, refusal, error);
  if (staff != NULL)
    sl_pin_page_pick (sl_desk_page_get_pin (shell->page), &staff->id);
  else if (error == NULL)
    say_pin (shell, refusal, NULL);
}

static void
on_scanned (SlDesk *desk, const char *code, Shell *shell)
{
  touch (shell);
  if (gtk_widget_get_mapped (GTK_WIDGET (sl_desk_page_get_pin (shell->page))))
    sl_desk_read_badge (desk, code, G_OBJECT (shell->page), on_badge);
}

/* Who waits may be told in front of anybody, but not who it is. */
static void
show_calls (Shell *shell)
{
  g_autofree char *words = sl_desk_calls_words (shell->desk);

  sl_pin_page_set_waiting (sl_desk_page_get_pin (shell->page), words);
}

/* --- who is there --- */

static void read_status (Shell *shell);

static gboolean
is_for (const Section *section, const SlActor *actor)
{
  if (section->is_for != NULL)
    return section->is_for (actor);
  return section->needs == SL_ACTION_LAST || sl_actor_scope (actor, section->needs) != SL_SCOPE_NONE;
}

/* Who comes in another's place stays where those were, if they may be there; else they begin with the first section
 * that is for them. */
static void
show_sections_for (Shell *shell, SlRole role)
{
  const SlActor actor = { .role = role };
  const Section *shown = find_section (sl_desk_page_get_section (shell->page)), *first = NULL;

  for (guint i = 0; sections[i].name != NULL; i++)
    {
      gboolean may = is_for (&sections[i], &actor);

      sl_desk_page_set_section_visible (shell->page, sections[i].name, may);
      if (may && first == NULL)
        first = &sections[i];
    }
  if (first != NULL && (shown == NULL || !is_for (shown, &actor)))
    sl_desk_page_show_section (shell->page, first->name);
}

static void
on_staff_changed (SlDesk *desk, Shell *shell)
{
  const SlDeskStaff *staff = sl_desk_get_staff (desk);

  /* What they ask was asked of somebody else, and shows what the next one may not see. Also of what came after the
   * lock, under the PIN page. */
  sl_desk_page_close_sheets (shell->page);
  if (staff == NULL)
    {
      ask_who (shell);
      load_people (shell);
      return;
    }
  shell->last = staff->id;
  shell->asks = FALSE;
  sl_pin_page_clear (sl_desk_page_get_pin (shell->page));
  sl_desk_page_set_person (shell->page, staff->name);
  show_sections_for (shell, staff->role);
  sl_desk_page_set_locked (shell->page, FALSE);
  touch (shell);
  shell->uncounted = TRUE; /* they may see others */
  shell->rests_us = 0;
  read_status (shell);
}

static void
on_lock_wanted (SlDeskPage *page, Shell *shell)
{
  sl_desk_sign_out (shell->desk);
}

/* --- going somewhere --- */

static void
on_section_wanted (SlDeskPage *page, const char *name, Shell *shell)
{
  const Section *section = find_section (name);

  if (section != NULL && g_strcmp0 (sl_desk_page_get_section (page), name) != 0)
    sl_desk_page_show_section (page, name);
}

static void
on_opened (SlDesk *desk, int place, const SlId *id, Shell *shell)
{
  if (place == SL_DESK_WALK_IN_CLASS)
    place = SL_DESK_WALK_IN;
  else if (place == SL_DESK_STUDIO_PACKAGES || place == SL_DESK_STUDIO_PLANS)
    place = SL_DESK_STUDIO;
  for (guint i = 0; sections[i].name != NULL; i++)
    if (sections[i].place == (SlDeskPlace) place)
      sl_desk_page_show_section (shell->page, sections[i].name);
}

static void
on_said (SlDesk *desk, int tone, const char *text, Shell *shell)
{
  sl_desk_page_say (shell->page, (SlDeskSays) tone, text);
}

/* --- how things stand --- */

static void
show_clock (Shell *shell)
{
  const SlDoorPlaceInfo *place = sl_door_get_place (sl_desk_get_door (shell->desk));
  g_autofree char *time = sl_date_words_time (sl_desk_get_now_ms (shell->desk), sl_desk_get_zone (shell->desk));
  g_autofree char *name = NULL;

  sl_desk_page_set_clock (shell->page, time);
  if (place == NULL)
    return;
  name = g_str_equal (place->studio_name, place->location_name)
         ? g_strdup (place->studio_name) : sl_text_join (" · ", place->studio_name, place->location_name, NULL);
  sl_desk_page_set_place (shell->page, name);
}

static gboolean
on_rested (gpointer user_data)
{
  Shell *shell = user_data;

  shell->rest_id = 0;
  if (gtk_widget_get_mapped (GTK_WIDGET (shell->page)))
    read_status (shell);
  return G_SOURCE_REMOVE;
}

static void
note_counted (Shell *shell, const SlDeskStatus *status)
{
  shell->counted_us = g_get_monotonic_time ();
  shell->rests_us = shell->counted_us + COUNT_REST * status->count_us;
  sl_desk_page_set_badge (shell->page, "attention", status->attention);
}

static void
show_status (Shell *shell, SlDeskStatus *status)
{
  status->camera_missing = shell->camera_missing;
  status->scanner_missing = shell->scanner_missing;
  sl_desk_page_clear_states (shell->page);
  sl_desk_status_show (status, shell->power, sl_desk_get_now_ms (shell->desk), shell->page);
}

static void
on_status (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Shell *shell = shell_of (SL_DESK_PAGE (owner));
  SlDeskStatus *status = result;

  shell->reads_status = FALSE;
  if (status != NULL)
    show_status (shell, status);
  if (status != NULL && status->counted)
    note_counted (shell, status);
  if (shell->again)
    read_status (shell);
}

/* Counting looks through the last months: it takes a fraction of a second in a large studio, in which nobody can be
 * checked in. So it follows changes, and rests in between; not while they are listed, where each is looked at. */
static gboolean
may_count (Shell *shell)
{
  gint64 now_us = g_get_monotonic_time ();

  if (!shell->uncounted && now_us - shell->counted_us < COUNT_S * G_TIME_SPAN_SECOND)
    return FALSE;
  if (now_us >= shell->rests_us || g_strcmp0 (sl_desk_page_get_section (shell->page), "attention") == 0)
    return TRUE;
  if (shell->rest_id == 0)
    shell->rest_id = g_timeout_add ((guint) ((shell->rests_us - now_us) / G_TIME_SPAN_MILLISECOND + 1), on_rested,
                                    shell);
  return FALSE;
}

static void
read_status (Shell *shell)
{
  gboolean count;

  if (sl_desk_get_staff (shell->desk) == NULL)
    return;
  shell->again = shell->reads_status;
  if (shell->reads_status)
    return;
  count = may_count (shell);
  shell->reads_status = TRUE;
  shell->uncounted &= !count;
  sl_desk_status_read (shell->desk, count, G_OBJECT (shell->page), on_status);
}

static gboolean
on_tick (gpointer user_data)
{
  Shell *shell = user_data;
  gint64 idle_us = g_get_monotonic_time () - shell->touched_us;

  if (!gtk_widget_get_mapped (GTK_WIDGET (shell->page)))
    return G_SOURCE_CONTINUE;
  show_clock (shell);
  sl_desk_calls_look (shell->desk);
  read_status (shell);
  if (sl_desk_get_staff (shell->desk) != NULL && idle_us >= SL_DESK_IDLE_S * G_TIME_SPAN_SECOND)
    {
      sl_desk_sign_out (shell->desk);
      touch (shell);
    }
  else if (sl_desk_get_staff (shell->desk) == NULL && idle_us >= SL_DESK_PIN_IDLE_S * G_TIME_SPAN_SECOND)
    on_pin_left (sl_desk_page_get_pin (shell->page), shell);
  return G_SOURCE_CONTINUE;
}

static void
on_changed (SlDesk *desk, Shell *shell)
{
  shell->uncounted = TRUE;
  if (gtk_widget_get_mapped (GTK_WIDGET (shell->page)))
    read_status (shell);
}

static gboolean
on_event (GtkEventControllerLegacy *events, GdkEvent *event, Shell *shell)
{
  GdkEventType type = gdk_event_get_event_type (event);

  if (type == GDK_BUTTON_PRESS || type == GDK_TOUCH_BEGIN || type == GDK_KEY_PRESS || type == GDK_SCROLL)
    touch (shell);
  return GDK_EVENT_PROPAGATE;
}

/* The keyboard on the screen is no part of the page. */
static void
on_mapped (GtkWidget *page, Shell *shell)
{
  gtk_widget_add_controller (GTK_WIDGET (gtk_widget_get_root (page)), g_object_ref (shell->events));
  touch (shell);
  show_clock (shell);
  read_status (shell);
}

static void
on_unmapped (GtkWidget *page, Shell *shell)
{
  GtkWidget *window = gtk_event_controller_get_widget (shell->events);

  if (window != NULL)
    gtk_widget_remove_controller (window, shell->events);
}

/* The desk outlives its page; what it tells then has nobody to hear it. */
static void
on_page_destroyed (GtkWidget *page, Shell *shell)
{
  g_signal_handlers_disconnect_by_data (shell->desk, shell);
}

static void
connect_desk (Shell *shell)
{
  g_signal_connect (shell->desk, "staff-changed", G_CALLBACK (on_staff_changed), shell);
  g_signal_connect (shell->desk, "approval-wanted", G_CALLBACK (on_approval_wanted), shell);
  g_signal_connect (shell->desk, "said", G_CALLBACK (on_said), shell);
  g_signal_connect (shell->desk, "opened", G_CALLBACK (on_opened), shell);
  g_signal_connect (shell->desk, "scanned", G_CALLBACK (on_scanned), shell);
  g_signal_connect (shell->desk, "changed", G_CALLBACK (on_changed), shell);
  g_signal_connect_swapped (shell->desk, "calls-changed", G_CALLBACK (show_calls), shell);
  g_signal_connect (shell->page, "destroy", G_CALLBACK (on_page_destroyed), shell);
}

/**
 * sl_desk_shell_attach:
 * @desk: reception
 * @page: an empty frame
 * @left: called when somebody wants the members' side back
 * @user_data: for @left
 *
 * Fills the frame with its sections and keeps it as long as it lives.
 */
void
sl_desk_shell_attach (SlDesk *desk, SlDeskPage *page, SlDeskLeft left, gpointer user_data)
{
  Shell *shell = g_new0 (Shell, 1);
  SlPinPage *pin = sl_desk_page_get_pin (page);

  g_return_if_fail (SL_IS_DESK (desk) && SL_IS_DESK_PAGE (page) && left != NULL);
  *shell = (Shell) { .desk = g_object_ref (desk), .page = page, .left = left, .left_data = user_data,
                     .power = sl_power_new (G_BUS_TYPE_SYSTEM), .events = gtk_event_controller_legacy_new () };
  g_object_set_data_full (G_OBJECT (page), SHELL_KEY, shell, shell_free);
  for (guint i = 0; sections[i].name != NULL; i++)
    sl_desk_page_add_section (page, sections[i].name, dgettext (GETTEXT_PACKAGE, sections[i].title), sections[i].icon,
                              sections[i].create (desk));
  if (sections[0].name != NULL)
    sl_desk_page_show_section (page, sections[0].name);
  connect_desk (shell);
  show_calls (shell);
  g_signal_connect (pin, "entered", G_CALLBACK (on_pin_entered), shell);
  g_signal_connect (pin, "left", G_CALLBACK (on_pin_left), shell);
  g_signal_connect (page, "section-wanted", G_CALLBACK (on_section_wanted), shell);
  g_signal_connect (page, "lock-wanted", G_CALLBACK (on_lock_wanted), shell);
  g_signal_connect (page, "map", G_CALLBACK (on_mapped), shell);
  g_signal_connect (page, "unmap", G_CALLBACK (on_unmapped), shell);
  gtk_event_controller_set_propagation_phase (shell->events, GTK_PHASE_CAPTURE);
  g_signal_connect (shell->events, "event", G_CALLBACK (on_event), shell);
  shell->tick_id = g_timeout_add_seconds (TICK_S, on_tick, shell);
  touch (shell);
  if (sl_desk_get_staff (desk) != NULL)
    on_staff_changed (desk, shell);
  else
    ask_who (shell); /* and who could be is looked up when somebody comes */
}

/**
 * sl_desk_shell_enter:
 * @page: a frame
 *
 * Somebody wants to get in: asks who it is.
 */
void
sl_desk_shell_enter (SlDeskPage *page)
{
  Shell *shell = shell_of (page);

  g_return_if_fail (shell != NULL);
  touch (shell);
  if (sl_desk_get_staff (shell->desk) == NULL)
    {
      ask_who (shell);
      load_people (shell);
    }
}

/**
 * sl_desk_shell_get_touched_us:
 * @page: a frame
 *
 * Returns: when somebody was last seen to be there, by monotonic time
 */
gint64
sl_desk_shell_get_touched_us (SlDeskPage *page)
{
  Shell *shell = shell_of (page);

  g_return_val_if_fail (shell != NULL, 0);
  return shell->touched_us;
}

/**
 * sl_desk_shell_set_devices:
 * @page: a frame
 * @camera_missing: whether a camera is wanted and not there
 * @scanner_missing: the same of a scanner
 */
void
sl_desk_shell_set_devices (SlDeskPage *page, gboolean camera_missing, gboolean scanner_missing)
{
  Shell *shell = shell_of (page);

  g_return_if_fail (shell != NULL);
  shell->camera_missing = camera_missing;
  shell->scanner_missing = scanner_missing;
  if (gtk_widget_get_mapped (GTK_WIDGET (page)))
    read_status (shell);
}
