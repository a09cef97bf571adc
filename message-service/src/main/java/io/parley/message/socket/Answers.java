package io.parley.message.socket;

import io.parley.common.problems.ProblemException;
import io.parley.message.delivery.Outgoing;
import io.parley.message.stomp.StompFrame;
import io.parley.message.stomp.StompFrames;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ProblemDetail;
import tools.jackson.databind.json.JsonMapper;

/** What one client is told about its own frames. Everything here is written at once. */
final class Answers {

  private static final byte[] NO_BODY = new byte[0];

  private final SocketWriter writer;
  private final HeartBeats heartBeats;
  private final Subscriptions subscriptions;
  private final JsonMapper json;
  private final AtomicLong messageIds = new AtomicLong();

  Answers(
      SocketWriter writer, HeartBeats heartBeats, Subscriptions subscriptions, JsonMapper json) {
    this.writer = writer;
    this.heartBeats = heartBeats;
    this.subscriptions = subscriptions;
    this.json = json;
  }

  private void send(byte[] frame) {
    heartBeats.sent();
    writer.send(frame);
  }

  void connected(String version, String heartBeat, String user) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("version", version);
    headers.put("heart-beat", heartBeat);
    headers.put("user-name", user);
    headers.put("server", "parley");
    send(StompFrames.frame("CONNECTED", headers, NO_BODY));
  }

  /** The frame that asked for this has been handled. */
  void receipt(@Nullable String id) {
    if (id != null) {
      send(StompFrames.frame("RECEIPT", Map.of("receipt-id", id), NO_BODY));
    }
  }

  /** An event for this connection alone. */
  void event(Object event) {
    subscriptions.enqueue(
        Outgoing.of(
            Outgoing.EVENTS, "a-" + messageIds.incrementAndGet(), json.writeValueAsBytes(event)),
        writer);
    heartBeats.sent();
    writer.flush();
  }

  /**
   * Tells on {@code /user/queue/problems} that a frame was refused; and then, as a client may do
   * nothing more before its RECEIPT, that it has been handled.
   *
   * @param clientMessageId what the frame's body names
   * @return false, with nothing sent, when the client does not listen there
   */
  boolean refused(StompFrame frame, ProblemException refusal, @Nullable String clientMessageId) {
    ProblemDetail problem = refusal.toProblemDetail();
    problem.setProperty("command", frame.command().name());
    String destination = frame.word("destination");
    if (destination != null) {
      problem.setProperty("destination", destination);
    }
    if (clientMessageId != null) {
      problem.setProperty("clientMessageId", clientMessageId);
    }
    String receipt = frame.receipt();
    String headers = "";
    if (receipt != null) {
      problem.setProperty("receipt", receipt);
      headers = "receipt-id:" + StompFrames.escape(receipt) + "\n";
    }
    byte[] told =
        subscriptions.problem(
            Outgoing.of(
                Subscriptions.PROBLEMS,
                "e-" + messageIds.incrementAndGet(),
                "application/problem+json",
                headers,
                json.writeValueAsBytes(problem)));
    if (told == null) {
      return false;
    }
    send(told);
    if (receipt != null) {
      Map<String, String> handled = new LinkedHashMap<>();
      handled.put("receipt-id", receipt);
      handled.put("problem", refusal.type().slug());
      send(StompFrames.frame("RECEIPT", handled, NO_BODY));
    }
    return true;
  }

  /** The last frame of a connection. */
  void error(ProblemException refusal, @Nullable String receipt) {
    send(errorFrame(refusal, receipt));
  }

  byte[] errorFrame(ProblemException refusal, @Nullable String receipt) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("message", refusal.type().slug());
    headers.put("content-type", "application/problem+json");
    headers.put("version", "1.2,1.1");
    if (receipt != null) {
      headers.put("receipt-id", receipt);
    }
    return StompFrames.frame("ERROR", headers, json.writeValueAsBytes(refusal.toProblemDetail()));
  }
}
