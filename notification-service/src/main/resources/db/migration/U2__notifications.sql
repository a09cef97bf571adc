DROP TABLE notifications;

ALTER TABLE push_deliveries DROP CONSTRAINT push_deliveries_kind;
ALTER TABLE push_deliveries DROP COLUMN retry_at;
ALTER TABLE push_deliveries DROP COLUMN tries;
ALTER TABLE push_deliveries DROP COLUMN version;
ALTER TABLE push_deliveries DROP COLUMN kind;
ALTER TABLE push_deliveries DROP COLUMN conversation_id;
ALTER TABLE push_deliveries DROP COLUMN user_id;

ALTER TABLE erasures DROP COLUMN notifications;
