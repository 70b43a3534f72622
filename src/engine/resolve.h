/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/engine.h"

/* Ids as people give them: a whole UUID or a unique prefix of 8 or more hex digits. */
typedef enum {
  SL_KIND_MEMBER, SL_KIND_STAFF, SL_KIND_SERVICE, SL_KIND_SESSION, SL_KIND_BOOKING, SL_KIND_PACKAGE, SL_KIND_LOT, SL_KIND_PAYMENT,
  SL_KIND_LOCATION, SL_KIND_ROOM, SL_KIND_REPLICA, SL_KIND_LAST
} SlKind;

/* FALSE: NOT_FOUND, AMBIGUOUS_ID, BAD_INPUT (neither an id nor a prefix), or a failure of the store. */
gboolean sl_engine_resolve_id (SlEngine *engine, SlKind kind, const char *text, SlId *out_id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
const char *sl_kind_name (SlKind kind);   /* "member" … for messages */
