/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-deed"

#include "desk-deed.h"

#include "desk-deed-device.h"

#include "date-words.h"
#include "record-words.h"
#include "text-fill.h"

#include "core/text.h"
#include "engine/attention.h"
#include "engine/batch.h"
#include "engine/cancel.h"
#include "engine/credits.h"
#include "engine/member-merge.h"
#include "engine/membership.h"
#include "engine/note.h"
#include "engine/notification-send.h"
#include "engine/package-renewal.h"
#include "engine/parq.h"
#include "engine/print-queue.h"
#include "engine/refund.h"
#include "engine/reschedule.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/**
 * sl_desk_deed_new:
 * @kind: what is to be done
 * @id: (nullable): to whom or what
 *
 * Returns: (transfer full): the deed, for the rest to be filled in
 */
SlDeskDeed *
sl_desk_deed_new (SlDeskDeedKind kind, const SlId *id)
{
  SlDeskDeed *deed = g_new0 (SlDeskDeed, 1);

  deed->kind = kind;
  deed->id = id != NULL ? *id : sl_id_none;
  return deed;
}

/* PINs and what is private do not stay in memory that is given back. */
static void
forget (char **text)
{
  if (*text != NULL)
    memset (*text, 0, strlen (*text));
  g_clear_pointer (text, g_free);
}

/**
 * sl_desk_deed_free:
 * @deed: (nullable) (transfer full): a deed
 */
void
sl_desk_deed_free (SlDeskDeed *deed)
{
  if (deed == NULL)
    return;
  forget (&deed->text);
  forget (&deed->form.first);
  forget (&deed->form.last);
  forget (&deed->form.phone);
  forget (&deed->form.email);
  forget (&deed->form.birth_date);
  forget (&deed->form.emergency);
  forget (&deed->form.notes);
  forget (&deed->form.permission);
  forget (&deed->form.invoice_to);
  sl_exercise_free (deed->exercise);
  g_free (deed);
}

static void
result_free (gpointer data)
{
  SlDeskDeedResult *result = data;

  g_clear_pointer (&result->answer, sl_checkin_answer_free);
  g_free (result);
}

/* --- on the engine's thread --- */

typedef gboolean (*Do) (SlEngine *engine, const SlActor *actor, const SlDeskDeed *deed, SlDeskDeedResult *result,
                        SlRefusal *refusal, GError **error);

static gboolean
check_in (SlEngine *engine, const SlActor *actor, const SlDeskDeed *deed, SlDeskDeedResult *result, SlRefusal *refusal,
          GError **error)
{
  SlCheckinRequest request = { .member_id = deed->id, .override_reason = deed->text, .actor = actor };

  request.session_id = deed->flag ? sl_id_none : deed->other;
  request.book_session_id = deed->flag ? deed->other : sl_id_none;
  return sl_checkin (engine, &request, &result->answer, error);
}

static gboolean
undo_check_in (SlEngine *engine, const SlActor *actor, const SlDeskDeed *deed, SlDeskDeedResult *result,
               SlRefusal *refusal, GError **error)
{
  SlBookingStatus status;

  return sl_checkin_undo (engine, actor, &deed->id, deed->text, &status, refusal, error);
}

static gboolean
cancel_booking (SlEngine *engine, const SlActor *actor, const SlDeskDeed *deed, SlDeskDeedResult *result,
                SlRefusal *refusal, GError **error)
{
  SlCancelResult cancelled = { 0 };
  gboolean done = deed->flag
    ? sl_booking_cancel_waived (engine, actor, &deed->id, deed->text, &cancelled, refusal, error)
    : sl_booking_cancel (engine, actor, &deed->id, deed->text, &cancelled, refusal, error);

  result->hundredths = cancelled.refunded_hundredths;
  return done;
}

static gboolean
move_booking (SlEngine *engine, const SlActor *actor, const SlDeskDeed *deed, SlDeskDeedResult *result,
              SlRefusal *refusal, GError **error)
{
  SlRescheduleResult moved = { 0 };
  gboolean done = sl_booking_reschedule (engine, actor, &deed->id, &deed->other, NULL, &moved, refusal, error);

  result->hundredths = moved.refunded_hundredths;
  sl_booking_result_clear (&moved.made);
  return done;
}

static SlMemberParams
params_of (const SlDeskMemberForm *form)
{
  return (SlMemberParams) { .first = form->first, .last = form->last, .phone = form->phone, .email = form->email,
                            .birth_date = form->birth_date, .emergency = form->emergency, .notes = form->notes,
                            .permission = form->permission, .invoice_to = form->invoice_to };
}

