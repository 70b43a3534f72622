/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk"

#include "desk.h"

#include "date-words.h"
#include "text-fill.h"

#include "core/error.h"
#include "engine/badge.h"

#include <glib/gi18n-lib.h>

/* A job on its way; its own memory on whichever thread has it. */
typedef struct {
  SlDeskJob job;
  SlActor actor;
  gboolean anybody;   /* nobody need be signed in: signing in itself, and the list of who could */
  gpointer result;
  SlRefusal refusal;
  SlId approver;      /* none: nobody stands beside the actor */
  char *approver_pin;
  SlRefusal denied;   /* of the approver's PIN */
  GWeakRef owner;
  gboolean has_owner;
} Job;

typedef struct {
  SlDesk *desk;
  Job *job;
} Sent;

struct _SlDesk {
  GObject parent_instance;

  SlDoor *door;
  SlDevice *device;   /* (nullable) */
  SlWorld *world;
  SlDeskStaff *staff; /* (nullable): nobody */
  SlActor actor;
  GTimeZone *utc;
  Job *asks;          /* (nullable): waits for somebody who may allow it */
};

enum {
  SIGNAL_STAFF_CHANGED, SIGNAL_CHANGED, SIGNAL_CALLS_CHANGED, SIGNAL_SAID, SIGNAL_APPROVAL_WANTED, SIGNAL_SCANNED,
  SIGNAL_OPENED, SIGNAL_FAILED, N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SlDesk, sl_desk, G_TYPE_OBJECT)

/**
 * sl_desk_staff_free:
 * @staff: (nullable) (transfer full): a person
 */
void
sl_desk_staff_free (SlDeskStaff *staff)
{
  if (staff == NULL)
    return;
  g_free (staff->name);
  g_free (staff);
}

static SlDeskStaff *
staff_new (const SlId *id, const char *name, SlRole role)
{
  SlDeskStaff *staff = g_new0 (SlDeskStaff, 1);

  *staff = (SlDeskStaff) { .id = *id, .name = g_strdup (name), .role = role };
  return staff;
}

static void
forget_approver (Job *job)
{
  if (job->approver_pin != NULL)
    memset (job->approver_pin, 0, strlen (job->approver_pin));
  g_clear_pointer (&job->approver_pin, g_free);
}

static void
forget_result (Job *job)
{
  if (job->result != NULL && job->job.free_result != NULL)
    job->job.free_result (job->result);
  job->result = NULL;
}

static void
job_free (Job *job)
{
  forget_result (job);
  if (job->job.request != NULL && job->job.free_request != NULL)
    job->job.free_request (job->job.request);
  forget_approver (job);
  sl_refusal_clear (&job->refusal);
  sl_refusal_clear (&job->denied);
  sl_actor_clear (&job->actor);
  g_weak_ref_clear (&job->owner);
  g_free (job);
}

static void
send_done (SlDesk *self, Job *job, const GError *error)
{
  g_autoptr (GObject) owner = g_weak_ref_get (&job->owner);

  if (g_error_matches (error, SL_ERROR, SL_ERROR_STORAGE))
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, error);
  if (job->job.writes && error == NULL && job->refusal.code == SL_REFUSAL_NONE)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  if (job->job.done == NULL)
    sl_desk_say_outcome (self, &job->refusal, error);
  else if (owner != NULL || !job->has_owner)
    job->job.done (owner, job->result, &job->refusal, error);
}

/* --- on the engine's thread --- */

/* A person may have been let go, or given another role, since they signed in. */
static gboolean
look_up_actor (SlEngine *engine, Job *job, GError **error)
{
  g_autoptr (SlStaff) staff = sl_staff_get (engine, &job->actor.id, error);

  if (staff == NULL)
    return FALSE;
  if (!staff->active)
    {
      sl_refuse (&job->refusal, SL_REFUSAL_STAFF_INACTIVE);
      return TRUE;
    }
  job->actor.role = staff->role;
  g_clear_pointer (&job->actor.locations, g_array_unref);
  job->actor.locations = g_steal_pointer (&staff->locations);
  return TRUE;
}

