package io.parley.systemtests.load;

import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code scripts/load.sh} was asked for.
 *
 * @param gateway of the fleet; on this machine, as the CPU of its processes is read here
 * @param sockets where clients connect: the gateway, or a node behind it
 * @param rate messages a second, over all conversations
 * @param senders members of each conversation that send their next message when the last one was
 *     answered (a closed loop); 0 for the open loop
 * @param warmup time under load before anything is counted, for each shape
 * @param measured time that is counted, for each shape
 * @param idle sockets to open that do nothing; 0 for load
 */
record LoadOptions(
    URI gateway,
    URI sockets,
    int clients,
    List<Shape> shapes,
    double rate,
    int senders,
    Duration warmup,
    Duration measured,
    int idle) {

  private static final Map<String, String> DEFAULTS =
      Map.of(
          "--clients", "500",
          "--shapes", "50,10,2",
          "--rate", "100",
          "--senders", "0",
          "--warmup", "30",
          "--seconds", "15",
          "--idle", "0");

  LoadOptions {
    String host = gateway.getHost();
    if (!"127.0.0.1".equals(host) && !"localhost".equals(host)) {
      throw new IllegalArgumentException("only a fleet on this machine is put under load");
    }
    if (!(rate > 0)) {
      throw new IllegalArgumentException("--rate must be above 0");
    }
    for (Shape shape : shapes) {
      if (clients % shape.members() != 0) {
        throw new IllegalArgumentException(clients + " clients do not make " + shape);
      }
      if (senders > shape.members()) {
        throw new IllegalArgumentException(shape + " have no " + senders + " senders");
      }
    }
  }

  /**
   * @param args the gateway's address, then pairs of name and value
   * @throws IllegalArgumentException with what is wrong, to be shown
   */
  static LoadOptions of(String... args) {
    Map<String, String> given = new HashMap<>(DEFAULTS);
    given.put("--sockets", args[0]);
    for (int i = 1; i < args.length; i += 2) {
      if (!given.containsKey(args[i]) || i + 1 == args.length) {
        throw new IllegalArgumentException("unknown, or without a value: " + args[i]);
      }
      given.put(args[i], args[i + 1]);
    }
    return new LoadOptions(
        URI.create(args[0]),
        URI.create(given.getOrDefault("--sockets", "")),
        number(given, "--clients"),
        Arrays.stream(given.getOrDefault("--shapes", "").split(","))
            .map(members -> new Shape(Integer.parseInt(members)))
            .toList(),
        Double.parseDouble(given.getOrDefault("--rate", "")),
        number(given, "--senders"),
        Duration.ofSeconds(number(given, "--warmup")),
        Duration.ofSeconds(number(given, "--seconds")),
        number(given, "--idle"));
  }

  private static int number(Map<String, String> given, String name) {
    return Integer.parseInt(given.getOrDefault(name, ""));
  }

  /** How long the clients' tokens have to last, with time for draining and the next shape. */
  Duration duration() {
    return warmup.plus(measured).plusSeconds(15).multipliedBy(shapes.size()).plusMinutes(1);
  }
}
