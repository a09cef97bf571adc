package io.parley.notification.device;

import io.parley.common.events.SessionsEnded;
import io.parley.common.events.UserEvents;
import io.parley.notification.queue.RetriedQueue;
import java.time.Duration;
import java.util.List;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The queue {@code parley.notifications.sessions} and those around it. */
@Configuration
class SessionQueues {

  static final RetriedQueue QUEUE =
      new RetriedQueue(
          SessionsEnded.QUEUE,
          List.of(Duration.ofSeconds(2), Duration.ofSeconds(10), Duration.ofMinutes(1)));

  @Bean
  Declarables endedSessionsTopology() {
    return QUEUE.declarables(
        new TopicExchange(UserEvents.EXCHANGE, true, false), SessionsEnded.ROUTING_KEY);
  }
}
