package io.parley.message.socket;

import io.parley.common.access.AccessTokens;
import io.parley.common.access.Caller;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.time.Clock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The token by which a socket is open: whose it is, what it may be used for, and until when. */
final class Admission {

  private static final Pattern BEARER = Pattern.compile("(?i:bearer)\\s+(.*)");

  private final AccessTokens tokens;
  private final Clock clock;
  private volatile @Nullable Caller caller;

  Admission(AccessTokens tokens, Clock clock) {
    this.tokens = tokens;
    this.clock = clock;
  }

  boolean isGiven() {
    return caller != null;
  }

  boolean hasExpired() {
    Caller known = caller;
    return known != null && !known.expiresAt().isAfter(clock.instant());
  }

  /**
   * @throws ProblemException 401 {@code unauthenticated} before {@link #admit}
   */
  Caller caller() {
    Caller known = caller;
    if (known == null) {
      throw new ProblemException(CommonProblem.UNAUTHENTICATED, "CONNECT comes first");
    }
    return known;
  }

  /**
   * @param authorization the header of that name; the scheme is in any case (RFC 9110, 11.1)
   * @throws ProblemException 401, 503
   */
  Caller admit(@Nullable String authorization) {
    Matcher bearer = BEARER.matcher(String.valueOf(authorization));
    if (!bearer.matches()) {
      throw new ProblemException(
          CommonProblem.UNAUTHENTICATED, "CONNECT needs a header Authorization: Bearer …");
    }
    Caller admitted = tokens.verify(bearer.group(1));
    caller = admitted;
    return admitted;
  }

  /**
   * Puts a newer token of the same session in the place of the present one. The same token again
   * changes nothing, so that a renewal can be repeated.
   *
   * @throws ProblemException 401 for a token that is none or has ended, 403 {@code renewal-refused}
   *     for one of another user or session, or one that ends earlier
   */
  void renew(String token) {
    Caller present = caller();
    Caller renewed = tokens.verify(token);
    if (!renewed.id().equals(present.id()) || !renewed.sessionId().equals(present.sessionId())) {
      throw new ProblemException(
          SocketProblem.RENEWAL_REFUSED, "accessToken: is of another user or another session");
    }
    if (renewed.expiresAt().isBefore(present.expiresAt())) {
      throw new ProblemException(
          SocketProblem.RENEWAL_REFUSED, "accessToken: ends before the present one");
    }
    caller = renewed;
  }
}
