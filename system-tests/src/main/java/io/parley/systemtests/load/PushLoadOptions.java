package io.parley.systemtests.load;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * What {@code scripts/push-load.sh} was asked for.
 *
 * @param gateway of the fleet; on this machine, as the CPU of its processes is read here
 * @param fcm the fake FCM that the fleet pushes to
 * @param members of the large group, its author included
 * @param absent of them, with a device and without a socket; the others have a socket and no device
 * @param messages to the large group
 * @param every from one of them to the next
 * @param pairs direct conversations beside it, each of one who sends and one who is absent
 * @param rate messages a second, over all of these
 * @param calm how long only they talk, before the first message to the group and after its last
 *     push
 */
record PushLoadOptions(
    URI gateway,
    URI fcm,
    int members,
    int absent,
    int messages,
    Duration every,
    int pairs,
    double rate,
    Duration calm) {

  private static final Map<String, String> DEFAULTS =
      Map.of(
          "--members", "10000",
          "--absent", "9000",
          "--messages", "5",
          "--every", "5",
          "--pairs", "50",
          "--rate", "10",
          "--calm", "20");

  /** The fake FCM's port is so much above the gateway's. */
  private static final int FCM_PORT = 6;

  PushLoadOptions {
    String host = gateway.getHost();
    if (!"127.0.0.1".equals(host) && !"localhost".equals(host)) {
      throw new IllegalArgumentException("only a fleet on this machine is put under load");
    }
    if (absent < 1 || absent >= members) {
      throw new IllegalArgumentException("--absent must be at least 1, and less than --members");
    }
    if (messages < 1 || pairs < 1) {
      throw new IllegalArgumentException("--messages and --pairs must be above 0");
    }
    if (!(rate > 0)) {
      throw new IllegalArgumentException("--rate must be above 0");
    }
    if (!calm.isPositive()) {
      throw new IllegalArgumentException("--calm must be above 0");
    }
  }

  /**
   * @param args the gateway's address, then pairs of name and value
   * @throws IllegalArgumentException with what is wrong, to be shown
   */
  static PushLoadOptions of(String... args) {
    Map<String, String> all = new HashMap<>(DEFAULTS);
    for (int i = 1; i < args.length; i += 2) {
      boolean known = DEFAULTS.containsKey(args[i]) || args[i].equals("--fcm");
      if (!known || i + 1 == args.length) {
        throw new IllegalArgumentException("unknown, or without a value: " + args[i]);
      }
      all.put(args[i], args[i + 1]);
    }
    URI gateway = URI.create(args[0]);
    String fcm = "http://" + gateway.getHost() + ":" + (gateway.getPort() + FCM_PORT);
    return new PushLoadOptions(
        gateway,
        URI.create(all.getOrDefault("--fcm", fcm)),
        number(all, "--members"),
        number(all, "--absent"),
        number(all, "--messages"),
        Duration.ofSeconds(number(all, "--every")),
        number(all, "--pairs"),
        Double.parseDouble(all.getOrDefault("--rate", "")),
        Duration.ofSeconds(number(all, "--calm")));
  }

  private static int number(Map<String, String> given, String name) {
    return Integer.parseInt(given.getOrDefault(name, ""));
  }

  /** Of the group, those with a socket, its author among them. */
  int present() {
    return members - absent;
  }
}
