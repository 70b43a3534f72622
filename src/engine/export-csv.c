/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-export-csv"

#include "engine/export-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "core/datetime.h"

#define BUFFER_BYTES (256 * 1024) /* a million bookings go to the file in pieces of this size */

/* Who may see it: any of the staff, those who see the members (or, of members, their own), those who see the money. */
typedef enum { FOR_STAFF, FOR_MEMBERS, FOR_OWN_MEMBERS, FOR_MONEY } Audience;
static const struct {
  const char *word, *columns;
  Audience audience;
  gboolean (*write) (SlExport *out, GError **error);
} kinds[] = {
  [SL_EXPORT_MEMBERS] = { "members",
                          "first last phone email birth_date permission status status_reason notes emergency language "
                          "marketing home_location instructor id since",
                          FOR_OWN_MEMBERS, sl_export_members },
  [SL_EXPORT_SCHEDULE] = { "schedule", "service start location room instructor capacity notes state end id", FOR_STAFF,
                           sl_export_schedule },
  [SL_EXPORT_PACKAGES] = { "packages",
                           "name credits price days locations per_member new_only renews active currency id",
                           FOR_STAFF, sl_export_packages },
  [SL_EXPORT_CREDITS] = { "credits", "member credits expires reason first last lot", FOR_MEMBERS, sl_export_credits },
  [SL_EXPORT_BOOKINGS] = { "bookings",
                           "member service start location spots guests status note first last end spent refunded price "
                           "made session_id id",
                           FOR_MEMBERS, sl_export_bookings },
  [SL_EXPORT_PAYMENTS] = { "payments",
                           "at member first last amount vat currency method status refunded reference receipt device "
                           "id",
                           FOR_MONEY, sl_export_payments },
  [SL_EXPORT_SERVICES] = { "services",
                           "name kind type difficulty duration capacity credits price member_price peak_price mode "
                           "reserve instructor locations equipment parq colour description active id",
                           FOR_STAFF, sl_export_services },
  [SL_EXPORT_PLACES] = { "places", "location room timezone address hours active id", FOR_STAFF, sl_export_places },
  [SL_EXPORT_STAFF] = { "staff", "name role locations active id", FOR_STAFF, sl_export_staff },
  [SL_EXPORT_AVAILABILITY] = { "availability",
                               "instructor location weekday from to bookable valid_from valid_until id", FOR_STAFF,
                               sl_export_availability },
  [SL_EXPORT_REQUESTS] = { "requests",
                           "member instructor service location times state made expires first last session_id "
                           "booking_id id",
                           FOR_MEMBERS, sl_export_requests },
  [SL_EXPORT_STANDING] = { "standing",
                           "member service location weekday time from until spots active first last device id",
                           FOR_MEMBERS, sl_export_standing },
  [SL_EXPORT_PLANS] = { "plans", "name kind period price joining credits services access_hours open_gym active id",
                        FOR_STAFF, sl_export_plans },
  [SL_EXPORT_MEMBERSHIPS] = { "memberships",
                              "member plan from until status frozen_from frozen_until due collect price first last "
                              "plan_id id",
                              FOR_MEMBERS, sl_export_memberships },
  [SL_EXPORT_ENTRIES] = { "entries", "member at kind amount forfeited reason first last booking_id lot", FOR_MEMBERS,
                          sl_export_entries },
  [SL_EXPORT_VISITS] = { "visits", "member at left location late undone first last session_id booking_id id",
                         FOR_MEMBERS, sl_export_visits },
  [SL_EXPORT_POLICIES] = { "policies", "policy value scope location service", FOR_STAFF, sl_export_policies },
  [SL_EXPORT_RENEWALS] = { "renewals",
                           "member package status collect from renewed due asked first last package_id sale_id device "
                           "id",
                           FOR_MEMBERS, sl_export_renewals },
};
G_STATIC_ASSERT (G_N_ELEMENTS (kinds) == SL_EXPORT_LAST);

