/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-walk-in-jobs"

#include "desk-walk-in-jobs.h"

#include "desk-pass.h"
#include "desk-scan.h"

#include "core/datetime.h"
#include "engine/batch.h"
#include "engine/booking.h"
#include "engine/credits.h"
#include "engine/membership.h"
#include "engine/policy.h"
#include "engine/price.h"
#include "engine/schedule.h"
#include "scan/code.h"

#define PEOPLE_MAX 20   /* more is no answer: another letter is */
#define SESSIONS_MAX 40 /* of the next seven days: enough to scroll through */

/* --- who --- */

typedef struct {
  char *text;
  guint search;
} Search;

/* sl_walk_in_search_new: text: as typed or scanned. */
gpointer
sl_walk_in_search_new (const char *text, guint search)
{
  Search *made = g_new0 (Search, 1);

  *made = (Search) { .text = g_strdup (text), .search = search };
  return made;
}

/* sl_walk_in_search_free: (transfer full) */
void
sl_walk_in_search_free (gpointer search)
{
  g_free (((Search *) search)->text);
  g_free (search);
}

/* sl_walk_in_people_free: (transfer full) */
void
sl_walk_in_people_free (gpointer people)
{
  g_ptr_array_unref (((SlWalkInPeople *) people)->members);
  g_free (people);
}

/* sl_walk_in_search: a #SlDeskWork. */
gboolean
sl_walk_in_search (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                   SlRefusal *out_refusal, GError **error)
{
  const Search *search = request;
  SlWalkInPeople *people = g_new0 (SlWalkInPeople, 1);
  SlMember *member = NULL;
  SlCode code;
  gboolean found;

  *out_result = people;
  people->search = search->search;
  people->by_code = sl_code_parse (search->text, &code) == SL_CODE_OK;
  if (people->by_code)
    {
      people->members = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_member_free);
      if (!sl_desk_scan_find (engine, actor, search->text, &member, out_refusal, error))
        return FALSE;
      if (member != NULL)
        g_ptr_array_add (people->members, member);
      return TRUE;
    }
  found = sl_member_list (engine, actor, search->text, PEOPLE_MAX, &people->members, out_refusal, error);
  if (people->members == NULL)
    people->members = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_member_free);
  return found;
}

/* sl_walk_in_load_member: a #SlDeskWork. */
gboolean
sl_walk_in_load_member (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                        SlRefusal *out_refusal, GError **error)
{
  return sl_member_show (engine, actor, request, (SlMember **) out_result, out_refusal, error);
}

/* sl_walk_in_member_name: (transfer full): "Thandi Nkosi". */
char *
sl_walk_in_member_name (const SlMember *member)
{
  const char *first = member->first != NULL ? member->first : "";
  const char *last = member->last != NULL ? member->last : "";

  return *first != '\0' && *last != '\0' ? g_strdup_printf ("%s %s", first, last) : g_strconcat (first, last, NULL);
}

typedef struct {
  char *first, *last, *phone, *birth_date;
  gboolean anyway;
} NewMember;

/* sl_walk_in_new_member: as typed. */
gpointer
sl_walk_in_new_member (const char *first, const char *last, const char *phone, const char *birth_date,
                       gboolean anyway)
{
  NewMember *made = g_new0 (NewMember, 1);

  *made = (NewMember) { .first = g_strstrip (g_strdup (first)), .last = g_strstrip (g_strdup (last)),
                        .phone = g_strstrip (g_strdup (phone)), .birth_date = g_strdup (birth_date), .anyway = anyway };
  return made;
}

/* sl_walk_in_new_member_free: (transfer full) */
void
sl_walk_in_new_member_free (gpointer request)
{
  NewMember *made = request;

  g_free (made->first);
  g_free (made->last);
  g_free (made->phone);
  g_free (made->birth_date);
  g_free (made);
}

/* The question at the desk names whose number it is. */
static gboolean
name_duplicate (SlEngine *engine, SlRefusal *refusal, GError **error)
{
  SlId id;
  g_autoptr (SlMember) member = NULL;
  g_autofree char *name = NULL;

  if (!sl_id_parse (sl_refusal_get_text (refusal, "member"), &id))
    return TRUE;
  member = sl_member_get (engine, &id, error);
  if (member == NULL)
    return FALSE;
  name = sl_walk_in_member_name (member);
  sl_refusal_set_text (refusal, "name", name);
  return TRUE;
}

