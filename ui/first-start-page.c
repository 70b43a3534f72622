/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-first-start-page"

#include "first-start-page.h"

#include "form.h"
#include "language.h"
#include "list-row.h"
#include "parts.h"
#include "pin-page.h"
#include "text-fill.h"

#include "core/error.h"
#include "core/text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define ACTION(name) SL_FIRST_START_ACTIONS "." name
#define NAME_MAX_CHARS 60
#define STEPS 6
#define PRINTER_MAX_CHARS 200
#define PHRASE_GROUPS_IN_A_ROW 4
#define CAMERA_HEIGHT_PX 240
#define LANGUAGES_IN_A_ROW 3
/* A line to type, the same in every language. */

static void
wipe (char **text)
{
  if (*text != NULL)
    explicit_bzero (*text, strlen (*text));
  g_clear_pointer (text, g_free);
}

/**
 * sl_first_draft_init:
 * @draft: (out caller-allocates): nothing typed yet
 * @zone: the zone to begin with
 */
void
sl_first_draft_init (SlFirstDraft *draft, const char *zone)
{
  g_return_if_fail (draft != NULL && zone != NULL);
  *draft = (SlFirstDraft) { g_strdup (""), g_strdup (""), g_strdup (zone), g_strdup (""), g_strdup (""), g_strdup (""),
                            g_strdup (""), g_strdup (""), FALSE };
}

/**
 * sl_first_draft_clear:
 * @draft: a draft, or all zero
 *
 * Frees what it holds; the PINs are wiped.
 */
void
sl_first_draft_clear (SlFirstDraft *draft)
{
  g_clear_pointer (&draft->studio, g_free);
  g_clear_pointer (&draft->place, g_free);
  g_clear_pointer (&draft->zone, g_free);
  g_clear_pointer (&draft->owner, g_free);
  g_clear_pointer (&draft->zone_search, g_free);
  g_clear_pointer (&draft->printer, g_free);
  wipe (&draft->pin);
  wipe (&draft->pin_again);
}

static GtkWidget *
body_new (void)
{
  return sl_parts_box (GTK_ORIENTATION_VERTICAL, "first-body", 24);
}

static void
add (GtkWidget *body, GtkWidget *widget)
{
  gtk_box_append (GTK_BOX (body), widget);
}

static void
add_words (GtkWidget *body, const char *text)
{
  GtkWidget *label = sl_parts_label (text, "body");

  gtk_label_set_max_width_chars (GTK_LABEL (label), 70);
  add (body, label);
}

static SlMemberPage *
page_new (const char *title, GtkWidget *body)
{
  SlMemberPage *page = SL_MEMBER_PAGE (sl_member_page_new (title));

  sl_member_page_set_place (page, "");
  sl_member_page_set_body (page, body);
  return page;
}

/* "Step 2 of 5", where the member's pages count down. */
static void
say_step (SlMemberPage *page, int step)
{
  g_autofree char *n = g_strdup_printf ("%d", step), *all = g_strdup_printf ("%d", STEPS);
  /* Translators: while a new studio is set up; both are numbers */
  g_autofree char *text = sl_text_fill (_("Step {n} of {all}"), "n", n, "all", all, NULL);

  sl_member_page_set_place (page, text);
}

static void
add_action (SlMemberPage *page, const char *label, const char *style, const char *action)
{
  GtkWidget *button = sl_member_page_add_action (page, label, style, NULL, NULL);

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
}

static void
add_next (SlMemberPage *page)
{
  /* Translators: a button: to the next step */
  add_action (page, _("Next"), "main", ACTION ("next"));
}

static void
on_typed (GtkEditable *editable, char **kept)
{
  wipe (kept);
  *kept = g_strdup (gtk_editable_get_text (editable));
}

/* A field that writes into the draft. */
static GtkEntry *
add_field (SlForm *form, const char *name, const char *label, GtkInputPurpose purpose, char **kept, int max_chars)
{
  GtkEntry *entry = sl_form_add_entry (form, name, label, purpose, *kept);

  gtk_entry_set_max_length (entry, max_chars);
  g_signal_connect (entry, "changed", G_CALLBACK (on_typed), kept);
  return entry;
}

/* The camera's place on the first page and on its test. */

