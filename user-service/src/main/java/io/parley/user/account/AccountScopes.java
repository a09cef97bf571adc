package io.parley.user.account;

import io.parley.common.access.Scope;
import java.util.EnumSet;
import java.util.Set;
import org.springframework.stereotype.Component;

/** What an account may do at most, whatever the token. */
@Component
public class AccountScopes {

  private static final String ALL = "all";

  private final Set<Scope> unverified;

  AccountScopes(AccountProperties properties) {
    this.unverified = EnumSet.allOf(Scope.class);
    if (!properties.unverifiedScopes().strip().equals(ALL)) {
      unverified.retainAll(Scope.parse(properties.unverifiedScopes()));
      // Without these nobody could verify the address, or log out.
      unverified.add(Scope.ACCOUNT_READ);
      unverified.add(Scope.ACCOUNT_SECURITY);
    }
  }

  /** Those of a person's login. */
  public Set<Scope> of(Account account) {
    Set<Scope> scopes = EnumSet.copyOf(account.role().scopes());
    if (!account.isEmailVerified()) {
      scopes.retainAll(unverified);
    }
    return scopes;
  }

  /** Those of a bot: what its owner may, as a person without a role. */
  public Set<Scope> ofBot(Account owner) {
    Set<Scope> scopes = of(owner);
    scopes.remove(Scope.MODERATE);
    scopes.remove(Scope.ADMIN);
    return scopes;
  }
}