/* sl_walk_in_add_member: a #SlDeskWork. */
gboolean
sl_walk_in_add_member (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                       SlRefusal *out_refusal, GError **error)
{
  const NewMember *made = request;
  SlMemberParams params = { .first = made->first, .last = made->last,
                            .phone = *made->phone != '\0' ? made->phone : NULL,
                            .birth_date = *made->birth_date != '\0' ? made->birth_date : NULL };
  SlId id;

  if (!sl_member_add (engine, actor, &params, made->anyway, &id, out_refusal, error))
    return FALSE;
  if (out_refusal->code == SL_REFUSAL_POSSIBLE_DUPLICATE)
    return name_duplicate (engine, out_refusal, error);
  return out_refusal->code != SL_REFUSAL_NONE
         || sl_member_show (engine, actor, &id, (SlMember **) out_result, out_refusal, error);
}

/* --- what --- */

/* sl_walk_in_free_array: (transfer full): a #GPtrArray */
void
sl_walk_in_free_array (gpointer array)
{
  g_ptr_array_unref (array);
}

/* sl_walk_in_load_sessions: a #SlDeskWork; those whose check-in has closed are left out. */
gboolean
sl_walk_in_load_sessions (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                          SlRefusal *out_refusal, GError **error)
{
  g_autoptr (GPtrArray) board = sl_board_next (engine, SESSIONS_MAX, error);
  gint64 minutes, now_ms = sl_engine_now_ms (engine);
  SlId here;

  sl_engine_get_location (engine, &here);
  if (board == NULL || !sl_policy_int (engine, &here, NULL, SL_POLICY_CHECKIN_CLOSES_MINUTES, &minutes, error))
    return FALSE;
  for (guint i = board->len; i > 0; i--)
    if (((SlBoardSession *) board->pdata[i - 1])->start_ms + minutes * SL_MINUTE_MS < now_ms)
      g_ptr_array_remove_index (board, i - 1);
  *out_result = g_steal_pointer (&board);
  return TRUE;
}

/* --- how paid --- */

typedef struct {
  SlId member, session;
  gboolean waits;
} Case;

/* sl_walk_in_case_new: waits: it is full, they would wait. */
gpointer
sl_walk_in_case_new (const SlId *member, const SlId *session, gboolean waits)
{
  Case *made = g_new0 (Case, 1);

  *made = (Case) { .member = *member, .session = *session, .waits = waits };
  return made;
}

static void
offer_free (gpointer data)
{
  g_free (((SlWalkInOffer *) data)->name);
  g_free (data);
}

/* sl_walk_in_offers_free: (transfer full) */
void
sl_walk_in_offers_free (gpointer data)
{
  SlWalkInOffers *offers = data;

  g_ptr_array_unref (offers->offers);
  g_free (offers->class_name);
  g_free (offers);
}

static SlWalkInOffer *
add_offer (SlWalkInOffers *to, SlWalkInKind kind, const char *name)
{
  SlWalkInOffer *offer = g_new0 (SlWalkInOffer, 1);

  offer->kind = kind;
  offer->name = g_strdup (name);
  g_ptr_array_add (to->offers, offer);
  return offer;
}

/* Packages that they may buy and that pay for this class. */
static gboolean
add_packages (SlEngine *engine, const SlId *member, gint64 needed, SlWalkInOffers *to, GError **error)
{
  g_autoptr (GPtrArray) packages = sl_package_list (engine, error);

  for (guint i = 0; packages != NULL && i < packages->len; i++)
    {
      const SlPackage *package = packages->pdata[i];
      g_auto (SlRefusal) refusal = { 0 };
      SlWalkInOffer *offer;

      if (!package->active || package->credits_hundredths < needed)
        continue;
      if (!sl_package_check_limits (engine, package, member, &refusal, error))
        {
          if (refusal.code == SL_REFUSAL_NONE)
            return FALSE;
          continue;
        }
      offer = add_offer (to, SL_WALK_IN_PACKAGE, package->name);
      offer->package_id = package->id;
      offer->price_cents = package->price_cents;
      offer->needed_hundredths = needed;
      offer->has_hundredths = package->credits_hundredths;
    }
  return packages != NULL;
}

