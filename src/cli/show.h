/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <jansson.h>

/* Answers for people: made from the JSON answer, so that both always say the same. */
typedef enum {
  SL_SHOW_TEXT,      /* also whole numbers and yes or no */
  SL_SHOW_MONEY,     /* cents */
  SL_SHOW_CREDITS,   /* hundredths */
  SL_SHOW_TIME,      /* RFC 3339 */
  SL_SHOW_WORDS,     /* words of the program's, which have a translation */
  SL_SHOW_ITEMS,     /* a list of objects, by items */
} SlShow;

typedef struct _SlColumn SlColumn;
struct _SlColumn {
  const char *key;         /* in the JSON */
  const char *title;       /* for people, marked for translation */
  SlShow show;
  const SlColumn *items;   /* SL_SHOW_ITEMS only */
};
#define SL_COLUMNS_END { NULL, NULL, SL_SHOW_TEXT, NULL }

void sl_show_answer (const SlColumn *columns, const json_t *answer, const char *currency, GString *out);
/* lines: (element-type GStrv), the titles first. right: per column, whether it stands to the right. */
void sl_show_append_table (GPtrArray *lines, guint n_columns, const gboolean *right, const char *indent, GString *out);
void sl_show_error (const json_t *error, GString *err);
void sl_show_append_safe (GString *out, const char *text);
