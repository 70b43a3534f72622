/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oplog-fixture.h"

#include <string.h>

#include "core/datetime.h"
#include "core/error.h"
#include "oplog/money.h"
#include "oplog/oplog-private.h"

/* What a broken or hostile program may write in the name of money, and of what is around it: each part of each body
 * missing, of another type, too small, too large, too long, and bytes behind or too few. All of it is malformed and
 * changes nothing. The shapes are written down here from src/oplog/README.md. */

#define CENTS SL_MONEY_MAX_CENTS
#define UNIT_MAX (SL_MONEY_MAX_CENTS / SL_QUANTITY_MAX)
#define NOTE_MAX 8192
#define CREDITS_MAX (G_GINT64_CONSTANT (1) << 50)
#define NUMBER_BYTES 9 /* of the largest integer that CBOR has: 27, eight bytes */

typedef enum { INT, ID, ID_OR_NULL, TEXT, TEXT_OR_NULL, CURRENCY, BYTES, HASH, LIST, ONE, FIELDS } Type;

typedef struct _Part Part;
struct _Part {
  const char *name;
  Type type;
  gint64 sound, min, max; /* TEXT, BYTES: max is the longest; LIST: min and max items; sound: of INT */
  const Part *of;         /* LIST, ONE: what each is made of, up to one without a name */
  guint least;            /* of these */
};

#define BEHIND { "clock behind", INT, 0, -SL_CLOCKS_APART_MAX_MS, SL_CLOCKS_APART_MAX_MS, NULL, 0 }
#define RECEIPT { "receipt", INT, 7, 1, CENTS, NULL, 0 }
#define ABOVE_ZERO(name) { name, INT, 575, 1, CENTS, NULL, 0 }
#define MOMENT(name) { name, INT, 4000000000000, 0, G_MAXINT64, NULL, 0 }
#define SOME(name, type) { name, type, 0, 0, 0, NULL, 0 }
#define UP_TO(name, type, longest) { name, type, 0, 0, longest, NULL, 0 }
#define END { NULL, INT, 0, 0, 0, NULL, 0 }

static const Part line[] = {
  { "what", INT, SL_SALE_OTHER, 1, G_MAXUINT8, NULL, 0 },
  SOME ("thing", ID_OR_NULL),
  UP_TO ("name", TEXT, 240),
  { "unit", INT, 1150, -UNIT_MAX, UNIT_MAX, NULL, 0 },
  { "VAT", INT, 150, 0, 1000, NULL, 0 },
  { "quantity", INT, 1, 1, SL_QUANTITY_MAX, NULL, 0 },
  MOMENT ("from"),
  MOMENT ("until"),
  END,
};
static const Part taking[] = {
  UP_TO ("method", TEXT, 32),
  { "amount", INT, 1150, 1, CENTS, NULL, 0 },
  UP_TO ("status", TEXT, 32),
  UP_TO ("reference", TEXT_OR_NULL, 256),
  { "tendered", INT, 1200, 0, CENTS, NULL, 0 },
  SOME ("voucher", ID),
  END,
};

typedef enum { ABOUT_NOTHING, ABOUT_SOMETHING, ABOUT_EITHER } About;
typedef struct {
  const char *name;
  SlKind kind;
  About about;
  guint least;
  Part parts[9];
} Shape;