static gboolean
add_paid (SlEngine *engine, const SlService *service, const SlPriceCase *of, SlWalkInOffers *to, GError **error)
{
  gint64 price, balance;
  SlWalkInOffer *offer;

  if (!sl_price_of_spots (engine, of, 1, TRUE, &price, error)
      || !sl_credits_balance (engine, &of->member_id, &balance, error))
    return FALSE;
  if (service->credits_hundredths == 0 && price <= 0)
    {
      add_offer (to, SL_WALK_IN_FREE, NULL);
      return TRUE;
    }
  if (service->credits_hundredths > 0 && balance >= service->credits_hundredths)
    {
      offer = add_offer (to, SL_WALK_IN_CREDITS, NULL);
      offer->needed_hundredths = service->credits_hundredths;
      offer->has_hundredths = balance;
    }
  if (price > 0)
    add_offer (to, SL_WALK_IN_PRICE, NULL)->price_cents = price;
  return service->credits_hundredths == 0
         || add_packages (engine, &of->member_id, service->credits_hundredths, to, error);
}

static gboolean
add_offers (SlEngine *engine, const SlActor *actor, const Case *of, const SlSession *session, SlWalkInOffers *to,
            GError **error)
{
  g_autoptr (SlService) service = sl_service_get (engine, &session->service_id, error);
  SlPriceCase price = { .service = service, .location_id = session->location_id, .member_id = of->member,
                        .start_ms = session->start_ms, .now_ms = sl_engine_now_ms (engine) };
  SlCovered covered;
  g_autoptr (SlMembership) membership = NULL;

  if (service == NULL)
    return FALSE;
  if (of->waits)
    {
      add_offer (to, SL_WALK_IN_WAITS, NULL);
      if (sl_actor_scope (actor, SL_ACTION_OVERRIDE_CAPACITY) != SL_SCOPE_NONE)
        add_offer (to, SL_WALK_IN_BESIDE, NULL);
      return TRUE;
    }
  if (!sl_membership_covers (engine, &of->member, &service->id, &session->location_id, session->start_ms,
                             price.now_ms, &covered, error))
    return FALSE;
  if (covered != SL_COVERED_BY_PLAN)
    return add_paid (engine, service, &price, to, error);
  if (!sl_membership_current (engine, &of->member, price.now_ms, &membership, error))
    return FALSE;
  add_offer (to, SL_WALK_IN_PLAN, membership != NULL ? membership->plan_name : NULL);
  return TRUE;
}

/* sl_walk_in_load_offers: a #SlDeskWork. */
gboolean
sl_walk_in_load_offers (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                        SlRefusal *out_refusal, GError **error)
{
  const Case *of = request;
  g_autoptr (SlSession) session = sl_session_get (engine, &of->session, error);
  SlWalkInOffers *offers;
  SlSessionCounts counts;

  if (session == NULL || !sl_session_counts (engine, &of->session, &counts, error))
    return FALSE;
  offers = g_new0 (SlWalkInOffers, 1);
  *out_result = offers;
  offers->offers = g_ptr_array_new_with_free_func (offer_free);
  offers->class_name = g_strdup (session->service_name != NULL ? session->service_name : "");
  offers->start_ms = session->start_ms;
  offers->capacity = counts.capacity;
  return add_offers (engine, actor, of, session, offers, error);
}

/* --- all of it --- */

typedef struct {
  SlId member, session, package;
  SlWalkInKind kind;
  char *beside; /* (nullable) */
  SlDeskPay *pay;
} Booking;

/* sl_walk_in_booking_new: offer is only read. beside: why there is one more than its places, if there has to be. */
gpointer
sl_walk_in_booking_new (const SlId *member, const SlId *session, const SlWalkInOffer *offer, const char *beside,
                        SlDeskPay *pay)
{
  Booking *made = g_new0 (Booking, 1);

  *made = (Booking) { .member = *member, .session = *session, .package = offer->package_id, .kind = offer->kind,
                      .beside = g_strdup (beside), .pay = pay };
  return made;
}

