/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/datetime.h"
#include "oplog/oplog.h"

/* Programs, incidents, notes, what was sent, and calls for reception: src/oplog/README.md "Around it". All but the head
 * of a program are sets: what two devices write apart both stands. Texts are sealed under the key of the member whom
 * they are about, without one under the organisation's. Every function here is called inside a transaction; FALSE: roll
 * back. */

/* Fields of the entity PROGRAM: name, exercises, notes, instructor_id, active; sl_fields_set_about() first. */
gboolean sl_op_program_create (SlOplog *log, const SlId *member, SlFields *fields, SlId *out_id,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_op_program_progress (SlOplog *log, const SlId *program, const SlId *member, const char *entry,
                                 SlId *out_id, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
  const char *kind, *text;
  gint64 happened_ms;       /* UTC; 0: now */
  SlId location_id;
  SlId member_id;           /* none: about nobody */
} SlIncidentParts;
gboolean sl_op_incident_add (SlOplog *log, const SlIncidentParts *parts, SlId *out_id,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_op_incident_close (SlOplog *log, const SlId *incident, const SlId *member, const char *resolution,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* member or session or both; none: not. */
gboolean sl_op_note_add (SlOplog *log, const SlId *member, const SlId *session, const char *text, SlId *out_id,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef enum { SL_SENT_SENT = 1, SL_SENT_GIVEN_UP = 2 } SlSentOutcome;
typedef struct {
  SlId id, member_id;       /* the notification's */
  const char *kind;
  const char *channel;      /* (nullable): none could be tried */
  SlSentOutcome outcome;
} SlSentParts;
gboolean sl_op_notification_sent (SlOplog *log, const SlSentParts *parts, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Somebody at the members' side waits for reception: in the log, so that every device of the place hears of it, and
 * in no state: after so long it is no matter to anybody. */
#define SL_CALL_LASTS_MS (30 * SL_MINUTE_MS)
/* member (nullable): who it is; why: the name of what the door had said to them. */
gboolean sl_op_call (SlOplog *log, const SlId *location, const SlId *member, const char *why, SlId *out_id,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_op_call_take (SlOplog *log, const SlId *call, GError **error) G_GNUC_WARN_UNUSED_RESULT;
