/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-template"

#include "engine/template.h"

#include <string.h>

#include "core/crypto.h"
#include "core/text.h"
#include "engine/engine-private.h"
#include "templates.h"

#define FOLDER "/za/studioloop/templates/"
#define PLACEHOLDER_MAX_BYTES 32

const char *const sl_template_languages[] = { "en", "af", "zu", "xh", "st", NULL };
const char *const sl_template_channels[] = { "whatsapp", "sms", "email", "push", NULL };

/* Names in braces. Every kind has those of everybody. needs: without them the words would tell nothing. */
#define EVERYBODY "first", "studio"
#define CLASS "class", "date", "time", "place", "instructor"
typedef struct {
  const char *has[9], *needs[4];
} Placeholders;
static const Placeholders placeholders[] = {
  [SL_NOTIFICATION_BOOKING_CONFIRMED] = { { EVERYBODY, CLASS }, { "class", "date", "time" } },
  [SL_NOTIFICATION_BOOKING_CANCELLED] = { { EVERYBODY, CLASS }, { "class" } },
  [SL_NOTIFICATION_REMINDER_24H] = { { EVERYBODY, CLASS }, { "class", "time" } },
  [SL_NOTIFICATION_REMINDER_1H] = { { EVERYBODY, CLASS }, { "class", "time" } },
  [SL_NOTIFICATION_WAITLIST_JOINED] = { { EVERYBODY, CLASS }, { "class" } },
  [SL_NOTIFICATION_SPOT_OFFERED] = { { EVERYBODY, CLASS, "until" }, { "class", "until" } },
  [SL_NOTIFICATION_OFFER_LAPSED] = { { EVERYBODY, CLASS }, { "class" } },
  [SL_NOTIFICATION_SESSION_CHANGED] = { { EVERYBODY, CLASS }, { "class", "date", "time" } },
  [SL_NOTIFICATION_SESSION_CANCELLED] = { { EVERYBODY, CLASS }, { "class", "date" } },
  [SL_NOTIFICATION_REQUEST_MADE] = { { EVERYBODY, "class", "instructor" }, { "class" } },
  [SL_NOTIFICATION_REQUEST_ACCEPTED] = { { EVERYBODY, CLASS }, { "class", "date", "time" } },
  [SL_NOTIFICATION_REQUEST_DECLINED] = { { EVERYBODY, "class", "instructor" }, { "class" } },
  [SL_NOTIFICATION_CHECKIN_RECEIPT] = { { EVERYBODY, CLASS }, { NULL } },
  [SL_NOTIFICATION_NO_SHOW] = { { EVERYBODY, CLASS }, { "class" } },
  [SL_NOTIFICATION_CREDITS_EXPIRING] = { { EVERYBODY, "credits", "expires" }, { "credits", "expires" } },
  [SL_NOTIFICATION_CREDITS_LOW] = { { EVERYBODY, "credits" }, { "credits" } },
  [SL_NOTIFICATION_WELCOME] = { { EVERYBODY }, { NULL } },
  [SL_NOTIFICATION_MEMBERSHIP_ENDING] = { { EVERYBODY, "plan", "until" }, { "until" } },
  [SL_NOTIFICATION_MEMBERSHIP_FROZEN] = { { EVERYBODY, "plan" }, { NULL } },
  [SL_NOTIFICATION_PAYMENT_RECEIPT] = { { EVERYBODY, "amount", "date", "receipt" }, { "amount" } },
  [SL_NOTIFICATION_REFUND] = { { EVERYBODY, "amount", "date", "receipt" }, { "amount" } },
  [SL_NOTIFICATION_PAYMENT_FAILED] = { { EVERYBODY, "amount", "date" }, { "amount" } },
};
G_STATIC_ASSERT (G_N_ELEMENTS (placeholders) == SL_NOTIFICATION_LAST);

/**
 * sl_template_free:
 * @one: (nullable) (transfer full): words
 */
void
sl_template_free (SlTemplate *one)
{
  if (one == NULL)
    return;
  g_free (one->subject);
  g_free (one->text);
  g_free (one);
}

/**
 * sl_notification_kind_parse:
 * @name: (nullable): as sl_notification_kind_name() gives it
 * @out: (out): the kind
 *
 * Returns: %FALSE where there is no such kind
 */
gboolean
sl_notification_kind_parse (const char *name, SlNotificationKind *out)
{
  for (guint kind = 0; kind < SL_NOTIFICATION_LAST; kind++)
    if (g_strcmp0 (name, sl_notification_kind_name (kind)) == 0)
      {
        *out = kind;
        return TRUE;
      }
  return FALSE;
}

