-- The session that asked for another address; the link ends with it. Null for the link of a registration.
ALTER TABLE mail_tokens ADD COLUMN session_id uuid REFERENCES sessions ON DELETE CASCADE;
-- Serves the end of a session.
CREATE INDEX mail_tokens_by_session ON mail_tokens (session_id) WHERE session_id IS NOT NULL;
