/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-refusal"

#include "engine/refusal.h"

#include <string.h>

/* Exit statuses of the command line; the classes are part of its contract. */
#define EXIT_DONE 0
#define EXIT_REFUSED 3
#define EXIT_NO_SUCH_THING 4
#define EXIT_BAD_INPUT 5
#define EXIT_STORAGE 6
#define EXIT_NETWORK 7

/* N_: picked up for translation; whoever shows a text looks it up. */
#define N_(text) text

/* One situation has one code. message says what is so, hint what to do next; both are whole sentences for people. */
static const SlCodeInfo refusals[] = {
  [SL_REFUSAL_NONE] = { "ok", EXIT_DONE, N_ ("Done."), "" },

  [SL_REFUSAL_NOT_ALLOWED] = { "not_allowed", EXIT_REFUSED, N_ ("This is not allowed for this person here."),
                               N_ ("Ask a manager, or somebody at reception.") },
  [SL_REFUSAL_SESSION_NOT_OPEN] = { "session_not_open", EXIT_REFUSED, N_ ("The session is not open for booking."),
                                    N_ ("Choose a session that is published and has not started.") },
  [SL_REFUSAL_SESSION_CANCELLED] = { "session_cancelled", EXIT_REFUSED, N_ ("The session was cancelled."),
                                     N_ ("Choose another session; what it cost comes back in full.") },
  [SL_REFUSAL_BOOKING_WINDOW_CLOSED] = { "booking_window_closed", EXIT_REFUSED,
                                         N_ ("Booking for this session has not opened yet."),
                                         N_ ("Try again when booking opens.") },
  [SL_REFUSAL_MEMBER_BLOCKED] = { "member_blocked", EXIT_REFUSED, N_ ("The member is not active."),
                                  N_ ("Please see reception.") },
  [SL_REFUSAL_PARQ_NEEDED] = { "parq_needed", EXIT_REFUSED, N_ ("The health questions have to be answered first."),
                               N_ ("Fill in the health questions, then book again.") },
  [SL_REFUSAL_ALREADY_BOOKED] = { "already_booked", EXIT_REFUSED,
                                  N_ ("The member is booked into this session already."),
                                  N_ ("Nothing needs to be done.") },
  [SL_REFUSAL_MEMBER_BUSY] = { "member_busy", EXIT_REFUSED,
                               N_ ("The member is booked into another session at that time."),
                               N_ ("Cancel the other booking first, or choose another time.") },
  [SL_REFUSAL_RATE_LIMITED] = { "rate_limited", EXIT_REFUSED, N_ ("Too many spots were held in the last minute."),
                                N_ ("Wait a minute, then try again.") },
  [SL_REFUSAL_CLASS_FULL] = { "class_full", EXIT_REFUSED, N_ ("The session is full."),
                              N_ ("Join the waitlist, or choose another session.") },
  [SL_REFUSAL_SPOTS_ELSEWHERE] = { "spots_elsewhere", EXIT_REFUSED,
                                   N_ ("The free spots are held by another device that cannot be reached."),
                                   N_ ("Join the waitlist, book at the other device, or ask a manager for an "
                                       "override.") },
  [SL_REFUSAL_INSUFFICIENT_CREDITS] = { "insufficient_credits", EXIT_REFUSED, N_ ("There are not enough credits."),
                                        N_ ("Buy a package at reception, then book again.") },
  [SL_REFUSAL_CREDITS_ELSEWHERE] = { "credits_elsewhere", EXIT_REFUSED,
                                     N_ ("The credits are held by another device that cannot be reached."),
                                     N_ ("Finish at the device that sold them, or try again when it is connected.") },
  [SL_REFUSAL_TRUST_USED] = { "trust_used", EXIT_REFUSED, N_ ("A visit on trust is still owed."),
                              N_ ("Settle it when the devices are connected again.") },

  [SL_REFUSAL_BAD_CODE] = { "bad_code", EXIT_REFUSED, N_ ("This code cannot be read as one of ours."),
                            N_ ("Show the code again, brighter and nearer, or ask reception.") },
  [SL_REFUSAL_FOREIGN_CODE] = { "foreign_code", EXIT_REFUSED, N_ ("This code belongs to another studio."),
                                N_ ("Show the code of this studio, or ask reception.") },
  [SL_REFUSAL_WRONG_CODE_KIND] = { "wrong_code_kind", EXIT_REFUSED, N_ ("This code is for something else."),
                                   N_ ("Show your pass or your booking's code.") },
  [SL_REFUSAL_REVOKED_CODE] = { "revoked_code", EXIT_REFUSED, N_ ("This code was replaced by a newer one."),
                                N_ ("Show your newest pass, or ask reception for one.") },
  [SL_REFUSAL_EXPIRED_CODE] = { "expired_code", EXIT_REFUSED, N_ ("This code has expired."),
                                N_ ("Ask reception for a new pass.") },
  [SL_REFUSAL_MEMBERSHIP_INACTIVE] = { "membership_inactive", EXIT_REFUSED, N_ ("The membership is not active."),
                                       N_ ("Please see reception.") },
  [SL_REFUSAL_PAYMENT_DUE] = { "payment_due", EXIT_REFUSED, N_ ("A payment is due."), N_ ("Please see reception.") },
  [SL_REFUSAL_OUTSIDE_ACCESS_HOURS] = { "outside_access_hours", EXIT_REFUSED,
                                        N_ ("The studio cannot be entered at this hour."),
                                        N_ ("Come back within the access hours.") },
  [SL_REFUSAL_NO_BOOKING] = { "no_booking", EXIT_REFUSED, N_ ("There is no booking here today."),
                              N_ ("Book a free spot, or ask reception.") },
  [SL_REFUSAL_OTHER_LOCATION] = { "other_location", EXIT_REFUSED, N_ ("The booking is at another location."),
                                  N_ ("Go to that location, or book a session here.") },
  [SL_REFUSAL_CHOOSE_SESSION] = { "choose_session", EXIT_REFUSED, N_ ("Several sessions are open for check-in."),
                                  N_ ("Say which session it is.") },
  [SL_REFUSAL_ALREADY_CHECKED_IN] = { "already_checked_in", EXIT_REFUSED, N_ ("Already checked in."),
                                      N_ ("Nothing needs to be done.") },
  [SL_REFUSAL_TOO_EARLY] = { "too_early", EXIT_REFUSED, N_ ("Check-in has not opened yet."),
                             N_ ("Come back when check-in opens.") },
  [SL_REFUSAL_TOO_LATE] = { "too_late", EXIT_REFUSED, N_ ("Check-in has closed."), N_ ("Please see reception.") },

  [SL_REFUSAL_PIN_WRONG] = { "pin_wrong", EXIT_REFUSED, N_ ("The PIN is wrong."), N_ ("Try again.") },
  [SL_REFUSAL_PIN_LOCKED] = { "pin_locked", EXIT_REFUSED, N_ ("Too many wrong PINs: locked for a while."),
                              N_ ("Wait until the lock ends, or ask a manager.") },
  [SL_REFUSAL_PIN_WEAK] = { "pin_weak", EXIT_REFUSED, N_ ("The PIN is too short or one of the usual ones."),
                            N_ ("Choose another: staff need 6 digits or more, members 4 to 6.") },
  [SL_REFUSAL_STAFF_INACTIVE] = { "staff_inactive", EXIT_REFUSED, N_ ("The staff member is not active."),
                                  N_ ("Ask a manager.") },
  [SL_REFUSAL_APPROVAL_REQUIRED] = { "approval_required", EXIT_REFUSED, N_ ("A manager has to approve this."),
                                     N_ ("Ask a manager to do it with their own PIN.") },
  [SL_REFUSAL_REASON_REQUIRED] = { "reason_required", EXIT_REFUSED, N_ ("A reason is needed."),
                                   N_ ("Say why, in a few words.") },
  [SL_REFUSAL_MEMBER_ERASED] = { "member_erased", EXIT_REFUSED, N_ ("The member's data was erased."),
                                 N_ ("Add the person as a new member.") },
  [SL_REFUSAL_SERVICE_INACTIVE] = { "service_inactive", EXIT_REFUSED, N_ ("The service is no longer offered."),
                                    N_ ("Choose another service, or make this one active again.") },
  [SL_REFUSAL_TOO_MANY_SPOTS] = { "too_many_spots", EXIT_REFUSED, N_ ("One booking cannot take so many spots."),
                                  N_ ("Book fewer spots.") },
  [SL_REFUSAL_GUEST_NAMES_NEEDED] = { "guest_names_needed", EXIT_REFUSED, N_ ("Each guest has to be named."),
                                      N_ ("Give a name for each further spot.") },
  [SL_REFUSAL_NOT_COVERED] = { "not_covered", EXIT_REFUSED, N_ ("This cannot be paid for in that way."),
                               N_ ("Pay in another way, or choose another service.") },
  [SL_REFUSAL_HOLD_EXPIRED] = { "hold_expired", EXIT_REFUSED, N_ ("The spot was held too long and was let go."),
                                N_ ("Book again.") },
  [SL_REFUSAL_OFFER_LAPSED] = { "offer_lapsed", EXIT_REFUSED, N_ ("The offered spot was not taken in time."),
                                N_ ("Join the waitlist again, or choose another session.") },
  [SL_REFUSAL_NOT_OFFERED] = { "not_offered", EXIT_REFUSED, N_ ("No spot is on offer for this booking."),
                               N_ ("Wait until a spot is offered.") },
  [SL_REFUSAL_NOT_WAITLISTED] = { "not_waitlisted", EXIT_REFUSED, N_ ("The member is not on the waitlist."),
                                  N_ ("Join the waitlist first.") },
  [SL_REFUSAL_WRONG_STATE] = { "wrong_state", EXIT_REFUSED, N_ ("This cannot be done in the state that it is in."),
                               N_ ("Look at its present state.") },
  [SL_REFUSAL_NOT_UNDOABLE] = { "not_undoable", EXIT_REFUSED, N_ ("There is nothing here that could be undone."),
                                N_ ("Look at its present state.") },
  [SL_REFUSAL_CANCEL_CLOSED] = { "cancel_closed", EXIT_REFUSED,
                                 N_ ("The session has started: it is too late to cancel."), N_ ("Ask a manager.") },
  [SL_REFUSAL_INSTRUCTOR_BUSY] = { "instructor_busy", EXIT_REFUSED,
                                   N_ ("The instructor has another session at that time."),
                                   N_ ("Choose another time or instructor.") },
  [SL_REFUSAL_ROOM_BUSY] = { "room_busy", EXIT_REFUSED, N_ ("The room is taken at that time."),
                             N_ ("Choose another time or room.") },
  [SL_REFUSAL_OUTSIDE_AVAILABILITY] = { "outside_availability", EXIT_REFUSED,
                                        N_ ("The instructor is not available then."),
                                        N_ ("Choose one of the free times.") },
  [SL_REFUSAL_REQUEST_CLOSED] = { "request_closed", EXIT_REFUSED,
                                  N_ ("The request was answered already or has expired."), N_ ("Make a new request.") },
  [SL_REFUSAL_NOT_CHECKED_IN] = { "not_checked_in", EXIT_REFUSED, N_ ("Nobody of this booking is checked in."),
                                  N_ ("Check in first.") },
  [SL_REFUSAL_TILL_CLOSED] = { "till_closed", EXIT_REFUSED, N_ ("The till is closed."),
                               N_ ("Open the till, then take the money.") },
  [SL_REFUSAL_TILL_OPEN] = { "till_open", EXIT_REFUSED, N_ ("The till is open already."),
                             N_ ("Close it with a count first.") },
  [SL_REFUSAL_REFUND_OVER_LIMIT] = { "refund_over_limit", EXIT_REFUSED, N_ ("The refund is above the limit."),
                                     N_ ("Ask a manager to approve it.") },
  [SL_REFUSAL_REFUND_OVER_PAYMENT] = { "refund_over_payment", EXIT_REFUSED,
                                       N_ ("The refund is more than what is left of the payment."),
                                       N_ ("Refund less.") },
  [SL_REFUSAL_AMOUNT_MISMATCH] = { "amount_mismatch", EXIT_REFUSED, N_ ("The amount is not the price."),
                                   N_ ("Take exactly the price.") },
  [SL_REFUSAL_WRONG_CURRENCY] = { "wrong_currency", EXIT_REFUSED, N_ ("The amount is in another currency."),
                                  N_ ("Use the studio's currency.") },
  [SL_REFUSAL_VOUCHER_INVALID] = { "voucher_invalid", EXIT_REFUSED, N_ ("The voucher is unknown, used or expired."),
                                   N_ ("Pay in another way.") },
  [SL_REFUSAL_LIMIT_REACHED] = { "limit_reached", EXIT_REFUSED, N_ ("The member cannot have more of these."),
                                 N_ ("Choose another package.") },
  [SL_REFUSAL_NO_RIGHTS] = { "no_rights", EXIT_REFUSED, N_ ("This device does not hold what it would give away."),
                             N_ ("Do it at the device that holds it.") },
  [SL_REFUSAL_KEY_REUSED] = { "key_reused", EXIT_REFUSED, N_ ("The key was used for another command."),
                              N_ ("Use a new key for a new command.") },
  [SL_REFUSAL_ALREADY_INITIALISED] = { "already_initialised", EXIT_REFUSED,
                                       N_ ("The data directory holds a studio already."),
                                       N_ ("Name another directory, or go on with this one.") },
  [SL_REFUSAL_INVITATION_INVALID] = { "invitation_invalid", EXIT_REFUSED,
                                      N_ ("The invitation is no invitation, was changed, or has expired."),
                                      N_ ("Write a new invitation at a device of the studio.") },
  [SL_REFUSAL_DEVICE_REVOKED] = { "device_revoked", EXIT_REFUSED, N_ ("This device no longer belongs to the studio."),
                                  N_ ("Ask the owner; join again with a new invitation.") },
  [SL_REFUSAL_LEASE_EXPIRED] = { "lease_expired", EXIT_REFUSED, N_ ("This device was away for too long."),
                                 N_ ("Connect it, then try again.") },
  [SL_REFUSAL_POSSIBLE_DUPLICATE] = { "possible_duplicate", EXIT_REFUSED, N_ ("It looks as if this is here already."),
                                      N_ ("Use what is here, or say that it is another one (--anyway).") },
};
G_STATIC_ASSERT (G_N_ELEMENTS (refusals) == SL_REFUSAL_LAST);

