package io.parley.message.reaction;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What wishes make of the reactions to a message.
 *
 * @param changes what is really changed, none twice
 * @param counts how many there are then of each kind
 * @param present of the reactions that somebody wished to change, those that are there then
 * @param refused wishes for one kind too many
 */
record ReactionDecision(
    List<ReactionChange> changes,
    Map<String, Integer> counts,
    Set<Reaction> present,
    Set<ReactionChange> refused) {

  /**
   * @param state with the reactions that somebody wishes to change
   * @param wishes in the order in which they came
   */
  static ReactionDecision of(ReactionState state, List<ReactionChange> wishes, int maxKinds) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    state.tallies().forEach(tally -> counts.put(tally.emoji(), tally.count()));
    Set<Reaction> present = new HashSet<>(state.present());
    Set<Reaction> touched = new LinkedHashSet<>();
    Set<ReactionChange> refused = new HashSet<>();
    for (ReactionChange wish : wishes) {
      touched.add(wish.reaction());
      if (!wish.added() && present.remove(wish.reaction())) {
        counts.computeIfPresent(wish.emoji(), (emoji, count) -> count == 1 ? null : count - 1);
      } else if (wish.added() && !present.contains(wish.reaction())) {
        if (counts.size() < maxKinds || counts.containsKey(wish.emoji())) {
          present.add(wish.reaction());
          counts.merge(wish.emoji(), 1, Integer::sum);
        } else {
          refused.add(wish);
        }
      }
    }
    List<ReactionChange> changes = new ArrayList<>();
    for (Reaction reaction : touched) {
      boolean added = present.contains(reaction);
      if (added != state.present().contains(reaction)) {
        changes.add(new ReactionChange(reaction.user(), reaction.emoji(), added));
      }
    }
    return new ReactionDecision(changes, counts, present, refused);
  }

  List<Tally> tallies() {
    return counts.entrySet().stream()
        .map(entry -> new Tally(entry.getKey(), entry.getValue()))
        .toList();
  }

  int count(String emoji) {
    return counts.getOrDefault(emoji, 0);
  }
}
