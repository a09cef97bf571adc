-- Collation "C" makes the order of usernames, and with it a search cursor, the same on every server,
-- and lets an index serve a prefix as a range.
CREATE TABLE accounts (
    id                  uuid PRIMARY KEY,
    username            varchar(32) COLLATE "C" NOT NULL,
    -- Bots have none.
    email               varchar(254),
    display_name        varchar(64) NOT NULL,
    -- NFKC and lower case, folded by the service: lower() depends on the server's locale.
    display_name_folded text COLLATE "C" NOT NULL,
    created_at          timestamptz NOT NULL,
    kind                varchar(8) NOT NULL DEFAULT 'USER',
    -- Of a bot; null for people.
    owner_id            uuid REFERENCES accounts ON DELETE CASCADE,
    role                varchar(16) NOT NULL DEFAULT 'USER',
    -- Null until somebody has shown to read mail at the address.
    email_verified_at   timestamptz,
    locked              boolean NOT NULL DEFAULT false,
    bio                 varchar(500),
    -- BCP 47, in canonical form.
    locale              varchar(35),
    -- IANA.
    time_zone           varchar(64),
    -- Another picture has another tag; null without one.
    avatar              varchar(22) COLLATE "C"
);
-- Serves login and the search by username.
CREATE UNIQUE INDEX accounts_username_key ON accounts (username);
CREATE UNIQUE INDEX accounts_email_key ON accounts (lower(email));
CREATE INDEX accounts_by_display_name ON accounts (display_name_folded);
CREATE INDEX accounts_by_owner ON accounts (owner_id) WHERE owner_id IS NOT NULL;

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

CREATE TABLE credentials (
    account_id    uuid PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    -- Argon2id with its parameters, as the PHC string format has it.
    password_hash varchar(255) NOT NULL,
    changed_at    timestamptz NOT NULL
);

