-- Whom to push to: read by user for each missed message, by token when one is registered.
CREATE TABLE devices (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    platform text NOT NULL,
    token text NOT NULL,
    -- SHA-256 of the token: a token may be longer than an index entry.
    token_hash bytea NOT NULL,
    created_at timestamptz NOT NULL,
    -- The last registration: clients repeat it whenever they start.
    seen_at timestamptz NOT NULL,
    CONSTRAINT devices_platform CHECK (platform IN ('ANDROID', 'IOS', 'WEB'))
);

CREATE UNIQUE INDEX devices_by_token_hash ON devices (token_hash);
CREATE INDEX devices_by_user ON devices (user_id, created_at, id);

-- One row per device and message, made before the push is sent: a second delivery of the same event finds it.
-- No foreign key to devices: what was sent stays known after the device is gone.
CREATE TABLE push_deliveries (
    device_id uuid NOT NULL,
    message_id text NOT NULL,
    state text NOT NULL,
    -- The attempt that holds the row while it is CLAIMED, and until when without being renewed.
    claim uuid NOT NULL,
    lease_until timestamptz,
    -- FCM's error code, when it gave one.
    error text,
    at timestamptz NOT NULL,
    PRIMARY KEY (device_id, message_id),
    CONSTRAINT push_deliveries_state CHECK (state IN ('CLAIMED', 'SENT', 'DEFERRED', 'GONE', 'REFUSED', 'SKIPPED'))
);

CREATE INDEX push_deliveries_claimed ON push_deliveries (claim) WHERE state = 'CLAIMED';
CREATE INDEX push_deliveries_by_age ON push_deliveries (at);

-- One row per requested mail, made before it is handed to the mail server: a repeat of the request finds it.
-- No address and no user: what the mail says is known to the queue alone, sealed.
CREATE TABLE mails (
    id uuid PRIMARY KEY,
    template text,
    state text NOT NULL,
    -- The attempt that holds the row while it is CLAIMED, and until when.
    claim uuid NOT NULL,
    lease_until timestamptz,
    -- The mail server's reply code, or the kind of failure.
    error text,
    expires_at timestamptz NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT mails_state CHECK (state IN ('CLAIMED', 'SENT', 'DEFERRED', 'REFUSED', 'EXPIRED'))
);

CREATE INDEX mails_by_age ON mails (greatest(at, expires_at));

-- Users who were erased here, and how much of theirs: a repeated request is answered with the same numbers, and a
-- token that is still good for some minutes registers no device any more. An id that leads nowhere else.
CREATE TABLE erasures (
    user_id uuid PRIMARY KEY,
    erasure_id uuid NOT NULL,
    devices bigint NOT NULL,
    pushes bigint NOT NULL,
    at timestamptz NOT NULL
);
