-- What may have to be told to whom: a row for each message and recipient who has a device. Nothing that people wrote is
-- in it.
CREATE TABLE notifications (
    user_id uuid NOT NULL,
    message_id text NOT NULL,
    conversation_id uuid NOT NULL,
    conversation_kind text NOT NULL,
    seq bigint NOT NULL,
    sender_id uuid NOT NULL,
    sent_at timestamptz NOT NULL,
    expires_at timestamptz,
    state text NOT NULL,
    -- Why it was decided so; while it waits, why it still does.
    reason text,
    decided_at timestamptz,
    -- Why what rang was taken away again.
    ended text,
    -- When there is something to do, null when there is not.
    due_at timestamptz,
    -- Of what is due, in which order: the recipients of a large group let others pass.
    turn_at timestamptz NOT NULL,
    -- The attempt that has it in hand, and until when without being renewed. Not indexed, so that taking a row rewrites
    -- no index.
    claim uuid,
    lease_until timestamptz,
    -- How often this service failed on it.
    failures integer NOT NULL DEFAULT 0,
    -- How often it was read, edited or deleted: one that happens while the row is in hand is not missed.
    changes integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, message_id),
    CONSTRAINT notifications_state CHECK (state IN ('WAITING', 'RINGING', 'RANG', 'FAILED', 'SILENT', 'WITHDRAWN'))
) WITH (fillfactor = 70);

CREATE INDEX notifications_due ON notifications (due_at) WHERE due_at IS NOT NULL;
-- What reading can still change.
CREATE INDEX notifications_open ON notifications (user_id, conversation_id, seq)
    WHERE state IN ('WAITING', 'RINGING', 'RANG', 'FAILED');
-- Changes of a message, and the question what was decided about it.
CREATE INDEX notifications_by_message ON notifications (conversation_id, seq, user_id);
CREATE INDEX notifications_by_age ON notifications USING brin (created_at) WITH (pages_per_range = 32, autosummarize = on);

-- A delivery is now what a device was last sent about a message: that it rang, that its words changed, or that it was
-- taken away. Rows from before have neither user nor conversation.
ALTER TABLE push_deliveries ADD COLUMN user_id uuid;
ALTER TABLE push_deliveries ADD COLUMN conversation_id uuid;
ALTER TABLE push_deliveries ADD COLUMN kind text NOT NULL DEFAULT 'RING';
-- Of the words, ascending.
ALTER TABLE push_deliveries ADD COLUMN version bigint NOT NULL DEFAULT 0;
ALTER TABLE push_deliveries ADD COLUMN tries integer NOT NULL DEFAULT 0;
-- Not to be tried before, while it is DEFERRED.
ALTER TABLE push_deliveries ADD COLUMN retry_at timestamptz;
ALTER TABLE push_deliveries ADD CONSTRAINT push_deliveries_kind CHECK (kind IN ('RING', 'UPDATE', 'WITHDRAW'));

ALTER TABLE erasures ADD COLUMN notifications bigint NOT NULL DEFAULT 0;
