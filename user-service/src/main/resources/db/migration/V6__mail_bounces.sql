-- Null while mails to the address do not come back; verifying it again sets it to null.
ALTER TABLE accounts ADD COLUMN email_unreachable_at timestamptz;

-- Mails that came back lately.
CREATE TABLE mail_bounces (
    mail_id    uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    -- False: not this mail, or not now.
    hard       boolean NOT NULL,
    at         timestamptz NOT NULL
);
CREATE INDEX mail_bounces_by_account ON mail_bounces (account_id, at);
