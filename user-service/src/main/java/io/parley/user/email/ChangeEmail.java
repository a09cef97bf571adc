package io.parley.user.email;

import io.parley.common.text.PlainText;
import io.parley.user.address.Address;
import jakarta.validation.constraints.NotNull;
import org.jspecify.annotations.Nullable;

/**
 * @param code of the second factor, if it is on
 */
record ChangeEmail(
    @NotNull @EmailAddress String email,
    @NotNull @PlainText(max = 256) String password,
    @PlainText(max = 32) @Nullable String code) {

  ChangeEmail {
    if (email != null) {
      email = Address.normalized(email);
    }
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "ChangeEmail[]";
  }
}
