/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-policy"

#include "engine/policy.h"

#include <string.h>

#include "engine/engine-private.h"
#include "engine/hours.h"
#include "engine/membership.h"

#define POLICY_VALUE_MAX_BYTES 512   /* weekly hours written out for each day are under 300 */
#define CANCEL_TIERS_MAX 8           /* more steps than anybody can explain at a desk */
#define TIERS_NONE "none"            /* nothing ever comes back */
#define CANCEL_HOURS_MAX (366 * 24)
#define WAITLIST_PLACES_MAX 10000    /* as many as a session has places, at most */
#define CREDITS_LOW_MAX 100000 /* a thousand credits: more than one visit ever costs */
#define REFUND_CENTS_MAX G_GINT64_CONSTANT (100000000) /* a million rand */

typedef struct {
  const char *name;
  SlPolicyKind kind;
  const char *standard;
  gint64 min, max;                   /* numbers only */
} PolicyInfo;

/* The defaults: README.md "Policies". Stand-alone from the first day: always open, nothing demanded that nobody has set
 * up. */
static const PolicyInfo policies[] = {
  [SL_POLICY_HOLD_MINUTES] = { "hold_minutes", SL_POLICY_KIND_NUMBER, "10", 1, 24 * 60 },
  [SL_POLICY_HOLDS_PER_MINUTE] = { "holds_per_minute", SL_POLICY_KIND_NUMBER, "5", 1, 1000 },
  [SL_POLICY_BOOKING_OPENS_HOURS] = { "booking_opens_hours", SL_POLICY_KIND_NUMBER, "168", 0, 2 * 366 * 24 },
  [SL_POLICY_BOOKING_SPOTS_MAX] = { "booking_spots_max", SL_POLICY_KIND_NUMBER, "32", 1, SL_SPOTS_MAX },
  [SL_POLICY_CANCEL_TIERS] = { "cancel_tiers", SL_POLICY_KIND_TIERS, "24:100 12:50", 0, 0 },
  [SL_POLICY_CHECKIN_OPENS_MINUTES] = { "checkin_opens_minutes", SL_POLICY_KIND_NUMBER, "30", 0, 24 * 60 },
  [SL_POLICY_CHECKIN_CLOSES_MINUTES] = { "checkin_closes_minutes", SL_POLICY_KIND_NUMBER, "15", 0, 24 * 60 },
  [SL_POLICY_ACCESS_HOURS] = { "access_hours", SL_POLICY_KIND_HOURS, "always", 0, 0 },
  [SL_POLICY_PASS_MONTHS] = { "pass_months", SL_POLICY_KIND_NUMBER, "12", 1, 120 },
  [SL_POLICY_OFFER_MINUTES] = { "offer_minutes", SL_POLICY_KIND_NUMBER, "30", 1, 7 * 24 * 60 },
  [SL_POLICY_OFFER_SHORT_MINUTES] = { "offer_short_minutes", SL_POLICY_KIND_NUMBER, "5", 1, 7 * 24 * 60 },
  [SL_POLICY_OFFER_SHORT_WITHIN_HOURS] = { "offer_short_within_hours", SL_POLICY_KIND_NUMBER, "2", 0, 366 * 24 },
  [SL_POLICY_WAITLIST_MAX] = { "waitlist_max", SL_POLICY_KIND_NUMBER, "1000", 0, WAITLIST_PLACES_MAX },
  [SL_POLICY_TRUST_VISITS] = { "trust_visits", SL_POLICY_KIND_NUMBER, "0", 0, 100 },
  [SL_POLICY_SLOT_MINUTES] = { "slot_minutes", SL_POLICY_KIND_NUMBER, "30", 5, 24 * 60 },
  [SL_POLICY_BUFFER_MINUTES] = { "buffer_minutes", SL_POLICY_KIND_NUMBER, "0", 0, 24 * 60 },
  [SL_POLICY_REQUEST_HOURS] = { "request_hours", SL_POLICY_KIND_NUMBER, "48", 1, 366 * 24 },
  [SL_POLICY_STANDING_DAYS_AHEAD] = { "standing_days_ahead", SL_POLICY_KIND_NUMBER, "7", 1, 366 },
  [SL_POLICY_OPEN_GYM_MINUTES] = { "open_gym_minutes", SL_POLICY_KIND_NUMBER, "120", 1, 24 * 60 },
  [SL_POLICY_RECORD_LEAVING] = { "record_leaving", SL_POLICY_KIND_YES_NO, "no", 0, 0 },
  [SL_POLICY_NO_SHOW_PATTERN_COUNT] = { "no_show_pattern_count", SL_POLICY_KIND_NUMBER, "3", 1, 1000 },
  [SL_POLICY_NO_SHOW_PATTERN_DAYS] = { "no_show_pattern_days", SL_POLICY_KIND_NUMBER, "30", 1, 3660 },
  [SL_POLICY_CREDITS_WARN_DAYS] = { "credits_warn_days", SL_POLICY_KIND_NUMBER, "7", 0, 366 },
  [SL_POLICY_CREDITS_LOW_HUNDREDTHS] = { "credits_low_hundredths", SL_POLICY_KIND_NUMBER, "100", 0, CREDITS_LOW_MAX },
  [SL_POLICY_PARQ_MONTHS] = { "parq_months", SL_POLICY_KIND_NUMBER, "12", 1, 120 },
  [SL_POLICY_OWN_MEMBER_DAYS] = { "own_member_days", SL_POLICY_KIND_NUMBER, "90", 0, 3660 },
  [SL_POLICY_REFUND_LIMIT_CENTS] = { "refund_limit_cents", SL_POLICY_KIND_NUMBER, "50000", 0, REFUND_CENTS_MAX },
  [SL_POLICY_TILL_NEEDED] = { "till_needed", SL_POLICY_KIND_YES_NO, "no", 0, 0 },
  [SL_POLICY_VOUCHER_MONTHS] = { "voucher_months", SL_POLICY_KIND_NUMBER, "36", 0, 1200 },
  [SL_POLICY_PEAK_HOURS] = { "peak_hours", SL_POLICY_KIND_HOURS, "never", 0, 0 },
  [SL_POLICY_AT_RISK_DAYS] = { "at_risk_days", SL_POLICY_KIND_NUMBER, "14", 1, 366 },
  [SL_POLICY_AT_RISK_WEEKS] = { "at_risk_weeks", SL_POLICY_KIND_NUMBER, "4", 1, 52 },
  [SL_POLICY_DUNNING_TRIES] = { "dunning_tries", SL_POLICY_KIND_NUMBER, "3", 1, SL_DUNNING_TRIES_MAX },
  [SL_POLICY_DUNNING_DAYS] = { "dunning_days", SL_POLICY_KIND_NUMBER, "3", 1, 31 },
  [SL_POLICY_GRACE_DAYS] = { "grace_days", SL_POLICY_KIND_NUMBER, "7", 0, 366 },
  [SL_POLICY_PLAN_CREDITS_CARRY] = { "plan_credits_carry", SL_POLICY_KIND_NUMBER, "0", 0, 24 },
};
G_STATIC_ASSERT (G_N_ELEMENTS (policies) == SL_POLICY_LAST);