static const Shape shapes[] = {
  { "sale", SL_KIND_SALE, ABOUT_NOTHING, 8,
    { SOME ("currency", CURRENCY), RECEIPT, BEHIND, SOME ("location", ID_OR_NULL), SOME ("member", ID_OR_NULL),
      SOME ("till", ID_OR_NULL), { "lines", LIST, 0, 1, SL_SALE_LINES_MAX, line, 5 },
      { "takings", LIST, 0, 0, SL_SALE_TAKINGS_MAX, taking, 3 }, END } },
  { "payment.take", SL_KIND_PAYMENT_TAKE, ABOUT_EITHER, 7,
    { SOME ("currency", CURRENCY), RECEIPT, BEHIND, SOME ("location", ID_OR_NULL), SOME ("member", ID_OR_NULL),
      SOME ("till", ID_OR_NULL), { "taking", ONE, 0, 0, 0, taking, 3 }, END } },
  { "payment.outcome", SL_KIND_PAYMENT_OUTCOME, ABOUT_SOMETHING, 2,
    { { "outcome", INT, SL_OUTCOME_PAID, 1, G_MAXUINT8, NULL, 0 }, BEHIND, UP_TO ("reference", TEXT_OR_NULL, 256),
      END } },
  { "refund", SL_KIND_REFUND, ABOUT_SOMETHING, 7,
    { ABOVE_ZERO ("amount"), { "VAT", INT, 75, -575, 575, NULL, 0 }, RECEIPT, BEHIND, SOME ("location", ID_OR_NULL),
      SOME ("till", ID_OR_NULL), UP_TO ("method", TEXT_OR_NULL, 32), UP_TO ("reason", BYTES, NOTE_MAX), END } },
  { "money.move", SL_KIND_MONEY_MOVE, ABOUT_SOMETHING, 2, { SOME ("to", ID), ABOVE_ZERO ("amount"), END } },
  { "voucher.issue", SL_KIND_VOUCHER_ISSUE, ABOUT_NOTHING, 6,
    { ABOVE_ZERO ("amount"), SOME ("code", HASH), BEHIND, MOMENT ("expires"), SOME ("sale", ID_OR_NULL),
      SOME ("member", ID_OR_NULL), END } },
  { "voucher.void", SL_KIND_VOUCHER_VOID, ABOUT_SOMETHING, 2,
    { ABOVE_ZERO ("amount"), BEHIND, UP_TO ("reason", BYTES, NOTE_MAX), END } },
  { "till.open", SL_KIND_TILL_OPEN, ABOUT_NOTHING, 3,
    { SOME ("location", ID_OR_NULL), { "float", INT, 0, 0, CENTS, NULL, 0 }, BEHIND,
      UP_TO ("name", TEXT_OR_NULL, 120), END } },
  { "till.close", SL_KIND_TILL_CLOSE, ABOUT_SOMETHING, 2,
    { { "counted", INT, 0, 0, CENTS, NULL, 0 }, BEHIND, UP_TO ("note", BYTES, NOTE_MAX), END } },
  { "till.cash", SL_KIND_TILL_CASH, ABOUT_SOMETHING, 2,
    { { "difference", INT, -500, -CENTS, CENTS, NULL, 0 }, BEHIND, UP_TO ("reason", BYTES, NOTE_MAX), END } },
  { "lot.grant", SL_KIND_LOT_GRANT, ABOUT_SOMETHING, 5,
    { SOME ("member", ID), { "credits", INT, 800, 1, CREDITS_MAX, NULL, 0 }, MOMENT ("expires"),
      { "from", INT, 1000, 1, 1999, NULL, 0 }, { "until", INT, 2000, 1001, G_MAXINT64, NULL, 0 }, END } },
  { "program.create", SL_KIND_PROGRAM_CREATE, ABOUT_NOTHING, 2,
    { SOME ("member", ID), SOME ("fields", FIELDS), END } },
  { "program.progress", SL_KIND_PROGRAM_PROGRESS, ABOUT_SOMETHING, 3,
    { SOME ("member", ID), BEHIND, UP_TO ("entry", BYTES, NOTE_MAX), END } },
  { "incident.add", SL_KIND_INCIDENT_ADD, ABOUT_NOTHING, 6,
    { UP_TO ("kind", TEXT, 64), BEHIND, { "happened", INT, 1772000000000, SL_TIME_MIN_MS, SL_TIME_MAX_MS, NULL, 0 },
      SOME ("location", ID_OR_NULL), SOME ("member", ID_OR_NULL), UP_TO ("text", BYTES, NOTE_MAX), END } },
  { "incident.close", SL_KIND_INCIDENT_CLOSE, ABOUT_SOMETHING, 3,
    { BEHIND, SOME ("member", ID_OR_NULL), UP_TO ("resolution", BYTES, NOTE_MAX), END } },
  { "note.add", SL_KIND_NOTE_ADD, ABOUT_NOTHING, 4,
    { BEHIND, SOME ("member", ID_OR_NULL), SOME ("session", ID_OR_NULL), UP_TO ("text", BYTES, NOTE_MAX), END } },
  { "notification.sent", SL_KIND_NOTIFICATION_SENT, ABOUT_SOMETHING, 5,
    { BEHIND, SOME ("member", ID_OR_NULL), UP_TO ("kind", TEXT, 64), UP_TO ("channel", TEXT_OR_NULL, 64),
      { "outcome", INT, 1, 1, 2, NULL, 0 }, END } },
  { "member.export", SL_KIND_MEMBER_EXPORT, ABOUT_SOMETHING, 0, { END } },
  { "call", SL_KIND_CALL, ABOUT_NOTHING, 4,
    { BEHIND, SOME ("location", ID_OR_NULL), SOME ("member", ID_OR_NULL), UP_TO ("why", TEXT, 64), END } },
  { "call.take", SL_KIND_CALL_TAKE, ABOUT_SOMETHING, 0, { END } },
};

