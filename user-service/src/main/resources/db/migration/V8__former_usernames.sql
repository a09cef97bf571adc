-- What accounts were called before. They lead to the account, and are nobody else's, for a time.
CREATE TABLE former_usernames (
    username   varchar(32) COLLATE "C" PRIMARY KEY,
    -- UTS 39, as accounts.username_skeleton.
    skeleton   text COLLATE "C" NOT NULL,
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    until      timestamptz NOT NULL
);
CREATE INDEX former_usernames_by_skeleton ON former_usernames (skeleton);
CREATE INDEX former_usernames_by_account ON former_usernames (account_id);
CREATE INDEX former_usernames_by_end ON former_usernames (until);
