package io.parley.message.bus;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.parley.common.problems.ProblemException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node remembers of a table, so that what is asked all the time asks no store. A change
 * is told to every node over the bus; while the bus is not heard, the table is asked each time.
 *
 * @param <K> written as its {@code toString}
 */
public final class BusCache<K, V> {

  private static final Logger log = LoggerFactory.getLogger(BusCache.class);
  private static final int MAX_KEYS = 100_000;
  private static final long RETRY_MILLIS = 500;

  private final RedisBus bus;
  private final Topic topic;
  private final Function<String, K> key;
  private final Function<K, V> load;
  private final LoadingCache<K, V> known;

  /** Counts what was forgotten: what was loaded meanwhile is not remembered. */
  private final AtomicInteger forgotten = new AtomicInteger();

  /** How often the bus was lost; what is remembered counts while {@link #hearing} is the same. */
  private final AtomicInteger interruptions = new AtomicInteger();

  private volatile int hearing = -1;

  /**
   * @param keep how long something is remembered at most: a node may die between a change and
   *     telling of it
   * @param topic one that every node hears, of this cache alone
   * @param key reads what a key's {@code toString} wrote
   * @param load asks the table
   */
  public BusCache(
      RedisBus bus, Topic topic, Duration keep, Function<String, K> key, Function<K, V> load) {
    this.bus = bus;
    this.topic = topic;
    this.key = key;
    this.load = load;
    this.known =
        Caffeine.newBuilder().maximumSize(MAX_KEYS).expireAfterWrite(keep).build(load::apply);
    bus.listen(topic, event -> Thread.ofVirtual().start(() -> forget(event)));
    bus.onInterruption(interruptions::incrementAndGet, () -> hearAgain(interruptions.get()));
    hearAgain(0);
  }

  /**
   * @throws ProblemException 503
   */
  public V get(K asked) {
    return hearing == interruptions.get() ? known.get(asked) : load.apply(asked);
  }

  /** What this node remembers; null: nothing. Asks nobody. */
  public @Nullable V known(K asked) {
    return hearing == interruptions.get() ? known.getIfPresent(asked) : null;
  }

  /**
   * All of these, with one question for those that are not remembered.
   *
   * @param loadAll answers for each that it is asked for
   * @throws ProblemException 503
   */
  public Map<K, V> getAll(Set<K> asked, Function<Set<K>, Map<K, V>> loadAll) {
    boolean heard = hearing == interruptions.get();
    int before = forgotten.get();
    Map<K, V> found = new HashMap<>(heard ? known.getAllPresent(asked) : Map.of());
    Set<K> missing = new HashSet<>(asked);
    missing.removeAll(found.keySet());
    if (missing.isEmpty()) {
      return found;
    }
    Map<K, V> loaded = loadAll.apply(missing);
    found.putAll(loaded);
    synchronized (forgotten) {
      if (heard && forgotten.get() == before) {
        known.putAll(loaded);
      }
    }
    return found;
  }

  /**
   * To be called once the table has it. Returns when Redis has told the nodes.
   *
   * @throws ProblemException 503: call again
   */
  public void changed(K changed) {
    forget(changed);
    bus.publishSurely(topic, BusEvent.passing(changed.toString()));
  }

  /** Waits for a reading that is under way: it may have begun before the change. */
  private void forget(BusEvent event) {
    forget(key.apply(new String(event.json(), StandardCharsets.US_ASCII)));
  }

  private void forget(K changed) {
    synchronized (forgotten) {
      forgotten.incrementAndGet();
      known.invalidate(changed);
    }
  }

  private void hearAgain(int interruption) {
    Thread.ofVirtual().name("cache-" + topic.kind()).start(() -> subscribe(interruption));
  }

  private void subscribe(int interruption) {
    while (interruption == interruptions.get()) {
      try {
        bus.subscribe(topic).join();
        // From here on every change is heard; what was remembered before may be old.
        synchronized (forgotten) {
          forgotten.incrementAndGet();
          known.invalidateAll();
        }
        hearing = interruption;
        return;
      } catch (CompletionException e) {
        log.debug("changes of {} are not heard of yet: {}", topic, e.toString());
      }
      try {
        Thread.sleep(RETRY_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
