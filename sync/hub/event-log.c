/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-event-log"

#include "hub/event-log.h"

#include <string.h>
#include <unistd.h>

#include "core/datetime.h"
#include "core/error.h"

struct _SlEventLog {
  int fd;
  SlEventLevel lowest;
  SlWorld *world;
};

static const char * const level_names[] = {
  [SL_EVENT_DEBUG] = "debug", [SL_EVENT_INFO] = "info", [SL_EVENT_WARNING] = "warning", [SL_EVENT_ERROR] = "error",
};

/**
 * sl_event_log_new:
 * @fd: where lines go, not taken over; blocking
 * @lowest: what is less than this is not written
 * @world: whose clock the lines carry
 *
 * Returns: (transfer full): to be freed with sl_event_log_free()
 */
SlEventLog *
sl_event_log_new (int fd, SlEventLevel lowest, SlWorld *world)
{
  g_return_val_if_fail (world != NULL, NULL);
  SlEventLog *log = g_new0 (SlEventLog, 1);
  *log = (SlEventLog) { .fd = fd, .lowest = lowest, .world = world };
  return log;
}

/**
 * sl_event_log_free:
 * @log: (nullable):
 *
 * Frees a log that no thread writes any more.
 */
void
sl_event_log_free (SlEventLog *log)
{
  g_free (log);
}

/**
 * sl_event_log_wants:
 *
 * Returns: whether an event of @level would be written; any thread
 */
gboolean
sl_event_log_wants (const SlEventLog *log, SlEventLevel level)
{
  return level >= log->lowest;
}

/* Milliseconds, which sl_time_format() leaves out; always UTC, whatever the machine's zone. */
static json_t *
format_time (gint64 ms)
{
  g_autoptr (GDateTime) seconds = g_date_time_new_from_unix_utc (ms / 1000);
  g_autofree char *text = seconds != NULL ? g_date_time_format (seconds, "%Y-%m-%dT%H:%M:%S") : NULL;
  g_autofree char *whole = g_strdup_printf ("%s.%03dZ", text != NULL ? text : "", (int) (ms % 1000));
  return json_string (whole);
}

static void
write_line (int fd, const char *line, gsize length)
{
  while (length > 0)
    {
      gssize n = write (fd, line, length);
      if (n < 0 && errno != EINTR)
        return;   /* nowhere to say so */
      if (n > 0)
        {
          line += n;
          length -= n;
        }
    }
}

/**
 * sl_event_log_write:
 * @event: what happened: a word that stays the same over releases
 * @fields: (nullable) (transfer full): an object, whose keys are not time, level or event
 *
 * Writes one line with one write, so that lines of several threads and processes do not mix. Any thread. What cannot be
 * written is lost.
 */
void
sl_event_log_write (SlEventLog *log, SlEventLevel level, const char *event, json_t *fields)
{
  g_return_if_fail (log != NULL && event != NULL && level <= SL_EVENT_ERROR);
  if (level >= log->lowest)
    {
      json_t *line = json_object ();
      json_object_set_new (line, "time", format_time (log->world->now_ms (log->world)));
      json_object_set_new (line, "level", json_string (level_names[level]));
      json_object_set_new (line, "event", json_string (event));
      if (fields != NULL)
        (void) json_object_update_missing (line, fields);
      char *text = json_dumps (line, JSON_COMPACT);
      if (text != NULL)
        {
          g_autofree char *whole = g_strconcat (text, "\n", NULL);
          write_line (log->fd, whole, strlen (whole));
        }
      free (text);
      json_decref (line);
    }
  json_decref (fields);
}

/**
 * sl_event_log_failure:
 * @error: what failed
 *
 * A failure as an event: its code by number where it is one of ours, and what it says, cut short.
 */
void
sl_event_log_failure (SlEventLog *log, const char *event, const GError *error)
{
  g_return_if_fail (error != NULL);
  g_autofree char *cut = g_strndup (error->message, SL_EVENT_TEXT_MAX_BYTES);
  g_autofree char *valid = g_utf8_make_valid (cut, -1);
  json_t *fields = json_object ();
  json_object_set_new (fields, "domain", json_string (g_quark_to_string (error->domain)));
  json_object_set_new (fields, "number", json_integer (error->code));
  json_object_set_new (fields, "reason", json_string (valid));
  sl_event_log_write (log, SL_EVENT_ERROR, event, fields);
}