static SlCameraWords
camera_words (SlFirstStep step)
{
  if (step == SL_FIRST_WELCOME)
    return (SlCameraWords) { _("To join a studio, tap “Join a studio” and type the code."),
                             _("To join a studio, hold its code to the scanner"), "" };
  return (SlCameraWords) { _("We keep trying. The desk works without it, with a scanner or by name."),
                           _("Hold any code to the scanner"), "" };
}

/**
 * sl_first_page_set_camera:
 * @self: a page
 * @step: whose
 * @shown: how the camera is
 *
 * Shows its picture, or says in its place why there is none.
 */
void
sl_first_page_set_camera (const SlFirstPage *self, SlFirstStep step, SlCameraShown shown)
{
  const SlCameraWords words = camera_words (step);

  if (self->camera != NULL)
    sl_camera_card_set_shown (self->camera, shown, &words);
}

static GtkWidget *
camera_new (SlFirstPage *self)
{
  self->camera = g_object_new (SL_TYPE_CAMERA_CARD, NULL);
  gtk_widget_set_vexpand (GTK_WIDGET (self->camera), TRUE);
  gtk_widget_set_hexpand (GTK_WIDGET (self->camera), TRUE);
  gtk_widget_set_size_request (GTK_WIDGET (self->camera), -1, CAMERA_HEIGHT_PX);
  return GTK_WIDGET (self->camera);
}

static GtkWidget *
sides_new (GtkWidget *first, GtkWidget *second)
{
  GtkWidget *sides = sl_parts_box (GTK_ORIENTATION_HORIZONTAL, "sides member-sides", 0);

  gtk_box_set_homogeneous (GTK_BOX (sides), TRUE);
  gtk_widget_set_hexpand (first, TRUE);
  gtk_box_append (GTK_BOX (sides), first);
  gtk_box_append (GTK_BOX (sides), second);
  return sides;
}

static GtkWidget *
languages_new (void)
{
  GtkWidget *flow = sl_parts_flow (LANGUAGES_IN_A_ROW);
  guint n;
  const SlLanguage *languages = sl_language_list (&n);

  for (guint i = 0; i < n; i++)
    {
      gboolean is_current = g_str_equal (languages[i].code, sl_language_current ());
      g_autofree char *marked = g_strdup_printf ("✓ %s", languages[i].name);
      GtkWidget *button = sl_action_button_new (is_current ? marked : languages[i].name, "step", ACTION ("language"),
                                                languages[i].code);

      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, languages[i].name, -1);
      if (is_current)
        gtk_widget_add_css_class (button, "selected");
      sl_parts_flow_add (flow, button);
    }
  return flow;
}

/* A way on, as large as it matters. */
static GtkWidget *
add_way (GtkWidget *body, const SlListRowWords *words, const char *action, const char *target)
{
  GtkWidget *row = sl_list_row_new_tapped (words, action, target);

  gtk_widget_add_css_class (row, "first-way");
  add (body, row);
  return row;
}

static void
make_welcome (SlFirstPage *self)
{
  GtkWidget *left = body_new ();
  const SlListRowWords found = { _("Set up a new studio"), _("On the first device of a studio: six short steps."),
                                 NULL, NULL };
  const SlListRowWords join = { _("Join a studio"), _("Its hub or another desk shows a code: hold that code before the "
                                                      "camera at once, or tap here."), NULL, NULL };

  add (left, languages_new ());
  add_way (left, &found, ACTION ("new"), "");
  add_way (left, &join, ACTION ("join"), "");
  /* Translators: the headline of a new device's first page */
  self->page = page_new (_("Welcome"), sides_new (left, camera_new (self)));
  sl_member_page_set_back (self->page, FALSE);
}

/* "Buenos Aires", of America/Argentina/Buenos_Aires. */
static char *
city_of_zone (const char *zone)
{
  const char *slash = strrchr (zone, '/');

  return g_strdelimit (g_strdup (slash != NULL ? slash + 1 : zone), "_", ' ');
}

