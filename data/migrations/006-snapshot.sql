-- SPDX-License-Identifier: GPL-3.0-or-later
-- Snapshots, pruning, later programs: src/oplog/README.md.

-- Operations of kinds that this program does not know: stored, forwarded, applied after an upgrade. What follows from the
-- chain before an operation is kept with it, so that applying it costs the same however long its chain is.
DROP TABLE local_parked;
CREATE TABLE local_parked (
  pos INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL, hlc INTEGER NOT NULL, actor BLOB NOT NULL CHECK (length (actor) = 16)
) STRICT;

-- Fields that this program does not know, of edits that it has applied otherwise: a map as in the operation.
CREATE TABLE local_parked_field (
  pos INTEGER NOT NULL, entity INTEGER NOT NULL, id BLOB NOT NULL CHECK (length (id) = 16), hlc INTEGER NOT NULL,
  fields BLOB NOT NULL,
  PRIMARY KEY (pos, entity, id)
) STRICT, WITHOUT ROWID;

-- Where a chain begins here: the bytes of what is before, up to seq, are folded into the snapshot that is kept.
CREATE TABLE local_pruned (
  ix INTEGER PRIMARY KEY, seq INTEGER NOT NULL, hash BLOB NOT NULL CHECK (length (hash) = 32),
  hlc INTEGER NOT NULL,                       -- raw stamp of operation seq
  refs INTEGER NOT NULL                       -- how many ids the chain had named up to it
) STRICT;

-- Snapshots: the one that is kept (has parts), and what others said that the state was, to be checked.
CREATE TABLE local_snapshot (
  id INTEGER PRIMARY KEY,
  digest BLOB NOT NULL UNIQUE CHECK (length (digest) = 32),     -- of its content, as signed
  signer BLOB NOT NULL CHECK (length (signer) = 16), created_ms INTEGER NOT NULL, received_ms INTEGER NOT NULL,
  state BLOB NOT NULL CHECK (length (state) = 32),              -- state hash that it vouches for
  vector BLOB NOT NULL,                                         -- [replica, applied, …]
  origin INTEGER NOT NULL,                                      -- 1 made here 2 this log rests on it 3 only heard of
  problem TEXT                                                  -- (nullable) why it was refused
) STRICT;
CREATE TABLE local_snapshot_part (
  pos INTEGER PRIMARY KEY,                                      -- snapshot id << 24 | number
  bytes BLOB NOT NULL
) STRICT;
