-- How long after it was sent a message of the group can be edited; 0: never.
ALTER TABLE groups ADD COLUMN edit_seconds integer NOT NULL DEFAULT 86400 CHECK (edit_seconds >= 0);
