package io.parley.group.groups;

import java.util.List;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;

/** {@code members}. */
interface MembershipStore extends JpaRepository<Membership, Membership.Key> {

  List<Membership> findByGroupId(UUID group);

  /**
   * A user's groups, newest first.
   *
   * @param before the last group of the page before, or the highest UUID
   */
  @Query(
      """
      select new io.parley.group.groups.OwnGroup(g, m.role)
      from Membership m join ChatGroup g on g.id = m.groupId
      where m.userId = :user and m.groupId < :before
      order by m.groupId desc
      """)
  List<OwnGroup> findByUser(UUID user, UUID before, Limit limit);

  boolean existsByGroupIdAndRoleAndUserIdNot(UUID group, Role role, UUID user);
}
