package io.parley.user.password;

import io.parley.common.text.PlainText;
import io.parley.user.credential.NewPassword;
import jakarta.validation.constraints.NotNull;
import org.jspecify.annotations.Nullable;

/**
 * @param revokeTokens whether all personal tokens, those of the bots too, are to end with the old
 *     password; null is no
 */
record ChangePassword(
    @NotNull @PlainText(max = 256) String currentPassword,
    @NotNull @NewPassword String newPassword,
    @Nullable Boolean revokeTokens) {

  /** Without the passwords. */
  @Override
  public String toString() {
    return "ChangePassword[]";
  }
}
