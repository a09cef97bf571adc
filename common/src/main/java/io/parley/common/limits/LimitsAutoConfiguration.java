package io.parley.common.limits;

import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.parley.common.redis.RedisAutoConfiguration;
import io.parley.common.redis.RedisConnector;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Limits for each process that has bucket4j and Redis. */
@AutoConfiguration(
    after = RedisAutoConfiguration.class,
    afterName =
        "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass({Bucket4jLettuce.class, MeterRegistry.class})
@ConditionalOnBean(RedisConnector.class)
public class LimitsAutoConfiguration {

  @Bean(destroyMethod = "close")
  @ConditionalOnMissingBean
  RateLimits rateLimits(RedisConnector redis, ObjectProvider<MeterRegistry> meters) {
    return new RateLimits(redis, meters.getIfAvailable(SimpleMeterRegistry::new));
  }
}
