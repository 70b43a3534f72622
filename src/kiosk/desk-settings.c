/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-settings"

#include "desk-settings.h"

#include "date-words.h"
#include "desk-settings-jobs.h"
#include "hardware.h"
#include "language.h"
#include "settings-page.h"
#include "text-fill.h"

#include "core/error.h"
#include "print/problem.h"
#include "core/text.h"
#include "scan/code.h"

#include <glib/gi18n-lib.h>

#define KEY "sl-desk-settings"
#define TAB_KEY "sl-desk-settings-tab"
#define SAMPLE_CENTS 125050
#define READ_CHARS_MAX 40 /* of a code that is not ours: as much as tells it from others */

/* Presents the settings; lives as long as their page. */
typedef struct {
  SlSettingsPage *page;
  SlDesk *desk;
  SlDevice *device;
} Settings;

static Settings *
settings_of (gpointer owner)
{
  return g_object_get_data (G_OBJECT (owner), KEY);
}

static void
settings_free (gpointer data)
{
  Settings *self = data;

  g_object_unref (self->device);
  g_object_unref (self->desk);
  g_free (self);
}

/* --- what there is --- */

/* Texts that items point into. */
typedef struct {
  GArray *items;      /* (element-type SlSettingsItem) */
  GPtrArray *texts;
} Items;

static void
items_init (Items *self)
{
  self->items = g_array_new (FALSE, FALSE, sizeof (SlSettingsItem));
  self->texts = g_ptr_array_new_with_free_func (g_free);
}

static void
items_clear (Items *self)
{
  g_array_unref (self->items);
  g_ptr_array_unref (self->texts);
}

static void
items_add (Items *self, const char *value, const char *label)
{
  SlSettingsItem item = { g_strdup (value), g_strdup (label) };

  g_ptr_array_add (self->texts, (gpointer) item.value);
  g_ptr_array_add (self->texts, (gpointer) item.label);
  g_array_append_val (self->items, item);
}

/* What is plugged in, what is chosen and is not, and none. */
static void
items_add_hardware (Items *self, GPtrArray *found, gboolean says_where, const char *chosen, const char *none)
{
  gboolean has_chosen = chosen == NULL;

  for (guint i = 0; i < found->len; i++)
    {
      const SlHardware *one = found->pdata[i];
      g_autofree char *label = sl_text_join (" · ", one->name, says_where ? one->source : "", NULL);

      items_add (self, one->source, label);
      has_chosen |= g_strcmp0 (one->source, chosen) == 0;
    }
  if (!has_chosen)
    items_add (self, chosen, chosen);
  items_add (self, SL_SETTINGS_NONE, none);
}

/* As the door would say it; reception keeps its own language. */
static void
show_sample (Settings *self)
{
  GTimeZone *zone = sl_desk_get_zone (self->desk);
  gint64 now_ms = sl_desk_get_now_ms (self->desk);
  const char *own = sl_language_current ();
  g_autofree char *headline = NULL, *day = NULL, *time = NULL, *money = NULL, *detail = NULL;

  sl_language_use (sl_device_get_settings (self->device)->language);
  headline = g_strdup (_("Hold your pass here"));
  day = sl_date_words_day (now_ms, zone);
  time = sl_date_words_time (now_ms, zone);
  sl_language_use (own);
  money = sl_money_format (SAMPLE_CENTS, sl_desk_get_currency (self->desk));
  detail = sl_text_join (" · ", day, time, money, NULL);
  sl_settings_page_set_sample (self->page, headline, detail);
}

