/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "oplog-fixture.h"
#include "oplog/money.h"
#include "oplog/oplog-private.h"

/* Members who are gone: their keys on every device, and what was sealed about them in every row, whatever came
 * first. */

typedef struct {
  Device one, two, three;
  SlId location, member, session, lot, claim;
} Studio;

static void
begin (Device *device)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_oplog_begin (device->log, &sl_actor_owner, &error));
  g_assert_no_error (error);
}

static void
commit (Device *device, gboolean emitted, GError *emit_error)
{
  g_autoptr (GError) error = emit_error;
  g_assert_no_error (error);
  g_assert_true (emitted);
  g_assert_true (sl_oplog_commit (device->log, &error));
}

static void
erase (Device *device, const SlId *member)
{
  GError *error = NULL;
  begin (device);
  commit (device, sl_op_member_erase (device->log, member, "asked for it in writing", &error), error);
}

static gint64
ask (Device *device, const char *sql)
{
  gint64 value;
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_store_query_int (device->store, -1, &value, &error, sql, ""));
  g_assert_no_error (error);
  return value;
}

static void
hold_with_words (Device *device, Studio *studio, SlId *out)
{
  const char *guests[] = { "Guest", NULL };
  const SlClaimParams params = { .session_id = studio->session,
                                 .member_id = studio->member,
                                 .type = SL_CLAIM_HOLD,
                                 .spots = 2,
                                 .held_until_ms = device->world.now_ms + 600000,
                                 .guests = guests,
                                 .note = "by the window" };
  GError *error = NULL;
  begin (device);
  commit (device, sl_op_claim (device->log, &params, out, &error), error);
}

/* All that is ever sealed about somebody. */
static void
write_everything (Device *device, Studio *studio)
{
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_MEMBER);
  const SlCheckinParams by_booking = { .booking_id = studio->claim, .reason = "late, but here" };
  const SlCheckinParams by_member = { .member_id = studio->member, .reason = "forgot the pass" };
  const SlLotParams lot_params = { .member_id = studio->member, .credits_hundredths = 100, .reason = "for the wait" };
  const SlPaymentParts paid = { .member_id = studio->member, .currency = "ZAR", .receipt = 1,
                                .taking = { .method = "cash", .status = "paid", .amount_cents = 500 } };
  SlRefundParts back = { .amount_cents = 200, .receipt = 2, .reason = "was ill" };
  const SlVoucherParts given = { .member_id = studio->member, .amount_cents = 1000, .code_hash = { 1 } };
  SlId checkin, other, lot, claim, refund, voucher;
  GError *error = NULL;
  sl_fields_set_text (fields, "notes", "a bad knee");
  sl_fields_set_text (fields, "status_reason", "owes money");
  begin (device);
  commit (device, sl_op_edit (device->log, &studio->member, fields, &error), error);
  hold_with_words (device, studio, &claim);
  begin (device);
  commit (device, sl_op_release (device->log, &claim, SL_RELEASE_CANCELLED, 100, "ill", &error), error);
  begin (device);
  commit (device,
          sl_op_checkin (device->log, &by_booking, &checkin, &error)
              && sl_op_checkin_undo (device->log, &checkin, "somebody else", &error)
              && sl_op_checkin (device->log, &by_member, &other, &error),
          error);
  begin (device);
  commit (device,
          sl_op_lot_create (device->log, &lot_params, &lot, &error)
              && sl_op_lot_burn (device->log, &lot, SL_BURN_ADJUST, 50, "by mistake", &error)
              && sl_op_payment_take (device->log, &paid, &back.payment_id, &error)
              && sl_op_payment_refund (device->log, &back, &refund, &error)
              && sl_op_voucher_issue (device->log, &given, &voucher, &error)
              && sl_op_voucher_void (device->log, &voucher, 1000, "has moved away", &error),
          error);
}

