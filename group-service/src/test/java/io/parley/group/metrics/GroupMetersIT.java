package io.parley.group.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.common.metrics.CommonMeter;
import io.parley.common.metrics.MeterTable;
import io.parley.common.metrics.Metered;
import io.parley.group.testing.GroupServiceIT;
import io.parley.localstack.docs.Exposition;
import io.parley.localstack.docs.GeneratedSection;
import io.parley.localstack.docs.MetricsPage;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is documented is exposed, what is exposed is documented, and the outbox's age is right. */
class GroupMetersIT extends GroupServiceIT {

  private static final String SERVICE = "group-service";
  private static final MeterTable METERS =
      MeterTable.of(
          new Metered[0],
          CommonMeter.OUTBOX_PENDING,
          CommonMeter.OUTBOX_OLDEST,
          CommonMeter.OUTBOX_FAILING);

  private Exposition scrape() {
    return new Exposition(api().get("/actuator/prometheus").text());
  }

  @Test
  void pageShouldSayWhatIsCounted() {
    GeneratedSection section = new GeneratedSection(MetricsPage.PATH, SERVICE);
    String made = METERS.markdown();
    assertThat(section.after(made)).as(section.advice()).isEqualTo(made);
  }

  @Test
  void allThatIsDocumentedShouldBeExposedAndNothingElse() {
    group(USERS.newUser());

    Exposition exposed = scrape();

    assertThat(exposed.typesOf("parley_")).isEqualTo(METERS.families());
    METERS
        .labels()
        .forEach(
            (series, labels) -> assertThat(exposed.labels(series)).as(series).isEqualTo(labels));
    assertThat(exposed.types().keySet()).containsAll(MetricsPage.read().librariesOf(SERVICE));
    String buckets = "http_server_requests_seconds_bucket";
    String uri = "/api/v1/groups";
    assertThat(exposed.sum(buckets, Map.of("uri", uri, "le", "+Inf"))).isPositive();
    // How many were as fast is the machine's affair.
    assertThat(exposed.sum(buckets, Map.of("uri", uri, "le", "0.005"))).isNotNaN();
  }

  @Test
  void outboxShouldGrowOldWhileRabbitmqIsAway() {
    rabbitmq().cut();
    try {
      group(USERS.newUser());
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () -> {
                Exposition now = scrape();
                assertThat(now.sum("parley_outbox_pending", Map.of())).isPositive();
                assertThat(now.sum("parley_outbox_oldest_age_seconds", Map.of())).isGreaterThan(1);
                assertThat(now.sum("parley_outbox_failing", Map.of())).isEqualTo(1);
              });
    } finally {
      rabbitmq().restore();
    }
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> {
              assertThat(scrape().sum("parley_outbox_oldest_age_seconds", Map.of())).isZero();
              assertThat(scrape().sum("parley_outbox_failing", Map.of())).isZero();
            });
  }
}
