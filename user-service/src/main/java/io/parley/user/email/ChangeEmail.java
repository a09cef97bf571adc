package io.parley.user.email;

import io.parley.common.text.PlainText;
import jakarta.validation.constraints.NotNull;

record ChangeEmail(
    @NotNull @EmailAddress String email, @NotNull @PlainText(max = 256) String password) {

  /** Without the password. */
  @Override
  public String toString() {
    return "ChangeEmail[]";
  }
}
