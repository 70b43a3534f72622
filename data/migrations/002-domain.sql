-- SPDX-License-Identifier: GPL-3.0-or-later
-- Replicated tables: a function of the set of applied operations, written by src/oplog/apply*.c alone, every column in the
-- state hash. No foreign keys and no UNIQUE or CHECK across operations: every order and every conflict must apply.
-- Reference tables hold the last writer's value per field; clocks packs who that was. created_hlc is null until the
-- creating operation is known. Fields marked "sealed" hold XChaCha20-Poly1305 boxes under the member's key.

CREATE TABLE organisation (
  id BLOB PRIMARY KEY, created_hlc INTEGER, clocks BLOB,
  name TEXT, currency TEXT, vat_permille INTEGER, contact TEXT, recovery_public BLOB
) STRICT, WITHOUT ROWID;

CREATE TABLE location (
  id BLOB PRIMARY KEY, created_hlc INTEGER, clocks BLOB,
  name TEXT, address TEXT, timezone TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE room (
  id BLOB PRIMARY KEY, created_hlc INTEGER, clocks BLOB,
  location_id BLOB, name TEXT, active INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE staff (
  id BLOB PRIMARY KEY, created_hlc INTEGER, clocks BLOB,
  name TEXT, role TEXT, locations BLOB, pin_hash TEXT, active INTEGER     -- locations: ids one after the other; empty: all
) STRICT, WITHOUT ROWID;

CREATE TABLE member (
  id BLOB PRIMARY KEY, created_hlc INTEGER, clocks BLOB,
  first BLOB, last BLOB, phone BLOB, email BLOB, birth_date BLOB, notes BLOB, emergency BLOB,   -- sealed
  pin_hash BLOB,                                                                                  -- sealed
  status TEXT, status_reason BLOB,                                                                -- reason sealed
  permission TEXT, home_location_id BLOB, language TEXT, marketing INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE service (
  id BLOB PRIMARY KEY, created_hlc INTEGER, clocks BLOB,
  name TEXT, kind TEXT, type TEXT, difficulty TEXT, duration_min INTEGER, capacity INTEGER, credits_hundredths INTEGER,
  price_cents INTEGER, mode TEXT, reserve INTEGER, colour TEXT, description TEXT, active INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE package (
  id BLOB PRIMARY KEY, created_hlc INTEGER, clocks BLOB,
  name TEXT, credits_hundredths INTEGER, price_cents INTEGER, valid_days INTEGER, active INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
  id BLOB PRIMARY KEY, created_hlc INTEGER, clocks BLOB,
  service_id BLOB, location_id BLOB, room_id BLOB, instructor_id BLOB, start_ms INTEGER, end_ms INTEGER,
  published INTEGER, notes TEXT,
  capacity INTEGER NOT NULL DEFAULT 0,        -- minted less burned: a counter
  cancelled INTEGER NOT NULL DEFAULT 0,       -- final
  cancel_hlc INTEGER, cancel_reason TEXT      -- of the earliest cancellation
) STRICT, WITHOUT ROWID;
CREATE INDEX session_start ON session (location_id, start_ms);
CREATE INDEX session_cancelled ON session (cancelled) WHERE cancelled <> 0;   -- whose claims are to be given back

CREATE TABLE device (
  id BLOB PRIMARY KEY, created_hlc INTEGER, clocks BLOB,           -- the replica's id
  name TEXT, location_id BLOB,
  public_key BLOB, invitation BLOB, predecessor BLOB              -- what its first operation said
) STRICT, WITHOUT ROWID;
-- Invitations that admit: the one-time key's public half, and who wrote it.
CREATE TABLE admission (
  invitation BLOB NOT NULL, replica BLOB NOT NULL, seq INTEGER NOT NULL, expires_ms INTEGER NOT NULL,
  PRIMARY KEY (invitation, replica, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE policy (
  id BLOB PRIMARY KEY, created_hlc INTEGER, clocks BLOB,           -- hash of scope and key
  scope BLOB, key TEXT, value TEXT                                 -- scope: organisation, location or service id
) STRICT, WITHOUT ROWID;

-- The organisation's keys that sign codes: their public halves.
CREATE TABLE issuing_key (id BLOB PRIMARY KEY, public_key BLOB NOT NULL) STRICT, WITHOUT ROWID;

-- Passes issued; of one member's the latest counts, the others are revoked by it.
CREATE TABLE pass (
  id BLOB PRIMARY KEY, member_id BLOB NOT NULL, serial INTEGER NOT NULL, issued_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL,
  hlc INTEGER NOT NULL, replica BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX pass_member ON pass (member_id);

-- Spots as rights: minted, moved in, less moved out and burned. Claims are counted from the claim table.
CREATE TABLE session_right (
  session_id BLOB NOT NULL, replica BLOB NOT NULL, spots INTEGER NOT NULL,
  burned INTEGER NOT NULL,                    -- of its own, by lowering the capacity: how far below zero it may be
  PRIMARY KEY (session_id, replica)
) STRICT, WITHOUT ROWID;

-- A claim holds spots. Its parts come from several operations, in any order: what is not known yet is null.
-- booking_id, keeper and confirm_replica are null where they are id, creator and creator.
CREATE TABLE claim (
  id BLOB NOT NULL,
  session_id BLOB, member_id BLOB, creator BLOB, booking_id BLOB,
  type INTEGER,                               -- 1 hold 2 booking 3 offer 4 override
  spots INTEGER, held_until_ms INTEGER, created_hlc INTEGER, created_seq INTEGER,
  channel INTEGER, actor BLOB, guests BLOB, note BLOB,         -- guests (CBOR list of names), note: sealed
  keeper BLOB, hop INTEGER NOT NULL DEFAULT 0,
  confirm_hlc INTEGER, confirm_replica BLOB, price_cents INTEGER, credits_hundredths INTEGER,
  release_percent INTEGER, release_why INTEGER NOT NULL DEFAULT 0, release_hlc INTEGER, release_replica BLOB, release_reason BLOB,   -- of the earliest release; reason sealed
  released_spots INTEGER NOT NULL DEFAULT 0   -- a bit per spot index
) STRICT;
CREATE UNIQUE INDEX claim_id ON claim (id);
CREATE INDEX claim_session ON claim (session_id, member_id);     -- the door looks a member up in each of today's sessions
CREATE INDEX claim_member ON claim (member_id);
CREATE INDEX claim_booking ON claim (booking_id) WHERE booking_id IS NOT NULL;
CREATE INDEX claim_held ON claim (held_until_ms) WHERE confirm_hlc IS NULL AND release_percent IS NULL;   -- what may fall due

-- What the standing confirmation of a claim spends, lot by lot in the order of spending.
CREATE TABLE claim_spend (
  lot_id BLOB NOT NULL, claim_id BLOB NOT NULL,
  before_hundredths INTEGER NOT NULL,         -- what the lots before this one paid: gives the order, and the rounding of refunds
  amount_hundredths INTEGER NOT NULL,
  PRIMARY KEY (lot_id, claim_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX claim_spend_claim ON claim_spend (claim_id);

-- Credits: a lot is minted once; its rights move and burn like spots.
CREATE TABLE lot (
  id BLOB PRIMARY KEY, member_id BLOB NOT NULL, package_id BLOB, payment_id BLOB, credits_hundredths INTEGER NOT NULL,
  expires_ms INTEGER, reason BLOB, hlc INTEGER NOT NULL, replica BLOB NOT NULL, actor BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX lot_member ON lot (member_id);
CREATE INDEX lot_expires ON lot (expires_ms) WHERE expires_ms IS NOT NULL;
CREATE TABLE lot_right (
  lot_id BLOB NOT NULL, replica BLOB NOT NULL, credits_hundredths INTEGER NOT NULL,
  PRIMARY KEY (lot_id, replica)
) STRICT, WITHOUT ROWID;
-- Credits taken out of a lot otherwise than by a booking. kind: 1 adjust 2 expire
CREATE TABLE lot_burn (
  id BLOB PRIMARY KEY, lot_id BLOB NOT NULL, kind INTEGER NOT NULL, amount_hundredths INTEGER NOT NULL, reason BLOB,
  hlc INTEGER NOT NULL, replica BLOB NOT NULL, actor BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX lot_burn_lot ON lot_burn (lot_id);

CREATE TABLE payment (
  id BLOB PRIMARY KEY, member_id BLOB, amount_cents INTEGER NOT NULL, currency TEXT NOT NULL, method TEXT NOT NULL, status TEXT NOT NULL,
  receipt INTEGER NOT NULL, vat_cents INTEGER NOT NULL, reference TEXT, at_ms INTEGER NOT NULL, hlc INTEGER NOT NULL, replica BLOB NOT NULL, actor BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX payment_replica ON payment (replica, receipt);

-- Attendance, a fact apart from claims. undone: some operation has named it so.
CREATE TABLE checkin (
  id BLOB PRIMARY KEY,
  booking_id BLOB, session_id BLOB, member_id BLOB, location_id BLOB,   -- what the operation named
  spots INTEGER, at_ms INTEGER, late INTEGER, flag INTEGER, reason BLOB,                -- reasons sealed
  hlc INTEGER, replica BLOB, actor BLOB,
  undone INTEGER NOT NULL DEFAULT 0, undo_reason BLOB, undo_hlc INTEGER, undo_replica BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX checkin_booking ON checkin (booking_id) WHERE booking_id IS NOT NULL;
CREATE INDEX checkin_member ON checkin (member_id) WHERE member_id IS NOT NULL;
CREATE INDEX checkin_session ON checkin (session_id) WHERE session_id IS NOT NULL;
