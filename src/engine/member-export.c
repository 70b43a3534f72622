/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sl-member-export"

#include "engine/member-export-private.h"

#include "engine/member-merge.h"
#include "engine/member.h"
#include "engine/parq.h"
#include "oplog/history.h"

/* What somebody is handed who asks what the studio holds about them. It is put together twice over: in plain words for
 * them, and row by row as it is kept, found by the schema itself, so that a table added later is never left out. */

static void
fact_free (gpointer data)
{
  SlFact *fact = data;
  g_free (fact->name);
  g_free (fact->text);
  g_clear_pointer (&fact->items, g_ptr_array_unref);
  g_free (fact);
}

static GPtrArray *
new_items (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
}

static void
part_free (gpointer data)
{
  SlExportPart *part = data;
  g_free (part->name);
  g_ptr_array_unref (part->items);
  g_free (part);
}

/**
 * sl_member_export_free:
 * @data: (nullable) (transfer full): an export
 */
void
sl_member_export_free (SlMemberExport *data)
{
  if (data == NULL)
    return;
  g_ptr_array_unref (data->parts);
  g_free (data);
}

/**
 * sl_member_export_part:
 * @data: an export
 * @name: of a part
 *
 * Returns: (transfer none) (nullable): the part
 */
const SlExportPart *
sl_member_export_part (const SlMemberExport *data, const char *name)
{
  g_return_val_if_fail (data != NULL && name != NULL, NULL);

  for (guint i = 0; i < data->parts->len; i++)
    if (g_str_equal (((SlExportPart *) data->parts->pdata[i])->name, name))
      return data->parts->pdata[i];
  return NULL;
}

/**
 * sl_export_fact:
 * @item: (element-type SlFact): an item of a part
 * @name: of a fact
 *
 * Returns: (transfer none) (nullable): the fact
 */
const SlFact *
sl_export_fact (const GPtrArray *item, const char *name)
{
  g_return_val_if_fail (item != NULL && name != NULL, NULL);

  for (guint i = 0; i < item->len; i++)
    if (g_str_equal (((SlFact *) item->pdata[i])->name, name))
      return item->pdata[i];
  return NULL;
}

/* --- putting it together --- */

/* sl_export_add_part: (transfer none) */
SlExportPart *
sl_export_add_part (SlMemberExport *data, const char *name)
{
  SlExportPart *part = g_new0 (SlExportPart, 1);
  part->name = g_strdup (name);
  part->items = new_items ();
  g_ptr_array_add (data->parts, part);
  return part;
}

/* sl_export_new_item: (transfer full) */
GPtrArray *
sl_export_new_item (void)
{
  return g_ptr_array_new_with_free_func (fact_free);
}

/* sl_export_add_item: see the header. */
GPtrArray *
sl_export_add_item (SlExportPart *part)
{
  GPtrArray *item = sl_export_new_item ();
  g_ptr_array_add (part->items, item);
  return item;
}

static SlFact *
add_fact (GPtrArray *item, const char *name, SlFactKind kind)
{
  SlFact *fact = g_new0 (SlFact, 1);
  fact->name = g_strdup (name);
  fact->kind = kind;
  g_ptr_array_add (item, fact);
  return fact;
}

/* sl_export_add_text_fact: see the header. */
void
sl_export_add_text_fact (GPtrArray *item, const char *name, const char *text)
{
  SlFact *fact = add_fact (item, name, SL_FACT_TEXT);
  fact->text = g_strdup (text);
  fact->is_none = text == NULL;
}

/* sl_export_add_number_fact: number: SL_NUMBER_NONE: none. */
void
sl_export_add_number_fact (GPtrArray *item, const char *name, SlFactKind kind, gint64 number)
{
  SlFact *fact = add_fact (item, name, kind);
  fact->number = number;
  fact->is_none = number == SL_NUMBER_NONE;
}

/* sl_export_add_time_fact: see the header. */
void
sl_export_add_time_fact (GPtrArray *item, const char *name, gint64 ms)
{
  sl_export_add_number_fact (item, name, SL_FACT_TIME, ms != 0 ? ms : SL_NUMBER_NONE);
}

/* sl_export_add_id_fact: see the header. */
void
sl_export_add_id_fact (GPtrArray *item, const char *name, const SlId *id)
{
  SlFact *fact = add_fact (item, name, SL_FACT_ID);
  fact->id = *id;
  fact->is_none = sl_id_is_none (id);
}

/* sl_export_add_items_fact: see the header. */
GPtrArray *
sl_export_add_items_fact (GPtrArray *item, const char *name)
{
  SlFact *fact = add_fact (item, name, SL_FACT_ITEMS);
  fact->items = new_items ();
  return fact->items;
}

static void
add_profile (SlMemberExporting *self, const SlMember *member)
{
  SlExportPart *part = sl_export_add_part (self->data, "profile");
  GPtrArray *item = sl_export_add_item (part);
  part->is_one = TRUE;
  sl_export_add_id_fact (item, "id", &member->id);
  sl_export_add_text_fact (item, "first", member->first);
  sl_export_add_text_fact (item, "last", member->last);
  sl_export_add_text_fact (item, "phone", member->phone);
  sl_export_add_text_fact (item, "email", member->email);
  sl_export_add_text_fact (item, "birth_date", member->birth_date);
  sl_export_add_text_fact (item, "emergency", member->emergency);
  sl_export_add_text_fact (item, "invoice_to", member->invoice_to);
  sl_export_add_text_fact (item, "notes", member->notes);
  sl_export_add_text_fact (item, "status", member->status);
  sl_export_add_text_fact (item, "status_reason", member->status_reason);
  sl_export_add_text_fact (item, "permission", member->permission);
  sl_export_add_text_fact (item, "language", member->language);
  sl_export_add_number_fact (item, "has_pin", SL_FACT_YES_NO, member->has_pin);
  sl_export_add_time_fact (item, "since", member->created_ms);
}

