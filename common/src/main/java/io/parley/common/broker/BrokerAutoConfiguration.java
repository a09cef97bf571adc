package io.parley.common.broker;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.amqp.autoconfigure.RabbitAutoConfiguration;
import org.springframework.boot.amqp.autoconfigure.RabbitConnectionDetails;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/** Makes {@code parley.rabbitmq.url} the address of the broker. */
@AutoConfiguration(before = RabbitAutoConfiguration.class)
@ConditionalOnClass(RabbitConnectionDetails.class)
public class BrokerAutoConfiguration {

  @Bean
  RabbitUrl rabbitUrl(@Value("${parley.rabbitmq.url}") String url) {
    return new RabbitUrl(url);
  }
}
