/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-today-move"

#include "desk-today-private.h"

#include "date-words.h"
#include "record-words.h"
#include "text-fill.h"

#include "core/datetime.h"
#include "core/text.h"
#include "engine/booking-view.h"
#include "engine/cancel.h"
#include "engine/schedule.h"

#include <glib/gi18n-lib.h>

#define MOVE_DAYS 14   /* who moves a class moves it to this week or the next */
#define MOVE_MAX 40    /* and does not read more than that */

/* What the sheets say before they ask: what would come back of a booking, and where it could go. */
typedef struct {
  SlId booking;
  char *name; /* whose */
  gboolean moves;
} Question;

typedef struct {
  SlId id;
  char *name, *room; /* (nullable) */
  gint64 start_ms;
  gint64 free;
} Target;

typedef struct {
  SlId booking;
  char *name;
  char *class_name;    /* (nullable) */
  gint64 start_ms;
  int percent;         /* that the policy gives back now */
  gint64 spent_hundredths, price_cents;
  GPtrArray *targets;  /* (nullable) (element-type Target) */
} Outlook;

static void
question_free (gpointer data)
{
  g_free (((Question *) data)->name);
  g_free (data);
}

static void
target_free (gpointer data)
{
  Target *target = data;

  g_free (target->name);
  g_free (target->room);
  g_free (target);
}

static void
outlook_free (gpointer data)
{
  Outlook *outlook = data;

  g_free (outlook->name);
  g_free (outlook->class_name);
  g_clear_pointer (&outlook->targets, g_ptr_array_unref);
  g_free (outlook);
}

/* --- on the engine's thread --- */

static gboolean
may_take (const SlActor *actor, const SlSession *session, const SlId *from)
{
  if (session->state != SL_SESSION_PUBLISHED || sl_id_equal (&session->id, from))
    return FALSE;
  return actor->role != SL_ROLE_INSTRUCTOR || sl_id_equal (&session->instructor_id, &actor->id);
}

/* The same class first, then by time. */
static int
compare_targets (gconstpointer a, gconstpointer b, gpointer class_name)
{
  const Target *one = *(const Target *const *) a, *other = *(const Target *const *) b;
  gboolean one_same = g_strcmp0 (one->name, class_name) == 0, other_same = g_strcmp0 (other->name, class_name) == 0;

  if (one_same != other_same)
    return other_same - one_same;
  return one->start_ms < other->start_ms ? -1 : one->start_ms > other->start_ms;
}

static gboolean
read_targets (SlEngine *engine, const SlActor *actor, const SlSession *from, Outlook *outlook, GError **error)
{
  gint64 now_ms = sl_engine_now_ms (engine);
  g_autoptr (GPtrArray) sessions = sl_session_list (engine, &from->location_id, now_ms, now_ms + MOVE_DAYS * SL_DAY_MS,
                                                    error);

  outlook->targets = g_ptr_array_new_with_free_func (target_free);
  for (guint i = 0; sessions != NULL && i < sessions->len && outlook->targets->len < MOVE_MAX; i++)
    {
      SlSession *session = sessions->pdata[i];
      SlSessionCounts counts;
      Target *target;

      if (!may_take (actor, session, &from->id))
        continue;
      if (!sl_session_counts (engine, &session->id, &counts, error))
        return FALSE;
      target = g_new0 (Target, 1);
      target->id = session->id;
      target->name = g_steal_pointer (&session->service_name);
      target->room = g_steal_pointer (&session->room_name);
      target->start_ms = session->start_ms;
      target->free = counts.free;
      g_ptr_array_add (outlook->targets, target);
    }
  if (sessions != NULL)
    g_ptr_array_sort_with_data (outlook->targets, compare_targets, from->service_name);
  return sessions != NULL;
}

