/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk-reports-jobs.h"

/* A report as a file for spreadsheets. */
void sl_desk_reports_save (SlDesk *desk, SlReportsFound *found);
