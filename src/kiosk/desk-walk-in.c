/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-walk-in"

#include "desk-walk-in.h"

#include "birth-date.h"
#include "date-words.h"
#include "desk-pass.h"
#include "desk-pay.h"
#include "desk-scan.h"
#include "desk-walk-in-jobs.h"
#include "parts.h"
#include "text-fill.h"
#include "walk-in-page.h"
#include "widgets/sheet.h"

#include "core/error.h"
#include "core/text.h"

#include <glib/gi18n-lib.h>

/* Presents a walk-in; lives as long as its page. */
typedef struct {
  SlWalkInPage *page;
  SlDesk *desk;
  SlPayView *pay;
  SlDoneView *done_view;
  guint searches;        /* how many were asked: only the last one's answer counts */
  SlId member, session;
  SlId wanted;           /* the class that they were sent for; none: they choose one */
  char *member_name, *session_words;
  char *beside;          /* (nullable): why this class takes one more than its places */
  GPtrArray *offers;     /* (nullable) (element-type SlWalkInOffer) */
  guint chosen;
  gint64 capacity;       /* of the class */
  gboolean is_busy, was_full;
  SlDeskPaid paid;
  SlSheet *sheet;        /* (nullable) weak */
} WalkIn;

#define KEY "sl-desk-walk-in"

static WalkIn *
walk_in_of (GObject *owner)
{
  return g_object_get_data (owner, KEY);
}

static void
walk_in_free (gpointer data)
{
  WalkIn *self = data;

  g_clear_weak_pointer (&self->sheet);
  g_clear_pointer (&self->offers, g_ptr_array_unref);
  sl_desk_paid_clear (&self->paid);
  g_free (self->member_name);
  g_free (self->session_words);
  g_free (self->beside);
  g_object_unref (self->desk);
  g_free (self);
}

static void
run (WalkIn *self, const SlDeskJob *job)
{
  sl_desk_run (self->desk, G_OBJECT (self->page), job);
}

static gboolean
went_wrong (WalkIn *self, const SlRefusal *refusal, const GError *error)
{
  if (error == NULL && refusal->code == SL_REFUSAL_NONE)
    return FALSE;
  sl_desk_scan_say_outcome (self->desk, refusal, error);
  return TRUE;
}

/* --- who --- */

static void load_sessions (WalkIn *self);
static void load_offers (WalkIn *self);
static void ask_beside (WalkIn *self);

static void
choose_member (WalkIn *self, const SlId *id, const char *name)
{
  gboolean same = sl_id_equal (&self->member, id);

  self->member = *id;
  g_free (self->member_name);
  self->member_name = g_strdup (name);
  sl_walk_in_page_set_duplicate (self->page, NULL, NULL);
  if (!same)
    {
      self->session = sl_id_none;
      sl_pay_view_reset (self->pay);
    }
  sl_walk_in_page_set_person (self->page, name);
  load_sessions (self);
  if (sl_id_is_none (&self->wanted))
    sl_walk_in_page_show_step (self->page, SL_WALK_IN_WHAT);
}

static void on_start_again (SlWalkInPage *page, WalkIn *self);

static void
on_scanned (GObject *page, const SlMember *member)
{
  WalkIn *self = walk_in_of (page);
  g_autofree char *name = sl_walk_in_member_name (member);

  if (self->is_busy)
    return; /* somebody is being booked: that comes first */
  if (sl_walk_in_page_get_step (self->page) == SL_WALK_IN_DONE)
    on_start_again (self->page, self);
  choose_member (self, &member->id, name);
}

static void
on_people (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  WalkIn *self = walk_in_of (owner);
  SlWalkInPeople *people = result;
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_page_item_free);

  if (went_wrong (self, refusal, error) || people->search != self->searches)
    return;
  for (guint i = 0; i < people->members->len; i++)
    {
      const SlMember *member = people->members->pdata[i];
      g_autofree char *name = sl_walk_in_member_name (member);

      g_ptr_array_add (items, sl_page_item_new (&member->id, name, member->phone, NULL));
    }
  if (people->by_code && items->len == 1)
    {
      const SlPageItem *item = items->pdata[0];

      choose_member (self, &item->id, item->title);
      return;
    }
  sl_walk_in_page_set_people (self->page, items, people->by_code ? _("Nobody here has this code.")
                                                                 : _("Nobody is called so. Are they new?"));
}

