package io.parley.notification.decision;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.parley.common.events.MessagesStored;
import io.parley.common.events.MessagesStored.Stored;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * When the recipients of a message have their turns: so many in a second, in however many events
 * they come. Each node counts those that it is told of; after a repeat the rest are later, which
 * matters only while others wait.
 */
final class Turns {

  /** Of one message. */
  static final int PER_SECOND = 20;

  /** The events of one message come together. */
  private static final Duration COUNTED_FOR = Duration.ofMinutes(1);

  private static final int MOST_COUNTED = 10_000;

  /** Of messages that are in several events. */
  private final Cache<String, AtomicInteger> counts =
      Caffeine.newBuilder().maximumSize(MOST_COUNTED).expireAfterWrite(COUNTED_FOR).build();

  /** Of each recipient, in seconds after the message is due. */
  List<Integer> of(Stored item) {
    int size = item.recipients().size();
    AtomicInteger count =
        size == MessagesStored.MAX_RECIPIENTS
            ? counts.get(item.messageId(), none -> new AtomicInteger())
            : counts.getIfPresent(item.messageId());
    int from = count == null ? 0 : count.getAndAdd(size);
    return IntStream.range(from, from + size).map(i -> i / PER_SECOND).boxed().toList();
  }
}
