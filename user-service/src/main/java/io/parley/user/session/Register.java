package io.parley.user.session;

import io.parley.common.text.PlainText;
import io.parley.user.address.Address;
import io.parley.user.credential.NewPassword;
import io.parley.user.email.EmailAddress;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * @param username kept in lower case
 * @param deviceName for the list of sessions
 */
record Register(
    @NotNull
        @Pattern(
            regexp = "[A-Za-z0-9_.]{3,32}",
            message = "must be 3 to 32 of the characters a-z, 0-9, _ and .")
        String username,
    @NotNull @EmailAddress String email,
    @NotNull @NewPassword String password,
    @NotNull @PlainText(max = 64) String displayName,
    @PlainText(max = 64) @Nullable String deviceName) {

  Register {
    email = email == null ? null : Address.normalized(email);
  }

  /** Without the password: commands end up in logs. */
  @Override
  public String toString() {
    return "Register[" + username + "]";
  }
}
