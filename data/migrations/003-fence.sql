-- SPDX-License-Identifier: GPL-3.0-or-later
-- Devices that are no longer devices: src/oplog/README.md "Fences".

-- Each operation that revokes a device. The cut is the last of its operations that counted where this was written.
CREATE TABLE revocation (
  replica BLOB NOT NULL, author BLOB NOT NULL, author_seq INTEGER NOT NULL,
  hlc INTEGER NOT NULL, actor BLOB, cut INTEGER NOT NULL, cut_hash BLOB,   -- hash: null where nothing of it was known
  reborn INTEGER NOT NULL,                                                 -- it went on as the author; else somebody took it away
  successor BLOB NOT NULL,                                                 -- who shall take over what it holds
  reason TEXT,
  PRIMARY KEY (replica, author, author_seq)
) STRICT, WITHOUT ROWID;

-- The final cut, and who has taken over, for ever.
CREATE TABLE reclaim (
  replica BLOB PRIMARY KEY, cut INTEGER NOT NULL, successor BLOB NOT NULL, hlc INTEGER NOT NULL, author_seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What the author of each applied operation had seen: total operations of chain of_ix, as of operation seq of chain ix.
CREATE TABLE local_seen (
  of_ix INTEGER NOT NULL, ix INTEGER NOT NULL, seq INTEGER NOT NULL, total INTEGER NOT NULL,
  PRIMARY KEY (of_ix, ix, seq)
) STRICT, WITHOUT ROWID;

INSERT INTO local_meta (key, value) VALUES ('rebuild', 1) ON CONFLICT (key) DO UPDATE SET value = excluded.value;
