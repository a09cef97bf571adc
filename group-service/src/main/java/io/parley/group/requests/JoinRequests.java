package io.parley.group.requests;

import io.parley.common.edge.Page;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.group.audit.Audit;
import io.parley.group.idempotency.Idempotency;
import io.parley.group.people.People;
import io.parley.group.roster.GroupChange;
import io.parley.group.roster.GroupId;
import io.parley.group.roster.Roster;
import io.parley.group.roster.RowId;
import io.parley.group.rules.Act;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Requests to join: of anybody for a public group that wants them, of holders of a link that needs
 * approval for any group.
 */
@Service
public class JoinRequests {

  private final JoinRequestStore store;
  private final Roster roster;
  private final People people;
  private final Idempotency idempotency;
  private final Audit audit;

  JoinRequests(
      JoinRequestStore store, Roster roster, People people, Idempotency idempotency, Audit audit) {
    this.store = store;
    this.roster = roster;
    this.people = people;
    this.idempotency = idempotency;
    this.audit = audit;
  }

  /**
   * Asks to be let into a public group; who has asked before asks again.
   *
   * @throws ProblemException 403 {@code banned}; 404 {@code not-found}; 409 {@code conflict} for
   *     members, {@code group-archived}, {@code idempotency-key-reused}
   */
  JoinRequestView ask(
      UserId caller,
      String username,
      GroupId id,
      AskToJoin command,
      @Nullable String idempotencyKey) {
    return idempotency.run(
        caller,
        idempotencyKey,
        "POST /groups/" + id + "/join-requests",
        command,
        JoinRequestView.class,
        () -> {},
        () -> {
          people.arrived(caller, username);
          return roster.change(
              id,
              change -> {
                if (!change.group().isPublic() && change.member(caller).isEmpty()) {
                  throw unknownGroup();
                }
                return JoinRequestView.of(asked(change, caller, command.textOrEmpty()));
              });
        });
  }

  /**
   * The same by a link.
   *
   * @throws ProblemException as {@link #ask}
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public void ask(GroupChange change, UserId caller) {
    asked(change, caller, "");
  }

  private JoinRequest asked(GroupChange change, UserId caller, String text) {
    if (change.member(caller).isPresent()) {
      throw new ProblemException(CommonProblem.CONFLICT, "You are a member of this group");
    }
    change.requireAdmissible(caller);
    JoinRequest request =
        store
            .findByGroupIdAndUserId(change.group().id().value(), caller.value())
            .orElseGet(
                () -> store.save(new JoinRequest(change.group().id(), caller, text, change.now())));
    request.askAgain(text, change.now());
    return request;
  }

  /**
   * @throws ProblemException 404 {@code not-found} when there is none
   */
  @Transactional(readOnly = true)
  public JoinRequestView own(UserId caller, GroupId id) {
    return JoinRequestView.of(find(id, caller));
  }

  /** Takes one's own request back. */
  @Transactional
  public void withdraw(UserId caller, GroupId id) {
    roster.change(
        id,
        change -> {
          store.delete(find(id, caller));
          return id;
        });
  }

  /**
   * Those that nobody has decided, oldest first.
   *
   * @throws ProblemException 403 {@code forbidden}; 404 {@code not-found}; 409 {@code
   *     group-archived}
   */
  @Transactional(readOnly = true)
  public Page<JoinRequestView> pending(
      UserId caller, GroupId id, int limit, @Nullable RowId cursor) {
    roster.require(caller, id, Act.INVITE);
    List<JoinRequest> found =
        store.findPending(
            id.value(), (cursor == null ? RowId.LOWEST : cursor).value(), Limit.of(limit + 1));
    List<JoinRequest> items = found.subList(0, Math.min(limit, found.size()));
    return new Page<>(
        items.stream().map(JoinRequestView::of).toList(),
        found.size() > limit ? items.getLast().id().toString() : null);
  }

  /**
   * Lets somebody in who asked.
   *
   * @throws ProblemException 403 {@code forbidden}, {@code banned}; 404 {@code not-found}; 409
   *     {@code group-full}, {@code group-archived}
   */
  @Transactional
  public void approve(UserId caller, GroupId id, UserId user) {
    roster.change(
        id,
        change -> {
          change.require(caller, Act.INVITE);
          JoinRequest request = find(id, user);
          if (change.member(user).isEmpty()) {
            change.admit(user, GroupRole.MEMBER, caller);
          }
          store.delete(request);
          audit.record(caller, "group.join-request.approved", "user", user, in(id));
          return id;
        });
  }

  /**
   * @throws ProblemException 403 {@code forbidden}; 404 {@code not-found}; 409 {@code
   *     group-archived}
   */
  @Transactional
  public void decline(UserId caller, GroupId id, UserId user) {
    roster.change(
        id,
        change -> {
          change.require(caller, Act.INVITE);
          find(id, user).decline();
          audit.record(caller, "group.join-request.declined", "user", user, in(id));
          return id;
        });
  }

  /** All of an account. */
  @Transactional(propagation = Propagation.MANDATORY)
  public long erase(UserId user) {
    return store.deleteByUserId(user.value());
  }

  /** All of an account. */
  @Transactional(propagation = Propagation.MANDATORY)
  public List<?> export(UserId user) {
    return store.findByUserId(user.value()).stream().map(JoinRequestView::of).toList();
  }

  private JoinRequest find(GroupId id, UserId user) {
    return store
        .findByGroupIdAndUserId(id.value(), user.value())
        .orElseThrow(
            () -> new ProblemException(CommonProblem.NOT_FOUND, "No such request to join"));
  }

  private static Map<String, String> in(GroupId id) {
    return Map.of("groupId", id.toString());
  }

  private static ProblemException unknownGroup() {
    return new ProblemException(CommonProblem.NOT_FOUND, "No such group");
  }
}
