package io.parley.systemtests;

import static io.parley.systemtests.RunningFleet.COLLECTOR;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.localstack.TraceCollector.Span;
import io.parley.message.Http.Answer;
import io.parley.systemtests.RunningFleet.User;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the processes of the fleet tell a collector fits together. */
class TracesIT {

  /** Spans are sent every 5 s. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String TEXT = "tamarin-in-the-canopy";

  private static Span childOf(Span parent, String service, String kind) {
    return COLLECTOR.await(
        span ->
            span.parentId().equals(parent.spanId())
                && span.traceId().equals(parent.traceId())
                && span.service().equals(service)
                && span.kind().equals(kind),
        PATIENCE);
  }

  @Test
  void aSendShouldBeOneTraceFromTheEdgeToTheNotification() {
    User ann = RunningFleet.register("ann");
    User ben = RunningFleet.register("ben");
    String path = "/api/v1/conversations/" + RunningFleet.direct(ann, ben) + "/messages";
    Answer sent = ann.http().post(path, Map.of("clientMessageId", "traced", "text", TEXT));
    assertThat(sent.status()).isEqualTo(201);

    Span edge =
        COLLECTOR.await(
            span ->
                span.service().equals("api-gateway")
                    && span.kind().equals("SERVER")
                    && path.equals(span.attributes().get("url.path")),
            PATIENCE);
    assertThat(edge.parentId()).isEmpty();
    Span asked = childOf(edge, "api-gateway", "CLIENT");
    Span served = childOf(asked, "message-service", "SERVER");
    Span created = childOf(served, "message-service", "PRODUCER");
    Span processed = childOf(created, "notification-service", "CONSUMER");

    assertThat(served.name()).isEqualTo("POST /api/v1/conversations/{id}/messages");
    assertThat(created.name()).isEqualTo("create parley.notifications");
    assertThat(processed.name()).isEqualTo("process parley.notifications.stored");
    assertThat(COLLECTOR.spans().toString())
        .doesNotContain(TEXT, ann.accessToken(), RunningFleet.SECRET, RunningFleet.PASSWORD)
        .doesNotContain("@example.org", "eyJ", "parley_pat_");
  }

  /** The verification's mail: by user-service's outbox to notification-service. */
  @Test
  void aMailShouldBeInTheTraceOfTheRequestThatAskedForIt() {
    // Of others' mails the collector may have lost the beginning, or they began elsewhere.
    Set<String> before =
        COLLECTOR.spans().stream().map(Span::traceId).collect(Collectors.toUnmodifiableSet());
    RunningFleet.register("cleo");
    COLLECTOR.await(
        span ->
            span.service().equals("notification-service")
                && span.kind().equals("CONSUMER")
                && span.name().contains("mail")
                && !before.contains(span.traceId())
                && beganWithAnAccount(span.traceId()),
        PATIENCE);
  }

  private static boolean beganWithAnAccount(String traceId) {
    return COLLECTOR.trace(traceId).stream()
        .anyMatch(
            span ->
                span.parentId().isEmpty()
                    && span.service().equals("api-gateway")
                    && span.name().startsWith("POST /api/v1/auth/"));
  }
}
