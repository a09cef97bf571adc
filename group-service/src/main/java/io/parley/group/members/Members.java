package io.parley.group.members;

import io.parley.common.edge.Page;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.group.audit.Audit;
import io.parley.group.idempotency.Idempotency;
import io.parley.group.people.People;
import io.parley.group.roster.Group;
import io.parley.group.roster.GroupId;
import io.parley.group.roster.Membership;
import io.parley.group.roster.Roster;
import io.parley.group.rules.Act;
import io.parley.group.rules.GroupProblem;
import io.parley.group.rules.Until;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** Coming into a group, going, and what a member is. */
@Service
class Members {

  private final Roster roster;
  private final MemberList list;
  private final People people;
  private final Idempotency idempotency;
  private final Audit audit;
  private final TransactionTemplate transaction;
  private final TransactionTemplate reading;

  Members(
      Roster roster,
      MemberList list,
      People people,
      Idempotency idempotency,
      Audit audit,
      TransactionTemplate transaction) {
    this.roster = roster;
    this.list = list;
    this.people = people;
    this.idempotency = idempotency;
    this.audit = audit;
    this.transaction = transaction;
    this.reading =
        new TransactionTemplate(Objects.requireNonNull(transaction.getTransactionManager()));
    this.reading.setReadOnly(true);
  }

  /**
   * Members, highest role first, then in the order of joining. Names that are old are asked for
   * again first: by the reader who sees them.
   *
   * @throws ProblemException 403 {@code forbidden}, 404 {@code not-found} for those who are no
   *     members
   */
  Page<MemberView> page(
      UserId caller,
      GroupId id,
      @Nullable GroupRole role,
      @Nullable String prefix,
      int limit,
      @Nullable String cursor) {
    MemberList.Position after = MemberList.Position.parse(cursor);
    List<MemberView> found = read(caller, id, role, prefix, limit, after);
    if (people.refresh(found.stream().map(MemberView::userId).toList())) {
      found = transaction.execute(status -> read(id, role, prefix, limit, after));
    }
    List<MemberView> items = found.subList(0, Math.min(limit, found.size()));
    return new Page<>(
        items, found.size() > limit ? MemberList.Position.of(items.getLast()).toString() : null);
  }

  private List<MemberView> read(
      UserId caller,
      GroupId id,
      @Nullable GroupRole role,
      @Nullable String prefix,
      int limit,
      MemberList.@Nullable Position after) {
    return reading.execute(
        status -> {
          roster.require(caller, id, Act.SEE);
          return read(id, role, prefix, limit, after);
        });
  }

  private List<MemberView> read(
      GroupId id,
      @Nullable GroupRole role,
      @Nullable String prefix,
      int limit,
      MemberList.@Nullable Position after) {
    return list.page(id, role, prefix, after, roster.now(), limit + 1);
  }

  /**
   * @throws ProblemException 403 {@code forbidden}, 404 {@code not-found}
   */
  @Transactional(readOnly = true)
  public MemberView get(UserId caller, GroupId id, UserId user) {
    roster.require(caller, id, Act.SEE);
    return view(id, user);
  }

  private MemberView view(GroupId id, UserId user) {
    return list.find(id, user, roster.now()).orElseThrow(Members::noMember);
  }

  /**
   * @param isNew false when the user was a member before
   */
  record Added(MemberView member, boolean isNew) {}

  /**
   * @throws ProblemException 403 {@code forbidden}, {@code blocked}, {@code banned}; 404 {@code
   *     not-found}, {@code unknown-user}; 409 {@code group-full}, {@code group-archived}, {@code
   *     idempotency-key-reused}
   */
  Added add(UserId caller, GroupId id, UserId user, @Nullable String idempotencyKey) {
    return idempotency.run(
        caller,
        idempotencyKey,
        "POST /groups/" + id + "/members",
        user,
        Added.class,
        () -> {
          // Before user-service is asked: this is nobody's way to learn which users exist.
          boolean isMember =
              transaction.execute(
                  status -> {
                    roster.require(caller, id, Act.ADD_MEMBERS);
                    return roster.member(id, user).isPresent();
                  });
          if (!isMember) {
            people.requireReachable(Set.of(user), caller);
          }
        },
        () ->
            roster.change(
                id,
                change -> {
                  change.require(caller, Act.ADD_MEMBERS);
                  boolean isNew = change.member(user).isEmpty();
                  if (isNew) {
                    change.admit(user, GroupRole.MEMBER, caller);
                  }
                  return stored(id, user, isNew);
                }));
  }

  /**
   * Comes into a public group.
   *
   * @throws ProblemException 403 {@code approval-needed}, {@code banned}; 404 {@code not-found};
   *     409 {@code group-full}, {@code group-archived}
   */
  @Transactional
  public Added join(UserId caller, String username, GroupId id) {
    people.arrived(caller, username);
    return roster.change(
        id,
        change -> {
          boolean isNew = change.member(caller).isEmpty();
          if (isNew) {
            requireOpen(change.group());
            change.admit(caller, GroupRole.MEMBER, caller);
          }
          return stored(id, caller, isNew);
        });
  }

