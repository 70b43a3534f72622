/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-test-log-store"

#include "fake-world.h"
#include "log-store-fixture.h"
#include "temp-dir.h"
#include "test-postgresql.h"

#include "core/error.h"

#include <stdio.h>
#include <string.h>

/* What every log store does, tried on each of them. */

typedef struct {
  SlTestPostgresql *server; /* NULL: SQLite */
  guint n_places;
} Kind;

/* A new, empty store and where it is. */
typedef struct {
  Kind *kind;
  SlTempDir *dir;
  char *where;
  SlFakeWorld world;
  SlLogStore *store;
} Place;

static SlLogStore *
open_again (Place *place)
{
  g_autoptr (GError) error = NULL;
  SlLogStore *store = sl_log_store_open (place->where, &place->world.base, &error);
  g_assert_no_error (error);
  g_assert_nonnull (store);
  return store;
}

static Place *
place_new_closed (Kind *kind)
{
  Place *place = g_new0 (Place, 1);
  place->kind = kind;
  sl_fake_world_init (&place->world, FIXTURE_NOW_MS, ++kind->n_places);
  if (kind->server == NULL)
    {
      place->dir = sl_temp_dir_new ();
      place->where = g_strdup_printf ("sqlite:%s/made/here", place->dir->path);
    }
  else
    {
      g_autofree char *name = g_strdup_printf ("place%u", kind->n_places);
      place->where = sl_test_postgresql_database (kind->server, name);
    }
  return place;
}

static Place *
place_new (Kind *kind)
{
  Place *place = place_new_closed (kind);
  place->store = open_again (place);
  return place;
}

static void
place_free (Place *place)
{
  sl_log_store_close (place->store);
  sl_temp_dir_free (place->dir);
  g_free (place->where);
  g_free (place);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Place, place_free)

static SlTenant *
find (SlLogStore *store, const SlId *id)
{
  g_autoptr (GError) error = NULL;
  SlTenant *tenant = sl_log_store_find_tenant (store, id, &error);
  g_assert_no_error (error);
  return tenant;
}

