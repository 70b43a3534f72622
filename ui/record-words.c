/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-record-words"

#include "record-words.h"

#include "date-words.h"
#include "text-fill.h"

#include "core/text.h"

#include <glib/gi18n-lib.h>

/**
 * sl_record_words_name:
 * @member: a member
 *
 * Returns: (transfer full): first and last name, or what stands for somebody without
 */
char *
sl_record_words_name (const SlMember *member)
{
  g_autofree char *name = sl_text_join (" ", member->first != NULL ? member->first : "",
                                        member->last != NULL ? member->last : "", NULL);

  if (*name != '\0')
    return g_steal_pointer (&name);
  return g_strdup (member->erased ? _("Erased member") : _("Member without a name"));
}

/**
 * sl_record_words_credits:
 * @hundredths: credits
 *
 * Returns: (transfer full): "1 credit", "2.5 credits"
 */
char *
sl_record_words_credits (gint64 hundredths)
{
  g_autofree char *n = sl_credits_format (hundredths);

  return sl_text_fill (g_dngettext (GETTEXT_PACKAGE, "{n} credit", "{n} credits", hundredths == 100 ? 1 : 2), "n",
                       n, NULL);
}

/**
 * sl_record_words_status:
 * @status: (nullable): of a member
 *
 * Returns: (transfer none): a word for it
 */
const char *
sl_record_words_status (const char *status)
{
  if (g_strcmp0 (status, "banned") == 0)
    return C_ ("member", "Blocked");
  if (g_strcmp0 (status, "inactive") == 0)
    return C_ ("member", "Inactive");
  if (g_strcmp0 (status, "erased") == 0)
    return C_ ("member", "Erased");
  return C_ ("member", "Active");
}

/**
 * sl_record_words_booking:
 * @status: of a booking
 *
 * Returns: (transfer none): a word for it
 */
const char *
sl_record_words_booking (SlBookingStatus status)
{
  static const char *const words[] = {
    [SL_BOOKING_HELD] = NC_ ("booking", "Held"),
    [SL_BOOKING_CONFIRMED] = NC_ ("booking", "Booked"),
    [SL_BOOKING_CHECKED_IN] = NC_ ("booking", "In"),
    [SL_BOOKING_COMPLETED] = NC_ ("booking", "Came"),
    [SL_BOOKING_WAITLISTED] = NC_ ("booking", "Waiting"),
    [SL_BOOKING_OFFERED] = NC_ ("booking", "Spot offered"),
    [SL_BOOKING_CANCELLED] = NC_ ("booking", "Cancelled"),
    [SL_BOOKING_LATE_CANCELLED] = NC_ ("booking", "Cancelled late"),
    [SL_BOOKING_EXPIRED] = NC_ ("booking", "Lapsed"),
    [SL_BOOKING_NO_SHOW] = NC_ ("booking", "Did not come"),
  };
  G_STATIC_ASSERT (G_N_ELEMENTS (words) == SL_BOOKING_STATUS_LAST);

  g_return_val_if_fail (status < SL_BOOKING_STATUS_LAST, "");
  return g_dpgettext2 (GETTEXT_PACKAGE, "booking", words[status]);
}

/**
 * sl_record_words_membership:
 * @status: of a membership
 *
 * Returns: (transfer none): a word for it
 */
const char *
sl_record_words_membership (SlMembershipStatus status)
{
  static const char *const words[] = {
    [SL_MEMBERSHIP_NOT_STARTED] = NC_ ("membership", "Not begun"),
    [SL_MEMBERSHIP_ACTIVE] = NC_ ("membership", "Active"),
    [SL_MEMBERSHIP_FROZEN] = NC_ ("membership", "Frozen"),
    [SL_MEMBERSHIP_PAYMENT_DUE] = NC_ ("membership", "Payment due"),
    [SL_MEMBERSHIP_CANCELLED] = NC_ ("membership", "Cancelled"),
    [SL_MEMBERSHIP_EXPIRED] = NC_ ("membership", "Over"),
  };
  G_STATIC_ASSERT (G_N_ELEMENTS (words) == SL_MEMBERSHIP_LAST);

  g_return_val_if_fail (status < SL_MEMBERSHIP_LAST, "");
  return g_dpgettext2 (GETTEXT_PACKAGE, "membership", words[status]);
}

