/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "oplog/oplog.h"

/* Mixed versions, for tests and the simulation: this log behaves as an older program's would. No program calls these.
 */
void sl_oplog_set_known_kinds (SlOplog *log, guint last_kind); /* kinds after it are a later program's */
void sl_oplog_set_unknown_kinds (SlOplog *log, guint64 kinds); /* a bit per kind; 0: the program as it is */
void sl_oplog_set_known_fields (SlOplog *log, SlEntity entity, guint last_field); /* 0: all */
