/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk-fixture.h"

/* What the matrix of roles is about: each thing that somebody may or may not do, by the function by which the door and
 * the desk do it. */

typedef struct {
  Desk *desk;
  SlActor actor;
  gboolean own;
  SlId elsewhere;                    /* the location at which the actor acts where it is not this one */
  SlId staff, colleague;             /* whoever acts; somebody else */
  SlId member;                       /* whom it is about; for members their own where own */
  SlId session;                      /* of the actor as an instructor where own, else of the colleague */
  SlId priced, by_members, by_instructors, by_staff; /* sessions with a price, and by the service's mode */
  SlId package;
} Cell;

typedef struct Row Row;
struct Row
{
  const char *what, *who;
  const char *(*try) (Cell *cell);
};

/* Each ends with a row of nothing. */
extern const Row role_seeing[];
extern const Row role_booking[];
extern const Row role_money[];
extern const Row role_members[];
extern const Row role_reports[];
extern const Row role_offering[];
extern const Row role_door[];
extern const Row role_staff_and_devices[];
extern const Row role_around[];

/* Each gives the code of the answer. Whether the member stands in the list that the actor gets, which goes with whether
 * the member is shown: */
const char *role_ask_for (Cell *cell, const SlId *member);
const char *role_list_members (Cell *cell); /* once booked into the cell's session */
const char *role_list_staff (Cell *cell);
const char *role_set_own_pin (Cell *cell);
