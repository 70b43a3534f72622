/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/booking-policy.h"
#include "engine/slots.h"

/* Inside the engine room only. */

/* A session that takes its instructor's and its room's time. */
typedef struct {
  SlId id, location_id, instructor_id, room_id;
  gint64 start_ms, end_ms;
  gboolean vacated; /* one-to-one, ahead, and everybody has cancelled: it takes nobody's time any more */
} SlTaken;
GArray *sl_slot_taken (SlEngine *engine, gint64 from_ms, gint64 to_ms,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT; /* (element-type SlTaken) touching [from, to) */
/* NULL: the planned session's instructor and room are free. buffer_ms: between two locations. */
const SlTaken *sl_slot_conflict (GArray *taken, const SlSession *planned, gint64 buffer_ms, SlRefusalCode *out_code);

/* How the instructor's blocks lie over a session to be. */
typedef struct {
  gboolean within;    /* inside of what is available, whatever blocks it is made of */
  gboolean a_slot;    /* one of the slots that a block which members may book is cut into */
  gboolean for_staff; /* inside of one block, and of none that members may book */
} SlSlotCover;
gboolean sl_slot_cover (SlEngine *engine, const SlSession *planned, SlSlotCover *out,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A one-to-one session that will be made together with its booking. */
typedef struct {
  SlBookingCase of; /* of.session is the session to be */
  GArray *vacated;  /* (nullable) (element-type SlId): sessions in the way that everybody has cancelled */
} SlSlotPlan;
void sl_slot_plan_clear (SlSlotPlan *plan);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlSlotPlan, sl_slot_plan_clear)

/* Makes every check and emits nothing. within_blocks: only inside the instructor's availability. FALSE with the refusal
 * filled in, or with the error set. */
gboolean sl_slot_plan_make (SlEngine *engine, const SlActor *actor, const SlSlotRequest *request,
                            gboolean within_blocks, SlSlotPlan *out, SlRefusal *refusal,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Makes the session and the booking, inside a batch or a keyed command. FALSE as above. */
gboolean sl_slot_plan_write (SlEngine *engine, const SlActor *actor, const SlSlotRequest *request,
                             const SlSlotPlan *plan, SlBookingResult *out, SlRefusal *refusal,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A one-to-one service; BAD_INPUT for a class. */
SlService *sl_slot_service (SlEngine *engine, const SlId *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The instructor named, or the service's own; BAD_INPUT without any. */
gboolean sl_slot_instructor (const SlService *service, const SlId *named, SlId *out,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* BAD_INPUT where the service is not offered there. */
gboolean sl_slot_offered (const SlService *service, const SlId *location, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A booking of what is no session yet: session (transfer full) */
gboolean sl_slot_case (SlEngine *engine, const SlActor *actor, SlSession *session, const SlId *member_id, int spots,
                       SlBookingCase *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