/**
 * sl_template_language:
 * @bcp47: (nullable): a member's language: "zu-ZA"
 *
 * Returns: (transfer none): the language of ours in which they are told; English where there is none
 */
const char *
sl_template_language (const char *bcp47)
{
  gsize length = bcp47 != NULL ? strcspn (bcp47, "-_") : 0;
  for (guint i = 0; length > 0 && sl_template_languages[i] != NULL; i++)
    if (strlen (sl_template_languages[i]) == length
        && g_ascii_strncasecmp (sl_template_languages[i], bcp47, length) == 0)
      return sl_template_languages[i];
  return sl_template_languages[0];
}

/* --- the standard words --- */

/* Built in: a file that is not there or not sound is a bug of the build. */
static GKeyFile *
open_standard (const char *language)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *path = g_strconcat (FOLDER, language, ".ini", NULL);
  g_autoptr (GBytes) bytes
      = g_resource_lookup_data (sl_templates_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_assert (bytes != NULL && g_key_file_load_from_bytes (file, bytes, G_KEY_FILE_NONE, NULL));
  return g_steal_pointer (&file);
}

/**
 * sl_template_word:
 * @language: one of ours
 * @word: its key
 *
 * Returns: (transfer full): the word
 */
char *
sl_template_word (const char *language, const char *word)
{
  g_autoptr (GKeyFile) file = open_standard (language);
  return g_key_file_get_string (file, "words", word, NULL);
}

/**
 * sl_template_date:
 * @language: one of ours
 * @ms: a moment, UTC
 * @zone: where
 *
 * Returns: (transfer full): "Wednesday 4 March", as the calendar there has it
 */
char *
sl_template_date (const char *language, gint64 ms, GTimeZone *zone)
{
  g_autoptr (GKeyFile) file = open_standard (language);
  g_auto (GStrv) days = g_key_file_get_string_list (file, "words", "days", NULL, NULL);
  g_auto (GStrv) months = g_key_file_get_string_list (file, "words", "months", NULL, NULL);
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (ms / 1000);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_timezone (utc, zone) : NULL;
  if (local == NULL)
    return g_strdup ("");
  return g_strdup_printf ("%s %d %s", days[g_date_time_get_day_of_week (local) - 1],
                          g_date_time_get_day_of_month (local), months[g_date_time_get_month (local) - 1]);
}

/* --- placeholders --- */

/* The next name in braces from *inout on; NULL: none is left. *out_bad: a brace that is not one of a name. */
static char *
next_name (const char **inout, const char **out_open, gboolean *out_bad)
{
  const char *open = strpbrk (*inout, "{}");
  *out_bad = FALSE;
  if (open == NULL)
    return NULL;
  const char *close = *open == '{' ? strpbrk (open + 1, "{}") : NULL;
  gsize length = close != NULL ? (gsize) (close - open - 1) : 0;
  if (close == NULL || *close != '}' || length == 0 || length > PLACEHOLDER_MAX_BYTES)
    {
      *out_bad = TRUE;
      return NULL;
    }
  *out_open = open;
  *inout = close + 1;
  return g_strndup (open + 1, length);
}

static gboolean
has (const char *const *names, gsize n, const char *name)
{
  for (gsize i = 0; i < n && names[i] != NULL; i++)
    if (g_str_equal (names[i], name))
      return TRUE;
  return FALSE;
}

static void
append_name (GString *list, const char *name)
{
  g_string_append_printf (list, "%s{%s}", list->len > 0 ? ", " : "", name);
}

/* Names of text into used, and those that the kind does not have into unknown. */
static gboolean
read_names (SlNotificationKind kind, const char *text, GHashTable *used, GString *unknown, GError **error)
{
  const Placeholders *of = &placeholders[kind];
  const char *open;
  gboolean bad;
  for (;;)
    {
      char *name = next_name (&text, &open, &bad);
      if (bad)
        {
          g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "a brace stands alone: placeholders are {first}");
          return FALSE;
        }
      if (name == NULL)
        return TRUE;
      if (!has (of->has, G_N_ELEMENTS (of->has), name) && !g_hash_table_contains (used, name))
        append_name (unknown, name);
      g_hash_table_add (used, name);
    }
}

/**
 * sl_template_check:
 * @kind: what is told
 * @subject: (nullable): of an e-mail
 * @text: (nullable): the words
 * @error: return location
 *
 * Returns: %FALSE with %SL_ERROR_BAD_INPUT, which names the placeholders that the kind does not have, or those that it
 * needs and @text lacks
 */
