package io.parley.user.password;

import io.parley.common.text.PlainText;
import io.parley.user.credential.NewPassword;
import jakarta.validation.constraints.NotNull;

record ChangePassword(
    @NotNull @PlainText(max = 256) String currentPassword,
    @NotNull @NewPassword String newPassword) {

  /** Without the passwords. */
  @Override
  public String toString() {
    return "ChangePassword[]";
  }
}
