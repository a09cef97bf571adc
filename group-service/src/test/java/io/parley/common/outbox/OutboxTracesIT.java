package io.parley.common.outbox;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.group.testing.GroupServiceIT;
import io.parley.localstack.TraceCollector;
import io.parley.localstack.TraceCollector.Span;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The service with a collector: an event has the trace of the request that it tells of. */
@DirtiesContext
class OutboxTracesIT extends GroupServiceIT {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final TraceCollector COLLECTOR = TraceCollector.start();

  @Autowired private RabbitTemplate rabbit;

  @DynamicPropertySource
  static void traces(DynamicPropertyRegistry registry) {
    registry.add("parley.traces.endpoint", COLLECTOR::endpoint);
    registry.add("parley.traces.ratio", () -> "1");
    registry.add("parley.traces.every", () -> "50ms");
  }

  @AfterAll
  static void stop() {
    COLLECTOR.close();
  }

  @Test
  void anEventShouldBeInTheTraceOfItsRequest() {
    String ann = USERS.newUser();
    String group = group(ann, USERS.newUser());
    Span served =
        COLLECTOR.await(
            span -> span.kind().equals("SERVER") && span.name().equals("POST /api/v1/groups"),
            PATIENCE);
    Span asked =
        COLLECTOR.await(
            span ->
                span.traceId().equals(served.traceId())
                    && span.name().equals("POST /internal/users/lookup"),
            PATIENCE);
    assertThat(asked.kind()).isEqualTo("CLIENT");
    assertThat(asked.parentId()).isEqualTo(served.spanId());

    String traceparent = traceparentOf(group);
    // Another context of this JVM, without traces, may be the one that relays.
    assertThat(traceparent).startsWith("00-" + served.traceId() + "-").endsWith("-03");
  }

  private String traceparentOf(String group) {
    Message message;
    do {
      message = requireNonNull(rabbit.receive(QUEUE, PATIENCE.toMillis()), "no event came");
    } while (!("group." + group).equals(message.getMessageProperties().getReceivedRoutingKey()));
    return requireNonNull(message.getMessageProperties().<String>getHeader("traceparent"));
  }
}
