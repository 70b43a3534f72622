/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-first-start"

#include "first-start.h"

#include "pin-page.h"
#include "text-fill.h"

#include "engine/demo.h"
#include "engine/pin.h"
#include "engine/studio.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#define CABLE_PRINTER "/dev/usb/lp0"
#define NAME_MAX_BYTES 120 /* of a studio, a place, a person: src/engine/studio.c */

struct _SlFirstStart {
  GObject parent_instance;

  char *data_dir;
  SlWorld *world;
  GtkWidget *widget;     /* an SlShapeBin */
  GSimpleActionGroup *actions;
  SlFirstStep step;
  SlFirstPage page;
  SlFirstDraft draft;
  GPtrArray *zones;
  char *phrase;          /* (nullable) */
  char *read;            /* (nullable) */
  GError *error;         /* (nullable) */
  SlCameraShown camera;
  gboolean is_asking;    /* for a new phrase */
  gboolean is_printing, was_printed;
  GString *keys;         /* of a scanner that types */
  guint32 key_ms;        /* of the last, as events have it */
  guint show_id;

  /* the making: the thread's until its source is attached */
  GMainContext *context;
  GThread *thread;       /* (nullable) */
  GSource *source;       /* (nullable) */
  SlStudioFounded founded;
  SlRefusal refusal;
};

enum {
  SIGNAL_LANGUAGE_CHOSEN, SIGNAL_JOIN_WANTED, SIGNAL_TEXT_ENTERED, SIGNAL_MADE, SIGNAL_PHRASE_NOTED,
  SIGNAL_PHRASE_WANTED, SIGNAL_PRINTER_WANTED, SIGNAL_DONE, N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SlFirstStart, sl_first_start, G_TYPE_OBJECT)

/* South Africa and around, which a list by the alphabet would bury. */
static const char *const near_zones[] = {
  SL_FIRST_START_ZONE, "Africa/Gaborone", "Africa/Harare", "Africa/Lusaka", "Africa/Maputo", "Africa/Maseru",
  "Africa/Mbabane", "Africa/Windhoek", "Africa/Blantyre", "Africa/Luanda", "Africa/Lubumbashi", "Africa/Nairobi",
  "Africa/Lagos", "Africa/Accra", "Indian/Mauritius", "UTC",
};

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* The third column of the time zone database's list; "# …" are remarks. */
static GPtrArray *
load_zones (void)
{
  GPtrArray *zones = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) others = g_ptr_array_new ();
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (near_zones); i++)
    g_ptr_array_add (zones, g_strdup (near_zones[i]));
  if (!g_file_get_contents (SL_FIRST_START_ZONES_FILE, &text, NULL, NULL))
    return zones; /* the near ones are those that count */
  lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    {
      g_auto (GStrv) columns = **line != '#' ? g_strsplit (*line, "\t", -1) : NULL;

      if (columns != NULL && g_strv_length (columns) >= 3
          && !g_ptr_array_find_with_equal_func (zones, columns[2], g_str_equal, NULL))
        g_ptr_array_add (others, g_strdup (columns[2]));
    }
  g_ptr_array_sort (others, compare_names);
  g_ptr_array_extend_and_steal (zones, g_steal_pointer (&others));
  return zones;
}

/* The pages */

static void on_back (SlFirstStart *self);

static void
show_now (SlFirstStart *self)
{
  const SlFirstFacts facts = { self->data_dir, self->zones, self->phrase, self->error, self->camera, self->read,
                               self->was_printed };

  g_clear_handle_id (&self->show_id, g_source_remove);
  self->page = sl_first_start_page_new (self->step, &self->draft, &facts);
  g_signal_connect_object (self->page.page, "back", G_CALLBACK (on_back), self, G_CONNECT_SWAPPED);
  sl_shape_bin_set_shape (SL_SHAPE_BIN (self->page.page), sl_shape_bin_get_shape (SL_SHAPE_BIN (self->widget)));
  sl_shape_bin_set_child (SL_SHAPE_BIN (self->widget), GTK_WIDGET (self->page.page));
}

static gboolean
on_show (gpointer user_data)
{
  SlFirstStart *self = user_data;

  self->show_id = 0;
  show_now (self);
  return G_SOURCE_REMOVE;
}

