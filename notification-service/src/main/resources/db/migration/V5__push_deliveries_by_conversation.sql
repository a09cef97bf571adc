-- What a user's devices were sent about a conversation or one of its messages.
CREATE INDEX CONCURRENTLY push_deliveries_by_conversation ON push_deliveries (user_id, conversation_id, message_id)
    WHERE user_id IS NOT NULL;
