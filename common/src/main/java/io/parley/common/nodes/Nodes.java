package io.parley.common.nodes;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nodes of one service, asked in turn, or in a user's own order, or by their load. They are
 * given as base URLs. A name stands for all addresses that it has now, a node each; {@code
 * localhost} and addresses stand for themselves.
 *
 * <p>One that could not be connected to, or said that it is not ready, is asked last until it says
 * that it is ready or, the first kind, until a while is over: a machine that is gone without a word
 * does not delay every second request, and if all are so, all are tried. One that is about to stop
 * is not asked at all: what it is sent as it closes its connections would be lost.
 */
public final class Nodes {

  private static final Logger log = LoggerFactory.getLogger(Nodes.class);

  private static final long AVOIDED_MILLIS = Duration.ofSeconds(5).toMillis();

  /** A log line names at most so many. */
  private static final int NAMED = 10;

  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|\\[.*]");

  private final List<URI> given;
  private final NameResolver resolver;
  private final Clock clock;
  private final AtomicInteger turn = new AtomicInteger();
  private final Map<URI, Long> avoidedUntil = new ConcurrentHashMap<>();
  private final Set<URI> unready = ConcurrentHashMap.newKeySet();
  private final Set<URI> leaving = ConcurrentHashMap.newKeySet();

  /** What each of the given URLs stood for when that could last be told. Only {@link #resolve}. */
  private final Map<URI, List<URI>> known = new ConcurrentHashMap<>();

  private final Set<URI> unresolved = ConcurrentHashMap.newKeySet();
  private volatile List<URI> nodes = List.of();

  /**
   * @throws IllegalArgumentException when there is none, or one is not a base URL
   */
  public Nodes(List<URI> given, NameResolver resolver, Clock clock) {
    for (URI node : given) {
      if (!"http".equals(node.getScheme()) || node.getHost() == null) {
        throw new IllegalArgumentException("not the base URL of a service: " + node);
      }
    }
    if (given.isEmpty()) {
      throw new IllegalArgumentException("a service needs at least one base URL");
    }
    this.given = given.stream().map(Nodes::withoutTrailingSlash).toList();
    this.resolver = resolver;
    this.clock = clock;
    resolve();
  }

  // --- who they are ----------------------------------------------------------------------------

  /**
   * Looks all names up again. A name that can not be looked up keeps what it stood for, since a DNS
   * that is away says nothing about the nodes.
   */
  synchronized void resolve() {
    Set<URI> now = new LinkedHashSet<>();
    for (URI url : given) {
      now.addAll(isName(url) ? addresses(url) : List.of(url));
    }
    List<URI> before = nodes;
    nodes = List.copyOf(now);
    avoidedUntil.keySet().retainAll(now);
    unready.retainAll(now);
    leaving.retainAll(now);
    if (!before.isEmpty() && !Set.copyOf(before).equals(now)) {
      log.info("{} is now {}, was {}", given, listed(nodes), listed(before));
    }
  }

  private List<URI> addresses(URI url) {
    try {
      List<URI> found = oneFamily(resolver.resolve(url.getHost()), url);
      known.put(url, found);
      if (unresolved.remove(url)) {
        log.info("{} can be looked up again: {}", url, listed(found));
      }
      return found;
    } catch (UnknownHostException | SecurityException e) {
      List<URI> last = known.getOrDefault(url, List.of());
      if (unresolved.add(url)) {
        log.warn("{} can not be looked up, stays {}: {}", url, listed(last), e.toString());
      }
      return last;
    }
  }

  /** Of a node that has an IPv4 and an IPv6 address one counts, or it would count twice. */
  private static List<URI> oneFamily(List<InetAddress> addresses, URI url)
      throws UnknownHostException {
    if (addresses.isEmpty()) {
      throw new UnknownHostException(url.getHost());
    }
    boolean ipv6 = addresses.getFirst() instanceof Inet6Address;
    return addresses.stream()
        .filter(address -> address instanceof Inet6Address == ipv6)
        .map(address -> at(address, url))
        .distinct()
        .sorted()
        .toList();
  }

  private static URI at(InetAddress address, URI url) {
    String text = address.getHostAddress().replaceFirst("%.*", "");
    String host = address instanceof Inet6Address ? "[" + text + "]" : text;
    String port = url.getPort() < 0 ? "" : ":" + url.getPort();
    return URI.create("http://" + host + port + url.getRawPath());
  }

  private static boolean isName(URI url) {
    return !url.getHost().equals("localhost") && !ADDRESS.matcher(url.getHost()).matches();
  }