static gboolean
run_job (SlEngine *engine, gpointer data, gboolean *out_wrote, GError **error)
{
  Job *job = data;

  if (!job->anybody && !look_up_actor (engine, job, error))
    return FALSE;
  if (job->refusal.code != SL_REFUSAL_NONE)
    return TRUE;
  if (!sl_id_is_none (&job->approver)
      && !sl_staff_approve (engine, &job->actor, &job->approver, job->approver_pin, &job->denied, error))
    return FALSE;
  if (job->denied.code != SL_REFUSAL_NONE)
    return TRUE;
  if (!job->job.work (engine, &job->actor, job->job.request, &job->result, &job->refusal, error))
    return FALSE;
  *out_wrote = job->job.writes && job->refusal.code == SL_REFUSAL_NONE;
  return TRUE;
}

/* --- on the desk's thread --- */

static gboolean
may_be_approved (SlDesk *self, const Job *job)
{
  return !job->anybody && self->staff != NULL
         && (job->refusal.code == SL_REFUSAL_APPROVAL_REQUIRED || job->refusal.code == SL_REFUSAL_REFUND_OVER_LIMIT);
}

static void
on_job_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Sent *sent = user_data;
  g_autoptr (SlDesk) self = sent->desk;
  Job *job = sent->job;
  g_autoptr (GError) error = NULL;

  g_free (sent);
  sl_door_run_finish (SL_DOOR (source), result, &error);
  forget_approver (job);
  if (error == NULL && self->asks == NULL && may_be_approved (self, job))
    {
      self->asks = job;
      g_signal_emit (self, signals[SIGNAL_APPROVAL_WANTED], 0,
                     dgettext (GETTEXT_PACKAGE, sl_refusal_info (job->refusal.code)->message));
      return;
    }
  if (error == NULL && job->refusal.code == SL_REFUSAL_STAFF_INACTIVE && !job->anybody)
    sl_desk_sign_out (self);
  send_done (self, job, error);
  job_free (job);
}

static void
send_job (SlDesk *self, Job *job)
{
  Sent *sent = g_new0 (Sent, 1);

  sent->desk = g_object_ref (self);
  sent->job = job;
  (job->job.apart ? sl_door_run_apart_async : sl_door_run_async) (self->door, run_job, job, NULL, NULL, on_job_done,
                                                                  sent);
}

static Job *
job_new (SlDesk *self, GObject *owner, const SlDeskJob *what, gboolean anybody)
{
  Job *job = g_new0 (Job, 1);

  job->job = *what;
  job->anybody = anybody;
  job->has_owner = owner != NULL;
  g_weak_ref_init (&job->owner, owner);
  if (anybody)
    sl_actor_init_owner (&job->actor);
  else
    sl_actor_copy (&self->actor, &job->actor);
  return job;
}

