/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-desk-member-form"

#include "desk-member.h"

#include "birth-date.h"
#include "desk-import.h"
#include "desk-member-private.h"
#include "parts.h"

#include "core/text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Writing down who somebody is: four fields for somebody new, all of them later. */

#define STUDIO_COUNTRY "27" /* numbers without a country are South African, as in the engine */

/* A date of birth is kept as the engine writes it, however it was typed. */
static gboolean
check_form (SlDesk *desk, SlDeskMemberForm *form, char **out_missing)
{
  g_autofree char *phone = NULL, *typed = g_steal_pointer (&form->birth_date);

  if (*form->first == '\0' || *form->last == '\0')
    *out_missing = g_strdup (_("First and last name are needed."));
  else if (*form->phone != '\0' && (phone = sl_phone_normalise (form->phone, STUDIO_COUNTRY, NULL)) == NULL)
    *out_missing = g_strdup (_("That is no phone number. Check the digits."));
  else if (!sl_birth_date_read (typed, sl_desk_get_now_ms (desk), &form->birth_date, out_missing))
    return FALSE;
  else if (form->email != NULL && *form->email != '\0' && strchr (form->email, '@') == NULL)
    *out_missing = g_strdup (_("That is no e-mail address."));
  return *out_missing == NULL;
}

static SlDeskDeed *
make_new (SlForm *form, const SlId *id, gpointer data, char **out_missing)
{
  SlDeskDeed *deed = sl_desk_deed_new (SL_DESK_ADD_MEMBER, NULL);

  deed->form.first = sl_form_get (form, "first");
  deed->form.last = sl_form_get (form, "last");
  deed->form.phone = sl_form_get (form, "phone");
  deed->form.birth_date = sl_form_get (form, "birth-date");
  if (!check_form (data, &deed->form, out_missing))
    g_clear_pointer (&deed, sl_desk_deed_free);
  else if (*deed->form.phone == '\0')
    g_clear_pointer (&deed->form.phone, g_free);
  return deed;
}

static SlDeskDeed *
make_edit (SlForm *form, const SlId *id, gpointer data, char **out_missing)
{
  SlDeskDeed *deed = sl_desk_deed_new (SL_DESK_EDIT_MEMBER, id);

  deed->form = (SlDeskMemberForm) { .first = sl_form_get (form, "first"), .last = sl_form_get (form, "last"),
                                    .phone = sl_form_get (form, "phone"), .email = sl_form_get (form, "email"),
                                    .birth_date = sl_form_get (form, "birth-date"),
                                    .emergency = sl_form_get (form, "emergency"),
                                    .notes = sl_form_get (form, "notes"),
                                    .permission = sl_form_get (form, "permission"),
                                    .invoice_to = sl_form_get (form, "invoice-to") };
  if (!check_form (data, &deed->form, out_missing))
    g_clear_pointer (&deed, sl_desk_deed_free);
  return deed;
}

static void
add_name_and_phone (SlForm *form, const SlMember *member)
{
  sl_form_add_entry (form, "first", _("First name"), GTK_INPUT_PURPOSE_NAME, member != NULL ? member->first : NULL);
  sl_form_add_entry (form, "last", _("Last name"), GTK_INPUT_PURPOSE_NAME, member != NULL ? member->last : NULL);
  sl_form_add_entry (form, "phone", _("Phone"), GTK_INPUT_PURPOSE_PHONE, member != NULL ? member->phone : NULL);
}

static void
add_birth_date (SlForm *form, const char *date)
{
  g_autofree char *shown = sl_birth_date_show (date);

  sl_birth_date_group_in (GTK_EDITABLE (sl_form_add_entry (form, "birth-date", _("Date of birth: day, month, year"),
                                                           GTK_INPUT_PURPOSE_DIGITS, shown)));
}

/* As wide as it will be: a narrower one asks for height that then stays empty. */
static void
add_note (SlForm *form, const char *text)
{
  GtkWidget *words = sl_parts_label (text, "body");

  gtk_label_set_width_chars (GTK_LABEL (words), 40);
  gtk_label_set_max_width_chars (GTK_LABEL (words), 60);
  sl_form_add_wide (form, words);
}

/**
 * sl_desk_member_ask_details:
 * @desk: reception
 * @page: what it is asked over
 * @member: (nullable): whose details; %NULL: somebody new
 *
 * Asks who somebody is. Saved, somebody new is opened.
 */
void
sl_desk_member_ask_details (SlDesk *desk, GtkWidget *page, const SlMember *member)
{
  SlForm *form = sl_form_new ();
  const SlFormChoice permissions[] = { { "standard", C_ ("member", "Standard") }, { "vip", C_ ("member", "VIP") },
                                       { "restricted", C_ ("member", "Books at the desk only") } };

  add_name_and_phone (form, member);
  if (member == NULL)
    {
      add_birth_date (form, NULL);
      add_note (form, _("The date of birth is not needed. With it they come in at the door by their phone number, "
                        "when they have no pass with them."));
      sl_form_add_wide (form, sl_desk_import_button_new (desk, page));
      sl_desk_ask (desk, page, &(SlDeskQuestion) { .title = _("New member"), .form = form, .label = _("Save"),
                   .style = "main", .make = make_new, .data = g_object_ref (desk), .free_data = g_object_unref });
      return;
    }
  sl_form_add_entry (form, "email", _("E-mail"), GTK_INPUT_PURPOSE_EMAIL, member->email);
  add_birth_date (form, member->birth_date);
  sl_form_add_entry (form, "emergency", _("Whom to call in an emergency"), GTK_INPUT_PURPOSE_FREE_FORM,
                     member->emergency);
  sl_form_add_entry (form, "notes", _("Always to be known"), GTK_INPUT_PURPOSE_FREE_FORM, member->notes);
  sl_form_add_entry (form, "invoice-to", _("On invoices: name, address, VAT number"), GTK_INPUT_PURPOSE_FREE_FORM,
                     member->invoice_to);
  sl_form_add_choice (form, "permission", _("How they may book"), permissions, G_N_ELEMENTS (permissions),
                      member->permission);
  sl_desk_ask (desk, page, &(SlDeskQuestion) { .title = _("Details"), .form = form, .label = _("Save"),
               .style = "main", .make = make_edit, .id = member->id, .data = g_object_ref (desk),
               .free_data = g_object_unref });
}
