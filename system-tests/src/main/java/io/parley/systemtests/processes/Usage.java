package io.parley.systemtests.processes;

import java.util.Map;
import java.util.TreeMap;

/**
 * CPU seconds, either since boot or between two moments.
 *
 * @param roles of the fleet's processes
 * @param driver of this process
 * @param machine of everything on the machine
 * @param stolen that the host of a virtual machine gave to others
 */
public record Usage(Map<String, Double> roles, double driver, double machine, double stolen) {

  public Usage since(Usage before) {
    Map<String, Double> used = new TreeMap<>(roles);
    used.replaceAll((role, seconds) -> seconds - before.roles.getOrDefault(role, 0.0));
    return new Usage(
        used, driver - before.driver, machine - before.machine, stolen - before.stolen);
  }

  public double fleet() {
    return roles.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  /** What neither the fleet nor this process used: where it is much, the figures are not good. */
  public double others() {
    return machine - fleet() - driver;
  }
}
