-- Each change of settings takes the next: a version never comes again, even of what was deleted meanwhile.
CREATE SEQUENCE settings_versions;

-- How a user wants to be notified everywhere. NULL: what the installation says.
CREATE TABLE notification_settings (
    user_id uuid PRIMARY KEY,
    version bigint NOT NULL,
    push_level text,
    push_temporary_level text,
    push_temporary_until timestamptz,
    email_level text,
    email_temporary_level text,
    email_temporary_until timestamptz,
    -- A JSON array, sealed; read only to show it to its owner.
    keywords text,
    -- For each keyword its length and a keyed hash, one after the other: what messages are matched with.
    keyword_hashes bytea NOT NULL DEFAULT '',
    preview boolean,
    time_zone text,
    -- A JSON array of {days, from, to}.
    quiet_hours text,
    always_push boolean NOT NULL,
    max_group_size integer,
    digest boolean,
    digest_after_minutes integer,
    changed_at timestamptz NOT NULL,
    CONSTRAINT notification_settings_levels CHECK (
        push_level IN ('ALL', 'MENTIONS', 'NONE') AND email_level IN ('ALL', 'MENTIONS', 'NONE')
        AND push_temporary_level IN ('ALL', 'MENTIONS', 'NONE') AND email_temporary_level IN ('ALL', 'MENTIONS', 'NONE')),
    CONSTRAINT notification_settings_temporary CHECK (
        (push_temporary_level IS NULL) = (push_temporary_until IS NULL)
        AND (email_temporary_level IS NULL) = (email_temporary_until IS NULL))
);

-- The levels of single conversations and threads. NULL: what the conversation, or everywhere, says.
CREATE TABLE notification_overrides (
    user_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    -- The root's; 0 for the conversation itself.
    thread_seq bigint NOT NULL,
    version bigint NOT NULL,
    push_level text,
    push_temporary_level text,
    push_temporary_until timestamptz,
    email_level text,
    email_temporary_level text,
    email_temporary_until timestamptz,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, conversation_id, thread_seq),
    CONSTRAINT notification_overrides_levels CHECK (
        push_level IN ('ALL', 'MENTIONS', 'NONE') AND email_level IN ('ALL', 'MENTIONS', 'NONE')
        AND push_temporary_level IN ('ALL', 'MENTIONS', 'NONE') AND email_temporary_level IN ('ALL', 'MENTIONS', 'NONE')),
    CONSTRAINT notification_overrides_temporary CHECK (
        (push_temporary_level IS NULL) = (push_temporary_until IS NULL)
        AND (email_temporary_level IS NULL) = (email_temporary_until IS NULL))
);

-- Those that say nothing any more once their time is over.
CREATE INDEX notification_overrides_passing ON notification_overrides
    (greatest(push_temporary_until, email_temporary_until))
    WHERE push_level IS NULL AND email_level IS NULL;

-- Events that RabbitMQ has not confirmed yet. Order is kept within an exchange.
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    payload text NOT NULL,
    created_at timestamptz NOT NULL,
    exchange varchar(255) NOT NULL,
    routing_key varchar(255) NOT NULL,
    message_id varchar(255) NOT NULL,
    traceparent varchar(55)
);

CREATE INDEX outbox_by_exchange ON outbox (exchange, id);

-- What was erased of the above.
ALTER TABLE erasures ADD COLUMN settings bigint NOT NULL DEFAULT 0;
