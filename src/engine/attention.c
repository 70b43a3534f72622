/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-attention"

#include "engine/attention-private.h"

#include <string.h>

#include "core/error.h"
#include "core/text.h"
#include "engine/command.h"
#include "engine/member-brief.h"
#include "oplog/conflict.h"

/* N_: picked up for translation; whoever shows a text looks it up. */
#define N_(text) text
#define PREFIX_MIN_CHARS 8 /* of an id that a person types */

static const struct {
  const char *name, *message, *hint;
} kinds[] = {
  [SL_ATTENTION_DROPPED_DUPLICATE] = { "dropped_duplicate",
                                       N_ ("One of two bookings was dropped as a duplicate; the other has been "
                                           "cancelled since."),
                                       N_ ("Ask the member, and book again where they want to come.") },
  [SL_ATTENTION_ATTENDED_AFTER_CANCELLING] = { "attended_after_cancelling",
                                               N_ ("Somebody came whose booking had been cancelled elsewhere."),
                                               N_ ("Take what the visit costs, or leave it.") },
  [SL_ATTENTION_ATTENDED_AND_NO_SHOW] = { "attended_and_no_show",
                                          N_ ("Somebody came who was marked absent elsewhere."),
                                          N_ ("Their visit counts; nothing more is taken from them.") },
  [SL_ATTENTION_OVERRIDE] = { "override", N_ ("A booking stands beside the capacity."),
                              N_ ("See that there is room for one more.") },
  [SL_ATTENTION_CREDITS_OWED] = { "credits_owed", N_ ("A visit on trust is over and has not been paid."),
                                  N_ ("Ask the member to pay for it.") },
  [SL_ATTENTION_PAID_TWICE] = { "paid_twice", N_ ("A double booking was dropped that had been paid with money."),
                                N_ ("Give the money back.") },
  [SL_ATTENTION_KEY_USED_TWICE] = { "key_used_twice", N_ ("One command has run on two devices."),
                                    N_ ("Compare what both have made; refund or undo one of them.") },
  [SL_ATTENTION_UNKNOWN_MEMBER] = { "unknown_member", N_ ("Somebody was let in whom no record here knew."),
                                    N_ ("When the other devices have been heard, look the member up, and "
                                        "record the visit where they were booked.") },
  [SL_ATTENTION_UNKNOWN_BOOKING] = { "unknown_booking",
                                     N_ ("Somebody was let in by a booking that no record here knows yet."),
                                     N_ ("Wait for the other devices; then look the booking up.") },
  [SL_ATTENTION_INSTRUCTOR_TWICE] = { "instructor_twice", N_ ("An instructor is planned twice at once."),
                                      N_ ("Give one of the sessions to somebody else, or move it.") },
  [SL_ATTENTION_ROOM_TWICE] = { "room_twice", N_ ("A room is planned twice at once."),
                                N_ ("Move one of the sessions.") },
  [SL_ATTENTION_CAPACITY_CHANGED] = { "capacity_changed",
                                      N_ ("A capacity was changed on two devices at once; the changes add up."),
                                      N_ ("Set the capacity again where the sum is not what was meant.") },
  [SL_ATTENTION_SPOTS_OWED] = { "spots_owed", N_ ("A capacity was lowered below what is booked."),
                                N_ ("Cancel bookings or raise the capacity; free spots of other devices pay first.") },
  [SL_ATTENTION_REFUND_EXPIRED] = { "refund_expired", N_ ("Credits were given back to a lot that had expired."),
                                    N_ ("Adjust the member's credits where they should keep them.") },
  [SL_ATTENTION_SAME_PHONE] = { "same_phone", N_ ("Two devices have each made a member with one phone number."),
                                N_ ("Keep one of them, or correct the number.") },
  [SL_ATTENTION_REQUEST_EXPIRED] = { "request_expired",
                                     N_ ("Nobody has answered the times that a member proposed to an instructor."),
                                     N_ ("Ask both, and book a time that suits them.") },
  [SL_ATTENTION_PARQ_EXPIRING] = { "parq_expiring",
                                   N_ ("A member is booked whose health form ends soon, or has ended."),
                                   N_ ("Ask them to answer the health questions again.") },
  [SL_ATTENTION_CHARGED_TWICE] = { "charged_twice", N_ ("One period of a membership, or a package that renews, "
                                                         "was sold on two devices."),
                                   N_ ("Give the money of one of the two sales back.") },
  [SL_ATTENTION_GRANTED_TWICE] = { "granted_twice",
                                   N_ ("Two devices have granted a plan's credits of one month, and both were spent."),
                                   N_ ("Take the difference from the member's credits, or leave it.") },
  [SL_ATTENTION_PAYMENT_FAILED] = { "payment_failed", N_ ("A payment for a membership or a package has failed."),
                                    N_ ("Ask the member, or take it at the desk.") },
  [SL_ATTENTION_MEMBERSHIP_UNPAID] = { "membership_unpaid", N_ ("A membership has not been paid."),
                                       N_ ("Take the payment, agree on another day, or cancel the membership.") },
  [SL_ATTENTION_PACKAGE_UNPAID] = { "package_unpaid", N_ ("A package that renews by itself has not been paid."),
                                    N_ ("Take the payment, or stop the renewal.") },
  [SL_ATTENTION_PAYMENT_PENDING] = { "payment_pending", N_ ("A payment has been waited for too long."),
                                     N_ ("Look whether it has come, and say so; else ask for it.") },
  [SL_ATTENTION_PRINT_UNCERTAIN] = { "print_uncertain",
                                     N_ ("Something was cut off while it was printed, and nobody can say how far it "
                                         "came."),
                                     N_ ("Look at the paper, and say whether it came out.") },
  [SL_ATTENTION_PRINT_FAILED] = { "print_failed", N_ ("Something could not be printed."),
                                  N_ ("Print it again, or say that it is not wanted any more.") },
  [SL_ATTENTION_REVOCATION_WAITS] = { "revocation_waits",
                                      N_ ("What a revoked device held is frozen until every other device has "
                                          "acknowledged."),
                                      N_ ("Exchange logs with the devices named, and let each do run-due; revoke one "
                                          "that will not come back.") },
  [SL_ATTENTION_HELD_FOR_REVIEW] = { "held_for_review",
                                     N_ ("A revoked device has written operations that do not count."),
                                     N_ ("Look at the bookings named, and make those again that are to stand.") },
  [SL_ATTENTION_DEVICE_COPIED] = { "device_copied",
                                   N_ ("A copy of a device goes on as a device of its own, beside the original."),
                                   N_ ("Revoke whichever of the two is not wanted.") },
  [SL_ATTENTION_INVITATION_TWICE] = { "invitation_twice", N_ ("One invitation was used twice."),
                                      N_ ("Revoke the device that nobody knows.") },
  [SL_ATTENTION_NOT_ADMITTED] = { "not_admitted", N_ ("A device has written operations, and nobody has admitted it."),
                                  N_ ("Fetch the log of the device that invited it, or have it join again.") },
  [SL_ATTENTION_NO_RIGHTS] = { "no_rights", N_ ("A device has spent what nothing here says that it holds."),
                               N_ ("Fetch the logs of all other devices: what justifies it may be there.") },
  [SL_ATTENTION_CHAIN_STOPPED] = { "chain_stopped", N_ ("A device has written an operation that cannot be read."),
                                   N_ ("Nothing after it is taken: revoke the device and have it join again.") },
  [SL_ATTENTION_FORK] = { "fork", N_ ("A device has written two different histories: it was copied."),
                          N_ ("Make the bookings named again where they are to stand; look for the second machine. "
                              "Both go on as new devices.") },
  [SL_ATTENTION_QUARANTINED] = { "quarantined", N_ ("Operations were refused that are not what their device signed."),
                                 N_ ("Fetch them once more, from the device itself.") },
  [SL_ATTENTION_WAITING_LONG] = { "waiting_long", N_ ("Operations wait for others that have not come."),
                                  N_ ("Fetch the whole log of the device, or of one that has met it.") },
  [SL_ATTENTION_DEVICE_SILENT] = { "device_silent", N_ ("A device has not been heard of for 30 days."),
                                   N_ ("Exchange logs with it, or revoke it: others wait for it.") },
  [SL_ATTENTION_CLOCK_AHEAD] = { "clock_ahead", N_ ("A device has written with a clock that was ahead of this one."),
                                 N_ ("Set its clock right.") },
};
G_STATIC_ASSERT (G_N_ELEMENTS (kinds) == SL_ATTENTION_LAST);

