package io.parley.localstack.store;

import io.parley.localstack.process.GuardedProcesses;
import io.parley.localstack.process.LocalStackException;
import io.parley.localstack.process.Pause;
import io.parley.localstack.store.CassandraServer.Place;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Three Cassandra nodes in one datacenter, at 127.0.0.1 to 127.0.0.3 (all of 127.0.0.0/8 is this
 * machine on Linux), each with a third of the ring.
 */
public final class CassandraRing {
  /** Every row on each of the nodes. */
  static final String REPLICATION =
      "{'class': 'NetworkTopologyStrategy', '" + StoreStack.DATACENTER + "': 3}";

  private static final Duration KNOWN_WITHIN = Duration.ofSeconds(120);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
  private static final int PATIENCE_MILLIS = 10_000;

  private final List<StoreNode> nodes = new ArrayList<>();
  private final List<Place> places = new ArrayList<>();
  private final StorePorts ports;

  CassandraRing(List<StoreOptions> folders, StorePorts ports, GuardedProcesses processes) {
    this.ports = ports;
    for (int i = 0; i < folders.size(); i++) {
      Place place = new Place(i + 1, folders.size());
      places.add(place);
      StoreOptions own = folders.get(i).ports(ports);
      nodes.add(new StoreNode(new CassandraServer(own, processes, place)));
    }
  }

  /** Returns when each node knows all others. */
  void start() {
    StoreStack.startAll(nodes.stream().map(StoreNode::asStore).toList(), line -> {});
    long deadline = System.nanoTime() + KNOWN_WITHIN.toNanos();
    while (!allKnowAll()) {
      if (System.nanoTime() > deadline) {
        throw new LocalStackException("Cassandra's nodes do not find one another");
      }
      Pause.of(BETWEEN_LOOKS);
    }
  }

  private boolean allKnowAll() {
    try {
      for (Place place : places) {
        if (query(place, "SELECT peer FROM system.peers_v2", CqlConnection.CONSISTENCY_ONE).size()
            != places.size() - 1) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** The first is the one that is asked here, so it is not the one to kill. */
  public StoreNode last() {
    return nodes.getLast();
  }

  /** {@code host:port}, comma separated. */
  String contactPoints() {
    return places.stream()
        .map(place -> CassandraServer.contactPoint(ports, place))
        .collect(Collectors.joining(","));
  }

  /**
   * The rows of a statement, whose columns are text, as <b>every</b> replica has to answer it.
   *
   * @throws IOException when one of them does not
   */
  public List<List<String>> fromAllReplicas(String statement) throws IOException {
    return query(places.getFirst(), statement, CqlConnection.CONSISTENCY_ALL);
  }

  private List<List<String>> query(Place place, String statement, int consistency)
      throws IOException {
    try (CqlConnection connection =
        new CqlConnection(place.address(), ports.cql(), PATIENCE_MILLIS)) {
      return connection.execute(statement, consistency);
    }
  }
}
