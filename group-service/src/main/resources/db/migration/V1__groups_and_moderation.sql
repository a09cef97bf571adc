CREATE TABLE groups (
    id                uuid PRIMARY KEY,
    name              varchar(100)  NOT NULL,
    description       varchar(1000) NOT NULL,
    -- Grows by one with each event; whoever changes it holds the row's lock.
    version           bigint        NOT NULL,
    member_count      integer       NOT NULL,
    created_at        timestamptz   NOT NULL,
    -- The name in lower case, NFKC: what a search compares. Filled by the service.
    name_key          varchar(400) COLLATE "C" NOT NULL,
    visibility        varchar(8)    NOT NULL DEFAULT 'PRIVATE' CHECK (visibility IN ('PUBLIC', 'PRIVATE')),
    -- How strangers come into a public group.
    joining           varchar(8)    NOT NULL DEFAULT 'OPEN' CHECK (joining IN ('OPEN', 'REQUEST')),
    -- What differs from the usual: "write=moderator pin=member".
    permissions       varchar(300)  NOT NULL DEFAULT '',
    slow_mode_seconds integer       NOT NULL DEFAULT 0 CHECK (slow_mode_seconds >= 0),
    history           varchar(12)   NOT NULL DEFAULT 'ALL' CHECK (history IN ('ALL', 'FROM_JOINING')),
    archived          boolean       NOT NULL DEFAULT false,
    -- Grows with each edit, not with members: the ETag.
    revision          bigint        NOT NULL DEFAULT 1,
    avatar_tag        varchar(22)
);
-- Serves the search of public groups by prefix, which collation C lets an index do.
CREATE INDEX public_groups_by_name ON groups (name_key, id) WHERE visibility = 'PUBLIC';

CREATE TABLE group_avatars (
    group_id uuid PRIMARY KEY REFERENCES groups ON DELETE CASCADE,
    png      bytea NOT NULL
);

CREATE TABLE members (
    group_id    uuid NOT NULL REFERENCES groups ON DELETE CASCADE,
    user_id     uuid NOT NULL,
    role        varchar(16) NOT NULL CHECK (role IN ('OWNER', 'ADMIN', 'MODERATOR', 'MEMBER')),
    joined_at   timestamptz NOT NULL,
    muted_until timestamptz,
    -- What was decided for this member: "write=false moderate=true".
    overrides   varchar(300) NOT NULL DEFAULT '',
    rank        smallint GENERATED ALWAYS AS
        (CASE role WHEN 'OWNER' THEN 0 WHEN 'ADMIN' THEN 1 WHEN 'MODERATOR' THEN 2 ELSE 3 END) STORED,
    PRIMARY KEY (group_id, user_id)
);
-- Serves a user's own groups, newest first (ids are UUIDv7).
CREATE INDEX members_by_user ON members (user_id, group_id);
-- Serves the list of members, highest role first, and the choice of an heir.
CREATE INDEX members_by_rank ON members (group_id, rank, joined_at, user_id);
-- The last line of defence of "exactly one owner"; the first is the lock of the group's row.
CREATE UNIQUE INDEX one_owner ON members (group_id) WHERE role = 'OWNER';

-- Names of users who are in groups, as user-service gave them last: lists of members are searched by them.
CREATE TABLE people (
    user_id      uuid PRIMARY KEY,
    username     varchar(64) COLLATE "C" NOT NULL,
    display_name varchar(200) NOT NULL,
    name_key     varchar(400) COLLATE "C" NOT NULL,
    seen_at      timestamptz NOT NULL
);

CREATE TABLE bans (
    group_id   uuid NOT NULL REFERENCES groups ON DELETE CASCADE,
    user_id    uuid NOT NULL,
    -- Null once the moderator's account is erased.
    banned_by  uuid,
    reason     varchar(500) NOT NULL,
    -- Null: for good.
    until      timestamptz,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, user_id)
);
CREATE INDEX bans_by_user ON bans (user_id);
CREATE INDEX bans_by_moderator ON bans (banned_by);

