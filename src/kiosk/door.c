/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-door"

#include "door.h"
#include "upkeep.h"

#include "core/error.h"
#include "engine/run-due.h"

#include <malloc.h>

/* What belongs to the engine's thread. Counted: notes that are on their way when the door goes still hold it. */
typedef struct {
  char *data_dir;
  SlWorld *world;
  GMainContext *context;
  GMainLoop *loop;
  SlEngine *engine;       /* (nullable): not open */
  char *last_failure;     /* (nullable): of opening; the same is told once */
  gboolean upkeep_failed; /* told; it goes on being tried */
  gint64 data_version;
  SlUpkeepTimes upkeep;
  GSource *rest;          /* (nullable): closes the engine, of what runs apart */
  GMainContext *owner_context;
  SlDoor *door;           /* (nullable): for the owner's thread only; NULL once it is closed */
} Keeper;

struct _SlDoor {
  GObject parent_instance;

  GThread *thread;        /* (nullable): closed */
  Keeper *keeper;
  GThread *apart_thread;  /* (nullable): nothing long has been asked for */
  Keeper *apart;          /* (nullable): its */
  SlDoorState state;
  GError *error;          /* with SHUT */
  SlDoorPlaceInfo *place; /* (nullable): never been open */
};

enum { SIGNAL_STATE_CHANGED, SIGNAL_BOARD_CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SlDoor, sl_door, G_TYPE_OBJECT)

/* A note from the engine's thread to the owner's. */
typedef struct {
  Keeper *keeper;
  gboolean is_state;      /* else only the board has changed */
  SlDoorState state;
  GError *error;          /* (nullable) */
  SlDoorPlaceInfo *place; /* (nullable) */
} Note;

/* A request to the engine's thread. */
typedef struct {
  Keeper *keeper;
  char *code;
  SlId session_id;
  guint limit;
  SlDoorWork work;
  gpointer data;
  GDestroyNotify free_data;
} Call;

static void
place_free (SlDoorPlaceInfo *place)
{
  g_free (place->studio_name);
  g_free (place->location_name);
  g_free (place->currency);
  g_time_zone_unref (place->zone);
  g_free (place);
}

static void
keeper_clear (gpointer data)
{
  Keeper *keeper = data;

  g_main_loop_unref (keeper->loop);
  g_main_context_unref (keeper->context);
  g_main_context_unref (keeper->owner_context);
  g_free (keeper->last_failure);
  g_free (keeper->data_dir);
}

static void
keeper_release (Keeper *keeper)
{
  g_atomic_rc_box_release_full (keeper, keeper_clear);
}

static void
note_free (Note *note)
{
  g_clear_pointer (&note->keeper, keeper_release);
  g_clear_error (&note->error);
  g_clear_pointer (&note->place, place_free);
  g_free (note);
}

static void
call_free (Call *call)
{
  if (call->free_data != NULL)
    call->free_data (call->data);
  g_free (call->code);
  g_free (call);
}

/* Owner's thread */
static gboolean
on_note (gpointer user_data)
{
  Note *note = user_data;
  g_autoptr (SlDoor) self = NULL;

  if (note->keeper->door == NULL)
    return G_SOURCE_REMOVE;
  self = g_object_ref (note->keeper->door);
  if (!note->is_state)
    {
      g_signal_emit (self, signals[SIGNAL_BOARD_CHANGED], 0);
      return G_SOURCE_REMOVE;
    }
  self->state = note->state;
  g_clear_error (&self->error);
  self->error = g_steal_pointer (&note->error);
  if (note->place != NULL)
    {
      g_clear_pointer (&self->place, place_free);
      self->place = g_steal_pointer (&note->place);
    }
  g_signal_emit (self, signals[SIGNAL_STATE_CHANGED], 0);
  return G_SOURCE_REMOVE;
}

/* Engine's thread, from here on */
static void
send_note (Keeper *keeper, Note *note)
{
  note->keeper = g_atomic_rc_box_acquire (keeper);
  g_main_context_invoke_full (keeper->owner_context, G_PRIORITY_DEFAULT, on_note, note, (GDestroyNotify) note_free);
}

