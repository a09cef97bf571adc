package io.parley.message.reaction;

import java.util.List;
import java.util.Set;

/**
 * The reactions to a message as they are stored, and those that were asked for in particular.
 *
 * @param version the seq of the last event in it; 0: nobody has ever reacted
 * @param tallies the emoji that came first comes first
 * @param present of those that were asked for
 */
record ReactionState(long version, List<Tally> tallies, Set<Reaction> present) {

  static final ReactionState NONE = new ReactionState(0, List.of(), Set.of());
}
