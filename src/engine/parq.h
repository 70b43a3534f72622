/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/member.h"

/* The health questions (PAR-Q) of a member: answers, when they were given, and until when they count. */
typedef struct {
  SlId member_id;
  char *answers;         /* (nullable) as they were given; NULL: never, or no key here */
  gint64 answered_ms;    /* 0: never */
  gint64 valid_until_ms; /* by the policy parq_months; 0: never answered */
  gboolean valid;        /* now */
} SlParq;
void sl_parq_free (SlParq *parq);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlParq, sl_parq_free)

#define SL_PARQ_MAX_BYTES 4000 /* a field of the log, less its sealing */

/* Refusals of both: not_allowed; answer: member_erased. */
gboolean sl_parq_answer (SlEngine *engine, const SlActor *actor, const SlId *member, const char *answers,
                         SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_parq_show (SlEngine *engine, const SlActor *actor, const SlId *member, SlParq **out_parq,
                       SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* For the rules: FALSE with the refusal parq_needed (answered_ms, where it was), or the error. */
gboolean sl_parq_check (SlEngine *engine, const SlMember *member, const SlId *service, const SlId *location,
                        gint64 now_ms, SlRefusal *refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The moment at which answers cease to count, by the calendar of this device's location. location, service (nullable):
 * whose policy. */
gboolean sl_parq_valid_until (SlEngine *engine, gint64 answered_ms, const SlId *location, const SlId *service,
                              gint64 *out_ms, GError **error) G_GNUC_WARN_UNUSED_RESULT;
