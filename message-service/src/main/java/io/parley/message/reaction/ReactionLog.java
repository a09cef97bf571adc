package io.parley.message.reaction;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.message.change.Changes;
import io.parley.message.conversation.ConversationProblem;
import io.parley.message.log.EventLog;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogReader;
import io.parley.message.log.LogScan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import org.springframework.stereotype.Service;

/**
 * Puts reactions into the log. Each REACTED event of a message is decided on what all earlier ones
 * have made of it: its name has the seq of the one before, so of two nodes that know the same one
 * the log takes one, and the other applies that and decides again. So counts are exact and limits
 * hold without a transaction, and whoever reads needs one row for each message.
 */
@Service
public class ReactionLog {

  private final Reactions reactions;
  private final LogReader reader;
  private final LogScan logs;
  private final Changes changes;
  private final ReactionProperties properties;

  ReactionLog(
      Reactions reactions,
      LogReader reader,
      LogScan logs,
      Changes changes,
      ReactionProperties properties) {
    this.reactions = reactions;
    this.reader = reader;
    this.logs = logs;
    this.changes = changes;
    this.properties = properties;
  }

  /**
   * What became of wishes.
   *
   * @param version the seq of the last event in it
   */
  record Outcome(ReactionDecision decision, long version) {

    /**
     * @throws ProblemException 409 {@code too-many-reactions}
     */
    ReactionView of(ReactionChange wish) {
      if (decision.refused().contains(wish)) {
        throw new ProblemException(ConversationProblem.TOO_MANY_REACTIONS);
      }
      return new ReactionView(
          wish.emoji(),
          decision.count(wish.emoji()),
          decision.present().contains(wish.reaction()),
          version);
    }
  }

  /**
   * Does what several want with one message, in one event; with none when it is so already.
   *
   * @throws ProblemException 404 {@code message-not-found}; 503: it is done, or will be, or not
   */
  Outcome change(ConversationId conversation, long target, List<ReactionChange> wishes) {
    return change(conversation, target, wishes, false);
  }

  private Outcome change(
      ConversationId conversation, long target, List<ReactionChange> wishes, boolean alsoDeleted) {
    return changes.decide(() -> step(conversation, target, wishes, alsoDeleted));
  }

  private Changes.Step<Outcome> step(
      ConversationId conversation, long target, List<ReactionChange> wishes, boolean alsoDeleted) {
    LogEvent message = reader.at(conversation, target);
    if (message == null
        || message.kind() != LogEvent.Kind.MESSAGE
        || (message.isDeleted() && !alsoDeleted)) {
      throw new ProblemException(ConversationProblem.MESSAGE_NOT_FOUND);
    }
    Set<Reaction> wished =
        wishes.stream().map(ReactionChange::reaction).collect(Collectors.toSet());
    ReactionState state = reactions.state(message, wished);
    ReactionDecision decision = ReactionDecision.of(state, wishes, properties.maxKinds());
    List<ReactionChange> done = decision.changes();
    EventLog.Draft draft =
        new EventLog.Draft(
            conversation,
            (done.isEmpty() ? wishes : done).getFirst().userId(),
            "react " + target + " " + state.version(),
            LogEvent.Kind.REACTED,
            reactions.payload(target, decision));
    return new Changes.Step<>(
        draft,
        !done.isEmpty(),
        event -> reactions.apply(event, message),
        event -> new Outcome(decision, event == null ? state.version() : event.seq()));
  }

  /**
   * Takes back all reactions of a user in a conversation. Whoever calls it again after a failure
   * goes on where it ended.
   *
   * @param pace called with how many were taken back after each event; it may wait
   * @throws ProblemException 503
   */
  public void takeBackAllOf(UserId user, ConversationId conversation, IntConsumer pace) {
    Map<Long, Set<String>> own = new TreeMap<>();
    logs.forEachPage(conversation, page -> reactions.collect(user, page, own));
    own.forEach(
        (target, emoji) -> {
          List<ReactionChange> wishes = new ArrayList<>();
          emoji.forEach(each -> wishes.add(new ReactionChange(user, each, false)));
          change(conversation, target, wishes, true);
          pace.accept(wishes.size());
        });
  }
}