static void
show_settings (Settings *self)
{
  static const char *const themes[] = { "light", "dark", "auto" };
  const SlSettings *settings = sl_device_get_settings (self->device);
  g_autoptr (GPtrArray) found_cameras = sl_hardware_cameras (sl_device_get_root (self->device));
  g_autoptr (GPtrArray) found_scanners = sl_hardware_scanners (sl_device_get_root (self->device));
  guint n_languages;
  const SlLanguage *known = sl_language_list (&n_languages);
  Items cameras, scanners, languages;

  items_init (&cameras);
  items_init (&scanners);
  items_init (&languages);
  items_add_hardware (&cameras, found_cameras, TRUE, settings->camera_source, _("No camera"));
  items_add_hardware (&scanners, found_scanners, FALSE, settings->scanner_source, _("No scanner"));
  for (guint i = 0; i < n_languages; i++)
    items_add (&languages, known[i].code, known[i].name);
  SlSettingsShown shown = {
    .cameras = (const SlSettingsItem *) cameras.items->data, .n_cameras = cameras.items->len,
    .scanners = (const SlSettingsItem *) scanners.items->data, .n_scanners = scanners.items->len,
    .languages = (const SlSettingsItem *) languages.items->data, .n_languages = languages.items->len,
    .camera = settings->camera_source != NULL ? settings->camera_source : SL_SETTINGS_NONE,
    .scanner = settings->scanner_source != NULL ? settings->scanner_source : SL_SETTINGS_NONE,
    .language = settings->language, .theme = themes[settings->theme], .is_mirrored = settings->is_mirrored,
    .has_sounds = settings->has_sounds, .text_percent = settings->text_percent,
    .has_light = sl_device_has_light (self->device), .is_light_managed = settings->light.is_managed,
    .day_percent = settings->light.day_percent, .night_percent = settings->light.night_percent,
    .day_from_min = settings->light.day_from_min, .night_from_min = settings->light.night_from_min,
    .light_problem = sl_device_get_light_problem (self->device),
  };
  sl_settings_page_set_shown (self->page, &shown);
  if (sl_settings_page_has_sample (self->page))
    show_sample (self);
  items_clear (&cameras);
  items_clear (&scanners);
  items_clear (&languages);
}

static void
show_devices (Settings *self)
{
  static const SlCameraShown shown[] = {
    [SL_INTAKE_CAMERA_NONE] = SL_CAMERA_SHOWN_NONE,
    [SL_INTAKE_CAMERA_STARTING] = SL_CAMERA_SHOWN_STARTING,
    [SL_INTAKE_CAMERA_RUNNING] = SL_CAMERA_SHOWN_LIVE,
    [SL_INTAKE_CAMERA_MISSING] = SL_CAMERA_SHOWN_MISSING,
  };
  SlIntake *intake = sl_device_get_intake (self->device);

  sl_settings_page_set_camera (self->page, shown[sl_intake_get_camera (intake)]);
  sl_settings_page_set_scanner_missing (self->page, sl_intake_is_scanner_missing (intake));
}

static void
on_printer_loaded (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Settings *self = settings_of (owner);
  const SlPrinterState *state = result;
  SlSettingsPrinter printer = { .paper = "80", .cut = TRUE };

  if (error != NULL || refusal->code != SL_REFUSAL_NONE)
    {
      sl_desk_say_outcome (self->desk, refusal, error);
      return;
    }
  if (state->printer != NULL)
    printer = (SlSettingsPrinter) { .target = state->printer->target, .paper = state->printer->paper,
                                    .cut = state->printer->cut, .drawer = state->printer->drawer };
  printer.waiting = state->waiting;
  g_autofree char *problem = state->problem != NULL ? sl_print_problem_words (state->problem) : NULL;
  printer.problem = problem;
  sl_settings_page_set_printer (self->page, &printer);
}

static void
load_printer (Settings *self)
{
  if (sl_desk_get_staff (self->desk) != NULL)
    sl_desk_run (self->desk, G_OBJECT (self->page),
                 &(SlDeskJob) { .work = sl_settings_load_printer, .free_result = sl_printer_state_free,
                                .done = on_printer_loaded });
}

/* --- the link to pay by --- */

static void
on_link_loaded (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Settings *self = settings_of (owner);

  if (error != NULL || refusal->code != SL_REFUSAL_NONE)
    sl_desk_say_outcome (self->desk, refusal, error);
  else
    sl_settings_page_set_pay_link (self->page, result);
}

