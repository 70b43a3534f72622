/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-reports"

#include "desk-reports.h"

#include "desk-ask.h"
#include "desk-reports-file.h"
#include "desk-reports-jobs.h"
#include "desk-reports-words.h"

#include "list-row.h"
#include "parts.h"
#include "record-words.h"
#include "reports-page.h"
#include "text-fill.h"

#include "core/datetime.h"

#include <glib/gi18n-lib.h>

#define KEY "sl-desk-reports"
#define EVERYWHERE "everywhere" /* in the place of a location's id */

/* Presents the manager's page; lives as long as it. */
typedef struct {
  SlDesk *desk;
  SlReportsPage *page; /* holds this */
  GSimpleActionGroup *actions;
  SlId person;         /* whose figures are shown; none: nobody's */
  guint round;         /* another one for each */
  gboolean reads[SL_CARD_LAST], again[SL_CARD_LAST];

  /* the report that is shown, or will be */
  SlReportsTurn *turn; /* a reference: only the answer to its last question is shown */
  SlReportName name;
  const char *by;      /* (nullable): as is usual */
  SlReportsPeriod period;
  gboolean is_here;    /* of this device's location; else of the one below */
  SlId location;       /* none: all */
  SlId member;         /* none: it is of none */
  char *usual;         /* (nullable): what its own days are called */
  SlReportsFound *found; /* (nullable) */

  GtkWidget *members;  /* (nullable), weak: those to choose from */
  gboolean searches, searches_again;
  char *search;        /* (nullable) */
} Reports;

static void load_card (Reports *self, SlCard card);
static void read_report (Reports *self);

static Reports *
reports_of (GObject *page)
{
  return g_object_get_data (page, KEY);
}

static void
reports_free (gpointer data)
{
  Reports *self = data;

  g_clear_weak_pointer (&self->members);
  g_clear_pointer (&self->found, sl_reports_found_unref);
  g_atomic_int_inc (&self->turn->wanted); /* nobody waits for the last one */
  g_atomic_rc_box_release (self->turn);
  g_object_unref (self->actions);
  g_object_unref (self->desk);
  g_free (self->usual);
  g_free (self->search);
  g_free (self);
}

/* What the one who is there may do, for what is listed: the engine decides. */
static SlActor
actor_of (SlDesk *desk)
{
  const SlDeskStaff *staff = sl_desk_get_staff (desk);

  return (SlActor) { .role = staff != NULL ? staff->role : SL_ROLE_MEMBER };
}

/**
 * sl_desk_reports_is_for:
 * @actor: who has signed in
 *
 * Returns: whether there is a report that they may see
 */
gboolean
sl_desk_reports_is_for (const SlActor *actor)
{
  for (guint i = 0; i < SL_REPORT_LAST; i++)
    if (sl_report_is_for (i, actor))
      return TRUE;
  return FALSE;
}

/* --- answers --- */

static void
show_card (Reports *self, SlCard card, const char *figure, const char *why)
{
  sl_reports_page_set_card (self->page, card, &(SlReportsAnswer) { sl_card_title (card), figure, why });
}

static void
on_card (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Reports *self = reports_of (owner);
  const SlCardFound *found = result;
  g_autofree char *figure = NULL, *why = NULL;

  if (found == NULL || found->round != self->round) /* of somebody who has gone */
    return;
  self->reads[found->card] = FALSE;
  if (self->again[found->card])
    load_card (self, found->card);
  else if (error != NULL)
    show_card (self, found->card, "–", _("It could not be read."));
  else if (refusal->code != SL_REFUSAL_NONE)
    sl_reports_page_set_card (self->page, found->card, NULL);
  else
    {
      sl_card_words (found, sl_desk_get_currency (self->desk), &figure, &why);
      show_card (self, found->card, figure, why);
    }
}

/* This week up to today, and the last one up to the same day of it. */
static void
ask_weeks (Reports *self, SlCardAsked *asked)
{
  GTimeZone *zone = sl_desk_get_zone (self->desk);
  gint64 now_ms = sl_desk_get_now_ms (self->desk);

  sl_reports_period_days (SL_REPORTS_WEEK, now_ms, zone, &asked->from, &asked->to);
  sl_reports_period_days (SL_REPORTS_WEEK, now_ms - 7 * SL_DAY_MS, zone, &asked->from_before, &asked->to_before);
}

