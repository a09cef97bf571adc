package io.parley.user.email;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;

record CancelEmail(@NotNull @Size(max = 2048) String token) {

  /** Without the token. */
  @Override
  public String toString() {
    return "CancelEmail[]";
  }
}
