package io.parley.message.groups;

import io.parley.common.events.GroupMembersChanged;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
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
 * How many changes of groups two nodes apply in a second, for ADR 0009: run by hand, on real
 * stores. Not a test.
 *
 * <p>Arguments: how many groups (200), and how many changes of each (20): a member more, one with
 * another role, one fewer, another name, and so on.
 */
final class GroupChangeCosts {

  private GroupChangeCosts() {}

  public static void main(String[] args) throws Exception {
    int groups = args.length > 0 ? Integer.parseInt(args[0]) : 200;
    int each = args.length > 1 ? Integer.parseInt(args[1]) : 20;
    for (int round = 1; round <= 3; round++) {
      measure(round, groups, each);
    }
    System.exit(0);
  }

  private static void measure(int round, int groups, int each) throws Exception {
    List<TestGroup> made = new ArrayList<>();
    List<GroupMembersChanged> creations = new ArrayList<>();
    UserId ann = new UserId(UUID.randomUUID());
    for (int i = 0; i < groups; i++) {
      TestGroup group = new TestGroup(ann);
      made.add(group);
      creations.add(group.create(user(), user()));
    }
    List<GroupMembersChanged> changes = new ArrayList<>();
    for (int i = 0; i < each; i++) {
      for (TestGroup group : made) {
        UserId somebody = new UserId(new UUID(i / 4, group.id.getLeastSignificantBits()));
        changes.add(
            switch (i % 4) {
              case 0 -> group.add(somebody);
              case 1 -> group.role(somebody, GroupRole.MODERATOR);
              case 2 -> group.remove(somebody);
              default -> group.rename("name " + i);
            });
      }
    }
    report(round, "groups made", creations, made, 1);
    report(round, "changes", changes, made, 1 + each);
  }

  private static Duration cpu() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  private static UserId user() {
    return new UserId(UUID.randomUUID());
  }

  private static void report(
      int round,
      String what,
      List<GroupMembersChanged> changes,
      List<TestGroup> groups,
      long version)
      throws Exception {
    CassandraConversationStore store = Nodes.A.get(CassandraConversationStore.class);
    long began = System.nanoTime();
    Duration cpu = cpu();
    TestGroup.publish(changes.toArray(GroupMembersChanged[]::new));
    for (TestGroup group : groups) {
      ConversationId id = new ConversationId(group.id);
      StoredConversation stored = store.stored(id);
      while (stored == null || stored.settled() < version) {
        Thread.sleep(10);
        stored = store.stored(id);
      }
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    System.out.printf(
        Locale.ROOT,
        "round %d, %s: %d in %.2f s, %.0f a second, %.2f ms of this JVM's CPU each%n",
        round,
        what,
        changes.size(),
        seconds,
        changes.size() / seconds,
        cpu().minus(cpu).toNanos() / 1e6 / changes.size());
  }
}
