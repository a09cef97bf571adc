-- What was sent by mail and has not come back yet. One row for a purpose: the newest mail counts.
CREATE TABLE mail_tokens (
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    purpose    varchar(16) NOT NULL,
    -- SHA-256 of the token, base64url.
    hash       varchar(43) COLLATE "C" NOT NULL UNIQUE,
    -- Where it was sent.
    email      varchar(254) NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, purpose)
);