-- One row per login; its refresh tokens are one family. Ending a session deletes the row.
CREATE TABLE sessions (
    id         uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    used_at    timestamptz NOT NULL,
    -- Moves forward with each refresh.
    expires_at timestamptz NOT NULL,
    device     varchar(64) NOT NULL DEFAULT 'Unknown device',
    address    varchar(64) NOT NULL DEFAULT 'unknown'
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
-- Serves the end of a refresh token's siblings.
CREATE INDEX refresh_tokens_by_parent ON refresh_tokens (parent_hash) WHERE used_at IS NULL;

-- Sessions and personal tokens that have ended, until the fleet is told.
CREATE TABLE ended_sessions (
    id         uuid PRIMARY KEY,
    account_id uuid NOT NULL,
    ended_at   timestamptz NOT NULL
);
CREATE INDEX ended_sessions_by_time ON ended_sessions (ended_at);

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

CREATE TABLE signing_keys (
    id                  varchar(64) PRIMARY KEY,
    -- PKCS #8, wrapped with a key derived from PARLEY_SECRET.
    wrapped_private_key bytea NOT NULL,
    -- X.509 SubjectPublicKeyInfo.
    public_key          bytea NOT NULL,
    created_at          timestamptz NOT NULL,
    -- From then on its tokens are refused.
    retired_at          timestamptz,
    -- A key is published before it signs, so that everybody has it by then.
    signs_from          timestamptz NOT NULL
);

-- Apart from accounts, whose rows are read far more often than pictures are.
CREATE TABLE avatars (
    account_id uuid PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    -- At most 256 by 256 pixels: up to some 200 kB, compressed already.
    png        bytea STORAGE EXTERNAL NOT NULL
);

-- Without a row everything is for everyone.
CREATE TABLE privacy_settings (
    account_id   uuid PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    -- everyone, contacts (those whom the account has as contacts), nobody
    discoverable varchar(8) NOT NULL,
    profile      varchar(8) NOT NULL
);

CREATE TABLE contacts (
    owner   uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    contact uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    since   timestamptz NOT NULL,
    PRIMARY KEY (owner, contact)
);
-- Serves deleting an account and a block.
CREATE INDEX contacts_by_contact ON contacts (contact);

CREATE TABLE blocks (
    blocker uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    blocked uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    -- Of the change that made it.
    version bigint NOT NULL,
    since   timestamptz NOT NULL,
    PRIMARY KEY (blocker, blocked)
);
CREATE INDEX blocks_by_blocked ON blocks (blocked);
-- Serves the pages of all blocks that other services rebuild from.
CREATE UNIQUE INDEX blocks_by_version ON blocks (version);

-- Numbers blocking and letting go. Taken under the locks of both accounts: of one pair they only grow.
CREATE SEQUENCE block_versions;

-- What is known of an account that is gone: its id and how far the other services are. Nothing else.
CREATE TABLE erasures (
    id           uuid PRIMARY KEY,
    user_id      uuid NOT NULL UNIQUE,
    -- The erasure of its owner, for a bot.
    parent       uuid REFERENCES erasures ON DELETE CASCADE,
    messages     varchar(16) NOT NULL,
    -- SHA-256 of the token that the state is asked with, base64url; null for bots.
    status_hash  varchar(43) COLLATE "C" UNIQUE,
    requested_at timestamptz NOT NULL,
    -- When the services were last asked.
    asked_at     timestamptz NOT NULL,
    -- Set once every service has answered.
    done_at      timestamptz
);
CREATE INDEX erasures_open ON erasures (asked_at) WHERE done_at IS NULL;
CREATE INDEX erasures_done ON erasures (done_at) WHERE done_at IS NOT NULL;
CREATE INDEX erasures_by_parent ON erasures (parent) WHERE parent IS NOT NULL;

CREATE TABLE erasure_answers (
    erasure_id  uuid NOT NULL REFERENCES erasures ON DELETE CASCADE,
    service     varchar(64) NOT NULL,
    answered_at timestamptz NOT NULL,
    PRIMARY KEY (erasure_id, service)
);

-- Nobody gets the name of somebody who is gone, and no name is kept in plain: HMAC-SHA-256 under a
-- key derived from PARLEY_SECRET, base64url.
CREATE TABLE retired_usernames (
    hash varchar(43) COLLATE "C" PRIMARY KEY
);

-- When each account was last exported.
CREATE TABLE account_exports (
    account_id  uuid PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    exported_at timestamptz NOT NULL
);

-- Who did what to whom. Nothing in it is changed or dropped, whoever asks: see the triggers.
CREATE TABLE audit_events (
    id          uuid PRIMARY KEY,
    at          timestamptz NOT NULL,
    service     varchar(64) NOT NULL,
    -- No reference: an entry outlives its account.
    actor       uuid,
    action      varchar(64) NOT NULL,
    target_type varchar(32) NOT NULL,
    target_id   varchar(128),
    address     varchar(64),
    request_id  varchar(64),
    details     jsonb NOT NULL
);
-- Each serves one filter of the query, newest first; the others narrow what it finds.
CREATE INDEX audit_events_by_time ON audit_events (at DESC, id DESC);
CREATE INDEX audit_events_by_actor ON audit_events (actor, at DESC, id DESC) WHERE actor IS NOT NULL;
CREATE INDEX audit_events_by_target ON audit_events (target_id, at DESC, id DESC) WHERE target_id IS NOT NULL;

CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_events is append-only' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER audit_events_are_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

-- Events that RabbitMQ has not confirmed yet. Order is kept within an exchange.
CREATE TABLE outbox (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    exchange    varchar(255) NOT NULL,
    routing_key varchar(255) NOT NULL,
    message_id  varchar(255) NOT NULL,
    payload     text NOT NULL,
    created_at  timestamptz NOT NULL
);
CREATE INDEX outbox_by_exchange ON outbox (exchange, id);
