package io.parley.message.reaction;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.change.Changes;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogProjection;
import io.parley.message.log.SimulatedNode;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/** Reacting on a simulated node, by who is known to be allowed. Nobody is gathered with others. */
public final class SimulatedReactions {

  /**
   * What somebody is answered.
   *
   * @param version the seq of the last event in it
   */
  public record Answered(int count, boolean own, long version) {}

  private final Reactions reactions;
  private final ReactionStore store;
  private final SimulatedNode node;

  public SimulatedReactions(SimulatedReactionStore store, SimulatedNode node) {
    this.store = store;
    this.node = node;
    this.reactions = new Reactions(store, node.log, node.reader, JsonMapper.shared());
  }

  public LogProjection projection() {
    return reactions;
  }

  public Answered react(
      Changes changes,
      int maxKinds,
      ConversationId conversation,
      long seq,
      UserId user,
      String emoji,
      boolean added) {
    ReactionChange wish = new ReactionChange(user, emoji, added);
    ReactionView view =
        new ReactionLog(
                reactions,
                node.reader,
                node.scan(),
                changes,
                new ReactionProperties(maxKinds, Duration.ZERO, 1))
            .change(conversation, seq, List.of(wish))
            .of(wish);
    return new Answered(view.count(), view.own(), view.reactionsSeq());
  }

  /** The seq of the last event in it, how many there are of each kind, and who, of some users. */
  public String seen(LogEvent message, Collection<UserId> users, Collection<String> emoji) {
    Set<Reaction> asked = new HashSet<>();
    users.forEach(user -> emoji.forEach(each -> asked.add(new Reaction(each, user))));
    return seen(reactions.state(message, asked));
  }

  /** As one user finds them on a page. */
  public String seenBy(UserId user, LogEvent message) {
    return seen(
        message.changes().reacted()
            ? Objects.requireNonNull(
                store
                    .states(message.conversation(), List.of(message.seq()), user)
                    .getOrDefault(message.seq(), ReactionState.NONE))
            : ReactionState.NONE);
  }

  private static String seen(ReactionState state) {
    return seen(
        state.version(),
        state.tallies().stream().map(tally -> tally.emoji() + "=" + tally.count()).toList(),
        state.present().stream()
            .collect(
                Collectors.groupingBy(
                    Reaction::emoji, Collectors.mapping(Reaction::user, Collectors.toSet()))));
  }

  /** In the words of {@link #seen(LogEvent, Collection, Collection)}. */
  public static String seen(
      long version, List<String> counts, Map<String, ? extends Set<UserId>> present) {
    Set<String> who = new TreeSet<>();
    present.forEach((emoji, users) -> users.forEach(user -> who.add(emoji + " " + user)));
    return version + " " + counts + " " + who;
  }
}