static gboolean
add_member (SlEngine *engine, const SlActor *actor, const SlDeskDeed *deed, SlDeskDeedResult *result,
            SlRefusal *refusal, GError **error)
{
  SlMemberParams params = params_of (&deed->form);

  return sl_member_add (engine, actor, &params, deed->anyway, &result->id, refusal, error);
}

static gboolean
edit_member (SlEngine *engine, const SlActor *actor, const SlDeskDeed *deed, SlDeskDeedResult *result,
             SlRefusal *refusal, GError **error)
{
  SlMemberParams params = params_of (&deed->form);

  return sl_member_edit (engine, actor, &deed->id, &params, deed->anyway, refusal, error);
}

static gboolean
set_member_pin (SlEngine *engine, const SlActor *actor, const SlDeskDeed *deed, SlDeskDeedResult *result,
                SlRefusal *refusal, GError **error)
{
  SlMemberParams params = { .pin = deed->text };

  return sl_member_edit (engine, actor, &deed->id, &params, TRUE, refusal, error);
}

static gboolean
block_member (SlEngine *engine, const SlActor *actor, const SlDeskDeed *deed, SlDeskDeedResult *result,
              SlRefusal *refusal, GError **error)
{
  return sl_member_block (engine, actor, &deed->id, deed->text, refusal, error);
}

static gboolean
unblock_member (SlEngine *engine, const SlActor *actor, const SlDeskDeed *deed, SlDeskDeedResult *result,
                SlRefusal *refusal, GError **error)
{
  return sl_member_unblock (engine, actor, &deed->id, deed->text, refusal, error);
}

static gboolean
merge_members (SlEngine *engine, const SlActor *actor, const SlDeskDeed *deed, SlDeskDeedResult *result,
               SlRefusal *refusal, GError **error)
{
  return sl_member_merge (engine, actor, &deed->id, &deed->other, &result->id, refusal, error);
}

static gboolean
freeze_plan (SlEngine *engine, const SlActor *actor, const SlDeskDeed *deed, SlDeskDeedResult *result,
             SlRefusal *refusal, GError **error)
{
  return sl_membership_freeze (engine, actor, &deed->id, 0, deed->number, refusal, error);
}

static gboolean
unfreeze_plan (SlEngine *engine, const SlActor *actor, const SlDeskDeed *deed, SlDeskDeedResult *result,
               SlRefusal *refusal, GError **error)
{
  return sl_membership_unfreeze (engine, actor, &deed->id, refusal, error);
}

static gboolean
end_plan (SlEngine *engine, const SlActor *actor, const SlDeskDeed *deed, SlDeskDeedResult *result, SlRefusal *refusal,
          GError **error)
{
  return sl_membership_cancel_when_paid_up (engine, actor, &deed->id, refusal, error);
}

static gboolean
refund (SlEngine *engine, const SlActor *actor, const SlDeskDeed *deed, SlDeskDeedResult *result, SlRefusal *refusal,
        GError **error)
{
  const SlRefundParams params = { .payment_id = deed->id, .amount_cents = deed->number, .reason = deed->text,
                                  .keep_credits = deed->flag };
  SlRefundResult given = { 0 };

  if (!sl_refund (engine, actor, &params, &given, refusal, error))
    return FALSE;
  result->cents = given.amount_cents;
  result->hundredths = given.credits_hundredths;
  return TRUE;
}

static gboolean
settle_payment (SlEngine *engine, const SlActor *actor, const SlDeskDeed *deed, SlDeskDeedResult *result,
                SlRefusal *refusal, GError **error)
{
  return sl_payment_settle (engine, actor, &deed->id, (SlOutcome) deed->number, NULL, refusal, error);
}

static gboolean
add_note (SlEngine *engine, const SlActor *actor, const SlDeskDeed *deed, SlDeskDeedResult *result, SlRefusal *refusal,
          GError **error)
{
  return sl_note_add (engine, actor, sl_id_is_none (&deed->id) ? NULL : &deed->id,
                      sl_id_is_none (&deed->other) ? NULL : &deed->other, deed->text, &result->id, refusal, error);
}

static gboolean
add_progress (SlEngine *engine, const SlActor *actor, const SlDeskDeed *deed, SlDeskDeedResult *result,
              SlRefusal *refusal, GError **error)
{
  return sl_program_add_progress (engine, actor, &deed->id, deed->exercise, &result->id, refusal, error);
}

static gboolean
note_told (SlEngine *engine, const SlActor *actor, const SlDeskDeed *deed, SlDeskDeedResult *result,
           SlRefusal *refusal, GError **error)
{
  return sl_notifications_note_sent (engine, actor, &deed->id, NULL, SL_SENT_SENT, refusal, error);
}

static gboolean
answer_parq (SlEngine *engine, const SlActor *actor, const SlDeskDeed *deed, SlDeskDeedResult *result,
             SlRefusal *refusal, GError **error)
{
  return sl_parq_answer (engine, actor, &deed->id, deed->text, refusal, error);
}

