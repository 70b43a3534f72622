/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Pieces of RFC 9421 and RFC 9530 that tests hold against the examples there. */

/* One line of a signature base (RFC 9421 section 2.5); component with its quotes and parameters. */
void sl_signature_base_add (GString *base, const char *component, const char *value);
/* Its last line. */
void sl_signature_base_finish (GString *base, const char *parameters);
char *sl_content_digest (GBytes *body); /* (transfer full): the header's value */
