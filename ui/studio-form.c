/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-studio-form"

#include "studio-form.h"

#include "choice-flow.h"
#include "class-type.h"
#include "form.h"
#include "parts.h"
#include "pin-page.h"
#include "record-words.h"
#include "text-fill.h"

#include "core/datetime.h"
#include "core/text.h"
#include "engine/engine.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define NAME_MAX_CHARS 60
#define ADDRESS_MAX_CHARS 120
#define NUMBER_MAX_CHARS 6
#define MONEY_MAX_CHARS 12
#define TYPES_IN_A_ROW 4
#define TYPES_IN_A_WIDE_ROW 5
#define ROLES_IN_A_ROW 3
/* What the program calls the answers. */
#define MONTHLY "monthly"
#define ANNUAL "annual"
#define UNLIMITED "unlimited"
#define CREDITS "credits"
#define ALL "all"
#define SOME "some"

struct _SlStudioForm {
  GtkBox parent_instance;

  SlStudioKind kind;
  SlStudioThing *thing;  /* as it was */
  gboolean is_wide;
  SlForm *form;
  SlChoiceFlow *type, *period, *limit, *role; /* (nullable): of a class; of a plan; of the staff */
  GtkWidget *credits;    /* (nullable): of a plan, with its label */
  SlChoiceFlow *covers, *services; /* (nullable): of a plan, where there are classes */
  GPtrArray *classes;    /* (nullable) (element-type SlStudioThing): that services asks about */
};

G_DEFINE_FINAL_TYPE (SlStudioForm, sl_studio_form, GTK_TYPE_BOX)

/* The roles that a person can have, those with the most to do first. */
static const SlRole roles_in_order[] = { SL_ROLE_RECEPTIONIST, SL_ROLE_INSTRUCTOR, SL_ROLE_MANAGER, SL_ROLE_FINANCE,
                                         SL_ROLE_OWNER };

/* --- the fields --- */

static const char *
label_of (const char *name, SlStudioKind kind)
{
  if (g_str_equal (name, "name"))
    return kind == SL_STUDIO_STAFF ? _("First and last name") : _("Name");
  if (g_str_equal (name, "minutes"))
    return _("Minutes");
  if (g_str_equal (name, "places"))
    return _("Places");
  if (g_str_equal (name, "credits") && kind == SL_STUDIO_CLASSES)
    return _("Credits that a place takes");
  if (g_str_equal (name, "credits"))
    return kind == SL_STUDIO_PLANS ? _("Credits each month") : _("Credits");
  if (g_str_equal (name, "price") && kind == SL_STUDIO_CLASSES)
    return _("Drop-in price (empty: none)");
  if (g_str_equal (name, "price"))
    return _("Price");
  if (g_str_equal (name, "member-price"))
    return _("Price for members (empty: the same)");
  if (g_str_equal (name, "timezone"))
    return _("Time zone, such as Africa/Johannesburg");
  if (g_str_equal (name, "address"))
    return _("Address (empty: none)");
  if (g_str_equal (name, "days"))
    return _("Days that the credits are good for");
  return _("Joining fee (empty: none)");
}

static GtkEntry *
add_entry (SlStudioForm *self, const char *name, GtkInputPurpose purpose, int max_chars, const char *text)
{
  GtkEntry *entry = sl_form_add_entry (self->form, name, label_of (name, self->kind), purpose, text);

  gtk_entry_set_max_length (entry, max_chars);
  return entry;
}

static void
add_number (SlStudioForm *self, const char *name, gint64 value)
{
  g_autofree char *text = value > 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, value) : NULL;

  add_entry (self, name, GTK_INPUT_PURPOSE_DIGITS, NUMBER_MAX_CHARS, text);
}

static void
add_money (SlStudioForm *self, const char *name, gint64 cents)
{
  g_autofree char *text = cents >= 0 ? sl_parts_format_plain (cents) : NULL;

  add_entry (self, name, GTK_INPUT_PURPOSE_NUMBER, MONEY_MAX_CHARS, text);
}