/* One job each: somebody at the door need never wait for all of them. */
static void
load_card (Reports *self, SlCard card)
{
  SlActor actor = actor_of (self->desk);
  SlCardAsked *asked;

  if (!sl_card_is_for (card, &actor))
    return;
  self->again[card] = self->reads[card];
  if (self->reads[card])
    return;
  self->reads[card] = TRUE;
  asked = g_new0 (SlCardAsked, 1);
  asked->card = card;
  asked->round = self->round;
  if (card == SL_CARD_MONEY)
    ask_weeks (self, asked);
  sl_desk_run (self->desk, G_OBJECT (self->page),
               &(SlDeskJob) { .work = sl_card_load, .request = asked, .free_request = sl_card_asked_free,
                              .free_result = sl_card_found_free, .apart = TRUE, .done = on_card });
}

static void
load_cards (Reports *self)
{
  for (guint i = 0; i < SL_CARD_LAST; i++)
    load_card (self, i);
}

static void
show_overview (Reports *self)
{
  SlActor actor = actor_of (self->desk);

  g_atomic_int_inc (&self->turn->wanted);
  g_clear_pointer (&self->found, sl_reports_found_unref);
  sl_reports_page_show_overview (self->page);
  sl_reports_page_hide_cards (self->page);
  sl_reports_page_clear_list (self->page);
  for (guint i = 0; i < SL_CARD_LAST; i++)
    if (sl_card_is_for (i, &actor))
      show_card (self, i, NULL, NULL);
  for (guint i = 0; i < SL_REPORT_LAST; i++)
    if (sl_report_is_for (i, &actor))
      {
        const SlListRowWords words = { dgettext (GETTEXT_PACKAGE, sl_report_title (i)), sl_report_words_about (i), NULL,
                                       NULL };

        sl_reports_page_add_row (self->page,
                                 sl_list_row_new_tapped (&words, "reports.open", sl_report_word (i)));
      }
}

/* --- a report --- */

/* What a tap on a row opens. */
static gboolean
find_behind (const SlReport *report, SlDeskPlace *out)
{
  gboolean of_members = report->name == SL_REPORT_AT_RISK
                        || (report->name == SL_REPORT_ATTENDANCE && g_strcmp0 (report->by, "member") == 0);

  *out = of_members ? SL_DESK_MEMBERS : SL_DESK_TODAY;
  return of_members || report->name == SL_REPORT_TODAY;
}

static const char *
place_name (Reports *self)
{
  for (guint i = 0; i < self->found->places->len; i++)
    {
      const SlReportsPlace *place = self->found->places->pdata[i];

      if (sl_id_equal (&place->id, &self->found->location))
        return place->name;
    }
  return _("All locations");
}

static void
show_choices (Reports *self)
{
  const SlReport *report = self->found->report;
  GTimeZone *zone = sl_desk_get_zone (self->desk);
  g_autofree char *way = report->by != NULL ? sl_report_words_way (report->by) : NULL;

  if (report->from_day != SL_NUMBER_NONE)
    {
      g_autofree char *usual = NULL;
      SlReportsPeriod period = sl_reports_period_of (report, sl_desk_get_now_ms (self->desk), zone, &usual);

      if (usual != NULL && self->period == SL_REPORTS_USUAL)
        {
          g_free (self->usual);
          self->usual = g_steal_pointer (&usual);
        }
      sl_reports_page_set_period (self->page, self->period == SL_REPORTS_USUAL ? period : self->period, self->usual);
    }
  sl_reports_page_set_way (self->page, way);
  sl_reports_page_set_place (self->page, self->found->places->len > 1 ? place_name (self) : NULL);
}

static void
show_report (Reports *self)
{
  const SlReport *report = self->found->report;
  gint64 now_ms = sl_desk_get_now_ms (self->desk);
  g_autofree char *notes = sl_report_words_notes (report);
  g_autofree char *subtitle = sl_report_words_subtitle (report, now_ms, sl_desk_get_zone (self->desk));
  SlDeskPlace behind;
  gboolean opens = find_behind (report, &behind);

  show_choices (self);
  sl_reports_page_set_report (self->page, subtitle, sl_report_words_table (report, now_ms, opens), notes);
  sl_reports_page_set_can_print (self->page, self->found->can_print && report->rows->len > 0);
}

