package io.parley.group.roster;

import io.parley.common.groups.GroupRole;
import io.parley.common.ids.UserId;
import io.parley.common.outbox.Outbox;
import io.parley.common.postgres.WordQuery;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.group.rules.Act;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Groups, their members and their bans. A change begins with {@link #change}: the lock of the
 * group's row is what puts all changes of one group in a line, whichever instances make them.
 *
 * <p>To everybody but its members a private group does not exist.
 */
@Service
public class Roster {

  private static final UUID LOWEST = new UUID(0, 0);
  private static final UUID HIGHEST = new UUID(-1, -1);

  private final GroupStore groups;
  private final MembershipStore memberships;
  private final BanStore bans;
  private final Outbox outbox;
  private final GroupProperties properties;
  private final Clock clock;

  Roster(
      GroupStore groups,
      MembershipStore memberships,
      BanStore bans,
      Outbox outbox,
      GroupProperties properties,
      Clock clock) {
    this.groups = groups;
    this.memberships = memberships;
    this.bans = bans;
    this.outbox = outbox;
    this.properties = properties;
    this.clock = clock;
  }

  /**
   * @throws ProblemException 409 {@code group-full}
   */
  public void requireRoom(int members) {
    if (members > properties.maxMembers()) {
      throw GroupChange.full(properties);
    }
  }

  /** Stores a new group with its first members. */
  @Transactional
  public Group create(Group group, UserId creator, Collection<UserId> others) {
    groups.save(group);
    List<Membership> members = new ArrayList<>(others.size() + 1);
    Instant at = group.createdAt();
    members.add(new Membership(group.id(), creator, GroupRole.OWNER, at));
    others.forEach(user -> members.add(new Membership(group.id(), user, GroupRole.MEMBER, at)));
    memberships.saveAll(members);
    open(group).found(members, creator);
    return group;
  }

  /**
   * Does something to a group, which nobody else changes meanwhile.
   *
   * @throws ProblemException 404 {@code not-found}, and what the work refuses
   */
  @Transactional
  public <T> T change(GroupId id, Function<GroupChange, T> work) {
    return work.apply(open(groups.lock(id.value()).orElseThrow(Roster::unknown)));
  }

  /** So that statements beside JPA see what was changed. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void flush() {
    groups.flush();
  }

  private GroupChange open(Group group) {
    return new GroupChange(group, now(), groups, memberships, bans, outbox, properties);
  }

  /** As precise as what the API shows. */
  public Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  /**
   * @throws ProblemException 404 {@code not-found}
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public Group get(GroupId id) {
    return groups.findById(id.value()).orElseThrow(Roster::unknown);
  }

  @Transactional(propagation = Propagation.MANDATORY)
  public Optional<Group> find(GroupId id) {
    return groups.findById(id.value());
  }

  @Transactional(propagation = Propagation.MANDATORY)
  public Optional<Membership> member(GroupId id, UserId user) {
    return memberships.findById(Membership.Key.of(id, user));
  }

  /**
   * For reading, and for asking before more costly checks: without a lock nothing lasts.
   *
   * @throws ProblemException 404 {@code not-found} to strangers of a private group; 403 {@code
   *     forbidden}; 409 {@code group-archived}
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public OwnGroup require(UserId caller, GroupId id, Act act) {
    Group group = get(id);
    Membership member = member(id, caller).orElseThrow(() -> stranger(group));
    group.rules().require(member.standing(), act);
    return new OwnGroup(group, member);
  }

  /** Newest first. */
  @Transactional(propagation = Propagation.MANDATORY)
  public List<OwnGroup> groupsOf(UserId user, Optional<GroupId> before, int limit) {
    return memberships.findByUser(
        user.value(), before.map(GroupId::value).orElse(HIGHEST), Limit.of(limit));
  }

  /**
   * Public groups in whose name words begin with each word of the text, by name.
   *
   * @param afterName with {@code after} the last of the page before, or empty
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public List<Group> search(String text, String afterName, Optional<GroupId> after, int limit) {
    return groups.findPublic(
        WordQuery.of(text),
        SearchKey.prefix(text),
        afterName,
        after.map(GroupId::value).orElse(LOWEST),
        limit);
  }

  /** All groups, by id. */
  @Transactional(propagation = Propagation.MANDATORY)
  public List<Group> all(Optional<GroupId> after, int limit) {
    return groups.findAfter(after.map(GroupId::value).orElse(LOWEST), Limit.of(limit));
  }

  @Transactional(propagation = Propagation.MANDATORY)
  public List<Membership> members(GroupId id) {
    return memberships.findByGroupId(id.value());
  }

  /** Those that stand, by the user's id. */
  @Transactional(propagation = Propagation.MANDATORY)
  public List<Ban> bans(GroupId id, Optional<UserId> after, int limit) {
    return bans.findStanding(
        id.value(), after.map(UserId::value).orElse(LOWEST), now(), Limit.of(limit));
  }

  /**
   * Those of an erased account, who can not come again; those that it made lose its name.
   *
   * @return how many rows that were
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public long eraseBans(UserId user) {
    return bans.deleteByUserId(user.value()) + bans.forgetModerator(user.value());
  }

  /** The groups that somebody is shut out of, for that user: without who did it. */
  @Transactional(propagation = Propagation.MANDATORY)
  public List<BannedFrom> bansOf(UserId user) {
    return bans.findByUserId(user.value()).stream()
        .map(ban -> new BannedFrom(ban.group(), ban.reason(), ban.until(), ban.createdAt()))
        .toList();
  }

  /** A ban as the banned user may see it. */
  public record BannedFrom(
      GroupId groupId, String reason, @Nullable Instant until, Instant createdAt) {}

  /** What somebody learns who is no member. */
  static ProblemException stranger(Group group) {
    return group.isPublic()
        ? new ProblemException(CommonProblem.FORBIDDEN, "This is for members of the group")
        : unknown();
  }

  private static ProblemException unknown() {
    return new ProblemException(CommonProblem.NOT_FOUND, "No such group");
  }
}