static GtkEntry *
add_credits (SlStudioForm *self, gint64 hundredths)
{
  g_autofree char *text = hundredths >= 0 ? sl_credits_format (hundredths) : NULL;

  return add_entry (self, "credits", GTK_INPUT_PURPOSE_NUMBER, MONEY_MAX_CHARS, text);
}

/* cents: SL_NUMBER_NONE: none */
static void
add_price (SlStudioForm *self, const char *name, gint64 cents)
{
  add_money (self, name, cents == SL_NUMBER_NONE ? -1 : cents);
}

static SlChoiceFlow *
add_choice (SlStudioForm *self, const char *question, guint most_in_a_row)
{
  GtkWidget *flow = sl_choice_flow_new (question, most_in_a_row);

  sl_form_add_wide (self->form, flow);
  return SL_CHOICE_FLOW (flow);
}

/* Of two answers, of which it is the first or the second. */
static SlChoiceFlow *
add_either (SlStudioForm *self, const char *question, const SlFormChoice *first, const SlFormChoice *second,
            gboolean is_second)
{
  GtkWidget *flow = sl_choice_flow_new (question, 2);

  sl_choice_flow_add (SL_CHOICE_FLOW (flow), first->value, first->label);
  sl_choice_flow_add (SL_CHOICE_FLOW (flow), second->value, second->label);
  (void) sl_choice_flow_choose (SL_CHOICE_FLOW (flow), is_second ? second->value : first->value);
  sl_form_add_pair (self->form, flow);
  return SL_CHOICE_FLOW (flow);
}

static gboolean
is_chosen (SlChoiceFlow *either, const char *value)
{
  return g_strcmp0 (sl_choice_flow_get_chosen (either), value) == 0;
}

static void
make_class (SlStudioForm *self, const SlStudioThing *thing)
{
  add_number (self, "minutes", thing->duration_min);
  add_number (self, "places", thing->places);
  add_credits (self, thing->credits_hundredths);
  add_price (self, "price", thing->price_cents);
  add_price (self, "member-price", thing->member_price_cents);
  self->type = add_choice (self, _("Type"), self->is_wide ? TYPES_IN_A_WIDE_ROW : TYPES_IN_A_ROW);
  for (guint i = 0; sl_class_type_nth (i) != NULL; i++)
    sl_choice_flow_add (self->type, sl_class_type_nth (i), sl_class_type_words (sl_class_type_nth (i)));
  if (thing->type != NULL && !sl_choice_flow_choose (self->type, thing->type))
    {
      sl_choice_flow_add (self->type, thing->type, thing->type);
      (void) sl_choice_flow_choose (self->type, thing->type);
    }
}

static void
make_package (SlStudioForm *self, const SlStudioThing *thing, gboolean is_new)
{
  add_credits (self, is_new ? -1 : thing->credits_hundredths);
  add_money (self, "price", is_new ? -1 : thing->price_cents);
  add_number (self, "days", thing->valid_days);
}

/* How many credits is asked of a plan that counts them. */
static void
on_limit (SlStudioForm *self)
{
  gtk_widget_set_visible (self->credits, is_chosen (self->limit, CREDITS));
}

/* Which classes, of one that is not for all. */
static void
on_covers (SlStudioForm *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->services), is_chosen (self->covers, SOME));
}

/* Those that are given, and those that were and are named. */
static void
make_services (SlStudioForm *self, const SlStudioThing *plan)
{
  /* Translators: which classes a membership pays for: "All of them" or "Only some" */
  const SlFormChoice all = { ALL, _("All of them") }, some = { SOME, _("Only some") };

  self->covers = add_either (self, _("Which classes it pays for"), &all, &some, plan->services != NULL);
  self->services = SL_CHOICE_FLOW (sl_choice_flow_new_several (_("It pays for"), self->is_wide ? TYPES_IN_A_WIDE_ROW
                                                                                 : TYPES_IN_A_ROW));
  for (guint i = 0; i < self->classes->len; i++)
    {
      const SlStudioThing *class = self->classes->pdata[i];
      gboolean is_named = sl_studio_plan_names (plan, &class->id);
      g_autofree char *value = sl_id_to_string (&class->id);

      if (class->active || is_named)
        sl_choice_flow_add (self->services, value, class->name);
      if (is_named)
        (void) sl_choice_flow_choose (self->services, value);
    }
  sl_form_add_wide (self->form, GTK_WIDGET (self->services));
  g_signal_connect_swapped (self->covers, "chosen", G_CALLBACK (on_covers), self);
  on_covers (self);
}

