/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "oplog/around.h"
#include "oplog-fixture.h"
#include "oplog/fence-private.h"
#include "oplog/incoming.h"
#include "oplog/conflict.h"
#include "oplog/money.h"
#include "oplog/older.h"
#include "oplog/snapshot-private.h"
#include "oplog/sync-file.h"
#include "store/store-private.h"

#define ROUNDS 12      /* of kinds that an older program lacks, by chance */
#define ROUNDS_LONG 40 /* with SL_TEST_LONG */

/* A device that runs the program of today, and one that runs an older one. */
typedef struct {
  Device a, b;
  SlId location, session, member;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  device_found (&f->a, &f->location);
  make_session (&f->a, &f->location, 10, &f->session);
  make_member (&f->a, "Naledi", &f->member);
  device_join (&f->b, &f->a, &f->location, 7);
  device_give (&f->b, &f->a);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  device_clear (&f->a);
  device_clear (&f->b);
}

static void
begin (Device *device)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_oplog_begin (device->log, &sl_actor_owner, &error));
  g_assert_no_error (error);
}

static void
commit (Device *device)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (sl_oplog_commit (device->log, &error));
  g_assert_no_error (error);
}

/* Creates and edits one thing of each kind that fields describe. */
static void
write_reference (Device *device, const SlId *location)
{
  static const SlEntity made[] = { SL_ENTITY_LOCATION, SL_ENTITY_ROOM,    SL_ENTITY_STAFF,
                                   SL_ENTITY_MEMBER,   SL_ENTITY_SERVICE, SL_ENTITY_PACKAGE };
  for (guint i = 0; i < G_N_ELEMENTS (made); i++)
    {
      g_autoptr (SlFields) fields = sl_fields_new (made[i]), edit = sl_fields_new (made[i]);
      const char *name = made[i] == SL_ENTITY_MEMBER ? "last" : "name";
      SlId id;
      sl_fields_set_text (fields, name, "One");
      sl_fields_set_text (edit, name, "Other");
      if (made[i] == SL_ENTITY_MEMBER)
        sl_fields_set_int (edit, "marketing", 1);
      g_assert_true (sl_op_create (device->log, fields, &id, NULL));
      g_assert_true (sl_op_edit (device->log, &id, edit, NULL));
    }
  g_autoptr (SlFields) organisation = sl_fields_new (SL_ENTITY_ORGANISATION), here = sl_fields_new (SL_ENTITY_DEVICE);
  sl_fields_set_text (organisation, "contact", "desk@example.org");
  sl_fields_set_text (here, "name", "Front");
  g_assert_true (sl_op_edit (device->log, sl_oplog_get_organisation (device->log), organisation, NULL));
  g_assert_true (sl_op_edit (device->log, sl_oplog_get_replica (device->log), here, NULL));
}

/* What came with queues, trust and the rest of the booking engine. */
static void
write_engine (Device *device, const SlId *session, const SlId *member, const SlId *lot, const SlId *booking,
              const SlId *checkin)
{
  static const struct {
    SlEntity entity;
    const char *column;
  } rows[] = { { SL_ENTITY_AVAILABILITY, "weekday" },
               { SL_ENTITY_REQUEST, "made_ms" },
               { SL_ENTITY_STANDING, "weekday" },
               { SL_ENTITY_PLAN, "price_cents" },
               { SL_ENTITY_MEMBERSHIP, "due_ms" },
               { SL_ENTITY_RENEWAL, "active" } };
  SlOplog *log = device->log;
  SlClaimParams wait = { .session_id = *session, .member_id = *member, .spots = 2, .channel = SL_CHANNEL_KIOSK };
  SlSpend spend = { *lot, 70 };
  SlTransferParams gift = { .lot_id = *lot, .to_member_id = *member, .amount_hundredths = 80, .reason = "a present" };
  SlId id, waiting;
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (SlFields) fields = sl_fields_new (rows[i].entity), edit = sl_fields_new (rows[i].entity);
      sl_fields_set_int (fields, rows[i].column, 1);
      sl_fields_set_int (edit, rows[i].column, 2);
      g_assert_true (sl_op_create (log, fields, &id, NULL));
      g_assert_true (sl_op_edit (log, &id, edit, NULL));
    }
  g_autoptr (SlFields) charge = sl_fields_new (SL_ENTITY_RENEWAL_CHARGE);
  sl_fields_set_id (charge, "renewal_id", &id);
  g_assert_true (sl_op_create (log, charge, &id, NULL));
  g_assert_true (sl_op_waitlist_join (log, &wait, &waiting, NULL));
  wait.type = SL_CLAIM_OFFER;
  wait.booking_id = waiting;
  wait.held_until_ms = device->world.now_ms + 600000;
  g_assert_true (sl_op_claim (log, &wait, &id, NULL));
  g_assert_true (sl_op_release (log, &waiting, SL_RELEASE_OFFERED, 100, NULL, NULL));
  g_assert_true (sl_op_claim_trust (log, booking, 70, NULL));
  g_assert_true (sl_op_claim_settle (log, booking, &spend, 1, NULL));
  g_assert_true (sl_op_lot_transfer (log, &gift, &id, NULL));
  g_assert_true (sl_op_checkin_leave (log, checkin, NULL));
}

