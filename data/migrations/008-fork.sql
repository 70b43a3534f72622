-- SPDX-License-Identifier: GPL-3.0-or-later
-- Devices with two histories: src/oplog/README.md "Forks".

-- Each operation that shows two heads with one device's signature that cannot both be its history. a is the smaller hash.
CREATE TABLE fork (
  replica BLOB NOT NULL, author BLOB NOT NULL, author_seq INTEGER NOT NULL, hlc INTEGER NOT NULL,
  seq_a INTEGER NOT NULL, hash_a BLOB NOT NULL, signature_a BLOB NOT NULL,
  seq_b INTEGER NOT NULL, hash_b BLOB NOT NULL, signature_b BLOB NOT NULL,
  PRIMARY KEY (replica, author, author_seq)
) STRICT, WITHOUT ROWID;

-- Which history a final cut is about; null where nothing of the device was known.
ALTER TABLE reclaim ADD COLUMN cut_hash BLOB;

-- What has come of histories that do not count: kept, forwarded, for review.
CREATE TABLE local_branch (
  replica BLOB NOT NULL, seq INTEGER NOT NULL,
  hash BLOB NOT NULL CHECK (length (hash) = 32), previous BLOB NOT NULL CHECK (length (previous) = 32),
  bytes BLOB NOT NULL,
  PRIMARY KEY (replica, seq, hash)
) STRICT, WITHOUT ROWID;
CREATE TABLE local_branch_head (
  replica BLOB NOT NULL, seq INTEGER NOT NULL,
  hash BLOB NOT NULL CHECK (length (hash) = 32), signature BLOB NOT NULL CHECK (length (signature) = 64),
  PRIMARY KEY (replica, seq, hash)
) STRICT, WITHOUT ROWID;

-- What this device has found itself, so that it can tell the others.
CREATE TABLE local_fork (
  replica BLOB PRIMARY KEY, first_seq INTEGER NOT NULL,            -- the first number that is there twice
  seq_a INTEGER NOT NULL, hash_a BLOB NOT NULL, signature_a BLOB NOT NULL,
  seq_b INTEGER NOT NULL, hash_b BLOB NOT NULL, signature_b BLOB NOT NULL,
  found_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO local_meta (key, value) VALUES ('rebuild', 1) ON CONFLICT (key) DO UPDATE SET value = excluded.value;