  private static String listed(List<URI> nodes) {
    String first = nodes.stream().limit(NAMED).map(URI::toString).collect(Collectors.joining(", "));
    int more = nodes.size() - NAMED;
    return "[" + first + (more > 0 ? " and " + more + " more" : "") + "]";
  }

  // --- in which order to ask them --------------------------------------------------------------

  /** All nodes there are now; none if no name could be looked up yet. */
  public List<URI> all() {
    return nodes;
  }

  /**
   * All nodes but those that stop, in the order in which to try them for one request; another one
   * the next time.
   */
  public List<URI> inTurn() {
    List<URI> order = new ArrayList<>(nodes);
    if (!order.isEmpty()) {
      Collections.rotate(order, -Math.floorMod(turn.getAndIncrement(), order.size()));
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

  /**
   * All nodes, first the one with less load of two that chance picks, then the others by chance.
   * With two nodes that is the one with the least. With many, one that has just started gets twice
   * its share and not everything at once, as the least of all would, from every caller.
   */
  public List<URI> byLoad(ToIntFunction<URI> load) {
    List<URI> order = new ArrayList<>(nodes);
    Collections.shuffle(order);
    List<URI> usableFirst = avoidedLast(order);
    if (usableFirst.size() > 1
        && isAvoided(usableFirst.get(0)) == isAvoided(usableFirst.get(1))
        && load.applyAsInt(usableFirst.get(1)) < load.applyAsInt(usableFirst.get(0))) {
      Collections.swap(usableFirst, 0, 1);
    }
    return usableFirst;
  }

  private List<URI> avoidedLast(List<URI> order) {
    List<URI> usable = new ArrayList<>(order.size());
    List<URI> avoided = new ArrayList<>(0);
    for (URI node : order) {
      if (!leaving.contains(node)) {
        (isAvoided(node) ? avoided : usable).add(node);
      }
    }
    usable.addAll(avoided);
    return usable;
  }

  private boolean isAvoided(URI node) {
    Long until = avoidedUntil.get(node);
    return unready.contains(node) || (until != null && clock.millis() < until);
  }

  // --- what is learnt about them ---------------------------------------------------------------

  /** This one could not be connected to. */
  public void failed(URI node) {
    avoidedUntil.put(node, clock.millis() + AVOIDED_MILLIS);
  }

  /** This one has said whether it is ready. */
  public void checked(URI node, boolean ready) {
    leaving.remove(node);
    if (ready) {
      avoidedUntil.remove(node);
      unready.remove(node);
    } else {
      unready.add(node);
    }
  }

  /** This one has said that it stops. */
  public void leaving(URI node) {
    leaving.add(node);
  }

  // --- asking ----------------------------------------------------------------------------------

  /** One question to one node. */
  @FunctionalInterface
  public interface Question<T> {
    T ask(URI node) throws IOException, InterruptedException;
  }

  /**
   * Asks one node after the other until one answers. Only for what may be asked twice: one that
   * broke off may have done what it was asked for. One that lets the time pass is the last one that
   * is asked, or a caller would wait for all.
   *
   * @throws IOException when none has answered
   */
  public <T> T ask(Question<T> question) throws IOException, InterruptedException {
    List<URI> order = inTurn();
    // A kept connection may have been closed just now: a single node is worth a second try.
    int tries = order.size() == 1 ? 2 : order.size();
    IOException last = new UnknownHostException("no node of " + given + " is known");
    for (int i = 0; i < tries; i++) {
      URI node = order.get(i % order.size());
      try {
        return question.ask(node);
      } catch (IOException e) {
        last = e;
        boolean unconnected = isUnconnected(e);
        boolean timeout = !unconnected && isTimeout(e);
        if (unconnected || timeout) {
          failed(node);
        }
        if (timeout || (order.size() == 1 && (unconnected || e instanceof UnableException))) {
          break;
        }
      }
    }
    throw last;
  }

  /** Whether nothing was sent. */
  public static boolean isUnconnected(Throwable error) {
    return error instanceof ConnectException
        || error instanceof HttpConnectTimeoutException
        || error instanceof NoRouteToHostException
        || error instanceof UnknownHostException;
  }

  private static boolean isTimeout(IOException error) {
    return error instanceof HttpTimeoutException || error instanceof SocketTimeoutException;
  }

  /** A node has answered that it can not serve now (503): another one may. */
  public static class UnableException extends IOException {

    private static final long serialVersionUID = 1L;

    public UnableException(URI node) {
      super(node + " is not able to answer now");
    }
  }

  private static URI withoutTrailingSlash(URI node) {
    String text = node.toString();
    return text.endsWith("/") ? URI.create(text.substring(0, text.length() - 1)) : node;
  }
}
