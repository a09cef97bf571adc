package io.parley.message.socket;

import io.parley.common.access.AccessTokens;
import io.parley.common.access.Caller;
import io.parley.common.access.Scope;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.chat.Chat;
import io.parley.message.chat.MessageSent;
import io.parley.message.delivery.Connection;
import io.parley.message.delivery.Connections;
import io.parley.message.delivery.Outgoing;
import io.parley.message.limits.UserLimits;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.ProblemDetail;
import org.springframework.messaging.simp.stomp.StompCommand;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.web.socket.CloseStatus;
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
      OpenSockets sockets,
      UserLimits limits,
      Connections connections,
      Chat chat,
      JsonMapper json,
      SocketProperties properties,
      Clock clock) {}

  private static final Logger log = LoggerFactory.getLogger(StompSession.class);
  private static final String PROBLEMS = "/user/queue/problems";
  private static final int MAX_SUBSCRIPTIONS = 4;
  private static final int NO_CLOSE_FRAME = CloseStatus.NO_CLOSE_FRAME.getCode();

  private record Subscription(String id, byte[] escapedId, String destination) {}

  private final SocketWriter writer;
  private final Services services;
  private final Admission admission;
  private final AppDestinations destinations;
  private final HeartBeats heartBeats;
  private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
  private final AtomicLong messageIds = new AtomicLong();
  private volatile boolean hearsEvents;
  private volatile boolean ended;
  private volatile boolean farewell;
  private volatile boolean lost;
  private final long openedNanos = System.nanoTime();

  StompSession(SocketWriter writer, Services services) {
    this.writer = writer;
    this.services = services;
    this.admission = new Admission(services.tokens(), services.clock());
    this.destinations = new AppDestinations(services.chat(), services.json());
    this.heartBeats = new HeartBeats(services.properties());
  }

  @Override
  public UserId user() {
    return admission.caller().id();
  }

  // --- outgoing --------------------------------------------------------------------------------

  @Override
  public void enqueue(Outgoing event) {
    for (Subscription subscription : subscriptions) {
      if (subscription.destination().equals(Outgoing.EVENTS)) {
        writer.add(event.frame(subscription.escapedId()));
      }
    }
  }

  @Override
  public void flush() {
    heartBeats.sent();
    writer.flush();
  }

  private void send(String command, Map<String, String> headers, byte[] body) {
    heartBeats.sent();
    writer.send(StompFrames.frame(command, headers, body));
  }

  // --- incoming --------------------------------------------------------------------------------

  void received() {
    heartBeats.received();
  }

  @Override
  public boolean isLost() {
    return lost;
  }

  @Override
  public long heardNanos() {
    return heartBeats.heardNanos();
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
      if (command != StompCommand.CONNECT && command != StompCommand.STOMP) {
        admission.caller();
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
          farewell = true;
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
      error(e, receipt, CloseCode.after(e.type()));
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
    if (admission.isGiven()) {
      throw new ProblemException(CommonProblem.INVALID_REQUEST, "connected already");
    }
    String version = version(frame.getFirstNativeHeader("accept-version"));
    String heartBeat = heartBeats.agree(frame.getFirstNativeHeader("heart-beat"));
    String authorization = frame.getFirstNativeHeader("Authorization");
    if (authorization == null) {
      authorization = frame.getFirstNativeHeader("authorization");
    }
    Caller connected = admission.admit(authorization);
    services.limits().connect(connected.id());
    services.sockets().admitted(this, connected);
    if (ended) {
      services.sockets().left(this, connected);
    }
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("version", version);
    headers.put("heart-beat", heartBeat);
    headers.put("user-name", connected.id().toString());
    headers.put("server", "parley");
    send("CONNECTED", headers, new byte[0]);
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
    if (destination.equals(Outgoing.EVENTS)) {
      admission.caller().require(Scope.MESSAGES_READ);
    } else if (!destination.equals(PROBLEMS)) {
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
    if (destination.equals(Outgoing.EVENTS) && !hearsEvents) {
      hearsEvents = true;
      services.connections().connect(this);
      if (ended) {
        services.connections().disconnect(this);
      }
    }
  }

  private void unsubscribe(StompHeaderAccessor frame) {
    String id = frame.getSubscriptionId();
    if (!subscriptions.removeIf(subscription -> subscription.id().equals(id))) {
      throw new ProblemException(CommonProblem.INVALID_REQUEST, "there is no such subscription");
    }
    if (hearsEvents
        && subscriptions.stream().noneMatch(s -> s.destination().equals(Outgoing.EVENTS))) {
      hearsEvents = false;
      services.connections().disconnect(this);
    }
  }

  /** False when the frame was refused and the refusal delivered. */
  private boolean handledSend(StompHeaderAccessor frame, byte[] body, @Nullable String receipt) {
    String destination = String.valueOf(frame.getDestination());
    try {
      MessageSent sent = destinations.handle(admission, destination, body);
      if (sent != null) {
        enqueue(
            Outgoing.of(
                Outgoing.EVENTS,
                "a-" + messageIds.incrementAndGet(),
                services.json().writeValueAsBytes(sent)));
        flush();
      }
    } catch (ProblemException e) {
      Subscription problems = problems();
      if (problems == null || admission.hasExpired()) {
        throw e;
      }
      tell(problems, e, destination, destinations.clientMessageId(body), receipt);
      return false;
    }
    if (hearsEvents && destination.equals(AppDestinations.RENEW)) {
      // What is subscribed to must be allowed by the new token as well.
      admission.caller().require(Scope.MESSAGES_READ);
    }
    return true;
  }

  private @Nullable Subscription problems() {
    for (Subscription subscription : subscriptions) {
      if (subscription.destination().equals(PROBLEMS)) {
        return subscription;
      }
    }
    return null;
  }

  private void tell(
      Subscription problems,
      ProblemException refusal,
      String destination,
      @Nullable String clientMessageId,
      @Nullable String receipt) {
    ProblemDetail problem = refusal.toProblemDetail();
    problem.setProperty("destination", destination);
    String headers = "";
    if (receipt != null) {
      problem.setProperty("receipt", receipt);
      headers = "receipt-id:" + StompFrames.escape(receipt) + "\n";
    }
    if (clientMessageId != null) {
      problem.setProperty("clientMessageId", clientMessageId);
    }
    heartBeats.sent();
    writer.send(
        Outgoing.of(
                PROBLEMS,
                "e-" + messageIds.incrementAndGet(),
                "application/problem+json",
                headers,
                services.json().writeValueAsBytes(problem))
            .frame(problems.escapedId()));
  }

  // --- its end ---------------------------------------------------------------------------------

  private void error(ProblemException refusal, @Nullable String receipt, CloseCode code) {
    heartBeats.sent();
    writer.send(errorFrame(refusal, receipt));
    writer.close(code);
  }

  private byte[] errorFrame(ProblemException refusal, @Nullable String receipt) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("message", refusal.type().slug());
    headers.put("content-type", "application/problem+json");
    headers.put("version", "1.2,1.1");
    if (receipt != null) {
      headers.put("receipt-id", receipt);
    }
    return StompFrames.frame(
        "ERROR", headers, services.json().writeValueAsBytes(refusal.toProblemDetail()));
  }

  /** The right to hear anything is gone: nothing that waits is sent any more. */
  void cut(ProblemException refusal) {
    writer.cut(errorFrame(refusal, null), CloseCode.after(refusal.type()));
  }

  void abortIfStuck() {
    writer.abortIfStuck();
  }

  /** Called every second: heart-beats, stalls and ends. */
  void tick(long now, long writeTimeoutNanos) {
    if (writer.isOverdue(now, writeTimeoutNanos)) {
      writer.abort();
    } else if (writer.isClosing()) {
      return;
    } else if (writer.isStalled(now, writeTimeoutNanos)) {
      writer.close(CloseCode.TOO_SLOW);
      writer.abort();
    } else if (!admission.isGiven()) {
      if (now - openedNanos > services.properties().connectTimeout().toNanos()) {
        cut(new ProblemException(CommonProblem.UNAUTHENTICATED, "no CONNECT came"));
      }
    } else if (admission.hasExpired()) {
      cut(new ProblemException(CommonProblem.TOKEN_EXPIRED));
    } else {
      beat(now);
    }
  }

  private void beat(long now) {
    switch (heartBeats.due(now)) {
      case BEAT -> {
        heartBeats.sent();
        writer.send(StompFrames.HEARTBEAT);
      }
      case PING -> writer.ping();
      case END -> writer.close(CloseCode.SILENT);
      default -> {
        // NOTHING
      }
    }
  }

  /**
   * @param reason tells the client when to come back
   */
  void goAway(String reason) {
    writer.close(CloseCode.GOING_AWAY.code(), reason);
  }

  /**
   * @param code 1006: no close frame came; else the first one's, of whichever side
   */
  void closed(int code) {
    lost =
        !farewell
            && (code == NO_CLOSE_FRAME
                || code == CloseCode.SILENT.code()
                || code == CloseCode.TOO_SLOW.code()
                || (writer.isClosing() && heartBeats.isOverdue(System.nanoTime())));
    ended = true;
    if (admission.isGiven()) {
      services.sockets().left(this, admission.caller());
    }
    if (hearsEvents) {
      hearsEvents = false;
      services.connections().disconnect(this);
    }
  }

  void closeAfterViolation(String detail) {
    error(
        new ProblemException(CommonProblem.INVALID_REQUEST, detail),
        null,
        CloseCode.PROTOCOL_ERROR);
  }
}
