-- SPDX-License-Identifier: GPL-3.0-or-later
-- Packages that are bought again by themselves: src/engine/README.md "Packages that renew".

-- That a member wants it. device_id: who sells it again; collect: account, eft, card, online; active 0: they want it no more.
CREATE TABLE renewal (
  id BLOB PRIMARY KEY, created_hlc INTEGER, clocks BLOB,
  member_id BLOB, package_id BLOB, device_id BLOB, collect TEXT, active INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX renewal_member ON renewal (member_id);
-- Each sale of it: cycle 0 is the one that began it. Two of one cycle were made by devices that had not heard of one another.
CREATE TABLE renewal_charge (
  id BLOB PRIMARY KEY, created_hlc INTEGER, clocks BLOB,
  renewal_id BLOB, sale_id BLOB, cycle INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX renewal_charge_renewal ON renewal_charge (renewal_id, cycle);
CREATE INDEX renewal_charge_sale ON renewal_charge (sale_id);

-- What people write beside tills, vouchers and sessions is sealed as all that they write: with the key of the member whom it
-- is about, else with the organisation's (src/oplog/README.md "Keys"). The tables are made anew from the log.
ALTER TABLE session DROP COLUMN notes;
ALTER TABLE session ADD COLUMN notes BLOB;
ALTER TABLE till DROP COLUMN note;
ALTER TABLE till ADD COLUMN note BLOB;
ALTER TABLE till_cash DROP COLUMN reason;
ALTER TABLE till_cash ADD COLUMN reason BLOB;
ALTER TABLE voucher_void DROP COLUMN reason;
ALTER TABLE voucher_void ADD COLUMN reason BLOB;

-- Erasing takes what was said when a member's voucher was taken away, whatever came first.
CREATE TRIGGER erased_voucher AFTER INSERT ON erased BEGIN
  UPDATE voucher_void SET reason = NULL
    WHERE reason IS NOT NULL AND voucher_id IN (SELECT id FROM voucher WHERE member_id = NEW.member_id);
END;
CREATE TRIGGER voucher_insert AFTER INSERT ON voucher WHEN EXISTS (SELECT 1 FROM erased WHERE member_id = NEW.member_id) BEGIN
  UPDATE voucher_void SET reason = NULL WHERE voucher_id = NEW.id AND reason IS NOT NULL;
END;
CREATE TRIGGER voucher_void_insert AFTER INSERT ON voucher_void
WHEN NEW.reason IS NOT NULL
  AND EXISTS (SELECT 1 FROM voucher v JOIN erased e ON e.member_id = v.member_id WHERE v.id = NEW.voucher_id) BEGIN
  UPDATE voucher_void SET reason = NULL WHERE id = NEW.id;
END;

INSERT INTO local_meta (key, value) VALUES ('rebuild', 1) ON CONFLICT (key) DO UPDATE SET value = excluded.value;
