package io.parley.gateway.access;

import io.parley.common.access.AccessProperties;
import io.parley.common.access.AccessTokens;
import io.parley.common.access.Jwks;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.gateway.services.ServicesProperties;
import java.net.URI;
import java.time.Clock;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The one check of common that needs no secret. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AccessProperties.class)
class AccessConfiguration {

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  @Bean
  AccessTokens accessTokens(AccessProperties properties, ServicesProperties services, Clock clock) {
    URI jwks = properties.jwksUri();
    if (jwks == null || jwks.toString().isEmpty()) {
      jwks = services.user().get(0).resolve("/.well-known/jwks.json");
    }
    return new AccessTokens(
        new Jwks(jwks, clock),
        token -> {
          throw new ProblemException(CommonProblem.UNAUTHENTICATED);
        },
        session -> false,
        clock);
  }
}
