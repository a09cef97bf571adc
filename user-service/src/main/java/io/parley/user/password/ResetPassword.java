package io.parley.user.password;

import io.parley.common.text.PlainText;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;

record ResetPassword(
    @NotNull @Size(max = 128) String token,
    @NotNull @PlainText(min = 10, max = 128) String newPassword) {

  /** Without the secrets. */
  @Override
  public String toString() {
    return "ResetPassword[]";
  }
}