/* What came with programs, incidents, notes and what was sent. */
static void
write_around (Device *device, const SlId *session, const SlId *member)
{
  SlOplog *log = device->log;
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_PROGRAM), edit = sl_fields_new (SL_ENTITY_PROGRAM),
                       words = sl_fields_new (SL_ENTITY_TEMPLATE);
  SlIncidentParts incident = { .kind = "injury", .text = "a finger", .member_id = *member };
  SlSentParts sent = { .id = { { 9 } }, .member_id = *member, .kind = "welcome", .outcome = SL_SENT_GIVEN_UP };
  SlId template = { { 8 } }, id;
  sl_fields_set_about (fields, member);
  sl_fields_set_text (fields, "name", "Strong back");
  sl_fields_set_int (edit, "active", 1);
  sl_fields_set_text (words, "body", "Hello {first}");
  g_assert_true (sl_op_program_create (log, member, fields, &id, NULL));
  g_assert_true (sl_op_edit (log, &id, edit, NULL));
  g_assert_true (sl_op_program_progress (log, &id, member, "{}", &id, NULL));
  g_assert_true (sl_op_incident_add (log, &incident, &id, NULL));
  g_assert_true (sl_op_incident_close (log, &id, member, "a plaster", NULL));
  g_assert_true (sl_op_note_add (log, member, session, "mind the finger", &id, NULL));
  g_assert_true (sl_op_notification_sent (log, &sent, NULL));
  sent.channel = "sms";
  sent.outcome = SL_SENT_SENT;
  g_assert_true (sl_op_notification_sent (log, &sent, NULL));
  g_assert_true (sl_op_edit (log, &template, words, NULL));
}

/* What is done with sessions, claims, attendance and credits. Each spends what its author holds. */
static void
write_business (Fixture *f, Device *device, Device *other)
{
  SlId session, member, lot, booking, hold, checkin, id;
  guint32 serial;
  make_session (device, &f->location, 6, &session);
  make_member (device, "Thandi", &member);
  make_lot (device, &member, 1000, &lot);
  book (device, &session, &member, &lot, 100, &booking);
  begin (device);
  SlOplog *log = device->log;
  SlClaimParams claim = { .session_id = session,
                          .member_id = member,
                          .type = SL_CLAIM_HOLD,
                          .spots = 2,
                          .channel = SL_CHANNEL_DESK,
                          .held_until_ms = device->world.now_ms + 600000 };
  SlSpend spend = { lot, 200 };
  SlConfirmParams confirm = { .price_cents = -1, .spends = &spend, .n_spends = 1 };
  SlCheckinParams attend = { .booking_id = booking };
  SlPaymentParts payment = { .member_id = member, .currency = "ZAR", .receipt = 1,
                             .taking = { .method = "cash", .status = "paid", .amount_cents = 100 } };
  g_autoptr (SlFields) notes = sl_fields_new (SL_ENTITY_SESSION);
  sl_fields_set_text (notes, "notes", "bring a towel");
  g_assert_true (sl_op_claim (log, &claim, &hold, NULL));
  g_assert_true (sl_op_confirm (log, &hold, &confirm, NULL));
  g_assert_true (sl_op_release_spots (log, &hold, 1, NULL));
  g_assert_true (sl_op_release (log, &hold, SL_RELEASE_CANCELLED, 50, "ill", NULL));
  g_assert_true (sl_op_checkin (log, &attend, &checkin, NULL));
  g_assert_true (sl_op_checkin_undo (log, &checkin, "mistake", NULL));
  g_assert_true (sl_op_session_capacity (log, &session, 2, NULL));
  g_assert_true (sl_op_session_move (log, &session, sl_oplog_get_replica (other->log), 2, NULL));
  g_assert_true (sl_op_lot_move (log, &lot, sl_oplog_get_replica (other->log), 300, NULL));
  g_assert_true (sl_op_lot_burn (log, &lot, SL_BURN_ADJUST, 50, "gone", NULL));
  g_assert_true (sl_op_payment_take (log, &payment, &id, NULL));
  g_assert_true (sl_op_pass_issue (log, &member, 1, 2, &id, &serial, NULL));
  g_assert_true (sl_op_edit (log, &session, notes, NULL));
  g_assert_true (sl_op_device_seen (log, NULL));
  g_assert_true (sl_op_conflict_settle (log, "duplicate_phone", &member, 1, "one family", NULL));
  write_reference (device, &f->location);
  write_engine (device, &session, &member, &lot, &hold, &checkin);
  write_around (device, &session, &member);
  commit (device);
  device_give (device, other); /* what was moved is spent over there, then all of it is called off */
  book (other, &session, &member, &lot, 250, &booking);
  begin (other);
  g_assert_true (sl_op_session_cancel (other->log, &session, "flood", NULL));
  commit (other);
  device_give (other, device);
}

