-- The trace of the request that has appended an event (W3C Trace Context); null without traces.
ALTER TABLE outbox ADD COLUMN traceparent varchar(55);
