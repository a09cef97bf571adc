package io.parley.group.outbox;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;

/** {@code outbox}. */
interface OutboxStore extends JpaRepository<OutboxRow, Long> {

  /**
   * True for one transaction of the whole fleet at a time, until it ends. The number is arbitrary;
   * no other advisory lock is taken in this database.
   */
  @Query(value = "SELECT pg_try_advisory_xact_lock(7266)", nativeQuery = true)
  boolean tryLock();

  @Query("select r from OutboxRow r order by r.id")
  List<OutboxRow> oldest(Limit limit);

  @Modifying
  @Query("delete from OutboxRow r where r.id in :ids")
  void delete(List<Long> ids);

  @Query("select min(r.createdAt) from OutboxRow r")
  Optional<Instant> oldestTime();
}