static void
tell_board (Keeper *keeper)
{
  send_note (keeper, g_new0 (Note, 1));
}

static void
tell_open (Keeper *keeper)
{
  Note *note = g_new0 (Note, 1);

  note->is_state = TRUE;
  note->state = SL_DOOR_OPEN;
  note->place = g_new0 (SlDoorPlaceInfo, 1);
  note->place->studio_name = g_strdup (sl_engine_studio_name (keeper->engine));
  note->place->location_name = g_strdup (sl_engine_location_name (keeper->engine));
  note->place->currency = g_strdup (sl_engine_currency (keeper->engine));
  note->place->zone = g_time_zone_ref (sl_engine_time_zone (keeper->engine));
  note->place->has_hub = sl_engine_has_hub (keeper->engine);
  send_note (keeper, note);
}

static void
tell_shut (Keeper *keeper, const GError *failure)
{
  Note *note = g_new0 (Note, 1);

  note->is_state = TRUE;
  note->state = SL_DOOR_SHUT;
  note->error = g_error_copy (failure);
  send_note (keeper, note);
}

/* Between what is asked for: phone numbers are looked up among names that are sealed. */
static gboolean
on_spare_time (gpointer user_data)
{
  Keeper *keeper = user_data;
  g_autoptr (GError) error = NULL;
  gboolean done = TRUE;

  if (keeper->engine != NULL && !sl_engine_warm (keeper->engine, &done, &error))
    g_debug ("opening names ahead: %s", error->message);
  return done || error != NULL ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

static void
warm_up (Keeper *keeper)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_LOW);
  g_source_set_callback (source, on_spare_time, keeper, NULL);
  g_source_attach (source, keeper->context);
}

