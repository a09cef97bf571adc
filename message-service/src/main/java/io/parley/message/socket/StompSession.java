package io.parley.message.socket;

import io.parley.common.access.AccessTokens;
import io.parley.common.access.Caller;
import io.parley.common.access.Scope;
import io.parley.common.ids.UserId;
import io.parley.common.logs.LogFields;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.common.traces.Span;
import io.parley.message.availability.ClientPresence;
import io.parley.message.availability.Watching;
import io.parley.message.chat.Chat;
import io.parley.message.chat.MessageSent;
import io.parley.message.command.ConversationCommands;
import io.parley.message.delivery.Connection;
import io.parley.message.delivery.Connections;
import io.parley.message.delivery.Outgoing;
import io.parley.message.limits.UserLimits;
import io.parley.message.stomp.NotAFrame;
import io.parley.message.stomp.StompFrame;
import io.parley.message.stomp.StompFrame.Command;
import io.parley.message.stomp.StompFrames;
import io.parley.message.traces.FrameSpans;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * One client's STOMP 1.2 session. Frames are handled one after the other, in the order they came,
 * on the thread that read them: what a client sends is stored in the order it was sent, and a
 * client that sends faster than is stored is slowed down by TCP.
 *
 * <p>A RECEIPT is sent when the work is done. A refusal that concerns one frame goes to {@code
 * /user/queue/problems} when the client listens there, and a RECEIPT follows; else, and for what
 * breaks the protocol, it is an ERROR and the end of the connection, as STOMP has it.
 */
final class StompSession implements Connection {

  /** What all sessions share. */
  record Services(
      AccessTokens tokens,
      OpenSockets sockets,
      UserLimits limits,
      Connections connections,
      Arrivals arrivals,
      Chat chat,
      ConversationCommands commands,
      Watching watching,
      FrameSpans spans,
      JsonMapper json,
      SocketProperties properties,
      Clock clock) {}

  private static final Logger log = LoggerFactory.getLogger(StompSession.class);

  private final SocketWriter writer;
  private final Services services;
  private final @Nullable String requestId;
  private @Nullable String loggedUser;
  private final Admission admission;
  private final ClientPresence presence;
  private final AppDestinations destinations;
  private final HeartBeats heartBeats;
  private final Subscriptions subscriptions = new Subscriptions();
  private final Answers answers;
  private volatile boolean hearsEvents;
  private volatile boolean ended;
  private final long openedNanos = System.nanoTime();

  /**
   * @param requestId of the handshake, for the log
   */
  StompSession(SocketWriter writer, Services services, @Nullable String requestId) {
    this.writer = writer;
    this.requestId = requestId;
    this.services = services;
    this.admission = new Admission(services.tokens(), services.clock());
    this.presence = services.watching().client(this);
    this.destinations =
        new AppDestinations(services.chat(), services.commands(), presence, services.json());
    this.heartBeats = new HeartBeats(services.properties());
    this.answers = new Answers(writer, heartBeats, subscriptions, services.json());
  }

  @Override
  public UserId user() {
    return admission.caller().id();
  }

  // --- outgoing --------------------------------------------------------------------------------

  @Override
  public void enqueue(Outgoing event) {
    subscriptions.enqueue(event, writer);
  }

  @Override
  public void flush() {
    heartBeats.sent();
    writer.flush();
  }

  // --- incoming --------------------------------------------------------------------------------

  void received() {
    heartBeats.received();
  }

  @Override
  public long heardNanos() {
    return heartBeats.heardNanos();
  }

  void handle(StompFrame frame) {
    if (writer.isClosing()) {
      return;
    }
    heartBeats.handling(true);
    LogFields.put(LogFields.REQUEST, requestId);
    LogFields.put(LogFields.USER, loggedUser);
    try {
      if (frame.command() != Command.CONNECT && frame.command() != Command.STOMP) {
        admission.caller();
      }
      obey(frame);
    } catch (ProblemException e) {
      error(e, frame.receipt(), CloseCode.after(e.type()));
    } catch (RuntimeException e) {
      log.error("unexpected", e);
      error(new ProblemException(CommonProblem.INTERNAL), frame.receipt(), CloseCode.INTERNAL);
    } finally {
      LogFields.clear();
      heartBeats.handling(false);
    }
  }

  /**
   * @throws ProblemException for what ends the connection
   */
  private void obey(StompFrame frame) {
    boolean done =
        switch (frame.command()) {
          case CONNECT, STOMP -> {
            services.arrivals().run(() -> connect(frame));
            yield true;
          }
          case SUBSCRIBE -> subscribed(frame);
          case UNSUBSCRIBE -> {
            unsubscribe(frame);
            yield true;
          }
          case SEND -> sent(frame);
          // Everything is acknowledged as it is sent; resuming is by seq.
          case ACK, NACK -> true;
          case BEGIN, COMMIT, ABORT ->
              refused(
                  frame,
                  new ProblemException(CommonProblem.INVALID_REQUEST, "there are no transactions"));
          case DISCONNECT -> true;
        };
    if (done) {
      answers.receipt(frame.receipt());
    }
    if (frame.command() == Command.DISCONNECT) {
      writer.close(CloseCode.NORMAL);
    }
  }

