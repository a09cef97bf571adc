package io.parley.gateway.fleet;

import io.parley.common.nodes.NodeDirectory;
import io.parley.common.nodes.Nodes;
import io.parley.gateway.services.ServicesProperties;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code GET /actuator/fleet}, on the management port only: it names addresses and errors that are
 * nobody's business outside.
 */
@Component
@Endpoint(id = "fleet")
class FleetEndpoint {

  private final Fleet fleet;

  FleetEndpoint(ServicesProperties services, NodeDirectory directory, JsonMapper json) {
    Map<String, Nodes> nodes = new LinkedHashMap<>();
    nodes.put("user", directory.nodes(services.user()));
    nodes.put("group", directory.nodes(services.group()));
    nodes.put("message", directory.nodes(services.message()));
    nodes.put("notification", directory.nodes(services.notification()));
    this.fleet = new Fleet(nodes, HttpClient.create(), json);
  }

  @ReadOperation
  Mono<FleetStatus> status() {
    return fleet.status();
  }
}
