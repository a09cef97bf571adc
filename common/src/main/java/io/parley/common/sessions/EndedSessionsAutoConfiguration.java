package io.parley.common.sessions;

import io.lettuce.core.RedisClient;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;

/** For every process that has Redis ({@code parley.redis.url}). */
@AutoConfiguration
@ConditionalOnClass(RedisClient.class)
@ConditionalOnProperty("parley.redis.url")
public class EndedSessionsAutoConfiguration {

  @Bean
  EndedSessions endedSessions(@Value("${parley.redis.url}") String redisUrl) {
    return new EndedSessions(redisUrl);
  }
}
