-- Mails of what was missed: a row for each user who has missed something, or has had such a mail.
CREATE TABLE digests (
    user_id uuid PRIMARY KEY,
    -- When the oldest message was sent that no mail has told of. NULL: there is none.
    since timestamptz,
    -- No mail before: the last one, quiet hours, one that is under way.
    not_before timestamptz,
    -- The mail that is under way.
    mail_id uuid,
    -- The newest message in it, while it may have been handed in: it is not written again then.
    covers timestamptz,
    -- The newest message that was told of, or that there was no need to tell of.
    told_through timestamptz,
    -- Mails since the user last read anything.
    in_a_row integer NOT NULL DEFAULT 0
);

CREATE INDEX digests_due ON digests (since) WHERE since IS NOT NULL;

-- Up to when notifications were looked through for what was missed. One row: who holds it does the work.
CREATE TABLE digest_scans (
    through timestamptz NOT NULL
);
INSERT INTO digest_scans VALUES (now());

-- The rows of those who have no device, and only their digests need them, wait without being due.

-- A mail that is written when it is sent may turn out to have nothing to say.
ALTER TABLE mails DROP CONSTRAINT mails_state;
ALTER TABLE mails ADD CONSTRAINT mails_state
    CHECK (state IN ('CLAIMED', 'SENT', 'DEFERRED', 'REFUSED', 'EXPIRED', 'NEEDLESS'));
