package io.parley.notification.mail;

import io.parley.common.events.MailRequested;
import io.parley.common.events.MessagesStored;
import java.time.Duration;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.DirectExchange;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The queue {@code parley.notifications.mails} and those around it. */
@Configuration
class MailQueues {

  /** Bounds the queue of a fleet that has no mail server and never will. */
  private static final Duration LONGEST_WAIT = Duration.ofDays(7);

  @Bean
  Declarables mailsTopology(MailProperties properties) {
    return properties
        .queue()
        .declarables(
            new DirectExchange(MessagesStored.EXCHANGE, true, false),
            MailRequested.ROUTING_KEY,
            LONGEST_WAIT);
  }
}