/* What is wrong with the one part that is. */
typedef enum {
  NOTHING,
  MISSING,
  OF_ANOTHER_TYPE,
  A_LIST,
  NULL_VALUE,
  TOO_SMALL,
  TOO_LARGE,
  SMALLEST_NUMBER,
  LARGEST_NUMBER,
  TOO_LONG,
  TOO_SHORT,
  LOWER_CASE,
  NO_UTF8,
  TOO_FEW_ITEMS,
  TOO_MANY_ITEMS,
  ONE_PART_TOO_MANY,
  WRONG_LAST
} Wrong;
static const char *const wrong_names[] = {
  "sound", "missing", "of another type", "a list", "null", "too small", "too large", "the smallest number",
  "the largest number", "too long", "too short", "in lower case", "no UTF-8", "of too few items", "of too many items",
  "of one part too many",
};
G_STATIC_ASSERT (G_N_ELEMENTS (wrong_names) == WRONG_LAST);

typedef struct {
  const Part *part; /* NULL: the body itself */
  Wrong wrong;
  gboolean shortest; /* without the parts that may be left out */
} Change;

static void put_parts (SlCborWriter *body, const Part *parts, guint least, const Change *change, Wrong own);

static void
put_text (SlCborWriter *body, gsize length)
{
  g_autofree char *text = g_strnfill (length, 'x');
  sl_cbor_put_text (body, text);
}

static void
put_bytes (SlCborWriter *body, gsize length)
{
  g_autofree guint8 *bytes = g_malloc0 (length + 1);
  memset (bytes, 7, length);
  sl_cbor_put_bytes (body, bytes, length);
}

static gsize
length_of (const Part *part, Wrong wrong)
{
  gsize whole = part->type == ID || part->type == ID_OR_NULL   ? sizeof (SlId)
                : part->type == HASH                           ? SL_VOUCHER_HASH_BYTES
                : part->type == CURRENCY                       ? 3
                : wrong == TOO_LONG                            ? (gsize) part->max
                                                               : 4;
  return wrong == TOO_LONG ? whole + 1 : wrong == TOO_SHORT ? whole - 1 : whole;
}

/* The same wherever it stands. FALSE: the part's own type says how. */
static gboolean
put_wrong (SlCborWriter *body, const Part *part, Wrong wrong)
{
  static const guint8 largest[NUMBER_BYTES] = { 0x1b, 255, 255, 255, 255, 255, 255, 255, 255 };
  static const guint8 no_utf8[] = { 0x62, 0xc3, 0x28 };
  switch (wrong)
    {
    case OF_ANOTHER_TYPE:
      sl_cbor_put_bool (body, TRUE);
      return TRUE;
    case A_LIST:
      sl_cbor_begin_array (body, 0);
      return TRUE;
    case NULL_VALUE:
      sl_cbor_put_null (body);
      return TRUE;
    case TOO_SMALL:
      sl_cbor_put_int (body, part->min - 1);
      return TRUE;
    case TOO_LARGE:
      sl_cbor_put_int (body, part->max + 1);
      return TRUE;
    case SMALLEST_NUMBER:
      sl_cbor_put_int (body, G_MININT64);
      return TRUE;
    case LARGEST_NUMBER:
      sl_cbor_put_raw (body, largest, sizeof largest);
      return TRUE;
    case LOWER_CASE:
      sl_cbor_put_text (body, "zar");
      return TRUE;
    case NO_UTF8:
      sl_cbor_put_raw (body, no_utf8, sizeof no_utf8);
      return TRUE;
    default:
      return FALSE;
    }
}

