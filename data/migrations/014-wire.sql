-- SPDX-License-Identifier: GPL-3.0-or-later
-- What went over a network already: src/oplog/README.md "Over a network".

-- Keys in the order in which they came here, and who brought them: null for those made here and from sticks.
ALTER TABLE local_keyring ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
ALTER TABLE local_keyring ADD COLUMN came BLOB;
UPDATE local_keyring SET number = n.number
  FROM (SELECT kind, id, row_number () OVER (ORDER BY kind, id) AS number FROM local_keyring) AS n
  WHERE n.kind = local_keyring.kind AND n.id = local_keyring.id;
CREATE INDEX local_keyring_number ON local_keyring (number);

-- What was given through a device. what: 1 keys for the device about, up to a number; 2 both histories of the cloned device
-- about, by how much there was of them. pending: on its way under ticket; given once the other side has answered.
CREATE TABLE local_given (
  via BLOB NOT NULL, what INTEGER NOT NULL, about BLOB NOT NULL,
  given INTEGER NOT NULL DEFAULT 0, pending INTEGER NOT NULL, ticket INTEGER NOT NULL,
  PRIMARY KEY (via, what, about)
) STRICT, WITHOUT ROWID;