/**
 * sl_record_words_payment:
 * @status: of a payment
 *
 * Returns: (transfer none): a word for it
 */
const char *
sl_record_words_payment (SlPaymentStatus status)
{
  static const char *const words[] = {
    [SL_PAYMENT_PENDING] = NC_ ("payment", "Not seen yet"),
    [SL_PAYMENT_PAID] = NC_ ("payment", "Paid"),
    [SL_PAYMENT_FAILED] = NC_ ("payment", "Failed"),
    [SL_PAYMENT_REFUNDED] = NC_ ("payment", "Given back"),
    [SL_PAYMENT_PART_REFUNDED] = NC_ ("payment", "Partly given back"),
    [SL_PAYMENT_DISPUTED] = NC_ ("payment", "Disputed"),
  };
  G_STATIC_ASSERT (G_N_ELEMENTS (words) == SL_PAYMENT_LAST);

  g_return_val_if_fail (status < SL_PAYMENT_LAST, "");
  return g_dpgettext2 (GETTEXT_PACKAGE, "payment", words[status]);
}

/**
 * sl_record_words_method:
 * @method: how something was paid
 *
 * Returns: (transfer none): a word for it; as it is where there is none
 */
const char *
sl_record_words_method (const char *method)
{
  static const struct { const char *method, *word; } words[] = {
    { "cash", N_ ("Cash") }, { "card", N_ ("Card") }, { "eft", N_ ("Bank transfer") }, { "qr", N_ ("Phone") },
    { "online", N_ ("Online") }, { "voucher", N_ ("Voucher") }, { "account", N_ ("On account") },
  };

  g_return_val_if_fail (method != NULL, "");
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (method, words[i].method))
      return _(words[i].word);
  return method;
}

/**
 * sl_record_words_role:
 * @role: of somebody of the staff
 *
 * Returns: (transfer none): a word for it; "" of a member
 */
const char *
sl_record_words_role (SlRole role)
{
  switch (role)
    {
    case SL_ROLE_INSTRUCTOR:
      return _("Instructor");
    case SL_ROLE_RECEPTIONIST:
      return _("Reception");
    case SL_ROLE_FINANCE:
      return _("Finance");
    case SL_ROLE_MANAGER:
      return _("Manager");
    case SL_ROLE_OWNER:
      return _("Owner");
    default:
      return "";
    }
}

/**
 * sl_record_words_entry:
 * @kind: of a line of the credits' ledger
 *
 * Returns: (transfer none): a word for it
 */
const char *
sl_record_words_entry (SlEntryKind kind)
{
  static const char *const words[] = {
    [SL_ENTRY_PURCHASE] = NC_ ("credits", "Bought"),
    [SL_ENTRY_SPEND] = NC_ ("credits", "Spent"),
    [SL_ENTRY_REFUND] = NC_ ("credits", "Given back"),
    [SL_ENTRY_FORFEIT] = NC_ ("credits", "Not given back"),
    [SL_ENTRY_EXPIRE] = NC_ ("credits", "Ran out"),
    [SL_ENTRY_TRANSFER] = NC_ ("credits", "Moved to another member"),
    [SL_ENTRY_ADJUST] = NC_ ("credits", "Corrected"),
  };
  G_STATIC_ASSERT (G_N_ELEMENTS (words) == SL_ENTRY_LAST);

  g_return_val_if_fail (kind < SL_ENTRY_LAST, "");
  return g_dpgettext2 (GETTEXT_PACKAGE, "credits", words[kind]);
}

/**
 * sl_record_words_when:
 * @ms: UTC milliseconds
 * @now_ms: the moment
 * @zone: the studio's
 *
 * Returns: (transfer full): day and time; in other years than this one with the year
 */
char *
sl_record_words_when (gint64 ms, gint64 now_ms, GTimeZone *zone)
{
  g_autofree char *day = sl_date_words_day_from (ms, now_ms, zone);
  g_autofree char *time = sl_date_words_time (ms, zone);
  g_autoptr (GDateTime) then = g_date_time_new_from_unix_utc (ms / 1000);
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (now_ms / 1000);
  g_autofree char *year = then != NULL && now != NULL && g_date_time_get_year (then) != g_date_time_get_year (now)
                            ? g_strdup_printf ("%d", g_date_time_get_year (then)) : g_strdup ("");

  return sl_text_join (" ", day, year, time, NULL);
}
