package io.parley.message.traces;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.events.MessagesStored;
import io.parley.common.ids.UserId;
import io.parley.localstack.TraceCollector;
import io.parley.localstack.TraceCollector.Span;
import io.parley.message.Http;
import io.parley.message.Nodes;
import io.parley.message.NotificationQueue;
import io.parley.message.StompClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.Message;

/** A node that has a collector: what comes by HTTP and STOMP, and what goes to RabbitMQ. */
class TracesIT {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

  private static final TraceCollector collector = TraceCollector.start();
  private static final Nodes.Node node =
      Nodes.start(
          "parley.traces.endpoint=" + collector.endpoint(),
          "parley.traces.ratio=1",
          "parley.traces.every=50ms");

  private final UserId ann = Nodes.FLEET.user();
  private final UserId ben = Nodes.FLEET.user();
  private final String token = Nodes.FLEET.token(ann);
  private final String conversation =
      new Http(node.http(), token)
          .post("/api/v1/conversations/direct", Map.of("userId", ben))
          .json()
          .get("id")
          .asString();
  private final NotificationQueue queue = new NotificationQueue(ann);

  @AfterAll
  static void stop() {
    node.context().close();
    collector.close();
  }

  private static Span span(String traceId, String name) {
    return collector.await(
        span -> span.traceId().equals(traceId) && span.name().equals(name), PATIENCE);
  }

  private static String traceparent(Message message) {
    return requireNonNull(message.getMessageProperties().<String>getHeader("traceparent"));
  }

  private static String carriedBy(Span span) {
    return "00-" + span.traceId() + "-" + span.spanId() + "-0";
  }

  @Test
  void aRestSendShouldBeInTheTraceOfItsCallerUpToTheQueue() throws Exception {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create(
                            node.http() + "/api/v1/conversations/" + conversation + "/messages"))
                    .header("Authorization", "Bearer " + token)
                    .header("Content-Type", "application/json")
                    .header("traceparent", "00-" + TRACE + "-b7ad6b7169203331-01")
                    .POST(
                        HttpRequest.BodyPublishers.ofString(
                            "{\"clientMessageId\":\"m-1\",\"text\":\"zebra\"}"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isBetween(200, 201);
    Message message = requireNonNull(queue.next(PATIENCE));

    Span served = span(TRACE, "POST /api/v1/conversations/{id}/messages");
    Span created = span(TRACE, "create " + MessagesStored.EXCHANGE);
    assertThat(served.service()).isEqualTo("message-service");
    assertThat(served.kind()).isEqualTo("SERVER");
    assertThat(served.parentId()).isEqualTo("b7ad6b7169203331");
    assertThat(created.parentId()).isEqualTo(served.spanId());
    assertThat(traceparent(message)).startsWith(carriedBy(created));
    assertThat(collector.spans().toString()).doesNotContain("zebra", token);
  }

  @Test
  void aFrameShouldBeginATraceThatItsClientCanNotChoose() throws Exception {
    try (StompClient client = StompClient.connect(node.http(), token)) {
      client.send(
          "SEND",
          Map.of(
              "destination",
              "/app/conversations/" + conversation + "/messages",
              "receipt",
              "r",
              "traceparent",
              "00-" + TRACE.replace('0', '1') + "-00f067aa0ba902b7-00"),
          "{\"clientMessageId\":\"m-2\",\"text\":\"okapi\"}");
      client.receipt("r");
    }
    Message message = requireNonNull(queue.next(PATIENCE));
    Span sent =
        collector.await(
            span ->
                span.name().equals("SEND /app/conversations/{id}/messages")
                    && conversation.equals(span.attributes().get("parley.conversation")),
            PATIENCE);
    assertThat(sent.kind()).isEqualTo("SERVER");
    assertThat(sent.parentId()).isEmpty();
    assertThat(sent.links()).containsExactly(TRACE.replace('0', '1') + "-00f067aa0ba902b7");
    Span created = span(sent.traceId(), "create " + MessagesStored.EXCHANGE);
    assertThat(created.parentId()).isEqualTo(sent.spanId());
    assertThat(traceparent(message)).startsWith(carriedBy(created));
    assertThat(collector.spans().toString()).doesNotContain("okapi");
  }

  @Test
  void aRefusedFrameShouldSayWhyAndAnUnknownDestinationBeNoName() throws Exception {
    String nowhere = UUID.randomUUID().toString();
    try (StompClient client = StompClient.connect(node.http(), token)) {
      client.send(
          "SEND",
          Map.of("destination", "/app/conversations/" + nowhere + "/read", "traceparent", "no"),
          "{\"seq\":1}");
      client.send("SEND", Map.of("destination", "/app/made-up-" + nowhere), "{}");
      Span refused =
          collector.await(
              span -> nowhere.equals(span.attributes().get("parley.conversation")), PATIENCE);
      assertThat(refused.name()).isEqualTo("SEND /app/conversations/{id}/read");
      assertThat(refused.attributes()).containsKey("parley.problem");
      assertThat(refused.failed()).isFalse();
      assertThat(refused.links()).isEmpty();
      Span unknown = collector.await(span -> span.name().equals("SEND"), PATIENCE);
      assertThat(unknown.attributes()).containsEntry("parley.problem", "not-found");
      assertThat(unknown.attributes().toString()).doesNotContain(nowhere);
    }
  }
}
