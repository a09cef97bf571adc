package io.parley.common.access;

import io.parley.common.nodes.NodeDirectory;
import io.parley.common.nodes.NodesAutoConfiguration;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.common.sessions.EndedSessions;
import io.parley.common.sessions.EndedSessionsAutoConfiguration;
import io.parley.common.traces.Traces;
import io.parley.common.traces.TracesAutoConfiguration;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** The token checks that every process of the fleet makes. */
@AutoConfiguration(
    after = {
      EndedSessionsAutoConfiguration.class,
      NodesAutoConfiguration.class,
      TracesAutoConfiguration.class
    })
@EnableConfigurationProperties({AccessProperties.class, CallProperties.class})
public class AccessAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  Clock clock() {
    return Clock.systemUTC();
  }

  @Bean
  @ConditionalOnMissingBean(AccessKeys.class)
  Jwks jwks(AccessProperties properties, NodeDirectory directory, Clock clock) {
    return Jwks.of(directory.nodes(properties.userUrl()), properties.jwksUri(), clock);
  }

  @Bean
  @ConditionalOnMissingBean(PersonalTokens.class)
  @ConditionalOnProperty("parley.access.user-url")
  IntrospectedTokens introspectedTokens(
      AccessProperties properties,
      NodeDirectory directory,
      ServiceTokens tokens,
      Traces traces,
      Clock clock) {
    return new IntrospectedTokens(directory.nodes(properties.userUrl()), tokens, traces, clock);
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
      AccessProperties properties,
      CallProperties calls,
      @Value("${spring.application.name}") String name,
      Clock clock) {
    return new ServiceTokens(properties.secret(), calls, name, clock);
  }
}
