package io.parley.common.access;

import java.time.Clock;
import java.util.Objects;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** The token checks that every process of the fleet makes. */
@AutoConfiguration
@EnableConfigurationProperties(AccessProperties.class)
public class AccessAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  Clock clock() {
    return Clock.systemUTC();
  }

  @Bean
  @ConditionalOnMissingBean(AccessKeys.class)
  Jwks jwks(AccessProperties properties, Clock clock) {
    return new Jwks(
        Objects.requireNonNull(properties.jwksUri(), "parley.access.jwks-uri is missing"), clock);
  }

  @Bean
  @ConditionalOnMissingBean
  AccessTokens accessTokens(AccessKeys keys, Clock clock) {
    return new AccessTokens(keys, clock);
  }

  @Bean
  @ConditionalOnMissingBean
  ServiceTokens serviceTokens(
      AccessProperties properties, @Value("${spring.application.name}") String name, Clock clock) {
    return new ServiceTokens(properties.secret(), name, clock);
  }
}
