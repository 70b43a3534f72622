/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-member-side"

#include "member-side.h"

#include "member-private.h"
#include "text-fill.h"

#define TICK_MS 500

enum { SIGNAL_SHOWN, SIGNAL_DONE, SIGNAL_ANSWERED, SIGNAL_FAILED, SIGNAL_CALLED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SlMemberSide, sl_member_side, G_TYPE_OBJECT)

/* sl_member_side_now_ms: by the world's clock. */
gint64
sl_member_side_now_ms (SlMemberSide *self)
{
  return self->world->now_ms (self->world);
}

/* sl_member_side_zone: (transfer full): the studio's. */
GTimeZone *
sl_member_side_zone (SlMemberSide *self)
{
  const SlDoorPlaceInfo *place = sl_door_get_place (self->door);

  return place != NULL ? g_time_zone_ref (place->zone) : g_time_zone_new_utc ();
}

/* The pages */

/* Not at once: a button of the page may be what asks for it. */
static gboolean
drop_page (gpointer user_data)
{
  GtkWidget *page = user_data, *stack = gtk_widget_get_parent (page);

  if (stack != NULL)
    gtk_stack_remove (GTK_STACK (stack), page);
  return G_SOURCE_REMOVE;
}

static void
clear_page (SlMemberSide *self)
{
  if (self->shown == NULL)
    return;
  /* What says who it was goes now, whatever still holds the page. */
  if (SL_IS_ANSWER_VIEW (self->shown))
    sl_answer_view_clear (SL_ANSWER_VIEW (self->shown));
  if (SL_IS_MEMBER_PAGE (self->shown))
    sl_member_page_set_busy (SL_MEMBER_PAGE (self->shown), TRUE);
  g_signal_handlers_disconnect_by_data (self->shown, self);
  gtk_widget_set_visible (self->shown, FALSE);
  g_idle_add_full (G_PRIORITY_HIGH_IDLE, drop_page, g_object_ref_sink (self->shown), g_object_unref);
  self->shown = NULL;
  self->pad = NULL;
}

static int
seconds_left (SlMemberSide *self)
{
  gint64 left_ms = SL_MEMBER_SIDE_IDLE_S * 1000 - (sl_member_side_now_ms (self) - self->touched_ms);

  return (int) CLAMP ((left_ms + 999) / 1000, 0, SL_MEMBER_SIDE_IDLE_S);
}

static void
show_left (SlMemberSide *self)
{
  if (self->shown != NULL && SL_IS_MEMBER_PAGE (self->shown))
    sl_member_page_set_left (SL_MEMBER_PAGE (self->shown), seconds_left (self));
}

static void
show_state (SlMemberSide *self)
{
  if (self->shown != NULL && SL_IS_MEMBER_PAGE (self->shown))
    sl_member_page_set_state (SL_MEMBER_PAGE (self->shown), self->state, self->state_is_wrong);
}

static void
touch (SlMemberSide *self)
{
  self->touched_ms = sl_member_side_now_ms (self);
  show_left (self);
}

