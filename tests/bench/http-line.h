/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* A connection to a server on this machine, as plain as can be: what is measured is the server. */
typedef struct {
  int fd;
  GByteArray *rest; /* what came and was not asked for yet */
} HttpLine;

HttpLine *http_line_new (guint16 port);
void http_line_free (HttpLine *line);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HttpLine, http_line_free)
void http_line_send (HttpLine *line, GBytes *request);
int http_line_read_head (HttpLine *line, gsize *out_length); /* the status; the body's length where it is told */
int http_line_read (HttpLine *line, GBytes **out_body);      /* (transfer full) */
