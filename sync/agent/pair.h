/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "agent/transport-curl.h"
#include "engine/actor.h"

/* Pairing with a hub: sync/README.md "Paths". */
#define SL_PAIR_CODE_MAX_BYTES 64

/* What a hub draws as a picture and a scanner reads: URL#CODE. */
typedef enum {
  SL_PAIR_TEXT_OK,
  SL_PAIR_TEXT_PLAIN,       /* a pairing code, of a hub on another machine without encryption */
  SL_PAIR_TEXT_NO_CODE,     /* the address of something, with no pairing code behind it */
  SL_PAIR_TEXT_STUDIO_CODE, /* a pass, a booking or another code of a studio */
  SL_PAIR_TEXT_FOREIGN,     /* anything else */
  SL_PAIR_TEXT_LAST
} SlPairText;

SlPairText sl_pair_text_parse (const char *text, char **out_url, char **out_code) G_GNUC_WARN_UNUSED_RESULT;
const char *sl_pair_text_problem (SlPairText parsed);

typedef struct {
  const char *url;          /* as people typed it */
  const char *code;
  const char *name;         /* (nullable): of the new device */
  const char *ca_file;      /* (nullable): authorities, PEM */
  const char *pins;         /* (nullable) */
  gboolean plain;           /* http:// to another machine */
  gboolean again;           /* a studio that has a hub: this one from now on, or that one at another address */
  GCancellable *cancellable; /* (nullable): gives up waiting for the hub, within about a second: OFFLINE */
} SlPairParams;

typedef struct {
  SlId organisation, replica, hub;
  SlSyncCode said;          /* by the hub, where it refused (HUB_REFUSED, CLOCK_SKEW); else OK */
} SlPaired;

/* Makes an empty or missing directory a device of the studio that the code is for. Refusals: already_initialised,
 * invitation_invalid. OFFLINE, HUB_REFUSED, BAD_INPUT */
gboolean sl_pair_join (const char *dir, SlWorld *world, const SlPairParams *params, SlPaired *out,
                       SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Takes the studio of an engine to the hub. Refusals: not_allowed, already_initialised (it has a hub). */
gboolean sl_pair_found (SlEngine *engine, SlWorld *world, const SlActor *actor, const char *dir,
                        const SlPairParams *params, SlPaired *out, SlRefusal *out_refusal,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What a hub's refusal is for a program: CLOCK_SKEW or HUB_REFUSED, with its code in the message. */
void sl_set_refused (GError **error, SlSyncCode code, const char *message);
/* The connection of a paired studio. (transfer full) */
SlCurl *sl_curl_new_for_hub (const char *data_dir, const SlHubLink *link);
