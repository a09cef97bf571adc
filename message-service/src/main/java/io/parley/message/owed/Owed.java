package io.parley.message.owed;

import io.parley.common.ids.ConversationId;
import io.parley.message.owed.Ledger.Range;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The notes of what each node owes: of each conversation the lowest and the highest seq that it was
 * given there since its note was last cleared. Every method throws when the store does not answer.
 */
interface Owed {

  Map<ConversationId, Range> of(UUID node) throws Exception;

  /** Null when nothing is noted. */
  @Nullable Range of(UUID node, ConversationId conversation) throws Exception;

  /**
   * @param handedOver conversation → the seq up to which nothing is owed any more
   */
  void clear(UUID node, Map<ConversationId, Long> handedOver) throws Exception;

  /** Widens the notes. */
  void note(UUID node, Map<ConversationId, Range> owed) throws Exception;

  /** They are kept for their whole life from now on. */
  void keep(UUID node) throws Exception;
}
