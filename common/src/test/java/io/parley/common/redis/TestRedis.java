package io.parley.common.redis;

import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Connectors without a context. */
public final class TestRedis {

  private TestRedis() {}

  public static RedisConnector connector(String url) {
    return new RedisConnector(
        new LettuceConnectionFactory(
            (RedisStandaloneConfiguration) LettuceConnectionFactory.createRedisConfiguration(url)));
  }
}
