package io.parley.message.store;

import io.lettuce.core.Range;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.models.partitions.ClusterPartitionParser;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.parley.localstack.process.GuardedProcesses;
import io.parley.localstack.process.Ports;
import io.parley.localstack.process.ProcessSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** A Redis Cluster of three masters, each with a third of the slots, a user and a password. */
final class RedisMasters implements AutoCloseable {

  static final String USER = "chat";
  static final String PASSWORD = "a/b:c@d";

  private static final int COUNT = 3;
  private static final int SLOTS = 16_384;

  private final RedisClient client = RedisClient.create();
  private final GuardedProcesses processes;
  private final List<Integer> ports;
  private final List<StatefulRedisConnection<String, String>> masters = new ArrayList<>();

  RedisMasters(Path folder) throws Exception {
    this.processes = GuardedProcesses.open(folder);
    List<Integer> free = Ports.free(2 * COUNT);
    this.ports = free.subList(0, COUNT);
    Path program = unpack(folder);
    for (int i = 0; i < COUNT; i++) {
      Path home = Files.createDirectory(folder.resolve("master" + i));
      List<String> command =
          List.of(
              program.toString(),
              "--port",
              "" + ports.get(i),
              "--bind",
              "127.0.0.1",
              "--dir",
              home.toString(),
              "--save",
              "",
              "--cluster-enabled",
              "yes",
              "--cluster-port",
              "" + free.get(COUNT + i),
              "--cluster-announce-ip",
              "127.0.0.1",
              "--cluster-node-timeout",
              "20000",
              "--user",
              USER,
              "on",
              ">" + PASSWORD,
              "~*",
              "&*",
              "+@all");
      processes.start(
          ProcessSpec.of("Redis " + i, command, home, folder.resolve("master" + i + ".log")));
    }
    for (int i = 0; i < COUNT; i++) {
      masters.add(connect(ports.get(i)));
      master(i).clusterAddSlotsRange(Range.create(i * SLOTS / COUNT, (i + 1) * SLOTS / COUNT - 1));
      if (i > 0) {
        // Lettuce's own does not know of other ports for the cluster's bus.
        meet(i, ports.get(0), free.get(COUNT));
      }
    }
    for (int i = 0; i < COUNT; i++) {
      awaitReady(i);
    }
  }

  private static Path unpack(Path folder) throws IOException {
    boolean arm = System.getProperty("os.arch").equals("aarch64");
    String name = "/redis-server-7.0.15-linux-" + (arm ? "arm64" : "amd64");
    Path program = folder.resolve("redis-server");
    try (InputStream in = RedisMasters.class.getResourceAsStream(name)) {
      Files.copy(Objects.requireNonNull(in, name), program);
    }
    if (!program.toFile().setExecutable(true, false)) {
      throw new IOException("cannot make executable: " + program);
    }
    return program;
  }

  private StatefulRedisConnection<String, String> connect(int port) throws InterruptedException {
    for (int i = 0; ; i++) {
      try {
        return client.connect(RedisURI.create("127.0.0.1", port));
      } catch (RedisConnectionException e) {
        if (i == 1_500) {
          throw e;
        }
        Thread.sleep(20);
      }
    }
  }

  private void meet(int i, int port, int busPort) {
    masters
        .get(i)
        .sync()
        .dispatch(
            CommandType.CLUSTER,
            new StatusOutput<>(StringCodec.UTF8),
            new CommandArgs<>(StringCodec.UTF8)
                .add("MEET")
                .add("127.0.0.1")
                .add(port)
                .add(busPort));
  }

  private void awaitReady(int i) throws InterruptedException {
    for (int tries = 0; ; tries++) {
      String info = master(i).clusterInfo();
      if (info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:" + COUNT)) {
        return;
      }
      if (tries == 2_000) {
        throw new IllegalStateException(info);
      }
      Thread.sleep(20);
    }
  }

  RedisCommands<String, String> master(int i) {
    return masters.get(i).sync();
  }

  /** The master that has the key's or channel's slot. */
  int masterOf(String key) {
    int slot = SlotHash.getSlot(key);
    for (int i = 0; i < COUNT; i++) {
      String me = master(i).clusterMyId();
      for (RedisClusterNode node : ClusterPartitionParser.parse(master(i).clusterNodes())) {
        if (node.getNodeId().equals(me) && node.hasSlot(slot)) {
          return i;
        }
      }
    }
    throw new IllegalStateException("nobody has slot " + slot);
  }

  /** Moves a slot in which there are no keys. */
  void move(String key, int from, int to) {
    int slot = SlotHash.getSlot(key);
    String giver = master(from).clusterMyId();
    String taker = master(to).clusterMyId();
    master(to).clusterSetSlotImporting(slot, giver);
    master(from).clusterSetSlotMigrating(slot, taker);
    master(to).clusterSetSlotNode(slot, taker);
    for (int i = 0; i < COUNT; i++) {
      master(i).clusterSetSlotNode(slot, taker);
    }
  }

  int count() {
    return COUNT;
  }

  /** For {@code spring.data.redis.cluster.nodes}. */
  String nodes() {
    return ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
  }

  @Override
  public void close() {
    client.shutdown();
    processes.close();
  }
}
