-- SPDX-License-Identifier: GPL-3.0-or-later
-- The log and what only this device knows. Names that begin with local_ are outside the state hash.

-- One signed chain per device. ix is this database's own short number for a replica.
CREATE TABLE local_chain (
  ix          INTEGER PRIMARY KEY,
  replica     BLOB NOT NULL UNIQUE CHECK (length (replica) = 16),
  public_key  BLOB CHECK (length (public_key) = 32),       -- from its first operation, as the two below
  invitation  BLOB CHECK (length (invitation) = 32),       -- the one-time key that it joined by
  predecessor BLOB CHECK (length (predecessor) = 16),      -- the device that it goes on for
  head_seq    INTEGER NOT NULL DEFAULT 0,                  -- stored and verified
  head_hash   BLOB NOT NULL CHECK (length (head_hash) = 32),
  head_hlc    INTEGER NOT NULL DEFAULT 0,                  -- raw stamp of the head: the next one is a difference to it
  applied_seq INTEGER NOT NULL DEFAULT 0,
  applied_hlc INTEGER NOT NULL DEFAULT 0,                  -- raw stamp of the last applied operation
  seen_seq    INTEGER NOT NULL DEFAULT 0,                  -- what our own chain has said it saw of this one
  stopped     TEXT,                                        -- why nothing after head_seq is taken
  state_sum   BLOB CHECK (length (state_sum) = 32)         -- in the first row: the running state hash, beside what every commit writes anyway
) STRICT;

-- The ids that a chain refers to by number (actors, replicas seen), in the order in which it named them.
CREATE TABLE local_chain_ref (
  ix INTEGER NOT NULL, number INTEGER NOT NULL, id BLOB NOT NULL CHECK (length (id) = 16),
  PRIMARY KEY (ix, number)
) STRICT, WITHOUT ROWID;

-- The operations as they were signed. pos = ix << 40 | seq.
CREATE TABLE local_op (pos INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;

-- Signatures of heads, kept for forwarding.
CREATE TABLE local_head (
  ix INTEGER NOT NULL, seq INTEGER NOT NULL,
  hash BLOB NOT NULL CHECK (length (hash) = 32), signature BLOB NOT NULL CHECK (length (signature) = 64),
  PRIMARY KEY (ix, seq)
) STRICT, WITHOUT ROWID;

-- What came before its time: operations behind a gap or not yet under a valid signature, and signatures of such heads.
CREATE TABLE local_waiting (
  replica BLOB NOT NULL, seq INTEGER NOT NULL, digest BLOB NOT NULL, bytes BLOB NOT NULL, received_ms INTEGER NOT NULL,
  PRIMARY KEY (replica, seq, digest)
) STRICT, WITHOUT ROWID;
CREATE TABLE local_waiting_head (
  replica BLOB NOT NULL, seq INTEGER NOT NULL, hash BLOB NOT NULL, signature BLOB NOT NULL,
  PRIMARY KEY (replica, seq, hash, signature)
) STRICT, WITHOUT ROWID;

-- What was refused for ever, with its reason, for people.
CREATE TABLE local_quarantine (
  replica BLOB NOT NULL, seq INTEGER NOT NULL, reason TEXT NOT NULL, digest BLOB NOT NULL, bytes BLOB, received_ms INTEGER NOT NULL,
  PRIMARY KEY (replica, seq, digest)
) STRICT, WITHOUT ROWID;

-- Operations of kinds that this program does not know: stored, forwarded, applied after an upgrade.
CREATE TABLE local_parked (pos INTEGER PRIMARY KEY) STRICT;

-- Keys that travel outside the log, each wrapped by this device's key. kind: 1 member, 2 pepper, 3 issuing key.
CREATE TABLE local_keyring (
  kind INTEGER NOT NULL, id BLOB NOT NULL CHECK (length (id) = 16), wrapped BLOB NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE local_key_refused (id BLOB PRIMARY KEY CHECK (length (id) = 16)) STRICT, WITHOUT ROWID;

-- Single values: kinds (how many kinds of operations this program knew when it last took parked ones).
CREATE TABLE local_meta (key TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID;

-- Refused commands: who, what, why. At most 100,000 rows and 90 days.
CREATE TABLE local_refusal (
  id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, actor BLOB, command TEXT NOT NULL, code TEXT NOT NULL, detail TEXT
) STRICT;
CREATE INDEX local_refusal_at ON local_refusal (at_ms);

-- Answers to keyed commands, for 24 hours.
CREATE TABLE local_answer (
  key BLOB PRIMARY KEY CHECK (length (key) = 32), words BLOB NOT NULL, exit_status INTEGER NOT NULL, answer BLOB NOT NULL, at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX local_answer_at ON local_answer (at_ms);

-- Wrong PINs, for the growing lock-out. subject: a staff member's or a member's id.
CREATE TABLE local_pin_failure (subject BLOB PRIMARY KEY, failures INTEGER NOT NULL, locked_until_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
