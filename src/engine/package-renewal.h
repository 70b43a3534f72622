/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/actor.h"
#include "engine/package.h"

/* A package that a member buys again by itself: src/engine/README.md "Packages that renew". Where it stands is stored
 * nowhere: it follows from what was sold, paid and spent, and from the clock. */
typedef enum {
  SL_PACKAGE_RENEWAL_RUNNING, /* its last sale is paid, or owed on account */
  SL_PACKAGE_RENEWAL_ASKED,   /* its last sale is asked for; credits come when it is paid */
  SL_PACKAGE_RENEWAL_UNPAID,  /* it was asked for as often as it is */
  SL_PACKAGE_RENEWAL_ENDED,   /* the money of its last sale was given back */
  SL_PACKAGE_RENEWAL_STOPPED  /* the member wants it no more */
} SlPackageRenewalState;
const char *sl_package_renewal_state_name (SlPackageRenewalState state);

typedef struct {
  SlId id, member_id, package_id;
  SlId device_id;            /* whose it is to sell it again */
  char *package_name;        /* (nullable) */
  const char *collect;       /* interned: account, eft, card, online */
  gint64 made_ms;
  gint64 cycle;              /* how often it was sold again */
  SlId sale_id;              /* the last of its sales */
  gint64 due_cents;          /* of that one, nobody has paid yet */
  guint asked;               /* how often it was asked for */
  gint64 asked_ms;           /* and when last; 0: never */
  gboolean granted, has_lot; /* paid or owed; and its credits are there */
  SlPackageRenewalState state;
} SlPackageRenewal;
void sl_package_renewal_free (SlPackageRenewal *renewal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SlPackageRenewal, sl_package_renewal_free)

/* member (nullable): everybody's that were not stopped. (element-type SlPackageRenewal), the latest first. Refusals:
 * not_allowed. */
gboolean sl_package_renewal_list (SlEngine *engine, const SlActor *actor, const SlId *member, GPtrArray **out,
                                  SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Of a package that was sold without it. Refusals: not_allowed, wrong_state (status), member_erased, member_blocked. */
gboolean sl_package_renewal_start (SlEngine *engine, const SlActor *actor, const SlId *sale, const char *collect,
                                   SlId *out_id, SlRefusal *out_refusal, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Refusals: not_allowed, wrong_state (status: stopped). */
gboolean sl_package_renewal_stop (SlEngine *engine, const SlActor *actor, const SlId *id, SlRefusal *out_refusal,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
SlPackageRenewal *sl_package_renewal_get (SlEngine *engine, const SlId *id,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT; /* NOT_FOUND */

/* --- for other commands of the engine --- */

/* Inside the sale that begins it. */
gboolean sl_package_renewal_write (SlEngine *engine, const SlId *member, const SlId *package, const SlId *sale,
                                   const char *collect, SlId *out_id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether a package may be bought again by itself: refusal wrong_state where not. */
gboolean sl_package_renewal_check (const SlPackage *package, SlRefusal *refusal);
/* Inside the command in which a sale may have been paid: the credits of a package that was asked for, where this is
 * the device to give them. */
gboolean sl_package_renewal_grant_paid (SlEngine *engine, const SlId *sale, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Those that are waited for. (element-type SlPackageRenewal); NULL on failure */
GPtrArray *sl_package_renewal_list_open (SlEngine *engine, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What run-due does about those that are this device's, or of a device that it has taken over from. */
typedef struct {
  gint64 charged, tried, granted;
} SlPackageRenewals;
gboolean sl_package_renewal_run_due (SlEngine *engine, const SlActor *actor, SlPackageRenewals *out,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