static void
load_pay_link (Settings *self)
{
  if (sl_desk_get_staff (self->desk) != NULL)
    sl_desk_run (self->desk, G_OBJECT (self->page),
                 &(SlDeskJob) { .work = sl_settings_load_pay_link, .free_result = g_free, .done = on_link_loaded });
}

static void
on_link_set (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Settings *self = settings_of (owner);

  if (g_error_matches (error, SL_ERROR, SL_ERROR_BAD_INPUT))
    /* Translators: {reference}, {cents} and {amount} are typed like this: do not translate them */
    sl_desk_say (self->desk, SL_DESK_TONE_ATTENTION, _("That is no link to pay by: it begins with https:// and has "
                                                       "{reference} in it, and {cents} or {amount}."));
  else if (error != NULL || refusal->code != SL_REFUSAL_NONE)
    sl_desk_say_outcome (self->desk, refusal, error);
  else
    sl_desk_say (self->desk, SL_DESK_TONE_DONE, result != NULL ? _("Codes to pay by lead to this link.")
                                                               : _("No codes to pay by are shown from now on."));
}

static void
on_pay_link (SlSettingsPage *page, const char *link, Settings *self)
{
  sl_desk_run (self->desk, G_OBJECT (page),
               &(SlDeskJob) { .work = sl_settings_set_pay_link, .request = g_strdup (link), .free_request = g_free,
                              .writes = TRUE, .done = on_link_set });
}

/* --- trying --- */

static const char *
kind_words (SlCodeKind kind)
{
  switch (kind)
    {
    case SL_CODE_MEMBER_PASS:
      return _("a member's pass");
    case SL_CODE_BOOKING:
      return _("the code of a booking");
    case SL_CODE_GUEST:
      return _("a guest's code");
    case SL_CODE_STAFF_BADGE:
      return _("a staff badge");
    case SL_CODE_DEVICE_PAIRING:
      return _("a code that pairs devices");
    default:
      return _("a code of a newer program");
    }
}

/* Of ours, only what kind it is: what it says lets somebody in. */
static char *
read_words (const char *text)
{
  SlCode code;
  SlCodeProblem problem = sl_code_parse (text, &code);
  g_autofree char *start = NULL, *shown = NULL;

  if (problem == SL_CODE_OK)
    return g_strdup (kind_words (code.kind));
  if (problem == SL_CODE_BAD_VERSION || problem == SL_CODE_BAD_KIND)
    return g_strdup (_("a code of a newer program"));
  if (*text == '\0')
    return g_strdup (_("something that is no text"));
  start = g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), READ_CHARS_MAX));
  shown = g_strconcat (start, g_utf8_strlen (text, -1) > READ_CHARS_MAX ? "…" : "", NULL);
  /* Translators: somebody tries the camera with any code; {text} is what the code says */
  return sl_text_fill (_("a code of another kind, “{text}”"), "text", shown, NULL);
}

static void
on_seen (SlIntake *intake, gboolean by_scanner, const char *text, GObject *page)
{
  Settings *self = settings_of (page);
  g_autofree char *words = NULL;

  if (!sl_settings_page_is_trying (self->page, by_scanner))
    return;
  words = read_words (text);
  sl_settings_page_set_read (self->page, by_scanner, words);
}

static void
on_picture (SlIntake *intake, GdkTexture *texture, GObject *page)
{
  Settings *self = settings_of (page);

  if (sl_settings_page_is_trying (self->page, FALSE))
    sl_settings_page_set_picture (self->page, texture, sl_device_get_settings (self->device)->is_mirrored);
}

static void
on_devices (SlIntake *intake, GObject *page)
{
  show_devices (settings_of (page));
}

static void
on_sound (SlSettingsPage *page, const char *name, Settings *self)
{
  sl_device_try_sound (self->device, name);
}

