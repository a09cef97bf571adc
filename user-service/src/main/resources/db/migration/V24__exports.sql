-- When each account was last exported.
CREATE TABLE account_exports (
    account_id  uuid PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    exported_at timestamptz NOT NULL
);
