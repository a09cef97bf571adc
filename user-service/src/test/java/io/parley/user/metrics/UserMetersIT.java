package io.parley.user.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.metrics.CommonMeter;
import io.parley.common.metrics.MeterTable;
import io.parley.localstack.docs.Exposition;
import io.parley.localstack.docs.GeneratedSection;
import io.parley.localstack.docs.MetricsPage;
import io.parley.user.testing.UserServiceIT;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is documented is exposed, what is exposed is documented, and it counts. */
class UserMetersIT extends UserServiceIT {

  private static final String SERVICE = "user-service";
  private static final MeterTable METERS = MeterTable.of(UserMeter.values(), CommonMeter.values());

  @Test
  void pageShouldSayWhatIsCounted() {
    GeneratedSection section = new GeneratedSection(MetricsPage.PATH, SERVICE);
    String made = METERS.markdown();
    assertThat(section.after(made)).as(section.advice()).isEqualTo(made);
  }

  @Test
  void allThatIsDocumentedShouldBeExposedAndNothingElse() {
    logIn(register());

    Exposition exposed = new Exposition(api().get("/actuator/prometheus").text());

    assertThat(exposed.typesOf("parley_")).isEqualTo(METERS.families());
    METERS
        .labels()
        .forEach(
            (series, labels) -> assertThat(exposed.labels(series)).as(series).isEqualTo(labels));
    assertThat(exposed.types().keySet()).containsAll(MetricsPage.read().librariesOf(SERVICE));
    assertThat(exposed.sum("parley_passwords_hashes_seconds_count", Map.of())).isPositive();
    String buckets = "http_server_requests_seconds_bucket";
    String uri = "/api/v1/auth/register";
    assertThat(exposed.sum(buckets, Map.of("uri", uri, "le", "+Inf"))).isPositive();
    // How many were as fast is the machine's affair.
    assertThat(exposed.sum(buckets, Map.of("uri", uri, "le", "0.005"))).isNotNaN();
  }
}
