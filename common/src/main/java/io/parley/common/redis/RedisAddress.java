package io.parley.common.redis;

import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Makes {@code parley.redis.url} Spring's {@code spring.data.redis.url}, unless a Cluster's or
 * Sentinel's nodes are given: a URL would go before their user, password and TLS.
 */
public class RedisAddress implements EnvironmentPostProcessor {

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    Binder binder = Binder.get(environment);
    if (environment.containsProperty("parley.redis.url")
        && !has(binder, "cluster")
        && !has(binder, "sentinel")) {
      environment
          .getPropertySources()
          .addLast(
              new MapPropertySource(
                  "redis-address", Map.of("spring.data.redis.url", "${parley.redis.url}")));
    }
  }

  private static boolean has(Binder binder, String servers) {
    return binder
        .bind("spring.data.redis." + servers + ".nodes", Bindable.listOf(String.class))
        .isBound();
  }
}
