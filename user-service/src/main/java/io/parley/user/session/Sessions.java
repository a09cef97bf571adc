package io.parley.user.session;

import io.parley.common.access.Caller;
import io.parley.common.access.Scope;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.user.account.Account;
import io.parley.user.account.AccountScopes;
import io.parley.user.account.Accounts;
import io.parley.user.account.OwnAccountView;
import io.parley.user.audit.Audit;
import io.parley.user.client.Client;
import io.parley.user.credential.LiveLogins;
import io.parley.user.ended.SessionEnds;
import io.parley.user.mail.Notice;
import io.parley.user.mail.Notices;
import io.parley.user.secret.RandomTokens;
import io.parley.user.token.AccessTokenIssuer;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Logins. A session's refresh tokens are a family: each may be exchanged once for the next (RFC
 * 9700, 4.14.2). Exchanging one again means that two hold it, so the session ends; except within a
 * short grace and while nothing that came of it was used, because then the answer may have been
 * lost and the client may only be trying again. What several tries were answered are siblings: the
 * first that is used is the family's next, and using another ends the session.
 */
@Service
public class Sessions implements LiveLogins {

  private static final int BATCH = 500;

  private final Accounts accounts;
  private final AccountScopes scopes;
  private final AccessTokenIssuer issuer;
  private final SessionStore sessions;
  private final RefreshTokenStore tokens;
  private final SessionEnds ends;
  private final Notices notices;
  private final Audit audit;
  private final SessionProperties properties;
  private final TransactionTemplate transaction;
  private final Clock clock;

  Sessions(
      Accounts accounts,
      AccountScopes scopes,
      AccessTokenIssuer issuer,
      SessionStore sessions,
      RefreshTokenStore tokens,
      SessionEnds ends,
      Notices notices,
      Audit audit,
      SessionProperties properties,
      TransactionTemplate transaction,
      Clock clock) {
    this.accounts = accounts;
    this.scopes = scopes;
    this.issuer = issuer;
    this.sessions = sessions;
    this.tokens = tokens;
    this.ends = ends;
    this.notices = notices;
    this.audit = audit;
    this.properties = properties;
    this.transaction = transaction;
    this.clock = clock;
  }

  /** To be called while the account is held: see {@link #endAllBut}. */
  @Transactional(propagation = Propagation.MANDATORY)
  Grant open(Account account, Client client) {
    Instant now = now();
    sessions.findByAccountIdAndExpiresAtBefore(account.id().value(), now).forEach(this::expire);
    Session session =
        sessions.save(new Session(account.id(), client, now, now.plus(properties.refreshLife())));
    return new Grant(account, session.id(), newToken(session, null));
  }

  /** After the transaction: signing needs no connection, and may itself have to read a key. */
  SignedIn signedIn(Grant grant) {
    Account account = grant.account();
    Set<Scope> granted = scopes.of(account);
    AccessTokenIssuer.Issued access =
        issuer.issue(account.id(), account.username(), grant.sessionId(), account.role(), granted);
    return new SignedIn(
        OwnAccountView.of(account),
        access.token(),
        grant.refreshToken(),
        access.life().toSeconds(),
        Scope.format(granted),
        null);
  }

  /**
   * Exchanges a refresh token for a new pair.
   *
   * @throws ProblemException 401 {@code refresh-token-invalid}, {@code refresh-token-reused}; 403
   *     {@code account-locked}
   */
  SignedIn refresh(String refreshToken, String address) {
    // A refusal is returned, not thrown: it may end the session, and that must be committed.
    Exchange exchange =
        Objects.requireNonNull(
            transaction.execute(
                status -> exchange(RandomTokens.hash(refreshToken), address, now())));
    if (exchange.refusal() != null) {
      throw new ProblemException(exchange.refusal());
    }
    return signedIn(Objects.requireNonNull(exchange.grant()));
  }

  private Exchange exchange(String hash, String address, Instant now) {
    Session session = sessions.lockByToken(hash).orElse(null);
    // Read only now that the session is locked: of two exchanges at once one sees the other.
    RefreshToken token = session == null ? null : tokens.findById(hash).orElse(null);
    if (session == null || token == null) {
      return Exchange.refused(SessionProblem.REFRESH_TOKEN_INVALID);
    }
    if (session.isExpired(now)) {
      expire(session);
      return Exchange.refused(SessionProblem.REFRESH_TOKEN_INVALID);
    }
    if (token.isUsed() && !token.mayBeRetried(now)) {
      Client copied = new Client(session.device(), address);
      end(session.id(), session.account(), null, EndReason.REFRESH_TOKEN_REUSED);
      notices.tell(accounts.get(session.account()), Notice.SESSION_REUSED, copied, Map.of());
      return Exchange.refused(SessionProblem.REFRESH_TOKEN_REUSED);
    }
    Account account = accounts.get(session.account());
    if (account.isLocked()) {
      return Exchange.refused(SessionProblem.ACCOUNT_LOCKED);
    }
    if (!token.isUsed()) {
      token.use(now, now.plus(properties.retryGrace()));
      if (token.parentHash() != null) {
        tokens.findById(token.parentHash()).ifPresent(RefreshToken::endRetries);
        tokens.endSiblings(token.parentHash(), hash, now);
      }
    }
    session.refreshed(address, now, now.plus(properties.refreshLife()));
    tokens.forgetUsed(session.id(), now.minus(properties.reuseMemory()));
    return Exchange.granted(new Grant(account, session.id(), newToken(session, hash)));
  }

