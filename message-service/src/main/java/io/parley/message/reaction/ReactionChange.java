package io.parley.message.reaction;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.parley.common.ids.UserId;

/**
 * What one user wants, or has done.
 *
 * @param added false: taken back
 */
@JsonPropertyOrder({"userId", "emoji", "added"})
record ReactionChange(UserId userId, String emoji, boolean added) {

  Reaction reaction() {
    return new Reaction(emoji, userId);
  }
}