/* Not at once: a button of the page may be what asks for it. */
static void
show (SlFirstStart *self, SlFirstStep step)
{
  self->step = step;
  if (self->show_id == 0)
    self->show_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_show, self, NULL);
}

static void
say (SlFirstStart *self, const char *text)
{
  if (self->page.page != NULL)
    sl_member_page_say (self->page.page, text);
}

/* What was answered. Each gives what is wrong with it, in words; NULL: nothing. */

static gboolean
is_blank (const char *text)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));

  return *stripped == '\0';
}

static const char *
problem_of_name (const char *name, const char *if_blank)
{
  if (is_blank (name))
    return if_blank;
  return strlen (name) > NAME_MAX_BYTES ? _("That name is too long.") : NULL;
}

static const char *
problem_of_pin (const SlFirstDraft *draft)
{
  gsize length = strlen (draft->pin);

  if (length == 0)
    return _("Choose a PIN for the owner.");
  if (strspn (draft->pin, "0123456789") != length)
    return _("A PIN is made of digits alone.");
  if (length < SL_PIN_STAFF_MIN_DIGITS)
    return _("The PIN needs six digits or more.");
  if (sl_pin_is_weak (draft->pin, SL_PIN_STAFF_MIN_DIGITS, SL_PIN_MAX_DIGITS))
    return _("That PIN is one of the first that anybody would try. Choose another one.");
  if (*draft->pin_again == '\0')
    return _("Type the same PIN again, in the field beside it.");
  return g_str_equal (draft->pin, draft->pin_again) ? NULL
         : _("The two PINs are not the same. Type the second one again, or both.");
}

static const char *
problem_of_step (SlFirstStart *self, SlFirstStep step)
{
  const char *problem;

  switch (step)
    {
    case SL_FIRST_STUDIO:
      problem = problem_of_name (self->draft.studio, _("Give the studio a name."));
      return problem != NULL ? problem
             : problem_of_name (self->draft.place, _("Give the place a name: a studio may have several."));
    case SL_FIRST_OWNER:
      problem = problem_of_name (self->draft.owner, _("Type the owner's name."));
      return problem != NULL ? problem : problem_of_pin (&self->draft);
    default:
      return NULL;
    }
}

/* The making */

static void
wipe_pins (SlFirstStart *self)
{
  explicit_bzero (self->draft.pin, strlen (self->draft.pin));
  explicit_bzero (self->draft.pin_again, strlen (self->draft.pin_again));
}

/* Owner's thread */
static gboolean
on_made (gpointer user_data)
{
  g_autoptr (SlFirstStart) self = g_object_ref (user_data);

  g_clear_pointer (&self->thread, g_thread_join);
  g_clear_pointer (&self->source, g_source_unref);
  if (self->error != NULL)
    {
      g_message ("A studio could not be set up: %s", self->error->message);
      show (self, SL_FIRST_FAILED);
    }
  else if (self->refusal.code == SL_REFUSAL_PIN_WEAK)
    show (self, SL_FIRST_OWNER);
  else if (self->refusal.code != SL_REFUSAL_NONE) /* somebody has set one up here meanwhile: its door opens */
    sl_first_start_reset (self);
  else
    {
      g_message ("A new studio was set up");
      self->phrase = g_steal_pointer (&self->founded.recovery_phrase);
      wipe_pins (self);
      show (self, SL_FIRST_PHRASE);
      g_signal_emit (self, signals[SIGNAL_MADE], 0);
    }
  return G_SOURCE_REMOVE;
}

/* The making's thread */
static gpointer
make (gpointer user_data)
{
  SlFirstStart *self = user_data;
  const SlStudioParams params = { .name = self->draft.studio, .location_name = self->draft.place,
                                  .timezone = self->draft.zone, .owner_name = self->draft.owner,
                                  .owner_pin = self->draft.pin, .confirms_phrase = TRUE };
  g_auto (SlDemo) demo = { 0 };

  gboolean decided;

  if (self->draft.wants_samples)
    {
      decided = sl_demo_fill (self->data_dir, self->world, &params, &demo, &self->refusal, &self->error);
      self->founded = demo.founded;
      demo.founded.recovery_phrase = NULL;
    }
  else
    decided = sl_studio_init (self->data_dir, self->world, &params, &self->founded, &self->refusal, &self->error);
  g_assert (decided == (self->error == NULL));
  g_source_attach (self->source, self->context);
  return NULL;
}