static void
on_board_changed (SlDoor *door, SlDesk *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
sl_desk_dispose (GObject *object)
{
  SlDesk *self = SL_DESK (object);

  if (self->door != NULL)
    g_signal_handlers_disconnect_by_data (self->door, self);
  g_clear_object (&self->door);
  g_clear_object (&self->device);
  g_clear_pointer (&self->asks, job_free);
  g_clear_pointer (&self->staff, sl_desk_staff_free);
  G_OBJECT_CLASS (sl_desk_parent_class)->dispose (object);
}

static void
sl_desk_finalize (GObject *object)
{
  sl_actor_clear (&SL_DESK (object)->actor);
  g_time_zone_unref (SL_DESK (object)->utc);
  G_OBJECT_CLASS (sl_desk_parent_class)->finalize (object);
}

static void
sl_desk_class_init (SlDeskClass *class)
{
  GType type = G_TYPE_FROM_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sl_desk_dispose;
  G_OBJECT_CLASS (class)->finalize = sl_desk_finalize;
  signals[SIGNAL_STAFF_CHANGED] = g_signal_new ("staff-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                G_TYPE_NONE, 0);
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_CALLS_CHANGED] = g_signal_new ("calls-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  signals[SIGNAL_SAID] = g_signal_new ("said", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_INT,
                                       G_TYPE_STRING);
  signals[SIGNAL_APPROVAL_WANTED] = g_signal_new ("approval-wanted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                  G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_SCANNED] = g_signal_new ("scanned", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                          G_TYPE_STRING);
  signals[SIGNAL_OPENED] = g_signal_new ("opened", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                         G_TYPE_INT, G_TYPE_POINTER);
  signals[SIGNAL_FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                         G_TYPE_ERROR);
}

static void
sl_desk_init (SlDesk *self)
{
  self->utc = g_time_zone_new_utc ();
}

/**
 * sl_desk_new:
 * @door: the door whose engine it uses
 * @world: clock and random; must outlive the desk
 *
 * Returns: (transfer full): a desk where nobody has signed in
 */
SlDesk *
sl_desk_new (SlDoor *door, SlWorld *world)
{
  SlDesk *self;

  g_return_val_if_fail (SL_IS_DOOR (door) && world != NULL, NULL);
  self = g_object_new (SL_TYPE_DESK, NULL);
  self->door = g_object_ref (door);
  self->world = world;
  g_signal_connect (door, "board-changed", G_CALLBACK (on_board_changed), self);
  return self;
}

/**
 * sl_desk_run:
 * @self: a desk
 * @owner: (nullable): whoever wants to know; gone, nobody is told
 * @job: what to do; copied, its request becomes the desk's
 *
 * Has the engine do something in the name of who has signed in. Where it takes a manager, "approval-wanted" asks for
 * one, and the job is done again with them beside. Returns at once; with nobody signed in, it is refused as
 * not_allowed.
 */
void
sl_desk_run (SlDesk *self, GObject *owner, const SlDeskJob *job)
{
  Job *made;

  g_return_if_fail (SL_IS_DESK (self) && job != NULL && job->work != NULL);
  made = job_new (self, owner, job, FALSE);
  if (self->staff != NULL)
    {
      send_job (self, made);
      return;
    }
  sl_refuse (&made->refusal, SL_REFUSAL_NOT_ALLOWED);
  send_done (self, made, NULL);
  job_free (made);
}

/* --- who --- */

typedef struct {
  SlId id;
  char *pin;
} Credentials;

static void
credentials_free (gpointer data)
{
  Credentials *credentials = data;

  memset (credentials->pin, 0, strlen (credentials->pin));
  g_free (credentials->pin);
  g_free (credentials);
}

typedef struct {
  SlDeskStaff *staff;
  SlActor actor;
} SignedIn;

static void
signed_in_free (gpointer data)
{
  SignedIn *in = data;

  g_clear_pointer (&in->staff, sl_desk_staff_free);
  sl_actor_clear (&in->actor);
  g_free (in);
}

static gboolean
authenticate (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result, SlRefusal *out_refusal,
              GError **error)
{
  const Credentials *credentials = request;
  SignedIn *in = g_new0 (SignedIn, 1);
  g_autoptr (SlStaff) staff = NULL;

  if (!sl_staff_authenticate (engine, &credentials->id, credentials->pin, &in->actor, out_refusal, error)
      || (out_refusal->code == SL_REFUSAL_NONE && (staff = sl_staff_get (engine, &credentials->id, error)) == NULL))
    {
      signed_in_free (in);
      return FALSE;
    }
  if (out_refusal->code != SL_REFUSAL_NONE)
    {
      signed_in_free (in);
      return TRUE;
    }
  in->staff = staff_new (&staff->id, staff->name, staff->role);
  *out_result = in;
  return TRUE;
}

static void
on_authenticated (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Sent *sent = user_data;
  g_autoptr (SlDesk) self = sent->desk;
  Job *job = sent->job;
  g_autoptr (GError) error = NULL;

  g_free (sent);
  sl_door_run_finish (SL_DOOR (source), result, &error);
  if (error == NULL && job->refusal.code == SL_REFUSAL_NONE)
    {
      SignedIn *in = job->result;

      g_clear_pointer (&self->asks, job_free); /* of whoever was there before */
      g_clear_pointer (&self->staff, sl_desk_staff_free);
      sl_actor_clear (&self->actor);
      self->staff = g_steal_pointer (&in->staff);
      self->actor = in->actor;
      in->actor = (SlActor) { 0 };
      forget_result (job);
      g_signal_emit (self, signals[SIGNAL_STAFF_CHANGED], 0);
    }
  send_done (self, job, error);
  job_free (job);
}

/**
 * sl_desk_sign_in:
 * @self: a desk
 * @staff: who says to be there
 * @pin: as typed
 * @owner: (nullable): whoever wants to know
 * @done: told how it went; no result
 *
 * Signs a person in, in the place of whoever was there: what they see stays as it is.
 */
void
sl_desk_sign_in (SlDesk *self, const SlId *staff, const char *pin, GObject *owner, SlDeskDone done)
{
  Credentials *credentials = g_new0 (Credentials, 1);
  Sent *sent = g_new0 (Sent, 1);

  *credentials = (Credentials) { .id = *staff, .pin = g_strdup (pin) };
  sent->desk = g_object_ref (self);
  sent->job = job_new (self, owner, &(SlDeskJob) { .work = authenticate, .request = credentials,
                       .free_request = credentials_free, .free_result = signed_in_free, .done = done }, TRUE);
  sl_door_run_async (self->door, run_job, sent->job, NULL, NULL, on_authenticated, sent);
}

/**
 * sl_desk_sign_out:
 * @self: a desk
 *
 * Nobody is there any more. What was asked for before is still done.
 */
void
sl_desk_sign_out (SlDesk *self)
{
  g_return_if_fail (SL_IS_DESK (self));
  if (self->staff == NULL)
    return;
  sl_desk_refuse_approval (self);
  g_clear_pointer (&self->staff, sl_desk_staff_free);
  sl_actor_clear (&self->actor);
  self->actor = (SlActor) { 0 };
  g_signal_emit (self, signals[SIGNAL_STAFF_CHANGED], 0);
}

/**
 * sl_desk_get_staff:
 * @self: a desk
 *
 * Returns: (transfer none) (nullable): who has signed in, until "staff-changed"
 */
const SlDeskStaff *
sl_desk_get_staff (SlDesk *self)
{
  g_return_val_if_fail (SL_IS_DESK (self), NULL);
  return self->staff;
}

/**
 * sl_desk_unref_array:
 * @array: (transfer full): a #GPtrArray
 *
 * What a job whose result is one is freed with.
 */
void
sl_desk_unref_array (gpointer array)
{
  g_ptr_array_unref (array);
}

static gboolean
list_people (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result, SlRefusal *out_refusal,
             GError **error)
{
  g_autoptr (GPtrArray) staff = NULL;
  GPtrArray *people;
  SlId here;

  if (!sl_staff_list (engine, actor, &staff, out_refusal, error))
    return FALSE;
  sl_engine_get_location (engine, &here);
  people = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_desk_staff_free);
  for (guint i = 0; staff != NULL && i < staff->len; i++)
    {
      const SlStaff *one = g_ptr_array_index (staff, i);
      gboolean works_here = one->locations == NULL;

      for (guint l = 0; !works_here && l < one->locations->len; l++)
        works_here = sl_id_equal (&g_array_index (one->locations, SlId, l), &here);
      if (one->active && works_here)
        g_ptr_array_add (people, staff_new (&one->id, one->name, one->role));
    }
  *out_result = people;
  return TRUE;
}

/**
 * sl_desk_load_people:
 * @self: a desk
 * @owner: (nullable): whoever wants to know
 * @done: its result: (element-type SlDeskStaff): who may sign in here
 *
 * For the page that asks for a PIN: nobody need be signed in.
 */
void
sl_desk_load_people (SlDesk *self, GObject *owner, SlDeskDone done)
{
  g_return_if_fail (SL_IS_DESK (self));
  send_job (self, job_new (self, owner, &(SlDeskJob) { .work = list_people, .free_result = sl_desk_unref_array,
                           .done = done }, TRUE));
}

static gboolean
read_badge (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result, SlRefusal *out_refusal,
            GError **error)
{
  g_autoptr (SlStaff) staff = NULL;

  if (!sl_badge_read (engine, request, &staff, out_refusal, error))
    return FALSE;
  if (staff != NULL)
    *out_result = staff_new (&staff->id, staff->name, staff->role);
  return TRUE;
}

/**
 * sl_desk_read_badge:
 * @self: a desk
 * @code: what was scanned
 * @owner: (nullable): whoever wants to know
 * @done: its result: a #SlDeskStaff, whom the badge picks on the PIN pad
 *
 * Nobody need be signed in.
 */
void
sl_desk_read_badge (SlDesk *self, const char *code, GObject *owner, SlDeskDone done)
{
  g_return_if_fail (SL_IS_DESK (self) && code != NULL);
  send_job (self, job_new (self, owner, &(SlDeskJob) { .work = read_badge, .request = g_strdup (code),
                           .free_request = g_free, .free_result = (GDestroyNotify) sl_desk_staff_free,
                           .done = done }, TRUE));
}

/* --- approval --- */

typedef struct {
  SlDesk *desk;
  Job *job;
  GWeakRef owner;
  SlDeskDone done;
} Approving;

/* The approver's PIN was looked at: the job that waits is done, or goes on waiting. */
static void
on_approved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Approving *approving = user_data;
  g_autoptr (SlDesk) self = approving->desk;
  g_autoptr (GObject) owner = g_weak_ref_get (&approving->owner);
  SlDeskDone done = approving->done;
  Job *job = approving->job;
  g_autoptr (GError) error = NULL;
  gboolean denied;

  g_weak_ref_clear (&approving->owner);
  g_free (approving);
  sl_door_run_finish (SL_DOOR (source), result, &error);
  forget_approver (job);
  denied = error == NULL && job->denied.code != SL_REFUSAL_NONE;
  if (owner != NULL)
    done (owner, NULL, &job->denied, NULL);
  if (denied && self->asks == NULL && self->staff != NULL)
    {
      sl_refusal_clear (&job->denied);
      job->denied = (SlRefusal) { 0 };
      job->approver = sl_id_none;
      self->asks = job;
      return;
    }
  if (denied) /* nobody waits for it any more: as it was refused at first */
    sl_refuse (&job->refusal, SL_REFUSAL_APPROVAL_REQUIRED);
  send_done (self, job, error);
  job_free (job);
}

