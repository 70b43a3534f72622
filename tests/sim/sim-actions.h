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

const SlId *sim_pick (const GArray *ids, guint32 r); /* none where there is none */
const SlId *sim_pick_session (SimWorld *world, guint32 r);
const SlId *sim_pick_own_session (SimWorld *world, SimDevice *device, guint32 r);
const SlId *sim_pick_member (SimWorld *world, guint32 r);
const SlId *sim_pick_booking (SimWorld *world, SimDevice *device, guint32 r);
/* Some row of a table, or of a query in parentheses, that this device knows. */
gboolean sim_pick_row (SimDevice *device, guint32 r, const char *table, SlId *out);
/* As sim_came(); what is to be typed again is no failure either. */
void sim_came_or_misfits (SimWorld *world, const char *what, gboolean decided, SlRefusal *refusal, GError *error);
void sim_note (SimWorld *world, gboolean done, GArray *ids, const SlId *id);

/* sim-queue.c */
SIM_ACTION (wait);
SIM_ACTION (accept);
SIM_ACTION (decline);
SIM_ACTION (queue_leave);
SIM_ACTION (reschedule);
SIM_ACTION (no_show);
SIM_ACTION (waive);
SIM_ACTION (transfer);

/* sim-studio.c */
SIM_ACTION (policy);
SIM_ACTION (availability);
SIM_ACTION (slot);
SIM_ACTION (request);
SIM_ACTION (answer);
SIM_ACTION (standing);
SIM_ACTION (standing_end);
SIM_ACTION (plan);
SIM_ACTION (membership);
SIM_ACTION (membership_change);
SIM_ACTION (member_merge);
SIM_ACTION (parq);
SIM_ACTION (series_edit);
SIM_ACTION (series_cancel);

/* sim-office.c */
SIM_ACTION (claim_move);
SIM_ACTION (day_move);
SIM_ACTION (member_erase);
SIM_ACTION (clock_confirm);
SIM_ACTION (settle);
SIM_ACTION (recurrence);
SIM_ACTION (expand);
SIM_ACTION (version);

/* sim-money.c */
SIM_ACTION (sale);
SIM_ACTION (sale_plan);
SIM_ACTION (pay);
SIM_ACTION (payment_settle);
SIM_ACTION (refund);
SIM_ACTION (money_move);
SIM_ACTION (till);
SIM_ACTION (membership_money);
SIM_ACTION (later);
/* Gives back, or uses, what this device holds of a payment or a voucher. */
void sim_spend_money (SimWorld *world, SimDevice *device, const SlId *thing, const guint32 r[3]);

/* sim-around.c */
SIM_ACTION (around);
SIM_ACTION (notify);
SIM_ACTION (look);
SIM_ACTION (print);

/* sim-transport.c */
SIM_ACTION (exchange);
SIM_ACTION (send);
SIM_ACTION (deliver);
SIM_ACTION (drop);
SIM_ACTION (cut);
SIM_ACTION (stick_write);
SIM_ACTION (stick_read);
SIM_ACTION (snapshot);

/* sim-cloud.c */
SIM_ACTION (ask);
SIM_ACTION (upkeep);
SIM_ACTION (pair);
SIM_ACTION (hub_work);
SIM_ACTION (hub_append);
SIM_ACTION (hub_crash);
SIM_ACTION (hub_disk);
SIM_ACTION (hub_restart);
SIM_ACTION (hub_keep);
SIM_ACTION (hub_put_back);
SIM_ACTION (hub_lie);

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
