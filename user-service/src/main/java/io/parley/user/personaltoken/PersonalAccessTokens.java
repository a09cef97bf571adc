package io.parley.user.personaltoken;

import io.parley.common.access.Caller;
import io.parley.common.access.PersonalTokens;
import io.parley.common.access.Scope;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.user.account.Account;
import io.parley.user.account.AccountKind;
import io.parley.user.account.AccountScopes;
import io.parley.user.account.Accounts;
import io.parley.user.audit.Audit;
import io.parley.user.client.Client;
import io.parley.user.credential.Confirmation;
import io.parley.user.credential.Confirmations;
import io.parley.user.ended.SessionEnds;
import io.parley.user.mail.Notice;
import io.parley.user.mail.Notices;
import io.parley.user.secret.RandomTokens;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Personal tokens. One is good for what it was made for, as far as its owner may do that now:
 * whoever loses a role loses it in their tokens too, and those of a locked account are dead until
 * it is unlocked.
 */
@Service
public class PersonalAccessTokens implements PersonalTokens {

  private static final Duration MAX_LIFE = Duration.ofDays(366);

  /** Of one that may do what admins may. */
  private static final Duration MAX_ADMIN_LIFE = Duration.ofHours(1);

  private static final int MAX_TOKENS = 50;
  private static final int MAX_CHARS = 128;

  private final PersonalTokenStore store;
  private final Accounts accounts;
  private final AccountScopes scopes;
  private final Confirmations confirmations;
  private final SessionEnds ends;
  private final Notices notices;
  private final Audit audit;
  private final Clock clock;

