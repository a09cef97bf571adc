package io.parley.gateway.services;

import io.parley.common.nodes.NodeDirectory;
import io.parley.common.nodes.Nodes;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Asks every node again and again whether it is ready. One that stops is asked for nothing else
 * from then on; one that is not ready, refuses the connection, or has not answered three times,
 * only if no other is left. One that is ready is back at once.
 */
@Component
final class NodeChecks implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(NodeChecks.class);

  private static final String READINESS = "/actuator/health/readiness";

  /** What Spring Boot says of a node that takes no traffic; one that misses a store is DOWN. */
  private static final String OUT_OF_SERVICE = "\"OUT_OF_SERVICE\"";

  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  /** A node that is only busy must not lose its load to others, which are as busy. */
  private static final int MAX_FAILURES = 3;

  private final NodeDirectory directory;
  private final Duration every;
  private final Set<URI> underWay = ConcurrentHashMap.newKeySet();
  private final Map<URI, Integer> failures = new ConcurrentHashMap<>();

  /** Those that were ready, or are stopping. */
  private final Set<URI> serving = ConcurrentHashMap.newKeySet();

  private final Set<URI> notReady = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Thread thread;

  NodeChecks(NodeDirectory directory, ServicesProperties services) {
    if (!services.checkEvery().isPositive()) {
      throw new IllegalArgumentException(
          "parley.gateway.services.check-every must be more than nothing");
    }
    this.directory = directory;
    this.every = services.checkEvery();
  }

  private void checkAll() {
    try (HttpClient http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build()) {
      while (true) {
        Set<URI> present = new HashSet<>();
        for (Nodes nodes : directory.services()) {
          for (URI node : nodes.all()) {
            present.add(node);
            if (underWay.add(node)) {
              check(http, nodes, node);
            }
          }
        }
        serving.retainAll(present);
        notReady.retainAll(present);
        failures.keySet().retainAll(present);
        Thread.sleep(every);
      }
    } catch (InterruptedException e) {
      // stop() is the only one to interrupt it: it ends.
    }
  }

  private void check(HttpClient http, Nodes nodes, URI node) {
    http.sendAsync(
            HttpRequest.newBuilder(URI.create(node + READINESS)).timeout(TIMEOUT).build(),
            HttpResponse.BodyHandlers.ofString())
        .whenComplete(
            (answer, error) -> {
              underWay.remove(node);
              if (error == null) {
                answered(nodes, node, answer);
              } else {
                failed(nodes, node, cause(error));
              }
            });
  }

  /**
   * A service without this page is asked all the same. One that says that it takes no traffic and
   * was ready before is stopping; else it is starting, and may be ready before it is asked again.
   */
  private void answered(Nodes nodes, URI node, HttpResponse<String> answer) {
    boolean out = answer.statusCode() == 503 && answer.body().contains(OUT_OF_SERVICE);
    if (out && serving.contains(node)) {
      nodes.leaving(node);
      if (notReady.add(node)) {
        log.info("{} is stopping", node);
      }
    } else {
      tell(nodes, node, answer.statusCode() < 500, "answers " + answer.statusCode());
    }
  }

  private static Throwable cause(Throwable error) {
    Throwable cause = error.getCause();
    return error instanceof CompletionException && cause != null ? cause : error;
  }

  private void failed(Nodes nodes, URI node, Throwable error) {
    if (error instanceof ConnectException
        || failures.merge(node, 1, Integer::sum) >= MAX_FAILURES) {
      tell(nodes, node, false, error.toString());
    }
  }

  private void tell(Nodes nodes, URI node, boolean ready, String why) {
    nodes.checked(node, ready);
    if (ready) {
      serving.add(node);
      failures.remove(node);
      if (notReady.remove(node)) {
        log.info("{} is ready", node);
      }
    } else {
      serving.remove(node);
      if (notReady.add(node)) {
        log.info("{} is not ready: {}", node, why);
      }
    }
  }

  @Override
  public void start() {
    thread = Thread.ofVirtual().name("node-checks").start(this::checkAll);
  }

  /** With the server: requests that are still under way may need another node. */
  @Override
  public int getPhase() {
    return 0;
  }

  @Override
  public void stop() {
    Thread running = thread;
    thread = null;
    if (running != null) {
      running.interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return thread != null;
  }
}
