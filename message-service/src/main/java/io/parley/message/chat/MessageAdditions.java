package io.parley.message.chat;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.log.LogEvent;
import java.util.List;
import java.util.Map;

/** What is shown with messages beside what the log itself says of them. */
public interface MessageAdditions {

  /**
   * @param members of a JSON object, without its braces; not empty
   * @param version the seq of the event that made it so
   */
  record Addition(String members, long version) {}

  /** Whether there may be anything for a message; a look at the message only. */
  boolean isFor(LogEvent message);

  /**
   * @param messages those it {@link #isFor}, at least one
   * @return by the seqs of messages; a message may be missing
   * @throws io.parley.common.problems.ProblemException 503 when a store does not answer
   */
  Map<Long, Addition> of(ConversationId conversation, UserId viewer, List<LogEvent> messages);
}
