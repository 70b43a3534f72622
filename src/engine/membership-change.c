/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-membership-change"

#include "engine/membership-private.h"

#include "core/datetime.h"
#include "engine/member-private.h"

/* What people say of memberships. */

static gboolean
bad_times (GError **error, const char *message)
{
  g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, message);
  return FALSE;
}

static gboolean
refuse_state (SlRefusal *refusal, const char *status)
{
  sl_refuse (refusal, SL_REFUSAL_WRONG_STATE);
  sl_refusal_set_text (refusal, "status", status);
  return FALSE;
}

static gboolean
overlap (const SlMembership *membership, gint64 from_ms, gint64 until_ms)
{
  return (membership->until_ms == 0 || from_ms < membership->until_ms)
         && (until_ms == 0 || membership->from_ms < until_ms);
}

/* sl_membership_check_start: see the header. The first that fails is the answer. */
gboolean
sl_membership_check_start (SlEngine *engine, const SlMember *member, const SlPlan *plan,
                           const SlMembershipParams *params, SlRefusal *refusal, GError **error)
{
  char text[SL_ID_TEXT_BYTES];
  if (sl_member_refuse_erased (member, refusal))
    return TRUE;
  if (!params->brought && g_strcmp0 (member->status, SL_MEMBER_BANNED) == 0)
    {
      sl_refuse (refusal, SL_REFUSAL_MEMBER_BLOCKED);
      return TRUE;
    }
  if (!params->brought && !plan->active)
    {
      sl_refuse (refusal, SL_REFUSAL_WRONG_STATE);
      return TRUE;
    }
  g_autoptr (GPtrArray) list = sl_membership_list (engine, &member->id, params->from_ms, error);
  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      const SlMembership *other = list->pdata[i];
      if (!sl_id_equal (&other->plan_id, &plan->id) || !overlap (other, params->from_ms, params->until_ms))
        continue;
      (void) refuse_state (refusal, sl_membership_status_name (other->status));
      sl_refusal_set_text (refusal, "membership", sl_id_format (&other->id, text));
      return TRUE;
    }
  return list != NULL;
}

static void
set_time (SlFields *fields, const char *column, gint64 ms)
{
  if (ms != 0)
    sl_fields_set_int (fields, column, ms);
  else
    sl_fields_set_null (fields, column);
}

/* sl_membership_write: see the header. It is this device's to renew. */
gboolean
sl_membership_write (SlEngine *engine, const SlMembershipParts *parts, SlId *out_id, GError **error)
{
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_MEMBERSHIP);
  sl_fields_set_id (fields, "member_id", parts->member_id);
  sl_fields_set_id (fields, "plan_id", parts->plan_id);
  sl_fields_set_int (fields, "from_ms", parts->times->from_ms);
  set_time (fields, "until_ms", parts->times->until_ms);
  set_time (fields, "due_ms", parts->times->paid_until_ms);
  sl_fields_set_text (fields, "status", SL_MEMBERSHIP_SAID_ACTIVE);
  sl_fields_set_id (fields, "device_id", sl_oplog_get_replica (engine->log));
  if (parts->collect != NULL)
    sl_fields_set_text (fields, "collect", parts->collect);
  if (parts->price_cents != SL_NUMBER_NONE)
    sl_fields_set_int (fields, "price_cents", parts->price_cents);
  return sl_op_create (engine->log, fields, out_id, error);
}

