package io.parley.message.mention;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where users are mentioned. Every method throws a {@link
 * io.parley.common.problems.ProblemException} 503 when the store does not answer: what was to be
 * written may be written or not, or be written later.
 */
interface MentionStore {

  /**
   * Where a message is.
   *
   * @param expiresAt when it disappears, and mentions nobody any more; null: never
   */
  record Place(ConversationId conversation, long seq, @Nullable Instant expiresAt) {}

  /** A message that mentions all of a group. */
  record ToAll(long seq, @Nullable UserId author) {}

  /**
   * Notes whom a message mentions; returns when it is durable. Of what is said of one user and one
   * message that of the highest version stays, in whatever order it comes.
   *
   * @param users those who are mentioned by name, or are no more
   * @param toAll whether all of the group are; null: nothing is said about that
   * @param version the seq of the event that says so
   */
  void put(
      Place message,
      UserId author,
      Map<UserId, Boolean> users,
      @Nullable Boolean toAll,
      long version);

  /**
   * The newest message that has ever named the user in each of the conversations where there is
   * one.
   */
  Map<ConversationId, Long> newest(UserId user, Collection<ConversationId> conversations);

  /** Messages with {@code after < seq <= last} that name the user, the newest ones. */
  Set<Long> naming(UserId user, ConversationId conversation, long after, long last, int limit);

  /** Messages with {@code after < seq <= last} to all, the newest ones. */
  List<ToAll> toAll(ConversationId conversation, long after, long last, int limit);

  /** Those of some messages that name the user, or mention all of the group. */
  Set<Long> among(UserId user, ConversationId conversation, boolean isGroup, Collection<Long> seqs);

  /** Forgets everything that names the user; done again after a failure, it goes on. */
  void forget(UserId user);
}
