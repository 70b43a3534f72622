/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/error.h"
#include "engine/refusal.h"

/* What a command of the engine answered. The call names &refusal and &failure, which each of these brings along:
 *   refused ("pin_weak", sl_staff_set_pin (engine, &owner, &id, "123456", &refusal, &failure)); */
#define refused(name, call) \
  G_STMT_START \
  { \
    g_auto (SlRefusal) refusal = { 0 }; \
    g_autoptr (GError) failure = NULL; \
    gboolean decided = call; \
    g_assert_no_error (failure); \
    g_assert_true (decided); \
    g_assert_cmpstr (sl_refusal_name (refusal.code), ==, name); \
  } \
  G_STMT_END
#define done(call) refused ("ok", call)
#define fails(error_code, call) \
  G_STMT_START \
  { \
    g_auto (SlRefusal) refusal = { 0 }; \
    g_autoptr (GError) failure = NULL; \
    (void) refusal; \
    g_assert_false (call); \
    g_assert_error (failure, SL_ERROR, error_code); \
  } \
  G_STMT_END