/* The tables of a's log as an older program makes them, which is then upgraded: nothing may differ. */
static void
assert_upgrade (Device *a, const SlKindSet *unknown_kinds, gboolean *out_parked)
{
  g_auto (SlScratch) scratch = { NULL };
  g_autoptr (GError) error = NULL;
  gint64 parked, left;
  sl_oplog_set_unknown_kinds (a->log, unknown_kinds);
  g_assert_true (sl_scratch_build (a->log, NULL, FALSE, &scratch, &error));
  g_assert_no_error (error);
  g_assert_true (sl_store_query_int (scratch.store, 0, &parked, NULL,
                                     "SELECT (SELECT count (*) FROM local_parked) + (SELECT count (*) FROM "
                                     "local_parked_field)",
                                     ""));
  *out_parked = parked > 0;
  sl_oplog_set_unknown_kinds (a->log, NULL);
  sl_oplog_set_unknown_kinds (scratch.log, NULL);
  for (guint entity = 0; entity < SL_ENTITY_LAST; entity++)
    sl_oplog_set_known_fields (scratch.log, entity, 0);
  g_assert_true (sl_parked_take_due (scratch.log, &error));
  g_assert_no_error (error);
  g_assert_true (sl_apply_held (scratch.log, &error));
  g_assert_true (sl_store_query_int (scratch.store, 0, &left, NULL,
                                     "SELECT (SELECT count (*) FROM local_parked) + (SELECT count (*) FROM "
                                     "local_parked_field)",
                                     ""));
  g_assert_cmpint (left, ==, 0);
  for (guint i = 0; i < a->log->chains->len; i++)
    {
      const SlChain *here = a->log->chains->pdata[i], *there = sl_chain_find (scratch.log, &here->replica);
      g_assert_cmpuint (there->applied_seq, ==, here->applied_seq);
    }
  g_assert_true (sl_state_sum_equal (&scratch.log->sum, &a->log->sum));
}

static void
test_every_kind_commutes (Fixture *f, gconstpointer data)
{
  guint seen = 0;
  write_business (f, &f->a, &f->b);
  write_business (f, &f->b, &f->a);
  for (guint kind = 1; kind < SL_KIND_LAST; kind++)
    {
      gboolean parked;
      SlKindSet unknown = { 0 };
      if (sl_kind_name (kind) == NULL)
        continue;
      sl_kind_set_add (&unknown, kind);
      assert_upgrade (&f->a, &unknown, &parked);
      seen += parked ? 1 : 0;
      if (!parked)
        g_test_message ("%s: not in this log", sl_kind_name (kind));
    }
  g_assert_cmpuint (seen, >=, 50);
}

static void
test_any_kinds_commute (Fixture *f, gconstpointer data)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  gboolean parked;
  write_business (f, &f->a, &f->b);
  write_business (f, &f->b, &f->a);
  guint rounds = g_getenv ("SL_TEST_LONG") != NULL ? ROUNDS_LONG : ROUNDS;
  for (guint round = 0; round < rounds; round++)
    {
      SlKindSet unknown = { 0 };
      for (guint kind = 1; kind < SL_KIND_LAST; kind++)
        if (g_rand_boolean (random))
          sl_kind_set_add (&unknown, kind);
      assert_upgrade (&f->a, &unknown, &parked);
    }
}