static gboolean
open_engine (Keeper *keeper, GError **error)
{
  g_autoptr (GError) failure = NULL;

  if (keeper->engine != NULL)
    return TRUE;
  keeper->engine = sl_engine_open (keeper->data_dir, keeper->world, &failure);
  if (keeper->engine == NULL)
    {
      if (g_strcmp0 (keeper->last_failure, failure->message) != 0)
        {
          g_free (keeper->last_failure);
          keeper->last_failure = g_strdup (failure->message);
          tell_shut (keeper, failure);
        }
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  g_clear_pointer (&keeper->last_failure, g_free);
  keeper->data_version = sl_engine_data_version (keeper->engine);
  sl_upkeep_begin (&keeper->upkeep, g_get_monotonic_time ());
  tell_open (keeper);
  warm_up (keeper);
  return TRUE;
}

static void
tell_upkeep (Keeper *keeper, const GError *error)
{
  if (error != NULL && !keeper->upkeep_failed)
    g_warning ("The upkeep of the data failed: %s", error->message);
  keeper->upkeep_failed = error != NULL;
}

/* What the clock has made due; checkpoints. */
static void
keep_up (Keeper *keeper)
{
  SlUpkeep next = sl_upkeep_next (&keeper->upkeep, g_get_monotonic_time ());
  SlDueCounts counts = { 0 };
  g_autoptr (GError) error = NULL;

  if (next == SL_UPKEEP_NOTHING)
    return;
  if (next == SL_UPKEEP_STORE)
    (void) sl_engine_idle (keeper->engine, &error);
  else if (sl_run_due (keeper->engine, &counts, &error)
           && counts.holds_expired + counts.sessions_released + counts.no_shows > 0)
    tell_board (keeper);
  tell_upkeep (keeper, error);
}

static gboolean
on_poll (gpointer user_data)
{
  Keeper *keeper = user_data;
  gint64 version;

  if (keeper->engine == NULL)
    return G_SOURCE_CONTINUE;
  sl_engine_settle (keeper->engine);
  version = sl_engine_data_version (keeper->engine);
  if (version != keeper->data_version)
    {
      keeper->data_version = version;
      tell_board (keeper);
    }
  keep_up (keeper);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_retry (gpointer user_data)
{
  Keeper *keeper = user_data;

  (void) open_engine (keeper, NULL); /* told where it is new */
  return G_SOURCE_CONTINUE;
}

static void
add_timer (Keeper *keeper, guint interval_ms, GSourceFunc func)
{
  g_autoptr (GSource) source = g_timeout_source_new (interval_ms);

  g_source_set_callback (source, func, keeper, NULL);
  g_source_attach (source, keeper->context);
}

static gpointer
keep_door (gpointer user_data)
{
  Keeper *keeper = user_data;

  g_main_context_push_thread_default (keeper->context);
  (void) open_engine (keeper, NULL); /* told */
  add_timer (keeper, SL_DOOR_POLL_MS, on_poll);
  add_timer (keeper, SL_DOOR_RETRY_MS, on_retry);
  g_main_loop_run (keeper->loop);
  g_clear_pointer (&keeper->engine, sl_engine_close);
  g_main_context_pop_thread_default (keeper->context);
  return NULL;
}

static gboolean
run_check_in (gpointer user_data)
{
  GTask *task = user_data;
  Call *call = g_task_get_task_data (task);
  SlCheckinRequest request = { .code = call->code, .session_id = call->session_id };
  g_autoptr (SlCheckinAnswer) answer = NULL;
  GError *error = NULL;

  if (g_task_return_error_if_cancelled (task))
    return G_SOURCE_REMOVE;
  if (!open_engine (call->keeper, &error) || !sl_checkin (call->keeper->engine, &request, &answer, &error))
    {
      g_task_return_error (task, error);
      return G_SOURCE_REMOVE;
    }
  call->keeper->upkeep.asked_us = g_get_monotonic_time ();
  if (answer->result == SL_REFUSAL_NONE)
    tell_board (call->keeper);
  g_task_return_pointer (task, g_steal_pointer (&answer), (GDestroyNotify) sl_checkin_answer_free);
  return G_SOURCE_REMOVE;
}

static gboolean
run_load_board (gpointer user_data)
{
  GTask *task = user_data;
  Call *call = g_task_get_task_data (task);
  GPtrArray *sessions = NULL;
  GError *error = NULL;

  if (g_task_return_error_if_cancelled (task))
    return G_SOURCE_REMOVE;
  if (open_engine (call->keeper, &error))
    sessions = sl_board_next (call->keeper->engine, call->limit, &error);
  if (sessions == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, sessions, (GDestroyNotify) g_ptr_array_unref);
  return G_SOURCE_REMOVE;
}

/* error: (nullable) (transfer full): why there is no engine to do it with */
static void
do_work (GTask *task, GError *error)
{
  Call *call = g_task_get_task_data (task);
  gboolean wrote = FALSE, done;

  done = error == NULL && call->work (call->keeper->engine, call->data, &wrote, &error);
  if (wrote)
    tell_board (call->keeper);
  if (done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static gboolean
run_work (gpointer user_data)
{
  GTask *task = user_data;
  Keeper *keeper = ((Call *) g_task_get_task_data (task))->keeper;
  GError *error = NULL;

  if (g_task_return_error_if_cancelled (task))
    return G_SOURCE_REMOVE;
  (void) open_engine (keeper, &error);
  do_work (task, error);
  keeper->upkeep.asked_us = g_get_monotonic_time ();
  return G_SOURCE_REMOVE;
}

/* Once nothing more is asked for: what is rare keeps nothing open. A report fills the database's cache, and malloc
 * would keep that for this thread; giving it back holds up the other threads' malloc, so it waits until hands rest. */
static gboolean
on_nothing_apart (gpointer user_data)
{
  Keeper *keeper = user_data;

  g_clear_pointer (&keeper->rest, g_source_unref);
  g_clear_pointer (&keeper->engine, sl_engine_close);
  (void) malloc_trim (0);
  return G_SOURCE_REMOVE;
}

static void
drop_rest (Keeper *keeper)
{
  if (keeper->rest != NULL)
    g_source_destroy (keeper->rest);
  g_clear_pointer (&keeper->rest, g_source_unref);
}

static void
rest_soon (Keeper *keeper)
{
  drop_rest (keeper);
  keeper->rest = g_timeout_source_new (SL_DOOR_APART_KEPT_MS);
  g_source_set_callback (keeper->rest, on_nothing_apart, keeper, NULL);
  g_source_attach (keeper->rest, keeper->context);
}

/* With an engine of its own, as another program would. */
static gboolean
run_apart (gpointer user_data)
{
  GTask *task = user_data;
  Keeper *keeper = ((Call *) g_task_get_task_data (task))->keeper;
  GError *error = NULL;

  if (g_task_return_error_if_cancelled (task))
    return G_SOURCE_REMOVE;
  if (keeper->engine == NULL)
    keeper->engine = sl_engine_open (keeper->data_dir, keeper->world, &error);
  do_work (task, error);
  rest_soon (keeper);
  return G_SOURCE_REMOVE;
}

static gpointer
keep_apart (gpointer user_data)
{
  Keeper *keeper = user_data;

  g_main_context_push_thread_default (keeper->context);
  g_main_loop_run (keeper->loop);
  drop_rest (keeper);
  g_clear_pointer (&keeper->engine, sl_engine_close);
  g_main_context_pop_thread_default (keeper->context);
  return NULL;
}

/* A task holds its door, and the last who holds a door closes it, which waits for this very thread: so a task is let
 * go where it came from. */
static gboolean
drop_task (gpointer task)
{
  g_object_unref (task);
  return G_SOURCE_REMOVE;
}

static void
release_task (gpointer task)
{
  Call *call = g_task_get_task_data (task);

  g_main_context_invoke (call->keeper->owner_context, drop_task, task);
}

/* Owner's thread again */
static void
send_call_to (SlDoor *self, Keeper *keeper, GTask *task, Call *call, int priority, GSourceFunc run)
{
  call->keeper = keeper;
  g_task_set_task_data (task, call, (GDestroyNotify) call_free);
  if (self->thread == NULL)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CLOSED, "The door is closed");
  else
    g_main_context_invoke_full (keeper->context, priority, run, g_object_ref (task), release_task);
}

static void
send_call (SlDoor *self, GTask *task, Call *call, int priority, GSourceFunc run)
{
  send_call_to (self, self->keeper, task, call, priority, run);
}

static void
sl_door_dispose (GObject *object)
{
  sl_door_close (SL_DOOR (object));
  G_OBJECT_CLASS (sl_door_parent_class)->dispose (object);
}

static void
sl_door_finalize (GObject *object)
{
  SlDoor *self = SL_DOOR (object);

  g_clear_pointer (&self->apart, keeper_release);
  g_clear_pointer (&self->keeper, keeper_release);
  g_clear_error (&self->error);
  g_clear_pointer (&self->place, place_free);
  G_OBJECT_CLASS (sl_door_parent_class)->finalize (object);
}

static void
sl_door_class_init (SlDoorClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->dispose = sl_door_dispose;
  object_class->finalize = sl_door_finalize;
  signals[SIGNAL_STATE_CHANGED] = g_signal_new ("state-changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
                                                NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_BOARD_CHANGED] = g_signal_new ("board-changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
                                                NULL, NULL, G_TYPE_NONE, 0);
}

static Keeper *
keeper_new (SlDoor *self)
{
  Keeper *keeper = g_atomic_rc_box_new0 (Keeper);

  keeper->context = g_main_context_new ();
  keeper->loop = g_main_loop_new (keeper->context, FALSE);
  keeper->owner_context = g_main_context_ref_thread_default ();
  keeper->door = self;
  return keeper;
}

static void
sl_door_init (SlDoor *self)
{
  self->keeper = keeper_new (self);
}

/**
 * sl_door_new:
 * @data_dir: the data directory; it need not exist or hold a studio yet
 * @world: clock and random; used on the engine's thread, and must outlive the door
 *
 * Starts the engine's thread, which opens the studio, and goes on trying where it cannot.
 *
 * Returns: (transfer full): a door that is opening
 */
SlDoor *
sl_door_new (const char *data_dir, SlWorld *world)
{
  SlDoor *self;

  g_return_val_if_fail (data_dir != NULL && world != NULL, NULL);
  self = g_object_new (SL_TYPE_DOOR, NULL);
  self->keeper->data_dir = g_strdup (data_dir);
  self->keeper->world = world;
  self->thread = g_thread_new ("engine", keep_door, self->keeper);
  return self;
}

static gboolean
quit (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

/* What it was asked for before is done first. */
static void
end_thread (GThread **thread, Keeper *keeper)
{
  if (*thread == NULL)
    return;
  keeper->door = NULL;
  g_main_context_invoke_full (keeper->context, G_PRIORITY_LOW, quit, keeper->loop, NULL);
  g_clear_pointer (thread, g_thread_join);
}

/**
 * sl_door_close:
 * @self: a door
 *
 * Ends the engine's thread after the requests that were made before, and waits for it: a check-in that was asked for
 * is recorded. So does what runs apart. No signal comes afterwards. Twice is fine.
 */
void
sl_door_close (SlDoor *self)
{
  g_return_if_fail (SL_IS_DOOR (self));
  end_thread (&self->thread, self->keeper);
  end_thread (&self->apart_thread, self->apart);
}

/**
 * sl_door_get_state:
 * @self: a door
 *
 * Returns: how it is
 */
SlDoorState
sl_door_get_state (SlDoor *self)
{
  g_return_val_if_fail (SL_IS_DOOR (self), SL_DOOR_SHUT);
  return self->state;
}

/**
 * sl_door_get_error:
 * @self: a door
 *
 * Returns: (transfer none) (nullable): why it is shut; %NULL when it is not
 */
const GError *
sl_door_get_error (SlDoor *self)
{
  g_return_val_if_fail (SL_IS_DOOR (self), NULL);
  return self->error;
}

/**
 * sl_door_get_place:
 * @self: a door
 *
 * Returns: (transfer none) (nullable): whose door it is, until the next "state-changed"; %NULL before it was open
 */
const SlDoorPlaceInfo *
sl_door_get_place (SlDoor *self)
{
  g_return_val_if_fail (SL_IS_DOOR (self), NULL);
  return self->place;
}

/**
 * sl_door_get_data_dir:
 * @self: a door
 *
 * Returns: (transfer none): its data directory
 */
const char *
sl_door_get_data_dir (SlDoor *self)
{
  g_return_val_if_fail (SL_IS_DOOR (self), NULL);
  return self->keeper->data_dir;
}

/**
 * sl_door_check_in_async:
 * @self: a door
 * @code: the text of a scanned code, whatever it is
 * @session_id: (nullable): the choice among several sessions
 * @cancellable: (nullable): until the engine begins with it
 * @callback: called when the decision is on the disk
 * @user_data: for @callback
 *
 * Lets the engine decide and record. Requests are worked on in their order.
 */
void
sl_door_check_in_async (SlDoor *self, const char *code, const SlId *session_id, GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Call *call;

  g_return_if_fail (SL_IS_DOOR (self));
  g_return_if_fail (code != NULL);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sl_door_check_in_async);
  /* What is recorded is told, also when somebody has lost interest meanwhile. */
  g_task_set_check_cancellable (task, FALSE);
  call = g_new0 (Call, 1);
  call->code = g_strdup (code);
  call->session_id = session_id != NULL ? *session_id : sl_id_none;
  send_call (self, task, call, G_PRIORITY_HIGH, run_check_in);
}

/**
 * sl_door_check_in_finish:
 * @self: a door
 * @result: of sl_door_check_in_async()
 * @error: %SL_ERROR when nothing could be recorded; %G_IO_ERROR_CANCELLED or %G_IO_ERROR_CLOSED
 *
 * Returns: (transfer full) (nullable): the answer, a refusal too; %NULL with @error
 */
SlCheckinAnswer *
sl_door_check_in_finish (SlDoor *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * sl_door_load_board_async:
 * @self: a door
 * @limit: the most sessions wanted
 * @cancellable: (nullable)
 * @callback: called when they are read
 * @user_data: for @callback
 *
 * Reads the next sessions here. Check-ins go first.
 */
void
sl_door_load_board_async (SlDoor *self, guint limit, GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Call *call;

  g_return_if_fail (SL_IS_DOOR (self));
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sl_door_load_board_async);
  call = g_new0 (Call, 1);
  call->limit = limit;
  send_call (self, task, call, G_PRIORITY_DEFAULT, run_load_board);
}

/**
 * sl_door_load_board_finish:
 * @self: a door
 * @result: of sl_door_load_board_async()
 * @error: %SL_ERROR when the sessions could not be read; %G_IO_ERROR_CANCELLED or %G_IO_ERROR_CLOSED
 *
 * Returns: (transfer full) (nullable) (element-type SlBoardSession): soonest first; %NULL with @error
 */
GPtrArray *
sl_door_load_board_finish (SlDoor *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * sl_door_run_async:
 * @self: a door
 * @work: what to do with the engine; on the engine's thread, so it touches nothing but its engine and @data
 * @data: (nullable): for @work, and for @callback as long as the result lives
 * @free_data: (nullable): lets go of @data, on the owner's thread
 * @cancellable: (nullable): until the engine begins with it
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Anything that a screen wants of the engine. Check-ins go first; requests of this kind keep their order.
 */
void
sl_door_run_async (SlDoor *self, SlDoorWork work, gpointer data, GDestroyNotify free_data, GCancellable *cancellable,
                   GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Call *call;

  g_return_if_fail (SL_IS_DOOR (self));
  g_return_if_fail (work != NULL);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sl_door_run_async);
  g_task_set_check_cancellable (task, FALSE); /* what was written is told */
  call = g_new0 (Call, 1);
  *call = (Call) { .work = work, .data = data, .free_data = free_data };
  send_call (self, task, call, G_PRIORITY_DEFAULT, run_work);
}

/**
 * sl_door_run_apart_async:
 * @self: a door
 * @work: as for sl_door_run_async(), with an engine of its own on a thread of its own
 * @data: (nullable): for @work, and for @callback as long as the result lives
 * @free_data: (nullable): lets go of @data, on the owner's thread
 * @cancellable: (nullable): until it is begun
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * What takes long: nobody at the door waits for it, as long as it does not write. One after another.
 */
void
sl_door_run_apart_async (SlDoor *self, SlDoorWork work, gpointer data, GDestroyNotify free_data,
                         GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Call *call;

  g_return_if_fail (SL_IS_DOOR (self));
  g_return_if_fail (work != NULL);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sl_door_run_apart_async);
  g_task_set_check_cancellable (task, FALSE); /* what was written is told */
  call = g_new0 (Call, 1);
  *call = (Call) { .work = work, .data = data, .free_data = free_data };
  if (self->apart == NULL)
    {
      self->apart = keeper_new (self);
      self->apart->data_dir = g_strdup (self->keeper->data_dir);
      self->apart->world = self->keeper->world;
    }
  if (self->apart_thread == NULL && self->thread != NULL)
    self->apart_thread = g_thread_new ("apart", keep_apart, self->apart);
  send_call_to (self, self->apart, task, call, G_PRIORITY_DEFAULT, run_apart);
}

/**
 * sl_door_run_finish:
 * @self: a door
 * @result: of sl_door_run_async() or sl_door_run_apart_async()
 * @error: of the work, or why the studio could not be opened; %G_IO_ERROR_CANCELLED or %G_IO_ERROR_CLOSED
 *
 * Returns: whether it was done
 */
gboolean
sl_door_run_finish (SlDoor *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
