/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-door-words"

#include "door-words.h"

#include "date-words.h"
#include "text-fill.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define SEPARATOR " · "

/* Icons of ui/icons. */
#define ICON_IN "sl-in-symbolic"
#define ICON_CLOCK "sl-clock-symbolic"
#define ICON_PERSON "sl-person-symbolic"
#define ICON_ATTENTION "sl-attention-symbolic"
#define ICON_REFUSED "sl-refused-symbolic"
#define ICON_QUESTION "sl-question-symbolic"
#define ICON_CODE "sl-code-symbolic"

typedef enum {
  DETAIL_NONE,
  DETAIL_SESSION, /* class · time · room */
  DETAIL_WHEN,    /* time · room, where the headline names the class */
} Detail;

typedef struct {
  SlTone tone;
  const char *icon_name;
  const char *headline, *next_step; /* sentences for sl_text_fill() */
  Detail detail;
} Words;

static const SlToneLook tone_looks[] = {
  [SL_TONE_IN] = { "tone-in", "ok" },
  [SL_TONE_ATTENTION] = { "tone-attention", "attention" },
  [SL_TONE_REFUSED] = { "tone-refused", "refusal" },
  [SL_TONE_QUESTION] = { "tone-question", "attention" },
};
G_STATIC_ASSERT (G_N_ELEMENTS (tone_looks) == SL_TONE_LAST);

/* Money, membership and a ban are nobody's business in the queue: the desk sees which it is. So is everything that
 * only staff can bring about; should it reach the door all the same, reception helps. */
#define RECEPTION                                                                                                      \
  {                                                                                                                    \
    SL_TONE_ATTENTION, ICON_PERSON, RECEPTION_HEADLINE, RECEPTION_NEXT, DETAIL_NONE                                    \
  }
#define RECEPTION_HEADLINE N_("Please see reception")
#define RECEPTION_NEXT N_("It takes a moment")

#define PASS_UNREADABLE                                                                                                \
  {                                                                                                                    \
    SL_TONE_REFUSED, ICON_CODE, UNREADABLE_HEADLINE, UNREADABLE_NEXT, DETAIL_NONE                                      \
  }
#define UNREADABLE_HEADLINE N_("We can't read this pass")
#define UNREADABLE_NEXT N_("Is it this studio's pass? If not, use your phone number")

#define PASS_OLD                                                                                                       \
  {                                                                                                                    \
    SL_TONE_ATTENTION, ICON_CODE, OLD_HEADLINE, OLD_NEXT, DETAIL_NONE                                                  \
  }
#define OLD_HEADLINE N_("This pass is out of date")
#define OLD_NEXT N_("Open your newest pass, or use your phone number")

/* Translators: all sentences up to "end of the door's answers" are read from two metres away, on a full page. Keep
 * them short and friendly. Words in braces are filled in: {name} is "Thandi N.", {class} the name of a class, {time}
 * "07:00", {room} a room, {n} a number. Do not translate them. */
