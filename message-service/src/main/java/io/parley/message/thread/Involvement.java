package io.parley.message.thread;

import io.parley.common.ids.UserId;
import io.parley.message.log.LogEvent;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Who is drawn into threads by what is said in them. */
public interface Involvement {

  /**
   * Whom a reply draws in. To be called when the reply is noted with its thread, and waited for.
   *
   * @throws io.parley.common.problems.ProblemException 503
   */
  CompletableFuture<?> replied(LogEvent reply);

  /**
   * A message was edited and names these now: if it is in a thread, they follow it. To be called
   * when it shows its new text, as who replies for the first time reads whom the root names.
   *
   * @throws io.parley.common.problems.ProblemException 503
   */
  void named(LogEvent message, Set<UserId> users);
}