static void
on_report (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Reports *self = reports_of (owner);
  SlReportsFound *found = result;

  /* It comes late: something else is shown, or to somebody else. */
  if (found != NULL && found->number != g_atomic_int_get (&self->turn->wanted))
    return;
  if (error != NULL || refusal->code != SL_REFUSAL_NONE)
    {
      sl_reports_page_set_said (self->page, error != NULL ? _("It could not be read. Try again.")
                                : dgettext (GETTEXT_PACKAGE, sl_refusal_info (refusal->code)->message));
      sl_desk_say_outcome (self->desk, refusal, error);
      return;
    }
  if (found->report == NULL)
    return;
  g_clear_pointer (&self->found, sl_reports_found_unref);
  self->found = g_atomic_rc_box_acquire (found);
  show_report (self);
}

static void
read_report (Reports *self)
{
  SlReportsAsked *asked = sl_reports_asked_new (self->turn, self->name);

  asked->by = self->by;
  asked->is_here = self->is_here;
  asked->location = self->location;
  asked->member = self->member;
  sl_reports_period_days (self->period, sl_desk_get_now_ms (self->desk), sl_desk_get_zone (self->desk), &asked->from,
                          &asked->to);
  sl_desk_run (self->desk, G_OBJECT (self->page),
               &(SlDeskJob) { .work = sl_reports_load, .request = asked, .free_request = sl_reports_asked_free,
                              .free_result = sl_reports_found_unref, .apart = TRUE, .done = on_report });
}

static void
ask_again (Reports *self)
{
  sl_reports_page_set_reading (self->page);
  read_report (self);
}

/* by (nullable), member (nullable): of none. */
static void
open_report (Reports *self, SlReportName name, SlReportsPeriod period, const char *by, const SlId *member)
{
  self->name = name;
  self->by = by;
  self->period = period;
  self->is_here = name != SL_REPORT_LOCATIONS; /* side by side they are all */
  self->location = sl_id_none;
  self->member = member != NULL ? *member : sl_id_none;
  g_clear_pointer (&self->usual, g_free);
  sl_reports_page_show_report (self->page, dgettext (GETTEXT_PACKAGE, sl_report_title (name)));
  if (sl_report_takes_days (name) && period != SL_REPORTS_USUAL)
    sl_reports_page_set_period (self->page, period, NULL);
  read_report (self);
}

/* A sheet whose rows are actions of the page. */
static void
ask (Reports *self, const char *title, GtkWidget *box)
{
  gtk_widget_insert_action_group (box, "reports", G_ACTION_GROUP (self->actions));
  sl_desk_ask_open (self->desk, GTK_WIDGET (self->page), title, box);
}

/* --- whose visits --- */

static void search_members (Reports *self);

static void
on_members (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Reports *self = reports_of (owner);
  const GPtrArray *members = result;

  self->searches = FALSE;
  if (self->members == NULL)
    return;
  if (self->searches_again)
    {
      search_members (self);
      return;
    }
  sl_parts_clear (self->members);
  if (members == NULL)
    {
      sl_desk_say_outcome (self->desk, refusal, error);
      return;
    }
  for (guint i = 0; i < members->len; i++)
    {
      const SlMember *member = members->pdata[i];
      g_autofree char *name = sl_record_words_name (member), *id = sl_id_to_string (&member->id);

      gtk_box_append (GTK_BOX (self->members), sl_list_row_new_tapped (&(SlListRowWords) { name, member->phone, NULL,
                                                                       NULL }, "reports.member", id));
    }
  if (members->len == 0)
    gtk_box_append (GTK_BOX (self->members), sl_list_note_new (_("Nobody is called that.")));
}

static void
search_members (Reports *self)
{
  self->searches_again = self->searches;
  if (self->searches)
    return;
  self->searches = TRUE;
  sl_desk_run (self->desk, G_OBJECT (self->page),
               &(SlDeskJob) { .work = sl_reports_find_members, .request = g_strdup (self->search),
                              .free_request = g_free, .free_result = sl_desk_unref_array, .done = on_members });
}

static void
on_search_changed (GtkEditable *entry, GObject *page)
{
  Reports *self = reports_of (page);

  g_free (self->search);
  self->search = g_strdup (gtk_editable_get_text (entry));
  search_members (self);
}

