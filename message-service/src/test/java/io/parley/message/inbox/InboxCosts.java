package io.parley.message.inbox;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.Costs;
import io.parley.message.Nodes;
import io.parley.message.conversation.CassandraConversationStore;
import io.parley.message.conversation.CassandraMemberStore;
import io.parley.message.conversation.CassandraMemberStore.Change;
import io.parley.message.conversation.Conversation;
import io.parley.message.conversation.Conversations;
import io.parley.message.conversation.Member;
import io.parley.message.conversation.Membership;
import io.parley.message.log.EventLog;
import io.parley.message.log.LogEvent;
import io.parley.message.log.RedisLastMessages;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;

/**
 * What the first page of an inbox costs one who is in thousands of groups: run by hand, on real
 * stores. Not a test.
 *
 * <p>Arguments: how many groups (5000), and how many pages (100). The newest 60 have a message each
 * that is not read; of the others Redis knows that something was said in them before.
 */
final class InboxCosts {

  private static final int LIVELY = 60;
  private static final UserId ANN = new UserId(UUID.randomUUID());
  private static final UserId BEN = new UserId(UUID.randomUUID());

  private InboxCosts() {}

  public static void main(String[] args) throws Exception {
    int groups = args.length > 0 ? Integer.parseInt(args[0]) : 5000;
    int pages = args.length > 1 ? Integer.parseInt(args[1]) : 100;
    make(groups);
    Inbox inbox = Nodes.A.get(Inbox.class);
    Conversations conversations = Nodes.A.get(Conversations.class);
    InboxOrder order = Nodes.A.get(InboxOrder.class);
    for (int round = 1; round <= 3; round++) {
      List<Membership> of = conversations.of(ANN);
      report(round + ", memberships", pages, () -> conversations.of(ANN));
      report(round + ", order", pages, () -> order.of(of));
      report(round + ", page of 50", pages, () -> inbox.page(ANN, null, 50));
    }
    System.exit(0);
  }

  private static void make(int groups) throws InterruptedException {
    CassandraConversationStore store = Nodes.A.get(CassandraConversationStore.class);
    CassandraMemberStore members = Nodes.A.get(CassandraMemberStore.class);
    EventLog log = Nodes.A.get(EventLog.class);
    RedisLastMessages last = Nodes.A.get(RedisLastMessages.class);
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < groups; i++) {
      ConversationId id = new ConversationId(UUID.randomUUID());
      for (UserId user : List.of(ANN, BEN)) {
        changes.add(new Change(Membership.inGroup(user, id), Member.plain(user), true));
      }
      if (i < LIVELY) {
        store.put(Conversation.ofGroup(id, "group " + i, null, false), 1, true);
        log.append(new EventLog.Draft(id, BEN, "1", LogEvent.Kind.MESSAGE, "{\"text\":\"hello\"}"));
      } else {
        last.found(id, 1, Instant.EPOCH.plus(Duration.ofDays(1 + i)));
      }
    }
    members.put(changes, 1);
    Thread.sleep(2000);
  }

  private static void report(String what, int times, Callable<?> call) throws Exception {
    long requests = Costs.requests();
    Duration cpu = Costs.cpu();
    Duration stores = Costs.cpuOfStores();
    Histogram nanos = new Histogram(3);
    for (int i = 0; i < times; i++) {
      long began = System.nanoTime();
      call.call();
      nanos.recordValue(System.nanoTime() - began);
    }
    System.out.printf(
        Locale.ROOT,
        "round %s: p50 %.1f ms; each %.1f requests to Cassandra, %.1f ms of this JVM's CPU, %.1f ms"
            + " of the stores'%n",
        what,
        nanos.getValueAtPercentile(50) / 1e6,
        (double) (Costs.requests() - requests) / times,
        Costs.cpu().minus(cpu).toNanos() / 1e6 / times,
        Costs.cpuOfStores().minus(stores).toNanos() / 1e6 / times);
  }
}
