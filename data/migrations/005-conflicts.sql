-- SPDX-License-Identifier: GPL-3.0-or-later
-- What devices did apart from one another and what became of it: src/oplog/README.md "Conflicts".

-- Operations that carry a command's key. made: what the operation made, or what it is about. twice: another device has
-- used the same key; a row's value follows from the set of rows.
CREATE TABLE command_key (
  key BLOB NOT NULL, replica BLOB NOT NULL, seq INTEGER NOT NULL,
  kind INTEGER NOT NULL, made BLOB NOT NULL, hlc INTEGER NOT NULL, twice INTEGER NOT NULL,
  PRIMARY KEY (key, replica, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX command_key_twice ON command_key (made) WHERE twice <> 0;

-- Of two bookings of one member one was dropped (claim_id) for the other (kept_id). A set.
CREATE TABLE duplicate (
  claim_id BLOB NOT NULL, kept_id BLOB NOT NULL,
  PRIMARY KEY (claim_id, kept_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX duplicate_kept ON duplicate (kept_id);

-- Every change of a session's capacity: those made apart are shown.
CREATE TABLE capacity_change (
  session_id BLOB NOT NULL, replica BLOB NOT NULL, seq INTEGER NOT NULL, difference INTEGER NOT NULL, hlc INTEGER NOT NULL,
  PRIMARY KEY (session_id, replica, seq)
) STRICT, WITHOUT ROWID;

-- Conflicts that a person has dealt with; the earliest says so. entities: ids one after the other, sorted.
CREATE TABLE settled (
  id BLOB PRIMARY KEY, kind TEXT NOT NULL, entities BLOB NOT NULL, note TEXT, hlc INTEGER NOT NULL, replica BLOB NOT NULL, actor BLOB
) STRICT, WITHOUT ROWID;

-- Sessions whose claims other devices have touched since the resolver looked at them.
CREATE TABLE local_touched (session_id BLOB PRIMARY KEY CHECK (length (session_id) = 16)) STRICT, WITHOUT ROWID;

-- The operation of each device that was the furthest ahead of this clock when it came.
CREATE TABLE local_clock_ahead (
  replica BLOB PRIMARY KEY, seq INTEGER NOT NULL, ahead_ms INTEGER NOT NULL, noted_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What "Needs attention" looks for: few rows each, whatever the years.
CREATE INDEX claim_override ON claim (session_id) WHERE type = 4;
CREATE INDEX session_right_burned ON session_right (session_id) WHERE burned > 0;
CREATE INDEX checkin_flagged ON checkin (at_ms) WHERE flag IN (1, 2) AND undone = 0;

INSERT INTO local_meta (key, value) VALUES ('touched_all', 1), ('rebuild', 1)
  ON CONFLICT (key) DO UPDATE SET value = excluded.value;