static const SlCodeInfo failures[] = {
  [SL_ERROR_STORAGE] = { "storage", EXIT_STORAGE, N_ ("The disk could not be read or written."),
                         N_ ("Nothing more is safe here: check the disk, then start again.") },
  [SL_ERROR_CORRUPT] = { "corrupt", EXIT_STORAGE, N_ ("The data is damaged."),
                         N_ ("Run verify to see where; restore the newest backup.") },
  [SL_ERROR_DISK_FULL] = { "disk_full", EXIT_STORAGE, N_ ("The disk is full; nothing was written."),
                           N_ ("Free some space, then try again.") },
  [SL_ERROR_READ_ONLY] = { "read_only", EXIT_STORAGE, N_ ("The data directory cannot be written."),
                           N_ ("Check its owner and permissions, and that the disk is not mounted read-only.") },
  [SL_ERROR_TOO_NEW] = { "too_new", EXIT_STORAGE, N_ ("The data was written by a later version of the program."),
                         N_ ("Install that version or a later one.") },
  [SL_ERROR_BUSY] = { "busy", EXIT_STORAGE, N_ ("Another program was writing for too long."), N_ ("Try again.") },
  [SL_ERROR_BAD_INPUT] = { "bad_input", EXIT_BAD_INPUT, N_ ("The input does not follow its format."),
                           N_ ("Correct it, then try again.") },
  [SL_ERROR_NOT_FOUND] = { "not_found", EXIT_NO_SUCH_THING, N_ ("There is no such thing."), N_ ("Check the id.") },
  [SL_ERROR_AMBIGUOUS_ID] = { "ambiguous_id", EXIT_NO_SUCH_THING, N_ ("The id fits more than one thing."),
                              N_ ("Give more of its digits.") },
  [SL_ERROR_NO_STUDIO] = { "no_studio", EXIT_NO_SUCH_THING, N_ ("The data directory holds no studio."),
                           N_ ("Make one with init, join one with device join, or name another directory.") },
  [SL_ERROR_OFFLINE] = { "offline", EXIT_NETWORK, N_ ("The hub cannot be reached."),
                         N_ ("Check the network; work here goes on.") },
  [SL_ERROR_HUB_REFUSED] = { "hub_refused", EXIT_NETWORK, N_ ("The hub refused."),
                             N_ ("Read its reason, then pair again if needed.") },
  [SL_ERROR_CLOCK_SKEW] = { "clock_skew", EXIT_NETWORK, N_ ("This device's clock is too far from the hub's."),
                            N_ ("Set the clock, then try again.") },
  [SL_ERROR_REVOKED] = { "device_revoked", EXIT_REFUSED, N_ ("This device no longer belongs to the studio."),
                         N_ ("Ask the owner; join again with a new invitation.") },
};
G_STATIC_ASSERT (G_N_ELEMENTS (failures) == SL_ERROR_LAST);

