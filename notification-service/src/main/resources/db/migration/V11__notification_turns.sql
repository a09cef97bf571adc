-- Whose turn it is, however much else is due.
CREATE INDEX CONCURRENTLY notifications_turns ON notifications (turn_at) WHERE due_at IS NOT NULL;
