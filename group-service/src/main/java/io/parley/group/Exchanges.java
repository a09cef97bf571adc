package io.parley.group;

import io.parley.common.events.AuditRecorded;
import io.parley.common.events.GroupMembersChanged;
import io.parley.common.events.UserEvents;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Where the outbox publishes. Declared anew on each connection: a broker that lost them gets them
 * back.
 */
@Configuration(proxyBeanMethods = false)
class Exchanges {

  @Bean
  Declarables ownExchanges() {
    return new Declarables(
        new TopicExchange(GroupMembersChanged.EXCHANGE, true, false),
        new TopicExchange(AuditRecorded.EXCHANGE, true, false),
        new TopicExchange(UserEvents.EXCHANGE, true, false));
  }
}
