-- SPDX-License-Identifier: GPL-3.0-or-later
-- Claims, rights and days: src/oplog/README.md "Rights".

-- Who holds the days of an instructor or a room that nobody has passed on: the device that made it.
CREATE TABLE day_mint (thing_id BLOB PRIMARY KEY, replica BLOB NOT NULL) STRICT, WITHOUT ROWID;

-- Days that were passed on; the highest hop counts. day: since 1970.
CREATE TABLE day_right (
  thing_id BLOB NOT NULL, day INTEGER NOT NULL, replica BLOB NOT NULL, hop INTEGER NOT NULL,
  PRIMARY KEY (thing_id, day)
) STRICT, WITHOUT ROWID;

-- How sessions repeat. Each occurrence is minted once, at one device, whoever expands the rule.
CREATE TABLE recurrence (
  id BLOB PRIMARY KEY, rrule TEXT NOT NULL, zone TEXT NOT NULL, start_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL,
  length_ms INTEGER NOT NULL, capacity INTEGER NOT NULL,
  mints BLOB NOT NULL,                        -- the device that gets the spots
  fields BLOB NOT NULL,                       -- of each session: a CBOR map
  hlc INTEGER NOT NULL, replica BLOB NOT NULL, seq INTEGER NOT NULL, actor BLOB
) STRICT, WITHOUT ROWID;

-- Money given back; what may be given back of a payment is its taker's.
CREATE TABLE refund (
  id BLOB PRIMARY KEY, payment_id BLOB NOT NULL, amount_cents INTEGER NOT NULL, method TEXT, reason BLOB,   -- reason sealed
  at_ms INTEGER NOT NULL, hlc INTEGER NOT NULL, replica BLOB NOT NULL, actor BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX refund_payment ON refund (payment_id);

INSERT INTO local_meta (key, value) VALUES ('rebuild', 1) ON CONFLICT (key) DO UPDATE SET value = excluded.value;
