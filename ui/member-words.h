/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "door-words.h"
#include "session-picker.h"

/* What the member's side says when something has been done; refusals are the door's words. */
typedef enum {
  SL_MEMBER_BOOKED,
  SL_MEMBER_QUEUED,          /* position: in the queue */
  SL_MEMBER_CANCELLED,       /* back_hundredths: what came back */
  SL_MEMBER_LEFT_QUEUE,
  SL_MEMBER_DECLINED,
  SL_MEMBER_HEALTH_KEPT,
  SL_MEMBER_HEALTH_WITH_YES, /* somebody should hear of it */
  SL_MEMBER_DEED_LAST
} SlMemberDeed;

typedef struct {
  const char *class_name, *room_name; /* (nullable) */
  gint64 start_ms;                    /* 0: not about a session */
  gint64 position, back_hundredths;
} SlMemberFacts;

void sl_member_words (SlMemberDeed deed, const SlMemberFacts *facts, gint64 now_ms, GTimeZone *zone,
                      SlDoorWords *out_words);
void sl_member_words_tell_instructor (SlDoorWords *words);
