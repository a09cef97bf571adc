package io.parley.message.deletion;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.message.bus.Announcements;
import io.parley.message.conversation.ConversationProblem;
import io.parley.message.log.LogEvent;
import io.parley.message.log.SimulatedNode;
import io.parley.message.owed.Duties;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.json.JsonMapper;

/** Deleting on a simulated node, by who is known to be allowed. */
public final class SimulatedDeletions {

  private final Deletions deletions;
  private final SimulatedNode node;

  public SimulatedDeletions(
      SimulatedDeletionStore store, SimulatedNode node, Announcements bus, Duties duties) {
    this.node = node;
    this.deletions =
        new Deletions(
            store,
            node.log,
            node.reader,
            node.scan(),
            bus,
            duties,
            JsonMapper.shared(),
            node.pace.clock());
  }

  public LogEvent delete(ConversationId conversation, long seq, UserId by) {
    LogEvent message = node.reader.at(conversation, seq);
    if (message == null || message.kind() != LogEvent.Kind.MESSAGE) {
      throw new ProblemException(ConversationProblem.MESSAGE_NOT_FOUND);
    }
    return deletions.delete(message, by);
  }

  /** As {@link Deletions#seen} has it done, at once. */
  public void seen(Collection<LogEvent> events) {
    for (LogEvent event : events) {
      UserId author = event.author();
      if (event.kind() == LogEvent.Kind.MESSAGE
          && event.deletedSeq() == LogEvent.BEING_DELETED
          && author != null) {
        deletions.delete(event, author);
      }
    }
  }

  /** Those of the messages that somebody has decided to delete. */
  public Set<Long> among(ConversationId conversation, Collection<Long> seqs) {
    return new TreeSet<>(deletions.among(conversation, seqs));
  }
}
