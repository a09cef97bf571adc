package io.parley.systemtests.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.parley.localstack.Checkout;
import io.parley.localstack.docs.MetricsPage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Dashboards and alerts ask for what there is, and every alert has its runbook. */
class MonitoringTest {

  /** An alert of deploy/prometheus/alerts.yml. */
  private record Alert(String name, String expression, Map<String, String> annotations) {}

  private static final Path DEPLOY = Checkout.root().resolve("deploy");
  private static final JsonMapper JSON = new JsonMapper();
  private static final String RUNBOOKS = "docs/operate/incidents.md";
  private static final String DATASOURCE = "parley-prometheus";

  /** Of a histogram that is described under its name without them. */
  private static final List<String> SUFFIXES = List.of("_bucket", "_count", "_sum", "_max");

  @Test
  void namesInExpressionsShouldBeFound() {
    assertThat(
            Expressions.metrics(
                "histogram_quantile(0.99, sum by (le, route) (rate(a_seconds_bucket{b=\"x}\","
                    + "c!~\"d_total|e\"}[$__rate_interval]))) > 0.5 and on(f) (g offset 10m)"
                    + " / ignoring(h) group_left(i) max without (j) (k:l) or vector(0)"
                    + " unless absent(m{n='o'}) == bool 1e3"))
        .containsExactly("a_seconds_bucket", "g", "k:l", "m");
  }

  @Test
  void everyMetricOfADashboardShouldBeDocumented() throws IOException {
    Set<String> known = known();
    for (Map.Entry<String, JsonNode> dashboard : dashboards().entrySet()) {
      for (JsonNode panel : dashboard.getValue().get("panels")) {
        for (JsonNode target : panel.path("targets")) {
          String expression = target.get("expr").asString();
          assertThat(known)
              .as("%s, %s: %s", dashboard.getKey(), panel.get("title").asString(), expression)
              .containsAll(Expressions.metrics(expression));
        }
      }
    }
  }

  @Test
  void everyMetricOfAnAlertShouldBeDocumentedAndHaveARunbook() throws IOException {
    Set<String> known = known();
    String runbooks = Files.readString(Checkout.root().resolve(RUNBOOKS));
    Set<String> headings = new TreeSet<>();
    runbooks
        .lines()
        .filter(line -> line.startsWith("### "))
        .forEach(line -> headings.add(line.substring(4).strip()));
    List<Alert> alerts = alerts();
    assertThat(alerts).isNotEmpty();
    for (Alert alert : alerts) {
      assertThat(known).as(alert.name()).containsAll(Expressions.metrics(alert.expression()));
      assertThat(alert.annotations())
          .as(alert.name())
          .containsKeys("summary", "description")
          .containsEntry("runbook_url", RUNBOOKS + "#" + alert.name().toLowerCase(Locale.ROOT));
    }
    assertThat(headings).isEqualTo(new TreeSet<>(alerts.stream().map(Alert::name).toList()));
  }

