package io.parley.message.socket;

import io.parley.common.access.AccessTokens;
import io.parley.common.access.Caller;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.chat.Chat;
import io.parley.message.chat.MarkRead;
import io.parley.message.chat.MessageSent;
import io.parley.message.chat.SendMessage;
import io.parley.message.delivery.Connection;
import io.parley.message.delivery.Hub;
import io.parley.message.delivery.Outgoing;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.ProblemDetail;
import org.springframework.messaging.simp.stomp.StompCommand;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * One client's STOMP 1.2 session. Frames are handled one after the other, in the order they came,
 * on the thread that read them: what a client sends is stored in the order it was sent, and a
 * client that sends faster than is stored is slowed down by TCP.
 *
 * <p>A RECEIPT is sent when the work is done. A refusal that concerns one frame goes to {@code
 * /user/queue/problems} when the client listens there; else, and for breaches of the protocol, it
 * is an ERROR and the end of the connection, as STOMP has it.
 */
final class StompSession implements Connection {

  /** What all sessions share. */
  record Services(
      AccessTokens tokens,
      Hub hub,
      Chat chat,
      JsonMapper json,
      SocketProperties properties,
      Clock clock) {}

  private static final Logger log = LoggerFactory.getLogger(StompSession.class);
  private static final String PROBLEMS = "/user/queue/problems";
  private static final Pattern DESTINATION =
      Pattern.compile("/app/conversations/([0-9a-f-]{36})/(messages|read|typing)");
  private static final Pattern HEARTBEAT = Pattern.compile("(\\d{1,9}),(\\d{1,9})");
  private static final long MAX_HEARTBEAT_MILLIS = 60_000;
  private static final int MAX_SUBSCRIPTIONS = 4;
  private static final long TYPING_INTERVAL_NANOS = 1_000_000_000L;

  private record Subscription(String id, byte[] escapedId, String destination) {}

  private final SocketWriter writer;
  private final Services services;
  private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
  private final AtomicLong messageIds = new AtomicLong();
  private volatile @Nullable Caller caller;
  private volatile boolean connectedToHub;
  private volatile boolean ended;
  private volatile long readNanos = System.nanoTime();
  private volatile long sentNanos = readNanos;
  private final long openedNanos = readNanos;

  /** Nanoseconds; 0: the client did not ask for or promise any. */
  private volatile long sendEvery;

  private volatile long expectEvery;
  private long typedNanos;

  StompSession(SocketWriter writer, Services services) {
    this.writer = writer;
    this.services = services;
  }

  @Override
  public UserId user() {
    return caller().id();
  }

  private Caller caller() {
    Caller known = caller;
    if (known == null) {
      throw new ProblemException(CommonProblem.UNAUTHENTICATED);
    }
    return known;
  }

  // --- outgoing --------------------------------------------------------------------------------

  @Override
  public void enqueue(Outgoing event) {
    for (Subscription subscription : subscriptions) {
      if (subscription.destination().equals(Hub.EVENTS)) {
        writer.add(event.frame(subscription.escapedId()));
      }
    }
  }

  @Override
  public void flush() {
    sentNanos = System.nanoTime();
    writer.flush();
  }

  private void send(String command, Map<String, String> headers, byte[] body) {
    sentNanos = System.nanoTime();
    writer.send(StompFrames.frame(command, headers, body));
  }

  // --- incoming --------------------------------------------------------------------------------

  void received() {
    readNanos = System.nanoTime();
  }

  void handle(StompHeaderAccessor frame, byte[] body) {
    if (writer.isClosing()) {
      return;
    }
    StompCommand command = frame.getCommand();
    String receipt = frame.getReceipt();
    try {
      if (command == null) {
        throw new ProblemException(CommonProblem.INVALID_REQUEST, "a frame without a command");
      }
      if (caller == null && command != StompCommand.CONNECT && command != StompCommand.STOMP) {
        throw new ProblemException(CommonProblem.UNAUTHENTICATED, "CONNECT comes first");
      }
      switch (command) {
        case CONNECT, STOMP -> connect(frame);
        case SUBSCRIBE -> subscribe(frame);
        case UNSUBSCRIBE -> unsubscribe(frame);
        case SEND -> {
          if (!handledSend(frame, body, receipt)) {
            return;
          }
        }
        case ACK, NACK -> {
          // Everything is acknowledged as it is read (ack:auto); resuming is by seq.
        }
        case DISCONNECT -> {
          receipt(receipt);
          writer.close(CloseCode.NORMAL);
          return;
        }
        default ->
            throw new ProblemException(
                CommonProblem.INVALID_REQUEST, command + " is not supported here");
      }
      receipt(receipt);
    } catch (ProblemException e) {
      boolean access =
          e.type() == CommonProblem.UNAUTHENTICATED || e.type() == CommonProblem.TOKEN_EXPIRED;
      error(e, receipt, access ? CloseCode.UNAUTHENTICATED : CloseCode.PROTOCOL_ERROR);
    } catch (RuntimeException e) {
      log.error("unexpected", e);
      error(new ProblemException(CommonProblem.INTERNAL), receipt, CloseCode.INTERNAL);
    }
  }

