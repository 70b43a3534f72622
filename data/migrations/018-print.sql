-- SPDX-License-Identifier: GPL-3.0-or-later
-- Printers of this device and what waits for them: src/engine/README.md "Printing". Nothing of it is part of the state that
-- devices share, and nothing in it says what stands on the paper: that is made when it is printed.

CREATE TABLE local_printer (
  name TEXT PRIMARY KEY,                        -- what people call it
  target TEXT NOT NULL,                         -- where it is: src/print/printer.h
  paper TEXT NOT NULL,
  cut INTEGER NOT NULL, drawer INTEGER NOT NULL, shared INTEGER NOT NULL,
  receipts INTEGER NOT NULL                     -- the one that receipts go to
) STRICT, WITHOUT ROWID;

CREATE TABLE local_print (
  n INTEGER PRIMARY KEY AUTOINCREMENT,          -- in this order
  id BLOB NOT NULL UNIQUE,
  replica BLOB NOT NULL,                        -- the device that wanted it: a restored backup prints nothing again
  printer TEXT NOT NULL, kind TEXT NOT NULL,
  subject_id BLOB, member_id BLOB, copy INTEGER NOT NULL,
  state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, counter INTEGER, problem TEXT,
  made_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX local_print_open ON local_print (printer, n) WHERE state IN ('waiting', 'sending');
-- However often a receipt is asked for, it is printed once; what is more than that says that it is a copy.
CREATE UNIQUE INDEX local_print_once ON local_print (kind, subject_id)
  WHERE copy = 0 AND subject_id IS NOT NULL AND state <> 'cancelled';

CREATE TRIGGER local_print_erased AFTER INSERT ON erased BEGIN
  DELETE FROM local_print WHERE member_id = NEW.member_id;
END;
CREATE TRIGGER local_print_insert BEFORE INSERT ON local_print
WHEN EXISTS (SELECT 1 FROM erased WHERE member_id = NEW.member_id) BEGIN
  SELECT RAISE (IGNORE);
END;
