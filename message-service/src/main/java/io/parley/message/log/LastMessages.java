package io.parley.message.log;

import io.parley.common.ids.ConversationId;
import io.parley.message.log.RedisLastMessages.LastMessage;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** Where something was last said, as the log has it. */
@Service
public class LastMessages {

  private final RedisLastMessages known;
  private final LogReader reader;

  LastMessages(RedisLastMessages known, LogReader reader) {
    this.known = known;
    this.reader = reader;
  }

  /**
   * Reads the log, and has Redis know it from now on.
   *
   * @return null when nothing was ever put into the log
   * @throws io.parley.common.problems.ProblemException 503
   */
  public @Nullable LastMessage find(ConversationId conversation) {
    List<LogEvent> newest = reader.messagesBefore(conversation, Long.MAX_VALUE, 1, 1);
    LogEvent event = newest.isEmpty() ? reader.at(conversation, 1) : newest.get(0);
    if (event == null) {
      return null;
    }
    return known.found(conversation, newest.isEmpty() ? 0 : event.seq(), event.at());
  }
}