static void
make_plan (SlStudioForm *self, const SlStudioThing *thing, gboolean is_new)
{
  /* Translators: how often a membership is paid */
  const SlFormChoice monthly = { MONTHLY, _("Every month") }, annual = { ANNUAL, _("Every year") };
  /* Translators: how many classes a membership pays for */
  const SlFormChoice unlimited = { UNLIMITED, _("As many as they like") };
  const SlFormChoice credits = { CREDITS, _("So many credits each month") };

  add_money (self, "price", is_new ? -1 : thing->price_cents);
  add_money (self, "joining", thing->joining_cents > 0 ? thing->joining_cents : -1);
  self->limit = add_either (self, _("How many classes it pays for"), &unlimited, &credits,
                            !thing->is_unlimited && !is_new);
  self->credits = gtk_widget_get_parent (GTK_WIDGET (
    add_credits (self, thing->credits_hundredths > 0 ? thing->credits_hundredths : -1)));
  g_signal_connect_swapped (self->limit, "chosen", G_CALLBACK (on_limit), self);
  on_limit (self);
  self->period = add_either (self, _("How often it is paid"), &monthly, &annual, thing->is_annual);
  if (self->classes != NULL && self->classes->len > 0)
    make_services (self, thing);
}

static void
add_pin (SlStudioForm *self, const char *name, const char *label)
{
  GtkEntry *entry = sl_form_add_entry (self->form, name, label, GTK_INPUT_PURPOSE_PIN, NULL);

  gtk_entry_set_max_length (entry, SL_PIN_PAGE_DIGITS_MAX);
  gtk_entry_set_visibility (entry, FALSE);
}

static void
make_staff (SlStudioForm *self, const SlStudioThing *thing, gboolean is_new, guint roles)
{
  self->role = add_choice (self, _("What they may do"), ROLES_IN_A_ROW);
  for (guint i = 0; i < G_N_ELEMENTS (roles_in_order); i++)
    if ((roles & 1u << roles_in_order[i]) != 0 || roles_in_order[i] == thing->role)
      {
        g_autofree char *value = g_strdup_printf ("%u", roles_in_order[i]);

        sl_choice_flow_add (self->role, value, sl_record_words_role (roles_in_order[i]));
        if (roles_in_order[i] == thing->role)
          (void) sl_choice_flow_choose (self->role, value);
      }
  sl_form_add_words (self->form, _("They sign in with their PIN: six digits or more, but none that is tried first, "
                                   "such as 123456, 112233 or 121212."));
  add_pin (self, "pin", is_new ? _("PIN") : _("New PIN (empty: as it is)"));
  add_pin (self, "pin-again", _("The same PIN again"));
}

static void
make_location (SlStudioForm *self, const SlStudioThing *thing, gboolean is_new)
{
  add_entry (self, "timezone", GTK_INPUT_PURPOSE_FREE_FORM, NAME_MAX_CHARS, thing->timezone);
  add_entry (self, "address", GTK_INPUT_PURPOSE_FREE_FORM, ADDRESS_MAX_CHARS, thing->address);
  if (!is_new)
    sl_form_add_words (self->form, _("Screens that stand there show a new name or time zone once they are started "
                                     "again."));
}

static void
sl_studio_form_finalize (GObject *object)
{
  SlStudioForm *self = SL_STUDIO_FORM (object);

  sl_studio_thing_free (self->thing);
  g_clear_pointer (&self->classes, g_ptr_array_unref);
  G_OBJECT_CLASS (sl_studio_form_parent_class)->finalize (object);
}

static void
sl_studio_form_class_init (SlStudioFormClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sl_studio_form_finalize;
}

static void
sl_studio_form_init (SlStudioForm *self)
{
}

/**
 * sl_studio_form_new:
 * @kind: of what
 * @thing: what is filled in; without an id: a new one
 * @choices: what there is to choose from
 * @is_wide: the screen is wide and not high
 *
 * Returns: (transfer floating): the fields
 */
