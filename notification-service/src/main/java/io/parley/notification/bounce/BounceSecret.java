package io.parley.notification.bounce;

import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What those show who report bounces: the secret as a bearer token, or as the password of any user,
 * as mail providers can only do the one or the other.
 */
@Component
class BounceSecret {

  private static final String BEARER = "Bearer ";
  private static final String BASIC = "Basic ";

  private final byte[] secret;

  BounceSecret(BounceProperties properties) {
    this.secret = properties.secret().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * @param authorization the header
   * @throws ProblemException 401 {@code unauthenticated}; 404 {@code not-found} where no secret is
   *     set
   */
  void require(@Nullable String authorization) {
    if (secret.length == 0) {
      throw new ProblemException(CommonProblem.NOT_FOUND, "Bounces are not taken here");
    }
    if (authorization == null
        || !MessageDigest.isEqual(secret, shown(authorization).getBytes(StandardCharsets.UTF_8))) {
      throw new ProblemException(CommonProblem.UNAUTHENTICATED, "The secret for bounces is needed");
    }
  }

  private static String shown(String authorization) {
    if (authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      return authorization.substring(BEARER.length());
    }
    if (authorization.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
      try {
        String pair =
            new String(
                Base64.getDecoder().decode(authorization.substring(BASIC.length()).strip()),
                StandardCharsets.UTF_8);
        return pair.substring(pair.indexOf(':') + 1);
      } catch (IllegalArgumentException e) {
        return "";
      }
    }
    return "";
  }
}
