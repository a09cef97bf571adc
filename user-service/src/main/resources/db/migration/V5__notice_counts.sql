-- How many notices of a kind an account's owner was mailed lately, so that nobody can have a mailbox filled.
CREATE TABLE notice_counts (
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    -- The name of the mail's text.
    notice     varchar(32) NOT NULL,
    -- Of the first that is counted; some time after it counting begins anew.
    since      timestamptz NOT NULL,
    count      integer NOT NULL,
    PRIMARY KEY (account_id, notice)
);
