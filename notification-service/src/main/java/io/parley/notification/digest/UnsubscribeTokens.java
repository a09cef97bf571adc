package io.parley.notification.digest;

import io.parley.common.access.AccessProperties;
import io.parley.common.ids.UserId;
import io.parley.common.secrets.Seal;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What ends the digests of one user, and does nothing else. It is in mails, which people keep and
 * pass on, so it neither expires nor says whose it is: each mail has another.
 */
@Component
class UnsubscribeTokens {

  static final String PURPOSE = "unsubscribe-tokens";

  private static final String CONTEXT = "digest";
  private static final int MAX_CHARS = 200;

  private final Seal seal;

  UnsubscribeTokens(AccessProperties access) {
    this.seal = new Seal(access.secret(), PURPOSE);
  }

  /** Base64url. */
  String make(UserId user) {
    return seal.sealText(user.toString(), CONTEXT);
  }

  /** Null for what was not made here. */
  @Nullable UserId read(String token) {
    if (token.length() > MAX_CHARS) {
      return null;
    }
    try {
      return UserId.valueOf(seal.openText(token, CONTEXT));
    } catch (IllegalStateException | IllegalArgumentException e) {
      return null;
    }
  }
}
