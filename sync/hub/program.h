/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <jansson.h>

#include "hub/hub.h"

/* studioloop-hub without its main(): what was said, and what is answered. */
typedef struct {
  /* of every command */
  char *store, *replicas, *secret;
  gboolean json, version;
  /* serve */
  char *listen, *tls_cert, *tls_key, *log;
  gboolean behind_proxy;
  char **proxies, **metrics_for;
  char *notify, **notify_channels;
  int connections, connections_per_address, workers;
  /* for people */
  char *org, *url, *png, *reason;
} SlProgramOptions;

typedef struct {
  SlProgramOptions options;
  char **words;            /* behind the command's own */
  SlWorld *world;
  SlLogStore *store;       /* (nullable): opened by the command */
  SlHub *hub;
  json_t *answer;          /* (nullable) an object */
} SlProgram;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_t, json_decref)

#define SL_PROGRAM_STORE "sqlite:/var/lib/studioloop-hub"
#define SL_PROGRAM_LISTEN "127.0.0.1:8440"

/* Gives the exit status. */
int sl_program_main (int argc, char **argv, SlWorld *world);

gboolean sl_program_open (SlProgram *program, GError **error) G_GNUC_WARN_UNUSED_RESULT;
typedef gboolean (*SlProgramRun) (SlProgram *program, GError **error);
gboolean sl_program_serve (SlProgram *program, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_program_org_add (SlProgram *program, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_program_org_list (SlProgram *program, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_program_pairing_code (SlProgram *program, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_program_device_list (SlProgram *program, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_program_device_revoke (SlProgram *program, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Answers for people, from the JSON. */
void sl_program_show (const json_t *answer);
/* A code in a terminal: dark on light whatever its colours. BAD_INPUT: too long */
gboolean sl_program_show_qr (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
