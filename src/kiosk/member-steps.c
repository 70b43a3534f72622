/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-member-steps"

#include "member-private.h"

#include "parq-form.h"
#include "scan/code-picture.h"
#include "text-fill.h"

#include <glib/gi18n-lib.h>

/* The pages of the member's side, one function each, with what their buttons do. */

#define PASS_MODULE_PX 8

static void
on_finish (SlMemberPage *page, SlMemberSide *self)
{
  sl_member_side_finish (self);
}

/* back: what the button Back does. */
static SlMemberPage *
new_page (SlMemberSide *self, const char *title, GCallback back)
{
  GtkWidget *page = sl_member_page_new (title);

  g_signal_connect (page, "finish", G_CALLBACK (on_finish), self);
  g_signal_connect (page, "back", back, self);
  return SL_MEMBER_PAGE (page);
}

static void
show (SlMemberSide *self, SlMemberStep step, SlMemberPage *page)
{
  sl_member_side_show_page (self, step, GTK_WIDGET (page));
}

static const SlSessionOffer *
find_offer (SlMemberSide *self)
{
  for (guint i = 0; self->sessions != NULL && i < self->sessions->len; i++)
    {
      const SlSessionOffer *offer = self->sessions->pdata[i];

      if (sl_id_equal (&offer->session_id, &self->session))
        return offer;
    }
  return NULL;
}

static const SlMemberBooking *
find_booking (SlMemberSide *self)
{
  for (guint i = 0; self->bookings != NULL && i < self->bookings->len; i++)
    {
      const SlMemberBooking *booking = self->bookings->pdata[i];

      if (sl_id_equal (&booking->booking_id, &self->booking))
        return booking;
    }
  return NULL;
}

static SlMemberFacts
facts_of (const SlMemberBooking *booking)
{
  return (SlMemberFacts) { booking->class_name, booking->room_name, booking->start_ms, 0, 0 };
}

/* Who it is */

static void
on_identify_back (SlMemberPage *page, SlMemberSide *self)
{
  if (self->purpose == PURPOSE_BOOK && find_offer (self) != NULL)
    sl_member_step_session (self);
  else
    sl_member_side_finish (self);
}

static void
on_entered (SlPhonePad *pad, const char *phone, const char *pin, const char *birth_date, SlMemberSide *self)
{
  if (self->is_busy)
    return;
  sl_member_proof_clear (&self->proof);
  self->proof = (SlMemberProof) { NULL, g_strdup (phone), g_strdup (pin), g_strdup (birth_date) };
  sl_member_step_proved (self);
}

/* sl_member_step_identify: asks for a phone number; a pass does as well. */
void
sl_member_step_identify (SlMemberSide *self, SlMemberPurpose purpose)
{
  SlMemberPage *page = new_page (self, purpose == PURPOSE_CHECK_IN ? _("Check in without a code")
                                 : purpose == PURPOSE_BOOK ? _("Who is it for?") : _("My bookings"),
                                 G_CALLBACK (on_identify_back));
  GtkWidget *pad = sl_phone_pad_new ();

  self->purpose = purpose;
  g_signal_connect (pad, "entered", G_CALLBACK (on_entered), self);
  sl_member_page_set_body (page, pad);
  sl_phone_pad_set_camera (SL_PHONE_PAD (pad), self->camera);
  show (self, STEP_IDENTIFY, page);
  self->pad = SL_PHONE_PAD (pad);
}

/* sl_member_step_proved: there is a proof now; the engine looks at it together with what it is for. */
void
sl_member_step_proved (SlMemberSide *self)
{
  switch (self->purpose)
    {
    case PURPOSE_CHECK_IN:
      sl_member_side_check_in (self, NULL);
      break;
    case PURPOSE_BOOK:
      sl_member_side_book (self);
      break;
    case PURPOSE_HOME:
      sl_member_step_home (self);
      break;
    case PURPOSE_HEALTH:
    default:
      sl_member_step_health (self);
      break;
    }
}

/* Classes */

static void
on_sessions_back (SlMemberPage *page, SlMemberSide *self)
{
  if (self->came_home)
    sl_member_step_home (self);
  else
    sl_member_side_finish (self);
}

static void
on_session_chosen (SlSessionPicker *picker, const SlId *session, SlMemberSide *self)
{
  self->session = *session;
  sl_member_step_session (self);
}

static void
show_sessions (SlMemberSide *self)
{
  g_autoptr (GTimeZone) zone = sl_member_side_zone (self);
  SlMemberPage *page = new_page (self, _("Choose a class"), G_CALLBACK (on_sessions_back));
  GtkWidget *picker = sl_session_picker_new (self->sessions, sl_member_side_now_ms (self), zone);

  g_signal_connect (picker, "chosen", G_CALLBACK (on_session_chosen), self);
  sl_member_page_set_body (page, picker);
  show (self, STEP_SESSIONS, page);
}

