DROP TABLE mail_bounces;
ALTER TABLE mails DROP COLUMN recipient;
