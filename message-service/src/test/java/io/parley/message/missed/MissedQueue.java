package io.parley.message.missed;

import io.parley.common.events.MessagesMissed;
import io.parley.common.ids.UserId;
import io.parley.message.Nodes;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import tools.jackson.databind.json.JsonMapper;

/** What has come to notification-service's queue. */
final class MissedQueue {

  private static final RabbitTemplate RABBIT = Nodes.A.get(RabbitTemplate.class);
  private static final JsonMapper JSON = Nodes.A.get(JsonMapper.class);

  private final Map<String, Set<UserId>> told = new HashMap<>();

  /** Forgets what other tests have left. */
  MissedQueue() {
    while (RABBIT.receive(Nodes.MISSED, 200) != null) {
      continue;
    }
  }

  /**
   * Takes what comes until it is enough.
   *
   * @return message id → all who were told of it
   */
  Map<String, Set<UserId>> await(Duration limit, Predicate<Map<String, Set<UserId>>> enough) {
    long end = System.nanoTime() + limit.toNanos();
    while (!enough.test(told)) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not within " + limit + "; told: " + told);
      }
      take(100);
    }
    return told;
  }

  /** What has come when nothing more comes for that time. */
  Map<String, Set<UserId>> quietFor(Duration time) {
    while (take(time.toMillis())) {
      continue;
    }
    return told;
  }

  private boolean take(long millis) {
    Message message = RABBIT.receive(Nodes.MISSED, millis);
    if (message == null) {
      return false;
    }
    MessagesMissed missed = JSON.readValue(message.getBody(), MessagesMissed.class);
    told.computeIfAbsent(missed.messageId(), id -> new HashSet<>()).addAll(missed.recipients());
    return true;
  }
}