static const Words refusal_words[] = {
  [SL_REFUSAL_NONE] = { SL_TONE_IN, ICON_IN, N_("Welcome, {name}"), N_("You are in. Enjoy."), DETAIL_SESSION },

  [SL_REFUSAL_NOT_ALLOWED] = RECEPTION,
  [SL_REFUSAL_SESSION_NOT_OPEN] = { SL_TONE_ATTENTION, ICON_CLOCK, N_("{class} is not open"),
                                    N_("Ask reception, or choose another class"), DETAIL_WHEN },
  [SL_REFUSAL_SESSION_CANCELLED] = { SL_TONE_ATTENTION, ICON_ATTENTION, N_("{class} is cancelled today"),
                                     N_("Your credits are back. Choose another class, if you like"), DETAIL_WHEN },
  [SL_REFUSAL_BOOKING_WINDOW_CLOSED] = { SL_TONE_ATTENTION, ICON_CLOCK, N_("Not open for booking now"),
                                         N_("Ask reception, or choose another class"), DETAIL_SESSION },
  [SL_REFUSAL_MEMBER_BLOCKED] = RECEPTION,
  [SL_REFUSAL_PARQ_NEEDED] = { SL_TONE_ATTENTION, ICON_PERSON, N_("One health form first"),
                               N_("Two minutes, right here"), DETAIL_NONE },
  [SL_REFUSAL_ALREADY_BOOKED] = { SL_TONE_ATTENTION, ICON_ATTENTION, N_("You are booked already"),
                                  N_("Check in from your bookings"), DETAIL_SESSION },
  [SL_REFUSAL_MEMBER_BUSY] = { SL_TONE_ATTENTION, ICON_CLOCK, N_("You have another class then"),
                               N_("Choose another class, or change your bookings"), DETAIL_SESSION },
  [SL_REFUSAL_RATE_LIMITED] = { SL_TONE_ATTENTION, ICON_CLOCK, N_("One moment"),
                                N_("Please try again in a minute, or ask reception"), DETAIL_NONE },
  [SL_REFUSAL_CLASS_FULL] = { SL_TONE_ATTENTION, ICON_ATTENTION, N_("{class} is full"),
                              N_("Join the waitlist, or choose another class"), DETAIL_WHEN },
  [SL_REFUSAL_SPOTS_ELSEWHERE] = { SL_TONE_ATTENTION, ICON_ATTENTION, N_("Full here for now"),
                                   N_("Join the waitlist, or ask reception"), DETAIL_SESSION },
  [SL_REFUSAL_INSUFFICIENT_CREDITS] = RECEPTION,
  [SL_REFUSAL_CREDITS_ELSEWHERE] = RECEPTION,
  [SL_REFUSAL_TRUST_USED] = RECEPTION,

  [SL_REFUSAL_BAD_CODE] = PASS_UNREADABLE,
  [SL_REFUSAL_FOREIGN_CODE] = PASS_UNREADABLE,
  [SL_REFUSAL_WRONG_CODE_KIND] = { SL_TONE_ATTENTION, ICON_CODE, N_("Almost — that's another kind of code"),
                                   N_("Open your pass and hold it here"), DETAIL_NONE },
  [SL_REFUSAL_REVOKED_CODE] = PASS_OLD,
  [SL_REFUSAL_EXPIRED_CODE] = PASS_OLD,
  [SL_REFUSAL_MEMBERSHIP_INACTIVE] = RECEPTION,
  [SL_REFUSAL_PAYMENT_DUE] = RECEPTION,
  [SL_REFUSAL_OUTSIDE_ACCESS_HOURS] = { SL_TONE_ATTENTION, ICON_CLOCK, N_("Outside your plan's hours"),
                                        N_("Your plan: {hours}"), DETAIL_NONE },
  [SL_REFUSAL_NO_BOOKING] = { SL_TONE_ATTENTION, ICON_ATTENTION, N_("No booking right now"),
                              N_("Choose a class, and come in"), DETAIL_NONE },
  [SL_REFUSAL_OTHER_LOCATION] = { SL_TONE_ATTENTION, ICON_ATTENTION, N_("Your booking is at {location}"),
                                  N_("Reception can tell you more"), DETAIL_SESSION },
  [SL_REFUSAL_CHOOSE_SESSION] = { SL_TONE_QUESTION, ICON_QUESTION, N_("Which class today?"),
                                  N_("Tap it to check in"), DETAIL_NONE },
  [SL_REFUSAL_ALREADY_CHECKED_IN] = { SL_TONE_IN, ICON_IN, N_("You're already in"), N_("Checked in at {at}"),
                                      DETAIL_SESSION },
  [SL_REFUSAL_TOO_EARLY] = { SL_TONE_ATTENTION, ICON_CLOCK, N_("A little early"), N_("Check-in opens at {opens}"),
                             DETAIL_SESSION },
  [SL_REFUSAL_TOO_LATE] = { SL_TONE_ATTENTION, ICON_CLOCK, N_("{class} has started"),
                            N_("Ask reception, or choose another class"), DETAIL_WHEN },

  [SL_REFUSAL_PIN_WRONG] = { SL_TONE_ATTENTION, ICON_ATTENTION, N_("That doesn't match"),
                             N_("Please try again, or ask reception"), DETAIL_NONE },
  [SL_REFUSAL_PIN_LOCKED] = { SL_TONE_ATTENTION, ICON_CLOCK, N_("Too many tries"),
                              N_("Please try again at {until}, or ask reception"), DETAIL_NONE },
  [SL_REFUSAL_PIN_WEAK] = { SL_TONE_ATTENTION, ICON_ATTENTION, N_("That PIN is too easy to guess"),
                            N_("Please choose another one"), DETAIL_NONE },
  [SL_REFUSAL_STAFF_INACTIVE] = RECEPTION,
  [SL_REFUSAL_APPROVAL_REQUIRED] = RECEPTION,
  [SL_REFUSAL_REASON_REQUIRED] = RECEPTION,
  [SL_REFUSAL_MEMBER_ERASED] = RECEPTION,
  [SL_REFUSAL_SERVICE_INACTIVE] = RECEPTION,
  [SL_REFUSAL_TOO_MANY_SPOTS] = RECEPTION,
  [SL_REFUSAL_GUEST_NAMES_NEEDED] = RECEPTION,
  [SL_REFUSAL_NOT_COVERED] = RECEPTION,
  [SL_REFUSAL_HOLD_EXPIRED] = { SL_TONE_ATTENTION, ICON_CLOCK, N_("That took a little too long"),
                                N_("The spot is no longer held: book it again"), DETAIL_SESSION },
  [SL_REFUSAL_OFFER_LAPSED] = { SL_TONE_ATTENTION, ICON_CLOCK, N_("The offered spot is gone"),
                                N_("Choose another class"), DETAIL_SESSION },
  [SL_REFUSAL_NOT_OFFERED] = { SL_TONE_ATTENTION, ICON_ATTENTION, N_("You are on the waitlist"),
                               N_("Your bookings show how far you are"), DETAIL_SESSION },
  [SL_REFUSAL_NOT_WAITLISTED] = RECEPTION,
  [SL_REFUSAL_WRONG_STATE] = RECEPTION,
  [SL_REFUSAL_NOT_UNDOABLE] = RECEPTION,
  [SL_REFUSAL_CANCEL_CLOSED] = RECEPTION,
  [SL_REFUSAL_INSTRUCTOR_BUSY] = RECEPTION,
  [SL_REFUSAL_ROOM_BUSY] = RECEPTION,
  [SL_REFUSAL_OUTSIDE_AVAILABILITY] = RECEPTION,
  [SL_REFUSAL_REQUEST_CLOSED] = RECEPTION,
  [SL_REFUSAL_NOT_CHECKED_IN] = RECEPTION,
  [SL_REFUSAL_TILL_CLOSED] = RECEPTION,
  [SL_REFUSAL_TILL_OPEN] = RECEPTION,
  [SL_REFUSAL_REFUND_OVER_LIMIT] = RECEPTION,
  [SL_REFUSAL_REFUND_OVER_PAYMENT] = RECEPTION,
  [SL_REFUSAL_AMOUNT_MISMATCH] = RECEPTION,
  [SL_REFUSAL_WRONG_CURRENCY] = RECEPTION,
  [SL_REFUSAL_VOUCHER_INVALID] = RECEPTION,
  [SL_REFUSAL_LIMIT_REACHED] = RECEPTION,
  [SL_REFUSAL_NO_RIGHTS] = RECEPTION,
  [SL_REFUSAL_KEY_REUSED] = RECEPTION,
  [SL_REFUSAL_ALREADY_INITIALISED] = RECEPTION,
  [SL_REFUSAL_INVITATION_INVALID] = RECEPTION,
  [SL_REFUSAL_DEVICE_REVOKED] = { SL_TONE_REFUSED, ICON_REFUSED, N_("This door can't check you in"),
                                  N_("Please go to reception"), DETAIL_NONE },
  [SL_REFUSAL_LEASE_EXPIRED] = { SL_TONE_REFUSED, ICON_REFUSED, N_("This door can't check you in"),
                                 N_("Please go to reception"), DETAIL_NONE },
  [SL_REFUSAL_POSSIBLE_DUPLICATE] = RECEPTION,
};
G_STATIC_ASSERT (G_N_ELEMENTS (refusal_words) == SL_REFUSAL_LAST);

