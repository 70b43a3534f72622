/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-reports-page"

#include "reports-page.h"

#include "parts.h"
#include "text-fill.h"

#include <glib/gi18n-lib.h>

#define CARDS_MAX 6
#define CARD_CHARS 18      /* as wide as a card wants to be; it takes what there is */
#define FIGURE_CHARS 12    /* larger ones */
#define LIST_COLUMNS 2
/* At least so wide: a page asks for the height of what wraps at its narrowest. */
#define TITLE_CHARS 10
#define WORDS_CHARS 24
#define NOTES_CHARS 50
#define CHIPS_IN_A_ROW 8
#define CHIPS_AT_LEAST 4   /* else a page asks for the height of all of them below one another */
#define NUMBER_KEY "sl-reports-number"

typedef struct {
  GtkWidget *button;
  GtkLabel *title, *figure, *why;
} Card;

struct _SlReportsPage {
  SlShapeBin parent_instance;

  GtkStack *stack, *body;
  GtkWidget *overview, *report, *list_heading, *list, *chips, *table;
  int n_listed;
  Card cards[CARDS_MAX];

  GtkLabel *title, *subtitle, *said, *notes;
  GtkWidget *save_button, *print_button, *way_button, *place_button;
  GtkWidget *periods[SL_REPORTS_PERIOD_LAST];
};

enum { SIGNAL_CARD, SIGNAL_PERIOD, SIGNAL_BACK, SIGNAL_WAY, SIGNAL_PLACE, SIGNAL_SAVE, SIGNAL_PRINT, SIGNAL_ROW,
       N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SlReportsPage, sl_reports_page, SL_TYPE_SHAPE_BIN)

static guint
number_of (gpointer widget)
{
  return GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (widget), NUMBER_KEY));
}

static void
on_card_clicked (GtkButton *button, SlReportsPage *self)
{
  g_signal_emit (self, signals[SIGNAL_CARD], 0, number_of (button));
}

static void
on_period_clicked (GtkButton *button, SlReportsPage *self)
{
  g_signal_emit (self, signals[SIGNAL_PERIOD], 0, number_of (button));
}

static void
on_back_clicked (GtkButton *button, SlReportsPage *self)
{
  g_signal_emit (self, signals[SIGNAL_BACK], 0);
}

static void
on_way_clicked (GtkButton *button, SlReportsPage *self)
{
  g_signal_emit (self, signals[SIGNAL_WAY], 0);
}

static void
on_place_clicked (GtkButton *button, SlReportsPage *self)
{
  g_signal_emit (self, signals[SIGNAL_PLACE], 0);
}

static void
on_save_clicked (GtkButton *button, SlReportsPage *self)
{
  g_signal_emit (self, signals[SIGNAL_SAVE], 0);
}

static void
on_print_clicked (GtkButton *button, SlReportsPage *self)
{
  g_signal_emit (self, signals[SIGNAL_PRINT], 0);
}

static void
on_row_opened (SlReportTable *table, guint number, SlReportsPage *self)
{
  g_signal_emit (self, signals[SIGNAL_ROW], 0, number);
}

