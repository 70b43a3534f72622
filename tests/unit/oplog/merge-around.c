/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-merge-around"

#include "merge-commands.h"
#include "oplog/around.h"

/* Programs, incidents, notes, what was sent, and the studio's own words for it. */

#define COMMAND(name) MERGE_COMMAND (, name)
#define MADE_MAX 8

/* A new one, or an edit by who has heard of it: whose key it is sealed with stands in its row. */
COMMAND (program)
{
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_PROGRAM);
  const SlId *program = merge_pick (world->programs, r[0]);
  const SlId *member = merge_pick (world->members, r[1]);
  SlId id;
  sl_fields_set_about (fields, member);
  sl_fields_set_text (fields, "name", r[2] % 2 ? "Strong back" : "After the knee");
  if (r[2] % 3 == 0)
    sl_fields_set_text (fields, "exercises", r[3] % 2 ? "[]" : NULL);
  if (r[2] % 5 == 0)
    sl_fields_set_int (fields, "active", r[3] % 2);
  if (world->programs->len < MADE_MAX && r[3] % 3 == 0)
    return merge_made (world->programs, &id, sl_op_program_create (device->d.log, member, fields, &id, error));
  return sl_id_is_none (program) || sl_op_edit (device->d.log, program, fields, error);
}

/* Also of a program that has not been heard of here. */
COMMAND (progress)
{
  SlId id;
  return world->programs->len == 0
         || sl_op_program_progress (device->d.log, merge_pick (world->programs, r[0]),
                                    merge_pick (world->members, r[1]), "{\"squat\":60}", &id, error);
}

COMMAND (incident)
{
  static const char *const kinds[] = { "equipment", "injury", "complaint" };
  const SlId *member = r[1] % 2 ? merge_pick (world->members, r[1]) : &sl_id_none;
  SlIncidentParts parts = { .kind = kinds[r[2] % 3], .text = "the rower broke", .location_id = world->location,
                            .happened_ms = r[2] % 2 ? device->d.world.now_ms - 60000 : 0, .member_id = *member };
  SlId id;
  if (world->incidents->len == 0 || (world->incidents->len < MADE_MAX && r[3] % 2))
    return merge_made (world->incidents, &id, sl_op_incident_add (device->d.log, &parts, &id, error));
  return sl_op_incident_close (device->d.log, merge_pick (world->incidents, r[0]), member, "mended", error);
}

COMMAND (note)
{
  SlId id;
  return sl_op_note_add (device->d.log, r[2] % 2 ? merge_pick (world->members, r[0]) : &sl_id_none,
                         r[2] % 3 ? merge_pick (world->sessions, r[1]) : &sl_id_none, "mind the shoulder", &id, error);
}

/* The same few by everybody: which of the words counts must not depend on who hears what first. */
COMMAND (sent)
{
  SlSentParts parts = { .id = { { 9, (guint8) (r[0] % 4) } },
                        .member_id = *merge_pick (world->members, r[1]),
                        .kind = "reminder_1h",
                        .channel = r[2] % 3 == 0 ? NULL : r[2] % 3 == 1 ? "sms" : "email",
                        .outcome = r[3] % 2 ? SL_SENT_SENT : SL_SENT_GIVEN_UP };
  return sl_op_notification_sent (device->d.log, &parts, error);
}

COMMAND (template)
{
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_TEMPLATE);
  const SlId id = { { 8, (guint8) (r[0] % 2) } };
  sl_fields_set_text (fields, "kind", "welcome");
  sl_fields_set_text (fields, r[1] % 2 ? "body" : "subject", r[2] % 3 ? "Hello {first}" : NULL);
  if (r[3] % 2)
    sl_fields_set_text (fields, "language", "zu");
  return sl_op_edit (device->d.log, &id, fields, error);
}
