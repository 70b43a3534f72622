/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/studio.h"

/* A studio to try things with: people, classes and bookings of a week around now. */
typedef struct { SlId id; const char *name, *role, *pin; } SlDemoStaff; /* name, pin NULL: somebody's own */
typedef struct {
  SlStudioFounded founded;
  guint locations, rooms, services, staff, members, packages, sales, sessions, bookings, checkins, passes;
  guint availability, plans, memberships, requests, standing, waiting;
  GArray *people;        /* (element-type SlDemoStaff): everybody who can act, the owner first */
  SlId pass_member;      /* has a pass and one booking that is open for check-in now */
} SlDemo;
void sl_demo_clear (SlDemo *demo);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlDemo, sl_demo_clear)

/* Refusals: already_initialised, pin_weak. */
gboolean sl_demo_fill (const char *dir, SlWorld *world, const SlStudioParams *params, SlDemo *out,
                       SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
