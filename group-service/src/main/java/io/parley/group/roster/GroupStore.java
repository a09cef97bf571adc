package io.parley.group.roster;

import jakarta.persistence.LockModeType;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;

/** {@code groups}. */
interface GroupStore extends JpaRepository<Group, UUID> {

  /** Changes of one group happen one after another: whoever reads for a change locks the row. */
  @Lock(LockModeType.PESSIMISTIC_WRITE)
  @Query("select g from ChatGroup g where g.id = :id")
  Optional<Group> lock(UUID id);

  @Query(
      """
      select g from ChatGroup g
      where g.visibility = 'PUBLIC' and g.nameKey like :prefix escape '\\'
        and (g.nameKey > :name or (g.nameKey = :name and g.id > :id))
      order by g.nameKey, g.id
      """)
  List<Group> findPublic(String prefix, String name, UUID id, Limit limit);

  @Query("select g from ChatGroup g where g.id > :after order by g.id")
  List<Group> findAfter(UUID after, Limit limit);
}
