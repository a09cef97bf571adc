package io.parley.group.roster;

import java.util.List;
import java.util.Optional;
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
      select new io.parley.group.roster.OwnGroup(g, m)
      from Membership m join ChatGroup g on g.id = m.groupId
      where m.userId = :user and m.groupId < :before
      order by m.groupId desc
      """)
  List<OwnGroup> findByUser(UUID user, UUID before, Limit limit);

  /** The longest-standing of the highest role, besides the one who goes. */
  @Query(
      value =
          """
          SELECT * FROM members WHERE group_id = :group AND user_id <> :leaving
          ORDER BY rank, joined_at, user_id LIMIT 1
          """,
      nativeQuery = true)
  Optional<Membership> findHeir(UUID group, UUID leaving);
}
