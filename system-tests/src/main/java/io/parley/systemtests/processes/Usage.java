package io.parley.systemtests.processes;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * CPU seconds, either since boot or between two moments.
 *
 * @param roles of the fleet's processes
 * @param rest of single processes that are not the fleet's, by name and number
 * @param driver of this process
 * @param machine of everything on the machine
 * @param stolen that the host of a virtual machine gave to others
 */
public record Usage(
    Map<String, Double> roles,
    Map<String, Double> rest,
    double driver,
    double machine,
    double stolen) {

  public Usage since(Usage before) {
    return new Usage(
        difference(roles, before.roles),
        difference(rest, before.rest),
        driver - before.driver,
        machine - before.machine,
        stolen - before.stolen);
  }

  private static Map<String, Double> difference(
      Map<String, Double> after, Map<String, Double> before) {
    Map<String, Double> difference = new TreeMap<>(after);
    difference.replaceAll((name, seconds) -> seconds - before.getOrDefault(name, 0.0));
    return difference;
  }

  public double fleet() {
    return roles.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  /** What neither the fleet nor this process used: where it is much, the figures are not good. */
  public double others() {
    return machine - fleet() - driver;
  }

  /** The three of them that used most. */
  public List<Map.Entry<String, Double>> greatestOthers() {
    return rest.entrySet().stream()
        .filter(process -> process.getValue() > 0)
        .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
        .limit(3)
        .toList();
  }
}
