package io.parley.message.thread;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which messages are replies. Every method throws a {@link
 * io.parley.common.problems.ProblemException} 503 when the store does not answer: what was to be
 * written may be written or not, or be written later.
 */
interface ThreadStore {

  /**
   * A reply.
   *
   * @param root what its thread begins with
   * @param author null in rows from before threads could be followed
   * @param expired whether it has disappeared
   */
  record Reply(long seq, long root, @Nullable UserId author, boolean expired) {}

  /**
   * Durable when it returns; twice is once.
   *
   * @param expiresAt when the reply disappears; null: never
   */
  void put(
      ConversationId conversation, long root, long seq, UserId author, @Nullable Instant expiresAt);

  /** The replies of a thread with {@code after < seq <= last}, the oldest ones, in order. */
  List<Long> oldest(ConversationId conversation, long root, long after, long last, int limit);

  /**
   * The replies of a thread with {@code after < seq <= last}, the newest first, without those that
   * have disappeared.
   */
  List<Reply> newest(ConversationId conversation, long root, long after, long last, int limit);

  /** The replies of all threads with {@code after < seq <= last}, the newest first. */
  List<Reply> newestOfAll(ConversationId conversation, long after, long last, int limit);
}