#define CANNOT_RECORD                                                                                                  \
  {                                                                                                                    \
    SL_TONE_REFUSED, ICON_REFUSED, RECORD_HEADLINE, RECORD_NEXT, DETAIL_NONE                                           \
  }
#define RECORD_HEADLINE N_("We can't record right now")
#define RECORD_NEXT N_("Reception is on it — please wait a moment")

/* By SlErrorCode. Nothing was recorded in any of them, and the page must not look as if it were. */
static const Words failure_words[] = {
  [SL_ERROR_STORAGE] = CANNOT_RECORD,
  [SL_ERROR_CORRUPT] = CANNOT_RECORD,
  [SL_ERROR_DISK_FULL] = CANNOT_RECORD,
  [SL_ERROR_READ_ONLY] = CANNOT_RECORD,
  [SL_ERROR_TOO_NEW] = CANNOT_RECORD,
  [SL_ERROR_BUSY] = { SL_TONE_ATTENTION, ICON_CLOCK, N_("That took too long"),
                      N_("Please try again, or ask reception"), DETAIL_NONE },
  [SL_ERROR_BAD_INPUT] = PASS_UNREADABLE,
  [SL_ERROR_NOT_FOUND] = RECEPTION,
  [SL_ERROR_AMBIGUOUS_ID] = RECEPTION,
  [SL_ERROR_NO_STUDIO] = CANNOT_RECORD,
  [SL_ERROR_OFFLINE] = RECEPTION,
  [SL_ERROR_HUB_REFUSED] = RECEPTION,
  [SL_ERROR_CLOCK_SKEW] = RECEPTION,
  [SL_ERROR_REVOKED] = CANNOT_RECORD,
};
G_STATIC_ASSERT (G_N_ELEMENTS (failure_words) == SL_ERROR_LAST);

