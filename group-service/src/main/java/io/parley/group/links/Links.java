package io.parley.group.links;

import io.parley.common.edge.Page;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.group.audit.Audit;
import io.parley.group.idempotency.Idempotency;
import io.parley.group.invitations.Outcome;
import io.parley.group.people.People;
import io.parley.group.requests.JoinRequests;
import io.parley.group.roster.Group;
import io.parley.group.roster.GroupChange;
import io.parley.group.roster.GroupId;
import io.parley.group.roster.Membership;
import io.parley.group.roster.Roster;
import io.parley.group.roster.RowId;
import io.parley.group.rules.Act;
import io.parley.group.rules.GroupProblem;
import io.parley.group.rules.Until;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Invitation links. A link lets in as long as who made it may still invite with its role: whoever
 * is removed or demoted leaves no back door.
 */
@Service
public class Links {

  private final LinkStore store;
  private final Roster roster;
  private final JoinRequests requests;
  private final People people;
  private final Idempotency idempotency;
  private final Audit audit;

  Links(
      LinkStore store,
      Roster roster,
      JoinRequests requests,
      People people,
      Idempotency idempotency,
      Audit audit) {
    this.store = store;
    this.roster = roster;
    this.requests = requests;
    this.people = people;
    this.idempotency = idempotency;
    this.audit = audit;
  }

  /**
   * @return the only answer that has the token
   * @throws ProblemException 400 {@code invalid-request}; 403 {@code forbidden}; 404 {@code
   *     not-found}; 409 {@code group-archived}, {@code idempotency-key-reused}
   */
  LinkView create(UserId caller, GroupId id, CreateLink command, @Nullable String idempotencyKey) {
    return idempotency.run(
        caller,
        idempotencyKey,
        "POST /groups/" + id + "/invitation-links",
        command,
        LinkView.class,
        () -> {},
        () -> roster.change(id, change -> create(change, caller, command)));
  }

  private LinkView create(GroupChange change, UserId caller, CreateLink command) {
    Membership actor = change.require(caller, Act.INVITE);
    change.rules().requireGivable(actor.standing(), command.roleOrMember());
    LinkToken token = LinkToken.random();
    Link link =
        store.save(
            new Link(
                change.group().id(),
                token,
                command.roleOrMember(),
                Boolean.TRUE.equals(command.needsApproval()),
                caller,
                change.now(),
                Until.checked("expiresAt", command.expiresAt(), change.now()),
                command.maxUses()));
    audit.record(
        caller,
        "group.invitation-link.created",
        "group",
        change.group().id(),
        Map.of("linkId", link.id().toString(), "role", link.role().value()));
    return LinkView.of(link, token);
  }

  /**
   * Those that were not revoked, oldest first; without their tokens.
   *
   * @throws ProblemException 403 {@code forbidden}; 404 {@code not-found}; 409 {@code
   *     group-archived}
   */
  @Transactional(readOnly = true)
  public Page<LinkView> list(UserId caller, GroupId id, int limit, @Nullable RowId cursor) {
    roster.require(caller, id, Act.INVITE);
    List<Link> found =
        store.findStanding(
            id.value(), (cursor == null ? RowId.LOWEST : cursor).value(), Limit.of(limit + 1));
    List<Link> items = found.subList(0, Math.min(limit, found.size()));
    return new Page<>(
        items.stream().map(link -> LinkView.of(link, null)).toList(),
        found.size() > limit ? items.getLast().id().toString() : null);
  }

  /**
   * @throws ProblemException 403 {@code forbidden}; 404 {@code not-found}; 409 {@code
   *     group-archived}
   */
  @Transactional
  public void revoke(UserId caller, GroupId id, RowId linkId) {
    roster.change(
        id,
        change -> {
          change.require(caller, Act.INVITE);
          store
              .findById(linkId.value())
              .filter(link -> link.group().equals(id))
              .orElseThrow(() -> unknown("No such link"))
              .revoke();
          audit.record(
              caller,
              "group.invitation-link.revoked",
              "group",
              id,
              Map.of("linkId", linkId.toString()));
          return id;
        });
  }

  /**
   * What the link leads to, without using it.
   *
   * @throws ProblemException 403 {@code banned}; 404 {@code not-found}; 410 {@code invitation-gone}
   */
  @Transactional
  public PreviewView preview(UserId caller, LinkToken token) {
    return used(
        token,
        (change, link) -> {
          boolean member = change.member(caller).isPresent();
          if (!member) {
            requireGood(change, link);
            change.requireAdmissible(caller);
          }
          return PreviewView.of(change.group(), link, member);
        });
  }

  /**
   * Comes into the group, or asks to.
   *
   * @throws ProblemException 403 {@code banned}; 404 {@code not-found}; 409 {@code group-full},
   *     {@code group-archived}; 410 {@code invitation-gone}
   */
  @Transactional
  public Outcome redeem(UserId caller, String username, LinkToken token) {
    people.arrived(caller, username);
    return used(
        token,
        (change, link) -> {
          Group group = change.group();
          if (change.member(caller).isPresent()) {
            return new Outcome(group.id(), Outcome.Status.MEMBER);
          }
          requireGood(change, link);
          if (link.needsApproval()) {
            requests.ask(change, caller);
            return new Outcome(group.id(), Outcome.Status.REQUESTED);
          }
          link.use();
          change.admit(caller, link.role(), caller);
          return new Outcome(group.id(), Outcome.Status.JOINED);
        });
  }

  /** The link is read under the lock of its group: its last use is one user's. */
  private <T> T used(LinkToken token, Use<T> use) {
    GroupId id =
        store.findGroup(token.hash()).map(GroupId::new).orElseThrow(() -> unknown("No such link"));
    return roster.change(
        id,
        change ->
            use.of(
                change,
                store.findByTokenHash(token.hash()).orElseThrow(() -> unknown("No such link"))));
  }

  private interface Use<T> {
    T of(GroupChange change, Link link);
  }

  private static void requireGood(GroupChange change, Link link) {
    Optional<Membership> creator = change.member(link.createdBy());
    boolean entitled =
        creator.isPresent()
            && change.rules().may(creator.get().standing(), Act.INVITE)
            && change.rules().mayGive(creator.get().standing(), link.role());
    if (!entitled || !link.isGoodAt(change.now())) {
      throw new ProblemException(GroupProblem.INVITATION_GONE);
    }
  }

  /** Those that an account made. */
  @Transactional(propagation = Propagation.MANDATORY)
  public long erase(UserId user) {
    return store.deleteByCreatedBy(user.value());
  }

  /** Those that an account made. */
  @Transactional(propagation = Propagation.MANDATORY)
  public List<?> export(UserId user) {
    return store.findByCreatedBy(user.value()).stream()
        .map(link -> LinkView.of(link, null))
        .toList();
  }

  private static ProblemException unknown(String what) {
    return new ProblemException(CommonProblem.NOT_FOUND, what);
  }
}
