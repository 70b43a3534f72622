/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-scan"

#include "desk-scan.h"

#include "engine/booking-view.h"
#include "engine/member-proof.h"
#include "scan/code.h"

#include <glib/gi18n-lib.h>

#define SCAN_KEY "sl-desk-scan"

typedef struct {
  SlDesk *desk;
  SlDeskScanned scanned;
} Watch;

/* --- on the engine's thread --- */

/* A booking's code is not a pass, but says as well who holds it up. It has been proved to be ours. */
static gboolean
find_booker (SlEngine *engine, const char *text, SlId *out_member, SlRefusal *refusal)
{
  g_autoptr (GError) unknown = NULL;
  g_autoptr (SlBookingView) booking = NULL;
  SlCode code;

  if (sl_code_parse (text, &code) != SL_CODE_OK || code.kind != SL_CODE_BOOKING)
    return FALSE;
  sl_refusal_clear (refusal);
  booking = sl_booking_show (engine, &code.subject_id, &unknown);
  if (booking != NULL)
    *out_member = booking->member_id;
  return TRUE;
}

/**
 * sl_desk_scan_find:
 * @engine: an engine
 * @actor: who looks
 * @text: what was read, whatever it is
 * @out_member: (out) (transfer full) (nullable): whose it is; %NULL where refused, or where nobody here has it
 * @out_refusal: (out caller-allocates): bad_code, foreign_code, wrong_code_kind, revoked_code, expired_code; those of
 * sl_member_show()
 * @error: set when storage failed
 *
 * Reads a pass or a booking's code, where nobody wants to come in by it.
 *
 * Returns: %FALSE: failed
 */
gboolean
sl_desk_scan_find (SlEngine *engine, const SlActor *actor, const char *text, SlMember **out_member,
                   SlRefusal *out_refusal, GError **error)
{
  SlId id = sl_id_none;
  g_autoptr (SlMember) known = NULL;
  g_autoptr (GError) failure = NULL;

  g_return_val_if_fail (engine != NULL && text != NULL && out_member != NULL && out_refusal != NULL, FALSE);
  *out_member = NULL;
  if (!sl_member_prove_pass (engine, text, &id, out_refusal, error))
    return FALSE;
  if (out_refusal->code == SL_REFUSAL_WRONG_CODE_KIND)
    (void) find_booker (engine, text, &id, out_refusal);
  if (out_refusal->code == SL_REFUSAL_NOT_ALLOWED) /* a pass that is good, of somebody who is not known here */
    sl_refusal_clear (out_refusal);
  if (sl_id_is_none (&id))
    return TRUE;
  known = sl_member_find (engine, &id, &failure);
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  if (known == NULL)
    return error == NULL || *error == NULL;
  return sl_member_show (engine, actor, &id, out_member, out_refusal, error);
}

static gboolean
find (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result, SlRefusal *out_refusal,
      GError **error)
{
  return sl_desk_scan_find (engine, actor, request, (SlMember **) out_result, out_refusal, error);
}

/* --- on the desk's thread --- */

/* Never what was in the code. (nullable): it is about something else */
static const char *
words_of (SlRefusalCode code)
{
  switch (code)
    {
    case SL_REFUSAL_BAD_CODE:
      return _("This code cannot be read. Hold it nearer, or find them by name.");
    case SL_REFUSAL_FOREIGN_CODE:
      return _("This code belongs to another studio. Find them by name.");
    case SL_REFUSAL_WRONG_CODE_KIND:
      return _("This is not a member's code. A pass or a booking says who they are.");
    case SL_REFUSAL_REVOKED_CODE:
    case SL_REFUSAL_EXPIRED_CODE:
      return _("This pass is out of date. Find them by name, and give them a new one.");
    default:
      return NULL;
    }
}

/**
 * sl_desk_scan_say_outcome:
 * @desk: reception
 * @refusal: of a job that looked at a code
 * @error: (nullable): of it
 *
 * As sl_desk_say_outcome(), but a code is told of in reception's words, not in those for whoever holds it up.
 */
