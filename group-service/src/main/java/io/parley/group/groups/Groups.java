package io.parley.group.groups;

import io.parley.common.edge.Page;
import io.parley.common.events.GroupMembersChanged;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.UserId;
import io.parley.common.outbox.Outbox;
import io.parley.common.outbox.OutboxEvent;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.group.idempotency.Idempotency;
import io.parley.group.users.UserClient;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Groups and who is in them. Every access check of this feature is here. A change locks the group's
 * row, counts the version up by one and appends one event, all in one transaction: versions have no
 * gap, and there is no change that the fleet is not told of.
 *
 * <p>To everybody but its members a group does not exist.
 */
@Service
class Groups {

  private static final UUID HIGHEST = new UUID(-1, -1);

  private final GroupStore groups;
  private final MembershipStore memberships;
  private final Outbox outbox;
  private final UserClient users;
  private final Idempotency idempotency;
  private final GroupProperties properties;
  private final TransactionTemplate transaction;
  private final Clock clock;

  Groups(
      GroupStore groups,
      MembershipStore memberships,
      Outbox outbox,
      UserClient users,
      Idempotency idempotency,
      GroupProperties properties,
      TransactionTemplate transaction,
      Clock clock) {
    this.groups = groups;
    this.memberships = memberships;
    this.outbox = outbox;
    this.users = users;
    this.idempotency = idempotency;
    this.properties = properties;
    this.transaction = transaction;
    this.clock = clock;
  }

  /**
   * Makes a group whose owner is the creator.
   *
   * @param idempotencyKey repeats the answer instead, when it came before; null for none
   * @throws ProblemException 404 {@code unknown-user}; 409 {@code group-full}, {@code
   *     idempotency-key-reused}
   */
  GroupView create(UserId creator, CreateGroup command, @Nullable String idempotencyKey) {
    if (idempotencyKey != null) {
      Optional<GroupView> answered =
          idempotency.answered(creator, idempotencyKey, command, GroupView.class);
      if (answered.isPresent()) {
        return answered.get();
      }
    }
    Set<UserId> others = command.others(creator);
    requireRoom(others.size() + 1);
    users.requireExisting(others);
    return transaction.execute(
        status ->
            idempotencyKey == null
                ? stored(creator, command, others)
                : idempotency.once(
                    creator,
                    idempotencyKey,
                    command,
                    GroupView.class,
                    () -> stored(creator, command, others)));
  }

  private GroupView stored(UserId creator, CreateGroup command, Set<UserId> others) {
    Instant now = now();
    Group group = groups.save(new Group(command.name(), command.descriptionOrEmpty(), now));
    List<Membership> members = new ArrayList<>();
    members.add(new Membership(group.id(), creator, Role.OWNER, now));
    others.forEach(user -> members.add(new Membership(group.id(), user, Role.MEMBER, now)));
    memberships.saveAll(members);
    GroupMembersChanged.Kind kind = GroupMembersChanged.Kind.CREATED;
    int step = properties.membersPerEvent();
    for (int from = 0; from < members.size(); from += step) {
      List<Membership> part = members.subList(from, Math.min(from + step, members.size()));
      group.changed(part.size());
      tell(group, kind, part, true, creator, now);
      kind = GroupMembersChanged.Kind.MEMBERS_ADDED;
    }
    return GroupView.of(group, members);
  }

  /**
   * @throws ProblemException 404 {@code not-found} to strangers
   */
  @Transactional(readOnly = true, isolation = Isolation.REPEATABLE_READ)
  GroupView get(UserId caller, GroupId id) {
    role(caller, id);
    return get(id);
  }

  /** For the other services. The members are those of the version: both are read at one moment. */
  @Transactional(readOnly = true, isolation = Isolation.REPEATABLE_READ)
  GroupView get(GroupId id) {
    Group group = groups.findById(id.value()).orElseThrow(Groups::notFound);
    return GroupView.of(group, memberships.findByGroupId(id.value()));
  }