static void
on_sessions_loaded (SlMemberSide *self, SlMemberRequest *request)
{
  g_clear_pointer (&self->sessions, g_ptr_array_unref);
  self->sessions = g_steal_pointer (&request->sessions);
  show_sessions (self);
}

/* sl_member_step_sessions: what can be booked, as it is now. */
void
sl_member_step_sessions (SlMemberSide *self)
{
  self->session = sl_id_none;
  self->join_waitlist = FALSE;
  sl_member_side_run (self, sl_member_work_sessions, sl_member_side_request (self), on_sessions_loaded);
}

static void
on_session_back (SlMemberPage *page, SlMemberSide *self)
{
  show_sessions (self);
}

static gboolean
is_known (SlMemberSide *self)
{
  return !sl_id_is_none (&self->member) || sl_member_proof_is_given (&self->proof);
}

static void
on_book (GtkButton *button, SlMemberSide *self)
{
  if (is_known (self))
    sl_member_side_book (self);
  else
    sl_member_step_identify (self, PURPOSE_BOOK);
}

/* sl_member_step_session: the chosen class, and a button to book it or to wait for it. */
void
sl_member_step_session (SlMemberSide *self)
{
  const SlSessionOffer *offer = find_offer (self);
  g_autoptr (GTimeZone) zone = sl_member_side_zone (self);
  GtkWidget *card, *hint;
  SlMemberPage *page;

  g_return_if_fail (offer != NULL);
  page = new_page (self, offer->class_name, G_CALLBACK (on_session_back));
  card = sl_offer_card_new (offer, sl_member_side_now_ms (self), zone);
  if (!is_known (self))
    {
      hint = gtk_label_new (offer->free > 0 ? _("Hold your pass here to book it.")
                            : _("Hold your pass here to join the waitlist."));
      gtk_label_set_xalign (GTK_LABEL (hint), 0);
      gtk_label_set_wrap (GTK_LABEL (hint), TRUE);
      gtk_widget_add_css_class (hint, "title");
      gtk_box_append (GTK_BOX (card), hint);
    }
  sl_member_page_set_body (page, card);
  self->join_waitlist = offer->free == 0;
  sl_member_page_add_action (page, sl_door_action_label (offer->free > 0 ? SL_DOOR_ACTION_BOOK
                                                         : SL_DOOR_ACTION_WAITLIST), "main", G_CALLBACK (on_book),
                             self);
  show (self, STEP_SESSION, page);
}

/* Their own */

static void
on_home_back (SlMemberPage *page, SlMemberSide *self)
{
  sl_member_side_finish (self);
}

static void
on_to_home (SlMemberPage *page, SlMemberSide *self)
{
  sl_member_step_home (self);
}

static void
on_book_class (GtkButton *button, SlMemberSide *self)
{
  sl_member_step_sessions (self);
}

static void
on_health (GtkButton *button, SlMemberSide *self)
{
  self->session = sl_id_none;
  sl_member_step_health (self);
}

static void
on_pass_loaded (SlMemberSide *self, SlMemberRequest *request)
{
  SlMemberPage *page = new_page (self, _("Your pass"), G_CALLBACK (on_to_home));
  g_autoptr (GTimeZone) zone = sl_member_side_zone (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkPixbuf) picture = NULL;

  if (request->pass != NULL)
    picture = sl_code_picture (request->pass, PASS_MODULE_PX, &error);
  if (error != NULL)
    g_warning ("A pass could not be drawn: %s", error->message);
  if (picture != NULL)
    {
      g_autoptr (GdkTexture) texture = gdk_texture_new_for_pixbuf (picture);

      sl_member_page_set_body (page, sl_pass_card_new (texture, request->pass_expires_ms, zone));
    }
  else
    sl_member_page_set_body (page, sl_words_card_new (_("You have no pass yet. Reception makes one in a moment.")));
  show (self, STEP_PASS, page);
}

static void
on_pass (GtkButton *button, SlMemberSide *self)
{
  sl_member_side_run (self, sl_member_work_pass, sl_member_side_request (self), on_pass_loaded);
}

static void show_booking (SlMemberSide *self);

static void
on_booking_clicked (GtkButton *button, SlMemberSide *self)
{
  self->booking = *(const SlId *) g_object_get_data (G_OBJECT (button), "booking-id");
  show_booking (self);
}