/* What the plain words of a code do not say. */
static const Words late_words = {
  SL_TONE_IN, ICON_IN, N_("Welcome, {name} — slip in quietly"), NULL, DETAIL_WHEN
};
static const Words closed_words = {
  SL_TONE_ATTENTION, ICON_CLOCK, N_("Closed at this hour"), N_("Open: {hours}"), DETAIL_NONE
};
static const Words unconfirmed_words = {
  SL_TONE_ATTENTION, ICON_PERSON, N_("Welcome"), N_("We'll confirm your membership when we're back online"),
  DETAIL_SESSION
};
static const Words called_words = {
  SL_TONE_ATTENTION, ICON_PERSON, N_("We have rung for reception"), N_("It takes a moment"), DETAIL_NONE
};
static const Words unconfirmed_alone_words = {
  SL_TONE_ATTENTION, ICON_PERSON, N_("Welcome"), N_("Reception will confirm your membership"), DETAIL_SESSION
};

/**
 * sl_tone_get_look:
 * @tone: a tone
 *
 * Returns: (transfer none): how it looks and sounds
 */
const SlToneLook *
sl_tone_get_look (SlTone tone)
{
  g_return_val_if_fail (tone >= 0 && tone < SL_TONE_LAST, NULL);
  return &tone_looks[tone];
}

static gboolean
is_unconfirmed (const SlCheckinAnswer *answer)
{
  return g_strcmp0 (answer->flag, "unknown_member") == 0 || g_strcmp0 (answer->flag, "unknown_booking") == 0;
}

static const Words *
words_of_answer (const SlCheckinAnswer *answer, const SlDoorPlace *place)
{
  if (answer->result == SL_REFUSAL_OUTSIDE_ACCESS_HOURS && answer->hours_of_place)
    return &closed_words;
  if (answer->result != SL_REFUSAL_NONE)
    return &refusal_words[answer->result];
  if (is_unconfirmed (answer))
    return place->has_hub ? &unconfirmed_words : &unconfirmed_alone_words;
  return answer->late ? &late_words : &refusal_words[SL_REFUSAL_NONE];
}