static void
remembers_organisations (gconstpointer data)
{
  g_autoptr (Place) place = place_new ((Kind *) data);
  g_autoptr (GError) error = NULL;
  SlId nobody = fixture_device (9);
  SlId second = fixture_tenant (place->store, "Yoga ’n Koffie");
  SlId first = fixture_tenant (place->store, "Aerials");
  g_autoptr (SlTenant) tenant = find (place->store, &second);
  g_assert_true (sl_id_equal (&tenant->id, &second));
  g_assert_cmpstr (tenant->name, ==, "Yoga ’n Koffie");
  g_assert_true (sl_id_is_none (&tenant->organisation));
  g_assert_true (sl_id_is_none (&tenant->replica));
  g_assert_false (sl_id_is_none (&tenant->epoch));
  g_assert_cmpuint (tenant->head, ==, 0);

  g_autoptr (SlLogStore) other = open_again (place);
  g_autoptr (GPtrArray) tenants = sl_log_store_tenants (other, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tenants->len, ==, 2);
  g_assert_true (sl_id_equal (&((SlTenant *) tenants->pdata[0])->id, &first));
  g_assert_true (sl_id_equal (&((SlTenant *) tenants->pdata[1])->id, &second));

  g_assert_null (sl_log_store_find_tenant (place->store, &nobody, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (sl_log_store_find_tenant (place->store, &sl_id_none, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_NOT_FOUND);
  g_assert_true (sl_log_store_check (place->store, NULL));
}

static void
refuses_bad_names (gconstpointer data)
{
  g_autoptr (Place) place = place_new ((Kind *) data);
  g_autofree char *longest = g_strnfill (SL_TENANT_NAME_MAX_BYTES, 'x');
  g_autofree char *longer = g_strnfill (SL_TENANT_NAME_MAX_BYTES + 1, 'x');
  const char *bad[] = { "", longer, "caf\xe9" };
  SlId id;
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_false (sl_log_store_add_tenant (place->store, bad[i], &id, &error));
      g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
    }
  (void) fixture_tenant (place->store, longest);
}

static gboolean
set_identity (SlLogStore *store, const SlTenant *before, const SlTenant *after)
{
  g_autoptr (GError) error = NULL;
  gboolean done;
  gboolean answered = sl_log_store_set_identity (store, before, after, &done, &error);
  g_assert_no_error (error);
  g_assert_true (answered);
  return done;
}

static void
changes_an_identity_once (gconstpointer data)
{
  g_autoptr (Place) place = place_new ((Kind *) data);
  g_autoptr (GError) error = NULL;
  SlId id = fixture_tenant (place->store, "One"), other_id = fixture_tenant (place->store, "Two");
  g_autoptr (SlTenant) before = find (place->store, &id);
  g_autoptr (SlTenant) other = find (place->store, &other_id);
  SlTenant after = { .organisation = fixture_device (1), .replica = fixture_device (2), .epoch = fixture_device (3) };
  memset (after.seed, 0xa5, sizeof after.seed);
  g_assert_true (set_identity (place->store, before, &after));
  g_assert_true (set_identity (place->store, before, &after)); /* its answer was lost, it comes again */
  g_autoptr (SlTenant) found = find (place->store, &after.organisation);
  g_assert_true (sl_id_equal (&found->id, &id));
  g_assert_true (sl_id_equal (&found->replica, &after.replica));
  g_assert_true (sl_id_equal (&found->epoch, &after.epoch));
  g_assert_cmpmem (found->seed, sizeof found->seed, after.seed, sizeof after.seed);
  g_assert_cmpstr (found->name, ==, "One");

  /* Somebody was quicker; another account has that organisation. */
  SlTenant late = after;
  late.epoch = fixture_device (4);
  g_assert_false (set_identity (place->store, before, &late));
  g_assert_false (set_identity (place->store, other, &after));
  /* A new epoch of the same. */
  g_assert_true (set_identity (place->store, found, &late));
  g_assert_false (set_identity (place->store, found, &after));
  other->id = fixture_device (8);
  gboolean done;
  g_assert_false (sl_log_store_set_identity (place->store, other, &after, &done, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_NOT_FOUND);
}

static void
appends_only_at_the_end (gconstpointer data)
{
  g_autoptr (Place) place = place_new ((Kind *) data);
  g_autoptr (GError) error = NULL;
  SlId tenant = fixture_tenant (place->store, "One"), other = fixture_tenant (place->store, "Two");
  SlEntry entries[] = { fixture_entry (1, 1, 101), fixture_entry (1, 2, 102), fixture_entry (2, 1, 101) };
  gboolean appended;
  guint64 head;
  fixture_append (place->store, &tenant, 0, entries, 2);
  for (guint64 wrong = 0; wrong < 5; wrong++)
    if (wrong != 2)
      {
        g_assert_true (
            sl_log_store_append (place->store, &tenant, wrong, &entries[2], 1, &appended, &head, &error));
        g_assert_false (appended);
        g_assert_cmpuint (head, ==, 2);
      }
  fixture_append (place->store, &tenant, 2, &entries[2], 1);
  fixture_append (place->store, &tenant, 3, NULL, 0);
  g_assert_true (sl_log_store_append (place->store, &tenant, 2, NULL, 0, &appended, &head, &error));
  g_assert_false (appended);
  g_assert_cmpuint (head, ==, 3);
  fixture_append (place->store, &other, 0, entries, 1); /* each log by itself */

  g_autoptr (SlLogStore) again = open_again (place);
  g_autoptr (GArray) all = fixture_read_all (again, &tenant, 1000);
  g_assert_cmpuint (all->len, ==, 3);
  for (guint i = 0; i < all->len; i++)
    {
      const SlEntry *entry = &g_array_index (all, SlEntry, i);
      g_assert_cmpuint (entry->number, ==, i + 1);
      g_assert_cmpint (entry->kind, ==, SL_ENTRY_SEGMENT);
      g_assert_true (sl_id_equal (&entry->replica, &entries[i].replica));
      g_assert_cmpuint (entry->first_seq, ==, entries[i].first_seq);
      g_assert_cmpuint (entry->last_seq, ==, entries[i].last_seq);
      g_assert_true (sl_hash_equal (&entry->head, &entries[i].head));
      g_assert_true (g_bytes_equal (entry->bytes, entries[i].bytes));
      sl_entry_clear (&entries[i]);
    }
  g_autoptr (SlTenant) found = find (again, &tenant);
  g_assert_cmpuint (found->head, ==, 3);
}

static void
refuse_append (SlLogStore *store, const SlId *tenant, guint64 expected, const SlEntry *entries, guint n, int code)
{
  g_autoptr (GError) error = NULL;
  gboolean appended;
  guint64 head;
  g_assert_false (sl_log_store_append (store, tenant, expected, entries, n, &appended, &head, &error));
  g_assert_error (error, SL_ERROR, code);
}

static void
refuses_what_is_no_entry (gconstpointer data)
{
  g_autoptr (Place) place = place_new ((Kind *) data);
  SlId tenant = fixture_tenant (place->store, "One"), nobody = fixture_device (9);
  SlEntry good = fixture_entry (1, 7, 100);
  g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);
  SlEntry bad[] = { good, good, good, good, good, good, good };
  bad[0].bytes = nothing;
  bad[1].bytes = NULL;
  bad[2].kind = 0;
  bad[3].replica = sl_id_none;
  bad[4].first_seq = 8;
  bad[5].last_seq = G_MAXUINT64;
  bad[6].kind = SL_ENTRY_PIECE + 1;
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      SlEntry both[] = { good, bad[i] };
      refuse_append (place->store, &tenant, 0, both, 2, SL_ERROR_BAD_INPUT);
    }
  g_autofree SlEntry *many = g_new0 (SlEntry, SL_APPEND_MAX_ENTRIES + 1);
  for (guint i = 0; i <= SL_APPEND_MAX_ENTRIES; i++)
    many[i] = good;
  refuse_append (place->store, &tenant, 0, many, SL_APPEND_MAX_ENTRIES + 1, SL_ERROR_BAD_INPUT);
  refuse_append (place->store, &tenant, G_MAXUINT64, &good, 1, SL_ERROR_BAD_INPUT);
  refuse_append (place->store, &nobody, 0, &good, 1, SL_ERROR_NOT_FOUND);
  refuse_append (place->store, &nobody, 0, NULL, 0, SL_ERROR_NOT_FOUND);
  fixture_append (place->store, &tenant, 0, &good, 1);
  sl_entry_clear (&good);
}

static void
keeps_large_appends_whole (gconstpointer data)
{
  g_autoptr (Place) place = place_new ((Kind *) data);
  SlId tenant = fixture_tenant (place->store, "One");
  g_autofree SlEntry *many = g_new0 (SlEntry, 5000);
  SlEntry large = fixture_entry (2, 1, 20 * 1024 * 1024);
  for (guint i = 0; i < 5000; i++)
    many[i] = fixture_entry (1, i + 1, 100 + (i + 1) % 50);
  fixture_append (place->store, &tenant, 0, many, 5000);
  fixture_check_log (place->store, &tenant, 1, 5000);
  fixture_append (place->store, &tenant, 5000, &large, 1);
  g_autoptr (GArray) all = fixture_read_all (place->store, &tenant, 100000);
  g_assert_cmpuint (all->len, ==, 5001);
  g_assert_true (g_bytes_equal (g_array_index (all, SlEntry, 5000).bytes, large.bytes));
  sl_entry_clear (&large);
  for (guint i = 0; i < 5000; i++)
    sl_entry_clear (&many[i]);
}

/* The numbers of what comes, as text: "3 5 | 6 more". */
static char *
read_numbers (SlLogStore *store, const SlId *tenant, guint64 after, const SlId *box_for, const SlId *not_of,
              guint64 max_bytes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  guint64 last;
  gboolean more;
  g_autoptr (GArray) entries
      = sl_log_store_read (store, tenant, after, box_for, not_of, max_bytes, &last, &more, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < entries->len; i++)
    g_string_append_printf (text, "%" G_GUINT64_FORMAT " ", g_array_index (entries, SlEntry, i).number);
  g_string_append_printf (text, "| %" G_GUINT64_FORMAT "%s", last, more ? " more" : "");
  return g_string_free (g_steal_pointer (&text), FALSE);
}

#define assert_read(expected, ...)                                                                                     \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    g_autofree char *numbers = read_numbers (__VA_ARGS__);                                                             \
    g_assert_cmpstr (numbers, ==, expected);                                                                           \
  }                                                                                                                    \
  G_STMT_END

