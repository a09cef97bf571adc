package io.parley.group.groups;

import io.parley.common.ids.UserId;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/**
 * A group as its members see it.
 *
 * @param members highest role first, then in the order of their joining
 */
record GroupView(
    GroupId id,
    String name,
    String description,
    long version,
    Instant createdAt,
    List<Member> members) {

  private static final Comparator<Member> ORDER =
      Comparator.comparing(Member::role)
          .thenComparing(Member::joinedAt)
          .thenComparing(member -> member.userId().toString());

  static GroupView of(Group group, List<Membership> memberships) {
    return new GroupView(
        group.id(),
        group.name(),
        group.description(),
        group.version(),
        group.createdAt(),
        memberships.stream()
            .map(m -> new Member(m.user(), m.role(), m.joinedAt()))
            .sorted(ORDER)
            .toList());
  }

  record Member(UserId userId, Role role, Instant joinedAt) {}
}