/* sl_walk_in_booking_free: (transfer full) */
void
sl_walk_in_booking_free (gpointer booking)
{
  sl_desk_pay_free (((Booking *) booking)->pay);
  g_free (((Booking *) booking)->beside);
  g_free (booking);
}

/* sl_walk_in_booked_free: (transfer full) */
void
sl_walk_in_booked_free (gpointer data)
{
  SlWalkInBooked *booked = data;

  g_free (booked->pass);
  sl_desk_paid_clear (&booked->paid);
  g_free (booked);
}

static gboolean
give_pass (SlEngine *engine, const SlActor *actor, const SlId *member, SlWalkInBooked *booked, SlRefusal *refusal,
           GError **error)
{
  g_autoptr (SlPass) pass = NULL;

  if (!sl_desk_pass_give (engine, actor, member, &pass, NULL, refusal, error))
    return FALSE;
  booked->pass = pass != NULL ? g_strdup (pass->code) : NULL;
  return TRUE;
}

static gboolean
book_session (SlEngine *engine, const SlActor *actor, const Booking *booking, SlId *inout_sale, SlWalkInBooked *booked,
              SlRefusal *refusal, GError **error)
{
  SlBookingRequest request = { .member_id = booking->member, .session_id = booking->session, .spots = 1,
                               .join_waitlist = booking->kind == SL_WALK_IN_WAITS,
                               .override_reason = booking->beside };
  g_auto (SlBookingResult) result = { 0 };
  g_autoptr (SlPayment) payment = NULL;

  if (booking->kind == SL_WALK_IN_PRICE)
    request.pays = &booking->pay->params;
  if (!sl_booking_book (engine, actor, &request, &result, refusal, error))
    return FALSE;
  if (refusal->code != SL_REFUSAL_NONE)
    return TRUE;
  booked->booking_id = result.booking_id;
  booked->position = result.position;
  booked->beside = result.override;
  if (sl_id_is_none (&result.payment_id))
    return TRUE;
  payment = sl_payment_get (engine, &result.payment_id, error);
  if (payment == NULL)
    return FALSE;
  *inout_sale = payment->sale_id;
  return TRUE;
}

/* Inside a batch. A refusal ends it: the caller takes back what was done before. */
static gboolean
do_all (SlEngine *engine, const SlActor *actor, const Booking *booking, SlWalkInBooked *booked, SlRefusal *refusal,
        GError **error)
{
  g_auto (SlSale) sale = { 0 };
  SlId sale_id = sl_id_none;

  if (booking->kind == SL_WALK_IN_PACKAGE)
    {
      SlSaleParams params = booking->pay->params;

      params.member_id = booking->member;
      params.package_id = booking->package;
      if (!sl_sale_package (engine, actor, &params, &sale, refusal, error))
        return FALSE;
      if (refusal->code != SL_REFUSAL_NONE)
        return TRUE;
      sale_id = sale.sale_id;
    }
  if (!book_session (engine, actor, booking, &sale_id, booked, refusal, error))
    return FALSE;
  if (refusal->code != SL_REFUSAL_NONE)
    return TRUE;
  return give_pass (engine, actor, &booking->member, booked, refusal, error)
         && (refusal->code != SL_REFUSAL_NONE || sl_id_is_none (&sale_id)
             || sl_desk_paid_load (engine, &sale_id, &booked->paid, error));
}

/* sl_walk_in_book: a #SlDeskWork. */
gboolean
sl_walk_in_book (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                 SlRefusal *out_refusal, GError **error)
{
  SlWalkInBooked *booked = g_new0 (SlWalkInBooked, 1);

  *out_result = booked;
  if (!sl_batch_begin (engine, actor, error))
    return FALSE;
  if (!do_all (engine, actor, request, booked, out_refusal, error))
    {
      sl_batch_abandon (engine);
      return FALSE;
    }
  if (out_refusal->code == SL_REFUSAL_NONE)
    return sl_batch_commit (engine, error);
  sl_batch_abandon (engine);
  return TRUE;
}
