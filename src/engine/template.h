/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/notification.h"

/* The words in which members are told: README.md "Words". Standard ones come with the program; a studio may have its
 * own. */
extern const char *const sl_template_languages[]; /* "en", "af", …; NULL-terminated */
extern const char *const sl_template_channels[];  /* in the order in which they are tried: "whatsapp", "sms", … */

#define SL_TEMPLATE_SUBJECT_MAX_BYTES 200
#define SL_TEMPLATE_TEXT_MAX_BYTES 1600 /* ten SMS: nobody reads more */

typedef struct {
  SlNotificationKind kind;
  const char *language;  /* one of the above */
  const char *channel;   /* (nullable): NULL: all that have none of their own */
  char *subject, *text;
  gboolean own;          /* the studio's, not the standard one */
} SlTemplate;
void sl_template_free (SlTemplate *one);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlTemplate, sl_template_free)

/* subject and text (nullable): NULL: the standard one again. channel (nullable). Refusals: not_allowed. BAD_INPUT names
 * placeholders that the kind does not have, and those that it needs and the text lacks. */
gboolean sl_template_set (SlEngine *engine, const SlActor *actor, SlNotificationKind kind, const char *language,
                          const char *channel, const char *subject, const char *text, SlRefusal *out_refusal,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What counts for a kind, a language and a channel. language: BCP 47; one that there are no words in: English. */
SlTemplate *sl_template_get (SlEngine *engine, SlNotificationKind kind, const char *language, const char *channel,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (element-type SlTemplate): for each kind and language what counts for all channels, and the studio's own for one. */
GPtrArray *sl_template_list (SlEngine *engine, GError **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean sl_template_check (SlNotificationKind kind, const char *subject, const char *text, GError **error);
gboolean sl_notification_kind_parse (const char *name, SlNotificationKind *out);
/* (transfer full): the names in braces filled in; values: name to text. What has no value is left out. */
char *sl_template_fill (const char *text, GHashTable *values);
/* Words and names of a language: "open_gym"; "Wednesday 4 March". */
char *sl_template_word (const char *language, const char *word);
char *sl_template_date (const char *language, gint64 ms, GTimeZone *zone);
const char *sl_template_language (const char *bcp47); /* (nullable) → one of the languages */
