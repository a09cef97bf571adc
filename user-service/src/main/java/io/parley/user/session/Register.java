package io.parley.user.session;

import io.parley.common.text.Nickname;
import io.parley.user.account.Username;
import io.parley.user.address.Address;
import io.parley.user.credential.NewPassword;
import io.parley.user.email.EmailAddress;
import jakarta.validation.constraints.NotNull;
import org.jspecify.annotations.Nullable;

/**
 * @param username kept in lower case
 * @param deviceName for the list of sessions
 */
record Register(
    @NotNull @Username String username,
    @NotNull @EmailAddress String email,
    @NotNull @NewPassword String password,
    @NotNull @Nickname(max = 64) String displayName,
    @Nickname(max = 64) @Nullable String deviceName) {

  Register {
    if (deviceName != null) {
      deviceName = Nickname.Validator.mapped(deviceName);
    }
    if (displayName != null) {
      displayName = Nickname.Validator.mapped(displayName);
    }
    if (username != null) {
      username = Username.Validator.mapped(username);
    }
    if (email != null) {
      email = Address.normalized(email);
    }
  }

  /** Without the password: commands end up in logs. */
  @Override
  public String toString() {
    return "Register[" + username + "]";
  }
}
