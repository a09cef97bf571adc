package io.parley.group.links;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;

/** {@code invitation_links}. */
interface LinkStore extends JpaRepository<Link, UUID> {

  Optional<Link> findByTokenHash(String hash);

  /** Which group's row to lock before the link is read. */
  @Query("select l.groupId from InvitationLink l where l.tokenHash = :hash")
  Optional<UUID> findGroup(String hash);

  @Query(
      """
      select l from InvitationLink l
      where l.groupId = :group and l.revoked = false and l.id > :after
      order by l.id
      """)
  List<Link> findStanding(UUID group, UUID after, Limit limit);

  List<Link> findByCreatedBy(UUID user);

  long deleteByCreatedBy(UUID user);
}
