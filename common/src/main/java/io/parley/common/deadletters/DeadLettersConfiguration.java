package io.parley.common.deadletters;

import java.time.Clock;
import org.springframework.amqp.core.Declarables;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** For a service that has queues of dead letters: what administrators can do about them. */
@Configuration(proxyBeanMethods = false)
public class DeadLettersConfiguration {

  @Bean
  DeadLetters deadLetters(
      ConnectionFactory broker,
      ObjectProvider<Queue> queues,
      ObjectProvider<Declarables> groups,
      Clock clock) {
    return new DeadLetters(broker, queues, groups, clock);
  }

  @Bean
  DeadLettersController deadLettersController(
      DeadLetters deadLetters, @Value("${spring.application.name}") String service) {
    return new DeadLettersController(deadLetters, service);
  }
}