static gboolean
bad_value (SlPolicy policy, const char *reason, GError **error)
{
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "%s %s", policies[policy].name, reason);
  return FALSE;
}

static gboolean
parse_number (SlPolicy policy, const char *text, gint64 *out, GError **error)
{
  if (g_ascii_string_to_signed (text, 10, policies[policy].min, policies[policy].max, out, NULL))
    return TRUE;
  g_autofree char *reason = g_strdup_printf ("is a number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
                                             policies[policy].min, policies[policy].max);
  return bad_value (policy, reason, error);
}

static int
compare_tiers (gconstpointer a, gconstpointer b)
{
  const SlCancelTier *tier_a = a, *tier_b = b;
  return tier_a->from_hours > tier_b->from_hours ? -1 : tier_a->from_hours < tier_b->from_hours;
}

/* "24:100 12:50": hours and percents, the longer before the start the more comes back. "none": never anything. */
static GArray *
parse_tiers (const char *text)
{
  g_autoptr (GArray) tiers = g_array_new (FALSE, FALSE, sizeof (SlCancelTier));
  g_auto (GStrv) words = g_strsplit_set (g_str_equal (text, TIERS_NONE) ? "" : text, " ,", -1);
  for (guint i = 0; words[i] != NULL; i++)
    {
      SlCancelTier tier;
      gint64 percent;
      if (*words[i] == '\0')
        continue;
      char *colon = strchr (words[i], ':');
      if (colon == NULL || tiers->len >= CANCEL_TIERS_MAX)
        return NULL;
      *colon = '\0';
      if (!g_ascii_string_to_signed (words[i], 10, 0, CANCEL_HOURS_MAX, &tier.from_hours, NULL)
          || !g_ascii_string_to_signed (colon + 1, 10, 0, 100, &percent, NULL))
        return NULL;
      tier.percent = (int) percent;
      g_array_append_val (tiers, tier);
    }
  g_array_sort (tiers, compare_tiers);
  for (guint i = 1; i < tiers->len; i++)
    {
      const SlCancelTier *longer = &g_array_index (tiers, SlCancelTier, i - 1),
                         *shorter = &g_array_index (tiers, SlCancelTier, i);
      if (longer->from_hours == shorter->from_hours || longer->percent < shorter->percent)
        return NULL;
    }
  return g_steal_pointer (&tiers);
}

