/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/policy.h"

#include "desk-fixture.h"
#include "engine/staff.h"
#include "expect.h"

/* The numbers of the rules as an owner would write them down, apart from the table in the engine: what counts where
 * nobody has said anything, and the least and the most that may be said. */
static const struct { SlPolicy policy; const char *name; gint64 standard, min, max;
} numbers[] = {
  { SL_POLICY_HOLD_MINUTES, "hold_minutes", 10, 1, 1440 },
  { SL_POLICY_HOLDS_PER_MINUTE, "holds_per_minute", 5, 1, 1000 },
  { SL_POLICY_BOOKING_OPENS_HOURS, "booking_opens_hours", 168, 0, 17568 },
  { SL_POLICY_BOOKING_SPOTS_MAX, "booking_spots_max", 32, 1, 32 },
  { SL_POLICY_CHECKIN_OPENS_MINUTES, "checkin_opens_minutes", 30, 0, 1440 },
  { SL_POLICY_CHECKIN_CLOSES_MINUTES, "checkin_closes_minutes", 15, 0, 1440 },
  { SL_POLICY_PASS_MONTHS, "pass_months", 12, 1, 120 },
  { SL_POLICY_OFFER_MINUTES, "offer_minutes", 30, 1, 10080 },
  { SL_POLICY_OFFER_SHORT_MINUTES, "offer_short_minutes", 5, 1, 10080 },
  { SL_POLICY_OFFER_SHORT_WITHIN_HOURS, "offer_short_within_hours", 2, 0, 8784 },
  { SL_POLICY_WAITLIST_MAX, "waitlist_max", 1000, 0, 10000 },
  { SL_POLICY_TRUST_VISITS, "trust_visits", 0, 0, 100 },
  { SL_POLICY_SLOT_MINUTES, "slot_minutes", 30, 5, 1440 },
  { SL_POLICY_BUFFER_MINUTES, "buffer_minutes", 0, 0, 1440 },
  { SL_POLICY_REQUEST_HOURS, "request_hours", 48, 1, 8784 },
  { SL_POLICY_STANDING_DAYS_AHEAD, "standing_days_ahead", 7, 1, 366 },
  { SL_POLICY_OPEN_GYM_MINUTES, "open_gym_minutes", 120, 1, 1440 },
  { SL_POLICY_NO_SHOW_PATTERN_COUNT, "no_show_pattern_count", 3, 1, 1000 },
  { SL_POLICY_NO_SHOW_PATTERN_DAYS, "no_show_pattern_days", 30, 1, 3660 },
  { SL_POLICY_CREDITS_WARN_DAYS, "credits_warn_days", 7, 0, 366 },
  { SL_POLICY_CREDITS_LOW_HUNDREDTHS, "credits_low_hundredths", 100, 0, 100000 },
  { SL_POLICY_PARQ_MONTHS, "parq_months", 12, 1, 120 },
  { SL_POLICY_OWN_MEMBER_DAYS, "own_member_days", 90, 0, 3660 },
  { SL_POLICY_REFUND_LIMIT_CENTS, "refund_limit_cents", 50000, 0, 100000000 },
  { SL_POLICY_VOUCHER_MONTHS, "voucher_months", 36, 0, 1200 },
  { SL_POLICY_AT_RISK_DAYS, "at_risk_days", 14, 1, 366 },
  { SL_POLICY_AT_RISK_WEEKS, "at_risk_weeks", 4, 1, 52 },
  { SL_POLICY_DUNNING_TRIES, "dunning_tries", 3, 1, 12 },
  { SL_POLICY_DUNNING_DAYS, "dunning_days", 3, 1, 31 },
  { SL_POLICY_GRACE_DAYS, "grace_days", 7, 0, 366 },
  { SL_POLICY_PLAN_CREDITS_CARRY, "plan_credits_carry", 0, 0, 24 },
};

/* All others, by their kind. */
static const struct { SlPolicy policy; const char *name; SlPolicyKind kind; const char *standard;
} texts[] = {
  { SL_POLICY_CANCEL_TIERS, "cancel_tiers", SL_POLICY_KIND_TIERS, "24:100 12:50" },
  { SL_POLICY_ACCESS_HOURS, "access_hours", SL_POLICY_KIND_HOURS, "always" },
  { SL_POLICY_RECORD_LEAVING, "record_leaving", SL_POLICY_KIND_YES_NO, "no" },
  { SL_POLICY_TILL_NEEDED, "till_needed", SL_POLICY_KIND_YES_NO, "no" },
  { SL_POLICY_PEAK_HOURS, "peak_hours", SL_POLICY_KIND_HOURS, "never" },
};

