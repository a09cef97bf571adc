package io.parley.systemtests.processes;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Who listens on which port of this machine (Linux: /proc/net/tcp, see proc_net(5)). */
final class Listeners {

  private static final String LISTEN = "0A";

  private Listeners() {}

  /** The process that listens there; 0 if nobody does, or one that we may not look into. */
  static long pid(int port) throws IOException {
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      for (String line : Files.readAllLines(Path.of(table))) {
        String[] fields = line.trim().split("\\s+", -1);
        if (fields[1].endsWith(":%04X".formatted(port)) && fields[3].equals(LISTEN)) {
          return owner("socket:[" + fields[9] + "]");
        }
      }
    }
    return 0;
  }

  /**
   * Where this process listens; the first such port.
   *
   * @throws IOException if it does nowhere
   */
  static int port(long pid) throws IOException {
    Path process = Path.of("/proc", String.valueOf(pid));
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      for (String line : Files.readAllLines(Path.of(table))) {
        String[] fields = line.trim().split("\\s+", -1);
        if (fields[3].equals(LISTEN) && holds(process, "socket:[" + fields[9] + "]")) {
          return Integer.parseInt(fields[1].substring(fields[1].indexOf(':') + 1), 16);
        }
      }
    }
    throw new IOException("process " + pid + " listens nowhere");
  }

  private static long owner(String socket) throws IOException {
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        if (holds(process, socket)) {
          return Long.parseLong(process.getFileName().toString());
        }
      }
    }
    return 0;
  }

  private static boolean holds(Path process, String socket) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path file : files) {
        if (target(file).equals(socket)) {
          return true;
        }
      }
    } catch (IOException e) {
      // it has ended, or is another user's
    }
    return false;
  }

  private static String target(Path file) {
    try {
      return Files.readSymbolicLink(file).toString();
    } catch (IOException e) {
      return ""; // closed since
    }
  }
}