static gboolean
check_value (SlPolicy policy, const char *value, GError **error)
{
  gint64 number;
  if (strlen (value) > POLICY_VALUE_MAX_BYTES || !g_utf8_validate (value, -1, NULL))
    return bad_value (policy, "is too long, or no text", error);
  switch (policies[policy].kind)
    {
    case SL_POLICY_KIND_NUMBER:
      return parse_number (policy, value, &number, error);
    case SL_POLICY_KIND_YES_NO:
      return g_str_equal (value, "yes") || g_str_equal (value, "no") || bad_value (policy, "is yes or no", error);
    case SL_POLICY_KIND_HOURS:
      {
        g_autoptr (SlHours) hours = sl_hours_parse (value, error);
        return hours != NULL;
      }
    case SL_POLICY_KIND_TIERS:
      {
        g_autoptr (GArray) tiers = parse_tiers (value);
        /* No tier at all is said in so many letters: an empty value is a slip. */
        return (tiers != NULL && (tiers->len > 0 || g_str_equal (value, TIERS_NONE)))
               || bad_value (policy, "are hours before the start and percents back, such as \"24:100 12:50\"", error);
      }
    default:
      g_assert_not_reached ();
    }
}

/* The row of a policy has no creation: its id follows from what it is about. */
static void
policy_id (const SlId *scope, SlPolicy policy, SlId *out)
{
  sl_id_from_parts ("studioloop policy", scope->bytes, SL_ID_BYTES, policies[policy].name,
                    strlen (policies[policy].name), out);
}

/* The value set in one scope, if it is one that this program understands: a later release may have written another. */
static gboolean
read_scope (SlEngine *engine, const SlId *scope, SlPolicy policy, char **out_value, GError **error)
{
  SlId id;
  *out_value = NULL;
  if (scope == NULL || sl_id_is_none (scope))
    return TRUE;
  policy_id (scope, policy, &id);
  g_autoptr (SlRows) rows = sl_store_query (engine->store, "SELECT value FROM policy WHERE id = ?", "d", &id);
  g_autofree char *value = sl_rows_next (rows) ? sl_rows_dup_text (rows, 0) : NULL;
  if (!sl_rows_finish (rows, error))
    return FALSE;
  if (value != NULL && check_value (policy, value, NULL))
    *out_value = g_steal_pointer (&value);
  return TRUE;
}