static void
reads_in_portions (gconstpointer data)
{
  g_autoptr (Place) place = place_new ((Kind *) data);
  SlLogStore *store = place->store;
  SlId tenant = fixture_tenant (store, "One"), one = fixture_device (1), two = fixture_device (2);
  SlEntry entries[] = { fixture_entry (1, 1, 100), fixture_entry (2, 1, 100), fixture_box (1, "for one"),
                        fixture_entry (1, 2, 100), fixture_box (2, "for two"), fixture_entry (2, 2, 100),
                        fixture_entry (1, 3, 5000), fixture_entry (1, 2, 100) };
  entries[7].kind = SL_ENTRY_ASIDE; /* read by everybody, its device too */
  assert_read ("| 0", store, &tenant, 0, NULL, NULL, 1000);
  fixture_append (store, &tenant, 0, entries, G_N_ELEMENTS (entries));
  assert_read ("1 2 3 4 5 6 7 8 | 8", store, &tenant, 0, NULL, NULL, 100000);
  assert_read ("1 2 3 4 5 6 | 6 more", store, &tenant, 0, NULL, NULL, 4000);
  assert_read ("1 2 | 2 more", store, &tenant, 0, NULL, NULL, 200);
  assert_read ("1 | 1 more", store, &tenant, 0, NULL, NULL, 199);
  assert_read ("1 | 1 more", store, &tenant, 0, NULL, NULL, 0); /* one at least, or it would never end */
  assert_read ("7 | 7 more", store, &tenant, 6, NULL, NULL, 1);
  assert_read ("8 | 8", store, &tenant, 7, NULL, NULL, 1);
  assert_read ("| 8", store, &tenant, 8, NULL, NULL, 1000);
  assert_read ("| 8", store, &tenant, 9, NULL, NULL, 1000);
  assert_read ("| 8", store, &tenant, G_MAXUINT64, NULL, NULL, G_MAXUINT64);
  /* Whose boxes, and whose own operations not; what is left out counts as read. */
  assert_read ("1 2 3 4 6 7 8 | 8", store, &tenant, 0, &one, NULL, 100000);
  assert_read ("1 2 4 6 7 8 | 8", store, &tenant, 0, &sl_id_none, NULL, 100000);
  assert_read ("2 3 6 8 | 8", store, &tenant, 0, &one, &one, 100000);
  assert_read ("1 4 | 4 more", store, &tenant, 0, &sl_id_none, &two, 200);
  assert_read ("2 | 2 more", store, &tenant, 0, &sl_id_none, &one, 100);
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    sl_entry_clear (&entries[i]);
}

