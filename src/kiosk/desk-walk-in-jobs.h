/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk-pay.h"

#include "engine/board.h"
#include "engine/member.h"

/* What the engine does for a walk-in: the work of the section's jobs, with their requests and results. */

/* Who: words of a name, digits of a number, or a code that was scanned. */
typedef struct {
  guint search;       /* as it was asked */
  gboolean by_code;
  GPtrArray *members; /* (element-type SlMember) */
} SlWalkInPeople;
gpointer sl_walk_in_search_new (const char *text, guint search);
void sl_walk_in_search_free (gpointer search);
void sl_walk_in_people_free (gpointer people);
gboolean sl_walk_in_search (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                            SlRefusal *out_refusal, GError **error);
gboolean sl_walk_in_load_member (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                                 SlRefusal *out_refusal, GError **error); /* request: SlId; result: SlMember */

/* Result: SlMember; refusal possible_duplicate also says whose number it is (name). */
gpointer sl_walk_in_new_member (const char *first, const char *last, const char *phone, const char *birth_date /* "" */,
                                gboolean anyway);
void sl_walk_in_new_member_free (gpointer request);
gboolean sl_walk_in_add_member (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                                SlRefusal *out_refusal, GError **error);
char *sl_walk_in_member_name (const SlMember *member);

/* What: (element-type SlBoardSession): those that can still be booked. */
void sl_walk_in_free_array (gpointer array);
gboolean sl_walk_in_load_sessions (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                                   SlRefusal *out_refusal, GError **error);

/* How somebody may get into a class. */
typedef enum {
  SL_WALK_IN_FREE,    /* it costs nothing */
  SL_WALK_IN_PLAN,    /* their plan covers it */
  SL_WALK_IN_CREDITS, /* credits that they have */
  SL_WALK_IN_PRICE,   /* money, for this time */
  SL_WALK_IN_PACKAGE, /* a package, and this class out of it */
  SL_WALK_IN_WAITS,   /* the waitlist */
  SL_WALK_IN_BESIDE   /* one more than its places: the others of these, once somebody has said why */
} SlWalkInKind;

typedef struct {
  SlWalkInKind kind;
  SlId package_id;
  char *name;               /* (nullable): of plan or package */
  gint64 price_cents;       /* 0: nothing to pay */
  gint64 needed_hundredths; /* CREDITS, PACKAGE: for this class */
  gint64 has_hundredths;    /* … of so many */
} SlWalkInOffer;

typedef struct {
  char *class_name;
  gint64 start_ms, capacity;
  GPtrArray *offers; /* (element-type SlWalkInOffer): the likeliest first */
} SlWalkInOffers;
gpointer sl_walk_in_case_new (const SlId *member, const SlId *session, gboolean waits);
void sl_walk_in_offers_free (gpointer offers);
gboolean sl_walk_in_load_offers (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                                 SlRefusal *out_refusal, GError **error);

/* All of it, or nothing: the package, the booking, the pass. */
typedef struct {
  SlId booking_id;
  gint64 position;  /* in the queue; 0: booked */
  gboolean beside;  /* one more than its places */
  char *pass;       /* (nullable): the code of the pass */
  SlDeskPaid paid;  /* sale_id none: no money was taken */
} SlWalkInBooked;
gpointer sl_walk_in_booking_new (const SlId *member, const SlId *session, const SlWalkInOffer *offer,
                                 const char *beside /* (nullable) */, SlDeskPay *pay /* (transfer full) */);
void sl_walk_in_booking_free (gpointer booking);
void sl_walk_in_booked_free (gpointer booked);
gboolean sl_walk_in_book (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                          SlRefusal *out_refusal, GError **error);
