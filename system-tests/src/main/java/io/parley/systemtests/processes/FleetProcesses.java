package io.parley.systemtests.processes;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The fleet's processes on this machine (Linux: /proc) and what they use, by role. A process has
 * the role that its command line tells, or else that of its parent; nodes of one service are added
 * up. Where the gateway's parent started the stores, too, as {@code scripts/run.sh} does, only what
 * that parent started counts, so that other fleets and stores on the machine do not.
 */
public final class FleetProcesses {

  public static final String MESSAGE_SERVICE = "message-service";

  public static final String CASSANDRA = "cassandra";
  public static final String REDIS = "redis";

  private static final String GATEWAY = "gateway";

  /** The parent of the kernel's threads. */
  private static final long KTHREADD = 2;

  private static final Path PROC = Path.of("/proc");

  /** Roles by what stands in their command lines. */
  private static final Map<String, String> ROLES = new LinkedHashMap<>();

  static {
    ROLES.put("api-gateway.jar", GATEWAY);
    ROLES.put("message-service.jar", MESSAGE_SERVICE);
    ROLES.put("user-service.jar", "user-service");
    ROLES.put("group-service.jar", "group-service");
    ROLES.put("notification-service.jar", "notification-service");
    ROLES.put("CassandraDaemon", CASSANDRA);
    ROLES.put("redis-server", REDIS);
    ROLES.put("beam.smp", "rabbitmq");
    ROLES.put("epmd", "rabbitmq");
    ROLES.put("postgres", "postgres");
    ROLES.put("fake-fcm.jar", "fake-fcm");
    ROLES.put("mail-catcher.jar", "mail-catcher");
    ROLES.put("localstack.fleet.LocalRun", "local-stack");
  }

  private final long self = ProcessHandle.current().pid();
  private final long starter;
  private final Map<Long, String> ownRoles = new HashMap<>();

  /**
   * @param gatewayPort where the gateway listens
   */
  public FleetProcesses(int gatewayPort) throws IOException {
    Map<Long, ProcessStat> all = all();
    ProcessStat gateway = all.get(Listeners.pid(gatewayPort));
    long parent = gateway == null ? 0 : gateway.parent();
    // A gateway in a container, or one that was started by hand, has another parent than the
    // stores.
    starter = roles(all, parent).containsValue(CASSANDRA) ? parent : 0;
    if (pids(GATEWAY).isEmpty()) {
      throw new IOException("no gateway on this machine at port " + gatewayPort);
    }
  }

  public Usage usage() throws IOException {
    Map<Long, ProcessStat> all = all();
    Map<Long, String> roles = roles(all, starter);
    Map<String, Double> seconds = new TreeMap<>();
    Map<String, Double> rest = new TreeMap<>();
    double driver = 0;
    double kernel = 0;
    double others = 0;
    for (ProcessStat process : all.values()) {
      String role = roles.get(process.pid());
      if (role != null) {
        // The starter's children have roles of their own, also when they end.
        double used = process.pid() == starter ? process.ownSeconds() : process.cpuSeconds();
        seconds.merge(role, used, Double::sum);
      } else if (process.pid() == self) {
        driver = process.cpuSeconds();
      } else {
        rest.put(process.name() + " " + process.pid(), process.ownSeconds());
        if (process.parent() == KTHREADD) {
          kernel += process.cpuSeconds();
        } else {
          others += process.cpuSeconds();
        }
      }
    }
    // After "cpu": user, nice, system, idle, iowait, irq, softirq, steal. The others of these are
    // sampled with each tick, which misses most of what runs for less.
    String[] ticks = Files.readString(PROC.resolve("stat")).split("\\s+", 10);
    return new Usage(
        seconds,
        rest,
        driver,
        kernel,
        others,
        Long.parseLong(ticks[8]) / ProcessStat.TICKS_PER_SECOND);
  }

  /**
   * MB by role. A page that several processes share counts for each in part (Pss): 30 backends of
   * PostgreSQL do not have its buffers 30 times.
   */
  public Map<String, Double> memory() throws IOException {
    Map<String, Double> memory = new TreeMap<>();
    roles(all(), starter).forEach((pid, role) -> memory.merge(role, megabytes(pid), Double::sum));
    return memory;
  }

  public List<Long> pids(String role) throws IOException {
    List<Long> pids = new ArrayList<>();
    roles(all(), starter)
        .forEach(
            (pid, its) -> {
              if (its.equals(role)) {
                pids.add(pid);
              }
            });
    return pids;
  }

  /** Of those only that the gateway's parent started; none if it did not start the stores. */
  List<Long> ownPids(String role) throws IOException {
    return starter == 0 ? List.of() : pids(role);
  }

  /** Of those below {@code ancestor}, itself included; of all if that is 0. */
  private Map<Long, String> roles(Map<Long, ProcessStat> all, long ancestor) {
    Map<Long, String> roles = new HashMap<>();
    for (long pid : all.keySet()) {
      String role = "";
      boolean below = ancestor == 0;
      ProcessStat at = all.get(pid);
      while (at != null) {
        if (role.isEmpty()) {
          role = ownRoles.computeIfAbsent(at.pid(), FleetProcesses::ownRole);
        }
        below |= at.pid() == ancestor;
        at = all.get(at.parent());
      }
      if (below && !role.isEmpty() && pid != self) {
        roles.put(pid, role);
      }
    }
    return roles;
  }

  private static String ownRole(long pid) {
    String command = read(pid, "cmdline").replace('\0', ' ');
    return ROLES.entrySet().stream()
        .filter(role -> command.contains(role.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("");
  }

  private static double megabytes(long pid) {
    return read(pid, "smaps_rollup")
        .lines()
        .filter(line -> line.startsWith("Pss:"))
        .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 1e6)
        .sum();
  }

  private static Map<Long, ProcessStat> all() throws IOException {
    Map<Long, ProcessStat> all = new HashMap<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path folder : folders) {
        long pid = Long.parseLong(folder.getFileName().toString());
        String line = read(pid, "stat");
        if (!line.isEmpty()) {
          all.put(pid, ProcessStat.of(line));
        }
      }
    }
    return all;
  }

  /** Empty if the process has ended, or does not let us. */
  private static String read(long pid, String file) {
    try {
      return Files.readString(PROC.resolve(String.valueOf(pid)).resolve(file));
    } catch (IOException e) {
      return "";
    }
  }
}
