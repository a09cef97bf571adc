package io.parley.user.username;

import io.parley.common.text.PlainText;
import io.parley.user.account.Username;
import jakarta.validation.constraints.NotNull;

record ChangeUsername(
    @NotNull @Username String username, @NotNull @PlainText(max = 256) String password) {

  ChangeUsername {
    if (username != null) {
      username = Username.Validator.mapped(username);
    }
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "ChangeUsername[]";
  }
}
