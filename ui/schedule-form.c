/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-schedule-form"

#include "schedule-form.h"

#include "choice-flow.h"
#include "parts.h"
#include "schedule-page.h"
#include "stepper.h"
#include "text-fill.h"

#include "core/datetime.h"

#include <glib/gi18n-lib.h>

#define NONE "-"  /* no room, nobody */
#define OPEN "open"
#define LAST_MINUTE (24 * 60 - 5)
#define LAST_DAY (SL_TIME_MAX_MS / SL_DAY_MS - 1)
#define CHOICES_IN_A_ROW 4

struct _SlScheduleForm {
  GtkBox parent_instance;

  SlScheduleWeek *week;
  gint64 length_min;   /* 0: no class is chosen yet */
  SlStepper *day, *start, *places, *weeks;               /* weeks (nullable): of a new class */
  SlChoiceFlow *service, *instructor, *room, *published; /* service, published (nullable): of a new one */
  gboolean places_named, instructor_named;               /* by a person, not by the class */
  gboolean is_filling;
};

G_DEFINE_FINAL_TYPE (SlScheduleForm, sl_schedule_form, GTK_TYPE_BOX)

/* --- words --- */

static char *
day_words (gint64 day, gpointer data)
{
  return sl_schedule_day_words (day);
}

/* "07:00 – 07:45" */
static char *
start_words (gint64 minute, gpointer data)
{
  SlScheduleForm *self = data;
  gint64 end = (minute + self->length_min) % (24 * 60);

  if (self->length_min == 0)
    return g_strdup_printf ("%02d:%02d", (int) minute / 60, (int) minute % 60);
  return g_strdup_printf ("%02d:%02d – %02d:%02d", (int) minute / 60, (int) minute % 60, (int) end / 60,
                          (int) end % 60);
}

static char *
weeks_words (gint64 weeks, gpointer data)
{
  SlScheduleForm *self = data;
  g_autofree char *until = sl_schedule_day_words (sl_stepper_get_value (self->day) + weeks * 7);

  if (weeks == 0)
    /* Translators: how often a class takes place */
    return g_strdup (_("Only once"));
  /* Translators: a class that takes place each week until this date */
  return sl_text_fill (_("Every week until {date}"), "date", until, NULL);
}

/* --- one thing follows from another --- */

static const SlScheduleChoice *
find_service (SlScheduleForm *self)
{
  const char *chosen = self->service != NULL ? sl_choice_flow_get_chosen (self->service) : NULL;
  SlId id;

  for (guint i = 0; chosen != NULL && sl_id_parse (chosen, &id) && i < self->week->services->len; i++)
    if (sl_id_equal (&((const SlScheduleChoice *) self->week->services->pdata[i])->id, &id))
      return self->week->services->pdata[i];
  return NULL;
}

static void
choose_id (SlChoiceFlow *flow, const SlId *id)
{
  g_autofree char *text = sl_id_is_none (id) ? g_strdup (NONE) : sl_id_to_string (id);

  (void) sl_choice_flow_choose (flow, text);
}

/* A class has its length, and as a rule its places and who gives it. */
static void
on_service (SlScheduleForm *self)
{
  const SlScheduleChoice *service = find_service (self);

  if (service == NULL)
    return;
  self->is_filling = TRUE;
  self->length_min = service->duration_min;
  sl_stepper_set_words (self->start, start_words, self);
  if (!self->places_named)
    sl_stepper_set_value (self->places, service->capacity);
  if (!self->instructor_named)
    choose_id (self->instructor, &service->instructor_id);
  self->is_filling = FALSE;
}

static void
on_places (SlScheduleForm *self)
{
  self->places_named |= !self->is_filling;
}

static void
on_instructor (SlScheduleForm *self)
{
  self->instructor_named |= !self->is_filling;
}

static void
on_day (SlScheduleForm *self)
{
  if (self->weeks != NULL)
    sl_stepper_set_words (self->weeks, weeks_words, self);
}

/* --- the fields --- */

