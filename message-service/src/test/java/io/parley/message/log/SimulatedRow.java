package io.parley.message.log;

import java.util.Comparator;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a replica knows of a row of the log.
 *
 * @param place what is inserted with it and never changes, without the payload
 * @param edits to which is only added
 */
record SimulatedRow(
    @Nullable LogEvent place,
    @Nullable SimulatedCell<String> body,
    @Nullable SimulatedCell<String> edited,
    Set<Long> edits,
    boolean reacted,
    @Nullable SimulatedCell<Long> deletedSeq) {

  private static final Comparator<LogEvent> LATER =
      Comparator.comparing(LogEvent::at).thenComparing(LogEvent::messageCount);

  static SimulatedRow inserted(LogEvent event, long timestamp) {
    return new SimulatedRow(
        event.withPayload(""),
        new SimulatedCell<>(event.payload(), timestamp),
        null,
        Set.of(),
        false,
        null);
  }

  static SimulatedRow overwritten(String payload, long deletedSeq, long timestamp) {
    return new SimulatedRow(
        null,
        new SimulatedCell<>(payload, timestamp),
        new SimulatedCell<>("", timestamp),
        Set.of(),
        false,
        new SimulatedCell<>(deletedSeq, timestamp));
  }

  static SimulatedRow edited(long editedSeq, String content, long timestamp) {
    return new SimulatedRow(
        null, null, new SimulatedCell<>(content, timestamp), Set.of(editedSeq), false, null);
  }

  static SimulatedRow markedReacted() {
    return new SimulatedRow(null, null, null, Set.of(), true, null);
  }

  SimulatedRow and(SimulatedRow other) {
    if (equals(other)) {
      return this;
    }
    return new SimulatedRow(
        later(place, other.place),
        SimulatedReplicas.later(body, other.body, Comparator.naturalOrder()),
        SimulatedReplicas.later(edited, other.edited, Comparator.naturalOrder()),
        both(edits, other.edits),
        reacted || other.reacted,
        // As bytes: a negative one is the greater.
        SimulatedReplicas.later(deletedSeq, other.deletedSeq, Long::compareUnsigned));
  }

  private static Set<Long> both(Set<Long> one, Set<Long> other) {
    if (one.isEmpty() || other.isEmpty()) {
      return one.isEmpty() ? other : one;
    }
    Set<Long> both = new TreeSet<>(one);
    both.addAll(other);
    return both;
  }

  private static @Nullable LogEvent later(@Nullable LogEvent one, @Nullable LogEvent other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return LATER.compare(one, other) >= 0 ? one : other;
  }

  /** Null when it was never inserted here. */
  @Nullable LogEvent event() {
    if (place == null || body == null) {
      return null;
    }
    return new LogEvent(
        place.conversation(),
        place.seq(),
        place.id(),
        place.epoch(),
        place.kind(),
        place.author(),
        place.at(),
        place.messageCount(),
        body.value(),
        deletedSeq == null ? 0 : deletedSeq.value(),
        edited == null && !reacted
            ? LogEvent.Changes.NONE
            : new LogEvent.Changes(
                edited == null || edited.value().isEmpty() ? null : edited.value(),
                edits,
                reacted));
  }
}
