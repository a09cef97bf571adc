package io.parley.message.delivery;

import io.parley.common.ids.UserId;
import io.parley.message.Costs;
import io.parley.message.ManyGroups;
import io.parley.message.Nodes;
import io.parley.message.StompClient;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * How long it takes until a SUBSCRIBE to /user/queue/events has its RECEIPT, for one who is in
 * thousands of groups: run by hand, on real stores. Not a test.
 *
 * <p>Arguments: how many groups (5000), in how many of them something was said lately (500), and
 * how many connections (20). Before each the node has forgotten the user's conversations; then one
 * more connects while the first is there.
 */
final class SubscribeCosts {

  private SubscribeCosts() {}

  public static void main(String[] args) throws Exception {
    int groups = args.length > 0 ? Integer.parseInt(args[0]) : 5000;
    int lively = args.length > 1 ? Integer.parseInt(args[1]) : 500;
    int times = args.length > 2 ? Integer.parseInt(args[2]) : 20;
    System.setProperty("parley.delivery.idle-conversation", "100ms");
    UserId ann = Nodes.FLEET.user();
    ManyGroups.of(ann, groups, lively);
    Thread.sleep(2000);
    for (int round = 1; round <= 3; round++) {
      Histogram first = new Histogram(3);
      Histogram second = new Histogram(3);
      Duration cpu = Costs.cpu();
      Duration stores = Costs.cpuOfStores();
      for (int i = 0; i < times; i++) {
        try (StompClient one = connected(ann);
            StompClient two = connected(ann)) {
          first.recordValue(subscribed(one));
          second.recordValue(subscribed(two));
        }
        untilForgotten();
      }
      System.out.printf(
          Locale.ROOT,
          "round %d: RECEIPT of the first connection after p50 %.0f ms, p95 %.0f ms, of one more"
              + " p50 %.0f ms, p95 %.0f ms; both %.0f ms of this JVM's CPU, %.0f ms of the"
              + " stores'%n",
          round,
          first.getValueAtPercentile(50) / 1e6,
          first.getValueAtPercentile(95) / 1e6,
          second.getValueAtPercentile(50) / 1e6,
          second.getValueAtPercentile(95) / 1e6,
          Costs.cpu().minus(cpu).toNanos() / 1e6 / times,
          Costs.cpuOfStores().minus(stores).toNanos() / 1e6 / times);
    }
    System.exit(0);
  }

  private static StompClient connected(UserId user) throws InterruptedException {
    StompClient client = StompClient.open(Nodes.A.http());
    client.send(
        "CONNECT",
        Map.of("accept-version", "1.2", "Authorization", "Bearer " + Nodes.FLEET.token(user)),
        "");
    client.next();
    return client;
  }

  private static long subscribed(StompClient client) throws InterruptedException {
    long began = System.nanoTime();
    client.subscribe("events", "/user/queue/events");
    return System.nanoTime() - began;
  }

  private static void untilForgotten() throws InterruptedException {
    OpenConversations open = Nodes.A.get(OpenConversations.class);
    while (!open.all().isEmpty()) {
      Thread.sleep(50);
      open.closeIdle();
    }
  }
}
