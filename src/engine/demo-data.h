/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Who and what is in the demo studio. All of it is invented; phone numbers and addresses belong to nobody. */
#define DEMO_STUDIO "Fynbos Movement"
#define DEMO_LOCATION "Sea Point"
#define DEMO_ZONE "Africa/Johannesburg"

typedef struct { const char *name, *role, *pin; } DemoPerson;
extern const DemoPerson demo_people[];           /* the owner first; ends with a NULL name */
#define DEMO_RECEPTIONIST 3                      /* places in demo_people */
#define DEMO_INSTRUCTOR_FIRST 4

typedef struct { const char *first, *last; } DemoName;
extern const DemoName demo_names[];
extern const guint demo_n_names;

extern const char * const demo_rooms[];          /* ends with NULL */
#define DEMO_ROOMS 3

typedef struct {
  const char *name, *kind, *type, *difficulty, *mode, *colour, *description;
  int duration_min, capacity, credits_hundredths, price_cents, reserve;
} DemoService;
extern const DemoService demo_services[];
extern const guint demo_n_services;
typedef enum { DEMO_VINYASA, DEMO_YIN, DEMO_PILATES, DEMO_HIIT, DEMO_SPIN, DEMO_STRENGTH, DEMO_DANCE,
               DEMO_PERSONAL } DemoServiceName;

#define DEMO_HOURS "Mon-Fri 05:30-20:30; Sat,Sun 07:00-13:00"

/* When instructors take people one to one. instructor: a place in demo_people; weekday: 1 is Monday, 0 ends the list */
typedef struct { int instructor, weekday, from_hour, to_hour; gboolean staff_only; } DemoBlock;
extern const DemoBlock demo_blocks[];

#define DEMO_MEMBERS_OF_A_PLAN 3
typedef struct { const char *name; int price_cents; const char *access_hours; gboolean open_gym; } DemoPlan;
extern const DemoPlan demo_plans[];
extern const guint demo_n_plans;

typedef struct { const char *name; int credits_hundredths, price_cents, valid_days; } DemoPackage;
extern const DemoPackage demo_packages[];
extern const guint demo_n_packages;

/* A day's classes. instructor: from DEMO_INSTRUCTOR_FIRST on; room -1: none. */
typedef struct { DemoServiceName service; int hour, minute, room, instructor; } DemoClass;
extern const DemoClass demo_weekday[], demo_weekend[];   /* both end with an hour below 0 */
