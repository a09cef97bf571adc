package io.parley.notification;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.events.MessagesStored;
import io.parley.localstack.Stores;
import io.parley.localstack.TraceCollector;
import io.parley.localstack.TraceCollector.Span;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.context.ConfigurableApplicationContext;

/** A node that has a collector, on stores of its own: nobody else takes from its queues. */
class TracesIT extends ServiceHarness {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String PARENT = "00-" + TRACE + "-b7ad6b7169203331-01";

  @Test
  void aMessageShouldBeWorkedOnInTheTraceOfItsSend() {
    try (TraceCollector collector = TraceCollector.start()) {
      Map<String, String> environment = new HashMap<>(ENVIRONMENT);
      environment.putAll(Stores.shared().newSpace("traces").environment());
      environment.put("PARLEY_TRACES_ENDPOINT", collector.endpoint());
      environment.put("PARLEY_TRACES_RATIO", "0");
      environment.put("parley.traces.every", "50ms");
      try (ConfigurableApplicationContext node = anotherNode(environment)) {
        RabbitTemplate rabbit = node.getBean(RabbitTemplate.class);
        rabbit.send(
            MessagesStored.EXCHANGE,
            MessagesStored.ROUTING_KEY,
            event(JSON.writeValueAsBytes(new MessagesStored(List.of(message("zebra", user()))))));
        Span done =
            collector.await(
                span -> span.name().equals("process " + MessagesStored.QUEUE), PATIENCE);
        assertThat(done.traceId()).isEqualTo(TRACE);
        assertThat(done.kind()).isEqualTo("CONSUMER");
        assertThat(done.failed()).isFalse();
        // The harness's own send is the one that has made the message.
        Span created = collector.await(span -> span.spanId().equals(done.parentId()), PATIENCE);
        assertThat(created.name()).isEqualTo("create " + MessagesStored.EXCHANGE);
        assertThat(created.parentId()).isEqualTo("b7ad6b7169203331");
        assertThat(done.attributes())
            .containsEntry("messaging.system", "rabbitmq")
            .containsEntry("messaging.operation.type", "process");

        // What is given up goes on to its queue in the same trace.
        rabbit.send(
            MessagesStored.EXCHANGE,
            MessagesStored.ROUTING_KEY,
            event("no JSON".getBytes(StandardCharsets.UTF_8)));
        Span dead =
            collector.await(
                span ->
                    span.kind().equals("PRODUCER")
                        && span.name().startsWith("create " + MessagesStored.QUEUE),
                PATIENCE);
        assertThat(dead.traceId()).isEqualTo(TRACE);
        assertThat(collector.spans().toString()).doesNotContain("zebra", "no JSON");
      }
    }
  }

  private static Message event(byte[] body) {
    return MessageBuilder.withBody(body)
        .setContentType("application/json")
        .setHeader("traceparent", PARENT)
        .build();
  }
}
