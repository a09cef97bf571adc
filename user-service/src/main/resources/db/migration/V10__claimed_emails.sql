-- An address that was another account's when this one asked for it: shown to its user, and nothing else, until it is verified.
ALTER TABLE accounts ADD COLUMN claimed_email varchar(254);
