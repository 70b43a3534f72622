/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-staff"

#include "engine/staff.h"

#include "core/text.h"
#include "engine/engine-private.h"
#include "engine/location.h"
#include "engine/pin.h"

#define NAME_MAX_BYTES 120
#define LOCATIONS_MAX 100        /* of one person; a chain with more gives access everywhere */
#define COLUMNS "SELECT id, name, role, locations, active, pin_hash, rate_session_cents, " \
  "rate_hour_cents, rate_head_cents FROM staff "

/**
 * sl_staff_free:
 * @staff: (nullable) (transfer full): a staff member
 */
void
sl_staff_free (SlStaff *staff)
{
  if (staff == NULL)
    return;
  g_free (staff->name);
  g_clear_pointer (&staff->locations, g_array_unref);
  g_free (staff);
}

/* Ids one after the other; nothing: everywhere. */
static GArray *
unpack_locations (const void *data, gsize length)
{
  if (data == NULL || length < SL_ID_BYTES)
    return NULL;
  GArray *locations = g_array_new (FALSE, FALSE, sizeof (SlId));
  g_array_append_vals (locations, data, (guint) (length / SL_ID_BYTES));
  return locations;
}

static gint64
read_rate (SlRows *rows, int column)
{
  return sl_rows_is_null (rows, column) ? SL_NUMBER_NONE : sl_rows_int (rows, column);
}

static SlStaff *
read_staff (SlRows *rows)
{
  SlStaff *staff = g_new0 (SlStaff, 1);
  gsize length = 0;
  const void *locations = sl_rows_blob (rows, 3, &length);
  sl_rows_id (rows, 0, &staff->id);
  staff->name = sl_rows_dup_text (rows, 1);
  /* A role that this program does not know may do nothing here. */
  gboolean known = sl_role_parse (sl_rows_text (rows, 2), &staff->role) && staff->role != SL_ROLE_MEMBER;
  staff->locations = unpack_locations (locations, length);
  staff->rate_session_cents = read_rate (rows, 6);
  staff->rate_hour_cents = read_rate (rows, 7);
  staff->rate_head_cents = read_rate (rows, 8);
  staff->active = known && (sl_rows_is_null (rows, 4) || sl_rows_int (rows, 4) != 0);
  return staff;
}

/* Owner over manager over the others. */
static int
rank (SlRole role)
{
  return role == SL_ROLE_OWNER ? 2 : role == SL_ROLE_MANAGER ? 1 : 0;
}

/* Managers act on staff of their locations who are not above them. locations NULL: somebody who acts everywhere. */
static gboolean
may_manage (const SlActor *actor, SlRole role, const GArray *locations, SlRefusal *out_refusal)
{
  if (!sl_actor_may (actor, SL_ACTION_MANAGE_STAFF, NULL, out_refusal))
    return FALSE;
  if (rank (role) > rank (actor->role)
      || (locations == NULL && actor->locations != NULL && actor->role != SL_ROLE_OWNER))
    return sl_refuse (out_refusal, SL_REFUSAL_NOT_ALLOWED);
  for (guint i = 0; locations != NULL && i < locations->len; i++)
    if (!sl_actor_may (actor, SL_ACTION_MANAGE_STAFF, &g_array_index (locations, SlId, i), out_refusal))
      return FALSE;
  return TRUE;
}

/**
 * sl_staff_may_manage:
 * @actor: who
 * @role: of whom
 * @locations: (nullable) (element-type SlId): where those act; %NULL: everywhere
 *
 * For screens, which offer nothing that would be refused. Any thread.
 *
 * Returns: whether the actor may make or change somebody like that
 */
gboolean
sl_staff_may_manage (const SlActor *actor, SlRole role, const GArray *locations)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_return_val_if_fail (actor != NULL, FALSE);

  return may_manage (actor, role, locations, &refusal);
}

/* Nothing when the PIN is not named or too weak to be hashed; Argon2id takes its time, so this comes before the writer
 * lock. */
