-- SPDX-License-Identifier: GPL-3.0-or-later
-- The log store of a hub in SQLite. nr stands for an account within this file: keys stay short.
-- grown rises by one over all accounts with each append: so another process finds what is new.
CREATE TABLE tenant (
  nr INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  name TEXT NOT NULL,
  organisation BLOB UNIQUE,
  replica BLOB,
  seed BLOB NOT NULL,
  epoch BLOB NOT NULL,
  head INTEGER NOT NULL DEFAULT 0,
  grown INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX tenant_grown ON tenant (grown);

-- Rows are appended at the table's end; the key finds them by account.
CREATE TABLE entry (
  tenant INTEGER NOT NULL,
  number INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  replica BLOB NOT NULL,
  first_seq INTEGER NOT NULL,
  last_seq INTEGER NOT NULL,
  head BLOB NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (tenant, number)
) STRICT;
CREATE INDEX entry_box ON entry (tenant, number) WHERE kind = 2;

CREATE TABLE chain (
  tenant INTEGER NOT NULL,
  replica BLOB NOT NULL,
  number INTEGER NOT NULL,
  first_seq INTEGER NOT NULL,
  last_seq INTEGER NOT NULL,
  head BLOB NOT NULL,
  PRIMARY KEY (tenant, replica)
) STRICT, WITHOUT ROWID;

CREATE TABLE code (
  hash BLOB PRIMARY KEY NOT NULL,
  tenant INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  request BLOB
) STRICT, WITHOUT ROWID;

CREATE TABLE nonce (
  replica BLOB NOT NULL,
  nonce BLOB NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (replica, nonce)
) STRICT, WITHOUT ROWID;
CREATE INDEX nonce_at ON nonce (at_ms);
