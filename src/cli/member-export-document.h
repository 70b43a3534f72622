/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/cli.h"
#include "engine/member-export.h"

/* What is held about a member, on paper. BAD_INPUT where a letter has no font. */
GBytes *sl_member_export_to_pdf (SlCli *cli, const SlMemberExport *data, GError **error) G_GNUC_WARN_UNUSED_RESULT;
