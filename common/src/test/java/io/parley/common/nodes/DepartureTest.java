package io.parley.common.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.support.GenericApplicationContext;

class DepartureTest {

  private static final Duration DELAY = Duration.ofSeconds(1);

  /** So long that whoever waits for it can be told from a machine that is slow. */
  private static final Duration LONG = Duration.ofMinutes(1);

  private final List<Long> stopped = new CopyOnWriteArrayList<>();

  /** What stops first of all in a service: sockets, listeners, the server. */
  private final class First implements SmartLifecycle {
    private volatile boolean running;

    @Override
    public void start() {
      running = true;
    }

    @Override
    public void stop() {
      running = false;
      stopped.add(System.nanoTime());
    }

    @Override
    public boolean isRunning() {
      return running;
    }

    @Override
    public int getPhase() {
      return Integer.MAX_VALUE;
    }
  }

  private GenericApplicationContext context(Duration delay) {
    GenericApplicationContext context = new GenericApplicationContext();
    context.registerBean(Departure.class, () -> new Departure(delay));
    context.registerBean(First.class, First::new);
    context.refresh();
    return context;
  }

  @Test
  void nothingShouldStopBeforeTheDelayIsOver() {
    GenericApplicationContext context = context(DELAY);
    long began = System.nanoTime();
    context.close();
    assertThat(stopped).hasSize(1);
    assertThat(stopped.getFirst() - began).isGreaterThanOrEqualTo(DELAY.toNanos());
  }

  /** The gateway's management port has a context of its own, whose end is told to its parent. */
  @Test
  void theEndOfAChildShouldNotCount() {
    GenericApplicationContext child = new GenericApplicationContext(context(LONG));
    child.refresh();
    long began = System.nanoTime();
    child.close();
    assertThat(System.nanoTime() - began).isLessThan(LONG.toNanos());
  }

  @Test
  void withoutADelayNothingShouldWait() {
    GenericApplicationContext context = context(Duration.ZERO);
    long began = System.nanoTime();
    context.close();
    assertThat(System.nanoTime() - began).isLessThan(LONG.toNanos());
  }
}
