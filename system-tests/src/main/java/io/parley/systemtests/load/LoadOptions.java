package io.parley.systemtests.load;

import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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
 * @param idle sockets to open that do nothing; 0 for something else
 * @param storm whether {@code clients} users are to come back at once
 * @param conversations of each of those; or those that have to come back after an outage
 * @param away between the drop and the coming back, or of an outage
 * @param inbox whether those who come back read their inbox, too
 * @param inboxOf conversations of the one whose inbox is measured; 0 for something else
 * @param outage what befalls a store; empty for something else
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
    int idle,
    boolean storm,
    int conversations,
    Duration away,
    boolean inbox,
    int inboxOf,
    Optional<Outage> outage) {

  private static final Map<String, String> DEFAULTS =
      Map.ofEntries(
          Map.entry("--clients", "500"),
          Map.entry("--shapes", "50,10,2"),
          Map.entry("--rate", "100"),
          Map.entry("--senders", "0"),
          Map.entry("--warmup", "30"),
          Map.entry("--seconds", "15"),
          Map.entry("--conversations", "50"),
          Map.entry("--away", "0"));

  /** Of what is done instead of talking in shapes; each with defaults of its own. */
  private static final Map<String, Map<String, String>> MODES =
      Map.of(
          "--idle", Map.of(),
          "--storm", Map.of("--clients", "1000"),
          "--inbox-of", Map.of(),
          "--outage", Map.of("--conversations", "1000", "--away", "10"));

  /** Those that stand without a value. */
  private static final Set<String> SWITCHES = Set.of("--storm", "--inbox");

  /** An access token lasts 15 minutes. */
  private static final Duration OF_A_MODE = Duration.ofMinutes(10);

  LoadOptions {
    String host = gateway.getHost();
    if (!"127.0.0.1".equals(host) && !"localhost".equals(host)) {
      throw new IllegalArgumentException("only a fleet on this machine is put under load");
    }
    if (!(rate > 0)) {
      throw new IllegalArgumentException("--rate must be above 0");
    }
    if (storm && (clients < 1 || clients % Storm.COMING_TO_EACH != 0)) {
      throw new IllegalArgumentException(
          "--clients of a storm must be a multiple of " + Storm.COMING_TO_EACH);
    }
    if (inbox && !storm) {
      throw new IllegalArgumentException("--inbox goes with --storm");
    }
    if (conversations < 1) {
      throw new IllegalArgumentException("--conversations must be above 0");
    }
    boolean inShapes = !storm && idle == 0 && inboxOf == 0 && outage.isEmpty();
    for (Shape shape : inShapes ? shapes : List.<Shape>of()) {
      if (clients % shape.members() != 0) {
        throw new IllegalArgumentException(clients + " clients do not make " + shape);
      }
      if (senders > shape.members()) {
        throw new IllegalArgumentException(shape + " have no " + senders + " senders");
      }
    }
  }

  /**
   * @param args the gateway's address, then switches, and pairs of name and value
   * @throws IllegalArgumentException with what is wrong, to be shown
   */
  static LoadOptions of(String... args) {
    Map<String, String> given = new HashMap<>();
    for (int i = 1; i < args.length; i++) {
      String name = args[i];
      boolean known =
          DEFAULTS.containsKey(name)
              || MODES.containsKey(name)
              || SWITCHES.contains(name)
              || name.equals("--sockets");
      if (!known || !SWITCHES.contains(name) && i + 1 == args.length) {
        throw new IllegalArgumentException("unknown, or without a value: " + name);
      }
      given.put(name, SWITCHES.contains(name) ? "" : args[++i]);
    }
    List<String> modes = MODES.keySet().stream().filter(given::containsKey).sorted().toList();
    if (modes.size() > 1) {
      throw new IllegalArgumentException("one at a time: " + String.join(", ", modes));
    }
    Map<String, String> all = new HashMap<>(DEFAULTS);
    modes.forEach(mode -> all.putAll(MODES.getOrDefault(mode, Map.of())));
    all.putAll(given);
    return new LoadOptions(
        URI.create(args[0]),
        URI.create(all.getOrDefault("--sockets", args[0])),
        number(all, "--clients"),
        Arrays.stream(all.getOrDefault("--shapes", "").split(","))
            .map(members -> new Shape(Integer.parseInt(members)))
            .toList(),
        Double.parseDouble(all.getOrDefault("--rate", "")),
        number(all, "--senders"),
        Duration.ofSeconds(number(all, "--warmup")),
        Duration.ofSeconds(number(all, "--seconds")),
        number(all, "--idle"),
        all.containsKey("--storm"),
        number(all, "--conversations"),
        Duration.ofSeconds(number(all, "--away")),
        all.containsKey("--inbox"),
        number(all, "--inbox-of"),
        Optional.ofNullable(all.get("--outage")).map(Outage::of));
  }

  private static int number(Map<String, String> given, String name) {
    return Integer.parseInt(given.getOrDefault(name, "0"));
  }

  /** How long the clients' tokens have to last, with time for draining and the next shape. */
  Duration duration() {
    return storm || inboxOf > 0 || outage.isPresent()
        ? OF_A_MODE
        : warmup.plus(measured).plusSeconds(15).multipliedBy(shapes.size()).plusMinutes(1);
  }
}
