/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/engine-private.h"
#include "engine/member-export.h"

/* Inside the export of a member only. */
typedef struct {
  SlEngine *engine;
  SlMemberExport *data;
  SlActor whole;       /* reads everything: who asks has been asked */
  GArray *records;     /* (element-type SlId): all of theirs, the one that they go by first */
  GHashTable *about;   /* (element-type SlId): a set: they, and whatever is theirs */
  GHashTable *members; /* SlId → SlId: of what is in about, whose record it hangs on */
} SlMemberExporting;

SlExportPart *sl_export_add_part (SlMemberExport *data, const char *name);
GPtrArray *sl_export_add_item (SlExportPart *part); /* (transfer none) */
void sl_export_add_text_fact (GPtrArray *item, const char *name, const char *text /* (nullable) */);
void sl_export_add_number_fact (GPtrArray *item, const char *name, SlFactKind kind, gint64 number);
void sl_export_add_time_fact (GPtrArray *item, const char *name, gint64 ms /* 0: none */);
void sl_export_add_id_fact (GPtrArray *item, const char *name, const SlId *id);
GPtrArray *sl_export_add_items_fact (GPtrArray *item, const char *name); /* (transfer none): items */
GPtrArray *sl_export_new_item (void);

/* member-export-rows.c: the rows as they are kept, of every table that holds something about them. */
gboolean sl_member_export_rows (SlMemberExporting *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* member-export-told.c: what follows from them: how bookings and memberships stand, credits, what they were told, and
 * who did what. */
gboolean sl_member_export_bookings (SlMemberExporting *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_member_export_credits (SlMemberExporting *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_member_export_memberships (SlMemberExporting *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_member_export_notifications (SlMemberExporting *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean sl_member_export_changes (SlMemberExporting *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
