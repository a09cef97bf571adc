package io.parley.localstack.fleet;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A process to run.
 *
 * @param name of this process, and of its log
 * @param service the module it comes from: what other services call it by
 * @param jar inside the checkout
 * @param port where it listens; 0 takes a free one
 * @param environment added to the fleet's
 * @param jvmOptions added to the fleet's, so the later one wins
 * @param readyPath answers 200 when it can serve
 */
public record NodeSpec(
    String name,
    String service,
    Path jar,
    int port,
    Map<String, String> environment,
    List<String> jvmOptions,
    String readyPath) {

  static final String FAKE_FCM = "fake-fcm";
  static final String MAIL_CATCHER = "mail-catcher";

  private static final String READINESS = "/actuator/health/readiness";

  /** A node of a service, named as the service. */
  public static NodeSpec of(String service) {
    return new NodeSpec(
        service,
        service,
        Path.of(service, "target", service + ".jar"),
        0,
        Map.of(),
        List.of(),
        READINESS);
  }

  /** Takes what notification-service would send to Google. */
  public static NodeSpec fakeFcm() {
    return new NodeSpec(
        FAKE_FCM,
        FAKE_FCM,
        Path.of("notification-service", "target", FAKE_FCM + ".jar"),
        0,
        Map.of(),
        // For 10,000 pushes.
        List.of("-Xmx96m", "-Xmn8m", "-XX:TieredStopAtLevel=1"),
        "/health");
  }

  /**
   * Takes what notification-service would send to people. Its port is that of its HTTP API; a fixed
   * one has the SMTP port right below it.
   */
  public static NodeSpec mailCatcher() {
    return new NodeSpec(
        MAIL_CATCHER,
        MAIL_CATCHER,
        Path.of("local-stack", "target", MAIL_CATCHER + ".jar"),
        0,
        Map.of(),
        List.of("-Xmx64m", "-Xmn8m", "-XX:TieredStopAtLevel=1"),
        "/api/service/readiness");
  }

  /** For a second node of a service. */
  public NodeSpec named(String other) {
    return new NodeSpec(other, service, jar, port, environment, jvmOptions, readyPath);
  }

  public NodeSpec port(int fixed) {
    return new NodeSpec(name, service, jar, fixed, environment, jvmOptions, readyPath);
  }

  public NodeSpec environment(String variable, String value) {
    Map<String, String> more = new HashMap<>(environment);
    more.put(variable, value);
    return new NodeSpec(name, service, jar, port, Map.copyOf(more), jvmOptions, readyPath);
  }

  public NodeSpec jvmOption(String option) {
    List<String> more = new ArrayList<>(jvmOptions);
    more.add(option);
    return new NodeSpec(name, service, jar, port, environment, List.copyOf(more), readyPath);
  }
}