static void
on_search (SlWalkInPage *page, const char *text, WalkIn *self)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autofree char *clean = g_strstrip (g_strdup (text));

  self->searches++;
  if (*clean == '\0')
    {
      sl_walk_in_page_set_people (page, none, NULL);
      return;
    }
  run (self, &(SlDeskJob) { .work = sl_walk_in_search, .request = sl_walk_in_search_new (clean, self->searches),
                            .free_request = sl_walk_in_search_free, .free_result = sl_walk_in_people_free,
                            .done = on_people });
}

static void
on_member_loaded (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  WalkIn *self = walk_in_of (owner);
  SlMember *member = result;

  self->is_busy = FALSE;
  if (error == NULL && refusal->code == SL_REFUSAL_POSSIBLE_DUPLICATE)
    {
      SlId id;

      if (sl_id_parse (sl_refusal_get_text (refusal, "member"), &id))
        sl_walk_in_page_set_duplicate (self->page, &id, sl_refusal_get_text (refusal, "name"));
      return;
    }
  if (g_error_matches (error, SL_ERROR, SL_ERROR_BAD_INPUT))
    {
      sl_desk_say (self->desk, SL_DESK_TONE_ATTENTION, _("A first name, a last name and a phone number, please."));
      return;
    }
  if (went_wrong (self, refusal, error))
    return;
  g_autofree char *name = sl_walk_in_member_name (member);
  choose_member (self, &member->id, name);
}

static void
on_member (SlWalkInPage *page, const SlId *id, WalkIn *self)
{
  run (self, &(SlDeskJob) { .work = sl_walk_in_load_member, .request = sl_id_copy (id), .free_request = g_free,
                            .free_result = (GDestroyNotify) sl_member_free, .done = on_member_loaded });
}

static void
on_new_member (SlWalkInPage *page, const char *first, const char *last, const char *phone, const char *birth_date,
               gboolean anyway, WalkIn *self)
{
  g_autofree char *born = NULL, *wrong = NULL;

  if (self->is_busy)
    return;
  if (!sl_birth_date_read (birth_date, sl_desk_get_now_ms (self->desk), &born, &wrong))
    {
      sl_desk_say (self->desk, SL_DESK_TONE_ATTENTION, wrong);
      return;
    }
  self->is_busy = TRUE;
  run (self, &(SlDeskJob) { .work = sl_walk_in_add_member,
                            .request = sl_walk_in_new_member (first, last, phone, born, anyway),
                            .free_request = sl_walk_in_new_member_free,
                            .free_result = (GDestroyNotify) sl_member_free, .writes = TRUE,
                            .done = on_member_loaded });
}

/* --- what --- */

static char *
time_words (WalkIn *self, gint64 start_ms)
{
  GTimeZone *zone = sl_desk_get_zone (self->desk);
  g_autofree char *day = sl_date_words_day_from (start_ms, sl_desk_get_now_ms (self->desk), zone);
  g_autofree char *time = sl_date_words_time (start_ms, zone);

  return g_strdup_printf ("%s %s", day, time);
}

static SlPageItem *
session_item (WalkIn *self, const SlBoardSession *session)
{
  g_autofree char *when = time_words (self, session->start_ms);
  g_autofree char *title = sl_text_join (" · ", when, session->class_name, NULL);
  g_autofree char *detail = sl_text_join (" · ", session->room_name != NULL ? session->room_name : "",
                                          session->instructor_name != NULL ? session->instructor_name : "", NULL);
  g_autofree char *count = g_strdup_printf ("%d", session->free > 0 ? session->free : session->waitlisted);
  g_autofree char *side = NULL;
  SlPageItem *item;

  if (session->free > 0)
    /* Translators: free spots in a class; {n} is the number */
    side = sl_text_fill (g_dngettext (GETTEXT_PACKAGE, "{n} free", "{n} free", (gulong) session->free), "n", count,
                         NULL);
  else
    /* Translators: people on the waitlist of a class; {n} is the number */
    side = sl_text_fill (g_dngettext (GETTEXT_PACKAGE, "{n} waiting", "{n} waiting", (gulong) session->waitlisted),
                         "n", count, NULL);
  item = sl_page_item_new (&session->session_id, title, detail, side);
  item->is_full = session->free <= 0;
  return item;
}

