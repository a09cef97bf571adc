-- Sealed by user-service: whose the mail is. It goes back there when the mail bounces, and nobody here can read it.
ALTER TABLE mails ADD COLUMN recipient text;

-- Mails that did not reach their addresses: of several reports on one mail, one counts.
CREATE TABLE mail_bounces (
    mail_id uuid PRIMARY KEY REFERENCES mails ON DELETE CASCADE,
    kind    text NOT NULL,
    -- RFC 3463.
    status  text NOT NULL,
    at      timestamptz NOT NULL,
    CONSTRAINT mail_bounces_kind CHECK (kind IN ('HARD', 'SOFT'))
);
