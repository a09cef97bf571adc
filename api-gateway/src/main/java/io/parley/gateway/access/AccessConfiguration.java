package io.parley.gateway.access;

import io.parley.common.access.AccessProperties;
import io.parley.common.access.AccessTokens;
import io.parley.common.access.IntrospectedTokens;
import io.parley.common.access.Jwks;
import io.parley.common.access.ServiceTokens;
import io.parley.common.sessions.EndedSessions;
import io.parley.gateway.services.ServicesProperties;
import java.net.URI;
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
      EndedSessions endedSessions,
      @Value("${spring.application.name}") String name,
      Clock clock) {
    URI user = services.user().get(0);
    URI jwks = properties.jwksUri();
    if (jwks == null || jwks.toString().isEmpty()) {
      jwks = user.resolve("/.well-known/jwks.json");
    }
    return new AccessTokens(
        new Jwks(jwks, clock),
        new IntrospectedTokens(user, new ServiceTokens(properties.secret(), name, clock), clock),
        endedSessions::isEnded,
        clock);
  }
}
