package io.parley.message.missed;

import io.parley.common.ids.UserId;
import io.parley.message.presence.RedisNodes;
import io.parley.message.presence.RedisOnlineUsers;
import io.parley.message.presence.RedisOnlineUsers.Stay;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Users whose last connection to this node ended without a farewell: what came after the last byte
 * from their client counts as not received, and is told them if they do not come back. Until that
 * has happened it is noted in Redis, so that another node does it if this one dies.
 */
@Component
public class LostConnections {

  /**
   * @param gone whether the time to come back is over
   */
  private record Lost(Stay stay, Instant heard, long nanos, boolean gone) {}

  private static final Logger log = LoggerFactory.getLogger(LostConnections.class);

  /** What was on its way when the client was last heard may have been written to a dead socket. */
  private static final Duration ON_ITS_WAY = Duration.ofSeconds(1);

  private static final int AT_ONCE = 200;
  private static final int STOP_SECONDS = 2;

  private final RedisOnlineUsers onlineUsers;
  private final RedisNodes nodes;
  private final UnheardMessages unheard;
  private final MissedProperties properties;
  private final Map<UserId, Lost> lost = new ConcurrentHashMap<>();
  private final ReentrantLock telling = new ReentrantLock();

  LostConnections(
      RedisOnlineUsers onlineUsers,
      RedisNodes nodes,
      UnheardMessages unheard,
      MissedProperties properties) {
    this.onlineUsers = onlineUsers;
    this.nodes = nodes;
    this.unheard = unheard;
    this.properties = properties;
    nodes.onForgotten(() -> lost.forEach((user, each) -> onlineUsers.noteLost(user, each.heard())));
  }

  /**
   * Called instead of {@link RedisOnlineUsers#disconnected}. Never blocks.
   *
   * @param heardNanos when something was last heard from the client, as {@link System#nanoTime}
   */
  public void lost(UserId user, long heardNanos) {
    Duration silence = Duration.ofNanos(System.nanoTime() - heardNanos);
    Instant heard = nodes.now().minus(silence).minus(ON_ITS_WAY);
    Stay stay = onlineUsers.lost(user, heard);
    if (stay != null) {
      lost.put(user, new Lost(stay, heard, System.nanoTime(), false));
    }
  }

  @Scheduled(fixedRate = 1_000)
  void tell() {
    if (lost.isEmpty() || !telling.tryLock()) {
      return;
    }
    try {
      tellThoseLostBefore(System.nanoTime() - properties.comeBack().toNanos());
    } catch (Exception e) {
      log.warn("what lost clients have missed waits: {}", e.toString());
    } finally {
      telling.unlock();
    }
  }

  private void tellThoseLostBefore(long nanos) throws Exception {
    Map<UserId, Instant> heard = new HashMap<>();
    for (Map.Entry<UserId, Lost> entry : lost.entrySet()) {
      UserId user = entry.getKey();
      Lost each = entry.getValue();
      if (each.nanos() - nanos > 0) {
        continue;
      }
      if (each.gone() || onlineUsers.gone(user, each.stay())) {
        lost.replace(user, each, new Lost(each.stay(), each.heard(), each.nanos(), true));
        heard.put(user, each.heard());
      } else {
        lost.remove(user, each);
      }
      if (heard.size() == AT_ONCE) {
        tell(heard);
      }
    }
    tell(heard);
  }

  private void tell(Map<UserId, Instant> heard) throws Exception {
    unheard.tell(heard);
    for (UserId user : heard.keySet()) {
      Lost each = lost.get(user);
      // Lost anew meanwhile: then there is more to tell.
      if (each != null && each.gone() && lost.remove(user, each)) {
        onlineUsers.told(user);
      }
    }
    heard.clear();
  }

  /**
   * Tells all, as nobody comes back to this node.
   *
   * @return false when somebody is left to others
   */
  boolean stop() {
    try {
      if (telling.tryLock(STOP_SECONDS, TimeUnit.SECONDS)) {
        try {
          tellThoseLostBefore(System.nanoTime());
        } finally {
          telling.unlock();
        }
      }
    } catch (Exception e) {
      log.info("what lost clients have missed is left to others: {}", e.toString());
    }
    return lost.isEmpty();
  }
}
