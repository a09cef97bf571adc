package io.parley.user.email;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;

record VerifyEmail(@NotNull @Size(max = 128) String token) {

  /** Without the token. */
  @Override
  public String toString() {
    return "VerifyEmail[]";
  }
}
