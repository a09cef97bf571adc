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
 * @param kernel of the kernel's threads: much of it is the disk work that the fleet asks for
 * @param others of all other processes: where it is much, the figures are not good
 * @param stolen that the host of a virtual machine gave to others
 */
public record Usage(
    Map<String, Double> roles,
    Map<String, Double> rest,
    double driver,
    double kernel,
    double others,
    double stolen) {

  public Usage since(Usage before) {
    return new Usage(
        difference(roles, before.roles),
        difference(rest, before.rest),
        driver - before.driver,
        kernel - before.kernel,
        others - before.others,
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

  /** The three of {@code rest} that used most. */
  public List<Map.Entry<String, Double>> greatestOthers() {
    return rest.entrySet().stream()
        .filter(process -> process.getValue() > 0)
        .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
        .limit(3)
        .toList();
  }
}