/* sl_attention_name: (transfer none): its stable word for the outside. */
const char *
sl_attention_name (SlAttentionKind kind)
{
  g_return_val_if_fail (kind < SL_ATTENTION_LAST, NULL);

  return kinds[kind].name;
}

/* sl_attention_message: (transfer none): what happened, to be translated. */
const char *
sl_attention_message (SlAttentionKind kind)
{
  g_return_val_if_fail (kind < SL_ATTENTION_LAST, NULL);

  return kinds[kind].message;
}

/* sl_attention_hint: (transfer none): what to do, to be translated. */
const char *
sl_attention_hint (SlAttentionKind kind)
{
  g_return_val_if_fail (kind < SL_ATTENTION_LAST, NULL);

  return kinds[kind].hint;
}

/**
 * sl_attention_item_free:
 * @item: (nullable) (transfer full): to be freed
 */
void
sl_attention_item_free (SlAttentionItem *item)
{
  if (item == NULL)
    return;
  g_array_unref (item->subjects);
  g_free (item->device);
  g_free (item->reason);
  g_free (item->member);
  g_free (item);
}

/* sl_attention_item_new: (transfer full): about nothing yet. */
SlAttentionItem *
sl_attention_item_new (SlAttentionKind kind, gint64 at_ms)
{
  SlAttentionItem *item = g_new0 (SlAttentionItem, 1);

  item->kind = kind;
  item->at_ms = at_ms;
  item->subjects = g_array_new (FALSE, FALSE, sizeof (SlAttentionSubject));
  item->count = SL_NUMBER_NONE;
  return item;
}

