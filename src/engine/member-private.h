/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/member.h"

SlMember *sl_member_find_record (SlEngine *engine, const SlId *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Words of the member table. Inside the engine room only. */
#define SL_MEMBER_ACTIVE "active"
#define SL_MEMBER_INACTIVE "inactive"
#define SL_MEMBER_BANNED "banned"
#define SL_MEMBER_ERASED "erased"   /* not in the table: follows from the erasure */
#define SL_MEMBER_STANDARD "standard"
#define SL_MEMBER_VIP "vip"
#define SL_MEMBER_RESTRICTED "restricted"
#define SL_MEMBER_NOTES_MAX_BYTES 2000
#define SL_MEMBER_COUNTRY_CODE "27"   /* what a phone number without one belongs to: South Africa */
