DROP TABLE mail_bounces;
ALTER TABLE accounts DROP COLUMN email_unreachable_at;
