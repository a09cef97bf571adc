-- How long after it was sent a message of the group disappears; 0: never.
ALTER TABLE groups ADD COLUMN expire_seconds integer NOT NULL DEFAULT 0 CHECK (expire_seconds >= 0);
