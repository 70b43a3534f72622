-- SPDX-License-Identifier: GPL-3.0-or-later
-- This device and its hub: sync/README.md "The agent". Nothing of it is part of the state that devices share.

CREATE TABLE local_hub (                      -- the hub that this device is paired with, and how far they have come
  one INTEGER PRIMARY KEY CHECK (one = 1),
  url TEXT NOT NULL,
  account BLOB,                               -- its name for the organisation, where it told
  replica BLOB NOT NULL, public_key BLOB NOT NULL,
  pins TEXT, own_ca INTEGER NOT NULL, plain INTEGER NOT NULL,
  epoch BLOB, cursor INTEGER NOT NULL DEFAULT 0,
  own_replica BLOB, own_seq INTEGER NOT NULL DEFAULT 0, -- of whose operations it holds so many: ours, as it said last
  full_ms INTEGER NOT NULL DEFAULT 0          -- when it last lacked nothing that others wrote and this device holds
) STRICT;

CREATE TABLE local_contact (                  -- for people: src/engine/sync-status.h
  one INTEGER PRIMARY KEY CHECK (one = 1),
  hub_ms INTEGER NOT NULL DEFAULT 0,          -- when the hub last answered
  refused TEXT, refused_ms INTEGER,           -- what the hub said instead, last
  offset_ms INTEGER, offset_at_ms INTEGER,    -- the hub's clock less this one's
  ahead_ms INTEGER NOT NULL DEFAULT 0         -- by how much this clock was ahead since it was last right
) STRICT;

CREATE TABLE local_neighbour (                -- other devices of the studio that have answered on the LAN
  replica BLOB PRIMARY KEY,
  heard_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
