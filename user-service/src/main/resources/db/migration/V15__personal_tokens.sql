CREATE TABLE personal_tokens (
    id         uuid PRIMARY KEY,
    -- The user, or the bot, that the token speaks for.
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    name       varchar(64) NOT NULL,
    -- SHA-256, base64url.
    hash       varchar(43) COLLATE "C" NOT NULL UNIQUE,
    -- Words as in a claim "scope".
    scopes     varchar(255) NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);
CREATE INDEX personal_tokens_by_account ON personal_tokens (account_id, created_at);