static gboolean
look (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result, SlRefusal *out_refusal,
      GError **error)
{
  const Question *question = request;
  g_autoptr (SlBookingView) view = NULL;
  g_autoptr (SlSession) session = NULL;
  Outlook *outlook;

  if (!sl_booking_show_to (engine, actor, &question->booking, &view, out_refusal, error))
    return FALSE;
  if (out_refusal->code != SL_REFUSAL_NONE)
    return TRUE;
  session = sl_session_get (engine, &view->session_id, error);
  if (session == NULL)
    return FALSE;
  outlook = g_new0 (Outlook, 1);
  outlook->booking = question->booking;
  outlook->name = g_strdup (question->name);
  outlook->class_name = g_strdup (view->class_name);
  outlook->start_ms = view->start_ms;
  outlook->spent_hundredths = view->spent_hundredths;
  outlook->price_cents = view->price_cents;
  outlook->percent = sl_cancel_percent (engine, &session->location_id, &session->service_id, session->start_ms,
                                        sl_engine_now_ms (engine), error);
  if (outlook->percent < 0 || (question->moves && !read_targets (engine, actor, session, outlook, error)))
    {
      outlook_free (outlook);
      return FALSE;
    }
  *out_result = outlook;
  return TRUE;
}

/* --- on the desk's thread --- */

static char *
credits_words (const Outlook *outlook)
{
  g_autofree char *credits = sl_record_words_credits (outlook->spent_hundredths);
  g_autofree char *percent = g_strdup_printf ("%d", outlook->percent);

  if (outlook->spent_hundredths == 0)
    return g_strdup ("");
  if (outlook->percent == 100)
    /* Translators: before a cancellation: all credits come back; {credits} is "2.5 credits" */
    return sl_text_fill (_("Everything comes back: {credits}."), "credits", credits, NULL);
  if (outlook->percent == 0)
    /* Translators: before a cancellation: it is too late to get anything back */
    return sl_text_fill (_("It is late: nothing of {credits} comes back."), "credits", credits, NULL);
  /* xgettext:no-c-format */
  return sl_text_fill (_("It is late: of {credits}, {percent} % comes back."), "percent", percent, "credits",
                       credits, NULL);
}

static char *
back_words (SlDeskToday *self, const Outlook *outlook)
{
  g_autofree char *credits = credits_words (outlook);
  g_autofree char *amount = outlook->price_cents > 0
                            ? sl_money_format (outlook->price_cents, sl_desk_get_currency (self->desk)) : NULL;
  g_autofree char *money = amount != NULL
                           ? sl_text_fill (_("{amount} was paid: money is given back at the till."), "amount", amount,
                                           NULL)
                           : g_strdup ("");
  g_autofree char *words = sl_text_join (" ", credits, money, NULL);

  return *words != '\0' ? g_steal_pointer (&words) : g_strdup (_("It cost nothing: nothing comes back."));
}

static char *
class_words (SlDeskToday *self, const Outlook *outlook)
{
  g_autofree char *time = sl_date_words_time (outlook->start_ms, sl_desk_get_zone (self->desk));

  return sl_text_join (", ", outlook->class_name != NULL ? outlook->class_name : "", time, NULL);
}

static void
on_cancel (SlTodayAsked *asked, const char *answer)
{
  sl_desk_today_do (asked->today, SL_DEED_CANCEL, &asked->id, NULL, asked->name, NULL);
}

static void
on_waive_reason (SlTodayAsked *asked, const char *answer)
{
  sl_desk_today_do (asked->today, SL_DEED_WAIVE, &asked->id, NULL, asked->name, answer);
}

static void
on_waive (SlTodayAsked *asked, const char *answer)
{
  SlTodayAsked *why = sl_today_ask (asked->today, _("Give everything back?"),
                                    _("More than the rules give back, with a manager's PIN. Why?"), &asked->id,
                                    asked->name);

  /* Translators: why more is given back than the rules do */
  sl_today_asked_add (why, _("They are ill"), "", NULL, on_waive_reason);
  sl_today_asked_add (why, _("It was our mistake"), "", NULL, on_waive_reason);
  sl_today_asked_add (why, _("Goodwill"), "", NULL, on_waive_reason);
  sl_today_asked_show (why, _("Not now"));
}

