package io.parley.message.thread;

import io.parley.common.ids.ConversationId;

/** A thread, by the message that it begins with. */
record ThreadKey(ConversationId conversation, long root) {}
