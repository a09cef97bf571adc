package io.parley.user.account;

import io.parley.common.text.PlainText;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;

/**
 * @param username kept in lower case
 */
public record Register(
    @NotNull
        @Pattern(
            regexp = "[A-Za-z0-9_.]{3,32}",
            message = "must be 3 to 32 of the characters a-z, 0-9, _ and .")
        String username,
    @NotNull
        @PlainText(max = 254)
        @Pattern(
            regexp = "[^\\s@]{1,64}@[^\\s@.]+(\\.[^\\s@.]+)+",
            message = "must be an email address")
        String email,
    @NotNull @PlainText(min = 10, max = 128) String password,
    @NotNull @PlainText(max = 64) String displayName) {

  /** Without the password: commands end up in logs. */
  @Override
  public String toString() {
    return "Register[" + username + "]";
  }
}
