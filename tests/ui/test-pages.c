/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-pages"

#include "door-samples.h"

#include "answer-view.h"
#include "checkin-page.h"
#include "date-words.h"
#include "language.h"
#include "look-walk.h"
#include "notice-page.h"
#include "page-look.h"
#include "pair-page.h"
#include "pin-page.h"
#include "stage.h"
#include "text-size.h"
#include "widget-search.h"

#include <string.h>

/* Every page in every state, language and size: all its words must be there, and none may be cut off. With
 * `--shots DIR` the same run leaves a picture of each. */

static const struct { int width, height; } sizes[LOOK_SIZES] = { { 1280, 800 }, { 1920, 1080 }, { 1080, 1920 } };

static GtkWidget *
present (GtkWidget *page, LookSize size)
{
  return stage_present (page, sizes[size].width, sizes[size].height);
}

/* Names a label that does not show its whole text. */
static void
assert_nothing_cut (GtkWidget *widget, const char *state)
{
  if (GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget))
    {
      PangoLayout *layout = gtk_label_get_layout (GTK_LABEL (widget));
      gboolean may_be_cut = GTK_IS_TEXT (gtk_widget_get_parent (widget)); /* an example in an empty field */

      if (pango_layout_is_ellipsized (layout) && !may_be_cut)
        look_fault ("%s: cut off: %s", state, gtk_label_get_label (GTK_LABEL (widget)));
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    assert_nothing_cut (child, state);
}

/* The page is as large as its screen, all words are there, and there is a picture of it. */
static void
check_look (GtkWidget *window, const Look *look, const char *state)
{
  g_autofree char *where = look_where (look, state);
  GtkWidget *page = gtk_window_get_child (GTK_WINDOW (window));

  look_settle (window);
  look_picture (window, look, state);
  assert_nothing_cut (window, where);
  if (gtk_widget_get_width (page) != sizes[look->size].width
      || gtk_widget_get_height (page) != sizes[look->size].height)
    look_fault ("%s: wants %d by %d", where, gtk_widget_get_width (page), gtk_widget_get_height (page));
}

static const char *
label_of (GtkWidget *page, const char *css_class)
{
  GtkWidget *label = stage_find_class (page, css_class);

  g_assert_nonnull (label);
  return gtk_label_get_label (GTK_LABEL (label));
}

/* A made-up picture: a wall, and a phone that shows squares. */
static GdkTexture *
sample_picture (void)
{
  const int width = 640, height = 360;
  g_autofree guint8 *pixels = g_malloc (width * height * 4);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        gboolean on_phone = ABS (x - width / 2) < 90 && ABS (y - height / 2) < 150;
        gboolean on_code = ABS (x - width / 2) < 66 && ABS (y - height / 2) < 66;
        gboolean is_dark = on_code && (((x / 12) * 7 + (y / 12) * 13 + (x / 12) * (y / 12)) % 3 == 0);
        guint8 grey = is_dark ? 20 : on_code ? 245 : on_phone ? 40 : 120 + (y * 60) / height;

        memset (pixels + 4 * (y * width + x), grey, 3);
        pixels[4 * (y * width + x) + 3] = 255;
      }
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_steal_pointer (&pixels), width * height * 4);
  return gdk_memory_texture_new (width, height, GDK_MEMORY_B8G8R8A8_PREMULTIPLIED, bytes, width * 4);
}

