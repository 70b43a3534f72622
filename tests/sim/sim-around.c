/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-sim-around"

#include "sim-actions.h"

#include <string.h>

#include "core/datetime.h"
#include "engine/audit.h"
#include "engine/incident.h"
#include "engine/member-export.h"
#include "engine/member.h"
#include "engine/note.h"
#include "engine/notification-send.h"
#include "engine/print-queue.h"
#include "engine/program.h"
#include "engine/report.h"
#include "engine/template.h"

/* What there is beside bookings and money: programs, incidents, notes, what members are told, what is looked up, handed
 * out and printed. */

/* --- programs, incidents, notes --- */

static void
write_program (SimWorld *world, SimDevice *device, const guint32 r[3])
{
  const SlId *member = sim_pick_member (world, r[0]);
  g_autoptr (GError) parse_error = NULL;
  g_autoptr (SlExercise) squat = sl_exercise_parse ("Squat: 3x10 @ 60 kg", &parse_error);
  SlExercise *exercises[] = { squat };
  SlProgramParams params = { .member = member, .name = "Strength", .exercises = exercises, .n_exercises = 1 };
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  gboolean decided;
  SlId id;
  if (r[1] % 3 == 0 || !sim_pick_row (device, r[2], "program", &id))
    decided = sl_program_add (device->engine, &device->owner, &params, &id, &refusal, &error);
  else if (r[1] % 3 == 1)
    {
      SlProgramParams change = { .name = r[2] % 2 ? "Strength" : "Balance", .active = r[2] % 3 ? 1 : -1 };
      decided = sl_program_edit (device->engine, &device->owner, &id, &change, &refusal, &error);
    }
  else
    decided = sl_program_add_progress (device->engine, &device->owner, &id, squat, &id, &refusal, &error);
  sim_came_or_misfits (world, "program", decided, &refusal, error); /* where no key is, no exercise has that name */
}

static void
write_incident (SimWorld *world, SimDevice *device, const guint32 r[3])
{
  static const char *const kinds[] = { "equipment", "injury", "complaint" };
  SlIncidentParams params = { .kind = kinds[r[2] % 3], .text = "a band broke",
                              .member = r[2] / 3 % 2 ? sim_pick_member (world, r[0]) : NULL };
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  gboolean decided;
  SlId id;
  if (r[1] % 2 != 0 && sim_pick_row (device, r[2], "incident", &id))
    decided = sl_incident_close (device->engine, &device->owner, &id, "a new one", &refusal, &error);
  else
    decided = sl_incident_add (device->engine, &device->owner, &params, &id, &refusal, &error);
  (void) sim_came (world, "incident", decided, &refusal, error);
}

static void
write_note (SimWorld *world, SimDevice *device, const guint32 r[3])
{
  const SlId *member = sim_pick_member (world, r[0]), *session = sim_pick_session (world, r[1]);
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  SlId id;
  gboolean decided = sl_note_add (device->engine, &device->owner, r[2] % 3 ? member : NULL,
                                  r[2] % 3 == 1 ? NULL : session, "likes the corner", &id, &refusal, &error);
  (void) sim_came (world, "note", decided, &refusal, error);
}

SIM_ACTION (around)
{
  if (!sim_device_runs (device))
    return;
  if (r[0] % 3 == 0)
    write_program (world, device, r);
  else if (r[0] % 3 == 1)
    write_incident (world, device, r);
  else
    write_note (world, device, r);
}

/* --- what members are told --- */

typedef struct {
  SimWorld *world;
  SimDevice *device;
  GPtrArray *told; /* of utf8 */
  guint32 chance;
} Post;

/* Whoever delivers takes it, cannot be reached, or does not know the address. */
static SlSenderAnswer
deliver (gpointer user_data, const SlMessage *message)
{
  Post *post = user_data;
  char id[SL_ID_TEXT_BYTES], replica[SL_ID_TEXT_BYTES];
  if (message->to == NULL || *message->to == '\0' || message->text == NULL || *message->text == '\0')
    sim_violate (post->world, "device %u sends an empty message, or to nobody", post->device->index);
  if (post->chance++ % 7 == 0)
    return SL_SENDER_LATER;
  if (post->chance % 11 == 0)
    return SL_SENDER_NOT_THERE;
  g_ptr_array_add (post->told, g_strdup_printf ("%s by %s", sl_id_format (&message->id, id),
                                                sl_id_format (&post->device->replica, replica)));
  return SL_SENDER_TAKEN;
}

