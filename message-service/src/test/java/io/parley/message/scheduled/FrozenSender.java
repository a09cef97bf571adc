package io.parley.message.scheduled;

import io.parley.common.ids.UserId;
import io.parley.message.Nodes;
import io.parley.message.chat.Sending;
import io.parley.message.log.AppendWindow;
import io.parley.message.log.AppendWindows;
import io.parley.message.log.LogEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

/**
 * A node that has taken a scheduled message and stopped before it appended it. To the others it is
 * as dead, or as slow, as a killed one.
 */
final class FrozenSender {

  private final Nodes.Node node;
  private final UserId author;
  private final UUID id;
  private final Sending.Admitted admitted;
  private final AppendWindow window;

  private FrozenSender(Nodes.Node node, UserId author, UUID id) {
    this.node = node;
    this.author = author;
    this.id = id;
    ScheduledMessage message = row();
    this.admitted =
        node.get(Sending.class).admit(author, message.conversationId(), message.command());
    this.window = node.get(AppendWindows.class).open(admitted.draft());
  }

  /** The rules were asked and a window was opened; it is not said yet that it is being sent. */
  static FrozenSender beforeClaiming(Nodes.Node node, UserId author, UUID id) {
    return new FrozenSender(node, author, id);
  }

  /**
   * It is being sent.
   *
   * @param aloneFor how long the others leave it to this one
   */
  static FrozenSender claimed(Nodes.Node node, UserId author, UUID id, Duration aloneFor) {
    FrozenSender frozen = new FrozenSender(node, author, id);
    if (!frozen.claim(aloneFor)) {
      throw new AssertionError("another was faster");
    }
    return frozen;
  }

  ScheduledMessage row() {
    return Objects.requireNonNull(node.get(CassandraScheduledStore.class).find(author, id));
  }

  boolean claim(Duration aloneFor) {
    ScheduledMessage message = row();
    return message.state() == ScheduledMessage.State.WAITING && replace(message, aloneFor);
  }

  /** From now on others go on with it. */
  void releaseTo(Duration aloneFor) {
    if (!replace(row(), aloneFor)) {
      throw new AssertionError("another was faster");
    }
  }

  private boolean replace(ScheduledMessage message, Duration aloneFor) {
    return node.get(CassandraScheduledStore.class)
        .replace(message, message.sending(window, Instant.now().plus(aloneFor)));
  }

  /** Goes on where it stopped, and stops again before it notes that. */
  LogEvent append() {
    return node.get(Sending.class).send(admitted, window);
  }
}
