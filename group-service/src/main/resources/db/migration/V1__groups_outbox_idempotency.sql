CREATE TABLE groups (
    id           uuid PRIMARY KEY,
    name         varchar(100) NOT NULL,
    description  varchar(1000) NOT NULL,
    -- Grows by one with each event; whoever changes it holds the row's lock.
    version      bigint NOT NULL,
    member_count integer NOT NULL,
    created_at   timestamptz NOT NULL
);

CREATE TABLE members (
    group_id  uuid NOT NULL REFERENCES groups ON DELETE CASCADE,
    user_id   uuid NOT NULL,
    role      varchar(16) NOT NULL CHECK (role IN ('OWNER', 'ADMIN', 'MODERATOR', 'MEMBER')),
    joined_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, user_id)
);
-- Serves a user's own groups, newest first (ids are UUIDv7).
CREATE INDEX members_by_user ON members (user_id, group_id);

-- Events that RabbitMQ has not confirmed yet. The id is drawn under the lock of the group's row, so
-- its order is the order of a group's versions.
CREATE TABLE outbox (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    group_id   uuid NOT NULL,
    version    bigint NOT NULL,
    payload    text NOT NULL,
    created_at timestamptz NOT NULL
);

-- What was answered to a POST with an Idempotency-Key.
CREATE TABLE idempotency_keys (
    user_id     uuid NOT NULL,
    key         varchar(64) COLLATE "C" NOT NULL,
    -- SHA-256 of the request, base64url.
    fingerprint varchar(43) NOT NULL,
    -- Null only while the request's transaction runs, hence never seen by another.
    answer      text,
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotency_keys_by_user_and_age ON idempotency_keys (user_id, created_at);
