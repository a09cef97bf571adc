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