GtkWidget *
sl_studio_form_new (SlStudioKind kind, const SlStudioThing *thing, const SlStudioChoices *choices, gboolean is_wide)
{
  SlStudioForm *self = g_object_new (SL_TYPE_STUDIO_FORM, NULL);
  gboolean is_new = sl_id_is_none (&thing->id);

  self->kind = kind;
  self->thing = sl_studio_thing_copy (thing);
  self->classes = choices->classes != NULL ? g_ptr_array_ref (choices->classes) : NULL;
  self->is_wide = is_wide && (kind == SL_STUDIO_CLASSES || kind == SL_STUDIO_PLANS); /* the others are short */
  self->form = self->is_wide ? sl_form_new_wide () : sl_form_new ();
  gtk_widget_set_hexpand (GTK_WIDGET (self->form), TRUE);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->form));
  add_entry (self, "name", GTK_INPUT_PURPOSE_FREE_FORM, NAME_MAX_CHARS, thing->name);
  if (kind == SL_STUDIO_CLASSES)
    make_class (self, thing);
  else if (kind == SL_STUDIO_PACKAGES)
    make_package (self, thing, is_new);
  else if (kind == SL_STUDIO_PLANS)
    make_plan (self, thing, is_new);
  else if (kind == SL_STUDIO_STAFF)
    make_staff (self, thing, is_new, choices->roles);
  else if (kind == SL_STUDIO_LOCATIONS)
    make_location (self, thing, is_new);
  return GTK_WIDGET (self);
}

/* --- what is filled in --- */

/* The first thing that is wrong; the others are said when it is put right. */
static void
say (char **problem, const SlStudioForm *self, const char *name, const char *words)
{
  if (*problem == NULL)
    *problem = sl_text_fill (words, "field", label_of (name, self->kind), NULL);
}

/* A whole number, 1 or more; if_empty −1: it has to be there. */
static gint64
read_number (SlStudioForm *self, const char *name, gint64 if_empty, char **problem)
{
  g_autofree char *text = sl_form_get (self->form, name);
  guint64 value = 0;

  if (*text == '\0' && if_empty >= 0)
    return if_empty;
  if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT32, &value, NULL))
    /* Translators: {field} is what stands above the field, such as "Places" */
    say (problem, self, name, _("“{field}”: type a whole number, 1 or more."));
  return (gint64) value;
}

/* Cents, or hundredths of credits: both are typed with a point or a comma. */
static gint64
read_hundredths (SlStudioForm *self, const char *name, gint64 if_empty, const char *words, char **problem)
{
  g_autofree char *text = sl_form_get (self->form, name);
  gint64 value = 0;

  if (*text == '\0' && if_empty != -1)
    return if_empty;
  if (!sl_parts_parse_money (text, &value))
    say (problem, self, name, words);
  return value;
}

static gint64
read_money (SlStudioForm *self, const char *name, gint64 if_empty, char **problem)
{
  return read_hundredths (self, name, if_empty, _("“{field}”: type an amount, such as 180 or 180.50."), problem);
}

static gint64
read_credits (SlStudioForm *self, char **problem)
{
  return read_hundredths (self, "credits", -1, _("“{field}”: type a number, such as 1 or 0.5."), problem);
}

static void
read_services (SlStudioForm *self, SlStudioThing *out, char **problem)
{
  g_clear_pointer (&out->services, g_array_unref);
  if (is_chosen (self->covers, ALL))
    return;
  out->services = g_array_new (FALSE, FALSE, sizeof (SlId));
  for (guint i = 0; i < self->classes->len; i++)
    {
      const SlStudioThing *class = self->classes->pdata[i];
      g_autofree char *value = sl_id_to_string (&class->id);

      if (sl_choice_flow_is_chosen (self->services, value))
        g_array_append_val (out->services, class->id);
    }
  if (out->services->len == 0)
    say (problem, self, "name", _("Choose the classes that it pays for."));
}