CREATE TABLE invitation_links (
    id             uuid PRIMARY KEY,
    group_id       uuid NOT NULL REFERENCES groups ON DELETE CASCADE,
    -- SHA-256 of the token, base64url: the token itself is nowhere.
    token_hash     varchar(43) COLLATE "C" NOT NULL UNIQUE,
    role           varchar(16) NOT NULL CHECK (role IN ('ADMIN', 'MODERATOR', 'MEMBER')),
    needs_approval boolean NOT NULL,
    created_by     uuid NOT NULL,
    created_at     timestamptz NOT NULL,
    expires_at     timestamptz,
    max_uses       integer CHECK (max_uses > 0),
    uses           integer NOT NULL DEFAULT 0 CHECK (max_uses IS NULL OR uses <= max_uses),
    revoked        boolean NOT NULL DEFAULT false
);
CREATE INDEX invitation_links_by_group ON invitation_links (group_id, id);
CREATE INDEX invitation_links_by_creator ON invitation_links (created_by);

CREATE TABLE invitations (
    id         uuid PRIMARY KEY,
    group_id   uuid NOT NULL REFERENCES groups ON DELETE CASCADE,
    user_id    uuid NOT NULL,
    role       varchar(16) NOT NULL CHECK (role IN ('ADMIN', 'MODERATOR', 'MEMBER')),
    invited_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    UNIQUE (group_id, user_id)
);
CREATE INDEX invitations_by_user ON invitations (user_id, id);
CREATE INDEX invitations_by_inviter ON invitations (invited_by);

CREATE TABLE join_requests (
    id         uuid PRIMARY KEY,
    group_id   uuid NOT NULL REFERENCES groups ON DELETE CASCADE,
    user_id    uuid NOT NULL,
    text       varchar(500) NOT NULL,
    status     varchar(8) NOT NULL CHECK (status IN ('PENDING', 'DECLINED')),
    created_at timestamptz NOT NULL,
    UNIQUE (group_id, user_id)
);
CREATE INDEX join_requests_by_group ON join_requests (group_id, status, id);
CREATE INDEX join_requests_by_user ON join_requests (user_id);

-- Without a foreign key: a report outlives the group it is about.
CREATE TABLE reports (
    id              uuid PRIMARY KEY,
    -- Null once the reporter's account is erased.
    reporter        uuid,
    group_id        uuid,
    user_id         uuid,
    conversation_id uuid,
    seq             bigint,
    reason          varchar(16) NOT NULL,
    text            varchar(2000) NOT NULL,
    status          varchar(9) NOT NULL CHECK (status IN ('OPEN', 'RESOLVED', 'DISMISSED')),
    created_at      timestamptz NOT NULL,
    resolved_by     uuid,
    resolved_at     timestamptz,
    note            varchar(2000)
);
CREATE INDEX reports_by_status ON reports (status, id);
CREATE INDEX reports_by_group ON reports (group_id, status, id);
CREATE INDEX reports_by_reporter ON reports (reporter);
CREATE INDEX reports_by_user ON reports (user_id);

-- Events that RabbitMQ has not confirmed yet. The id is drawn under the lock of the group's row, so
-- its order is the order of a group's versions. Order is kept within an exchange.
CREATE TABLE outbox (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    payload     text NOT NULL,
    created_at  timestamptz NOT NULL,
    exchange    varchar(255) NOT NULL,
    routing_key varchar(255) NOT NULL,
    message_id  varchar(255) NOT NULL
);
CREATE INDEX outbox_by_exchange ON outbox (exchange, id);

-- What was answered to a POST with an Idempotency-Key.
CREATE TABLE idempotency_keys (
    user_id     uuid NOT NULL,
    key         varchar(64) COLLATE "C" NOT NULL,
    -- SHA-256 of the request, base64url.
    fingerprint varchar(43) NOT NULL,
    -- Sealed. Null only while the request's transaction runs, hence never seen by another.
    answer      text,
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotency_keys_by_user_and_age ON idempotency_keys (user_id, created_at);