/* Sentences with a count, or with something that the engine may not know. (nullable): then the table's stand */
static char *
next_step_of_answer (const SlCheckinAnswer *answer, GTimeZone *zone)
{
  const SlCheckinChoice *first = answer->choices != NULL && answer->choices->len > 0
                                   ? g_ptr_array_index (answer->choices, 0) : NULL;
  g_autofree char *count = NULL;

  if (answer->result == SL_REFUSAL_NONE && answer->late && !is_unconfirmed (answer))
    {
      count = g_strdup_printf ("%d", answer->late_min);
      if (answer->class_name == NULL || answer->late_min <= 0)
        return g_strdup (_("It has just started"));
      return sl_text_fill (g_dngettext (GETTEXT_PACKAGE, "{class} started {n} min ago", "{class} started {n} min ago",
                                        answer->late_min), "class", answer->class_name, "n", count, NULL);
    }
  if (answer->result == SL_REFUSAL_NONE && answer->spots > 1 && !is_unconfirmed (answer))
    {
      count = g_strdup_printf ("%d", answer->spots);
      return sl_text_fill (g_dngettext (GETTEXT_PACKAGE, "{n} of you are in. Enjoy.", "{n} of you are in. Enjoy.",
                                        answer->spots), "n", count, NULL);
    }
  if (answer->result == SL_REFUSAL_NO_BOOKING && first != NULL && first->spots_left > 0 && first->class_name != NULL)
    {
      g_autofree char *time = sl_date_words_time (first->start_ms, zone);

      count = g_strdup_printf ("%d", first->spots_left);
      return sl_text_fill (g_dngettext (GETTEXT_PACKAGE,
                                        "{class} at {time} has {n} spot", "{class} at {time} has {n} spots",
                                        first->spots_left),
                           "class", first->class_name, "time", time, "n", count, NULL);
    }
  if (answer->result == SL_REFUSAL_CLASS_FULL && answer->position > 0)
    {
      count = g_strdup_printf ("%" G_GINT64_FORMAT, answer->position);
      return sl_text_fill (_("Join the waitlist: you'd be number {n}"), "n", count, NULL);
    }
  if (answer->result == SL_REFUSAL_OUTSIDE_ACCESS_HOURS && answer->hours_text == NULL)
    return g_strdup (_("Reception can tell you your plan's hours"));
  return NULL;
}

/* The headline where what it names is not known. */
static const char *
headline_of_answer (const SlCheckinAnswer *answer, const Words *words)
{
  if (answer->result == SL_REFUSAL_NONE && answer->short_name == NULL && !is_unconfirmed (answer))
    return answer->late ? _("Welcome — slip in quietly") : _("Welcome");
  if (answer->result == SL_REFUSAL_OTHER_LOCATION && answer->location_name == NULL)
    return _("Your booking is at another studio of ours");
  if (answer->class_name == NULL && words->detail == DETAIL_WHEN && answer->result != SL_REFUSAL_NONE)
    return _("Not this class");
  return _(words->headline);
}
/* Translators: end of the door's answers */

static char *
detail_of_answer (const SlCheckinAnswer *answer, Detail detail, GTimeZone *zone)
{
  g_autofree char *time = answer->start_ms != 0 ? sl_date_words_time (answer->start_ms, zone) : g_strdup ("");
  const char *class_name = detail == DETAIL_SESSION && answer->class_name != NULL ? answer->class_name : "";
  const char *room_name = answer->room_name != NULL ? answer->room_name : "";

  if (detail == DETAIL_NONE)
    return g_strdup ("");
  return sl_text_join (SEPARATOR, class_name, time, room_name, NULL);
}

/**
 * sl_door_action_label:
 * @action: a way on
 *
 * Returns: (transfer none): what its button says, in the language of the moment
 */
const char *
sl_door_action_label (SlDoorAction action)
{
  /* Translators: buttons below what the door says; short */
  static const char *const labels[] = {
    [SL_DOOR_ACTION_NONE] = "",
    [SL_DOOR_ACTION_BOOK] = N_("Book it"),
    [SL_DOOR_ACTION_CHOOSE] = N_("Choose another class"),
    [SL_DOOR_ACTION_WAITLIST] = N_("Join the waitlist"),
    [SL_DOOR_ACTION_HEALTH_FORM] = N_("Fill in the health form"),
    [SL_DOOR_ACTION_NO_CODE] = N_("Use my phone number"),
    [SL_DOOR_ACTION_BOOKINGS] = N_("My bookings"),
    [SL_DOOR_ACTION_RECEPTION] = N_("Ask reception"),
  };
  G_STATIC_ASSERT (G_N_ELEMENTS (labels) == SL_DOOR_ACTION_LAST);

  g_return_val_if_fail (action > SL_DOOR_ACTION_NONE && action < SL_DOOR_ACTION_LAST, "");
  return _(labels[action]);
}

/* Every refusal that can be put right at this screen says how. What is money, or a person's to decide, goes to
 * reception and offers nothing here. */
