/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/cli.h"

/* FALSE with a usage error: --paper is no paper. */
gboolean sl_cli_check_paper (const SlCliCall *call, GError **error);
