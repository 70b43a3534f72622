/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-import-members"

#include "engine/import-private.h"

#include "engine/member.h"
#include "engine/pin.h"

static const SlImportColumn columns[] = {
  { "first", SL_IMPORT_NEEDED },     { "last", SL_IMPORT_NEEDED },     { "phone", SL_IMPORT_READ },
  { "email", SL_IMPORT_READ },       { "birth_date", SL_IMPORT_READ }, { "permission", SL_IMPORT_READ },
  { "status", SL_IMPORT_READ },      { "status_reason", SL_IMPORT_READ },
  { "notes", SL_IMPORT_READ },       { "emergency", SL_IMPORT_READ },  { "language", SL_IMPORT_READ },
  { "marketing", SL_IMPORT_READ },   { "home_location", SL_IMPORT_READ },
  { "instructor", SL_IMPORT_READ },
  { "pin", SL_IMPORT_READ },         { "id", SL_IMPORT_FOR_EYES },     { "since", SL_IMPORT_FOR_EYES },
  { NULL },
};

/* Argon2id takes its time, so it is done before the writer lock; weak PINs are refused by the rule itself. */
static gboolean
hash_pins (SlEngine *engine, SlImport *import, GError **error)
{
  g_auto (SlSealKey) pepper = { 0 };
  if (!sl_import_has (import, "pin"))
    return TRUE;
  if (!sl_oplog_pepper (engine->log, &pepper, error))
    return FALSE;
  for (guint i = 0; i < import->rows->len; i++)
    {
      SlImportRow *row = import->rows->pdata[i];
      const char *pin = sl_import_cell (import, row, "pin");
      if (pin == NULL || row->is_refused
          || sl_pin_is_weak (pin, SL_PIN_MEMBER_MIN_DIGITS, SL_PIN_MEMBER_MAX_DIGITS))
        continue;
      g_autofree char *hash = sl_pin_hash (engine->world, pin, &pepper);
      row->pin_hash = g_string_chunk_insert (import->texts, hash);
    }
  return TRUE;
}

static gboolean
load (SlImportRun *run, GError **error)
{
  return sl_import_names_load (run, FALSE, error);
}

static gboolean
take (SlImportRun *run, SlImportRow *row, SlRefusal *refusal, GError **error)
{
  const SlImport *import = run->import;
  const char *permission = sl_import_cell (import, row, "permission"), *status = sl_import_cell (import, row, "status");
  g_autofree char *permission_word = permission != NULL ? g_ascii_strdown (permission, -1) : NULL;
  g_autofree char *status_word = status != NULL ? g_ascii_strdown (status, -1) : NULL;
  SlId home, instructor;
  SlMemberParams params = {
    .first = sl_import_cell (import, row, "first"),
    .last = sl_import_cell (import, row, "last"),
    .phone = sl_import_cell (import, row, "phone"),
    .email = sl_import_cell (import, row, "email"),
    .birth_date = sl_import_cell (import, row, "birth_date"),
    .permission = permission_word,
    .status = status_word,
    .status_reason = sl_import_cell (import, row, "status_reason"),
    .notes = sl_import_cell (import, row, "notes"),
    .emergency = sl_import_cell (import, row, "emergency"),
    .language = sl_import_cell (import, row, "language"),
    .pin = row->pin_hash == NULL ? sl_import_cell (import, row, "pin") : NULL,
    .pin_hash = row->pin_hash,
  };
  if (!sl_import_yes_or_no (run, row, "marketing", &params.marketing, error)
      || !sl_import_find (run, row, "home_location", SL_NAMED_LOCATION, NULL, &home, error)
      || !sl_import_find (run, row, "instructor", SL_NAMED_STAFF, NULL, &instructor, error))
    return FALSE;
  params.home_location = sl_id_is_none (&home) ? NULL : &home;
  params.instructor = sl_id_is_none (&instructor) ? NULL : &instructor;
  return sl_member_add (run->engine, run->actor, &params, (run->flags & SL_IMPORT_ANYWAY) != 0, &row->made, refusal,
                        error);
}

const SlImportType sl_import_members = {
  .word = "members",
  .columns = columns,
  .action = SL_ACTION_EDIT_MEMBER,
  .prepare = hash_pins,
  .load = load,
  .take = take,
};
