package io.parley.gateway.services;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The nodes of one service, asked in turn, or in a user's own order. One that could not be
 * connected to is asked last for a while, so that a machine that is gone without a word does not
 * delay every second request.
 */
public final class Nodes {

  private static final long AVOIDED_MILLIS = Duration.ofSeconds(5).toMillis();

  private final List<URI> nodes;
  private final Clock clock;
  private final AtomicInteger turn = new AtomicInteger();
  private final Map<URI, Long> avoidedUntil = new ConcurrentHashMap<>();

  /**
   * @throws IllegalArgumentException when there is none, or one is not a base URL
   */
  public Nodes(List<URI> nodes, Clock clock) {
    for (URI node : nodes) {
      if (!"http".equals(node.getScheme()) || node.getHost() == null) {
        throw new IllegalArgumentException("not the base URL of a service: " + node);
      }
    }
    if (nodes.isEmpty()) {
      throw new IllegalArgumentException("a service needs at least one base URL");
    }
    this.nodes = nodes.stream().map(Nodes::withoutTrailingSlash).toList();
    this.clock = clock;
  }

  /** All nodes, in the order in which to try them for one request. */
  public List<URI> inTurn() {
    int first = Math.floorMod(turn.getAndIncrement(), nodes.size());
    List<URI> order = new ArrayList<>(nodes.size());
    for (int i = 0; i < nodes.size(); i++) {
      order.add(nodes.get((first + i) % nodes.size()));
    }
    return avoidedLast(order);
  }

  /**
   * All nodes, in the order in which to try them for one user's requests: always the same while
   * they live, so that a user reads on the node where they wrote. When one comes or goes only the
   * users of that one move (rendezvous hashing).
   */
  public List<URI> inOrderFor(String user) {
    List<URI> order = new ArrayList<>(nodes);
    order.sort(Comparator.comparingInt(node -> weight(user, node)));
    return avoidedLast(order);
  }

  /** The finalizer of MurmurHash3: String.hashCode alone keeps neighbours together. */
  private static int weight(String user, URI node) {
    int hash = user.hashCode() * 31 + node.toString().hashCode();
    hash = (hash ^ (hash >>> 16)) * 0x85ebca6b;
    hash = (hash ^ (hash >>> 13)) * 0xc2b2ae35;
    return hash ^ (hash >>> 16);
  }

  private List<URI> avoidedLast(List<URI> order) {
    List<URI> reachable = new ArrayList<>(order.size());
    List<URI> avoided = new ArrayList<>(0);
    for (URI node : order) {
      (isAvoided(node) ? avoided : reachable).add(node);
    }
    reachable.addAll(avoided);
    return reachable;
  }

  public void failed(URI node) {
    avoidedUntil.put(node, clock.millis() + AVOIDED_MILLIS);
  }

  private boolean isAvoided(URI node) {
    Long until = avoidedUntil.get(node);
    return until != null && clock.millis() < until;
  }

  private static URI withoutTrailingSlash(URI node) {
    String text = node.toString();
    return text.endsWith("/") ? URI.create(text.substring(0, text.length() - 1)) : node;
  }
}
