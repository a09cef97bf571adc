CREATE TABLE totp (
    account_id   uuid PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    -- AES-256-GCM under a key derived from PARLEY_SECRET, bound to the account.
    sealed       varchar(255) NOT NULL,
    -- Null until a first code was right.
    confirmed_at timestamptz,
    -- Of the newest code taken, in 30 s since 1970: no code is taken twice.
    last_step    bigint NOT NULL DEFAULT 0
);
CREATE TABLE recovery_codes (
    account_id uuid NOT NULL REFERENCES totp ON DELETE CASCADE,
    -- SHA-256, base64url.
    hash       varchar(43) COLLATE "C" NOT NULL,
    PRIMARY KEY (account_id, hash)
);