/**
 * sl_membership_start:
 * @engine: the engine
 * @actor: who; whoever may change what members have
 * @params: whose, of which plan, from when to when, and until when it is paid
 * @out_id: (out): the new membership
 * @out_refusal: (out): not_allowed, member_erased, member_blocked, wrong_state (the plan is sold no more; or the member
 * has one of it at that time: membership, status)
 * @error: return location
 *
 * Records a membership; its payments are another matter.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_membership_start (SlEngine *engine, const SlActor *actor, const SlMembershipParams *params, SlId *out_id,
                     SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && params != NULL && out_id != NULL && out_refusal != NULL,
                        FALSE);

  SlMembershipParams whole = *params;
  if (whole.from_ms == 0)
    whole.from_ms = sl_engine_now_ms (engine);
  if (whole.until_ms != 0 && whole.until_ms <= whole.from_ms)
    return bad_times (error, "a membership ends after it has begun");
  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  g_autoptr (SlMember) member = sl_member_get (engine, &params->member_id, error);
  g_autoptr (SlPlan) plan = member != NULL ? sl_plan_get (engine, &params->plan_id, error) : NULL;
  if (plan == NULL)
    return sl_command_fail (engine);
  if (sl_actor_may (actor, SL_ACTION_EDIT_MEMBER_FINANCE, &engine->location, out_refusal)
      && !sl_membership_check_start (engine, member, plan, &whole, out_refusal, error))
    return sl_command_fail (engine);
  if (out_refusal->code != SL_REFUSAL_NONE)
    return sl_command_refuse (engine, actor, "membership start", out_refusal, error);
  const SlMembershipParts parts = { .times = &whole, .member_id = &member->id, .plan_id = &plan->id,
                                    .price_cents = SL_NUMBER_NONE };
  if (!sl_membership_write (engine, &parts, out_id, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

/* A change of a membership: whether its state allows it, and what follows from its state. */
typedef struct {
  const char *command;
  gboolean (*allows) (const SlMembership *membership, gint64 now_ms);
  void (*adjust) (const SlMembership *membership, gint64 at_ms, SlFields *fields); /* (nullable) */
} Change;

static gboolean
is_not_over (const SlMembership *membership, gint64 now_ms)
{
  return membership->status != SL_MEMBERSHIP_CANCELLED && membership->status != SL_MEMBERSHIP_EXPIRED;
}

static gboolean
may_be_frozen (const SlMembership *membership, gint64 now_ms)
{
  return is_not_over (membership, now_ms) && membership->status != SL_MEMBERSHIP_FROZEN;
}

/* Frozen now, or to be. */
static gboolean
may_be_unfrozen (const SlMembership *membership, gint64 now_ms)
{
  gboolean by_time = membership->frozen_from_ms != 0
                     && (membership->frozen_until_ms == 0 || now_ms < membership->frozen_until_ms);
  return is_not_over (membership, now_ms) && (by_time || membership->frozen);
}

static gboolean
may_be_cancelled (const SlMembership *membership, gint64 now_ms)
{
  return is_not_over (membership, now_ms) && !membership->cancelled;
}

/* Cancelling makes it no longer than it was. */
static void
end_at (const SlMembership *membership, gint64 at_ms, SlFields *fields)
{
  gboolean ends_before = membership->until_ms != 0 && membership->until_ms < at_ms;
  sl_fields_set_int (fields, "until_ms", ends_before ? membership->until_ms : at_ms);
}

/* What billing had found due, and what it had frozen for that, goes on when it is paid; so does what is thawed. */
static void
clear_word (const SlMembership *membership, gint64 at_ms, SlFields *fields)
{
  if (membership->payment_due || membership->frozen)
    sl_fields_set_text (fields, "status", SL_MEMBERSHIP_SAID_ACTIVE);
}

/* A freeze before this one has had its time: what it added is kept. One that never began adds nothing. */
static void
keep_paid (const SlMembership *membership, gint64 now_ms, SlFields *fields)
{
  gint64 paid_ms = now_ms < membership->frozen_from_ms ? membership->paid_before_freeze_ms : membership->paid_until_ms;
  if (paid_ms != 0)
    sl_fields_set_int (fields, "due_ms", paid_ms);
}

/* What is said to be paid is meant as it is, so what a freeze on record will add to it is taken off. */
static void
set_paid (const SlMembership *membership, gint64 until_ms, SlFields *fields)
{
  gint64 from_ms = membership->frozen_from_ms, length_ms = membership->frozen_until_ms - from_ms;
  clear_word (membership, until_ms, fields);
  if (from_ms != 0 && length_ms > 0 && until_ms > from_ms)
    set_time (fields, "due_ms", MAX (until_ms - length_ms, from_ms));
  else
    set_time (fields, "due_ms", until_ms);
}

static void
end_when_paid_up (const SlMembership *membership, gint64 at_ms, SlFields *fields)
{
  end_at (membership, MAX (at_ms, membership->paid_until_ms), fields);
}

