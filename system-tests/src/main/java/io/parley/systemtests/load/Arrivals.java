package io.parley.systemtests.load;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SynchronizedHistogram;

/**
 * Users that all connect at the same moment. Who is refused or hears nothing tries again, after the
 * waits of docs/api/websocket.md. All times count from that moment, so a wait is a part of them.
 */
final class Arrivals {

  private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(30);
  private static final Duration FIRST_WAIT = Duration.ofMillis(500);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

  private final SocketLoop sockets;
  private final URI target;
  private final Optional<LoadApi> inboxes;
  private final CountDownLatch missing;
  private final Histogram receipts = new SynchronizedHistogram(3);
  private final Histogram inboxPages = new SynchronizedHistogram(3);
  private final Map<String, Integer> failures = new ConcurrentHashMap<>();
  private final long began = System.nanoTime();

  private Arrivals(SocketLoop sockets, URI target, int users, Optional<LoadApi> inboxes) {
    this.sockets = sockets;
    this.target = target;
    this.inboxes = inboxes;
    this.missing = new CountDownLatch(users);
  }

  /**
   * @param first the number of the first client
   * @param inboxes where each reads its first page of the inbox when it is connected, if it does
   */
  static Arrivals start(
      SocketLoop sockets, URI target, List<User> users, int first, Optional<LoadApi> inboxes) {
    Arrivals arrivals = new Arrivals(sockets, target, users.size(), inboxes);
    for (int i = 0; i < users.size(); i++) {
      User user = users.get(i);
      int client = first + i;
      Thread.ofVirtual().start(() -> arrivals.arrive(client, user));
    }
    return arrivals;
  }

  private void arrive(int client, User user) {
    try {
      untilItWorks(() -> connect(client, user));
      receipts.recordValue(System.nanoTime() - began);
      if (inboxes.isPresent()) {
        untilItWorks(() -> inboxes.get().inbox(user, 50, Optional.empty(), new ArrayList<>()));
        inboxPages.recordValue(System.nanoTime() - began);
      }
      missing.countDown();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void connect(int client, User user) throws IOException, InterruptedException {
    CompletableFuture<LoadSocket> connect = sockets.connect(target, client, user.accessToken());
    try {
      connect.get(ANSWERS_WITHIN.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } catch (TimeoutException e) {
      throw new IOException("no RECEIPT within " + ANSWERS_WITHIN.toSeconds() + " s", e);
    }
  }

  private interface Step {
    void take() throws IOException, InterruptedException;
  }

  private void untilItWorks(Step step) throws InterruptedException {
    for (Duration wait = FIRST_WAIT; ; wait = longer(wait)) {
      try {
        step.take();
        return;
      } catch (IOException e) {
        failures.merge(String.valueOf(e.getMessage()).replaceAll("\\s+", " "), 1, Integer::sum);
      }
      Thread.sleep((long) (wait.toMillis() * ThreadLocalRandom.current().nextDouble(0.5, 1)));
    }
  }

  static Duration longer(Duration wait) {
    Duration twice = wait.multipliedBy(2);
    return twice.compareTo(LONGEST_WAIT) < 0 ? twice : LONGEST_WAIT;
  }

  /** False if some are not there after that time. */
  boolean await(Duration within) throws InterruptedException {
    return missing.await(within.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Until each had the RECEIPT of its subscription, in ns. */
  Histogram receipts() {
    return receipts.copy();
  }

  /** Until each had its first page of the inbox, in ns. */
  Histogram inboxPages() {
    return inboxPages.copy();
  }

  /** Why tries failed, and how many did. */
  Map<String, Integer> failures() {
    return Map.copyOf(failures);
  }
}
