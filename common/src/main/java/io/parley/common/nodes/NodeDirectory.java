package io.parley.common.nodes;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;

/**
 * The nodes of all services that this process asks. One thread looks their names up again and
 * again, so nobody who asks waits for DNS.
 */
public final class NodeDirectory implements DisposableBean {

  private static final Logger log = LoggerFactory.getLogger(NodeDirectory.class);

  private final NameResolver resolver;
  private final Duration resolveEvery;
  private final Clock clock;
  private final Map<List<URI>, Nodes> services = new ConcurrentHashMap<>();
  private @Nullable Thread thread;

  NodeDirectory(NameResolver resolver, Duration resolveEvery, Clock clock) {
    if (!resolveEvery.isPositive()) {
      throw new IllegalArgumentException("parley.nodes.resolve-every must be more than nothing");
    }
    this.resolver = resolver;
    this.resolveEvery = resolveEvery;
    this.clock = clock;
  }

  /**
   * The same for the same URLs, so that what is learnt about a node is known to all who ask it.
   *
   * @param given base URLs; a name stands for all addresses that it has
   * @throws IllegalArgumentException when there is none, or one is not a base URL
   */
  public Nodes nodes(List<URI> given) {
    Nodes nodes =
        services.computeIfAbsent(List.copyOf(given), urls -> new Nodes(urls, resolver, clock));
    startOnce();
    return nodes;
  }

  /** Those that were asked for. */
  public Collection<Nodes> services() {
    return List.copyOf(services.values());
  }

  private synchronized void startOnce() {
    if (thread == null) {
      thread = Thread.ofVirtual().name("node-names").start(this::follow);
    }
  }

  private void follow() {
    try {
      while (true) {
        Thread.sleep(resolveEvery);
        for (Nodes nodes : services.values()) {
          try {
            nodes.resolve();
          } catch (RuntimeException e) {
            log.warn("looking up names", e);
          }
        }
      }
    } catch (InterruptedException e) {
      // destroy() is the only one to interrupt it: it ends.
    }
  }

  @Override
  public synchronized void destroy() {
    if (thread != null) {
      thread.interrupt();
    }
  }
}