static void
sl_reports_page_class_init (SlReportsPageClass *class)
{
  static const char *const plain[] = {
    [SIGNAL_BACK] = "back", [SIGNAL_WAY] = "way", [SIGNAL_PLACE] = "place", [SIGNAL_SAVE] = "save",
    [SIGNAL_PRINT] = "print",
  };
  static const struct { guint signal; const char *name; } numbered[] = {
    { SIGNAL_CARD, "card" }, { SIGNAL_PERIOD, "period" }, { SIGNAL_ROW, "row" },
  };
  GType type = G_TYPE_FROM_CLASS (class);

  for (guint i = SIGNAL_BACK; i <= SIGNAL_PRINT; i++)
    signals[i] = g_signal_new (plain[i], type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  for (guint i = 0; i < G_N_ELEMENTS (numbered); i++)
    signals[numbered[i].signal] = g_signal_new (numbered[i].name, type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                                G_TYPE_NONE, 1, G_TYPE_UINT);
}

/* --- the page of answers --- */

static GtkLabel *
add_card_label (GtkWidget *box, const char *classes, int chars)
{
  GtkWidget *label = sl_parts_label (NULL, classes);

  gtk_label_set_width_chars (GTK_LABEL (label), chars);
  gtk_label_set_max_width_chars (GTK_LABEL (label), chars);
  gtk_box_append (GTK_BOX (box), label);
  return GTK_LABEL (label);
}

static void
add_card (SlReportsPage *self, GtkWidget *flow, guint number)
{
  GtkWidget *box = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 8);
  Card *card = &self->cards[number];

  card->button = gtk_button_new ();
  card->title = add_card_label (box, "row-detail quiet", CARD_CHARS);
  card->figure = add_card_label (box, "report-figure", FIGURE_CHARS);
  card->why = add_card_label (box, "row-detail", CARD_CHARS);
  gtk_button_set_child (GTK_BUTTON (card->button), box);
  gtk_widget_add_css_class (card->button, "row");
  gtk_widget_add_css_class (card->button, "report-card");
  gtk_widget_set_visible (card->button, FALSE);
  g_object_set_data (G_OBJECT (card->button), NUMBER_KEY, GUINT_TO_POINTER (number));
  g_signal_connect (card->button, "clicked", G_CALLBACK (on_card_clicked), self);
  sl_parts_flow_add (flow, card->button);
}

static GtkWidget *
make_overview (SlReportsPage *self)
{
  GtkWidget *all = sl_parts_box (GTK_ORIENTATION_VERTICAL, "section-body", 16);
  GtkWidget *cards = sl_parts_flow (3);

  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (cards), 16);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (cards), 16);
  for (guint i = 0; i < CARDS_MAX; i++)
    add_card (self, cards, i);
  self->list = gtk_grid_new ();
  gtk_grid_set_column_homogeneous (GTK_GRID (self->list), TRUE);
  gtk_grid_set_column_spacing (GTK_GRID (self->list), 8);
  gtk_grid_set_row_spacing (GTK_GRID (self->list), 8);
  self->list_heading = sl_parts_label (_("All reports"), "list-heading");
  gtk_box_append (GTK_BOX (all), cards);
  gtk_box_append (GTK_BOX (all), self->list_heading);
  gtk_box_append (GTK_BOX (all), self->list);
  return sl_parts_scroll (all);
}

/* --- a report --- */

static GtkWidget *
make_head (SlReportsPage *self)
{
  GtkWidget *head = sl_parts_box (GTK_ORIENTATION_HORIZONTAL, "", 24);
  GtkWidget *words = sl_parts_box (GTK_ORIENTATION_VERTICAL, "", 0);
  GtkWidget *back = sl_parts_button (_("Back"), "small");

  self->title = GTK_LABEL (sl_parts_label (NULL, "title"));
  self->subtitle = GTK_LABEL (sl_parts_label (NULL, "row-detail quiet num"));
  /* Translators: a button: the report as a file for spreadsheets, onto a USB stick */
  self->save_button = sl_parts_button (_("Save as CSV"), "small");
  self->print_button = sl_parts_button (_("Print"), "small");
  gtk_label_set_width_chars (self->title, TITLE_CHARS);
  gtk_label_set_width_chars (self->subtitle, WORDS_CHARS);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (words), GTK_WIDGET (self->title));
  gtk_box_append (GTK_BOX (words), GTK_WIDGET (self->subtitle));
  gtk_widget_set_valign (back, GTK_ALIGN_START);
  gtk_widget_set_valign (self->save_button, GTK_ALIGN_START);
  gtk_widget_set_valign (self->print_button, GTK_ALIGN_START);
  g_signal_connect (back, "clicked", G_CALLBACK (on_back_clicked), self);
  g_signal_connect (self->save_button, "clicked", G_CALLBACK (on_save_clicked), self);
  g_signal_connect (self->print_button, "clicked", G_CALLBACK (on_print_clicked), self);
  gtk_box_append (GTK_BOX (head), back);
  gtk_box_append (GTK_BOX (head), words);
  gtk_box_append (GTK_BOX (head), self->save_button);
  gtk_box_append (GTK_BOX (head), self->print_button);
  return head;
}