/* Owner's thread, from here on */
static void
begin_making (SlFirstStart *self)
{
  if (self->thread != NULL)
    return;
  g_clear_error (&self->error);
  sl_refusal_clear (&self->refusal);
  self->source = g_idle_source_new ();
  g_source_set_priority (self->source, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->source, on_made, self, NULL);
  self->thread = g_thread_new ("founding", make, self);
}

static void
go_making (SlFirstStart *self)
{
  show (self, SL_FIRST_MAKING);
  begin_making (self);
}

/* What is tapped */

static void
on_language (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_LANGUAGE_CHOSEN], 0, g_variant_get_string (target, NULL));
}

static void
on_new (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  show (user_data, SL_FIRST_STUDIO);
}

static void
on_join (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_JOIN_WANTED], 0);
}

static void
on_zones (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  show (user_data, SL_FIRST_ZONE);
}

static void
on_zone (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  SlFirstStart *self = user_data;

  g_free (self->draft.zone);
  self->draft.zone = g_variant_dup_string (target, NULL);
  show (self, SL_FIRST_STUDIO);
}

static void
on_begin (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  SlFirstStart *self = user_data;

  self->draft.wants_samples = g_str_equal (g_variant_get_string (target, NULL), "samples");
  show (self, SL_FIRST_BEGIN);
}

static void
on_again (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  SlFirstStart *self = user_data;

  if (self->step == SL_FIRST_FAILED)
    go_making (self);
}

/* What hangs on a cable needs no typing. */
static void
offer_printer (SlFirstStart *self)
{
  if (*self->draft.printer == '\0' && access (CABLE_PRINTER, W_OK) == 0)
    {
      g_free (self->draft.printer);
      self->draft.printer = g_strdup (CABLE_PRINTER);
    }
  show (self, SL_FIRST_PRINTER);
}

static void
on_print (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  SlFirstStart *self = user_data;

  if (self->step != SL_FIRST_PRINTER || self->is_printing)
    return;
  if (is_blank (self->draft.printer))
    {
      say (self, _("Say where the printer is, or go on without one."));
      return;
    }
  self->is_printing = TRUE;
  say (self, NULL);
  g_signal_emit (self, signals[SIGNAL_PRINTER_WANTED], 0, self->draft.printer);
}

/* It did not come out, and nobody wants to wait for it. */
static void
on_no_printer (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  SlFirstStart *self = user_data;

  if (self->step != SL_FIRST_PRINTER || self->is_printing)
    return;
  self->was_printed = FALSE;
  g_signal_emit (self, signals[SIGNAL_PRINTER_WANTED], 0, NULL);
  show (self, SL_FIRST_DONE);
}

static void
on_next (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  SlFirstStart *self = user_data;
  const char *problem = problem_of_step (self, self->step);

  say (self, problem);
  if (problem != NULL)
    return;
  switch (self->step)
    {
    case SL_FIRST_STUDIO:
      show (self, SL_FIRST_OWNER);
      break;
    case SL_FIRST_OWNER:
      show (self, SL_FIRST_BEGIN);
      break;
    case SL_FIRST_BEGIN:
      go_making (self);
      break;
    case SL_FIRST_PHRASE:
      g_signal_emit (self, signals[SIGNAL_PHRASE_NOTED], 0);
      show (self, SL_FIRST_CAMERA);
      break;
    case SL_FIRST_CAMERA:
      offer_printer (self);
      break;
    case SL_FIRST_PRINTER:
      show (self, SL_FIRST_DONE);
      break;
    case SL_FIRST_DONE:
      g_signal_emit (self, signals[SIGNAL_DONE], 0);
      break;
    default: /* two taps are one */
      break;
    }
}