/* (nullable) "America, Argentina" */
static char *
region_of_zone (const char *zone)
{
  const char *slash = strrchr (zone, '/');
  g_autofree char *region = slash != NULL ? g_strndup (zone, (gsize) (slash - zone)) : NULL;
  g_auto (GStrv) parts = region != NULL ? g_strsplit (region, "/", -1) : NULL;

  return parts != NULL ? g_strdelimit (g_strjoinv (", ", parts), "_", ' ') : NULL;
}

static void
make_studio (SlFirstPage *self, SlFirstDraft *draft)
{
  GtkWidget *body = body_new ();
  SlForm *form = sl_form_new ();
  g_autofree char *city = city_of_zone (draft->zone);
  /* Translators: a button; {city} stands for a time zone, as Johannesburg */
  g_autofree char *zone = sl_text_fill (_("Time zone: {city}"), "city", city, NULL);
  const SlListRowWords row = { zone, _("Of the clocks on the wall there. Tap to choose another one."), NULL, NULL };

  add_field (form, "studio", _("The studio's name"), GTK_INPUT_PURPOSE_NAME, &draft->studio, NAME_MAX_CHARS);
  add_field (form, "place", _("The name of this place, such as its part of town"), GTK_INPUT_PURPOSE_NAME,
             &draft->place, NAME_MAX_CHARS);
  add (body, GTK_WIDGET (form));
  add (body, sl_list_row_new_tapped (&row, ACTION ("zones"), ""));
  self->page = page_new (_("Your studio"), body);
  say_step (self->page, 1);
  add_next (self->page);
}

/* The zones */

typedef struct {
  GPtrArray *zones;
  GtkWidget *list;
  const char *chosen;
} ZoneSearch;

static void
zone_search_free (gpointer data, GClosure *closure)
{
  g_ptr_array_unref (((ZoneSearch *) data)->zones);
  g_free (data);
}

static gboolean
zone_matches (const char *zone, const char *folded)
{
  g_autofree char *blanks = g_strdelimit (g_strdup (zone), "_/", ' ');
  g_autofree char *name = sl_text_fold (blanks);

  return strstr (name, folded) != NULL;
}

static void
show_zones (GtkEditable *editable, ZoneSearch *search)
{
  g_autofree char *folded = sl_text_fold (gtk_editable_get_text (editable));
  guint n = 0;

  sl_parts_clear (search->list);
  for (guint i = 0; i < search->zones->len && n <= SL_FIRST_START_ZONES_MAX; i++)
    {
      const char *zone = g_ptr_array_index (search->zones, i);
      g_autofree char *city = city_of_zone (zone), *region = region_of_zone (zone);
      gboolean is_chosen = g_str_equal (zone, search->chosen);
      const SlListRowWords words = { city, region, is_chosen ? _("Chosen") : NULL, NULL };

      if (!zone_matches (zone, folded) || ++n > SL_FIRST_START_ZONES_MAX)
        continue;
      GtkWidget *row = sl_list_row_new_tapped (&words, ACTION ("zone"), zone);
      if (is_chosen)
        gtk_widget_add_css_class (row, "selected");
      gtk_box_append (GTK_BOX (search->list), row);
    }
  if (n > SL_FIRST_START_ZONES_MAX)
    gtk_box_append (GTK_BOX (search->list), sl_list_note_new (_("There are more: type a part of the name.")));
  if (n == 0)
    gtk_box_append (GTK_BOX (search->list), sl_list_note_new (_("No such place. Try the largest city near you.")));
}

static void
make_zone (SlFirstPage *self, SlFirstDraft *draft, const SlFirstFacts *facts)
{
  GtkWidget *body = body_new ();
  SlForm *form = sl_form_new ();
  ZoneSearch *search = g_new0 (ZoneSearch, 1);
  GtkEntry *entry = add_field (form, "search", _("Search for a city"), GTK_INPUT_PURPOSE_FREE_FORM,
                               &draft->zone_search, NAME_MAX_CHARS);

  *search = (ZoneSearch) { g_ptr_array_ref (facts->zones), sl_parts_box (GTK_ORIENTATION_VERTICAL, "list", 8),
                           draft->zone };
  g_signal_connect_data (entry, "changed", G_CALLBACK (show_zones), search, zone_search_free, 0);
  show_zones (GTK_EDITABLE (entry), search);
  add (body, GTK_WIDGET (form));
  add (body, search->list);
  self->page = page_new (_("Time zone"), body);
}

