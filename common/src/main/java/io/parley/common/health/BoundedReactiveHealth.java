package io.parley.common.health;

import java.time.Duration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import reactor.core.publisher.Mono;

/** What {@link BoundedHealth} is, for checks that do not block. */
final class BoundedReactiveHealth implements ReactiveHealthIndicator {

  private final Mono<Health> health;

  BoundedReactiveHealth(String name, ReactiveHealthIndicator check, HealthProperties properties) {
    Duration timeout = properties.timeout();
    boolean optional = properties.optional().contains(name);
    Health silent =
        Health.down().withDetail("error", "no answer for " + timeout.toMillis() + " ms").build();
    this.health =
        Mono.defer(() -> check.health(true))
            .timeout(timeout, Mono.just(silent))
            .onErrorResume(error -> Mono.just(Health.down(error).build()))
            .map(seen -> Grade.of(seen, optional))
            .cache(properties.keep());
  }

  @Override
  public Mono<Health> health() {
    return health;
  }
}
