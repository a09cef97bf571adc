ALTER TABLE accounts DROP COLUMN claimed_email;
