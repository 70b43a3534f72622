/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-pass"

#include "desk-pass.h"

#include "date-words.h"
#include "desk-ask.h"
#include "desk-pay.h"
#include "list-row.h"
#include "parts.h"
#include "pass-view.h"
#include "text-fill.h"

#include "core/text.h"

#include <glib/gi18n-lib.h>

#define PASS_KEY "sl-desk-pass"

/* Whose pass is shown over a page; the page's. */
typedef struct {
  SlDesk *desk;
  GtkWidget *page;
  SlId member;
  char *name;
} Showing;

static void
showing_free (gpointer data)
{
  Showing *showing = data;

  g_object_unref (showing->desk);
  g_free (showing->name);
  g_free (showing);
}

/* --- on the engine's thread --- */

/**
 * sl_desk_pass_give:
 * @engine: an engine
 * @actor: who gives it
 * @member: to whom
 * @out_pass: (out) (transfer full): the pass that opens the door for them; %NULL where refused
 * @out_is_new: (out) (nullable): it was made now
 * @out_refusal: (out caller-allocates): those of sl_pass_issue()
 * @error: set when storage failed
 *
 * Issuing one takes the one before away: only who has none that counts gets one.
 *
 * Returns: %FALSE: failed
 */
gboolean
sl_desk_pass_give (SlEngine *engine, const SlActor *actor, const SlId *member, SlPass **out_pass, gboolean *out_is_new,
                   SlRefusal *out_refusal, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (SlPass) pass = sl_pass_current (engine, member, &local_error);
  gboolean is_good = pass != NULL && pass->expires_ms > sl_engine_now_ms (engine);

  *out_pass = NULL;
  if (out_is_new != NULL)
    *out_is_new = !is_good;
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (!is_good)
    return sl_pass_issue (engine, actor, member, out_pass, out_refusal, error);
  *out_pass = g_steal_pointer (&pass);
  return TRUE;
}

typedef struct {
  SlId member;
  gboolean replaces;
} Wanted;

typedef struct {
  SlId member;
  SlPass *pass; /* (nullable): refused */
  gboolean is_new, has_replaced;
} Given;

static void
given_free (gpointer data)
{
  sl_pass_free (((Given *) data)->pass);
  g_free (data);
}

static gboolean
give (SlEngine *engine, const SlActor *actor, gpointer request, gpointer *out_result, SlRefusal *out_refusal,
      GError **error)
{
  const Wanted *wanted = request;
  Given *given = g_new0 (Given, 1);
  SlId here;

  *out_result = given;
  *given = (Given) { .member = wanted->member, .has_replaced = wanted->replaces };
  if (wanted->replaces)
    return sl_pass_issue (engine, actor, &wanted->member, &given->pass, out_refusal, error);
  sl_engine_get_location (engine, &here);
  return !sl_actor_may (actor, SL_ACTION_EDIT_MEMBER, &here, out_refusal)
         || sl_desk_pass_give (engine, actor, &wanted->member, &given->pass, &given->is_new, out_refusal, error);
}

/* --- on the desk's thread --- */

/**
 * sl_desk_pass_note:
 *
 * Returns: (transfer none): what stands below a pass that somebody gets
 */
const char *
sl_desk_pass_note (void)
{
  return _("Their pass: they take a picture of it, and show it at the door.");
}

static void on_given (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error);

static void
run (Showing *showing, gboolean replaces)
{
  Wanted *wanted = g_new0 (Wanted, 1);

  *wanted = (Wanted) { .member = showing->member, .replaces = replaces };
  sl_desk_run (showing->desk, G_OBJECT (showing->page),
               &(SlDeskJob) { .work = give, .request = wanted, .free_request = g_free, .free_result = given_free,
                              .writes = TRUE, .done = on_given });
}

static void
on_replace_confirmed (GtkButton *button, Showing *showing)
{
  gtk_widget_set_sensitive (GTK_WIDGET (button), FALSE); /* one is enough */
  run (showing, TRUE);
}

static void
on_replace (GtkButton *button, Showing *showing)
{
  GtkWidget *words = sl_list_note_new (_("For a telephone that is lost. From now on the pass they have opens no door, "
                                         "and they take a picture of the new one."));
  SlSheet *sheet = sl_desk_ask_open (showing->desk, showing->page, _("Replace the pass?"), words);

  gtk_label_set_max_width_chars (GTK_LABEL (words), 44);
  sl_sheet_add_action (sheet, _("Replace it"), "danger", G_CALLBACK (on_replace_confirmed), showing);
}

static void
show (Showing *showing, const Given *given)
{
  GtkWidget *across = sl_parts_box (GTK_ORIENTATION_HORIZONTAL, "", 24); /* below one another there is no room */
  GtkWidget *view = sl_pass_view_new (), *words;
  g_autoptr (GdkTexture) code = sl_desk_code_texture (given->pass->code);
  g_autofree char *day = sl_date_words_date (given->pass->expires_ms, sl_desk_get_zone (showing->desk));
  g_autofree char *until = sl_text_fill (_("It opens the door until {day}."), "day", day, NULL);
  g_autofree char *note = sl_text_join ("\n\n", sl_desk_pass_note (),
                                        given->has_replaced ? _("The one before opens no door any more.") : "", NULL);
  SlSheet *sheet;

  sl_pass_view_set_code (SL_PASS_VIEW (view), code, until);
  words = sl_parts_label (note, "body");
  gtk_label_set_width_chars (GTK_LABEL (words), 16);
  gtk_label_set_max_width_chars (GTK_LABEL (words), 32);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (words, GTK_ALIGN_START);
  gtk_widget_set_halign (view, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (across), view);
  gtk_box_append (GTK_BOX (across), words);
  sheet = sl_desk_ask_show (showing->desk, showing->page, showing->name, across);
  sl_sheet_add_action (sheet, _("Replace it"), "", G_CALLBACK (on_replace), showing);
  sl_sheet_add_action (sheet, _("Done"), "main", NULL, NULL);
  sl_sheet_present (sheet, showing->page);
}

static void
on_given (GObject *owner, gpointer result, const SlRefusal *refusal, const GError *error)
{
  Showing *showing = g_object_get_data (owner, PASS_KEY);
  const Given *given = result;

  if (given != NULL && !sl_id_equal (&given->member, &showing->member))
    return; /* somebody else's has been asked for since */
  if (given == NULL || given->pass == NULL)
    {
      sl_desk_ask_close (showing->page);
      sl_desk_say_outcome (showing->desk, refusal, error);
      return;
    }
  if (given->is_new)
    sl_desk_say (showing->desk, SL_DESK_TONE_DONE, _("They had no pass that opens the door: this one is new."));
  show (showing, given);
}

/**
 * sl_desk_pass_ask:
 * @desk: reception
 * @page: what it is shown over
 * @member: whose
 * @name: theirs
 *
 * Shows the pass that opens the door for them, or makes one, and offers another in its place.
 */
void
sl_desk_pass_ask (SlDesk *desk, GtkWidget *page, const SlId *member, const char *name)
{
  Showing *showing = g_new0 (Showing, 1);

  g_return_if_fail (SL_IS_DESK (desk) && GTK_IS_WIDGET (page) && member != NULL && name != NULL);
  *showing = (Showing) { .desk = g_object_ref (desk), .page = page, .member = *member, .name = g_strdup (name) };
  sl_desk_ask_close (page);
  g_object_set_data_full (G_OBJECT (page), PASS_KEY, showing, showing_free);
  run (showing, FALSE);
}
