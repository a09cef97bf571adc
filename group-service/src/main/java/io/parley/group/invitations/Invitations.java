package io.parley.group.invitations;

import io.parley.common.edge.Page;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.group.idempotency.Idempotency;
import io.parley.group.people.People;
import io.parley.group.roster.GroupChange;
import io.parley.group.roster.GroupId;
import io.parley.group.roster.Membership;
import io.parley.group.roster.Roster;
import io.parley.group.roster.RowId;
import io.parley.group.rules.Act;
import io.parley.group.rules.GroupProblem;
import io.parley.group.rules.Until;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** Invitations of single users, who accept or decline. */
@Service
public class Invitations {

  private static final Duration USUAL = Duration.ofDays(30);

  private final InvitationStore store;
  private final Roster roster;
  private final People people;
  private final Idempotency idempotency;
  private final TransactionTemplate transaction;

  Invitations(
      InvitationStore store,
      Roster roster,
      People people,
      Idempotency idempotency,
      TransactionTemplate transaction) {
    this.store = store;
    this.roster = roster;
    this.people = people;
    this.idempotency = idempotency;
    this.transaction = transaction;
  }

  /**
   * Invites somebody; who is invited already is so anew.
   *
   * @throws ProblemException 400 {@code invalid-request}; 403 {@code forbidden}, {@code blocked},
   *     {@code banned}; 404 {@code not-found}, {@code unknown-user}; 409 {@code conflict} for
   *     members, {@code group-archived}, {@code idempotency-key-reused}
   */
  InvitationView invite(
      UserId caller, GroupId id, InviteUser command, @Nullable String idempotencyKey) {
    return idempotency.run(
        caller,
        idempotencyKey,
        "POST /groups/" + id + "/invitations",
        command,
        InvitationView.class,
        () -> {
          transaction.executeWithoutResult(status -> roster.require(caller, id, Act.INVITE));
          people.requireReachable(Set.of(command.userId()), caller);
        },
        () -> roster.change(id, change -> invite(change, caller, command)));
  }

  private InvitationView invite(GroupChange change, UserId caller, InviteUser command) {
    Membership actor = change.require(caller, Act.INVITE);
    GroupRole role = command.roleOrMember();
    change.rules().requireGivable(actor.standing(), role);
    if (change.member(command.userId()).isPresent()) {
      throw new ProblemException(CommonProblem.CONFLICT, "The user is a member of this group");
    }
    change.requireAdmissible(command.userId());
    Instant asked = Until.checked("expiresAt", command.expiresAt(), change.now());
    Instant until = asked == null ? change.now().plus(USUAL) : asked;
    GroupId id = change.group().id();
    Invitation invitation =
        store
            .findByGroupIdAndUserId(id.value(), command.userId().value())
            .orElseGet(
                () ->
                    store.save(
                        new Invitation(id, command.userId(), role, caller, change.now(), until)));
    invitation.renew(role, caller, change.now(), until);
    return InvitationView.of(invitation, change.group().name());
  }

  /**
   * The group's, that wait for an answer.
   *
   * @throws ProblemException 403 {@code forbidden}; 404 {@code not-found}; 409 {@code
   *     group-archived}
   */
  @Transactional(readOnly = true)
  public Page<InvitationView> ofGroup(
      UserId caller, GroupId id, int limit, @Nullable RowId cursor) {
    roster.require(caller, id, Act.INVITE);
    return page(
        store.findOfGroup(id.value(), roster.now(), after(cursor), Limit.of(limit + 1)), limit);
  }

  /** The caller's, that wait for an answer, oldest first. */
  @Transactional(readOnly = true)
  public Page<InvitationView> own(UserId caller, int limit, @Nullable RowId cursor) {
    return page(
        store.findOfUser(caller.value(), roster.now(), after(cursor), Limit.of(limit + 1)), limit);
  }

  private Page<InvitationView> page(List<Invitation> found, int limit) {
    List<Invitation> items = found.subList(0, Math.min(limit, found.size()));
    return new Page<>(
        items.stream()
            .map(item -> InvitationView.of(item, roster.get(item.group()).name()))
            .toList(),
        found.size() > limit ? items.getLast().id().toString() : null);
  }

  /**
   * Takes an invitation back.
   *
   * @throws ProblemException 403 {@code forbidden}; 404 {@code not-found}; 409 {@code
   *     group-archived}
   */
  @Transactional
  public void withdraw(UserId caller, GroupId id, UserId user) {
    roster.change(
        id,
        change -> {
          change.require(caller, Act.INVITE);
          store.delete(
              store
                  .findByGroupIdAndUserId(id.value(), user.value())
                  .orElseThrow(Invitations::unknown));
          return id;
        });
  }

  /**
   * @throws ProblemException 403 {@code banned}; 404 {@code not-found}; 409 {@code group-full},
   *     {@code group-archived}; 410 {@code invitation-gone}
   */
  @Transactional
  public Outcome accept(UserId caller, String username, RowId id) {
    people.arrived(caller, username);
    return roster.change(
        group(caller, id),
        change -> {
          Invitation invitation = store.findById(id.value()).orElseThrow(Invitations::unknown);
          GroupId group = change.group().id();
          boolean isNew = change.member(caller).isEmpty();
          if (isNew) {
            requireGood(change, invitation);
            change.admit(caller, invitation.role(), caller);
          }
          store.delete(invitation);
          return new Outcome(group, isNew ? Outcome.Status.JOINED : Outcome.Status.MEMBER);
        });
  }

  /** An invitation is good as long as who made it may still invite with its role. */
  private static void requireGood(GroupChange change, Invitation invitation) {
    Optional<Membership> inviter = change.member(invitation.invitedBy());
    boolean entitled =
        inviter.isPresent()
            && change.rules().may(inviter.get().standing(), Act.INVITE)
            && change.rules().mayGive(inviter.get().standing(), invitation.role());
    if (!entitled || !invitation.expiresAt().isAfter(change.now())) {
      throw new ProblemException(GroupProblem.INVITATION_GONE);
    }
  }

  /**
   * @throws ProblemException 404 {@code not-found}
   */
  @Transactional
  public void decline(UserId caller, RowId id) {
    roster.change(
        group(caller, id),
        change -> {
          store.delete(store.findById(id.value()).orElseThrow(Invitations::unknown));
          return id;
        });
  }

  private GroupId group(UserId caller, RowId id) {
    return store
        .findGroup(id.value(), caller.value())
        .map(GroupId::new)
        .orElseThrow(Invitations::unknown);
  }

  /** All of and by an account. */
  @Transactional(propagation = Propagation.MANDATORY)
  public long erase(UserId user) {
    return store.deleteByUserIdOrInvitedBy(user.value(), user.value());
  }

  /** All of and by an account. */
  @Transactional(propagation = Propagation.MANDATORY)
  public List<?> export(UserId user) {
    return store.findByUserIdOrInvitedBy(user.value(), user.value()).stream()
        .map(item -> InvitationView.of(item, roster.get(item.group()).name()))
        .toList();
  }

  private static UUID after(@Nullable RowId cursor) {
    return (cursor == null ? RowId.LOWEST : cursor).value();
  }

  private static ProblemException unknown() {
    return new ProblemException(CommonProblem.NOT_FOUND, "No such invitation");
  }
}
