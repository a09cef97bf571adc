package io.parley.group.erasure;

import io.parley.common.events.ErasureAnswered;
import io.parley.common.events.ErasureRequested;
import io.parley.common.events.UserEvents;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.UserId;
import io.parley.common.outbox.Outbox;
import io.parley.common.outbox.OutboxEvent;
import io.parley.common.problems.ProblemException;
import io.parley.group.idempotency.Idempotency;
import io.parley.group.invitations.Invitations;
import io.parley.group.links.Links;
import io.parley.group.moderation.Reports;
import io.parley.group.people.People;
import io.parley.group.requests.JoinRequests;
import io.parley.group.roster.GroupId;
import io.parley.group.roster.OwnGroup;
import io.parley.group.roster.Roster;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Erases what is held of an account, group by group, each in a transaction of its own: what was
 * done before a crash is done, and the request comes again until it is answered.
 */
@Service
class Erasures {

  private static final int GROUPS_AT_ONCE = 100;

  private final Roster roster;
  private final Links links;
  private final Invitations invitations;
  private final JoinRequests requests;
  private final Reports reports;
  private final People people;
  private final Idempotency idempotency;
  private final Outbox outbox;
  private final TransactionTemplate transaction;
  private final String service;

  Erasures(
      Roster roster,
      Links links,
      Invitations invitations,
      JoinRequests requests,
      Reports reports,
      People people,
      Idempotency idempotency,
      Outbox outbox,
      TransactionTemplate transaction,
      @Value("${spring.application.name}") String service) {
    this.roster = roster;
    this.links = links;
    this.invitations = invitations;
    this.requests = requests;
    this.reports = reports;
    this.people = people;
    this.idempotency = idempotency;
    this.outbox = outbox;
    this.transaction = transaction;
    this.service = service;
  }

  /**
   * May be called again with the same request. The answer goes out with the last of it.
   *
   * @throws ProblemException never for good: a store is away
   */
  void erase(ErasureRequested request) {
    UserId user = request.userId();
    long left = 0;
    List<GroupId> some = groupsOf(user);
    while (!some.isEmpty()) {
      for (GroupId group : some) {
        leave(group, user);
        left++;
      }
      some = groupsOf(user);
    }
    long memberships = left;
    transaction.executeWithoutResult(
        status -> {
          Map<String, Long> counts = new LinkedHashMap<>();
          counts.put("memberships", memberships);
          counts.put("bans", roster.eraseBans(user));
          counts.put("invitationLinks", links.erase(user));
          counts.put("invitations", invitations.erase(user));
          counts.put("joinRequests", requests.erase(user));
          counts.put("reports", reports.erase(user));
          counts.put("names", (long) people.erase(user));
          counts.put("answers", idempotency.erase(user));
          outbox.append(
              new OutboxEvent(
                  UserEvents.EXCHANGE,
                  ErasureAnswered.ROUTING_KEY,
                  request.erasureId() + ":" + service,
                  new ErasureAnswered(request.erasureId(), service, roster.now(), counts),
                  roster.now()));
        });
  }

  private List<GroupId> groupsOf(UserId user) {
    return transaction.execute(
        status ->
            roster.groupsOf(user, Optional.empty(), GROUPS_AT_ONCE).stream()
                .map(OwnGroup::group)
                .map(group -> group.id())
                .toList());
  }

  /** Unless the group went away meanwhile. */
  private void leave(GroupId id, UserId user) {
    transaction.executeWithoutResult(
        status -> {
          if (roster.find(id).isPresent()) {
            roster.change(
                id,
                change -> {
                  change
                      .member(user)
                      .ifPresent(
                          gone -> {
                            if (gone.role() == GroupRole.OWNER) {
                              change.abandon(gone);
                            } else {
                              change.remove(gone, user);
                            }
                          });
                  return id;
                });
          }
        });
  }
}
