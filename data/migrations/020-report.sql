-- SPDX-License-Identifier: GPL-3.0-or-later
-- Who is in by a booking is answered by the index alone, and all who were in, in its order: reports of a year read it whole.
DROP INDEX checkin_booking;
CREATE INDEX checkin_booking ON checkin (booking_id, undone, hlc, spots) WHERE booking_id IS NOT NULL;