static GtkWidget *
add_chip (SlReportsPage *self, GtkWidget *button, const char *label, GCallback callback)
{
  GtkWidget *text = gtk_label_new (label);

  gtk_label_set_wrap (GTK_LABEL (text), TRUE);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (text), GTK_NATURAL_WRAP_NONE);
  gtk_label_set_justify (GTK_LABEL (text), GTK_JUSTIFY_CENTER);
  gtk_button_set_child (GTK_BUTTON (button), text);
  gtk_widget_add_css_class (button, "choice-button");
  g_signal_connect (button, "clicked", callback, self);
  sl_parts_flow_add (self->chips, button);
  return button;
}

static void
set_chip (GtkWidget *button, const char *label)
{
  gtk_label_set_label (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button))), label != NULL ? label : "");
  gtk_widget_set_visible (button, label != NULL);
}

static GtkWidget *
make_chips (SlReportsPage *self)
{
  const char *labels[] = {
    [SL_REPORTS_TODAY] = _("Today"),
    /* Translators: which days a report is of */
    [SL_REPORTS_WEEK] = _("This week"),
    [SL_REPORTS_MONTH] = _("This month"),
    [SL_REPORTS_LAST_MONTH] = _("Last month"),
    [SL_REPORTS_YEAR] = _("This year"),
    [SL_REPORTS_USUAL] = "",
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (labels) == SL_REPORTS_PERIOD_LAST);
  self->chips = sl_parts_flow (CHIPS_IN_A_ROW);
  gtk_flow_box_set_homogeneous (GTK_FLOW_BOX (self->chips), FALSE);
  gtk_flow_box_set_min_children_per_line (GTK_FLOW_BOX (self->chips), CHIPS_AT_LEAST);
  for (guint i = 0; i < SL_REPORTS_PERIOD_LAST; i++)
    {
      GtkWidget *chip = gtk_toggle_button_new ();

      g_object_set_data (G_OBJECT (chip), NUMBER_KEY, GUINT_TO_POINTER (i));
      gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (chip), i > 0 ? GTK_TOGGLE_BUTTON (self->periods[0]) : NULL);
      self->periods[i] = add_chip (self, chip, labels[i], G_CALLBACK (on_period_clicked));
    }
  self->way_button = add_chip (self, gtk_button_new (), NULL, G_CALLBACK (on_way_clicked));
  self->place_button = add_chip (self, gtk_button_new (), NULL, G_CALLBACK (on_place_clicked));
  return self->chips;
}

static GtkWidget *
make_report (SlReportsPage *self)
{
  GtkWidget *all = sl_parts_box (GTK_ORIENTATION_VERTICAL, "section-body", 0);

  self->body = GTK_STACK (gtk_stack_new ());
  gtk_stack_set_hhomogeneous (self->body, FALSE);
  gtk_stack_set_vhomogeneous (self->body, FALSE);
  self->said = GTK_LABEL (sl_parts_label (NULL, "body quiet"));
  self->notes = GTK_LABEL (sl_parts_label (NULL, "row-detail quiet"));
  gtk_label_set_width_chars (self->said, WORDS_CHARS);
  gtk_label_set_width_chars (self->notes, NOTES_CHARS);
  gtk_widget_set_valign (GTK_WIDGET (self->said), GTK_ALIGN_START);
  gtk_stack_add_child (self->body, GTK_WIDGET (self->said));
  gtk_widget_set_vexpand (GTK_WIDGET (self->body), TRUE);
  gtk_box_append (GTK_BOX (all), make_head (self));
  gtk_box_append (GTK_BOX (all), make_chips (self));
  gtk_box_append (GTK_BOX (all), GTK_WIDGET (self->body));
  gtk_box_append (GTK_BOX (all), GTK_WIDGET (self->notes));
  return all;
}

static void
sl_reports_page_init (SlReportsPage *self)
{
  gtk_widget_add_css_class (GTK_WIDGET (self), "section");
  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_stack_set_hhomogeneous (self->stack, FALSE);
  gtk_stack_set_vhomogeneous (self->stack, FALSE);
  self->overview = make_overview (self);
  self->report = make_report (self);
  gtk_stack_add_child (self->stack, self->overview);
  gtk_stack_add_child (self->stack, self->report);
  sl_shape_bin_set_child (SL_SHAPE_BIN (self), GTK_WIDGET (self->stack));
  sl_reports_page_show_overview (self);
}