static void
put_list (SlCborWriter *body, const Part *part, const Change *change, Wrong wrong)
{
  guint items = wrong == TOO_FEW_ITEMS ? (guint) part->min - 1 : wrong == TOO_MANY_ITEMS ? (guint) part->max + 1 : 1;
  sl_cbor_begin_array (body, items);
  for (guint i = 0; i < items; i++)
    put_parts (body, part->of, part->least, change, NOTHING);
}

static void
put_part (SlCborWriter *body, const Part *part, const Change *change)
{
  Wrong wrong = change->part == part ? change->wrong : NOTHING;
  if (put_wrong (body, part, wrong))
    return;
  switch (part->type)
    {
    case INT:
      sl_cbor_put_int (body, part->sound);
      break;
    case CURRENCY:
      if (wrong == NOTHING)
        sl_cbor_put_text (body, "ZAR");
      else
        put_text (body, length_of (part, wrong));
      break;
    case TEXT:
    case TEXT_OR_NULL:
      put_text (body, length_of (part, wrong));
      break;
    case LIST:
      put_list (body, part, change, wrong);
      break;
    case ONE:
      put_parts (body, part->of, part->least, change, wrong);
      break;
    case FIELDS:
      sl_cbor_begin_map (body, 1);
      sl_cbor_put_int (body, 5);
      sl_cbor_put_int (body, 1);
      break;
    default:
      put_bytes (body, length_of (part, wrong));
    }
}

static guint
count_parts (const Part *parts)
{
  guint n = 0;
  while (parts[n].name != NULL)
    n++;
  return n;
}

static void
put_parts (SlCborWriter *body, const Part *parts, guint least, const Change *change, Wrong own)
{
  guint n = change->shortest ? least : count_parts (parts), length = n + (own == ONE_PART_TOO_MANY);
  for (guint i = 0; i < n; i++)
    length -= change->part == &parts[i] && change->wrong == MISSING;
  sl_cbor_begin_array (body, length);
  for (guint i = 0; i < n; i++)
    if (change->part != &parts[i] || change->wrong != MISSING)
      put_part (body, &parts[i], change);
  if (own == ONE_PART_TOO_MANY)
    sl_cbor_put_int (body, 1);
}

static GBytes *
encode (const Shape *shape, const Change *change)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  put_parts (body, shape->parts, shape->least, change, change->part == NULL ? change->wrong : NOTHING);
  return sl_cbor_writer_finish (body);
}

/* --- one device that is told --- */

typedef struct {
  Device a, b;
  SlId location, member;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  device_found (&f->a, &f->location);
  make_member (&f->a, "Thandi", &f->member);
  device_join (&f->b, &f->a, &f->location, 2);
  device_give (&f->b, &f->a);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  device_clear (&f->a);
  device_clear (&f->b);
}

/* As an operation of b, far ahead in its chain. TRUE: applied, or held for want of what it spends. */
static gboolean
apply (Fixture *f, SlKind kind, gboolean about, const guint8 *body, gsize length, GError **error)
{
  g_autoptr (GBytes) none = g_bytes_new_static ("", 0);
  SlHash before, after;
  SlOperation operation = { .replica = *sl_oplog_get_replica (f->b.log),
                            .seq = 1000,
                            .kind = kind,
                            .entity = about ? f->member : sl_id_none,
                            .actor = sl_actor_owner,
                            .body = body,
                            .body_length = length };
  device_hash (&f->a, &before);
  g_assert_true (sl_oplog_begin (f->a.log, &sl_actor_owner, NULL));
  operation.hlc = operation.signed_hlc = sl_oplog_stamp (f->a.log);
  gboolean applied = sl_apply (f->a.log, &operation, none, error);
  f->a.log->hold = NULL;
  if (!applied)
    {
      g_assert_true (sl_oplog_state_hash (f->a.log, &after, NULL));
      g_assert_cmpmem (before.bytes, sizeof before.bytes, after.bytes, sizeof after.bytes);
    }
  sl_oplog_rollback (f->a.log);
  return applied;
}