static gboolean
settle_item (SlEngine *engine, const SlActor *actor, const SlDeskDeed *deed, SlDeskDeedResult *result,
             SlRefusal *refusal, GError **error)
{
  char id[SL_ID_TEXT_BYTES];

  return sl_attention_settle (engine, actor, sl_id_format (&deed->id, id), deed->text, &result->id, refusal, error);
}

static gboolean
refund_sale (SlEngine *engine, const SlActor *actor, const SlDeskDeed *deed, SlDeskDeedResult *result,
             SlRefusal *refusal, GError **error)
{
  SlRefundResult given = { 0 };

  if (!sl_refund_one_of (engine, actor, &deed->id, &deed->other, deed->text, &given, refusal, error))
    return FALSE;
  result->cents = given.amount_cents;
  result->hundredths = given.credits_hundredths;
  return TRUE;
}

static gboolean
adjust_credits (SlEngine *engine, const SlActor *actor, const SlDeskDeed *deed, SlDeskDeedResult *result,
                SlRefusal *refusal, GError **error)
{
  gint64 balance;

  return sl_credits_adjust (engine, actor, &deed->id, deed->number, deed->text, &balance, refusal, error);
}

static gboolean
record_visit (SlEngine *engine, const SlActor *actor, const SlDeskDeed *deed, SlDeskDeedResult *result,
              SlRefusal *refusal, GError **error)
{
  const SlCheckinRequest request = { .booking_id = deed->id, .override_reason = deed->text, .actor = actor };

  if (!sl_checkin (engine, &request, &result->answer, error))
    return FALSE;
  result->id = result->answer->member_id;
  return TRUE;
}

static gboolean
stop_renewal (SlEngine *engine, const SlActor *actor, const SlDeskDeed *deed, SlDeskDeedResult *result,
              SlRefusal *refusal, GError **error)
{
  return sl_package_renewal_stop (engine, actor, &deed->id, refusal, error);
}

static gboolean
say_print (SlEngine *engine, const SlActor *actor, const SlDeskDeed *deed, SlDeskDeedResult *result,
           SlRefusal *refusal, GError **error)
{
  return sl_print_queue_say (engine, actor, &deed->id, (SlPrintWord) deed->number, refusal, error);
}

static gboolean
revoke_device (SlEngine *engine, const SlActor *actor, const SlDeskDeed *deed, SlDeskDeedResult *result,
               SlRefusal *refusal, GError **error)
{
  return sl_desk_deed_revoke (engine, actor, &deed->id, deed->text, refusal, error);
}

/* What is done, and what is said of it where that has no figures in it. */
static const struct {
  Do what;
  const char *said;
} deeds[] = {
  [SL_DESK_CHECK_IN] = { check_in, NULL },
  [SL_DESK_UNDO_CHECK_IN] = { undo_check_in, N_ ("The check-in was taken back.") },
  [SL_DESK_CANCEL_BOOKING] = { cancel_booking, NULL },
  [SL_DESK_MOVE_BOOKING] = { move_booking, N_ ("The booking was moved.") },
  [SL_DESK_ADD_MEMBER] = { add_member, N_ ("The new member is written down.") },
  [SL_DESK_EDIT_MEMBER] = { edit_member, N_ ("Saved.") },
  [SL_DESK_SET_MEMBER_PIN] = { set_member_pin, N_ ("The PIN was set.") },
  [SL_DESK_BLOCK_MEMBER] = { block_member, N_ ("Blocked. The door will send them to reception.") },
  [SL_DESK_UNBLOCK_MEMBER] = { unblock_member, N_ ("No longer blocked.") },
  [SL_DESK_MERGE_MEMBERS] = { merge_members, N_ ("The two records are one member now.") },
  [SL_DESK_FREEZE_PLAN] = { freeze_plan, N_ ("The plan is frozen.") },
  [SL_DESK_UNFREEZE_PLAN] = { unfreeze_plan, N_ ("The plan goes on.") },
  [SL_DESK_END_PLAN] = { end_plan, N_ ("The plan ends with what is paid.") },
  [SL_DESK_REFUND] = { refund, NULL },
  [SL_DESK_SETTLE_PAYMENT] = { settle_payment, N_ ("Noted.") },
  [SL_DESK_ADD_NOTE] = { add_note, N_ ("The note is written down.") },
  [SL_DESK_ADD_PROGRESS] = { add_progress, N_ ("The progress is written down.") },
  [SL_DESK_NOTE_TOLD] = { note_told, N_ ("Noted.") },
  [SL_DESK_ANSWER_PARQ] = { answer_parq, N_ ("The health form is filled in.") },
  [SL_DESK_SETTLE_ITEM] = { settle_item, N_ ("Settled. It is no longer listed.") },
  [SL_DESK_REFUND_SALE] = { refund_sale, NULL },
  [SL_DESK_ADJUST_CREDITS] = { adjust_credits, N_ ("The credits were put right.") },
  [SL_DESK_RECORD_VISIT] = { record_visit, NULL },
  [SL_DESK_STOP_RENEWAL] = { stop_renewal, N_ ("The package is not renewed any more.") },
  [SL_DESK_SAY_PRINT] = { say_print, N_ ("Noted.") },
  [SL_DESK_REVOKE_DEVICE] = { revoke_device, N_ ("The device was revoked.") },
};
G_STATIC_ASSERT (G_N_ELEMENTS (deeds) == SL_DESK_DEED_LAST);

