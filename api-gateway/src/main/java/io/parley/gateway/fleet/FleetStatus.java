package io.parley.gateway.fleet;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * @param status UP when every node is; DOWN when some service has no node that is ready; else
 *     DEGRADED
 * @param services by name, {@code user}, {@code group}, {@code message}, {@code notification}
 */
record FleetStatus(String status, Map<String, ServiceStatus> services) {

  static final String UP = "UP";
  static final String DEGRADED = "DEGRADED";
  static final String DOWN = "DOWN";

  static FleetStatus of(Map<String, ServiceStatus> services) {
    return new FleetStatus(
        worst(services.values().stream().map(ServiceStatus::status).toList()), services);
  }

  private static String worst(Collection<String> all) {
    return all.contains(DOWN) ? DOWN : all.stream().allMatch(UP::equals) ? UP : DEGRADED;
  }

  /**
   * @param ready how many of the nodes may be sent requests
   */
  record ServiceStatus(String status, int ready, List<NodeStatus> nodes) {

    static ServiceStatus of(List<NodeStatus> nodes) {
      int ready = (int) nodes.stream().filter(NodeStatus::ready).count();
      boolean allUp = nodes.stream().allMatch(node -> node.status().equals(UP));
      return new ServiceStatus(ready == 0 ? DOWN : allUp ? UP : DEGRADED, ready, nodes);
    }
  }

  /**
   * @param node its base URL
   * @param ready what its readiness answers
   * @param status what it says there; {@code UNREACHABLE} when it does not answer
   * @param why what is not UP there, and why; empty when all is
   */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  record NodeStatus(String node, boolean ready, String status, Map<String, String> why) {}
}
