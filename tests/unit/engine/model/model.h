/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The rules of a studio with one device, as plainly as they can be said: arrays, linear scans, one moment after the
 * other. Written from the rules and not from the engine, of which it uses nothing. Things are numbers: their place in
 * their array. Times are UTC ms, credits hundredths, money cents.
 *
 * What the clock brings (a hold that ends, an offer that lapses to the next, a session that starts) happens here at its
 * moment, in its order: model_advance() walks through it. */

#define MODEL_NONE (-1)
#define MODEL_SPENDS_MAX 16
#define MODEL_LOCATIONS 2 /* the first one is where the device stands */
#define MODEL_TIERS_MAX 4

typedef enum {
  M_HELD, M_CONFIRMED, M_CHECKED_IN, M_COMPLETED, M_WAITLISTED, M_OFFERED, M_CANCELLED, M_LATE_CANCELLED, M_EXPIRED,
  M_NO_SHOW, M_STATUS_LAST
} ModelStatus;
const char *model_status_name (ModelStatus status);
gboolean model_may_reach (ModelStatus from, ModelStatus to); /* by the ways of the state machine, over several too */

typedef enum { M_MEMBER, M_INSTRUCTOR, M_RECEPTIONIST, M_FINANCE, M_MANAGER, M_OWNER } ModelRole;
typedef struct {
  ModelRole role;
  int member;       /* a member acting; MODEL_NONE: the device itself, or staff */
  int staff;        /* an instructor's number; else MODEL_NONE */
  guint locations;  /* bits: where they may act */
} ModelActor;

typedef enum { M_STANDARD, M_VIP, M_RESTRICTED } ModelPermission;
typedef struct { ModelPermission permission; gboolean banned; int passes; } ModelMember;

typedef enum { M_BY_SELF, M_BY_INSTRUCTOR, M_BY_STAFF, M_BY_ALL } ModelMode;
typedef struct {
  ModelMode mode;
  gint64 credits, price /* MODEL_NONE: no drop-in */, duration_min, capacity;
  gboolean active;
} ModelService;

typedef struct {
  int service, location, instructor;
  gint64 start, end, capacity;
  gboolean published, cancelled;
} ModelSession;

typedef struct { int member; gint64 credits, left, expires /* 0: never */; gboolean bought; } ModelLot;
typedef struct { gint64 credits, price, valid_days; } ModelPackage;

typedef struct { int lot; gint64 amount; } ModelSpend;
typedef enum { M_HOLD, M_BOOKING, M_OVERRIDE, M_WAITING } ModelWay; /* how it began */
typedef struct {
  int member, session, spots;
  ModelWay way;
  gint64 made, held_until; /* of a hold or an offer */
  gboolean offered, confirmed;
  gboolean gone;           /* for good, as what: */
  ModelStatus gone_as;
  int percent;             /* that came back */
  gboolean with_session;   /* the studio cancelled it */
  gint64 price;            /* MODEL_NONE: by credits, or free */
  gint64 spent;
  ModelSpend spends[MODEL_SPENDS_MAX];
  int n_spends;
  guint32 in;              /* which of its spots are in */
  gboolean late;
} ModelBooking;

typedef enum {
  M_HOLD_MINUTES, M_HOLDS_PER_MINUTE, M_BOOKING_OPENS_HOURS, M_SPOTS_MAX, M_OPENS_MINUTES, M_CLOSES_MINUTES,
  M_OFFER_MINUTES, M_OFFER_SHORT_MINUTES, M_OFFER_SHORT_HOURS, M_WAITLIST_MAX, M_DOOR_SHUT, M_TIERS, M_POLICY_LAST
} ModelPolicy;
typedef struct { gint64 hours; int percent; } ModelTier;
typedef struct {
  gboolean set;
  gint64 number;
  ModelTier tiers[MODEL_TIERS_MAX]; /* longest first */
  int n_tiers;
} ModelValue;
#define MODEL_SCOPES_MAX 16 /* the organisation, the locations, then the services */
#define MODEL_SCOPE_OF_SERVICE(service) (1 + MODEL_LOCATIONS + (service))

typedef struct {
  gint64 now;
  GTimeZone *zone; /* of the first location */
  GArray *members, *services, *sessions, *packages, *lots, *bookings;
  ModelValue policies[MODEL_SCOPES_MAX][M_POLICY_LAST];
} Model;

