-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a job is of where no id says it: which report, of which days, for whom. Never what stands on the paper.
ALTER TABLE local_print ADD COLUMN words TEXT;
