package io.parley.systemtests.processes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A store of the fleet, to be disturbed. */
public final class StoreProcess {

  private final List<Long> pids;

  StoreProcess(List<Long> pids) {
    this.pids = pids;
  }

  /**
   * @throws IOException if whoever started the fleet did not start this store: another's is left
   *     alone
   */
  public static StoreProcess of(FleetProcesses fleet, String role) throws IOException {
    List<Long> pids = fleet.ownPids(role);
    if (pids.isEmpty()) {
      throw new IOException("this fleet has no " + role + " of its own on this machine");
    }
    return new StoreProcess(pids);
  }

  /** As if its machine stood still: its connections stay, and nothing is answered. */
  public void freeze() throws IOException {
    signal("STOP");
  }

  public void thaw() {
    try {
      signal("CONT");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void signal(String name) throws IOException {
    List<String> command = new ArrayList<>(List.of("kill", "-" + name));
    pids.forEach(pid -> command.add(String.valueOf(pid)));
    Process kill = new ProcessBuilder(command).inheritIO().start();
    try {
      if (kill.waitFor() != 0) {
        throw new IOException(String.join(" ", command) + " failed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** Deletes all that a Redis has. */
  public void flushAll() throws IOException {
    int port = Listeners.port(pids.get(0));
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write("FLUSHALL\r\n".getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII);
      if (!answer.equals("+OK\r\n")) {
        throw new IOException("FLUSHALL: " + answer);
      }
    }
  }
}
