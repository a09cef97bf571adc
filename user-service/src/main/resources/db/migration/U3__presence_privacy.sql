ALTER TABLE privacy_settings DROP COLUMN presence, DROP COLUMN last_seen;
