/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-scanner"

#include "scanner-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "core/error.h"
#include "lines.h"

#define SERIAL_PREFIX "serial:"
#define EVDEV_PREFIX "evdev:"
#define RETRY_FIRST_MS 250
#define RETRY_MAX_MS 5000
#define READS_MAX 16 /* a device that babbles must let the main loop breathe */

struct _SlScanner {
  char *path; /* (nullable): opened by somebody else */
  gboolean sends_events;
  speed_t speed;
  SlScannerCallbacks callbacks;
  gpointer user_data;
  GMainContext *context;
  GSource *source; /* (nullable) the descriptor's, or the next try's */
  int fd;          /* -1: not open */
  gint64 delay_ms;
  char *told;      /* (nullable) the reason last given */
  SlKeys keys;     /* serial ones use its lines only */
  gboolean *freed; /* (nullable) set while callbacks run: they may free the scanner */
};

static void lose (SlScanner *scanner, const char *reason);

static void
set_source (SlScanner *scanner, GSource *source, GSourceFunc function)
{
  if (scanner->source != NULL)
    {
      g_source_destroy (scanner->source);
      g_source_unref (scanner->source);
    }
  scanner->source = source;
  if (source == NULL)
    return;
  g_source_set_callback (source, function, scanner, NULL);
  g_source_attach (source, scanner->context);
}

static void
close_device (SlScanner *scanner)
{
  if (scanner->fd >= 0)
    (void) close (scanner->fd);
  scanner->fd = -1;
}

/* Tells the owner. Returns: FALSE when the owner has freed the scanner meanwhile */
static gboolean
tell_line (SlScanner *scanner, SlLineResult result)
{
  gboolean freed = FALSE;
  g_autofree char *text = NULL;

  if (result == SL_LINE_MORE)
    return TRUE;
  if (result == SL_LINE_DONE && g_utf8_validate (scanner->keys.lines.text, -1, NULL))
    text = g_strdup (scanner->keys.lines.text);
  scanner->freed = &freed;
  scanner->callbacks.line_read (scanner, text, g_get_monotonic_time (), scanner->user_data);
  if (!freed)
    scanner->freed = NULL;
  return !freed;
}

static gboolean
tell_state (SlScanner *scanner, SlScannerState state, const char *reason)
{
  gboolean freed = FALSE;

  scanner->freed = &freed;
  scanner->callbacks.state_changed (scanner, state, reason, scanner->user_data);
  if (!freed)
    scanner->freed = NULL;
  return !freed;
}

/* Takes what one read gave. Returns: FALSE when the scanner is gone */
static gboolean
take_bytes (SlScanner *scanner, const guint8 *data, gsize length)
{
  if (!scanner->sends_events)
    {
      for (gsize i = 0; i < length; i++)
        if (!tell_line (scanner, sl_lines_push (&scanner->keys.lines, (char) data[i])))
          return FALSE;
      return TRUE;
    }
  for (gsize i = 0; i + sizeof (struct input_event) <= length; i += sizeof (struct input_event))
    {
      struct input_event event;

      memcpy (&event, data + i, sizeof event);
      if (!tell_line (scanner, sl_keys_push (&scanner->keys, &event)))
        return FALSE;
    }
  return TRUE;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  SlScanner *scanner = user_data;

  for (guint i = 0; i < READS_MAX; i++)
    {
      guint8 data[64 * sizeof (struct input_event)]; /* the kernel gives whole events */
      gssize got = read (fd, data, sizeof data);

      if (got > 0)
        {
          if (!take_bytes (scanner, data, (gsize) got))
            return G_SOURCE_REMOVE;
          continue;
        }
      if (got < 0 && (errno == EAGAIN || errno == EINTR) && (condition & (G_IO_HUP | G_IO_ERR)) == 0)
        return G_SOURCE_CONTINUE;
      lose (scanner, got < 0 && errno != EAGAIN ? g_strerror (errno) : "unplugged");
      return G_SOURCE_REMOVE;
    }
  return G_SOURCE_CONTINUE;
}

static gboolean
set_up_serial (int fd, speed_t speed)
{
  struct termios settings;

  if (tcgetattr (fd, &settings) != 0)
    return FALSE;
  cfmakeraw (&settings);
  settings.c_cflag |= CLOCAL | CREAD;
  settings.c_cc[VMIN] = 1;
  settings.c_cc[VTIME] = 0;
  (void) cfsetspeed (&settings, speed);
  (void) ioctl (fd, TIOCEXCL); /* nobody else is to take half of a code */
  return tcsetattr (fd, TCSANOW, &settings) == 0;
}