static void
on_renew (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  SlFirstStart *self = user_data;

  if (self->step != SL_FIRST_LOST || self->is_asking)
    return;
  if (*self->draft.pin == '\0')
    {
      say (self, _("Type the owner's PIN."));
      return;
    }
  self->is_asking = TRUE;
  say (self, NULL);
  g_signal_emit (self, signals[SIGNAL_PHRASE_WANTED], 0, self->draft.pin);
}

static void
on_later (GSimpleAction *action, GVariant *target, gpointer user_data)
{
  SlFirstStart *self = user_data;

  if (self->step == SL_FIRST_LOST && !self->is_asking)
    g_signal_emit (self, signals[SIGNAL_DONE], 0);
}

static void
on_back (SlFirstStart *self)
{
  static const SlFirstStep before[SL_FIRST_LAST] = {
    [SL_FIRST_STUDIO] = SL_FIRST_WELCOME, [SL_FIRST_ZONE] = SL_FIRST_STUDIO, [SL_FIRST_OWNER] = SL_FIRST_STUDIO,
    [SL_FIRST_BEGIN] = SL_FIRST_OWNER,    [SL_FIRST_MAKING] = SL_FIRST_MAKING, [SL_FIRST_FAILED] = SL_FIRST_BEGIN,
    [SL_FIRST_LOST] = SL_FIRST_LOST,
    [SL_FIRST_PHRASE] = SL_FIRST_PHRASE,  [SL_FIRST_CAMERA] = SL_FIRST_PHRASE,
    [SL_FIRST_PRINTER] = SL_FIRST_CAMERA, [SL_FIRST_DONE] = SL_FIRST_PRINTER,
  };

  show (self, before[self->step]);
}

