package io.parley.group.moderation;

import jakarta.persistence.LockModeType;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;

/** {@code reports}. */
interface ReportStore extends JpaRepository<Report, UUID> {

  @Lock(LockModeType.PESSIMISTIC_WRITE)
  @Query("select r from Report r where r.id = :id")
  Optional<Report> lock(UUID id);

  @Query("select r from Report r where r.status = :status and r.id > :after order by r.id")
  List<Report> find(Report.Status status, UUID after, Limit limit);

  @Query(
      """
      select r from Report r
      where r.groupId = :group and r.status = :status and r.id > :after order by r.id
      """)
  List<Report> findOfGroup(UUID group, Report.Status status, UUID after, Limit limit);

  List<Report> findByReporter(UUID user);

  /** What an erased account reported stays, without its name. */
  @Modifying
  @Query("update Report r set r.reporter = null where r.reporter = :user")
  int forgetReporter(UUID user);

  @Modifying
  @Query("update Report r set r.resolvedBy = null where r.resolvedBy = :user")
  int forgetModerator(UUID user);

  long deleteByUserId(UUID user);
}
