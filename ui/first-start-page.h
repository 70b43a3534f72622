/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "member-page.h"
#include "widgets/camera-card.h"

/* The pages of a device's first start, one for each step. What is typed goes into the draft at once, so a page can be
 * left and made again at any time. What is tapped is an action of the group SL_FIRST_START_ACTIONS, which the owner
 * puts above the page:
 * "language" (code) · "new", "join", "zones" ("") · "zone" (name) · "begin" ("empty" or "samples") · "next" ·
 * "again" · "renew", "later" (""): of the phrase that nobody has said to be on paper · "print", "no-printer" ("") */
#define SL_FIRST_START_ACTIONS "first"
#define SL_FIRST_START_ZONES_MAX 40   /* rows at once: more are found by typing */
#define SL_FIRST_START_READ_MAX_CHARS 80

typedef enum {
  SL_FIRST_WELCOME, /* the language, and which way */
  SL_FIRST_STUDIO,
  SL_FIRST_ZONE,
  SL_FIRST_OWNER,
  SL_FIRST_BEGIN,   /* empty, or with sample members */
  SL_FIRST_MAKING,
  SL_FIRST_FAILED,
  SL_FIRST_LOST,    /* nobody has said that the phrase is on paper: a new one, by the owner's PIN */
  SL_FIRST_PHRASE,
  SL_FIRST_CAMERA,
  SL_FIRST_PRINTER,
  SL_FIRST_DONE,
  SL_FIRST_LAST
} SlFirstStep;

/* What somebody has typed and chosen so far. */
typedef struct {
  char *studio, *place, *zone, *owner, *pin, *pin_again, *zone_search, *printer; /* never NULL */
  gboolean wants_samples;
} SlFirstDraft;

void sl_first_draft_init (SlFirstDraft *draft, const char *zone);
void sl_first_draft_clear (SlFirstDraft *draft); /* the PINs are wiped */

/* What a page shows beside. */
typedef struct {
  const char *data_dir;
  GPtrArray *zones;         /* of names, the most likely first */
  const char *phrase;       /* (nullable) */
  const GError *error;      /* (nullable): why it failed */
  SlCameraShown camera;
  const char *read;         /* (nullable): the code that was held out; "": one that is none */
  gboolean was_printed;     /* a test page is on its way */
} SlFirstFacts;

/* A page with what the owner goes on telling. */
typedef struct {
  SlMemberPage *page;
  SlCameraCard *camera;     /* (nullable) */
} SlFirstPage;

SlFirstPage sl_first_start_page_new (SlFirstStep step, SlFirstDraft *draft, const SlFirstFacts *facts);
void sl_first_page_set_camera (const SlFirstPage *self, SlFirstStep step, SlCameraShown shown);
