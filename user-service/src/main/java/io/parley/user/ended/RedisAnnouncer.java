package io.parley.user.ended;

import io.lettuce.core.codec.StringCodec;
import io.micrometer.core.instrument.MeterRegistry;
import io.parley.common.redis.RedisConnector;
import io.parley.common.redis.RedisLink;
import io.parley.common.sessions.EndedSession;
import io.parley.common.sessions.EndedSessionStream;
import io.parley.user.metrics.UserMeter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The thread that puts ended sessions into the stream {@code sessions:ended}: at once after a
 * commit of this instance, and each second for what others left or Redis did not take. A crash
 * between the two stores repeats an entry, which does no harm.
 */
@Component
class RedisAnnouncer implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(RedisAnnouncer.class);

  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final Duration STOP_WITHIN = Duration.ofSeconds(5);
  private static final int BATCH = 200;

  private final EndedSessionStore store;
  private final TransactionTemplate transaction;
  private final RedisConnector redis;
  private final Semaphore wake = new Semaphore(0);
  private volatile @Nullable Thread thread;
  private boolean failing;

  RedisAnnouncer(
      EndedSessionStore store,
      TransactionTemplate transaction,
      RedisConnector redis,
      MeterRegistry meters) {
    this.store = store;
    this.transaction = transaction;
    this.redis = redis;
    UserMeter.UNANNOUNCED.gauge(meters, store, EndedSessionStore::count);
  }

  @TransactionalEventListener
  void noted(SessionEnds.Noted event) {
    wake.release();
  }

  private void run() {
    while (isRunning()) {
      try (RedisLink<String, String> connection = redis.connect(StringCodec.UTF8, TIMEOUT)) {
        while (isRunning()) {
          announceAll(connection);
          pause();
        }
      } catch (RuntimeException e) {
        noteFailure(e);
        pause();
      }
    }
  }

  private void announceAll(RedisLink<String, String> connection) {
    int announced;
    do {
      Integer count = transaction.execute(status -> announceSome(connection));
      announced = count == null ? 0 : count;
    } while (announced == BATCH);
    if (failing) {
      failing = false;
      log.info("ended sessions are announced again");
    }
  }

  private int announceSome(RedisLink<String, String> connection) {
    List<EndedSession> ended = store.lockOldest(BATCH);
    if (ended.isEmpty()) {
      return 0;
    }
    // Entries are trimmed by ids that Redis makes of its own time: a clock that is ahead here must
    // not trim what was just added.
    Instant now = Instant.ofEpochSecond(Long.parseLong(connection.sync().time().get(0)));
    for (EndedSession session : ended) {
      EndedSessionStream.add(connection.sync(), session, now);
      store.delete(session.sessionId());
    }
    return ended.size();
  }

  private void noteFailure(RuntimeException e) {
    if (!failing && isRunning()) {
      failing = true;
      log.warn("ended sessions are not announced: {}", e.toString());
    }
  }

  private void pause() {
    try {
      if (wake.tryAcquire(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
        wake.drainPermits();
      }
    } catch (InterruptedException e) {
      // Asked to stop.
    }
  }

  @Override
  public void start() {
    Thread started = Thread.ofPlatform().name("session-ends").daemon().unstarted(this::run);
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
