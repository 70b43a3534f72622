-- SPDX-License-Identifier: GPL-3.0-or-later
-- Who waits for somebody of reception, at whichever device: src/engine/README.md "Calls for reception". It comes from operations, and
-- is no part of the state that devices share: a row goes with its time.
DROP TRIGGER local_call_erased;
DROP TABLE local_call;

CREATE TABLE local_call (
  id BLOB PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  location_id BLOB,                             -- null, like those below: it was taken, and is not heard of yet
  member_id BLOB,                               -- null, too: it is not known who
  why TEXT,                                     -- what the door had said to them: the refusal's name
  taken INTEGER NOT NULL DEFAULT 0              -- somebody sees to them
) STRICT, WITHOUT ROWID;

CREATE TRIGGER local_call_erased AFTER INSERT ON erased BEGIN
  DELETE FROM local_call WHERE member_id = NEW.member_id;
END;