static void
ask_whose (Reports *self)
{
  GtkWidget *box = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 12);
  GtkEntry *entry;

  gtk_box_append (GTK_BOX (box), sl_parts_field (_("Name or phone number"), GTK_INPUT_PURPOSE_FREE_FORM, &entry));
  g_clear_weak_pointer (&self->members);
  g_set_weak_pointer (&self->members, sl_parts_box (GTK_ORIENTATION_VERTICAL, "list", 8));
  gtk_box_append (GTK_BOX (box), self->members);
  ask (self, _("Whose visits?"), box);
  g_signal_connect_object (entry, "changed", G_CALLBACK (on_search_changed), self->page, 0);
  gtk_widget_grab_focus (GTK_WIDGET (entry));
  on_search_changed (GTK_EDITABLE (entry), G_OBJECT (self->page));
}

/* --- choosing --- */

static void
on_action_open (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  Reports *self = user_data;
  SlReportName name;

  if (!sl_report_parse (g_variant_get_string (target, NULL), &name))
    return;
  if (name == SL_REPORT_MEMBER)
    ask_whose (self);
  else
    open_report (self, name, SL_REPORTS_USUAL, NULL, NULL);
}

static void
on_action_member (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  Reports *self = user_data;
  SlId id;

  if (!sl_id_parse (g_variant_get_string (target, NULL), &id))
    return;
  sl_desk_ask_close (GTK_WIDGET (self->page));
  open_report (self, SL_REPORT_MEMBER, SL_REPORTS_USUAL, NULL, &id);
}

static void
on_action_way (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  Reports *self = user_data;
  const char *const *ways = sl_report_ways (self->name);

  for (guint i = 0; ways[i] != NULL; i++)
    if (g_str_equal (ways[i], g_variant_get_string (target, NULL)))
      self->by = ways[i];
  sl_desk_ask_close (GTK_WIDGET (self->page));
  ask_again (self);
}

static void
on_action_place (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  Reports *self = user_data;

  self->is_here = FALSE;
  if (!sl_id_parse (g_variant_get_string (target, NULL), &self->location))
    self->location = sl_id_none;
  sl_desk_ask_close (GTK_WIDGET (self->page));
  ask_again (self);
}

static void
add_choice (GtkWidget *box, const char *label, gboolean chosen, const char *action, const char *target)
{
  const SlListRowWords words = { label, NULL, chosen ? _("shown") : NULL, NULL };

  gtk_box_append (GTK_BOX (box), sl_list_row_new_tapped (&words, action, target));
}

static void
on_way (SlReportsPage *page, Reports *self)
{
  const char *const *ways = sl_report_ways (self->name);
  GtkWidget *box = sl_parts_box (GTK_ORIENTATION_VERTICAL, "list", 8);

  for (guint i = 0; ways[i] != NULL; i++)
    {
      g_autofree char *label = sl_report_words_way (ways[i]);

      add_choice (box, label, self->found != NULL && g_strcmp0 (self->found->report->by, ways[i]) == 0, "reports.way",
                  ways[i]);
    }
  ask (self, _("What is each row of?"), box);
}

static void
on_place (SlReportsPage *page, Reports *self)
{
  GtkWidget *box = sl_parts_box (GTK_ORIENTATION_VERTICAL, "list", 8);

  if (self->found == NULL)
    return;
  add_choice (box, _("All locations"), sl_id_is_none (&self->found->location), "reports.place", EVERYWHERE);
  for (guint i = 0; i < self->found->places->len; i++)
    {
      const SlReportsPlace *place = self->found->places->pdata[i];
      g_autofree char *id = sl_id_to_string (&place->id);

      add_choice (box, place->name, sl_id_equal (&place->id, &self->found->location), "reports.place", id);
    }
  ask (self, _("Of which location?"), box);
}

static void
on_period (SlReportsPage *page, guint period, Reports *self)
{
  self->period = period;
  ask_again (self);
}

static void
on_back (SlReportsPage *page, Reports *self)
{
  show_overview (self);
  load_cards (self);
}

static void
on_card_opened (SlReportsPage *page, guint card, Reports *self)
{
  SlReportName name;

  if (!sl_card_get_report (card, &name))
    sl_desk_open (self->desk, SL_DESK_ATTENTION, &sl_id_none);
  else
    open_report (self, name, card == SL_CARD_MONEY ? SL_REPORTS_WEEK : SL_REPORTS_USUAL, NULL, NULL);
}

static void
on_row (SlReportsPage *page, guint number, Reports *self)
{
  SlDeskPlace behind;

  if (self->found != NULL && find_behind (self->found->report, &behind) && number < self->found->report->rows->len)
    sl_desk_open (self->desk, behind, &((const SlReportRow *) self->found->report->rows->pdata[number])->id);
}

