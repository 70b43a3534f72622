-- SPDX-License-Identifier: GPL-3.0-or-later
-- What the whole booking engine needs beside claims: src/engine/README.md.

ALTER TABLE organisation ADD COLUMN slug TEXT;
ALTER TABLE location ADD COLUMN opening_hours TEXT;
ALTER TABLE member ADD COLUMN merged_into BLOB;           -- the member that this one is the same person as
ALTER TABLE member ADD COLUMN parq_ms INTEGER;            -- when the health questions were answered
ALTER TABLE member ADD COLUMN parq BLOB;                  -- the answers, sealed
ALTER TABLE member ADD COLUMN instructor_id BLOB;         -- to whom the member is assigned
ALTER TABLE member ADD COLUMN channel TEXT;               -- how they want to be told
CREATE INDEX member_merged ON member (merged_into) WHERE merged_into IS NOT NULL;
ALTER TABLE service ADD COLUMN member_price_cents INTEGER;
ALTER TABLE service ADD COLUMN peak_price_cents INTEGER;
ALTER TABLE service ADD COLUMN equipment TEXT;
ALTER TABLE service ADD COLUMN instructor_id BLOB;        -- who gives it where nobody else is named
ALTER TABLE service ADD COLUMN locations BLOB;            -- ids one after the other; empty: all
ALTER TABLE service ADD COLUMN parq INTEGER;              -- 1: only with the health questions answered
ALTER TABLE package ADD COLUMN locations BLOB;            -- ids one after the other; empty: all
ALTER TABLE package ADD COLUMN per_member INTEGER;        -- at most so many; null: any number
ALTER TABLE package ADD COLUMN new_only INTEGER;          -- 1: for those who have bought nothing yet
ALTER TABLE package ADD COLUMN renews INTEGER;
ALTER TABLE session ADD COLUMN rule_id BLOB;              -- the recurrence that it is an occurrence of
ALTER TABLE session ADD COLUMN rule_day INTEGER;          -- on which local date, since 1970
ALTER TABLE session ADD COLUMN by_hand INTEGER;           -- what was edited of it alone: bits of src/engine/series.h
CREATE INDEX session_rule ON session (rule_id, rule_day) WHERE rule_id IS NOT NULL;