static void
take_session (WalkIn *self, const SlId *id, gboolean is_full)
{
  self->session = *id;
  self->was_full = is_full;
  g_clear_pointer (&self->beside, g_free);
  load_offers (self);
}

/* They were sent for a class: it need not be chosen again, as long as it can still be booked. */
static void
go_to_wanted (WalkIn *self, const GPtrArray *sessions)
{
  const SlBoardSession *found = NULL;
  gboolean knows_who = !sl_id_is_none (&self->member);

  for (guint i = 0; i < sessions->len && found == NULL; i++)
    if (sl_id_equal (&((const SlBoardSession *) sessions->pdata[i])->session_id, &self->wanted))
      found = sessions->pdata[i];
  if (found == NULL)
    {
      self->wanted = sl_id_none;
      sl_desk_say (self->desk, SL_DESK_TONE_ATTENTION, _("This class can no longer be booked. Choose another one."));
      if (knows_who)
        sl_walk_in_page_show_step (self->page, SL_WALK_IN_WHAT);
      return;
    }
  if (knows_who)
    {
      take_session (self, &found->session_id, found->free <= 0);
      return;
    }
  g_autofree char *when = time_words (self, found->start_ms);
  g_autofree char *summary = sl_text_join (" · ", found->class_name, when, NULL);
  sl_walk_in_page_set_summary (self->page, summary);
}

static void
on_sessions (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  WalkIn *self = walk_in_of (owner);
  GPtrArray *sessions = result;
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_page_item_free);

  if (went_wrong (self, refusal, error))
    return;
  for (guint full = 0; full < 2; full++)
    for (guint i = 0; i < sessions->len; i++)
      {
        const SlBoardSession *session = sessions->pdata[i];

        if ((session->free <= 0) == (full == 1))
          g_ptr_array_add (items, session_item (self, session));
      }
  sl_walk_in_page_set_sessions (self->page, items);
  if (!sl_id_is_none (&self->wanted) && sl_id_is_none (&self->session))
    go_to_wanted (self, sessions);
}

static void
load_sessions (WalkIn *self)
{
  run (self, &(SlDeskJob) { .work = sl_walk_in_load_sessions, .free_result = sl_walk_in_free_array,
                            .done = on_sessions });
}

static void
on_session (SlWalkInPage *page, const SlId *id, gboolean waits, WalkIn *self)
{
  self->wanted = sl_id_none;
  take_session (self, id, waits);
}

static void
on_only_sell (SlWalkInPage *page, WalkIn *self)
{
  sl_desk_open (self->desk, SL_DESK_SELL, &self->member);
}

/* --- how paid --- */

/* Translators: {n} is a number like 1 or 2.5 */
static char *
credits_words (gint64 hundredths)
{
  g_autofree char *count = sl_credits_format (hundredths);

  return sl_text_fill (g_dngettext (GETTEXT_PACKAGE, "{n} credit", "{n} credits",
                                    hundredths == 100 ? 1 : 2), "n", count, NULL);
}