  /**
   * Tells the client that this frame is refused, and goes on.
   *
   * @return false: the frame has its answer
   * @throws ProblemException the same, when the client does not listen to problems: what STOMP asks
   *     for is then an ERROR and the end of the connection
   */
  private boolean refused(StompFrame frame, ProblemException refusal) {
    boolean told =
        !admission.hasExpired()
            && answers.refused(frame, refusal, destinations.clientMessageId(frame.body()));
    if (!told) {
      throw refusal;
    }
    return false;
  }

  private void connect(StompFrame frame) {
    if (admission.isGiven()) {
      throw new ProblemException(CommonProblem.INVALID_REQUEST, "connected already");
    }
    String version = version(frame.word("accept-version"));
    String heartBeat = heartBeats.agree(frame.word("heart-beat"));
    String authorization = frame.word("Authorization");
    if (authorization == null) {
      authorization = frame.word("authorization");
    }
    Caller connected = admission.admit(authorization);
    loggedUser = connected.id().toString();
    services.limits().connect(connected.id());
    services.sockets().admitted(this, connected);
    presence.connected();
    if (ended) {
      services.sockets().left(this, connected);
    }
    answers.connected(version, heartBeat, connected.id().toString());
  }

  private static String version(@Nullable String accepted) {
    List<String> versions =
        accepted == null ? List.of() : List.of(accepted.strip().split("\\s*,\\s*"));
    for (String version : List.of("1.2", "1.1")) {
      if (versions.contains(version)) {
        return version;
      }
    }
    throw new ProblemException(
        CommonProblem.INVALID_REQUEST, "accept-version must name 1.2 or 1.1", Map.of());
  }

  /** False when the frame was refused and the refusal delivered. */
  private boolean subscribed(StompFrame frame) {
    String destination;
    try {
      services.limits().frame(user());
      if (Outgoing.EVENTS.equals(frame.word("destination"))) {
        admission.caller().require(Scope.MESSAGES_READ);
      }
      destination = subscriptions.add(frame);
    } catch (ProblemException e) {
      return refused(frame, e);
    }
    if (destination.equals(Outgoing.EVENTS) && !hearsEvents) {
      hearsEvents = true;
      services.arrivals().run(() -> services.connections().connect(this));
      if (ended) {
        services.connections().disconnect(this);
      }
    }
    return true;
  }

  private void unsubscribe(StompFrame frame) {
    subscriptions.remove(frame.header("id"));
    if (hearsEvents && !subscriptions.has(Outgoing.EVENTS)) {
      hearsEvents = false;
      services.connections().disconnect(this);
    }
  }

  private boolean sent(StompFrame frame) {
    Span span = services.spans().begin(frame);
    try (Span.Scope scope = span.enter()) {
      return sent(frame, span);
    } catch (RuntimeException e) {
      span.failed(e.getClass().getName());
      throw e;
    } finally {
      span.end();
    }
  }

  /** False when the frame was refused and the refusal delivered. */
  private boolean sent(StompFrame frame, Span span) {
    String destination = String.valueOf(frame.word("destination"));
    try {
      if (frame.header("transaction") != null) {
        throw new ProblemException(CommonProblem.INVALID_REQUEST, "there are no transactions");
      }
      MessageSent sent = destinations.handle(admission, destination, frame.body());
      if (sent != null) {
        answers.event(sent);
      }
    } catch (ProblemException e) {
      span.set("parley.problem", e.type().slug());
      if (e.type().status().is5xxServerError()) {
        span.failed(e.type().slug());
      }
      return refused(frame, e);
    }
    if (hearsEvents && destination.equals(AppDestinations.Own.RENEW.path())) {
      // What is subscribed to must be allowed by the new token as well.
      admission.caller().require(Scope.MESSAGES_READ);
    }
    return true;
  }

  // --- its end ---------------------------------------------------------------------------------

  private void error(ProblemException refusal, @Nullable String receipt, CloseCode code) {
    answers.error(refusal, receipt);
    writer.close(code);
  }

  /** The right to hear anything is gone: nothing that waits is sent any more. */
  void cut(ProblemException refusal) {
    writer.cut(answers.errorFrame(refusal, null), CloseCode.after(refusal.type()));
  }

  void abortIfStuck() {
    writer.abortIfStuck();
  }

  /** Called every second: stalls and ends. */
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
    }
  }

  /** Called every {@link HeartBeats#LOOK_MILLIS}. */
  void beat(long now) {
    if (!admission.isGiven() || writer.isClosing()) {
      return;
    }
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

  void closed() {
    ended = true;
    if (admission.isGiven()) {
      services.sockets().left(this, admission.caller());
    }
    presence.ended();
    if (hearsEvents) {
      hearsEvents = false;
      services.connections().disconnect(this);
    }
  }

  /** Nothing that comes after this can be read. */
  void closeAfter(NotAFrame violation) {
    if (!writer.isClosing()) {
      error(
          new ProblemException(
              CommonProblem.INVALID_REQUEST, "not a STOMP frame: " + violation.getMessage()),
          violation.receipt(),
          CloseCode.PROTOCOL_ERROR);
    }
  }

  boolean isClosing() {
    return writer.isClosing();
  }

  boolean wasTooSlow() {
    return writer.isClosingFor(CloseCode.TOO_SLOW);
  }
}