/* A program that knows more fields parks less: from the first that parks nothing on all are alike. */
static void
test_every_field_commutes (Fixture *f, gconstpointer data)
{
  guint n = 0;
  write_business (f, &f->a, &f->b);
  for (guint entity = 0; entity < SL_ENTITY_LAST; entity++)
    for (guint last = 1; last < 12; last++)
      {
        gboolean parked;
        sl_oplog_set_known_fields (f->a.log, entity, last);
        assert_upgrade (&f->a, NULL, &parked);
        sl_oplog_set_known_fields (f->a.log, entity, 0);
        if (!parked)
          break;
        n++;
      }
  g_assert_cmpuint (n, >=, 10);
}

/* Three devices of two ages: the older one passes on what it does not know, and catches up after its upgrade. */
static void
test_mixed_studio (Fixture *f, gconstpointer data)
{
  Device c = { 0 };
  gint64 parked;
  device_give (&f->a, &f->b);
  device_join (&c, &f->a, &f->location, 9);
  device_give (&c, &f->a);
  device_give (&c, &f->b);
  device_give (&f->a, &f->b);
  sl_oplog_set_known_kinds (f->b.log, SL_KIND_CONFLICT_SETTLE - 1);
  sl_oplog_set_known_fields (f->b.log, SL_ENTITY_MEMBER, 12);
  begin (&f->a);
  g_autoptr (SlFields) fields = sl_fields_new (SL_ENTITY_MEMBER);
  sl_fields_set_text (fields, "status", "banned"); /* an old field and a new one in one edit */
  sl_fields_set_text (fields, "language", "xh");
  g_assert_true (sl_op_edit (f->a.log, &f->member, fields, NULL));
  g_assert_true (sl_op_conflict_settle (f->a.log, "duplicate_phone", &f->member, 1, "one family", NULL));
  commit (&f->a);
  device_give (&f->a, &f->b);
  g_assert_true (sl_store_query_int (f->b.store, 0, &parked, NULL, "SELECT count (*) FROM local_parked", ""));
  g_assert_cmpint (parked, ==, 1);
  g_assert_true (sl_store_query_int (f->b.store, 0, &parked, NULL,
                                     "SELECT count (*) FROM member WHERE status = 'banned' AND language IS NULL", ""));
  g_assert_cmpint (parked, ==, 1); /* what it knows shows at once */
  assert_verified (&f->b);
  device_give (&f->b, &c);
  assert_same_state (&f->a, &c);
  device_close (&f->b); /* the upgrade */
  device_open (&f->b);
  begin (&f->b);
  commit (&f->b);
  assert_same_state (&f->a, &f->b);
  assert_verified (&f->b);
  device_clear (&c);
}

