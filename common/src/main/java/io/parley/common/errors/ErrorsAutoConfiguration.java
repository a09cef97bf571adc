package io.parley.common.errors;

import ch.qos.logback.classic.LoggerContext;
import io.sentry.Sentry;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Where a DSN is given. Without one not even a class of Sentry's is loaded. */
@AutoConfiguration
@ConditionalOnClass({Sentry.class, LoggerContext.class})
@Conditional(ErrorsAutoConfiguration.DsnIsGiven.class)
@EnableConfigurationProperties(ErrorProperties.class)
public class ErrorsAutoConfiguration {

  @Bean(initMethod = "start", destroyMethod = "stop")
  ErrorReports errorReports(
      ErrorProperties properties, @Value("${spring.application.name}") String service) {
    return new ErrorReports(properties, service, (LoggerContext) LoggerFactory.getILoggerFactory());
  }

  static final class DsnIsGiven extends SpringBootCondition {

    @Override
    public ConditionOutcome getMatchOutcome(
        ConditionContext context, AnnotatedTypeMetadata metadata) {
      boolean given = !context.getEnvironment().getProperty("parley.errors.dsn", "").isBlank();
      return new ConditionOutcome(
          given, ConditionMessage.of("parley.errors.dsn is " + (given ? "set" : "empty")));
    }
  }
}