  @Test
  void dashboardsShouldFitTheirDatasourceAndOneAnother() throws IOException {
    Map<String, Object> provisioned = yaml("grafana/provisioning/datasources/prometheus.yml");
    assertThat(provisioned.toString()).contains("uid=" + DATASOURCE);
    Map<String, JsonNode> dashboards = dashboards();
    assertThat(dashboards.keySet())
        .containsExactly("delivery.json", "fleet.json", "notifications.json", "stores.json");
    Set<String> uids = new TreeSet<>();
    for (Map.Entry<String, JsonNode> entry : dashboards.entrySet()) {
      JsonNode dashboard = entry.getValue();
      assertThat(dashboard.get("uid").asString())
          .isEqualTo("parley-" + entry.getKey().replace(".json", ""));
      assertThat(uids.add(dashboard.get("uid").asString())).isTrue();
      assertThat(dashboard.get("schemaVersion").asInt()).isGreaterThanOrEqualTo(39);
      Set<Integer> ids = new TreeSet<>();
      List<JsonNode> placed = new ArrayList<>();
      for (JsonNode panel : dashboard.get("panels")) {
        String what = entry.getKey() + ", " + panel.get("title").asString();
        assertThat(ids.add(panel.get("id").asInt())).as(what).isTrue();
        JsonNode place = panel.get("gridPos");
        assertThat(place.get("x").asInt() + place.get("w").asInt())
            .as(what)
            .isLessThanOrEqualTo(24);
        for (JsonNode other : placed) {
          assertThat(overlap(place, other)).as(what).isFalse();
        }
        placed.add(place);
        if (panel.get("type").asString().equals("row")) {
          continue;
        }
        assertThat(panel.at("/datasource/uid").asString()).as(what).isEqualTo(DATASOURCE);
        assertThat(panel.get("targets")).as(what).isNotEmpty();
        for (JsonNode target : panel.get("targets")) {
          assertThat(target.at("/datasource/uid").asString()).as(what).isEqualTo(DATASOURCE);
          assertThat(target.get("legendFormat").asString()).as(what).isNotBlank();
        }
      }
      for (JsonNode variable : dashboard.at("/templating/list")) {
        assertThat(variable.at("/datasource/uid").asString()).isEqualTo(DATASOURCE);
      }
    }
  }

  /** What Prometheus itself says of configuration, rules and their test. */
  @Test
  void promtoolShouldFindNothingWrong() throws Exception {
    assumeTrue(isOnPath("promtool"), "promtool is not installed (Debian: prometheus)");
    promtool("check", "config", "prometheus.yml");
    promtool("check", "rules", "alerts.yml");
    promtool("test", "rules", "alerts_test.yml");
  }

  private static void promtool(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("promtool"));
    command.addAll(Arrays.asList(arguments));
    Process process =
        new ProcessBuilder(command)
            .directory(DEPLOY.resolve("prometheus").toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s: %s", command, said).isZero();
  }

  private static boolean isOnPath(String program) {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  private static boolean overlap(JsonNode one, JsonNode other) {
    return begin(one, "x") < end(other, "x", "w")
        && begin(other, "x") < end(one, "x", "w")
        && begin(one, "y") < end(other, "y", "h")
        && begin(other, "y") < end(one, "y", "h");
  }

  private static int begin(JsonNode place, String axis) {
    return place.get(axis).asInt();
  }

  private static int end(JsonNode place, String axis, String size) {
    return place.get(axis).asInt() + place.get(size).asInt();
  }

  /** All series that are documented. */
  private static Set<String> known() {
    Set<String> known = new TreeSet<>();
    for (String family : MetricsPage.read().families()) {
      known.add(family);
      if (family.endsWith("_seconds")) {
        SUFFIXES.forEach(suffix -> known.add(family + suffix));
      }
    }
    return known;
  }

  private static Map<String, JsonNode> dashboards() throws IOException {
    Map<String, JsonNode> dashboards = new TreeMap<>();
    try (Stream<Path> files = Files.list(DEPLOY.resolve("grafana/dashboards"))) {
      for (Path file : files.toList()) {
        dashboards.put(file.getFileName().toString(), JSON.readTree(Files.readString(file)));
      }
    }
    return dashboards;
  }

  @SuppressWarnings("unchecked")
  private static List<Alert> alerts() throws IOException {
    List<Alert> alerts = new ArrayList<>();
    for (Map<String, Object> group :
        (List<Map<String, Object>>) yaml("prometheus/alerts.yml").get("groups")) {
      for (Map<String, Object> rule : (List<Map<String, Object>>) group.get("rules")) {
        alerts.add(
            new Alert(
                (String) rule.get("alert"),
                (String) rule.get("expr"),
                (Map<String, String>) rule.get("annotations")));
      }
    }
    return alerts;
  }

  private static Map<String, Object> yaml(String file) throws IOException {
    return new Yaml().load(Files.readString(DEPLOY.resolve(file)));
  }
}
