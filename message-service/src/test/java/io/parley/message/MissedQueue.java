package io.parley.message;

import io.parley.common.events.MessagesMissed;
import io.parley.common.ids.UserId;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * What one sender's messages bring to notification-service's queue. Others' are dropped: clients
 * that earlier tests cut off go on missing messages for a while.
 */
public final class MissedQueue {

  private static final RabbitTemplate RABBIT = Nodes.A.get(RabbitTemplate.class);
  private static final JsonMapper JSON = Nodes.A.get(JsonMapper.class);

  private final UserId sender;
  private final Map<String, Set<UserId>> told = new HashMap<>();

  public MissedQueue(UserId sender) {
    this.sender = sender;
  }

  public static MessagesMissed read(Message message) {
    return JSON.readValue(message.getBody(), MessagesMissed.class);
  }

  /** The next one, or null when none comes for that time. */
  public @Nullable Message next(Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    for (long left = limit.toMillis(); left > 0; left = (end - System.nanoTime()) / 1_000_000) {
      Message message = RABBIT.receive(Nodes.MISSED, left);
      if (message != null && read(message).senderId().equals(sender)) {
        return message;
      }
    }
    return null;
  }

  /** Forgets what has come, and what comes within that time. */
  public void forget(Duration time) {
    while (next(time) != null) {
      continue;
    }
    told.clear();
  }

  /**
   * Takes what comes until it is enough.
   *
   * @return message id → all who were told of it
   */
  public Map<String, Set<UserId>> await(
      Duration limit, Predicate<Map<String, Set<UserId>>> enough) {
    long end = System.nanoTime() + limit.toNanos();
    while (!enough.test(told)) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not within " + limit + "; told: " + told);
      }
      take(Duration.ofMillis(100));
    }
    return told;
  }

  /** What has come when nothing more comes for that time. */
  public Map<String, Set<UserId>> quietFor(Duration time) {
    while (take(time)) {
      continue;
    }
    return told;
  }

  private boolean take(Duration limit) {
    Message message = next(limit);
    if (message == null) {
      return false;
    }
    MessagesMissed missed = read(message);
    told.computeIfAbsent(missed.messageId(), id -> new HashSet<>()).addAll(missed.recipients());
    return true;
  }
}
