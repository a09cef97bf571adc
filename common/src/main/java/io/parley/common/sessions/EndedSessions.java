package io.parley.common.sessions;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.codec.StringCodec;
import io.parley.common.redis.RedisConnector;
import io.parley.common.redis.RedisLink;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Follows {@link EndedSessionStream} from its beginning, on a connection of its own. An ended
 * session is known here within milliseconds; while Redis is away nothing new is heard, and after it
 * what was missed is read from where the reading stopped.
 */
public final class EndedSessions implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(EndedSessions.class);

  /** How long one read waits for an entry. */
  private static final Duration BLOCK = Duration.ofSeconds(2);

  /** A read that takes longer hangs on a dead connection. */
  private static final Duration TIMEOUT = BLOCK.plusSeconds(1);

  private static final Duration RETRY = Duration.ofMillis(200);
  private static final int ENTRIES = 500;

  private final RedisConnector redis;
  private final Cache<String, EndedSession> ended =
      Caffeine.newBuilder().expireAfterWrite(EndedSessionStream.KEPT).build();
  private final List<Consumer<EndedSession>> listeners = new CopyOnWriteArrayList<>();
  private volatile @Nullable Thread thread;
  private volatile boolean following;
  private String last = "0-0";

  public EndedSessions(RedisConnector redis) {
    this.redis = redis;
  }

  /** Whether the session was ended, as far as is known here. */
  public boolean isEnded(String sessionId) {
    return ended.getIfPresent(sessionId) != null;
  }

  /** Called for each session that ends, on one thread, after {@link #isEnded} says so. */
  public void onEnded(Consumer<EndedSession> listener) {
    listeners.add(listener);
  }

  /** False while Redis is away: sessions may have ended that are not known here. */
  public boolean isFollowing() {
    return following;
  }

  private void run() {
    while (isRunning()) {
      try (RedisLink<String, String> connection = redis.connect(StringCodec.UTF8, TIMEOUT)) {
        while (isRunning()) {
          read(connection);
        }
      } catch (RuntimeException e) {
        lost(e);
      }
    }
  }

  private void read(RedisLink<String, String> connection) {
    List<StreamMessage<String, String>> entries =
        connection
            .sync()
            .xread(
                // The first read does not wait: what it finds is known before the first request.
                following
                    ? XReadArgs.Builder.block(BLOCK).count(ENTRIES)
                    : XReadArgs.Builder.count(ENTRIES),
                XReadArgs.StreamOffset.from(EndedSessionStream.KEY, last));
    for (StreamMessage<String, String> entry : entries) {
      note(entry);
      last = entry.getId();
    }
    if (!following && entries.size() < ENTRIES) {
      following = true;
      log.info("ended sessions are followed");
    }
  }

  private void note(StreamMessage<String, String> entry) {
    EndedSession session;
    try {
      session = EndedSessionStream.of(entry.getBody());
    } catch (RuntimeException e) {
      log.error("entry {} of {} is passed over", entry.getId(), EndedSessionStream.KEY, e);
      return;
    }
    ended.put(session.sessionId().toString(), session);
    for (Consumer<EndedSession> listener : listeners) {
      try {
        listener.accept(session);
      } catch (RuntimeException e) {
        log.error("the end of session {}", session.sessionId(), e);
      }
    }
  }

  private void lost(RuntimeException e) {
    if (isRunning() && following) {
      log.warn("ended sessions are not heard of: {}", e.toString());
    }
    following = false;
    try {
      Thread.sleep(RETRY);
    } catch (InterruptedException interrupted) {
      // Asked to stop.
    }
  }

  @Override
  public void start() {
    Thread started = Thread.ofPlatform().name("ended-sessions").daemon().unstarted(this::run);
    thread = started;
    started.start();
    awaitFirstRead();
  }

  /** A process that serves before it knows would let ended sessions in. Redis may be away. */
  private void awaitFirstRead() {
    try {
      for (int i = 0; i < 100 && !following; i++) {
        Thread.sleep(20);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void stop() {
    Thread stopped = thread;
    thread = null;
    if (stopped != null) {
      stopped.interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return thread != null;
  }

  /** Before any server takes requests. */
  @Override
  public int getPhase() {
    return 0;
  }
}