static void
on_light (SlSettingsPage *page, gboolean by_night, Settings *self)
{
  if (!sl_device_try_light (self->device, by_night))
    show_settings (self); /* which says why not */
  else
    sl_desk_say (self->desk, SL_DESK_TONE_DONE, by_night ? _("As bright as by night. It goes back by itself.")
                                                         : _("As bright as by day. It goes back by itself."));
}

static void
on_sample (SlSettingsPage *page, Settings *self)
{
  show_sample (self);
}

/* --- what is chosen --- */

static void
on_saved (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Settings *self = settings_of (owner);
  const SlSettingsSaved *saved = result;
  g_autofree char *words = NULL;

  if (saved == NULL)
    {
      sl_desk_say_outcome (self->desk, refusal, error);
      show_settings (self); /* as it was */
      return;
    }
  if (saved->problem != NULL)
    {
      words = sl_text_fill (_("It holds until this program ends, and could not be written down: {reason}"), "reason",
                            saved->problem, NULL);
      sl_desk_say (self->desk, SL_DESK_TONE_ATTENTION, words);
    }
  sl_device_choose (self->device, saved->save.group, saved->save.key, saved->save.value);
}

static void
on_chosen (SlSettingsPage *page, const char *group, const char *key, const char *value, Settings *self)
{
  sl_desk_run (self->desk, G_OBJECT (page),
               &(SlDeskJob) { .work = sl_settings_save_work,
                              .request = sl_settings_save_new (self->desk, group, key, value),
                              .free_request = sl_settings_save_free, .free_result = sl_settings_saved_free,
                              .done = on_saved });
}

static void
on_settings (SlDevice *device, GObject *page)
{
  show_settings (settings_of (page));
  show_devices (settings_of (page));
}

/* --- the printer --- */

static void
on_printer_set (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Settings *self = settings_of (owner);

  if (g_error_matches (error, SL_ERROR, SL_ERROR_BAD_INPUT))
    sl_desk_say (self->desk, SL_DESK_TONE_ATTENTION,
                 _("That is no place of a printer: write tcp: and its address, a device, or dir: and a folder."));
  else if (error != NULL || refusal->code != SL_REFUSAL_NONE)
    sl_desk_say_outcome (self->desk, refusal, error);
  else
    sl_desk_say (self->desk, SL_DESK_TONE_DONE, _("Receipts go to this printer. Print a test page."));
}

static void
on_printer_chosen (SlSettingsPage *page, const char *target, const char *paper, gboolean cut, gboolean drawer,
                   Settings *self)
{
  SlPrinter printer = { .name = (char *) "", .target = (char *) target, .paper = (char *) paper, .cut = cut,
                        .drawer = drawer };

  sl_desk_run (self->desk, G_OBJECT (page),
               &(SlDeskJob) { .work = sl_settings_set_printer, .request = sl_printer_copy (&printer),
                              .free_request = (GDestroyNotify) sl_printer_free, .writes = TRUE,
                              .done = on_printer_set });
}

static void
on_printer_gone (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Settings *self = settings_of (owner);

  if (error != NULL || refusal->code != SL_REFUSAL_NONE)
    sl_desk_say_outcome (self->desk, refusal, error);
  else
    sl_desk_say (self->desk, SL_DESK_TONE_DONE, _("This desk prints nothing from now on."));
}

static void
on_printer_removed (SlSettingsPage *page, Settings *self)
{
  sl_desk_run (self->desk, G_OBJECT (page),
               &(SlDeskJob) { .work = sl_settings_remove_printer, .writes = TRUE, .done = on_printer_gone });
}

static void
on_queued (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Settings *self = settings_of (owner);

  if (error != NULL || refusal->code != SL_REFUSAL_NONE)
    sl_desk_say_outcome (self->desk, refusal, error);
  else
    sl_desk_say (self->desk, SL_DESK_TONE_DONE, _("A test page is on its way to the printer."));
}

