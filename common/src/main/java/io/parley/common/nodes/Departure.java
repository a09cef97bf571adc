package io.parley.common.nodes;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextAware;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;

/**
 * A node that is to stop has said by now that it is not ready (Spring Boot does so first of all),
 * and serves as before while the others find that out. Only then its connections are closed: what
 * was sent on one at that very moment would be lost, and nobody could say whether it was done.
 */
final class Departure implements ApplicationListener<ContextClosedEvent>, ApplicationContextAware {

  private static final Logger log = LoggerFactory.getLogger(Departure.class);

  private final Duration delay;
  private volatile @Nullable ApplicationContext own;

  Departure(Duration delay) {
    this.delay = delay;
  }

  @Override
  public void setApplicationContext(ApplicationContext context) {
    own = context;
  }

  @Override
  public void onApplicationEvent(ContextClosedEvent event) {
    if (!delay.isPositive() || event.getApplicationContext() != own) {
      return;
    }
    log.info("stopping in {} ms; others are told to ask elsewhere", delay.toMillis());
    try {
      Thread.sleep(delay);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
