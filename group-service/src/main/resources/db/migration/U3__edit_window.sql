ALTER TABLE groups DROP COLUMN edit_seconds;
