package io.parley.message.command;

import io.parley.common.access.Caller;
import io.parley.common.access.Scope;
import io.parley.common.ids.ConversationId;
import io.parley.common.problems.ProblemException;

/**
 * What a SEND frame to {@code /app/conversations/{id}/…} has done. Each feature has its own; access
 * is checked where the work is done, so it is the same over REST.
 */
public interface ConversationCommand {

  /** A frame's body. */
  interface Body {

    /**
     * @throws ProblemException 400 {@code invalid-request} when it is no such JSON
     */
    <T> T as(Class<T> type);

    boolean isEmpty();
  }

  /**
   * What follows the conversation's id in the destination, such as {@code messages/{seq}/edit};
   * {@code {seq}} stands for the seq of a message.
   */
  String path();

  /** What the connection's token has to be good for. */
  Scope scope();

  /**
   * @param seq what stands for {@code {seq}}; 0 when the path has none
   * @throws ProblemException whatever is wrong with it
   */
  void run(Caller caller, ConversationId conversation, long seq, Body body);
}