static SlPageItem *
offer_item (WalkIn *self, const SlWalkInOffer *offer)
{
  g_autofree char *price = offer->price_cents > 0
                             ? sl_money_format (offer->price_cents, sl_desk_get_currency (self->desk)) : NULL;
  g_autofree char *needed = credits_words (offer->needed_hundredths);
  g_autofree char *has = credits_words (offer->has_hundredths);
  g_autofree char *detail = NULL;

  switch (offer->kind)
    {
    case SL_WALK_IN_FREE:
      return sl_page_item_new (&sl_id_none, _("Free class"), NULL, NULL);
    case SL_WALK_IN_PLAN:
      return sl_page_item_new (&sl_id_none, _("Their plan"), offer->name, NULL);
    case SL_WALK_IN_CREDITS:
      /* Translators: {has} is "8 credits": what a member has */
      detail = sl_text_fill (_("They have {has}"), "has", has, NULL);
      return sl_page_item_new (&sl_id_none, needed, detail, NULL);
    case SL_WALK_IN_PRICE:
      return sl_page_item_new (&sl_id_none, _("Money, for this class alone"), NULL, price);
    case SL_WALK_IN_PACKAGE:
      /* Translators: a package of {has} ("5 credits"), of which this class takes {needed} ("1 credit") */
      detail = sl_text_fill (_("{has}, this class takes {needed}"), "has", has, "needed", needed, NULL);
      return sl_page_item_new (&sl_id_none, offer->name, detail, price);
    case SL_WALK_IN_BESIDE:
      return sl_page_item_new (&sl_id_none, _("Book over the places"),
                                  _("One more than there is room for. A manager allows it."), NULL);
    default:
      return sl_page_item_new (&sl_id_none, _("The waitlist"), _("Whoever is next is told of a free place."), NULL);
    }
}

static void
choose_offer (WalkIn *self, guint index)
{
  const SlWalkInOffer *offer = self->offers->pdata[index];
  SlPageItem *item = offer_item (self, offer);
  g_autofree char *why = sl_text_join (" · ", item->title, item->detail != NULL ? item->detail : "", NULL);

  sl_page_item_free (item);
  self->chosen = index;
  sl_pay_view_set_free (self->pay, why, offer->kind == SL_WALK_IN_WAITS ? _("Join the waitlist")
                                        : self->beside != NULL ? _("Book over the places") : _("Book"));
  sl_pay_view_set_total (self->pay, offer->price_cents, sl_desk_get_currency (self->desk));
}

static void
on_offer (SlWalkInPage *page, guint index, WalkIn *self)
{
  if (self->offers == NULL || index >= self->offers->len)
    return;
  if (((const SlWalkInOffer *) self->offers->pdata[index])->kind == SL_WALK_IN_BESIDE)
    ask_beside (self);
  else
    choose_offer (self, index);
}

/* What was picked before stays picked, as far as it is still there. */
static guint
find_offer (const GPtrArray *offers, const SlWalkInOffer *like)
{
  for (guint i = 0; like != NULL && i < offers->len; i++)
    {
      const SlWalkInOffer *offer = offers->pdata[i];

      if (offer->kind == like->kind && sl_id_equal (&offer->package_id, &like->package_id))
        return i;
    }
  return 0;
}

static void
on_offers (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  WalkIn *self = walk_in_of (owner);
  SlWalkInOffers *got = result;
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_page_item_free);
  guint chosen;

  if (went_wrong (self, refusal, error))
    return;
  chosen = self->offers == NULL ? 0 : find_offer (got->offers, self->offers->pdata[self->chosen]);
  g_clear_pointer (&self->offers, g_ptr_array_unref);
  self->offers = g_ptr_array_ref (got->offers);
  for (guint i = 0; i < self->offers->len; i++)
    g_ptr_array_add (items, offer_item (self, self->offers->pdata[i]));
  g_autofree char *when = time_words (self, got->start_ms);
  g_free (self->session_words);
  self->session_words = sl_text_join (" · ", got->class_name, when,
                                      self->beside != NULL ? _("over its places") : "", NULL);
  self->capacity = got->capacity;
  g_autofree char *summary = sl_text_join (" · ", self->member_name, self->session_words, NULL);
  sl_walk_in_page_set_chosen (self->page, summary);
  if (self->offers->len == 0)
    {
      sl_desk_say (self->desk, SL_DESK_TONE_ATTENTION, _("This class is not sold. Sell a package or a plan first."));
      return;
    }
  sl_walk_in_page_set_offers (self->page, items, chosen);
  choose_offer (self, chosen);
  sl_walk_in_page_show_step (self->page, SL_WALK_IN_PAY);
}

