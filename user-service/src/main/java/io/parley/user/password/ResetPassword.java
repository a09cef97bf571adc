package io.parley.user.password;

import io.parley.user.credential.NewPassword;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;

record ResetPassword(
    @NotNull @Size(max = 128) String token, @NotNull @NewPassword String newPassword) {

  /** Without the secrets. */
  @Override
  public String toString() {
    return "ResetPassword[]";
  }
}