/**
 * sl_policy_look_up:
 * @engine: the engine
 * @location: (nullable): where
 * @service: (nullable): for which service
 * @policy: which
 * @out_value: (out) (transfer full): its value
 * @out_scope: (out): the most specific scope that has one; for people
 * @error: return location
 *
 * Takes no lock.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_policy_look_up (SlEngine *engine, const SlId *location, const SlId *service, SlPolicy policy, char **out_value,
                   SlPolicyScope *out_scope, GError **error)
{
  g_return_val_if_fail (engine != NULL && policy < SL_POLICY_LAST && out_value != NULL && out_scope != NULL, FALSE);

  const SlId *scopes[] = { [SL_POLICY_SCOPE_ORGANISATION] = sl_oplog_get_organisation (engine->log),
                           [SL_POLICY_SCOPE_LOCATION] = location,
                           [SL_POLICY_SCOPE_SERVICE] = service };
  for (guint scope = SL_POLICY_SCOPE_SERVICE; scope > SL_POLICY_SCOPE_DEFAULT; scope--)
    {
      *out_scope = scope;
      if (!read_scope (engine, scopes[scope], policy, out_value, error))
        return FALSE;
      if (*out_value != NULL)
        return TRUE;
    }
  *out_scope = SL_POLICY_SCOPE_DEFAULT;
  *out_value = g_strdup (policies[policy].standard);
  return TRUE;
}

/**
 * sl_policy_text:
 * @engine: the engine
 * @location: (nullable): where
 * @service: (nullable): for which service
 * @policy: which
 * @error: return location
 *
 * Takes no lock.
 *
 * Returns: (transfer full): the value of the most specific scope that has one, else the default; %NULL on failure
 */
char *
sl_policy_text (SlEngine *engine, const SlId *location, const SlId *service, SlPolicy policy, GError **error)
{
  g_return_val_if_fail (engine != NULL && policy < SL_POLICY_LAST, NULL);

  SlPolicyScope scope;
  char *value;
  return sl_policy_look_up (engine, location, service, policy, &value, &scope, error) ? value : NULL;
}

/**
 * sl_policy_int:
 * @engine: the engine
 * @location: (nullable): where
 * @service: (nullable): for which service
 * @policy: one that is a number
 * @out_value: (out): its value
 * @error: return location
 *
 * As sl_policy_text(), as a number.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_policy_int (SlEngine *engine, const SlId *location, const SlId *service, SlPolicy policy, gint64 *out_value,
               GError **error)
{
  g_return_val_if_fail (policy < SL_POLICY_LAST && policies[policy].kind == SL_POLICY_KIND_NUMBER && out_value != NULL,
                        FALSE);

  g_autofree char *text = sl_policy_text (engine, location, service, policy, error);
  return text != NULL && parse_number (policy, text, out_value, error);
}

/**
 * sl_policy_bool:
 * @engine: the engine
 * @location: (nullable): where
 * @service: (nullable): for which service
 * @policy: one that is yes or no
 * @out_value: (out): which of the two
 * @error: return location
 *
 * As sl_policy_text(), as a truth.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_policy_bool (SlEngine *engine, const SlId *location, const SlId *service, SlPolicy policy, gboolean *out_value,
                GError **error)
{
  g_return_val_if_fail (policy < SL_POLICY_LAST && policies[policy].kind == SL_POLICY_KIND_YES_NO && out_value != NULL,
                        FALSE);

  g_autofree char *text = sl_policy_text (engine, location, service, policy, error);
  *out_value = g_strcmp0 (text, "yes") == 0;
  return text != NULL;
}

/**
 * sl_policy_cancel_tiers:
 * @engine: the engine
 * @location: (nullable): where
 * @service: (nullable): for which service
 * @error: return location
 *
 * Returns: (transfer full) (element-type SlCancelTier): longest before the start first; what is shorter than all gives
 * nothing back. %NULL on failure
 */
GArray *
sl_policy_cancel_tiers (SlEngine *engine, const SlId *location, const SlId *service, GError **error)
{
  g_autofree char *text = sl_policy_text (engine, location, service, SL_POLICY_CANCEL_TIERS, error);
  return text != NULL ? parse_tiers (text) : NULL;
}

/**
 * sl_policy_name:
 * @policy: which
 *
 * Returns: (transfer none): its outside name
 */
const char *
sl_policy_name (SlPolicy policy)
{
  g_return_val_if_fail (policy < SL_POLICY_LAST, "");

  return policies[policy].name;
}

