-- SPDX-License-Identifier: GPL-3.0-or-later
-- Who at this device waits for somebody of reception: src/engine/README.md "Calls for reception". No name is in it, and nothing
-- of it is part of the state that devices share.
CREATE TABLE local_call (
  n INTEGER PRIMARY KEY AUTOINCREMENT,          -- in this order
  id BLOB NOT NULL UNIQUE,
  at_ms INTEGER NOT NULL,
  why TEXT NOT NULL,                            -- what the door had said to them: the refusal's name
  member_id BLOB                                -- null: it is not known who
) STRICT;

CREATE TRIGGER local_call_erased AFTER INSERT ON erased BEGIN
  DELETE FROM local_call WHERE member_id = NEW.member_id;
END;
