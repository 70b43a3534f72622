-- SPDX-License-Identifier: GPL-3.0-or-later
-- What members are told of follows from the rows that there are (src/engine/README.md "Notifications"): of requests by when
-- they were made.
CREATE INDEX request_made ON request (made_ms);