static void
on_print (SlSettingsPage *page, Settings *self)
{
  sl_desk_run (self->desk, G_OBJECT (page),
               &(SlDeskJob) { .work = sl_settings_test_printer, .writes = TRUE, .done = on_queued });
}

/* --- leaving --- */

static void
on_may_leave (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Settings *self = settings_of (owner);

  if (error != NULL || refusal->code != SL_REFUSAL_NONE)
    sl_desk_say_outcome (self->desk, refusal, error);
  else
    sl_device_leave (self->device);
}

static void
on_leave (SlSettingsPage *page, Settings *self)
{
  sl_desk_run (self->desk, G_OBJECT (page), &(SlDeskJob) { .work = sl_settings_leave, .done = on_may_leave });
}

/* --- the section --- */

static void
on_tab (SlSettingsPage *page, const char *name, Settings *self)
{
  g_object_set_data_full (G_OBJECT (self->desk), TAB_KEY, g_strdup (name), g_free);
}

static void
on_map (SlSettingsPage *page, Settings *self)
{
  show_settings (self);
  show_devices (self);
  load_printer (self);
  load_pay_link (self);
}

static void
on_changed (SlDesk *desk, GObject *page)
{
  if (!gtk_widget_get_mapped (GTK_WIDGET (page)))
    return;
  load_printer (settings_of (page));
  load_pay_link (settings_of (page));
}

static void
connect_device (Settings *self)
{
  SlIntake *intake = sl_device_get_intake (self->device);

  g_signal_connect_object (self->device, "changed", G_CALLBACK (on_settings), self->page, 0);
  g_signal_connect_object (intake, "seen", G_CALLBACK (on_seen), self->page, 0);
  g_signal_connect_object (intake, "picture", G_CALLBACK (on_picture), self->page, 0);
  g_signal_connect_object (intake, "camera-changed", G_CALLBACK (on_devices), self->page, 0);
}

/**
 * sl_desk_settings_new:
 * @desk: the desk, on a device
 *
 * Returns: (transfer floating): the section of this device's settings; without a device an empty page
 */
GtkWidget *
sl_desk_settings_new (SlDesk *desk)
{
  Settings *self;
  const char *tab;

  g_return_val_if_fail (SL_IS_DESK (desk), NULL);
  if (sl_desk_get_device (desk) == NULL)
    return sl_settings_page_new ();
  self = g_new0 (Settings, 1);
  self->desk = g_object_ref (desk);
  self->device = g_object_ref (sl_desk_get_device (desk));
  self->page = SL_SETTINGS_PAGE (sl_settings_page_new ());
  g_object_set_data_full (G_OBJECT (self->page), KEY, self, settings_free);
  tab = g_object_get_data (G_OBJECT (desk), TAB_KEY);
  if (tab != NULL)
    sl_settings_page_show_tab (self->page, tab);
  g_signal_connect (self->page, "tab-shown", G_CALLBACK (on_tab), self);
  g_signal_connect (self->page, "chosen", G_CALLBACK (on_chosen), self);
  g_signal_connect (self->page, "printer-chosen", G_CALLBACK (on_printer_chosen), self);
  g_signal_connect (self->page, "printer-removed", G_CALLBACK (on_printer_removed), self);
  g_signal_connect (self->page, "pay-link-chosen", G_CALLBACK (on_pay_link), self);
  g_signal_connect (self->page, "print-wanted", G_CALLBACK (on_print), self);
  g_signal_connect (self->page, "sound-wanted", G_CALLBACK (on_sound), self);
  g_signal_connect (self->page, "light-wanted", G_CALLBACK (on_light), self);
  g_signal_connect (self->page, "sample-wanted", G_CALLBACK (on_sample), self);
  g_signal_connect (self->page, "leave-wanted", G_CALLBACK (on_leave), self);
  g_signal_connect (self->page, "map", G_CALLBACK (on_map), self);
  connect_device (self);
  g_signal_connect_object (desk, "changed", G_CALLBACK (on_changed), self->page, 0);
  return GTK_WIDGET (self->page);
}
