/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-schedule"

#include "engine/schedule-private.h"

/* What may be done with a session in which state. It goes from draft to published by a command; to in progress and
 * completed by the clock, or to completed by a command; to cancelled, for ever, from any state before completed. */

#define IN(state) (1u << (state))
#define NOT_BEGUN (IN (SL_SESSION_DRAFT) | IN (SL_SESSION_PUBLISHED))
#define NOT_OVER (NOT_BEGUN | IN (SL_SESSION_IN_PROGRESS))

static const struct {
  const char *name;
  guint states;
} deeds[] = {
  [SL_SESSION_DO_EDIT] = { "session edit", NOT_OVER },
  [SL_SESSION_DO_EDIT_FOLLOWING] = { "session edit", NOT_BEGUN },
  [SL_SESSION_DO_PUBLISH] = { "session publish", NOT_OVER | IN (SL_SESSION_COMPLETED) },       /* done already */
  [SL_SESSION_DO_CANCEL] = { "session cancel", NOT_OVER },
  [SL_SESSION_DO_COMPLETE] = { "session complete", IN (SL_SESSION_IN_PROGRESS) | IN (SL_SESSION_COMPLETED) },
  [SL_SESSION_DO_CAPACITY] = { "session capacity", NOT_OVER },
};
G_STATIC_ASSERT (G_N_ELEMENTS (deeds) == SL_SESSION_DO_LAST);

/* sl_session_deed_name: the command's name, as it is noted. */
const char *
sl_session_deed_name (SlSessionDeed deed)
{
  g_return_val_if_fail (deed < SL_SESSION_DO_LAST, "");

  return deeds[deed].name;
}

/* sl_session_deed_fits: see the header. */
gboolean
sl_session_deed_fits (SlSessionDeed deed, SlSessionState state, SlRefusal *refusal)
{
  g_return_val_if_fail (deed < SL_SESSION_DO_LAST && state < SL_SESSION_LAST, FALSE);

  if ((deeds[deed].states & IN (state)) != 0)
    return TRUE;
  if (state == SL_SESSION_CANCELLED)
    return sl_refuse (refusal, SL_REFUSAL_SESSION_CANCELLED);
  sl_refuse (refusal, SL_REFUSAL_WRONG_STATE);
  sl_refusal_set_text (refusal, "state", sl_session_state_name (state));
  return FALSE;
}