static const char left_over[] =
    "SELECT (SELECT count (*) FROM member WHERE coalesce (first, last, phone, email, birth_date, notes, emergency,"
    "   pin_hash, status_reason, invoice_to) IS NOT NULL)"
    " + (SELECT count (*) FROM claim WHERE coalesce (guests, note, release_reason) IS NOT NULL)"
    " + (SELECT count (*) FROM checkin WHERE coalesce (reason, undo_reason) IS NOT NULL)"
    " + (SELECT count (*) FROM lot WHERE reason IS NOT NULL)"
    " + (SELECT count (*) FROM lot_burn WHERE reason IS NOT NULL)"
    " + (SELECT count (*) FROM refund WHERE reason IS NOT NULL)"
    " + (SELECT count (*) FROM voucher_void WHERE reason IS NOT NULL)";

/* Spots of the first desk's session for the others. */
static void
share_spots (Studio *studio, Device *to)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_oplog_begin (studio->one.log, &sl_actor_owner, &error));
  g_assert_true (
      sl_op_session_move (studio->one.log, &studio->session, sl_oplog_get_replica (to->log), 2, &error));
  g_assert_true (sl_oplog_commit (studio->one.log, &error));
  g_assert_no_error (error);
}

static void
studio_open (Studio *studio)
{
  device_found (&studio->one, &studio->location);
  make_member (&studio->one, "Thandi", &studio->member);
  make_session (&studio->one, &studio->location, 8, &studio->session);
  make_lot (&studio->one, &studio->member, 1000, &studio->lot);
  book (&studio->one, &studio->session, &studio->member, &studio->lot, 100, &studio->claim);
  device_join (&studio->two, &studio->one, &studio->location, 2);
  device_give (&studio->two, &studio->one);
  device_join (&studio->three, &studio->two, &studio->location, 3);
  device_give (&studio->three, &studio->two);
  device_give (&studio->three, &studio->one);
  share_spots (studio, &studio->two);
  share_spots (studio, &studio->three);
  device_give (&studio->one, &studio->two);
  device_give (&studio->one, &studio->three);
}

static void
studio_clear (Studio *studio)
{
  device_clear (&studio->one);
  device_clear (&studio->two);
  device_clear (&studio->three);
}

static void
assert_gone (Device *device, const SlId *member)
{
  gboolean erased;
  g_assert_cmpint (ask (device, left_over), ==, 0);
  g_assert_cmpint (ask (device, "SELECT count (*) FROM local_keyring WHERE kind = 1"), ==, 0);
  g_assert_false (sl_oplog_has_member_key (device->log, member));
  g_assert_true (sl_oplog_is_erased (device->log, member, &erased, NULL));
  g_assert_true (erased);
}

/* Where there are others, whose keys stay. */
static void
assert_gone_but (Device *device, const SlId *member)
{
  gboolean erased;
  g_assert_false (sl_oplog_has_member_key (device->log, member));
  g_assert_true (sl_oplog_is_erased (device->log, member, &erased, NULL));
  g_assert_true (erased);
}

static void
test_everything_goes (void)
{
  Studio studio = { 0 };
  studio_open (&studio);
  write_everything (&studio.one, &studio);
  g_assert_cmpint (ask (&studio.one, left_over), ==, 8);
  erase (&studio.one, &studio.member);
  assert_gone (&studio.one, &studio.member);
  g_assert_cmpint (ask (&studio.one, "SELECT sum (credits_hundredths) FROM lot"), ==, 1100); /* the accounts stay */
  device_give (&studio.one, &studio.two);
  assert_gone (&studio.two, &studio.member);
  assert_same_state (&studio.one, &studio.two);
  assert_verified (&studio.one);
  assert_verified (&studio.two);
  studio_clear (&studio);
}

/* One desk erases while the other, which has not heard of it, writes about the same person. */
static void
test_whatever_comes_first (void)
{
  Studio studio = { 0 };
  studio_open (&studio);
  write_everything (&studio.two, &studio);
  studio.one.world.now_ms -= 1000; /* the erasure is the earliest by its stamp, and wins all the same */
  erase (&studio.one, &studio.member);
  device_give (&studio.one, &studio.three); /* the erasure first */
  device_give (&studio.two, &studio.three);
  assert_gone (&studio.three, &studio.member);
  device_give (&studio.two, &studio.one);
  device_give (&studio.one, &studio.two); /* the erasure last */
  assert_gone (&studio.two, &studio.member);
  assert_gone (&studio.one, &studio.member);
  assert_same_state (&studio.one, &studio.two);
  assert_same_state (&studio.one, &studio.three);
  assert_verified (&studio.one);
  assert_verified (&studio.two);
  assert_verified (&studio.three);
  studio_clear (&studio);
}

