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

CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_events is append-only' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER audit_events_are_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
