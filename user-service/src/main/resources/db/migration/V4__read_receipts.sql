-- Whether others see how far the account has received and read, and the account how far they have.
ALTER TABLE privacy_settings ADD COLUMN read_receipts boolean NOT NULL DEFAULT true;
