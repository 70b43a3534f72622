/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"

typedef struct {
  SlId id;                   /* of the record that they go by, whichever of theirs was asked for */
  SlId home_location_id, instructor_id; /* none: none; instructor: to whom they are assigned */
  GArray *merged;            /* (nullable) (element-type SlId): their other records */
  char *first, *last, *phone, *email, *birth_date, *notes,
    *emergency, *invoice_to; /* (nullable); NULL too where this device has no key */
  char *status;              /* active, inactive, banned, erased */
  char *status_reason;       /* (nullable) why blocked */
  char *permission;          /* standard, vip, restricted */
  char *language;            /* (nullable) BCP 47 */
  char *channel;             /* (nullable) how they want to be told: whatsapp, sms, email, push */
  gint64 parq_ms;            /* when the health questions were answered; 0: never */
  gboolean marketing, has_pin;
  gboolean erased;           /* status is "erased", and nothing personal is left */
  gint64 created_ms;         /* 0: not known yet */
  gint64 credits_hundredths; /* what may be spent now, over all devices */
} SlMember;
void sl_member_free (SlMember *member);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlMember, sl_member_free)

/* What to set; NULL: not named, "": cleared. add: first and last must be. */
typedef struct {
  const char *first, *last, *phone, *email, *birth_date /* YYYY-MM-DD */, *notes, *emergency, *permission, *language,
    *pin;
  const char *invoice_to;    /* on invoices: name; address; VAT number */
  const char *channel;       /* whatsapp, sms, email, push */
  const SlId *home_location, *instructor; /* none clears */
  int marketing;             /* 0: not named, 1: yes, -1: no */
  const char *status;        /* active or inactive; add: also banned, with a reason, for who comes from elsewhere */
  const char *status_reason; /* add only */
  const char *pin_hash;      /* of sl_pin_hash(), instead of pin, for a PIN that was looked at before */
} SlMemberParams;

gboolean sl_member_is_birth_date (const char *text); /* YYYY-MM-DD */

/* Refusals: not_allowed, possible_duplicate (member: its id) unless anyway, pin_weak. */
gboolean sl_member_add (SlEngine *engine, const SlActor *actor, const SlMemberParams *params, gboolean anyway,
                        SlId *out_id, SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_member_edit (SlEngine *engine, const SlActor *actor, const SlId *id, const SlMemberParams *params,
                         gboolean anyway, SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_member_block (SlEngine *engine, const SlActor *actor, const SlId *id, const char *reason,
                          SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_member_unblock (SlEngine *engine, const SlActor *actor, const SlId *id, const char *reason,
                            SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Refusals: not_allowed, reason_required, member_erased. */
gboolean sl_member_erase (SlEngine *engine, const SlActor *actor, const SlId *id, const char *reason,
                          guint *out_released, SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_member_refuse_erased (const SlMember *member, SlRefusal *refusal);
/* search (nullable): words of the name or digits of the phone, in any order. (element-type SlMember), by name;
 * instructors see their own. */
gboolean sl_member_list (SlEngine *engine, const SlActor *actor, const char *search, guint limit /* 0: all */,
                         GPtrArray **out_members, SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_member_show (SlEngine *engine, const SlActor *actor, const SlId *id, SlMember **out_member,
                         SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* For the rules, without asking who wants to know. */
SlMember *sl_member_get (SlEngine *engine, const SlId *id, GError **error) G_GNUC_WARN_UNUSED_RESULT; /* NOT_FOUND */
SlMember *sl_member_find (SlEngine *engine, const SlId *id,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT; /* (nullable): NULL without error: not heard of */
/* Members of any status with that number, in whatever way it is written; none where it is no number. (element-type
 * SlId) */
GArray *sl_member_ids_by_phone (SlEngine *engine, const char *phone, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Refusals: pin_wrong (none set, too), pin_locked. Not inside a transaction. */
gboolean sl_member_check_pin (SlEngine *engine, const SlId *id, const char *pin, SlRefusal *out_refusal,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* FALSE: refused, or failed where nothing is refused. location NULL: this device's. */
gboolean sl_member_may_view (SlEngine *engine, const SlActor *actor, const SlId *id, const SlId *location,
                             SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Assigned to the instructor, or booked with them within the policy own_member_days or ahead. */
gboolean sl_member_is_own (SlEngine *engine, const SlId *instructor, const SlId *member, gboolean *out_own,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
