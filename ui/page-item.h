/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "core/id.h"

/* A row of the pages that sell, let in and count: a person, a class, a thing, a payment. */
typedef struct {
  SlId id;                     /* none: of nothing that has one */
  char *title, *detail, *side; /* detail, a quiet line below, and side, to the right (nullable) */
  gboolean is_full;            /* of a class: picking it joins the waitlist */
  gint64 cents;                /* of a payment: what can be given back */
} SlPageItem;

SlPageItem *sl_page_item_new (const SlId *id, const char *title, const char *detail, const char *side);
void sl_page_item_free (SlPageItem *item);
char *sl_page_item_to_string (const SlPageItem *item); /* (transfer full): as rows compare what they show */
