package io.parley.group.roster;

import io.parley.common.events.GroupMembersChanged;
import io.parley.common.events.GroupMembersChanged.DeleteMessages;
import io.parley.common.events.GroupMembersChanged.Kind;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.UserId;
import io.parley.common.outbox.Outbox;
import io.parley.common.outbox.OutboxEvent;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.group.rules.Act;
import io.parley.group.rules.GroupProblem;
import io.parley.group.rules.GroupRules;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One group while its row is locked: what is read here stays true until the transaction ends. Each
 * method that changes something counts the version up by one and appends one event, so versions
 * have no gap and there is no change that the fleet is not told of.
 */
public final class GroupChange {

  private final Group group;
  private final Instant now;
  private final GroupStore groups;
  private final MembershipStore memberships;
  private final BanStore bans;
  private final Outbox outbox;
  private final GroupProperties properties;

  GroupChange(
      Group group,
      Instant now,
      GroupStore groups,
      MembershipStore memberships,
      BanStore bans,
      Outbox outbox,
      GroupProperties properties) {
    this.group = group;
    this.now = now;
    this.groups = groups;
    this.memberships = memberships;
    this.bans = bans;
    this.outbox = outbox;
    this.properties = properties;
  }

  public Group group() {
    return group;
  }

  public GroupRules rules() {
    return group.rules();
  }

  /** The time of the change. */
  public Instant now() {
    return now;
  }

  public Optional<Membership> member(UserId user) {
    return memberships.findById(Membership.Key.of(group.id(), user));
  }

  /**
   * @throws ProblemException 404 {@code not-found} to those who are no members of a private group;
   *     403 {@code forbidden}; 409 {@code group-archived}
   */
  public Membership require(UserId caller, Act act) {
    Membership member = member(caller).orElseThrow(() -> Roster.stranger(group));
    rules().require(member.standing(), act);
    return member;
  }

  /**
   * The member whom the caller may act on.
   *
   * @throws ProblemException as {@link #require}; 404 {@code not-found} when there is no such
   *     member
   */
  public Membership requireOn(UserId caller, UserId target, Act act) {
    Membership actor = require(caller, act);
    Membership found =
        member(target)
            .orElseThrow(
                () -> new ProblemException(CommonProblem.NOT_FOUND, "No such member of the group"));
    rules().requireOn(actor.standing(), found.standing(), act);
    return found;
  }

  /**
   * Lets somebody in who is no member. Every way into a group ends here.
   *
   * @throws ProblemException 403 {@code banned}; 409 {@code group-archived}, {@code group-full}
   */
  public Membership admit(UserId user, GroupRole role, UserId actor) {
    requireAdmissible(user);
    if (group.memberCount() >= properties.maxMembers()) {
      throw full(properties);
    }
    Membership added = memberships.save(new Membership(group.id(), user, role, now));
    group.changed(1);
    tell(Kind.MEMBERS_ADDED, List.of(added), true, actor);
    return added;
  }

  /**
   * @throws ProblemException 403 {@code banned}; 409 {@code group-archived}
   */
  public void requireAdmissible(UserId user) {
    if (ban(user).isPresent()) {
      throw new ProblemException(GroupProblem.BANNED);
    }
    if (group.archived()) {
      throw new ProblemException(GroupProblem.GROUP_ARCHIVED);
    }
  }

  /** The ban that stands. */
  public Optional<Ban> ban(UserId user) {
    return bans.findById(Membership.Key.of(group.id(), user)).filter(ban -> ban.standsAt(now));
  }

  /**
   * Shuts somebody out, member or not.
   *
   * @param deleted what goes of what they wrote
   */
  public Ban ban(
      UserId user,
      String reason,
      @Nullable Instant until,
      UserId actor,
      @Nullable DeleteMessages deleted) {
    Optional<Membership> gone = member(user);
    if (gone.isPresent()) {
      remove(gone.get(), actor, deleted);
    } else if (deleted != null) {
      group.changed(0);
      tell(Kind.MEMBERS_UPDATED, List.of(), false, actor, deleted);
    }
    return bans.save(new Ban(group.id(), user, actor, reason, until, now));
  }

  public void unban(UserId user) {
    bans.deleteById(Membership.Key.of(group.id(), user));
  }

  public void remove(Membership gone, UserId actor) {
    remove(gone, actor, null);
  }

  private void remove(Membership gone, UserId actor, @Nullable DeleteMessages deleted) {
    memberships.delete(gone);
    group.changed(-1);
    tell(Kind.MEMBERS_REMOVED, List.of(gone), false, actor, deleted);
  }

  /** Tells what was set in these members: role, mute, own permissions. */
  public void updated(UserId actor, Membership... members) {
    group.changed(0);
    tell(Kind.MEMBERS_UPDATED, List.of(members), true, actor);
  }

  /**
   * Makes another member the owner. The two statements must come in this order: at no time has the
   * table two owners.
   */
  public void transfer(Membership owner, Membership heir, UserId actor) {
    owner.setRole(GroupRole.ADMIN);
    memberships.flush();
    enthrone(heir);
    updated(actor, owner, heir);
  }

  /** The owner goes without having chosen anybody: the group is the heir's, or it is no more. */
  public void abandon(Membership owner) {
    Optional<Membership> heir = memberships.findHeir(group.id().value(), owner.user().value());
    remove(owner, owner.user());
    if (heir.isEmpty()) {
      delete(owner.user());
    } else {
      memberships.flush();
      enthrone(heir.get());
      updated(owner.user(), heir.get());
    }
  }

  private void enthrone(Membership heir) {
    heir.setRole(GroupRole.OWNER);
    heir.setOverrides(Map.of());
    heir.muteUntil(null);
  }

  /** Tells what was set in the group itself. */
  public void edited(UserId actor) {
    group.edited();
    group.changed(0);
    tell(Kind.UPDATED, List.of(), true, actor);
  }

  public void delete(UserId actor) {
    group.changed(0);
    tell(Kind.DELETED, List.of(), true, actor);
    groups.delete(group);
  }

  /** The first members of a group that was just made, in several events when they are many. */
  void found(List<Membership> members, UserId creator) {
    Kind kind = Kind.CREATED;
    int step = properties.membersPerEvent();
    for (int from = 0; from < members.size(); from += step) {
      List<Membership> part = members.subList(from, Math.min(from + step, members.size()));
      group.changed(part.size());
      tell(kind, part, true, creator);
      kind = Kind.MEMBERS_ADDED;
    }
  }

  static ProblemException full(GroupProperties properties) {
    return new ProblemException(
        GroupProblem.GROUP_FULL,
        "A group may have at most " + properties.maxMembers() + " members",
        Map.of("maxMembers", properties.maxMembers()));
  }

  private void tell(Kind kind, List<Membership> changed, boolean active, UserId actor) {
    tell(kind, changed, active, actor, null);
  }

  private void tell(
      Kind kind,
      List<Membership> changed,
      boolean active,
      UserId actor,
      @Nullable DeleteMessages deleted) {
    List<GroupMembersChanged.Member> changes =
        changed.stream()
            .map(
                m ->
                    new GroupMembersChanged.Member(
                        m.user(), m.role(), active, m.mutedUntil(), m.overrides()))
            .toList();
    outbox.append(
        new OutboxEvent(
            GroupMembersChanged.EXCHANGE,
            "group." + group.id(),
            group.id() + ":" + group.version(),
            new GroupMembersChanged(
                group.id().value(),
                group.version(),
                group.name(),
                kind,
                changes,
                actor,
                now,
                group.policy(),
                group.archived(),
                deleted),
            now));
  }
}