static void
load_offers (WalkIn *self)
{
  run (self, &(SlDeskJob) { .work = sl_walk_in_load_offers,
                            .request = sl_walk_in_case_new (&self->member, &self->session, self->was_full),
                            .free_request = g_free, .free_result = sl_walk_in_offers_free, .done = on_offers });
}

/* --- sheets --- */

static GtkWidget *
make_sheet (WalkIn *self, const char *title, const char *text)
{
  GtkWidget *box = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 12);
  GtkWidget *label = sl_parts_label (text, "body");

  gtk_label_set_max_width_chars (GTK_LABEL (label), 44);
  gtk_box_append (GTK_BOX (box), label);
  g_set_weak_pointer (&self->sheet, sl_sheet_new (title));
  sl_sheet_set_child (self->sheet, box);
  return box;
}

static void
on_beside_reason (GtkButton *button, WalkIn *self)
{
  g_free (self->beside);
  self->beside = g_strdup (gtk_label_get_label (GTK_LABEL (gtk_button_get_child (button))));
  self->was_full = FALSE;
  sl_sheet_close (self->sheet);
  load_offers (self);
}

/* What it does is said before anybody types a PIN; the answer is what the audit log keeps. */
static void
ask_beside (WalkIn *self)
{
  /* Translators: why somebody is booked into a class whose places are all taken */
  static const char *const reasons[] = { N_("The instructor agrees"), N_("Somebody who is booked is not coming"),
                                         N_("There is room for one more") };
  g_autofree char *count = g_strdup_printf ("%" G_GINT64_FORMAT, self->capacity);
  g_autofree char *text = sl_text_fill (g_dngettext (GETTEXT_PACKAGE,
    "Its only place is taken: this books one more. It needs a manager's PIN, and is kept with the reason. Why?",
    "All {n} places are taken: this books one more. It needs a manager's PIN, and is kept with the reason. Why?",
    (gulong) self->capacity), "n", count, NULL);
  GtkWidget *box = make_sheet (self, _("Book over the places?"), text);

  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    {
      GtkWidget *button = sl_parts_button (_(reasons[i]), "");

      g_signal_connect (button, "clicked", G_CALLBACK (on_beside_reason), self);
      gtk_box_append (GTK_BOX (box), button);
    }
  sl_sheet_add_action (self->sheet, _("Not now"), "", NULL, NULL);
  sl_sheet_present (self->sheet, GTK_WIDGET (self->page));
}

/* --- refusals, with the way on --- */

static void
on_another_class (GtkButton *button, WalkIn *self)
{
  sl_sheet_close (self->sheet);
  load_sessions (self);
  sl_walk_in_page_show_step (self->page, SL_WALK_IN_WHAT);
}

static void
on_wait_instead (GtkButton *button, WalkIn *self)
{
  SlId id = self->session;

  sl_sheet_close (self->sheet);
  take_session (self, &id, TRUE);
}

static void
on_pay_otherwise (GtkButton *button, WalkIn *self)
{
  sl_sheet_close (self->sheet);
  load_offers (self);
}

static void
on_open_member (GtkButton *button, WalkIn *self)
{
  sl_sheet_close (self->sheet);
  sl_desk_open (self->desk, SL_DESK_MEMBERS, &self->member);
}

