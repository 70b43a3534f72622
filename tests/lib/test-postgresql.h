/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* A PostgreSQL server of a test's own (tests/sync/postgresql.py keeps it): on a socket in a temporary directory, as an
 * unprivileged user. It goes with the test, even with one that is killed. What fails ends the test. */
typedef struct _SlTestPostgresql SlTestPostgresql;

SlTestPostgresql *sl_test_postgresql_new (void);
void sl_test_postgresql_free (SlTestPostgresql *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlTestPostgresql, sl_test_postgresql_free)
/* (transfer full): the URI of a new, empty database; name: letters */
char *sl_test_postgresql_database (SlTestPostgresql *server, const char *name);
const char *sl_test_postgresql_folder (SlTestPostgresql *server); /* its tables are below data/base */
void sl_test_postgresql_start (SlTestPostgresql *server);
void sl_test_postgresql_stop (SlTestPostgresql *server);    /* in order, cutting connections */
void sl_test_postgresql_restart (SlTestPostgresql *server);
void sl_test_postgresql_kill (SlTestPostgresql *server);    /* SIGKILL to all its processes */
