/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-bench-desk"

/* bench-desk DIR [--only PART] [--seconds S] [--quick]: reception with its real pages, window and engine on a studio
 * with years behind it. From a tap on a section to the frame that shows it; how long the main loop stood still at a
 * time; how many taps and how long it takes until somebody new who walks in has paid and sees their pass; what the desk
 * costs while nobody touches it; and over --seconds S of random use, what becomes of its memory. */

#include "series.h"
#include "studio-data.h"

#include "core/crypto.h"
#include "fake-world.h"
#include "kiosk/desk-shell.h"
#include "language.h"

#include <adwaita.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#define OWNER_PIN "739154"
#define ROUNDS 30
#define QUICK_ROUNDS 5
#define SETTLE_MS 300 /* what a section loads has come by then */
#define IDLE_S 20
#define QUICK_IDLE_S 5
#define MEMORY_LINES 12
#define TAPS_PER_SIGN_IN 200
#define SEED 29 /* another one than the studio is made of: ids are not to come again */
#define PATIENCE_S 30

static const char *const places[] = { "today", "walk-in", "members", "sell", "till", "schedule", "attention", "reports",
                                      "settings" };

/* A source that takes part in each turn of the main loop and never has anything to do: between its check and its next
 * prepare the loop did something else than wait. */
typedef struct {
  GSource base;
  gint64 woken_us, woken_cpu_us;     /* 0: it waits */
  gint64 longest_us, longest_cpu_us; /* and how much of that this thread was let run */
} Probe;

static gint64
thread_cpu_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * G_TIME_SPAN_SECOND + now.tv_nsec / 1000;
}

static gboolean
probe_prepare (GSource *source, int *timeout)
{
  Probe *probe = (Probe *) source;
  gint64 stood_us = g_get_monotonic_time () - probe->woken_us;

  if (probe->woken_us != 0 && stood_us > probe->longest_us)
    {
      probe->longest_us = stood_us;
      probe->longest_cpu_us = thread_cpu_us () - probe->woken_cpu_us;
    }
  probe->woken_us = 0;
  *timeout = -1;
  return FALSE;
}

static gboolean
probe_check (GSource *source)
{
  Probe *probe = (Probe *) source;

  probe->woken_us = g_get_monotonic_time ();
  probe->woken_cpu_us = thread_cpu_us ();
  return FALSE;
}

static void
probe_clear (Probe *probe)
{
  probe->woken_us = probe->longest_us = probe->longest_cpu_us = 0;
}

static GSourceFuncs probe_funcs = { .prepare = probe_prepare, .check = probe_check };

typedef struct {
  SlDoor *door;
  SlDesk *desk;
  SlDeskPage *page;
  GtkWidget *window;
  Probe *probe;
  gboolean painted;
} Bench;

static void
on_painted (GdkFrameClock *clock, Bench *bench)
{
  bench->painted = TRUE;
}

static void
turn_for (int ms)
{
  gint64 until_us = g_get_monotonic_time () + ms * G_TIME_SPAN_MILLISECOND;

  while (g_get_monotonic_time () < until_us)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (500);
}

static void
on_people (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Bench *bench = g_object_get_data (owner, "bench");
  GPtrArray *people = result;

  g_assert_no_error (error);
  for (guint i = 0; i < people->len; i++)
    {
      const SlDeskStaff *person = g_ptr_array_index (people, i);

      if (person->role == SL_ROLE_OWNER)
        sl_desk_sign_in (bench->desk, &person->id, OWNER_PIN, owner, NULL);
    }
}

