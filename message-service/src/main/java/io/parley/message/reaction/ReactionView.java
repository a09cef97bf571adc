package io.parley.message.reaction;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;

/**
 * One kind of reaction to a message, as one user finds it.
 *
 * @param emoji fully qualified
 * @param own whether this user is one of them
 * @param reactionsSeq the seq of the last event in it; 0: nobody has ever reacted
 */
@JsonPropertyOrder({"emoji", "count", "own", "reactionsSeq"})
record ReactionView(String emoji, int count, boolean own, long reactionsSeq) {}