/**
 * sl_refusal_clear:
 * @refusal: (nullable): a refusal, also one that is all zero
 *
 * Frees what it holds and makes it %SL_REFUSAL_NONE again. Any thread that owns it.
 */
void
sl_refusal_clear (SlRefusal *refusal)
{
  if (refusal == NULL)
    return;
  g_clear_pointer (&refusal->details, g_variant_dict_unref);
  refusal->code = SL_REFUSAL_NONE;
}

/**
 * sl_refuse:
 * @refusal: (out): where the answer goes; what it held before is freed
 * @code: the code of the situation
 *
 * Fills @refusal, so that a rule reads `return sl_refuse (out, SL_REFUSAL_CLASS_FULL);`. Details may follow.
 *
 * Returns: %FALSE
 */
gboolean
sl_refuse (SlRefusal *refusal, SlRefusalCode code)
{
  g_return_val_if_fail (refusal != NULL, FALSE);
  g_return_val_if_fail (code < SL_REFUSAL_LAST, FALSE);

  sl_refusal_clear (refusal);
  refusal->code = code;
  return FALSE;
}

static GVariantDict *
details (SlRefusal *refusal)
{
  if (refusal->details == NULL)
    refusal->details = g_variant_dict_new (NULL);
  return refusal->details;
}

