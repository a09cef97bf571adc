package io.parley.user.session;

import io.parley.common.access.Caller;
import io.parley.common.problems.ProblemException;
import io.parley.user.account.Account;
import io.parley.user.account.Accounts;
import io.parley.user.account.OwnAccountView;
import io.parley.user.account.Register;
import io.parley.user.token.AccessTokenIssuer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Logins. A session's refresh tokens are a family: each may be exchanged once for the next (RFC
 * 9700, 4.14.2). Exchanging one again means that two hold it, so the session ends; except within a
 * short grace and while nothing that came of it was used, because then the answer may have been
 * lost and the client may only be trying again.
 */
@Service
class Sessions {

  private static final int TOKEN_BYTES = 32;
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private final Accounts accounts;
  private final AccessTokenIssuer issuer;
  private final SessionStore sessions;
  private final RefreshTokenStore tokens;
  private final SessionProperties properties;
  private final TransactionTemplate transaction;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  Sessions(
      Accounts accounts,
      AccessTokenIssuer issuer,
      SessionStore sessions,
      RefreshTokenStore tokens,
      SessionProperties properties,
      TransactionTemplate transaction,
      Clock clock) {
    this.accounts = accounts;
    this.issuer = issuer;
    this.sessions = sessions;
    this.tokens = tokens;
    this.properties = properties;
    this.transaction = transaction;
    this.clock = clock;
  }

  /** Makes an account and logs it in. */
  SignedIn register(Register command) {
    return open(accounts.register(command));
  }

  /**
   * @throws ProblemException 401 {@code bad-credentials}
   */
  SignedIn logIn(LogIn command) {
    // Outside the transaction: a hash must not hold a connection.
    return open(accounts.authenticate(command.login(), command.password()));
  }

  private SignedIn open(Account account) {
    return signedIn(
        transaction.execute(
            status -> {
              Instant now = now();
              sessions.deleteExpired(account.id().value(), now);
              Session session =
                  sessions.save(new Session(account.id(), now, now.plus(properties.refreshLife())));
              return new Grant(account, session.id(), newToken(session, null));
            }));
  }

  /**
   * Exchanges a refresh token for a new pair.
   *
   * @throws ProblemException 401 {@code refresh-token-invalid}, {@code refresh-token-reused}
   */
  SignedIn refresh(String refreshToken) {
    // A refusal is returned, not thrown: it may end the session, and that must be committed.
    Exchange exchange = transaction.execute(status -> exchange(hash(refreshToken), now()));
    if (exchange.refusal() != null) {
      throw new ProblemException(exchange.refusal());
    }
    return signedIn(Objects.requireNonNull(exchange.grant()));
  }

  private Exchange exchange(String hash, Instant now) {
    Session session = sessions.lockByToken(hash).orElse(null);
    // Read only now that the session is locked: of two exchanges at once one sees the other.
    RefreshToken token = session == null ? null : tokens.findById(hash).orElse(null);
    if (session == null || token == null) {
      return Exchange.refused(SessionProblem.REFRESH_TOKEN_INVALID);
    }
    if (session.isExpired(now)) {
      sessions.end(session.id());
      return Exchange.refused(SessionProblem.REFRESH_TOKEN_INVALID);
    }
    if (token.isUsed() && !token.mayBeRetried(now)) {
      sessions.end(session.id());
      return Exchange.refused(SessionProblem.REFRESH_TOKEN_REUSED);
    }
    if (!token.isUsed()) {
      token.use(now, now.plus(properties.retryGrace()));
      if (token.parentHash() != null) {
        tokens.findById(token.parentHash()).ifPresent(RefreshToken::endRetries);
      }
    }
    session.refreshed(now, now.plus(properties.refreshLife()));
    tokens.forgetUsed(session.id(), now.minus(properties.reuseMemory()));
    Account account = accounts.get(session.account());
    return Exchange.granted(new Grant(account, session.id(), newToken(session, hash)));
  }

  /** Ends the caller's session: no token of its family is exchanged any more. */
  @Transactional
  void end(Caller caller) {
    sessions.end(UUID.fromString(caller.sessionId()));
  }

  private String newToken(Session session, @Nullable String parentHash) {
    byte[] bytes = new byte[TOKEN_BYTES];
    random.nextBytes(bytes);
    String refreshToken = BASE64.encodeToString(bytes);
    tokens.save(new RefreshToken(hash(refreshToken), session.id(), parentHash));
    return refreshToken;
  }

  /** After the transaction: signing needs no connection, and may itself have to read a key. */
  private SignedIn signedIn(Grant grant) {
    Account account = grant.account();
    AccessTokenIssuer.Issued access =
        issuer.issue(account.id(), account.username(), grant.sessionId());
    return new SignedIn(
        OwnAccountView.of(account),
        access.token(),
        grant.refreshToken(),
        access.life().toSeconds());
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private static String hash(String refreshToken) {
    try {
      return BASE64.encodeToString(
          MessageDigest.getInstance("SHA-256")
              .digest(refreshToken.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private record Grant(Account account, UUID sessionId, String refreshToken) {}

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