static void
assert_sound (Fixture *f, const Shape *shape, gboolean shortest)
{
  const Change none = { NULL, NOTHING, shortest };
  g_autoptr (GBytes) body = encode (shape, &none);
  g_autoptr (GError) error = NULL;
  gsize length;
  const guint8 *data = g_bytes_get_data (body, &length);
  gboolean applied = apply (f, shape->kind, shape->about == ABOUT_SOMETHING, data, length, &error);
  g_assert_no_error (error);
  g_assert_true (applied);
}

static void
assert_malformed (Fixture *f, const char *name, SlKind kind, gboolean about, const guint8 *body, gsize length,
                  const char *what, const char *wrong)
{
  g_autoptr (GError) error = NULL;
  if (apply (f, kind, about, body, length, &error))
    g_error ("%s: %s %s: it is taken", name, what, wrong);
  g_assert_error (error, SL_ERROR, SL_ERROR_BAD_INPUT);
  g_assert_nonnull (strstr (error->message, name));
}

static void
try_change (Fixture *f, const Shape *shape, const Change *change)
{
  g_autoptr (GBytes) body = encode (shape, change);
  gsize length;
  const guint8 *data = g_bytes_get_data (body, &length);
  assert_malformed (f, shape->name, shape->kind, shape->about == ABOUT_SOMETHING, data, length,
                    change->part != NULL ? change->part->name : "the body", wrong_names[change->wrong]);
}

/* Whether the fault is one for such a part. */
static gboolean
is_wrong (const Part *part, Wrong wrong)
{
  gboolean number = part->type == INT, text = part->type == TEXT || part->type == TEXT_OR_NULL;
  gboolean id = part->type == ID || part->type == ID_OR_NULL, listed = part->type == LIST || part->type == ONE;
  switch (wrong)
    {
    case OF_ANOTHER_TYPE:
      return TRUE;
    case A_LIST:
      return part->type != LIST || part->min > 0;
    case NULL_VALUE:
      return part->type != ID_OR_NULL && part->type != TEXT_OR_NULL && g_strcmp0 (part->name, "happened") != 0;
    case TOO_SMALL:
      return number && part->min > G_MININT64;
    case TOO_LARGE:
      return number && part->max < G_MAXINT64;
    case SMALLEST_NUMBER:
    case LARGEST_NUMBER:
      return number;
    case TOO_LONG:
      return !number && !listed && part->type != FIELDS;
    case TOO_SHORT:
      return id || part->type == HASH || part->type == CURRENCY;
    case LOWER_CASE:
      return part->type == CURRENCY;
    case NO_UTF8:
      return text || part->type == CURRENCY;
    case TOO_FEW_ITEMS:
      return part->type == LIST && part->min > 0;
    case TOO_MANY_ITEMS:
      return part->type == LIST;
    case ONE_PART_TOO_MANY:
      return part->type == ONE;
    default:
      return FALSE;
    }
}

static void
try_parts (Fixture *f, const Shape *shape, const Part *parts, guint least)
{
  for (guint i = 0; parts[i].name != NULL; i++)
    {
      Change change = { &parts[i], MISSING, TRUE };
      if (i < least)
        try_change (f, shape, &change);
      change.shortest = FALSE;
      for (change.wrong = MISSING + 1; change.wrong < WRONG_LAST; change.wrong++)
        if (is_wrong (&parts[i], change.wrong))
          try_change (f, shape, &change);
      if (parts[i].of != NULL)
        try_parts (f, shape, parts[i].of, parts[i].least);
    }
}

/* Cut short anywhere, with something behind it, or no list at all. */
static void
try_bytes (Fixture *f, const Shape *shape)
{
  static const guint8 others[][2] = { { 0xa0 }, { 0xf6 }, { 0x01 }, { 0x9f, 0xff }, { 0xff }, { 0x61, 'x' } };
  const Change none = { NULL, NOTHING, FALSE }, more = { NULL, ONE_PART_TOO_MANY, FALSE };
  gboolean about = shape->about == ABOUT_SOMETHING;
  g_autoptr (GBytes) body = encode (shape, &none);
  gsize length;
  const guint8 *data = g_bytes_get_data (body, &length);
  for (gsize i = 0; i < length; i++)
    assert_malformed (f, shape->name, shape->kind, about, data, i, "the body", "cut short");
  g_autofree guint8 *behind = g_malloc0 (length + 1);
  memcpy (behind, data, length);
  assert_malformed (f, shape->name, shape->kind, about, behind, length + 1, "bytes", "behind it");
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    assert_malformed (f, shape->name, shape->kind, about, others[i], others[i][1] != 0 ? 2 : 1, "the body", "no list");
  try_change (f, shape, &more);
  if (shape->about != ABOUT_EITHER)
    assert_malformed (f, shape->name, shape->kind, !about, data, length, "what it is about", "wrong");
}