static void
add_subject (SlAttentionItem *item, const char *role, const SlId *id, gboolean decides)
{
  SlAttentionSubject subject = { role, *id, decides };

  if (sl_id_is_none (id))
    return;
  g_array_append_val (item->subjects, subject);
  if (sl_id_is_none (&item->member_id) && strcmp (role, "member") == 0)
    item->member_id = *id;
}

/* sl_attention_item_decide: names what makes the conflict the one that it is. None is left out. */
void
sl_attention_item_decide (SlAttentionItem *item, const char *role, const SlId *id)
{
  add_subject (item, role, id, TRUE);
}

/* sl_attention_item_tell: names what people want to know besides. None is left out. */
void
sl_attention_item_tell (SlAttentionItem *item, const char *role, const SlId *id)
{
  add_subject (item, role, id, FALSE);
}

/* What decides, for the conflict's id. */
static GArray *
entities_of (const SlAttentionItem *item)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (SlId));

  for (guint i = 0; i < item->subjects->len && ids->len < SL_CONFLICT_ENTITIES_MAX; i++)
    {
      const SlAttentionSubject *subject = &g_array_index (item->subjects, SlAttentionSubject, i);

      if (subject->decides)
        g_array_append_val (ids, subject->id);
    }
  return ids;
}

static gboolean
is_settled (SlEngine *engine, const SlId *id, gboolean *out, GError **error)
{
  gint64 found;

  if (!sl_store_query_int (engine->store, 0, &found, error, "SELECT EXISTS (SELECT 1 FROM settled WHERE id = ?)", "d",
                           id))
    return FALSE;
  *out = found != 0;
  return TRUE;
}

