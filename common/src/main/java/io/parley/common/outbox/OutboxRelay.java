package io.parley.common.outbox;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * The thread that empties the outbox: at once after a commit of this instance, and each second for
 * what others left; after a failure less and less often, so that a broker coming back is not run
 * over.
 */
class OutboxRelay implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(OutboxRelay.class);

  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration OTHERS_TURN = Duration.ofMillis(50);
  private static final Duration FIRST_RETRY = Duration.ofMillis(200);
  private static final Duration LAST_RETRY = Duration.ofSeconds(5);
  private static final Duration STOP_WITHIN = Duration.ofSeconds(6);

  private final OutboxBatches batches;
  private final Semaphore wake = new Semaphore(0);
  private volatile @Nullable Thread thread;
  private volatile @Nullable String failure;

  OutboxRelay(OutboxBatches batches) {
    this.batches = batches;
  }

  @TransactionalEventListener
  void appended(Outbox.EventAppended event) {
    wake.release();
  }

  /** Why the last attempt failed; null when it did not. */
  @Nullable String failure() {
    return failure;
  }

  private void run() {
    Duration retry = FIRST_RETRY;
    boolean awaited = false;
    while (isRunning()) {
      OutboxBatches.Result result = attempt();
      noteFailure(result.failure());
      switch (result.progress()) {
        case MORE -> awaited = true;
        case EMPTY -> awaited = pause(POLL, true);
        // A row of ours may be too new for the one that relays: ask again soon.
        case ANOTHER_RELAYS -> awaited = pause(awaited ? OTHERS_TURN : POLL, true) || awaited;
        case FAILED -> {
          pause(FIRST_RETRY, false);
          // A new event may be for an exchange that is not the one in trouble.
          pause(retry.minus(FIRST_RETRY), true);
        }
      }
      retry =
          result.progress() == OutboxBatches.Progress.FAILED
              ? min(retry.multipliedBy(2), LAST_RETRY)
              : FIRST_RETRY;
    }
  }

  private OutboxBatches.Result attempt() {
    try {
      return batches.publishOldest();
    } catch (RuntimeException e) {
      return new OutboxBatches.Result(OutboxBatches.Progress.FAILED, e.toString());
    }
  }

  private void noteFailure(@Nullable String now) {
    if (now != null && failure == null) {
      log.warn("events wait in the outbox: {}", now);
    } else if (now == null && failure != null) {
      log.info("the outbox is relayed again");
    }
    failure = now;
  }

  /** True when woken by a commit. */
  private boolean pause(Duration time, boolean wakeable) {
    try {
      if (!wakeable) {
        Thread.sleep(time);
        return false;
      }
      boolean woken = wake.tryAcquire(time.toMillis(), TimeUnit.MILLISECONDS);
      wake.drainPermits();
      return woken;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  @Override
  public void start() {
    Thread started = Thread.ofPlatform().name("outbox-relay").daemon().unstarted(this::run);
    thread = started;
    started.start();
  }

  /** Lets a batch under way finish. */
  @Override
  public void stop() {
    Thread stopped = thread;
    thread = null;
    if (stopped == null) {
      return;
    }
    wake.release();
    try {
      if (!stopped.join(STOP_WITHIN)) {
        stopped.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return thread != null;
  }
}
