package io.parley.localstack.store;

import io.parley.localstack.process.GuardedProcesses;
import io.parley.localstack.process.LocalStackException;
import io.parley.localstack.store.RabbitServer.Membership;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Three RabbitMQ nodes in one cluster: a quorum queue has a member on each. */
public final class RabbitCluster {
  private static final Pattern LEADER = Pattern.compile("\"leader\":\"([a-z0-9]+)@");
  private static final Pattern ONLINE = Pattern.compile("\"online\":\\[([^]]*)]");

  private final List<Node> nodes = new ArrayList<>();

  private record Node(String name, StorePorts ports, RabbitServer server, StoreNode node) {}

  RabbitCluster(List<StoreOptions> places, GuardedProcesses processes) {
    String cookie = UUID.randomUUID().toString();
    List<String> names = new ArrayList<>();
    for (int i = 1; i <= places.size(); i++) {
      names.add("parley" + i);
    }
    int epmdPort = places.getFirst().ports().epmd();
    for (int i = 0; i < places.size(); i++) {
      RabbitServer server =
          new RabbitServer(
              places.get(i), processes, new Membership(names.get(i), names, cookie, epmdPort));
      nodes.add(new Node(names.get(i), places.get(i).ports(), server, new StoreNode(server)));
    }
  }

  /** Returns when all nodes are in the cluster. */
  void start() {
    nodes.getFirst().server().startEpmd();
    StoreStack.startAll(
        nodes.stream().map(Node::node).map(StoreNode::asStore).toList(), line -> {});
  }

  /** {@code amqp://…,amqp://…}: all nodes, the default virtual host. */
  String url() {
    return nodes.stream()
        .map(node -> RabbitServer.url(node.ports()))
        .collect(Collectors.joining(","));
  }

  String managementUrl() {
    return RabbitServer.managementUrl(nodes.getFirst().ports());
  }

  /** The node that leads a quorum queue of the default virtual host. */
  public StoreNode leaderOf(String queue) {
    Matcher leader = LEADER.matcher(queue(queue));
    if (leader.find()) {
      for (Node node : nodes) {
        if (node.name().equals(leader.group(1))) {
          return node.node();
        }
      }
    }
    throw new LocalStackException("nobody leads " + queue);
  }

  /** On how many nodes a quorum queue is now. */
  public int membersOnline(String queue) {
    Matcher online = ONLINE.matcher(queue(queue));
    return online.find() ? online.group(1).split(",", -1).length : 0;
  }

  private String queue(String queue) {
    String path = "/api/queues/%2F/" + URLEncoder.encode(queue, StandardCharsets.UTF_8);
    for (Node node : nodes) {
      if (node.node().isAlive()) {
        try {
          return Requests.httpGet(
              RabbitServer.managementUrl(node.ports()) + path, RabbitServer.CREDENTIALS);
        } catch (IOException e) {
          throw new LocalStackException(queue + ": " + e.getMessage(), e);
        }
      }
    }
    throw new LocalStackException("no RabbitMQ node is alive");
  }
}