/**
 * sl_export_kind_name:
 * @kind: what to export
 *
 * Returns: (transfer none): its word on the command line, and its file's name without ".csv"
 */
const char *
sl_export_kind_name (SlExportKind kind)
{
  g_return_val_if_fail (kind < SL_EXPORT_LAST, "");

  return kinds[kind].word;
}

/**
 * sl_export_kind_parse:
 * @name: a word
 * @out: (out): the kind
 *
 * Returns: %FALSE where there is no such kind
 */
gboolean
sl_export_kind_parse (const char *name, SlExportKind *out)
{
  g_return_val_if_fail (name != NULL && out != NULL, FALSE);

  for (guint i = 0; i < SL_EXPORT_LAST; i++)
    if (g_str_equal (name, kinds[i].word))
      {
        *out = i;
        return TRUE;
      }
  return FALSE;
}

/* --- cells --- */

/* sl_export_add: see the header. */
void
sl_export_add (SlExport *out, const char *text)
{
  g_ptr_array_add (out->cells, g_strdup (text));
}

/* sl_export_add_int: whole numbers as they are counted: cents, hundredths. */
void
sl_export_add_int (SlExport *out, gint64 number)
{
  g_ptr_array_add (out->cells, g_strdup_printf ("%" G_GINT64_FORMAT, number));
}

/* sl_export_add_id: none is an empty cell. */
void
sl_export_add_id (SlExport *out, const SlId *id)
{
  g_ptr_array_add (out->cells, sl_id_is_none (id) ? NULL : sl_id_to_string (id));
}

/* sl_export_add_bool: yes or no. */
void
sl_export_add_bool (SlExport *out, gboolean value)
{
  sl_export_add (out, value ? "yes" : "no");
}

/* sl_export_add_time: RFC 3339 in the zone. */
void
sl_export_add_time (SlExport *out, gint64 ms, GTimeZone *zone)
{
  g_ptr_array_add (out->cells, ms != 0 ? sl_time_format (ms, zone) : NULL);
}

static gboolean
flush (SlExport *out, GError **error)
{
  gsize done = 0;
  while (done < out->buffer->len)
    {
      gssize wrote = write (out->fd, out->buffer->str + done, out->buffer->len - done);
      if (wrote < 0 && errno == EINTR)
        continue;
      if (wrote < 0)
        {
          int failure = errno;
          g_set_error (error, SL_ERROR, failure == ENOSPC ? SL_ERROR_DISK_FULL : SL_ERROR_STORAGE,
                       "writing the file: %s", g_strerror (failure));
          return FALSE;
        }
      done += (gsize) wrote;
    }
  g_string_truncate (out->buffer, 0);
  return TRUE;
}

static void
append_cells (SlExport *out)
{
  sl_csv_append_row (out->buffer, (const char *const *) out->cells->pdata, out->cells->len);
  g_ptr_array_set_size (out->cells, 0);
}

/* sl_export_end_row: see the header. */
gboolean
sl_export_end_row (SlExport *out, GError **error)
{
  append_cells (out);
  out->rows++;
  return out->buffer->len < BUFFER_BYTES || flush (out, error);
}

/* --- files --- */

/**
 * sl_export_may:
 * @engine: the engine
 * @actor: who wants to have it
 * @kind: what
 * @out_refusal: (out): not_allowed
 *
 * Members go to those who see members, instructors get their own; credits and bookings to those who see all members,
 * payments to those who see the money; the rest to any of the staff.
 *
 * Returns: whether the actor may have it
 */