static gboolean
hash_pin (SlEngine *engine, const char *pin, char **out_hash, GError **error)
{
  g_auto (SlSealKey) pepper = { 0 };
  *out_hash = NULL;
  if (pin == NULL || sl_pin_is_weak (pin, SL_PIN_STAFF_MIN_DIGITS, SL_PIN_MAX_DIGITS))
    return TRUE;
  if (!sl_oplog_pepper (engine->log, &pepper, error))
    return FALSE;
  *out_hash = sl_pin_hash (engine->world, pin, &pepper);
  return TRUE;
}

/* What was named, read and checked before the writer lock is taken. */
typedef struct {
  SlFields *fields;
  char *hash;
  SlRole role;
  GArray *locations;       /* (nullable) */
} Prepared;

static void
prepared_clear (Prepared *prepared)
{
  g_clear_pointer (&prepared->fields, sl_fields_free);
  g_clear_pointer (&prepared->hash, g_free);
  g_clear_pointer (&prepared->locations, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Prepared, prepared_clear)

static gboolean
set_locations (SlEngine *engine, const SlStaffParams *params, Prepared *out, GError **error)
{
  if (params->everywhere)
    sl_fields_set_bytes (out->fields, "locations", NULL);
  if (params->everywhere || params->n_locations == 0)
    return TRUE;
  if (params->n_locations > LOCATIONS_MAX)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "at most %d locations for one person", LOCATIONS_MAX);
      return FALSE;
    }
  for (guint i = 0; i < params->n_locations; i++)
    {
      g_autoptr (SlLocation) location = sl_location_get (engine, &params->locations[i], error);
      if (location == NULL)
        return FALSE;
    }
  out->locations = unpack_locations (params->locations, params->n_locations * SL_ID_BYTES);
  g_autoptr (GBytes) packed = g_bytes_new (params->locations, params->n_locations * SL_ID_BYTES);
  sl_fields_set_bytes (out->fields, "locations", packed);
  return TRUE;
}

static gboolean
set_rate (SlFields *fields, const char *column, gint64 cents, GError **error)
{
  if (cents == SL_NUMBER_NONE)
    return TRUE;
  if (cents < 0 || cents > SL_STAFF_RATE_MAX_CENTS)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "a rate is from 0 to %d cents", SL_STAFF_RATE_MAX_CENTS);
      return FALSE;
    }
  sl_fields_set_int (fields, column, cents);
  return TRUE;
}

static gboolean
set_rates (const SlStaffRates *rates, SlFields *fields, GError **error)
{
  return rates == NULL
         || (set_rate (fields, "rate_session_cents", rates->session_cents, error)
             && set_rate (fields, "rate_hour_cents", rates->hour_cents, error)
             && set_rate (fields, "rate_head_cents", rates->head_cents, error));
}

static gboolean
prepare (SlEngine *engine, const SlStaffParams *params, Prepared *out, GError **error)
{
  out->fields = sl_fields_new (SL_ENTITY_STAFF);
  if (params->name != NULL)
    {
      g_autofree char *name = sl_text_clean ("the name", params->name, NAME_MAX_BYTES, error);
      if (name == NULL)
        return FALSE;
      if (*name == '\0')
        {
          g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the name is empty");
          return FALSE;
        }
      sl_fields_set_text (out->fields, "name", name);
    }
  if (params->role != NULL)
    {
      if (!sl_role_parse (params->role, &out->role) || out->role == SL_ROLE_MEMBER)
        {
          g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT,
                       "the role is one of owner, manager, finance, receptionist, instructor");
          return FALSE;
        }
      sl_fields_set_text (out->fields, "role", params->role);
    }
  if (!set_rates (params->rates, out->fields, error))
    return FALSE;
  if (!set_locations (engine, params, out, error) || !hash_pin (engine, params->pin, &out->hash, error))
    return FALSE;
  if (out->hash != NULL)
    sl_fields_set_text (out->fields, "pin_hash", out->hash);
  return TRUE;
}

static gboolean
refuse_weak_pin (SlEngine *engine, const SlActor *actor, const char *command, SlRefusal *out_refusal, GError **error)
{
  sl_refuse (out_refusal, SL_REFUSAL_PIN_WEAK);
  return sl_command_refuse (engine, actor, command, out_refusal, error);
}