static void
knows_where_chains_end (gconstpointer data)
{
  g_autoptr (Place) place = place_new ((Kind *) data);
  g_autoptr (GError) error = NULL;
  SlId tenant = fixture_tenant (place->store, "One"), nobody = fixture_device (9);
  SlEntry entries[] = { fixture_entry (1, 1, 100), fixture_entry (1, 2, 100), fixture_entry (2, 5, 100),
                        fixture_box (3, "box") };
  SlEntry later[] = { fixture_entry (1, 4, 100), fixture_entry (1, 3, 100), fixture_entry (2, 5, 200),
                      fixture_entry (1, 9, 100), fixture_entry (3, 1, 100) };
  later[3].kind = SL_ENTRY_ASIDE; /* another history of the device, and another log's past, are no heads */
  later[4].kind = SL_ENTRY_PIECE;
  guint64 head;
  g_autoptr (GArray) none = sl_log_store_heads (place->store, &tenant, &head, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpuint (head, ==, 0);
  fixture_append (place->store, &tenant, 0, entries, G_N_ELEMENTS (entries));
  fixture_append (place->store, &tenant, 4, later, G_N_ELEMENTS (later));
  g_autoptr (GArray) heads = sl_log_store_heads (place->store, &tenant, &head, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (head, ==, 9);
  g_assert_cmpuint (heads->len, ==, 2);
  for (guint i = 0; i < heads->len; i++)
    {
      const SlEntry *entry = &g_array_index (heads, SlEntry, i);
      guint8 device = entry->replica.bytes[1];
      g_assert_cmpint (entry->kind, ==, SL_ENTRY_SEGMENT);
      g_assert_cmpuint (entry->last_seq, ==, device == 1 ? 4 : 5);
      g_assert_cmpuint (entry->number, ==, device == 1 ? 5 : 3); /* the first of two that go as far */
      g_assert_true (sl_hash_equal (&entry->head, device == 1 ? &later[0].head : &entries[2].head));
      g_assert_null (entry->bytes);
    }
  g_assert_null (sl_log_store_heads (place->store, &nobody, &head, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_NOT_FOUND);
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    sl_entry_clear (&entries[i]);
  for (guint i = 0; i < G_N_ELEMENTS (later); i++)
    sl_entry_clear (&later[i]);
}

/* Whether some file below dir holds text. */
static gboolean
files_hold (const char *dir, const char *text)
{
  gboolean found = FALSE;
  g_autoptr (GDir) names = g_dir_open (dir, 0, NULL);
  for (const char *name = names != NULL ? g_dir_read_name (names) : NULL; name != NULL && !found;
       name = g_dir_read_name (names))
    {
      g_autofree char *path = g_build_filename (dir, name, NULL);
      g_autofree char *contents = NULL;
      gsize length;
      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        found = files_hold (path, text);
      else if (g_file_get_contents (path, &contents, &length, NULL))
        found = memmem (contents, length, text, strlen (text)) != NULL;
    }
  return found;
}

static gboolean
place_holds (Place *place, const char *text)
{
  g_autofree char *dir = NULL;
  if (place->kind->server == NULL)
    return files_hold (place->dir->path, text);
  sl_test_postgresql_restart (place->kind->server); /* its tables come to their files */
  dir = g_build_filename (sl_test_postgresql_folder (place->kind->server), "data", "base", NULL);
  return files_hold (dir, text);
}

static void
erases_boxes_from_the_files (gconstpointer data)
{
  g_autoptr (Place) place = place_new ((Kind *) data);
  g_autoptr (GError) error = NULL;
  SlId tenant = fixture_tenant (place->store, "One"), nobody = fixture_device (9);
  SlEntry entries[] = { fixture_entry (1, 1, 100), fixture_box (1, "key-of-the-erased-member"),
                        fixture_entry (1, 2, 100), fixture_box (2, "key-of-another-one"),
                        fixture_box (1, "key-that-came-later") };
  fixture_append (place->store, &tenant, 0, entries, G_N_ELEMENTS (entries));
  g_assert_true (place_holds (place, "key-of-the-erased-member"));
  gboolean dropped = sl_log_store_drop_boxes (place->store, &tenant, 4, &error);
  g_assert_no_error (error);
  g_assert_true (dropped);
  g_assert_false (place_holds (place, "key-of-the-erased-member"));
  g_assert_false (place_holds (place, "key-of-another-one"));
  g_assert_true (place_holds (place, "key-that-came-later"));
  assert_read ("1 3 5 | 5", place->store, &tenant, 0, NULL, NULL, 100000);
  g_assert_true (sl_log_store_drop_boxes (place->store, &tenant, G_MAXUINT64, NULL));
  assert_read ("1 3 | 5", place->store, &tenant, 0, NULL, NULL, 100000);
  fixture_append (place->store, &tenant, 5, entries, 1); /* numbers are not used again */
  g_assert_false (sl_log_store_drop_boxes (place->store, &nobody, 4, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_NOT_FOUND);
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    sl_entry_clear (&entries[i]);
}

static SlId
take_code (Place *place, const SlHash *code, guint8 request, gint64 after_ms)
{
  g_autoptr (GError) error = NULL;
  guint8 bytes[16] = { request };
  SlId tenant;
  gboolean answered
      = sl_log_store_take_code (place->store, code, bytes, FIXTURE_NOW_MS + after_ms, &tenant, &error);
  g_assert_no_error (error);
  g_assert_true (answered);
  return tenant;
}

static SlId
find_code (Place *place, const SlHash *code, gint64 after_ms)
{
  g_autoptr (GError) error = NULL;
  SlId tenant;
  gboolean answered = sl_log_store_find_code (place->store, code, FIXTURE_NOW_MS + after_ms, &tenant, &error);
  g_assert_no_error (error);
  g_assert_true (answered);
  return tenant;
}

static void
finds_a_code_and_leaves_it (gconstpointer data)
{
  g_autoptr (Place) place = place_new ((Kind *) data);
  SlId tenant = fixture_tenant (place->store, "One");
  SlHash code = { { 1 } }, unknown = { { 2 } };
  g_assert_true (sl_log_store_add_code (place->store, &tenant, &code, FIXTURE_NOW_MS + 1000, NULL));
  SlId found = find_code (place, &code, 0);
  g_assert_true (sl_id_equal (&found, &tenant));
  found = find_code (place, &unknown, 0);
  g_assert_true (sl_id_is_none (&found));
  found = find_code (place, &code, 1000);
  g_assert_true (sl_id_is_none (&found));
  SlId taken = take_code (place, &code, 1, 0); /* it was not spent by that */
  g_assert_true (sl_id_equal (&taken, &tenant));
  found = find_code (place, &code, 0); /* who took it may come again */
  g_assert_true (sl_id_equal (&found, &tenant));
}

static void
takes_a_code_once (gconstpointer data)
{
  g_autoptr (Place) place = place_new ((Kind *) data);
  g_autoptr (GError) error = NULL;
  SlId tenant = fixture_tenant (place->store, "One"), nobody = fixture_device (9);
  SlHash code = { { 1 } }, unknown = { { 2 } }, late = { { 3 } };
  g_assert_true (sl_log_store_add_code (place->store, &tenant, &code, FIXTURE_NOW_MS + 1000, NULL));
  g_assert_true (sl_log_store_add_code (place->store, &tenant, &late, FIXTURE_NOW_MS + 1000, NULL));
  SlId taken = take_code (place, &code, 1, 0);
  g_assert_true (sl_id_equal (&taken, &tenant));
  taken = take_code (place, &code, 1, 999); /* the same request again */
  g_assert_true (sl_id_equal (&taken, &tenant));
  taken = take_code (place, &code, 2, 0);
  g_assert_true (sl_id_is_none (&taken));
  taken = take_code (place, &code, 1, 1000);
  g_assert_true (sl_id_is_none (&taken));
  taken = take_code (place, &unknown, 1, 0);
  g_assert_true (sl_id_is_none (&taken));
  taken = take_code (place, &late, 1, 1000);
  g_assert_true (sl_id_is_none (&taken));
  g_assert_false (sl_log_store_add_code (place->store, &nobody, &unknown, FIXTURE_NOW_MS, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_NOT_FOUND);
}

static gboolean
is_fresh (SlLogStore *store, guint8 device, guint8 nonce, gint64 after_ms)
{
  g_autoptr (GError) error = NULL;
  SlId replica = fixture_device (device);
  guint8 bytes[16] = { nonce };
  gboolean fresh;
  gboolean answered
      = sl_log_store_take_nonce (store, &replica, bytes, FIXTURE_NOW_MS + after_ms, &fresh, &error);
  g_assert_no_error (error);
  g_assert_true (answered);
  return fresh;
}

static void
takes_a_nonce_once_within_its_time (gconstpointer data)
{
  g_autoptr (Place) place = place_new ((Kind *) data);
  g_autoptr (SlLogStore) other = open_again (place);
  g_autoptr (GError) error = NULL;
  guint8 bytes[16] = { 1 };
  gboolean fresh;
  g_assert_true (is_fresh (place->store, 1, 1, 0));
  g_assert_false (is_fresh (place->store, 1, 1, 0));
  g_assert_false (is_fresh (other, 1, 1, SL_NONCE_KEPT_MS)); /* another process */
  g_assert_true (is_fresh (place->store, 1, 2, 0));
  g_assert_true (is_fresh (place->store, 2, 1, 0));
  g_assert_true (is_fresh (place->store, 1, 1, SL_NONCE_KEPT_MS + 1));
  g_assert_false (is_fresh (other, 1, 1, SL_NONCE_KEPT_MS + 2));
  g_assert_false (sl_log_store_take_nonce (place->store, &sl_id_none, bytes, FIXTURE_NOW_MS, &fresh, &error));
  g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
}

typedef struct {
  GMutex mutex;
  GCond cond;
  SlId tenant;
  guint64 head; /* the highest heard of tenant */
} Ear;

static void
hear (const SlId *tenant, guint64 head, gpointer user_data)
{
  Ear *ear = user_data;
  g_mutex_lock (&ear->mutex);
  if (sl_id_equal (tenant, &ear->tenant) && head > ear->head)
    ear->head = head;
  g_cond_signal (&ear->cond);
  g_mutex_unlock (&ear->mutex);
}

static void
wait_to_hear (Ear *ear, guint64 head)
{
  gint64 end_us = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  g_mutex_lock (&ear->mutex);
  while (ear->head < head)
    if (!g_cond_wait_until (&ear->cond, &ear->mutex, end_us))
      g_error ("no news in a minute");
  g_mutex_unlock (&ear->mutex);
}

static void
tells_of_what_was_appended_anywhere (gconstpointer data)
{
  g_autoptr (Place) place = place_new ((Kind *) data);
  SlLogStore *other = open_again (place);
  SlId tenant = fixture_tenant (place->store, "One");
  SlEntry entry = fixture_entry (1, 1, 100);
  Ear here = { .tenant = tenant }, there = { .tenant = tenant };
  fixture_append (place->store, &tenant, 0, &entry, 1);
  sl_log_store_set_news (place->store, hear, &here);
  sl_log_store_set_news (other, hear, &there);
  fixture_append (place->store, &tenant, 1, &entry, 1);
  g_mutex_lock (&here.mutex);
  g_assert_cmpuint (here.head, ==, 2); /* one's own at once */
  g_mutex_unlock (&here.mutex);
  fixture_append (other, &tenant, 2, &entry, 1);
  wait_to_hear (&here, 3);
  fixture_append (place->store, &tenant, 3, &entry, 1);
  wait_to_hear (&there, 4);
  sl_log_store_close (other);
  sl_log_store_close (g_steal_pointer (&place->store));
  sl_entry_clear (&entry);
}

static void
orders_the_appends_of_many_threads (gconstpointer data)
{
  g_autoptr (Place) place = place_new ((Kind *) data);
  SlId tenant = fixture_tenant (place->store, "One");
  FixtureWriter writers[8];
  GThread *threads[8];
  for (guint i = 0; i < 8; i++)
    {
      writers[i] = (FixtureWriter){ place->store, tenant, (guint8) (i + 1), 50, 0, 0 };
      threads[i] = g_thread_new ("writer", fixture_write, &writers[i]);
    }
  for (guint i = 0; i < 8; i++)
    (void) g_thread_join (threads[i]);
  fixture_check_log (place->store, &tenant, 8, 50);
}

static GSubprocess *
start_helper (Place *place, const SlId *tenant, const char *first_device)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL); /* the helper is built beside the tests */
  g_autofree char *dir = g_path_get_dirname (program);
  g_autofree char *path = g_build_filename (dir, "log-store-helper", NULL);
  char id[SL_ID_TEXT_BYTES];
  GSubprocess *helper = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, path, place->where,
                                          sl_id_format (tenant, id), first_device, "50", NULL);
  g_assert_no_error (error);
  return helper;
}

static void
orders_the_appends_of_two_processes (gconstpointer data)
{
  g_autoptr (Place) place = place_new ((Kind *) data);
  SlId tenant = fixture_tenant (place->store, "One");
  g_autoptr (GSubprocess) one = start_helper (place, &tenant, "1");
  g_autoptr (GSubprocess) two = start_helper (place, &tenant, "5");
  g_assert_true (g_subprocess_wait_check (one, NULL, NULL));
  g_assert_true (g_subprocess_wait_check (two, NULL, NULL));
  fixture_check_log (place->store, &tenant, 8, 50);
}

static gpointer
open_and_add (gpointer data)
{
  Place *place = data;
  g_autoptr (SlLogStore) store = open_again (place);
  g_assert_true (sl_log_store_check (store, NULL));
  return NULL;
}

static void
makes_its_schema_once_for_all_who_come (gconstpointer data)
{
  g_autoptr (Place) place = place_new_closed ((Kind *) data);
  GThread *threads[6];
  for (guint i = 0; i < 6; i++)
    threads[i] = g_thread_new ("opener", open_and_add, place);
  for (guint i = 0; i < 6; i++)
    (void) g_thread_join (threads[i]);
  place->store = open_again (place);
  (void) fixture_tenant (place->store, "One");
}

static void
refuses_other_places (void)
{
  SlFakeWorld world;
  const char *bad[] = { "", "sqlite:", "sqlite", "/var/lib/hub", "mysql://secret@host/db" };
  sl_fake_world_init (&world, FIXTURE_NOW_MS, 1);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (sl_log_store_open (bad[i], &world.base, &error));
      g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
      g_assert_null (strstr (error->message, "secret"));
    }
}

static void
add (Kind *kind, const char *title, GTestDataFunc func)
{
  g_autofree char *path
      = g_strdup_printf ("/sl/log-store/%s/%s", kind->server != NULL ? "postgresql" : "sqlite", title);
  g_test_add_data_func (path, kind, func);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (sl_crypto_init (NULL));
  g_autoptr (SlTestPostgresql) server = sl_test_postgresql_new ();
  Kind kinds[] = { { NULL, 0 }, { server, 0 } };
  g_test_add_func ("/sl/log-store/refuses-other-places", refuses_other_places);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      add (&kinds[i], "remembers-organisations", remembers_organisations);
      add (&kinds[i], "bad-input-refuses-bad-names", refuses_bad_names);
      add (&kinds[i], "changes-an-identity-once", changes_an_identity_once);
      add (&kinds[i], "appends-only-at-the-end", appends_only_at_the_end);
      add (&kinds[i], "refuses-what-is-no-entry", refuses_what_is_no_entry);
      add (&kinds[i], "keeps-large-appends-whole", keeps_large_appends_whole);
      add (&kinds[i], "reads-in-portions", reads_in_portions);
      add (&kinds[i], "knows-where-chains-end", knows_where_chains_end);
      add (&kinds[i], "erases-boxes-from-the-files", erases_boxes_from_the_files);
      add (&kinds[i], "takes-a-code-once", takes_a_code_once);
      add (&kinds[i], "finds-a-code-and-leaves-it", finds_a_code_and_leaves_it);
      add (&kinds[i], "takes-a-nonce-once-within-its-time", takes_a_nonce_once_within_its_time);
      add (&kinds[i], "tells-of-what-was-appended-anywhere", tells_of_what_was_appended_anywhere);
      add (&kinds[i], "orders-the-appends-of-many-threads", orders_the_appends_of_many_threads);
      add (&kinds[i], "orders-the-appends-of-two-processes", orders_the_appends_of_two_processes);
      add (&kinds[i], "makes-its-schema-once-for-all-who-come", makes_its_schema_once_for_all_who_come);
    }
  return g_test_run ();
}
