package io.parley.message.deletion;

import io.parley.common.ids.ConversationId;
import java.util.Collection;
import java.util.Set;

/**
 * The decisions to delete messages. Every method throws a {@link
 * io.parley.common.problems.ProblemException} 503 when the store does not answer: what was to be
 * written may be written or not, or be written later.
 */
interface DeletionStore {

  /** What is decided for this message: this, unless another decision came first. */
  Deletion decide(Deletion wanted);

  /** Notes with a decision which event says so. */
  void completed(Deletion deletion, long eventSeq);

  /** How many messages behind {@code seq} were deleted, up to {@code head}. */
  long countAfter(ConversationId conversation, long seq, long head);

  /** Those of the messages that were deleted. */
  Set<Long> among(ConversationId conversation, Collection<Long> seqs);
}
