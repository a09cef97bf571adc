package io.parley.systemtests.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * CPU seconds that the fleet's processes on this machine have used, by their role (Linux: /proc). A
 * process is known by its command line; services of several nodes are added up.
 */
final class CpuSeconds {

  private static final double TICKS_PER_SECOND = 100.0;

  /** What stands in the command line of each role. */
  private static final Map<String, String> ROLES = new LinkedHashMap<>();

  static {
    ROLES.put("api-gateway.jar", "gateway");
    ROLES.put("message-service.jar", "message-service");
    ROLES.put("user-service.jar", "user-service");
    ROLES.put("group-service.jar", "group-service");
    ROLES.put("notification-service.jar", "notification-service");
    ROLES.put("CassandraDaemon", "cassandra");
    ROLES.put("redis-server", "redis");
    ROLES.put("beam.smp", "rabbitmq");
    ROLES.put("postgres", "postgres");
  }

  private CpuSeconds() {}

  static Map<String, Double> byRole() {
    Map<String, Double> seconds = new TreeMap<>();
    ProcessHandle.allProcesses()
        .forEach(
            process -> {
              try {
                Path folder = Path.of("/proc", String.valueOf(process.pid()));
                String command = Files.readString(folder.resolve("cmdline")).replace('\0', ' ');
                String role = role(command);
                if (!role.isEmpty()) {
                  seconds.merge(role, used(folder), Double::sum);
                }
              } catch (IOException e) {
                // it has ended
              }
            });
    return seconds;
  }

  private static String role(String command) {
    if (command.startsWith("sh ") || command.contains("/sh ")) {
      return "";
    }
    for (Map.Entry<String, String> role : ROLES.entrySet()) {
      if (command.contains(role.getKey())) {
        return role.getValue();
      }
    }
    return "";
  }

  private static double used(Path folder) throws IOException {
    String stat = Files.readString(folder.resolve("stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
  }
}
