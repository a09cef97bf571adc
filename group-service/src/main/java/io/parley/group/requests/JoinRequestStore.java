package io.parley.group.requests;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;

/** {@code join_requests}. */
interface JoinRequestStore extends JpaRepository<JoinRequest, UUID> {

  Optional<JoinRequest> findByGroupIdAndUserId(UUID group, UUID user);

  @Query(
      """
      select r from JoinRequest r
      where r.groupId = :group and r.status = 'PENDING' and r.id > :after
      order by r.id
      """)
  List<JoinRequest> findPending(UUID group, UUID after, Limit limit);

  List<JoinRequest> findByUserId(UUID user);

  long deleteByGroupIdAndUserId(UUID group, UUID user);

  long deleteByUserId(UUID user);
}
