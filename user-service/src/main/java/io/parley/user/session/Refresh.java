package io.parley.user.session;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;

record Refresh(@NotNull @Size(max = 128) String refreshToken) {

  /** Without the token: commands end up in logs. */
  @Override
  public String toString() {
    return "Refresh[]";
  }
}
