package io.parley.message;

import io.parley.common.events.GroupMembersChanged;
import io.parley.common.events.GroupMembersChanged.Kind;
import io.parley.common.events.GroupMembersChanged.Member;
import io.parley.common.groups.GroupPermission;
import io.parley.common.groups.GroupPolicy;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.UserId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.rabbit.core.RabbitTemplate;

/**
 * A group as group-service has it: each change is answered by {@link FakeFleet} and gives the event
 * that tells of it, which the test publishes, or loses.
 */
public final class TestGroup {

  public final UUID id = UUID.randomUUID();
  private final UserId owner;
  private final Map<UserId, Member> members = new LinkedHashMap<>();
  private long version;
  private String name = "the group";
  private GroupPolicy policy = GroupPolicy.USUAL;
  private boolean archived;

  public TestGroup(UserId owner) {
    this.owner = owner;
  }

  public TestGroup with(GroupPolicy policy) {
    this.policy = policy;
    return this;
  }

  public static GroupPolicy fromJoining() {
    return new GroupPolicy(Map.of(), 0, 60, GroupPolicy.History.FROM_JOINING);
  }

  public GroupMembersChanged create(UserId... users) {
    List<Member> all = new ArrayList<>();
    all.add(new Member(owner, GroupRole.OWNER, true, null, null));
    for (UserId user : users) {
      all.add(member(user, GroupRole.MEMBER));
    }
    return change(Kind.CREATED, all);
  }

  public GroupMembersChanged add(UserId... users) {
    List<Member> all = new ArrayList<>();
    for (UserId user : users) {
      all.add(member(user, GroupRole.MEMBER));
    }
    return change(Kind.MEMBERS_ADDED, all);
  }

  public GroupMembersChanged remove(UserId user) {
    return change(
        Kind.MEMBERS_REMOVED, List.of(new Member(user, GroupRole.MEMBER, false, null, null)));
  }

  /**
   * A ban of who may be no member any more.
   *
   * @param since what they wrote from then on is deleted; null: all
   */
  public GroupMembersChanged ban(UserId by, UserId user, @Nullable Instant since) {
    GroupMembersChanged change =
        members.containsKey(user) ? remove(user) : change(Kind.MEMBERS_UPDATED, List.of());
    return new GroupMembersChanged(
        id,
        change.version(),
        name,
        change.kind(),
        change.changes(),
        by,
        change.at(),
        policy,
        archived,
        new GroupMembersChanged.DeleteMessages(user, since));
  }

  public GroupMembersChanged role(UserId user, GroupRole role) {
    return change(Kind.MEMBERS_UPDATED, List.of(member(user, role)));
  }

  public GroupMembersChanged mute(UserId user, @Nullable Instant until) {
    return change(
        Kind.MEMBERS_UPDATED, List.of(new Member(user, GroupRole.MEMBER, true, until, null)));
  }

  public GroupMembersChanged override(UserId user, GroupPermission permission, boolean allowed) {
    return change(
        Kind.MEMBERS_UPDATED,
        List.of(new Member(user, GroupRole.MEMBER, true, null, Map.of(permission, allowed))));
  }

  public GroupMembersChanged policy(GroupPolicy changed) {
    policy = changed;
    return change(Kind.UPDATED, List.of());
  }

  public GroupMembersChanged archived(boolean changed) {
    archived = changed;
    return change(Kind.UPDATED, List.of());
  }

  public GroupMembersChanged rename(String changed) {
    name = changed;
    return change(Kind.UPDATED, List.of());
  }

  public GroupMembersChanged delete() {
    GroupMembersChanged deleted = change(Kind.DELETED, List.of());
    Nodes.FLEET.forgetGroup(id);
    return deleted;
  }

  /** The next version is far away: so many changes that nobody hears of. */
  public void skipTo(long version) {
    this.version = version;
    known();
  }

  private static Member member(UserId user, GroupRole role) {
    return new Member(user, role, true, null, null);
  }

  private GroupMembersChanged change(Kind kind, List<Member> changes) {
    version++;
    for (Member member : changes) {
      if (member.active()) {
        members.put(member.userId(), member);
      } else {
        members.remove(member.userId());
      }
    }
    known();
    return new GroupMembersChanged(
        id, version, name, kind, changes, owner, Instant.now(), policy, archived);
  }

  private void known() {
    Nodes.FLEET.group(id, name, version, policy, archived, List.copyOf(members.values()));
  }

  /** In this order: on one channel, as group-service does. */
  public static void publish(GroupMembersChanged... changes) {
    Nodes.A.get(RabbitTemplate.class)
        .invoke(
            channel -> {
              for (GroupMembersChanged change : changes) {
                channel.convertAndSend(
                    GroupMembersChanged.EXCHANGE, "group." + change.groupId(), change);
              }
              return true;
            });
  }

  /** Waits until it is so; the projection comes after the event. */
  public static void until(Callable<Boolean> condition) throws Exception {
    for (int i = 0; i < 300; i++) {
      if (condition.call()) {
        return;
      }
      Thread.sleep(100);
    }
    throw new AssertionError("it did not come to be so");
  }
}
