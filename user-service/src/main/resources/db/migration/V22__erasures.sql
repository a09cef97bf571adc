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
