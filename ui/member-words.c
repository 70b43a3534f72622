/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-member-words"

#include "member-words.h"

#include "date-words.h"
#include "text-fill.h"

#include <glib/gi18n-lib.h>

static const struct { const char *headline, *next_step; } words_of_deed[] = {
  /* Translators: what the member's side says when something has been done. {class} is a class, {n} a place in a queue,
   * {credits} "1 credit" */
  [SL_MEMBER_BOOKED] = { N_("You are booked"), N_("Hold your pass here when you come") },
  [SL_MEMBER_QUEUED] = { N_("You are on the waitlist"), N_("You are number {n}. We tell you when a spot is free") },
  [SL_MEMBER_CANCELLED] = { N_("Your booking is cancelled"), N_("{credits} came back") },
  [SL_MEMBER_LEFT_QUEUE] = { N_("You are off the waitlist"), N_("You can join it again at any time") },
  [SL_MEMBER_DECLINED] = { N_("Thank you for telling us"), N_("The spot goes to the next in line") },
  [SL_MEMBER_HEALTH_KEPT] = { N_("Thank you"), N_("Your health form is done for this year") },
  [SL_MEMBER_HEALTH_WITH_YES] = { N_("Thank you"), N_("Please tell your instructor before you start") },
};
G_STATIC_ASSERT (G_N_ELEMENTS (words_of_deed) == SL_MEMBER_DEED_LAST);

/**
 * sl_member_words:
 * @deed: what has been done
 * @facts: what about; only read
 * @now_ms: UTC milliseconds
 * @zone: the studio's zone
 * @out_words: (out caller-allocates): to be cleared with sl_door_words_clear()
 *
 * Says it, as an answer of the door.
 */
void
sl_member_words (SlMemberDeed deed, const SlMemberFacts *facts, gint64 now_ms, GTimeZone *zone, SlDoorWords *out_words)
{
  g_autofree char *position = g_strdup_printf ("%" G_GINT64_FORMAT, facts->position);
  g_autofree char *credits = sl_session_offer_cost_words (facts->back_hundredths);
  g_autofree char *day = NULL, *time = NULL;

  g_return_if_fail (deed >= 0 && deed < SL_MEMBER_DEED_LAST);
  if (facts->start_ms != 0)
    {
      day = sl_date_words_day_from (facts->start_ms, now_ms, zone);
      time = sl_date_words_time (facts->start_ms, zone);
    }
  *out_words = (SlDoorWords) { .tone = SL_TONE_IN, .icon_name = "sl-in-symbolic" };
  out_words->headline = g_strdup (_(words_of_deed[deed].headline));
  out_words->detail = sl_text_join (" · ", facts->class_name != NULL ? facts->class_name : "",
                                    day != NULL ? day : "", time != NULL ? time : "",
                                    facts->room_name != NULL ? facts->room_name : "", NULL);
  if (deed == SL_MEMBER_CANCELLED && facts->back_hundredths == 0)
    out_words->next_step = g_strdup (_("No credits came back"));
  else
    out_words->next_step = sl_text_fill (_(words_of_deed[deed].next_step), "n", position, "credits", credits, NULL);
}

/**
 * sl_member_words_tell_instructor:
 * @words: an answer that lets somebody in, or has booked for them
 *
 * Asks them to tell their instructor of what the health form says, and shows that there is something to do.
 */
void
sl_member_words_tell_instructor (SlDoorWords *words)
{
  g_return_if_fail (words != NULL);
  g_free (words->next_step);
  words->next_step = g_strdup (_(words_of_deed[SL_MEMBER_HEALTH_WITH_YES].next_step));
  words->tone = SL_TONE_ATTENTION;
  words->icon_name = "sl-attention-symbolic";
}
