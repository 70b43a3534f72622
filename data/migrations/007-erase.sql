-- SPDX-License-Identifier: GPL-3.0-or-later
-- People who are gone, and clocks that were ahead: src/oplog/README.md "Erasing" and "Time".

-- Stretches of a device's stamps that are read less an offset: operations from_seq to seq − 1.
CREATE TABLE correction (
  replica BLOB NOT NULL, seq INTEGER NOT NULL, from_seq INTEGER NOT NULL, offset_ms INTEGER NOT NULL,
  hlc INTEGER NOT NULL, actor BLOB,
  PRIMARY KEY (replica, seq)
) STRICT, WITHOUT ROWID;

-- Members whose data was erased, by the earliest operation that says so. The reason is sealed under the organisation's key.
CREATE TABLE erased (
  member_id BLOB PRIMARY KEY, hlc INTEGER NOT NULL, replica BLOB NOT NULL, seq INTEGER NOT NULL, actor BLOB, reason BLOB
) STRICT, WITHOUT ROWID;

-- Erasing absorbs what is sealed about a member, whatever came first and whichever code writes the row. So it stands here
-- and not in each of the functions that apply operations.
CREATE TRIGGER erased_insert AFTER INSERT ON erased BEGIN
  UPDATE member SET first = NULL, last = NULL, phone = NULL, email = NULL, birth_date = NULL, notes = NULL, emergency = NULL,
    pin_hash = NULL, status_reason = NULL WHERE id = NEW.member_id;
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

CREATE TRIGGER local_keyring_insert BEFORE INSERT ON local_keyring
WHEN NEW.kind = 1 AND EXISTS (SELECT 1 FROM local_key_refused WHERE id = NEW.id) BEGIN
  SELECT RAISE (IGNORE);
END;

CREATE TRIGGER member_insert AFTER INSERT ON member WHEN EXISTS (SELECT 1 FROM erased WHERE member_id = NEW.id) BEGIN
  UPDATE member SET first = NULL, last = NULL, phone = NULL, email = NULL, birth_date = NULL, notes = NULL, emergency = NULL,
    pin_hash = NULL, status_reason = NULL WHERE id = NEW.id;
END;
CREATE TRIGGER member_update
AFTER UPDATE OF first, last, phone, email, birth_date, notes, emergency, pin_hash, status_reason ON member
WHEN EXISTS (SELECT 1 FROM erased WHERE member_id = NEW.id) BEGIN
  UPDATE member SET first = NULL, last = NULL, phone = NULL, email = NULL, birth_date = NULL, notes = NULL, emergency = NULL,
    pin_hash = NULL, status_reason = NULL WHERE id = NEW.id;
END;

CREATE TRIGGER claim_insert AFTER INSERT ON claim WHEN EXISTS (SELECT 1 FROM erased WHERE member_id = NEW.member_id) BEGIN
  UPDATE claim SET guests = NULL, note = NULL, release_reason = NULL WHERE id = NEW.id;
  UPDATE checkin SET reason = NULL, undo_reason = NULL
    WHERE booking_id = NEW.id AND (reason IS NOT NULL OR undo_reason IS NOT NULL);
END;
CREATE TRIGGER claim_update AFTER UPDATE OF member_id, guests, note, release_reason ON claim
WHEN EXISTS (SELECT 1 FROM erased WHERE member_id = NEW.member_id) BEGIN
  UPDATE claim SET guests = NULL, note = NULL, release_reason = NULL WHERE id = NEW.id;
  UPDATE checkin SET reason = NULL, undo_reason = NULL
    WHERE booking_id = NEW.id AND (reason IS NOT NULL OR undo_reason IS NOT NULL);
END;

CREATE TRIGGER checkin_insert AFTER INSERT ON checkin
WHEN (NEW.reason IS NOT NULL OR NEW.undo_reason IS NOT NULL)
  AND (EXISTS (SELECT 1 FROM erased WHERE member_id = NEW.member_id)
    OR EXISTS (SELECT 1 FROM claim c JOIN erased e ON e.member_id = c.member_id WHERE c.id = NEW.booking_id)) BEGIN
  UPDATE checkin SET reason = NULL, undo_reason = NULL WHERE id = NEW.id;
END;
CREATE TRIGGER checkin_update AFTER UPDATE OF booking_id, member_id, reason, undo_reason ON checkin
WHEN (NEW.reason IS NOT NULL OR NEW.undo_reason IS NOT NULL)
  AND (EXISTS (SELECT 1 FROM erased WHERE member_id = NEW.member_id)
    OR EXISTS (SELECT 1 FROM claim c JOIN erased e ON e.member_id = c.member_id WHERE c.id = NEW.booking_id)) BEGIN
  UPDATE checkin SET reason = NULL, undo_reason = NULL WHERE id = NEW.id;
END;

CREATE TRIGGER lot_insert AFTER INSERT ON lot WHEN EXISTS (SELECT 1 FROM erased WHERE member_id = NEW.member_id) BEGIN
  UPDATE lot SET reason = NULL WHERE id = NEW.id;
  UPDATE lot_burn SET reason = NULL WHERE lot_id = NEW.id AND reason IS NOT NULL;
END;
CREATE TRIGGER lot_burn_insert AFTER INSERT ON lot_burn
WHEN NEW.reason IS NOT NULL
  AND EXISTS (SELECT 1 FROM lot l JOIN erased e ON e.member_id = l.member_id WHERE l.id = NEW.lot_id) BEGIN
  UPDATE lot_burn SET reason = NULL WHERE id = NEW.id;
END;

CREATE TRIGGER payment_insert AFTER INSERT ON payment WHEN EXISTS (SELECT 1 FROM erased WHERE member_id = NEW.member_id) BEGIN
  UPDATE refund SET reason = NULL WHERE payment_id = NEW.id AND reason IS NOT NULL;
END;
CREATE TRIGGER refund_insert AFTER INSERT ON refund
WHEN NEW.reason IS NOT NULL
  AND EXISTS (SELECT 1 FROM payment p JOIN erased e ON e.member_id = p.member_id WHERE p.id = NEW.payment_id) BEGIN
  UPDATE refund SET reason = NULL WHERE id = NEW.id;
END;

INSERT INTO local_meta (key, value) VALUES ('rebuild', 1) ON CONFLICT (key) DO UPDATE SET value = excluded.value;