Model *model_new (gint64 now, GTimeZone *zone);
void model_free (Model *model);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Model, model_free)

#define model_member(m, i) (&g_array_index ((m)->members, ModelMember, i))
#define model_service(m, i) (&g_array_index ((m)->services, ModelService, i))
#define model_session(m, i) (&g_array_index ((m)->sessions, ModelSession, i))
#define model_package(m, i) (&g_array_index ((m)->packages, ModelPackage, i))
#define model_lot(m, i) (&g_array_index ((m)->lots, ModelLot, i))
#define model_booking(m, i) (&g_array_index ((m)->bookings, ModelBooking, i))

/* model.c: the clock, what follows from it, and the answers. */
void model_advance (Model *model, gint64 now);
void model_fill (Model *model, int session, gint64 at); /* free spots go to those who wait */
gint64 model_next (Model *model); /* when the clock brings something next, where somebody waits; else G_MAXINT64 */
const ModelValue *model_policy (Model *model, int session, ModelPolicy policy);
gint64 model_number (Model *model, int session, ModelPolicy policy);
ModelStatus model_status (Model *model, const ModelBooking *booking);
gboolean model_is_live (ModelStatus status);
gint64 model_opens (Model *model, int session);
gint64 model_closes (Model *model, int session);
typedef struct {
  gint64 confirmed, held, waiting, override, in_without_spot, free, rights;
} ModelCounts;
void model_count (Model *model, int session, ModelCounts *out);
gint64 model_balance (Model *model, int member);
GArray *model_spendable (Model *model, int member); /* (element-type int): lots, in the order of spending */
gboolean model_may_at (const ModelActor *actor, int location);
int model_percent (Model *model, int session);
void model_give_up (Model *model, int booking, ModelStatus as, int percent);
gint64 model_percent_of (gint64 amount, int percent);

/* An answer is one line of text: the code, then what matters beside it. (transfer full) */
char *model_say (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* model-desk.c: catalogue, schedule, credits. */
char *model_block (Model *model, const ModelActor *actor, int member, gboolean banned);
char *model_add_session (Model *model, const ModelActor *actor, const ModelSession *session);
char *model_move_session (Model *model, const ModelActor *actor, int session, gint64 start);
char *model_publish (Model *model, const ModelActor *actor, int session);
char *model_complete (Model *model, const ModelActor *actor, int session);
char *model_cancel_session (Model *model, const ModelActor *actor, int session);
char *model_set_capacity (Model *model, const ModelActor *actor, int session, gint64 capacity);
char *model_sell (Model *model, const ModelActor *actor, int member, int package);
char *model_adjust (Model *model, const ModelActor *actor, int member, gint64 amount);
void model_run_due (Model *model);

/* model-booking.c */
typedef struct {
  int member, session, spots, guests; /* guests: names given */
  gboolean override, pay, wait;
} ModelRequest;
char *model_hold (Model *model, const ModelActor *actor, const ModelRequest *request);
char *model_book (Model *model, const ModelActor *actor, const ModelRequest *request);
char *model_confirm (Model *model, const ModelActor *actor, int booking, gboolean pay);
char *model_release (Model *model, const ModelActor *actor, int booking);
char *model_cancel (Model *model, const ModelActor *actor, int booking);
char *model_leave (Model *model, const ModelActor *actor, int booking);
char *model_accept (Model *model, const ModelActor *actor, int booking, gboolean pay);
char *model_decline (Model *model, const ModelActor *actor, int booking);
char *model_reschedule (Model *model, const ModelActor *actor, int booking, int to, gboolean pay);

/* model-door.c. A door's request names one of these. */
typedef struct {
  int booking;        /* from the roster, or by its code */
  int member;         /* by a pass */
  gboolean by_code;
  int pass;           /* which of the member's passes, 0 first */
  int spot;           /* of a guest's code; 0: the whole booking */
  int session;        /* the choice, or MODEL_NONE */
  gboolean override;
} ModelKnock;
char *model_checkin (Model *model, const ModelActor *actor, const ModelKnock *knock);
char *model_undo (Model *model, const ModelActor *actor, int booking);
char *model_mark_absent (Model *model, const ModelActor *actor, int booking);
