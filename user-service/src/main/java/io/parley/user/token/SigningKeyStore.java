package io.parley.user.token;

import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;

/** {@code signing_keys}: a handful of rows, always read whole. */
interface SigningKeyStore extends JpaRepository<SigningKey, String> {

  /**
   * Lets one transaction of the whole fleet at a time create a key. The number is arbitrary; no
   * other advisory lock is taken in this database.
   */
  @Query(value = "SELECT 1 FROM pg_advisory_xact_lock(7265)", nativeQuery = true)
  int lockForCreation();
}