/* Nobody touches this screen, so the desk would lock itself: who signs in again has touched it. */
static void
sign_in (Bench *bench)
{
  sl_desk_load_people (bench->desk, G_OBJECT (bench->page), on_people);
  turn_for (SETTLE_MS);
  while (sl_desk_get_staff (bench->desk) == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static void
on_left (gpointer user_data)
{
}

static void
bench_open (Bench *bench, const char *dir, SlWorld *world)
{
  AdwApplication *application = g_object_new (ADW_TYPE_APPLICATION, "flags", G_APPLICATION_NON_UNIQUE,
                                              "resource-base-path", "/za/studioloop/kiosk", NULL);

  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  bench->door = sl_door_new (dir, world);
  while (sl_door_get_state (bench->door) != SL_DOOR_OPEN)
    g_main_context_iteration (NULL, TRUE);
  bench->desk = sl_desk_new (bench->door, world);
  bench->page = SL_DESK_PAGE (sl_desk_page_new ());
  bench->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (bench->window), 1280, 800);
  gtk_window_set_child (GTK_WINDOW (bench->window), GTK_WIDGET (bench->page));
  sl_desk_shell_attach (bench->desk, bench->page, on_left, NULL);
  gtk_window_present (GTK_WINDOW (bench->window));
  turn_for (SETTLE_MS);
  g_object_set_data (G_OBJECT (bench->page), "bench", bench);
  sign_in (bench);
  turn_for (4 * SETTLE_MS); /* what is built and loaded once */
  g_signal_connect (gtk_widget_get_frame_clock (bench->window), "after-paint", G_CALLBACK (on_painted), bench);
  bench->probe = (Probe *) g_source_new (&probe_funcs, sizeof (Probe));
  g_source_set_priority (&bench->probe->base, G_PRIORITY_HIGH);
  g_source_attach (&bench->probe->base, NULL);
}

/* Gives how long it took until the section was painted; then lets it load. */
static gint64
go_to (Bench *bench, const char *name)
{
  gint64 began_us = g_get_monotonic_time ();
  gint64 took_us;

  bench->painted = FALSE;
  g_signal_emit_by_name (bench->page, "section-wanted", name);
  while (!bench->painted)
    g_main_context_iteration (NULL, TRUE);
  took_us = g_get_monotonic_time () - began_us;
  turn_for (SETTLE_MS);
  return took_us;
}

static gboolean
has_section (Bench *bench, const char *name)
{
  g_signal_emit_by_name (bench->page, "section-wanted", name);
  turn_for (SETTLE_MS);
  return g_strcmp0 (sl_desk_page_get_section (bench->page), name) == 0;
}

static void
measure_sections (Bench *bench, guint rounds)
{
  g_autoptr (SlSeries) all = sl_series_new ();

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autoptr (SlSeries) series = sl_series_new ();
      g_autofree char *told = NULL;
      const char *other = places[i == 0 ? 1 : 0];

      sign_in (bench);
      probe_clear (bench->probe); /* the first visit, too */
      if (!has_section (bench, places[i]))
        continue;
      for (guint round = 0; round < rounds; round++)
        {
          gint64 took_us;

          go_to (bench, other);
          took_us = go_to (bench, places[i]);
          sl_series_add (series, took_us);
          sl_series_add (all, took_us);
        }
      told = sl_series_to_string (series);
      printf ("tap to %-10s [1280x800]  %s  | main loop stood still at most %.1f ms (aim < 50), %.1f of it at work\n",
              places[i], told, (double) bench->probe->longest_us / 1000, (double) bench->probe->longest_cpu_us / 1000);
    }
  g_autofree char *told = sl_series_to_string (all);
  printf ("tap to next page  [all sections]  %s  | aim p99 < 100 ms\n", told);
}

static double
cpu_s (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
         + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static double
resident_mb (void)
{
  g_autofree char *text = NULL;
  const char *line;

  g_assert_true (g_file_get_contents ("/proc/self/status", &text, NULL, NULL));
  line = strstr (text, "VmRSS:");
  return line != NULL ? g_ascii_strtod (line + strlen ("VmRSS:"), NULL) / 1024 : 0;
}

static void
measure_idle (Bench *bench, guint seconds)
{
  double before;
  gint64 until_us;

  sign_in (bench);
  go_to (bench, "today");
  before = cpu_s ();
  until_us = g_get_monotonic_time () + seconds * G_TIME_SPAN_SECOND;
  while (g_get_monotonic_time () < until_us)
    g_main_context_iteration (NULL, TRUE); /* the clock of the page ticks every few seconds */
  printf ("desk untouched  [%u s]  %.2f %% of a core  | resident %.1f MB\n", seconds,
          100 * (cpu_s () - before) / seconds, resident_mb ());
}

/* --- somebody walks in --- */

typedef gboolean (*Matches) (GtkWidget *widget, const char *text);

/* The first that can be seen. */
static GtkWidget *
find (GtkWidget *widget, Matches matches, const char *text)
{
  GtkWidget *found = NULL;

  if (!gtk_widget_get_mapped (widget) || matches (widget, text))
    return gtk_widget_get_mapped (widget) ? widget : NULL;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find (child, matches, text);
  return found;
}

static gboolean
begins (GtkWidget *widget, const char *text)
{
  return GTK_IS_LABEL (widget) && g_str_has_prefix (gtk_label_get_text (GTK_LABEL (widget)), text);
}

static gboolean
is_button (GtkWidget *widget, const char *text)
{
  return GTK_IS_BUTTON (widget) && gtk_widget_is_sensitive (widget) && find (widget, begins, text) != NULL;
}

static gboolean
is_tab (GtkWidget *widget, const char *text)
{
  return GTK_IS_TOGGLE_BUTTON (widget) && find (widget, begins, text) != NULL;
}

static gboolean
is_row (GtkWidget *widget, const char *text)
{
  return GTK_IS_BUTTON (widget) && gtk_widget_has_css_class (widget, "row");
}

static void
print_texts (GtkWidget *widget)
{
  if (gtk_widget_get_mapped (widget) && GTK_IS_LABEL (widget))
    g_printerr ("%s\n", gtk_label_get_text (GTK_LABEL (widget)));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    print_texts (child);
}

static GtkWidget *
wait_for (Bench *bench, Matches matches, const char *text)
{
  gint64 end_us = g_get_monotonic_time () + PATIENCE_S * G_TIME_SPAN_SECOND;
  GtkWidget *found;

  while ((found = find (bench->window, matches, text)) == NULL)
    {
      if (g_get_monotonic_time () > end_us)
        {
          print_texts (bench->window);
          g_error ("waited in vain for: %s", text);
        }
      g_main_context_iteration (NULL, TRUE);
    }
  bench->painted = FALSE;
  gtk_widget_queue_draw (found);
  while (!bench->painted)
    g_main_context_iteration (NULL, TRUE);
  return find (bench->window, matches, text);
}

static void
tap (Bench *bench, Matches matches, const char *text, guint *taps)
{
  g_signal_emit_by_name (wait_for (bench, matches, text), "clicked");
  ++*taps;
}

static void
type (Bench *bench, const char *field, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (gtk_widget_get_next_sibling (wait_for (bench, begins, field))), text);
}