/**
 * sl_staff_add:
 * @engine: the engine
 * @actor: who
 * @params: name, role and PIN have to be named; without locations the person acts everywhere
 * @out_id: (out): the new staff member
 * @out_refusal: (out): not_allowed, pin_weak
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_BAD_INPUT, %SL_ERROR_NOT_FOUND for a location
 */
gboolean
sl_staff_add (SlEngine *engine, const SlActor *actor, const SlStaffParams *params, SlId *out_id, SlRefusal *out_refusal,
              GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && params != NULL && out_id != NULL && out_refusal != NULL,
                        FALSE);

  g_auto (Prepared) prepared = { 0 };
  if (params->name == NULL || params->role == NULL)
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "a staff member needs a name and a role");
      return FALSE;
    }
  if (!prepare (engine, params, &prepared, error) || !sl_command_begin (engine, actor, error))
    return FALSE;
  if (!may_manage (actor, prepared.role, prepared.locations, out_refusal))
    return sl_command_refuse (engine, actor, "staff add", out_refusal, error);
  if (prepared.hash == NULL)
    return refuse_weak_pin (engine, actor, "staff add", out_refusal, error);
  sl_fields_set_int (prepared.fields, "active", 1);
  if (!sl_op_create (engine->log, prepared.fields, out_id, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

typedef enum { FAILED, REFUSED, OPEN } Begun;

/* Begins, finds whom it is about, asks whether the actor may. Only OPEN leaves the command open. */
static Begun
begin_on (SlEngine *engine, const SlActor *actor, const char *command, const SlId *id, gboolean own_is_enough,
          SlRefusal *out_refusal, GError **error)
{
  if (!sl_command_begin (engine, actor, error))
    return FAILED;
  g_autoptr (SlStaff) staff = sl_staff_get (engine, id, error);
  if (staff == NULL)
    {
      sl_command_fail (engine);
      return FAILED;
    }
  if ((own_is_enough && sl_id_equal (id, &actor->id))
      || may_manage (actor, staff->role, staff->locations, out_refusal))
    return OPEN;
  return sl_command_refuse (engine, actor, command, out_refusal, error) ? REFUSED : FAILED;
}

static gboolean
write_edit (SlEngine *engine, const SlId *id, SlFields *fields, GError **error)
{
  if (!sl_fields_is_empty (fields) && !sl_op_edit (engine->log, id, fields, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

/**
 * sl_staff_edit:
 * @engine: the engine
 * @actor: who
 * @id: whom
 * @params: what is not named stays as it is; a new PIN also ends a lock-out here
 * @out_refusal: (out): not_allowed, pin_weak
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND, %SL_ERROR_BAD_INPUT
 */
gboolean
sl_staff_edit (SlEngine *engine, const SlActor *actor, const SlId *id, const SlStaffParams *params,
               SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && params != NULL && out_refusal != NULL, FALSE);

  g_auto (Prepared) prepared = { 0 };
  if (!prepare (engine, params, &prepared, error))
    return FALSE;
  Begun begun = begin_on (engine, actor, "staff edit", id, FALSE, out_refusal, error);
  if (begun != OPEN)
    return begun == REFUSED;
  gboolean moves = params->n_locations > 0 || params->everywhere;
  if ((params->role != NULL && rank (prepared.role) > rank (actor->role))
      || (moves && !may_manage (actor, SL_ROLE_INSTRUCTOR, prepared.locations, out_refusal)))
    {
      sl_refuse (out_refusal, SL_REFUSAL_NOT_ALLOWED);
      return sl_command_refuse (engine, actor, "staff edit", out_refusal, error);
    }
  if (params->pin != NULL && prepared.hash == NULL)
    return refuse_weak_pin (engine, actor, "staff edit", out_refusal, error);
  if (prepared.hash != NULL && !sl_pin_unlock (engine, id, error))
    return sl_command_fail (engine);
  return write_edit (engine, id, prepared.fields, error);
}

/**
 * sl_staff_set_pin:
 * @engine: the engine
 * @actor: who; everybody may set their own
 * @id: whose
 * @pin: the new PIN; it also ends a lock-out here
 * @out_refusal: (out): not_allowed, pin_weak
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND
 */
gboolean
sl_staff_set_pin (SlEngine *engine, const SlActor *actor, const SlId *id, const char *pin, SlRefusal *out_refusal,
                  GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && pin != NULL && out_refusal != NULL, FALSE);

  g_autofree char *hash = NULL;
  if (!hash_pin (engine, pin, &hash, error))
    return FALSE;
  Begun begun = begin_on (engine, actor, "staff pin", id, TRUE, out_refusal, error);
  if (begun != OPEN)
    return begun == REFUSED;
  if (hash == NULL)
    return refuse_weak_pin (engine, actor, "staff pin", out_refusal, error);
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_STAFF);
  sl_fields_set_text (fields, "pin_hash", hash);
  if (!sl_pin_unlock (engine, id, error))
    return sl_command_fail (engine);
  return write_edit (engine, id, fields, error);
}

static gboolean
set_active (SlEngine *engine, const SlActor *actor, const char *command, const SlId *id, gboolean active,
            SlRefusal *out_refusal, GError **error)
{
  Begun begun = begin_on (engine, actor, command, id, FALSE, out_refusal, error);
  if (begun != OPEN)
    return begun == REFUSED;
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_STAFF);
  sl_fields_set_int (fields, "active", active);
  return write_edit (engine, id, fields, error);
}

/**
 * sl_staff_disable:
 * @engine: the engine
 * @actor: who
 * @id: whom
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * The person can no longer act; what they did stays under their name. Done again it changes nothing.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND
 */
gboolean
sl_staff_disable (SlEngine *engine, const SlActor *actor, const SlId *id, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && out_refusal != NULL, FALSE);

  return set_active (engine, actor, "staff disable", id, FALSE, out_refusal, error);
}