/* sl_attention_is_settled: whether a person has dealt with a conflict that one thing decides. */
gboolean
sl_attention_is_settled (SlEngine *engine, SlAttentionKind kind, const SlId *entity, gboolean *out, GError **error)
{
  SlId id;

  sl_conflict_id (kinds[kind].name, entity, 1, &id);
  return is_settled (engine, &id, out, error);
}

/* sl_attention_add: see the header. */
gboolean
sl_attention_add (SlAttention *self, SlAttentionItem *item, GError **error)
{
  g_autoptr (SlAttentionItem) owned = item;
  g_autoptr (GArray) entities = entities_of (item);
  gboolean settled;

  g_assert (entities->len > 0);
  sl_conflict_id (kinds[item->kind].name, (const SlId *) entities->data, entities->len, &item->id);
  if (!is_settled (self->engine, &item->id, &settled, error))
    return FALSE;
  if (!settled)
    g_ptr_array_add (self->items, g_steal_pointer (&owned));
  return TRUE;
}

static int
compare_items (gconstpointer a, gconstpointer b)
{
  const SlAttentionItem *one = *(const SlAttentionItem *const *) a, *other = *(const SlAttentionItem *const *) b;

  if (one->at_ms != other->at_ms)
    return one->at_ms > other->at_ms ? -1 : 1;
  return sl_id_compare (&one->id, &other->id);
}

static gboolean
read_names (SlAttention *self, GError **error)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      SlAttentionItem *item = self->items->pdata[i];
      g_auto (SlMemberBrief) member = { 0 };

      if (sl_id_is_none (&item->member_id))
        continue;
      if (!sl_member_brief_load (self->engine, &item->member_id, &member, error))
        return FALSE;
      item->member = sl_member_brief_short_name (&member);
    }
  return TRUE;
}

/* One moment of the tables, over all queries. */
static GPtrArray *
collect (SlEngine *engine, gboolean devices, GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_attention_item_free);
  SlAttention self = { engine, sl_engine_now_ms (engine), items };
  gboolean done;

  if (!sl_store_begin_read (engine->store, error))
    return NULL;
  done = sl_attention_of_bookings (&self, error) && sl_attention_of_studio (&self, error)
         && sl_attention_of_plans (&self, error) && sl_attention_of_printing (&self, error)
         && (!devices || sl_attention_of_devices (&self, error)) && read_names (&self, error);
  sl_store_end_read (engine->store);
  if (!done)
    return NULL;
  g_ptr_array_sort (items, compare_items);
  return g_steal_pointer (&items);
}

/**
 * sl_attention_list:
 * @actor: who wants to know
 * @out_items: (out) (transfer full) (element-type SlAttentionItem): the newest first; %NULL when refused
 * @out_refusal: (out caller-allocates): not_allowed
 *
 * What devices did apart from one another and no rule can decide, without what people have settled. What is about
 * devices is told to those who may manage them. Takes no lock. Engine thread only.
 *
 * Returns: %FALSE with @error when storage failed
 */
gboolean
sl_attention_list (SlEngine *engine, const SlActor *actor, GPtrArray **out_items, SlRefusal *out_refusal,
                   GError **error)
{
  g_auto (SlRefusal) ignored = { 0 };

  g_return_val_if_fail (engine != NULL && actor != NULL && out_items != NULL && out_refusal != NULL, FALSE);

  *out_items = NULL;
  if (!sl_actor_may (actor, SL_ACTION_VIEW_MEMBERS, &engine->location, out_refusal))
    return sl_query_refuse (engine, actor, "attention", out_refusal);
  *out_items = collect (engine, sl_actor_may (actor, SL_ACTION_MANAGE_DEVICES, NULL, &ignored), error);
  return *out_items != NULL;
}