/**
 * sl_reports_page_new:
 *
 * Returns: (transfer floating): a page without answers
 */
GtkWidget *
sl_reports_page_new (void)
{
  return g_object_new (SL_TYPE_REPORTS_PAGE, NULL);
}

static void
drop_table (SlReportsPage *self)
{
  gtk_stack_set_visible_child (self->body, GTK_WIDGET (self->said));
  if (self->table != NULL)
    gtk_stack_remove (self->body, self->table);
  self->table = NULL;
}

/**
 * sl_reports_page_show_overview:
 * @self: a page
 *
 * Back to the answers; the report that was shown is gone.
 */
void
sl_reports_page_show_overview (SlReportsPage *self)
{
  g_return_if_fail (SL_IS_REPORTS_PAGE (self));
  drop_table (self);
  gtk_stack_set_visible_child (self->stack, self->overview);
}

/**
 * sl_reports_page_is_overview:
 * @self: a page
 *
 * Returns: whether the answers are shown, not a report
 */
gboolean
sl_reports_page_is_overview (SlReportsPage *self)
{
  g_return_val_if_fail (SL_IS_REPORTS_PAGE (self), FALSE);
  return gtk_stack_get_visible_child (self->stack) == self->overview;
}

/**
 * sl_reports_page_set_card:
 * @self: a page
 * @card: its place
 * @answer: (nullable): what it says; %NULL: there is none. Without a figure it is being read
 */
void
sl_reports_page_set_card (SlReportsPage *self, guint card, const SlReportsAnswer *answer)
{
  const char *figure;
  g_autofree char *spoken = NULL;

  g_return_if_fail (SL_IS_REPORTS_PAGE (self) && card < CARDS_MAX);
  gtk_widget_set_visible (self->cards[card].button, answer != NULL);
  if (answer == NULL)
    return;
  figure = answer->figure != NULL ? answer->figure : _("Reading …");
  spoken = sl_text_join (", ", answer->title, figure, answer->why != NULL ? answer->why : "", NULL);
  gtk_label_set_label (self->cards[card].title, answer->title);
  gtk_label_set_label (self->cards[card].figure, figure);
  gtk_label_set_label (self->cards[card].why, answer->why != NULL ? answer->why : "");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->cards[card].button), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

/**
 * sl_reports_page_hide_cards:
 * @self: a page
 *
 * Takes every answer away.
 */
void
sl_reports_page_hide_cards (SlReportsPage *self)
{
  g_return_if_fail (SL_IS_REPORTS_PAGE (self));
  for (guint i = 0; i < CARDS_MAX; i++)
    {
      sl_reports_page_set_card (self, i, &(SlReportsAnswer) { "", "", "" });
      sl_reports_page_set_card (self, i, NULL);
    }
}

/**
 * sl_reports_page_clear_list:
 * @self: a page
 */
void
sl_reports_page_clear_list (SlReportsPage *self)
{
  GtkWidget *row;

  g_return_if_fail (SL_IS_REPORTS_PAGE (self));
  while ((row = gtk_widget_get_first_child (self->list)) != NULL)
    gtk_grid_remove (GTK_GRID (self->list), row);
  self->n_listed = 0;
}

/**
 * sl_reports_page_add_row:
 * @self: a page
 * @row: (transfer floating): a report that can be opened
 */
void
sl_reports_page_add_row (SlReportsPage *self, GtkWidget *row)
{
  g_return_if_fail (SL_IS_REPORTS_PAGE (self));
  gtk_grid_attach (GTK_GRID (self->list), row, self->n_listed % LIST_COLUMNS, self->n_listed / LIST_COLUMNS, 1, 1);
  self->n_listed++;
}

/**
 * sl_reports_page_show_report:
 * @self: a page
 * @title: what it is called
 *
 * Goes to a report that is being read.
 */
void
sl_reports_page_show_report (SlReportsPage *self, const char *title)
{
  g_return_if_fail (SL_IS_REPORTS_PAGE (self) && title != NULL);
  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->subtitle, "");
  sl_reports_page_hide_periods (self);
  sl_reports_page_set_way (self, NULL);
  sl_reports_page_set_place (self, NULL);
  sl_reports_page_set_reading (self);
  gtk_stack_set_visible_child (self->stack, self->report);
}