/* Lines of a file in reverse: within a chain the order is the log's, between chains it is not. */
static void
test_parts_in_any_order (void)
{
  Studio studio = { 0 };
  Device late = { 0 };
  g_auto (SlImportResult) result = { 0 };
  studio_open (&studio);
  device_join (&late, &studio.one, &studio.location, 9);
  write_everything (&studio.two, &studio);
  device_give (&studio.two, &studio.three);
  write_everything (&studio.three, &studio); /* what one began the other ends */
  erase (&studio.three, &studio.member);
  g_autofree char *path = device_path (&studio.three, "export");
  device_export (&studio.three, path);
  g_auto (GStrv) lines = read_lines (path);
  for (guint i = 0, j = g_strv_length (lines) - 1; i < j; i++, j--)
    {
      char *swap = lines[i];
      lines[i] = lines[j];
      lines[j] = swap;
    }
  write_lines (path, lines);
  device_import (&late, path, &result);
  assert_gone (&late, &studio.member);
  device_give (&late, &studio.three);
  assert_same_state (&late, &studio.three);
  device_clear (&late);
  studio_clear (&studio);
}

static void
test_key_is_refused_for_ever (void)
{
  Studio studio = { 0 };
  studio_open (&studio);
  SlId other;
  g_autofree char *stale = device_path (&studio.two, "stale");
  g_auto (SlImportResult) result = { 0 };
  make_member (&studio.two, "Sipho", &other);
  device_export (&studio.two, stale); /* holds a box of keys for the first desk, hers too */
  erase (&studio.one, &studio.member);
  device_import (&studio.one, stale, &result);
  g_assert_false (sl_oplog_has_member_key (studio.one.log, &studio.member));
  g_assert_true (sl_oplog_has_member_key (studio.one.log, &other)); /* only hers */
  device_close (&studio.one);
  device_open (&studio.one);
  device_import (&studio.one, stale, &result);
  g_assert_false (sl_oplog_has_member_key (studio.one.log, &studio.member));
  studio_clear (&studio);
}

static void
test_invitation_of_before (void)
{
  Studio studio = { 0 };
  Device late = { 0 };
  studio_open (&studio);
  device_join (&late, &studio.one, &studio.location, 9); /* by an invitation that holds her key */
  g_assert_true (sl_oplog_has_member_key (late.log, &studio.member));
  erase (&studio.one, &studio.member);
  device_give (&studio.one, &late);
  assert_gone (&late, &studio.member);
  device_clear (&late);
  studio_clear (&studio);
}

static void
restore (Device *device, const char *file, SlRestoreResult *out)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_oplog_restore (device->dir, &device->world.base, file, NULL, out, &error));
  g_assert_no_error (error);
  device_open (device);
}

/* A desk that nobody exchanges with knows it by itself. */
static void
test_restored_backup_of_before (void)
{
  Studio studio = { 0 };
  SlRestoreResult restored;
  g_autoptr (GError) error = NULL;
  studio_open (&studio);
  write_everything (&studio.two, &studio);
  g_autofree char *file = device_path (&studio.two, "backup");
  g_assert_true (sl_oplog_backup (studio.two.log, file, &error));
  erase (&studio.one, &studio.member);
  device_give (&studio.one, &studio.two);
  device_close (&studio.two);
  restore (&studio.two, file, &restored);
  sl_restore_result_clear (&restored);
  assert_gone (&studio.two, &studio.member);
  assert_verified (&studio.two);
  device_give (&studio.one, &studio.two);
  device_give (&studio.two, &studio.one);
  assert_gone (&studio.two, &studio.member);
  assert_same_state (&studio.one, &studio.two);
  studio_clear (&studio);
}