/* Somebody nobody knows comes for the next class and pays for it: from the first tap until their pass is seen. What a
 * person needs to ask, to type and to take the money comes on top. */
static void
measure_walk_in (Bench *bench, guint rounds)
{
  g_autoptr (SlSeries) series = sl_series_new ();
  g_autofree char *told = NULL;
  guint number = g_random_int () % 1000000 * 10, taps = 0;

  sign_in (bench);
  probe_clear (bench->probe);
  for (guint round = 0; round < rounds; round++)
    {
      g_autofree char *phone = g_strdup_printf ("061%07u", number + round);
      gint64 began_us;

      go_to (bench, "today");
      taps = 0;
      began_us = g_get_monotonic_time ();
      tap (bench, is_tab, "Walk-in", &taps);
      type (bench, "First name", "Lerato");
      type (bench, "Last name", "Mokoena");
      type (bench, "Phone number", phone);
      tap (bench, is_button, "New member, go on", &taps);
      tap (bench, is_row, "a class", &taps);
      tap (bench, is_button, "Take R", &taps);
      wait_for (bench, begins, "Their pass");
      sl_series_add (series, g_get_monotonic_time () - began_us);
      g_signal_emit_by_name (wait_for (bench, is_button, "Next person"), "clicked");
    }
  told = sl_series_to_string (series);
  printf ("walk-in with sale  [%u taps, to the pass]  %s  | main loop stood still at most %.1f ms (aim < 50), "
          "%.1f of it at work\n", taps, told, (double) bench->probe->longest_us / 1000,
          (double) bench->probe->longest_cpu_us / 1000);
}

/* Any section, any time: memory at equal distances. */
static void
measure_memory (Bench *bench, guint seconds)
{
  gint64 began_us = g_get_monotonic_time ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  guint taps = 0;

  for (guint line = 1; line <= MEMORY_LINES; line++)
    {
      while (g_get_monotonic_time () - began_us < (gint64) seconds * line / MEMORY_LINES * G_TIME_SPAN_SECOND)
        {
          g_signal_emit_by_name (bench->page, "section-wanted",
                                 places[g_rand_int_range (rand, 0, G_N_ELEMENTS (places))]);
          turn_for (g_rand_int_range (rand, 20, SETTLE_MS));
          if (++taps % TAPS_PER_SIGN_IN == 0)
            sign_in (bench);
        }
      printf ("memory after %u s, %u taps  [random use]  %.1f MB\n", seconds * line / MEMORY_LINES, taps,
              resident_mb ());
    }
}

int
main (int argc, char **argv)
{
  int seconds = 0;
  gboolean quick = FALSE;
  g_autofree char *only = NULL;
  const GOptionEntry entries[] = {
    { "only", 0, 0, G_OPTION_ARG_STRING, &only, "One part alone", "sections|idle|walk-in" },
    { "seconds", 0, 0, G_OPTION_ARG_INT, &seconds, "Random use for so long", "S" },
    { "quick", 0, 0, G_OPTION_ARG_NONE, &quick, "Fewer of everything", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("DIR");
  g_autoptr (GError) error = NULL;
  SlFakeWorld world;
  Bench bench = { 0 };

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 2)
    {
      g_printerr ("usage: bench-desk DIR [--only PART] [--seconds S] [--quick]\n");
      return 2;
    }
  g_assert_true (sl_crypto_init (NULL));
  sl_language_init (SL_BENCH_LOCALE_DIR);
  gtk_disable_setlocale ();
  gtk_init ();
  sl_fake_world_init (&world, SL_STUDIO_NOW_MS, SEED);
  bench_open (&bench, argv[1], &world.base);
  if (only == NULL || g_str_equal (only, "sections"))
    measure_sections (&bench, quick ? QUICK_ROUNDS : ROUNDS);
  if (only == NULL || g_str_equal (only, "walk-in"))
    measure_walk_in (&bench, quick ? QUICK_ROUNDS : ROUNDS);
  if (only == NULL || g_str_equal (only, "idle"))
    measure_idle (&bench, quick ? QUICK_IDLE_S : IDLE_S);
  if (seconds > 0)
    measure_memory (&bench, (guint) seconds);
  gtk_window_destroy (GTK_WINDOW (bench.window));
  sl_door_close (bench.door);
  return 0;
}
