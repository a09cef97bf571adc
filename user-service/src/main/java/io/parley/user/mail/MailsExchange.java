package io.parley.user.mail;

import io.parley.common.events.MailRequested;
import org.springframework.amqp.core.DirectExchange;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Declared anew on each connection: a broker that lost it gets it back. */
@Configuration(proxyBeanMethods = false)
class MailsExchange {

  @Bean
  DirectExchange notificationsExchange() {
    return new DirectExchange(MailRequested.EXCHANGE, true, false);
  }
}
