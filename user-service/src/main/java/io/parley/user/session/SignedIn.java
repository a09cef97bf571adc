package io.parley.user.session;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.user.account.OwnAccountView;
import org.jspecify.annotations.Nullable;

/**
 * @param expiresIn seconds until the access token ends
 * @param scope what the access token is good for, as words separated by spaces
 * @param deviceToken to be sent along with this device's next login; only in answer to a login
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record SignedIn(
    OwnAccountView user,
    String accessToken,
    String refreshToken,
    long expiresIn,
    String scope,
    @Nullable String deviceToken) {

  SignedIn with(String device) {
    return new SignedIn(user, accessToken, refreshToken, expiresIn, scope, device);
  }

  /** Without the tokens. */
  @Override
  public String toString() {
    return "SignedIn[" + user.id() + "]";
  }
}
