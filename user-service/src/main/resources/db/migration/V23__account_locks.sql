-- Why accounts are locked. accounts.locked is what counts; this row says the rest.
CREATE TABLE account_locks (
    account_id uuid PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    reason     varchar(200) NOT NULL,
    -- Null until somebody unlocks it.
    until      timestamptz,
    -- No reference: it outlives the account of who did it.
    locked_by  uuid NOT NULL,
    locked_at  timestamptz NOT NULL
);
CREATE INDEX account_locks_by_end ON account_locks (until) WHERE until IS NOT NULL;
