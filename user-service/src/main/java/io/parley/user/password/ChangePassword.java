package io.parley.user.password;

import io.parley.common.text.PlainText;
import jakarta.validation.constraints.NotNull;

record ChangePassword(
    @NotNull @PlainText(max = 128) String currentPassword,
    @NotNull @PlainText(min = 10, max = 128) String newPassword) {

  /** Without the passwords. */
  @Override
  public String toString() {
    return "ChangePassword[]";
  }
}