  PersonalAccessTokens(
      PersonalTokenStore store,
      Accounts accounts,
      AccountScopes scopes,
      Confirmations confirmations,
      SessionEnds ends,
      Notices notices,
      Audit audit,
      Clock clock) {
    this.store = store;
    this.accounts = accounts;
    this.scopes = scopes;
    this.confirmations = confirmations;
    this.ends = ends;
    this.notices = notices;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * @param confirmation of the account's user, or the bot's owner: a token lasts far longer than
   *     the access token that may have been stolen
   * @throws ProblemException 400 for an unknown scope or a wrong expiry; 401, 403 as {@link
   *     Confirmations#hold(Confirmation)}; 403 {@code scope-not-grantable}; 409 {@code
   *     too-many-tokens}
   */
  @Transactional
  public TokenView create(Confirmation confirmation, UserId account, CreateToken command) {
    UserId actor = confirmation.caller().id();
    confirmations.hold(confirmation);
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    if (!command.expiresAt().isAfter(now) || command.expiresAt().isAfter(now.plus(MAX_LIFE))) {
      throw new ProblemException(
          CommonProblem.INVALID_REQUEST, "expiresAt: must be within a year from now");
    }
    // Held, so that two at once do not both find room.
    Account speaksFor = accounts.hold(account);
    store.deleteExpired(account, now).forEach(id -> ends.announce(id, account));
    if (store.of(account).size() >= MAX_TOKENS) {
      throw new ProblemException(
          PersonalTokenProblem.TOO_MANY_TOKENS, null, Map.of("maxTokens", MAX_TOKENS));
    }
    Set<Scope> granted = grantable(command.scopes(), speaksFor);
    if (granted.contains(Scope.ADMIN) && command.expiresAt().isAfter(now.plus(MAX_ADMIN_LIFE))) {
      throw new ProblemException(
          CommonProblem.INVALID_REQUEST,
          "expiresAt: must be within an hour from now for the scope admin");
    }
    PersonalToken token =
        new PersonalToken(
            UUID.randomUUID(),
            account,
            command.name(),
            granted,
            now,
            command.expiresAt().truncatedTo(ChronoUnit.MILLIS),
            null);
    String secret = PREFIX + RandomTokens.next();
    store.add(token, RandomTokens.hash(secret));
    audit.record(
        actor,
        "token.created",
        "token",
        token.id().toString(),
        Map.of("user", account.toString(), "scopes", Scope.format(token.scopes())));
    tellOwner(speaksFor, token);
    return TokenView.of(token, secret);
  }

  private void tellOwner(Account speaksFor, PersonalToken token) {
    Map<String, String> facts = new HashMap<>();
    facts.put("name", token.name());
    facts.put("scopes", Scope.format(token.scopes()));
    facts.put("until", token.expiresAt().toString());
    UserId owner = speaksFor.owner();
    if (owner != null) {
      facts.put("bot", speaksFor.username());
    }
    notices.tell(
        owner == null ? speaksFor : accounts.get(owner),
        Notice.TOKEN_CREATED,
        Client.current(),
        facts);
  }

  private Set<Scope> grantable(List<String> words, Account account) {
    Set<Scope> wanted = EnumSet.noneOf(Scope.class);
    for (String word : words) {
      Scope scope = Scope.of(word);
      if (scope == null) {
        throw new ProblemException(CommonProblem.INVALID_REQUEST, "scopes: no such scope");
      }
      wanted.add(scope);
    }
    Set<Scope> possible = possible(account);
    for (Scope scope : wanted) {
      if (!possible.contains(scope)) {
        throw new ProblemException(
            PersonalTokenProblem.SCOPE_NOT_GRANTABLE, null, Map.of("scope", scope.value()));
      }
    }
    return wanted;
  }

  /** What a token of the account can be good for at all, just now. */
  private Set<Scope> possible(Account account) {
    UserId owner = account.owner();
    Set<Scope> possible =
        account.kind() == AccountKind.BOT && owner != null
            ? scopes.ofBot(accounts.get(owner))
            : scopes.of(account);
    possible.remove(Scope.ACCOUNT_SECURITY);
    return possible;
  }

  @Transactional(readOnly = true)
  public List<TokenView> list(UserId account) {
    return store.of(account).stream().map(token -> TokenView.of(token, null)).toList();
  }

  /**
   * @throws ProblemException 404 {@code not-found}
   */
  @Transactional
  public void revoke(UserId actor, UserId account, TokenId id) {
    if (store.delete(id.value(), account) == 0) {
      throw new ProblemException(CommonProblem.NOT_FOUND, "No such token");
    }
    ended(id.value(), account, actor);
  }

  /** Revokes those of the account and of the bots it owns. */
  @Transactional
  public int revokeAll(UserId owner, @Nullable UserId actor) {
    int revoked = 0;
    for (PersonalToken token : store.ofOwner(owner)) {
      if (store.delete(token.id(), token.account()) == 1) {
        ended(token.id(), token.account(), actor);
        revoked++;
      }
    }
    return revoked;
  }

  /**
   * Closes what the tokens of the account, and of the bots it owns, have open, and revokes none:
   * for an account that is locked. Unlocked again, they are good once the fleet has forgotten this,
   * after an hour at most.
   */
  @Transactional
  public void suspendAll(UserId owner) {
    store.ofOwner(owner).forEach(token -> ends.announce(token.id(), token.account()));
  }

  private void ended(UUID id, UserId account, @Nullable UserId actor) {
    ends.announce(id, account);
    audit.record(
        actor, "token.revoked", "token", id.toString(), Map.of("user", account.toString()));
  }

  @Override
  public Caller resolve(String token) {
    if (token.length() > MAX_CHARS) {
      throw new ProblemException(CommonProblem.UNAUTHENTICATED);
    }
    Instant now = clock.instant();
    PersonalToken found =
        store
            .findByHash(RandomTokens.hash(token))
            .orElseThrow(() -> new ProblemException(CommonProblem.UNAUTHENTICATED));
    if (!found.expiresAt().isAfter(now)) {
      throw new ProblemException(CommonProblem.TOKEN_EXPIRED);
    }
    Account account = accounts.get(found.account());
    UserId owner = account.owner();
    if (account.isLocked() || (owner != null && accounts.get(owner).isLocked())) {
      throw new ProblemException(CommonProblem.UNAUTHENTICATED);
    }
    Set<Scope> granted = EnumSet.noneOf(Scope.class);
    granted.addAll(found.scopes());
    granted.retainAll(possible(account));
    store.used(found.id(), now);
    return new Caller(
        account.id(),
        account.username(),
        found.id().toString(),
        account.role(),
        granted,
        found.expiresAt());
  }
}