static void
show_home (SlMemberSide *self)
{
  g_autoptr (GTimeZone) zone = sl_member_side_zone (self);
  g_autofree char *title = sl_text_fill (_("Hello, {name}"), "name", self->short_name, NULL);
  SlMemberPage *page = new_page (self, self->short_name != NULL ? title : _("My bookings"),
                                 G_CALLBACK (on_home_back));

  sl_member_page_set_body (page, sl_booking_rows_new (self->bookings, sl_member_side_now_ms (self), zone,
                                                      G_CALLBACK (on_booking_clicked), self));
  if (self->needs_health_form)
    sl_member_page_add_action (page, _("Health form"), "", G_CALLBACK (on_health), self);
  sl_member_page_add_action (page, _("My pass"), "", G_CALLBACK (on_pass), self);
  sl_member_page_add_action (page, _("Book a class"), "main", G_CALLBACK (on_book_class), self);
  show (self, STEP_HOME, page);
}

static void
on_home_loaded (SlMemberSide *self, SlMemberRequest *request)
{
  if (sl_member_side_try_again (self, request->refusal.code))
    return;
  if (request->refusal.code != SL_REFUSAL_NONE)
    {
      sl_member_side_show_refusal (self, &request->refusal, NULL);
      return;
    }
  self->member = request->member;
  /* From here on they are known: what they typed is not needed any more. */
  sl_member_proof_clear (&self->proof);
  g_free (self->short_name);
  self->short_name = g_steal_pointer (&request->short_name);
  self->needs_health_form = request->needs_health_form;
  g_clear_pointer (&self->bookings, g_ptr_array_unref);
  self->bookings = g_steal_pointer (&request->bookings);
  show_home (self);
}

/* sl_member_step_home: their bookings, as they are now. */
void
sl_member_step_home (SlMemberSide *self)
{
  self->came_home = TRUE;
  self->session = self->booking = sl_id_none;
  sl_member_side_run (self, sl_member_work_home, sl_member_side_request (self), on_home_loaded);
}

/* One booking */

static void
on_let_in (SlMemberSide *self, SlMemberRequest *request)
{
  self->came_home = FALSE; /* they are in: the screen is the next one's */
  sl_member_side_show_checkin (self, request->checkin);
}

static void
on_check_in (GtkButton *button, SlMemberSide *self)
{
  sl_member_side_run (self, sl_member_work_check_in_booked, sl_member_side_request (self), on_let_in);
}

/* Refused or done: the facts are those of the booking as it was shown. */
static void
tell (SlMemberSide *self, const SlMemberRequest *request, SlMemberDeed deed)
{
  const SlMemberBooking *booking = find_booking (self);
  SlMemberFacts facts = booking != NULL ? facts_of (booking) : (SlMemberFacts) { 0 };

  facts.back_hundredths = request->cancelled.refunded_hundredths;
  if (request->refusal.code != SL_REFUSAL_NONE)
    sl_member_side_show_refusal (self, &request->refusal, request->offer);
  else
    sl_member_side_show_deed (self, deed, &facts);
}

static void
on_cancelled (SlMemberSide *self, SlMemberRequest *request)
{
  tell (self, request, SL_MEMBER_CANCELLED);
}

static void
on_left_queue (SlMemberSide *self, SlMemberRequest *request)
{
  tell (self, request, SL_MEMBER_LEFT_QUEUE);
}

static void
on_accepted (SlMemberSide *self, SlMemberRequest *request)
{
  tell (self, request, SL_MEMBER_BOOKED);
}

static void
on_declined (SlMemberSide *self, SlMemberRequest *request)
{
  tell (self, request, SL_MEMBER_DECLINED);
}

static void
on_really_cancel (GtkButton *button, SlMemberSide *self)
{
  sl_member_side_run (self, sl_member_work_cancel, sl_member_side_request (self), on_cancelled);
}

static void
on_keep (GtkButton *button, SlMemberSide *self)
{
  show_booking (self);
}

static void
on_cancel_back (SlMemberPage *page, SlMemberSide *self)
{
  show_booking (self);
}

/* Asks once, by saying what will happen. */
static void
on_cancel (GtkButton *button, SlMemberSide *self)
{
  const SlMemberBooking *booking = find_booking (self);

  g_return_if_fail (booking != NULL);
  g_autofree char *title = sl_text_fill (_("Cancel {class}?"), "class", booking->class_name, NULL);
  g_autofree char *back = sl_booking_back_words (booking);
  SlMemberPage *page = new_page (self, title, G_CALLBACK (on_cancel_back));

  sl_member_page_set_body (page, sl_words_card_new (back));
  sl_member_page_add_action (page, _("Keep the booking"), "", G_CALLBACK (on_keep), self);
  sl_member_page_add_action (page, _("Cancel the booking"), "danger", G_CALLBACK (on_really_cancel), self);
  show (self, STEP_CANCEL, page);
}

static void
on_leave_queue (GtkButton *button, SlMemberSide *self)
{
  sl_member_side_run (self, sl_member_work_leave_queue, sl_member_side_request (self), on_left_queue);
}