  private static void requireOpen(Group group) {
    if (!group.isPublic()) {
      throw new ProblemException(CommonProblem.NOT_FOUND, "No such group");
    }
    if (group.joining() == Group.Joining.REQUEST) {
      throw new ProblemException(GroupProblem.APPROVAL_NEEDED);
    }
  }

  private Added stored(GroupId id, UserId user, boolean isNew) {
    roster.flush();
    return new Added(view(id, user), isNew);
  }

  /**
   * Removes somebody, or lets the caller leave.
   *
   * @throws ProblemException 403 {@code forbidden}; 404 {@code not-found}; 409 {@code
   *     owner-must-transfer}
   */
  @Transactional
  public void remove(UserId caller, GroupId id, UserId user) {
    roster.change(
        id,
        change -> {
          if (caller.equals(user)) {
            Membership leaving = change.require(caller, Act.SEE);
            if (leaving.role() == GroupRole.OWNER) {
              throw new ProblemException(GroupProblem.OWNER_MUST_TRANSFER);
            }
            change.remove(leaving, caller);
          } else {
            change.remove(change.requireOn(caller, user, Act.REMOVE_MEMBER), caller);
            audit.record(caller, "group.member.removed", "user", user, in(id));
          }
          return id;
        });
  }

  /**
   * Sets a member's role and own permissions.
   *
   * @throws ProblemException 403 {@code forbidden}; 404 {@code not-found}; 409 {@code
   *     group-archived}
   */
  @Transactional
  public MemberView edit(UserId caller, GroupId id, UserId user, EditMember command) {
    return roster.change(
        id,
        change -> {
          Membership actor = change.require(caller, Act.CHANGE_ROLE);
          Membership member = change.requireOn(caller, user, Act.CHANGE_ROLE);
          boolean changed = false;
          if (command.role() != null && command.role() != member.role()) {
            change.rules().requireGivable(actor.standing(), command.role());
            audit.record(
                caller,
                "group.member.role.changed",
                "user",
                user,
                in(id, "from", member.role().value(), "to", command.role().value()));
            member.setRole(command.role());
            changed = true;
          }
          if (command.overrides() != null && !command.overrides().equals(member.overrides())) {
            change.requireOn(caller, user, Act.CHANGE_OVERRIDES);
            change.rules().requireGivable(actor.standing(), command.overrides());
            audit.record(
                caller,
                "group.member.overrides.changed",
                "user",
                user,
                in(id, "overrides", command.overrides().toString()));
            member.setOverrides(command.overrides());
            changed = true;
          }
          if (changed) {
            change.updated(caller, member);
          }
          roster.flush();
          return view(id, user);
        });
  }

  /**
   * @param until null: may write again
   * @throws ProblemException 400 {@code invalid-request} for a time that has passed; 403 {@code
   *     forbidden}; 404 {@code not-found}; 409 {@code group-archived}
   */
  @Transactional
  public MemberView mute(UserId caller, GroupId id, UserId user, @Nullable Instant until) {
    return roster.change(
        id,
        change -> {
          Membership member = change.requireOn(caller, user, Act.MUTE);
          if (until != null || member.mutedUntil() != null) {
            member.muteUntil(Until.checked("until", until, change.now()));
            change.updated(caller, member);
            audit.record(
                caller,
                until == null ? "group.member.unmuted" : "group.member.muted",
                "user",
                user,
                until == null ? in(id) : in(id, "until", until.toString()));
          }
          roster.flush();
          return view(id, user);
        });
  }

  /**
   * Makes another member the owner; the caller becomes an admin.
   *
   * @throws ProblemException 403 {@code forbidden}; 404 {@code not-found}
   */
  @Transactional
  public MemberView transfer(UserId caller, GroupId id, UserId heir) {
    return roster.change(
        id,
        change -> {
          Membership owner = change.require(caller, Act.TRANSFER_OWNERSHIP);
          Membership next = change.member(heir).orElseThrow(Members::noMember);
          if (!caller.equals(heir)) {
            change.transfer(owner, next, caller);
            audit.record(caller, "group.ownership.transferred", "user", heir, in(id));
          }
          roster.flush();
          return view(id, heir);
        });
  }

  private static Map<String, String> in(GroupId id) {
    return Map.of("groupId", id.toString());
  }

  private static Map<String, String> in(GroupId id, String name, String value) {
    return Map.of("groupId", id.toString(), name, value);
  }

  private static Map<String, String> in(
      GroupId id, String name, String value, String name2, String value2) {
    return Map.of("groupId", id.toString(), name, value, name2, value2);
  }

  private static ProblemException noMember() {
    return new ProblemException(CommonProblem.NOT_FOUND, "No such member of the group");
  }
}
