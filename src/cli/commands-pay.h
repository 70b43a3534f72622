/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/cli.h"
#include "engine/sale.h"

/* How something is paid, in the words of --method, --amount, --tendered, --reference, --voucher, --currency, --part,
 * --anyway, or of --pay for each of several ways. pays: what params point to. */
gboolean sl_cli_check_pays (const SlCliCall *call, GError **error) G_GNUC_WARN_UNUSED_RESULT; /* before: the words */
gboolean sl_cli_read_pays (const SlCliCall *call, SlSaleParams *params, SlPay pays[SL_SALE_TAKINGS_MAX],
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
json_t *sl_cli_sale_to_json (SlCli *cli, const SlSale *sale); /* (transfer full) */