static void
make_owner (SlFirstPage *self, SlFirstDraft *draft)
{
  GtkWidget *body = body_new ();
  SlForm *form = sl_form_new ();
  GtkEntry *entry;

  add_field (form, "owner", _("The owner's name"), GTK_INPUT_PURPOSE_NAME, &draft->owner, NAME_MAX_CHARS);
  /* Beside each other stand the two PINs. */
  sl_form_add_words (form, _("The owner may do everything, and signs in at reception with this PIN: six digits or "
                             "more, but none that is tried first, such as 123456, 112233 or 121212."));
  entry = add_field (form, "pin", _("PIN"), GTK_INPUT_PURPOSE_PIN, &draft->pin, SL_PIN_PAGE_DIGITS_MAX);
  gtk_entry_set_visibility (entry, FALSE);
  entry = add_field (form, "pin-again", _("The same PIN again"), GTK_INPUT_PURPOSE_PIN, &draft->pin_again,
                     SL_PIN_PAGE_DIGITS_MAX);
  gtk_entry_set_visibility (entry, FALSE);
  add (body, GTK_WIDGET (form));
  self->page = page_new (_("The owner"), body);
  say_step (self->page, 2);
  add_next (self->page);
}

static void
add_beginning (GtkWidget *body, const char *title, const char *detail, gboolean is_chosen, const char *target)
{
  const SlListRowWords words = { title, detail, is_chosen ? _("Chosen") : NULL, NULL };
  GtkWidget *row = add_way (body, &words, ACTION ("begin"), target);

  if (is_chosen)
    gtk_widget_add_css_class (row, "selected");
}

static void
make_begin (SlFirstPage *self, const SlFirstDraft *draft)
{
  GtkWidget *body = body_new ();

  add_beginning (body, _("Empty"), _("For a real studio. Members are added at reception, or come from a file."),
                 !draft->wants_samples, "empty");
  add_beginning (body, _("Try with sample members"),
                 _("Invented members, classes and bookings of a week, to try everything. Later, begin empty on a new "
                   "data directory."), draft->wants_samples, "samples");
  self->page = page_new (_("How do you want to begin?"), body);
  say_step (self->page, 3);
  add_action (self->page, _("Set up the studio"), "main", ACTION ("next"));
}

static void
make_making (SlFirstPage *self, const SlFirstDraft *draft)
{
  GtkWidget *body = body_new ();
  GtkWidget *spinner = gtk_spinner_new ();

  gtk_spinner_start (GTK_SPINNER (spinner));
  gtk_widget_set_size_request (spinner, 64, 64);
  gtk_widget_set_halign (spinner, GTK_ALIGN_START);
  add_words (body, draft->wants_samples ? _("The sample members live through their week. That may take a minute.")
                   : _("The studio is written to this device. A moment."));
  add (body, spinner);
  self->page = page_new (_("Setting up"), body);
  say_step (self->page, 3);
  sl_member_page_set_back (self->page, FALSE);
}

/* Translators: why a new studio could not be set up, and what helps. {dir} is a directory. */
static const char *
words_of_error (const GError *error)
{
  if (g_error_matches (error, SL_ERROR, SL_ERROR_DISK_FULL))
    return _("The disk is full. Free some space on the disk that holds {dir}.");
  if (g_error_matches (error, SL_ERROR, SL_ERROR_READ_ONLY))
    return _("{dir} can't be written. Check who owns it, and whether the disk is mounted read-only.");
  if (g_error_matches (error, SL_ERROR, SL_ERROR_BUSY))
    return _("Another program is setting up a studio in {dir}. Wait until it is done.");
  if (g_error_matches (error, SL_ERROR, SL_ERROR_BAD_INPUT))
    return _("Something that was typed can't be used, or {dir} is no directory. Go back and look at it again.");
  return _("The disk that holds {dir} could not be read or written. Check the disk.");
}