/**
 * sl_reports_page_set_said:
 * @self: a page
 * @text: what stands in the place of a report
 */
void
sl_reports_page_set_said (SlReportsPage *self, const char *text)
{
  g_return_if_fail (SL_IS_REPORTS_PAGE (self) && text != NULL);
  gtk_label_set_label (self->said, text);
  gtk_widget_set_visible (self->save_button, FALSE);
  gtk_widget_set_visible (self->print_button, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->notes), FALSE);
  drop_table (self);
}

/**
 * sl_reports_page_set_reading:
 * @self: a page
 *
 * Says so; everything else can be touched meanwhile.
 */
void
sl_reports_page_set_reading (SlReportsPage *self)
{
  sl_reports_page_set_said (self, _("The report is being read. You can go on meanwhile."));
}

/**
 * sl_reports_page_set_report:
 * @self: a page that shows a report
 * @subtitle: what it is of
 * @table: (transfer full): its rows
 * @notes: how to read it; may be empty
 */
void
sl_reports_page_set_report (SlReportsPage *self, const char *subtitle, SlTableData *table, const char *notes)
{
  g_return_if_fail (SL_IS_REPORTS_PAGE (self) && subtitle != NULL && table != NULL && notes != NULL);
  gtk_label_set_label (self->subtitle, subtitle);
  sl_reports_page_set_said (self, _("There is nothing in it for these days."));
  gtk_label_set_label (self->notes, notes);
  gtk_widget_set_visible (GTK_WIDGET (self->notes), *notes != '\0');
  if (table->rows->len == 0)
    {
      sl_table_data_free (table);
      return;
    }
  self->table = sl_report_table_new (table);
  g_signal_connect (self->table, "row-opened", G_CALLBACK (on_row_opened), self);
  gtk_stack_add_child (self->body, self->table);
  gtk_stack_set_visible_child (self->body, self->table);
  gtk_widget_set_visible (self->save_button, TRUE);
}

/**
 * sl_reports_page_set_period:
 * @self: a page that shows a report
 * @period: of which days it is
 * @usual: (nullable): what the report's own days are called, where no other choice says it
 */
void
sl_reports_page_set_period (SlReportsPage *self, SlReportsPeriod period, const char *usual)
{
  g_return_if_fail (SL_IS_REPORTS_PAGE (self) && period < SL_REPORTS_PERIOD_LAST);
  for (guint i = 0; i < SL_REPORTS_USUAL; i++)
    gtk_widget_set_visible (self->periods[i], TRUE);
  set_chip (self->periods[SL_REPORTS_USUAL], usual);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->periods[period]), TRUE);
}

/**
 * sl_reports_page_hide_periods:
 * @self: a page
 *
 * The report is of this moment.
 */
void
sl_reports_page_hide_periods (SlReportsPage *self)
{
  g_return_if_fail (SL_IS_REPORTS_PAGE (self));
  for (guint i = 0; i < SL_REPORTS_PERIOD_LAST; i++)
    gtk_widget_set_visible (self->periods[i], FALSE);
}

/**
 * sl_reports_page_set_way:
 * @self: a page
 * @label: (nullable): what its rows are of; %NULL: there is no choice
 */
void
sl_reports_page_set_way (SlReportsPage *self, const char *label)
{
  g_return_if_fail (SL_IS_REPORTS_PAGE (self));
  set_chip (self->way_button, label);
}

/**
 * sl_reports_page_set_place:
 * @self: a page
 * @label: (nullable): which location it is of; %NULL: there is no choice
 */
void
sl_reports_page_set_place (SlReportsPage *self, const char *label)
{
  g_return_if_fail (SL_IS_REPORTS_PAGE (self));
  set_chip (self->place_button, label);
}

/**
 * sl_reports_page_set_can_print:
 * @self: a page that shows a report
 * @can_print: whether there is a printer for it
 */
void
sl_reports_page_set_can_print (SlReportsPage *self, gboolean can_print)
{
  g_return_if_fail (SL_IS_REPORTS_PAGE (self));
  gtk_widget_set_visible (self->print_button, can_print);
}