  private void receipt(@Nullable String id) {
    if (id != null) {
      send("RECEIPT", Map.of("receipt-id", id), new byte[0]);
    }
  }

  private void connect(StompHeaderAccessor frame) {
    if (caller != null) {
      throw new ProblemException(CommonProblem.INVALID_REQUEST, "connected already");
    }
    String version = version(frame.getFirstNativeHeader("accept-version"));
    String authorization = frame.getFirstNativeHeader("Authorization");
    if (authorization == null) {
      authorization = frame.getFirstNativeHeader("authorization");
    }
    if (authorization == null || !authorization.startsWith("Bearer ")) {
      throw new ProblemException(
          CommonProblem.UNAUTHENTICATED, "CONNECT needs a header Authorization: Bearer …");
    }
    Caller connected = services.tokens().verify(authorization.substring("Bearer ".length()));
    caller = connected;
    long interval = services.properties().heartbeat().toMillis();
    long[] heartbeat = heartbeat(frame.getFirstNativeHeader("heart-beat"));
    expectEvery = heartbeat[0] == 0 ? 0 : Math.max(heartbeat[0], interval) * 1_000_000;
    sendEvery = heartbeat[1] == 0 ? 0 : Math.max(heartbeat[1], interval) * 1_000_000;
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("version", version);
    headers.put("heart-beat", interval + "," + interval);
    headers.put("user-name", connected.id().toString());
    headers.put("server", "parley");
    send("CONNECTED", headers, new byte[0]);
  }

  /** What the client can send and wants to get, in ms, 0 for none (STOMP 1.2, "Heart-beating"). */
  private static long[] heartbeat(@Nullable String header) {
    if (header == null) {
      return new long[] {0, 0};
    }
    Matcher matcher = HEARTBEAT.matcher(header);
    if (!matcher.matches()) {
      throw new ProblemException(
          CommonProblem.INVALID_REQUEST, "heart-beat must be two numbers of ms, like 10000,10000");
    }
    return new long[] {
      Math.min(MAX_HEARTBEAT_MILLIS, Long.parseLong(matcher.group(1))),
      Math.min(MAX_HEARTBEAT_MILLIS, Long.parseLong(matcher.group(2)))
    };
  }

  private static String version(@Nullable String accepted) {
    List<String> versions = accepted == null ? List.of() : List.of(accepted.split(","));
    for (String version : List.of("1.2", "1.1")) {
      if (versions.contains(version)) {
        return version;
      }
    }
    throw new ProblemException(
        CommonProblem.INVALID_REQUEST, "accept-version must name 1.2 or 1.1", Map.of());
  }

  private void subscribe(StompHeaderAccessor frame) {
    String id = frame.getSubscriptionId();
    String destination = String.valueOf(frame.getDestination());
    if (id == null || id.isEmpty() || id.length() > 64) {
      throw new ProblemException(
          CommonProblem.INVALID_REQUEST, "SUBSCRIBE needs an id of 1 to 64 characters");
    }
    if (!destination.equals(Hub.EVENTS) && !destination.equals(PROBLEMS)) {
      throw new ProblemException(
          CommonProblem.NOT_FOUND, "there is nothing to subscribe to at " + destination);
    }
    if (subscriptions.size() >= MAX_SUBSCRIPTIONS
        || subscriptions.stream().anyMatch(s -> s.id().equals(id))) {
      throw new ProblemException(
          CommonProblem.INVALID_REQUEST, "too many subscriptions, or this id is taken");
    }
    subscriptions.add(
        new Subscription(id, StompFrames.escape(id).getBytes(StandardCharsets.UTF_8), destination));
    if (destination.equals(Hub.EVENTS) && !connectedToHub) {
      connectedToHub = true;
      services.hub().connect(this);
      if (ended) {
        services.hub().disconnect(this);
      }
    }
  }

  private void unsubscribe(StompHeaderAccessor frame) {
    String id = frame.getSubscriptionId();
    if (!subscriptions.removeIf(subscription -> subscription.id().equals(id))) {
      throw new ProblemException(CommonProblem.INVALID_REQUEST, "there is no such subscription");
    }
    if (connectedToHub
        && subscriptions.stream().noneMatch(s -> s.destination().equals(Hub.EVENTS))) {
      connectedToHub = false;
      services.hub().disconnect(this);
    }
  }

  /** False when the frame was refused and the refusal delivered. */
  private boolean handledSend(StompHeaderAccessor frame, byte[] body, @Nullable String receipt) {
    String destination = String.valueOf(frame.getDestination());
    try {
      dispatch(destination, body);
      return true;
    } catch (ProblemException e) {
      Subscription problems = null;
      for (Subscription subscription : subscriptions) {
        if (subscription.destination().equals(PROBLEMS)) {
          problems = subscription;
        }
      }
      if (problems == null
          || e.type() == CommonProblem.UNAUTHENTICATED
          || e.type() == CommonProblem.TOKEN_EXPIRED) {
        throw e;
      }
      ProblemDetail problem = e.toProblemDetail();
      problem.setProperty("destination", destination);
      String headers = "";
      if (receipt != null) {
        problem.setProperty("receipt", receipt);
        headers = "receipt-id:" + StompFrames.escape(receipt) + "\n";
      }
      String clientMessageId = clientMessageId(body);
      if (clientMessageId != null) {
        problem.setProperty("clientMessageId", clientMessageId);
      }
      byte[] json = services.json().writeValueAsBytes(problem);
      writer.send(
          Outgoing.of(
                  PROBLEMS,
                  "e-" + messageIds.incrementAndGet(),
                  "application/problem+json",
                  headers,
                  json)
              .frame(problems.escapedId()));
      return false;
    }
  }

