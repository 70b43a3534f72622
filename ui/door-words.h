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

typedef struct {
  SlTone tone;
  const char *icon_name;
  char *headline;
  char *detail;    /* the line of why; empty where there is none */
  char *next_step;
} SlDoorWords;

void sl_door_words_for_answer (const SlCheckinAnswer *answer, const SlDoorPlace *place, SlDoorWords *out_words);
void sl_door_words_for_failure (int error_code, SlDoorWords *out_words);
void sl_door_words_clear (SlDoorWords *words);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlDoorWords, sl_door_words_clear)