  /**
   * The caller's groups, newest first.
   *
   * @param cursor the {@code next} of the page before
   */
  @Transactional(readOnly = true)
  Page<OwnGroup> list(UserId caller, int limit, @Nullable GroupId cursor) {
    UUID before = cursor == null ? HIGHEST : cursor.value();
    List<OwnGroup> found = memberships.findByUser(caller.value(), before, Limit.of(limit + 1));
    if (found.size() <= limit) {
      return new Page<>(found, null);
    }
    List<OwnGroup> items = found.subList(0, limit);
    return new Page<>(items, items.get(limit - 1).group().id().toString());
  }

  /**
   * @return what there is now, and whether it is new
   * @throws ProblemException 403 below admin; 404 {@code not-found}, {@code unknown-user}; 409
   *     {@code group-full}
   */
  Added add(UserId caller, GroupId id, UserId user) {
    // Before user-service is asked: it is nobody's way to learn which users exist.
    requireMayAdd(role(caller, id));
    if (!memberships.existsById(Membership.Key.of(id, user))) {
      users.requireExisting(Set.of(user));
    }
    return transaction.execute(
        status -> {
          Group group = locked(id);
          requireMayAdd(role(caller, id));
          Optional<Membership> present = memberships.findById(Membership.Key.of(id, user));
          if (present.isPresent()) {
            return new Added(MembershipView.of(group, present.get()), false);
          }
          requireRoom(group.memberCount() + 1);
          Instant now = now();
          Membership added = memberships.save(new Membership(id, user, Role.MEMBER, now));
          group.changed(1);
          tell(group, GroupMembersChanged.Kind.MEMBERS_ADDED, List.of(added), true, caller, now);
          return new Added(MembershipView.of(group, added), true);
        });
  }

  /**
   * @param isNew false when the user was a member before
   */
  record Added(MembershipView membership, boolean isNew) {}

  /**
   * Removes somebody, or lets the caller leave.
   *
   * @throws ProblemException 403 when the role does not allow it; 404 {@code not-found}; 409 {@code
   *     owner-must-transfer}
   */
  @Transactional
  void remove(UserId caller, GroupId id, UserId user) {
    Group group = locked(id);
    Role callersRole = role(caller, id);
    Membership removed =
        memberships
            .findById(Membership.Key.of(id, user))
            .orElseThrow(
                () -> new ProblemException(CommonProblem.NOT_FOUND, "No such member of the group"));
    if (caller.equals(user)) {
      requireAnotherOwner(id, removed);
    } else if (!callersRole.mayRemove(removed.role())) {
      throw new ProblemException(
          CommonProblem.FORBIDDEN, "Owners and admins may remove those of a lower role");
    }
    memberships.delete(removed);
    group.changed(-1);
    tell(group, GroupMembersChanged.Kind.MEMBERS_REMOVED, List.of(removed), false, caller, now());
  }

  private void requireAnotherOwner(GroupId id, Membership leaving) {
    if (leaving.role() == Role.OWNER
        && !memberships.existsByGroupIdAndRoleAndUserIdNot(
            id.value(), Role.OWNER, leaving.user().value())) {
      throw new ProblemException(GroupProblem.OWNER_MUST_TRANSFER);
    }
  }

  private void requireRoom(int members) {
    if (members > properties.maxMembers()) {
      throw new ProblemException(
          GroupProblem.GROUP_FULL,
          "A group may have at most " + properties.maxMembers() + " members",
          Map.of("maxMembers", properties.maxMembers()));
    }
  }

  private static void requireMayAdd(Role role) {
    if (!role.mayAddMembers()) {
      throw new ProblemException(CommonProblem.FORBIDDEN, "Owners and admins may add members");
    }
  }

  private Role role(UserId user, GroupId id) {
    return memberships.findById(Membership.Key.of(id, user)).orElseThrow(Groups::notFound).role();
  }

  private Group locked(GroupId id) {
    return groups.lock(id.value()).orElseThrow(Groups::notFound);
  }

  private static ProblemException notFound() {
    return new ProblemException(CommonProblem.NOT_FOUND, "No such group");
  }

  private void tell(
      Group group,
      GroupMembersChanged.Kind kind,
      List<Membership> changed,
      boolean active,
      UserId actor,
      Instant at) {
    List<GroupMembersChanged.Member> changes =
        changed.stream()
            .map(
                m ->
                    new GroupMembersChanged.Member(
                        m.user(), GroupRole.valueOf(m.role().name()), active, null, null))
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
                at,
                null,
                false),
            at));
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
