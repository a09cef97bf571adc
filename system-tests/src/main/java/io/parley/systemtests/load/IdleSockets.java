package io.parley.systemtests.load;

import io.parley.systemtests.processes.FleetProcesses;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** What an idle socket costs message-service: the heap that is live with many of them, for each. */
final class IdleSockets {

  private final SocketLoop sockets;
  private final FleetProcesses fleet;

  IdleSockets(SocketLoop sockets, FleetProcesses fleet) {
    this.sockets = sockets;
    this.fleet = fleet;
  }

  /** Opens so many for these users in turn, each connected and subscribed. */
  void measure(URI target, List<User> users, int count) throws IOException, InterruptedException {
    sockets.connect(target, users, users.size()); // what a user costs is no part of it
    long before = liveHeap();
    sockets.connect(target, users, count);
    System.out.printf(
        Locale.ROOT,
        "%d idle sockets: %.1f kB of message-service's heap each%n",
        count,
        (liveHeap() - before) / 1000.0 / count);
  }

  /** Bytes, after a full collection; of all nodes. */
  private long liveHeap() throws IOException, InterruptedException {
    long bytes = 0;
    for (long pid : fleet.pids(FleetProcesses.MESSAGE_SERVICE)) {
      jcmd(pid, "GC.run");
      String total = jcmd(pid, "GC.class_histogram").lines().toList().getLast();
      // Total <instances> <bytes>
      bytes += Long.parseLong(total.trim().split("\\s+", 4)[2]);
    }
    return bytes;
  }

  private static String jcmd(long pid, String command) throws IOException, InterruptedException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Process process = new ProcessBuilder(jcmd, String.valueOf(pid), command).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(jcmd + " " + pid + " " + command + ": " + said);
    }
    return said;
  }
}
