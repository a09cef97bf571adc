package io.parley.group.roster;

import io.parley.common.postgres.WordQuery;
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

  /**
   * @param asked a {@link WordQuery}
   * @param prefix of names that are not folded yet, a pattern of LIKE
   */
  @Query(
      nativeQuery = true,
      value =
          """
          SELECT g.* FROM groups g
          WHERE g.visibility = 'PUBLIC'
            AND (array_to_tsvector(g.words) @@ CAST(:asked AS tsquery)
              OR (NOT g.folded AND g.name_key LIKE :prefix))
            AND (g.name_key > :name OR (g.name_key = :name AND g.id > :id))
          ORDER BY g.name_key, g.id LIMIT :limit
          """)
  List<Group> findPublic(String asked, String prefix, String name, UUID id, int limit);

  @Query("select g from ChatGroup g where g.id > :after order by g.id")
  List<Group> findAfter(UUID after, Limit limit);
}
