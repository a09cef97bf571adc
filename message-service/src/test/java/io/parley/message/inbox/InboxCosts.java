package io.parley.message.inbox;

import static java.util.Objects.requireNonNull;

import io.parley.common.ids.UserId;
import io.parley.message.Costs;
import io.parley.message.ManyGroups;
import io.parley.message.Nodes;
import io.parley.message.conversation.Conversations;
import io.parley.message.conversation.Membership;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;

/**
 * What a page of an inbox costs one who is in thousands of groups: run by hand, on real stores. Not
 * a test.
 *
 * <p>Arguments: how many groups (5000), and how many pages (100). The newest 60 have a message each
 * that is not read; of the others Redis knows that something was said in them before.
 */
final class InboxCosts {

  private static final int LIVELY = 60;
  private static final UserId ANN = new UserId(UUID.randomUUID());

  private InboxCosts() {}

  public static void main(String[] args) throws Exception {
    int groups = args.length > 0 ? Integer.parseInt(args[0]) : 5000;
    int pages = args.length > 1 ? Integer.parseInt(args[1]) : 100;
    ManyGroups.of(ANN, groups, LIVELY);
    Thread.sleep(2000);
    Inbox inbox = Nodes.A.get(Inbox.class);
    Conversations conversations = Nodes.A.get(Conversations.class);
    InboxOrder order = Nodes.A.get(InboxOrder.class);
    for (int round = 1; round <= 3; round++) {
      List<Membership> of = conversations.of(ANN);
      report(round + ", memberships", pages, () -> conversations.of(ANN));
      report(round + ", order", pages, () -> order.of(of));
      report(round + ", page of 50", pages, () -> inbox.page(ANN, null, 50));
      InboxOrder.Place after = requireNonNull(inbox.page(ANN, null, 50).next());
      report(round + ", next page of 50", pages, () -> inbox.page(ANN, after, 50));
    }
    System.exit(0);
  }

  private static void report(String what, int times, Callable<?> call) throws Exception {
    long requests = Costs.requests();
    var cpu = Costs.cpu();
    var stores = Costs.cpuOfStores();
    Histogram nanos = new Histogram(3);
    for (int i = 0; i < times; i++) {
      long began = System.nanoTime();
      call.call();
      nanos.recordValue(System.nanoTime() - began);
    }
    System.out.printf(
        Locale.ROOT,
        "round %s: p50 %.1f ms, p95 %.1f ms; each %.1f requests to Cassandra, %.1f ms of this JVM's"
            + " CPU, %.1f ms of the stores'%n",
        what,
        nanos.getValueAtPercentile(50) / 1e6,
        nanos.getValueAtPercentile(95) / 1e6,
        (double) (Costs.requests() - requests) / times,
        Costs.cpu().minus(cpu).toNanos() / 1e6 / times,
        Costs.cpuOfStores().minus(stores).toNanos() / 1e6 / times);
  }
}
