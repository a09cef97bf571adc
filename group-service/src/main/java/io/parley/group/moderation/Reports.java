package io.parley.group.moderation;

import io.parley.common.edge.Page;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.group.audit.Audit;
import io.parley.group.idempotency.Idempotency;
import io.parley.group.people.People;
import io.parley.group.roster.Group;
import io.parley.group.roster.GroupId;
import io.parley.group.roster.Membership;
import io.parley.group.roster.OwnGroup;
import io.parley.group.roster.Roster;
import io.parley.group.roster.RowId;
import io.parley.group.rules.Act;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Reports and who decides them: what happened in a group is for its moderators and for the
 * moderators of the installation, all else for the latter only.
 */
@Service
public class Reports {

  private final ReportStore store;
  private final Roster roster;
  private final People people;
  private final Idempotency idempotency;
  private final Audit audit;

  Reports(ReportStore store, Roster roster, People people, Idempotency idempotency, Audit audit) {
    this.store = store;
    this.roster = roster;
    this.people = people;
    this.idempotency = idempotency;
    this.audit = audit;
  }

  /**
   * @throws ProblemException 404 {@code not-found} for groups that the reporter does not see,
   *     {@code unknown-user}; 409 {@code idempotency-key-reused}
   */
  ReportView make(UserId caller, MakeReport command, @Nullable String idempotencyKey) {
    return idempotency.run(
        caller,
        idempotencyKey,
        "POST /reports",
        command,
        ReportView.class,
        () -> {
          if (command.userId() != null) {
            people.requireKnown(Set.of(command.userId()));
          }
        },
        () -> {
          Report report =
              store.save(new Report(caller, group(caller, command), command, roster.now()));
          return ReportView.of(report);
        });
  }

  /** The group that the report is for; a group's conversation has its id. */
  private @Nullable GroupId group(UserId caller, MakeReport command) {
    if (command.groupId() != null) {
      Group group = roster.get(command.groupId());
      if (!isSeen(caller, group)) {
        throw new ProblemException(CommonProblem.NOT_FOUND, "No such group");
      }
      return group.id();
    }
    if (command.conversationId() == null) {
      return null;
    }
    Optional<Group> group = roster.find(new GroupId(command.conversationId().value()));
    if (group.isPresent() && !isSeen(caller, group.get())) {
      throw new ProblemException(CommonProblem.NOT_FOUND, "No such conversation");
    }
    return group.map(Group::id).orElse(null);
  }

  private boolean isSeen(UserId caller, Group group) {
    return group.isPublic() || roster.member(group.id(), caller).isPresent();
  }

  /**
   * A group's reports, oldest first.
   *
   * @throws ProblemException 403 {@code forbidden}; 404 {@code not-found}
   */
  @Transactional(readOnly = true)
  public Page<ReportView> ofGroup(
      UserId caller, GroupId id, Report.Status status, int limit, @Nullable RowId cursor) {
    roster.require(caller, id, Act.SEE_REPORTS);
    return page(store.findOfGroup(id.value(), status, after(cursor), Limit.of(limit + 1)), limit);
  }

  /** All reports, oldest first; for the moderators of the installation. */
  @Transactional(readOnly = true)
  public Page<ReportView> all(Report.Status status, int limit, @Nullable RowId cursor) {
    return page(store.find(status, after(cursor), Limit.of(limit + 1)), limit);
  }

  private static Page<ReportView> page(List<Report> found, int limit) {
    List<Report> items = found.subList(0, Math.min(limit, found.size()));
    return new Page<>(
        items.stream().map(ReportView::of).toList(),
        found.size() > limit ? items.getLast().id().toString() : null);
  }

  private static UUID after(@Nullable RowId cursor) {
    return (cursor == null ? RowId.LOWEST : cursor).value();
  }

  /**
   * As a moderator of the group. Nobody decides about themselves, or about an equal or a higher
   * role.
   *
   * @throws ProblemException 403 {@code forbidden}; 404 {@code not-found}; 409 {@code conflict}
   *     when it was decided before
   */
  @Transactional
  public ReportView resolveOfGroup(
      UserId caller, GroupId id, RowId reportId, ResolveReport command) {
    OwnGroup own = roster.require(caller, id, Act.SEE_REPORTS);
    Report report = lock(reportId);
    if (!id.equals(report.group())) {
      throw unknown();
    }
    UserId reported = report.user();
    if (reported != null) {
      Optional<Membership> target = roster.member(id, reported);
      if (target.isPresent()) {
        own.group()
            .rules()
            .requireOn(own.membership().standing(), target.get().standing(), Act.SEE_REPORTS);
      }
    }
    return resolve(caller, report, command);
  }

  /**
   * As a moderator of the installation.
   *
   * @throws ProblemException 404 {@code not-found}; 409 {@code conflict} when it was decided before
   */
  @Transactional
  public ReportView resolve(UserId caller, RowId reportId, ResolveReport command) {
    return resolve(caller, lock(reportId), command);
  }

  private ReportView resolve(UserId caller, Report report, ResolveReport command) {
    if (report.status() != Report.Status.OPEN) {
      throw new ProblemException(CommonProblem.CONFLICT, "The report was decided before");
    }
    report.resolve(command.outcome(), command.noteOrEmpty(), caller, roster.now());
    Map<String, String> details = new HashMap<>();
    details.put("outcome", command.outcome().name());
    if (report.group() != null) {
      details.put("groupId", report.group().toString());
    }
    audit.record(caller, "report.resolved", "report", report.id(), details);
    return ReportView.of(report);
  }

  private Report lock(RowId id) {
    return store.lock(id.value()).orElseThrow(Reports::unknown);
  }

  /** What an account reported loses its name; what was reported of it is gone. */
  @Transactional(propagation = Propagation.MANDATORY)
  public long erase(UserId user) {
    return store.deleteByUserId(user.value())
        + store.forgetReporter(user.value())
        + store.forgetModerator(user.value());
  }

  /** What an account reported. */
  @Transactional(propagation = Propagation.MANDATORY)
  public List<?> export(UserId user) {
    return store.findByReporter(user.value()).stream().map(ReportView::of).toList();
  }

  private static ProblemException unknown() {
    return new ProblemException(CommonProblem.NOT_FOUND, "No such report");
  }
}