static void
test_shape (Fixture *f, gconstpointer data)
{
  const Shape *shape = data;
  assert_sound (f, shape, FALSE);
  assert_sound (f, shape, TRUE);
  try_parts (f, shape, shape->parts, shape->least);
  try_bytes (f, shape);
}

/* --- what only the whole of it tells --- */

typedef struct {
  gint64 unit, quantity, takings[2];
  gboolean one_voucher; /* both takings by the same one */
  guint line_parts, lines;
} Sums;

static void
put_sale (SlCborWriter *body, const Fixture *f, const Sums *sums)
{
  guint takings = (sums->takings[0] != 0) + (sums->takings[1] != 0);
  sl_cbor_begin_array (body, 8);
  sl_cbor_put_text (body, "ZAR");
  sl_cbor_put_int (body, 1);
  sl_cbor_put_int (body, 0);
  for (guint i = 0; i < 3; i++)
    sl_cbor_put_null (body);
  sl_cbor_begin_array (body, MAX (sums->lines, 1));
  for (guint i = 0; i < MAX (sums->lines, 1); i++)
    {
      sl_cbor_begin_array (body, sums->line_parts);
      sl_cbor_put_int (body, SL_SALE_OTHER);
      sl_cbor_put_null (body);
      sl_cbor_put_text (body, "Mat");
      sl_cbor_put_int (body, sums->unit);
      sl_cbor_put_int (body, 150);
      for (guint k = 5; k < sums->line_parts; k++)
        sl_cbor_put_int (body, k == 5 ? sums->quantity : 1000);
    }
  sl_cbor_begin_array (body, takings);
  for (guint i = 0; i < takings; i++)
    {
      sl_cbor_begin_array (body, sums->one_voucher ? 6 : 3);
      sl_cbor_put_text (body, sums->one_voucher ? "voucher" : "cash");
      sl_cbor_put_int (body, sums->takings[i]);
      sl_cbor_put_text (body, "paid");
      if (sums->one_voucher)
        {
          sl_cbor_put_null (body);
          sl_cbor_put_int (body, 0);
          sl_cbor_put_id (body, &f->location);
        }
    }
}

static gboolean
take_sums (Fixture *f, const Sums *sums)
{
  g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
  g_autoptr (GError) error = NULL;
  gsize length;
  put_sale (body, f, sums);
  g_autoptr (GBytes) bytes = sl_cbor_writer_finish (body);
  const guint8 *data = g_bytes_get_data (bytes, &length);
  gboolean taken = apply (f, SL_KIND_SALE, FALSE, data, length, &error);
  g_assert_true (taken || g_error_matches (error, SL_ERROR, SL_ERROR_BAD_INPUT));
  return taken;
}