/* One device tells nobody the same twice, unless its disk failed or was put back meanwhile. */
static void
send_all (SimWorld *world, SimDevice *device, const guint32 r[3])
{
  g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func (g_free);
  Post post = { world, device, told, r[1] };
  SlSendParams params = { .limit = r[2] % 3 ? 0 : 2 };
  SlSendCounts counts = { 0 };
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  gboolean decided = sl_notifications_send (device->engine, &device->owner, &params, deliver, &post, &counts, &refusal,
                                            &error);
  if (!sim_came (world, "notify", decided, &refusal, error))
    return;
  sim_tell (world, "      sent %" G_GINT64_FORMAT ", later %" G_GINT64_FORMAT, counts.sent, counts.later);
  if ((gint64) told->len != counts.sent)
    sim_violate (world, "device %u sent %u messages and says %" G_GINT64_FORMAT, device->index, told->len, counts.sent);
  for (guint i = 0; i < told->len && !device->restored && !world->fault; i++)
    if (!g_hash_table_add (world->told, g_strdup (told->pdata[i])))
      sim_violate (world, "device %u has told the same twice: %s", device->index, (const char *) told->pdata[i]);
}

static void
change_wishes (SimWorld *world, SimDevice *device, const guint32 r[3])
{
  static const char *const kinds[] = { "reminder_1h", NULL };
  const SlId *member = sim_pick_member (world, r[1]);
  g_autofree char *all = NULL;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  gboolean decided;
  if (r[2] % 2)
    {
      SlMemberParams params = { .email = "somebody@example.org", .channel = "email", .language = r[2] / 2 % 2 ? "af"
                                                                                                             : "en" };
      decided = sl_member_edit (device->engine, &device->owner, member, &params, TRUE, &refusal, &error);
    }
  else
    decided = sl_notifications_opt_out (device->engine, &device->owner, member, r[2] / 2 % 2 ? kinds : NULL,
                                        r[2] / 2 % 2 ? NULL : kinds, &all, &refusal, &error);
  (void) sim_came (world, "wishes", decided, &refusal, error);
}

static void
change_words (SimWorld *world, SimDevice *device, const guint32 r[3])
{
  gboolean own = r[2] % 3 != 0;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  gboolean decided = sl_template_set (device->engine, &device->owner, SL_NOTIFICATION_WELCOME, r[1] % 2 ? "en" : "af",
                                      r[1] / 2 % 2 ? "email" : NULL, own ? "Welcome" : NULL,
                                      own ? "Hello {first}, good to see you." : NULL, &refusal, &error);
  (void) sim_came (world, "words", decided, &refusal, error);
}

SIM_ACTION (notify)
{
  if (!sim_device_runs (device) || device->revoked)
    return;
  if (r[0] % 4 == 0)
    change_words (world, device, r);
  else
    {
      change_wishes (world, device, r);
      if (r[0] % 4 > 1 && world->violation == NULL)
        send_all (world, device, r);
    }
}

/* --- what is looked up --- */

static void
hand_out (SimWorld *world, SimDevice *device, guint32 r)
{
  g_autoptr (SlMemberExport) data = NULL;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  gboolean decided = sl_member_export (device->engine, &device->owner, sim_pick_member (world, r), &data, &refusal,
                                       &error);
  if (sim_came (world, "member_export", decided, &refusal, error) && sl_member_export_part (data, "profile") == NULL)
    sim_violate (world, "device %u hands out a member's data without their profile", device->index);
}

static void
read_audit (SimWorld *world, SimDevice *device, guint32 r)
{
  g_autoptr (SlAuditPage) page = NULL;
  SlAuditFilter filter = { .member = r % 2 ? sim_pick_member (world, r / 2) : NULL, .limit = 1 + r / 2 % 50 };
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  gboolean decided = sl_audit_read (device->engine, &device->owner, &filter, &page, &refusal, &error);
  if (sim_came (world, "audit", decided, &refusal, error) && page->items->len > filter.limit)
    sim_violate (world, "device %u tells more of its audit than was asked for", device->index);
}

