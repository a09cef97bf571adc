package io.parley.message.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.UserId;
import io.parley.common.metrics.CommonMeter;
import io.parley.common.metrics.MeterTable;
import io.parley.localstack.docs.Exposition;
import io.parley.localstack.docs.GeneratedSection;
import io.parley.localstack.docs.MetricsPage;
import io.parley.message.Http;
import io.parley.message.Nodes;
import io.parley.message.StompClient;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is documented is exposed, what is exposed is documented, and it counts. */
class MessageMetersIT {

  private static final String SERVICE = "message-service";
  private static final MeterTable METERS = MeterTable.of(MessageMeter.values(), CommonMeter.LIMITS);

  private final UserId ann = Nodes.FLEET.user();
  private final UserId ben = Nodes.FLEET.user();
  private final Http asAnn = new Http(Nodes.A.http(), Nodes.FLEET.token(ann));

  private static Exposition scrape() {
    return new Exposition(
        new Http(Nodes.A.http(), "").get("/actuator/prometheus").response().body());
  }

  @Test
  void pageShouldSayWhatIsCounted() {
    GeneratedSection section = new GeneratedSection(MetricsPage.PATH, SERVICE);
    String made = METERS.markdown();
    assertThat(section.after(made)).as(section.advice()).isEqualTo(made);
  }

  @Test
  void allThatIsDocumentedShouldBeExposedAndCountedAndNothingElse() throws InterruptedException {
    Exposition before = scrape();
    String conversation =
        asAnn
            .post("/api/v1/conversations/direct", Map.of("userId", ben))
            .json()
            .get("id")
            .asString();
    try (StompClient anns = StompClient.connect(Nodes.A.http(), Nodes.FLEET.token(ann));
        StompClient bens = StompClient.connect(Nodes.A.http(), Nodes.FLEET.token(ben))) {
      anns.message(conversation, "m1", "hello");
      bens.event("MESSAGE");
      anns.event("ACK");
      anns.message(conversation, "m1", "hello");
      anns.event("ACK");
      assertThat(
              asAnn
                  .post(
                      "/api/v1/conversations/" + conversation + "/messages",
                      Map.of("clientMessageId", "m2", "text", ""))
                  .status())
          .isEqualTo(400);
      assertThat(scrape().sum("parley_sockets", Map.of())).isGreaterThanOrEqualTo(2);
      assertThat(scrape().sum("parley_subscribers", Map.of())).isGreaterThanOrEqualTo(2);
      assertThat(scrape().sum("parley_feeds", Map.of("state", "open"))).isPositive();
    }
    Exposition after = scrape();
    for (int i = 0; i < 100 && closed(after).isNaN(); i++) {
      Thread.sleep(50);
      after = scrape();
    }

    assertThat(after.typesOf("parley_")).isEqualTo(METERS.families());
    Exposition exposed = after;
    METERS
        .labels()
        .forEach(
            (series, labels) -> assertThat(exposed.labels(series)).as(series).isEqualTo(labels));
    assertThat(after.types().keySet()).containsAll(MetricsPage.read().librariesOf(SERVICE));
    String buckets = "http_server_requests_seconds_bucket";
    assertThat(after.sum(buckets, Map.of("le", "+Inf"))).isPositive();
    // How many were as fast is the machine's affair.
    assertThat(after.sum(buckets, Map.of("le", "0.005"))).isNotNaN();
    rose(before, after, "parley_messages_accepted_total", Map.of("kind", "new"), 1);
    rose(before, after, "parley_messages_accepted_total", Map.of("kind", "repeat"), 1);
    rose(before, after, "parley_messages_refused_total", Map.of("problem", "invalid-request"), 1);
    rose(before, after, "parley_messages_write_seconds_count", Map.of(), 1);
    rose(before, after, "parley_bus_publish_seconds_count", Map.of(), 1);
    rose(before, after, "parley_redis_propose_seconds_count", Map.of(), 1);
    rose(before, after, "parley_cassandra_requests_seconds_count", Map.of("operation", "log"), 1);
    rose(before, after, "parley_cassandra_requests_seconds_count", Map.of("operation", "read"), 1);
    rose(before, after, "parley_epochs_opened_total", Map.of("kind", "first"), 1);
    rose(before, after, "parley_sockets_opened_total", Map.of(), 2);
    rose(before, after, "parley_deliveries_total", Map.of(), 1);
    rose(before, after, "parley_limits_total", Map.of("limiter", "send", "outcome", "allowed"), 2);
  }

  private static Double closed(Exposition exposition) {
    return exposition.sum("parley_sockets_closed_total", Map.of());
  }

  private static void rose(
      Exposition before, Exposition after, String series, Map<String, String> where, double by) {
    double was = before.sum(series, where);
    assertThat(after.sum(series, where) - (Double.isNaN(was) ? 0 : was))
        .as("%s %s", series, where)
        .isGreaterThanOrEqualTo(by);
  }
}