static void
test_sums (Fixture *f, gconstpointer data)
{
  static const struct {
    gboolean taken;
    Sums sums;
  } cases[] = {
    { TRUE, { 1150, 1, { 1150, 0 }, FALSE, 5, 1 } },
    { TRUE, { 1150, 1, { 1000, 150 }, FALSE, 5, 1 } },
    { FALSE, { 1150, 1, { 1000, 151 }, FALSE, 5, 1 } }, /* more than it costs */
    { FALSE, { 1150, 1, { 1151, 0 }, FALSE, 5, 1 } },
    { TRUE, { 1150, 2, { 2300, 0 }, FALSE, 6, 1 } },
    { FALSE, { 1150, 2, { 2301, 0 }, FALSE, 6, 1 } },
    { FALSE, { 1150, 1, { 1000, 150 }, TRUE, 5, 1 } }, /* one voucher twice */
    { TRUE, { 0, 1, { 0, 0 }, FALSE, 5, 1 } },
    { FALSE, { -1, 1, { 0, 0 }, FALSE, 5, 1 } }, /* a sale that pays whoever buys */
    { FALSE, { 1150, 1, { 0, 0 }, FALSE, 7, 1 } }, /* a time without an end */
    { FALSE, { 1150, 1, { 0, 0 }, FALSE, 9, 1 } },
    { TRUE, { UNIT_MAX, SL_QUANTITY_MAX, { CENTS - CENTS % SL_QUANTITY_MAX, 0 }, FALSE, 6, 1 } },
    { FALSE, { UNIT_MAX, SL_QUANTITY_MAX, { 0, 0 }, FALSE, 6, 2 } }, /* an absurd whole of lines that are not */
    { FALSE, { -UNIT_MAX, SL_QUANTITY_MAX, { 0, 0 }, FALSE, 6, 2 } },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    if (take_sums (f, &cases[i].sums) != cases[i].taken)
      g_error ("sums %u are %staken", i, cases[i].taken ? "not " : "");
}

static void
test_nothing_in_the_till (Fixture *f, gconstpointer data)
{
  static const guint8 nothing[] = { 0x82, 0x00, 0x00 };
  assert_malformed (f, "till.cash", SL_KIND_TILL_CASH, TRUE, nothing, sizeof nothing, "difference", "0");
}

/* --- maps of fields --- */

static void
test_fields (Fixture *f, gconstpointer data)
{
  static const struct {
    const char *name;
    SlKind kind;
    gboolean taken;
    guint8 length, body[12];
  } cases[] = {
    { "template.edit", SL_KIND_TEMPLATE_EDIT, TRUE, 4, { 0xa1, 0x05, 0x61, 'x' } },
    { "template.edit", SL_KIND_TEMPLATE_EDIT, TRUE, 3, { 0xa1, 0x05, 0xf6 } },
    { "template.edit", SL_KIND_TEMPLATE_EDIT, FALSE, 3, { 0xa1, 0x05, 0x01 } },      /* a number for a text */
    { "template.edit", SL_KIND_TEMPLATE_EDIT, FALSE, 3, { 0xa1, 0x05, 0xf5 } },
    { "template.edit", SL_KIND_TEMPLATE_EDIT, FALSE, 3, { 0xa1, 0x00, 0xf6 } },      /* no number of a field */
    { "template.edit", SL_KIND_TEMPLATE_EDIT, FALSE, 3, { 0xa1, 0x20, 0xf6 } },
    { "template.edit", SL_KIND_TEMPLATE_EDIT, FALSE, 4, { 0xa1, 0x18, 0xff, 0xf6 } },
    { "template.edit", SL_KIND_TEMPLATE_EDIT, FALSE, 4, { 0xa1, 0x61, 'x', 0xf6 } }, /* a word for a number */
    { "template.edit", SL_KIND_TEMPLATE_EDIT, FALSE, 5, { 0xa2, 0x05, 0xf6, 0x05, 0xf6 } }, /* twice */
    { "template.edit", SL_KIND_TEMPLATE_EDIT, FALSE, 5, { 0xa2, 0x05, 0xf6, 0x04, 0xf6 } }, /* out of order */
    { "template.edit", SL_KIND_TEMPLATE_EDIT, FALSE, 3, { 0xa2, 0x05, 0xf6 } },      /* half of it */
    { "template.edit", SL_KIND_TEMPLATE_EDIT, FALSE, 4, { 0xa1, 0x05, 0xf6, 0x00 } },
    { "template.edit", SL_KIND_TEMPLATE_EDIT, FALSE, 1, { 0x80 } },
    { "template.edit", SL_KIND_TEMPLATE_EDIT, FALSE, 0, { 0 } },
    { "program.edit", SL_KIND_PROGRAM_EDIT, TRUE, 4, { 0xa1, 0x01, 0x41, 7 } },
    { "program.edit", SL_KIND_PROGRAM_EDIT, TRUE, 3, { 0xa1, 0x05, 0x01 } },
    { "program.edit", SL_KIND_PROGRAM_EDIT, FALSE, 4, { 0xa1, 0x01, 0x61, 'x' } },   /* not sealed */
    { "program.edit", SL_KIND_PROGRAM_EDIT, FALSE, 4, { 0xa1, 0x04, 0x41, 7 } },     /* no id */
    { "program.edit", SL_KIND_PROGRAM_EDIT, FALSE, 4, { 0xa1, 0x05, 0x61, '1' } },
    { "program.edit", SL_KIND_PROGRAM_EDIT, FALSE, 1, { 0x80 } },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      if (!cases[i].taken)
        assert_malformed (f, cases[i].name, cases[i].kind, TRUE, cases[i].body, cases[i].length, "fields", "wrong");
      else if (!apply (f, cases[i].kind, TRUE, cases[i].body, cases[i].length, &error))
        g_error ("fields %u are not taken: %s", i, error->message);
    }
  assert_malformed (f, "template.edit", SL_KIND_TEMPLATE_EDIT, FALSE, cases[0].body, 4, "which", "missing");
  assert_malformed (f, "program.edit", SL_KIND_PROGRAM_EDIT, FALSE, cases[0].body, 4, "which", "missing");
}

static void
test_long_text (Fixture *f, gconstpointer data)
{
  for (guint longest = 4096; longest <= 4097; longest++)
    {
      g_autoptr (SlCborWriter) body = sl_cbor_writer_new ();
      g_autoptr (GError) error = NULL;
      gsize length;
      sl_cbor_begin_map (body, 1);
      sl_cbor_put_int (body, 5);
      put_text (body, longest);
      g_autoptr (GBytes) bytes = sl_cbor_writer_finish (body);
      const guint8 *raw = g_bytes_get_data (bytes, &length);
      g_assert_cmpint (apply (f, SL_KIND_TEMPLATE_EDIT, TRUE, raw, length, &error), ==, longest == 4096);
      g_assert_true (longest == 4096 || g_error_matches (error, SL_ERROR, SL_ERROR_BAD_INPUT));
    }
}

/* --- properly chained and signed, as it comes from a device --- */

static const SlQuarantined *
find_quarantined (const SlImportResult *result, const SlId *replica)
{
  for (guint i = 0; i < result->quarantined->len; i++)
    {
      const SlQuarantined *one = &g_array_index (result->quarantined, SlQuarantined, i);
      if (sl_id_equal (&one->replica, replica))
        return one;
    }
  return NULL;
}

/* A device that has written it is stopped there for everybody, and nothing else is held up. */
static void
test_quarantine (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      const Shape *shape = &shapes[i];
      const Change more = { NULL, ONE_PART_TOO_MANY, FALSE };
      Device bad = { 0 };
      SlHash before, after;
      SlId member;
      g_auto (SlImportResult) joined = { 0 }, result = { 0 };
      device_join (&bad, &f->a, &f->location, 10 + i);
      g_autofree char *path = device_path (&bad, "bad");
      device_export (&bad, path);
      device_import (&f->a, path, &joined);
      g_assert_null (find_quarantined (&joined, sl_oplog_get_replica (bad.log)));
      device_hash (&f->a, &before);
      g_autoptr (GBytes) body = encode (shape, &more);
      device_forge (&bad, shape->kind, shape->about == ABOUT_SOMETHING ? &f->member : &sl_id_none, body);
      device_export (&bad, path);
      device_import (&f->a, path, &result);
      const SlQuarantined *one = find_quarantined (&result, sl_oplog_get_replica (bad.log));
      g_assert_nonnull (one);
      g_assert_cmpstr (one->reason, ==, "malformed");
      device_hash (&f->a, &after);
      g_assert_cmpmem (before.bytes, sizeof before.bytes, after.bytes, sizeof after.bytes);
      make_member (&f->a, "Sipho", &member);
      device_clear (&bad);
    }
  assert_verified (&f->a);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      g_autofree char *path = g_strdup_printf ("/sl/malformed/%s", shapes[i].name);
      g_test_add (path, Fixture, &shapes[i], set_up, test_shape, tear_down);
    }
#define ADD(name, func) g_test_add ("/sl/malformed/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("sales-whose-sums-cannot-be", test_sums);
  ADD ("cash-that-is-none", test_nothing_in_the_till);
  ADD ("fields-of-programs-and-templates", test_fields);
  ADD ("texts-that-are-too-long", test_long_text);
  ADD ("whoever-writes-it-is-stopped-there-alone", test_quarantine);
  return g_test_run ();
}