static void
on_printing (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Reports *self = reports_of (owner);

  if (error != NULL || refusal->code != SL_REFUSAL_NONE)
    sl_desk_say_outcome (self->desk, refusal, error);
  else
    sl_desk_say (self->desk, SL_DESK_TONE_DONE, _("The report is on its way to the printer."));
}

static void
on_print (SlReportsPage *page, Reports *self)
{
  if (self->found != NULL)
    sl_desk_run (self->desk, G_OBJECT (page),
                 &(SlDeskJob) { .work = sl_reports_print, .request = g_atomic_rc_box_acquire (self->found),
                                .free_request = sl_reports_found_unref, .done = on_printing });
}

static void
on_save (SlReportsPage *page, Reports *self)
{
  if (self->found != NULL)
    sl_desk_reports_save (self->desk, self->found);
}

/* --- the section --- */

static void
on_mapped (GtkWidget *page, Reports *self)
{
  if (sl_reports_page_is_overview (self->page))
    load_cards (self);
}

/* What is of this moment follows it; what is of weeks is read when somebody comes to look. */
static void
on_changed (SlDesk *desk, GObject *page)
{
  Reports *self = reports_of (page);

  if (!gtk_widget_get_mapped (GTK_WIDGET (page)) || sl_desk_get_staff (desk) == NULL)
    return;
  if (!sl_reports_page_is_overview (self->page))
    {
      if (!sl_report_takes_days (self->name) && self->found != NULL)
        read_report (self);
      return;
    }
  load_card (self, SL_CARD_HERE);
  load_card (self, SL_CARD_USUAL);
  load_card (self, SL_CARD_ATTENTION);
}

/* Nobody sees the figures of whoever was there before. */
static void
on_staff_changed (SlDesk *desk, GObject *page)
{
  Reports *self = reports_of (page);
  const SlDeskStaff *staff = sl_desk_get_staff (desk);

  if (staff != NULL && sl_id_equal (&staff->id, &self->person))
    return;
  self->person = staff != NULL ? staff->id : sl_id_none;
  self->round++;
  memset (self->reads, 0, sizeof self->reads);
  memset (self->again, 0, sizeof self->again);
  show_overview (self);
  if (staff != NULL && gtk_widget_get_mapped (GTK_WIDGET (page)))
    load_cards (self);
}

static void
add_actions (Reports *self)
{
  const GActionEntry entries[] = {
    { "open", on_action_open, "s", NULL, NULL, { 0 } },
    { "member", on_action_member, "s", NULL, NULL, { 0 } },
    { "way", on_action_way, "s", NULL, NULL, { 0 } },
    { "place", on_action_place, "s", NULL, NULL, { 0 } },
  };

  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self->page), "reports", G_ACTION_GROUP (self->actions));
}

/**
 * sl_desk_reports_new:
 * @desk: reception
 *
 * Returns: (transfer floating): the section of the manager's answers and all reports
 */
GtkWidget *
sl_desk_reports_new (SlDesk *desk)
{
  Reports *self = g_new0 (Reports, 1);

  g_return_val_if_fail (SL_IS_DESK (desk), NULL);
  self->desk = g_object_ref (desk);
  self->turn = g_atomic_rc_box_new0 (SlReportsTurn);
  self->page = SL_REPORTS_PAGE (sl_reports_page_new ());
  g_object_set_data_full (G_OBJECT (self->page), KEY, self, reports_free);
  add_actions (self);
  g_signal_connect (self->page, "card", G_CALLBACK (on_card_opened), self);
  g_signal_connect (self->page, "period", G_CALLBACK (on_period), self);
  g_signal_connect (self->page, "way", G_CALLBACK (on_way), self);
  g_signal_connect (self->page, "place", G_CALLBACK (on_place), self);
  g_signal_connect (self->page, "back", G_CALLBACK (on_back), self);
  g_signal_connect (self->page, "save", G_CALLBACK (on_save), self);
  g_signal_connect (self->page, "print", G_CALLBACK (on_print), self);
  g_signal_connect (self->page, "row", G_CALLBACK (on_row), self);
  g_signal_connect (self->page, "map", G_CALLBACK (on_mapped), self);
  g_signal_connect_object (desk, "changed", G_CALLBACK (on_changed), self->page, 0);
  g_signal_connect_object (desk, "staff-changed", G_CALLBACK (on_staff_changed), self->page, 0);
  on_staff_changed (desk, G_OBJECT (self->page));
  return GTK_WIDGET (self->page);
}