/**
 * sl_refusal_set_int:
 * @refusal: a refusal
 * @key: name of the detail, stable; a time's ends in "_ms"
 * @value: the number
 *
 * Adds a number to the details.
 */
void
sl_refusal_set_int (SlRefusal *refusal, const char *key, gint64 value)
{
  g_return_if_fail (refusal != NULL);
  g_return_if_fail (key != NULL);

  g_variant_dict_insert (details (refusal), key, "x", value);
}

/**
 * sl_refusal_set_text:
 * @refusal: a refusal
 * @key: name of the detail, stable
 * @value: (nullable): UTF-8; %NULL adds nothing. Nothing personal: details are noted with the refusal
 *
 * Adds a text to the details.
 */
void
sl_refusal_set_text (SlRefusal *refusal, const char *key, const char *value)
{
  g_return_if_fail (refusal != NULL);
  g_return_if_fail (key != NULL);

  if (value != NULL)
    g_variant_dict_insert (details (refusal), key, "s", value);
}

/**
 * sl_refusal_get_int:
 * @refusal: a refusal
 * @key: name of the detail
 * @fallback: what to give where there is no such number
 *
 * Returns: the detail, or @fallback
 */
gint64
sl_refusal_get_int (const SlRefusal *refusal, const char *key, gint64 fallback)
{
  g_return_val_if_fail (refusal != NULL, fallback);
  g_return_val_if_fail (key != NULL, fallback);

  gint64 value = fallback;
  if (refusal->details != NULL && !g_variant_dict_lookup (refusal->details, key, "x", &value))
    return fallback;
  return value;
}

