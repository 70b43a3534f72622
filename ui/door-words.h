/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/error.h"
#include "engine/checkin.h"

/* What the door says, in the language of the moment. The tables are in door-words.c. */

typedef enum {
  SL_TONE_IN,        /* green: come in */
  SL_TONE_ATTENTION, /* amber: someone can put it right here */
  SL_TONE_REFUSED,   /* red: not today */
  SL_TONE_QUESTION,  /* the accent colour: one tap is wanted */
  SL_TONE_LAST
} SlTone;

typedef struct {
  const char *style_class; /* of ui/style.css */
  const char *sound;       /* of the resources, without directory and ending */
} SlToneLook;

const SlToneLook *sl_tone_get_look (SlTone tone);

/* Where and when the words are said. */
typedef struct {
  GTimeZone *zone;
  gboolean has_hub; /* FALSE: nothing will ever come "back online" */
} SlDoorPlace;

/* The ways on that an answer offers, each a button. */
typedef enum {
  SL_DOOR_ACTION_NONE,
  SL_DOOR_ACTION_BOOK,        /* the free spot that it names */
  SL_DOOR_ACTION_CHOOSE,      /* another class */
  SL_DOOR_ACTION_WAITLIST,    /* of the class that it names */
  SL_DOOR_ACTION_HEALTH_FORM,
  SL_DOOR_ACTION_NO_CODE,     /* by phone number */
  SL_DOOR_ACTION_BOOKINGS,    /* one's own */
  SL_DOOR_ACTION_RECEPTION,   /* rings for it */
  SL_DOOR_ACTION_LAST
} SlDoorAction;
#define SL_DOOR_ACTIONS_MAX 2 /* more than two is a menu, and nobody reads one at a door */

const char *sl_door_action_label (SlDoorAction action);

typedef struct {
  SlTone tone;
  const char *icon_name;
  char *headline;
  char *detail;    /* the line of why; empty where there is none */
  char *next_step;
  SlDoorAction actions[SL_DOOR_ACTIONS_MAX]; /* the likeliest first; NONE: no more */
} SlDoorWords;

void sl_door_words_for_answer (const SlCheckinAnswer *answer, const SlDoorPlace *place, SlDoorWords *out_words);
SlTone sl_door_words_get_tone (const SlCheckinAnswer *answer);
void sl_door_words_for_call (SlDoorWords *out_words); /* reception has been rung for */
void sl_door_words_for_failure (int error_code, SlDoorWords *out_words);
/* The answer sends to reception, which is rung for at once. */
gboolean sl_door_words_send_to_reception (SlRefusalCode code);
void sl_door_words_clear (SlDoorWords *words);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlDoorWords, sl_door_words_clear)