/**
 * sl_staff_enable:
 * @engine: the engine
 * @actor: who
 * @id: whom
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Whoever was disabled can act again, with the PIN that they had.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND
 */
gboolean
sl_staff_enable (SlEngine *engine, const SlActor *actor, const SlId *id, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && out_refusal != NULL, FALSE);

  return set_active (engine, actor, "staff enable", id, TRUE, out_refusal, error);
}

/**
 * sl_staff_list:
 * @engine: the engine
 * @actor: who wants to know: staff of any role
 * @out_staff: (out) (transfer full) (element-type SlStaff): all, disabled ones too, by name; %NULL when refused. What
 *   people are paid is told to themselves and to who manages staff
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Takes no lock.
 *
 * Returns: %FALSE on failure
 */
gboolean
sl_staff_list (SlEngine *engine, const SlActor *actor, GPtrArray **out_staff, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && out_staff != NULL && out_refusal != NULL, FALSE);

  *out_staff = NULL;
  if (actor->role == SL_ROLE_MEMBER)
    {
      sl_refuse (out_refusal, SL_REFUSAL_NOT_ALLOWED);
      return sl_query_refuse (engine, actor, "staff list", out_refusal);
    }
  g_autoptr (GPtrArray) staff = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_staff_free);
  g_autoptr (SlRows) rows = sl_store_query (engine->store, COLUMNS "ORDER BY name, id", "");
  gboolean manages = sl_actor_scope (actor, SL_ACTION_MANAGE_STAFF) != SL_SCOPE_NONE;
  while (sl_rows_next (rows))
    {
      SlStaff *one = read_staff (rows);
      if (!manages && !sl_id_equal (&one->id, &actor->id))
        one->rate_session_cents = one->rate_hour_cents = one->rate_head_cents = SL_NUMBER_NONE;
      g_ptr_array_add (staff, one);
    }
  if (!sl_rows_finish (rows, error))
    return FALSE;
  *out_staff = g_steal_pointer (&staff);
  return TRUE;
}

