package io.parley.user.password;

import io.parley.common.text.PlainText;
import jakarta.validation.constraints.NotNull;
import org.jspecify.annotations.Nullable;

/**
 * @param revokeTokens whether all personal tokens, those of the bots too, are to end with the old
 *     password; null is no
 */
record ChangePassword(
    @NotNull @PlainText(max = 128) String currentPassword,
    @NotNull @PlainText(min = 10, max = 128) String newPassword,
    @Nullable Boolean revokeTokens) {

  /** Without the passwords. */
  @Override
  public String toString() {
    return "ChangePassword[]";
  }
}
