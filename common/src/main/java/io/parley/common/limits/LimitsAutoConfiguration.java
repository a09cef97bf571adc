package io.parley.common.limits;

import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.RedisClient;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;

/** Limits for each process that has bucket4j, Lettuce and {@code parley.redis.url}. */
@AutoConfiguration(
    afterName =
        "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass({RedisClient.class, Bucket4jLettuce.class, MeterRegistry.class})
@ConditionalOnProperty("parley.redis.url")
public class LimitsAutoConfiguration {

  @Bean(destroyMethod = "close")
  @ConditionalOnMissingBean
  RateLimits rateLimits(
      @Value("${parley.redis.url}") String url, ObjectProvider<MeterRegistry> meters) {
    return new RateLimits(url, meters.getIfAvailable(SimpleMeterRegistry::new));
  }
}
