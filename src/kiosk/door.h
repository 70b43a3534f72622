/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "engine/board.h"
#include "engine/checkin.h"

/* The engine, kept on a thread of its own: whoever asks never waits. All functions are for the thread that made the
 * door; callbacks and signals come in the main context that was its default then.
 *
 * Signals: "state-changed" · "board-changed": sessions or free spots may be others now. */
#define SL_TYPE_DOOR (sl_door_get_type ())
G_DECLARE_FINAL_TYPE (SlDoor, sl_door, SL, DOOR, GObject)

typedef enum {
  SL_DOOR_OPENING,
  SL_DOOR_OPEN,
  SL_DOOR_SHUT, /* no studio there, or it cannot be used: see sl_door_get_error(). Tried again for ever */
} SlDoorState;

/* What the data directory says about this place. */
typedef struct {
  char *studio_name, *location_name, *currency;
  GTimeZone *zone;
  gboolean has_hub;
} SlDoorPlaceInfo;

#define SL_DOOR_POLL_MS 500   /* how soon another process's commit shows on the board */
#define SL_DOOR_RETRY_MS 1000 /* between two tries to open */
#define SL_DOOR_APART_KEPT_MS 5000 /* the engine of what takes long, after the last of it */

/* On the engine's thread. FALSE: failed, with error. Whether anything was written is said by @out_wrote. */
typedef gboolean (*SlDoorWork) (SlEngine *engine, gpointer data, gboolean *out_wrote, GError **error);

SlDoor *sl_door_new (const char *data_dir, SlWorld *world);
void sl_door_close (SlDoor *self);
SlDoorState sl_door_get_state (SlDoor *self);
const GError *sl_door_get_error (SlDoor *self);
const SlDoorPlaceInfo *sl_door_get_place (SlDoor *self);
const char *sl_door_get_data_dir (SlDoor *self);

void sl_door_check_in_async (SlDoor *self, const char *code, const SlId *session_id, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data);
SlCheckinAnswer *sl_door_check_in_finish (SlDoor *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sl_door_load_board_async (SlDoor *self, guint limit, GCancellable *cancellable, GAsyncReadyCallback callback,
                               gpointer user_data);
GPtrArray *sl_door_load_board_finish (SlDoor *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

void sl_door_run_async (SlDoor *self, SlDoorWork work, gpointer data, GDestroyNotify free_data,
                        GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* The same on an engine of its own: what takes long. */
void sl_door_run_apart_async (SlDoor *self, SlDoorWork work, gpointer data, GDestroyNotify free_data,
                              GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean sl_door_run_finish (SlDoor *self, GAsyncResult *result, GError **error);