static const Change freezing = { "membership freeze", may_be_frozen, keep_paid };
static const Change unfreezing = { "membership unfreeze", may_be_unfrozen, clear_word };
static const Change cancelling = { "membership cancel", may_be_cancelled, end_at };
static const Change cancelling_later = { "membership cancel", may_be_cancelled, end_when_paid_up };
static const Change paying = { "membership paid", is_not_over, set_paid };
static const Change editing = { "membership edit", is_not_over, NULL };

/* Takes the fields. */
static gboolean
change (SlEngine *engine, const SlActor *actor, const Change *what, const SlId *id, gint64 at_ms, SlFields *taken,
        SlRefusal *out_refusal, GError **error)
{
  g_autoptr (SlFields) fields = taken;
  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  g_autoptr (SlMembership) membership = sl_membership_get (engine, id, error);
  if (membership == NULL)
    return sl_command_fail (engine);
  if (sl_actor_may (actor, SL_ACTION_EDIT_MEMBER_FINANCE, &engine->location, out_refusal)
      && !what->allows (membership, sl_engine_now_ms (engine)))
    (void) refuse_state (out_refusal, sl_membership_status_name (membership->status));
  if (out_refusal->code != SL_REFUSAL_NONE)
    return sl_command_refuse (engine, actor, what->command, out_refusal, error);
  if (what->adjust != NULL)
    what->adjust (membership, at_ms, fields);
  if (!sl_op_edit (engine->log, id, fields, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

/**
 * sl_membership_freeze:
 * @engine: the engine
 * @actor: who; whoever may change what members have
 * @id: the membership
 * @from_ms: from when; 0: now
 * @until_ms: until when; 0: until further notice
 * @out_refusal: (out): not_allowed, wrong_state (status: it is frozen, or over)
 * @error: return location
 *
 * While frozen it pays for nothing, lets nobody in and costs nothing: what was paid when it began goes on for as long
 * afterwards.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_membership_freeze (SlEngine *engine, const SlActor *actor, const SlId *id, gint64 from_ms, gint64 until_ms,
                      SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && out_refusal != NULL, FALSE);

  SlFields *fields = sl_fields_new (SL_ENTITY_MEMBERSHIP);
  gint64 from = from_ms != 0 ? from_ms : sl_engine_now_ms (engine);
  sl_fields_set_int (fields, "frozen_from_ms", from);
  set_time (fields, "frozen_until_ms", until_ms);
  if (until_ms != 0 && until_ms <= from)
    {
      sl_fields_free (fields);
      return bad_times (error, "a membership thaws after it was frozen");
    }
  return change (engine, actor, &freezing, id, sl_engine_now_ms (engine), fields, out_refusal, error);
}

/**
 * sl_membership_unfreeze:
 * @engine: the engine
 * @actor: who; whoever may change what members have
 * @id: the membership
 * @out_refusal: (out): not_allowed, wrong_state (status: it is not frozen, nor to be)
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND
 */
gboolean
sl_membership_unfreeze (SlEngine *engine, const SlActor *actor, const SlId *id, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && out_refusal != NULL, FALSE);

  SlFields *fields = sl_fields_new (SL_ENTITY_MEMBERSHIP);
  gint64 now_ms = sl_engine_now_ms (engine);
  sl_fields_set_int (fields, "frozen_until_ms", now_ms);
  return change (engine, actor, &unfreezing, id, now_ms, fields, out_refusal, error);
}

/**
 * sl_membership_cancel:
 * @engine: the engine
 * @actor: who; whoever may change what members have
 * @id: the membership
 * @at_ms: its end; 0: now. Until then it goes on
 * @out_refusal: (out): not_allowed, wrong_state (status: it is over, or cancelled already)
 * @error: return location
 *
 * Bookings that it has paid for stand.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND
 */
gboolean
sl_membership_cancel (SlEngine *engine, const SlActor *actor, const SlId *id, gint64 at_ms, SlRefusal *out_refusal,
                      GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && out_refusal != NULL, FALSE);

  SlFields *fields = sl_fields_new (SL_ENTITY_MEMBERSHIP);
  sl_fields_set_text (fields, "status", SL_MEMBERSHIP_SAID_CANCELLED);
  return change (engine, actor, &cancelling, id, at_ms != 0 ? at_ms : sl_engine_now_ms (engine), fields, out_refusal,
                 error);
}

/**
 * sl_membership_cancel_when_paid_up:
 * @engine: the engine
 * @actor: who; whoever may change what members have
 * @id: the membership
 * @out_refusal: (out): not_allowed, wrong_state (status: it is over, or cancelled already)
 * @error: return location
 *
 * Ends it where what is paid ends, or now where that is over already or nothing will be due.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND
 */
gboolean
sl_membership_cancel_when_paid_up (SlEngine *engine, const SlActor *actor, const SlId *id, SlRefusal *out_refusal,
                                   GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && out_refusal != NULL, FALSE);

  SlFields *fields = sl_fields_new (SL_ENTITY_MEMBERSHIP);
  sl_fields_set_text (fields, "status", SL_MEMBERSHIP_SAID_CANCELLED);
  return change (engine, actor, &cancelling_later, id, sl_engine_now_ms (engine), fields, out_refusal, error);
}

