package io.parley.gateway.access;

import io.parley.common.access.AccessProperties;
import io.parley.common.access.AccessTokens;
import io.parley.common.access.IntrospectedTokens;
import io.parley.common.access.Jwks;
import io.parley.common.access.ServiceTokens;
import io.parley.common.nodes.NodeDirectory;
import io.parley.common.nodes.Nodes;
import io.parley.common.sessions.EndedSessions;
import io.parley.common.traces.Traces;
import io.parley.gateway.services.ServicesProperties;
import java.time.Clock;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * The checks of clients' tokens. The fleet's secret serves only to ask user-service whose a
 * personal token is; nothing else at the edge speaks as a service.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AccessProperties.class)
class AccessConfiguration {

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  @Bean
  AccessTokens accessTokens(
      AccessProperties properties,
      ServicesProperties services,
      NodeDirectory directory,
      EndedSessions endedSessions,
      Traces traces,
      @Value("${spring.application.name}") String name,
      Clock clock) {
    Nodes user = directory.nodes(services.user());
    return new AccessTokens(
        Jwks.of(user, properties.jwksUri(), clock),
        new IntrospectedTokens(
            user, new ServiceTokens(properties.secret(), name, clock), traces, clock),
        endedSessions::isEnded,
        clock);
  }
}