static void
make_failed (SlFirstPage *self, const SlFirstFacts *facts)
{
  GtkWidget *body = body_new ();
  g_autofree char *text = sl_text_fill (words_of_error (facts->error), "dir", facts->data_dir, NULL);

  add_words (body, text);
  add_words (body, _("Nothing was set up, and all that you typed is kept."));
  add (body, sl_parts_label (facts->error != NULL ? facts->error->message : "", "notice-detail"));
  self->page = page_new (_("The studio could not be set up"), body);
  say_step (self->page, 3);
  add_action (self->page, _("Try again"), "main", ACTION ("again"));
}

static GtkWidget *
phrase_new (const char *phrase)
{
  g_auto (GStrv) groups = g_strsplit (phrase, "-", -1);
  GtkWidget *card = sl_parts_box (GTK_ORIENTATION_VERTICAL, "card", 8);
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_column_spacing (GTK_GRID (grid), 32);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 16);
  for (int i = 0; groups[i] != NULL; i++)
    {
      /* The hyphen is written, too: two rows, and still one phrase. */
      g_autofree char *text = g_strconcat (groups[i], groups[i + 1] != NULL ? "-" : NULL, NULL);

      gtk_grid_attach (GTK_GRID (grid), sl_parts_label (text, "first-phrase"), i % PHRASE_GROUPS_IN_A_ROW,
                       i / PHRASE_GROUPS_IN_A_ROW, 1, 1);
    }
  gtk_box_append (GTK_BOX (card), grid);
  gtk_accessible_update_property (GTK_ACCESSIBLE (grid), GTK_ACCESSIBLE_PROPERTY_LABEL, phrase, -1);
  return card;
}

static void
make_lost (SlFirstPage *self, SlFirstDraft *draft)
{
  GtkWidget *body = body_new ();
  SlForm *form = sl_form_new ();
  GtkEntry *entry;

  add_words (body, _("This device stopped before anybody said that the recovery phrase is on paper. Without it nobody "
                     "can open the studio's backups when this device is broken or stolen. The owner's PIN makes a new "
                     "one; the one before is then good for nothing new."));
  entry = add_field (form, "pin", _("The owner's PIN"), GTK_INPUT_PURPOSE_PIN, &draft->pin, SL_PIN_PAGE_DIGITS_MAX);
  gtk_entry_set_visibility (entry, FALSE);
  add (body, GTK_WIDGET (form));
  self->page = page_new (_("Is the recovery phrase written down?"), body);
  sl_member_page_set_back (self->page, FALSE);
  add_action (self->page, _("Not now"), "", ACTION ("later"));
  add_action (self->page, _("Make a new phrase"), "main", ACTION ("renew"));
}

static void
make_phrase (SlFirstPage *self, const SlFirstFacts *facts)
{
  GtkWidget *body = body_new ();

  add_words (body, _("This recovery phrase opens the studio's backups when this device is broken or stolen. It is "
                     "shown only now, and kept nowhere. Write it on paper, and keep the paper in another building."));
  add (body, phrase_new (facts->phrase != NULL ? facts->phrase : ""));
  self->page = page_new (_("Write this down"), body);
  say_step (self->page, 4);
  sl_member_page_set_back (self->page, FALSE);
  add_action (self->page, _("I have written it down"), "main", ACTION ("next"));
}

/* What a stranger's code says is shown as it is, but not all of a long one. */
static char *
shown_code (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  if (g_utf8_strlen (valid, -1) <= SL_FIRST_START_READ_MAX_CHARS)
    return g_steal_pointer (&valid);
  g_autofree char *start = g_utf8_substring (valid, 0, SL_FIRST_START_READ_MAX_CHARS);
  return g_strconcat (start, "…", NULL);
}

static void
make_camera (SlFirstPage *self, const SlFirstFacts *facts)
{
  GtkWidget *right = body_new ();

  add_words (right, _("Show any code: a pass, a ticket, the code on a packet."));
  if (facts->read == NULL)
    add (right, sl_parts_label (_("Nothing read yet"), "title"));
  else if (*facts->read == '\0')
    add (right, sl_parts_label (_("That was no code"), "title"));
  else
    {
      g_autofree char *code = shown_code (facts->read);

      add (right, sl_parts_label (_("It works. This was read:"), "title"));
      add (right, sl_parts_label (code, "card body"));
    }
  self->page = page_new (_("Camera test"), sides_new (camera_new (self), right));
  say_step (self->page, 5);
  if (facts->read == NULL || *facts->read == '\0')
    add_action (self->page, _("Go on without a test"), "", ACTION ("next"));
  else
    add_next (self->page);
}

