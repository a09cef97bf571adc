package io.parley.notification.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.UserId;
import io.parley.common.metrics.CommonMeter;
import io.parley.common.metrics.MeterTable;
import io.parley.localstack.docs.Exposition;
import io.parley.localstack.docs.GeneratedSection;
import io.parley.localstack.docs.MetricsPage;
import io.parley.notification.ServiceHarness;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is documented is exposed, what is exposed is documented, and it counts. */
class NotificationMetersIT extends ServiceHarness {

  private static final String SERVICE = "notification-service";
  private static final MeterTable METERS =
      MeterTable.of(
          NotificationMeter.values(),
          CommonMeter.OUTBOX_PENDING,
          CommonMeter.OUTBOX_OLDEST,
          CommonMeter.OUTBOX_FAILING);

  private Exposition scrape() {
    return new Exposition(call("GET", "/actuator/prometheus", null, null).body());
  }

  @Test
  void pageShouldSayWhatIsCounted() {
    GeneratedSection section = new GeneratedSection(MetricsPage.PATH, SERVICE);
    String made = METERS.markdown();
    assertThat(section.after(made)).as(section.advice()).isEqualTo(made);
  }

  @Test
  void allThatIsDocumentedShouldBeExposedAndNothingElse() throws Exception {
    Map<String, String> sent =
        Map.of("channel", "fcm", "outcome", "SENT", "platform", "ios", "kind", "ring");
    double before = scrape().sum("parley_pushes_total", sent);
    UserId ann = user();
    String token = token("metrics");
    register(ann, token, "ios");
    publish(message("counted", ann));
    onlyPush(token);
    await("count", () -> scrape().sum("parley_pushes_total", sent) > before);
    Map<String, String> done = Map.of("queue", "parley.notifications.stored", "outcome", "done");
    await("count", () -> scrape().sum("parley_notifications_handled_total", done) > 0);

    Exposition exposed = scrape();

    assertThat(exposed.typesOf("parley_")).isEqualTo(METERS.families());
    METERS
        .labels()
        .forEach(
            (series, labels) -> assertThat(exposed.labels(series)).as(series).isEqualTo(labels));
    assertThat(exposed.types().keySet()).containsAll(MetricsPage.read().librariesOf(SERVICE));
    assertThat(exposed.sum("parley_push_delay_seconds_count", Map.of())).isPositive();
    assertThat(exposed.sum("parley_push_send_seconds_count", Map.of())).isPositive();
  }
}
