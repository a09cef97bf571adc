UPDATE mails SET state = 'EXPIRED' WHERE state = 'NEEDLESS';
ALTER TABLE mails DROP CONSTRAINT mails_state;
ALTER TABLE mails ADD CONSTRAINT mails_state
    CHECK (state IN ('CLAIMED', 'SENT', 'DEFERRED', 'REFUSED', 'EXPIRED'));
DROP TABLE digest_scans;
DROP TABLE digests;
