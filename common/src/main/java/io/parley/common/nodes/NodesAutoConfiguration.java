package io.parley.common.nodes;

import java.net.InetAddress;
import java.time.Clock;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** How every process of the fleet finds the nodes of others, and leaves. */
@AutoConfiguration
@EnableConfigurationProperties(NodeProperties.class)
public class NodesAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  NameResolver nameResolver() {
    return host -> List.of(InetAddress.getAllByName(host));
  }

  @Bean
  NodeDirectory nodeDirectory(
      NameResolver resolver, NodeProperties properties, ObjectProvider<Clock> clock) {
    return new NodeDirectory(
        resolver, properties.resolveEvery(), clock.getIfAvailable(Clock::systemUTC));
  }

  @Bean
  Departure departure(NodeProperties properties) {
    return new Departure(properties.leaveDelay());
  }
}
