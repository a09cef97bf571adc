package io.parley.message.chat;

import io.parley.common.ids.ConversationId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a device has received of many conversations.
 *
 * @param heads the last event of each
 */
public record DeliveredHeads(@Nullable Map<ConversationId, Long> heads) {

  static final int MAX = 100;

  /**
   * @throws ProblemException 400 {@code invalid-request}
   */
  Map<ConversationId, Long> checked() {
    if (heads == null || heads.size() > MAX) {
      throw new ProblemException(
          CommonProblem.INVALID_REQUEST, "heads: must name up to " + MAX + " conversations");
    }
    heads.forEach(
        (conversation, seq) -> {
          if (seq == null || seq < 0) {
            throw new ProblemException(
                CommonProblem.INVALID_REQUEST, "heads: the seq of " + conversation + " is not one");
          }
        });
    return heads;
  }
}