gboolean
sl_template_check (SlNotificationKind kind, const char *subject, const char *text, GError **error)
{
  const Placeholders *of = &placeholders[kind];
  g_autoptr (GHashTable) in_subject = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) in_text = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GString) unknown = g_string_new (NULL), missing = g_string_new (NULL);

  if ((subject != NULL && !read_names (kind, subject, in_subject, unknown, error))
      || (text != NULL && !read_names (kind, text, in_text, unknown, error)))
    return FALSE;
  for (guint i = 0; text != NULL && i < G_N_ELEMENTS (of->needs) && of->needs[i] != NULL; i++)
    if (!g_hash_table_contains (in_text, of->needs[i]))
      append_name (missing, of->needs[i]);
  if (unknown->len > 0)
    g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "%s has no %s", sl_notification_kind_name (kind), unknown->str);
  else if (missing->len > 0)
    g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "%s needs %s", sl_notification_kind_name (kind), missing->str);
  return unknown->len == 0 && missing->len == 0;
}

/**
 * sl_template_fill:
 * @text: words that sl_template_check() has passed
 * @values: (element-type utf8 utf8): what stands for each name
 *
 * What is filled in is not read again, so a class called "{first}" stays that.
 *
 * Returns: (transfer full): the words; a name without a value leaves nothing
 */
char *
sl_template_fill (const char *text, GHashTable *values)
{
  GString *out = g_string_new (NULL);
  const char *at = text, *open;
  gboolean bad;
  for (;;)
    {
      const char *from = at;
      g_autofree char *name = next_name (&at, &open, &bad);
      if (name == NULL)
        {
          g_string_append (out, from);
          return g_string_free (out, FALSE);
        }
      const char *value = g_hash_table_lookup (values, name);
      g_string_append_len (out, from, open - from);
      g_string_append (out, value != NULL ? value : "");
    }
}

/* --- the studio's own --- */

static void
template_id (SlNotificationKind kind, const char *language, const char *channel, SlId *out)
{
  SlHasher hasher;
  SlHash hash;
  const char *name = sl_notification_kind_name (kind), *of = channel != NULL ? channel : "";
  sl_hasher_init (&hasher, "studioloop template v1");
  sl_hasher_add_sized (&hasher, name, strlen (name));
  sl_hasher_add_sized (&hasher, language, strlen (language));
  sl_hasher_add_sized (&hasher, of, strlen (of));
  sl_hasher_finish (&hasher, &hash);
  memcpy (out->bytes, hash.bytes, SL_ID_BYTES);
}

static gboolean
check_place (const char *language, const char *channel, GError **error)
{
  if (!g_strv_contains (sl_template_languages, language))
    g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the language is one of en, af, zu, xh, st");
  else if (channel != NULL && !g_strv_contains (sl_template_channels, channel))
    g_set_error_literal (error, SL_ERROR, SL_ERROR_BAD_INPUT, "the channel is one of whatsapp, sms, email, push");
  else
    return TRUE;
  return FALSE;
}

/* *out (nullable): NULL: to clear. */
static gboolean
clean_words (const char *field, const char *words, gsize max_bytes, char **out, GError **error)
{
  *out = NULL;
  if (words == NULL)
    return TRUE;
  *out = sl_text_clean (field, words, max_bytes, error);
  if (*out != NULL && **out == '\0')
    {
      g_clear_pointer (out, g_free);
      g_set_error (error, SL_ERROR, SL_ERROR_BAD_INPUT, "%s is empty", field);
    }
  return *out != NULL;
}

/**
 * sl_template_set:
 * @engine: the engine
 * @actor: who
 * @kind: what is told
 * @language: in which of our languages
 * @channel: (nullable): for which channel alone
 * @subject: (nullable): of e-mails and what is pushed; %NULL: the standard one
 * @text: (nullable): the words; %NULL: the standard ones
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * Returns: %FALSE on failure: %SL_ERROR_BAD_INPUT
 */
