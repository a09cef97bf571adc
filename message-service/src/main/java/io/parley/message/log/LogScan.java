package io.parley.message.log;

import io.parley.common.ids.ConversationId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.util.List;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;

/** Reads whole logs: a hole on the way is waited for until it is written or declared void. */
@Component
public class LogScan {

  private static final int PAGE = 500;
  private static final long HEALING_PAUSE_MILLIS = 250;
  private static final int HEALING_PAUSES = 120;

  private final LogReader log;

  LogScan(LogReader log) {
    this.log = log;
  }

  /**
   * Everything up to the head of this moment, in pages, oldest first.
   *
   * @throws ProblemException 503, also when a hole does not heal
   */
  public void forEachPage(ConversationId conversation, Consumer<List<LogEvent>> reader) {
    LogHead head = log.head(conversation);
    long end = head == null ? 0 : head.seq();
    int pauses = 0;
    for (long from = 1; from <= end; ) {
      List<LogEvent> page = log.read(conversation, from, PAGE);
      if (page.isEmpty()) {
        if (++pauses > HEALING_PAUSES) {
          throw new ProblemException(CommonProblem.STORE_UNAVAILABLE, "The log has a hole");
        }
        pause();
      } else {
        pauses = 0;
        from = page.get(page.size() - 1).seq() + 1;
        reader.accept(page);
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(HEALING_PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProblemException(CommonProblem.STORE_UNAVAILABLE);
    }
  }
}