/* Opens the device. A keyboard-like one must be ours alone: what it types would go to GTK as well. */
static int
open_device (SlScanner *scanner)
{
  int fd = open (scanner->path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  gboolean ready;
  int reason;

  if (fd < 0)
    return -1;
  ready = scanner->sends_events ? ioctl (fd, EVIOCGRAB, 1) == 0 : set_up_serial (fd, scanner->speed);
  reason = errno;
  if (ready)
    return fd;
  (void) close (fd);
  errno = reason;
  return -1;
}

static void
watch_device (SlScanner *scanner)
{
  scanner->delay_ms = RETRY_FIRST_MS;
  scanner->keys = (SlKeys){ 0 };
  g_clear_pointer (&scanner->told, g_free);
  set_source (scanner, g_unix_fd_source_new (scanner->fd, G_IO_IN | G_IO_HUP | G_IO_ERR), G_SOURCE_FUNC (on_readable));
  (void) tell_state (scanner, SL_SCANNER_RUNNING, NULL);
}

static gboolean
on_try (gpointer user_data)
{
  SlScanner *scanner = user_data;

  if (scanner->fd < 0)
    scanner->fd = open_device (scanner);
  if (scanner->fd >= 0)
    watch_device (scanner);
  else
    lose (scanner, g_strerror (errno));
  return G_SOURCE_REMOVE;
}

/* The device is gone: says so once for each reason, and tries again later. */
static void
lose (SlScanner *scanner, const char *reason)
{
  g_autofree char *why = g_strdup_printf ("%s: %s", scanner->path != NULL ? scanner->path : "scanner", reason);

  close_device (scanner);
  set_source (scanner, NULL, NULL);
  if (scanner->path != NULL)
    {
      set_source (scanner, g_timeout_source_new ((guint) scanner->delay_ms), on_try);
      scanner->delay_ms = MIN (scanner->delay_ms * 2, RETRY_MAX_MS);
    }
  if (g_strcmp0 (scanner->told, why) == 0)
    return;
  g_free (scanner->told);
  scanner->told = g_strdup (why);
  (void) tell_state (scanner, SL_SCANNER_MISSING, why);
}

/* "PATH" or "PATH,9600" */
static gboolean
parse_serial (SlScanner *scanner, const char *text, GError **error)
{
  static const struct {
    const char *name;
    speed_t speed;
  } speeds[] = {
    { "1200", B1200 },   { "2400", B2400 },   { "4800", B4800 },   { "9600", B9600 },
    { "19200", B19200 }, { "38400", B38400 }, { "57600", B57600 }, { "115200", B115200 },
  };
  const char *comma = strrchr (text, ',');

  scanner->path = comma != NULL ? g_strndup (text, (gsize) (comma - text)) : g_strdup (text);
  scanner->speed = B9600;
  if (comma == NULL)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (speeds); i++)
    if (strcmp (comma + 1, speeds[i].name) == 0)
      {
        scanner->speed = speeds[i].speed;
        return TRUE;
      }
  g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "scanner: \"%s\" is no speed of a serial line", comma + 1);
  return FALSE;
}

static SlScanner *
scanner_new (const SlScannerCallbacks *callbacks, gpointer user_data)
{
  SlScanner *scanner = g_new0 (SlScanner, 1);

  scanner->fd = -1;
  scanner->callbacks = *callbacks;
  scanner->user_data = user_data;
  scanner->context = g_main_context_ref_thread_default ();
  scanner->delay_ms = RETRY_FIRST_MS;
  return scanner;
}

/**
 * sl_scanner_new:
 * @source: as in scanner.h
 * @callbacks: copied; both must be there
 * @user_data: for the callbacks
 * @error: %SL_ERROR_BAD_INPUT when @source is none
 *
 * Starts reading a scanner in this thread's default main context; the device is opened from there, and again 0.25 s to
 * 5 s after it is gone, for ever. Callbacks may free the scanner.
 *
 * Returns: (transfer full) (nullable): a scanner
 */
SlScanner *
sl_scanner_new (const char *source, const SlScannerCallbacks *callbacks, gpointer user_data, GError **error)
{
  g_autoptr (SlScanner) scanner = NULL;

  g_return_val_if_fail (source != NULL && callbacks != NULL, NULL);
  g_return_val_if_fail (callbacks->state_changed != NULL && callbacks->line_read != NULL, NULL);

  scanner = scanner_new (callbacks, user_data);
  if (g_str_has_prefix (source, SERIAL_PREFIX))
    {
      if (!parse_serial (scanner, source + strlen (SERIAL_PREFIX), error))
        return NULL;
    }
  else if (g_str_has_prefix (source, EVDEV_PREFIX))
    {
      scanner->path = g_strdup (source + strlen (EVDEV_PREFIX));
      scanner->sends_events = TRUE;
    }
  if (scanner->path == NULL || !g_path_is_absolute (scanner->path))
    {
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "scanner \"%s\": neither serial:/dev/… nor evdev:/dev/input/…",
                   source);
      return NULL;
    }
  set_source (scanner, g_idle_source_new (), on_try);
  return g_steal_pointer (&scanner);
}

/**
 * sl_scanner_new_for_fd:
 * @fd: readable; taken over
 * @sends_events: whether struct input_event comes, or text
 * @callbacks: copied; both must be there
 * @user_data: for the callbacks
 *
 * Like sl_scanner_new() on a descriptor that somebody else has opened.
 *
 * Returns: (transfer full): a scanner
 */
SlScanner *
sl_scanner_new_for_fd (int fd, gboolean sends_events, const SlScannerCallbacks *callbacks, gpointer user_data)
{
  SlScanner *scanner;

  g_return_val_if_fail (fd >= 0 && callbacks != NULL, NULL);

  scanner = scanner_new (callbacks, user_data);
  scanner->fd = fd;
  scanner->sends_events = sends_events;
  (void) g_unix_set_fd_nonblocking (fd, TRUE, NULL);
  set_source (scanner, g_idle_source_new (), on_try);
  return scanner;
}

/**
 * sl_scanner_free:
 * @scanner: (nullable): a scanner
 *
 * Closes the device; no callback runs after this.
 */
void
sl_scanner_free (SlScanner *scanner)
{
  if (scanner == NULL)
    return;
  if (scanner->freed != NULL)
    *scanner->freed = TRUE;
  set_source (scanner, NULL, NULL);
  close_device (scanner);
  g_main_context_unref (scanner->context);
  g_free (scanner->path);
  g_free (scanner->told);
  g_free (scanner);
}
