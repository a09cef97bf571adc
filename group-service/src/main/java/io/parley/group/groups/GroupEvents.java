package io.parley.group.groups;

import io.parley.common.events.GroupMembersChanged;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Declared anew on each connection: a broker that lost it gets it back. */
@Configuration(proxyBeanMethods = false)
class GroupEvents {

  @Bean
  TopicExchange groupsExchange() {
    return new TopicExchange(GroupMembersChanged.EXCHANGE, true, false);
  }
}
