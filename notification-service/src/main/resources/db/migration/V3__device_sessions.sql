-- How a device is reached, whose login it belongs to, and what it shows. Of a row from before the session is not known:
-- it stays until it is registered again.
ALTER TABLE devices
    ADD COLUMN channel text NOT NULL DEFAULT 'FCM',
    ADD COLUMN name text,
    -- A BCP 47 tag.
    ADD COLUMN locale text,
    -- Of a login, or of a personal token.
    ADD COLUMN session_id uuid,
    -- Of a Web Push subscription, whose endpoint is the token: what a push is encrypted with (RFC 8291).
    ADD COLUMN p256dh bytea,
    ADD COLUMN auth bytea,
    ADD CONSTRAINT devices_channel CHECK (channel IN ('FCM', 'WEB_PUSH')),
    ADD CONSTRAINT devices_keys CHECK (channel <> 'WEB_PUSH' OR (p256dh IS NOT NULL AND auth IS NOT NULL));

CREATE INDEX devices_by_session ON devices (session_id) WHERE session_id IS NOT NULL;

-- Sessions that ended not long ago: an access token that is still good for some minutes registers no device any more.
CREATE TABLE ended_sessions (
    session_id uuid PRIMARY KEY,
    -- When it was heard of.
    at timestamptz NOT NULL
);

CREATE INDEX ended_sessions_by_age ON ended_sessions (at);