/**
 * sl_refusal_get_text:
 * @refusal: a refusal
 * @key: name of the detail
 *
 * Returns: (nullable) (transfer none): the detail, as long as @refusal keeps it; %NULL where there is no such text
 */
const char *
sl_refusal_get_text (const SlRefusal *refusal, const char *key)
{
  g_return_val_if_fail (refusal != NULL, NULL);
  g_return_val_if_fail (key != NULL, NULL);

  const char *value = NULL;
  if (refusal->details == NULL || !g_variant_dict_lookup (refusal->details, key, "&s", &value))
    return NULL;
  return value;
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const char *key_a, *key_b;
  g_variant_get_child (*(GVariant *const *) a, 0, "&s", &key_a);
  g_variant_get_child (*(GVariant *const *) b, 0, "&s", &key_b);
  return strcmp (key_a, key_b);
}

/**
 * sl_refusal_dup_details:
 * @refusal: a refusal; its dictionary is closed and opened again on the way, so not from two threads
 *
 * Returns: (nullable) (transfer full): all details as an a{sv} sorted by key, or %NULL where there are none
 */
GVariant *
sl_refusal_dup_details (const SlRefusal *refusal)
{
  g_return_val_if_fail (refusal != NULL, NULL);

  if (refusal->details == NULL)
    return NULL;
  g_autoptr (GVariant) all = g_variant_ref_sink (g_variant_dict_end (refusal->details));
  g_variant_dict_init (refusal->details, all);
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  for (gsize i = 0; i < g_variant_n_children (all); i++)
    g_ptr_array_add (entries, g_variant_get_child_value (all, i));
  g_ptr_array_sort (entries, compare_entries);
  return g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE ("{sv}"), (GVariant **) entries->pdata, entries->len));
}

