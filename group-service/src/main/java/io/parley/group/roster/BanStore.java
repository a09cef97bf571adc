package io.parley.group.roster;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;

/** {@code bans}. */
interface BanStore extends JpaRepository<Ban, Membership.Key> {

  @Query(
      """
      select b from Ban b
      where b.groupId = :group and b.userId > :after and (b.until is null or b.until > :now)
      order by b.userId
      """)
  List<Ban> findStanding(UUID group, UUID after, Instant now, Limit limit);

  List<Ban> findByUserId(UUID user);

  long deleteByUserId(UUID user);

  @Modifying
  @Query("update Ban b set b.bannedBy = null where b.bannedBy = :user")
  int forgetModerator(UUID user);
}
