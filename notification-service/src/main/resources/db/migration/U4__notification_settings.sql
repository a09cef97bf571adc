ALTER TABLE erasures DROP COLUMN settings;
DROP TABLE outbox;
DROP TABLE notification_overrides;
DROP TABLE notification_settings;
DROP SEQUENCE settings_versions;
