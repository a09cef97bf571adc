ALTER TABLE mail_tokens DROP COLUMN session_id;
