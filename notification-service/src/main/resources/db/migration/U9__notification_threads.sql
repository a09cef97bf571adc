ALTER TABLE notifications DROP COLUMN thread_seq;
