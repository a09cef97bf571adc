package io.parley.systemtests;

import io.parley.message.Http.Answer;
import io.parley.message.StompClient;
import io.parley.systemtests.RunningFleet.User;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One member of one conversation, who sends message after message and keeps all events, as
 * docs/flows/reconnect.md tells authors of clients: comes back when the socket ends, fetches what
 * is missing, and sends again what has no ACK.
 */
final class ChattingClient implements Runnable {

  private static final Duration BETWEEN_MESSAGES = Duration.ofMillis(200);
  private static final Duration ACK_WITHIN = Duration.ofSeconds(10);
  private static final Duration FIRST_WAIT = Duration.ofMillis(500);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);
  private static final Pattern RETRY_AFTER = Pattern.compile("retry-after-ms=(\\d+)");

  private final User user;
  private final String conversation;
  private final RestCalls rest;

  /** In the order in which they were applied. */
  private final List<JsonNode> applied = new ArrayList<>();

  /** Messages without an ACK, oldest first: clientMessageId → text. */
  private final Map<String, String> waiting = new LinkedHashMap<>();

  private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();
  private final AtomicInteger connects = new AtomicInteger();
  private final Silence silence = new Silence();
  private long known;
  private int sent;
  private volatile boolean sending = true;
  private volatile boolean running = true;

  ChattingClient(User user, String conversation, RestCalls rest) {
    this.user = user;
    this.conversation = conversation;
    this.rest = rest;
  }

  User user() {
    return user;
  }

  /** clientMessageId → seq, as the ACKs said. */
  Map<String, Long> acknowledged() {
    return acknowledged;
  }

  /** Until an ACK came. */
  Silence silence() {
    return silence;
  }

  int connects() {
    return connects.get();
  }

  /** To be called when the client's thread has ended. */
  List<JsonNode> applied() {
    return applied;
  }

  /** Sends nothing new, and ends when all is acknowledged. */
  void finish() {
    sending = false;
  }

  /** Whatever is missing. */
  void abandon() {
    running = false;
  }

  @Override
  public void run() {
    Duration wait = FIRST_WAIT;
    try {
      while (running && (sending || !waiting.isEmpty())) {
        StompClient socket = null;
        try {
          socket = user.connect();
          connects.incrementAndGet();
          resume(socket);
          wait = FIRST_WAIT;
          chat(socket);
        } catch (RuntimeException | AssertionError e) {
          // Refused, or ended meanwhile: like a socket that is closed.
          if (!isEnd(e)) {
            throw e;
          }
        }
        if (running && (sending || !waiting.isEmpty())) {
          Thread.sleep(toWait(socket, wait));
          Duration longer = wait.multipliedBy(2);
          wait = longer.compareTo(LONGEST_WAIT) < 0 ? longer : LONGEST_WAIT;
        } else if (socket != null) {
          socket.close();
        }
      }
      catchUp();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean isEnd(Throwable e) {
    return e instanceof CompletionException
        || e instanceof UncheckedIOException
        || e instanceof IllegalStateException
        || e instanceof AssertionError;
  }

  private static Duration toWait(@Nullable StompClient socket, Duration wait) {
    if (socket != null && socket.isClosed()) {
      Matcher told = RETRY_AFTER.matcher(socket.closeReason());
      if (told.find()) {
        return Duration.ofMillis(Long.parseLong(told.group(1)));
      }
    }
    return Duration.ofMillis(
        (long) (wait.toMillis() * ThreadLocalRandom.current().nextDouble(0.5, 1)));
  }

  private void resume(StompClient socket) throws InterruptedException {
    catchUp();
    for (Map.Entry<String, String> message : waiting.entrySet()) {
      socket.message(conversation, message.getKey(), message.getValue());
    }
  }

  private void chat(StompClient socket) throws InterruptedException {
    long next = System.nanoTime();
    long heard = next;
    while (running && !socket.isClosed() && (sending || !waiting.isEmpty())) {
      if (sending && waiting.isEmpty() && System.nanoTime() >= next) {
        String id = "m" + sent++;
        waiting.put(id, "text " + id);
        heard = System.nanoTime();
        next = heard + BETWEEN_MESSAGES.toNanos();
        socket.message(conversation, id, "text " + id);
      }
      JsonNode event = socket.event(Duration.ofMillis(20));
      if (event != null) {
        received(event);
      }
      if (!waiting.isEmpty() && System.nanoTime() - heard > ACK_WITHIN.toNanos()) {
        socket.abort();
        return;
      }
    }
  }

  private void received(JsonNode event) throws InterruptedException {
    switch (event.path("type").asString()) {
      case "ACK" -> {
        String id = event.get("clientMessageId").asString();
        acknowledge(id, event.get("seq").asLong());
        waiting.remove(id);
      }
      case "HEADS" -> catchUp();
      default -> {
        long seq = event.path("seq").asLong();
        if (!event.path("conversationId").asString().equals(conversation) || !event.has("prev")) {
          return;
        }
        if (seq == known + 1) {
          apply(event);
        } else if (seq > known + 1) {
          catchUp();
        }
      }
    }
  }

  private void catchUp() throws InterruptedException {
    boolean more = true;
    while (more && running) {
      Answer page =
          rest.untilAnswered(
              user,
              "GET",
              "/api/v1/conversations/"
                  + conversation
                  + "/events?reset=false&limit=500&after="
                  + known,
              "");
      Iterator<JsonNode> events = page.json().get("items").iterator();
      while (events.hasNext()) {
        apply(events.next());
      }
      more = page.json().get("more").asBoolean();
    }
  }

  private void apply(JsonNode event) {
    known = event.get("seq").asLong();
    applied.add(event);
    if (event.path("authorId").asString().equals(user.id()) && event.has("clientMessageId")) {
      String id = event.get("clientMessageId").asString();
      if (waiting.remove(id) != null) {
        acknowledge(id, known);
      }
    }
  }

  private void acknowledge(String id, long seq) {
    acknowledged.put(id, seq);
    silence.end();
  }
}