/* By a file of segments, as on a stick. */
static void
carry (Device *from, Device *to)
{
  g_autofree char *path = device_path (from, "stick");
  g_autoptr (GError) error = NULL;
  g_auto (SlImportResult) result = { 0 };
  SlSyncWritten written;
  g_assert_true (sl_sync_export (from->log, path, NULL, &written, &error));
  g_assert_true (sl_sync_import (to->log, path, &result, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (result.quarantined->len, ==, 0);
}

/* One device a kind behind and one ahead, in turn for kinds that count rights, hold people's data and settle: each
 * writes, sticks go both ways and by way of the older one, and after its upgrade all are in one state. */
static void
test_one_behind_one_ahead (Fixture *f, gconstpointer data)
{
  static const SlKind kinds[] = { SL_KIND_CONFLICT_SETTLE, SL_KIND_MEMBER_ERASE, SL_KIND_SESSION_CAPACITY,
                                  SL_KIND_CHECKIN };
  Device c = { 0 };
  carry (&f->a, &f->b);
  device_join (&c, &f->a, &f->location, 9);
  carry (&c, &f->a);
  carry (&f->a, &f->b);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      SlId member, session, claim, checkin, mine;
      gint64 parked;
      SlKindSet unknown = { 0 };
      sl_kind_set_add (&unknown, kinds[i]);
      sl_oplog_set_unknown_kinds (f->b.log, &unknown);
      make_member (&f->a, "Thandi", &member);
      make_session (&f->a, &f->location, 4, &session);
      book (&f->a, &session, &member, NULL, 0, &claim);
      SlCheckinParams attend = { .booking_id = claim };
      begin (&f->a);
      g_assert_true (kinds[i] != SL_KIND_CHECKIN || sl_op_checkin (f->a.log, &attend, &checkin, NULL));
      g_assert_true (kinds[i] != SL_KIND_SESSION_CAPACITY || sl_op_session_capacity (f->a.log, &session, 3, NULL));
      g_assert_true (kinds[i] != SL_KIND_CONFLICT_SETTLE
                     || sl_op_conflict_settle (f->a.log, "duplicate_phone", &member, 1, "one family", NULL));
      g_assert_true (kinds[i] != SL_KIND_MEMBER_ERASE || sl_op_member_erase (f->a.log, &member, "asked", NULL));
      commit (&f->a);
      make_member (&f->b, "Sipho", &mine); /* the older one goes on */
      carry (&f->a, &f->b);
      g_assert_true (sl_store_query_int (f->b.store, 0, &parked, NULL, "SELECT count (*) FROM local_parked", ""));
      g_assert_cmpint (parked, ==, 1);
      make_member (&f->b, "Zanele", &mine); /* and has seen it */
      assert_verified (&f->b);
      carry (&f->b, &f->a);
      carry (&f->b, &c); /* what the older one cannot read goes through it */
      assert_same_state (&f->a, &c);
      device_close (&f->b); /* the upgrade */
      device_open (&f->b);
      make_member (&f->b, "Anele", &mine);
      carry (&f->b, &f->a);
      carry (&f->b, &c);
      assert_same_state (&f->a, &f->b);
      assert_same_state (&f->a, &c);
      assert_verified (&f->b);
    }
  device_clear (&c);
}

static void
test_rolled_back (Fixture *f, gconstpointer data)
{
  g_autofree char *path = device_path (&f->a, "export");
  g_autoptr (GError) error = NULL;
  SlExportResult result;
  SlHash hash;
  SlId id;
  begin (&f->a);
  g_assert_true (sl_op_conflict_settle (f->a.log, "duplicate_phone", &f->member, 1, NULL, NULL));
  commit (&f->a);
  device_close (&f->a);
  device_open (&f->a);
  sl_oplog_set_known_kinds (f->a.log, SL_KIND_CONFLICT_SETTLE - 1); /* the program before it is back */
  g_assert_false (sl_oplog_begin (f->a.log, &sl_actor_owner, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_TOO_NEW);
  device_hash (&f->a, &hash); /* reading goes on */
  g_clear_error (&error);
  g_assert_true (sl_oplog_export (f->a.log, path, NULL, FALSE, &result, &error));
  g_assert_no_error (error);
  sl_oplog_set_known_kinds (f->a.log, SL_KIND_LAST);
  make_member (&f->a, "Zanele", &id);
  assert_verified (&f->a);
  make_member (&f->b, "Sipho", &id); /* it is this device's business alone */
}

/* Places in queues came late and have a low number: a program that lacks them is rolled back, too. */
static void
test_rolled_back_before_queues (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  SlKindSet unknown = { 0 };
  SlClaimParams wait = { .member_id = f->member, .spots = 1, .channel = SL_CHANNEL_DESK };
  SlId id;
  make_session (&f->a, &f->location, 1, &wait.session_id);
  begin (&f->a);
  g_assert_true (sl_op_waitlist_join (f->a.log, &wait, &id, NULL));
  commit (&f->a);
  device_close (&f->a);
  device_open (&f->a);
  for (guint kind = 1; kind < SL_KIND_LAST; kind++)
    if (kind >= SL_KIND_CLAIM_TRUST || kind == SL_KIND_WAITLIST_JOIN || kind == SL_KIND_CHECKIN_LEAVE)
      sl_kind_set_add (&unknown, kind);
  sl_oplog_set_unknown_kinds (f->a.log, &unknown);
  g_assert_false (sl_oplog_begin (f->a.log, &sl_actor_owner, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_TOO_NEW);
}

/* Another's operations of unknown kinds do not stop this device. */
static void
test_others_do_not_matter (Fixture *f, gconstpointer data)
{
  SlId id;
  sl_oplog_set_known_kinds (f->b.log, SL_KIND_CONFLICT_SETTLE - 1);
  begin (&f->a);
  g_assert_true (sl_op_conflict_settle (f->a.log, "duplicate_phone", &f->member, 1, NULL, NULL));
  commit (&f->a);
  device_give (&f->a, &f->b);
  make_member (&f->b, "Sipho", &id);
  g_autoptr (GError) error = NULL; /* but it cannot write what it does not know */
  begin (&f->b);
  g_assert_false (sl_op_conflict_settle (f->b.log, "duplicate_phone", &f->member, 1, NULL, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_TOO_NEW);
  sl_oplog_rollback (f->b.log);
}

/* --- a database of the first release --- */

static void
run (sqlite3 *db, const char *sql)
{
  char *message = NULL;
  if (sqlite3_exec (db, sql, NULL, NULL, &message) != SQLITE_OK)
    g_error ("%s: %s", sql, message);
}

static void
copy_table (sqlite3 *db, const char *table)
{
  g_autoptr (GString) columns = g_string_new (NULL);
  g_autofree char *query = g_strdup_printf ("SELECT name FROM pragma_table_info ('%s')", table);
  sqlite3_stmt *stmt = NULL;
  g_assert_cmpint (sqlite3_prepare_v2 (db, query, -1, &stmt, NULL), ==, SQLITE_OK);
  while (sqlite3_step (stmt) == SQLITE_ROW)
    g_string_append_printf (columns, "%s%s", columns->len > 0 ? ", " : "", sqlite3_column_text (stmt, 0));
  g_assert_cmpint (sqlite3_finalize (stmt), ==, SQLITE_OK);
  g_autofree char *sql =
      g_strdup_printf ("INSERT INTO main.%s (%s) SELECT %s FROM old.%s", table, columns->str, columns->str, table);
  run (db, sql);
}

/* The directory as a program with only the first two steps of the schema would have left it. */
static void
make_old (Device *device)
{
  static const char *const tables[] = { "local_chain",   "local_chain_ref", "local_head", "local_op",
                                        "local_keyring", "organisation",    "location",   "member",
                                        "session",       "device",          "admission",  "session_right" };
  g_autoptr (GPtrArray) keep = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GArray) steps = sl_store_known_migrations (keep);
  g_autofree char *path = device_path (device, SL_STORE_FILE), *aside = device_path (device, "aside.db");
  g_autoptr (GError) error = NULL;
  sqlite3 *db;
  g_assert_true (sl_store_checkpoint (device->store, &error));
  device_close (device);
  g_assert_cmpint (g_rename (path, aside), ==, 0);
  SlStore *old =
      sl_store_open_with (device->dir, SL_STORE_CREATE, (const SlMigration *) (void *) steps->data, 2, &error);
  g_assert_no_error (error);
  sl_store_close (old);
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_autofree char *attach = g_strdup_printf ("ATTACH '%s' AS old", aside);
  run (db, attach);
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    copy_table (db, tables[i]);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
}

static void
test_older_database (Fixture *f, gconstpointer data)
{
  SlHash before, after;
  SlId id, claim;
  gint64 due;
  book (&f->a, &f->session, &f->member, NULL, 0, &claim); /* its row is not copied: only the log has it */
  device_give (&f->a, &f->b);
  device_hash (&f->a, &before);
  make_old (&f->a);
  device_open (&f->a);
  make_member (&f->a, "Zanele", &id); /* the first writer makes the tables again */
  g_assert_true (
      sl_store_query_int (f->a.store, 0, &due, NULL, "SELECT value FROM local_meta WHERE key = 'rebuild'", ""));
  g_assert_cmpint (due, ==, 0);
  assert_verified (&f->a);
  device_give (&f->a, &f->b);
  assert_same_state (&f->a, &f->b);
  device_hash (&f->a, &after);
  g_assert_false (sl_hash_equal (&before, &after));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/sl/versions/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("every-kind-applied-later-gives-the-same", test_every_kind_commutes);
  ADD ("any-kinds-applied-later-give-the-same", test_any_kinds_commute);
  ADD ("every-field-applied-later-gives-the-same", test_every_field_commutes);
  ADD ("an-older-device-passes-on-and-catches-up", test_mixed_studio);
  ADD ("one-behind-and-one-ahead-end-in-one-state", test_one_behind_one_ahead);
  ADD ("a-rolled-back-program-writes-nothing", test_rolled_back);
  ADD ("so-does-one-from-before-queues", test_rolled_back_before_queues);
  ADD ("others-later-programs-stop-nobody", test_others_do_not_matter);
  ADD ("a-first-release-database-is-brought-up", test_older_database);
  return g_test_run ();
}
