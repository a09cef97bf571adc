package io.parley.gateway;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** One more gateway in front of the fake fleet, with settings of its own. */
final class Gateways {

  private Gateways() {}

  static ConfigurableApplicationContext start(Map<String, Object> own) {
    Map<String, Object> settings = new HashMap<>();
    FakeFleet.settings(settings::put);
    settings.put("server.port", "0");
    settings.putAll(own);
    return new SpringApplicationBuilder(ApiGatewayApplication.class)
        .registerShutdownHook(false)
        .run(
            settings.entrySet().stream()
                .map(e -> "--" + e.getKey() + "=" + e.getValue())
                .toArray(String[]::new));
  }

  @FunctionalInterface
  interface Scenario {
    void run() throws Exception;
  }

  /**
   * A decision that Redis takes longer for than a gateway waits is not counted: what comes of it
   * says nothing, and is tried again.
   *
   * @param anew before each further try, so that it is from another address
   */
  static void whileRedisAnswers(
      List<ConfigurableApplicationContext> gateways, Scenario scenario, Runnable anew)
      throws Exception {
    for (int tries = 1; ; tries++) {
      double uncounted = uncounted(gateways);
      try {
        scenario.run();
        return;
      } catch (AssertionError e) {
        if (tries == 3 || uncounted(gateways) == uncounted) {
          throw e;
        }
        anew.run();
      }
    }
  }

  private static double uncounted(List<ConfigurableApplicationContext> gateways) {
    return gateways.stream()
        .map(gateway -> gateway.getBean(MeterRegistry.class).find("parley.limits"))
        .flatMap(limits -> limits.tag("outcome", "unavailable").counters().stream())
        .mapToDouble(Counter::count)
        .sum();
  }

  static int port(ConfigurableApplicationContext gateway) {
    return gateway.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
  }
}
