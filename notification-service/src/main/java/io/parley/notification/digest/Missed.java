package io.parley.notification.digest;

import io.parley.common.ids.ConversationId;
import java.time.Instant;

/** A message that a mail may have to tell of. */
record Missed(ConversationId conversation, long seq, Instant sentAt) {}
