package io.parley.message.pin;

import io.parley.common.ids.ConversationId;

/**
 * What is pinned in each conversation. Every method throws a {@link
 * io.parley.common.problems.ProblemException} 503 when the store does not answer: what was to be
 * written may be written or not, or be written later.
 */
interface PinStore {

  /** {@link PinState#NONE} when nothing was ever pinned. */
  PinState read(ConversationId conversation);

  /** Of several states the one with the highest version stays, in whatever order they come. */
  void write(ConversationId conversation, PinState state);
}