/**
 * sl_desk_approve:
 * @self: a desk, after "approval-wanted"
 * @staff: who stands beside
 * @pin: their PIN as typed
 * @owner: whoever wants to know
 * @done: how the PIN was taken: refusals pin_wrong, pin_locked, staff_inactive leave the question open; the job's own
 *   end is told to whoever asked for the job
 *
 * Does what waits for approval again, with that person beside.
 */
void
sl_desk_approve (SlDesk *self, const SlId *staff, const char *pin, GObject *owner, SlDeskDone done)
{
  Approving *approving;
  Job *job;

  g_return_if_fail (SL_IS_DESK (self) && owner != NULL);
  if (self->asks == NULL)
    return;
  job = g_steal_pointer (&self->asks);
  sl_refusal_clear (&job->refusal);
  job->refusal = (SlRefusal) { 0 };
  forget_result (job);
  job->approver = *staff;
  job->approver_pin = g_strdup (pin);
  approving = g_new0 (Approving, 1);
  approving->desk = g_object_ref (self);
  approving->job = job;
  approving->done = done;
  g_weak_ref_init (&approving->owner, owner);
  sl_door_run_async (self->door, run_job, job, NULL, NULL, on_approved, approving);
}

/**
 * sl_desk_refuse_approval:
 * @self: a desk
 *
 * What waits for approval is not done; whoever asked for it is told the refusal.
 */
