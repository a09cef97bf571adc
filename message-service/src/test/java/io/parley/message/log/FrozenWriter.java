package io.parley.message.log;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.Nodes;
import io.parley.message.log.EventLog.Draft;
import io.parley.message.log.Sequencer.Proposal;

/** A sender that has taken a seq and stopped before it wrote its event. */
public final class FrozenWriter {

  private final CassandraEventStore store;
  private final LogEvent event;

  private FrozenWriter(CassandraEventStore store, LogEvent event) {
    this.store = store;
    this.event = event;
  }

  /** The conversation's counter must be known: something was sent before. */
  public static FrozenWriter at(
      Nodes.Node node, ConversationId conversation, UserId author, String text) {
    Draft draft =
        new Draft(
            conversation,
            author,
            "frozen",
            LogEvent.Kind.MESSAGE,
            "{\"clientMessageId\":\"frozen\",\"text\":\"" + text + "\"}");
    Proposal proposal =
        (Proposal) node.get(Sequencer.class).propose(draft, draft.id(), "fingerprint");
    return new FrozenWriter(
        node.get(CassandraEventStore.class),
        new LogEvent(
            conversation,
            proposal.seq(),
            draft.id(),
            proposal.epoch(),
            draft.kind(),
            author,
            proposal.at(),
            proposal.messageCount(),
            draft.payload()));
  }

  public long seq() {
    return event.seq();
  }

  /** Goes on, but tells nobody. */
  public LogEvent write() {
    store.insert(event);
    return event;
  }
}