/**
 * sl_membership_is_collect:
 * @word: (nullable): how periods to come are paid
 * @error: return location
 *
 * Any thread.
 *
 * Returns: whether it is one of the ways; else %FALSE with %SL_ERROR_BAD_INPUT
 */
gboolean
sl_membership_is_collect (const char *word, GError **error)
{
  static const char *const words[] = { SL_COLLECT_ACCOUNT, "eft", "card", "online", NULL };
  if (word != NULL && g_strv_contains (words, word))
    return TRUE;
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "what comes is collected by one of account, eft, card, online");
  return FALSE;
}

/**
 * sl_membership_edit:
 * @engine: the engine
 * @actor: who; whoever may change what members have
 * @id: the membership
 * @collect: (nullable): how the periods to come are paid: account, eft, card, online, or desk: they are sold there;
 * %NULL: as it is
 * @price_cents: what one costs, 0 or more; %SL_NUMBER_NONE: as it is
 * @out_refusal: (out): not_allowed, wrong_state (status: it is over)
 * @error: return location
 *
 * What was sold stands.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_membership_edit (SlEngine *engine, const SlActor *actor, const SlId *id, const char *collect, gint64 price_cents,
                    SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && out_refusal != NULL, FALSE);

  gboolean desk = g_strcmp0 (collect, "desk") == 0;
  if (collect == NULL && price_cents == SL_NUMBER_NONE)
    return bad_times (error, "nothing is named that is to change");
  if (collect != NULL && !desk && !sl_membership_is_collect (collect, error))
    return FALSE;
  if (price_cents != SL_NUMBER_NONE && (price_cents < 0 || price_cents > SL_PLAN_PRICE_MAX_CENTS))
    return bad_times (error, "a price is not below 0, and not absurd");
  SlFields *fields = sl_fields_new (SL_ENTITY_MEMBERSHIP);
  if (desk)
    sl_fields_set_null (fields, "collect");
  else if (collect != NULL)
    sl_fields_set_text (fields, "collect", collect);
  if (price_cents != SL_NUMBER_NONE)
    sl_fields_set_int (fields, "price_cents", price_cents);
  return change (engine, actor, &editing, id, sl_engine_now_ms (engine), fields, out_refusal, error);
}

/**
 * sl_membership_paid:
 * @engine: the engine
 * @actor: who; whoever may change what members have
 * @id: the membership
 * @until_ms: until when it is paid; 0: nothing will be due
 * @out_refusal: (out): not_allowed, wrong_state (status: it is over)
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND
 */
gboolean
sl_membership_paid (SlEngine *engine, const SlActor *actor, const SlId *id, gint64 until_ms, SlRefusal *out_refusal,
                    GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && out_refusal != NULL, FALSE);

  SlFields *fields = sl_fields_new (SL_ENTITY_MEMBERSHIP);
  return change (engine, actor, &paying, id, until_ms, fields, out_refusal, error);
}