/* The database that knew is what was lost. */
static void
test_restored_where_the_database_is_damaged (void)
{
  Studio studio = { 0 };
  SlRestoreResult restored;
  g_autoptr (GError) error = NULL;
  studio_open (&studio);
  write_everything (&studio.one, &studio);
  g_autofree char *file = device_path (&studio.one, "backup"), *database = device_path (&studio.one, "studioloop.db");
  g_assert_true (sl_oplog_backup (studio.one.log, file, &error));
  erase (&studio.one, &studio.member);
  device_close (&studio.one);
  g_assert_true (g_file_set_contents (database, "no database any more", -1, &error));
  restore (&studio.one, file, &restored);
  sl_restore_result_clear (&restored);
  assert_gone (&studio.one, &studio.member);
  assert_verified (&studio.one);
  studio_clear (&studio);
}

/* Whether a log that was set aside holds somebody's key, for whoever has this device's old one. */
static gboolean
aside_has_key (Device *device, const char *file, const SlId *member)
{
  g_auto (GStrv) lines = read_lines (file);
  gboolean has = FALSE;
  guint boxes = 0;
  for (char **line = lines; *line != NULL; line++)
    {
      const char *sealed = strstr (*line, "\"sealed\":\"");
      if (!g_str_has_prefix (*line, "{\"type\":\"keys\"") || sealed == NULL)
        continue;
      gsize length;
      g_autofree char *text = g_strndup (sealed + 10, strcspn (sealed + 10, "\""));
      g_autofree guint8 *box = g_base64_decode (text, &length);
      g_autoptr (GBytes) plain = sl_box_open (&device->log->identity.predecessor_key, box, length);
      g_assert_nonnull (plain);
      boxes++;
      has = has
            || memmem (g_bytes_get_data (plain, NULL), g_bytes_get_size (plain), member->bytes, SL_ID_BYTES) != NULL;
    }
  g_assert_cmpuint (boxes, >, 0);
  return has;
}

static void
test_logs_set_aside_lose_the_key (void)
{
  Studio studio = { 0 };
  SlRestoreResult restored;
  SlId later, other;
  g_autoptr (GError) error = NULL;
  studio_open (&studio);
  g_autofree char *file = device_path (&studio.one, "backup");
  g_assert_true (sl_oplog_backup (studio.one.log, file, &error));
  make_member (&studio.one, "Lerato", &later);
  make_member (&studio.one, "Sipho", &other);
  device_close (&studio.one);
  restore (&studio.one, file, &restored);
  g_autofree char *log = g_build_filename (restored.aside, "log", NULL);
  sl_restore_result_clear (&restored);
  g_assert_true (aside_has_key (&studio.one, log, &later));
  erase (&studio.one, &later);
  device_close (&studio.one);
  device_open (&studio.one);
  g_assert_false (aside_has_key (&studio.one, log, &later));
  g_assert_true (aside_has_key (&studio.one, log, &other)); /* only hers */
  g_auto (SlImportResult) result = { 0 };
  device_import (&studio.one, log, &result); /* a whole file still */
  assert_gone_but (&studio.one, &later);
  g_assert_true (sl_oplog_has_member_key (studio.one.log, &other));
  studio_clear (&studio);
}

/* Whether the bytes stand in a file of the device. */
static gboolean
file_has (Device *device, const char *name, GBytes *bytes)
{
  g_autofree char *path = device_path (device, name);
  g_autofree char *text = NULL;
  gsize length;
  return g_file_get_contents (path, &text, &length, NULL)
         && memmem (text, length, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)) != NULL;
}

/* What write_everything() said about her is in no file, in clear, before or after. */
static void
test_no_word_is_in_clear (void)
{
  static const char *const words[] = { "Guest", "by the window", "late, but here", "forgot the pass", "for the wait",
                                       "by mistake", "was ill", "has moved away", "a bad knee", "owes money" };
  static const char *const files[] = { "studioloop.db", "studioloop.db-wal" };
  Studio studio = { 0 };
  studio_open (&studio);
  write_everything (&studio.one, &studio);
  for (guint erased = 0; erased < 2; erased++)
    {
      for (guint w = 0; w < G_N_ELEMENTS (words); w++)
        {
          g_autoptr (GBytes) word = g_bytes_new_static (words[w], strlen (words[w]));
          for (guint f = 0; f < G_N_ELEMENTS (files); f++)
            g_assert_false (file_has (&studio.one, files[f], word));
        }
      if (erased == 0)
        erase (&studio.one, &studio.member);
    }
  studio_clear (&studio);
}

