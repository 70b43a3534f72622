/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-role-deeds-around"

#include "engine/incident.h"
#include "engine/note.h"
#include "engine/program.h"
#include "expect.h"
#include "role-deeds.h"

/* Programs, incidents and notes. */

#define answer(call) \
  G_STMT_START \
  { \
    g_auto (SlRefusal) refusal = { 0 }; \
    g_autoptr (GError) failure = NULL; \
    gboolean decided = call; \
    g_assert_no_error (failure); \
    g_assert_true (decided); \
    return sl_refusal_name (refusal.code); \
  } \
  G_STMT_END

/* An instructor's member is one who is booked with them. */
static void
make_own (Cell *cell)
{
  (void) desk_book (cell->desk, &cell->member, &cell->session);
}

static SlId
program_of (Cell *cell)
{
  SlProgramParams params = { .member = &cell->member, .name = "Strong back" };
  SlId id;
  make_own (cell);
  done (sl_program_add (cell->desk->engine, &cell->desk->owner, &params, &id, &refusal, &failure));
  return id;
}

static SlId
incident_of (Cell *cell)
{
  SlIncidentParams params = { .kind = "injury", .text = "a finger", .member = &cell->member };
  SlId id;
  make_own (cell);
  done (sl_incident_add (cell->desk->engine, &cell->desk->owner, &params, &id, &refusal, &failure));
  return id;
}

static const char *
show_program (Cell *cell)
{
  SlId id = program_of (cell);
  g_autoptr (SlProgram) program = NULL;
  answer (sl_program_show (cell->desk->engine, &cell->actor, &id, &program, &refusal, &failure));
}

static const char *
list_programs (Cell *cell)
{
  g_autoptr (GPtrArray) list = NULL;
  make_own (cell);
  answer (sl_program_list (cell->desk->engine, &cell->actor, &cell->member, TRUE, &list, &refusal, &failure));
}

static const char *
add_program (Cell *cell)
{
  SlProgramParams params = { .member = &cell->member, .name = "Strong back" };
  SlId id;
  make_own (cell);
  answer (sl_program_add (cell->desk->engine, &cell->actor, &params, &id, &refusal, &failure));
}

static const char *
edit_program (Cell *cell)
{
  SlProgramParams params = { .active = -1 };
  SlId id = program_of (cell);
  answer (sl_program_edit (cell->desk->engine, &cell->actor, &id, &params, &refusal, &failure));
}

static const char *
add_incident (Cell *cell)
{
  SlIncidentParams params = { .kind = "injury", .text = "a finger", .member = &cell->member };
  SlId id;
  make_own (cell);
  answer (sl_incident_add (cell->desk->engine, &cell->actor, &params, &id, &refusal, &failure));
}

static const char *
show_incident (Cell *cell)
{
  SlId id = incident_of (cell);
  g_autoptr (SlIncident) incident = NULL;
  answer (sl_incident_show (cell->desk->engine, &cell->actor, &id, &incident, &refusal, &failure));
}

static const char *
close_incident (Cell *cell)
{
  SlId id = incident_of (cell);
  answer (sl_incident_close (cell->desk->engine, &cell->actor, &id, "a plaster", &refusal, &failure));
}

static const char *
note_on_member (Cell *cell)
{
  SlId id;
  make_own (cell);
  answer (sl_note_add (cell->desk->engine, &cell->actor, &cell->member, NULL, "mind the finger", &id, &refusal,
                       &failure));
}

static const char *
note_to_session (Cell *cell)
{
  SlId id;
  answer (sl_note_add (cell->desk->engine, &cell->actor, NULL, &cell->session, "the hall was cold", &id, &refusal,
                       &failure));
}

static const char *
list_notes (Cell *cell)
{
  g_autoptr (GPtrArray) notes = NULL;
  make_own (cell);
  answer (sl_note_list (cell->desk->engine, &cell->actor, &cell->member, NULL, &notes, &refusal, &failure));
}

const Row role_around[] = {
  { "show-a-program", "oo..++", show_program },
  { "list-a-member's-programs", "oo..++", list_programs },
  { "write-a-program", ".o..++", add_program },
  { "change-a-program", ".o..++", edit_program },
  { "report-an-incident", ".o+.++", add_incident },
  { "read-an-incident", ".o+.++", show_incident },
  { "close-an-incident", "..+.++", close_incident },
  { "write-a-note-on-a-member", ".o+.++", note_on_member },
  { "write-a-note-to-a-session", ".o+.++", note_to_session },
  { "read-notes-on-a-member", ".o+.++", list_notes },
  { NULL }
};