-- When an instructor takes one-to-one sessions. Minutes of the local day; days since 1970, inclusive, null: open.
CREATE TABLE availability (
  id BLOB PRIMARY KEY, created_hlc INTEGER, clocks BLOB,
  staff_id BLOB, location_id BLOB, weekday INTEGER, from_minute INTEGER, to_minute INTEGER, bookable INTEGER,
  from_day INTEGER, until_day INTEGER, active INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX availability_staff ON availability (staff_id);

-- Times that a member has proposed to an instructor. times: starts in ms, with commas between.
CREATE TABLE request (
  id BLOB PRIMARY KEY, created_hlc INTEGER, clocks BLOB,
  member_id BLOB, instructor_id BLOB, service_id BLOB, location_id BLOB, times TEXT, state TEXT, session_id BLOB,
  booking_id BLOB, made_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX request_member ON request (member_id);
CREATE INDEX request_open ON request (made_ms) WHERE state = 'open';

-- A member in a weekly session until a date; the device named makes the bookings.
CREATE TABLE standing (
  id BLOB PRIMARY KEY, created_hlc INTEGER, clocks BLOB,
  member_id BLOB, service_id BLOB, location_id BLOB, weekday INTEGER, minute INTEGER, from_ms INTEGER, until_ms INTEGER,
  device_id BLOB, spots INTEGER, active INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX standing_member ON standing (member_id);
CREATE INDEX standing_active ON standing (active) WHERE active = 1;

CREATE TABLE plan (
  id BLOB PRIMARY KEY, created_hlc INTEGER, clocks BLOB,
  name TEXT, kind TEXT, period TEXT, price_cents INTEGER, joining_cents INTEGER, credits_hundredths INTEGER, services BLOB,
  access_hours TEXT, open_gym INTEGER, active INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE membership (
  id BLOB PRIMARY KEY, created_hlc INTEGER, clocks BLOB,
  member_id BLOB, plan_id BLOB, from_ms INTEGER, until_ms INTEGER, status TEXT, frozen_from_ms INTEGER,
  frozen_until_ms INTEGER, device_id BLOB, due_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX membership_member ON membership (member_id);

-- A booking on trust: credits that other devices hold, owed until its keeper has got them and settles.
ALTER TABLE claim ADD COLUMN owed_hundredths INTEGER;
ALTER TABLE claim ADD COLUMN settle_hlc INTEGER;
ALTER TABLE claim ADD COLUMN settle_replica BLOB;
ALTER TABLE claim ADD COLUMN settled_hundredths INTEGER;
CREATE INDEX claim_owed ON claim (member_id) WHERE owed_hundredths IS NOT NULL AND settle_hlc IS NULL;
-- Who waits for a place, and what frees one: by session.
CREATE INDEX claim_waiting ON claim (session_id) WHERE type = 5 AND release_why = 0;

CREATE TABLE claim_spend_by_part (
  lot_id BLOB NOT NULL, claim_id BLOB NOT NULL,
  part INTEGER NOT NULL,                      -- 0 of the confirmation, 1 of the settlement
  before_hundredths INTEGER NOT NULL,         -- what the lots before this one paid: gives the order, and the rounding of refunds
  amount_hundredths INTEGER NOT NULL,
  PRIMARY KEY (lot_id, claim_id, part)
) STRICT, WITHOUT ROWID;
INSERT INTO claim_spend_by_part (lot_id, claim_id, part, before_hundredths, amount_hundredths)
  SELECT lot_id, claim_id, 0, before_hundredths, amount_hundredths FROM claim_spend;
DROP TABLE claim_spend;
ALTER TABLE claim_spend_by_part RENAME TO claim_spend;
CREATE INDEX claim_spend_claim ON claim_spend (claim_id);

-- Given by one member to another: the lot that it came out of.
ALTER TABLE lot ADD COLUMN from_lot_id BLOB;

-- Leaving, where a location asks for it: the earliest word of it stands.
ALTER TABLE checkin ADD COLUMN left_ms INTEGER;
ALTER TABLE checkin ADD COLUMN left_hlc INTEGER;
ALTER TABLE checkin ADD COLUMN left_replica BLOB;
CREATE INDEX checkin_place ON checkin (location_id, at_ms) WHERE location_id IS NOT NULL;   -- entries without a session

DROP TRIGGER erased_insert;
CREATE TRIGGER erased_insert AFTER INSERT ON erased BEGIN
  UPDATE member SET first = NULL, last = NULL, phone = NULL, email = NULL, birth_date = NULL, notes = NULL, emergency = NULL,
    pin_hash = NULL, status_reason = NULL, parq = NULL WHERE id = NEW.member_id;
  UPDATE claim SET guests = NULL, note = NULL, release_reason = NULL
    WHERE member_id = NEW.member_id AND (guests IS NOT NULL OR note IS NOT NULL OR release_reason IS NOT NULL);
  UPDATE checkin SET reason = NULL, undo_reason = NULL
    WHERE member_id = NEW.member_id AND (reason IS NOT NULL OR undo_reason IS NOT NULL);
  UPDATE checkin SET reason = NULL, undo_reason = NULL
    WHERE booking_id IN (SELECT id FROM claim WHERE member_id = NEW.member_id)
      AND (reason IS NOT NULL OR undo_reason IS NOT NULL);
  UPDATE lot_burn SET reason = NULL
    WHERE reason IS NOT NULL AND lot_id IN (SELECT id FROM lot WHERE member_id = NEW.member_id);
  UPDATE lot SET reason = NULL WHERE member_id = NEW.member_id AND reason IS NOT NULL;
  UPDATE refund SET reason = NULL
    WHERE reason IS NOT NULL
      AND EXISTS (SELECT 1 FROM payment p WHERE p.id = refund.payment_id AND p.member_id = NEW.member_id);
  DELETE FROM local_keyring WHERE kind = 1 AND id = NEW.member_id;
  INSERT INTO local_key_refused (id)
    SELECT NEW.member_id WHERE NOT EXISTS (SELECT 1 FROM local_key_refused WHERE id = NEW.member_id);
  INSERT INTO local_meta (key, value) VALUES ('scrub', 1) ON CONFLICT (key) DO UPDATE SET value = excluded.value;
END;

INSERT INTO local_meta (key, value) VALUES ('rebuild', 1) ON CONFLICT (key) DO UPDATE SET value = excluded.value;