static void
offer_way_on (WalkIn *self, const SlRefusal *refusal)
{
  const SlCodeInfo *info = sl_refusal_info (refusal->code);
  const char *message = dgettext (GETTEXT_PACKAGE, info->message);

  switch (refusal->code)
    {
    case SL_REFUSAL_CLASS_FULL:
    case SL_REFUSAL_SPOTS_ELSEWHERE:
      make_sheet (self, _("The class has just filled up"),
                     _("Nothing was paid and nothing is lost. Take the money only when it is booked."));
      sl_sheet_add_action (self->sheet, _("Another class"), "", G_CALLBACK (on_another_class), self);
      sl_sheet_add_action (self->sheet, _("Join the waitlist"), "main", G_CALLBACK (on_wait_instead), self);
      break;
    case SL_REFUSAL_INSUFFICIENT_CREDITS:
    case SL_REFUSAL_CREDITS_ELSEWHERE:
    case SL_REFUSAL_TRUST_USED:
    case SL_REFUSAL_NOT_COVERED:
    case SL_REFUSAL_LIMIT_REACHED:
    case SL_REFUSAL_AMOUNT_MISMATCH:
    case SL_REFUSAL_VOUCHER_INVALID:
      make_sheet (self, message, _("Nothing was booked and nothing was paid."));
      sl_sheet_add_action (self->sheet, _("Another class"), "", G_CALLBACK (on_another_class), self);
      sl_sheet_add_action (self->sheet, _("Pay another way"), "main", G_CALLBACK (on_pay_otherwise), self);
      break;
    case SL_REFUSAL_MEMBER_BLOCKED:
    case SL_REFUSAL_PARQ_NEEDED:
    case SL_REFUSAL_PAYMENT_DUE:
    case SL_REFUSAL_MEMBERSHIP_INACTIVE:
      make_sheet (self, message, _("Nothing was booked and nothing was paid."));
      sl_sheet_add_action (self->sheet, _("Another class"), "", G_CALLBACK (on_another_class), self);
      sl_sheet_add_action (self->sheet, _("Open their page"), "main", G_CALLBACK (on_open_member), self);
      break;
    default:
      make_sheet (self, message, _("Nothing was booked and nothing was paid."));
      sl_sheet_add_action (self->sheet, _("Back"), "", NULL, NULL);
      sl_sheet_add_action (self->sheet, _("Another class"), "main", G_CALLBACK (on_another_class), self);
    }
  sl_sheet_present (self->sheet, GTK_WIDGET (self->page));
}

static void
show_done (WalkIn *self, SlWalkInBooked *booked)
{
  g_autoptr (GdkTexture) pass = booked->pass != NULL ? sl_desk_code_texture (booked->pass) : NULL;
  g_autofree char *headline = NULL, *position = NULL;
  SlDone done = { .detail = self->session_words };

  position = g_strdup_printf ("%" G_GINT64_FORMAT, booked->position);
  if (booked->position > 0)
    headline = sl_text_fill (_("{name} is number {n} on the waitlist"), "name", self->member_name, "n", position, NULL);
  else
    headline = sl_text_fill (_("{name} is booked"), "name", self->member_name, NULL);
  done.headline = headline;
  done.code = pass;
  done.code_note = sl_desk_pass_note ();
  sl_desk_paid_clear (&self->paid);
  self->paid = booked->paid;
  booked->paid = (SlDeskPaid) { 0 };
  if (sl_id_is_none (&self->paid.sale_id))
    sl_done_view_show (self->done_view, &done);
  else
    sl_desk_paid_show (&self->paid, sl_desk_get_currency (self->desk), self->done_view, &done);
  self->session = sl_id_none;
  sl_walk_in_page_show_step (self->page, SL_WALK_IN_DONE);
}

static void pay_again (gpointer page, gboolean anyway);

static void
on_booked (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  WalkIn *self = walk_in_of (owner);

  self->is_busy = FALSE;
  sl_pay_view_set_busy (self->pay, FALSE);
  if (error != NULL)
    sl_desk_say_outcome (self->desk, refusal, error);
  else if (refusal->code == SL_REFUSAL_NONE)
    show_done (self, result);
  else if (!sl_desk_pay_refused (self->desk, self->pay, refusal, pay_again, self))
    offer_way_on (self, refusal);
}

static void
pay_again (gpointer page, gboolean anyway)
{
  WalkIn *self = page;

  if (self->is_busy || self->offers == NULL || sl_id_is_none (&self->session))
    return;
  self->is_busy = TRUE;
  sl_pay_view_set_busy (self->pay, TRUE);
  run (self, &(SlDeskJob) { .work = sl_walk_in_book,
                            .request = sl_walk_in_booking_new (&self->member, &self->session,
                                                               self->offers->pdata[self->chosen], self->beside,
                                                               sl_desk_pay_new (self->pay, anyway)),
                            .free_request = sl_walk_in_booking_free, .free_result = sl_walk_in_booked_free,
                            .writes = TRUE, .done = on_booked });
}