/* hash (out) (nullable): of the PIN, where it is asked for. */
static SlStaff *
load (SlEngine *engine, const SlId *id, char **out_hash, GError **error)
{
  g_autoptr (SlRows) rows = sl_store_query (engine->store, COLUMNS "WHERE id = ?", "d", id);
  g_autoptr (SlStaff) staff = sl_rows_next (rows) ? read_staff (rows) : NULL;
  if (staff != NULL && out_hash != NULL)
    *out_hash = sl_rows_dup_text (rows, 5);
  if (!sl_rows_finish (rows, error))
    return NULL;
  if (staff == NULL)
    g_set_error (error, SL_ERROR, SL_ERROR_NOT_FOUND, "there is no such staff member");
  return g_steal_pointer (&staff);
}

/**
 * sl_staff_get:
 * @engine: the engine
 * @id: whom
 * @error: return location
 *
 * Returns: (transfer full): the staff member; %NULL with %SL_ERROR_NOT_FOUND or a failure
 */
SlStaff *
sl_staff_get (SlEngine *engine, const SlId *id, GError **error)
{
  g_return_val_if_fail (engine != NULL && id != NULL, NULL);

  return load (engine, id, NULL, error);
}

/**
 * sl_staff_authenticate:
 * @engine: the engine, outside of any command
 * @id: who says to be there
 * @pin: (nullable): the PIN as typed
 * @out_actor: (out caller-allocates): who acts from here on, where nothing is refused; sl_actor_clear() it
 * @out_refusal: (out): staff_inactive, pin_wrong, pin_locked (until_ms)
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND
 */
gboolean
sl_staff_authenticate (SlEngine *engine, const SlId *id, const char *pin, SlActor *out_actor, SlRefusal *out_refusal,
                       GError **error)
{
  g_return_val_if_fail (engine != NULL && id != NULL && out_actor != NULL && out_refusal != NULL, FALSE);

  g_autofree char *hash = NULL;
  SlActor asking = { .id = *id, .role = SL_ROLE_MEMBER };
  *out_actor = (SlActor) { 0 };
  g_autoptr (SlStaff) staff = load (engine, id, &hash, error);
  if (staff == NULL)
    return FALSE;
  if (!staff->active)
    sl_refuse (out_refusal, SL_REFUSAL_STAFF_INACTIVE);
  else if (!sl_pin_check (engine, id, hash, pin, out_refusal, error))
    return FALSE;
  if (out_refusal->code != SL_REFUSAL_NONE)
    return sl_command_note (engine, &asking, "authenticate", out_refusal, error);
  *out_actor = (SlActor) { .id = *id, .role = staff->role, .locations = g_steal_pointer (&staff->locations) };
  return TRUE;
}

/**
 * sl_staff_approve:
 * @engine: the engine, outside of any command
 * @actor: who is about to do something that their role may not do alone
 * @id: who stands beside them
 * @pin: (nullable): that person's PIN as typed
 * @out_refusal: (out): staff_inactive, pin_wrong, pin_locked (until_ms), each with the approver's id: the PIN's lock is
 * theirs
 * @error: return location
 *
 * Takes down that somebody has typed their PIN at the same screen. Whether that is enough is asked for each action:
 * roles.c. It holds for what the actor does until sl_actor_clear(), or until somebody else approves.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND
 */
gboolean
sl_staff_approve (SlEngine *engine, SlActor *actor, const SlId *id, const char *pin, SlRefusal *out_refusal,
                  GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && out_refusal != NULL, FALSE);

  g_auto (SlActor) approver = { 0 };
  char text[SL_ID_TEXT_BYTES];
  sl_actor_clear (actor->approver); /* whoever approved before has gone */
  g_clear_pointer (&actor->approver, g_free);
  if (!sl_staff_authenticate (engine, id, pin, &approver, out_refusal, error))
    return FALSE;
  if (out_refusal->code != SL_REFUSAL_NONE)
    {
      sl_refusal_set_text (out_refusal, "approver", sl_id_format (id, text));
      return TRUE;
    }
  actor->approver = g_new (SlActor, 1);
  *actor->approver = approver;
  approver = (SlActor) { 0 };
  return TRUE;
}
