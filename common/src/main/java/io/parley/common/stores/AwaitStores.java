package io.parley.common.stores;

import io.parley.common.schema.SchemaMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;

/**
 * Before any bean is made, waits until every store that is configured answers, for {@code
 * parley.stores.wait} at most. Meanwhile nothing listens: the process is not ready. After that the
 * start goes on all the same, and ends if it can not do without the store.
 *
 * <p>A process without the setting waits for nothing.
 */
public class AwaitStores
    implements ApplicationContextInitializer<ConfigurableApplicationContext>, Ordered {

  private static final Logger log = LoggerFactory.getLogger(AwaitStores.class);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);

  /** When everything that adds settings has done so. */
  @Override
  public int getOrder() {
    return LOWEST_PRECEDENCE;
  }

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    Duration limit = context.getEnvironment().getProperty("parley.stores.wait", Duration.class);
    if (limit == null) {
      return;
    }
    long start = System.nanoTime();
    List<StorePing> away = new ArrayList<>(StorePing.of(context.getEnvironment()));
    if (SchemaMode.of(context.getEnvironment()).isCommand()) {
      away.removeIf(ping -> !ping.hasSchema());
    }
    away.removeIf(StorePing::answers);
    if (away.isEmpty()) {
      return;
    }
    log.warn("waiting up to {} s for {}", limit.toSeconds(), away);
    while (!away.isEmpty()) {
      if (System.nanoTime() - start >= limit.toNanos()) {
        log.error("starting without {}: no answer for {} s", away, limit.toSeconds());
        return;
      }
      pause();
      away.removeIf(StorePing::answers);
    }
    log.info(
        "all stores answer, after {} s", Duration.ofNanos(System.nanoTime() - start).toSeconds());
  }

  private static void pause() {
    try {
      Thread.sleep(BETWEEN_LOOKS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for stores", e);
    }
  }
}