static void
check_start_page (const Look *look, gpointer data)
{
  static const struct { const char *name; SlCameraShown shown; } cameras[] = {
    { "start", SL_CAMERA_SHOWN_LIVE }, { "start-camera-missing", SL_CAMERA_SHOWN_MISSING },
    { "start-camera-starting", SL_CAMERA_SHOWN_STARTING }, { "start-scanner-only", SL_CAMERA_SHOWN_NONE },
  };
  g_autoptr (GTimeZone) zone = sl_sample_zone ();
  g_autoptr (GPtrArray) board = sl_sample_board ();
  g_autoptr (GdkTexture) picture = sample_picture ();
  g_autofree char *day = sl_date_words_day (SL_SAMPLE_NOW_MS, zone);
  SlCheckinPage *page = SL_CHECKIN_PAGE (sl_checkin_page_new ());

  sl_checkin_page_set_place (page, "Lotus & Iron", "Observatory", FALSE);
  sl_checkin_page_set_now (page, SL_SAMPLE_NOW_MS, zone);
  sl_checkin_page_set_board (page, board);
  GtkWidget *window = present (GTK_WIDGET (page), look->size);
  for (guint i = 0; i < G_N_ELEMENTS (cameras); i++)
    {
      sl_checkin_page_set_camera (page, cameras[i].shown);
      if (cameras[i].shown == SL_CAMERA_SHOWN_LIVE)
        sl_checkin_page_set_picture (page, picture, FALSE);
      check_look (window, look, cameras[i].name);
    }
  g_assert_cmpstr (label_of (window, "studio"), ==, "Lotus & Iron · Observatory");
  g_assert_cmpstr (label_of (window, "clock"), ==, "06:52");
  g_assert_cmpstr (label_of (window, "day"), ==, day);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_start_page (void)
{
  look_each (check_start_page, NULL);
}

/* The longest that is said of how things stand, at the door and where staff sign in. */
static void
check_states (const Look *look, gpointer data)
{
  g_autoptr (GTimeZone) zone = sl_sample_zone ();
  g_autoptr (GPtrArray) board = sl_sample_board ();
  g_autofree char *words = g_strdup_printf ("%s · %s", g_dgettext (GETTEXT_PACKAGE, "The hub refuses this device"),
                                            g_dgettext (GETTEXT_PACKAGE, "Disk nearly full"));
  SlCheckinPage *page = SL_CHECKIN_PAGE (sl_checkin_page_new ());
  SlPinPage *pin = SL_PIN_PAGE (sl_pin_page_new ());
  GtkWidget *window;

  sl_checkin_page_set_place (page, "Lotus & Iron", "Observatory", TRUE);
  sl_checkin_page_set_now (page, SL_SAMPLE_NOW_MS, zone);
  sl_checkin_page_set_board (page, board);
  sl_checkin_page_set_network (page, words, TRUE);
  window = present (GTK_WIDGET (page), look->size);
  check_look (window, look, "start-states");
  gtk_window_destroy (GTK_WINDOW (window));

  sl_pin_page_set_question (pin, g_dgettext (GETTEXT_PACKAGE, "Who is at the desk?"), NULL,
                            g_dgettext (GETTEXT_PACKAGE, "Back to check-in"));
  sl_pin_page_set_state (pin, words, TRUE);
  window = present (GTK_WIDGET (pin), look->size);
  check_look (window, look, "pin-states");
  g_assert_cmpstr (label_of (window, "network-words"), ==, words);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_states (void)
{
  look_each (check_states, NULL);
}

static void
check_empty_board (const Look *look, gpointer data)
{
  g_autoptr (GTimeZone) zone = sl_sample_zone ();
  g_autoptr (GPtrArray) board = g_ptr_array_new ();
  SlCheckinPage *page = SL_CHECKIN_PAGE (sl_checkin_page_new ());

  sl_checkin_page_set_place (page, "Lotus & Iron", "Lotus & Iron", FALSE);
  sl_checkin_page_set_now (page, SL_SAMPLE_NOW_MS, zone);
  sl_checkin_page_set_board (page, board);
  GtkWidget *window = present (GTK_WIDGET (page), look->size);
  check_look (window, look, "start-no-classes");
  g_assert_cmpstr (label_of (window, "studio"), ==, "Lotus & Iron");
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_empty_board (void)
{
  look_each (check_empty_board, NULL);
}

static void
assert_starts (const char *headline, const SlDoorSample *sample)
{
  if (g_str_equal (sl_language_current (), "en"))
    g_assert_true (g_str_has_prefix (headline, sample->starts_with_en));
  else if (g_str_equal (sl_language_current (), "af"))
    g_assert_true (g_str_has_prefix (headline, sample->starts_with_af));
  else
    g_assert_cmpstr (headline, !=, "");
}

static void
check_answers (const Look *look, gpointer data)
{
  g_autoptr (GTimeZone) zone = sl_sample_zone ();
  SlDoorPlace place = { zone, FALSE };
  SlAnswerView *view = SL_ANSWER_VIEW (sl_answer_view_new ());
  GtkWidget *window = present (GTK_WIDGET (view), look->size);
  guint n;
  const SlDoorSample *samples = sl_sample_answers (&n);

  for (guint i = 0; i < n; i++)
    {
      const SlDoorSample *sample = &samples[i];
      g_autoptr (GPtrArray) choices = sl_sample_choices (3);
      g_auto (SlDoorWords) words = { 0 };

      if (sample->failure >= 0)
        sl_door_words_for_failure (sample->failure, &words);
      else
        sl_door_words_for_answer (&sample->answer, &place, &words);
      sl_answer_view_show (view, &words, choices, zone);
      check_look (window, look, sample->name);
      assert_starts (label_of (window, "answer-headline"), sample);
      g_assert_true (gtk_widget_has_css_class (GTK_WIDGET (view), sl_tone_get_look (words.tone)->style_class));
    }
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_answers (void)
{
  look_each (check_answers, NULL);
}

/* --- from two metres away --- */

#define HEADLINE_MIN_PX 72

static int
font_px (GtkWidget *label)
{
  const PangoFontDescription *font
    = pango_context_get_font_description (gtk_widget_get_pango_context (label));

  g_assert_true (pango_font_description_get_size_is_absolute (font));
  return pango_font_description_get_size (font) / PANGO_SCALE;
}

static gboolean
has_to_be_scrolled (GtkWidget *window)
{
  GtkWidget *body = stage_find_class (window, "answer-body");
  GtkAdjustment *across = gtk_scrolled_window_get_vadjustment (
    GTK_SCROLLED_WINDOW (gtk_widget_get_ancestor (body, GTK_TYPE_SCROLLED_WINDOW)));

  return gtk_adjustment_get_upper (across) > gtk_adjustment_get_page_size (across);
}

/* Every answer that offers a way on, in text as it is drawn and as large as it gets. */
static void
check_headlines (const char *language, int percent)
{
  g_autoptr (GTimeZone) zone = sl_sample_zone ();
  SlDoorPlace place = { zone, FALSE };
  SlAnswerView *view;
  GtkWidget *window;

  sl_language_use (language);
  look_set_text_size (percent);
  view = SL_ANSWER_VIEW (sl_answer_view_new ());
  window = present (GTK_WIDGET (view), LOOK_1280X800);
  for (int code = 0; code < SL_REFUSAL_LAST; code++)
    {
      const SlCheckinAnswer answer = {
        .result = code, .short_name = (char *) "Thandi N.", .class_name = (char *) "Restorative Yoga for Beginners",
        .room_name = (char *) "The Loft above the Old Post Office", .location_name = (char *) "Sea Point",
        .hours_text = (char *) "Mon–Fri 09:00–16:00", .start_ms = SL_SAMPLE_NOW_MS, .opens_ms = SL_SAMPLE_NOW_MS,
        .locked_until_ms = SL_SAMPLE_NOW_MS, .spots_left = -1,
      };
      g_auto (SlDoorWords) words = { 0 };
      int px;

      sl_door_words_for_answer (&answer, &place, &words);
      if (words.actions[0] == SL_DOOR_ACTION_NONE)
        continue;
      sl_answer_view_show (view, &words, NULL, zone);
      look_settle (window);
      px = font_px (stage_find_class (window, "answer-headline"));
      if (px < HEADLINE_MIN_PX)
        look_fault ("\"%s\": a headline of %d px", words.headline, px);
      if (has_to_be_scrolled (window))
        look_fault ("\"%s\": has to be scrolled", words.headline);
    }
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_headlines (void)
{
  guint n;
  const SlLanguage *languages = sl_language_list (&n);

  for (guint i = 0; i < n; i++)
    {
      check_headlines (languages[i].code, SL_TEXT_SIZE_MIN_PERCENT);
      check_headlines (languages[i].code, SL_TEXT_SIZE_MAX_PERCENT);
    }
  look_set_text_size (SL_TEXT_SIZE_MIN_PERCENT);
  sl_language_use (languages[0].code);
}

static void
check_many_choices (const Look *look, gpointer data)
{
  g_autoptr (GTimeZone) zone = sl_sample_zone ();
  g_autoptr (GPtrArray) choices = sl_sample_choices (SL_ANSWER_CHOICES_MAX);
  SlDoorPlace place = { zone, FALSE };
  SlCheckinAnswer answer = { SL_REFUSAL_CHOOSE_SESSION };
  SlAnswerView *view = SL_ANSWER_VIEW (sl_answer_view_new ());
  GtkWidget *window = present (GTK_WIDGET (view), look->size);
  g_auto (SlDoorWords) words = { 0 };

  sl_door_words_for_answer (&answer, &place, &words);
  sl_answer_view_show (view, &words, choices, zone);
  check_look (window, look, "choose-many");
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_many_choices (void)
{
  look_each (check_many_choices, NULL);
}

static void
on_session_chosen (SlAnswerView *view, const SlId *session_id, SlId *out_chosen)
{
  *out_chosen = *session_id;
}

static void
on_done (SlAnswerView *view, gboolean *out_done)
{
  *out_done = TRUE;
}

static void
test_choice_is_told (void)
{
  g_autoptr (GTimeZone) zone = sl_sample_zone ();
  g_autoptr (GPtrArray) choices = sl_sample_choices (3);
  SlDoorPlace place = { zone, FALSE };
  SlCheckinAnswer answer = { SL_REFUSAL_CHOOSE_SESSION };
  SlAnswerView *view = SL_ANSWER_VIEW (sl_answer_view_new ());
  g_auto (SlDoorWords) words = { 0 };
  SlId chosen = sl_id_none;
  gboolean is_done = FALSE;

  sl_language_use ("en");
  GtkWidget *window = present (GTK_WIDGET (view), LOOK_1920X1080);
  g_signal_connect (view, "session-chosen", G_CALLBACK (on_session_chosen), &chosen);
  g_signal_connect (view, "done", G_CALLBACK (on_done), &is_done);
  sl_door_words_for_answer (&answer, &place, &words);
  sl_answer_view_show (view, &words, choices, zone);

  GtkWidget *first = stage_find_class (window, "choice");
  g_signal_emit_by_name (gtk_widget_get_next_sibling (first), "clicked");
  g_assert_cmpint (chosen.bytes[0], ==, 2);
  g_assert_false (gtk_widget_is_sensitive (first));
  g_assert_false (is_done);

  g_signal_emit_by_name (stage_find_class (window, "none-button"), "clicked");
  g_assert_true (is_done);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_answer_is_forgotten (void)
{
  g_autoptr (GTimeZone) zone = sl_sample_zone ();
  g_autoptr (GPtrArray) choices = sl_sample_choices (3);
  SlDoorPlace place = { zone, FALSE };
  guint n;
  const SlDoorSample *samples = sl_sample_answers (&n);
  SlAnswerView *view = SL_ANSWER_VIEW (sl_answer_view_new ());
  g_auto (SlDoorWords) words = { 0 };

  GtkWidget *window = present (GTK_WIDGET (view), LOOK_1280X800);
  sl_door_words_for_answer (&samples[0].answer, &place, &words);
  sl_answer_view_show (view, &words, choices, zone);
  sl_answer_view_clear (view);
  g_assert_cmpstr (label_of (window, "answer-headline"), ==, "");
  g_assert_cmpstr (label_of (window, "answer-detail"), ==, "");
  g_assert_cmpstr (label_of (window, "answer-next"), ==, "");
  g_assert_null (stage_find_class (window, "choice"));
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
on_language_chosen (SlCheckinPage *page, const char *code, char **out_code)
{
  g_free (*out_code);
  *out_code = g_strdup (code);
}

/* In their own names, so that each finds theirs whatever stands there now. */
static void
test_language_buttons (void)
{
  static const struct { const char *code, *name; } languages[] = {
    { "en", "English" }, { "af", "Afrikaans" }, { "zu", "isiZulu" }, { "xh", "isiXhosa" }, { "st", "Sesotho" },
  };
  g_autofree char *chosen = NULL;

  sl_language_use ("en");
  SlCheckinPage *page = SL_CHECKIN_PAGE (sl_checkin_page_new ());
  GtkWidget *window = present (GTK_WIDGET (page), LOOK_1280X800);
  GtkWidget *button = gtk_widget_get_first_child (stage_find_class (window, "languages"));

  g_signal_connect (page, "language-chosen", G_CALLBACK (on_language_chosen), &chosen);
  g_assert_true (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (button)));
  for (guint i = 0; i < G_N_ELEMENTS (languages); i++, button = gtk_widget_get_next_sibling (button))
    {
      g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (button)), ==, languages[i].name);
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
      g_assert_cmpstr (chosen, ==, i > 0 ? languages[i].code : NULL);
    }
  g_assert_null (button);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* WCAG 2.2, 2.5.5: 44 px; a thumb at a wall wants 48. */
static void
assert_thumb_sized (GtkWidget *widget)
{
  if (GTK_IS_BUTTON (widget) && gtk_widget_get_mapped (widget))
    {
      g_assert_cmpint (gtk_widget_get_allocated_height (widget), >=, 48);
      g_assert_cmpint (gtk_widget_get_allocated_width (widget), >=, 48);
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    assert_thumb_sized (child);
}

static void
test_thumb_sized (void)
{
  for (guint s = 0; s < LOOK_SIZES; s++)
    {
      GtkWidget *window = present (sl_checkin_page_new (), (LookSize) s);

      assert_thumb_sized (window);
      gtk_window_destroy (GTK_WINDOW (window));
    }
}

static void
check_notices (const Look *look, gpointer data)
{
  SlNoticePage *page = SL_NOTICE_PAGE (sl_notice_page_new ());
  GtkWidget *window = present (GTK_WIDGET (page), look->size);

  for (int code = 0; code < SL_ERROR_LAST; code++)
    {
      g_autoptr (GError) error = g_error_new (SL_ERROR, code, "/var/lib/studioloop/studioloop.db: what went wrong");
      g_autofree char *name = g_strdup_printf ("notice-%d", code);

      sl_notice_page_set_error (page, error, "/var/lib/studioloop");
      check_look (window, look, name);
      g_assert_cmpint (strlen (label_of (window, "notice-headline")), >, 0);
    }
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_notices (void)
{
  look_each (check_notices, NULL);
}

static void
check_pair_page (const Look *look, gpointer data)
{
  g_autoptr (GdkTexture) picture = sample_picture ();
  SlPairPage *page = SL_PAIR_PAGE (sl_pair_page_new ());
  g_autofree char *before = NULL;

  sl_pair_page_set_data_dir (page, "/var/lib/studioloop");
  sl_pair_page_set_camera (page, SL_CAMERA_SHOWN_LIVE);
  sl_pair_page_set_picture (page, picture, FALSE);
  GtkWidget *window = present (GTK_WIDGET (page), look->size);
  for (int shown = 0; shown < SL_PAIR_SHOWN_LAST; shown++)
    {
      gboolean has_code = shown == SL_PAIR_SHOWN_PAIRING || shown >= SL_PAIR_SHOWN_SPENT;
      g_autofree char *name = g_strdup_printf ("pair-%02d", shown);

      sl_pair_page_set_text (page, has_code ? "https://hub.fynbos-fitness.example:8440#D7WB-WXHK-NK4P" : "");
      sl_pair_page_set_shown (page, shown, shown > SL_PAIR_SHOWN_SPENT ? "busy: what the hub has said to it" : NULL);
      check_look (window, look, name);
      g_assert_cmpstr (label_of (window, "pair-status-headline"), !=, before);
      g_free (before);
      before = g_strdup (label_of (window, "pair-status-headline"));
    }
  for (SlCameraShown shown = SL_CAMERA_SHOWN_STARTING; shown <= SL_CAMERA_SHOWN_NONE; shown++)
    {
      sl_pair_page_set_camera (page, shown);
      look_settle (window);
      assert_nothing_cut (window, "pair-camera");
    }
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_pair_page (void)
{
  look_each (check_pair_page, NULL);
}

static void
on_text (SlPairPage *page, const char *text, GPtrArray *texts)
{
  g_ptr_array_add (texts, g_strdup (text));
}

static void
on_stop (SlPairPage *page, guint *stops)
{
  (*stops)++;
}

static void
test_pair_page_tells_what_is_typed (void)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  guint stops = 0;
  SlPairPage *page = SL_PAIR_PAGE (sl_pair_page_new ());

  sl_language_use ("en");
  GtkWidget *window = present (GTK_WIDGET (page), LOOK_1920X1080);
  GtkWidget *entry = widget_search_type (window, GTK_TYPE_ENTRY);
  g_signal_connect (page, "text-entered", G_CALLBACK (on_text), texts);
  g_signal_connect (page, "stop", G_CALLBACK (on_stop), &stops);

  /* An empty entry says nothing. */
  g_signal_emit_by_name (widget_search_type (window, GTK_TYPE_BUTTON), "clicked");
  g_assert_cmpuint (texts->len, ==, 0);
  sl_pair_page_set_text (page, "  https://hub.example#D7WB-WXHK-NK4P ");
  g_signal_emit_by_name (entry, "activate");
  g_signal_emit_by_name (widget_search_type (window, GTK_TYPE_BUTTON), "clicked");
  g_assert_cmpuint (texts->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (texts, 0), ==, "https://hub.example#D7WB-WXHK-NK4P");

  /* While it pairs there is one button, and it stops. */
  sl_pair_page_set_shown (page, SL_PAIR_SHOWN_PAIRING, NULL);
  g_assert_false (gtk_editable_get_editable (GTK_EDITABLE (entry)));
  g_signal_emit_by_name (entry, "activate");
  g_assert_cmpuint (texts->len, ==, 2);
  g_signal_emit_by_name (widget_search_type (window, GTK_TYPE_BUTTON), "clicked");
  g_assert_cmpuint (texts->len, ==, 2);
  g_assert_cmpuint (stops, ==, 1);

  /* Then what is typed replaces what stands there. */
  sl_pair_page_set_shown (page, SL_PAIR_SHOWN_SPENT, NULL);
  g_assert_true (gtk_editable_get_editable (GTK_EDITABLE (entry)));
  g_assert_true (gtk_editable_get_selection_bounds (GTK_EDITABLE (entry), NULL, NULL));
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char *argv[])
{
  look_init (&argc, &argv);
  stage_open (&argc, &argv);

  g_test_add_func ("/sl/pages/start-page-shows-place-time-and-board", test_start_page);
  g_test_add_func ("/sl/pages/start-and-pin-say-how-things-stand", test_states);
  g_test_add_func ("/sl/pages/empty-board-says-so", test_empty_board);
  g_test_add_func ("/sl/pages/every-answer-fits-every-screen", test_answers);
  g_test_add_func ("/sl/pages/headlines-with-ways-on-are-read-from-two-metres", test_headlines);
  g_test_add_func ("/sl/pages/six-choices-fit-every-screen", test_many_choices);
  g_test_add_func ("/sl/pages/a-tap-chooses-that-session", test_choice_is_told);
  g_test_add_func ("/sl/pages/nothing-of-an-answer-stays-behind", test_answer_is_forgotten);
  g_test_add_func ("/sl/pages/language-button-asks-for-its-language", test_language_buttons);
  g_test_add_func ("/sl/pages/buttons-are-thumb-sized", test_thumb_sized);
  g_test_add_func ("/sl/pages/every-failure-has-a-notice", test_notices);
  g_test_add_func ("/sl/pages/pairing-fits-every-screen", test_pair_page);
  g_test_add_func ("/sl/pages/pairing-tells-what-is-typed", test_pair_page_tells_what_is_typed);
  return g_test_run ();
}