static void
add_actions (const SlCheckinAnswer *answer, SlDoorAction actions[SL_DOOR_ACTIONS_MAX])
{
  static const SlDoorAction offered[SL_REFUSAL_LAST][SL_DOOR_ACTIONS_MAX] = {
    [SL_REFUSAL_SESSION_NOT_OPEN] = { SL_DOOR_ACTION_CHOOSE, SL_DOOR_ACTION_RECEPTION },
    [SL_REFUSAL_SESSION_CANCELLED] = { SL_DOOR_ACTION_CHOOSE },
    [SL_REFUSAL_BOOKING_WINDOW_CLOSED] = { SL_DOOR_ACTION_CHOOSE, SL_DOOR_ACTION_RECEPTION },
    [SL_REFUSAL_PARQ_NEEDED] = { SL_DOOR_ACTION_HEALTH_FORM },
    [SL_REFUSAL_ALREADY_BOOKED] = { SL_DOOR_ACTION_BOOKINGS, SL_DOOR_ACTION_CHOOSE },
    [SL_REFUSAL_MEMBER_BUSY] = { SL_DOOR_ACTION_CHOOSE, SL_DOOR_ACTION_BOOKINGS },
    [SL_REFUSAL_RATE_LIMITED] = { SL_DOOR_ACTION_RECEPTION },
    [SL_REFUSAL_CLASS_FULL] = { SL_DOOR_ACTION_WAITLIST, SL_DOOR_ACTION_CHOOSE },
    [SL_REFUSAL_SPOTS_ELSEWHERE] = { SL_DOOR_ACTION_WAITLIST, SL_DOOR_ACTION_RECEPTION },
    [SL_REFUSAL_BAD_CODE] = { SL_DOOR_ACTION_NO_CODE, SL_DOOR_ACTION_RECEPTION },
    [SL_REFUSAL_FOREIGN_CODE] = { SL_DOOR_ACTION_NO_CODE, SL_DOOR_ACTION_RECEPTION },
    [SL_REFUSAL_WRONG_CODE_KIND] = { SL_DOOR_ACTION_NO_CODE },
    [SL_REFUSAL_REVOKED_CODE] = { SL_DOOR_ACTION_NO_CODE },
    [SL_REFUSAL_EXPIRED_CODE] = { SL_DOOR_ACTION_NO_CODE },
    [SL_REFUSAL_NO_BOOKING] = { SL_DOOR_ACTION_CHOOSE },
    [SL_REFUSAL_OTHER_LOCATION] = { SL_DOOR_ACTION_CHOOSE, SL_DOOR_ACTION_BOOKINGS },
    [SL_REFUSAL_TOO_EARLY] = { SL_DOOR_ACTION_BOOKINGS },
    [SL_REFUSAL_TOO_LATE] = { SL_DOOR_ACTION_CHOOSE, SL_DOOR_ACTION_RECEPTION },
    [SL_REFUSAL_OUTSIDE_ACCESS_HOURS] = { SL_DOOR_ACTION_RECEPTION },
    [SL_REFUSAL_PIN_LOCKED] = { SL_DOOR_ACTION_RECEPTION },
    [SL_REFUSAL_PIN_WRONG] = { SL_DOOR_ACTION_NO_CODE, SL_DOOR_ACTION_RECEPTION },
    [SL_REFUSAL_HOLD_EXPIRED] = { SL_DOOR_ACTION_CHOOSE },
    [SL_REFUSAL_OFFER_LAPSED] = { SL_DOOR_ACTION_CHOOSE, SL_DOOR_ACTION_BOOKINGS },
    [SL_REFUSAL_NOT_OFFERED] = { SL_DOOR_ACTION_BOOKINGS },
  };
  const SlCheckinChoice *first = answer->choices != NULL && answer->choices->len > 0
                                   ? g_ptr_array_index (answer->choices, 0) : NULL;

  memcpy (actions, offered[answer->result], sizeof offered[answer->result]);
  /* A booking's own code books nothing else. */
  if (answer->result == SL_REFUSAL_NO_BOOKING && first != NULL && first->spots_left > 0
      && sl_id_is_none (&answer->booking_id))
    {
      actions[0] = SL_DOOR_ACTION_BOOK;
      actions[1] = SL_DOOR_ACTION_CHOOSE;
    }
}

