package io.parley.user.account;

import jakarta.persistence.LockModeType;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;

/** {@code accounts}. */
interface AccountStore extends JpaRepository<Account, UUID> {

  Optional<Account> findByUsername(String username);

  Optional<Account> findByEmailKey(String key);

  /** Of those that have no key: written by a node of before, or an address in another spelling. */
  @Query("select a from Account a where a.emailKey is null and lower(a.email) = :email")
  Optional<Account> findUnfolded(String email);

  List<Account> findByOwnerIdOrderById(UUID ownerId);

  @Lock(LockModeType.PESSIMISTIC_WRITE)
  @Query("select a from Account a where a.id = :id")
  Optional<Account> lockById(UUID id);

  /** Those with one of the addresses, whose owners have verified them. */
  @Query("select a from Account a where a.emailKey in :keys and a.emailVerifiedAt is not null")
  List<Account> findVerified(List<String> keys);
}