static gboolean
on_tick (gpointer user_data)
{
  SlMemberSide *self = user_data;

  /* A clock that is set back must not keep a name on the screen; nor may it go while something is being recorded. */
  if (self->is_busy || sl_member_side_now_ms (self) < self->touched_ms)
    self->touched_ms = sl_member_side_now_ms (self);
  if (self->step == STEP_ANSWER)
    return G_SOURCE_CONTINUE; /* it has a clock of its own */
  show_left (self);
  if (seconds_left (self) > 0)
    return G_SOURCE_CONTINUE;
  self->tick_id = 0;
  sl_member_side_finish (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_event (GtkEventControllerLegacy *events, GdkEvent *event, SlMemberSide *self)
{
  switch (gdk_event_get_event_type (event))
    {
    case GDK_BUTTON_PRESS:
    case GDK_BUTTON_RELEASE:
    case GDK_TOUCH_BEGIN:
    case GDK_TOUCH_UPDATE:
    case GDK_TOUCH_END:
    case GDK_SCROLL:
    case GDK_KEY_PRESS:
      touch (self);
      break;
    default: /* a mouse that lies there is nobody */
      break;
    }
  return GDK_EVENT_PROPAGATE;
}

/* sl_member_side_show_page: replaces the page that is shown. */
void
sl_member_side_show_page (SlMemberSide *self, SlMemberStep step, GtkWidget *page)
{
  clear_page (self);
  self->step = step;
  self->shown = page;
  sl_shape_bin_set_shape (SL_SHAPE_BIN (page), sl_shape_bin_get_shape (SL_SHAPE_BIN (self->widget)));
  gtk_stack_add_child (self->stack, page);
  gtk_stack_set_visible_child (self->stack, page);
  show_state (self);
  touch (self);
  if (self->tick_id == 0)
    self->tick_id = g_timeout_add (TICK_MS, on_tick, self);
  g_signal_emit (self, signals[SIGNAL_SHOWN], 0);
}

/* Forgetting */

static void
forget (SlMemberSide *self)
{
  self->generation++;
  self->is_busy = FALSE;
  sl_member_proof_clear (&self->proof);
  self->member = self->session = self->booking = sl_id_none;
  g_clear_pointer (&self->short_name, g_free);
  self->said = SL_REFUSAL_NONE;
  g_clear_pointer (&self->said_to, g_free);
  self->said_to_id = sl_id_none;
  g_clear_pointer (&self->sessions, g_ptr_array_unref);
  g_clear_pointer (&self->bookings, g_ptr_array_unref);
  self->came_home = self->needs_health_form = self->tells_instructor = self->join_waitlist = FALSE;
  self->purpose = PURPOSE_CHECK_IN;
}

/**
 * sl_member_side_reset:
 * @self: a side
 *
 * Forgets who was there and all about them, and shows nothing. What is being recorded is recorded, and told to nobody.
 */
void
sl_member_side_reset (SlMemberSide *self)
{
  g_return_if_fail (SL_IS_MEMBER_SIDE (self));
  forget (self);
  clear_page (self);
  self->step = STEP_NONE;
  g_clear_handle_id (&self->tick_id, g_source_remove);
}

/* sl_member_side_finish: the member is done, or has gone. */
void
sl_member_side_finish (SlMemberSide *self)
{
  sl_member_side_reset (self);
  g_signal_emit (self, signals[SIGNAL_DONE], 0);
}

/* The engine */

typedef struct {
  SlMemberSide *side;
  SlMemberRequest *request;
  SlMemberDone done;
  guint generation;
} Running;

/* sl_member_side_request: (transfer full): a request in the name of whoever is there. */
SlMemberRequest *
sl_member_side_request (SlMemberSide *self)
{
  SlMemberRequest *request = g_new0 (SlMemberRequest, 1);

  sl_member_proof_copy (&self->proof, &request->proof);
  request->member = self->member;
  request->session = self->session;
  request->booking = self->booking;
  request->join_waitlist = self->join_waitlist;
  return request;
}

static void
set_busy (SlMemberSide *self, gboolean is_busy)
{
  self->is_busy = is_busy;
  if (self->shown != NULL && SL_IS_MEMBER_PAGE (self->shown))
    sl_member_page_set_busy (SL_MEMBER_PAGE (self->shown), is_busy);
}

static void
on_ran (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Running *running = user_data;
  SlMemberSide *self = running->side;
  g_autoptr (GError) error = NULL;
  gboolean done = sl_door_run_finish (SL_DOOR (source), result, &error);

  if (running->generation == self->generation && self->stack != NULL)
    {
      set_busy (self, FALSE);
      if (done)
        running->done (self, running->request);
      else
        {
          g_autoptr (GError) failure = g_error_copy (error);

          sl_member_side_reset (self);
          g_signal_emit (self, signals[SIGNAL_FAILED], 0, failure);
        }
    }
  sl_member_request_free (running->request);
  g_object_unref (self);
  g_free (running);
}

/* sl_member_side_run: has the engine do something; one thing at a time. Takes request; done is called unless the member
 * has gone meanwhile, or it failed. */
void
sl_member_side_run (SlMemberSide *self, SlDoorWork work, SlMemberRequest *request, SlMemberDone done)
{
  Running *running;

  if (self->is_busy)
    {
      sl_member_request_free (request);
      return;
    }
  running = g_new0 (Running, 1);
  *running = (Running) { g_object_ref (self), request, done, self->generation };
  set_busy (self, TRUE);
  sl_door_run_async (self->door, work, request, NULL, NULL, on_ran, running);
}

/* Answers */

static void on_answer_action (SlAnswerView *view, int action, SlMemberSide *self);

static void
on_answer_done (SlAnswerView *view, SlMemberSide *self)
{
  if (self->is_busy)
    return; /* the next answer is on its way */
  if (self->came_home && !sl_id_is_none (&self->member))
    sl_member_step_home (self);
  else
    sl_member_side_finish (self);
}

static void
on_answer_session (SlAnswerView *view, const SlId *session, SlMemberSide *self)
{
  self->session = *session;
  sl_member_side_check_in (self, NULL);
}

static void
show_words (SlMemberSide *self, SlDoorWords *words, GPtrArray *choices)
{
  g_autoptr (GTimeZone) zone = sl_member_side_zone (self);
  GtkWidget *view = sl_answer_view_new ();

  if (self->tells_instructor && words->tone == SL_TONE_IN)
    sl_member_words_tell_instructor (words);
  self->tells_instructor = FALSE;
  g_signal_connect (view, "done", G_CALLBACK (on_answer_done), self);
  g_signal_connect (view, "session-chosen", G_CALLBACK (on_answer_session), self);
  g_signal_connect (view, "action-chosen", G_CALLBACK (on_answer_action), self);
  sl_member_side_show_page (self, STEP_ANSWER, view);
  sl_answer_view_show (SL_ANSWER_VIEW (view), words, choices, zone);
  g_signal_emit (self, signals[SIGNAL_ANSWERED], 0, (int) words->tone);
}

/* For reception: who it was, and why. */
static void
remember_said (SlMemberSide *self, const SlCheckinAnswer *answer)
{
  self->said = answer->result;
  g_free (self->said_to);
  self->said_to = g_strdup (answer->short_name != NULL ? answer->short_name : self->short_name);
  self->said_to_id = sl_id_is_none (&answer->member_id) ? self->member : answer->member_id;
}

static void
call_reception (SlMemberSide *self)
{
  g_signal_emit (self, signals[SIGNAL_CALLED], 0, (int) self->said, self->said_to, &self->said_to_id);
}

static void
ask_reception (SlMemberSide *self)
{
  g_auto (SlDoorWords) words = { 0 };

  sl_door_words_for_call (&words);
  show_words (self, &words, NULL);
  call_reception (self); /* the bell is heard, and not the answer's sound */
}

/* sl_member_side_show_checkin: what the door says. */
void
sl_member_side_show_checkin (SlMemberSide *self, const SlCheckinAnswer *answer)
{
  const SlDoorPlaceInfo *info = sl_door_get_place (self->door);
  g_autoptr (GTimeZone) zone = sl_member_side_zone (self);
  SlDoorPlace place = { zone, info != NULL && info->has_hub };
  g_auto (SlDoorWords) words = { 0 };

  sl_door_words_for_answer (answer, &place, &words);
  remember_said (self, answer);
  show_words (self, &words, answer->choices);
  if (sl_door_words_send_to_reception (answer->result))
    call_reception (self);
}

/* sl_member_side_show_refusal: in the door's words. offer (nullable): the class that it is about. */
void
sl_member_side_show_refusal (SlMemberSide *self, const SlRefusal *refusal, const SlSessionOffer *offer)
{
  SlCheckinAnswer answer = { .result = refusal->code, .short_name = self->short_name, .spots_left = -1,
                             .position = sl_refusal_get_int (refusal, "position", 0),
                             .locked_until_ms = sl_refusal_get_int (refusal, "until_ms", 0) };

  if (offer != NULL)
    {
      answer.session_id = offer->session_id;
      answer.class_name = offer->class_name;
      answer.room_name = offer->room_name;
      answer.start_ms = offer->start_ms;
      answer.end_ms = offer->end_ms;
    }
  sl_member_side_show_checkin (self, &answer);
}

/* sl_member_side_show_deed: something has been done. */
void
sl_member_side_show_deed (SlMemberSide *self, SlMemberDeed deed, const SlMemberFacts *facts)
{
  g_autoptr (GTimeZone) zone = sl_member_side_zone (self);
  g_auto (SlDoorWords) words = { 0 };

  sl_member_words (deed, facts, sl_member_side_now_ms (self), zone, &words);
  show_words (self, &words, NULL);
}

static void
show_booked (SlMemberSide *self, const SlMemberRequest *request)
{
  gboolean waits = request->booked.status == SL_BOOKING_WAITLISTED;
  SlMemberFacts facts = { request->offer->class_name, request->offer->room_name, request->offer->start_ms,
                          request->booked.position, 0 };

  sl_member_side_show_deed (self, waits ? SL_MEMBER_QUEUED : SL_MEMBER_BOOKED, &facts);
}

/* sl_member_side_try_again: a number and a PIN that do not match are typed again where they were typed. TRUE: so it
 * was. */
gboolean
sl_member_side_try_again (SlMemberSide *self, SlRefusalCode code)
{
  const SlCheckinAnswer no_match = { .result = SL_REFUSAL_PIN_WRONG };
  g_autoptr (GTimeZone) zone = sl_member_side_zone (self);
  SlDoorPlace place = { zone, FALSE };
  g_auto (SlDoorWords) words = { 0 };

  if (self->pad == NULL || code != SL_REFUSAL_PIN_WRONG)
    return FALSE;
  sl_door_words_for_answer (&no_match, &place, &words);
  g_autofree char *text = sl_text_join (". ", words.headline, words.next_step, NULL);
  sl_member_proof_clear (&self->proof);
  sl_phone_pad_try_again (self->pad, text);
  touch (self);
  return TRUE;
}

static void
on_checked_in (SlMemberSide *self, SlMemberRequest *request)
{
  const SlCheckinAnswer *answer = request->checkin;

  self->member = request->member;
  if (answer == NULL && request->refusal.code != SL_REFUSAL_NONE)
    {
      sl_member_side_show_refusal (self, &request->refusal, request->offer);
      return;
    }
  if (answer == NULL)
    {
      show_booked (self, request);
      return;
    }
  if (sl_member_side_try_again (self, answer->result))
    return;
  if (!sl_id_is_none (&answer->session_id))
    self->session = answer->session_id;
  else if (answer->result == SL_REFUSAL_NO_BOOKING && answer->choices != NULL && answer->choices->len > 0)
    self->session = ((const SlCheckinChoice *) answer->choices->pdata[0])->session_id;
  sl_member_side_show_checkin (self, answer);
}

/* sl_member_side_check_in: by what was read or typed. book_session (nullable): and books that on the way in; else,
 * where one was chosen, by the booking of it. */
void
sl_member_side_check_in (SlMemberSide *self, const SlId *book_session)
{
  SlMemberRequest *request = sl_member_side_request (self);

  request->session = book_session != NULL ? *book_session : self->session;
  sl_member_side_run (self, book_session != NULL || sl_id_is_none (&self->session) ? sl_member_work_check_in
                      : sl_member_work_check_in_chosen, request, on_checked_in);
}

static void
on_booked (SlMemberSide *self, SlMemberRequest *request)
{
  if (sl_member_side_try_again (self, request->refusal.code))
    return;
  self->member = request->member;
  if (request->refusal.code != SL_REFUSAL_NONE)
    sl_member_side_show_refusal (self, &request->refusal, request->offer);
  else
    show_booked (self, request);
}

/* sl_member_side_book: the chosen class, or its queue. */
void
sl_member_side_book (SlMemberSide *self)
{
  sl_member_side_run (self, sl_member_work_book, sl_member_side_request (self), on_booked);
}

/* The way on. Who it is stays known, or what says so. */
static void
act_on (SlMemberSide *self, SlDoorAction action)
{
  SlId session = self->session;

  switch (action)
    {
    case SL_DOOR_ACTION_BOOK:
      sl_member_side_check_in (self, &session);
      break;
    case SL_DOOR_ACTION_CHOOSE:
      sl_member_step_sessions (self);
      break;
    case SL_DOOR_ACTION_WAITLIST:
      self->join_waitlist = TRUE;
      sl_member_side_book (self);
      break;
    case SL_DOOR_ACTION_HEALTH_FORM:
      sl_member_step_health (self);
      break;
    case SL_DOOR_ACTION_NO_CODE:
      sl_member_side_start (self, SL_MEMBER_START_NO_CODE);
      break;
    case SL_DOOR_ACTION_BOOKINGS:
      self->came_home = TRUE;
      sl_member_step_home (self);
      break;
    case SL_DOOR_ACTION_RECEPTION:
      ask_reception (self);
      break;
    case SL_DOOR_ACTION_NONE:
    case SL_DOOR_ACTION_LAST:
    default:
      break;
    }
}

static void
on_answer_action (SlAnswerView *view, int action, SlMemberSide *self)
{
  act_on (self, action);
}

/* The object */

static void
sl_member_side_dispose (GObject *object)
{
  SlMemberSide *self = SL_MEMBER_SIDE (object);

  if (self->stack != NULL)
    {
      forget (self);
      g_clear_handle_id (&self->tick_id, g_source_remove);
      if (self->shown != NULL)
        g_signal_handlers_disconnect_by_data (self->shown, self);
      self->shown = NULL;
      self->pad = NULL;
      self->stack = NULL;
    }
  g_clear_pointer (&self->state, g_free);
  g_clear_object (&self->widget);
  g_clear_object (&self->door);
  G_OBJECT_CLASS (sl_member_side_parent_class)->dispose (object);
}

static void
sl_member_side_class_init (SlMemberSideClass *class)
{
  G_OBJECT_CLASS (class)->dispose = sl_member_side_dispose;
  signals[SIGNAL_SHOWN] = g_signal_new ("shown", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 0);
  signals[SIGNAL_DONE] = g_signal_new ("done", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                       G_TYPE_NONE, 0);
  signals[SIGNAL_ANSWERED] = g_signal_new ("answered", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                           NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[SIGNAL_FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_ERROR);
  signals[SIGNAL_CALLED] = g_signal_new ("called", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 3, G_TYPE_INT, G_TYPE_STRING, G_TYPE_POINTER);
}

static void
sl_member_side_init (SlMemberSide *self)
{
  GtkEventController *events = gtk_event_controller_legacy_new ();

  self->widget = g_object_ref_sink (g_object_new (SL_TYPE_SHAPE_BIN, NULL));
  self->stack = GTK_STACK (gtk_stack_new ());
  sl_shape_bin_set_child (SL_SHAPE_BIN (self->widget), GTK_WIDGET (self->stack));
  gtk_event_controller_set_propagation_phase (events, GTK_PHASE_CAPTURE);
  g_signal_connect_object (events, "event", G_CALLBACK (on_event), self, 0);
  gtk_widget_add_controller (self->widget, events);
}

/**
 * sl_member_side_new:
 * @door: the engine
 * @world: the clock; must outlive the side
 *
 * Returns: (transfer full): a side that shows nothing yet
 */
SlMemberSide *
sl_member_side_new (SlDoor *door, SlWorld *world)
{
  SlMemberSide *self;

  g_return_val_if_fail (SL_IS_DOOR (door) && world != NULL, NULL);
  self = g_object_new (SL_TYPE_MEMBER_SIDE, NULL);
  self->door = g_object_ref (door);
  self->world = world;
  return self;
}

/**
 * sl_member_side_get_widget:
 * @self: a side
 *
 * Returns: (transfer none): an #SlShapeBin that shows its pages
 */
GtkWidget *
sl_member_side_get_widget (SlMemberSide *self)
{
  g_return_val_if_fail (SL_IS_MEMBER_SIDE (self), NULL);
  return self->widget;
}

/**
 * sl_member_side_start:
 * @self: a side
 * @what: what somebody wants
 *
 * Begins with somebody new.
 */
void
sl_member_side_start (SlMemberSide *self, SlMemberStart what)
{
  g_return_if_fail (SL_IS_MEMBER_SIDE (self));
  forget (self);
  switch (what)
    {
    case SL_MEMBER_START_NO_CODE:
      sl_member_step_identify (self, PURPOSE_CHECK_IN);
      break;
    case SL_MEMBER_START_BOOK:
      sl_member_step_sessions (self);
      break;
    case SL_MEMBER_START_BOOKINGS:
    default:
      self->came_home = TRUE;
      sl_member_step_identify (self, PURPOSE_HOME);
      break;
    }
}

/**
 * sl_member_side_follow:
 * @self: a side
 * @code: what was held out
 * @answer: what the door said to it; only read
 * @action: the way on that was tapped
 *
 * Goes on from an answer at the door, with whoever held out the code.
 */
void
sl_member_side_follow (SlMemberSide *self, const char *code, const SlCheckinAnswer *answer, SlDoorAction action)
{
  g_return_if_fail (SL_IS_MEMBER_SIDE (self));
  g_return_if_fail (code != NULL && answer != NULL);
  forget (self);
  self->proof.code = g_strdup (code);
  remember_said (self, answer);
  self->session = answer->session_id;
  if (sl_id_is_none (&self->session) && answer->choices != NULL && answer->choices->len > 0)
    self->session = ((const SlCheckinChoice *) answer->choices->pdata[0])->session_id;
  act_on (self, action);
}

/**
 * sl_member_side_set_camera:
 * @self: a side
 * @shown: how the camera is
 *
 * For the page that asks who it is, now and later.
 */
void
sl_member_side_set_camera (SlMemberSide *self, SlCameraShown shown)
{
  g_return_if_fail (SL_IS_MEMBER_SIDE (self));
  self->camera = shown;
  if (self->pad != NULL)
    sl_phone_pad_set_camera (self->pad, shown);
}

/**
 * sl_member_side_set_state:
 * @self: a side
 * @words: how things stand, as on the check-in page
 * @is_wrong: whether somebody should see to it
 *
 * For the page that is shown and those that follow.
 */
void
sl_member_side_set_state (SlMemberSide *self, const char *words, gboolean is_wrong)
{
  g_return_if_fail (SL_IS_MEMBER_SIDE (self) && words != NULL);
  g_free (self->state);
  self->state = g_strdup (words);
  self->state_is_wrong = is_wrong;
  show_state (self);
}

/**
 * sl_member_side_set_picture:
 * @self: a side
 * @texture: the newest picture
 * @mirrored: whether to show it like a mirror
 *
 * Shows a picture of the camera where a page has a place for it.
 */
void
sl_member_side_set_picture (SlMemberSide *self, GdkTexture *texture, gboolean mirrored)
{
  g_return_if_fail (SL_IS_MEMBER_SIDE (self));
  if (self->pad != NULL)
    sl_phone_pad_set_picture (self->pad, texture, mirrored);
}

/**
 * sl_member_side_is_watching:
 * @self: a side
 *
 * Returns: whether its page shows the camera's picture, see "shown"
 */
gboolean
sl_member_side_is_watching (SlMemberSide *self)
{
  g_return_val_if_fail (SL_IS_MEMBER_SIDE (self), FALSE);
  return self->step == STEP_IDENTIFY;
}

/**
 * sl_member_side_handle_code:
 * @self: a side that is shown
 * @code: what was read, whatever it is
 *
 * Where the page asks who it is, the code says so; everywhere else somebody new wants to come in, and what is shown is
 * not theirs.
 */
void
sl_member_side_handle_code (SlMemberSide *self, const char *code)
{
  g_return_if_fail (SL_IS_MEMBER_SIDE (self));
  g_return_if_fail (code != NULL);
  if (self->is_busy)
    return;
  if (self->step == STEP_IDENTIFY || (self->step == STEP_SESSION && sl_id_is_none (&self->member)))
    {
      if (self->step == STEP_SESSION)
        self->purpose = PURPOSE_BOOK;
      sl_member_proof_clear (&self->proof);
      self->proof.code = g_strdup (code);
      sl_member_step_proved (self);
      return;
    }
  forget (self);
  self->proof.code = g_strdup (code);
  sl_member_side_check_in (self, NULL);
}
