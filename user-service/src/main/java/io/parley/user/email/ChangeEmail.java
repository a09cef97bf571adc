package io.parley.user.email;

import io.parley.common.text.PlainText;
import io.parley.user.address.Address;
import jakarta.validation.constraints.NotNull;

record ChangeEmail(
    @NotNull @EmailAddress String email, @NotNull @PlainText(max = 256) String password) {

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