  /** The caller's, the one used last first. */
  @Transactional(readOnly = true)
  public List<SessionView> list(Caller caller) {
    return sessions.alive(caller.id().value(), now()).stream()
        .map(session -> SessionView.of(session, caller.sessionId()))
        .toList();
  }

  /** Somebody's, as above. */
  @Transactional(readOnly = true)
  public List<SessionView> listOf(UserId user) {
    return sessions.alive(user.value(), now()).stream()
        .map(session -> SessionView.of(session, ""))
        .toList();
  }

  /** Whether the login that a token belongs to has not been ended since. */
  @Transactional(readOnly = true)
  public boolean isAlive(Caller caller) {
    return sessions
        .findById(UUID.fromString(caller.sessionId()))
        .filter(session -> session.account().equals(caller.id()))
        .isPresent();
  }

  @Override
  @Transactional(propagation = Propagation.MANDATORY)
  public boolean hold(Caller caller) {
    return sessions
        .holdById(UUID.fromString(caller.sessionId()))
        .filter(session -> session.account().equals(caller.id()))
        .isPresent();
  }

  /** Ends the caller's session: none of its tokens is good any more. */
  @Transactional
  void logOut(Caller caller) {
    end(UUID.fromString(caller.sessionId()), caller.id(), caller.id(), EndReason.LOGGED_OUT);
  }

  /** Ends the session of a refresh token, used or not. */
  @Transactional
  void logOut(String refreshToken) {
    sessions
        .lockByToken(RandomTokens.hash(refreshToken))
        .ifPresent(
            session ->
                end(session.id(), session.account(), session.account(), EndReason.LOGGED_OUT));
  }

  /**
   * @throws ProblemException 404 {@code not-found}
   */
  @Transactional
  void revoke(Caller caller, UUID id) {
    boolean own =
        sessions.findById(id).filter(found -> found.account().equals(caller.id())).isPresent();
    if (!own) {
      throw new ProblemException(CommonProblem.NOT_FOUND, "No such session");
    }
    end(id, caller.id(), caller.id(), EndReason.REVOKED);
  }

  /** Ends all sessions of a user, and what belongs to them: their sockets, within a second. */
  @Transactional
  public int endAll(UserId user, @Nullable UserId actor, EndReason reason) {
    return endAllBut(user, null, actor, reason);
  }

  /**
   * As {@link #endAll}, but for one. The account is held, as by who logs in: no login that is under
   * way is missed.
   *
   * @param keep the id of a session that stays; null for none
   * @return how many
   */
  @Transactional
  public int endAllBut(
      UserId user, @Nullable String keep, @Nullable UserId actor, EndReason reason) {
    accounts.hold(user);
    int ended = 0;
    // Expired ones too: an access token that was issued just before may still be good.
    for (Session session : sessions.findByAccountId(user.value())) {
      if (!session.id().toString().equals(keep)) {
        end(session.id(), user, actor, reason);
        ended++;
      }
    }
    return ended;
  }

  /**
   * Ends sessions that nobody came back to: what hangs on them elsewhere is to end too.
   *
   * @return whether there may be more
   */
  @Transactional
  boolean endExpired() {
    List<Session> expired = sessions.lockExpired(now(), BATCH);
    expired.forEach(this::expire);
    return expired.size() == BATCH;
  }

  /** Told as any end, but nobody did it: the audit trail has nothing of it. */
  private void expire(Session session) {
    if (sessions.end(session.id()) == 1) {
      ends.announce(session.id(), session.account());
    }
  }

  private void end(UUID id, UserId user, @Nullable UserId actor, EndReason reason) {
    if (sessions.end(id) == 0) {
      return;
    }
    ends.announce(id, user);
    audit.record(
        actor,
        "session.ended",
        "session",
        id.toString(),
        Map.of("user", user.toString(), "reason", reason.value()));
  }

  private String newToken(Session session, @Nullable String parentHash) {
    String refreshToken = RandomTokens.next();
    tokens.save(new RefreshToken(RandomTokens.hash(refreshToken), session.id(), parentHash));
    return refreshToken;
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  record Grant(Account account, UUID sessionId, String refreshToken) {}

  /** Exactly one of the two is null. */
  private record Exchange(@Nullable Grant grant, @Nullable SessionProblem refusal) {

    static Exchange granted(Grant grant) {
      return new Exchange(grant, null);
    }

    static Exchange refused(SessionProblem refusal) {
      return new Exchange(null, refusal);
    }
  }
}