void
sl_desk_scan_say_outcome (SlDesk *desk, const SlRefusal *refusal, const GError *error)
{
  const char *words = error == NULL ? words_of (refusal->code) : NULL;

  if (words != NULL)
    sl_desk_say (desk, SL_DESK_TONE_ATTENTION, words);
  else
    sl_desk_say_outcome (desk, refusal, error);
}

/**
 * sl_desk_scan_play:
 * @desk: reception
 * @tone: what became of a code that was held up
 *
 * Lets it be heard as at the door: whoever holds up a code looks at the code.
 */
void
sl_desk_scan_play (SlDesk *desk, SlTone tone)
{
  SlDevice *device = sl_desk_get_device (desk);

  if (device != NULL)
    sl_device_play (device, sl_tone_get_look (tone)->sound);
}

/**
 * sl_desk_scan_play_outcome:
 * @desk: reception
 * @refusal: of a job that looked at a code
 * @error: (nullable): of it
 *
 * As sl_desk_scan_play(), in the tone that the door has for it.
 */
void
sl_desk_scan_play_outcome (SlDesk *desk, const SlRefusal *refusal, const GError *error)
{
  const SlCheckinAnswer answer = { .result = refusal->code };

  sl_desk_scan_play (desk, error != NULL ? SL_TONE_REFUSED : sl_door_words_get_tone (&answer));
}

/* A sheet lies over it: what it asks is about somebody else. */
static gboolean
is_covered (GtkWidget *page)
{
  for (; page != NULL; page = gtk_widget_get_parent (page))
    if (!gtk_widget_get_can_target (page))
      return TRUE;
  return FALSE;
}

static void
on_found (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Watch *watch = g_object_get_data (owner, SCAN_KEY);

  if (error == NULL && refusal->code == SL_REFUSAL_NONE && result == NULL)
    sl_desk_scan_play (watch->desk, SL_TONE_ATTENTION);
  else
    sl_desk_scan_play_outcome (watch->desk, refusal, error);
  if (error != NULL || refusal->code != SL_REFUSAL_NONE)
    sl_desk_scan_say_outcome (watch->desk, refusal, error);
  else if (result == NULL)
    sl_desk_say (watch->desk, SL_DESK_TONE_ATTENTION, _("Nobody here has this code."));
  else if (gtk_widget_get_mapped (GTK_WIDGET (owner)) && !is_covered (GTK_WIDGET (owner)))
    watch->scanned (owner, result);
}

static void
on_scanned (SlDesk *desk, const char *code, GObject *page)
{
  if (!gtk_widget_get_mapped (GTK_WIDGET (page)) || sl_desk_get_staff (desk) == NULL)
    return;
  if (is_covered (GTK_WIDGET (page)))
    {
      sl_desk_scan_play (desk, SL_TONE_ATTENTION);
      sl_desk_say (desk, SL_DESK_TONE_ATTENTION, _("Answer what is asked first, then scan again."));
      return;
    }
  sl_desk_run (desk, page, &(SlDeskJob) { .work = find, .request = g_strdup (code), .free_request = g_free,
                                          .free_result = (GDestroyNotify) sl_member_free, .done = on_found });
}

static void
watch_free (gpointer data)
{
  Watch *watch = data;

  g_object_unref (watch->desk);
  g_free (watch);
}

/**
 * sl_desk_scan_watch:
 * @desk: reception
 * @page: of a section; listens while it is in sight and somebody is there
 * @scanned: told whose code was held up
 *
 * Everything else that is held up is said in words, and does nothing.
 */
void
sl_desk_scan_watch (SlDesk *desk, GtkWidget *page, SlDeskScanned scanned)
{
  Watch *watch;

  g_return_if_fail (SL_IS_DESK (desk) && GTK_IS_WIDGET (page) && scanned != NULL);
  watch = g_new0 (Watch, 1);
  *watch = (Watch) { .desk = g_object_ref (desk), .scanned = scanned };
  g_object_set_data_full (G_OBJECT (page), SCAN_KEY, watch, watch_free);
  g_signal_connect_object (desk, "scanned", G_CALLBACK (on_scanned), page, 0);
}
