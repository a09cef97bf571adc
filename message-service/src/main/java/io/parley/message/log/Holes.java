package io.parley.message.log;

import io.parley.common.ids.ConversationId;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Seqs whose event does not come: a dead or failed writer left them. */
@Component
class Holes {

  private static final Logger log = LoggerFactory.getLogger(Holes.class);

  private final EventStore store;
  private final Epochs epochs;
  private final EpochOpening opening;
  private final LogProperties properties;
  private final Pace pace;
  private final Set<ConversationId> suspected = ConcurrentHashMap.newKeySet();

  Holes(
      EventStore store, Epochs epochs, EpochOpening opening, LogProperties properties, Pace pace) {
    this.store = store;
    this.epochs = epochs;
    this.opening = opening;
    this.properties = properties;
    this.pace = pace;
  }

  /** A seq whose row this node may have failed to write. */
  void suspect(LogEvent event) {
    suspect(event.conversation(), event.seq(), properties.healAfter());
  }

  /** A seq found empty in front of an event: closed if that one is old enough. */
  void found(long empty, LogEvent behind) {
    if (behind.at().plus(properties.healAfter()).isBefore(pace.now().wall())) {
      suspect(behind.conversation(), empty, Duration.ZERO);
    }
  }

  /** Looks again, as any reader would, and opens an epoch if the seq is still empty. */
  private void suspect(ConversationId conversation, long seq, Duration after) {
    if (!suspected.add(conversation)) {
      return;
    }
    pace.start(
        "heal-" + conversation,
        () -> {
          try {
            pace.sleep(after);
            if (epochs.settle(conversation, () -> store.at(conversation, seq)).events().isEmpty()) {
              opening.closeHoles(conversation);
            }
          } catch (RuntimeException e) {
            log.warn("could not heal {} at seq {}: {}", conversation, seq, e.toString());
          } finally {
            suspected.remove(conversation);
          }
        });
  }
}
