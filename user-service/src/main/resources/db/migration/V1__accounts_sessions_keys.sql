-- Collation "C" makes the order of usernames, and with it a search cursor, the same on every server,
-- and lets an index serve a prefix as a range.
CREATE TABLE accounts (
    id                  uuid PRIMARY KEY,
    username            varchar(32) COLLATE "C" NOT NULL,
    email               varchar(254) NOT NULL,
    display_name        varchar(64) NOT NULL,
    -- NFKC and lower case, folded by the service: lower() depends on the server's locale.
    display_name_folded text COLLATE "C" NOT NULL,
    password_hash       varchar(255) NOT NULL,
    created_at          timestamptz NOT NULL
);
-- Serves login and the search by username.
CREATE UNIQUE INDEX accounts_username_key ON accounts (username);
CREATE UNIQUE INDEX accounts_email_key ON accounts (lower(email));
CREATE INDEX accounts_by_display_name ON accounts (display_name_folded);

-- One row per login; its refresh tokens are one family. Ending a session deletes the row.
CREATE TABLE sessions (
    id         uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    used_at    timestamptz NOT NULL,
    -- Moves forward with each refresh.
    expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_by_account ON sessions (account_id, expires_at);

CREATE TABLE refresh_tokens (
    -- SHA-256 of the token, base64url.
    hash        varchar(43) COLLATE "C" PRIMARY KEY,
    session_id  uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
    -- The token that was exchanged for this one; null for the first of a session.
    parent_hash varchar(43) COLLATE "C",
    -- Null until the token is exchanged.
    used_at     timestamptz,
    -- Until when a used token may be exchanged again, because its answer may have been lost.
    retry_until timestamptz
);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id, used_at);

CREATE TABLE signing_keys (
    id                  varchar(64) PRIMARY KEY,
    -- PKCS #8, wrapped with a key derived from PARLEY_SECRET.
    wrapped_private_key bytea NOT NULL,
    -- X.509 SubjectPublicKeyInfo.
    public_key          bytea NOT NULL,
    created_at          timestamptz NOT NULL,
    -- From then on its tokens are refused.
    retired_at          timestamptz
);
