/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-bench-import"

/* A studio moves in within a day: how long its files take, from reading them to the sync, and what a file costs of
 * which every row is refused. */

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "core/datetime.h"
#include "engine/export-csv.h"
#include "engine/import.h"
#include "engine/service.h"
#include "engine/studio.h"
#include "fake-world.h"

#define START_MS G_GINT64_CONSTANT (1772424000000) /* a Monday, 06:00 in Johannesburg */
#define MEMBERS 20000
#define MEMBERS_QUICK 2000
#define PER_SESSION 20
#define AIM_S 10

typedef struct {
  SlFakeWorld world;
  char *dir, *file;
  SlEngine *engine;
  SlActor owner;
} Studio;

static void
must (gboolean done, const SlRefusal *refusal, GError *error)
{
  if (!done || error != NULL || (refusal != NULL && refusal->code != SL_REFUSAL_NONE))
    g_error ("%s", error != NULL ? error->message : refusal != NULL ? sl_refusal_name (refusal->code) : "failed");
}

static void
make_studio (Studio *studio, const char *place)
{
  SlStudioParams params = { "Bench", "Sea Point", "Africa/Johannesburg", NULL, "Nomsa Dube", "739154" };
  SlServiceParams service;
  SlId id;
  g_auto (SlStudioFounded) founded = { 0 };
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;
  studio->dir = g_build_filename (place, "bench-import-XXXXXX", NULL);
  must (g_mkdtemp (studio->dir) != NULL, NULL, NULL);
  g_autofree char *data = g_build_filename (studio->dir, "data", NULL);
  studio->file = g_build_filename (studio->dir, "in.csv", NULL);
  sl_fake_world_init (&studio->world, START_MS, 1);
  must (sl_studio_init (data, &studio->world.base, &params, &founded, &refusal, &error), &refusal, error);
  studio->engine = sl_engine_open (data, &studio->world.base, &error);
  must (studio->engine != NULL, NULL, error);
  sl_actor_init_owner (&studio->owner);
  sl_service_params_init (&service);
  service.name = "Vinyasa";
  service.kind = "class";
  service.type = "yoga";
  service.duration_min = 60;
  service.capacity = PER_SESSION;
  service.credits_hundredths = 100;
  must (sl_service_add (studio->engine, &studio->owner, &service, &id, &refusal, &error), &refusal, error);
}

static void
remove_studio (Studio *studio)
{
  g_autofree char *command = g_strdup_printf ("rm -rf '%s'", studio->dir);
  g_clear_pointer (&studio->engine, sl_engine_close);
  must (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL), NULL, NULL);
  g_free (studio->dir);
  g_free (studio->file);
}

/* --- the files --- */

static void
append_member (GString *text, guint i)
{
  g_string_append_printf (text,
                          "Thandi%u,Nkosi%u,082%07u,thandi%u@x.example,19%02u-%02u-%02u,standard,\"note, %u\","
                          "Sam 083%07u,af,yes\n",
                          i, i % 997, i, i, 50 + i % 50, 1 + i % 12, 1 + i % 28, i, i);
}

static void
append_session (GString *text, guint i)
{
  g_autoptr (GDateTime) first = g_date_time_new_utc (2026, 3, 3, 0, 0, 0);
  g_autoptr (GDateTime) start = g_date_time_add_hours (first, (int) i);
  g_autofree char *time = g_date_time_format (start, "%Y-%m-%dT%H:%M:%SZ");
  g_string_append_printf (text, "Vinyasa,%s\n", time);
}

static void
append_credits (GString *text, guint i)
{
  g_string_append_printf (text, "082%07u,%u,2026-12-31\n", i, 100 + i % 900);
}

static void
append_booking (GString *text, guint i)
{
  g_autoptr (GString) session = g_string_new (NULL);
  append_session (session, i / PER_SESSION);
  g_string_append_printf (text, "082%07u,%s", i, session->str);
}

static void
write_file (Studio *studio, const char *header, void (*append) (GString *text, guint i), guint rows)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new (header);
  for (guint i = 0; i < rows; i++)
    append (text, i);
  must (g_file_set_contents (studio->file, text->str, (gssize) text->len, &error), NULL, error);
}

static void
tell (const char *what, guint64 rows, gint64 start_us, const char *aim)
{
  double seconds = (double) (g_get_monotonic_time () - start_us) / G_USEC_PER_SEC;
  printf ("import  %-28s  n %" G_GUINT64_FORMAT "  %.2f s  %.0f rows/s%s\n", what, rows, seconds,
          (double) rows / seconds, aim);
  (void) fflush (stdout);
}

static void
import (Studio *studio, const char *what, SlImportKind kind, SlImportFlags flags, gboolean refused, const char *aim)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_auto (SlImportAnswer) answer = { 0 };
  g_autoptr (GError) error = NULL;
  gint64 start_us = g_get_monotonic_time ();
  g_autoptr (SlImport) file = sl_import_open (studio->engine, kind, studio->file, &error);
  must (file != NULL, NULL, error);
  must (sl_import_run (studio->engine, &studio->owner, file, flags, &answer, &refusal, &error), &refusal, error);
  must ((answer.refused->len > 0) == refused, NULL, NULL);
  tell (what, answer.accepted + answer.refused->len, start_us, aim);
}

static void
export (Studio *studio, SlExportKind kind)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *what = g_strconcat ("export of ", sl_export_kind_name (kind), NULL);
  guint64 rows;
  gint64 start_us = g_get_monotonic_time ();
  must (sl_export_csv (studio->engine, &studio->owner, kind, studio->file, &rows, &refusal, &error), &refusal, error);
  tell (what, rows, start_us, "");
}

int
main (int argc, char **argv)
{
  gboolean quick = argc > 2 && strcmp (argv[1], "--quick") == 0;
  guint members = quick ? MEMBERS_QUICK : MEMBERS;
  Studio studio = { 0 };
  if (argc != 2 + quick)
    {
      (void) fprintf (stderr, "usage: bench-import [--quick] DIR\n");
      return 2;
    }
  g_autofree char *aim = g_strdup_printf (" | aim < %d s", AIM_S);
  make_studio (&studio, argv[argc - 1]);
  write_file (&studio, "first,last,phone,email,birth_date,permission,notes,emergency,language,marketing\n",
              append_member, members);
  import (&studio, "members, dry run", SL_IMPORT_MEMBERS, SL_IMPORT_DRY_RUN, FALSE, aim);
  import (&studio, "members", SL_IMPORT_MEMBERS, SL_IMPORT_FOR_REAL, FALSE, aim);
  import (&studio, "members, all refused", SL_IMPORT_MEMBERS, SL_IMPORT_FOR_REAL, TRUE, "");
  write_file (&studio, "member,credits,expires\n", append_credits, members);
  import (&studio, "credits", SL_IMPORT_CREDITS, SL_IMPORT_FOR_REAL, FALSE, "");
  write_file (&studio, "service,start\n", append_session, members / PER_SESSION);
  import (&studio, "schedule", SL_IMPORT_SCHEDULE, SL_IMPORT_FOR_REAL, FALSE, "");
  write_file (&studio, "member,service,start\n", append_booking, members);
  import (&studio, "bookings", SL_IMPORT_BOOKINGS, SL_IMPORT_FOR_REAL, FALSE, "");
  export (&studio, SL_EXPORT_MEMBERS);
  export (&studio, SL_EXPORT_BOOKINGS);
  remove_studio (&studio);
  return 0;
}
