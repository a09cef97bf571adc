package io.parley.common.access;

import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.common.sessions.EndedSessions;
import io.parley.common.sessions.EndedSessionsAutoConfiguration;
import java.time.Clock;
import java.util.Objects;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** The token checks that every process of the fleet makes. */
@AutoConfiguration(after = EndedSessionsAutoConfiguration.class)
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
  @ConditionalOnMissingBean(PersonalTokens.class)
  @ConditionalOnProperty("parley.access.introspect-uri")
  IntrospectedTokens introspectedTokens(
      AccessProperties properties, ServiceTokens tokens, Clock clock) {
    return new IntrospectedTokens(
        Objects.requireNonNull(properties.introspectUri()), tokens, clock);
  }

  /** Where sessions are not followed, the gateway has done so before. */
  @Bean
  @ConditionalOnMissingBean
  AccessTokens accessTokens(
      AccessKeys keys,
      ObjectProvider<PersonalTokens> personalTokens,
      ObjectProvider<EndedSessions> endedSessions,
      Clock clock) {
    EndedSessions ended = endedSessions.getIfAvailable();
    return new AccessTokens(
        keys,
        personalTokens.getIfAvailable(() -> AccessAutoConfiguration::unknown),
        ended == null ? session -> false : ended::isEnded,
        clock);
  }

  private static Caller unknown(String token) {
    throw new ProblemException(CommonProblem.UNAUTHENTICATED);
  }

  @Bean
  @ConditionalOnMissingBean
  ServiceTokens serviceTokens(
      AccessProperties properties, @Value("${spring.application.name}") String name, Clock clock) {
    return new ServiceTokens(properties.secret(), name, clock);
  }
}