gboolean
sl_template_set (SlEngine *engine, const SlActor *actor, SlNotificationKind kind, const char *language,
                 const char *channel, const char *subject, const char *text, SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && kind < SL_NOTIFICATION_LAST && language != NULL, FALSE);
  g_return_val_if_fail (out_refusal != NULL, FALSE);

  g_autofree char *clean_subject = NULL, *clean_text = NULL;
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_TEMPLATE);
  SlId id;
  if (!check_place (language, channel, error)
      || !clean_words ("the subject", subject, SL_TEMPLATE_SUBJECT_MAX_BYTES, &clean_subject, error)
      || !clean_words ("the text", text, SL_TEMPLATE_TEXT_MAX_BYTES, &clean_text, error)
      || !sl_template_check (kind, clean_subject, clean_text, error) || !sl_command_begin (engine, actor, error))
    return FALSE;
  if (!sl_actor_may (actor, SL_ACTION_EDIT_CATALOGUE, &engine->location, out_refusal))
    return sl_command_refuse (engine, actor, "notification template set", out_refusal, error);
  template_id (kind, language, channel, &id);
  sl_fields_set_text (fields, "kind", sl_notification_kind_name (kind));
  sl_fields_set_text (fields, "language", language);
  sl_fields_set_text (fields, "channel", channel);
  sl_fields_set_text (fields, "subject", clean_subject);
  sl_fields_set_text (fields, "body", clean_text);
  if (!sl_op_edit (engine->log, &id, fields, error))
    return sl_command_fail (engine);
  return sl_command_commit (engine, error);
}

/* What the studio has of its own, where nothing more special has it already. What a later program's kind may need is
 * not checked again: it was when it was set. */
static gboolean
take_own (SlEngine *engine, SlTemplate *one, const char *channel, GError **error)
{
  SlId id;
  template_id (one->kind, one->language, channel, &id);
  g_autoptr (SlRows) rows
      = sl_store_query (engine->store, "SELECT subject, body FROM template WHERE id = ?", "d", &id);
  if (sl_rows_next (rows))
    {
      one->own = one->own || !sl_rows_is_null (rows, 0) || !sl_rows_is_null (rows, 1);
      if (one->subject == NULL)
        one->subject = sl_rows_dup_text (rows, 0);
      if (one->text == NULL)
        one->text = sl_rows_dup_text (rows, 1);
    }
  return sl_rows_finish (rows, error);
}

/**
 * sl_template_get:
 * @engine: the engine
 * @kind: what is told
 * @language: (nullable): whoever is told reads that
 * @channel: (nullable): how
 * @error: return location
 *
 * Returns: (transfer full): the words that count; %NULL on failure
 */
SlTemplate *
sl_template_get (SlEngine *engine, SlNotificationKind kind, const char *language, const char *channel, GError **error)
{
  g_return_val_if_fail (engine != NULL && kind < SL_NOTIFICATION_LAST, NULL);

  g_autoptr (SlTemplate) one = g_new0 (SlTemplate, 1);
  one->kind = kind;
  one->language = sl_template_language (language);
  one->channel = g_intern_string (channel);
  if ((channel != NULL && !take_own (engine, one, channel, error)) || !take_own (engine, one, NULL, error))
    return NULL;
  g_autoptr (GKeyFile) standard = open_standard (one->language);
  if (one->subject == NULL)
    one->subject = g_key_file_get_string (standard, sl_notification_kind_name (kind), "subject", NULL);
  if (one->text == NULL)
    one->text = g_key_file_get_string (standard, sl_notification_kind_name (kind), "text", NULL);
  g_assert (one->subject != NULL && one->text != NULL); /* a test goes through all of them */
  return g_steal_pointer (&one);
}

/**
 * sl_template_list:
 * @engine: the engine
 * @error: return location
 *
 * Returns: (transfer full) (element-type SlTemplate): for each kind and language what counts for all channels, and
 * behind it the studio's own for one; %NULL on failure
 */
GPtrArray *
sl_template_list (SlEngine *engine, GError **error)
{
  g_return_val_if_fail (engine != NULL, NULL);

  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) sl_template_free);
  for (guint kind = 0; kind < SL_NOTIFICATION_LAST; kind++)
    for (guint i = 0; sl_template_languages[i] != NULL; i++)
      for (guint j = 0; j == 0 || sl_template_channels[j - 1] != NULL; j++)
        {
          SlId id;
          gint64 own = 1;
          const char *channel = j > 0 ? sl_template_channels[j - 1] : NULL;
          template_id (kind, sl_template_languages[i], channel, &id);
          if (channel != NULL
              && !sl_store_query_int (engine->store, 0, &own, error,
                                      "SELECT count (*) FROM template WHERE id = ? AND coalesce (subject, body) "
                                      "IS NOT NULL", "d", &id))
            return NULL;
          SlTemplate *one = own > 0 ? sl_template_get (engine, kind, sl_template_languages[i], channel, error) : NULL;
          if (own > 0 && one == NULL)
            return NULL;
          if (one != NULL)
            g_ptr_array_add (list, one);
        }
  return g_steal_pointer (&list);
}
