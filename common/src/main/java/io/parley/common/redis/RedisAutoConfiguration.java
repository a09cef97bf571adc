package io.parley.common.redis;

import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.data.redis.autoconfigure.ClientResourcesBuilderCustomizer;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** For every process that has Spring Data's factory of connections to Redis. */
@AutoConfiguration(after = DataRedisAutoConfiguration.class)
@ConditionalOnClass({LettuceConnectionFactory.class, DataRedisAutoConfiguration.class})
public class RedisAutoConfiguration {

  /** Back within a second of Redis, however long it was away; the driver would wait up to 30 s. */
  private static final Duration MAX_RECONNECT_DELAY = Duration.ofSeconds(1);

  @Bean
  ClientResourcesBuilderCustomizer soonReconnected() {
    return soonReconnected(SilentServers.USUAL_LOOKS);
  }

  /**
   * @param lookEach how often it is looked whether a server answers
   */
  static ClientResourcesBuilderCustomizer soonReconnected(Duration lookEach) {
    return resources ->
        resources
            .reconnectDelay(
                Delay.exponential(
                    Duration.ofMillis(1), MAX_RECONNECT_DELAY, 2, TimeUnit.MILLISECONDS))
            .nettyCustomizer(new SilentServers(lookEach));
  }

  @Bean(destroyMethod = "close")
  @ConditionalOnBean(LettuceConnectionFactory.class)
  RedisConnector redisConnector(LettuceConnectionFactory configured) {
    return new RedisConnector(configured);
  }
}
