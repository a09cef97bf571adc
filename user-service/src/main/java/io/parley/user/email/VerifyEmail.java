package io.parley.user.email;

import io.parley.common.text.PlainText;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * @param password of the account, where the address would make it the first admin
 */
record VerifyEmail(
    @NotNull @Size(max = 128) String token, @PlainText(max = 128) @Nullable String password) {

  /** Without the secrets. */
  @Override
  public String toString() {
    return "VerifyEmail[]";
  }
}
