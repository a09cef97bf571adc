ALTER TABLE groups DROP COLUMN expire_seconds;