static void
each_has_its_default (Desk *desk, gconstpointer data)
{
  SlPolicy parsed;
  g_assert_cmpuint (G_N_ELEMENTS (numbers) + G_N_ELEMENTS (texts), ==, SL_POLICY_LAST);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      gint64 value = -1;
      g_assert_cmpstr (sl_policy_name (numbers[i].policy), ==, numbers[i].name);
      g_assert_true (sl_policy_parse (numbers[i].name, &parsed) && parsed == numbers[i].policy);
      g_assert_cmpint (sl_policy_kind (parsed), ==, SL_POLICY_KIND_NUMBER);
      g_assert_true (sl_policy_int (desk->engine, &desk->location, NULL, parsed, &value, NULL));
      g_test_message ("%s", numbers[i].name);
      g_assert_cmpint (value, ==, numbers[i].standard);
    }
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *value = sl_policy_text (desk->engine, &desk->location, NULL, texts[i].policy, NULL);
      g_assert_true (sl_policy_parse (texts[i].name, &parsed) && parsed == texts[i].policy);
      g_assert_cmpint (sl_policy_kind (parsed), ==, texts[i].kind);
      g_assert_cmpstr (value, ==, texts[i].standard);
      g_assert_cmpstr (sl_policy_default (parsed), ==, texts[i].standard);
    }
}

static void
set_number (Desk *desk, const SlId *scope, SlPolicy policy, gint64 value)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, value);
  done (sl_policy_set (desk->engine, &desk->owner, scope, policy, text, &refusal, &failure));
}

static void
assert_number (Desk *desk, const SlId *location, const SlId *service, SlPolicy policy, gint64 wanted,
               SlPolicyScope from)
{
  g_autofree char *text = NULL;
  gint64 value;
  SlPolicyScope scope;
  g_assert_true (sl_policy_int (desk->engine, location, service, policy, &value, NULL));
  g_assert_cmpint (value, ==, wanted);
  g_assert_true (sl_policy_look_up (desk->engine, location, service, policy, &text, &scope, NULL));
  g_assert_cmpstr (sl_policy_scope_name (scope), ==, sl_policy_scope_name (from));
}

/* Every number in every scope, from its least to its most. */
static void
each_number_goes_by_organisation_location_and_service (Desk *desk, gconstpointer data)
{
  SlId service = desk_service (desk, 0, 5, 60), other = desk_other_location (desk, "Rosebank");
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      SlPolicy policy = numbers[i].policy;
      gint64 between = numbers[i].min + (numbers[i].max - numbers[i].min) / 2;
      g_test_message ("%s", numbers[i].name);
      assert_number (desk, &desk->location, &service, policy, numbers[i].standard, SL_POLICY_SCOPE_DEFAULT);
      set_number (desk, NULL, policy, numbers[i].min);
      set_number (desk, &desk->location, policy, between);
      set_number (desk, &service, policy, numbers[i].max);
      assert_number (desk, NULL, NULL, policy, numbers[i].min, SL_POLICY_SCOPE_ORGANISATION);
      assert_number (desk, &other, NULL, policy, numbers[i].min, SL_POLICY_SCOPE_ORGANISATION);
      assert_number (desk, &desk->location, NULL, policy, between, SL_POLICY_SCOPE_LOCATION);
      assert_number (desk, &desk->location, &service, policy, numbers[i].max, SL_POLICY_SCOPE_SERVICE);
      done (sl_policy_set (desk->engine, &desk->owner, &service, policy, NULL, &refusal, &failure));
      assert_number (desk, &desk->location, &service, policy, between, SL_POLICY_SCOPE_LOCATION);
    }
}

static void
refuse_value (Desk *desk, SlPolicy policy, const char *value)
{
  g_test_message ("%s = '%s'", sl_policy_name (policy), value);
  fails (SL_ERROR_BAD_INPUT, sl_policy_set (desk->engine, &desk->owner, NULL, policy, value, &refusal, &failure));
}