/* Whether an id, as people see it, begins with what they typed; without regard to case. */
static gboolean
begins_with (const SlId *id, const char *text)
{
  char shown[SL_ID_TEXT_BYTES];

  return g_ascii_strncasecmp (sl_id_format (id, shown), text, strlen (text)) == 0;
}

/* The item that a person named; NULL with the failure. */
static const SlAttentionItem *
find_item (GPtrArray *items, const char *text, GError **error)
{
  const SlAttentionItem *found = NULL;

  if (strlen (text) < PREFIX_MIN_CHARS)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "an id, or at least its first %d characters", PREFIX_MIN_CHARS);
      return NULL;
    }
  for (guint i = 0; i < items->len; i++)
    {
      const SlAttentionItem *item = items->pdata[i];

      if (!begins_with (&item->id, text))
        continue;
      if (found != NULL)
        {
          g_set_error (error, SL_ERROR, SL_ERROR_AMBIGUOUS_ID, "more than one item begins with %s", text);
          return NULL;
        }
      found = item;
    }
  if (found == NULL)
    g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "nothing that needs attention has the id %s", text);
  return found;
}

/* A whole id that has been settled already: said twice it is one. */
static gboolean
was_settled (SlEngine *engine, const char *text, SlId *out_id, gboolean *out, GError **error)
{
  *out = FALSE;
  return !sl_id_parse (text, out_id) || is_settled (engine, out_id, out, error);
}

static gboolean
settle (SlEngine *engine, const char *text, const char *reason, SlId *out_id, GError **error)
{
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GArray) entities = NULL;
  const SlAttentionItem *item;
  gboolean settled;

  if (!was_settled (engine, text, out_id, &settled, error))
    return FALSE;
  if (settled)
    return TRUE;
  items = collect (engine, TRUE, error);
  item = items != NULL ? find_item (items, text, error) : NULL;
  if (item == NULL)
    return FALSE;
  *out_id = item->id;
  entities = entities_of (item);
  return sl_op_conflict_settle (engine->log, kinds[item->kind].name, (const SlId *) entities->data, entities->len,
                                reason, error);
}

/**
 * sl_attention_settle:
 * @actor: who has dealt with it
 * @text: the id of an item, or at least its first 8 characters
 * @reason: (nullable): what was done; must say something, nothing personal: it is not sealed
 * @out_id: (out caller-allocates): the item's id, when not refused
 * @out_refusal: (out caller-allocates): not_allowed, reason_required
 *
 * Takes an item off the list, on every device once it has heard of this. Done twice it is one. Engine thread only.
 *
 * Returns: %TRUE when decided; %FALSE with @error (%SL_ERROR_NOT_FOUND, %SL_ERROR_AMBIGUOUS_ID, %SL_ERROR_BAD_INPUT or
 * storage): nothing was written
 */
gboolean
sl_attention_settle (SlEngine *engine, const SlActor *actor, const char *text, const char *reason, SlId *out_id,
                     SlRefusal *out_refusal, GError **error)
{
  g_autofree char *clean = NULL;

  g_return_val_if_fail (engine != NULL && actor != NULL && text != NULL && out_id != NULL && out_refusal != NULL,
                        FALSE);

  clean = sl_text_clean ("reason", reason != NULL ? reason : "", SL_CONFLICT_NOTE_MAX_BYTES, error);
  if (clean == NULL || !sl_command_begin (engine, actor, error))
    return FALSE;
  if (!sl_actor_may (actor, SL_ACTION_SETTLE_CONFLICTS, &engine->location, out_refusal)
      || (*clean == '\0' && !sl_refuse (out_refusal, SL_REFUSAL_REASON_REQUIRED)))
    return sl_command_refuse (engine, actor, "attention settle", out_refusal, error);
  if (!settle (engine, text, clean, out_id, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}
