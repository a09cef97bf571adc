package io.parley.localstack.store;

import io.parley.localstack.process.GuardedProcesses;
import io.parley.localstack.process.LocalStackException;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Three Redis servers, a master and its replicas, with three Sentinels, of which two must agree
 * that the master is away: after 2 s one of the replicas takes its place.
 */
public final class RedisSentinels {
  private static final Duration AGREED_WITHIN = Duration.ofSeconds(60);

  private final Map<Integer, StoreNode> servers = new LinkedHashMap<>();
  private final Map<Integer, StoreNode> sentinels = new LinkedHashMap<>();

  /**
   * @param nodes a folder and ports for each server
   * @param sentinelPorts one beside each server
   */
  RedisSentinels(
      List<StoreOptions> nodes, List<Integer> sentinelPorts, GuardedProcesses processes) {
    int first = nodes.getFirst().ports().redis();
    for (int i = 0; i < nodes.size(); i++) {
      StoreOptions options = nodes.get(i);
      int port = options.ports().redis();
      List<String> replica =
          port == first ? List.of() : List.of("--replicaof", "127.0.0.1", "" + first);
      servers.put(port, new StoreNode(new RedisServer(options, processes, replica)));
      int sentinelPort = sentinelPorts.get(i);
      sentinels.put(
          sentinelPort, new StoreNode(new SentinelServer(options, processes, sentinelPort, first)));
    }
  }

  /** Returns when each Sentinel knows both replicas and both others. */
  void start() {
    servers.values().forEach(StoreNode::start);
    sentinels.values().forEach(StoreNode::start);
    String late =
        Readiness.await(
            AGREED_WITHIN,
            () -> {},
            () -> {
              for (int port : sentinels.keySet()) {
                List<String> known =
                    Requests.redis(port, "SENTINEL MASTER " + SentinelServer.MASTER_NAME);
                if (number(known, "num-slaves") < servers.size() - 1
                    || number(known, "num-other-sentinels") < sentinels.size() - 1) {
                  throw new IOException("not complete yet: " + known);
                }
              }
            });
    if (!late.isEmpty()) {
      throw new LocalStackException("the Sentinels" + late);
    }
  }

  /** The one that the Sentinels name now. */
  public StoreNode master() {
    for (Map.Entry<Integer, StoreNode> sentinel : sentinels.entrySet()) {
      if (sentinel.getValue().isAlive()) {
        try {
          List<String> address =
              Requests.redis(
                  sentinel.getKey(),
                  "SENTINEL GET-MASTER-ADDR-BY-NAME " + SentinelServer.MASTER_NAME);
          StoreNode master = servers.get(Integer.valueOf(address.getLast()));
          if (master != null) {
            return master;
          }
        } catch (IOException e) {
          throw new LocalStackException(sentinel.getValue().name() + ": " + e.getMessage(), e);
        }
      }
    }
    throw new LocalStackException("no Sentinel names a master of ours");
  }

  /** Whether a server follows a master, and has all that the master sent up to now. */
  public boolean follows(StoreNode server) {
    try {
      for (Map.Entry<Integer, StoreNode> each : servers.entrySet()) {
        if (each.getValue() == server) {
          List<String> role = Requests.redis(each.getKey(), "ROLE");
          return role.getFirst().equals("slave") && role.contains("connected");
        }
      }
    } catch (IOException e) {
      return false;
    }
    throw new IllegalArgumentException(server.name() + " is none of these");
  }

  String url() {
    return "redis://127.0.0.1:" + servers.keySet().iterator().next();
  }

  /** What the services read. */
  Map<String, String> environment() {
    return Map.of(
        "SPRING_DATA_REDIS_SENTINEL_MASTER",
        SentinelServer.MASTER_NAME,
        "SPRING_DATA_REDIS_SENTINEL_NODES",
        sentinels.keySet().stream()
            .map(port -> "127.0.0.1:" + port)
            .collect(Collectors.joining(",")));
  }

  private static int number(List<String> fields, String name) {
    int at = fields.indexOf(name);
    return at < 0 ? 0 : Integer.parseInt(fields.get(at + 1));
  }
}
