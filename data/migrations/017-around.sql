-- SPDX-License-Identifier: GPL-3.0-or-later
-- Programs, incidents, notes, and what members were told: src/oplog/README.md "Around it". What is personal is sealed with
-- the member's key, as in all tables; without a member with the organisation's.

-- An instructor's program for a member. The last writer counts per field; whose it is follows from its creation alone.
CREATE TABLE program (
  id BLOB PRIMARY KEY, created_hlc INTEGER, clocks BLOB,
  member_id BLOB,
  name BLOB, exercises BLOB, notes BLOB,      -- sealed
  instructor_id BLOB, active INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX program_member ON program (member_id);
-- What the member has done of it. A set.
CREATE TABLE progress (
  id BLOB PRIMARY KEY, program_id BLOB NOT NULL, member_id BLOB NOT NULL, at_ms INTEGER NOT NULL,
  entry BLOB,                                 -- sealed
  hlc INTEGER NOT NULL, replica BLOB NOT NULL, actor BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX progress_program ON progress (program_id, at_ms);
CREATE INDEX progress_member ON progress (member_id);

-- kind: equipment, injury, complaint. Closed once somebody has closed it; two who have done so apart have both said how.
CREATE TABLE incident (
  id BLOB PRIMARY KEY, kind TEXT NOT NULL, location_id BLOB, member_id BLOB, happened_ms INTEGER NOT NULL,
  at_ms INTEGER NOT NULL, text BLOB,          -- text sealed
  hlc INTEGER NOT NULL, replica BLOB NOT NULL, actor BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX incident_happened ON incident (happened_ms);
CREATE INDEX incident_member ON incident (member_id) WHERE member_id IS NOT NULL;
CREATE TABLE incident_close (
  id BLOB PRIMARY KEY, incident_id BLOB NOT NULL, member_id BLOB, at_ms INTEGER NOT NULL, resolution BLOB, -- sealed
  hlc INTEGER NOT NULL, replica BLOB NOT NULL, actor BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX incident_close_incident ON incident_close (incident_id);
CREATE INDEX incident_close_member ON incident_close (member_id) WHERE member_id IS NOT NULL;

CREATE TABLE note (
  id BLOB PRIMARY KEY, member_id BLOB, session_id BLOB, at_ms INTEGER NOT NULL, text BLOB, -- sealed
  hlc INTEGER NOT NULL, replica BLOB NOT NULL, actor BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX note_member ON note (member_id, at_ms) WHERE member_id IS NOT NULL;
CREATE INDEX note_session ON note (session_id, at_ms) WHERE session_id IS NOT NULL;

-- Which notifications have been sent, or given up: one row each, of the earliest that says sent, else of the earliest.
CREATE TABLE notification_sent (
  id BLOB PRIMARY KEY, member_id BLOB, kind TEXT NOT NULL, channel TEXT, outcome INTEGER NOT NULL, -- 1 sent 2 given up
  at_ms INTEGER NOT NULL, hlc INTEGER NOT NULL, replica BLOB NOT NULL, seq INTEGER NOT NULL, actor BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX notification_sent_at ON notification_sent (at_ms);
CREATE INDEX notification_sent_member ON notification_sent (member_id);
-- What this device tries to send, and when again. Nothing of it is personal.
CREATE TABLE local_outbox (
  id BLOB PRIMARY KEY, attempts INTEGER NOT NULL, next_ms INTEGER NOT NULL, problem TEXT
) STRICT, WITHOUT ROWID;

-- The organisation's own words in place of the standard ones.
CREATE TABLE template (
  id BLOB PRIMARY KEY, created_hlc INTEGER, clocks BLOB,
  kind TEXT, language TEXT, channel TEXT, subject TEXT, body TEXT
) STRICT, WITHOUT ROWID;
ALTER TABLE member ADD COLUMN opt_out TEXT;   -- channels and kinds that they do not want, with blanks between

-- What members are told of follows from rows by when they came about.
CREATE INDEX member_created ON member (created_hlc) WHERE created_hlc IS NOT NULL;
CREATE INDEX membership_frozen ON membership (frozen_from_ms) WHERE frozen_from_ms IS NOT NULL;
CREATE INDEX payment_outcome_at ON payment_outcome (at_ms);

-- Erasing a member takes what is sealed about them, whatever came first.
CREATE TRIGGER erased_around AFTER INSERT ON erased BEGIN
  UPDATE program SET name = NULL, exercises = NULL, notes = NULL
    WHERE member_id = NEW.member_id AND (name IS NOT NULL OR exercises IS NOT NULL OR notes IS NOT NULL);
  UPDATE progress SET entry = NULL WHERE member_id = NEW.member_id AND entry IS NOT NULL;
  UPDATE incident SET text = NULL WHERE member_id = NEW.member_id AND text IS NOT NULL;
  UPDATE incident_close SET resolution = NULL WHERE member_id = NEW.member_id AND resolution IS NOT NULL;
  UPDATE note SET text = NULL WHERE member_id = NEW.member_id AND text IS NOT NULL;
END;
CREATE TRIGGER program_insert AFTER INSERT ON program WHEN EXISTS (SELECT 1 FROM erased WHERE member_id = NEW.member_id) BEGIN
  UPDATE program SET name = NULL, exercises = NULL, notes = NULL WHERE id = NEW.id;
END;
CREATE TRIGGER program_update AFTER UPDATE OF member_id, name, exercises, notes ON program
WHEN (NEW.name IS NOT NULL OR NEW.exercises IS NOT NULL OR NEW.notes IS NOT NULL)
  AND EXISTS (SELECT 1 FROM erased WHERE member_id = NEW.member_id) BEGIN
  UPDATE program SET name = NULL, exercises = NULL, notes = NULL WHERE id = NEW.id;
END;
CREATE TRIGGER progress_insert AFTER INSERT ON progress
WHEN NEW.entry IS NOT NULL AND EXISTS (SELECT 1 FROM erased WHERE member_id = NEW.member_id) BEGIN
  UPDATE progress SET entry = NULL WHERE id = NEW.id;
END;
CREATE TRIGGER incident_insert AFTER INSERT ON incident
WHEN NEW.text IS NOT NULL AND EXISTS (SELECT 1 FROM erased WHERE member_id = NEW.member_id) BEGIN
  UPDATE incident SET text = NULL WHERE id = NEW.id;
END;
CREATE TRIGGER incident_close_insert AFTER INSERT ON incident_close
WHEN NEW.resolution IS NOT NULL AND EXISTS (SELECT 1 FROM erased WHERE member_id = NEW.member_id) BEGIN
  UPDATE incident_close SET resolution = NULL WHERE id = NEW.id;
END;
CREATE TRIGGER note_insert AFTER INSERT ON note
WHEN NEW.text IS NOT NULL AND EXISTS (SELECT 1 FROM erased WHERE member_id = NEW.member_id) BEGIN
  UPDATE note SET text = NULL WHERE id = NEW.id;
END;

-- For reading the log backwards (src/oplog/README.md "Trail"): every so often of a chain's applied operations its stamp
-- and how many ids it has named; and which operations wrote the fields of a thing. Positions only.
CREATE TABLE local_mark (
  ix INTEGER NOT NULL, seq INTEGER NOT NULL, hlc INTEGER NOT NULL, refs INTEGER NOT NULL, PRIMARY KEY (ix, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE local_written (
  entity BLOB NOT NULL, hlc INTEGER NOT NULL, pos INTEGER NOT NULL, PRIMARY KEY (entity, hlc, pos)
) STRICT, WITHOUT ROWID;

INSERT INTO local_meta (key, value) VALUES ('rebuild', 1) ON CONFLICT (key) DO UPDATE SET value = excluded.value;
