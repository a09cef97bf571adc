package io.parley.group.groups;

import io.parley.common.edge.Page;
import io.parley.common.problems.ProblemException;
import io.parley.group.roster.Group;
import io.parley.group.roster.GroupId;
import io.parley.group.roster.Roster;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Groups for the projections of other services. Not from a replica: who asks has seen an event, or
 * expects one, and would be shown what was before it.
 */
@Service
class Snapshots {

  private final Roster roster;

  Snapshots(Roster roster) {
    this.roster = roster;
  }

  /**
   * The members are those of the version: both are read at one moment.
   *
   * @throws ProblemException 404 {@code not-found}
   */
  @Transactional(isolation = Isolation.REPEATABLE_READ)
  public Snapshot get(GroupId id) {
    return Snapshot.of(roster.get(id), roster.members(id));
  }

  /** All groups, by id. */
  @Transactional
  public Page<Snapshot.Head> heads(@Nullable GroupId after, int limit) {
    List<Group> found = roster.all(Optional.ofNullable(after), limit + 1);
    List<Group> items = found.subList(0, Math.min(limit, found.size()));
    return new Page<>(
        items.stream().map(group -> new Snapshot.Head(group.id(), group.version())).toList(),
        found.size() > limit ? items.getLast().id().toString() : null);
  }
}
