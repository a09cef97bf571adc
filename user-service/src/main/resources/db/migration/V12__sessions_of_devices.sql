ALTER TABLE sessions
    ADD COLUMN device  varchar(64) NOT NULL DEFAULT 'Unknown device',
    ADD COLUMN address varchar(64) NOT NULL DEFAULT 'unknown';

-- Sessions and personal tokens that have ended, until the fleet is told.
CREATE TABLE ended_sessions (
    id         uuid PRIMARY KEY,
    account_id uuid NOT NULL,
    ended_at   timestamptz NOT NULL
);
CREATE INDEX ended_sessions_by_time ON ended_sessions (ended_at);

-- Serves the end of a refresh token's siblings.
CREATE INDEX refresh_tokens_by_parent ON refresh_tokens (parent_hash) WHERE used_at IS NULL;

-- Devices that have logged in before: see OWASP, "device cookies".
CREATE TABLE known_devices (
    -- SHA-256 of the token, base64url.
    hash       varchar(43) COLLATE "C" PRIMARY KEY,
    id         uuid NOT NULL,
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    used_at    timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX known_devices_by_account ON known_devices (account_id, used_at);
