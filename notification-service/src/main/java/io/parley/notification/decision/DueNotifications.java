package io.parley.notification.decision;

import io.micrometer.core.instrument.MeterRegistry;
import io.parley.notification.decision.NotificationStore.Turn;
import io.parley.notification.metrics.NotificationMeter;
import io.parley.notification.queue.StorePatience;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Takes in hand what is due, in batches that are worked on at the same time. It sleeps until the
 * next is due, and looks now and then for what other nodes have left.
 *
 * <p>What has its turn goes in batches of its own, and half of the workers are for it alone: the
 * many recipients of a large group get the others.
 */
@Component
class DueNotifications implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(DueNotifications.class);

  /** What is due and not to be had: others have it, or it waits for what is newer. */
  private static final Duration OTHERS_TURN = Duration.ofMillis(100);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  /** Longer than it takes those who wait for PostgreSQL to find out that it is back. */
  private static final Duration FOUND_OUT = Duration.ofSeconds(10);

  private static final Duration STOP_WITHIN = Duration.ofSeconds(15);

  private final NotificationStore store;
  private final Decisions decisions;
  private final NotificationProperties properties;
  private final Semaphore workers;

  /** Of the workers, for what has no turn yet. */
  private final Semaphore early;

  /** What this process has in hand, by its claim. */
  private final Map<UUID, List<Notification>> inHand = new ConcurrentHashMap<>();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition earlier = lock.newCondition();

  /** When something is expected to be due, by {@link System#nanoTime}. */
  private long expectedAt;

  private volatile long storeFailedAt;
  private volatile long lookedAt = System.nanoTime();
  private volatile Duration late = Duration.ZERO;
  private Duration pause = Duration.ZERO;
  private volatile @Nullable Thread thread;
  private @Nullable ExecutorService executor;

  DueNotifications(
      NotificationStore store,
      Decisions decisions,
      NotificationProperties properties,
      MeterRegistry meters) {
    this.store = store;
    this.decisions = decisions;
    this.properties = properties;
    this.workers = new Semaphore(properties.workers());
    this.early = new Semaphore(Math.max(1, properties.workers() / 2));
    // It may have been away until just now.
    this.storeFailedAt = System.nanoTime();
    NotificationMeter.NOTIFICATIONS_LATE.gauge(meters, this, DueNotifications::lateSeconds);
  }

  /** Something will be due by then. */
  void expect(Duration in) {
    long at = System.nanoTime() + in.toNanos();
    lock.lock();
    try {
      if (at - expectedAt < 0) {
        expectedAt = at;
        earlier.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** How long what is due has been waiting; what is in hand is not. */
  private double lateSeconds() {
    Duration since = Duration.ofNanos(System.nanoTime() - lookedAt);
    Duration usual = properties.lookEvery().multipliedBy(2);
    return late.plus(since.compareTo(usual) < 0 ? Duration.ZERO : since).toMillis() / 1000.0;
  }

  private void run(ExecutorService batches) {
    while (isRunning()) {
      try {
        await(next(batches));
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        noteFailure(e);
        Duration wanted = pause.isZero() ? OTHERS_TURN : pause.multipliedBy(2);
        pause = wanted.compareTo(LONGEST_PAUSE) < 0 ? wanted : LONGEST_PAUSE;
        expectAgain(pause);
      }
    }
  }

  private void noteFailure(RuntimeException e) {
    if (StorePatience.isStoreAway(e)) {
      storeFailedAt = System.nanoTime();
      if (pause.isZero()) {
        log.warn("what is due waits for PostgreSQL: {}", e.toString());
      }
    } else {
      log.error("looking for what is due", e);
    }
  }

  /**
   * Begins with a batch, if there is one.
   *
   * @return until the next look
   */
  private Duration next(ExecutorService batches) throws InterruptedException {
    workers.acquire();
    boolean begun = false;
    try {
      if (!isRunning()) {
        return Duration.ZERO;
      }
      expectAgain(properties.lookEvery());
      Duration away = decisions.pause();
      if (away.isPositive()) {
        return away;
      }
      Optional<Duration> until = store.untilDue();
      lookedAt = System.nanoTime();
      late = until.filter(Duration::isNegative).map(Duration::negated).orElse(Duration.ZERO);
      pause = Duration.ZERO;
      if (until.isEmpty() || until.get().isPositive()) {
        return until.orElse(properties.lookEvery());
      }
      UUID claim = UUID.randomUUID();
      List<Notification> batch = claim(Turn.COME, claim);
      if (!batch.isEmpty()) {
        begin(batches, claim, batch, workers);
        begun = true;
      } else if (early.tryAcquire()) {
        boolean given = false;
        try {
          batch = claim(Turn.ANY, claim);
          given = !batch.isEmpty();
        } finally {
          if (!given) {
            early.release();
          }
        }
        if (given) {
          begin(batches, claim, batch, workers, early);
          begun = true;
        }
      }
      return begun ? Duration.ZERO : OTHERS_TURN;
    } finally {
      if (!begun) {
        workers.release();
      }
    }
  }

  private List<Notification> claim(Turn turn, UUID claim) {
    return store.claim(
        turn,
        claim,
        properties.batch(),
        properties.lease(),
        properties.hold(),
        mayTakeOver(),
        inHand.keySet());
  }

  private void begin(
      ExecutorService batches, UUID claim, List<Notification> batch, Semaphore... held) {
    inHand.put(claim, batch);
    batches.execute(
        () -> {
          try {
            work(claim, batch);
          } finally {
            for (Semaphore each : held) {
              each.release();
            }
            expect(Duration.ZERO);
          }
        });
  }

  /**
   * Leases end while PostgreSQL is away, and those who hold them can do nothing about it. So they
   * come first when it is back.
   */
  private boolean mayTakeOver() {
    return System.nanoTime() - storeFailedAt > FOUND_OUT.toNanos();
  }

  private void work(UUID claim, List<Notification> batch) {
    try {
      decisions.work(claim, batch);
    } catch (RuntimeException e) {
      log.warn("{} notifications are left until their lease ends", batch.size(), e);
    } finally {
      inHand.remove(claim);
    }
  }

  /** Forgets what was expected before. */
  private void expectAgain(Duration in) {
    lock.lock();
    try {
      expectedAt = System.nanoTime() + in.toNanos();
    } finally {
      lock.unlock();
    }
  }

  /** At most so long, and not longer than until what is expected. */
  private void await(Duration longest) throws InterruptedException {
    long end = System.nanoTime() + longest.toNanos();
    lock.lock();
    try {
      while (isRunning()) {
        long now = System.nanoTime();
        long left = Math.min(expectedAt - now, end - now);
        if (left <= 0) {
          return;
        }
        earlier.await(left, TimeUnit.NANOSECONDS);
      }
    } finally {
      lock.unlock();
    }
  }

  /** A batch may take longer than a lease: FCM can ask to be left alone for a minute. */
  @Scheduled(fixedDelayString = "${parley.push.renew-every:5s}")
  void renew() {
    try {
      inHand.forEach(
          (claim, batch) ->
              store.renew(
                  claim, batch.stream().map(Notification::key).toList(), properties.lease()));
    } catch (DataAccessException | TransactionException e) {
      log.warn("notifications in hand are not renewed: {}", e.toString());
    }
  }

  @Override
  public void start() {
    ExecutorService batches =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("notifications-", 0).factory());
    executor = batches;
    Thread started = Thread.ofVirtual().name("due-notifications").unstarted(() -> run(batches));
    thread = started;
    started.start();
  }

  /** Batches under way are finished; others are left to other nodes. */
  @Override
  public void stop() {
    Thread stopped = thread;
    ExecutorService batches = executor;
    thread = null;
    if (stopped == null || batches == null) {
      return;
    }
    expect(Duration.ZERO);
    try {
      if (!stopped.join(STOP_WITHIN)) {
        stopped.interrupt();
      }
      if (workers.tryAcquire(properties.workers(), STOP_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
        workers.release(properties.workers());
      } else {
        log.warn("{} batches are not finished", inHand.size());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    batches.shutdownNow();
  }

  @Override
  public boolean isRunning() {
    return thread != null;
  }
}
