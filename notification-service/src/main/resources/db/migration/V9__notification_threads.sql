-- The thread that a message is a reply in: reading it takes away what rang for its replies. Null: in none, or told by an
-- earlier build.
ALTER TABLE notifications ADD COLUMN thread_seq bigint;