static void
read_plan (SlStudioForm *self, SlStudioThing *out, char **problem)
{
  out->is_annual = is_chosen (self->period, ANNUAL);
  out->is_unlimited = is_chosen (self->limit, UNLIMITED);
  out->price_cents = read_money (self, "price", -1, problem);
  out->joining_cents = read_money (self, "joining", 0, problem);
  out->credits_hundredths = out->is_unlimited ? 0 : read_credits (self, problem);
  if (self->covers != NULL)
    read_services (self, out, problem);
}

static void
read_location (SlStudioForm *self, SlStudioThing *out, char **problem)
{
  g_autoptr (GTimeZone) zone = NULL;

  g_free (out->timezone);
  out->timezone = sl_form_get (self->form, "timezone");
  zone = sl_time_zone_new (out->timezone, NULL);
  if (zone == NULL)
    say (problem, self, "name", _("There is no time zone of that name. Type a continent, a stroke and a large city, as "
                                  "in Africa/Johannesburg."));
  g_free (out->address);
  out->address = sl_form_get (self->form, "address");
  if (*out->address == '\0' && self->thing->address == NULL)
    g_clear_pointer (&out->address, g_free);
}

static void
wipe (char *text)
{
  explicit_bzero (text, strlen (text));
  g_free (text);
}

/* Whether a PIN is too easy, the engine says. */
static void
read_staff (SlStudioForm *self, SlStudioThing *out, char **problem)
{
  const char *role = sl_choice_flow_get_chosen (self->role);
  char *pin = sl_form_get (self->form, "pin"), *again = sl_form_get (self->form, "pin-again");
  gboolean is_needed = sl_id_is_none (&self->thing->id);

  if (role == NULL)
    say (problem, self, "name", _("Choose what they may do."));
  else
    out->role = (SlRole) g_ascii_strtoull (role, NULL, 10);
  if (*pin == '\0' && is_needed)
    say (problem, self, "name", _("Choose a PIN for them. They can have another one later."));
  else if (!g_str_equal (pin, again))
    say (problem, self, "name", _("The two PINs are not the same. Type the second one again, or both."));
  else if (*pin != '\0')
    out->pin = g_strdup (pin);
  wipe (pin);
  wipe (again);
}

/**
 * sl_studio_form_read:
 * @self: the fields
 * @out_problem: (out) (nullable) (transfer full): what is missing, or cannot be read
 *
 * Returns: (transfer full) (nullable): what is filled in, all else as it was; %NULL where there is a problem
 */
SlStudioThing *
sl_studio_form_read (SlStudioForm *self, char **out_problem)
{
  g_autoptr (SlStudioThing) out = NULL;

  g_return_val_if_fail (SL_IS_STUDIO_FORM (self) && out_problem != NULL, NULL);
  out = sl_studio_thing_copy (self->thing);
  *out_problem = NULL;
  g_free (out->name);
  out->name = sl_form_get (self->form, "name");
  if (*out->name == '\0')
    say (out_problem, self, "name", _("It needs a name."));
  if (self->kind == SL_STUDIO_CLASSES)
    {
      out->duration_min = read_number (self, "minutes", -1, out_problem);
      out->places = read_number (self, "places", -1, out_problem);
      out->credits_hundredths = read_credits (self, out_problem);
      out->price_cents = read_money (self, "price", SL_NUMBER_NONE, out_problem);
      out->member_price_cents = read_money (self, "member-price", SL_NUMBER_NONE, out_problem);
      g_free (out->type);
      out->type = g_strdup (sl_choice_flow_get_chosen (self->type));
      if (out->type == NULL)
        say (out_problem, self, "name", _("Choose a type."));
    }
  else if (self->kind == SL_STUDIO_PACKAGES)
    {
      out->credits_hundredths = read_credits (self, out_problem);
      out->price_cents = read_money (self, "price", -1, out_problem);
      out->valid_days = read_number (self, "days", sl_id_is_none (&out->id) || out->valid_days > 0 ? -1 : 0,
                                     out_problem);
    }
  else if (self->kind == SL_STUDIO_PLANS)
    read_plan (self, out, out_problem);
  else if (self->kind == SL_STUDIO_STAFF)
    read_staff (self, out, out_problem);
  else if (self->kind == SL_STUDIO_LOCATIONS)
    read_location (self, out, out_problem);
  return *out_problem == NULL ? g_steal_pointer (&out) : NULL;
}