#define CROWD 300

/* With so many others that rows have moved between pages since the key was written. */
static void
test_bytes_are_gone (void)
{
  Studio studio = { 0 };
  SlId crowd[CROWD];
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  studio_open (&studio);
  for (guint i = 0; i < CROWD; i++)
    make_member (&studio.one, "Somebody", &crowd[i]);
  for (guint i = 0; i < CROWD; i += 7)
    {
      g_autoptr (SlRows) rows =
          sl_store_query (studio.one.store, "SELECT wrapped FROM local_keyring WHERE id = ?", "d", &crowd[i]);
      g_assert_true (sl_rows_next (rows));
      g_ptr_array_add (keys, sl_rows_dup_blob (rows, 0));
      g_assert_true (sl_rows_finish (rows, NULL));
    }
  g_assert_true (file_has (&studio.one, "studioloop.db-wal", keys->pdata[0]));
  for (guint i = 0; i < CROWD; i += 7)
    erase (&studio.one, &crowd[i]);
  device_close (&studio.one);
  for (guint i = 0; i < keys->len; i++)
    {
      g_assert_false (file_has (&studio.one, "studioloop.db", keys->pdata[i]));
      g_assert_false (file_has (&studio.one, "studioloop.db-wal", keys->pdata[i]));
    }
  device_open (&studio.one);
  g_assert_cmpint (ask (&studio.one, "SELECT count (*) FROM local_meta WHERE key = 'scrub'"), ==, 0);
  g_assert_cmpint (ask (&studio.one, "SELECT count (*) FROM local_keyring WHERE kind = 1"), >, CROWD / 2);
  assert_verified (&studio.one);
  studio_clear (&studio);
}

/* Another process has opened the key before; it stops using it with its next look at the log. */
static void
test_other_processes_forget (void)
{
  Studio studio = { 0 };
  Device again = { 0 };
  studio_open (&studio);
  again.dir = studio.one.dir;
  again.world = studio.one.world;
  device_open (&again);
  g_assert_true (sl_oplog_has_member_key (again.log, &studio.member));
  erase (&studio.one, &studio.member);
  begin (&again);
  g_assert_false (sl_oplog_has_member_key (again.log, &studio.member));
  sl_oplog_rollback (again.log);
  device_close (&again);
  studio_clear (&studio);
}

static void
test_twice_is_once (void)
{
  Studio studio = { 0 };
  studio_open (&studio);
  erase (&studio.one, &studio.member);
  studio.two.world.now_ms -= 5000;
  erase (&studio.two, &studio.member);
  device_give (&studio.one, &studio.two);
  device_give (&studio.two, &studio.one);
  assert_same_state (&studio.one, &studio.two);
  g_assert_cmpint (ask (&studio.one, "SELECT count (*) FROM erased"), ==, 1);
  assert_verified (&studio.one);
  studio_clear (&studio);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sl/erase/everything-sealed-goes", test_everything_goes);
  g_test_add_func ("/sl/erase/wins-whatever-comes-first", test_whatever_comes_first);
  g_test_add_func ("/sl/erase/parts-come-in-any-order", test_parts_in_any_order);
  g_test_add_func ("/sl/erase/the-key-is-refused-for-ever", test_key_is_refused_for_ever);
  g_test_add_func ("/sl/erase/an-invitation-of-before-brings-no-key-back", test_invitation_of_before);
  g_test_add_func ("/sl/erase/a-restored-backup-loses-the-key-again", test_restored_backup_of_before);
  g_test_add_func ("/sl/erase/so-does-one-over-a-damaged-database", test_restored_where_the_database_is_damaged);
  g_test_add_func ("/sl/erase/logs-that-were-set-aside-lose-the-key", test_logs_set_aside_lose_the_key);
  g_test_add_func ("/sl/erase/no-word-is-in-clear", test_no_word_is_in_clear);
  g_test_add_func ("/sl/erase/the-bytes-are-gone", test_bytes_are_gone);
  g_test_add_func ("/sl/erase/other-processes-forget-the-key", test_other_processes_forget);
  g_test_add_func ("/sl/erase/twice-is-once", test_twice_is_once);
  return g_test_run ();
}
