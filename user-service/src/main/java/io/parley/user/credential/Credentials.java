package io.parley.user.credential;

import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.common.text.Precis;
import io.parley.user.account.Account;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

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
   * Takes as long for nobody as for a wrong password.
   *
   * @param account null when there is no such account
   * @throws ProblemException 503 {@code too-busy}
   */
  public boolean matches(@Nullable UserId account, String password) {
    UUID id = account == null ? NOBODY : account.value();
    String hash = store.hashOf(id).orElse(null);
    return matches(password, hash);
  }

  private boolean matches(String password, @Nullable String hash) {
    String mapped = Precis.opaque(password);
    if (passwords.matches(mapped, hash)) {
      return true;
    }
    // A hash of before passwords were mapped. How long it takes tells of what was typed alone.
    return !mapped.equals(password) && passwords.matches(password, hash);
  }

  /**
   * The password is right: its hash is made anew if the cost was changed since, or if it is of the
   * password as it was typed once, which another system may type in another way.
   */
  public void refresh(UserId account, String password) {
    String mapped = Precis.opaque(password);
    String hash = store.hashOf(account.value()).orElse(null);
    if (hash != null
        && (passwords.isOutdated(hash)
            || (!mapped.equals(password) && !passwords.matches(mapped, hash)))) {
      store.replace(account.value(), hash, passwords.hash(mapped));
    }
  }
}