static void
on_looked_at_cancel (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  SlDeskToday *self = sl_desk_today_of (owner);
  const Outlook *outlook = result;
  g_autofree char *class_name = NULL;
  g_autofree char *title = NULL;
  g_autofree char *back = NULL;
  SlTodayAsked *asked;

  if (outlook == NULL)
    {
      sl_desk_say_outcome (self->desk, refusal, error);
      return;
    }
  class_name = class_words (self, outlook);
  title = sl_text_fill (_("Cancel {class} for {name}?"), "class", class_name, "name", outlook->name, NULL);
  back = back_words (self, outlook);
  asked = sl_today_ask (self, title, back, &outlook->booking, outlook->name);
  sl_today_asked_add (asked, _("Cancel the booking"), "danger", NULL, on_cancel);
  if (outlook->percent < 100 && outlook->spent_hundredths > 0)
    sl_today_asked_add (asked, _("Cancel, and give everything back"), "", NULL, on_waive);
  sl_today_asked_show (asked, _("Keep the booking"));
}

static void
ask_engine (SlDeskToday *self, const SlId *booking, const char *name, gboolean moves, SlDeskDone done)
{
  Question *question = g_new0 (Question, 1);

  question->booking = *booking;
  question->name = g_strdup (name);
  question->moves = moves;
  sl_desk_run (self->desk, G_OBJECT (self->page),
               &(SlDeskJob) { .work = look, .request = question, .free_request = question_free,
                              .free_result = outlook_free, .done = done });
}

/**
 * sl_desk_today_ask_cancel:
 * @self: the presenter
 * @booking: which
 * @name: whose
 *
 * Says what would come back, and asks.
 */
void
sl_desk_today_ask_cancel (SlDeskToday *self, const SlId *booking, const char *name)
{
  ask_engine (self, booking, name, FALSE, on_looked_at_cancel);
}

static void
on_target (SlTodayAsked *asked, const char *answer)
{
  sl_desk_today_do (asked->today, SL_DEED_MOVE, &asked->id, &asked->other, asked->name, NULL);
}

static void
add_target (SlDeskToday *self, SlTodayAsked *asked, const Target *target)
{
  GTimeZone *zone = sl_desk_get_zone (self->desk);
  g_autofree char *day = sl_date_words_day_from (target->start_ms, sl_desk_get_now_ms (self->desk), zone);
  g_autofree char *time = sl_date_words_time (target->start_ms, zone);
  g_autofree char *label = sl_text_join (" · ", target->name != NULL ? target->name : "", time, NULL);
  g_autofree char *count = g_strdup_printf ("%" G_GINT64_FORMAT, target->free);
  g_autofree char *spots = target->free > 0
                           ? sl_text_fill (g_dngettext (GETTEXT_PACKAGE, "{n} free", "{n} free", target->free), "n",
                                           count, NULL)
                           : g_strdup (_("full"));
  g_autofree char *detail = sl_text_join (" · ", day, target->room != NULL ? target->room : "", spots, NULL);
  GtkWidget *row = sl_today_asked_add_row (asked, label, detail, &target->id, on_target);

  gtk_widget_set_sensitive (row, target->free > 0);
}

static void
on_looked_at_move (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  SlDeskToday *self = sl_desk_today_of (owner);
  const Outlook *outlook = result;
  g_autofree char *title = NULL;
  g_autofree char *back = NULL;
  g_autofree char *detail = NULL;
  SlTodayAsked *asked;

  if (outlook == NULL)
    {
      sl_desk_say_outcome (self->desk, refusal, error);
      return;
    }
  title = sl_text_fill (_("Where does {name} move to?"), "name", outlook->name, NULL);
  back = credits_words (outlook);
  detail = sl_text_join (" ", back, outlook->targets->len > 0 ? _("The new class is paid as usual.")
                                                              : _("There is no other class to move to."), NULL);
  asked = sl_today_ask (self, title, detail, &outlook->booking, outlook->name);
  for (guint i = 0; i < outlook->targets->len; i++)
    add_target (self, asked, outlook->targets->pdata[i]);
  sl_today_asked_show (asked, _("Keep the booking"));
}

/**
 * sl_desk_today_ask_move:
 * @self: the presenter
 * @booking: which
 * @name: whose
 *
 * Shows where the booking can go, and what of it comes back.
 */
void
sl_desk_today_ask_move (SlDeskToday *self, const SlId *booking, const char *name)
{
  ask_engine (self, booking, name, TRUE, on_looked_at_move);
}
