package io.parley.group.groups;

import jakarta.persistence.LockModeType;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;

/** {@code groups}. */
interface GroupStore extends JpaRepository<Group, UUID> {

  /** Changes of one group happen one after another: whoever reads for a change locks the row. */
  @Lock(LockModeType.PESSIMISTIC_WRITE)
  @Query("select g from ChatGroup g where g.id = :id")
  Optional<Group> lock(UUID id);
}
