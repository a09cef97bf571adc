-- Each serves one filter of the query, newest first; the others narrow what it finds.
CREATE INDEX audit_events_by_time ON audit_events (at DESC, id DESC);
CREATE INDEX audit_events_by_actor ON audit_events (actor, at DESC, id DESC) WHERE actor IS NOT NULL;
CREATE INDEX audit_events_by_target ON audit_events (target_id, at DESC, id DESC) WHERE target_id IS NOT NULL;
