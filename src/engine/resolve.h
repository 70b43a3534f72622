/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/engine.h"

/* Ids as people give them: a whole UUID or a unique prefix of 8 or more hex digits. */
typedef enum {
  SL_THING_MEMBER,
  SL_THING_STAFF,
  SL_THING_SERVICE,
  SL_THING_SESSION,
  SL_THING_BOOKING,
  SL_THING_PACKAGE,
  SL_THING_LOT,
  SL_THING_PAYMENT,
  SL_THING_SALE,
  SL_THING_RENEWAL,
  SL_THING_VOUCHER,
  SL_THING_LOCATION,
  SL_THING_ROOM,
  SL_THING_REPLICA,
  SL_THING_AVAILABILITY,
  SL_THING_REQUEST,
  SL_THING_STANDING,
  SL_THING_CHECKIN,
  SL_THING_PLAN,
  SL_THING_MEMBERSHIP,
  SL_THING_PROGRAM,
  SL_THING_INCIDENT,
  SL_THING_PRINT,
  SL_THING_TILL,
  SL_THING_REFUND,
  SL_THING_LAST
} SlThing;

/* FALSE: NOT_FOUND, AMBIGUOUS_ID, BAD_INPUT (neither an id nor a prefix), or a failure of the store. */
gboolean sl_engine_resolve_id (SlEngine *engine, SlThing thing, const char *text, SlId *out_id,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
const char *sl_thing_name (SlThing thing);   /* "member" … for messages */