/**
 * sl_policy_kind:
 * @policy: which
 *
 * Returns: what its values are
 */
SlPolicyKind
sl_policy_kind (SlPolicy policy)
{
  g_return_val_if_fail (policy < SL_POLICY_LAST, SL_POLICY_KIND_NUMBER);

  return policies[policy].kind;
}

/**
 * sl_policy_default:
 * @policy: which
 *
 * Returns: (transfer none): what counts where nobody has set it
 */
const char *
sl_policy_default (SlPolicy policy)
{
  g_return_val_if_fail (policy < SL_POLICY_LAST, "");

  return policies[policy].standard;
}

/**
 * sl_policy_scope_name:
 * @scope: where a value comes from
 *
 * Returns: (transfer none): its outside name
 */
const char *
sl_policy_scope_name (SlPolicyScope scope)
{
  static const char *const names[] = {
    [SL_POLICY_SCOPE_DEFAULT] = "default", [SL_POLICY_SCOPE_ORGANISATION] = "organisation",
    [SL_POLICY_SCOPE_LOCATION] = "location", [SL_POLICY_SCOPE_SERVICE] = "service",
  };
  g_return_val_if_fail (scope < G_N_ELEMENTS (names), "");

  return names[scope];
}

/**
 * sl_policy_parse:
 * @name: (nullable): an outside name
 * @out_policy: (out): which
 *
 * Returns: %FALSE where there is no such policy
 */
gboolean
sl_policy_parse (const char *name, SlPolicy *out_policy)
{
  g_return_val_if_fail (out_policy != NULL, FALSE);

  for (guint i = 0; i < SL_POLICY_LAST; i++)
    if (g_strcmp0 (name, policies[i].name) == 0)
      {
        *out_policy = i;
        return TRUE;
      }
  return FALSE;
}

/* The scope has to be something that policies are asked for. out_location: where it is; what is everywhere is set at
 * this device's location. */
static gboolean
check_scope (SlEngine *engine, const SlId *scope, SlId *out_location, GError **error)
{
  gint64 kind;
  *out_location = engine->location;
  if (!sl_store_query_int (engine->store, 0, &kind, error,
                           "SELECT CASE WHEN EXISTS (SELECT 1 FROM location WHERE id = ?1) THEN 2 "
                           "WHEN ?1 = ?2 OR EXISTS (SELECT 1 FROM service WHERE id = ?1) THEN 1 ELSE 0 END",
                           "dd", scope, sl_oplog_get_organisation (engine->log)))
    return FALSE;
  if (kind == 2)
    *out_location = *scope;
  if (kind == 0)
    g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND,
                 "policies are the organisation's, a location's or a service's: there is no such one");
  return kind != 0;
}

/**
 * sl_policy_set:
 * @engine: the engine
 * @actor: who
 * @scope: (nullable): the organisation's, a location's or a service's id; %NULL or none: the organisation
 * @policy: which
 * @value: (nullable): as text; %NULL: nothing of its own in this scope any more
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_BAD_INPUT for a value that is none, %SL_ERROR_NOT_FOUND for a scope that is
 * none
 */
gboolean
sl_policy_set (SlEngine *engine, const SlActor *actor, const SlId *scope, SlPolicy policy, const char *value,
               SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && policy < SL_POLICY_LAST && out_refusal != NULL, FALSE);

  SlId where = scope != NULL && !sl_id_is_none (scope) ? *scope : *sl_oplog_get_organisation (engine->log);
  SlId location, id;
  if (value != NULL && !check_value (policy, value, error))
    return FALSE;
  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  if (!check_scope (engine, &where, &location, error))
    return sl_command_fail (engine);
  if (!sl_actor_may (actor, SL_ACTION_EDIT_CATALOGUE, &location, out_refusal))
    return sl_command_refuse (engine, actor, "policy set", out_refusal, error);
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_POLICY);
  sl_fields_set_id (fields, "scope", &where);
  sl_fields_set_text (fields, "key", policies[policy].name);
  sl_fields_set_text (fields, "value", value);
  policy_id (&where, policy, &id);
  if (!sl_op_edit (engine->log, &id, fields, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}
