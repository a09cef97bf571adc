package io.parley.gateway;

import java.util.HashMap;
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

  static int port(ConfigurableApplicationContext gateway) {
    return gateway.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
  }
}