/**
 * sl_refusal_info:
 * @code: a code, %SL_REFUSAL_NONE too
 *
 * The table of codes: README.md "Codes". Texts are in English, marked for translation. Any thread.
 *
 * Returns: (transfer none): static
 */
const SlCodeInfo *
sl_refusal_info (SlRefusalCode code)
{
  g_return_val_if_fail (code < SL_REFUSAL_LAST, &refusals[SL_REFUSAL_NONE]);

  return &refusals[code];
}

/**
 * sl_error_info:
 * @code: a code of the domain %SL_ERROR
 *
 * The same table for failures. Any thread.
 *
 * Returns: (transfer none): static
 */
const SlCodeInfo *
sl_error_info (SlErrorCode code)
{
  g_return_val_if_fail (code < SL_ERROR_LAST, &failures[SL_ERROR_STORAGE]);

  return &failures[code];
}

/**
 * sl_refusal_name:
 * @code: a code
 *
 * Returns: (transfer none): its outside name, "class_full"
 */
const char *
sl_refusal_name (SlRefusalCode code)
{
  return sl_refusal_info (code)->code;
}

/**
 * sl_refusal_format_details:
 * @refusal: a refusal
 *
 * Returns: (transfer full) (nullable): its details as words, "balance_hundredths=50 needed_hundredths=100", sorted by
 * key; %NULL where it has none
 */
char *
sl_refusal_format_details (const SlRefusal *refusal)
{
  g_autoptr (GVariant) details = sl_refusal_dup_details (refusal);
  g_autoptr (GString) text = g_string_new (NULL);
  GVariantIter iter;
  const char *key;
  GVariant *value;
  if (details == NULL)
    return NULL;
  g_variant_iter_init (&iter, details);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      g_autoptr (GVariant) owned = value;
      g_autofree char *printed = g_variant_is_of_type (owned, G_VARIANT_TYPE_STRING)
                                   ? g_variant_dup_string (owned, NULL)
                                   : g_variant_print (owned, FALSE);
      g_string_append_printf (text, "%s%s=%s", text->len > 0 ? " " : "", key, printed);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