void
sl_desk_refuse_approval (SlDesk *self)
{
  Job *job;

  g_return_if_fail (SL_IS_DESK (self));
  job = g_steal_pointer (&self->asks);
  if (job == NULL)
    return;
  send_done (self, job, NULL);
  job_free (job);
}

/* --- words --- */

/**
 * sl_desk_say:
 * @self: a desk
 * @tone: how it is meant
 * @text: in the language of the moment
 *
 * Shows a line at the bottom of whichever page is there.
 */
void
sl_desk_say (SlDesk *self, SlDeskTone tone, const char *text)
{
  g_return_if_fail (SL_IS_DESK (self) && text != NULL);
  g_signal_emit (self, signals[SIGNAL_SAID], 0, tone, text);
}

/**
 * sl_desk_pin_words:
 * @refusal: of a PIN
 * @zone: (nullable): the place's; without it no time is said
 *
 * Returns: (transfer full): why it opened nothing
 */
char *
sl_desk_pin_words (const SlRefusal *refusal, GTimeZone *zone)
{
  gint64 until_ms = sl_refusal_get_int (refusal, "until_ms", 0);
  g_autofree char *time = NULL;

  if (refusal->code != SL_REFUSAL_PIN_LOCKED || until_ms <= 0 || zone == NULL)
    return g_strdup (dgettext (GETTEXT_PACKAGE, sl_refusal_info (refusal->code)->message));
  time = sl_date_words_time (until_ms, zone);
  return sl_text_fill (_("Too many wrong PINs. Locked until {time}."), "time", time, NULL);
}

