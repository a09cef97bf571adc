package io.parley.message.facts;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/** Reads that do not wait for one another. */
@Component
class Parallel {

  private static final int READS_AT_ONCE = 32;

  private final ExecutorService io = Executors.newVirtualThreadPerTaskExecutor();

  /** In the order in which they were asked for. */
  private final Semaphore room = new Semaphore(READS_AT_ONCE, true);

  /** To be waited for by {@link #join}. */
  <T> CompletableFuture<T> start(Supplier<T> read) {
    return CompletableFuture.supplyAsync(read, io);
  }

  /** Throws what the read has thrown. */
  static <T> T join(CompletableFuture<T> started) {
    try {
      return started.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /** One read for each key, a number of them at the same time. */
  <K, V> Map<K, V> forEach(Collection<K> keys, Function<K, V> read) {
    Map<K, CompletableFuture<V>> started = new HashMap<>();
    for (K key : keys) {
      started.computeIfAbsent(key, each -> start(() -> inRoom(each, read)));
    }
    Map<K, V> values = HashMap.newHashMap(started.size());
    started.forEach((key, value) -> values.put(key, join(value)));
    return values;
  }

  private <K, V> V inRoom(K key, Function<K, V> read) {
    room.acquireUninterruptibly();
    try {
      return read.apply(key);
    } finally {
      room.release();
    }
  }
}