  private void dispatch(String destination, byte[] body) {
    if (caller().expiresAt().toEpochMilli() <= services.clock().millis()) {
      throw new ProblemException(CommonProblem.TOKEN_EXPIRED);
    }
    Matcher matcher = DESTINATION.matcher(destination);
    if (!matcher.matches()) {
      throw new ProblemException(
          CommonProblem.NOT_FOUND, "there is nothing to send to at " + destination);
    }
    ConversationId conversation;
    try {
      conversation = ConversationId.valueOf(matcher.group(1));
    } catch (IllegalArgumentException e) {
      throw new ProblemException(CommonProblem.INVALID_REQUEST, "not an id: " + matcher.group(1));
    }
    switch (matcher.group(2)) {
      case "messages" -> {
        MessageSent sent =
            services.chat().send(caller(), conversation, read(body, SendMessage.class));
        enqueue(
            Outgoing.of(
                Hub.EVENTS,
                "a-" + messageIds.incrementAndGet(),
                services.json().writeValueAsBytes(sent)));
        flush();
      }
      case "read" -> services.chat().markRead(caller(), conversation, read(body, MarkRead.class));
      default -> {
        long now = System.nanoTime();
        if (now - typedNanos > TYPING_INTERVAL_NANOS) {
          typedNanos = now;
          services.chat().typing(caller(), conversation);
        }
      }
    }
  }

  private <T> T read(byte[] body, Class<T> type) {
    try {
      T value = services.json().readValue(body, type);
      if (value == null) {
        throw new ProblemException(CommonProblem.INVALID_REQUEST, "the body is null");
      }
      return value;
    } catch (JacksonException e) {
      throw new ProblemException(
          CommonProblem.INVALID_REQUEST, "the body is not the JSON expected here");
    }
  }

  private @Nullable String clientMessageId(byte[] body) {
    try {
      return services.json().readTree(body).path("clientMessageId").stringValue(null);
    } catch (JacksonException e) {
      return null;
    }
  }

  void error(ProblemException refusal, @Nullable String receipt, CloseCode code) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("message", refusal.type().slug());
    headers.put("content-type", "application/problem+json");
    headers.put("version", "1.2,1.1");
    if (receipt != null) {
      headers.put("receipt-id", receipt);
    }
    send("ERROR", headers, services.json().writeValueAsBytes(refusal.toProblemDetail()));
    writer.close(code);
  }

  // --- life ------------------------------------------------------------------------------------

  /** Called every second: heart-beats, stalls and ends. */
  void tick(long now, long writeTimeoutNanos) {
    if (writer.isOverdue(now, writeTimeoutNanos)) {
      writer.abort();
    } else if (writer.isClosing()) {
      return;
    } else if (writer.isStalled(now, writeTimeoutNanos)) {
      writer.close(CloseCode.TOO_SLOW);
      writer.abort();
    } else if (caller == null) {
      if (now - openedNanos > services.properties().connectTimeout().toNanos()) {
        error(
            new ProblemException(CommonProblem.UNAUTHENTICATED, "no CONNECT came"),
            null,
            CloseCode.UNAUTHENTICATED);
      }
    } else if (caller().expiresAt().toEpochMilli() <= services.clock().millis()) {
      error(new ProblemException(CommonProblem.TOKEN_EXPIRED), null, CloseCode.UNAUTHENTICATED);
    } else {
      beat(now);
    }
  }

  private void beat(long now) {
    long usual = services.properties().heartbeat().toNanos();
    long expect = expectEvery == 0 ? 2 * usual : expectEvery;
    if (now - readNanos > 3 * expect) {
      writer.close(CloseCode.SILENT);
      return;
    }
    if (expectEvery == 0 && now - readNanos > expect) {
      // No heart-beat was promised: a pong shows as well that somebody is there.
      writer.ping();
    }
    if (sendEvery > 0 && now - sentNanos > sendEvery - usual / 5) {
      sentNanos = now;
      writer.send(StompFrames.HEARTBEAT);
    }
  }

  /**
   * @param reason tells the client when to come back
   */
  void goAway(String reason) {
    writer.close(CloseCode.GOING_AWAY.code(), reason);
  }

  void closed() {
    ended = true;
    if (connectedToHub) {
      connectedToHub = false;
      services.hub().disconnect(this);
    }
  }

  void closeAfterViolation(String detail) {
    error(
        new ProblemException(CommonProblem.INVALID_REQUEST, detail),
        null,
        CloseCode.PROTOCOL_ERROR);
  }
}
