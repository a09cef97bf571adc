package io.parley.message.socket;

import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.delivery.Outgoing;
import io.parley.message.stomp.StompFrame;
import io.parley.message.stomp.StompFrames;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** What one client listens to. Changed by its own frames only, read by whoever delivers. */
final class Subscriptions {

  static final String PROBLEMS = "/user/queue/problems";

  private static final int MOST = 4;
  private static final int MAX_ID_CHARS = 64;
  private static final Set<String> ACK_MODES = Set.of("auto", "client", "client-individual");

  /**
   * @param headerValue the id as a MESSAGE frame has it, and the header {@code ack} behind it if
   *     the client wants to acknowledge
   */
  private record Subscription(String id, byte[] headerValue, String destination) {}

  private final List<Subscription> all = new CopyOnWriteArrayList<>();

  /**
   * @return its destination
   * @throws ProblemException for one that can not be; nothing has changed then
   */
  String add(StompFrame subscribe) {
    String id = subscribe.header("id");
    if (id == null || id.isBlank() || id.length() > MAX_ID_CHARS) {
      throw invalid("SUBSCRIBE needs an id of 1 to " + MAX_ID_CHARS + " characters");
    }
    String destination = String.valueOf(subscribe.word("destination"));
    if (!destination.equals(Outgoing.EVENTS) && !destination.equals(PROBLEMS)) {
      throw new ProblemException(
          CommonProblem.NOT_FOUND, "there is nothing to subscribe to at " + destination);
    }
    String ack = subscribe.word("ack");
    if (ack != null && !ACK_MODES.contains(ack)) {
      throw invalid("ack must be auto, client or client-individual");
    }
    if (all.size() >= MOST) {
      throw invalid("a connection may have " + MOST + " subscriptions");
    }
    if (destination.equals(Outgoing.EVENTS) && has(destination)) {
      throw invalid("this connection is subscribed to " + destination + " already");
    }
    if (all.stream().anyMatch(s -> s.id().equals(id))) {
      throw invalid("this connection has a subscription with this id");
    }
    all.add(new Subscription(id, headerValue(id, ack), destination));
    return destination;
  }

  /**
   * STOMP 1.2 wants an {@code ack} of any value in the MESSAGE frames of a client that is to
   * acknowledge. Resuming is by seq, so the ACK that names it means nothing, and one value does.
   */
  private static byte[] headerValue(String id, @Nullable String ack) {
    String escaped = StompFrames.escape(id);
    String value = ack == null || ack.equals("auto") ? escaped : escaped + "\nack:" + escaped;
    return value.getBytes(StandardCharsets.UTF_8);
  }

  private static ProblemException invalid(String detail) {
    return new ProblemException(CommonProblem.INVALID_REQUEST, detail);
  }

  /** One that is not there is as good as ended. */
  void remove(@Nullable String id) {
    all.removeIf(subscription -> subscription.id().equals(id));
  }

  boolean has(String destination) {
    return all.stream().anyMatch(s -> s.destination().equals(destination));
  }

  /** Adds the event once for each subscription that wants it. */
  void enqueue(Outgoing event, SocketWriter writer) {
    for (Subscription subscription : all) {
      if (subscription.destination().equals(Outgoing.EVENTS)) {
        writer.add(event.frame(subscription.headerValue()));
      }
    }
  }

  /**
   * A message to the first that listens to problems.
   *
   * @return the frame, or null when none does
   */
  byte @Nullable [] problem(Outgoing problem) {
    for (Subscription subscription : all) {
      if (subscription.destination().equals(PROBLEMS)) {
        return problem.frame(subscription.headerValue());
      }
    }
    return null;
  }
}