/* None is as good an answer: receipts can be read on the screen as well. */
static void
make_printer (SlFirstPage *self, SlFirstDraft *draft, const SlFirstFacts *facts)
{
  GtkWidget *body = body_new (), *test = sl_parts_button (_("Print a test page"), facts->was_printed ? "" : "main");
  SlForm *form = sl_form_new ();

  add_field (form, "printer", _("Where the printer for receipts is"), GTK_INPUT_PURPOSE_URL, &draft->printer,
             PRINTER_MAX_CHARS);
  sl_form_add_words (form, _("On the network: tcp:192.168.1.50. By cable: /dev/usb/lp0. "
                             "Into a folder: dir:/home/desk/receipts."));
  add (body, GTK_WIDGET (form));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (test), ACTION ("print"));
  gtk_widget_set_halign (test, GTK_ALIGN_START);
  add (body, test);
  if (facts->was_printed)
    add (body, sl_parts_label (_("A test page is on its way to the printer."), "title"));
  /* Translators: a step of the first start */
  self->page = page_new (_("Printer test"), body);
  say_step (self->page, 6);
  if (facts->was_printed)
    {
      add_action (self->page, _("Use no printer"), "", ACTION ("no-printer"));
      add_next (self->page);
    }
  else
    add_action (self->page, _("Go on without a printer"), "", ACTION ("next"));
}

static void
make_done (SlFirstPage *self, const SlFirstDraft *draft, const SlFirstFacts *facts)
{
  GtkWidget *body = body_new ();
  /* Translators: {name} is the owner; Reception is the button in the corner of the check-in page */
  g_autofree char *owner = sl_text_fill (_("{name} signs in with the PIN: tap “Reception” on the check-in page."),
                                         "name", draft->owner, NULL);

  add_words (body, owner);
  if (!facts->was_printed)
    add_words (body, _("A printer for receipts is set up under Settings at reception, at any time."));
  if (draft->wants_samples)
    add_words (body, _("The members are invented, and so are the other staff: their PINs stand in the manual for "
                       "anybody to read. Don't write real members down here."));
  else
    add_words (body, _("Members whom you have in a file are taken in at reception: Members, New member, “Several, "
                       "from a file”."));
  self->page = page_new (_("The door is open"), body);
  sl_member_page_set_back (self->page, FALSE);
  add_action (self->page, _("Show the check-in page"), "main", ACTION ("next"));
}

/**
 * sl_first_start_page_new:
 * @step: which one
 * @draft: what was typed so far, and takes what is typed; outlives the page
 * @facts: what it shows beside
 *
 * Returns: the page (transfer floating) and its parts, in the language of the moment
 */
SlFirstPage
sl_first_start_page_new (SlFirstStep step, SlFirstDraft *draft, const SlFirstFacts *facts)
{
  SlFirstPage made = { 0 };

  g_return_val_if_fail (draft != NULL && facts != NULL, made);
  switch (step)
    {
    case SL_FIRST_STUDIO:
      make_studio (&made, draft);
      break;
    case SL_FIRST_ZONE:
      make_zone (&made, draft, facts);
      break;
    case SL_FIRST_OWNER:
      make_owner (&made, draft);
      break;
    case SL_FIRST_BEGIN:
      make_begin (&made, draft);
      break;
    case SL_FIRST_MAKING:
      make_making (&made, draft);
      break;
    case SL_FIRST_FAILED:
      make_failed (&made, facts);
      break;
    case SL_FIRST_LOST:
      make_lost (&made, draft);
      break;
    case SL_FIRST_PHRASE:
      make_phrase (&made, facts);
      break;
    case SL_FIRST_CAMERA:
      make_camera (&made, facts);
      break;
    case SL_FIRST_PRINTER:
      make_printer (&made, draft, facts);
      break;
    case SL_FIRST_DONE:
      make_done (&made, draft, facts);
      break;
    case SL_FIRST_WELCOME:
    case SL_FIRST_LAST:
    default:
      make_welcome (&made);
      break;
    }
  sl_first_page_set_camera (&made, step, facts->camera);
  return made;
}