gboolean
sl_export_may (SlEngine *engine, const SlActor *actor, SlExportKind kind, SlRefusal *out_refusal)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && kind < SL_EXPORT_LAST && out_refusal != NULL, FALSE);

  switch (kinds[kind].audience)
    {
    case FOR_MEMBERS:
      return sl_actor_may (actor, SL_ACTION_VIEW_MEMBERS, &engine->location, out_refusal);
    case FOR_OWN_MEMBERS:
      return sl_actor_may_with_own (actor, SL_ACTION_VIEW_MEMBERS, &engine->location, TRUE, out_refusal);
    case FOR_MONEY:
      return sl_actor_may (actor, SL_ACTION_VIEW_REPORTS_FINANCE, &engine->location, out_refusal);
    case FOR_STAFF:
      return actor->role != SL_ROLE_MEMBER || sl_refuse (out_refusal, SL_REFUSAL_NOT_ALLOWED);
    }
  g_return_val_if_reached (FALSE);
}

static gboolean
write_all (SlExport *out, SlExportKind kind, GError **error)
{
  g_auto (GStrv) columns = g_strsplit (kinds[kind].columns, " ", -1);
  for (guint i = 0; columns[i] != NULL; i++)
    sl_export_add (out, columns[i]);
  append_cells (out);
  return kinds[kind].write (out, error) && flush (out, error);
}

static gboolean
fail_file (GError **error, const char *file)
{
  int failure = errno;
  g_autofree char *shown = g_utf8_make_valid (file, -1);
  SlErrorCode code = failure == ENOSPC                                              ? SL_ERROR_DISK_FULL
                     : failure == ENOENT || failure == ENOTDIR || failure == EISDIR ? SL_ERROR_BAD_INPUT
                     : failure == EACCES || failure == EPERM || failure == EROFS    ? SL_ERROR_READ_ONLY
                                                                                    : SL_ERROR_STORAGE;
  g_set_error (error, SL_ERROR, code, "writing %s: %s", shown, g_strerror (failure));
  return FALSE;
}

static gboolean
write_file (SlEngine *engine, const SlActor *actor, SlExportKind kind, const char *temporary, guint64 *out_rows,
            GError **error)
{
  SlExport out = { .engine = engine, .actor = actor };
  (void) g_unlink (temporary);
  out.fd = open (temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600); /* it is full of names and numbers */
  if (out.fd < 0)
    return fail_file (error, temporary);
  out.buffer = g_string_sized_new (BUFFER_BYTES + BUFFER_BYTES / 4);
  out.cells = g_ptr_array_new_with_free_func (g_free);
  gboolean written = sl_store_begin_read (engine->store, error);
  if (written)
    {
      written = write_all (&out, kind, error);
      sl_store_end_read (engine->store);
    }
  if (written && fsync (out.fd) != 0)
    written = fail_file (error, temporary);
  (void) close (out.fd);
  g_clear_pointer (&out.names, sl_export_names_free);
  g_string_free (out.buffer, TRUE);
  g_ptr_array_unref (out.cells);
  *out_rows = out.rows;
  return written;
}

/**
 * sl_export_csv:
 * @engine: the engine
 * @actor: who wants to have it
 * @kind: what
 * @file: where to; an ordinary file that is there is replaced, in one step when the new one is whole
 * @out_rows: (out): how many rows, without that of names
 * @out_refusal: (out): not_allowed
 * @error: return location
 *
 * What an import of the same kind takes comes by the same names; PINs, which are only known as hashes, stay. The file's
 * mode is 0600. Takes no lock.
 *
 * Returns: %FALSE on failure; what was there before is there still
 */
gboolean
sl_export_csv (SlEngine *engine, const SlActor *actor, SlExportKind kind, const char *file, guint64 *out_rows,
               SlRefusal *out_refusal, GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && file != NULL && out_rows != NULL, FALSE);

  *out_rows = 0;
  if (!sl_export_may (engine, actor, kind, out_refusal))
    return sl_query_refuse (engine, actor, "export", out_refusal);
  g_autofree char *temporary = g_strconcat (file, ".new", NULL);
  if (write_file (engine, actor, kind, temporary, out_rows, error)
      && (g_rename (temporary, file) == 0 || fail_file (error, file)))
    return TRUE;
  (void) g_unlink (temporary);
  return FALSE;
}
