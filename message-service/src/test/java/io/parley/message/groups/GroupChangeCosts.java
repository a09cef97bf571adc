package io.parley.message.groups;

import io.parley.common.events.GroupMembersChanged;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.Costs;
import io.parley.message.Nodes;
import io.parley.message.TestGroup;
import io.parley.message.conversation.CassandraConversationStore;
import io.parley.message.conversation.CassandraConversationStore.StoredConversation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * How many changes of groups two nodes apply in a second, what they ask Cassandra for each, and
 * what it costs, for ADR 0009: run by hand, on real stores. Not a test.
 *
 * <p>Arguments: how many groups (200), how many changes of each (20): a member more, one with
 * another role, one fewer, another name, and so on; and how many rounds (3). Published are first
 * each group's first change, then each group's second, and so on; then, for other groups, all of
 * one group after all of another.
 */
final class GroupChangeCosts {

  private final int groups;
  private final int each;

  private GroupChangeCosts(int groups, int each) {
    this.groups = groups;
    this.each = each;
  }

  public static void main(String[] args) throws Exception {
    GroupChangeCosts costs = new GroupChangeCosts(argument(args, 0, 200), argument(args, 1, 20));
    int rounds = argument(args, 2, 3);
    for (int round = 1; round <= rounds; round++) {
      costs.measure("round " + round + ", in turn", true);
      costs.measure("round " + round + ", group by group", false);
    }
    System.exit(0);
  }

  private static int argument(String[] args, int index, int usual) {
    return args.length > index ? Integer.parseInt(args[index]) : usual;
  }

  private void measure(String what, boolean inTurn) throws Exception {
    List<TestGroup> made = new ArrayList<>();
    List<GroupMembersChanged> creations = new ArrayList<>();
    for (int i = 0; i < groups; i++) {
      TestGroup group = new TestGroup(user());
      made.add(group);
      creations.add(group.create(user(), user()));
    }
    List<GroupMembersChanged> changes = new ArrayList<>();
    for (int i = 0; i < groups * each; i++) {
      TestGroup group = made.get(inTurn ? i % groups : i / each);
      changes.add(change(group, inTurn ? i / groups : i % each));
    }
    report(what + ", groups made", creations, made, 1);
    report(what + ", changes", changes, made, 1 + each);
  }

  private static GroupMembersChanged change(TestGroup group, int number) {
    UserId somebody = new UserId(new UUID(number / 4, group.id.getLeastSignificantBits()));
    return switch (number % 4) {
      case 0 -> group.add(somebody);
      case 1 -> group.role(somebody, GroupRole.MODERATOR);
      case 2 -> group.remove(somebody);
      default -> group.rename("name " + number);
    };
  }

  private static UserId user() {
    return new UserId(UUID.randomUUID());
  }

  private static void report(
      String what, List<GroupMembersChanged> changes, List<TestGroup> groups, long version)
      throws Exception {
    CassandraConversationStore store = Nodes.A.get(CassandraConversationStore.class);
    long requests = Costs.requests();
    Duration cpu = Costs.cpu();
    Duration stores = Costs.cpuOfStores();
    long began = System.nanoTime();
    TestGroup.publish(changes.toArray(GroupMembersChanged[]::new));
    for (TestGroup group : groups) {
      ConversationId id = new ConversationId(group.id);
      StoredConversation stored = store.stored(id);
      requests++;
      while (stored == null || stored.settled() < version) {
        Thread.sleep(10);
        stored = store.stored(id);
        requests++;
      }
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    System.out.printf(
        Locale.ROOT,
        "%s: %d in %.2f s, %.0f a second; for each %.2f requests to Cassandra, %.2f ms of this"
            + " JVM's CPU, %.2f ms of the stores'%n",
        what,
        changes.size(),
        seconds,
        changes.size() / seconds,
        (double) (Costs.requests() - requests) / changes.size(),
        milliseconds(Costs.cpu().minus(cpu)) / changes.size(),
        milliseconds(Costs.cpuOfStores().minus(stores)) / changes.size());
  }

  private static double milliseconds(Duration duration) {
    return duration.toNanos() / 1e6;
  }
}
