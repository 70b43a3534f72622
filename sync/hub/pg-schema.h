/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "hub/pg.h"

/* Brings the database's schema to this release's version. Hubs that start at once wait for one another. */
gboolean sl_pg_schema_migrate (const char *uri, GError **error) G_GNUC_WARN_UNUSED_RESULT;