static void
bad_input_out_of_range_and_of_another_kind (Desk *desk, gconstpointer data)
{
  const char *const no_number[] = { "", "ten", "1.5", " 5", "5 ", "0x10", "yes", "99999999999999999999", "-1", "5\n" };
  const char *const no_hours[] = { "", "sometimes", "Mon", "Mon 25:00-26:00", "Mon 05:00", "Funday 05:00-06:00" };
  const char *const no_tiers[] = { "24", "24:101", "24:-1", "24:50 12:100", "24:50 24:100", "24:50:1", ":", "a:b",
                                   "1:9 2:9 3:9 4:9 5:9 6:9 7:9 8:9 9:9" };
  const char *const neither[] = { "", "Yes", "true", "1", "ja", "yes " };
  gint64 before = desk_operations (desk);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autofree char *less = g_strdup_printf ("%" G_GINT64_FORMAT, numbers[i].min - 1);
      g_autofree char *more = g_strdup_printf ("%" G_GINT64_FORMAT, numbers[i].max + 1);
      refuse_value (desk, numbers[i].policy, less);
      refuse_value (desk, numbers[i].policy, more);
      for (guint w = 0; w < G_N_ELEMENTS (no_number); w++)
        refuse_value (desk, numbers[i].policy, no_number[w]);
    }
  for (guint w = 0; w < G_N_ELEMENTS (no_hours); w++)
    refuse_value (desk, SL_POLICY_ACCESS_HOURS, no_hours[w]);
  for (guint w = 0; w < G_N_ELEMENTS (no_tiers); w++)
    refuse_value (desk, SL_POLICY_CANCEL_TIERS, no_tiers[w]);
  for (guint w = 0; w < G_N_ELEMENTS (neither); w++)
    refuse_value (desk, SL_POLICY_RECORD_LEAVING, neither[w]);
  fails (SL_ERROR_BAD_INPUT, sl_policy_set (desk->engine, &desk->owner, NULL, SL_POLICY_ACCESS_HOURS, "\xff\xfe",
                                            &refusal, &failure));
  g_assert_cmpint (desk_operations (desk), ==, before);
}

static void
yes_and_no_are_a_truth (Desk *desk, gconstpointer data)
{
  gboolean records = TRUE;
  g_assert_true (sl_policy_bool (desk->engine, NULL, NULL, SL_POLICY_RECORD_LEAVING, &records, NULL));
  g_assert_false (records);
  desk_policy (desk, "record_leaving", "yes");
  g_assert_true (sl_policy_bool (desk->engine, &desk->location, NULL, SL_POLICY_RECORD_LEAVING, &records, NULL));
  g_assert_true (records);
}

static void
not_found_for_a_scope_that_is_none (Desk *desk, gconstpointer data)
{
  SlId member = desk_member (desk, "Thandi"), nothing = { { 9 } };
  SlPolicy policy;
  fails (SL_ERROR_NOT_FOUND,
         sl_policy_set (desk->engine, &desk->owner, &nothing, SL_POLICY_HOLD_MINUTES, "5", &refusal, &failure));
  fails (SL_ERROR_NOT_FOUND,
         sl_policy_set (desk->engine, &desk->owner, &member, SL_POLICY_HOLD_MINUTES, "5", &refusal, &failure));
  g_assert_false (sl_policy_parse ("colour_of_the_door", &policy));
  g_assert_false (sl_policy_parse (NULL, &policy));
}

static void
not_allowed_where_one_does_not_act (Desk *desk, gconstpointer data)
{
  SlId here = desk->location, other = desk_other_location (desk, "Rosebank"), service = desk_service (desk, 0, 5, 60);
  g_auto (SlActor) manager = { .id = { { 7 } },
                               .role = SL_ROLE_MANAGER,
                               .locations = g_array_new (FALSE, FALSE, sizeof here) };
  g_array_append_val (manager.locations, other);
  done (sl_policy_set (desk->engine, &manager, &other, SL_POLICY_HOLD_MINUTES, "5", &refusal, &failure));
  refused ("not_allowed",
           sl_policy_set (desk->engine, &manager, &here, SL_POLICY_HOLD_MINUTES, "5", &refusal, &failure));
  refused ("not_allowed",
           sl_policy_set (desk->engine, &manager, NULL, SL_POLICY_HOLD_MINUTES, "5", &refusal, &failure));
  refused ("not_allowed",
           sl_policy_set (desk->engine, &manager, &service, SL_POLICY_HOLD_MINUTES, "5", &refusal, &failure));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  desk_test ("/sl/policy/each-has-its-default", each_has_its_default);
  desk_test ("/sl/policy/each-number-goes-by-organisation-location-and-service",
             each_number_goes_by_organisation_location_and_service);
  desk_test ("/sl/policy/bad-input-out-of-range-and-of-another-kind", bad_input_out_of_range_and_of_another_kind);
  desk_test ("/sl/policy/yes-and-no-are-a-truth", yes_and_no_are_a_truth);
  desk_test ("/sl/policy/not-found-for-a-scope-that-is-none", not_found_for_a_scope_that_is_none);
  desk_test ("/sl/policy/not-allowed-where-one-does-not-act", not_allowed_where_one_does_not_act);
  return g_test_run ();
}
