package io.parley.user.credential;

import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.common.text.Precis;
import io.parley.user.account.Account;
import io.parley.user.account.Accounts;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Passwords of accounts. Hashing takes long: nothing here that hashes may be called within a
 * transaction, which would hold a connection meanwhile.
 */
@Service
public class Credentials {

  private static final UUID NOBODY = new UUID(0, 0);

  private final CredentialStore store;
  private final Passwords passwords;
  private final PasswordRules rules;
  private final Clock clock;

  Credentials(CredentialStore store, Passwords passwords, PasswordRules rules, Clock clock) {
    this.store = store;
    this.passwords = passwords;
    this.rules = rules;
    this.clock = clock;
  }

  /**
   * The hash of a new password.
   *
   * @throws ProblemException 400 {@code weak-password}; 503 {@code too-busy}
   */
  public String hash(String password, String username, @Nullable String email, String name) {
    List<String> personal = new ArrayList<>(List.of(username, name, "parley"));
    if (email != null) {
      personal.add(email);
    }
    String mapped = Precis.opaque(password);
    rules.check(mapped, personal);
    return passwords.hash(mapped);
  }

  /** As above, for an account that exists. */
  public String hash(String password, Account account) {
    return hash(password, account.username(), account.email(), account.displayName());
  }

  public void set(UserId account, String hash) {
    store.set(account.value(), hash, clock.instant());
  }

  /**
   * Takes as long for nobody as for a wrong password. A hash may wait its turn for seconds: what is
   * done by the password has to ask {@link #holds} in its own transaction.
   *
   * @param account null when there is no such account
   * @param known whether it is asked by somebody who has been let in before: strangers wait behind
   * @return null when the password is not the account's
   * @throws ProblemException 503 {@code too-busy}
   */
  public @Nullable Proof prove(@Nullable UserId account, String password, boolean known) {
    CredentialStore.Row row = store.find(account == null ? NOBODY : account.value()).orElse(null);
    boolean right = matches(password, row == null ? null : row.hash(), known);
    return right && account != null && row != null ? new Proof(account, row.changedAt()) : null;
  }

  /**
   * Whether the password that was right has not been changed since. To be asked while the account's
   * row is held ({@link Accounts#hold}), as whoever changes a password does.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  public boolean holds(Proof proof) {
    return store
        .find(proof.account().value())
        .filter(row -> row.changedAt().equals(proof.changedAt()))
        .isPresent();
  }

  private boolean matches(String password, @Nullable String hash, boolean known) {
    String mapped = Precis.opaque(password);
    if (passwords.matches(mapped, hash, known)) {
      return true;
    }
    // A hash of before passwords were mapped. How long it takes tells of what was typed alone.
    return !mapped.equals(password) && passwords.matches(password, hash, known);
  }

  /**
   * The password is right: its hash is made anew if the cost was changed since, or if it is of the
   * password as it was typed once, which another system may type in another way.
   */
  public void refresh(UserId account, String password) {
    String mapped = Precis.opaque(password);
    String hash = store.find(account.value()).map(CredentialStore.Row::hash).orElse(null);
    if (hash != null
        && (passwords.isOutdated(hash)
            || (!mapped.equals(password) && !passwords.matches(mapped, hash, true)))) {
      store.replace(account.value(), hash, passwords.hash(mapped));
    }
  }

  /**
   * That somebody knew the password.
   *
   * @param changedAt which of the account's passwords it was
   */
  public record Proof(UserId account, Instant changedAt) {}
}