/* When somebody last said so, as their record tells. */
static gboolean
add_consent (SlMemberExporting *self, const SlMember *member, GError **error)
{
  static const char *const columns[] = { "marketing", NULL };
  SlExportPart *part = sl_export_add_part (self->data, "consent");
  GPtrArray *item = sl_export_add_item (part);
  part->is_one = TRUE;
  g_autoptr (SlRows) rows =
      sl_store_query (self->engine->store, "SELECT clocks FROM member WHERE id = ?", "d", &member->id);
  gsize length = 0;
  const void *clocks = sl_rows_next (rows) ? sl_rows_blob (rows, 0, &length) : NULL;
  gint64 said_ms = clocks != NULL ? sl_fields_written_ms (SL_ENTITY_MEMBER, clocks, length, columns) : 0;
  sl_export_add_number_fact (item, "marketing", SL_FACT_YES_NO, member->marketing);
  sl_export_add_time_fact (item, "marketing_said", said_ms);
  sl_export_add_text_fact (item, "channel", member->channel);
  return sl_rows_finish (rows, error);
}

static gboolean
add_health (SlMemberExporting *self, const SlMember *member, GError **error)
{
  g_auto (SlRefusal) refusal = { 0 };
  g_autoptr (SlParq) parq = NULL;
  SlExportPart *part = sl_export_add_part (self->data, "health");
  part->is_one = TRUE;
  if (!sl_parq_show (self->engine, &self->whole, &member->id, &parq, &refusal, error))
    return FALSE;
  GPtrArray *item = sl_export_add_item (part);
  sl_export_add_text_fact (item, "answers", parq != NULL ? parq->answers : NULL);
  sl_export_add_time_fact (item, "answered", parq != NULL ? parq->answered_ms : 0);
  sl_export_add_time_fact (item, "valid_until", parq != NULL ? parq->valid_until_ms : 0);
  return TRUE;
}

static void
exporting_clear (SlMemberExporting *self)
{
  g_clear_pointer (&self->records, g_array_unref);
  g_clear_pointer (&self->about, g_hash_table_unref);
  g_clear_pointer (&self->members, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SlMemberExporting, exporting_clear)

static gboolean
add_all (SlMemberExporting *self, const SlMember *member, GError **error)
{
  add_profile (self, member);
  return add_consent (self, member, error) && add_health (self, member, error)
         && sl_member_export_bookings (self, error) && sl_member_export_credits (self, error)
         && sl_member_export_memberships (self, error) && sl_member_export_notifications (self, error)
         && sl_member_export_rows (self, error) && sl_member_export_changes (self, error);
}

static gboolean
collect (SlEngine *engine, const SlMember *member, SlMemberExport **out, GError **error)
{
  g_autoptr (SlMemberExport) data = g_new0 (SlMemberExport, 1);
  g_auto (SlMemberExporting) self = { .engine = engine, .data = data };
  data->member_id = member->id;
  data->made_ms = sl_engine_now_ms (engine);
  data->parts = g_ptr_array_new_with_free_func (part_free);
  self.about = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, NULL);
  self.members = g_hash_table_new_full (sl_id_hash, sl_id_equal, g_free, g_free);
  sl_actor_init_owner (&self.whole);
  self.records = sl_member_same (engine, &member->id, error);
  if (self.records == NULL || !add_all (&self, member, error))
    return FALSE;
  *out = g_steal_pointer (&data);
  return TRUE;
}

static gboolean
may_export (SlEngine *engine, const SlActor *actor, const SlMember *member, SlRefusal *refusal, GError **error)
{
  gboolean themselves;
  if (!sl_member_is_same (engine, &actor->id, &member->id, &themselves, error))
    return FALSE;
  return sl_actor_may_with_own (actor, themselves ? SL_ACTION_VIEW_OWN : SL_ACTION_EXPORT_MEMBER, &engine->location,
                                themselves, refusal)
         && !sl_member_refuse_erased (member, refusal);
}

/**
 * sl_member_export:
 * @engine: the engine
 * @actor: who: managers and owners; members of themselves
 * @id: any record of whom it is about
 * @out: (out) (transfer full): all that is held, over all their records; %NULL when refused
 * @out_refusal: (out): not_allowed, member_erased
 * @error: return location
 *
 * Notes in the log that it was handed out, and returns after the sync. Engine thread.
 *
 * Returns: %FALSE on failure: %SL_ERROR_NOT_FOUND
 */
gboolean
sl_member_export (SlEngine *engine, const SlActor *actor, const SlId *id, SlMemberExport **out, SlRefusal *out_refusal,
                  GError **error)
{
  g_return_val_if_fail (engine != NULL && actor != NULL && id != NULL && out != NULL && out_refusal != NULL, FALSE);

  g_autoptr (SlMemberExport) data = NULL;
  g_autoptr (GError) failure = NULL;
  *out = NULL;
  if (!sl_command_begin (engine, actor, error))
    return FALSE;
  g_autoptr (SlMember) member = sl_member_get (engine, id, error);
  if (member == NULL)
    return sl_command_fail (engine);
  if (!may_export (engine, actor, member, out_refusal, &failure))
    {
      if (failure == NULL)
        return sl_command_refuse (engine, actor, "member export", out_refusal, error);
      g_propagate_error (error, g_steal_pointer (&failure));
      return sl_command_fail (engine);
    }
  if (!sl_op_member_export (engine->log, &member->id, error) || !collect (engine, member, &data, error))
    return sl_command_fail (engine);
  if (!sl_command_commit (engine, error))
    return FALSE;
  *out = g_steal_pointer (&data);
  return TRUE;
}