static void
add_choices (SlChoiceFlow *flow, GPtrArray *choices)
{
  for (guint i = 0; i < choices->len; i++)
    {
      const SlScheduleChoice *choice = choices->pdata[i];
      g_autofree char *id = sl_id_to_string (&choice->id);

      sl_choice_flow_add (flow, id, choice->name);
    }
}

/* none: what is said where nothing is chosen. name (nullable): of the one that is chosen; it may be out of use. */
static SlChoiceFlow *
make_choice (SlScheduleForm *self, const char *question, GPtrArray *choices, const char *none, const SlId *chosen,
             const char *name)
{
  GtkWidget *flow = sl_choice_flow_new (question, CHOICES_IN_A_ROW);
  g_autofree char *id = sl_id_is_none (chosen) ? g_strdup (NONE) : sl_id_to_string (chosen);

  if (none != NULL)
    sl_choice_flow_add (SL_CHOICE_FLOW (flow), NONE, none);
  add_choices (SL_CHOICE_FLOW (flow), choices);
  if (!sl_choice_flow_choose (SL_CHOICE_FLOW (flow), id) && name != NULL)
    {
      sl_choice_flow_add (SL_CHOICE_FLOW (flow), id, name);
      (void) sl_choice_flow_choose (SL_CHOICE_FLOW (flow), id);
    }
  gtk_box_append (GTK_BOX (self), flow);
  return SL_CHOICE_FLOW (flow);
}

static SlStepper *
make_stepper (GtkWidget *pair, const char *label, gint64 min, gint64 max, gint64 value, gint64 big)
{
  GtkWidget *stepper = sl_stepper_new (label, min, max, value);
  const gint64 steps[] = { -big, -1, 1, big };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autofree char *words = g_strdup_printf ("%s%" G_GINT64_FORMAT, steps[i] < 0 ? "−" : "+", ABS (steps[i]));

      sl_stepper_add_step (SL_STEPPER (stepper), steps[i], words);
    }
  gtk_box_append (GTK_BOX (pair), stepper);
  return SL_STEPPER (stepper);
}

static SlStepper *
make_start (GtkWidget *pair, int minute)
{
  GtkWidget *stepper = sl_stepper_new (_("Start"), 0, LAST_MINUTE, minute);
  /* Translators: buttons that make a time earlier or later: by an hour; by minutes */
  g_autofree char *hour = sl_text_fill (_("{n} h"), "n", "1", NULL);
  g_autofree char *minutes = sl_text_fill (_("{n} min"), "n", "5", NULL);
  const struct { int by; const char *words; } steps[] = { { -60, hour }, { -5, minutes }, { 5, minutes },
                                                          { 60, hour } };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autofree char *words = g_strconcat (steps[i].by < 0 ? "−" : "+", steps[i].words, NULL);

      sl_stepper_add_step (SL_STEPPER (stepper), steps[i].by, words);
    }
  gtk_box_append (GTK_BOX (pair), stepper);
  return SL_STEPPER (stepper);
}

static GtkWidget *
make_pair (SlScheduleForm *self)
{
  GtkWidget *pair = sl_parts_box (GTK_ORIENTATION_HORIZONTAL, "", 24);

  gtk_box_set_homogeneous (GTK_BOX (pair), TRUE);
  gtk_box_append (GTK_BOX (self), pair);
  return pair;
}

static void
make_published (SlScheduleForm *self, gboolean draft)
{
  GtkWidget *flow = sl_choice_flow_new (_("Members can book it"), 2);

  sl_choice_flow_add (SL_CHOICE_FLOW (flow), OPEN, C_ ("answer", "Yes"));
  /* Translators: an answer to "Members can book it" */
  sl_choice_flow_add (SL_CHOICE_FLOW (flow), NONE, _("Not yet: a draft"));
  (void) sl_choice_flow_choose (SL_CHOICE_FLOW (flow), draft ? NONE : OPEN);
  gtk_box_append (GTK_BOX (self), flow);
  self->published = SL_CHOICE_FLOW (flow);
}

