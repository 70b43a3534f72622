-- SPDX-License-Identifier: GPL-3.0-or-later
-- Which members' rows were written, in order: whoever keeps names in memory reads only those again (src/engine/README.md
-- "Members"). A member has one row, whose number is above all others when it is written.
CREATE TABLE local_member_written (n INTEGER PRIMARY KEY, member_id BLOB NOT NULL UNIQUE) STRICT;

CREATE TRIGGER member_written_insert AFTER INSERT ON member BEGIN
  INSERT INTO local_member_written (n, member_id)
    VALUES ((SELECT coalesce (max (n), 0) + 1 FROM local_member_written), NEW.id)
    ON CONFLICT (member_id) DO UPDATE SET n = excluded.n;
END;
CREATE TRIGGER member_written_update AFTER UPDATE OF first, last, phone ON member BEGIN
  INSERT INTO local_member_written (n, member_id)
    VALUES ((SELECT coalesce (max (n), 0) + 1 FROM local_member_written), NEW.id)
    ON CONFLICT (member_id) DO UPDATE SET n = excluded.n;
END;
CREATE TRIGGER member_written_delete AFTER DELETE ON member BEGIN
  INSERT INTO local_member_written (n, member_id)
    VALUES ((SELECT coalesce (max (n), 0) + 1 FROM local_member_written), OLD.id)
    ON CONFLICT (member_id) DO UPDATE SET n = excluded.n;
END;
