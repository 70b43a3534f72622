-- SPDX-License-Identifier: GPL-3.0-or-later
-- Sales, payments, refunds, vouchers and tills: src/oplog/README.md "Money". Amounts in cents, VAT in them.

DROP TRIGGER erased_insert;

CREATE TABLE sale (
  id BLOB PRIMARY KEY, member_id BLOB, location_id BLOB, till_id BLOB, currency TEXT NOT NULL, receipt INTEGER NOT NULL,
  total_cents INTEGER NOT NULL, vat_cents INTEGER NOT NULL, at_ms INTEGER NOT NULL, hlc INTEGER NOT NULL, replica BLOB NOT NULL, actor BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX sale_replica ON sale (replica, receipt);
CREATE INDEX sale_member ON sale (member_id) WHERE member_id IS NOT NULL;
CREATE INDEX sale_at ON sale (at_ms);
CREATE INDEX sale_till ON sale (till_id) WHERE till_id IS NOT NULL;
CREATE TABLE sale_line (
  sale_id BLOB NOT NULL, line INTEGER NOT NULL, what INTEGER NOT NULL, thing_id BLOB, name TEXT NOT NULL,
  quantity INTEGER NOT NULL, unit_cents INTEGER NOT NULL, vat_permille INTEGER NOT NULL, amount_cents INTEGER NOT NULL,
  vat_cents INTEGER NOT NULL,                 -- of this line, halves rounded up; a sale's VAT is the sum of its lines'
  from_ms INTEGER, until_ms INTEGER,          -- the time that a plan is paid for
  PRIMARY KEY (sale_id, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX sale_line_thing ON sale_line (thing_id) WHERE thing_id IS NOT NULL;

-- What was taken. receipt: of the sale, where it was taken with it. status: as it was written; an outcome may follow.
DROP TABLE payment;
CREATE TABLE payment (
  id BLOB PRIMARY KEY, sale_id BLOB, member_id BLOB, location_id BLOB, till_id BLOB, voucher_id BLOB,
  amount_cents INTEGER NOT NULL, currency TEXT NOT NULL, method TEXT NOT NULL, status TEXT NOT NULL, reference TEXT,
  tendered_cents INTEGER, receipt INTEGER NOT NULL, at_ms INTEGER NOT NULL, hlc INTEGER NOT NULL, replica BLOB NOT NULL, actor BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX payment_replica ON payment (replica, receipt);
CREATE INDEX payment_sale ON payment (sale_id) WHERE sale_id IS NOT NULL;
CREATE INDEX payment_member ON payment (member_id) WHERE member_id IS NOT NULL;
CREATE INDEX payment_at ON payment (at_ms);
CREATE INDEX payment_till ON payment (till_id) WHERE till_id IS NOT NULL;
CREATE INDEX payment_reference ON payment (reference) WHERE reference IS NOT NULL;    -- a slip used twice
CREATE INDEX payment_pending ON payment (at_ms) WHERE status = 'pending';
-- outcome: 1 failed 2 paid 3 disputed 4 dispute over
CREATE TABLE payment_outcome (
  id BLOB PRIMARY KEY, payment_id BLOB NOT NULL, outcome INTEGER NOT NULL, reference TEXT, at_ms INTEGER NOT NULL,
  hlc INTEGER NOT NULL, replica BLOB NOT NULL, actor BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX payment_outcome_payment ON payment_outcome (payment_id);
DROP TABLE refund;
CREATE TABLE refund (
  id BLOB PRIMARY KEY, payment_id BLOB NOT NULL, location_id BLOB, till_id BLOB, amount_cents INTEGER NOT NULL, vat_cents INTEGER NOT NULL,
  method TEXT, reason BLOB,                   -- reason sealed
  receipt INTEGER NOT NULL, at_ms INTEGER NOT NULL, hlc INTEGER NOT NULL, replica BLOB NOT NULL, actor BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX refund_payment ON refund (payment_id);
CREATE INDEX refund_replica ON refund (replica, receipt);
CREATE INDEX refund_at ON refund (at_ms);
CREATE INDEX refund_till ON refund (till_id) WHERE till_id IS NOT NULL;

CREATE TABLE voucher (
  id BLOB PRIMARY KEY, sale_id BLOB, member_id BLOB, amount_cents INTEGER NOT NULL, expires_ms INTEGER, code_hash BLOB NOT NULL,
  at_ms INTEGER NOT NULL, hlc INTEGER NOT NULL, replica BLOB NOT NULL, actor BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX voucher_code ON voucher (code_hash);
CREATE TABLE voucher_void (
  id BLOB PRIMARY KEY, voucher_id BLOB NOT NULL, amount_cents INTEGER NOT NULL, reason TEXT, at_ms INTEGER NOT NULL,
  hlc INTEGER NOT NULL, replica BLOB NOT NULL, actor BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX voucher_void_voucher ON voucher_void (voucher_id);
-- What each device may still give back of a payment, or take from a voucher.
CREATE TABLE money_right (
  thing_id BLOB NOT NULL, replica BLOB NOT NULL, cents INTEGER NOT NULL, PRIMARY KEY (thing_id, replica)
) STRICT, WITHOUT ROWID;

CREATE TABLE till (
  id BLOB PRIMARY KEY, location_id BLOB, name TEXT, float_cents INTEGER, opened_ms INTEGER, hlc INTEGER, replica BLOB, actor BLOB,
  counted_cents INTEGER, note TEXT, closed_ms INTEGER, close_hlc INTEGER, close_replica BLOB, close_actor BLOB   -- of the earliest closing
) STRICT, WITHOUT ROWID;
CREATE INDEX till_open ON till (replica) WHERE closed_ms IS NULL;
CREATE INDEX till_opened ON till (opened_ms);
CREATE TABLE till_cash (
  id BLOB PRIMARY KEY, till_id BLOB NOT NULL, difference_cents INTEGER NOT NULL, reason TEXT, at_ms INTEGER NOT NULL,
  hlc INTEGER NOT NULL, replica BLOB NOT NULL, actor BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX till_cash_till ON till_cash (till_id);

-- What sold it; a period's credits of a membership.
ALTER TABLE lot RENAME COLUMN payment_id TO sale_id;
CREATE INDEX lot_sale ON lot (sale_id) WHERE sale_id IS NOT NULL;
-- Of which claims something came back: reports reckon many lots at once.
CREATE INDEX claim_given_back ON claim (id, release_percent) WHERE release_percent > 0;
ALTER TABLE lot ADD COLUMN membership_id BLOB;
ALTER TABLE lot ADD COLUMN period_from_ms INTEGER;
ALTER TABLE lot ADD COLUMN period_until_ms INTEGER;
CREATE INDEX lot_membership ON lot (membership_id) WHERE membership_id IS NOT NULL;

-- What stands on an invoice, and how payments by a picture are asked for.
ALTER TABLE organisation ADD COLUMN legal_name TEXT;
ALTER TABLE organisation ADD COLUMN vat_number TEXT;
ALTER TABLE organisation ADD COLUMN registration TEXT;
ALTER TABLE organisation ADD COLUMN address TEXT;
ALTER TABLE organisation ADD COLUMN invoice_note TEXT;
ALTER TABLE organisation ADD COLUMN pay_link TEXT;       -- {amount}, {reference}: data of the picture
ALTER TABLE member ADD COLUMN invoice_to BLOB;           -- name, address and VAT number for invoices, sealed
-- What those who teach are paid: for a session, for an hour of one, for each person who came to it.
ALTER TABLE staff ADD COLUMN rate_session_cents INTEGER;
ALTER TABLE staff ADD COLUMN rate_hour_cents INTEGER;
ALTER TABLE staff ADD COLUMN rate_head_cents INTEGER;
-- How a membership's next periods are paid for: account, eft, card, online; null: at the desk.
ALTER TABLE membership ADD COLUMN collect TEXT;
ALTER TABLE membership ADD COLUMN price_cents INTEGER;   -- agreed with this member; null: the plan's

-- Erasing, as it was, with what is new about a member and the tables that were made anew.
CREATE TRIGGER erased_insert AFTER INSERT ON erased BEGIN
  UPDATE member SET first = NULL, last = NULL, phone = NULL, email = NULL, birth_date = NULL, notes = NULL, emergency = NULL,
    pin_hash = NULL, status_reason = NULL, parq = NULL, invoice_to = NULL WHERE id = NEW.member_id;
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
CREATE TRIGGER payment_insert AFTER INSERT ON payment WHEN EXISTS (SELECT 1 FROM erased WHERE member_id = NEW.member_id) BEGIN
  UPDATE refund SET reason = NULL WHERE payment_id = NEW.id AND reason IS NOT NULL;
END;
CREATE TRIGGER refund_insert AFTER INSERT ON refund
WHEN NEW.reason IS NOT NULL
  AND EXISTS (SELECT 1 FROM payment p JOIN erased e ON e.member_id = p.member_id WHERE p.id = NEW.payment_id) BEGIN
  UPDATE refund SET reason = NULL WHERE id = NEW.id;
END;

INSERT INTO local_meta (key, value) VALUES ('rebuild', 1) ON CONFLICT (key) DO UPDATE SET value = excluded.value;
