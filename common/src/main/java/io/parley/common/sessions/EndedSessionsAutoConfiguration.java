package io.parley.common.sessions;

import io.parley.common.redis.RedisAutoConfiguration;
import io.parley.common.redis.RedisConnector;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;

/** For every process that has Redis. */
@AutoConfiguration(after = RedisAutoConfiguration.class)
@ConditionalOnBean(RedisConnector.class)
public class EndedSessionsAutoConfiguration {

  @Bean
  EndedSessions endedSessions(RedisConnector redis) {
    return new EndedSessions(redis);
  }
}
