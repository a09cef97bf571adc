package io.parley.gateway.access;

import io.parley.common.access.AccessProperties;
import io.parley.common.access.AccessTokens;
import io.parley.common.access.CallProperties;
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
 * The checks of clients' tokens. The edge has one key of the fleet, to ask user-service whose a
 * personal token is, and not the secret: whoever breaks in here can ask for nothing else.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({AccessProperties.class, CallProperties.class})
class AccessConfiguration {

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  @Bean
  AccessTokens accessTokens(
      AccessProperties properties,
      CallProperties calls,
      ServicesProperties services,
      NodeDirectory directory,
      EndedSessions endedSessions,
      Traces traces,
      @Value("${spring.application.name}") String name,
      Clock clock) {
    Nodes user = directory.nodes(services.user());
    ServiceTokens asGateway = new ServiceTokens("", calls, name, clock);
    // A key that is missing ends the start, not the first call with a personal token.
    asGateway.bearer("user-service");
    return new AccessTokens(
        Jwks.of(user, properties.jwksUri(), clock),
        new IntrospectedTokens(user, asGateway, traces, clock),
        endedSessions::isEnded,
        clock);
  }
}