/**
 * sl_desk_say_outcome:
 * @self: a desk
 * @refusal: of a job
 * @error: (nullable): of a job
 *
 * Says why something was not done, and what to do; nothing where it was.
 */
void
sl_desk_say_outcome (SlDesk *self, const SlRefusal *refusal, const GError *error)
{
  const SlCodeInfo *info;
  g_autofree char *text = NULL;

  g_return_if_fail (SL_IS_DESK (self) && refusal != NULL);
  if (error != NULL && error->domain == G_IO_ERROR)
    return; /* closed or given up: nobody waits */
  if (error == NULL && refusal->code == SL_REFUSAL_NONE)
    return;
  if (error != NULL)
    g_warning ("Something at the desk failed: %s", error->message);
  info = error == NULL ? sl_refusal_info (refusal->code)
                       : sl_error_info (error->domain == SL_ERROR ? error->code : SL_ERROR_STORAGE);
  if (*info->hint == '\0')
    text = g_strdup (dgettext (GETTEXT_PACKAGE, info->message));
  else
    text = g_strdup_printf ("%s %s", dgettext (GETTEXT_PACKAGE, info->message),
                            dgettext (GETTEXT_PACKAGE, info->hint));
  sl_desk_say (self, error != NULL ? SL_DESK_TONE_REFUSED : SL_DESK_TONE_ATTENTION, text);
}

/**
 * sl_desk_open:
 * @self: a desk
 * @place: where to go
 * @id: (nullable): what to show there
 */
void
sl_desk_open (SlDesk *self, SlDeskPlace place, const SlId *id)
{
  SlId shown = id != NULL ? *id : sl_id_none;

  g_return_if_fail (SL_IS_DESK (self));
  g_signal_emit (self, signals[SIGNAL_OPENED], 0, place, &shown);
}

/**
 * sl_desk_scan:
 * @self: a desk
 * @code: what was read, whatever it is
 *
 * For the section in sight: a section out of sight does not listen.
 */
void
sl_desk_scan (SlDesk *self, const char *code)
{
  g_return_if_fail (SL_IS_DESK (self) && code != NULL);
  g_signal_emit (self, signals[SIGNAL_SCANNED], 0, code);
}

/* --- the place --- */

/**
 * sl_desk_get_door:
 * @self: a desk
 *
 * Returns: (transfer none): the door whose engine it uses
 */
SlDoor *
sl_desk_get_door (SlDesk *self)
{
  g_return_val_if_fail (SL_IS_DESK (self), NULL);
  return self->door;
}

/**
 * sl_desk_set_device:
 * @self: a desk
 * @device: what it stands on
 */
void
sl_desk_set_device (SlDesk *self, SlDevice *device)
{
  g_return_if_fail (SL_IS_DESK (self) && SL_IS_DEVICE (device));
  g_set_object (&self->device, device);
}

/**
 * sl_desk_get_device:
 * @self: a desk
 *
 * Returns: (transfer none) (nullable): what it stands on
 */
SlDevice *
sl_desk_get_device (SlDesk *self)
{
  g_return_val_if_fail (SL_IS_DESK (self), NULL);
  return self->device;
}

/**
 * sl_desk_get_now_ms:
 * @self: a desk
 *
 * Returns: the time of the moment, ms since 1970
 */
gint64
sl_desk_get_now_ms (SlDesk *self)
{
  g_return_val_if_fail (SL_IS_DESK (self), 0);
  return self->world->now_ms (self->world);
}

/**
 * sl_desk_get_zone:
 * @self: a desk
 *
 * Returns: (transfer none): the zone of this place; UTC before it is known
 */
GTimeZone *
sl_desk_get_zone (SlDesk *self)
{
  const SlDoorPlaceInfo *place = sl_door_get_place (self->door);

  return place != NULL ? place->zone : self->utc;
}

/**
 * sl_desk_get_currency:
 * @self: a desk
 *
 * Returns: (transfer none): ISO 4217 code of the studio; "" before it is known
 */
const char *
sl_desk_get_currency (SlDesk *self)
{
  const SlDoorPlaceInfo *place = sl_door_get_place (self->door);

  return place != NULL && place->currency != NULL ? place->currency : "";
}