/* A report's last row is the sum of the others, in every column that adds up. */
static void
run_report (SimWorld *world, SimDevice *device, const guint32 r[3])
{
  SlReportParams params = { .name = (SlReportName) (r[1] % SL_REPORT_LAST),
                            .member = sim_pick_member (world, r[2]) };
  const char *const *ways = sl_report_ways (params.name);
  g_autoptr (SlReport) report = NULL;
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  guint n = ways != NULL ? g_strv_length ((char **) ways) : 0;
  params.by = n > 0 ? ways[r[2] / 8 % n] : NULL;
  if (params.name != SL_REPORT_MEMBER)
    params.member = NULL;
  gboolean decided = sl_report_run (device->engine, &device->owner, &params, &report, &refusal, &error);
  if (!sim_came (world, "report", decided, &refusal, error) || report->total == NULL)
    return;
  for (guint column = 0; column < report->n_columns; column++)
    {
      gint64 sum = 0, total = report->total->cells[column].number;
      for (guint i = 0; i < report->rows->len; i++)
        {
          const SlReportRow *row = report->rows->pdata[i];
          sum += row->cells[column].number != SL_NUMBER_NONE ? row->cells[column].number : 0;
        }
      if (report->columns[column].adds && sum != (total != SL_NUMBER_NONE ? total : 0))
        sim_violate (world, "device %u: report %s: column %s does not add up", device->index,
                     sl_report_word (params.name), report->columns[column].name);
    }
}

SIM_ACTION (look)
{
  if (!sim_device_runs (device))
    return;
  if (r[0] % 4 == 0)
    hand_out (world, device, r[1]);
  else if (r[0] % 4 == 1)
    read_audit (world, device, r[1]);
  else
    run_report (world, device, r);
}

/* --- printing --- */

typedef struct {
  SlPrintPort port;
  SimWorld *world;
  SimDevice *device;
  SlPrintEnd end;
} Paper;

static GBytes *
make_paper (SlPrintPort *port, SlEngine *engine, const SlPrintJob *job, const SlPrinter *printer, GError **error)
{
  return g_bytes_new_static ("receipt", strlen ("receipt"));
}

/* Nothing stands on paper twice without the word that it is a copy. */
static SlPrintEnd
put_on_paper (SlPrintPort *port, const SlPrinter *printer, const SlPrintJob *job, GBytes *bytes,
              gboolean (*begin) (gpointer data, gint64 counter), gpointer data, char **out_problem)
{
  Paper *paper = (Paper *) port;
  char id[SL_ID_TEXT_BYTES], replica[SL_ID_TEXT_BYTES];
  if (paper->end != SL_PRINT_DONE)
    *out_problem = g_strdup ("it is out of paper");
  if (paper->end == SL_PRINT_NOT_BEGUN || !begin (data, SL_NUMBER_NONE))
    return SL_PRINT_NOT_BEGUN;
  if (!job->copy && !paper->device->restored
      && !g_hash_table_add (paper->world->told, g_strdup_printf ("paper %s by %s", sl_id_format (&job->id, id),
                                                                 sl_id_format (&paper->device->replica, replica))))
    sim_violate (paper->world, "device %u has printed %s twice", paper->device->index, id);
  return paper->end;
}

/* Nobody can say how far it came. */
static gboolean
ask_paper (SlPrintPort *port, const SlPrinter *printer, const SlPrintJob *job, SlPrintEnd *out_end)
{
  *out_end = SL_PRINT_CUT_OFF;
  return TRUE;
}

static void
run_printer (SimWorld *world, SimDevice *device, guint32 r)
{
  static const SlPrintEnd ends[] = { SL_PRINT_DONE, SL_PRINT_DONE, SL_PRINT_NOT_BEGUN, SL_PRINT_CUT_OFF };
  Paper paper = { { make_paper, put_on_paper, ask_paper }, world, device, ends[r % G_N_ELEMENTS (ends)] };
  SlPrintCounts counts = { 0 };
  GError *error = NULL;
  gboolean done = sl_print_queue_run (device->engine, &paper.port, &counts, &error);
  if (sim_came (world, "print", done, NULL, error))
    sim_tell (world, "      printed %u, waiting %u, uncertain %u", counts.printed, counts.waiting, counts.uncertain);
}

/* A printer is put there, prints, or is taken away; sales note their receipts by themselves. */
SIM_ACTION (print)
{
  SlPrinter printer = { .name = (char *) "desk", .target = (char *) "dir:/nowhere", .paper = (char *) "80mm",
                        .receipts = TRUE };
  SlRefusal refusal = { 0 };
  GError *error = NULL;
  if (!sim_device_runs (device) || device->revoked)
    return;
  if (r[0] % 8 == 0)
    {
      gboolean decided = sl_printer_remove (device->engine, &device->owner, "desk", &refusal, &error);
      (void) sim_came (world, "printer_remove", decided, &refusal, error);
      return;
    }
  if (r[0] % 8 < 4)
    {
      gboolean decided = sl_printer_set (device->engine, &device->owner, &printer, &refusal, &error);
      if (!sim_came (world, "printer", decided, &refusal, error))
        return;
    }
  run_printer (world, device, r[1]);
}
