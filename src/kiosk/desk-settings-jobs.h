/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk.h"

#include "engine/print-queue.h"

/* What is done on the engine's thread for the settings. Each asks first whether whoever is there may. */

typedef struct {
  char *data_dir, *group, *key, *value;
  GKeyFile *file;         /* all that is to be written */
} SlSettingsSave;
SlSettingsSave *sl_settings_save_new (SlDesk *desk, const char *group, const char *key, const char *value);
void sl_settings_save_free (gpointer save);

typedef struct {
  SlSettingsSave save;    /* what was chosen; the file has gone */
  char *problem;          /* (nullable): why it is not written down */
} SlSettingsSaved;
void sl_settings_saved_free (gpointer saved);
gboolean sl_settings_save_work (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                                SlRefusal *out_refusal, GError **error); /* request: SlSettingsSave */

typedef struct {
  SlPrinter *printer;     /* (nullable): none */
  guint waiting;
  char *problem;          /* (nullable) */
} SlPrinterState;
void sl_printer_state_free (gpointer state);
gboolean sl_settings_load_printer (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                                   SlRefusal *out_refusal, GError **error); /* result: SlPrinterState */
gboolean sl_settings_set_printer (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                                  SlRefusal *out_refusal, GError **error);  /* request: SlPrinter */
gboolean sl_settings_remove_printer (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                                     SlRefusal *out_refusal, GError **error);
gboolean sl_settings_test_printer (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                                   SlRefusal *out_refusal, GError **error);
gboolean sl_settings_load_pay_link (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                                    SlRefusal *out_refusal, GError **error); /* result: (nullable) utf8 */
gboolean sl_settings_set_pay_link (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                                   SlRefusal *out_refusal, GError **error);  /* request: utf8; result: there is one */
gboolean sl_settings_leave (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result,
                            SlRefusal *out_refusal, GError **error);
