/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "studio-data.h"

#include <gtk/gtk.h>

/* What there is to say of a class, package, plan, room or member of the staff. */
#define SL_TYPE_STUDIO_FORM (sl_studio_form_get_type ())
G_DECLARE_FINAL_TYPE (SlStudioForm, sl_studio_form, SL, STUDIO_FORM, GtkBox)

GtkWidget *sl_studio_form_new (SlStudioKind kind, const SlStudioThing *thing, const SlStudioChoices *choices,
                               gboolean is_wide);
SlStudioThing *sl_studio_form_read (SlStudioForm *self, char **out_problem);