/**
 * sl_door_words_for_answer:
 * @answer: the engine's answer
 * @place: the studio's zone, and whether it has a hub
 * @out_words: (out caller-allocates): to be cleared with sl_door_words_clear()
 *
 * Says an answer in the words of the member side: a first name with an initial at the most, and nothing about money,
 * membership or a ban. Every code has words.
 */
void
sl_door_words_for_answer (const SlCheckinAnswer *answer, const SlDoorPlace *place, SlDoorWords *out_words)
{
  const Words *words;

  g_return_if_fail (answer != NULL && answer->result >= 0 && answer->result < SL_REFUSAL_LAST);
  g_return_if_fail (place != NULL && place->zone != NULL);
  words = words_of_answer (answer, place);
  g_autofree char *time = sl_date_words_time (answer->start_ms, place->zone);
  g_autofree char *opens = sl_date_words_time (answer->opens_ms, place->zone);
  g_autofree char *at = sl_date_words_time (answer->at_ms, place->zone);
  g_autofree char *until = sl_date_words_time (answer->locked_until_ms, place->zone);

  add_actions (answer, out_words->actions);
  out_words->tone = words->tone;
  out_words->icon_name = words->icon_name;
  out_words->headline = sl_text_fill (headline_of_answer (answer, words), "name", answer->short_name,
                                      "class", answer->class_name, "location", answer->location_name, NULL);
  out_words->detail = detail_of_answer (answer, words->detail, place->zone);
  out_words->next_step = next_step_of_answer (answer, place->zone);
  if (out_words->next_step == NULL)
    out_words->next_step = sl_text_fill (_(words->next_step), "class", answer->class_name, "time", time, "opens", opens,
                                         "at", at, "until", until, "hours", answer->hours_text, NULL);
}

/* Of a table's words, where there is nothing to be filled in. */
static void
say_plainly (const Words *words, SlDoorWords *out_words)
{
  *out_words = (SlDoorWords) { .tone = words->tone, .icon_name = words->icon_name,
                               .headline = g_strdup (_(words->headline)), .detail = g_strdup (""),
                               .next_step = g_strdup (_(words->next_step)) };
}

/**
 * sl_door_words_for_call:
 * @out_words: (out caller-allocates): to be cleared with sl_door_words_clear()
 *
 * Says that reception has been rung for.
 */
void
sl_door_words_for_call (SlDoorWords *out_words)
{
  say_plainly (&called_words, out_words);
}

/**
 * sl_door_words_send_to_reception:
 * @code: of an answer
 *
 * Returns: whether its words are "Please see reception": then nobody has to ask for it
 */
gboolean
sl_door_words_send_to_reception (SlRefusalCode code)
{
  g_return_val_if_fail (code >= 0 && code < SL_REFUSAL_LAST, FALSE);
  return g_str_equal (refusal_words[code].headline, RECEPTION_HEADLINE);
}

/**
 * sl_door_words_get_tone:
 * @answer: the engine's answer
 *
 * Returns: the tone of its words, for who says it in other ones
 */
SlTone
sl_door_words_get_tone (const SlCheckinAnswer *answer)
{
  const SlDoorPlace place = { 0 };

  g_return_val_if_fail (answer != NULL && answer->result >= 0 && answer->result < SL_REFUSAL_LAST, SL_TONE_REFUSED);
  return words_of_answer (answer, &place)->tone;
}

/**
 * sl_door_words_for_failure:
 * @error_code: an #SlErrorCode; any other number is taken as %SL_ERROR_STORAGE
 * @out_words: (out caller-allocates): to be cleared with sl_door_words_clear()
 *
 * Says that nothing could be recorded.
 */
void
sl_door_words_for_failure (int error_code, SlDoorWords *out_words)
{
  const Words *words = &failure_words[error_code >= 0 && error_code < SL_ERROR_LAST ? error_code : SL_ERROR_STORAGE];

  say_plainly (words, out_words);
}

/**
 * sl_door_words_clear:
 * @words: words that were filled
 *
 * Frees what they hold.
 */
void
sl_door_words_clear (SlDoorWords *words)
{
  g_clear_pointer (&words->headline, g_free);
  g_clear_pointer (&words->detail, g_free);
  g_clear_pointer (&words->next_step, g_free);
}
