/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "print/document.h"

/* 2 March 2026, 12:00 in Johannesburg. */
#define SAMPLE_NOON G_GINT64_CONSTANT (1772445600000)

SlDocument *sample_document (SlDocumentKind kind);
SlDocument *sample_invoice (guint n_lines); /* lacks nothing */
SlDocument *sample_report (guint n_rows, guint n_columns);
