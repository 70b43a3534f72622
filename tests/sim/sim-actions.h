/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sim.h"

/* What the table of actions names: one function each. */
#define SIM_ACTION(name) void sim_do_##name (SimWorld *world, SimDevice *device, const guint32 r[3])

/* sim-commands.c */
SIM_ACTION (book);
SIM_ACTION (override);
SIM_ACTION (hold);
SIM_ACTION (confirm);
SIM_ACTION (release);
SIM_ACTION (cancel);
SIM_ACTION (check_in);
SIM_ACTION (undo);
SIM_ACTION (member_edit);
SIM_ACTION (member_add);
SIM_ACTION (sell);
SIM_ACTION (adjust);
SIM_ACTION (session_add);
SIM_ACTION (session_edit);
SIM_ACTION (session_capacity);
SIM_ACTION (session_cancel);
SIM_ACTION (rights_move);
SIM_ACTION (lot_move);
SIM_ACTION (run_due);

/* sim-office.c */
SIM_ACTION (claim_move);
SIM_ACTION (day_move);
SIM_ACTION (refund);
SIM_ACTION (member_erase);
SIM_ACTION (clock_confirm);
SIM_ACTION (settle);
SIM_ACTION (recurrence);
SIM_ACTION (expand);
SIM_ACTION (version);

/* sim-transport.c */
SIM_ACTION (exchange);
SIM_ACTION (send);
SIM_ACTION (deliver);
SIM_ACTION (drop);
SIM_ACTION (cut);
SIM_ACTION (stick_write);
SIM_ACTION (stick_read);
SIM_ACTION (snapshot);

/* sim-faults.c */
SIM_ACTION (crash);
SIM_ACTION (disk_full);
SIM_ACTION (restart);
SIM_ACTION (backup);
SIM_ACTION (restore);
SIM_ACTION (keep_files);
SIM_ACTION (put_back);
SIM_ACTION (copy_disk);
SIM_ACTION (clone);
SIM_ACTION (burn);
SIM_ACTION (revoke);
SIM_ACTION (forge);
SIM_ACTION (invite);
SIM_ACTION (join);
SIM_ACTION (clock);
SIM_ACTION (prune);
SIM_ACTION (verify);
