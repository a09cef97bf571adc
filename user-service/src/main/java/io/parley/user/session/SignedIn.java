package io.parley.user.session;

import io.parley.user.account.OwnAccountView;

/**
 * @param expiresIn seconds until the access token ends
 */
record SignedIn(OwnAccountView user, String accessToken, String refreshToken, long expiresIn) {

  /** Without the tokens. */
  @Override
  public String toString() {
    return "SignedIn[" + user.id() + "]";
  }
}