/* Both or neither: what was put right and stays listed would be put right again. */
static gboolean
do_and_settle (SlEngine *engine, const SlActor *actor, const SlDeskDeed *deed, SlDeskDeedResult *result,
               SlRefusal *refusal, GError **error)
{
  const SlDeskDeed item = { .id = deed->item, .text = deed->text };
  SlDeskDeedResult ignored = { 0 };
  gboolean done;

  if (!sl_batch_begin (engine, actor, error))
    return FALSE;
  done = deeds[deed->kind].what (engine, actor, deed, result, refusal, error)
         && (refusal->code != SL_REFUSAL_NONE || settle_item (engine, actor, &item, &ignored, refusal, error));
  if (done && refusal->code == SL_REFUSAL_NONE)
    return sl_batch_commit (engine, error);
  sl_batch_abandon (engine);
  return done;
}

static gboolean
do_deed (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result, SlRefusal *out_refusal,
         GError **error)
{
  const SlDeskDeed *deed = request;
  SlDeskDeedResult *result = g_new0 (SlDeskDeedResult, 1);
  Do what = sl_id_is_none (&deed->item) ? deeds[deed->kind].what : do_and_settle;

  result->kind = deed->kind;
  result->id = deed->id;
  if (!what (engine, actor, deed, result, out_refusal, error))
    {
      result_free (result);
      return FALSE;
    }
  if (out_refusal->code != SL_REFUSAL_NONE)
    result_free (result);
  else
    *out_result = result;
  return TRUE;
}

/* --- on the desk's thread --- */

/**
 * sl_desk_deed_run:
 * @desk: reception
 * @owner: whoever wants to know
 * @deed: (transfer full): what to do
 * @done: told how it went: the result is a #SlDeskDeedResult
 */
void
sl_desk_deed_run (SlDesk *desk, GObject *owner, SlDeskDeed *deed, SlDeskDone done)
{
  g_return_if_fail (SL_IS_DESK (desk) && deed != NULL && deed->kind < SL_DESK_DEED_LAST);
  sl_desk_run (desk, owner, &(SlDeskJob) { .work = do_deed, .request = deed,
               .free_request = (GDestroyNotify) sl_desk_deed_free, .free_result = result_free, .writes = TRUE,
               .done = done });
}

static char *
words_of_check_in (SlDesk *desk, const SlCheckinAnswer *answer)
{
  g_autofree char *time = answer->start_ms > 0
    ? sl_date_words_time (answer->start_ms, sl_desk_get_zone (desk)) : g_strdup ("");
  g_autofree char *where = sl_text_join (" · ", answer->class_name != NULL ? answer->class_name : "", time, NULL);
  g_autofree char *who = sl_text_fill (_("Checked in {name}"), "name",
                                       answer->short_name != NULL ? answer->short_name : "", NULL);

  return sl_text_join (" · ", who, where, NULL);
}

/**
 * sl_desk_deed_words:
 * @desk: reception
 * @result: of a deed that was done
 *
 * Returns: (transfer full): what is said of it, in the language of the moment
 */
char *
sl_desk_deed_words (SlDesk *desk, const SlDeskDeedResult *result)
{
  g_autofree char *credits = sl_record_words_credits (result->hundredths);
  g_autofree char *money = sl_money_format (result->cents, sl_desk_get_currency (desk));

  switch (result->kind)
    {
    case SL_DESK_CHECK_IN:
    case SL_DESK_RECORD_VISIT:
      return words_of_check_in (desk, result->answer);
    case SL_DESK_CANCEL_BOOKING:
      return result->hundredths > 0 ? sl_text_fill (_("Cancelled. {credits} back."), "credits", credits, NULL)
                                    : g_strdup (_("Cancelled."));
    case SL_DESK_REFUND:
    case SL_DESK_REFUND_SALE:
      return sl_text_fill (_("{money} given back."), "money", money, NULL);
    default:
      return g_strdup (_(deeds[result->kind].said));
    }
}
