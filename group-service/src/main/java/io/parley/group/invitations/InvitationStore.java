package io.parley.group.invitations;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;

/** {@code invitations}. */
interface InvitationStore extends JpaRepository<Invitation, UUID> {

  Optional<Invitation> findByGroupIdAndUserId(UUID group, UUID user);

  @Query("select i.groupId from Invitation i where i.id = :id and i.userId = :user")
  Optional<UUID> findGroup(UUID id, UUID user);

  @Query(
      """
      select i from Invitation i
      where i.groupId = :group and i.expiresAt > :now and i.id > :after order by i.id
      """)
  List<Invitation> findOfGroup(UUID group, Instant now, UUID after, Limit limit);

  @Query(
      """
      select i from Invitation i
      where i.userId = :user and i.expiresAt > :now and i.id > :after order by i.id
      """)
  List<Invitation> findOfUser(UUID user, Instant now, UUID after, Limit limit);

  List<Invitation> findByUserIdOrInvitedBy(UUID user, UUID inviter);

  long deleteByUserIdOrInvitedBy(UUID user, UUID inviter);
}