/* A scanner that types does not know that there is no field here. */
static gboolean
on_key_pressed (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, SlFirstStart *self)
{
  guint32 now_ms = gtk_event_controller_get_current_event_time (GTK_EVENT_CONTROLLER (controller));
  gunichar character = gdk_keyval_to_unicode (key);

  if (self->step != SL_FIRST_WELCOME || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  if (now_ms - self->key_ms > SL_FIRST_START_KEYS_MS || self->keys->len > SL_FIRST_START_KEYS_MAX)
    g_string_truncate (self->keys, 0);
  self->key_ms = now_ms;
  if (self->keys->len > 0 && (key == GDK_KEY_Return || key == GDK_KEY_KP_Enter))
    {
      g_autofree char *text = g_strdup (self->keys->str);

      g_string_truncate (self->keys, 0);
      g_signal_emit (self, signals[SIGNAL_TEXT_ENTERED], 0, text);
      return GDK_EVENT_STOP;
    }
  if (!g_unichar_isgraph (character))
    return GDK_EVENT_PROPAGATE;
  g_string_append_unichar (self->keys, character);
  return GDK_EVENT_STOP;
}

/* The object */

static void
sl_first_start_dispose (GObject *object)
{
  SlFirstStart *self = SL_FIRST_START (object);

  sl_first_start_close (self);
  g_clear_handle_id (&self->show_id, g_source_remove);
  if (self->widget != NULL)
    {
      gtk_widget_insert_action_group (self->widget, SL_FIRST_START_ACTIONS, NULL);
      sl_shape_bin_set_child (SL_SHAPE_BIN (self->widget), NULL);
    }
  g_clear_object (&self->widget);
  g_clear_object (&self->actions);
  G_OBJECT_CLASS (sl_first_start_parent_class)->dispose (object);
}

static void
forget (SlFirstStart *self)
{
  if (self->phrase != NULL)
    explicit_bzero (self->phrase, strlen (self->phrase));
  g_clear_pointer (&self->phrase, g_free);
  g_clear_pointer (&self->read, g_free);
  self->was_printed = FALSE;
  g_clear_error (&self->error);
  sl_first_draft_clear (&self->draft);
  sl_studio_founded_clear (&self->founded);
  sl_refusal_clear (&self->refusal);
}

static void
sl_first_start_finalize (GObject *object)
{
  SlFirstStart *self = SL_FIRST_START (object);

  forget (self);
  g_ptr_array_unref (self->zones);
  g_string_free (self->keys, TRUE);
  g_main_context_unref (self->context);
  g_free (self->data_dir);
  G_OBJECT_CLASS (sl_first_start_parent_class)->finalize (object);
}

static void
sl_first_start_class_init (SlFirstStartClass *class)
{
  GType type = G_TYPE_FROM_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sl_first_start_dispose;
  G_OBJECT_CLASS (class)->finalize = sl_first_start_finalize;
  signals[SIGNAL_LANGUAGE_CHOSEN] = g_signal_new ("language-chosen", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                  G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_JOIN_WANTED] = g_signal_new ("join-wanted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                              0);
  signals[SIGNAL_TEXT_ENTERED] = g_signal_new ("text-entered", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                               G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_MADE] = g_signal_new ("made", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_PHRASE_NOTED] = g_signal_new ("phrase-noted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                               G_TYPE_NONE, 0);
  signals[SIGNAL_PHRASE_WANTED] = g_signal_new ("phrase-wanted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_PRINTER_WANTED] = g_signal_new ("printer-wanted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                 G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_DONE] = g_signal_new ("done", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sl_first_start_init (SlFirstStart *self)
{
  static const GActionEntry entries[] = {
    { "language", on_language, "s", NULL, NULL, { 0 } }, { "new", on_new, "s", NULL, NULL, { 0 } },
    { "join", on_join, "s", NULL, NULL, { 0 } },        { "zones", on_zones, "s", NULL, NULL, { 0 } },
    { "zone", on_zone, "s", NULL, NULL, { 0 } },         { "begin", on_begin, "s", NULL, NULL, { 0 } },
    { "again", on_again, NULL, NULL, NULL, { 0 } },      { "next", on_next, NULL, NULL, NULL, { 0 } },
    { "renew", on_renew, NULL, NULL, NULL, { 0 } },      { "later", on_later, NULL, NULL, NULL, { 0 } },
    { "print", on_print, NULL, NULL, NULL, { 0 } },      { "no-printer", on_no_printer, NULL, NULL, NULL, { 0 } },
  };
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->context = g_main_context_ref_thread_default ();
  self->keys = g_string_new (NULL);
  self->zones = load_zones ();
  self->camera = SL_CAMERA_SHOWN_STARTING;
  sl_first_draft_init (&self->draft, SL_FIRST_START_ZONE);
  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
  self->widget = g_object_ref_sink (g_object_new (SL_TYPE_SHAPE_BIN, NULL));
  gtk_widget_insert_action_group (self->widget, SL_FIRST_START_ACTIONS, G_ACTION_GROUP (self->actions));
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (on_key_pressed), self, 0);
  gtk_widget_add_controller (self->widget, keys);
}

/**
 * sl_first_start_new:
 * @data_dir: the data directory
 * @world: clock and random; used on a thread of its own, and must outlive this
 *
 * Returns: (transfer full): a first start at its first page
 */
SlFirstStart *
sl_first_start_new (const char *data_dir, SlWorld *world)
{
  SlFirstStart *self;

  g_return_val_if_fail (data_dir != NULL && world != NULL, NULL);
  self = g_object_new (SL_TYPE_FIRST_START, NULL);
  self->data_dir = g_strdup (data_dir);
  self->world = world;
  show_now (self);
  return self;
}

/**
 * sl_first_start_close:
 * @self: a first start
 *
 * A studio that is being made is finished first; nobody is told of it any more. Twice is fine.
 */
void
sl_first_start_close (SlFirstStart *self)
{
  g_return_if_fail (SL_IS_FIRST_START (self));
  g_clear_pointer (&self->thread, g_thread_join);
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
}

/**
 * sl_first_start_get_widget:
 * @self: a first start
 *
 * Returns: (transfer none): its pages
 */
GtkWidget *
sl_first_start_get_widget (SlFirstStart *self)
{
  g_return_val_if_fail (SL_IS_FIRST_START (self), NULL);
  return self->widget;
}

/**
 * sl_first_start_get_step:
 * @self: a first start
 *
 * Returns: which page is shown
 */
SlFirstStep
sl_first_start_get_step (SlFirstStart *self)
{
  g_return_val_if_fail (SL_IS_FIRST_START (self), SL_FIRST_WELCOME);
  return self->step;
}

/**
 * sl_first_start_holds_screen:
 * @self: a first start
 *
 * Returns: whether it goes on although there is a studio now: its phrase has to be written down
 */
gboolean
sl_first_start_holds_screen (SlFirstStart *self)
{
  g_return_val_if_fail (SL_IS_FIRST_START (self), FALSE);
  return self->step == SL_FIRST_MAKING || self->step == SL_FIRST_LOST || self->phrase != NULL;
}

/**
 * sl_first_start_reset:
 * @self: a first start with nothing under way
 *
 * Forgets all that was typed, and the phrase, and is at its first page.
 */
void
sl_first_start_reset (SlFirstStart *self)
{
  g_return_if_fail (SL_IS_FIRST_START (self) && self->thread == NULL);
  forget (self);
  sl_first_draft_init (&self->draft, SL_FIRST_START_ZONE);
  show (self, SL_FIRST_WELCOME);
}

/**
 * sl_first_start_ask_phrase:
 * @self: a first start with nothing under way
 *
 * There is a studio, and nobody has said that its phrase is on paper: offers a new one.
 */
void
sl_first_start_ask_phrase (SlFirstStart *self)
{
  g_return_if_fail (SL_IS_FIRST_START (self) && self->thread == NULL);
  show (self, SL_FIRST_LOST);
}

/**
 * sl_first_start_answer_printer:
 * @self: a first start, after "printer-wanted"
 * @problem: (nullable): why no test page is on its way, in words
 */
void
sl_first_start_answer_printer (SlFirstStart *self, const char *problem)
{
  g_return_if_fail (SL_IS_FIRST_START (self));
  self->is_printing = FALSE;
  if (self->step != SL_FIRST_PRINTER)
    return;
  self->was_printed = problem == NULL;
  if (problem != NULL)
    say (self, problem);
  else
    show (self, SL_FIRST_PRINTER);
}

/**
 * sl_first_start_answer_phrase:
 * @self: a first start, after "phrase-wanted"
 * @phrase: (nullable): the new one
 * @problem: (nullable): why there is none, in words
 */
void
sl_first_start_answer_phrase (SlFirstStart *self, const char *phrase, const char *problem)
{
  g_return_if_fail (SL_IS_FIRST_START (self) && (phrase == NULL) != (problem == NULL));
  self->is_asking = FALSE;
  if (self->step != SL_FIRST_LOST)
    return;
  if (problem != NULL)
    {
      say (self, problem);
      return;
    }
  wipe_pins (self);
  self->phrase = g_strdup (phrase);
  show (self, SL_FIRST_PHRASE);
}

/**
 * sl_first_start_rebuild:
 * @self: a first start
 *
 * Makes its page again, in the language of the moment, with what was typed.
 */
void
sl_first_start_rebuild (SlFirstStart *self)
{
  g_return_if_fail (SL_IS_FIRST_START (self));
  show_now (self);
}

/**
 * sl_first_start_handle_code:
 * @self: a first start
 * @code: what was read, whatever it is
 *
 * Says it on the camera's test; elsewhere it is nothing.
 */
void
sl_first_start_handle_code (SlFirstStart *self, const char *code)
{
  g_return_if_fail (SL_IS_FIRST_START (self) && code != NULL);
  if (self->step != SL_FIRST_CAMERA)
    return;
  g_free (self->read);
  self->read = g_strdup (code);
  show (self, SL_FIRST_CAMERA);
}

/**
 * sl_first_start_set_camera:
 * @self: a first start
 * @shown: how the camera is
 */
void
sl_first_start_set_camera (SlFirstStart *self, SlCameraShown shown)
{
  g_return_if_fail (SL_IS_FIRST_START (self));
  self->camera = shown;
  sl_first_page_set_camera (&self->page, self->step, shown);
}

/**
 * sl_first_start_set_picture:
 * @self: a first start
 * @texture: the camera's newest picture
 * @mirrored: whether to show it like a mirror
 */
void
sl_first_start_set_picture (SlFirstStart *self, GdkTexture *texture, gboolean mirrored)
{
  g_return_if_fail (SL_IS_FIRST_START (self));
  if (self->page.camera != NULL)
    sl_camera_card_set_picture (self->page.camera, texture, mirrored);
}
