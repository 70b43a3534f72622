-- SPDX-License-Identifier: GPL-3.0-or-later
-- Where rights lie when there is a hub: src/engine/README.md "Where rights lie".

ALTER TABLE device ADD COLUMN role TEXT;              -- null: a desk or a kiosk; 'hub'
ALTER TABLE location ADD COLUMN door_device_id BLOB;  -- who holds the walk-in reserve; null: the first enrolled there
CREATE INDEX lot_forever ON lot (id) WHERE expires_ms IS NULL;  -- credits that never end, to look through those that count

INSERT INTO local_meta (key, value) VALUES ('rebuild', 1) ON CONFLICT (key) DO UPDATE SET value = excluded.value;