static void
on_accept (GtkButton *button, SlMemberSide *self)
{
  sl_member_side_run (self, sl_member_work_accept, sl_member_side_request (self), on_accepted);
}

static void
on_decline (GtkButton *button, SlMemberSide *self)
{
  sl_member_side_run (self, sl_member_work_decline, sl_member_side_request (self), on_declined);
}

/* What can be done with it, as it stands. */
static void
add_booking_actions (SlMemberSide *self, SlMemberPage *page, const SlMemberBooking *booking)
{
  if (booking->status == SL_BOOKING_WAITLISTED)
    sl_member_page_add_action (page, _("Leave the waitlist"), "", G_CALLBACK (on_leave_queue), self);
  if (booking->status == SL_BOOKING_OFFERED)
    {
      sl_member_page_add_action (page, _("No, thank you"), "", G_CALLBACK (on_decline), self);
      sl_member_page_add_action (page, _("Take the spot"), "main", G_CALLBACK (on_accept), self);
    }
  if (booking->status != SL_BOOKING_CONFIRMED)
    return;
  if (booking->start_ms > sl_member_side_now_ms (self))
    sl_member_page_add_action (page, _("Cancel the booking"), "danger", G_CALLBACK (on_cancel), self);
  if (booking->location_name == NULL)
    sl_member_page_add_action (page, _("Check in"), "main", G_CALLBACK (on_check_in), self);
}

static void
show_booking (SlMemberSide *self)
{
  const SlMemberBooking *booking = find_booking (self);
  g_autoptr (GTimeZone) zone = sl_member_side_zone (self);
  SlMemberPage *page;

  g_return_if_fail (booking != NULL);
  self->session = booking->session_id;
  page = new_page (self, booking->class_name != NULL ? booking->class_name : "", G_CALLBACK (on_to_home));
  sl_member_page_set_body (page, sl_booking_card_new (booking, sl_member_side_now_ms (self), zone));
  add_booking_actions (self, page, booking);
  show (self, STEP_BOOKING, page);
}

/* The health form */

static void
on_health_back (SlMemberPage *page, SlMemberSide *self)
{
  if (self->came_home)
    sl_member_step_home (self);
  else
    sl_member_side_finish (self);
}

static void
on_form_changed (SlParqForm *form, GtkWidget *save)
{
  gtk_widget_set_sensitive (save, sl_parq_form_is_complete (form));
}

static void
finish_health (SlMemberSide *self, SlMemberRequest *request, SlMemberDeed deed)
{
  const SlMemberFacts facts = { 0 };

  if (sl_member_side_try_again (self, request->refusal.code))
    return;
  self->member = request->member;
  if (request->refusal.code != SL_REFUSAL_NONE)
    sl_member_side_show_refusal (self, &request->refusal, NULL);
  else if (sl_id_is_none (&self->session))
    sl_member_side_show_deed (self, deed, &facts);
  else if (self->purpose == PURPOSE_CHECK_IN && sl_member_proof_is_given (&self->proof))
    sl_member_side_check_in (self, &self->session); /* they stand at the door: it is booked on the way in */
  else
    sl_member_side_book (self); /* which is what the form was asked for */
}

static void
on_health_kept (SlMemberSide *self, SlMemberRequest *request)
{
  finish_health (self, request, SL_MEMBER_HEALTH_KEPT);
}

static void
on_health_kept_with_yes (SlMemberSide *self, SlMemberRequest *request)
{
  /* The rules ask for answers, not for which: but whoever trains them has to hear of it, and the answer says so. */
  self->tells_instructor = !sl_id_is_none (&self->session);
  finish_health (self, request, SL_MEMBER_HEALTH_WITH_YES);
}

static void
on_save_health (GtkButton *button, SlMemberSide *self)
{
  SlParqForm *form = g_object_get_data (G_OBJECT (button), "form");
  SlMemberRequest *request;

  if (!sl_parq_form_is_complete (form))
    return;
  request = sl_member_side_request (self);
  request->answers = sl_parq_form_get_answers (form);
  sl_member_side_run (self, sl_member_work_health, request,
                      sl_parq_form_has_yes (form) ? on_health_kept_with_yes : on_health_kept);
}

/* sl_member_step_health: the questions. */
void
sl_member_step_health (SlMemberSide *self)
{
  SlMemberPage *page = new_page (self, _("Health form"), G_CALLBACK (on_health_back));
  GtkWidget *form = sl_parq_form_new (), *save;

  sl_member_page_set_body (page, form);
  save = sl_member_page_add_action (page, _("Save the answers"), "main", G_CALLBACK (on_save_health), self);
  g_object_set_data (G_OBJECT (save), "form", form);
  gtk_widget_set_sensitive (save, FALSE);
  g_signal_connect_object (form, "changed", G_CALLBACK (on_form_changed), save, 0);
  show (self, STEP_HEALTH, page);
}