static void
on_pay (SlPayView *view, WalkIn *self)
{
  pay_again (self, FALSE);
}

/* --- done --- */

static void
on_print (SlDoneView *view, WalkIn *self)
{
  sl_desk_pay_print (self->desk, G_OBJECT (self->page), &self->paid.sale_id, FALSE);
}

static void
on_seen (SlDoneView *view, WalkIn *self)
{
  sl_desk_pay_settle (self->desk, view, &self->paid.pending_id, TRUE);
}

static void
on_not_seen (SlDoneView *view, WalkIn *self)
{
  sl_desk_pay_settle (self->desk, view, &self->paid.pending_id, FALSE);
}

static void
on_start_again (SlWalkInPage *page, WalkIn *self)
{
  self->member = self->session = self->wanted = sl_id_none;
  g_clear_pointer (&self->beside, g_free);
  g_clear_pointer (&self->offers, g_ptr_array_unref);
  self->chosen = 0;
  sl_walk_in_page_clear (page);
}

/* Free spots of the classes may be others now; what is being typed is left alone. */
static void
on_changed (SlDesk *desk, GObject *page)
{
  WalkIn *self = walk_in_of (page);

  if (gtk_widget_get_mapped (GTK_WIDGET (self->page))
      && sl_walk_in_page_get_step (self->page) == SL_WALK_IN_WHAT)
    load_sessions (self);
}

static void
on_opened (SlDesk *desk, int place, const SlId *id, GObject *page)
{
  WalkIn *self = walk_in_of (page);

  if ((place != SL_DESK_WALK_IN && place != SL_DESK_WALK_IN_CLASS) || sl_id_is_none (id))
    return;
  on_start_again (self->page, self);
  if (place == SL_DESK_WALK_IN)
    {
      on_member (self->page, id, self);
      return;
    }
  self->wanted = *id;
  load_sessions (self);
}

/**
 * sl_desk_walk_in_new:
 * @desk: the desk
 *
 * Returns: (transfer floating): the section for whoever walks in
 */
GtkWidget *
sl_desk_walk_in_new (SlDesk *desk)
{
  WalkIn *self = g_new0 (WalkIn, 1);

  g_return_val_if_fail (SL_IS_DESK (desk), NULL);
  self->desk = g_object_ref (desk);
  self->page = SL_WALK_IN_PAGE (sl_walk_in_page_new ());
  self->pay = sl_walk_in_page_get_pay (self->page);
  self->done_view = sl_walk_in_page_get_done (self->page);
  g_object_set_data_full (G_OBJECT (self->page), KEY, self, walk_in_free);
  g_signal_connect (self->page, "search", G_CALLBACK (on_search), self);
  g_signal_connect (self->page, "member", G_CALLBACK (on_member), self);
  g_signal_connect (self->page, "new-member", G_CALLBACK (on_new_member), self);
  g_signal_connect (self->page, "session", G_CALLBACK (on_session), self);
  g_signal_connect (self->page, "offer", G_CALLBACK (on_offer), self);
  g_signal_connect (self->page, "only-sell", G_CALLBACK (on_only_sell), self);
  g_signal_connect (self->page, "start-again", G_CALLBACK (on_start_again), self);
  g_signal_connect (self->pay, "pay", G_CALLBACK (on_pay), self);
  sl_desk_pay_watch (desk, self->pay);
  g_signal_connect (self->done_view, "print", G_CALLBACK (on_print), self);
  g_signal_connect (self->done_view, "seen", G_CALLBACK (on_seen), self);
  g_signal_connect (self->done_view, "not-seen", G_CALLBACK (on_not_seen), self);
  /* With the page itself these go: a desk outlives it. */
  g_signal_connect_object (desk, "changed", G_CALLBACK (on_changed), self->page, 0);
  g_signal_connect_object (desk, "opened", G_CALLBACK (on_opened), self->page, 0);
  sl_desk_scan_watch (desk, GTK_WIDGET (self->page), on_scanned);
  return GTK_WIDGET (self->page);
}
