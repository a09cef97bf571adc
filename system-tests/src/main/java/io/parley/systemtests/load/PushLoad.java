package io.parley.systemtests.load;

import io.parley.systemtests.processes.FleetProcesses;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Sends to a large group whose members are away, on the fleet of this machine, and prints what its
 * pushes cost and whether other conversations had to wait for them: see {@code
 * scripts/push-load.sh} and docs/developing.md. Ends with 1 if a push was lost or doubled, or a
 * message was not acknowledged.
 */
public final class PushLoad {

  private PushLoad() {}

  public static void main(String[] args) throws Exception {
    PushLoadOptions options;
    try {
      options = PushLoadOptions.of(args);
    } catch (IllegalArgumentException e) {
      System.err.println("push-load: " + e.getMessage());
      System.exit(2);
      return;
    }
    System.exit(run(options) ? 0 : 1);
  }

  private static boolean run(PushLoadOptions options) throws IOException, InterruptedException {
    FleetProcesses fleet = new FleetProcesses(options.gateway().getPort());
    LoadApi api = new LoadApi(options.gateway());
    // Others for each shape: who has a device is never without one again.
    String file =
        "%d-pushes-%d-%d-%d.json"
            .formatted(
                options.gateway().getPort(), options.members(), options.absent(), options.pairs());
    Population population = Population.of(api, Path.of(".parley", "load", file));
    try (SocketLoop sockets = new SocketLoop()) {
      boolean well =
          new PushBurst(options, api, population, fleet, sockets, new TakenPushes(options.fcm()))
              .run();
      sockets.ends().stream().limit(3).forEach(end -> System.out.println("socket ended: " + end));
      return well;
    }
  }
}
