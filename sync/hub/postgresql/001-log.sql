-- SPDX-License-Identifier: GPL-3.0-or-later
-- The log store of hubs in PostgreSQL 15. Ids are uuids. Nothing here may be dropped or renamed by a later step: hubs of
-- two versions run side by side during an upgrade.
-- A tenant's head changes with every append and stands in no index: with room in its page the row stays where it is.
CREATE TABLE hub_tenant (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  organisation uuid UNIQUE,
  replica uuid,
  seed bytea NOT NULL,
  epoch uuid NOT NULL,
  head bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

CREATE TABLE hub_entry (
  tenant uuid NOT NULL,
  number bigint NOT NULL,
  kind smallint NOT NULL,
  replica uuid NOT NULL,
  first_seq bigint NOT NULL,
  last_seq bigint NOT NULL,
  head bytea NOT NULL,
  bytes bytea NOT NULL,
  PRIMARY KEY (tenant, number, kind)
) PARTITION BY HASH (tenant);
-- Hashes, signatures and sealed fields: nothing to compress.
ALTER TABLE hub_entry ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- Boxes lie in tables of their own: what is erased leaves the files only when a table is written anew, and these are
-- small. Whatever else stands in a log is never changed.
DO $$
BEGIN
  FOR part IN 0..15 LOOP
    EXECUTE format ('CREATE TABLE hub_entry_%s PARTITION OF hub_entry FOR VALUES WITH (MODULUS 16, REMAINDER %s) '
                    'PARTITION BY LIST (kind)', part, part);
    EXECUTE format ('CREATE TABLE hub_segment_%s PARTITION OF hub_entry_%s DEFAULT', part, part);
    EXECUTE format ('CREATE TABLE hub_box_%s PARTITION OF hub_entry_%s FOR VALUES IN (2)', part, part);
  END LOOP;
END
$$;

-- Where each chain ends is the first entry of each replica here: cheaper than a row of its own that every append changes.
CREATE INDEX hub_entry_chain ON hub_entry (tenant, replica, last_seq DESC, number) WHERE kind = 1;

CREATE TABLE hub_code (
  hash bytea PRIMARY KEY,
  tenant uuid NOT NULL,
  expires_ms bigint NOT NULL,
  request uuid
);

-- Of minutes; a crash may take them.
CREATE UNLOGGED TABLE hub_nonce (
  replica uuid NOT NULL,
  nonce uuid NOT NULL,
  at_ms bigint NOT NULL,
  PRIMARY KEY (replica, nonce)
);
CREATE INDEX hub_nonce_at ON hub_nonce (at_ms);