static void
sl_schedule_form_finalize (GObject *object)
{
  sl_schedule_week_unref (SL_SCHEDULE_FORM (object)->week);
  G_OBJECT_CLASS (sl_schedule_form_parent_class)->finalize (object);
}

static void
sl_schedule_form_class_init (SlScheduleFormClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sl_schedule_form_finalize;
}

static void
sl_schedule_form_init (SlScheduleForm *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 16);
  gtk_widget_add_css_class (GTK_WIDGET (self), "form");
}

/**
 * sl_schedule_form_new:
 * @week: what can be chosen
 * @session: (nullable): the class that is changed; %NULL: a new one
 * @plan: what is filled in
 *
 * Returns: (transfer floating): the fields; which class it is can be chosen of a new one alone
 */
GtkWidget *
sl_schedule_form_new (SlScheduleWeek *week, const SlScheduleSession *session, const SlSchedulePlan *plan)
{
  SlScheduleForm *self = g_object_new (SL_TYPE_SCHEDULE_FORM, NULL);
  GtkWidget *pair;

  self->week = sl_schedule_week_ref (week);
  if (session == NULL)
    self->service = make_choice (self, _("Class"), week->services, NULL, &plan->service_id, NULL);
  else
    self->length_min = (session->end_ms - session->start_ms) / SL_MINUTE_MS;
  pair = make_pair (self);
  self->day = make_stepper (pair, _("Day"), 0, LAST_DAY, plan->day, 7);
  self->start = make_start (pair, plan->minute);
  self->instructor = make_choice (self, _("Instructor"), week->instructors, _("Nobody"), &plan->instructor_id,
                                  session != NULL ? session->instructor : NULL);
  /* Translators: a class without a room */
  self->room = make_choice (self, _("Room"), week->rooms, _("No room"), &plan->room_id,
                            session != NULL ? session->room : NULL);
  pair = make_pair (self);
  self->places = make_stepper (pair, _("Places"), 0, SL_CAPACITY_MAX, plan->capacity, 5);
  sl_stepper_set_words (self->day, day_words, NULL);
  sl_stepper_set_words (self->start, start_words, self);
  if (session == NULL)
    {
      /* Translators: how often a class takes place: "Only once", "Every week until Tue 3 March" */
      self->weeks = make_stepper (pair, _("How often"), 0, SL_SCHEDULE_WEEKS_MAX, plan->weeks, 4);
      sl_stepper_set_words (self->weeks, weeks_words, self);
      make_published (self, plan->draft);
      g_signal_connect_swapped (self->service, "chosen", G_CALLBACK (on_service), self);
      on_service (self);
    }
  g_signal_connect_swapped (self->day, "changed", G_CALLBACK (on_day), self);
  g_signal_connect_swapped (self->places, "changed", G_CALLBACK (on_places), self);
  g_signal_connect_swapped (self->instructor, "chosen", G_CALLBACK (on_instructor), self);
  return GTK_WIDGET (self);
}

static void
read_id (SlChoiceFlow *flow, SlId *out)
{
  const char *chosen = flow != NULL ? sl_choice_flow_get_chosen (flow) : NULL;

  if (chosen == NULL || !sl_id_parse (chosen, out))
    *out = sl_id_none;
}

/**
 * sl_schedule_form_read:
 * @self: the fields
 * @out: (out caller-allocates): what is filled in
 */
void
sl_schedule_form_read (SlScheduleForm *self, SlSchedulePlan *out)
{
  g_return_if_fail (SL_IS_SCHEDULE_FORM (self) && out != NULL);

  read_id (self->service, &out->service_id);
  read_id (self->instructor, &out->instructor_id);
  read_id (self->room, &out->room_id);
  out->day = sl_stepper_get_value (self->day);
  out->minute = (int) sl_stepper_get_value (self->start);
  out->capacity = sl_stepper_get_value (self->places);
  out->weeks = self->weeks != NULL ? (int) sl_stepper_get_value (self->weeks) : 0;
  out->draft = self->published != NULL && g_strcmp0 (sl_choice_flow_get_chosen (self->published), OPEN) != 0;
}
